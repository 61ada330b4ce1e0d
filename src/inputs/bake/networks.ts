/** Functions of network addresses (hashicorp/go-cty-funcs, cidr). */

import { Unsuitable } from './convert.ts'
import { aNumber, aString, type BakeFunction, fixed, variadic } from './function.ts'
import { isInteger, toIndex, truncate } from './number.ts'
import { strings, text, type Value } from './value.ts'

interface Network {
  readonly address: bigint
  readonly bits: 32 | 128
  readonly prefix: number
}

const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')

function parseV4(written: string): bigint | null {
  const parts = written.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return null
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n)
}

function parseV6(written: string): bigint | null {
  const v4 = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(written)
  const last = v4 ? parseV4(v4[2] ?? '') : null
  if (v4 && last === null) return null
  const text6 =
    v4 && last !== null ? `${v4[1]}${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}` : written
  const halves = text6.split('::')
  if (halves.length > 2) return null
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const head = groups[0] ?? []
  const tail = groups[1] ?? []
  const missing = 8 - head.length - tail.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const all = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null
  return all.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n)
}

function parseNetwork(written: string): Network {
  const found = /^([0-9a-fA-F:.]{1,60})\/(\d{1,3})$/.exec(written)
  const wrong = () => new Unsuitable(`invalid CIDR expression: invalid CIDR address: ${written.slice(0, 80)}`)
  if (!found) throw wrong()
  const v4 = parseV4(found[1] ?? '')
  const address = v4 ?? parseV6(found[1] ?? '')
  const bits = v4 === null ? 128 : 32
  const prefix = Number(found[2])
  if (address === null || prefix > bits) throw wrong()
  const host = BigInt(bits - prefix)
  return { address: (address >> host) << host, bits, prefix }
}

function formatAddress(address: bigint, bits: 32 | 128): string {
  const size = bits === 32 ? 8n : 16n
  const groups = Array.from({ length: bits === 32 ? 4 : 8 }, (_, i) =>
    Number((address >> (BigInt(bits) - size * BigInt(i + 1))) & ((1n << size) - 1n)),
  )
  if (bits === 32) return groups.join('.')
  let best = { start: 0, length: 1 }
  for (let start = 0; start < 8; start++) {
    let length = 0
    while (start + length < 8 && groups[start + length] === 0) length++
    if (length > best.length) best = { start, length }
  }
  const digits = groups.map((group) => group.toString(16))
  if (best.length < 2) return digits.join(':')
  return `${digits.slice(0, best.start).join(':')}::${digits.slice(best.start + best.length).join(':')}`
}

const formatNetwork = ({ address, bits, prefix }: Network): string =>
  `${formatAddress(address, bits)}/${prefix}`

function wholeOf(value: Value | undefined): bigint {
  const cut = value?.kind === 'number' && isInteger(value.value) ? truncate(value.value) : null
  if (cut === null) throw new Unsuitable('a whole number is required')
  return cut
}

function smallOf(value: Value | undefined): number {
  const index = value?.kind === 'number' ? toIndex(value.value) : null
  if (index === null) throw new Unsuitable('a whole number is required')
  return index
}

function subnet(network: Network, newBits: number, index: bigint): Network {
  const prefix = network.prefix + newBits
  if (newBits < 0 || prefix > network.bits) {
    throw new Unsuitable(`insufficient address space to extend prefix of ${network.prefix} by ${newBits}`)
  }
  if (index < 0n || index >= 1n << BigInt(newBits)) {
    throw new Unsuitable(`prefix extension of ${newBits} does not accommodate a subnet numbered ${index}`)
  }
  return { ...network, prefix, address: network.address | (index << BigInt(network.bits - prefix)) }
}

function subnets(network: Network, sizes: readonly number[]): Value {
  let next = network.address
  const end = network.address + (1n << BigInt(network.bits - network.prefix))
  return strings(
    sizes.map((size) => {
      if (size < 1) throw new Unsuitable('must extend prefix by at least one bit')
      if (size > 32) throw new Unsuitable('may not extend prefix by more than 32 bits')
      const prefix = network.prefix + size
      if (prefix > network.bits) throw new Unsuitable('would extend prefix too far for this address')
      const step = 1n << BigInt(network.bits - prefix)
      const address = ((next + step - 1n) / step) * step
      next = address + step
      if (next > end) throw new Unsuitable('not enough remaining address space for a subnet of this prefix')
      return formatNetwork({ ...network, address, prefix })
    }),
  )
}

export const networkFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  [
    'cidrhost',
    fixed([aString('prefix'), aNumber('hostnum')], ([written, host]) => {
      const network = parseNetwork(textOf(written))
      const size = 1n << BigInt(network.bits - network.prefix)
      const given = wholeOf(host)
      if (given >= size || given < -size)
        throw new Unsuitable(`prefix of ${network.prefix} does not accommodate a host numbered ${given}`)
      return text(formatAddress(network.address + (given < 0n ? size + given : given), network.bits))
    }),
  ],
  [
    'cidrnetmask',
    fixed([aString('prefix')], ([written]) => {
      const { bits, prefix } = parseNetwork(textOf(written))
      const host = BigInt(bits - prefix)
      return text(formatAddress((((1n << BigInt(bits)) - 1n) >> host) << host, bits))
    }),
  ],
  [
    'cidrsubnet',
    fixed([aString('prefix'), aNumber('newbits'), aNumber('netnum')], ([written, bits, index]) =>
      text(formatNetwork(subnet(parseNetwork(textOf(written)), smallOf(bits), wholeOf(index)))),
    ),
  ],
  [
    'cidrsubnets',
    variadic([aString('prefix')], aNumber('newbits'), ([written, ...sizes]) =>
      subnets(parseNetwork(textOf(written)), sizes.map(smallOf)),
    ),
  ],
])
