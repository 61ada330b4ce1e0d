/** A Dockerfile before and after a change: does every stage end with the same files from the context? */

import type { EntryTable, Row } from '../context/table.ts'
import { landing } from '../dockerfile/landing.ts'
import type { BuildPlan } from '../dockerfile/model.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import { planBuild } from '../dockerfile/plan.ts'
import { resolveReads } from '../resolve/reads.ts'
import { keptRows } from './group.ts'
import type { Member } from './model.ts'

/** True when the changed text is accepted as the old one was, has the same stages, and puts the same files at the same places in each. */
export function sameStages(member: Member, text: string, table: EntryTable): boolean {
  const both = placesBothWays(member, text, table)
  if (both === null || both.before.size !== both.after.size) return false
  for (const place of both.before) if (!both.after.has(place)) return false
  return true
}

/** True when all that changes is that one stage has fewer files; those that it has stay where they are. */
export function onlyLoses(member: Member, text: string, table: EntryTable, stageIndex: number): boolean {
  const both = placesBothWays(member, text, table)
  if (both === null || both.after.size >= both.before.size) return false
  for (const place of both.after) if (!both.before.has(place)) return false
  for (const place of both.before)
    if (!both.after.has(place) && !place.startsWith(`${stageIndex} `)) return false
  return true
}

/** What every stage takes and where it puts it, as things are and with the changed text; null when that is not accepted, or has other stages. */
function placesBothWays({ dockerfile, request, plan }: Member, text: string, table: EntryTable) {
  const changed = parseDockerfile(text, dockerfile.file)
  const after = planBuild(changed, { ...request, target: null, everyStage: true })
  if (changed.problems.length > 0 || after.problems.length !== plan.problems.length) return null
  if (after.stages.length !== plan.stages.length) return null
  const kept = keptRows(table)
  return { before: placesOf(plan, table, kept), after: placesOf(after, table, kept) }
}

/** `stage row place` of every file that a stage takes of the context; a directory that is taken whole counts as one where nothing of it is dropped. */
function placesOf(plan: BuildPlan, table: EntryTable, kept: Uint8Array): ReadonlySet<string> {
  const places = new Set<string>()
  for (const instruction of plan.reads) {
    if (instruction.origin.kind !== 'main' || instruction.mount) continue
    const directory =
      plan.steps.find((step) => step.stageIndex === instruction.stageIndex && step.line === instruction.line)
        ?.directory ?? null
    const { rows, failure } = resolveReads(table, kept, instruction)
    if (failure !== null) places.add(`${instruction.stageIndex} fails ${failure.source}`)
    const seen = new Map<Row, string>()
    for (const row of rows) {
      const parent = table.parent[row] ?? -1
      const dir = seen.get(parent)
      // Siblings land beside one another, so that one look at the directory is enough for most.
      const place =
        dir !== undefined && instruction.localSources.length === 1
          ? `${dir}/${table.name(row)}`
          : landing(instruction, directory, table.path(row))
      if (place?.endsWith(`/${table.name(row)}`) && dir === undefined)
        seen.set(parent, place.slice(0, -table.name(row).length - 1))
      places.add(`${instruction.stageIndex} ${row} ${place ?? instruction.dest}`)
    }
  }
  return places
}
