import { landing } from '../dockerfile/landing.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { concerns, type Deed, deletions, surroundings } from '../inspect/deeds.ts'
import type { ForeignBinary, Inspected } from '../inspect/model.ts'
import { followFiles, holdsRow } from '../inspect/ships.ts'
import { installReach } from '../inspect/workspaces.ts'
import { groupedCount } from '../lib/amount.ts'
import { groupedBy } from '../lib/grouped.ts'
import { rootedPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { coverage } from '../resolve/reads.ts'
import { plain, type Rule, shortText } from './rule.ts'

/** Programs and libraries that the platform of the image cannot run: as a rule, those of the machine that builds. */
export const foreignBinaries: Rule = {
  id: 'foreign-binaries',
  check: (build) => (build.inspected ? binariesCopied(build, build.inspected) : []),
}

/** Instructions looked at: a file of so many has more to worry about. */
const mostReads = 200

/** A binary, with what it lands on; null when it lands on nothing. */
interface Copied {
  readonly binary: ForeignBinary
  readonly over: Over | null
  /** True where it gets, or may get, to the image that is built; false where it stays in a stage. */
  readonly isInImage: boolean
}

interface Over {
  readonly line: number
  /** `npm ci`, or the COPY as it is written. */
  readonly command: string
  readonly kind: 'install' | 'copy'
}

function binariesCopied(build: MeasuredBuild, inspected: Inspected): readonly Finding[] {
  if (inspected.contexts.every(({ binaries }) => binaries.length === 0)) return []
  const around = surroundings(build.plan)
  const follow = followFiles(build.plan, deletions())
  const broughtAt = brought(build, around)
  const bundles = bundlesIntoProject(build)
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
      const isInImage = /^(?:image|maybe)$/.test(follow(binary.path, [instruction]).reach)
      if (at === null) return [{ binary, over: null, isInImage }]
      const isGone = after.some(
        (deed) => (deed.existing === 'erases' || deed.existing === 'overwrites') && concerns(deed, at),
      )
      const puts = (deed: Deed) =>
        deed.kind === 'install' &&
        (bundles || !deed.title.startsWith('bundle ')) &&
        concerns(deed, at) &&
        reaches(deed, at, binary.path)
      const install = before.findLast(puts)
      const over: Over | null = install
        ? { line: install.step.line, command: install.title, kind: 'install' }
        : broughtAt(at, instruction)
      return isGone ? [] : [{ binary, over, isInImage }]
    })
    const groups = groupedBy(
      copied,
      ({ binary, over, isInImage }) => `${labelOf(binary)} ${over?.line ?? 0} ${isInImage}`,
    )
    return [...groups.values()].map((group) => findingFor(build, read, group, inspected.platform))
  })
}

/**
 * Says which COPY of its stage before an instruction has brought another file to the very place, from a stage or an image: that is the
 * one which was meant. A directory that it brought may not have had it.
 */
function brought(
  { plan }: MeasuredBuild,
  around: ReturnType<typeof surroundings>,
): (at: string, before: ReadInstruction) => Over | null {
  const copies = plan.reads
    .filter(({ mount, origin }) => !mount && (origin.kind === 'stage' || origin.kind === 'image'))
    .map((copy) => {
      const { directory } = around(copy)
      const places = copy.localSources.map((source) => landing(copy, directory, rootedPath(source)))
      return { copy, places }
    })
  return (at, before) => {
    const found = copies.findLast(
      ({ copy, places }) =>
        copy.stageIndex === before.stageIndex && copy.line < before.line && places.includes(at),
    )
    return found ? { line: found.copy.line, command: shortText(found.copy.text), kind: 'copy' } : null
  }
}

/**
 * Whether bundler installs to `vendor/bundle`, as it does when it is told to deploy; else gems lie outside of the project, which
 * `BUNDLE_PATH` may say too. https://bundler.io/man/bundle-config.1.html
 */
function bundlesIntoProject({ plan, main }: MeasuredBuild): boolean {
  const texts = plan.steps.map(({ instruction }) => instruction.text)
  const paths = texts.flatMap((text) => /\bBUNDLE_PATH[= ]["']?([^\s"']+)/.exec(text)?.[1] ?? [])
  const [path] = paths
  if (path !== undefined) return !path.startsWith('/') || path.includes('vendor/')
  const isTold = /\bBUNDLE_DEPLOYMENT\b|--deployment\b|--path\b|\bconfig\b.*\b(?:path|deployment)\b/
  return texts.some((text) => isTold.test(text)) || main.table.find('.bundle/config') !== null
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
  const cannot = `which cannot run ${group.length === 1 ? 'it' : 'them'}`
  const isNeeded = group.some(
    ({ binary }) => ofPackage.test(binary.path) || coverage(instruction, binary.path) === 'named',
  )
  return {
    ...plain,
    rule: 'foreign-binaries',
    severity: over || isNeeded ? 'warning' : 'info',
    confidence: over || isNeeded ? 'high' : 'medium',
    message: over
      ? `${copy} puts ${count} over what ${visiblePath(over.command)} (line ${over.line}) ${over.kind === 'install' ? `installed for ${platform}` : 'brought'}: ${shown}`
      : first?.isInImage
        ? `${copy} puts ${count} into a ${platform} image, ${cannot}: ${shown}`
        : `${copy} puts ${count} into stage ${visiblePath(instruction.stage)} for ${platform}, ${cannot}: ${shown}`,
    hint: 'leave them out with a line in the ignore file, and let the image install or build its own',
    at: { file: build.build.dockerfile.file, line: instruction.line },
    bytes: group.reduce((sum, { binary }) => sum + binary.size, 0),
    data: {
      fails: false,
      system: label,
      files: group.length,
      paths: group.slice(0, 20).map(({ binary }) => wellFormed(binary.path)),
      over: over && { line: over.line, command: over.command },
    },
  }
}

/** Below a directory of installed packages: something is going to load it. */
const ofPackage = /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor\/bundle|gems)\//
