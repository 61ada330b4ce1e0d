/**
 * Steps that never read the context, moved before the first copy of it or of what is built of it: packages of the system,
 * programs that are downloaded, and accounts beside them. They then run once and stay in the cache.
 */

import type { EntryTable } from '../../context/table.ts'
import type { Step } from '../../dockerfile/model.ts'
import { valuesOf } from '../../ecosystems/index.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, cleanPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import { readShell } from '../../shell/read.ts'
import { lineAfter, remarksAbove } from '../edits/lines-around.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member, Reason } from '../group/model.ts'
import { matching } from '../group/whereabouts.ts'
import { absolute, below, isOfSystem } from '../image/paths.ts'
import { type ImageCommand, type ImageRun, isRunner, runsOf } from '../image/runs.ts'
import { contextPathAt, wideCopyAt } from '../image/wide-copy.ts'
import type { Grounds } from '../needs/needs.ts'
import type { Refusal } from './manifest-first.ts'
import { leftBehind, type Split, splitRun, takesAway } from './split-run.ts'
import { installsNamed, isFreeOfProject, isInstaller, isOfPhpSources } from './tools-brought.ts'
import { isOfInstalls } from './variables.ts'

/** RUNs of one stage that only install packages of the system, and the change that puts them first. */
export interface Advance {
  /** The first of them. */
  readonly step: Step
  /** The copy that they go before. */
  readonly copy: Step
  /** Their lines, and how many of the commands of each go. */
  readonly lifted: readonly { readonly line: number; readonly commands: number }[]
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
  /** One of them is cut in two. */
  readonly isCut: boolean
  /** Null where the stage ends as it did in every respect. */
  readonly doubt: string | null
}

/** A RUN that goes before the copy, as a whole or up to where it is cut. */
interface Moved {
  readonly run: ImageRun
  /** Those of its commands that go. */
  readonly commands: readonly ImageCommand[]
  readonly cut: Cut | null
}

type Cut = Extract<Split, { readonly kind: 'split' }>

/** Looks at every stage of a Dockerfile; several such RUNs of one stage are moved together, in their order. What something on the way keeps is told with it. */
export function systemFirst(
  member: Member,
  { table, repository }: Grounds,
): { readonly found: readonly Advance[]; readonly refusals: readonly Refusal[] } {
  const found: Advance[] = []
  const refusals: Refusal[] = []
  for (const { index } of member.plan.stages) {
    const runs = runsOf(member, index, repository)
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    let kept: Refusal | null = null
    // Past the first of them where it can be, else past a later one.
    for (const [first, copy] of steps.entries()) {
      if (!bringsContext(member, copy)) continue
      const { moved, refusal } = movedBefore(
        member,
        { crossed: steps.slice(first), kept: steps.slice(0, first) },
        runs,
      )
      kept ??= refusal
      if (moved.length === 0) continue
      found.push(advance(member, moved, { copy, doubt: settingsOf(member, moved, copy, table) }))
      kept = null
      break
    }
    if (kept !== null) refusals.push(kept)
  }
  return { found, refusals }
}

/** Steps of a stage: a copy with all behind it, and what stands before that. */
interface Stretch {
  readonly crossed: readonly Step[]
  readonly kept: readonly Step[]
}

