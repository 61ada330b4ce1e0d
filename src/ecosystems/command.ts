/** What a command line does, looked up in the tables. */

import type { CommandMeaning, Effect, KnownCommand, Program, Variant } from './model.ts'
import { baseName, directoryName, indexByName, matchesName, matchesWord } from './names.ts'
import { ecosystems } from './table.ts'
import { hasOperand, hasOption, isPath, readWords, valuesOf, type Words } from './words.ts'
import { type Wrapper, wrappers } from './wrappers.ts'

interface Row {
  readonly command: KnownCommand
  readonly ecosystem: string
}

const rowsNamed = indexByName<Row>(
  () => ecosystems.flatMap(({ commands, id }) => commands.map((command) => ({ command, ecosystem: id }))),
  ({ command }) => (command.words[0] ?? '').split('|'),
)
const programsNamed = indexByName<Program>(
  () => ecosystems.flatMap(({ programs }) => programs),
  ({ names }) => names,
)
const wrappersNamed = indexByName<Wrapper>(
  () => wrappers,
  ({ words }) => (words[0] ?? '').split('|'),
)

/** Deeper than anybody nests `sudo env npx …`. */
const deepest = 8

/**
 * What the command does; null when it is not known. `words`: the program and its arguments as a shell has them, `$NAME`
 * as written. Programs are known by their names whatever installed directory they lie in, and behind `sudo`, `env`, `npx`,
 * `python -m` and their like. Linear in the words.
 */
export function knownCommand(words: readonly string[]): CommandMeaning | null {
  return look(words, 0, '')
}

/** `only`: the ecosystem that is asked; '': all. */
function look(words: readonly string[], depth: number, only: string): CommandMeaning | null {
  const first = words[0]
  if (first === undefined || depth > deepest) return null
  const name = programName(first)
  if (name === null) return null
  for (const wrapper of wrappersNamed(name)) {
    const inner = behind(wrapper, words.slice(1))
    if (inner === null) continue
    const found = inner.reduce<CommandMeaning | null>(
      (meaning, candidate) => meaning ?? look(candidate, depth + 1, only),
      null,
    )
    if (found !== null) return found
  }
  const meaning = direct(name, words, depth, only)
  // `find … -exec chmod +x {} +` asks git no more than what it starts.
  if (
    name === 'find' &&
    meaning?.git === 'uses' &&
    startedByFind(words).every((one) => asksNobody(one, depth))
  )
    return { ...meaning, git: 'never' }
  return meaning
}

function asksNobody(words: readonly string[], depth: number): boolean {
  const meaning = look(words, depth + 1, '')
  return meaning?.kind === 'plain' && meaning.git === 'never'
}

/** The commands that stand behind -exec and its like: https://www.gnu.org/software/findutils/manual/html_mono/find.html#Run-Commands. */
function startedByFind(words: readonly string[]): readonly (readonly string[])[] {
  const found: (readonly string[])[] = []
  for (let i = 0; i < words.length; i++) {
    if (!/^-(?:exec|execdir|ok|okdir)$/.test(words[i] ?? '')) continue
    const end = words.findIndex((word, at) => at > i && /^(?:\\?;|\+)$/.test(word))
    found.push(words.slice(i + 1, end < 0 ? undefined : end))
  }
  return found
}

/**
 * The name of the program; null where the word is a script of the project that happens to be called like one. Installed
 * programs lie in a `bin`; wrappers such as `mvnw` anywhere.
 */
function programName(word: string): string | null {
  const name = baseName(word)
  if (name === '' || name.includes('$') || name.includes('`')) return null
  if (name === word) return name
  if (programsNamed(name).some((program) => program.local)) return name
  return /(?:^|\/)(?:s?bin|\.bin|Scripts)$/.test(directoryName(word)) ? name : null
}

/** The commands that stand behind a wrapper, the likeliest first; null when the words are none of its. */
function behind(wrapper: Wrapper, words: readonly string[]): readonly (readonly string[])[] | null {
  let own = wrapper.words.length - 1
  let operands = wrapper.operands
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const name = word.startsWith('--') ? (word.split('=', 1)[0] ?? word) : word
    if (wrapper.module && word === '-m') {
      const module = words[i + 1]
      return module === undefined
        ? null
        : [
            [`python:${module}`, ...words.slice(i + 2)],
            [module, ...words.slice(i + 2)],
          ]
    }
    if (word === '--') continue
    if (word.startsWith('-')) {
      if (wrapper.unless.includes(name)) return null
      if (wrapper.valued.includes(word)) i++
      continue
    }
    if (own > 0) {
      if (!matchesWord(wrapper.words[wrapper.words.length - own] ?? '', word)) return null
      own--
      continue
    }
    if (wrapper.assigns && /^[A-Za-z_][A-Za-z0-9_]*=/.test(word)) continue
    if (operands > 0) {
      operands--
      continue
    }
    const version = wrapper.fetches ? word.indexOf('@', 1) : -1
    return [[version > 0 ? word.slice(0, version) : word, ...words.slice(i + 1)]]
  }
  return null
}

