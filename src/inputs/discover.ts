/** Dockerfiles that lie about, for a run that found none where it looked. */

import { compareBytes } from '../lib/path.ts'

/** Paths of Dockerfiles in and below a directory, relative to it, nearest first; 20 at most. Junk directories are passed over. */
export async function findDockerfiles(directory: string): Promise<readonly string[]> {
  const { default: glob } = await import('fast-glob')
  const found = await glob(['**/Dockerfile', '**/dockerfile', '**/*.Dockerfile', '**/Dockerfile.*', '**/Containerfile'], {
    cwd: directory,
    ignore: ['**/node_modules/**', '**/.git/**', '**/.venv/**', '**/vendor/**', '**/*.dockerignore'],
    deep: 6,
    dot: false,
    followSymbolicLinks: false,
    suppressErrors: true,
  })
  const depth = (path: string) => path.split('/').length
  return found.sort((a, b) => depth(a) - depth(b) || compareBytes(a, b)).slice(0, 20)
}
