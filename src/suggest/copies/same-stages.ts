/** A Dockerfile before and after a change: does every stage end with the same files from the context? */

import type { EntryTable, Row } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import type { BuildPlan } from '../../dockerfile/model.ts'
import { parseDockerfile } from '../../dockerfile/parse.ts'
import { planBuild } from '../../dockerfile/plan.ts'
import { resolveReads } from '../../resolve/reads.ts'
import { type Selection, selectForBuildkit } from '../../resolve/selection.ts'
import type { Member } from '../group/model.ts'

/** True when the changed text is accepted as the old one was, has the same stages, and puts the same files at the same places in each. */
export function sameStages(member: Member, text: string, table: EntryTable): boolean {
  const both = differenceOf(member, text, table)
  return both !== null && both.lost.length === 0 && both.gained === 0
}

/** True when all that changes is that one stage has fewer files; those that it has stay where they are. */
export function onlyLoses(member: Member, text: string, table: EntryTable, stageIndex: number): boolean {
  const both = differenceOf(member, text, table)
  if (both === null || both.lost.length === 0 || both.gained > 0) return false
  return both.lost.every((stage) => stage === stageIndex)
}

interface Difference {
  /** The stage of each place that is no longer filled as it was. */
  readonly lost: readonly number[]
  /** How many are filled that were not. */
  readonly gained: number
}

/** What becomes of the places that every stage fills; null when the changed text is not accepted, or has other stages. */
function differenceOf(
  { dockerfile, request, plan }: Member,
  text: string,
  table: EntryTable,
): Difference | null {
  const changed = parseDockerfile(text, dockerfile.file)
  const after = planBuild(changed, { ...request, target: null, everyStage: true })
  if (changed.problems.length > 0 || after.problems.length !== plan.problems.length) return null
  if (after.stages.length !== plan.stages.length) return null
  const sent = selectForBuildkit(table, null)
  const directories = new Map<string, number>()
  const both = [plan, after].map((one) => placesOf(one, { table, sent, directories }))
  const [old = noPlaces, made = noPlaces] = both.map((places) => ({
    failures: places.failures,
    keys: keysOf(places, table.count + 1, directories.size),
  }))
  const perStage = (table.count + 1) * directories.size
  const difference = { lost: [] as number[], gained: 0 }
  for (const [stage, source] of old.failures)
    if (!made.failures.some((one) => one[0] === stage && one[1] === source)) difference.lost.push(stage)
  for (const [stage, source] of made.failures)
    if (!old.failures.some((one) => one[0] === stage && one[1] === source)) difference.gained++
  for (let i = 0, j = 0; i < old.keys.length || j < made.keys.length; ) {
    const a = old.keys[i] ?? Number.POSITIVE_INFINITY
    const b = made.keys[j] ?? Number.POSITIVE_INFINITY
    if (a < b) difference.lost.push(Math.floor(a / perStage))
    else if (b < a) difference.gained++
    if (a <= b) i++
    if (b <= a) j++
  }
  return difference
}

type Failure = readonly [stage: number, source: string]

interface Places {
  readonly failures: readonly Failure[]
  /** Stage, row and place of every file that a stage takes of the context, three numbers each. */
  readonly taken: readonly number[]
}

const noPlaces = { failures: [], keys: new Float64Array() }

/** One number for each, ascending, each once. */
function keysOf({ taken }: Places, rows: number, places: number): Float64Array {
  const keys = new Float64Array(taken.length / 3)
  for (let i = 0; i < keys.length; i++)
    keys[i] = ((taken[3 * i] ?? 0) * rows + (taken[3 * i + 1] ?? 0)) * places + (taken[3 * i + 2] ?? 0)
  keys.sort()
  let count = 0
  for (const key of keys) if (count === 0 || key !== keys[count - 1]) keys[count++] = key
  return keys.subarray(0, count)
}

interface Tree {
  readonly table: EntryTable
  readonly sent: Selection
  /**
   * The directories that files land in, numbered; for a file that gets another name its whole place, with a `=`. Written
   * to, so that both ways have the same numbers.
   */
  readonly directories: Map<string, number>
}

function placesOf(plan: BuildPlan, { table, sent, directories }: Tree): Places {
  const failures: Failure[] = []
  const taken: number[] = []
  const numberOf = (place: string): number => {
    const known = directories.get(place)
    if (known !== undefined) return known
    directories.set(place, directories.size)
    return directories.size - 1
  }
  for (const instruction of plan.reads) {
    const { stageIndex, dest } = instruction
    if (instruction.origin.kind !== 'main' || instruction.mount) continue
    const directory =
      plan.steps.find((step) => step.stageIndex === stageIndex && step.line === instruction.line)
        ?.directory ?? null
    const { rows, failure } = resolveReads(table, sent, instruction)
    if (failure !== null) failures.push([stageIndex, failure.source])
    // Siblings land beside one another, so that one look at the directory is enough for most.
    const seen = new Map<Row, number>()
    const isOne = instruction.localSources.length === 1
    for (const row of rows) {
      const parent = table.parent[row] ?? -1
      let number = isOne ? seen.get(parent) : undefined
      if (number === undefined) {
        const name = `/${table.name(row)}`
        const place = landing(instruction, directory, table.path(row)) ?? dest
        const keepsName = place.endsWith(name)
        number = numberOf(keepsName ? place.slice(0, -name.length) : `${place}=`)
        if (keepsName) seen.set(parent, number)
      }
      taken.push(stageIndex, row, number)
    }
  }
  return { failures, taken }
}
