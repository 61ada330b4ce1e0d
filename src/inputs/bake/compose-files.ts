/**
 * Compose files as bake takes them in (buildx v0.29, bake/compose.go): every service with a build is a target, all
 * profiles count, and paths are taken from the working directory, not from the directory of the file.
 */

import { type Host, isFile } from '../../host/host.ts'
import { cleanPath, parentPath } from '../../lib/path.ts'
import type { Place, Problem } from '../../lib/source.ts'
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
  if (!first) return { definition: nothing, open: [], problems: [] }
  const { builds, open, problems } = readCompose(host, {
    files: files.map(({ file }) => file),
    services: [],
    profiles: ['*'],
    workingDirectory,
  })
  const here = absolute(workingDirectory, '.')
  const directory = parentPath(absolute(workingDirectory, first.file)) || '/'
  const unread = doubts(host, files, builds, { workingDirectory, elsewhere: directory !== here })
  if (unread.length > 0)
    return {
      definition: nothing,
      open: unread.map(({ at, message }) => ({ at, why: message })),
      problems: unread,
    }
  // Unlike compose, bake has nothing to say about a variable that is not set.
  const stopping = problems.filter(({ code }) => code !== 'compose-variable-unset')
  const targets = builds.map((build) => targetOf(build, { here, directory }))
  // Without any service there is no default group either.
  const empty =
    targets.length === 0 && files.every(({ text }) => /^services[ \t]*:[ \t]*\{[ \t]*\}[ \t]*$/m.test(text))
  const group = { name: 'default', targets: targets.map((target) => target.name).sort() }
  return { definition: { targets, groups: empty ? [] : [group] }, open, problems: stopping }
}

const nothing: Definition = { targets: [], groups: [] }
const absolute = (workingDirectory: string, path: string): string =>
  cleanPath(path.startsWith('/') ? path : `${workingDirectory}/${path}`)

type Doubt = Problem & { readonly at: Place }

/** Where bake reads compose files in ways of its own, and what compose makes of them would be a guess. */
function doubts(
  host: Host,
  files: readonly ComposeFile[],
  builds: readonly BuildTarget[],
  { workingDirectory, elsewhere }: { readonly workingDirectory: string; readonly elsewhere: boolean },
): readonly Doubt[] {
  const found: Doubt[] = []
  const doubt = (file: string, text: string, pattern: RegExp, message: string) => {
    const at = text.search(pattern)
    if (at < 0) return
    const line = text.slice(0, at).split('\n').length
    const hint = 'docker buildx bake --print shows what bake makes of it'
    found.push({ code: 'bake-unresolved', message, at: { file, line }, hint })
  }
  for (const { file, text } of files) {
    doubt(file, text, /\bx-bake\b/, 'x-bake in a compose file is not read')
    doubt(file, text, /^[ \t]+provider[ \t]*:/m, 'bake has no services with a provider')
    if (elsewhere) {
      doubt(
        file,
        text,
        /^[ \t-]*(?:include|extends)[ \t]*:/m,
        'bake looks for this from the working directory, not from the file',
      )
    }
  }
  const given = new Set(files.map(({ file }) => cleanPath(file)))
  for (const file of new Set(builds.map((build) => build.foundIn.file))) {
    if (given.has(cleanPath(file)) || file.startsWith('/') || found.length > 0) continue
    const path = absolute(workingDirectory, file)
    const entry = host.stat(path)
    if (entry === null || !isFile(entry) || entry.size > 1 << 20) continue
    const text = new TextDecoder().decode(host.readFile(path))
    doubt(
      file,
      text,
      /^include[ \t]*:/m,
      'bake takes an include within an include from another directory than compose',
    )
  }
  return found
}

interface Directories {
  readonly here: string
  readonly directory: string
}

function targetOf(build: BuildTarget, directories: Directories): Target {
  const name = (build.name ?? '').replaceAll('.', '_')
  return {
    ...emptyTarget({ name, at: null, foundIn: build.foundIn }),
    context: rebased(build.context, directories),
    dockerfile: build.dockerfile,
    inline: build.inline,
    target: build.target,
    args: new Map(Object.entries(build.args)),
    contexts: new Map(
      Object.entries(build.namedContexts).map(
        ([key, value]) => [key, contextOf(value, directories)] as const,
      ),
    ),
    platforms: build.platforms.length > 0 ? build.platforms : null,
  }
}

const contextOf = (value: string, directories: Directories): string =>
  value.startsWith('service:')
    ? `target:${value.slice('service:'.length).replaceAll('.', '_')}`
    : rebased(value, directories)

/** A path that compose took from the file's directory, as bake takes it from the working directory. */
function rebased(path: string, { here, directory }: Directories): string {
  if (here === directory || path.startsWith('/') || /^[a-z-]+:/i.test(path) || path.includes('@')) return path
  const own = directory.split('/').filter(Boolean)
  const parts = absolute(here, path).split('/').filter(Boolean)
  let shared = 0
  while (shared < own.length && parts[shared] === own[shared]) shared++
  return cleanPath([...own.slice(shared).map(() => '..'), ...parts.slice(shared)].join('/'))
}
