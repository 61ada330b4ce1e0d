/** Dockerfiles that lie about, for a run that would find none where it looks. */

import type { Host } from '../host/host.ts'
import { compareBytes, joinPath } from '../lib/path.ts'
import type { BuildOptions } from './load.ts'

/** What is looked for, and where nobody keeps one. */
const names = ['**/Dockerfile', '**/dockerfile', '**/*.Dockerfile', '**/Dockerfile.*', '**/Containerfile']
const junk = ['**/node_modules/**', '**/.git/**', '**/.venv/**', '**/vendor/**', '**/*.dockerignore']
const mostListed = 5

/** Files that say how images are built, and what lies beside them. */
const telling = [
  ...names,
  '**/{docker-,}compose*.{yml,yaml}',
  '**/docker-bake*.{hcl,json}',
  '**/*.hcl',
  '.github/workflows/*.{yml,yaml}',
  '**/{Makefile,makefile,GNUmakefile,justfile,Taskfile.yml,package.json,skaffold.yaml,Tiltfile,.dockerignore,*.dockerignore}',
  '**/Jenkinsfile*',
  '.gitlab-ci.yml',
  '{scripts,script,bin,ci,.ci,hack,build,infra,docker,tools,deploy}/**/*.sh',
  '*.sh',
]
const mostTelling = 2000

/** The files of a directory, relative to it, that may say how images are built of it; for a tree that git knows nothing of. */
export async function tellingFiles(host: Host, directory: string): Promise<readonly string[]> {
  const { default: glob } = await import('fast-glob')
  const found = await glob(telling, {
    cwd: host.absolute(directory),
    ignore: junk.filter((one) => !one.includes('dockerignore')),
    deep: 8,
    dot: true,
    followSymbolicLinks: false,
    suppressErrors: true,
  })
  return found.sort(compareBytes).slice(0, mostTelling)
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
  const found = await glob(names, {
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
