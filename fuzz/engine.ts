/** Builds of a fuzzer held against a real engine: is it refused, how much is sent, and whose files are in the image. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import type { BuildPlan } from '../src/dockerfile/model.ts'
import { createNodeHost } from '../src/host/node.ts'
import { buildkitSize } from '../src/lib/amount.ts'
import { CtxsizeError } from '../src/lib/errors.ts'
import { encodePath } from '../src/lib/path.ts'
import { type Scan, scan } from '../src/scan.ts'
import { type Client, type Engine, fingerprint } from '../test/engine/engine.ts'
import type { TarEntry } from '../test/engine/tar.ts'
import { lay } from '../test/engine/tree.ts'
import { buildOf, type FuzzedBuild } from './builds.ts'
import { olderErrors, olderView, type View } from './older.ts'

/** What is asked of an engine. */
export type Judge = Pick<Engine, 'version' | 'clients' | 'exported'>

/** How the two differ; null where they say the same. */
interface Difference {
  readonly kind: 'refused' | 'built' | 'sent' | 'read'
  readonly why: string
}

interface Judged {
  /** The engine built it. */
  readonly isBuilt: boolean
  /** It differs as an engine of that age is known to. */
  readonly isOfAge: boolean
  readonly difference: Difference | null
}

/** Why a build fails that ctxsize does not speak of. */
const notPredicted = [
  // Images are not to be had here, and a name that is none of a stage is an image's.
  /failed to do request|no such host/,
  // What is in another stage, and whether what is copied fits upon what the image has.
  /^ > \[[^\]]*\] (?:COPY|ADD)\s+(?:--\S+\s+)*--from=/im,
  /cannot copy to (?:non-)?directory/,
  // Who is a user in the image.
  /invalid user index|etc\/(?:passwd|group): no such file/,
]

/** Builds it in a directory of its own below `top`, whose name no other build may have had: the engine keeps contexts by that. */
async function judgeBuild(
  engine: Judge,
  client: Client,
  { build, root }: { readonly build: FuzzedBuild; readonly root: string },
): Promise<Judged> {
  const { dockerfile, tree, buildArgs, target } = build
  await lay(root, { ...tree, Dockerfile: dockerfile })
  try {
    const options = [
      ...[...buildArgs].flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
      ...(target === null ? [] : ['--target', target]),
    ]
    const built = await engine.exported(client, root, options)
    const isBuilt = built.exitCode === 0
    if (!isBuilt && notPredicted.some((cause) => cause.test(built.log)))
      return { isBuilt, isOfAge: false, difference: null }
    const isOld = Number.parseInt(engine.version, 10) < 23
    return { isBuilt, ...compare(build, { root, built, isOld }) }
  } finally {
    fs.rmSync(root, { recursive: true, force: true })
  }
}

interface Comparison {
  readonly root: string
  readonly built: Awaited<ReturnType<Engine['exported']>>
  readonly isOld: boolean
}

function compare(
  build: FuzzedBuild,
  { root, built, isOld }: Comparison,
): Pick<Judged, 'isOfAge' | 'difference'> {
  const made = predict(build, root)
  if (typeof made === 'string')
    return { isOfAge: false, difference: built.exitCode === 0 ? { kind: 'built', why: made } : null }
  const difference = differenceOf(modelled(made), { made, root, built })
  const isOfAge =
    difference !== null &&
    isOld &&
    (built.exitCode === 0
      ? differenceOf(olderView(made), { made, root, built }) === null
      : olderErrors.some((error) => error.test(built.log)))
  return { isOfAge, difference: isOfAge ? null : difference }
}

/** What is said of the build, as it is modelled. */
function modelled(made: Scan): View {
  const { plan, main, reads, report } = made
  const refusals = [
    ...plan.problems.map(({ message }) => message),
    ...reads.flatMap(({ reads: { failure } }) => failure?.message ?? []),
    ...(main.refused === null ? [] : [main.refused]),
  ]
  const isRefused = report.contexts[0]?.targets[0]?.buildFails === true
  return { refusals: isRefused ? [...refusals, 'it is refused'] : [], cold: main.wire.cold, reads }
}

