/** Which rows of the entry table a builder sends. A selection is one byte a row, 1 for sent. */

import { judgeRows } from '../context/judge.ts'
import { dirKind, type EntryTable, flag, rootRow, socketKind } from '../context/table.ts'
import { createPatternList, type PatternList } from '../ignore/matcher.ts'
import { compilePattern } from '../ignore/pattern.ts'
import { type CouldMatchBelow, reachOfBuildkit, reachOfClassic, reachOfPodman } from '../ignore/reach.ts'
import { inBlocks } from '../lib/blocks.ts'

export type Selection = Uint8Array

/** The rows of a selection, ascending. */
export function rowsOf(selected: Selection): Int32Array {
  // Room for all, and not counted first: memory that nobody has written to costs nothing.
  const found = { selected, rows: new Int32Array(selected.length), length: 0 }
  inBlocks({ to: selected.length }, found, listBlock)
  return found.rows.slice(0, found.length)
}

function listBlock(
  from: number,
  to: number,
  found: { readonly selected: Selection; readonly rows: Int32Array; length: number },
): void {
  const { selected, rows } = found
  let { length } = found
  for (let row = from; row < to; row++) if (selected[row] === 1) rows[length++] = row
  found.length = length
}

/**
 * What BuildKit sends: entries that the include patterns want and the ignore file leaves, and their parent
 * directories, ignored ones too (tonistiigi/fsutil filter.go). `includes` null: no filter.
 */
export function selectForBuildkit(table: EntryTable, includes: PatternList | null): Selection {
  return selectRows(table, includes && rowsOf(wantedBy(table, includes)))
}

/** The rows that include patterns match where the client's walk comes to them. No ignore file changes that. */
export function wantedBy(table: EntryTable, includes: PatternList): Selection {
  const wanted = new Uint8Array(table.count)
  const reach = reachOfBuildkit(includes.patterns.filter((p) => !p.negated).map((p) => p.text))
  judgeRows(table, includes, {
    row: (row, verdict) => {
      if (includes.matched(verdict)) wanted[row] = 1
    },
    enters: (state) => includes.matched(state.verdict) || reach(state.prefix.slice(0, -1)),
  })
  return wanted
}

/** As {@link selectForBuildkit}, of the rows that are wanted, ascending; null: all are. `sent`: room for it, all 0. */
export function selectRows(
  { count, flags, parent }: EntryTable,
  wanted: Int32Array | null,
  sent: Selection = new Uint8Array(count),
): Selection {
  inBlocks({ to: wanted === null ? count : wanted.length }, { flags, parent, wanted, sent }, sendBlock)
  return sent
}

function sendBlock(
  from: number,
  to: number,
  given: Pick<EntryTable, 'flags' | 'parent'> & {
    readonly wanted: Int32Array | null
    readonly sent: Selection
  },
): void {
  const { flags, parent, wanted, sent } = given
  for (let place = from; place < to; place++) {
    const row = wanted === null ? place : (wanted[place] ?? 0)
    if (((flags[row] ?? 0) & flag.ignored) !== 0) continue
    for (let at = row; at >= 0 && sent[at] === 0; at = parent[at] ?? rootRow) sent[at] = 1
  }
}

/** The rules of the classic client's tar, from the ignore file and the Dockerfile's place (docker/cli, cli/command/image/build). */
export interface ClassicRules {
  /** All patterns, with the negations that the client appends for its own two files. */
  readonly patterns: PatternList
  readonly appended: readonly string[]
  readonly couldMatchBelow: CouldMatchBelow
}

/** `dockerfile`: the Dockerfile's real path relative to the context, null when it lies outside. */
export function classicRules(patterns: PatternList, dockerfile: string | null): ClassicRules {
  const appended: string[] = []
  const append = (list: PatternList, name: string): PatternList => {
    if (!list.judgeLegacy(name)) return list
    appended.push(name)
    // As text: in a name like `[id]/Dockerfile` the client's own line is a pattern that does not match it.
    const negation = compilePattern(`!${name}`)
    if (negation === null || 'refused' in negation) return list
    return createPatternList([...list.patterns, negation])
  }
  let list = append(patterns, '.dockerignore')
  if (dockerfile !== null) list = append(list, dockerfile)
  const negations = list.patterns.filter((p) => p.negated).map((p) => p.text)
  return { patterns: list, appended, couldMatchBelow: reachOfClassic(negations) }
}

/**
 * What the classic client puts into its tar: everything that is left, without sockets, and without entries for
 * ignored directories it only passes through (moby/go-archive archive.go, Tarballer.Do). `judged`: the patterns whose
 * verdicts the table holds, which save the work where they are the client's too.
 */
export function selectForClassic(table: EntryTable, rules: ClassicRules, judged: PatternList): Selection {
  const sent = new Uint8Array(table.count)
  if (rules.patterns === judged) return leftOver(table, sent, rules)
  judgeRows(table, rules.patterns, {
    row: (row, verdict) => {
      if (!rules.patterns.matched(verdict) && table.kind[row] !== socketKind) sent[row] = 1
    },
    enters: (state) =>
      !rules.patterns.matched(state.verdict) || rules.couldMatchBelow(state.prefix.slice(0, -1)),
  })
  return sent
}

/** The rows that the walk's own verdicts leave. */
function leftOver(table: EntryTable, sent: Selection, rules: ClassicRules): Selection {
  for (let row = 0; row < table.count; ) {
    const ignored = ((table.flags[row] ?? 0) & flag.ignored) !== 0
    if (!ignored && table.kind[row] !== socketKind) sent[row] = 1
    const skips = ignored && table.kind[row] === dirKind && !rules.couldMatchBelow(table.path(row))
    row = skips ? (table.end[row] ?? row + 1) : row + 1
  }
  return sent
}

/**
 * What podman's ignore file leaves of the whole context, which is not sent anywhere: as the classic client's choice, by
 * algorithm P (containers/buildah copier/copier.go). An instruction that names a file below a dropped directory may find more.
 */
export function selectForPodman(table: EntryTable, patterns: PatternList, judged: PatternList): Selection {
  const negations = patterns.patterns.filter((p) => p.negated).map((p) => p.text)
  const rules = { patterns, appended: [], couldMatchBelow: reachOfPodman(negations) }
  return selectForClassic(table, rules, judged)
}
