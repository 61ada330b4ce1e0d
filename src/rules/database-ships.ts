import { deletions } from '../inspect/deeds.ts'
import type { DataFile } from '../inspect/model.ts'
import { type Arrival, followFiles, holdsRow } from '../inspect/ships.ts'
import { visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { coverage } from '../resolve/reads.ts'
import { plain, type Rule } from './rule.ts'
import { whereabouts } from './secret-ships.ts'

/** Dumps and databases of this machine that a copy of everything takes into the image. One finding for all of them. */
export const databaseShips: Rule = {
  id: 'database-ships',
  check: shippedDatabases,
}

/** Listed in the data of the finding. */
const mostListed = 20

interface Shipped {
  readonly file: DataFile
  readonly arrival: Arrival
}

function shippedDatabases(build: MeasuredBuild): readonly Finding[] {
  const { inspected, plan, reads } = build
  if (!inspected || plan.target === null) return []
  const follow = followFiles(plan, deletions())
  const shipped = inspected.contexts.flatMap(({ name, databases }) => {
    const taking = reads.filter(({ survey }) => survey?.context.name === name)
    return databases.flatMap((file): readonly Shipped[] => {
      const by = taking.filter(({ reads: { rows } }) => holdsRow(rows, file.row))
      // Whoever names it wants it there: a database to start with.
      if (by.some(({ instruction }) => coverage(instruction, file.path) === 'named')) return []
      const arrival = follow(
        file.path,
        by.map(({ instruction }) => instruction),
      )
      return /^(?:image|deleted|maybe)$/.test(arrival.reach) ? [{ file, arrival }] : []
    })
  })
  // What is sure before what may be.
  const first = shipped.find(({ arrival }) => arrival.reach !== 'maybe') ?? shipped[0]
  if (first === undefined) return []
  const { file, arrival } = first
  const others = shipped.length === 1 ? '' : `, with ${shipped.length - 1} more like it`
  return [
    {
      ...plain,
      rule: 'database-ships',
      severity: 'warning',
      confidence: arrival.reach === 'maybe' ? 'low' : 'medium',
      message: `${whereabouts(visiblePath(file.path), arrival)}${others}: ${file.kind}`,
      hint: 'who has the image has the data: keep it out with a line in the ignore file, or name it in a COPY of its own where the image is to have it',
      at: arrival.by && { file: build.build.dockerfile.file, line: arrival.by.line },
      data: {
        fails: false,
        reach: arrival.reach,
        files: shipped.length,
        paths: shipped.slice(0, mostListed).map((one) => wellFormed(one.file.path)),
      },
    },
  ]
}