interface Seen extends Omit<Comparison, 'isOld'> {
  readonly made: Scan
}

function differenceOf(view: View, { made, root, built }: Seen): Difference | null {
  const { refusals, cold, reads } = view
  if (built.exitCode !== 0)
    return refusals.length > 0
      ? null
      : { kind: 'refused', why: built.log.trim().split('\n').slice(-8).join('\n') }
  if (refusals.length > 0) return { kind: 'built', why: refusals.join('\n') }
  const said = made.main.request === null ? null : buildkitSize(cold)
  if (said !== built.context)
    return { kind: 'sent', why: `${said} was said, docker printed ${built.context}` }
  const why = compareImage({ ...made, reads }, root, built.entries)
  return why === null ? null : { kind: 'read', why }
}

/** The scan, or the words with which it refuses. */
function predict({ target, buildArgs }: FuzzedBuild, root: string): Scan | string {
  try {
    return scan(createNodeHost(), {
      context: root,
      file: null,
      target,
      platform: null,
      builder: 'buildkit',
      buildArgs,
      namedContexts: new Map(),
      measureIgnored: false,
      xattrs: 'never',
      progress: null,
    })
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return thrown.message
    throw thrown
  }
}

/** Which of the builds' directories a path of the image lies in, by the name that only one instruction has. */
const placeOf = (name: string): string | null => /(?:^|\/)(c\d+)(?:\/|$)/.exec(name)?.[1] ?? null

/** What the image has of the context, and what was said to be read: place by place. Null where it is the same. */
function compareImage(
  { plan, main, reads }: Pick<Scan, 'plan' | 'main'> & Pick<View, 'reads'>,
  root: string,
  entries: readonly TarEntry[],
): string | null {
  const inImage = stagesOf(plan)
  const found = grouped(
    entries.filter(({ type }) => type !== 'dir'),
    ({ path: name }) => placeOf(name),
  )
  const said = grouped(
    reads
      .map(({ instruction, reads: { rows } }) => ({ instruction, rows }))
      .filter(({ instruction }) => inImage.has(instruction.stageIndex)),
    ({ instruction }) => placeOf(instruction.dest ?? ''),
  )
  for (const place of new Set([...found.keys(), ...said.keys()])) {
    const here = said.get(place) ?? []
    // What comes from other stages is theirs to read, and texts within the Dockerfile are nobody's.
    if (here.some(({ instruction }) => instruction.from !== null || instruction.text.includes('<<'))) continue
    const names = here.flatMap(({ rows }) => Array.from(rows, (row) => main.table.path(row)))
    const expected = new Map(names.map((name) => [name, fingerprintAt(root, name)]))
    const there = new Set((found.get(place) ?? []).map(fingerprintOf))
    const known = new Set(expected.values())
    if ([...there].some((one) => !known.has(one))) return `/${place} holds what nothing was said to read`
    const kept = names.filter((name) => there.has(expected.get(name) ?? ''))
    // Of two files of one name the later takes the place of the other, and of all that go to one place.
    const taken = new Set(kept.map((name) => path.posix.basename(name)))
    const isOnePlace =
      kept.length > 0 && here.every(({ instruction }) => !/\/\.?$/.test(instruction.dest ?? ''))
    const lost = names.filter((name) => !kept.includes(name) && !taken.has(path.posix.basename(name)))
    if (lost.length > 0 && !isOnePlace) return `/${place} does not hold ${lost.join(', ')}`
  }
  return null
}

function fingerprintOf({ type, target, content }: TarEntry): string {
  return type === 'symlink' ? fingerprint('symlink', target) : fingerprint('file', content)
}

