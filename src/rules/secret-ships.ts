import { fileKind } from '../context/table.ts'
import { landing } from '../dockerfile/landing.ts'
import { deletions } from '../inspect/deeds.ts'
import { holding } from '../inspect/holding.ts'
import { type IsGiven, rewrites } from '../inspect/made-with.ts'
import type { SecretFile, SecretValue } from '../inspect/model.ts'
import { type Arrival, followFiles, holdsRow, type Reach } from '../inspect/ships.ts'
import { baseName, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Confidence, Finding, Severity } from '../report.ts'
import { makeSteps, readMakefile } from '../repository/makefile.ts'
import { oncePer, plain, type Rule, shortText } from './rule.ts'

/** Credentials in files that leave this machine, by how far they get. What they are is said, never the value. */
export const secretShips: Rule = {
  id: 'secret-ships',
  codes: ['secret-printed'],
  check: shippedSecrets,
}

/** Files named one by one. */
const mostNamed = 20
/** Values listed of each. */
const mostValues = 20

interface Shipped {
  readonly file: SecretFile
  readonly arrival: Arrival
}

const furthestFirst: readonly Reach[] = ['image', 'deleted', 'maybe', 'cache', 'lent', 'unread']

function shippedSecrets(build: MeasuredBuild): readonly Finding[] {
  const { inspected, plan, reads } = build
  // Without a target nothing is built, and nothing said about where files go would be true.
  if (!inspected || plan.target === null) return []
  const isGiven = givenBy(build)
  const shipped = inspected.contexts.flatMap(
    ({ name, secrets, go = null, called = null, projects = null }) => {
      if (secrets.length === 0) return []
      const follow = followFiles(plan, deletions(), {
        isGiven,
        mayHold: holding({ go, called, projects }, callsOf, plan.steps),
      })
      const taking = reads.filter(({ survey }) => survey?.context.name === name)
      return secrets.map((file): Shipped => {
        const by = taking.filter(({ reads: { rows } }) => holdsRow(rows, file.row))
        return {
          file,
          arrival: follow(
            file.path,
            by.map(({ instruction }) => instruction),
          ),
        }
      })
    },
  )
  const depth = ({ file }: Shipped) => file.path.split('/').length
  const sorted = shipped.toSorted(
    (a, b) =>
      furthestFirst.indexOf(graded(a.arrival)) - furthestFirst.indexOf(graded(b.arrival)) ||
      Number(isApart(a.arrival)) - Number(isApart(b.arrival)) ||
      depth(a) - depth(b),
  )
  const notOpened = inspected.contexts.reduce((sum, context) => sum + context.notOpened, 0)
  return [
    ...printedSecrets(build, sorted),
    ...sorted.slice(0, mostNamed).map((one) => findingFor(build, one)),
    ...remainder(sorted.slice(mostNamed)),
    ...unopened(notOpened),
  ]
}

/** What `make` runs for some targets; null where it is not known. */
function callsOf(makefile: string, targets: readonly string[]): readonly (readonly string[])[] | null {
  const read = readMakefile(makefile, 'Makefile')
  const wanted = targets.length > 0 || read.first === null ? targets : [read.first]
  if (read.includes.length > 0 || !wanted.every((target) => read.rules.has(target))) return null
  const steps = wanted.flatMap((target) => makeSteps(read, target, { directory: '' }))
  const calls = steps.flatMap((step) => (step.kind === 'command' ? [step.command.words] : []))
  return steps.some(({ kind }) => kind !== 'command' && kind !== 'action') ? null : calls
}

/** What may be inside of what the image takes may be in the image. */
const graded = ({ reach, made }: Arrival): Reach => (made === null ? reach : 'maybe')

/** It is only what is built that may hold it, and nothing is built where it lies. */
const isApart = ({ made }: Arrival): boolean => made !== null && !made.isNear

/** What a RUN prints is in the log of the build, and in that of CI, whatever becomes of the file. One finding a RUN. */
function printedSecrets(build: MeasuredBuild, shipped: readonly Shipped[]): readonly Finding[] {
  const printing = shipped.filter(
    ({ file, arrival }) => arrival.printed !== null && surest(file.values) !== 'low',
  )
  return oncePer(printing, ({ arrival }) => String(arrival.printed?.line)).flatMap(
    ({ file: { path, values }, arrival: { printed } }): readonly Finding[] => {
      if (printed === null) return []
      const { file } = build.build.dockerfile
      return [
        {
          ...plain,
          rule: 'secret-printed',
          severity: 'warning',
          confidence: surest(values),
          message: `${shortText(printed.text)} (line ${printed.line}) prints ${visiblePath(path)} into the log of the build: ${whatIn(values)}`,
          hint: 'take the RUN out, or have it print names only, and replace what stands in logs that others read',
          at: { file, line: printed.line },
          data: { fails: false, path: wellFormed(path), count: values.length },
        },
      ]
    },
  )
}

/**
 * Whether a path of a stage is a file under its own name that one of its instructions copies from a context, and that no RUN is
 * likely to make anew.
 */
