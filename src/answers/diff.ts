/** The document of `ctxsize diff`: builds of a commit and builds of the working tree, held against each other. */

import { counter, inBoth } from '../analyse/amounts.ts'
import { makeReport } from '../analyse/report.ts'
import type { EntryTable } from '../context/table.ts'
import { groupedCount } from '../lib/amount.ts'
import { visiblePath, wellFormed } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { Survey } from '../measure/survey.ts'
import type { Change, DiffContext, DiffReport, DiffTarget } from '../report/diff.ts'
import type { Amount, Finding } from '../report.ts'
import type { Selection } from '../resolve/selection.ts'
import { buildkitBytes } from '../resolve/wire.ts'
import type { FoundScan } from '../scan.ts'
import { type JoinedContext, joinContext, type TreeFacts } from './diff-context.ts'
import { newAmong } from './diff-findings.ts'
import { type ContextPair, compareInputs } from './diff-inputs.ts'
import { untrackedParts, wouldRead } from './diff-untracked.ts'

export interface DiffQuestion {
  /** As given, and the commit that stands for it. */
  readonly base: string
  readonly commit: string
  readonly isCommon: boolean
  readonly before: readonly FoundScan[]
  /** Why builds of the base could not be measured; null where all could, or are known not to be there. */
  readonly unread: string | null
  /** The leading build first. */
  readonly after: readonly FoundScan[]
  /** What is known of the tree below a context's root (absolute); null where git knows nothing of it. */
  readonly factsOf: (root: string) => TreeFacts | null
  /** What is found of a build, with what its owner makes of it. */
  readonly findingsOf: (scan: FoundScan) => readonly Finding[]
  readonly notes: readonly string[]
  /** Why builds of now could not be measured. */
  readonly problems: readonly Problem[]
}

export function diffReport(question: DiffQuestion): DiffReport {
  const { base, commit, isCommon, before, after } = question
  const join = joiner(question.factsOf)
  const pairs = matched(before, after)
  const targets = pairs.map((pair) => targetOf(pair, question, join))
  const contexts = contextsOf(pairs, join)
  const zero = { files: 0, bytes: 0 }
  return {
    schemaVersion: 1,
    base: wellFormed(base),
    commit,
    isCommon,
    context: contexts[0]?.context ?? { before: zero, after: zero },
    contexts,
    targets,
    notes: [...question.notes, ...notesOf(after, join.all())],
    problems: [...pairs.flatMap(fatalOf), ...question.problems],
  }
}

type Pair = readonly [before: FoundScan | null, after: FoundScan | null]

/**
 * Which build of the base is which of now: the one that is the same in all, else of the same root, Dockerfile and target,
 * else of the same name and root. Those of now in their order, then those that are gone.
 */
function matched(before: readonly FoundScan[], after: readonly FoundScan[]): readonly Pair[] {
  const keys: readonly ((scan: FoundScan) => string | null)[] = [
    ({ part: { root, name }, reference: { dockerfile, target }, request }) =>
      JSON.stringify([root, dockerfile, target, name, [...request.buildArgs], [...request.namedContexts]]),
    ({ part: { root, name }, reference: { dockerfile, target } }) =>
      JSON.stringify([root, dockerfile, target, name]),
    ({ part: { root }, reference: { dockerfile, target } }) => JSON.stringify([root, dockerfile, target]),
    ({ part: { root, name } }) => (name === null ? null : JSON.stringify([root, name])),
  ]
  const found = new Map<FoundScan, FoundScan>()
  const left = new Set(before)
  for (const keyOf of keys)
    for (const is of after) {
      const key = found.has(is) ? null : keyOf(is)
      const was = key === null ? undefined : [...left].find((one) => keyOf(one) === key)
      if (was === undefined) continue
      left.delete(was)
      found.set(is, was)
    }
  return [
    ...after.map((is): Pair => [found.get(is) ?? null, is]),
    ...[...left].map((was): Pair => [was, null]),
  ]
}

interface Joiner {
  /** Each pair of tables is joined once, however many builds share it. */
  readonly of: (before: Survey | null, after: Survey | null) => Joined
  readonly all: () => readonly Joined[]
}

interface Joined {
  /** The table of now; null where there is none. */
  readonly table: EntryTable | null
  readonly joined: JoinedContext
  readonly facts: TreeFacts | null
}

function joiner(factsOf: DiffQuestion['factsOf']): Joiner {
  const known = new Map<EntryTable | null, Map<EntryTable | null, Joined>>()
  return {
    of: (before, after) => {
      const [old, now] = [before?.table ?? null, after?.table ?? null]
      const beside = known.get(old) ?? new Map<EntryTable | null, Joined>()
      known.set(old, beside)
      const root = (after ?? before)?.context.root
      const found = beside.get(now)
      if (found) return found
      const facts = root === undefined ? null : factsOf(root)
      const made = { table: now, joined: joinContext(old, now, facts), facts }
      beside.set(now, made)
      return made
    },
    all: () => [...known.values()].flatMap((one) => [...one.values()]),
  }
}

