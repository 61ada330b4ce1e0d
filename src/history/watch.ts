/** Which changed paths an instruction reads: judged by today's ignore file and today's sources, whether or not the path is still there. */

import { type EntryTable, type Row, rootRow, symlinkKind } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { compilePatterns, type DirectoryState, type PatternList } from '../ignore/matcher.ts'
import { reachOfBuildkit } from '../ignore/reach.ts'
import { CtxsizeError } from '../lib/errors.ts'
import { hasWildcard, matchGlob } from '../lib/glob.ts'
import { baseName, cutAtPivot, joinPath, parentPath, rootedPath } from '../lib/path.ts'

/** Tells what of a context gets into the build. */
export interface Sends {
  /** Whether the path does, were there a file at it. */
  readonly path: (path: string) => boolean
  /** Whether all that may lie below the directory does; null where that is not all alike, or not known to be. */
  readonly below: (directory: string) => boolean | null
}

/** What is kept of directories before it is forgotten, so that a long history takes no more memory than a short one. */
const mostKept = 20_000

/** As the walk does it: a directory that is dropped is not entered unless something below it may be let in again. */
export function createSends(patterns: PatternList): Sends {
  if (patterns.patterns.length === 0) return { path: () => true, below: () => true }
  const reaches = reachOfBuildkit(patterns.patterns.filter((one) => one.negated).map(({ text }) => text))
  const known = new Map<string, DirectoryState | null>()
  const enter = (directory: string): DirectoryState | null => {
    if (directory === '') return patterns.root
    const seen = known.get(directory)
    if (seen !== undefined) return seen
    const parent = enter(parentPath(directory))
    const state = parent && patterns.enter(parent, baseName(directory))
    const entered = state && (!patterns.matched(state.verdict) || reaches(directory)) ? state : null
    if (known.size >= mostKept) known.clear()
    known.set(directory, entered)
    return entered
  }
  /** The directory of the path before, with its `/`: git tells what lies together together. */
  let prefix = ''
  let state: DirectoryState | null = patterns.root
  const judge = (path: string): boolean => {
    const cut = path.lastIndexOf('/') + 1
    try {
      if (cut !== prefix.length || !path.startsWith(prefix)) {
        state = enter(path.slice(0, Math.max(0, cut - 1)))
        prefix = path.slice(0, cut)
      }
      return state !== null && !patterns.matched(patterns.decide(state, path.slice(cut)))
    } catch (thrown) {
      // A pattern that docker cannot evaluate fails the build; until it is mended nothing is dropped by it.
      if (thrown instanceof CtxsizeError) return true
      throw thrown
    }
  }
  // Several ways to build ask about the same path, one after the other.
  let last: { readonly path: string; readonly sent: boolean } | null = null
  return {
    path: (path) => {
      if (last?.path !== path) last = { path, sent: judge(path) }
      return last.sent
    },
    below: (directory) => {
      try {
        const entered = enter(directory)
        if (entered === null) return false
        return patterns.isSettled(entered) ? !patterns.matched(entered.verdict) : null
      } catch (thrown) {
        if (thrown instanceof CtxsizeError) return null
        throw thrown
      }
    },
  }
}

/** What one instruction reads of a context. */
export interface Watch {
  /** True when a change of the path changes what is read. The path is one that is sent. */
  readonly reads: (path: string) => boolean
  /** The same of all that may lie below the directory; null where that is not all alike, or not known to be. */
  readonly readsBelow: (directory: string) => boolean | null
  /** The directory that holds all that is read, '' for the root: nothing is told by naming it. */
  readonly base: string
}

/** Follows links as they lie in the tree today; `table` null: there is none to look at. */
export function createWatch(instruction: ReadInstruction, table: EntryTable | null): Watch {
  const tests = instruction.localSources.map((source) =>
    instruction.parents ? parentsTest(source, instruction) : sourceTest(source, instruction, table),
  )
  const [only] = instruction.localSources
  const isOne = instruction.localSources.length === 1 && only !== undefined
  return {
    reads: (path) => tests.some(({ path: test }) => test(path)),
    readsBelow: (directory) => belowAll(tests, directory),
    base: isOne ? baseOf(only, table) : '',
  }
}

/** What one of them says yes to is read; what all of them say no to is not. */
function belowAll(tests: readonly Test[], directory: string): boolean | null {
  let all: boolean | null = false
  for (const { below } of tests) {
    const one = below(directory)
    if (one === true) return true
    if (one === null) all = null
  }
  return all
}

/** The directory that a source stands for; the one that holds it where it is a file or a pattern. */
function baseOf(source: string, table: EntryTable | null): string {
  const path = rootedPath(source.replace('/./', '/'))
  const parts = path.split('/')
  const wild = parts.findIndex(hasWildcard)
  if (wild >= 0) return parts.slice(0, wild).join('/')
  const row = path === '' ? null : (table?.find(path) ?? null)
  return row !== null && table?.kind[row] !== 1 ? parentPath(path) : path
}

/** A source, asked about a path and about all that may lie below a directory; null where that is not all alike. */
interface Test {
  readonly path: (path: string) => boolean
  readonly below: (directory: string) => boolean | null
}

type Excludes = ((path: string) => boolean) | null

