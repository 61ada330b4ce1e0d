/** What the page shows at a moment: everything that follows from the data and from what was chosen. No DOM. */

import { flag, type Row } from '../context/table.ts'
import type { ContextReport, InstructionTrace, TargetReport } from '../report.ts'
import { fileKinds, kindsOf } from './kinds.ts'
import { type Categories, categoryOf, type Place, type Weights } from './layout.ts'
import { createTrial, type Outcome, type Refusal, standing, type Trial } from './outcome.ts'
import type { PageData, PageTree } from './packed.ts'
import { weigh } from './sums.ts'

/** What blocks are weighed by. */
export type Mode = 'disk' | 'context' | 'transfer'
/** What blocks are coloured by. */
export type Colouring = 'answer' | 'state' | 'instruction' | 'kind' | 'losses'

export interface Choices {
  readonly context: number
  readonly target: number
  readonly mode: Mode
  readonly colouring: Colouring
  readonly place: Place
  readonly selected: { readonly row: Row; readonly rows: readonly Row[] | null } | null
  readonly query: string
  /** The ignore file as it is tried; null: as it is on the disk. */
  readonly text: string | null
}

/** A class of blocks with its colour, as an index into the palette of the colouring. */
export interface Category {
  readonly label: string
  readonly colour: number
}

export interface Scene {
  readonly choices: Choices
  readonly report: ContextReport
  readonly target: TargetReport
  readonly tree: PageTree
  /** By the file on the disk, and by the one that is tried; the same where none is. */
  readonly before: Outcome
  readonly now: Outcome
  /** Why the file that is tried would be refused; what is shown then is what was before. */
  readonly refusals: readonly Refusal[]
  readonly weights: Weights
  readonly categories: readonly Category[]
  /** Index into `categories` of rows that are no directories. */
  readonly categoryOf: Categories
  /** Rows whose names hold what is searched for; null where nothing is. */
  readonly found: Uint8Array | null
}

/** What a map is coloured by before anybody chooses: what to do, where there is something to be done. */
export const firstColouring = (tree: PageTree | undefined): Colouring =>
  tree?.answers.some(({ answer }) => answer !== 'keep') ? 'answer' : 'state'

/** Keeps what does not change from one scene to the next. */
export interface Stage {
  readonly show: (choices: Choices) => Scene
  /** Of the row: whether it can be ignored, and because of what. */
  readonly answerOf: (scene: Scene, row: Row) => PageTree['answers'][number] | null
}

/** The place of the whole context. */
export const everything: Place = { row: -1, rows: null }

export function createStage({ report, trees }: PageData): Stage {
  const once = createMemory()
  const trials = new Map<PageTree, Trial>()
  const trialOf = (tree: PageTree): Trial => {
    const trial = trials.get(tree) ?? createTrial(tree)
    trials.set(tree, trial)
    return trial
  }
  const show = (choices: Choices): Scene => {
    const tree = trees[choices.context]
    const context = report.contexts[choices.context]
    const target = context?.targets[choices.target]
    if (!tree || !context || !target) throw new Error('there is no such build in the report')
    const which = [choices.context, choices.target]
    const text = tree.ignore?.text ?? ''
    const before = once('before', which, () => trialOf(tree)(choices.target, text))
    if (before.outcome === null) throw new Error('the file on the disk was judged before')
    const isTried = choices.text !== null && choices.text !== text
    const tried = isTried
      ? once('tried', [...which, choices.text], () => trialOf(tree)(choices.target, choices.text ?? ''))
      : before
    const now = tried.outcome ?? before.outcome
    const { mode, colouring, query } = choices
    const kinds = once('kinds', [choices.context], () => plain(kindsOf(tree)))
    const asked = once('asked', [tree], () => askedOf(tree))
    // Of what they are made from: an outcome may be another, and all rows as they were.
    const weights = once('weights', [tree, mode, mode === 'disk' ? null : now.standing], () =>
      weightsOf(tree, now, mode),
    )
    const colours = once('colours', [now.standing, now.reads, colouring], () =>
      coloursOf(
        {
          tree,
          now,
          target,
          kinds,
          asked,
          traces: tree.targets[choices.target]?.traces ?? [],
        },
        colouring,
      ),
    )
    return {
      choices,
      report: context,
      target,
      tree,
      before: before.outcome,
      now,
      refusals: tried.refusals,
      weights,
      ...colours,
      found: query === '' ? null : once('found', [choices.context, query], () => search(tree, query)),
    }
  }
  return {
    show,
    answerOf: ({ tree }, row) => tree.answers[tree.answerOf[row] ?? -1] ?? null,
  }
}

