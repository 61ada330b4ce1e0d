/** The context group: every Dockerfile that is built with this context and this ignore file. */

import { addRows } from '../../context/table.ts'
import type { BuildRequest, Dockerfile } from '../../dockerfile/model.ts'
import { parseDockerfile } from '../../dockerfile/parse.ts'
import { plainSources } from '../../dockerfile/plain-sources.ts'
import { planBuild } from '../../dockerfile/plan.ts'
import type { BuildTarget } from '../../inputs/target.ts'
import { cleanPath, joinPath, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { HangingArgument } from '../../repository/hanging-arguments.ts'
import type { Repository, Texts } from '../../repository/model.ts'
import { isClosed, isOtherSource, isTemplate } from '../../repository/sources.ts'
import { resolveReads } from '../../resolve/reads.ts'
import { type Selection, selectForBuildkit } from '../../resolve/selection.ts'
import type { Group, Member, MemberRead, Reason } from './model.ts'
import {
  argumentsOf,
  passedSources,
  valuelessSources,
  withOtherValues,
  withPassedValues,
} from './other-values.ts'

/** Gathers the group of the build that was measured. Pure. `request`: the options that the build was asked for with. */
export function gatherGroup(measured: MeasuredBuild, repository: Repository, request: BuildRequest): Group {
  const { dockerfile, build } = measured
  const members: Member[] = []
  const sent = selectForBuildkit(measured.main.table, null)
  const add = (one: Dockerfile, asked: BuildRequest, leads: boolean) => {
    const passed = argumentsOf(one, repository)
    members.push(memberOf(measured, sent, one, { request: asked, passed, leads }))
  }
  add(dockerfile, request, true)
  const isShared = build.main.ignore === null || build.main.ignore.file === '.dockerignore'
  for (const { file, builds } of isShared ? siblings(measured, repository) : []) {
    const text = repository.dockerfiles.get(file)
    if (text === undefined) continue
    const parsed = parseDockerfile(text, file)
    const asked = builds.length === 0 ? [null] : builds
    // The same file with the same arguments reads the same.
    const seen = new Set(file === dockerfile.file ? [argumentKey(request.buildArgs)] : [])
    for (const one of asked) {
      const args = new Map(Object.entries(one?.args ?? {}))
      const key = argumentKey(args)
      if (seen.has(key)) continue
      seen.add(key)
      const { platform, buildPlatform } = request
      const namedContexts = new Map(Object.entries(one?.namedContexts ?? {}))
      const openArgs = one?.openArgs ?? []
      add(parsed, { target: null, buildArgs: args, openArgs, platform, buildPlatform, namedContexts }, false)
    }
  }
  for (const target of repository.builds.here) {
    if (target.inline === null) continue
    const inline = parseDockerfile(target.inline, `${target.foundIn.file}:${target.foundIn.line}`)
    add(
      inline,
      {
        ...request,
        target: null,
        buildArgs: new Map(Object.entries(target.args)),
        openArgs: target.openArgs ?? [],
        namedContexts: new Map(Object.entries(target.namedContexts)),
      },
      false,
    )
  }
  const { context } = measured.main
  // Lines are tried as docker reads them.
  const other: readonly Reason[] =
    context.patterns.dialect === 'docker'
      ? []
      : [
          {
            text: 'podman reads this ignore file in a dialect of its own',
            at: { file: context.ignore?.file ?? '.dockerignore', line: 1 },
          },
        ]
  const isOpen = ({ at }: Reason): boolean => at === null || !isClosed(at, repository.closed)
  const open = [
    ...together(members.flatMap(houseBases).filter(isOpen)),
    ...openReasons(members, repository, measured).filter(isOpen),
  ]
  return { members, open: [...other, ...open] }
}

const argumentKey = (args: ReadonlyMap<string, string>): string =>
  JSON.stringify([...args].sort(([a], [b]) => (a < b ? -1 : 1)))

const isRoot = (context: string) => cleanPath(context) === '.' || context === ''

/** Dockerfiles beside the leading one, with the builds that name them; none: they lie there and nobody says how they are built. */
function siblings(
  { dockerfile, main }: MeasuredBuild,
  repository: Repository,
): readonly { readonly file: string; readonly builds: readonly BuildTarget[] }[] {
  const found: { file: string; builds: BuildTarget[] }[] = []
  for (const file of [...repository.dockerfiles.keys()].sort()) {
    const declared = repository.builds.of(file)
    const here = declared.filter(({ context }) => isRoot(context))
    // An ignore file of its own takes it out of the group, but for the classic builder, which knows of none.
    if (
      repository.dockerfiles.has(`${file}.dockerignore`) ||
      main.table.find(`${file}.dockerignore`) !== null
    )
      continue
    if (declared.length > 0 && here.length === 0 && !isPutTogether(file, declared, main.table.find)) continue
    if (declared.length === 0 && isOtherSource(file, () => repository.dockerfiles.get(file) ?? null)) continue
    // What is made of it lies beside it.
    if (declared.length === 0 && isTemplate(file) && hasMade(file, repository.dockerfiles)) continue
    if (
      declared.length === 0 &&
      (file === dockerfile.file ||
        isBuiltInPlace(file, repository.dockerfiles.get(file) ?? '', main.table.find))
    )
      continue
    found.push({ file, builds: here })
  }
  return found
}

/** True for a Dockerfile at the top whose builds have contexts that only they put together: who builds it by hand takes this one. */
const isPutTogether = (
  file: string,
  builds: readonly BuildTarget[],
  find: (path: string) => number | null,
): boolean =>
  !file.includes('/') &&
  builds.every(
    ({ context }) =>
      /^[\w./-]+$/.test(context) && !/^\.\.|^\//.test(context) && find(cleanPath(context)) === null,
  )

/** True for a template with Dockerfiles that are none in its directory. */
const hasMade = (file: string, dockerfiles: Texts): boolean =>
  [...dockerfiles.keys()].some((other) => parentPath(other) === parentPath(file) && !isTemplate(other))

/** True when the sources of a Dockerfile in a directory are there in its own directory and not in the context's root. */
function isBuiltInPlace(file: string, text: string, find: (path: string) => number | null): boolean {
  const dir = parentPath(file)
  if (dir === '' || file.startsWith('../')) return false
  let here = 0
  let above = 0
  for (const source of plainSources(text, file)) {
    if (find(joinPath(dir, source)) !== null) here++
    if (find(source) !== null) above++
  }
  return here > above
}

function memberOf(
  { main }: MeasuredBuild,
  sent: Selection,
  dockerfile: Dockerfile,
  {
    request,
    passed,
    leads,
  }: {
    readonly request: BuildRequest
    readonly passed: readonly HangingArgument[]
    readonly leads: boolean
  },
): Member {
  const plan = planBuild(dockerfile, { ...request, target: null, everyStage: true })
  const reads: MemberRead[] = []
  const read = new Uint8Array(main.table.count)
  for (const planned of plan.reads) {
    if (planned.origin.kind !== 'main') continue
    for (const instruction of [
      planned,
      ...withOtherValues(planned, dockerfile),
      ...withPassedValues(planned, passed),
    ]) {
      const taken = resolveReads(main.table, sent, instruction)
      addRows(read, taken.rows)
      reads.push({ member: dockerfile, instruction, ...taken, guessed: instruction !== planned })
    }
  }
  return { dockerfile, request, plan, reads, read, leads }
}

/** What keeps anything from being proved: builds that cannot be read, and instructions that hang on what is not known. */
function openReasons(
  members: readonly Member[],
  repository: Repository,
  { build }: MeasuredBuild,
): readonly Reason[] {
  const isMissing = build.dockerfile.problem?.code === 'dockerfile-not-found'
  const reasons: Reason[] = [
    ...repository.open.map(({ at, why }) => ({ text: why, at })),
    ...borrowers(repository),
  ]
  for (const one of members) {
    const { plan, dockerfile, request } = one
    const [problem] = plan.problems
    if (one.leads && isMissing)
      reasons.push({ text: 'there is no Dockerfile, so that what would be read is not known', at: null })
    else if (problem)
      reasons.push({
        text: 'docker refuses it, so that what it reads is not known',
        at: problem.at ?? { file: dockerfile.file, line: 1 },
      })
    for (const argument of valuelessSources(dockerfile, request)) reasons.push(argument)
    reasons.push(...passedSources(one, argumentsOf(one.dockerfile, repository)))
    for (const trigger of triggers(one, repository)) reasons.push(trigger)
    for (const text of plan.uncertain) {
      const place = /:(\d+): /.exec(text)
      reasons.push({
        text: text.replace(/^.*?:\d+: /, ''),
        at: { file: dockerfile.file, line: Number(place?.[1] ?? 1) },
      })
    }
  }
  return reasons
}

/**
 * Builds that are given this context by a name, as `additional_contexts` does: they read what they like of it, and
 * what its ignore file drops is missing for them too (see `inputs/load.ts` on named contexts).
 */
const borrowers = ({ builds }: Repository): readonly Reason[] =>
  builds.borrowers.map(({ name, at }) => ({
    text: `another build reads this context by the name ${visiblePath(name)}`,
    at,
  }))

/** Registries that anybody pulls from: what lies there and has triggers says so in its name. */
const publicRegistries =
  /^(?:docker\.io|index\.docker\.io|registry-1\.docker\.io|quay\.io|ghcr\.io|gcr\.io|mcr\.microsoft\.com|public\.ecr\.aws|registry\.k8s\.io|registry\.access\.redhat\.com|registry\.gitlab\.com|nvcr\.io|cgr\.dev|container-registry\.oracle\.com)\//

/** Base images that the repository may build itself, with instructions that copy where they are built upon. */
function triggers({ plan, dockerfile }: Member, repository: Repository): readonly Reason[] {
  const bases = plan.stages.filter(
    ({ base, baseOrigin }) =>
      baseOrigin.kind === 'image' && base.includes('/') && !publicRegistries.test(base),
  )
  return bases.flatMap(({ base, line }): readonly Reason[] => {
    const at = { file: dockerfile.file, line }
    for (const [file, text] of repository.dockerfiles) {
      const found = text.search(/^[ \t]*ONBUILD[ \t]+(?:COPY|ADD|RUN)\b/im)
      if (found < 0 || file === dockerfile.file) continue
      const place = { file, line: text.slice(0, found).split('\n').length }
      return [{ text: `${base} may fire the ONBUILD of ${placeText(place)}`, at }]
    }
    return []
  })
}

/** Base images of a registry of somebody's own below which nothing is copied: what they are there for may be their ONBUILD. */
const houseBases = ({ plan, dockerfile, reads }: Member): readonly BaseReason[] =>
  reads.length > 0
    ? []
    : plan.stages.flatMap(({ base, baseOrigin, line }) =>
        baseOrigin.kind === 'image' && !publicRegistries.test(base) && /^[^/]*[.:][^/]*\//.test(base)
          ? [{ base, text: '', at: { file: dockerfile.file, line } }]
          : [],
      )

interface BaseReason extends Reason {
  readonly base: string
}

/** One reason for all of them, at the first place: they are of one house. */
function together(bases: readonly BaseReason[]): readonly Reason[] {
  const [first, ...others] = bases
  if (first === undefined) return []
  const shown =
    others.length === 0
      ? ''
      : `, nor in ${others.length > 3 ? `${others.length} other places` : others.map(({ at }) => (at === null ? '' : placeText(at))).join(', ')}`
  return [
    { text: `${first.base} may fire ONBUILD instructions, as nothing is copied here${shown}`, at: first.at },
  ]
}
