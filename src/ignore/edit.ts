/** Changes to the text of an ignore file that keep every byte which is not their own, and where a new line belongs. */

import { cleanPath, hasRawBytes } from '../lib/path.ts'
import { compareLists } from './compare.ts'
import { createPatternList } from './matcher.ts'
import { droppedBy, includes, meet } from './meets.ts'
import { type IgnoreFile, parseIgnoreFile } from './parse.ts'
import { compilePattern, type Pattern } from './pattern.ts'

/** Lines that go together, under a comment of their own. */
export interface LineGroup {
  /** One sentence, without its `#`; null for none. */
  readonly comment: string | null
  readonly lines: readonly string[]
}

/** `deny`: the file lists what stays out. `allow`: it drops everything first and lists what may come in. */
export type IgnoreStyle = 'deny' | 'allow'

export interface AddOptions {
  /** `proper`: where a {@link Placer} puts each line. `end`: all at the end, where the last word is spoken. */
  readonly at: 'proper' | 'end'
  /** Of this very file; a caller that adds often keeps one, as a place costs a look at all that a tree could hold. */
  readonly placer?: Placer
}

/** Where a line goes, once asked for kept. `isFree`: no exception has anything to do with it, so that any place is right. */
export type Placer = (pattern: Pattern) => { readonly line: number; readonly isFree: boolean }

const byteOrderMark = '\uFEFF'

/**
 * The file's text with the lines added; `file` null: a new file. Left out is what docker would not read as one
 * pattern, and what the file says already to the same effect. A file that docker refuses stays as it is.
 */
export function addLines(
  file: IgnoreFile | null,
  groups: readonly LineGroup[],
  { at, placer }: AddOptions = { at: 'proper' },
): string {
  const base = file ?? parseIgnoreFile('')
  if (base.problems.length > 0) return base.text
  const physical = splitLines(base.text)
  const ending = lineEnding(base.text)
  // Line number → what goes before it.
  const inserted = new Map<number, string[]>()
  const known = new Set<string>()
  const placeOf = placer ?? createPlacer(base)
  const end = physical.length + 1
  // What goes anywhere goes where the others have to.
  const gathered = at === 'end' ? end : firstPlace(groups, placeOf, physical)
  for (const { comment, lines } of groups) {
    const told = new Set<number>()
    for (const line of lines) {
      const parsed = parseIgnoreFile(line)
      const [only] = parsed.lines
      const [pattern] = parsed.compiled
      if (!only || !pattern || /[\r\n]/.test(line) || line.startsWith(byteOrderMark)) continue
      const proper = at === 'end' ? { line: end, isFree: false } : placeOf(pattern)
      const place = proper.isFree ? gathered : proper.line
      if (known.has(only.pattern) || isSaid(base, only.pattern, place)) continue
      known.add(only.pattern)
      const texts = inserted.get(place) ?? []
      inserted.set(place, texts)
      if (comment !== null && !told.has(place)) {
        const above = texts.at(-1) ?? (place > 1 ? (physical[place - 2] ?? '') : '')
        if (place > physical.length && above.trim() !== '') texts.push('')
        texts.push(...commentLines(comment))
      }
      told.add(place)
      texts.push(only.written)
    }
  }
  const marked = base.text.startsWith(byteOrderMark) && inserted.has(1)
  const parts: string[] = marked ? [byteOrderMark] : []
  for (let line = 1; line <= physical.length + 1; line++) {
    const new_ = inserted.get(line)
    if (new_) {
      const last = parts.at(-1)
      if (last !== undefined && last !== byteOrderMark && !last.endsWith('\n')) parts.push(ending)
      for (const text of new_) parts.push(text + ending)
    }
    const old = physical[line - 1] ?? ''
    parts.push(line === 1 && marked ? old.slice(byteOrderMark.length) : old)
  }
  return parts.join('')
}