function sourceTest(source: string, instruction: ReadInstruction, table: EntryTable | null): Test {
  const wanted = rootedPath(source)
  const isPlain = instruction.mount || !hasWildcard(wanted)
  const excluded = excludesOf(instruction)
  const { links, places } = table === null ? noLinks : followed(wanted, isPlain, table)
  const prefixes = isPlain ? [wanted, ...places] : places
  const reads = prefixes.map((prefix) => prefixTest(prefix, excluded))
  if (!isPlain) reads.push(wildcardTest(wanted, excluded))
  if (links.size > 0) reads.push({ path: (path) => links.has(path), below: () => null })
  return {
    path: (path) => reads.some(({ path: test }) => test(path)),
    below: (directory) => belowAll(reads, directory),
  }
}

/** What is at the prefix and below; and what stands where one of its parents is: a link or another repository. */
function prefixTest(prefix: string, excluded: Excludes): Test {
  const whole = excluded === null ? true : null
  if (prefix === '') return { path: (path) => !excluded?.(path), below: () => whole }
  const inside = `${prefix}/`
  return {
    path: (path) =>
      path === prefix ||
      (path.startsWith(inside) ? !excluded?.(path.slice(inside.length)) : prefix.startsWith(`${path}/`)),
    below: (directory) =>
      directory === prefix || directory.startsWith(inside)
        ? whole
        : prefix.startsWith(`${directory}/`)
          ? null
          : false,
  }
}

/** The shortest beginning of the path that the pattern matches decides; the rest is what lies in a matching directory. */
function wildcardTest(wanted: string, excluded: Excludes): Test {
  const parts = wanted.split('/')
  const fixed = parts.slice(0, parts.findIndex(hasWildcard)).join('/')
  const inside = fixed === '' ? '' : `${fixed}/`
  return {
    path: (path) => {
      if (!path.startsWith(inside)) return inside.startsWith(`${path}/`)
      for (let end = path.indexOf('/', inside.length); ; end = path.indexOf('/', end + 1)) {
        const at = end < 0 ? path : path.slice(0, end)
        if (matchGlob(wanted, at) === 'match') return end < 0 || !excluded?.(path.slice(end + 1))
        if (end < 0) return false
      }
    },
    below: (directory) => {
      if (!directory.startsWith(inside)) return inside.startsWith(`${directory}/`) ? null : false
      // Only a class of characters may match a `/`, and with it paths of another depth.
      if (/[[\\]/.test(wanted)) return null
      const own = directory.split('/')
      if (own.length < parts.length) return null
      const head = own.slice(0, parts.length).join('/')
      return matchGlob(wanted, head) !== 'match' ? false : excluded === null ? true : null
    },
  }
}

/** `COPY --parents`: what stands after `/./` is a pattern of the kind that ignore files have. */
function parentsTest(source: string, instruction: ReadInstruction): Test {
  const { before, rest } = cutAtPivot(source)
  const excluded = excludesOf(instruction)
  if (rest === '') return prefixTest(before, excluded)
  const includes = compiled([rest])
  const parts = before.split('/')
  const wild = parts.some(hasWildcard)
  const test = (path: string): boolean => {
    let relative = path
    if (before !== '') {
      const depth = parts.length
      const own = path.split('/')
      const head = own.slice(0, depth).join('/')
      if (own.length <= depth || !(wild ? matchGlob(before, head) === 'match' : head === before)) return false
      relative = own.slice(depth).join('/')
    }
    const isMeant = includes === null || includes.matched(includes.judge(relative).verdict)
    return (isMeant || (!hasWildcard(rest) && rest.startsWith(`${relative}/`))) && !excluded?.(relative)
  }
  return { path: test, below: () => null }
}

/** Null where nothing is left out. */
function excludesOf({ excludes }: ReadInstruction): Excludes {
  const list = excludes.length === 0 ? null : compiled(excludes)
  return list && ((path) => list.matched(list.judge(path).verdict))
}

/** Null for what docker refuses, which fails the build. */
function compiled(patterns: readonly string[]): PatternList | null {
  try {
    return compilePatterns(patterns)
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return null
    throw thrown
  }
}

interface Followed {
  /** Links on the way: what they say decides what is read. */
  readonly links: ReadonlySet<string>
  /** Where they lead. */
  readonly places: readonly string[]
}

const noLinks: Followed = { links: new Set(), places: [] }
/** As containerd/continuity fs/path.go has it. */
const mostLinks = 255

function followed(wanted: string, isPlain: boolean, table: EntryTable): Followed {
  if (table.linkTarget.size === 0) return noLinks
  const links = new Set<string>()
  const places: string[] = []
  if (isPlain) {
    const place = follow(wanted, table, links)
    if (place !== wanted) places.push(place)
    return { links, places }
  }
  for (const row of table.linkTarget.keys()) {
    const path = table.path(row)
    if (table.kind[row] === symlinkKind && matchGlob(wanted, path) === 'match')
      places.push(follow(path, table, links))
  }
  return { links, places }
}

/** The path with every link of it replaced by what it leads to; the links are added to `links`. */
function follow(path: string, table: EntryTable, links: Set<string>): string {
  const pending = path.split('/').reverse()
  let at = ''
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      at = parentPath(at)
      continue
    }
    const next = joinPath(at, name)
    const row: Row = table.find(next) ?? rootRow
    const target = row === rootRow || table.kind[row] !== symlinkKind ? undefined : table.linkTarget.get(row)
    if (target === undefined || links.size >= mostLinks || (links.has(next) && pending.length > mostLinks)) {
      at = next
      continue
    }
    links.add(next)
    if (target.startsWith('/')) at = ''
    pending.push(...target.split('/').reverse())
  }
  return at
}