/** Those RUNs behind the copy that may stand before it. `refusal`: the first that something keeps. */
function movedBefore(
  member: Member,
  stretch: Stretch,
  runs: readonly ImageRun[],
): { readonly moved: readonly Moved[]; readonly refusal: Refusal | null } {
  const moved: Moved[] = []
  const crossed: Step[] = []
  const before = runs.filter(({ step }) => stretch.kept.includes(step))
  let refusal: Refusal | null = null
  let isRoot = stretch.kept.reduce(isRootAfter, true)
  for (const step of stretch.crossed) {
    isRoot = isRootAfter(isRoot, step)
    const run = runs.find((one) => one.step === step)
    const dests = destsOf(member, crossed)
    const whole =
      run && dests !== null && isInstalled(run, before) ? movable(member, run, { runs, dests }) : null
    const able = whole && crossed.some((copy) => isCopiedFor(member, copy, whole)) ? null : whole
    const reason = able && blocker(member, able.run, crossed, { runs, dests: dests ?? [] })
    const found = reason === null && isRoot ? able : null
    if (reason !== null && able !== null) refusal ??= refusalOf(member, able, reason)
    if (found !== null) moved.push(found)
    if (found === null || found.cut !== null) crossed.push(step)
  }
  // Accounts alone take no time.
  const isWorth = moved.some(({ commands }) => commands.some((command) => bringsSomething(command)))
  return { moved: isWorth ? moved : [], refusal }
}

/**
 * Packages of the system can be installed by nobody else. Where a USER is in the way at first and another change puts the copy behind
 * it, a second run would find a step to be moved that fails wherever it stands.
 */
function isRootAfter(was: boolean, { instruction }: Step): boolean {
  return instruction.keyword === 'USER' ? /^(?:root|0)(?::|$)/.test(instruction.words[0] ?? '') : was
}

/** True for a copy that brings by its name what one of the commands looks for: `rust-toolchain.toml` before `rustup show`. */
const isCopiedFor = ({ plan }: Member, copy: Step, { commands }: Moved): boolean =>
  plan.reads.some(
    ({ line, stageIndex, mount, localSources }) =>
      line === copy.line &&
      stageIndex === copy.stageIndex &&
      !mount &&
      commands.some(({ meaning }) =>
        localSources.some((source) =>
          // Either may be a pattern.
          meaning?.alsoReads
            .map(baseName)
            .some((name) =>
              [matchGlob(name, baseName(source)), matchGlob(baseName(source), name)].includes('match'),
            ),
        ),
      ),
  )

/** A RUN that reads nothing of what is copied, or the part of it that does; null: neither. */
function movable(member: Member, run: ImageRun, around: Around): Moved | null {
  const found = wholeOf(run, around.dests) ?? partOf(member, run, around.dests)
  return found?.commands.some(installsNamed) && !isFreeOfProject(member, run, around) ? null : found
}

interface Around {
  readonly runs: readonly ImageRun[]
  /** Where what is copied on the way goes. */
  readonly dests: readonly string[]
}

/** What is said of a RUN that stays; null for one that would save little. */
function refusalOf(
  { dockerfile: { file } }: Member,
  { run, commands }: Moved,
  reason: Reason,
): Refusal | null {
  const leading = commands.find(fetchesSomething)
  const title = leading?.meaning?.title ?? ''
  return title === '' ? null : { subject: `${title} (${placeText({ file, line: run.step.line })})`, reason }
}

/** `playwright install`: what it downloads is for the package that manifests have had installed, as another version would look for other browsers. */
const goesByPackages = ({ meaning }: ImageCommand): boolean =>
  meaning?.kind === 'system' && meaning.reads === 'manifests'

/** True where what commands of the RUN go by may be there before: a program of that name is of npm as well as of pip. */
const isInstalled = ({ commands }: ImageRun, before: readonly ImageRun[]): boolean =>
  !commands.some(goesByPackages) ||
  before.some((run) => run.commands.some(({ meaning }) => meaning?.kind === 'install'))

const bringsSomething = (command: ImageCommand): boolean =>
  command.meaning?.kind === 'system' || isDownload(command) || installsNamed(command)

const wholeOf = (run: ImageRun, dests: readonly string[]): Moved | null =>
  isPlain(run, dests) &&
  run.commands.some((command) => bringsSomething(command) || isAccount(command)) &&
  run.commands.every((command) => isSystemCommand(command, run, dests))
    ? { run, commands: run.commands, cut: null }
    : null