/** The stages whose files are in the image: the target, and what it is made from. */
function stagesOf({ target, stages }: BuildPlan): ReadonlySet<number> {
  const found = new Set<number>()
  for (let stage = target; stage !== null; ) {
    found.add(stage.index)
    stage = stage.baseOrigin.kind === 'stage' ? (stages[stage.baseOrigin.index] ?? null) : null
  }
  return found
}

function fingerprintAt(root: string, name: string): string {
  const at = Buffer.concat([Buffer.from(`${root}/`), encodePath(name)])
  return fs.lstatSync(at).isSymbolicLink()
    ? fingerprint('symlink', fs.readlinkSync(at))
    : fingerprint('file', fs.readFileSync(at))
}

function grouped<T>(all: readonly T[], keyOf: (one: T) => string | null): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>()
  for (const one of all) {
    const key = keyOf(one)
    if (key === null) continue
    const group = groups.get(key)
    if (group) group.push(one)
    else groups.set(key, [one])
  }
  return groups
}

/** A smaller build that differs in the same way: lines and entries are taken out as long as it does. */
async function shrunkBuild(
  build: FuzzedBuild,
  differs: (build: FuzzedBuild) => Promise<boolean>,
): Promise<FuzzedBuild> {
  let small = build
  const attempt = async (smaller: FuzzedBuild): Promise<void> => {
    if (await differs(smaller)) small = smaller
  }
  for (const [name] of small.buildArgs)
    await attempt({ ...small, buildArgs: new Map([...small.buildArgs].filter(([other]) => other !== name)) })
  if (small.target !== null) await attempt({ ...small, target: null })
  for (let at = small.dockerfile.split('\n').length - 1; at >= 0; at--) {
    const lines = small.dockerfile.split('\n')
    if (lines[at] !== '') await attempt({ ...small, dockerfile: lines.toSpliced(at, 1).join('\n') })
  }
  for (const name of Object.keys(small.tree))
    await attempt({
      ...small,
      tree: Object.fromEntries(Object.entries(small.tree).filter(([other]) => other !== name)),
    })
  return small
}

interface EngineFinding {
  readonly input: number
  readonly difference: Difference
  /** As small as it could be made. */
  readonly build: FuzzedBuild
}

interface EngineFigures {
  readonly builds: number
  /** How many the engine built; the others it refused. */
  readonly built: number
  /** How many differ as an engine of that age is known to. */
  readonly ofAge: number
  readonly findings: readonly EngineFinding[]
}

interface EngineRun {
  readonly seed: number
  /** Numbers of builds, the end exclusive. */
  readonly from: number
  readonly to: number
  readonly progress?: (done: number) => void
}

/** Builds them two at a time. */
export async function runEngine(
  engine: Judge,
  { seed, from, to, progress }: EngineRun,
): Promise<EngineFigures> {
  const client = engine.clients.find(({ canBuildkit }) => canBuildkit)
  if (!client) throw new Error('no docker client here can ask for BuildKit')
  const dialect = { hasNewSyntax: Number.parseInt(engine.version, 10) >= 23 }
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-fuzz-'))
  const findings: EngineFinding[] = []
  let [next, built, ofAge, roots] = [from, 0, 0, 0]
  const judge = (build: FuzzedBuild) =>
    judgeBuild(engine, client, { build, root: path.join(top, `f${seed}-${roots++}`) })
  const work = async (): Promise<void> => {
    for (let input = next++; input < to; input = next++) {
      const build = buildOf(seed, input, dialect)
      const { isBuilt, isOfAge, difference } = await judge(build)
      if (isBuilt) built++
      if (isOfAge) ofAge++
      if (difference !== null) {
        const differs = async (other: FuzzedBuild) =>
          (await judge(other)).difference?.kind === difference.kind
        findings.push({ input, difference, build: await shrunkBuild(build, differs) })
      }
      progress?.(input - from)
    }
  }
  try {
    await Promise.all([work(), work()])
  } finally {
    fs.rmSync(top, { recursive: true, force: true })
  }
  return { builds: to - from, built, ofAge, findings }
}
