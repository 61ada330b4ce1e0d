/** What differs in Engine 20.10 from what is modelled, as rules of its sources: a difference is of its age only where they explain it. */

import { dirKind, flag } from '../src/context/table.ts'
import { matchGlob } from '../src/lib/glob.ts'
import type { ResolvedRead } from '../src/measure/build.ts'
import { resolveReads } from '../src/resolve/reads.ts'
import { buildkitBytes } from '../src/resolve/wire.ts'
import type { Scan } from '../src/scan.ts'

/** What is said of one build. */
export interface View {
  /** Why it cannot succeed; none where it can. */
  readonly refusals: readonly string[]
  /** Bytes of the context, on a daemon that has none of it. */
  readonly cold: number
  readonly reads: readonly Pick<ResolvedRead, 'instruction' | 'reads'>[]
}

/** The same of Engine 20.10. */
export function olderView(scan: Scan): View {
  const { plan, main } = scan
  const sent = olderSent(scan)
  const reads = scan.reads.map(({ instruction, survey, reads: said }) => ({
    instruction,
    reads: survey === main ? resolveReads(main.table, sent, instruction) : said,
  }))
  const refusals = [
    ...plan.problems.map(({ message }) => message),
    ...reads.flatMap(({ reads: { failure } }) => failure?.message ?? []),
  ].filter((refusal) => !olderAccepts.some((cause) => cause.test(refusal)))
  return { refusals, cold: buildkitBytes(main.table, sent, new Map(), () => false).cold, reads }
}

/**
 * The rows that tonistiigi/fsutil 0834f99b7b85 (the one of BuildKit 0.8) sends: walker.go, Walk and matchPrefix. A pattern that
 * is longer than a path is held against it as far as that goes, so that directories on the way are sent though nothing in
 * them is wanted, and files too; `**` is one `*`.
 */
function olderSent({ main }: Scan): Uint8Array {
  const { table } = main
  const patterns = main.followed.includes
  const negations = (main.context.ignore?.parsed.patterns ?? []).flatMap((one) =>
    one.startsWith('!') ? [`${one.slice(1)}/`] : [],
  )
  const sent = new Uint8Array(table.count)
  const skipped: string[] = []
  let included: string | null = null
  const isBelow = (path: string, dir: string | undefined): boolean =>
    dir !== undefined && path.startsWith(`${dir}/`)
  for (let row = 0; row < table.count; row++) {
    const path = table.path(row)
    if (isBelow(path, skipped.at(-1))) continue
    const isDir = table.kind[row] === dirKind
    if (patterns !== null && !isBelow(path, included ?? undefined)) {
      const depth = path.split('/').length
      const hits = patterns.filter(
        (one) => matchGlob(one.split('/').slice(0, depth).join('/'), path) === 'match',
      )
      if (hits.length === 0) {
        if (isDir) skipped.push(path)
        continue
      }
      if (isDir && hits.some((one) => one.split('/').length <= depth)) included = path
    }
    const isIgnored = ((table.flags[row] ?? 0) & flag.ignored) !== 0
    // A directory that is dropped is sent all the same where the text of a negation leads through it.
    if (!isIgnored || (isDir && negations.some((one) => one.startsWith(`${path}/`)))) sent[row] = 1
  }
  return sent
}

/** Errors of Engine 20.10 where newer ones have none, each with what has changed. */
export const olderErrors: readonly RegExp[] = [
  // BuildKit 0.8 shell/lex.go, processDollar: of the operators only `:-`, `:+`, `:?` and `?` are known.
  /missing ':' in substitution|unsupported modifier \([#%/]\)/,
  // fsutil followlinks.go, readSymlink: only a name that is missing is taken for none; FS.Walk later skips what leads through a file too.
  /error from sender: (?:readdir: readdirent|fdopendir:|lstat) \S*: not a directory/,
]

/** What newer engines refuse and Engine 20.10 does not, each with what has changed. */
const olderAccepts: readonly RegExp[] = [
  // BuildKit 0.8 dockerfile2llb/convert.go, dispatchCopyFileOp: a mode that is no number is passed over.
  /^invalid chmod parameter/,
  // fsutil walker.go, matchPrefix: a pattern that is none matches nothing, and nothing is said.
  /^invalid includepatterns/,
]