/** What a RUN begins with of the system, where it goes on with what needs the sources: `apk add git && make`. */
function partOf(member: Member, run: ImageRun, dests: readonly string[]): Moved | null {
  if (!isPlain(run, dests)) return null
  const first = run.commands.findIndex(
    (command) => !isSystemCommand(command, run, dests) || command.conditional,
  )
  const { text, directives } = member.dockerfile
  // As much of it as a cut can part: behind what fetches last, and what tidies up behind that.
  for (let end = Math.max(first, 0); end > 0; end--) {
    const head = run.commands.slice(0, end)
    const last = head.at(-1)
    if (last === undefined || !head.some(fetchesSomething)) return null
    if (/^(?:set|export|cd|echo|printf|true|:|sleep)$/.test(last.words[0] ?? '')) continue
    const rest = run.commands.slice(end)
    // An install that goes by manifests is moved together with what stands before it; what is taken away again was only lent.
    if (
      rest.some(
        (command) =>
          takesAway(command) ||
          (command.meaning?.kind === 'install' && command.meaning.reads === 'manifests'),
      ) ||
      rest.some(({ meaning }) => meaning?.kind === 'install' && meaning.reads === 'arguments')
    )
      return null
    const cut = splitRun(run, last, text, directives.escape)
    if (cut.kind === 'split') return { run, commands: head, cut }
  }
  return null
}

const fetches = /\s(?:install|add|i|build-dep|groupinstall|in)(?:\s|$)/

/** True for an install of packages of the distribution. */
export const fetchesPackages = ({ meaning, words }: ImageCommand): boolean =>
  meaning?.kind === 'system' && meaning.ecosystem === distribution && fetches.test(words.join(' '))

/** Extensions of PHP are compiled: https://github.com/docker-library/docs/tree/master/php. */
const fetchesSomething = (command: ImageCommand): boolean => {
  const words = command.words.join(' ')
  const isOfSystem = command.meaning?.kind === 'system'
  return (
    (isOfSystem &&
      (fetches.test(words) || /^(?:docker-php-ext-install|install-php-extensions) /.test(words))) ||
    installsNamed(command) ||
    isDownload(command)
  )
}

