import { landing } from '../dockerfile/landing.ts'
import { concerns, type Deed, surroundings } from '../inspect/deeds.ts'
import type { ForeignBinary, Inspected } from '../inspect/model.ts'
import { holdsRow } from '../inspect/ships.ts'
import { installReach } from '../inspect/workspaces.ts'
import { groupedCount } from '../lib/amount.ts'
import { groupedBy } from '../lib/grouped.ts'
import { visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { coverage } from '../resolve/reads.ts'
import { plain, type Rule } from './rule.ts'

/** Programs and libraries that the platform of the image cannot run: as a rule, those of the machine that builds. */
export const foreignBinaries: Rule = {
  id: 'foreign-binaries',
  check: (build) => (build.inspected ? binariesCopied(build, build.inspected) : []),
}

/** Instructions looked at: a file of so many has more to worry about. */
const mostReads = 200

/** A binary, with the install that it lands on; null when it lands on none. */
interface Copied {
  readonly binary: ForeignBinary
  readonly over: Deed | null
}

function binariesCopied(build: MeasuredBuild, inspected: Inspected): readonly Finding[] {
  if (inspected.contexts.every(({ binaries }) => binaries.length === 0)) return []
  const around = surroundings(build.plan)
  // A stage of another platform runs what this one does not.
  const hasPlatforms = build.dockerfile.instructions.some(
    ({ keyword, flags }) => keyword === 'FROM' && flags.some(({ name }) => name === 'platform'),
  )
  const copying = build.reads.filter(
    ({ survey, instruction, reads }) => survey !== null && !instruction.mount && reads.rows.length > 0,
  )
  return copying.slice(0, mostReads).flatMap((read) => {
    const { instruction, survey, reads } = read
    const binaries =
      inspected.contexts
        .find(({ name }) => name === survey?.context.name)
        ?.binaries.filter(
          ({ row, system }) => !(hasPlatforms && system === 'Linux') && holdsRow(reads.rows, row),
        ) ?? []
    if (survey === null || binaries.length === 0) return []
    const { directory, before, after } = around(instruction)
    const reaches = installReach(survey.table, build.reads)
    const copied = binaries.flatMap((binary): readonly Copied[] => {
      const at = landing(instruction, directory, binary.path)
      if (at === null) return [{ binary, over: null }]
      const isGone = after.some(
        (deed) => (deed.existing === 'erases' || deed.existing === 'overwrites') && concerns(deed, at),
      )
      const puts = (deed: Deed) =>
        deed.kind === 'install' && concerns(deed, at) && reaches(deed, at, binary.path)
      const over = before.findLast(puts) ?? null
      return isGone ? [] : [{ binary, over }]
    })
    const groups = groupedBy(copied, ({ binary, over }) => `${labelOf(binary)} ${over?.step.line ?? 0}`)
    return [...groups.values()].map((group) => findingFor(build, read, group, inspected.platform))
  })
}

/** `macOS`, `linux/arm64`. */
const labelOf = ({ system, arch }: ForeignBinary) => (system === 'Linux' ? `linux/${arch}` : system)

function findingFor(
  build: MeasuredBuild,
  { instruction }: ResolvedRead,
  group: readonly Copied[],
  platform: string,
): Finding {
  const [first] = group
  const label = first ? labelOf(first.binary) : ''
  const over = first?.over ?? null
  const count = group.length === 1 ? `a ${label} binary` : `${groupedCount(group.length)} ${label} binaries`
  const path = visiblePath(first?.binary.path ?? '')
  const shown = group.length === 1 ? path : `${path}, …`
  const copy = `${instruction.instruction} (line ${instruction.line})`
  const isNeeded = group.some(
    ({ binary }) => ofPackage.test(binary.path) || coverage(instruction, binary.path) === 'named',
  )
  return {
    ...plain,
    rule: 'foreign-binaries',
    severity: over || isNeeded ? 'warning' : 'info',
    confidence: over || isNeeded ? 'high' : 'medium',
    message: over
      ? `${copy} puts ${count} over what ${visiblePath(over.title)} (line ${over.step.line}) installed for ${platform}: ${shown}`
      : `${copy} puts ${count} into a ${platform} image, which cannot run ${group.length === 1 ? 'it' : 'them'}: ${shown}`,
    hint: 'leave them out with a line in the ignore file, and let the image install or build its own',
    at: { file: build.build.dockerfile.file, line: instruction.line },
    bytes: group.reduce((sum, { binary }) => sum + binary.size, 0),
    data: {
      fails: false,
      system: label,
      files: group.length,
      paths: group.slice(0, 20).map(({ binary }) => wellFormed(binary.path)),
      over: over && { line: over.step.line, command: over.title },
    },
  }
}

/** Below a directory of installed packages: something is going to load it. */
const ofPackage = /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor\/bundle|gems)\//