function targetOf([was, is]: Pair, { unread, findingsOf }: DiffQuestion, join: Joiner): DiffTarget {
  const lead = is ?? was
  if (lead === null) throw new Error('a pair has a build')
  const { part, reference } = lead
  const state = stateOf(was, is, unread)
  const pairs = was !== null && is !== null && state.state === 'compared' ? pairsOf(was, is, join) : null
  const inputs = pairs?.map(compareInputs)
  const sends = sentBy(was, is, join)
  return {
    root: wellFormed(part.root),
    dockerfile: reference.dockerfile,
    target: reference.target,
    name: part.name === null ? null : wellFormed(part.name),
    foundIn: part.foundIn,
    ...state,
    buildFails: { before: failsIn(was), after: failsIn(is) },
    ...sends,
    ...(inputs === undefined
      ? unlisted(state.state)
      : {
          entered: inputs.flatMap(({ entered }) => entered),
          left: inputs.flatMap(({ left }) => left),
          resized: inputs.flatMap(({ resized }) => resized),
        }),
    untracked: untrackedOf({ was, is, join, pairs }),
    findings:
      is === null || state.state === 'removed'
        ? []
        : newFindings(findingsOf(is), pairs === null || was === null ? [] : findingsOf(was), pairs),
  }
}

const unlisted = (state: DiffTarget['state']): Pick<DiffTarget, 'entered' | 'left' | 'resized'> =>
  state === 'unclear' ? { entered: null, left: null, resized: null } : { entered: [], left: [], resized: [] }

function stateOf(
  was: FoundScan | null,
  is: FoundScan | null,
  unread: string | null,
): Pick<DiffTarget, 'state' | 'because'> {
  if (was === null && unread !== null) return { state: 'unclear', because: unread }
  const [isThere, wasThere] = [is !== null && !isAbsent(is), was !== null && !isAbsent(was)]
  if (!isThere && wasThere) return { state: 'removed', because: null }
  if (isThere && !wasThere) return { state: 'added', because: null }
  if (is === null || was === null) return { state: 'unclear', because: 'neither side has such a build' }
  const [atBase] = refusals(was)
  if (atBase) return { state: 'unclear', because: `the Dockerfile of the base is refused: ${atBase.message}` }
  const [now] = refusals(is)
  if (now) return { state: 'unclear', because: now.message }
  return { state: 'compared', because: null }
}

/** The side has no such build: no Dockerfile, or none with that stage. */
const isAbsent = ({ build, plan }: FoundScan): boolean =>
  build.dockerfile.problem?.code === 'dockerfile-not-found' ||
  plan.problems.some(({ code }) => code === 'target-not-found')

/** That a build is gone is an answer; anything else that docker refuses is none. */
const fatalOf = ([was, is]: Pair): readonly Problem[] =>
  is === null || (isAbsent(is) && was !== null && !isAbsent(was)) ? [] : is.fatal

const refusals = ({ build, plan }: FoundScan): readonly Problem[] =>
  build.dockerfile.problem ? [build.dockerfile.problem] : plan.problems

const failsIn = (scan: FoundScan | null): boolean =>
  scan !== null && (makeReport([scan.part]).contexts[0]?.targets[0]?.buildFails ?? false)

/** The contexts of both, by their names. */
function pairsOf(before: FoundScan, after: FoundScan, join: Joiner): readonly ContextPair[] {
  const names = new Set([...before.named, ...after.named].map(({ context }) => context.name))
  const of = (scan: FoundScan, name: string | null) =>
    scan.named.find(({ context }) => context.name === name) ?? null
  const pair = (name: string | null, was: Survey | null, is: Survey | null): ContextPair => ({
    name,
    before: { scan: before, survey: was },
    after: { scan: after, survey: is },
    ...join.of(was, is),
  })
  return [
    pair(null, before.main, after.main),
    ...[...names].sort().map((name) => pair(name, of(before, name), of(after, name))),
  ]
}

/** What BuildKit asks for, and what it reports for that. */
function sentBy(
  was: FoundScan | null,
  is: FoundScan | null,
  join: Joiner,
): Pick<DiffTarget, 'transfer' | 'wire'> {
  const { joined } = join.of(was?.buildkit ?? null, is?.buildkit ?? null)
  const side = (survey: Survey | undefined, table: EntryTable, counts: Selection) => {
    const sent = Uint8Array.from(counts, (one, row) => one & (survey?.sent[row] ?? 0))
    const asked = survey !== undefined && survey.request !== null && survey.refused === null
    return {
      transfer: counter(table, sent)(),
      wire: asked ? buildkitBytes(table, sent, new Map(), survey.isWithheld) : { cold: 0, warm: 0 },
    }
  }
  const [before, after] = [
    side(was?.buildkit, joined.before, joined.had),
    side(is?.buildkit, joined.after, joined.has),
  ]
  return {
    transfer: { before: before.transfer, after: after.transfer },
    wire: { before: before.wire, after: after.wire },
  }
}

