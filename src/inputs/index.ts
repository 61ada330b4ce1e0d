/** The kinds of files that builds are written down in: how each is told, and who reads it. A kind is one line of the table. */

import { type Host, isFile, isHostFailure, kindAt } from '../host/host.ts'
import { groupedBy } from '../lib/grouped.ts'
import { decodePath, joinPath } from '../lib/path.ts'
import { readBake } from './bake.ts'
import { hasComposeProject, readCompose } from './compose.ts'
import { relativePath } from './load.ts'
import type { BuildTarget, FoundBuilds } from './target.ts'

export interface BuildsWanted {
  /** As given with -f, relative to the working directory; none: what lies in the directory. */
  readonly files: readonly string[]
  /** Services or targets; none: all. */
  readonly names: readonly string[]
  /** What paths are relative to, given and told. */
  readonly workingDirectory: string
}

interface Kind {
  /** True for a file of this kind, by its name and the beginning of its text ('' when it cannot be read). */
  readonly detect: (name: string, head: string) => boolean
  /** Whether the directory has files of this kind that are found without being named. */
  readonly isPresent: (host: Host, wanted: BuildsWanted) => boolean
  /** Reads the files as one definition; none: as its tool finds them. */
  readonly read: (host: Host, wanted: BuildsWanted) => FoundBuilds
}

const kinds = {
  compose: {
    detect: (name, head) =>
      /\.ya?ml$/i.test(name) ||
      (/\.json$/i.test(name)
        ? /"services"\s*:/.test(head)
        : !/\.hcl$/i.test(name) && /^services:/m.test(head)),
    isPresent: (host, { workingDirectory }) => hasComposeProject(host, workingDirectory),
    read: (host, { files, names, workingDirectory }) =>
      readCompose(host, { files, services: names, profiles: [], workingDirectory }),
  },
  bake: {
    detect: (name) => /\.(?:hcl|json)$/i.test(name),
    isPresent: (host, wanted) =>
      Boolean(host.environment('BUILDX_BAKE_FILE')) ||
      bakeFileNames.some((name) => exists(host, wanted, name)),
    read: (host, { files, names, workingDirectory }) =>
      readBake(host, { files, targets: names, workingDirectory: host.absolute(workingDirectory) }),
  },
  dockerfile: {
    detect: () => true,
    isPresent: (host, wanted) => exists(host, wanted, 'Dockerfile'),
    read: (host, wanted) => ({ builds: plainBuilds(host, wanted), open: [], problems: [] }),
  },
} as const satisfies Record<string, Kind>

type KindName = keyof typeof kinds

/** Bake finds compose files by itself too, which are found without it. */
const bakeFileNames = [
  'docker-bake.json',
  'docker-bake.hcl',
  'docker-bake.override.json',
  'docker-bake.override.hcl',
]

const none: FoundBuilds = { builds: [], open: [], problems: [] }

/**
 * The builds of the files that are named, or of those that lie in the directory; the plain build of the directory first, then
 * by context, Dockerfile, target and name in code-unit order.
 */
export function readBuilds(host: Host, wanted: BuildsWanted): FoundBuilds {
  const groups = wanted.files.length > 0 ? namedKinds(host, wanted) : presentKinds(host, wanted)
  let found = none
  for (const [kind, files] of groups) {
    const { builds, open, problems } = kinds[kind].read(host, { ...wanted, files })
    found = {
      builds: [...found.builds, ...builds],
      open: [...found.open, ...open],
      problems: [...found.problems, ...problems],
    }
  }
  return { ...found, builds: inOrder(withoutRepetitions(found.builds)) }
}

/** Files of a kind are read together, as with `docker compose -f a -f b`; bake takes compose files among its own. */
function namedKinds(host: Host, wanted: BuildsWanted): ReadonlyMap<KindName, readonly string[]> {
  const groups = groupedBy(wanted.files, (file) => kindOf(host, wanted, file))
  const composed = groups.get('compose')
  if (composed === undefined || !groups.delete('bake')) return groups
  const plain = groups.get('dockerfile')
  const together = wanted.files.filter((file) => plain?.includes(file) !== true)
  return new Map([['bake', together], ...(plain === undefined ? [] : [['dockerfile', plain] as const])])
}

function presentKinds(host: Host, wanted: BuildsWanted): ReadonlyMap<KindName, readonly string[]> {
  return new Map(
    kindNames().flatMap((kind) => (kinds[kind].isPresent(host, wanted) ? [[kind, []] as const] : [])),
  )
}

const headLength = 65_536

function kindOf(host: Host, { workingDirectory }: BuildsWanted, file: string): KindName {
  let head = ''
  try {
    const path = inDirectory(workingDirectory, file)
    if (isFile(host.stat(path))) head = decodePath(host.readFile(path).subarray(0, headLength))
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
  }
  return kindNames().find((kind) => kinds[kind].detect(file, head)) ?? 'dockerfile'
}

// Object.keys forgets the type of the keys, which are all of the table.
const kindNames = (): KindName[] => Object.keys(kinds) as KindName[]

const inDirectory = (directory: string, file: string): string =>
  file.startsWith('/') ? file : joinPath(directory, file)

const exists = (host: Host, { workingDirectory }: BuildsWanted, name: string): boolean =>
  kindAt(host, inDirectory(workingDirectory, name)) === 'file'

/** `docker build .` and `docker build -f FILE .`; the first is a guess, as nobody has written it down. */
function plainBuilds(host: Host, { files, workingDirectory }: BuildsWanted): readonly BuildTarget[] {
  const directory = host.absolute(workingDirectory)
  const names = files.length > 0 ? files : ['Dockerfile']
  return names.map((name) => {
    const file = relativePath(directory, host.absolute(inDirectory(workingDirectory, name)))
    return {
      name: null,
      context: '.',
      dockerfile: file,
      inline: null,
      target: null,
      args: {},
      namedContexts: {},
      platforms: [],
      foundIn: { file, line: 1 },
      guessed: files.length === 0,
    }
  })
}

/** What is built is the same, whoever wrote it down. */
const sameBuild = ({ context, dockerfile, inline, target, args, namedContexts }: BuildTarget): string =>
  JSON.stringify([context, dockerfile, inline, target, args, namedContexts])

/** What compose and bake both find counts once, and a guess that somebody has written down is none. */
function withoutRepetitions(builds: readonly BuildTarget[]): readonly BuildTarget[] {
  const written = new Set(builds.filter(({ guessed }) => !guessed).map(sameBuild))
  const seen = new Set<string>()
  return builds.filter((build) => {
    const same = sameBuild(build)
    if (build.guessed) return !written.has(same)
    const key = `${build.name} ${same}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** The plain build first, then by context, Dockerfile, target and name in code-unit order. */
export function inOrder(builds: readonly BuildTarget[]): readonly BuildTarget[] {
  const isPlain = ({ context, dockerfile, target }: BuildTarget): boolean =>
    context === '.' && dockerfile === 'Dockerfile' && target === null
  const key = (build: BuildTarget): readonly string[] => [
    isPlain(build) ? '0' : '1',
    build.context,
    build.dockerfile ?? '',
    build.target ?? '',
    build.name ?? '',
  ]
  const compare = (a: readonly string[], b: readonly string[]): number => {
    for (const [i, one] of a.entries()) {
      const other = b[i] ?? ''
      if (one !== other) return one < other ? -1 : 1
    }
    return 0
  }
  return builds
    .map((build) => ({ build, key: key(build) }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ build }) => build)
}
