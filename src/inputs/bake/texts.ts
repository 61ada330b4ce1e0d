/** Functions of strings (go-cty, cty/function/stdlib/string.go; buildx, bake/hclparser/stdlib.go). */

import { cleanPath, compareBytes } from '../../lib/path.ts'
import { Unsuitable } from './convert.ts'
import { aListOf, aNumber, aString, type BakeFunction, fixed, variadic } from './function.ts'
import { graphemes } from './graphemes.ts'
import { toIndex } from './number.ts'
import { Refusal, type Run } from './source.ts'
import { strings, stringType, text, type Value, whole } from './value.ts'

const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')

function indexIn(value: Value | undefined, what: string): number {
  const index = value?.kind === 'number' ? toIndex(value.value) : null
  if (index === null) throw new Unsuitable(`${what} must be a whole number`)
  return index
}

const mapping = (name: string, work: (value: string, run: Run) => string): BakeFunction =>
  fixed([aString(name)], ([value], run) => text(work(textOf(value), run)))
const pair = (work: (value: string, other: string) => string): BakeFunction =>
  fixed([aString('str'), aString('other')], ([value, other]) => text(work(textOf(value), textOf(other))))

/** Go maps letters one by one, JavaScript may make two of one (ß). */
const byLetter = (change: (letter: string) => string) => (value: string) => {
  if (/^[\u0000-\u007F]*$/.test(value)) return change(value)
  return [...value]
    .map((letter) => {
      const changed = change(letter)
      return [...changed].length === 1 ? changed : letter
    })
    .join('')
}
const upper = byLetter((letter) => letter.toUpperCase())

/** strings.Title: the first letter of each word; letters, digits and `_` are within one. */
function title(value: string): string {
  let within = false
  return [...value]
    .map((letter) => {
      const first = !within
      within = letter <= '\u007F' ? /[A-Za-z0-9_]/.test(letter) : !/\s/u.test(letter)
      return first ? upper(letter) : letter
    })
    .join('')
}

function trimSet(value: string, cutset: string): string {
  const cut = new Set(cutset)
  const points = [...value]
  let start = 0
  let end = points.length
  while (start < end && cut.has(points[start] ?? '')) start++
  while (end > start && cut.has(points[end - 1] ?? '')) end--
  return points.slice(start, end).join('')
}

function substring(value: string, from: number, length: number): string {
  const characters = graphemes(value)
  let offset = from
  if (offset < 0) offset += characters.length
  else if (length === 0) return ''
  const start = Math.max(0, offset)
  // A length of zero from the end is no limit: cty counts up and never meets it.
  return characters.slice(start, length <= 0 ? undefined : start + length).join('')
}

function base(path: string): string {
  if (path === '') return '.'
  const stripped = path.replace(/\/+$/, '')
  return stripped === '' ? '/' : stripped.slice(stripped.lastIndexOf('/') + 1)
}

/** Pieces of a text that many replacements may make too long to keep. */
function bounded(run: Run, length: number): void {
  run.spend(length >> 4)
  if (length > 1 << 24) throw new Refusal('a text grows larger than is kept', null, true)
}

function withoutTrailing(value: string): string {
  let end = value.length
  while (end > 0 && (value[end - 1] === '\n' || value[end - 1] === '\r')) end--
  return value.slice(0, end)
}

export const textFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  ['upper', mapping('str', upper)],
  [
    'lower',
    mapping(
      'str',
      byLetter((letter) => letter.toLowerCase()),
    ),
  ],
  ['title', mapping('str', title)],
  ['reverse', mapping('str', (value) => [...graphemes(value)].reverse().join(''))],
  ['strlen', fixed([aString('str')], ([value]) => whole(graphemes(textOf(value)).length))],
  [
    'substr',
    fixed([aString('str'), aNumber('offset'), aNumber('length')], ([value, offset, length]) =>
      text(substring(textOf(value), indexIn(offset, 'offset'), indexIn(length, 'length'))),
    ),
  ],
  ['chomp', mapping('str', withoutTrailing)],
  [
    'indent',
    fixed([aNumber('spaces'), aString('str')], ([spaces, value], run) => {
      const count = indexIn(spaces, 'spaces')
      if (count < 0) throw new Unsuitable('the number of spaces must not be negative')
      const lines = textOf(value).split('\n')
      bounded(run, lines.length * count)
      return text(lines.join(`\n${' '.repeat(count)}`))
    }),
  ],
  ['trim', pair(trimSet)],
  ['trimprefix', pair((value, prefix) => (value.startsWith(prefix) ? value.slice(prefix.length) : value))],
  [
    'trimsuffix',
    pair((value, suffix) =>
      suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value,
    ),
  ],
  ['trimspace', mapping('str', (value) => value.replace(/^[\s\u0085]+/u, '').trimEnd())],
  [
    'split',
    fixed([aString('separator'), aString('str')], ([separator, value], run) => {
      const given = textOf(separator)
      const pieces = given === '' ? [...textOf(value)] : textOf(value).split(given)
      run.spend(pieces.length)
      return strings(pieces)
    }),
  ],
  [
    'join',
    variadic([aString('separator')], aListOf('lists', stringType), ([separator, ...lists], run) => {
      const pieces: string[] = []
      if (lists.length === 0) throw new Unsuitable('at least one list is required')
      for (const each of lists) {
        for (const item of 'items' in each ? each.items : []) {
          if (item.kind === 'null')
            throw new Unsuitable('a list has a null element; cannot concatenate null values')
          pieces.push(textOf(item))
        }
      }
      const joined = pieces.join(textOf(separator))
      bounded(run, joined.length)
      return text(joined)
    }),
  ],
  [
    'replace',
    fixed([aString('str'), aString('substr'), aString('replace')], ([value, find, by], run) => {
      const pieces = textOf(find) === '' ? ['', ...textOf(value), ''] : textOf(value).split(textOf(find))
      bounded(run, textOf(value).length + pieces.length * textOf(by).length)
      return text(pieces.join(textOf(by)))
    }),
  ],
  [
    'sort',
    fixed([aListOf('list', stringType)], ([given], run) => {
      const items = given && 'items' in given ? given.items : []
      if (items.some((item) => item.kind === 'null')) {
        throw new Unsuitable('given list element is null; a null string cannot be sorted')
      }
      run.spend(items.length * 4)
      return strings(items.map(textOf).sort(compareBytes))
    }),
  ],
  ['basename', mapping('path', base)],
  ['dirname', mapping('path', (path) => cleanPath(path.slice(0, path.lastIndexOf('/') + 1)))],
  [
    'sanitize',
    mapping('name', (name) =>
      [...name].map((point) => (/^[a-zA-Z0-9_-]$/.test(point) ? point : '_')).join(''),
    ),
  ],
])
