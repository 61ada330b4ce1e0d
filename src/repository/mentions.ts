/** Which texts of a repository name a path: what somebody wrote about may be what somebody needs. */

import {
  entryAt,
  type Git,
  type GitResult,
  type Host,
  isDirectory,
  isFile,
  isHostFailure,
} from '../host/host.ts'
import {
  baseName,
  compareBytes,
  decodePath,
  encodePath,
  joinPath,
  parentPath,
  visiblePath,
} from '../lib/path.ts'
import { verbatim } from '../lib/verbatim.ts'
import type { Mention } from './model.ts'

export interface MentionQuestion {
  /** Top of the repository, or the context where there is none; absolute. */
  readonly top: string
  /** Files to look into, relative to `top`: what git tracks. Null: nobody knows, and none is looked into. */
  readonly tracked: readonly string[] | null
  /** Plain strings: `uploads`, `species.csv`, `data/species.onnx`. */
  readonly names: readonly string[]
  /** A word that stands as one in several of the names: git, which takes longer for each, looks for it in the place of them. */
  readonly common?: string
  /** True for files that need not be looked into. */
  readonly skip: (path: string) => boolean
  /** False for a place in which the name is known to mean something else: it is passed over, so that others are found. Left out: every place counts. */
  readonly isMeant?: (mention: Mention, name: string) => boolean
}

export interface Mentions {
  /** Each name that stands somewhere, with the first places in the order of paths: at most 20, one a line. `at.file` is relative to `top`. */
  readonly found: ReadonlyMap<string, readonly Mention[]>
  /** Null when every file was looked into; else why not, half a sentence: a name that was not found may stand somewhere all the same. */
  readonly unread: string | null
}

/** Of one name; whoever finds so many may not have found them all, nor asked of each whether it is meant. */
export const mostMentions = 20
/** Places passed over, of one name and of all: those behind them count whatever is meant. */
const mostPassed = 5000
const mostPassedOfAll = 50_000
const mostFiles = 2000
const mostBytes = 32 << 20
const largestFile = 256 << 10
/** From so many files or bytes on, one run of git (some 10 ms to begin) is quicker than opening each. */
const gitFromFiles = 400
const gitFromBytes = 4 << 20
/** What git may say; beyond it the names are too common to tell anything. */
const mostOutput = 32 << 20
/** Of the text of a mention: one of so many may be cut. */
export const mostCharacters = 200
/** A path is no longer on Linux. */
const longestName = 4096
/** Of all names: the automaton takes up to 1 kB for each. */
const mostNameBytes = 1 << 15
/** Occurrences looked at, before the names are given up as too common: names and texts may be made to have any number. */
const mostOccurrences = 5_000_000

/**
 * Looks for all names at once in the text files that git tracks. A name counts as a whole component of a path or a
 * word: `dist` in `./dist/`, `"dist"`, `dist/worker.js` and `see dist.`, not in `distance`, `dist.js`, `my-dist`.
 * Upper and lower case are different. Lock files, minified files, source maps and binary files are passed over, and
 * files above 256 kB where git does not do the reading.
 *
 * Costs one pass over the bytes however many names there are (about 100 MB a second), in at most 2,000 files and 32 MB;
 * beyond 400 files or 4 MB one `git grep`, where there is git. Never follows a link. Never throws. `ahead`: the same
 * question, asked before.
 */
