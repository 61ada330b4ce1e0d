/**
 * Where the build itself fetches what it depends on, there is no install to move: a step that only fetches, put before the
 * copy, is kept for as long as the manifests stay. What it needs, only a build can tell: advice, to be looked at.
 */

import type { EntryTable } from '../../context/table.ts'
import { knownCommand } from '../../ecosystems/index.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { joinPath, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member, Reason } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'
import { contextPathAt, type WideCopy, wideCopyAt } from '../image/wide-copy.ts'
import { asWritten, type Grounds } from '../needs/needs.ts'
import { type CacheMount, cacheMount } from './cache-mount.ts'
import { copyLines } from './copy-lines.ts'
import type { Refusal } from './manifest-first.ts'

/** A step that fetches, and where it goes. */
export interface Fetch {
  readonly line: number
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
  /** As of a {@link Reordering}. */
  readonly makes: readonly string[]
  readonly needs: readonly string[]
}

/** Looks at every stage of a Dockerfile for a build behind a copy that nothing fetched for. */
export function installAdvice(
  member: Member,
  grounds: Grounds,
): {
  readonly found: readonly Fetch[]
  /** For those that are refused. */
  readonly mounts: readonly CacheMount[]
  readonly refusals: readonly Refusal[]
} {
  const { table, repository } = grounds
  const found: Fetch[] = []
  const mounts: CacheMount[] = []
  const refusals: Refusal[] = []
  for (const { index } of member.plan.stages) {
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    const runs = runsOf(member, index, repository)
    const copies = steps.flatMap((step) => wideCopyAt(member, step, table) ?? [])
    const first = firstBuild(runs)
    if (!first) continue
    const dir = first.command.directory
    const wide = copies.find(
      (one) => dir !== null && one.step.line < first.run.step.line && contextPathAt(one, dir) !== null,
    )
    if (!wide || dir === null) continue
    const made = fetchFor(member, { ...first, dir, wide }, grounds)
    const mount = 'rewrites' in made ? null : cacheMount(member, { ...first, runs }, made)
    if (mount !== null) mounts.push(mount)
    if ('rewrites' in made) found.push(made)
    else
      refusals.push({
        subject: `${first.command.meaning?.title ?? ''} (${placeText({ file: member.dockerfile.file, line: first.command.line })})`,
        reason: made,
      })
  }
  return { found, mounts, refusals }
}

interface Build {
  readonly run: ImageRun
  readonly command: ImageCommand
  readonly recipe: Recipe
}

/** The first command of a stage that fetches on its way, unless another has fetched before. */
function firstBuild(runs: readonly ImageRun[]): Build | null {
  for (const run of runs)
    for (const command of run.commands) {
      const { meaning } = command
      const isCached = run.step.instruction.flags.some(({ value }) => /type=cache/.test(value ?? ''))
      const recipe =
        meaning === null
          ? undefined
          : recipes.find((one) => one.fits(meaning) && !(isCached && one.makes.length === 0))
      if (recipe && !command.conditional && !command.text.includes(' → ') && run.unread === null)
        return { run, command, recipe }
      // An install, or a build of another kind: not the form that is known.
      if (
        meaning !== null &&
        meaning.kind !== 'plain' &&
        meaning.kind !== 'system' &&
        meaning.reads !== 'nothing'
      )
        return null
    }
  return null
}

interface Recipe {
  readonly fits: (meaning: CommandMeaning) => boolean
  /** The words of the command that only fetches; null where it cannot be made of those of the build. */
  readonly words: (
    meaning: CommandMeaning,
    words: readonly string[],
    manifest: string,
  ) => readonly string[] | null
  /** Whose text it is given; left out: none. */
  readonly manifest?: string
  /** Lockfile without which it is no use. */
  readonly lock: string | null
  /** In the project; empty: all goes where a cache mount of the build would keep it anyway. */
  readonly makes: readonly string[]
  readonly source: string
}