/** Remembers of each name the last value, with what it was made from. */
function createMemory() {
  const known = new Map<string, { readonly from: readonly unknown[]; readonly value: unknown }>()
  return <T>(name: string, from: readonly unknown[], make: () => T): T => {
    const last = known.get(name)
    // What is kept under a name was made by the caller that uses it.
    if (last && last.from.length === from.length && last.from.every((one, i) => one === from[i]))
      return last.value as T
    const value = make()
    known.set(name, { from, value })
    return value
  }
}

function weightsOf({ scale, prunedAmounts }: PageTree, now: Outcome, mode: Mode): Weights {
  if (mode === 'disk') return weigh(scale, now.standing, () => true, prunedAmounts)
  const bit = mode === 'context' ? standing.taken : standing.sent
  return weigh(scale, now.standing, (bits) => (bits & bit) !== 0)
}

interface Painted {
  readonly tree: PageTree
  readonly now: Outcome
  readonly target: TargetReport
  readonly kinds: Categories
  readonly asked: Uint8Array
  readonly traces: readonly InstructionTrace[]
}

type Colours = Pick<Scene, 'categories' | 'categoryOf'>

function coloursOf(painted: Painted, colouring: Colouring): Colours {
  switch (colouring) {
    case 'kind':
      return {
        categories: fileKinds.map((label, colour) => ({ label, colour })),
        categoryOf: painted.kinds,
      }
    case 'instruction':
      return byInstruction(painted)
    case 'losses':
      return byLosses(painted)
    case 'answer':
      return byAnswer(painted)
    default:
      return byState(painted)
  }
}

function byState({ tree, now, asked }: Painted): Colours {
  const { taken, read, readByAny } = standing
  const categoryOf = recoded(now.standing, asked, (bits) =>
    (bits & taken) === 0 ? 3 : (bits & read) !== 0 ? 0 : (bits & readByAny) !== 0 ? 1 : 2,
  )
  const labels = ['read by this build', 'read by another build', 'read by nobody', 'ignored']
  const categories = labels.map((label, colour) => ({
    label: colour === 0 && tree.targets.length === 1 ? 'read' : label,
    colour,
  }))
  return { categories, categoryOf }
}

function byAnswer({ now, asked }: Painted): Colours {
  const { taken, readByAny } = standing
  const categoryOf = recoded(now.standing, asked, (bits, answer) => {
    if ((bits & taken) === 0) return 5
    return answer !== unanswered ? answer : (bits & readByAny) !== 0 ? 3 : 4
  })
  const labels = ['can go', 'you decide', 'has to stay', 'read', 'read by nobody', 'ignored']
  return { categories: labels.map((label, colour) => ({ label, colour })), categoryOf }
}

/** By row, what is answered about the part that it is or lies in; {@link unanswered} for nothing. */
function askedOf({ answers, answerOf }: PageTree): Uint8Array {
  const order = { yes: 0, ask: 1, keep: 2 } as const
  const asked = new Uint8Array(answerOf.length)
  for (let row = 0; row < asked.length; row++) {
    const answer = answers[answerOf[row] ?? -1]?.answer
    asked[row] = answer === undefined ? unanswered : order[answer]
  }
  return asked
}
const unanswered = 3

/** What the bits of rows come to, and another value that they have. */
function recoded(
  bits: Uint8Array,
  others: Uint8Array,
  recode: (bits: number, other: number) => number,
): Categories {
  return {
    of: Uint8Array.from({ length: 1024 }, (_, both) => recode(both & 15, both >> 8)),
    first: bits,
    second: others,
  }
}

/** Categories as they are. */
const plain = (values: Uint8Array): Categories => ({
  of: Uint8Array.from({ length: 256 }, (_, value) => value),
  first: values,
  second: new Uint8Array(values.length),
})

/** Colours of instructions before they begin anew. */
const instructionColours = 8

