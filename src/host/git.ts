/** Git, asked without anything that the repository configures being run. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import { hasRawBytes, visiblePath } from '../lib/path.ts'
import type { Git, GitArguments, GitCommand, GitOptions, GitResult, GitTrouble } from './host.ts'
import { childProcess } from './late.ts'
import { findProgram, programPlaces } from './programs.ts'

/**
 * Settings that outrank every file of configuration, included ones too. Each names a program that git would run, or
 * lets it do more than was asked for: https://git-scm.com/docs/git-config.
 */
const settings = [
  // Reading the index asks this program, or a daemon, what has changed.
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.editor=false',
  'core.askPass=',
  'core.sshCommand=false',
  'core.gitProxy=false',
  'credential.helper=',
  // The user's own file of attributes; those of the repository are of no effect without a driver that is let run.
  'core.attributesFile=/dev/null',
  'diff.external=',
  'diff.submodule=short',
  'submodule.recurse=false',
  // Programs that verify signatures, which the next two would ask for.
  'gpg.program=false',
  'gpg.openpgp.program=false',
  'gpg.x509.program=false',
  'gpg.ssh.program=false',
  'log.showSignature=false',
  // Nothing came before the first commit to compare it with: all its files would be listed.
  'log.showRoot=false',
  'format.pretty=medium',
  'protocol.allow=never',
  'gc.auto=0',
  'maintenance.auto=false',
  // A directory that merely looks like a repository is none: its configuration came with a clone.
  'safe.bareRepository=explicit',
]

/**
 * Options of each command that nobody may forget. Text conversion and external diffs are programs that attributes
 * choose, see gitattributes(5); the filters `clean`, `smudge` and `process` run only where git compares with the
 * working tree or fills it, which none of these does as long as {@link refused} is not among its options.
 */
const alwaysWith: Readonly<Record<GitCommand, readonly string[]>> = {
  'cat-file': [],
  'diff-tree': ['--no-ext-diff', '--no-textconv', '--no-color'],
  grep: ['--no-textconv', '--no-recurse-submodules', '--no-color', '--no-column'],
  log: ['--no-ext-diff', '--no-textconv', '--no-show-signature', '--no-notes', '--no-color'],
  'ls-files': [],
  'ls-tree': [],
  'merge-base': [],
  'rev-list': [],
  'rev-parse': [],
}

/** Beginnings of options that run something, write something, or compare with the working tree. Git takes shortened ones. */
const refused: Readonly<Partial<Record<GitCommand, RegExp>>> = {
  'cat-file': /^--(?:te|fi|batch-a)/,
  'diff-tree': /^--(?:te|ext|ou)/,
  grep: /^(?:-O|--(?:open|te|rec|ext-))/,
  log: /^--(?:te|ext|ou|show-s)/,
  'ls-files': /^(?:-[a-z]*[mdk]|--(?:mod|del|ki|rec|deb))/,
}

/** What git needs of the user's environment; nothing else of it is handed on, GIT_DIR and GIT_EXTERNAL_DIFF least of all. */
const handedOn = [
  // The user's own configuration is read: safe.directory counts only there, and is theirs to say. Without it each
  // run in CI would end in "dubious ownership" whatever the user had allowed. The settings above outrank it.
  'HOME',
  'XDG_CONFIG_HOME',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  // Whose repositories root may read, under sudo.
  'SUDO_UID',
  // Without these no program starts on Windows.
  'SYSTEMROOT',
  'USERPROFILE',
  'HOMEDRIVE',
  'HOMEPATH',
]

const fixedEnvironment = {
  LC_ALL: 'C',
  // No lock is taken, so nothing is written, only to remember what was found out on the way.
  GIT_OPTIONAL_LOCKS: '0',
  // Into a pipe git would write each commit by itself, and both sides would be busy with that: git(1).
  GIT_FLUSH: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ATTR_NOSYSTEM: '1',
  // A list of protocols outranks `protocol.<name>.allow`; this one is empty. So missing objects of a partial clone
  // stay missing also where git (before 2.45) does not know the other variable.
  GIT_ALLOW_PROTOCOL: ':',
  GIT_NO_LAZY_FETCH: '1',
  GIT_PAGER: 'cat',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  GIT_SSH_COMMAND: 'false',
}

const defaultBytes = 256 << 20
/** Milliseconds that a question may take where nobody says. */
export const defaultMs = 60_000

/** A question as what is to be started for it. */
export interface GitCall {
  readonly program: string
  readonly words: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly maxBytes: number
  readonly timeoutMs: number
}