const isTitled = (meaning: CommandMeaning, pattern: RegExp): boolean => pattern.test(meaning.title)

const recipes: readonly Recipe[] = [
  {
    fits: (meaning) => isTitled(meaning, /^cargo (?:build|b|rustc|zigbuild|auditable|test|check)\b/),
    words: () => ['cargo', 'fetch', '--locked'],
    lock: 'Cargo.lock',
    makes: [],
    source: 'https://doc.rust-lang.org/cargo/commands/cargo-fetch.html',
  },
  {
    fits: (meaning) => isTitled(meaning, /^(?:mvn|mvnw|mvnd) .*(?:package|install|verify|compile)/),
    words: (_, [program = 'mvn']) => [program, '-B', 'dependency:go-offline'],
    lock: null,
    makes: [],
    source: 'https://maven.apache.org/plugins/maven-dependency-plugin/go-offline-mojo.html',
  },
  {
    fits: (meaning) => isTitled(meaning, /^gradlew? .*(?:build|assemble|jar|Jar|installDist|Dist)/),
    words: (_, [program = 'gradle']) => [program, '--no-daemon', 'dependencies'],
    lock: null,
    makes: [],
    source: 'https://docs.gradle.org/current/userguide/viewing_debugging_dependencies.html',
  },
  {
    fits: (meaning) =>
      isTitled(meaning, /^dotnet (?:publish|build)\b/) && !meaning.options.includes('--no-restore'),
    words: ({ operands }) => ['dotnet', 'restore', ...operands.slice(0, 1)],
    lock: null,
    makes: ['**/obj'],
    source: 'https://learn.microsoft.com/en-us/dotnet/core/docker/build-container',
  },
  {
    fits: (meaning) =>
      isTitled(meaning, /^composer(?:\.phar)? (?:install|i)\b/) && meaning.reads === 'sources',
    words: (_, words) => [
      ...words,
      ...['--no-scripts', '--no-autoloader'].filter((one) => !words.includes(one)),
    ],
    lock: 'composer.lock',
    makes: ['vendor'],
    source: 'https://getcomposer.org/doc/03-cli.md#install-i',
  },
  {
    fits: (meaning) => isTitled(meaning, /^poetry (?:install|sync)\b/) && meaning.reads === 'sources',
    words: (_, words) => [...words, '--no-root'],
    lock: 'poetry.lock',
    makes: ['.venv'],
    source: 'https://python-poetry.org/docs/cli/#install',
  },
  {
    fits: (meaning) => isTitled(meaning, /^uv sync\b/) && meaning.reads === 'sources',
    manifest: 'pyproject.toml',
    words: (_, words, manifest) => [
      ...words,
      /^\[tool\.uv\.workspace\]/m.test(manifest) ? '--no-install-workspace' : '--no-install-project',
    ],
    lock: 'uv.lock',
    makes: ['.venv'],
    source: 'https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers',
  },
]