/** What kind of list the file is. An allow-list drops everything with a line that an exception follows. */
export function styleOf(file: IgnoreFile): IgnoreStyle {
  const lastException = file.compiled.findLastIndex((pattern) => pattern.negated)
  const all = file.compiled
    .slice(0, Math.max(0, lastException))
    .some((pattern) => !pattern.negated && /^[*?[]/.test(pattern.text) && includes(pattern, everything()))
  return all ? 'allow' : 'deny'
}

/**
 * The line number before which the pattern belongs; one past the last line: at the end. Wherever that is, nothing that
 * was out comes in, and no more is dropped than what the pattern matches.
 *
 * An exception goes to the end. So does a line that no exception can meet, as it works the same anywhere. Otherwise:
 * an exception that lies wholly within what the line drops was written against such lines, so the line goes before the
 * first of them. One that merely overlaps lets a parent in; the line narrows that and goes after it, as before it the
 * line would do nothing there. "Before" means behind the last line with a pattern
 * above the exception. Further down, and in the end at the end, where a line would open a gap: with `!a/b` and then `a`,
 * a `*` above the two would let `a/b` in.
 */
export function placeFor(file: IgnoreFile, pattern: Pattern): number {
  return placed(file, pattern).line
}

/** Answers as {@link placeFor}, each question once. */
export function createPlacer(file: IgnoreFile): Placer {
  const known = new Map<string, ReturnType<Placer>>()
  return (pattern) => {
    const place = known.get(pattern.source) ?? placed(file, pattern)
    known.set(pattern.source, place)
    return place
  }
}

/** Never in the midst of lines that somebody wrote together: there stands only what has to. */
function firstPlace(groups: readonly LineGroup[], placeOf: Placer, physical: readonly string[]): number {
  const end = physical.length + 1
  const isWithinBlock = (line: number): boolean =>
    [line - 2, line - 1].every((index) => (physical[index] ?? '').trim() !== '')
  let first = end
  for (const { lines } of groups)
    for (const line of lines) {
      const [pattern] = parseIgnoreFile(line).compiled
      const place = pattern ? placeOf(pattern) : null
      if (place && !place.isFree && place.line < first && !isWithinBlock(place.line)) first = place.line
    }
  return first
}

function placed(file: IgnoreFile, pattern: Pattern): ReturnType<Placer> {
  const { compiled, lines } = file
  const end = splitLines(file.text).length + 1
  if (pattern.negated || compiled.length !== lines.length) return { line: end, isFree: false }
  const dropped = droppedBy(pattern)
  const meeting = compiled.flatMap((one, index) =>
    one.negated && meet(dropped, droppedBy(one)).kind === 'meet' ? [index] : [],
  )
  if (meeting.length === 0) return { line: end, isFree: true }
  // It goes behind every exception that merely overlaps, and behind one that says just the opposite.
  const isWithin = (one: Pattern | undefined) =>
    one !== undefined && includes(pattern, one) && !includes(one, pattern)
  const overlapping = meeting.findLast((index) => !isWithin(compiled[index]))
  const candidates = meeting.filter((index) => overlapping === undefined || index > overlapping)
  for (const index of candidates.slice(0, mostTried)) {
    const after = [...compiled.slice(0, index), pattern, ...compiled.slice(index)]
    if (compareLists(compiled, after, { wanted: 'let in', through: pattern }).kind !== 'none') continue
    const above = lines[index - 1]
    if (above) return { line: above.line + 1, isFree: false }
    // The comment right above the exception stays with it.
    const texts = splitLines(file.text)
    let line = lines[index]?.line ?? end
    while (line > 1 && /^\uFEFF?#/.test(texts[line - 2] ?? '')) line--
    return { line, isFree: false }
  }
  return { line: end, isFree: false }
}

/** Each try goes through all that a tree could hold. */
const mostTried = 4

/**
 * The line that matches just this path, or with `anywhere` any path that ends in it. Null where no line can: a control
 * character or bytes that are not UTF-8 in the name, the root, a path out of the context.
 */
export function asPattern(path: string, { anywhere }: { readonly anywhere: boolean }): string | null {
  if (path === '' || hasRawBytes(path) || /[\0-\x08\x0A-\x1F\x7F\uFEFF\uFFFD]/.test(path)) return null
  if (cleanPath(path) !== path || /^(?:\.?\.?$|\.\.\/|\/)/.test(path)) return null
  const start = anywhere ? '**/' : ''
  const special = /[*?[\]\\^]/
  // Braces and bars are plain until an escape makes a regular expression of the whole.
  const written = start + escapeEach(path, special)
  const kept = blanksKept(written.replace(/^[#!]/, '\\$&'))
  const line = /[\\[]/.test(kept)
    ? blanksKept((start + escapeEach(path, /[*?[\]\\^{}|]/)).replace(/^[#!]/, '\\$&'))
    : kept
  const { lines, compiled } = parseIgnoreFile(line)
  const [only] = compiled
  if (lines.length !== 1 || !only || only.negated || only.invalid) return null
  const list = createPatternList([only])
  const matches = (tried: string) => list.matching(tried).length > 0
  return matches(path) && (!anywhere || matches(`a/${path}`)) ? line : null
}

const escapeEach = (text: string, special: RegExp) =>
  Array.from(text, (c) => (special.test(c) ? `\\${c}` : c)).join('')

/** Blanks at either end, which a reader of the file would trim, in a class each. */
function blanksKept(line: string): string {
  let from = 0
  let to = line.length
  while (from < to && isBlank(line.charAt(from))) from++
  while (to > from && isBlank(line.charAt(to - 1))) to--
  const inClasses = (text: string) => Array.from(text, (c) => `[${c}]`).join('')
  return inClasses(line.slice(0, from)) + line.slice(from, to) + inClasses(line.slice(to))
}

const isBlank = (c: string) => /[\s\u0085]/.test(c)

function everything(): Pattern {
  const pattern = compilePattern('**')
  if (pattern === null || 'refused' in pattern) throw new Error('two stars are a pattern')
  return pattern
}

/** True when the file holds the line already, and nothing between it and the place undoes it. */
function isSaid({ lines, compiled }: IgnoreFile, pattern: string, place: number): boolean {
  const index = lines.findLastIndex((line) => line.pattern === pattern)
  if (index < 0) return false
  const negated = pattern.startsWith('!')
  return !compiled.some(
    (one, other) => other > index && one.negated !== negated && (lines[other]?.line ?? 0) < place,
  )
}

/** With their line ends; the last one may have none. */
function splitLines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/)
}

/** What most lines of the text end with. */
function lineEnding(text: string): string {
  let [all, windows] = [0, 0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    all++
    if (text[at - 1] === '\r') windows++
  }
  return windows * 2 > all ? '\r\n' : '\n'
}

function commentLines(comment: string): readonly string[] {
  return comment.split(/\r\n|[\r\n]/).map((text) => `# ${text.trim()}`.trimEnd())
}