/** True for a copy of the context, and of a stage that is built of it: either changes with the sources. */
export function bringsContext(member: Member, { line, stageIndex, instruction }: Step): boolean {
  return (
    (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
    instruction.line === line &&
    member.plan.reads.some(
      ({ origin, ...read }) =>
        read.line === line &&
        read.stageIndex === stageIndex &&
        (origin.kind === 'main' || (origin.kind === 'stage' && isOfContext(member, origin.index))),
    )
  )
}

/** True when a stage, or one that it is made of, takes something of the context. */
function isOfContext({ plan: { stages, reads } }: Member, stage: number): boolean {
  const made = new Set([stage])
  // Grows while it is read; a stage may copy from itself, which no builder does.
  for (const index of made) {
    const base = stages[index]?.baseOrigin
    const origins = reads.filter(({ stageIndex }) => stageIndex === index).map(({ origin }) => origin)
    if (origins.some(({ kind }) => kind === 'main')) return true
    for (const origin of [base, ...origins]) if (origin?.kind === 'stage') made.add(origin.index)
  }
  return false
}

/** Where what is copied on the way goes, absolute; null where it goes to what the system looks at, or where it goes cannot be told. */
function destsOf(member: Member, crossed: readonly Step[]): readonly string[] | null {
  const dests: string[] = []
  for (const { instruction, line, stageIndex, directory } of crossed) {
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue
    const read = member.plan.reads.find(
      (one) => one.line === line && one.stageIndex === stageIndex && !one.mount,
    )
    const dest = absolute(read ? read.dest : (instruction.words.at(-1) ?? ''), directory)
    if (dest === null || isOfSystem(dest)) return null
    dests.push(dest)
  }
  return dests
}

/** True when all of it can be read, and neither mounts nor redirections have to do with what is copied. */
function isPlain({ step, unread }: ImageRun, dests: readonly string[]): boolean {
  const { instruction } = step
  return (
    unread === null &&
    instruction.line === step.line &&
    !instruction.flags.some(({ value }) => /type=bind|^(?!.*type=)/.test(value ?? '')) &&
    redirects(step).every((file) => isApart(file, dests))
  )
}

/** Who is told to exist on the way; with a home where nothing is copied to, it is the same before and after. */
const isAccount = ({ words: [program = ''] }: Pick<ImageCommand, 'words'>): boolean =>
  /^(?:useradd|adduser|groupadd|addgroup)$/.test(program)

/** A program, a key or an archive from elsewhere, put to an absolute place or handed on. */
const isDownload = ({ meaning, words: [program = ''] }: ImageCommand): boolean =>
  /^(?:curl|wget|aria2c)$/.test(program) &&
  meaning?.operands.some((operand) => /^(?:https?|ftp):\/\//.test(operand)) === true

/** Options of what downloads and unpacks whose values are places. */
const placeOptions = [
  ...['-o', '--output', '--output-dir', '-O', '--output-document', '-P', '--directory-prefix'],
  ...['-C', '--directory', '-f', '--file', '-d', '-t', '--target-directory'],
]

/** True for a command of the system's package manager, for one that downloads or cleans up beside it, and for an account, where it has nothing to do with what is copied. */
function isSystemCommand(command: ImageCommand, run: ImageRun, dests: readonly string[]): boolean {
  const { meaning, words, text } = command
  const [program = ''] = words
  // A script of the project, or arguments that come from elsewhere.
  if (text.includes(' → ') || program === 'xargs') return false
  if (program === 'cd') return words.length === 2 && isApart(words[1] ?? '', dests)
  if (installsNamed(command) || isInstaller(command, run.commands[run.commands.indexOf(command) - 1]))
    return true
  if (meaning?.kind === 'system')
    return (
      !isOfPhpSources(command, dests) &&
      meaning.files.every((file) => isApart(file, dests)) &&
      meaning.operands.every(
        (operand) => !operand.includes('/') || operand.includes('://') || isApart(operand, dests),
      )
    )
  if (meaning?.kind !== 'plain') return false
  if (isAccount({ words }))
    return (
      !dests.some((dest) => below(dest, '/home') !== null || below('/home', dest) !== null) &&
      words.every((word) => !word.includes('/') || isApart(word.replace(/^-[\w-]*=?/, ''), dests))
    )
  if (/^(?:set|export|echo|printf|true|:|sleep)$/.test(program)) return true
  // Where a `cd` of its own has led, a name is a place like any other.
  const place = command.directory === run.step.directory ? null : command.directory
  const isAside = (word: string): boolean => isApart(absolute(word, place) ?? word, dests)
  if (/^(?:curl|wget|aria2c|tar|bsdtar|unzip)$/.test(program))
    return isAsideOf(command, place !== null && isApart(place, dests), isAside)
  const named = words.slice(1).filter((word) => !word.startsWith('-'))
  return (hasMode.test(program) ? named.slice(1) : named).every(isAside)
}

/** The same of what downloads and unpacks: every place that it names, and where it is where it names none. */
function isAsideOf(
  { meaning, words }: ImageCommand,
  isThereAside: boolean,
  isAside: (path: string) => boolean,
): boolean {
  const { options = [], operands = [] } = meaning ?? {}
  const places = valuesOf(options, placeOptions).filter((one) => !/^-$|^\d+$/.test(one))
  const isUnpacking = /^(?:bsd)?tar$|^unzip$/.test(words[0] ?? '')
  // `tar xzf FILE`: the letters are no place.
  const named = isUnpacking && /^[a-zA-Z]+$/.test(words[1] ?? '') ? operands.slice(1) : operands
  const isTold = isUnpacking
    ? words.some((word) => /^(?:-C|-d|--directory(?:=.*)?)$/.test(word))
    : places.length > 0 ||
      (words[0] === 'wget' && options.some((one) => /^-[a-zA-Z]*O/.test(one))) ||
      (words[0] === 'curl' && !options.some((one) => /^-[a-zA-Z]*O|^--remote-name/.test(one)))
  return (
    (isTold || isThereAside) &&
    [...places, ...named.filter((one) => !/^(?:https?|ftp):\/\//.test(one))].every(isAside) &&
    !options.some((one) =>
      /^(?:--config|-K|--post-file|--upload-file|-T|--data\w*=@|-d=@|-i|--input-file)/.test(one),
    )
  )
}

/** They begin with a mode or an owner. */
const hasMode = /^(?:chmod|chown|chgrp)$/

/** True for an absolute path that no copy fills, and that lies in none. */
const isApart = (path: string, dests: readonly string[]): boolean =>
  path.startsWith('/') &&
  !/[$`]/.test(path) &&
  dests.every((dest) => below(path, dest) === null && below(dest, path.replace(/\/[^/]*\*.*$/, '')) === null)

/** Files that the shell opens for the commands. */
function redirects({ instruction }: Step): readonly string[] {
  if (instruction.json) return []
  const { heredocs, words } = instruction
  const texts = heredocs.length > 0 ? heredocs.map(({ body }) => body) : [words.join(' ')]
  return texts.flatMap((text) =>
    readShell(text).commands.flatMap((command) => [...command.writes, ...command.reads]),
  )
}

/** What on the way says who it runs as, what its variables are, or may be what it goes by; null: nothing does. */
function blocker(
  { dockerfile: { file } }: Member,
  run: ImageRun,
  crossed: readonly Step[],
  { runs, dests }: Around,
): Reason | null {
  const { instruction } = run.step
  const text = [instruction.text, ...instruction.heredocs.map(({ body }) => body)].join('\n')
  for (const step of crossed) {
    const { keyword } = step.instruction
    const at = { file, line: step.line }
    const isSetting =
      /^(?:ARG|ENV)$/.test(keyword) &&
      (/\$/.test(text) ||
        (/proxy|DEBIAN|APT|PATH|LANG|LC_|PLAYWRIGHT/i.test(step.instruction.text) &&
          !isPathInto(step, dests)) ||
        (run.commands.some(bringsTools) && namesOf(step).some(isOfInstalls)) ||
        // It goes by variables of its own, and by those of what it starts.
        run.commands.some((command, index) => isInstaller(command, run.commands[index - 1])))
    if (isSetting || keyword === 'USER' || keyword === 'SHELL')
      return { text: `${keyword} (${placeText(at)}) stands between the copy and it`, at }
    if (keyword !== 'RUN') continue
    const found = runs.find((one) => one.step === step)
    const other = found?.commands.find((command) => !isUnmoved(command, { run, found, dests }))
    const isRead = found !== undefined && found.unread === null
    if (
      other === undefined &&
      isRead &&
      redirects(step).every((place) => isWithin(absolute(place, step.directory), dests))
    )
      continue
    const shown = visiblePath(other?.words.slice(0, 2).join(' ') ?? 'what its RUN does')
    const isBuild = other?.meaning?.kind === 'build' || other?.meaning?.kind === 'install'
    const why = isBuild ? 'takes what tools it finds' : 'may be what it goes by'
    return { text: `${shown} (${placeText(at)}) stands between the copy and it, and ${why}`, at }
  }
  return null
}

const namesOf = ({ instruction }: Step): readonly string[] =>
  instruction.words.map((word) => word.split('=')[0] ?? '')

/**
 * True for a command on the way that does the same once the RUN stands before it, and the RUN the same before it. A build takes what
 * compilers and tools it finds: go build stamps where there is a git, and links C where there is a gcc. Another step of the system
 * that stays may be what this one needs.
 */
const isUnmoved = (
  command: ImageCommand,
  {
    run,
    found,
    dests,
  }: { readonly run: ImageRun; readonly found: ImageRun; readonly dests: readonly string[] },
): boolean =>
  !(run.commands.some(installsNamed) && isOfPython(command)) &&
  ((command.meaning?.kind === 'install' &&
    command.meaning.reads !== 'sources' &&
    !run.commands.some(goesByPackages)) ||
    (bringsTools(command) && !run.commands.some(bringsTools)) ||
    (isOfSources(command, found) && run.commands.every(isForStart)) ||
    staysWithin(command, dests))

/** What one install of Python leaves decides what the next one fetches. */
const isOfPython = ({ meaning }: ImageCommand): boolean =>
  meaning?.ecosystem === 'python' && meaning.kind !== 'plain'

/** True for `ENV PATH=/app/bin:$PATH`: where only what is copied and what the project installs can lie, no program of the system does. */
function isPathInto({ instruction }: Step, dests: readonly string[]): boolean {
  const [, places] = /^PATH[= ]["']?([^"'\s]+)["']?$/.exec(instruction.words.join(' ')) ?? []
  return places?.split(':').every((one) => /^\$(?:PATH|\{PATH\})$/.test(one) || isWithin(one, dests)) === true
}

/** Installs and builds of the project, which leave the system's package manager alone, and a runner of scripts that are followed. */
const isOfSources = ({ meaning, words, text }: ImageCommand, { commands }: ImageRun): boolean =>
  meaning?.kind === 'install' ||
  meaning?.kind === 'build' ||
  (isRunner(words) && commands.some((other) => other.text.startsWith(`${text} → `)))

/** What starts the program of a container and reaps its children: no build looks for it, so that none is another with it there. */
const starters = /^(?:tini(?:-static)?|dumb-init|catatonit|gosu|su-exec)(?:[=~].*)?$/

/** True for an install of such packages alone, and for what tidies up behind it. */
const isForStart = ({ meaning, words }: ImageCommand): boolean =>
  meaning?.kind === 'system' && meaning.ecosystem === distribution
    ? !fetches.test(words.join(' ')) || meaning.operands.every((operand) => starters.test(operand))
    : /^(?:set|rm|echo|true|:)$/.test(words[0] ?? '')

/** True for a command that only works on files that were copied, and does so whatever is installed: `chmod +x entrypoint.sh`. */
function staysWithin({ meaning, words, directory, text }: ImageCommand, dests: readonly string[]): boolean {
  const [program = '', first = '', ...others] = words
  if (meaning?.kind !== 'plain' || text.includes(' → ')) return false
  if (/^(?:set|echo|printf|true|:)$/.test(program)) return true
  if (!/^(?:mkdir|rmdir|touch|chmod|chown|chgrp|ln|rm|mv|cp|sed)$/.test(program)) return false
  const paths = [first, ...others].filter((word) => !word.startsWith('-'))
  // sed begins with its script.
  const named = program === 'sed' || hasMode.test(program) ? paths.slice(1) : paths
  return (
    named.length > 0 &&
    named.every((path) => !/[$`]/.test(path) && isWithin(absolute(path, directory), dests))
  )
}

const isWithin = (path: string | null, dests: readonly string[]): boolean =>
  path !== null && dests.some((dest) => below(path, dest) !== null)

/** `npm install -g`, `gem install`, `corepack enable`: tools of a language, which the packages of the distribution know nothing of. */
const bringsTools = (command: ImageCommand): boolean =>
  (command.meaning?.kind === 'system' && command.meaning.ecosystem !== distribution) ||
  /^corepack (?:enable|disable)$/.test(command.words.slice(0, 2).join(' ')) ||
  installsNamed(command)

const distribution = 'system-packages'

/** Why a tool may be another before the copies: settings lie in what is copied to where it runs. Null: none do. */
function settingsOf(member: Member, moved: readonly Moved[], copy: Step, table: EntryTable): string | null {
  for (const { run, commands } of moved)
    for (const command of commands) {
      const { meaning, directory, words } = command
      const isOfTool = meaning?.kind === 'system' || installsNamed(command)
      const copies = member.plan.steps
        .filter(
          ({ stageIndex, line }) =>
            stageIndex === copy.stageIndex && line >= copy.line && line < run.step.line,
        )
        .flatMap((step) => wideCopyAt(member, step, table) ?? [])
      for (const wide of isOfTool && directory !== null ? copies : []) {
        const dir = contextPathAt(wide, directory ?? '/')
        const [found] =
          dir === null
            ? []
            : (meaning?.alsoReads ?? []).flatMap((name) =>
                matching({ table }, cleanPath(dir).replace(/^\.$/, ''), name),
              )
        if (found !== undefined)
          return `${words.slice(0, 2).join(' ')} looks for ${visiblePath(found)}, which is copied only after it then`
      }
    }
  return null
}

function advance(
  member: Member,
  moved: readonly Moved[],
  { copy, doubt }: { readonly copy: Step; readonly doubt: string | null },
): Advance {
  const { file, text } = member.dockerfile
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const titles = [
    ...new Set(
      moved.flatMap(({ commands }) =>
        commands.flatMap((command) => {
          const { meaning, words } = command
          if (isDownload(command)) return [words[0] ?? '']
          if (installsNamed(command)) return [words.slice(0, 3).join(' ')]
          if (meaning?.kind !== 'system') return []
          // Packages of the system are many; a tool is known by its name.
          if (meaning.ecosystem === 'node') return [words.slice(0, 4).join(' ')]
          return meaning.title === 'dotnet tool'
            ? [[meaning.title, ...meaning.operands.slice(0, 2)].join(' ')]
            : [meaning.title]
        }),
      ),
    ),
  ]
  const [first] = moved
  const place = remarksAbove(text, copy.instruction.start)
  const last = titles.findLast((title) => /install|add/.test(title)) ?? titles.at(-1) ?? 'it'
  const shown =
    titles.length > 3
      ? `${titles.slice(0, 2).join(', ')} and ${titles.length - 2} more`
      : titles.join(' and ')
  const cut = moved.find((one) => one.cut !== null)
  const stays = cut?.run.commands[cut.commands.length]
  const behind =
    stays === undefined
      ? ''
      : `; ${stays.words.slice(0, 2).join(' ')} stays behind the copy, in a RUN of its own`
  return {
    step: first?.run.step ?? copy,
    copy,
    lifted: moved.map(({ run, commands }) => ({ line: run.step.line, commands: commands.length })),
    title: `run ${last} before the copy`,
    because: `${shown} (${file}:${first?.run.step.line ?? copy.line}) ${titles.length > 1 ? 'read' : 'reads'} nothing of the context${behind}; every stage ends with the same files`,
    rewrites: [
      {
        file,
        start: place,
        end: place,
        text: moved
          .map(({ run: { step }, cut }) =>
            cut === null
              ? `${text.slice(remarksAbove(text, step.instruction.start), step.instruction.end)}${end}`
              : `${text.slice(step.instruction.start, cut.end)}${end}`,
          )
          .join(''),
      },
      ...moved.map(({ run: { step }, cut }) => ({
        file,
        start: cut === null ? remarksAbove(text, step.instruction.start) : step.instruction.start,
        end: cut === null ? lineAfter(text, step.instruction.end) : step.instruction.end,
        text: cut?.rest ?? '',
      })),
    ],
    isCut: cut !== undefined,
    doubt: moved.reduce<string | null>(
      (found, { run, commands, cut }) =>
        found ?? (cut === null ? null : leftBehind(run.commands.slice(commands.length))),
      doubt,
    ),
  }
}