function untrackedOf({
  was,
  is,
  join,
  pairs,
}: {
  readonly was: FoundScan | null
  readonly is: FoundScan | null
  readonly join: Joiner
  readonly pairs: readonly ContextPair[] | null
}): DiffTarget['untracked'] {
  if (is === null) return []
  if (pairs !== null) return pairs.flatMap((pair) => untrackedParts(pair, true))
  const after = { scan: is, survey: is.main }
  const alone = { name: null, before: { scan: was ?? is, survey: null }, after, ...join.of(null, is.main) }
  return untrackedParts(alone, false)
}

/** Certain failures and secrets that ship, which the base did not have, or not as bad. */
function newFindings(
  now: readonly Finding[],
  before: readonly Finding[],
  pairs: readonly ContextPair[] | null,
): readonly Finding[] {
  const [main] = pairs ?? []
  const facts = main?.facts ?? null
  return newAmong(now, before).filter(({ data: { path } }) => {
    if (!main || facts === null || typeof path !== 'string' || facts.tracked.has(path)) return true
    // The base knows nothing of a file that git does not track; its build may have taken it all the same.
    return main.after.survey?.table.find(path) == null || !wouldRead(main.before, path)
  })
}

/** What the ignore file leaves of each context of now, and of those that are gone. */
function contextsOf(pairs: readonly Pair[], join: Joiner): readonly DiffContext[] {
  const found = new Map<string, DiffContext>()
  for (const [was, is] of pairs) {
    const lead = is ?? was
    if (lead === null) continue
    const root = wellFormed(lead.part.root)
    const ignoreFile = { before: ignoreFileOf(was), after: ignoreFileOf(is) }
    const key = JSON.stringify([
      root,
      (is === null ? ignoreFile.before : ignoreFile.after) ?? null,
      is === null,
    ])
    if (found.has(key)) continue
    const { joined } = join.of(was?.main ?? null, is?.main ?? null)
    found.set(key, { root, ignoreFile, context: contextChange(was, is, joined) })
  }
  return [...found.values()]
}

function contextChange(was: FoundScan | null, is: FoundScan | null, joined: JoinedContext): Change<Amount> {
  const count = (table: EntryTable, counts: Selection, taken: Selection = new Uint8Array(table.count)) =>
    counter(table, inBoth(counts, taken))()
  return {
    before: count(joined.before, joined.had, was?.taken),
    after: count(joined.after, joined.has, is?.taken),
  }
}

const ignoreFileOf = (scan: FoundScan | null): string | null =>
  scan?.main.context.ignore ? wellFormed(scan.main.context.ignore.file) : null

function notesOf(after: readonly FoundScan[], all: readonly Joined[]): readonly string[] {
  const notes: string[] = []
  const most = (of: (joined: JoinedContext) => number) => Math.max(0, ...all.map(({ joined }) => of(joined)))
  const files = (count: number, one: string, many: string) =>
    `${groupedCount(count)} ${count === 1 ? `file ${one}` : `files ${many}`}`
  const sparse = most((one) => one.sparse)
  if (sparse > 0)
    notes.push(`${files(sparse, 'is', 'are')} left out here by a sparse checkout, and not compared`)
  const pointers = most((one) => one.pointers)
  if (pointers > 0)
    notes.push(
      `${files(pointers, 'lies', 'lie')} here as Git LFS pointers, counted as what they stand for: git lfs pull brings that`,
    )
  const inGit = most((one) => one.inGit.size)
  if (inGit > 0)
    notes.push(
      `${files(inGit, 'that changed is', 'that changed are')} converted on checkout (line ends or a filter): the size is that in git`,
    )
  for (const [path, why] of closedIn(after, all))
    notes.push(
      why === 'not checked out'
        ? `the submodule ${visiblePath(path)} is not checked out here, so what is in it is not compared: git submodule update --init brings it`
        : `the submodule ${visiblePath(path)} is not compared: this clone does not have the commit that the base names`,
    )
  return notes
}

/** Submodules that some context of now holds. */
function closedIn(after: readonly FoundScan[], all: readonly Joined[]): TreeFacts['closed'] {
  const found = new Map<string, 'not checked out' | 'not at the base'>()
  for (const scan of after)
    for (const { context, table } of [scan.main, ...scan.named]) {
      const facts = all.find((one) => one.table === table)?.facts
      for (const [path, why] of facts?.closed ?? [])
        if (!context.patterns.matched(context.patterns.judge(path).verdict)) found.set(path, why)
    }
  return found
}
