/** Functions that encode and decode (go-cty stdlib json.go and csv.go; hashicorp/go-cty-funcs crypto, encoding, uuid). */

import { createHash } from 'node:crypto'
import { Unsuitable } from './convert.ts'
import { csvRows } from './csv.ts'
import { aNumber, anything, aString, type BakeFunction, fixed, variadic } from './function.ts'
import { fromJson, toJson } from './json-value.ts'
import { Refusal, type Run } from './source.ts'
import { list, object, objectOf, stringType, text, unknown, type Value } from './value.ts'

const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')

const mapping = (work: (value: string, run: Run) => string): BakeFunction =>
  fixed([aString('str')], ([value], run) => text(work(textOf(value), run)))
const hashed = (algorithm: string): BakeFunction =>
  mapping((value, run) => {
    run.spend(200 + value.length)
    return createHash(algorithm).update(value).digest('hex')
  })

function decodeBase64(written: string): string {
  const compact = written.replace(/[\r\n]/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) {
    throw new Unsuitable('failed to decode base64 data')
  }
  const bytes = Buffer.from(compact, 'base64')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new Unsuitable('the result of decoding the provided string is not valid UTF-8')
  }
}

/** url.QueryEscape. */
const encodeUrl = (written: string): string =>
  [...Buffer.from(written)]
    .map((byte) => {
      const char = String.fromCharCode(byte)
      if (/[A-Za-z0-9\-_.~]/.test(char)) return char
      return char === ' ' ? '+' : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')

function decodeCsv(run: Run, written: string): Value {
  run.spend(written.length >> 2)
  const [header, ...rows] = csvRows(written)
  if (!header) throw new Unsuitable('missing header line')
  if (new Set(header).size !== header.length) throw new Unsuitable('duplicate column name in header line')
  const type = objectOf(new Map(header.map((name) => [name, stringType])))
  const made = rows.map((row) => {
    if (row.length !== header.length) throw new Unsuitable('wrong number of fields')
    run.spend(row.length)
    return object(header.map((name, i) => [name, text(row[i] ?? '')] as const))
  })
  return list(made, type)
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
/** RFC 4122, appendix C. */
const namespaces: Readonly<Record<string, string>> = {
  dns: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
  url: '6ba7b811-9dad-11d1-80b4-00c04fd430c8',
  oid: '6ba7b812-9dad-11d1-80b4-00c04fd430c8',
  x500: '6ba7b814-9dad-11d1-80b4-00c04fd430c8',
}

function uuid5(space: string, name: string): string {
  const namespace = namespaces[space] ?? (uuidPattern.test(space) ? space : null)
  if (namespace === null) throw new Unsuitable(`uuidv5() doesn't support namespace ${space}`)
  const bytes = Buffer.concat([Buffer.from(namespace.replaceAll('-', ''), 'hex'), Buffer.from(name)])
  const made = createHash('sha1').update(bytes).digest().subarray(0, 16)
  made[6] = ((made[6] ?? 0) & 0x0f) | 0x50
  made[8] = ((made[8] ?? 0) & 0x3f) | 0x80
  const digits = made.toString('hex')
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20),
  ].join('-')
}

const bytesOnly = fixed([anything('buf')], () => {
  // No function of bake makes bytes, so no argument can be any.
  throw new Unsuitable('bytes required')
})

export const encodingFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  ['base64encode', mapping((value) => Buffer.from(value).toString('base64'))],
  ['base64decode', mapping(decodeBase64)],
  ['urlencode', mapping(encodeUrl)],
  ['md5', hashed('md5')],
  ['sha1', hashed('sha1')],
  ['sha256', hashed('sha256')],
  ['sha512', hashed('sha512')],
  ['jsonencode', fixed([anything('val', true)], ([value], run) => text(value ? toJson(run, value) : 'null'))],
  ['jsondecode', fixed([aString('str')], ([value], run) => fromJson(run, textOf(value)))],
  ['csvdecode', fixed([aString('str')], ([value], run) => decodeCsv(run, textOf(value)))],
  [
    'uuidv5',
    fixed([aString('namespace'), aString('name')], ([space, name]) =>
      text(uuid5(textOf(space), textOf(name))),
    ),
  ],
  ['uuidv4', fixed([], () => unknown('uuidv4(), a random number', stringType))],
  [
    'bcrypt',
    variadic([aString('str')], aNumber('cost'), () =>
      unknown('bcrypt(), which adds a random number', stringType),
    ),
  ],
  [
    'rsadecrypt',
    fixed([aString('ciphertext'), aString('privatekey')], ([cipher]) => {
      const written = textOf(cipher)
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(written) || written.length % 4 !== 0) {
        throw new Unsuitable(
          `failed to decode input "${written.slice(0, 80)}": cipher text must be base64-encoded`,
        )
      }
      throw new Refusal('rsadecrypt() is not followed', null, true)
    }),
  ],
  ['byteslen', bytesOnly],
  ['bytesslice', fixed([anything('buf'), aNumber('offset'), aNumber('length')], bytesOnly.call)],
])