function direct(name: string, words: readonly string[], depth: number, only: string): CommandMeaning | null {
  const known = rowsNamed(name)
  if (known.length === 0) return null
  const about = programsNamed(name)
  const valued = new Set(about.flatMap((program) => program.valued))
  for (const option of known.flatMap(({ command }) => command.fileOptions)) valued.add(option)
  const read = readWords(words.slice(1), valued)
  // Programs of the system are known where the system has them: `bin/install` is a script of the project.
  const installed = name === words[0] || /^[/~$]/.test(words[0] ?? '')
  for (const row of known) {
    if (only !== '' && row.ecosystem !== only) continue
    if (
      !installed &&
      (row.command.kind === 'plain' || row.command.kind === 'system') &&
      row.ecosystem === 'shell'
    )
      continue
    const operands = operandsOf(row.command, read)
    if (operands === null) continue
    const meaning = meaningOf(row, name, { options: read.options, operands }, read, about)
    // `yarn next build`: a program, unless package.json has a script of that name.
    if (meaning.runsScript !== null && row.command.runsScript === '*' && /^(?:yarn|pnpm|bun)$/.test(name)) {
      const inner = look(scriptWords(words, meaning.runsScript), depth + 1, 'node')
      // `yarn lerna run build` runs scripts of its own.
      if (inner !== null)
        return {
          ...inner,
          runsScript: inner.runsScript ?? meaning.runsScript,
          directory: meaning.directory,
        }
    }
    return meaning
  }
  return null
}

/** From the word that names the script on. */
function scriptWords(words: readonly string[], script: string): readonly string[] {
  const at = words.indexOf(script, 1)
  return at < 0 ? [] : words.slice(at)
}

/** What is left of the operands after the command's own words; null when they are not those of the command. */
function operandsOf(command: KnownCommand, read: Words): readonly string[] | null {
  const own = command.words.length - 1
  for (let i = 0; i < own; i++) {
    const word = read.operands[i]
    if (word === undefined || !matchesWord(command.words[i + 1] ?? '', word)) return null
  }
  const left = read.operands.slice(own)
  if (command.runsScript === '*' && left.length === 0) return null
  if (command.operands === 'any') return left
  if (command.operands === 'none') return left.length === 0 ? left : null
  const allowed = command.operands
  if (left.length === 0) return null
  return left.every((operand) => allowed.some((pattern) => matchesName(pattern, operand))) ? left : null
}

function applies(variant: Variant, words: Words): boolean {
  return (
    variant.options.some((option) => hasOption(words.options, option)) ||
    (variant.operands.length > 0 && hasOperand(words.operands, variant.operands)) ||
    (variant.paths && words.operands.some(isPath))
  )
}

/** Options that mean other packages of a workspace than the one of the directory. */
const workspaceOptions = [
  '-w',
  '--workspace',
  '--workspaces',
  '-ws',
  '-r',
  '--recursive',
  '-F',
  '--filter',
  '--filter-prod',
  '--scope',
]
const workspaceRunners = ['turbo', 'nx', 'lerna']

function meaningOf(
  row: Row,
  name: string,
  words: Words,
  read: Words,
  about: readonly Program[],
): CommandMeaning {
  const { command } = row
  let effect: Effect = command
  for (const variant of command.variants) if (applies(variant, words)) effect = { ...effect, ...variant.then }
  const script = command.runsScript === '*' ? (words.operands[0] ?? null) : command.runsScript
  const operands = command.runsScript === '*' ? words.operands.slice(1) : words.operands
  const own = read.operands.slice(0, command.words.length - 1)
  const goals = command.words.length === 1 ? operands.slice(0, 3) : []
  const shown =
    command.kind === 'plain' ? own : command.runsScript === '*' ? [...own, script ?? ''] : [...own, ...goals]
  const { directory, manifests } = placeOf(words.options, about)
  return {
    command,
    ecosystem: row.ecosystem,
    title: [name.replace(/^python:/, 'python -m '), ...shown].join(' '),
    kind: effect.kind,
    makes: effect.makes,
    reads: effect.reads,
    manifests: effect.manifests,
    alsoReads: effect.alsoReads,
    scripts: effect.scripts,
    git: effect.git,
    runsScript: script,
    inWorkspaces:
      row.ecosystem === 'node' &&
      (workspaceRunners.includes(name) ||
        workspaceOptions.some((option) => hasOption(words.options, option)) ||
        own[0] === 'workspace' ||
        own[0] === 'workspaces'),
    files: [
      ...valuesOf(words.options, command.fileOptions),
      ...manifests,
      ...(command.fileOperands === 'all'
        ? operands
        : command.fileOperands === 'paths'
          ? operands.filter(isPath)
          : []),
    ],
    directory,
    options: words.options,
    operands,
  }
}

/** Where a program runs: the last option that says so. */
function placeOf(
  options: readonly string[],
  about: readonly Program[],
): { readonly directory: string | null; readonly manifests: readonly string[] } {
  const direct = valuesOf(
    options,
    about.flatMap((program) => program.directory),
  ).at(-1)
  const manifest = valuesOf(
    options,
    about.flatMap((program) => program.manifest),
  ).at(-1)
  if (manifest === undefined) return { directory: direct ?? null, manifests: [] }
  const isFile = baseName(manifest).includes('.') && !/^\.{1,2}$/.test(baseName(manifest))
  const below = isFile ? directoryName(manifest) : manifest
  return { directory: below === '' ? (direct ?? null) : below, manifests: isFile ? [manifest] : [] }
}