export function searchMentions(
  host: Host,
  question: MentionQuestion,
  ahead: MentionsAhead | null | undefined = null,
): Mentions {
  const { names, unread } = searchable(question.names)
  if (names.length === 0) return { found: new Map(), unread }
  if (question.tracked === null)
    return { found: new Map(), unread: 'it is not known which files are tracked' }
  const { tracked, top } = question
  const isWanted = (path: string) => isPlain(path) && !generated.test(baseName(path)) && !question.skip(path)
  const search: Search = {
    finder: createFinder(names),
    isMeant: question.isMeant ?? (() => true),
    found: new Map(),
    passed: new Map(),
    passedOfAll: 0,
    truths: createTruths(host, top),
    occurrences: 0,
  }
  const byGit = worthGit(host, top, tracked, isWanted)
    ? searchWithGit(host, question, { names, tracked, isWanted, search, ahead })
    : null
  const files = () => [...new Set(tracked)].filter(isWanted).sort(compareBytes)
  const rest = byGit === null ? searchFiles(host, top, files(), search) : byGit.unread
  const tooCommon = search.occurrences > mostOccurrences ? tooMany : null
  return { found: search.found, unread: unread ?? tooCommon ?? rest }
}

const tooMany = 'the names stand in too many places'

interface Search {
  readonly finder: Finder
  readonly isMeant: NonNullable<MentionQuestion['isMeant']>
  readonly found: Map<string, Mention[]>
  /** How often each name was passed over. */
  readonly passed: Map<string, number>
  passedOfAll: number
  readonly truths: (directory: string) => boolean
  occurrences: number
}

/** Written by a program: a name in them says that the file exists, not that somebody needs it. */
const generated =
  /^(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|bun\.lockb?|go\.sum|gradle\.lockfile|packages\.lock\.json|.*\.lock|.*[.-]min\.(?:js|mjs|cjs|css)|.*\.map)$/

const isPlain = (path: string): boolean =>
  path !== '' && !path.startsWith('/') && !/(?:^|\/)(?:\.\.|\.git)(?:\/|$)/.test(path)

/** Names that can stand in a line of text. */
function searchable(given: readonly string[]): {
  readonly names: readonly string[]
  readonly unread: string | null
} {
  const names: string[] = []
  let bytes = 0
  for (const name of new Set(given)) {
    if (name === '' || name.length > longestName || /[\n\r\0]/.test(name)) continue
    bytes += encodePath(name).length
    if (bytes > mostNameBytes) return { names, unread: 'there are more names than can be looked for' }
    names.push(name)
  }
  return { names, unread: null }
}

function worthGit(
  host: Host,
  top: string,
  tracked: readonly string[],
  isWanted: (path: string) => boolean,
): boolean {
  if (host.git === null || entryAt(host, joinPath(top, '.git')) === null) return false
  const files = new Set<string>()
  for (const path of tracked) {
    if (isWanted(path)) files.add(path)
    if (files.size > gitFromFiles) return true
  }
  let bytes = 0
  for (const path of files) bytes += entryAt(host, joinPath(top, path))?.size ?? 0
  return bytes > gitFromBytes
}

/** What git is looking for meanwhile. */
export interface MentionsAhead {
  readonly top: string
  readonly names: readonly string[]
  readonly answer: () => GitResult | undefined
}

/** A thread takes as long to begin as git takes to look through some megabytes. */
const aheadFromFiles = 2000

/** Has git begin to look, where there is a thread for it and enough to look through; null elsewhere. */
export function askMentions(
  host: Host,
  { top, tracked, ...question }: Pick<MentionQuestion, 'top' | 'names' | 'tracked' | 'common'>,
): MentionsAhead | null {
  const names = sieveFor(searchable(question.names).names, question.common)
  if (host.gitAhead === undefined || (tracked?.length ?? 0) < aheadFromFiles || names.length === 0)
    return null
  const [directory, args, options = {}] = grepFor(top, names)
  const wait = host.gitAhead(directory, [{ args, options }])
  return { top, names, answer: () => wait()[0] }
}

/**
 * What git is asked for, in the place of names that it would find with it: whatever holds a name as a word stands in no line without
 * it, and the common word stands for all that hold it, where they are more than one. Git goes through every line once for each that
 * is asked.
 */
function sieveFor(names: readonly string[], common: string | undefined): readonly string[] {
  const alone = withoutLonger(names)
  if (common === undefined || alone.includes(common)) return alone
  const together = withoutLonger([...alone, common])
  return together.length < alone.length ? together : alone
}