function givenBy({ plan, reads, main, tracked }: MeasuredBuild): IsGiven {
  const known = new Map<string, boolean>()
  const isRewritten = rewrites(plan)
  const look: IsGiven = (stage, path) => {
    const name = baseName(path)
    return reads.some(({ instruction, survey, reads: { rows } }) => {
      if (survey === null || instruction.mount || instruction.stageIndex !== stage) return false
      const directory =
        plan.steps.find(
          (step) =>
            step.stageIndex === stage &&
            step.line === instruction.line &&
            step.instruction.text === instruction.text,
        )?.directory ?? null
      const { table } = survey
      return rows.some(
        (row) =>
          table.kind[row] === fileKind &&
          table.name(row) === name &&
          landing(instruction, directory, table.path(row)) === path &&
          !isRewritten(stage, path, survey === main && tracked?.size ? tracked.has(table.path(row)) : null),
      )
    })
  }
  return (stage, path) => {
    const key = `${stage} ${path}`
    const found = known.get(key) ?? look(stage, path)
    known.set(key, found)
    return found
  }
}

function findingFor(build: MeasuredBuild, { file, arrival }: Shipped): Finding {
  const { path, values } = file
  const confidence = surest(values)
  const reach = graded(arrival)
  const at = arrival.by
    ? { file: build.build.dockerfile.file, line: arrival.by.line }
    : { file: wellFormed(path), line: values[0]?.line ?? 1 }
  return {
    ...plain,
    rule: 'secret-ships',
    // What a build makes of a key for tests is hardly that key.
    severity: isApart(arrival) ? 'info' : severityOf(arrival.reach, confidence),
    confidence: isApart(arrival) ? 'low' : reach === 'maybe' && confidence === 'high' ? 'medium' : confidence,
    message: `${whereabouts(visiblePath(path), arrival)}: ${whatIn(values)}`,
    hint: hints[reach],
    at,
    data: {
      fails: false,
      reach,
      path: wellFormed(path),
      count: values.length,
      values: values.slice(0, mostValues),
    },
  }
}

/** What was probably made up for a test is no error, wherever it ends up. */
function severityOf(reach: Reach, confidence: Confidence): Severity {
  const ships = reach === 'image' || reach === 'deleted'
  if (confidence === 'low') return ships || reach === 'maybe' ? 'warning' : 'info'
  return ships ? 'error' : 'warning'
}

function surest(values: readonly SecretValue[]): Confidence {
  const has = (wanted: Confidence) => values.some(({ confidence }) => confidence === wanted)
  return has('high') ? 'high' : has('medium') ? 'medium' : 'low'
}

/** Half a sentence: how far a file gets, and by what. */
export function whereabouts(path: string, { reach, by, next, made }: Arrival): string {
  const copied = by ? `${shortText(by.text)}, line ${by.line}` : ''
  const onward = next ? `, then ${shortText(next.text)}, line ${next.line}` : ''
  switch (reach) {
    case 'image':
      return `${path} is in the final image (${copied}${onward})`
    case 'maybe':
      return `${path} may be in the final image (${copied}${onward})`
    case 'deleted':
      return `${path} is in a layer of the image (${copied}), although line ${next?.line} deletes it`
    case 'cache':
      if (made !== null)
        return `${path} may be in the final image: what is built with it there (${copied}) may hold it, and ${shortText(made.text)}, line ${made.line}, takes that`
      return `${path} is in stage ${visiblePath(by?.stage ?? '')} and the build cache, not in the final image (${copied})`
    case 'lent':
      return `${path} is shown to a RUN by a bind mount (line ${by?.line}), and is in no layer`
    case 'unread':
      return `${path} is sent to the builder, and no instruction reads it`
  }
}

/** How else a container, or a RUN, comes to its credentials. */
export const instead =
  'give it to the container when it runs, or with --mount=type=secret to the one RUN that needs it'

const hints: Readonly<Record<Reach, string>> = {
  image: `who has the image can read it: keep it out with a line in the ignore file, and ${instead}`,
  maybe: `keep it out with a line in the ignore file, and ${instead}`,
  deleted: `a layer keeps what a later one deletes: keep it out with a line in the ignore file, and ${instead}`,
  cache: `who can read the build cache, an exported one too, can read it: keep it out with a line in the ignore file, and ${instead}`,
  lent: `what the RUN makes may hold it: mount less, or keep it out with a line in the ignore file, and ${instead}`,
  unread: 'a line in the ignore file keeps it on this machine',
}

function whatIn(values: readonly SecretValue[]): string {
  const [first] = values
  if (!first || values.length > 1) return `${values.length} values look like keys`
  if (first.line === null) return first.kind
  const name = first.variable === null ? '' : `${visiblePath(first.variable)}, `
  return `${first.kind} (${name}line ${first.line})`
}

function remainder(rest: readonly Shipped[]): readonly Finding[] {
  if (rest.length === 0) return []
  const severities = rest.map(({ file, arrival }) => severityOf(arrival.reach, surest(file.values)))
  return [
    {
      ...plain,
      rule: 'secret-ships',
      severity: severities.includes('error') ? 'error' : severities.includes('warning') ? 'warning' : 'info',
      confidence: 'medium',
      message: `${rest.length} more files that are sent hold values that look like keys`,
      hint: null,
      at: null,
      data: { fails: false, files: rest.length },
    },
  ]
}

function unopened(files: number): readonly Finding[] {
  if (files === 0) return []
  return [
    {
      ...plain,
      rule: 'secret-ships',
      severity: 'info',
      message: `${files} more files with names that suggest credentials were not looked into`,
      hint: null,
      at: null,
      data: { fails: false, notOpened: files },
    },
  ]
}
