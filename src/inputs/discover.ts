/** Dockerfiles that lie about, for a run that would find none where it looks. */

import type { Options } from 'fast-glob'
import { type Host, listTyped } from '../host/host.ts'
import { compareBytes, joinPath } from '../lib/path.ts'
import type { BuildOptions } from './load.ts'

/** What is looked for, and where nobody keeps one. */
const names = [
  '**/Dockerfile',
  '**/dockerfile',
  '**/*.Dockerfile',
  '**/Dockerfile.*',
  '**/Dockerfile-*',
  '**/Containerfile',
]
const junk = ['**/node_modules/**', '**/.git/**', '**/.venv/**', '**/vendor/**', '**/*.dockerignore']
const mostListed = 5

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

/** The host in the shape of node:fs, as far as the package asks for it here: it lists directories with what their entries are. */
function diskOf(host: Host): NonNullable<Options['fs']> {
  const readdirSync = (path: string) => listTyped(host, path)
  // The types ask for every form of node's function; the package calls this one.
  return { readdirSync } as unknown as NonNullable<Options['fs']>
}