/**
 * From its input: names may begin with a dash, be no UTF-8, and be more than a command line takes. -w leaves out most of
 * what is none of the names, and nothing that is one: see `counts`. Of more than a few a few expressions are made: with -F git looks
 * for each of them again behind every line that it finds. Of two that begin at one place, one would be the beginning of the
 * other, and no word where that goes on: what an expression finds there hides none.
 */
function grepFor(top: string, sieve: readonly string[]): Parameters<Git> {
  const isFew = sieve.length <= fewNames
  const lines = isFew ? sieve : expressionsFor(sieve)
  return [
    top,
    ['grep', '-I', '-n', isFew ? '-F' : '-E', '-w', '-z', '--full-name', '-f', '-'],
    { input: encodePath(`${lines.join('\n')}\n`), maxBytes: mostOutput },
  ]
}

/** An expression of so many takes longer than they do one by one. */
const fewNames = 16
/** Characters; what is compiled of it grows faster than it does. */
const longestExpression = 4096

function expressionsFor(names: readonly string[]): readonly string[] {
  const expressions: string[] = []
  let last = ''
  for (const name of names) {
    const quoted = verbatim(name)
    const isFull = last.length + quoted.length > longestExpression
    if (isFull && last !== '') expressions.push(last)
    last = isFull || last === '' ? quoted : `${last}|${quoted}`
  }
  return [...expressions, last]
}

/** The names but those that hold one of the others as a word. */
function withoutLonger(names: readonly string[]): readonly string[] {
  const all = new Set(names)
  const isWord = (part: string | undefined) => part !== undefined && /\w/.test(part)
  return names.filter((name) => {
    const parts = name.match(/\w+|\W/g) ?? []
    if (parts.length > mostParts) return true
    for (let from = 0; from < parts.length; from++)
      for (let to = parts.length; to > from; to--) {
        if (isWord(parts[from - 1]) || isWord(parts[to]) || to - from === parts.length) continue
        if (all.has(parts.slice(from, to).join(''))) return false
      }
    return true
  })
}

/** Words of a name and what is between them; longer names are looked for as they are. */
const mostParts = 48

const isSame = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((one, i) => one === b[i])

/** Null when git could not do it. */
function searchWithGit(
  host: Host,
  { top, common }: MentionQuestion,
  {
    names,
    tracked,
    isWanted,
    search,
    ahead,
  }: {
    readonly names: readonly string[]
    readonly tracked: readonly string[]
    readonly isWanted: (path: string) => boolean
    readonly search: Search
    readonly ahead: MentionsAhead | null
  },
): { readonly unread: string | null } | null {
  const sieve = sieveFor(names, common)
  const exact = sieveFor(names, undefined)
  const question = grepFor(top, sieve)
  const sieved = ahead?.top === top && isSame(ahead.names, sieve) ? ahead.answer() : host.git?.(...question)
  // A word finds more lines than what it stands in.
  const asked =
    sieved?.trouble === 'too-much' && !isSame(sieve, exact) ? host.git?.(...grepFor(top, exact)) : sieved
  if (!asked || (asked.trouble !== null && asked.trouble !== 'too-much')) return null
  const output = asked.stdout
  // Most often nothing is found.
  const known = new Set(output.length === 0 ? [] : tracked)
  let path = ''
  let wantedPath = false
  for (let at = 0; at < output.length; ) {
    // path NUL line NUL text, and a path or a text may hold any byte but NUL and a line break.
    const pathEnd = output.indexOf(0, at)
    const lineEnd = pathEnd < 0 ? -1 : output.indexOf(0, pathEnd + 1)
    if (lineEnd < 0) break
    const found = output.indexOf(10, lineEnd + 1)
    const end = found < 0 ? output.length : found
    const next = decodePath(output.subarray(at, pathEnd))
    if (next !== path) {
      path = next
      wantedPath = known.has(path) && isWanted(path) && search.truths(parentPath(path))
    }
    if (wantedPath) {
      const line = Number(decodePath(output.subarray(pathEnd + 1, lineEnd)))
      scan(output.subarray(lineEnd + 1, end), { path, line }, search)
    }
    at = end + 1
  }
  return { unread: asked.trouble === 'too-much' ? tooMany : null }
}