function fetchFor(
  member: Member,
  { run, command, recipe, dir, wide }: Build & { readonly dir: string; readonly wide: WideCopy },
  { table, repository, needsOf }: Grounds,
): Fetch | Reason {
  const { file, text, directives } = member.dockerfile
  const at = { file, line: run.step.line }
  const own = (contextPathAt(wide, dir) ?? '').replace(/^\.$/, '')
  const manifest = repository.manifests.get(joinPath(own, recipe.manifest ?? '')) ?? ''
  const words = command.meaning === null ? null : recipe.words(command.meaning, command.words, manifest)
  const meaning = words === null ? null : knownCommand(words)
  if (words === null || meaning === null || words.some((word) => !/^[\w./=:@%+,-]+$/.test(word)))
    return { text: 'its arguments hang on variables', at }
  if (recipe.lock !== null && !isKept({ table }, joinPath(own, recipe.lock)))
    return { text: `${meaning.title} has no lockfile to go by`, at }
  const files = meaning.files
    .map((one) => joinPath(own, one.replace(/^\.\//, '')))
    .filter((one) => one !== own)
  const needs = needsOf(meaning, { dir: own, files })
  if (needs.kind === 'refused') return needs.reason
  const rust = meaning.ecosystem === 'rust' ? crates(own, table, repository) : null
  if (rust !== null && 'text' in rust) return rust
  const paths = [...new Set([...needs.paths, ...(rust?.manifests ?? [])])].sort(asWritten)
  const lines = copyLines(wide, paths, table, directives)
  if (lines === null || lines.length === 0)
    return { text: `it reads ${paths.length} manifests, for which no COPY can be written`, at }
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const mounts = run.step.instruction.flags
    .filter(({ name, value }) => name === 'mount' && /type=(?:cache|secret|ssh)/.test(value ?? ''))
    .map(({ value }) => `--mount=${value}`)
  const steps = [
    ...(wide.step.directory === dir ? [] : [`cd ${dir}`]),
    ...(rust === null ? [words.join(' ')] : rust.around(words.join(' '))),
  ]
  const start = wide.step.instruction.start
  const put = [...lines, ['RUN', ...mounts, steps.join(' && ')].join(' ')]
  const more = rust === null ? '' : '; cargo-chef would keep what is compiled of it too'
  return {
    line: run.step.line,
    title: `fetch dependencies before the copy: ${meaning.title}`,
    because: `${command.meaning?.title ?? ''} (${placeText(at)}) fetches them anew for every change; ${paths.slice(0, 2).map(visiblePath).join(' and ')}${paths.length > 2 ? ` and ${paths.length - 2} more` : ''} may be all it takes${more}`,
    rewrites: [{ file, start, end: start, text: put.map((line) => `${line}${lineBreak}`).join('') }],
    makes: recipe.makes.map((path) => (path.startsWith('**/') ? path : joinPath(own, path))),
    needs: paths,
  }
}

interface Crates {
  readonly manifests: readonly string[]
  /** The command, with files where cargo looks for the targets of its manifests, which are taken away again. */
  readonly around: (command: string) => readonly string[]
}

/** Cargo refuses a manifest none of whose targets is there: https://doc.rust-lang.org/cargo/reference/cargo-targets.html. */
function crates(dir: string, table: EntryTable, repository: Repository): Crates | Reason {
  const top = joinPath(dir, 'Cargo.toml')
  const text = repository.manifests.get(top) ?? ''
  const isMember = (path: string): boolean =>
    /(?:^|\/)Cargo\.toml$/.test(path) &&
    path !== top &&
    (dir === '' || path.startsWith(`${dir}/`)) &&
    isKept({ table }, path)
  const members =
    /^\[workspace\]/m.test(text) || /\bpath\s*=\s*"/.test(text)
      ? [...repository.manifests.keys()].filter(isMember)
      : []
  const packages = [top, ...members].filter((path) =>
    /^\[package\]/m.test(repository.manifests.get(path) ?? ''),
  )
  for (const path of packages) {
    const manifest = repository.manifests.get(path) ?? ''
    const named = /^\[\[(?:bin|bench|example|test)\]\]|^build\s*=|^\[lib\][^[]*^path\s*=/m.exec(manifest)
    if (named)
      return {
        text: 'cargo looks for the targets that its manifest names: cargo-chef makes them up',
        at: { file: path, line: manifest.slice(0, named.index).split('\n').length },
      }
  }
  const sources = packages.map((path) => {
    const own = parentPath(path)
    return joinPath(dir === '' ? own : own.slice(dir.length + 1), 'src')
  })
  return {
    manifests: members,
    around: (command) => [
      `mkdir -p ${sources.join(' ')}`,
      `touch ${sources.map((one) => `${one}/lib.rs`).join(' ')}`,
      command,
      `rm -r ${sources.join(' ')}`,
    ],
  }
}
