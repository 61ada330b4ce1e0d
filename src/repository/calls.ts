/** Which command calls another recipe of the repository: a script, a make target, a script of package.json. */

import { baseName } from '../lib/path.ts'
import { programOf } from '../shell/program.ts'
import { pathFrom } from './shell-steps.ts'

/** What a command calls. Paths and directories are relative to the repository's root. */
export type Call =
  | { readonly kind: 'script'; readonly path: string; readonly directory: string }
  | {
      readonly kind: 'make'
      readonly directory: string
      /** The file of `-f`; null for the one that make looks for. */
      readonly file: string | null
      /** Empty: the first target. */
      readonly targets: readonly string[]
      readonly variables: ReadonlyMap<string, string>
    }
  | {
      readonly kind: 'package'
      readonly directory: string
      readonly scripts: readonly string[]
      /** Names or directories of the workspaces it runs in; `*` for all of them, null for the directory itself. */
      readonly workspaces: readonly string[] | '*' | null
      /** Plain words after `--`, which npm puts behind the script. */
      readonly args: readonly string[]
    }

const shells: ReadonlySet<string> = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh', 'ash', '.', 'source'])

/** Commands of yarn, pnpm and bun that are no scripts of package.json. */
const ownCommands: ReadonlySet<string> = new Set([
  ...[
    'install',
    'add',
    'remove',
    'rm',
    'upgrade',
    'up',
    'update',
    'exec',
    'dlx',
    'x',
    'run',
    'init',
    'publish',
    'pack',
  ],
  ...[
    'link',
    'unlink',
    'why',
    'info',
    'list',
    'ls',
    'audit',
    'outdated',
    'config',
    'cache',
    'version',
    'versions',
    'set',
  ],
  ...[
    'workspace',
    'workspaces',
    'import',
    'create',
    'global',
    'bin',
    'node',
    'plugin',
    'patch',
    'rebuild',
    'dedupe',
  ],
  ...[
    'prune',
    'store',
    'fetch',
    'deploy',
    'i',
    'ci',
    'login',
    'logout',
    'help',
    'pm',
    'build',
    'env',
    'root',
    'approve-builds',
  ],
])

/** What the command calls when it runs in `directory`; null when it calls nothing of the repository that can be told. */
export function callOf(words: readonly string[], directory: string | null): Call | null {
  const [program = '', ...args] = withoutWrappers(words)
  if (directory === null || program.includes('$')) return null
  if (shells.has(baseName(program)) && (program === baseName(program) || program.startsWith('/'))) {
    const script = args.find((word) => !/^[-+]/.test(word))
    if (script === undefined || args.some((word) => /^-[a-z]*[cs]/.test(word))) return null
    return scriptCall(directory, script)
  }
  const name = /^\/(?:\w+\/)*s?bin\/[^/]+$/.test(program) ? baseName(program) : program
  switch (name) {
    case 'make':
    case 'gmake':
      return makeCall(args, directory)
    case 'npm':
    case 'yarn':
    case 'pnpm':
    case 'bun':
    case 'composer':
      return packageCall(name, args, directory)
    case 'npm-run-all':
    case 'run-s':
    case 'run-p':
    case 'npm-run-all2':
      return {
        kind: 'package',
        directory,
        scripts: args.filter((word) => !word.startsWith('-')),
        workspaces: null,
        args: [],
      }
    case 'turbo':
    case 'lerna':
      return args[0] === 'run' || program === 'turbo'
        ? {
            kind: 'package',
            directory,
            scripts: args
              .filter((word) => /^[\w:-]+$/.test(word) && !word.startsWith('-') && word !== 'run')
              .slice(0, 8),
            workspaces: '*',
            args: [],
          }
        : null
    default:
      return program.includes('/') ? scriptCall(directory, program) : null
  }
}

/** What starts a program in an environment of Python: https://docs.astral.sh/uv/reference/cli/#uv-run, https://python-poetry.org/docs/cli/#run. */
const inEnvironment = /^(?:uv|poetry|pipenv|pdm|hatch|rye)$/
const valuedInEnvironment =
  /^(?:-p|--python|--extra|--group|--only-group|--no-group|--with|--with-editable|--with-requirements|--package|--env-file|--index|-i|--index-url|-e|--env)$/
const elsewhereInEnvironment = /^(?:-C|--directory|--project|-P|-m|--module|-s|--script)(?:=|$)/

