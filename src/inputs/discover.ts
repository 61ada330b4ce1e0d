/** Dockerfiles that lie about, for a run that would find none where it looks. */

import type { Options } from 'fast-glob'
import { entryAt, type Host } from '../host/host.ts'
import { compareBytes, joinPath } from '../lib/path.ts'
import type { BuildOptions } from './load.ts'

/** What is looked for, and where nobody keeps one. */
const names = ['**/Dockerfile', '**/dockerfile', '**/*.Dockerfile', '**/Dockerfile.*', '**/Containerfile']
const junk = ['**/node_modules/**', '**/.git/**', '**/.venv/**', '**/vendor/**', '**/*.dockerignore']
const mostListed = 5

/** Names of files that say how images are built, and of what lies beside them. */
const telling = new RegExp(
  `^(?:${[
    '[Dd]ockerfile',
    '.*\\.Dockerfile',
    'Dockerfile\\..*',
    'Containerfile',
    '(?:docker-)?compose.*\\.ya?ml',
    'docker-bake.*\\.json',
    '.*\\.hcl',
    '[Mm]akefile|GNUmakefile|justfile|Taskfile\\.yml|package\\.json|skaffold\\.yaml|Tiltfile',
    '.*\\.dockerignore',
    'Jenkinsfile.*',
  ].join('|')})$`,
  's',
)
/** The same of names that say so only in some places. */
const tellingPlaces =
  /^(?:\.github\/workflows\/[^/]*\.ya?ml|\.gitlab-ci\.yml|(?:(?:scripts?|bin|\.?ci|hack|build|infra|docker|tools|deploy)\/(?:.*\/)?)?[^/]*\.sh)$/s
const mostTelling = 20_000

/** The files of a directory, relative to it, that may say how images are built of it; for a tree that git knows nothing of. */
export async function tellingFiles(host: Host, directory: string): Promise<readonly string[]> {
  const { default: glob } = await import('fast-glob')
  // Our own look at each: the package would try a dozen patterns on every one, and keep all that it lists until the end.
  const found = glob.sync('**', {
    fs: diskOf(host, (name) => telling.test(name) || /\.(?:sh|ya?ml)$/.test(name)),
    cwd: host.absolute(directory),
    ignore: junk.filter((one) => !one.includes('dockerignore')),
    deep: 8,
    dot: true,
    followSymbolicLinks: false,
    suppressErrors: true,
  })
  const isTelling = (path: string) =>
    telling.test(path.slice(path.lastIndexOf('/') + 1)) || tellingPlaces.test(path)
  return found.filter(isTelling).sort(compareBytes).slice(0, mostTelling)
}

/**
 * Paths of Dockerfiles in and below the context, as `-f` would take them, nearest first, a few at most; none when the
 * Dockerfile that the options ask for is there. Directories where only packages and caches lie are passed over.
 */
export async function candidateDockerfiles(host: Host, options: BuildOptions): Promise<readonly string[]> {
  const wanted = options.file ?? joinPath(options.context, 'Dockerfile')
  try {
    if (host.stat(wanted) !== null || host.stat(options.context) === null) return []
  } catch {
    return []
  }
  const { default: glob } = await import('fast-glob')
  const found = glob.sync(names, {
    fs: diskOf(host),
    cwd: host.absolute(options.context),
    ignore: junk,
    deep: 6,
    followSymbolicLinks: false,
    suppressErrors: true,
  })
  const depth = (path: string) => path.split('/').length
  return found
    .sort((a, b) => depth(a) - depth(b) || compareBytes(a, b))
    .slice(0, mostListed)
    .map((path) => (options.context === '.' ? path : `${options.context.replace(/\/+$/, '')}/${path}`))
}

/** The host in the shape of node:fs, as far as the package asks for it here: it lists directories with what their entries are, directories and those that are asked for. */
function diskOf(host: Host, isAsked: (name: string) => boolean = () => true): NonNullable<Options['fs']> {
  const entryOf = (name: string, path: string) => {
    const mode = entryAt(host, joinPath(path, name))?.mode ?? 0
    const is = (type: number) => () => (mode & 0o170000) === type
    const kinds = { isFile: is(0o100000), isDirectory: is(0o040000), isSymbolicLink: is(0o120000) }
    return {
      name,
      ...kinds,
      isBlockDevice: is(0o060000),
      isCharacterDevice: is(0o020000),
      isFIFO: is(0o010000),
      isSocket: is(0o140000),
    }
  }
  const readdirSync = (path: string) =>
    host.list(path).flatMap((name) => {
      const entry = entryOf(name, path)
      return isAsked(name) || entry.isDirectory() ? [entry] : []
    })
  // The types ask for every form of node's function; the package calls this one.
  return { readdirSync } as unknown as NonNullable<Options['fs']>
}
