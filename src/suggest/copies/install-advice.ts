/**
 * Where the build itself fetches what it depends on, there is no install to move: a step that only fetches, put before the
 * copy, is kept for as long as the manifests stay. What it needs, only a build can tell: advice, to be looked at.
 */

import type { Step } from '../../dockerfile/model.ts'
import { knownCommand, optionOf } from '../../ecosystems/index.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { joinPath, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member, Reason } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'
import { contextPathAt, type WideCopy, wideCopyAt } from '../image/wide-copy.ts'
import { asWritten, type Grounds } from '../needs/needs.ts'
import { type Around, broughtBetween } from './brought-between.ts'
import { type CacheMount, cacheMount } from './cache-mount.ts'
import { copyLines } from './copy-lines.ts'
import { cratesOf } from './crates.ts'
import type { Refusal } from './manifest-first.ts'
import { copyBehind, directoryThere, isThere } from './manifests-there.ts'
import type { Advance } from './system-first.ts'

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

/** Looks at every stage of a Dockerfile for a build behind a copy that nothing fetched for. `advances`: what goes before copies by itself. */
export function installAdvice(
  member: Member,
  grounds: Grounds,
  advances: readonly Advance[],
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
    if (dir === null || isFetchedBelow(member, index, first, repository)) continue
    const around = { runs, advances }
    const there = fetchBehind(member, { ...first, dir, around }, grounds)
    if (there !== null) {
      found.push(there)
      continue
    }
    const wide = copies.find((one) => one.step.line < first.run.step.line && contextPathAt(one, dir) !== null)
    if (!wide) continue
    const made = fetchFor(member, { ...first, dir, around, wide }, grounds)
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

/** True where the stage begins with one that has installed what the manifests say: `FROM deps`. */
function isFetchedBelow(
  member: Member,
  index: number,
  { command }: Pick<Build, 'command'>,
  repository: Grounds['repository'],
): boolean {
  const base = member.plan.stages[index]?.baseOrigin
  if (base?.kind !== 'stage') return false
  const isFetched = runsOf(member, base.index, repository).some(({ commands }) =>
    commands.some(
      ({ meaning }) =>
        meaning?.kind === 'install' &&
        meaning.reads === 'manifests' &&
        meaning.ecosystem === command.meaning?.ecosystem,
    ),
  )
  return isFetched || isFetchedBelow(member, base.index, { command }, repository)
}

interface Build {
  readonly run: ImageRun
  readonly command: ImageCommand
  readonly recipe: Recipe
}

interface PlacedBuild extends Build {
  /** Absolute: where it runs. */
  readonly dir: string
  readonly around: Around
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
  /** As of what is lifted, see brought-between.ts. */
  readonly packages: RegExp | null
  readonly images?: RegExp
  /** In the project; empty: all goes where a cache mount of the build would keep it anyway. */
  readonly makes: readonly string[]
  readonly source: string
}

/** Those of the options (`--name=value`) that have one of the names, as words; without files that may come with the sources. */
const kept = (options: readonly string[], names: readonly string[]): readonly string[] =>
  options.map(optionOf).flatMap(({ name, value }) => {
    const isThere = value !== null && (!/[/.]/.test(value) || /^(?:\/|\.mvn\/|settings\.xml$)/.test(value))
    return names.includes(name) && value !== null && isThere ? [name, value] : []
  })

const isTitled = (meaning: CommandMeaning, pattern: RegExp): boolean => pattern.test(meaning.title)

const recipes: readonly Recipe[] = [
  {
    fits: (meaning) => isTitled(meaning, /^cargo (?:build|b|rustc|zigbuild|auditable|test|check)\b/),
    words: () => ['cargo', 'fetch', '--locked'],
    images: /rust/,
    packages: /^(?:rust|cargo|rustup|stable|nightly)(?:$|[-=:~])/,
    lock: 'Cargo.lock',
    makes: [],
    source: 'https://doc.rust-lang.org/cargo/commands/cargo-fetch.html',
  },
  {
    fits: (meaning) => isTitled(meaning, /^(?:mvn|mvnw|mvnd) .*(?:package|install|verify|compile)/),
    words: ({ options }, [program = 'mvn']) => [
      program,
      '-B',
      ...kept(options, ['-s', '--settings', '-gs', '--global-settings', '-P', '--activate-profiles']),
      'dependency:go-offline',
    ],
    images: /maven/,
    packages: /maven|mvn|jdk|jre|java/,
    lock: null,
    makes: [],
    source: 'https://maven.apache.org/plugins/maven-dependency-plugin/go-offline-mojo.html',
  },
  {
    fits: (meaning) => isTitled(meaning, /^gradlew? .*(?:build|assemble|jar|Jar|installDist|Dist)/),
    words: (_, [program = 'gradle']) => [program, '--no-daemon', 'dependencies'],
    images: /gradle/,
    packages: /gradle|jdk|jre|java/,
    lock: null,
    makes: [],
    source: 'https://docs.gradle.org/current/userguide/viewing_debugging_dependencies.html',
  },
  {
    fits: (meaning) =>
      isTitled(meaning, /^sbt .*(?:compile|package|assembly|stage|dist|Universal|docker|graalvm)/i),
    words: () => ['sbt', 'update'],
    images: /sbt/,
    packages: /sbt|jdk|jre|java/,
    lock: null,
    makes: ['**/target'],
    source: 'https://www.scala-sbt.org/1.x/docs/Command-Line-Reference.html',
  },
  {
    fits: (meaning) => isTitled(meaning, /^swift build\b/),
    words: () => ['swift', 'package', 'resolve'],
    images: /swift/,
    packages: /swift/,
    lock: 'Package.resolved',
    makes: ['.build'],
    source: 'https://docs.swift.org/swiftpm/documentation/packagemanagerdocs/packageresolve/',
  },
  {
    fits: (meaning) =>
      isTitled(meaning, /^dotnet (?:publish|build)\b/) && !meaning.options.includes('--no-restore'),
    words: ({ operands }) => ['dotnet', 'restore', ...operands.slice(0, 1)],
    images: /^sdk(?:$|[:@])|dotnet.*sdk/,
    packages: /dotnet/,
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
    packages: null,
    lock: 'composer.lock',
    makes: ['vendor'],
    source: 'https://getcomposer.org/doc/03-cli.md#install-i',
  },
  {
    fits: (meaning) => isTitled(meaning, /^poetry (?:install|sync)\b/) && meaning.reads === 'sources',
    words: (_, words) => [...words, '--no-root'],
    packages: null,
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
    packages: null,
    lock: 'uv.lock',
    makes: ['.venv'],
    source: 'https://docs.astral.sh/uv/guides/integration/docker/#intermediate-layers',
  },
]

/** What is fetched by, and how: the same wherever it is put. */
interface Plan {
  /** Where it runs, in the context. */
  readonly own: string
  readonly meaning: CommandMeaning
  /** Of the context. */
  readonly needs: readonly string[]
  /** What it needs besides and no copy of `own` brings. */
  readonly outside: readonly string[]
  readonly steps: readonly string[]
  readonly isOfCrates: boolean
}

function planned(
  { run, command, recipe }: Build,
  own: string,
  { member, grounds }: { readonly member: Member; readonly grounds: Grounds },
): Plan | Reason {
  const { table, repository, needsOf } = grounds
  const at = { file: member.dockerfile.file, line: run.step.line }
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
  const rust = meaning.ecosystem === 'rust' ? cratesOf(own, repository) : null
  const absent = rust?.manifests.find((path) => !isKept({ table }, path))
  if (absent !== undefined) return { text: `${absent} is not in the context`, at }
  return {
    own,
    meaning,
    needs: [...new Set([...needs.paths, ...(rust?.manifests ?? [])])].sort(asWritten),
    outside: rust?.outside ?? [],
    steps: rust === null ? [words.join(' ')] : rust.around(words.join(' ')),
    isOfCrates: rust !== null,
  }
}

/** The step behind copies that bring what it needs, before the one that brings the sources; null where they do not. */
function fetchBehind(member: Member, build: PlacedBuild, grounds: Grounds): Fetch | null {
  const { run, command, recipe, dir } = build
  const at = { stageIndex: run.step.stageIndex, line: run.step.line, directory: dir }
  const words = command.meaning === null ? null : recipe.words(command.meaning, command.words, '')
  const names = words === null ? [] : (knownCommand(words)?.manifests.flat() ?? [])
  const own = directoryThere(member, at, names, grounds)
  const plan = own === null ? null : planned(build, own, { member, grounds })
  if (plan === null || 'text' in plan) return null
  const before = copyBehind(member, at, plan.own, [...plan.needs, ...plan.outside])
  const made = before === null ? null : fetchBefore(member, build, { plan, before, lines: [] })
  return made !== null && 'rewrites' in made ? made : null
}

function fetchFor(
  member: Member,
  build: PlacedBuild & { readonly wide: WideCopy },
  grounds: Grounds,
): Fetch | Reason {
  const { run, dir, wide } = build
  const own = (contextPathAt(wide, dir) ?? '').replace(/^\.$/, '')
  const plan = planned(build, own, { member, grounds })
  if ('text' in plan) return plan
  const { stageIndex, line } = wide.step
  const missing = plan.outside.find(
    (path) => !isThere(member, { stageIndex, line, directory: dir }, own, path),
  )
  if (missing !== undefined)
    return {
      text: `it depends on ${parentPath(missing)}, which is not there before`,
      at: { file: joinPath(own, 'Cargo.toml'), line: 1 },
    }
  const lines = copyLines(wide, plan.needs, grounds.table, member.dockerfile.directives)
  if (lines === null || lines.length === 0) {
    const at = { file: member.dockerfile.file, line: run.step.line }
    return { text: `it reads ${plan.needs.length} manifests, for which no COPY can be written`, at }
  }
  return fetchBefore(member, build, { plan, before: wide.step, lines })
}

/** The change: the lines that copy what is needed and the step, before a copy. */
function fetchBefore(
  member: Member,
  { run, command, recipe, dir, around }: PlacedBuild,
  {
    plan: { own, meaning, needs, steps, isOfCrates },
    before,
    lines,
  }: { readonly plan: Plan; readonly before: Step; readonly lines: readonly string[] },
): Fetch | Reason {
  const { file, text } = member.dockerfile
  const brought = broughtBetween(member, { run, command, before, ...recipe }, around)
  if ('text' in brought) return brought
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  const mounts = run.step.instruction.flags
    .filter(({ name, value }) => name === 'mount' && /type=(?:cache|secret|ssh)/.test(value ?? ''))
    .map(({ value }) => `--mount=${value}`)
  const all = [...(before.directory === dir ? [] : [`cd ${dir}`]), ...brought.settings, ...steps]
  const { start } = before.instruction
  const put = [...lines, ['RUN', ...mounts, all.join(' && ')].join(' ')]
  const more = isOfCrates ? '; cargo-chef would keep what is compiled of it too' : ''
  const place = placeText({ file, line: run.step.line })
  return {
    line: run.step.line,
    title: `fetch dependencies before the copy: ${meaning.title}`,
    because: `${command.meaning?.title ?? ''} (${place}) fetches them anew for every change; ${needs.slice(0, 2).map(visiblePath).join(' and ')}${needs.length > 2 ? ` and ${needs.length - 2} more` : ''} may be all it takes${more}`,
    rewrites: [{ file, start, end: start, text: put.map((line) => `${line}${lineBreak}`).join('') }],
    makes: recipe.makes.map((path) => (path.startsWith('**/') ? path : joinPath(own, path))),
    needs,
  }
}
