/**
 * Compose files as bake takes them in (buildx v0.29, bake/compose.go): every service with a build is a target, all
 * profiles count, and paths are taken from the working directory, not from the directory of the file.
 */

import type { Host } from '../../host/host.ts'
import { cleanPath, parentPath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import { readCompose } from '../compose.ts'
import type { BuildTarget, OpenBuild } from '../target.ts'
import { type Definition, emptyTarget, type Target } from './target.ts'

export interface ComposeFile {
  /** As given with `-f`. */
  readonly file: string
  readonly text: string
}

export interface ComposeDefinition {
  readonly definition: Definition
  readonly open: readonly OpenBuild[]
  readonly problems: readonly Problem[]
}

/** What the files say together. */
export function readComposeFiles(
  host: Host,
  files: readonly ComposeFile[],
  workingDirectory: string,
): ComposeDefinition {
  const [first] = files
  if (!first) return { definition: { targets: [], groups: [] }, open: [], problems: [] }
  const { builds, open, problems } = readCompose(host, {
    files: files.map(({ file }) => file),
    services: [],
    profiles: ['*'],
    workingDirectory,
  })
  const directory = parentPath(cleanPath(first.file).replace(`${workingDirectory}/`, ''))
  const elsewhere = directory !== ''
  const doubts: OpenBuild[] = []
  for (const { file, text } of files) {
    const at = { file, line: 1 }
    // Bake has rules of its own for these, and what compose makes of them would be a guess.
    if (/\bx-bake\b/.test(text))
      doubts.push({ at, why: 'x-bake, which is not read yet, may change builds of this file' })
    if (elsewhere && /^\s*-?\s*["']?(?:include|extends)["']?\s*:/m.test(text)) {
      doubts.push({
        at,
        why: 'bake reads include and extends of a compose file in another directory in its own way',
      })
    }
  }
  const targets = builds.map((build) => targetOf(build, elsewhere ? directory : null))
  const group = { name: 'default', targets: targets.map((target) => target.name).sort() }
  return {
    definition: { targets, groups: problems.length > 0 && targets.length === 0 ? [] : [group] },
    open: [...open, ...doubts],
    problems,
  }
}

function targetOf(build: BuildTarget, directory: string | null): Target {
  const name = (build.name ?? '').replaceAll('.', '_')
  return {
    ...emptyTarget({ name, at: null, foundIn: build.foundIn }),
    context: rebased(build.context, directory),
    dockerfile: build.dockerfile,
    inline: build.inline,
    target: build.target,
    args: new Map(Object.entries(build.args)),
    contexts: new Map(
      Object.entries(build.namedContexts).map(([key, value]) => [key, contextOf(value, directory)] as const),
    ),
    platforms: build.platforms.length > 0 ? build.platforms : null,
  }
}

const contextOf = (value: string, directory: string | null): string =>
  value.startsWith('service:')
    ? `target:${value.slice('service:'.length).replaceAll('.', '_')}`
    : rebased(value, directory)

/** A path below the file's directory, as if it were below the working directory. */
function rebased(path: string, directory: string | null): string {
  if (directory === null || path.startsWith('/') || /^[a-z-]+:/i.test(path) || path.includes('@')) return path
  const up = directory.split('/').map((part) => (part === '..' ? '' : '..'))
  if (up.includes('')) return path
  const parts = cleanPath(path).split('/')
  const own = directory.split('/')
  let shared = 0
  while (shared < own.length && parts[shared] === own[shared]) shared++
  return cleanPath([...own.slice(shared).map(() => '..'), ...parts.slice(shared)].join('/'))
}
