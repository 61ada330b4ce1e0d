/** Every build there is in and under a directory: those that somebody has written down, and Dockerfiles that nobody names. */

import { plainSources } from '../dockerfile/plain-sources.ts'
import { entryAt, type Host, isFactOfPath, kindAt } from '../host/host.ts'
import { inOrder } from '../inputs/index.ts'
import { type BuildTarget, type FoundBuilds, isFetched } from '../inputs/target.ts'
import {
  baseName,
  cleanPath,
  decodePath,
  joinPath,
  parentPath,
  pathWithin,
  visiblePath,
} from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import { releasedDockerfiles } from './goreleaser.ts'
import { pipedDockerfiles } from './hanging-builds.ts'
import type { KnownSources } from './known.ts'
import { isDockerfile, isOtherSource, isTemplate, readSources } from './sources.ts'
import { textAt } from './text-file.ts'
import { relativeBuild } from './to-context.ts'

/** What is not somebody's Dockerfile: tests and examples hold hundreds of them, packages their makers'. */
const foreign =
  /(?:^|\/)(?:node_modules|\.git|\.venv|venv|vendor|site-packages|testdata|fixtures|third_party)\//

/** Each is measured as the others are, and holds its share of memory. */
const mostGuessed = 5_000

/**
 * The builds of a directory (absolute), relative to it: the plain build first, then by context, Dockerfile, target and name. A
 * Dockerfile that no source names is a guess: its context is its own directory where its sources lie there, else the
 * directory that was asked about. `listed`: files that say how images are built, where git does not know.
 */
export function findBuilds(
  host: Host,
  directory: string,
  listed: readonly string[],
  known?: KnownSources,
): FoundBuilds {
  const list = (prefix: string) => listed.map((path) => joinPath(prefix, path))
  const sources = readSources(host, directory, list, known)
  const placed = (builds: readonly BuildTarget[]) =>
    builds.map((build) => relativeBuild(build, sources.toContext))
  const asked = placed(sources.said.asked)
  // A file of this directory may say `context: ../..`; what others say of other directories is not asked about.
  const about = asked.filter(({ context, foundIn }) => isWithin(context) || isWithin(foundIn.file))
  const absolute = (file: string): string =>
    cleanPath(file.startsWith('/') ? file : joinPath(directory, file))
  const placeOf = (build: BuildTarget): readonly string[] => {
    const file = dockerfileOf(build)
    return file === null ? [] : [absolute(file)]
  }
  // One `..` too many: what lies above the repository is nothing that its files speak for.
  const isAstray = (build: BuildTarget): boolean =>
    pathWithin(sources.base, absolute(build.context)) === null &&
    placeOf(build).some((file) => kindAt(host, file) !== 'file')
  const written = about.filter((build) => isFetched(build) || !isAstray(build))
  const astray = about.filter((build) => !written.includes(build))
  const named = new Set(asked.flatMap(placeOf))
  const hinted = new Map(
    placed(sources.said.builds).flatMap((build) => placeOf(build).map((file) => [file, build])),
  )
  const own = ['Dockerfile', 'dockerfile']
    .filter((name) => kindAt(host, joinPath(directory, name)) === 'file')
    .slice(0, 1)
  const dockerfiles = [
    ...new Set([
      ...own,
      ...sources.files.filter((path) => {
        const name = baseName(path)
        return isDockerfile(name) && !isTemplate(name) && !foreign.test(path)
      }),
    ]),
  ]
  // The stage or the arguments of others say nothing against it; a build of the same stage is it.
  const hasPlain = written.some(
    ({ context, target, ...build }) =>
      context === '.' && target === null && dockerfileOf({ context, target, ...build }) === own[0],
  )
  const released = new Set([
    ...releasedDockerfiles(host, directory, sources.files),
    ...pipedDockerfiles(sources.recipes, sources.files),
  ])
  const unnamed = dockerfiles.filter((path) =>
    path === own[0]
      ? !hasPlain
      : !named.has(absolute(path)) &&
        !released.has(path) &&
        kindAt(host, joinPath(directory, path)) === 'file' &&
        !isOtherSource(path, () => textAt(host, joinPath(directory, path))),
  )
  const guessed = unnamed.slice(0, mostGuessed).map((path) => {
    const hint = hinted.get(absolute(path))
    return path !== own[0] && hint !== undefined && isWithin(hint.context)
      ? { ...asGuess(path), context: hint.context, dockerfile: hint.dockerfile }
      : guess(host, directory, path)
  })
  const problems = [
    ...unnamed.slice(mostGuessed, mostGuessed + 1).map((first) => leftOut(first, unnamed.length)),
    ...astray.slice(0, 1).map((first) => leadsOut(first, astray.length)),
  ]
  return { builds: inOrder([...written, ...guessed]), open: sources.open, problems }
}

/** What is left out is said wherever the others are. */
const leftOut = (first: string, all: number): Problem => ({
  code: 'builds-left-out',
  message: `${all - mostGuessed} of ${all} Dockerfiles that no file names are left out, this one first`,
  at: { file: first, line: 1 },
  hint: 'ask about a directory below, or name the builds that matter in a compose file or in ctxsize.config.yaml',
})

const leadsOut = ({ context, dockerfile, foundIn }: BuildTarget, all: number): Problem => ({
  code: 'builds-left-out',
  message: `${all === 1 ? 'a build' : `${all} builds`} left out: the context ${visiblePath(context)} leads out of the repository, and there is no ${visiblePath(dockerfile ?? 'Dockerfile')} there`,
  at: foundIn,
  hint: 'write the context from where the file lies',
})

/** The Dockerfile of a build relative to the directory that was looked in; null when it has none there. */
function dockerfileOf({ context, dockerfile, inline }: BuildTarget): string | null {
  if (dockerfile === null || inline !== null || isFetched({ context })) return null
  return dockerfile.startsWith('/') ? dockerfile : cleanPath(joinPath(context, dockerfile))
}

function guess(host: Host, directory: string, path: string): BuildTarget {
  const dir = parentPath(path)
  const isOwn = dir !== '' && liesInOwnDirectory(host, directory, path)
  return isOwn ? { ...asGuess(path), context: dir, dockerfile: baseName(path) } : asGuess(path)
}

const isWithin = (path: string): boolean => path !== '..' && !path.startsWith('../')

function asGuess(path: string): BuildTarget {
  return {
    name: null,
    context: '.',
    dockerfile: path,
    inline: null,
    target: null,
    args: {},
    namedContexts: {},
    platforms: [],
    foundIn: { file: path, line: 1 },
    guessed: true,
  }
}

/** True when more of a Dockerfile's sources lie beside it than in the directory that was looked in; for want of any, where it lies. */
function liesInOwnDirectory(host: Host, directory: string, path: string): boolean {
  let text: string
  try {
    text = decodePath(host.readFile(joinPath(directory, path)))
  } catch (thrown) {
    if (isFactOfPath(thrown)) return true
    throw thrown
  }
  const dir = parentPath(path)
  let own = 0
  let above = 0
  for (const source of plainSources(text, path)) {
    if (entryAt(host, joinPath(joinPath(directory, dir), source)) !== null) own++
    if (entryAt(host, joinPath(directory, source)) !== null) above++
  }
  return own > above || (own === 0 && above === 0)
}