function byInstruction({ now, target }: Painted): Colours {
  const { reads, table } = now
  const listed = target.instructions.flatMap((one, index) => (reads[index] ? [{ one, index }] : []))
  const categories = [
    ...listed.map(({ one }, order) => ({
      label: `${one.line}  ${one.text}`,
      colour: order % instructionColours,
    })),
    { label: 'read by nobody', colour: instructionColours },
    { label: 'ignored', colour: instructionColours + 1 },
  ]
  const first = new Uint8Array(table.count)
  for (let row = 0; row < table.count; row++)
    first[row] = ((now.standing[row] ?? 0) & standing.taken) !== 0 ? listed.length : listed.length + 1
  // The first that reads it has the say: it is the first to lose its cache.
  for (let order = Math.min(listed.length, 250) - 1; order >= 0; order--)
    for (const row of reads[listed[order]?.index ?? -1]?.rows ?? []) first[row] = order
  return { categories, categoryOf: plain(first) }
}

/** Shares of the commits from which on a part is called by the next colour. */
const lossShares = [0, 0.05, 0.2, 0.5]

function byLosses({ now, target, tree, traces }: Painted): Colours {
  const { table } = now
  const compared = Math.max(1, target.history?.compared ?? 1)
  const commits = new Uint32Array(table.count)
  for (const { row, count } of causesOf(tree, traces))
    for (let at = row; at < (row < 0 ? 0 : (table.end[row] ?? row + 1)); at++)
      if ((commits[at] ?? 0) < count) commits[at] = count
  const shares = new Uint8Array(table.count)
  for (let row = 0; row < table.count; row++) {
    const share = (commits[row] ?? 0) / compared
    shares[row] =
      ((now.standing[row] ?? 0) & standing.taken) === 0 ? 5 : lossShares.filter((from) => share > from).length
  }
  const labels = [
    'never, in these commits',
    'up to 5% of commits',
    'up to 20%',
    'up to half',
    'more than half',
    'ignored',
  ]
  return {
    categories: labels.map((label, colour) => ({ label, colour })),
    categoryOf: plain(shares),
  }
}

/** The parts whose changes took a cache, with in how many commits; a smaller part after the one that it lies in. */
function causesOf(
  { table }: PageTree,
  instructions: readonly InstructionTrace[],
): readonly { readonly row: Row; readonly count: number }[] {
  return instructions
    .flatMap(({ byPath }) => byPath)
    .flatMap(({ path, commits }) => {
      const row = table.find(path.replace(/\/$/, ''))
      return row === null ? [] : [{ row, count: commits }]
    })
    .sort((a, b) => a.row - b.row)
}

/** Rows whose name holds the text, or with a `/` in it whose path does; case does not count. */
function search({ table, names, nameOf }: PageTree, query: string): Uint8Array {
  const found = new Uint8Array(table.count)
  const wanted = query.toLowerCase()
  const last = wanted.slice(wanted.lastIndexOf('/') + 1)
  const isNamed = names.map((name) => name.toLowerCase().includes(last))
  for (let row = 0; row < table.count; row++)
    if (isNamed[nameOf[row] ?? 0] && (last === wanted || table.path(row).toLowerCase().includes(wanted)))
      found[row] = 1
  return found
}

/** True where all that a map or a table shows of one scene is what it shows of the other: most letters of a line change nothing of it. */
export function looksAlike(a: Scene, b: Scene): boolean {
  return (
    a.tree === b.tree &&
    a.target === b.target &&
    a.now.standing === b.now.standing &&
    a.now.reads === b.now.reads &&
    a.weights === b.weights &&
    a.categoryOf === b.categoryOf &&
    a.found === b.found &&
    a.choices.colouring === b.choices.colouring &&
    a.choices.place === b.choices.place &&
    a.choices.selected === b.choices.selected
  )
}

/** Adds what rows of a range weigh to the sum of their category. */
export function addShares(
  { categoryOf, weights }: Scene,
  { from, to }: { readonly from: Row; readonly to: Row },
  sums: Float64Array,
): void {
  weights.share(from, to, categoryOf, sums)
}

/** The index into the categories of a row that is no directory. */
export const categoryAt = (scene: Scene, row: Row): number => categoryOf(scene.categoryOf, row)

/** True for a directory that was dropped whole, so that nobody knows what is in it unless it was measured. */
export const isUnseen = ({ tree }: Scene, row: Row): boolean =>
  ((tree.table.flags[row] ?? 0) & flag.pruned) !== 0 && !tree.prunedAmounts.has(row)