/** Returns why not all of them were read. */
function searchFiles(host: Host, top: string, files: readonly string[], search: Search): string | null {
  let bytes = 0
  let read = 0
  for (const path of files) {
    const at = joinPath(top, path)
    try {
      const stat = host.lstat(at)
      if (stat === null || !isFile(stat) || stat.size === 0 || stat.size > largestFile) continue
      if (read === mostFiles) return `only the first ${mostFiles} files were searched`
      if (bytes + stat.size > mostBytes) return `only the first ${mostBytes >> 20} MB were searched`
      if (!search.truths(parentPath(path))) continue
      const text = host.readStart(at, largestFile)
      read++
      bytes += text.length
      if (!isBinary(text)) scan(text, { path, line: 1 }, search)
    } catch (thrown) {
      if (!isHostFailure(thrown)) throw thrown
      return `${visiblePath(path)} cannot be read`
    }
  }
  return null
}

/** As git tells: a NUL in the first 8,000 bytes (buffer_is_binary in its xdiff-interface.c). */
const isBinary = (text: Uint8Array): boolean => text.subarray(0, 8000).includes(0)

/** True for a directory that is reached through no link: a tracked one that became a link leads out of the repository. */
function createTruths(host: Host, top: string): (directory: string) => boolean {
  const known = new Map<string, boolean>([['', true]])
  const ask = (directory: string): boolean => {
    const answer = known.get(directory)
    if (answer !== undefined) return answer
    const stat = entryAt(host, joinPath(top, directory))
    const real = isDirectory(stat) && ask(parentPath(directory))
    known.set(directory, real)
    return real
  }
  return ask
}

/** Looks through a text that begins with the given line. */
function scan(
  text: Uint8Array,
  start: { readonly path: string; readonly line: number },
  search: Search,
): void {
  const { found } = search
  let line = start.line
  let counted = 0
  let lineBreak = text.indexOf(10)
  search.finder(text, (name, from, to) => {
    if (++search.occurrences > mostOccurrences) return false
    const known = found.get(name)
    if (known !== undefined && known.length >= mostMentions) return true
    if (!counts(text, from, to)) return true
    // No name holds a line break, so that what is reported later never stands in an earlier line.
    for (; lineBreak >= 0 && lineBreak < from; lineBreak = text.indexOf(10, counted)) {
      counted = lineBreak + 1
      line++
    }
    const last = known?.at(-1)
    if (last?.at.file === start.path && last.at.line === line) return true
    const mention = { at: { file: start.path, line }, text: excerpt(text, from, counted) }
    if (isPassed(mention, name, search)) return true
    if (known === undefined) found.set(name, [mention])
    else known.push(mention)
    return true
  })
}

/** True for a place that means something else, as long as not too many of them were asked about. */
function isPassed(mention: Mention, name: string, search: Search): boolean {
  const passed = search.passed.get(name) ?? 0
  if (passed === mostPassed || search.passedOfAll === mostPassedOfAll) return false
  if (search.isMeant(mention, name)) return false
  search.passedOfAll++
  search.passed.set(name, passed + 1)
  return true
}

