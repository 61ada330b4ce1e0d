/** A Dockerfile before and after a change: does every stage end with the same files from the context? */

import { addRows, type EntryTable, type Row } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import type { BuildPlan, ReadInstruction } from '../../dockerfile/model.ts'
import { parseDockerfile } from '../../dockerfile/parse.ts'
import { planBuild } from '../../dockerfile/plan.ts'
import { type Reads, resolveReads } from '../../resolve/reads.ts'
import { selectForBuildkit } from '../../resolve/selection.ts'
import type { Member, MemberRead } from '../group/model.ts'

/** Tries changed texts of Dockerfiles on one tree. What equal instructions come to is found out once. */
export interface StageTrial {
  /** True when the changed text is accepted as the old one was, has the same stages, and puts the same files at the same places in each. */
  readonly sameStages: (member: Member, text: string) => boolean
  /** True when all that changes is that one stage has fewer files; those that it has stay where they are. */
  readonly onlyLoses: (member: Member, text: string, stageIndex: number) => boolean
}

export function createStageTrial(table: EntryTable): StageTrial {
  const takings = createTakings(table)
  return {
    sameStages: (member, text) => {
      const both = differenceOf(member, text, takings)
      return both !== null && both.lost.size === 0 && !both.gains
    },
    onlyLoses: (member, text, stageIndex) => {
      const both = differenceOf(member, text, takings)
      return both !== null && !both.gains && both.lost.size === 1 && both.lost.has(stageIndex)
    },
  }
}

interface Difference {
  /** Stages with a place that is no longer filled as it was. */
  readonly lost: ReadonlySet<number>
  /** Whether one is filled that was not. */
  readonly gains: boolean
}

/** What becomes of the places that every stage fills; null when the changed text is not accepted, or has other stages. */
function differenceOf(
  { dockerfile, request, plan, reads }: Member,
  text: string,
  takingsOf: Takings,
): Difference | null {
  const changed = parseDockerfile(text, dockerfile.file)
  const after = planBuild(changed, { ...request, target: null, everyStage: true })
  if (changed.problems.length > 0 || after.problems.length !== plan.problems.length) return null
  if (after.stages.length !== plan.stages.length) return null
  const old = takingsOf(plan, reads)
  const made = takingsOf(after, [])
  return {
    lost: new Set(old.filter((one) => !isCovered(one, made)).map(({ stageIndex }) => stageIndex)),
    gains: !made.every((one) => isCovered(one, old)),
  }
}

/** What an instruction takes of the context, made when it is asked for. */
interface Taking {
  readonly stageIndex: number
  readonly result: () => {
    /** Ascending. */
    readonly rows: Int32Array
    /** The number of the place that a row's file gets, counted from 1; 0 where it is not taken. */
    readonly placeOf: (row: Row) => number
    /** The source that fails the build. */
    readonly failure: string | null
  }
}

/** True when others fill all of its places with the same files, and fail as it does. */
function isCovered(one: Taking, others: readonly Taking[]): boolean {
  if (others.includes(one)) return true
  const { rows, placeOf, failure } = one.result()
  const beside = others
    .filter(({ stageIndex }) => stageIndex === one.stageIndex)
    .map((other) => other.result())
  if (failure !== null && !beside.some((other) => other.failure === failure)) return false
  return rows.every((row) => {
    const place = placeOf(row)
    return beside.some((other) => other.placeOf(row) === place)
  })
}

/** `resolved`: what is known already of instructions of the plan. */
type Takings = (plan: BuildPlan, resolved: readonly MemberRead[]) => readonly Taking[]

function createTakings(table: EntryTable): Takings {
  const known = new Map<string, Taking>()
  const sent = selectForBuildkit(table, null)
  const directories = new Map<string, number>()
  return (plan, resolved) =>
    plan.reads.flatMap((read) => {
      const { stageIndex, localSources, dest, excludes, parents } = read
      if (read.origin.kind !== 'main' || read.mount) return []
      const directory =
        plan.steps.find((step) => step.stageIndex === stageIndex && step.line === read.line)?.directory ??
        null
      const key = JSON.stringify([stageIndex, localSources, dest ?? read.text, excludes, parents, directory])
      const found = known.get(key) ?? {
        stageIndex,
        result: once(() => {
          const taken = resolved.find(({ instruction }) => instruction === read)
          return resultOf(read, taken ?? resolveReads(table, sent, read), { table, directory, directories })
        }),
      }
      known.set(key, found)
      return [found]
    })
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

interface Ground {
  readonly table: EntryTable
  /** The working directory; null: only the base image knows. */
  readonly directory: string | null
  /**
   * The directories that files land in, numbered; for a file that gets another name its whole place, with a `=`. Written
   * to, so that all instructions have the same numbers.
   */
  readonly directories: Map<string, number>
}

function resultOf(
  read: ReadInstruction,
  { rows, failure }: Reads,
  { table, directory, directories }: Ground,
): ReturnType<Taking['result']> {
  const numberOf = (place: string): number => {
    const number = directories.get(place) ?? directories.size + 1
    directories.set(place, number)
    return number
  }
  const isTaken = new Uint8Array(table.count)
  addRows(isTaken, rows)
  // Siblings land beside one another, so that one look at the directory is enough for most.
  const seen = new Map<Row, number>()
  const isOne = read.localSources.length === 1
  const placeOf = (row: Row): number => {
    if (isTaken[row] !== 1) return 0
    const parent = table.parent[row] ?? -1
    const known = isOne ? seen.get(parent) : undefined
    if (known !== undefined) return known
    const name = `/${table.name(row)}`
    const place = landing(read, directory, table.path(row)) ?? read.dest ?? read.text
    const keepsName = place.endsWith(name)
    const number = numberOf(keepsName ? place.slice(0, -name.length) : `${place}=`)
    if (keepsName) seen.set(parent, number)
    return number
  }
  return { rows, placeOf, failure: failure?.source ?? null }
}
