/** Which paths of the repository a command would write, by its arguments and redirections. */

import { knownCommand } from '../ecosystems/index.ts'
import { cleanPath } from '../lib/path.ts'
import type { ShellCommand } from '../shell/model.ts'
import { withoutWrappers } from './calls.ts'
import { checkers, dockerReaders, gitReaders, readers } from './harmless.ts'

/** A path that a text names: from the repository's root, or only how it ends, where its beginning is not known. */
export interface NamedPath {
  readonly path: string
  readonly whole: boolean
}

/** Variables that stand for the directory a job or a script begins in. */
const roots =
  /^(?:\$\{?(?:GITHUB_WORKSPACE|CI_PROJECT_DIR|WORKSPACE|BITBUCKET_CLONE_DIR|CIRCLE_WORKING_DIRECTORY|CODEBUILD_SRC_DIR)\}?|~\/project)(?=\/|$)/
const here = /^(?:\$\{?PWD\}?|\$\(pwd\)|`pwd`)(?=\/|$)/
const elsewhere =
  /^(?:\/|~|[a-z][a-z0-9+.-]*:\/\/|\$\{?(?:HOME|TMPDIR|TEMP|RUNNER_TEMP|RUNNER_TOOL_CACHE|GITHUB_(?:OUTPUT|ENV|PATH|STEP_SUMMARY|STATE)|BASH_ENV)\b)/

/**
 * What a word names when a command runs in `directory` (null: not known where). Null for what lies outside the repository
 * or is no path. Behind a wildcard or a variable nothing is known: `dist/$NAME/x` names `dist`.
 */
export function namedPath(word: string, directory: string | null): NamedPath | null {
  if (word === '' || word.length > 1000 || word === '-') return null
  let text = word
  let base = directory
  if (roots.test(text)) {
    text = `.${text.replace(roots, '')}`
    base = ''
  } else if (here.test(text)) text = `.${text.replace(here, '')}`
  else if (elsewhere.test(text)) return null
  let whole = base !== null
  const unknown = /^(?:\$\{?\w+\}?|\$\([^()]{0,200}\))\//.exec(text)
  if (unknown !== null) {
    text = text.slice(unknown[0].length)
    whole = false
  }
  const kept: string[] = []
  for (const part of text.split('/')) {
    if (/[$`*?[{]/.test(part)) break
    kept.push(part)
  }
  const path = cleanPath(`./${whole ? (base ?? '') : ''}/${kept.join('/')}`)
  if (path === '.') return kept.length === 0 || !whole ? null : { path: '', whole }
  return path.startsWith('..') ? null : { path, whole }
}

/** True when what is named is the path, or lies above or below it. The root, which is above everything, counts only by itself. */
export function isAbout(named: NamedPath, path: string): boolean {
  if (named.path === '') return path === ''
  const meets = (a: string, b: string) => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)
  if (meets(named.path, path)) return true
  if (named.whole) return false
  // Only the end is known: it may begin in any directory above.
  for (let cut = path.indexOf('/'); cut >= 0; cut = path.indexOf('/', cut + 1))
    if (meets(named.path, path.slice(cut + 1))) return true
  return false
}

/** True for a word of which not even the beginning is known: it may mean any path. */
export function meansAnyPath(word: string): boolean {
  return /^[$`*?{[]/.test(word) && !roots.test(word) && !here.test(word) && !elsewhere.test(word)
}

/** What a command's arguments say about where it writes. */
export interface Written {
  /** Words that it writes to. */
  readonly targets: readonly string[]
  /** `these`: nothing else. `more`: nothing is known here of the program. `anywhere`: it is known to write what it does not name. */
  readonly scope: 'these' | 'more' | 'anywhere'
}

/** Programs that write to their last argument, or to the directory of `-t`. */
const copiers: ReadonlySet<string> = new Set(['cp', 'mv', 'ln', 'install', 'rsync', 'scp', 'ditto'])
/** Those of them that know `-t`: to rsync it is the times of files. */
const targeted: ReadonlySet<string> = new Set(['cp', 'mv', 'ln', 'install'])
/** Programs that write to every argument. */
const makers: ReadonlySet<string> = new Set(['mkdir', 'touch', 'tee', 'truncate', 'mkfifo'])
/** Programs whose first argument is what they run. */
const interpreters: ReadonlySet<string> = new Set([
  ...[
    'node',
    'python',
    'python3',
    'ruby',
    'perl',
    'php',
    'tsx',
    'ts-node',
    'deno',
    'bun',
    'sh',
    'bash',
    'source',
    '.',
  ],
])

/** Where the command writes, redirections included. */
export function writtenBy(command: ShellCommand): Written {
  const [program = '', ...args] = withoutWrappers(command.words)
  const answer =
    (scope: Written['scope']): Answer =>
    (targets) => ({ targets: [...command.writes, ...targets], scope })
  const all = answer('these')
  const some = answer('anywhere')
  const more = answer('more')
  // `bin/install` is a script of the project.
  const installed = !program.includes('/') || /^(?:\/|.*(?:^|\/)\.bin\/)/.test(program)
  const name = installed ? program.slice(program.lastIndexOf('/') + 1) : program
  const plain = args.filter((word) => !word.startsWith('-'))
  if (command.words[0] === 'command' && /^-[vV]$/.test(command.words[1] ?? '')) return all([])
  if (name === '' || command.words.length === 0) return all([])
  if (readers.has(name)) return all([])
  if (makers.has(name)) return all(plain)
  if (copiers.has(name)) {
    const into = targeted.has(name) ? optionValue(args, ['-t', '--target-directory']) : null
    const last = into ?? (plain.length > 1 ? plain.at(-1) : undefined)
    const sources = into === null ? plain.slice(0, -1) : plain.filter((word) => word !== into)
    if (last !== undefined && isHere(last) && bringsUnnamed(name, args)) return some([last])
    return last === undefined ? some(plain) : copied(sources, last, all, some)
  }
  switch (name) {
    case 'find':
      return args.some((word) => /^-(?:exec|ok|fprint|fls)/.test(word)) ? some([]) : all([])
    case 'sed':
    case 'perl':
      return args.some((word) => /^-[a-zA-Z]*i|^--in-place/.test(word))
        ? all(plain)
        : name === 'sed'
          ? all([])
          : some(plain.slice(1))
    case 'patch':
      return some(plain)
    case 'sort': {
      const out = optionValue(args, ['-o', '--output'])
      return all(out === null ? [] : [out])
    }
    case 'tar':
    case 'bsdtar':
      return tarWrites(args, all, some)
    case 'unzip': {
      const into = optionValue(args, ['-d'])
      return into === null || isHere(into) ? some([]) : all([into])
    }
    case 'zip':
      return all(plain.slice(0, 1))
    case 'gzip':
    case 'gunzip':
    case 'xz':
    case 'unxz':
    case 'zstd':
    case 'unzstd':
      return packs(args, plain, all, some)
    case 'uniq':
    case 'xxd':
      return all(plain.slice(1))
    case 'kubectl':
      // The contents of a directory land in the one that is named.
      return args.includes('cp') ? copied([], plain.at(-1) ?? '', all, some) : all([])
    case 'curl':
      return fetched(
        args,
        { file: ['-o', '--output'], into: ['--output-dir'], remoteName: /^-[a-zA-Z]*O|^--remote-name/ },
        all,
        some,
      )
    case 'wget':
      return fetched(
        args,
        { file: ['-O', '--output-document'], into: ['-P', '--directory-prefix'], remoteName: /(?:)/ },
        all,
        some,
      )
    case 'aws':
    case 'gsutil':
    case 'gcloud':
    case 'az':
      return cloudWrites(plain, args, all, some)
    case 'git':
      return gitWrites(args, all, some)
    case 'dvc':
      return dvcWrites(args, all, some)
    case 'docker':
    case 'podman':
    case 'nerdctl':
      return dockerWrites(args, all, some)
    default: {
      const checker = checkers.find(({ words }) =>
        words.every((word, i) => (i === 0 ? word === name : args[i - 1] === word || args.includes(word))),
      )
      if (checker !== undefined) return all([...checker.makes, ...args.flatMap(optionTargets)])
      if (testers.has(name) || (name === 'node' && args.includes('--test')) || readsSources(command))
        return more(args.flatMap((word, i) => (isValue(args, i) ? [word] : optionTargets(word))))
      const rest = interpreters.has(name) || name === 'java' ? withoutFirstPlain(args) : args
      return more(rest.flatMap((word) => optionTargets(word).concat(word.startsWith('-') ? [] : [word])))
    }
  }
}

/** Programs whose operands are what they look at. */
const testers: ReadonlySet<string> = new Set([
  ...[
    'pytest',
    'tox',
    'nox',
    'jest',
    'vitest',
    'mocha',
    'ava',
    'tap',
    'rspec',
    'phpunit',
    'ctest',
    'cypress',
    'playwright',
  ],
  ...[
    'eslint',
    'prettier',
    'biome',
    'stylelint',
    'ruff',
    'flake8',
    'mypy',
    'pyright',
    'pylint',
    'black',
    'isort',
    'bandit',
  ],
  ...[
    'rubocop',
    'phpstan',
    'psalm',
    'golangci-lint',
    'gofmt',
    'staticcheck',
    'markdownlint',
    'cspell',
    'tflint',
  ],
])

/** A build tool that is known takes sources as operands and says in options where the result goes. */
function readsSources({ words }: ShellCommand): boolean {
  const known = knownCommand(words)
  return known !== null && (known.kind === 'build' || known.kind === 'install') && known.runsScript === null
}

/** True for a word that may be the value of the option before it. */
function isValue(args: readonly string[], at: number): boolean {
  const before = args[at - 1] ?? ''
  return (
    !(args[at] ?? '').startsWith('-') &&
    before.startsWith('-') &&
    !before.includes('=') &&
    !/^--test$|^--$/.test(before)
  )
}

type Answer = (targets: readonly string[]) => Written

/** True for the directory that the command runs in: no name says what it writes there. */
const isHere = (word: string): boolean => /^(?:\.?\/?)+$/.test(word.replace(roots, '.').replace(here, '.'))

/** Of a copy to its last word, which may be another machine's; into the directory it runs in it brings each source under its own name, where that is told. */
function copied(sources: readonly string[], into: string, all: Answer, some: Answer): Written {
  if (/^[^/]+:/.test(into) || into === '-') return all([])
  if (!isHere(into)) return all([into])
  const names = sources.map((source) =>
    source.slice(Math.max(source.lastIndexOf('/'), source.lastIndexOf(':')) + 1),
  )
  // `rsync -a models/ .`, `cp -r out/. .`, `mv artefacts/* .`
  return names.some((name) => /^\.*$|[$`*?[{]/.test(name)) || names.length === 0
    ? some([into])
    : all(names.map((name) => `./${name}`))
}

/**
 * True of a copy that does not bring each source under the last part of its name: the source takes the place of the directory, keeps its
 * whole path, stands in a list, or is a module of a server, of which rsync brings what is in it. Sources:
 * https://www.gnu.org/software/coreutils/manual/html_node/Target-directory.html, https://download.samba.org/pub/rsync/rsync.1.
 */
function bringsUnnamed(program: string, args: readonly string[]): boolean {
  // What it copies of a directory is what lies in it.
  if (program === 'ditto') return true
  const [letters, long] =
    program === 'rsync'
      ? [/^-[a-zA-Z]*R/, /^--(?:relative|files-from)(?:=|$)|::|^rsync:\/\//]
      : [/^-[a-zA-Z]*T/, /^--(?:no-t[a-z-]*|parents?)$/]
  return args.some((word) => letters.test(word) || long.test(word))
}

/**
 * Beside each file, with an ending or without it; a lone `.tgz` becomes a `.tar`. Only where names are spelt out is it known what they become.
 * Sources: https://www.gnu.org/software/gzip/manual/gzip.html, https://man7.org/linux/man-pages/man1/xz.1.html.
 */
function packs(args: readonly string[], plain: readonly string[], all: Answer, some: Answer): Written {
  if (args.some((word) => /^(?:-S|--(?:suffix|files0?|filelist|output-dir-))/.test(word))) return some(plain)
  if (args.some((word) => /^-[a-z]*c|^--(?:to-)?stdout/.test(word)) || plain.length === 0) return all([])
  if (plain.some((word) => /[$`*?[{]/.test(word))) return some(plain)
  return all(
    plain.flatMap((word) => [
      word,
      ...packed.map((ending) => `${word}${ending}`),
      word.replace(/\.(?:gz|xz|zst|lzma|Z|z)$|[-_]g?z$/, ''),
      word.replace(/\.t(?:gz|az|xz|lz|zst)$/, '.tar'),
    ]),
  )
}

const packed: readonly string[] = ['.gz', '.xz', '.zst', '.lzma']

/** The values in one word: `--outdir=dist`, `-obin/x`, `type=local,dest=out`. */
function optionTargets(word: string): string[] {
  const found: string[] = []
  if (word.startsWith('--') || /^[\w.-]+=/.test(word) || word.startsWith('-'))
    for (const part of word.split(',')) {
      const cut = part.indexOf('=')
      if (cut > 0) found.push(part.slice(cut + 1))
      // `--cov-report=html:coverage`.
      if (cut > 0 && part.includes(':', cut)) found.push(part.slice(part.lastIndexOf(':') + 1))
    }
  const short = /^-[a-zA-Z]([^-=].*)$/.exec(word)
  if (short !== null) found.push(short[1] ?? '')
  return found
}

function optionValue(args: readonly string[], names: readonly string[]): string | null {
  for (const [i, word] of args.entries())
    for (const name of names) {
      if (word === name) return args[i + 1] ?? null
      if (name.startsWith('--') && word.startsWith(`${name}=`)) return word.slice(name.length + 1)
      if (!name.startsWith('--') && word.startsWith(name) && !word.startsWith('--'))
        return word.slice(name.length)
      // Short options may stand in a bundle: `curl -fsSLo FILE`.
      if (!name.startsWith('--') && /^-[a-zA-Z]{2,8}$/.test(word) && word.endsWith(name.slice(1)))
        return args[i + 1] ?? null
    }
  return null
}

function withoutFirstPlain(args: readonly string[]): readonly string[] {
  const at = args.findIndex((word) => !word.startsWith('-'))
  return at < 0 ? args : args.filter((_, i) => i !== at)
}

function tarWrites(args: readonly string[], all: Answer, some: Answer): Written {
  const [first = ''] = args
  const bundle = first.startsWith('--') ? '' : first.replace(/^-/, '')
  const into = optionValue(args, ['-C', '--directory'])
  // The letters before an `f`, which takes the rest of the word.
  const has = (letter: string, long: string) =>
    new RegExp(`^[a-eg-zA-Z]*${letter}`).test(bundle) ||
    args.some((word) => word === `--${long}` || new RegExp(`^-[a-eg-zA-Z]*${letter}`).test(word))
  if (has('x', 'extract')) return into === null || isHere(into) ? some([]) : all([into])
  if (has('t', 'list')) return all([])
  const bundled = /^[a-zA-Z]*f$/.test(bundle) ? (args[1] ?? null) : null
  const file = bundled ?? optionValue(args, ['-f', '--file'])
  return all(file === null ? [] : [file])
}

function fetched(
  args: readonly string[],
  {
    file,
    into,
    remoteName,
  }: { readonly file: readonly string[]; readonly into: readonly string[]; readonly remoteName: RegExp },
  all: Answer,
  some: Answer,
): Written {
  const named = optionValue(args, file)
  const given = optionValue(args, into)
  const directory = given === null || isHere(given) ? null : given
  const targets: string[] = []
  if (named !== null) targets.push(directory === null ? named : `${directory}/${named}`)
  else if (args.some((word) => remoteName.test(word))) {
    const urls = args.filter((word) => /^[a-z]+:\/\/|^\$|\.\w+\//.test(word))
    for (const url of urls) targets.push(directory ?? /\/([^/?#]+)(?:[?#].*)?$/.exec(url)?.[1] ?? url)
    // A list of addresses, from a file or through a pipe, and all that a page leads to; a name that the server says.
    if (directory === null && (urls.length === 0 || args.some((word) => fetchesMore.test(word))))
      return some(targets)
  }
  return all(directory === null ? targets : [...targets, directory])
}

const fetchesMore =
  /^(?:-[a-zA-Z]*[iJKrm]|--(?:input-file|recursive|mirror|content-disposition|remote-header-name|config))/

function cloudWrites(plain: readonly string[], args: readonly string[], all: Answer, some: Answer): Written {
  const copies = plain.some((word) => /^(?:cp|sync|mv|rsync|download|download-batch)$/.test(word))
  if (!copies)
    return plain.some((word) =>
      /^(?:login|configure|auth|config|sts|ecr|describe|list|get-login-password|configure-docker)/.test(word),
    )
      ? all([])
      : some(args)
  const last = plain.at(-1) ?? ''
  return /^(?:s3|gs|https?):\/\//.test(last) ? all([]) : some([last, ...args.flatMap(optionTargets)])
}

function gitWrites(args: readonly string[], all: Answer, some: Answer): Written {
  const into = optionValue(args.slice(0, 2), ['-C'])
  const rest = into === null ? args : args.slice(2)
  const at = rest.findIndex((word) => !word.startsWith('-') && !/=/.test(word))
  const verb = rest[at] ?? rest[0] ?? ''
  if (gitReaders.has(verb)) return all([])
  const plain = rest.slice(at + 1).filter((word) => !word.startsWith('-'))
  if (verb !== 'clone') return some(plain)
  const url = plain[0] ?? ''
  return all([plain[1] ?? /([^/:]+?)(?:\.git)?\/?$/.exec(url)?.[1] ?? url])
}

/** What is pulled by its name is all that is: https://dvc.org/doc/command-reference/pull. */
function dvcWrites([verb = '', ...args]: readonly string[], all: Answer, some: Answer): Written {
  if (/^(?:version|config|remote|status|diff|push|root|list|doctor)$/.test(verb)) return all([])
  const valued = /^(?:-r|--remote|-j|--jobs)$/
  const targets = args.filter((word, i) => !word.startsWith('-') && !valued.test(args[i - 1] ?? ''))
  const isMore = args.some((word) => /^(?:-R|--recursive|-d|--with-deps|--glob|-[aAT]|--all-.*)$/.test(word))
  if (!/^(?:pull|checkout|fetch)$/.test(verb) || targets.length === 0 || isMore) return some(targets)
  return all(targets.map((word) => word.replace(/\.dvc$/, '')))
}

function dockerWrites(args: readonly string[], all: Answer, some: Answer): Written {
  const verb = args.find((word) => !word.startsWith('-')) ?? ''
  const rest = args.slice(args.indexOf(verb) + 1)
  if (dockerReaders.has(verb)) return all([])
  if (verb === 'save' || verb === 'export') {
    const out = optionValue(rest, ['-o', '--output'])
    return all(out === null ? [] : [out])
  }
  if (verb === 'cp') {
    const plain = rest.filter((word) => !/^-./.test(word))
    return copied(plain.slice(0, -1), plain.at(-1) ?? '', all, some)
  }
  if (verb === 'run' || verb === 'create' || verb === 'exec')
    return rest.some((word) => /^-v|^--volume|^--mount|^--cidfile|^--iidfile/.test(word)) || verb === 'exec'
      ? some([])
      : all([])
  if (verb === 'buildx')
    return ['create', 'use', 'inspect', 'ls', 'rm', 'prune', 'version', 'imagetools', 'du'].includes(
      rest[0] ?? '',
    )
      ? all([])
      : some([])
  if (verb === 'compose')
    return ['pull', 'push', 'down', 'config', 'ps', 'stop', 'logs', 'version', 'build', 'rm'].includes(
      rest.find((word) => !word.startsWith('-')) ?? '',
    )
      ? all([])
      : some([])
  return some([])
}