/** What became of what was started; `error` as Node names it. */
interface Ran {
  readonly status: number | null
  readonly stdout: Uint8Array | null
  readonly stderr: Uint8Array | null
  readonly error?: Error | undefined
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Git for a real run. Of the environment only what is said above reaches it. */
export function createGit(environment: Environment, platform: string): Git {
  const prepare = createPrepare(environment, platform)
  return (directory, args, options = {}) => {
    const call = prepare(directory, args, options)
    if ('trouble' in call) return call
    const { program, words, cwd, env, maxBytes, timeoutMs } = call
    const ran = childProcess().spawnSync(program, words, {
      ...{ cwd, env, input: options.input ?? new Uint8Array(0) },
      ...{ maxBuffer: maxBytes, timeout: timeoutMs, killSignal: 'SIGKILL', windowsHide: true },
    })
    return resultOf(args[0], ran)
  }
}

/** Makes a function that tells how to ask, or why nobody can. */
export function createPrepare(
  environment: Environment,
  platform: string,
): (directory: string, args: GitArguments, options: GitOptions) => GitCall | GitResult {
  return (directory, args, options) => {
    const [command, ...rest] = args
    refuseUnsafe(command, rest)
    const top = path.resolve(directory)
    // Node hands over text only.
    if ([top, ...rest].some(hasRawBytes))
      return failed('failed', 'a name that is not UTF-8 cannot be handed to git')
    // Also keeps git from finding a repository further up than the one that is meant.
    if (!fs.existsSync(path.join(top, '.git'))) return failed('no-repository', '')
    // A submodule is asked from the repository around it, whose programs are not to be run either.
    const foreign = [top, path.resolve('.')]
    const places = programPlaces(environment['PATH'] ?? environment['Path'] ?? '', foreign, platform)
    const program = findProgram(places, platform === 'win32' ? 'git.exe' : 'git')
    if (program === null) return failed('no-git', '')
    if (options.gitDir !== undefined && !isKeptIn(top, options.gitDir)) return failed('no-repository', '')
    const odd = oddFile(options.gitDir ?? path.join(top, '.git'))
    if (odd !== null) return failed('failed', `${odd} is no regular file`)
    const given = handedOn.flatMap((name) => {
      const value = environment[name]
      return value === undefined ? [] : [[name, value] as const]
    })
    return {
      program,
      words: [
        '--no-pager',
        '--literal-pathspecs',
        ...settings.flatMap((setting) => ['-c', setting]),
        command,
        ...alwaysWith[command],
        ...rest,
      ],
      cwd: top,
      env: {
        ...Object.fromEntries(given),
        ...fixedEnvironment,
        PATH: places.join(path.delimiter),
        // core.worktree may point elsewhere. GIT_DIR is left open where it can be: given, it would switch off the check of ownership.
        GIT_WORK_TREE: top,
        ...(options.gitDir === undefined ? {} : { GIT_DIR: options.gitDir }),
        GIT_CEILING_DIRECTORIES: path.dirname(top),
      },
      maxBytes: options.maxBytes ?? defaultBytes,
      timeoutMs: options.timeoutMs ?? defaultMs,
    }
  }
}

/** What came of it, as an answer. */
export function resultOf(command: GitCommand, ran: Ran): GitResult {
  const stderr = firstLines(ran.stderr)
  return {
    ok: ran.status === 0 && !ran.error,
    stdout: ran.stdout ?? new Uint8Array(0),
    stderr,
    code: ran.status,
    trouble: troubleOf(ran, command, stderr),
  }
}

/** What git opens for every question, relative to its directory: from a pipe it would read until somebody writes, which may be never. */
const opened = [
  'HEAD',
  'config',
  'config.worktree',
  'commondir',
  'index',
  'packed-refs',
  'shallow',
  'info/exclude',
]

function oddFile(gitDir: string): string | null {
  const isOdd = (name: string) => {
    try {
      return fs.statSync(path.join(gitDir, name), { throwIfNoEntry: false })?.isFile() === false
    } catch {
      // Git says itself what it cannot look at.
      return false
    }
  }
  return opened.find(isOdd) ?? null
}

/** True when whoever owns the working tree owns that repository as well: git does not ask where it is told of one. */
function isKeptIn(top: string, gitDir: string): boolean {
  try {
    const owners = [top, path.join(top, '.git'), gitDir].map((place) => fs.statSync(place).uid)
    return owners.every((owner) => owner === owners[0])
  } catch {
    return false
  }
}

/** A mistake of this program, not of a user: it is thrown as one. */
function refuseUnsafe(command: GitCommand, args: readonly string[]): void {
  if (!Object.hasOwn(alwaysWith, command)) throw new Error(`git ${command} is not asked here`)
  for (const [i, argument] of args.entries()) {
    if (argument === '--' || argument === '--end-of-options') return
    if (args[i - 1] !== '-e' && refused[command]?.test(argument))
      throw new Error(`git ${command} ${argument} may run what a repository configures`)
  }
}

function failed(trouble: GitTrouble, stderr: string): GitResult {
  return { ok: false, stdout: new Uint8Array(0), stderr, code: null, trouble }
}

const mostLines = 5
const mostCharacters = 300

function firstLines(stderr: Uint8Array | null): string {
  // Names in messages are bytes of any kind; those that are no text are of no use to a reader.
  const text = new TextDecoder().decode((stderr ?? new Uint8Array(0)).subarray(0, 1 << 14))
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, mostLines)
    .map((line) => visiblePath(line.slice(0, mostCharacters)))
    .join('\n')
}

function troubleOf(
  ran: Pick<Ran, 'status' | 'error'>,
  command: GitCommand,
  stderr: string,
): GitTrouble | null {
  const code = ran.error && 'code' in ran.error ? ran.error.code : null
  if (code === 'ENOBUFS') return 'too-much'
  if (code === 'ETIMEDOUT') return 'too-long'
  if (code === 'ENOENT') return 'no-git'
  // Git that ends before it has read all that it is told is no failure by itself.
  if (ran.error && code !== 'EPIPE') return 'failed'
  if (
    ran.status === 0 ||
    (ran.status === 1 && stderr === '' && (command === 'grep' || command === 'merge-base'))
  )
    return null
  // Git 2.35.2 to 2.38 said "unsafe repository": https://github.com/git/git/commit/8959555cee7ec045958f9b6dd62e541affb7e7d9
  if (/^fatal: (?:detected dubious ownership|unsafe repository)/m.test(stderr)) return 'dubious-ownership'
  if (/^fatal: not a git repository/m.test(stderr)) return 'no-repository'
  return 'failed'
}
