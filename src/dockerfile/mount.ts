/** `RUN --mount=…`. moby/buildkit frontend/dockerfile/instructions/commands_runmount.go, tonistiigi/go-csvvalue. */

import type { Expansion } from './expand.ts'
import { didYouMean, quoted } from './suggest.ts'

/** The fields of one line of comma-separated values, or why it is none, in the words of Go's encoding/csv. */
export function csvFields(line: string): readonly string[] | { readonly error: string } {
  const bad = (at: number, what: string): { readonly error: string } => ({
    error: `parse error on line 1, column ${Buffer.byteLength(line.slice(0, at)) + 1}: ${what}`,
  })
  if (line === '') return { error: 'EOF' }
  const fields: string[] = []
  for (let at = 0; ; at++) {
    if (line[at] !== '"') {
      const comma = line.indexOf(',', at)
      const field = line.slice(at, comma < 0 ? line.length : comma)
      const quote = field.indexOf('"')
      if (quote >= 0) return bad(at + quote, 'bare " in non-quoted field')
      fields.push(field)
      if (comma < 0) return fields
      at = comma
      continue
    }
    let field = ''
    for (at++; ; ) {
      const quote = line.indexOf('"', at)
      if (quote < 0) return bad(at, 'extraneous or missing " in quoted-field')
      field += line.slice(at, quote)
      at = quote + 1
      if (line[at] !== '"') break
      field += '"'
      at++
    }
    fields.push(field)
    if (at === line.length) return fields
    if (line[at] !== ',') return bad(at - 1, 'extraneous or missing " in quoted-field')
  }
}

const mountTypes = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const
export type MountType = (typeof mountTypes)[number]

const sharingModes = ['shared', 'private', 'locked']

/** One mount after expansion; an empty string where nothing is given. */
export interface Mount {
  readonly type: MountType
  readonly from: string
  readonly source: string
  readonly target: string
}

const knownKeys = [
  'type',
  'from',
  'source',
  'target',
  'readonly',
  'id',
  'sharing',
  'required',
  'size',
  'mode',
  'uid',
  'gid',
  'src',
  'dst',
  'destination',
  'ro',
  'rw',
  'readwrite',
  'env',
]

function cut(field: string): readonly [string, string | null] {
  const at = field.indexOf('=')
  return at < 0 ? [field.toLowerCase(), null] : [field.slice(0, at).toLowerCase(), field.slice(at + 1)]
}

/** What is wrong with a mount before any variable is known, or its `from` as written. Checked in every stage. */
export function checkMount(text: string): { readonly from: string } | { readonly error: string } {
  const fields = csvFields(text)
  if ('error' in fields) return { error: `failed to parse csv mounts: ${fields.error}` }
  let from = ''
  for (const field of fields) {
    const [key, value] = cut(field)
    if (key !== 'from' || value === null) continue
    const dollar = value.indexOf('$')
    if (dollar >= 0 && dollar !== value.length - 1) {
      return { error: "'from' doesn't support variable expansion, define alias stage instead" }
    }
    from = value
  }
  return { from }
}

/** Go's strconv.ParseBool. */
export function parseBool(text: string): boolean | null {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : null
}

function fits(text: string, digits: RegExp, base: number): boolean {
  return digits.test(text) && Number.parseInt(text, base) < 2 ** 32
}

/** A mount with its values expanded, as it is run; or BuildKit's words for what is wrong with it. */
export function parseMount(
  text: string,
  expand: (word: string) => Expansion,
): Mount | { readonly error: string } {
  const fields = csvFields(text)
  if ('error' in fields) return { error: `failed to parse csv mounts: ${fields.error}` }
  let type: MountType = 'bind'
  const values = new Map<string, string>()
  for (const field of fields) {
    const [key, written] = cut(field)
    if (written === null) {
      if (['readonly', 'ro', 'readwrite', 'rw'].includes(key)) continue
      if (key !== 'required') return { error: `invalid field '${field}' must be a key=value pair` }
      if (type !== 'secret' && type !== 'ssh') return unexpected(key, type)
      continue
    }
    const expansion = expand(written)
    if (expansion.kind === 'error') return { error: expansion.error }
    const value = expansion.value
    if (key === 'type') {
      const found = mountTypes.find((name) => name === value.toLowerCase())
      if (found === undefined) {
        return { error: `unsupported mount type ${quoted(value)}${didYouMean(value, mountTypes)}` }
      }
      type = found
      continue
    }
    const error = checkValue(key, value, type, field)
    if (error !== null) return { error }
    values.set(canonical(key), value)
  }
  const error = checkCombination(type, values)
  if (error !== null) return { error }
  const value = (key: string): string => values.get(key) ?? ''
  return { type, from: value('from'), source: value('source'), target: value('target') }
}

function canonical(key: string): string {
  if (key === 'src') return 'source'
  return key === 'dst' || key === 'destination' ? 'target' : key
}

function unexpected(key: string, type: MountType): { readonly error: string } {
  return { error: `unexpected key '${key}' for mount type '${type}'` }
}

function checkValue(key: string, value: string, type: MountType, field: string): string | null {
  const invalid = `invalid value for ${key}: ${value}`
  switch (key) {
    case 'from':
    case 'source':
    case 'src':
    case 'target':
    case 'dst':
    case 'destination':
    case 'id':
    case 'env':
      return null
    case 'readonly':
    case 'ro':
    case 'readwrite':
    case 'rw':
      return parseBool(value) === null ? invalid : null
    case 'required':
      if (type !== 'secret' && type !== 'ssh') return unexpected(key, type).error
      return parseBool(value) === null ? invalid : null
    case 'size':
      if (type !== 'tmpfs') return unexpected(key, type).error
      return /^\d+(?:\.\d*)? ?(?:[kmgtpe]?i?b?)$/i.test(value) ? null : invalid
    case 'sharing':
      if (sharingModes.includes(value.toLowerCase())) return null
      return `unsupported sharing value ${quoted(value)}${didYouMean(value, sharingModes)}`
    case 'mode':
      return fits(value, /^[0-7]+$/, 8) ? null : `invalid value ${value} for mode`
    case 'uid':
    case 'gid':
      return fits(value, /^[0-9]+$/, 10) ? null : `invalid value ${value} for ${key}`
    default:
      return `unexpected key '${key}' in '${field}'${didYouMean(key, knownKeys)}`
  }
}

function checkCombination(type: MountType, values: ReadonlyMap<string, string>): string | null {
  const given = (key: string): boolean => (values.get(key) ?? '') !== ''
  if (type === 'bind' || type === 'tmpfs') {
    for (const key of ['mode', 'uid', 'gid'])
      if (values.has(key)) return `${key} not allowed for "${type}" type mounts`
  }
  if (type === 'secret') {
    if (given('from')) return 'secret mount should not have a from'
    if (given('sharing')) return 'secret mount should not define sharing'
    if (!given('source') && !given('target') && !given('id')) {
      return 'invalid secret mount. one of source, target required'
    }
    if (given('source') && given('id')) return "both source and id can't be set"
  }
  if (given('sharing') && type !== 'cache') return `invalid cache sharing set for ${type} mount`
  return null
}