/** The line, or of a very long one what stands around the name. */
function excerpt(text: Uint8Array, from: number, lineStart: number): string {
  let start = from - lineStart < mostCharacters / 2 ? lineStart : from - mostCharacters / 2
  // Not from the middle of a character.
  while (start > lineStart && start < from && ((text[start] ?? 0) & 0xc0) === 0x80) start++
  // Four bytes are the longest character.
  const near = text.subarray(start, start + mostCharacters * 4)
  const newline = near.indexOf(10, from - start)
  const shown = decodePath(newline < 0 ? near : near.subarray(0, newline)).trim()
  return shown.length <= mostCharacters
    ? shown
    : shown.slice(0, mostCharacters).replace(/[\uD800-\uDBFF]$/, '')
}

const wordByte = (byte: number | undefined): boolean =>
  byte !== undefined &&
  ((byte >= 0x30 && byte <= 0x39) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x61 && byte <= 0x7a) ||
    byte === 0x5f)

const dot = 0x2e
const dash = 0x2d

/**
 * True when what stands from `from` to `to` is no part of a longer name. Letters beyond ASCII end a name: a language
 * that is written without spaces goes on right after it, and git's -w sees it in the same way.
 */
function counts(text: Uint8Array, from: number, to: number): boolean {
  const before = text[from - 1]
  const after = text[to]
  if (wordByte(before) || wordByte(after)) return false
  // `.dist` is another name than `dist`, `...dist` is not; `my-dist` is, `--dist` is not.
  if (before === dot && text[from - 2] !== dot && text[from] !== dot) return false
  if (before === dash && wordByte(text[from - 2])) return false
  return !((after === dot || after === dash) && wordByte(text[to + 1]))
}

/** Goes on while what it reports to wants more. */
type Finder = (text: Uint8Array, report: (name: string, from: number, to: number) => boolean) => void

/**
 * Finds every occurrence of every name in one pass: the automaton of Aho and Corasick over bytes. Bytes that stand in
 * no name share one column, so that a table of 10,000 states stays below 4 MB.
 */
function createFinder(names: readonly string[]): Finder {
  const column = new Uint16Array(256)
  let columns = 1
  const words = names.map((name) => encodePath(name))
  for (const word of words) for (const byte of word) if (column[byte] === 0) column[byte] = columns++
  const most = words.reduce((sum, word) => sum + word.length, 1)
  const next = new Int32Array(most * columns)
  const nameOf = new Int32Array(most).fill(-1)
  let states = 1
  for (const [i, word] of words.entries()) {
    let state = 0
    for (const byte of word) {
      const edge = state * columns + (column[byte] ?? 0)
      if (next[edge] === 0) next[edge] = states++
      state = next[edge] ?? 0
    }
    nameOf[state] = i
  }
  // By breadth, so that a state's fallback is complete before the state takes over its edges.
  const fallback = new Int32Array(states)
  /** The nearest state along the fallbacks where a name ends; 0 for none. */
  const shorter = new Int32Array(states)
  const queue = new Int32Array(states)
  let queued = 1
  for (let at = 0; at < queued; at++) {
    const state = queue[at] ?? 0
    const back = fallback[state] ?? 0
    for (let c = 1; c < columns; c++) {
      const edge = state * columns + c
      const child = next[edge] ?? 0
      const across = state === 0 ? 0 : (next[back * columns + c] ?? 0)
      if (child === 0) {
        next[edge] = across
        continue
      }
      fallback[child] = across
      shorter[child] = (nameOf[across] ?? -1) >= 0 ? across : (shorter[across] ?? 0)
      queue[queued++] = child
    }
  }
  return (text, report) => {
    let state = 0
    for (let at = 0; at < text.length; at++) {
      state = next[state * columns + (column[text[at] ?? 0] ?? 0)] ?? 0
      if (state === 0) continue
      let ending = (nameOf[state] ?? -1) >= 0 ? state : (shorter[state] ?? 0)
      for (; ending !== 0; ending = shorter[ending] ?? 0) {
        const index = nameOf[ending] ?? 0
        const name = names[index]
        const from = at + 1 - (words[index]?.length ?? 0)
        if (name !== undefined && !report(name, from, at + 1)) return
      }
    }
  }
}
