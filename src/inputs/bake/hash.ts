/** MD5, SHA-1 and SHA-2 of bytes, in hexadecimal (RFC 1321, FIPS 180-4). Only `host/` may ask Node for them. */

const mask32 = 0xffffffffn
const mask64 = (1n << 64n) - 1n

/** The message with a one bit, zeros and its length, as a whole number of blocks. */
function padded(bytes: Uint8Array, block: number, lengthBytes: number, littleEndian: boolean): DataView {
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block
  const all = new Uint8Array(size)
  all.set(bytes)
  all[bytes.length] = 0x80
  const view = new DataView(all.buffer)
  view.setBigUint64(size - 8, BigInt(bytes.length) * 8n, littleEndian)
  return view
}

const rotate = (x: number, n: number) => (x << n) | (x >>> (32 - n))
const hex = (words: readonly number[]) =>
  words.map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
const swapped = (x: number) =>
  ((x & 0xff) << 24) | ((x & 0xff00) << 8) | ((x >>> 8) & 0xff00) | ((x >>> 24) & 0xff)

export function md5(bytes: Uint8Array): string {
  const view = padded(bytes, 64, 8, true)
  const constants = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0)
  const shifts = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21]
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let at = 0; at < view.byteLength; at += 64) {
    let [a, b, c, d] = [a0, b0, c0, d0]
    for (let i = 0; i < 64; i++) {
      const round = i >> 4
      const f =
        round === 0
          ? (b & c) | (~b & d)
          : round === 1
            ? (d & b) | (~d & c)
            : round === 2
              ? b ^ c ^ d
              : c ^ (b | ~d)
      const g =
        round === 0 ? i : round === 1 ? (5 * i + 1) % 16 : round === 2 ? (3 * i + 5) % 16 : (7 * i) % 16
      const sum = (f + a + (constants[i] ?? 0) + view.getInt32(at + g * 4, true)) | 0
      a = d
      d = c
      c = b
      b = (b + rotate(sum, shifts[round * 4 + (i % 4)] ?? 0)) | 0
    }
    a0 = (a0 + a) | 0
    b0 = (b0 + b) | 0
    c0 = (c0 + c) | 0
    d0 = (d0 + d) | 0
  }
  return hex([a0, b0, c0, d0].map(swapped))
}

export function sha1(bytes: Uint8Array): string {
  const view = padded(bytes, 64, 8, false)
  const state: [number, number, number, number, number] = [
    0x67452301,
    0xefcdab89 | 0,
    0x98badcfe | 0,
    0x10325476,
    0xc3d2e1f0 | 0,
  ]
  const words = new Int32Array(80)
  for (let at = 0; at < view.byteLength; at += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(at + i * 4)
    const word = (i: number) => words[i] ?? 0
    for (let i = 16; i < 80; i++)
      words[i] = rotate(word(i - 3) ^ word(i - 8) ^ word(i - 14) ^ word(i - 16), 1)
    let [a, b, c, d, e] = state
    for (let i = 0; i < 80; i++) {
      const [f, k] =
        i < 20
          ? [(b & c) | (~b & d), 0x5a827999]
          : i < 40
            ? [b ^ c ^ d, 0x6ed9eba1]
            : i < 60
              ? [(b & c) | (b & d) | (c & d), 0x8f1bbcdc]
              : [b ^ c ^ d, 0xca62c1d6]
      const next = (rotate(a, 5) + f + e + k + word(i)) | 0
      e = d
      d = c
      c = rotate(b, 30)
      b = a
      a = next
    }
    for (const [i, value] of [a, b, c, d, e].entries()) state[i] = ((state[i] ?? 0) + value) | 0
  }
  return hex(state)
}

interface Width {
  readonly bits: 32 | 64
  readonly mask: bigint
  readonly rounds: number
  readonly big: readonly [readonly [number, number, number], readonly [number, number, number]]
  readonly small: readonly [readonly [number, number, number], readonly [number, number, number]]
}

const sha256Width: Width = {
  bits: 32,
  mask: mask32,
  rounds: 64,
  big: [
    [2, 13, 22],
    [6, 11, 25],
  ],
  small: [
    [7, 18, 3],
    [17, 19, 10],
  ],
}
const sha512Width: Width = {
  bits: 64,
  mask: mask64,
  rounds: 80,
  big: [
    [28, 34, 39],
    [14, 18, 41],
  ],
  small: [
    [1, 8, 7],
    [19, 61, 6],
  ],
}

function primes(count: number): readonly bigint[] {
  const found: bigint[] = []
  for (let n = 2n; found.length < count; n++) if (found.every((prime) => n % prime !== 0n)) found.push(n)
  return found
}

/** The first bits behind the point of a root: what both functions start from. */
function rootBits(n: bigint, degree: 2n | 3n, bits: number): bigint {
  const scaled = n << (BigInt(bits) * degree)
  let low = 0n
  let high = 1n << BigInt(bits + 8)
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** degree <= scaled) low = middle
    else high = middle
  }
  return low & ((1n << BigInt(bits)) - 1n)
}

function sha2(bytes: Uint8Array, width: Width): string {
  const { bits, mask, rounds } = width
  const size = bits / 8
  const view = padded(bytes, size * 16, size * 2, false)
  const constants = primes(rounds).map((prime) => rootBits(prime, 3n, bits))
  let state = primes(8).map((prime) => rootBits(prime, 2n, bits))
  const turn = (x: bigint, n: number) => ((x >> BigInt(n)) | (x << BigInt(bits - n))) & mask
  const big = (x: bigint, [a, b, c]: readonly [number, number, number]) =>
    turn(x, a) ^ turn(x, b) ^ turn(x, c)
  const small = (x: bigint, [a, b, c]: readonly [number, number, number]) =>
    turn(x, a) ^ turn(x, b) ^ (x >> BigInt(c))
  for (let at = 0; at < view.byteLength; at += size * 16) {
    const words: bigint[] = []
    const word = (i: number) => words[i] ?? 0n
    for (let i = 0; i < 16; i++) {
      words.push(bits === 32 ? BigInt(view.getUint32(at + i * 4)) : view.getBigUint64(at + i * 8))
    }
    for (let i = 16; i < rounds; i++) {
      words.push(
        (small(word(i - 2), width.small[1]) +
          word(i - 7) +
          small(word(i - 15), width.small[0]) +
          word(i - 16)) &
          mask,
      )
    }
    let [a = 0n, b = 0n, c = 0n, d = 0n, e = 0n, f = 0n, g = 0n, h = 0n] = state
    for (let i = 0; i < rounds; i++) {
      const first = h + big(e, width.big[1]) + ((e & f) ^ (~e & mask & g)) + (constants[i] ?? 0n) + word(i)
      const second = big(a, width.big[0]) + ((a & b) ^ (a & c) ^ (b & c))
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + first) & mask, c, b, a, (first + second) & mask]
    }
    const next = [a, b, c, d, e, f, g, h]
    state = state.map((value, i) => (value + (next[i] ?? 0n)) & mask)
  }
  return state.map((value) => value.toString(16).padStart(size * 2, '0')).join('')
}

export const sha256 = (bytes: Uint8Array): string => sha2(bytes, sha256Width)
export const sha512 = (bytes: Uint8Array): string => sha2(bytes, sha512Width)