/** The words from the program on that is really run: without `sudo`, `env A=b`, `npx`, `uv run` and their like. */
export function withoutWrappers(words: readonly string[]): readonly string[] {
  const run = programOf(words)
  const [first = '', second] = run
  if (inEnvironment.test(first) && second === 'run') {
    const at = run.findIndex(
      (word, i) => i > 1 && !word.startsWith('-') && !valuedInEnvironment.test(run[i - 1] ?? ''),
    )
    return at < 0 || run.slice(2, at).some((word) => elsewhereInEnvironment.test(word)) ? run : run.slice(at)
  }
  if (!/^(?:npx|bunx|cross-env|dotenv|corepack)$/.test(first)) return run
  const at = run.findIndex((word, i) => i > 0 && !word.startsWith('-') && !/^[A-Za-z_]\w*=/.test(word))
  return at < 0 ? run : run.slice(at)
}

function scriptCall(directory: string, typed: string): Call | null {
  if (/[$`*?]/.test(typed)) return null
  const path = pathFrom(directory, typed)
  return path === null || path === '' ? null : { kind: 'script', path, directory }
}

function makeCall(args: readonly string[], directory: string): Call | null {
  let at: string | null = directory
  let file: string | null = null
  const targets: string[] = []
  const variables = new Map<string, string>()
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? ''
    const value = (short: string, long: string): string | null =>
      word === short || word === `--${long}`
        ? (args[++i] ?? '')
        : word.startsWith(`--${long}=`)
          ? word.slice(long.length + 3)
          : word.startsWith(short) && !word.startsWith('--')
            ? word.slice(2)
            : null
    const into = value('-C', 'directory')
    if (into !== null) {
      at = at === null ? null : pathFrom(at, into)
      continue
    }
    const named = value('-f', 'file') ?? null
    if (named !== null) {
      file = named
      continue
    }
    const cut = word.indexOf('=')
    if (cut > 0) variables.set(word.slice(0, cut), word.slice(cut + 1))
    else if (!word.startsWith('-')) targets.push(word)
  }
  if (at === null || targets.some((target) => target.includes('$'))) return null
  return { kind: 'make', directory: at, file, targets, variables }
}

function packageCall(program: string, args: readonly string[], directory: string): Call | null {
  let at: string | null = directory
  let workspaces: readonly string[] | '*' | null = null
  const plain: string[] = []
  const name = (value: string) => {
    workspaces = workspaces === '*' || workspaces === null ? [value] : [...workspaces, value]
  }
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? ''
    if (word === '--') break
    const [option = '', given] = word.startsWith('--') ? split(word, '=') : [word]
    const value = () => given ?? args[++i] ?? ''
    if (['--prefix', '--cwd', '--dir', '-C', '--working-dir', '-d'].includes(option)) {
      const into: string = value()
      at = at === null ? null : pathFrom(at, into)
    } else if (
      ['-w', '--workspace', '--filter', '-F', '--scope'].includes(option) &&
      !(option === '-w' && program === 'pnpm')
    )
      name(value())
    else if (['-r', '--recursive', '-ws', '--workspaces'].includes(option)) workspaces = '*'
    else if (['--cache', '--loglevel', '--registry', '--userconfig'].includes(option)) value()
    else if (!word.startsWith('-')) plain.push(word)
  }
  if (at === null) return null
  if (program === 'yarn' && plain[0] === 'workspace') {
    name(plain[1] ?? '')
    plain.splice(0, 2)
  } else if (program === 'yarn' && plain[0] === 'workspaces') {
    workspaces = '*'
    plain.splice(0, plain[1] === 'foreach' ? 2 : 1)
  }
  const [first = '', second] = plain
  const runs = first === 'run' || first === 'run-script' || first === 'rum' || first === 'urn'
  const script = runs
    ? second
    : program === 'npm'
      ? { t: 'test', tst: 'test', test: 'test', start: 'start', stop: 'stop', restart: 'restart' }[first]
      : first === 'test' || first === 'start' || (program !== 'bun' && first === 'build')
        ? first
        : ownCommands.has(first)
          ? undefined
          : first
  if (script === undefined || script === '' || script.includes('$')) return null
  const rest = args.includes('--') ? args.slice(args.indexOf('--') + 1) : []
  return {
    kind: 'package',
    directory: at,
    scripts: [script],
    workspaces,
    args: rest.filter((word) => /^[\w@%+=:,./-]+$/.test(word)),
  }
}

function split(text: string, by: string): readonly [string, string?] {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}
