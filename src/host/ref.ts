/** From what a user calls a commit to the commit's own name, or to what has to be done before git knows it. */

import { CtxsizeError, fail } from '../lib/errors.ts'
import { decodePath, hasRawBytes, visiblePath } from '../lib/path.ts'
import type { Git, GitResult } from './host.ts'

/** Git in one working tree, with its troubles as errors: `GIT_UNAVAILABLE`, with what to do about it. */
export type Ask = (args: Parameters<Git>[1], options?: Parameters<Git>[2]) => Uint8Array

export function askerOf(git: Git | null, top: string): Ask {
  if (git === null) throw unavailable('there is no git to read the commit with', 'install git')
  return (args, options) => {
    const result = git(top, args, options)
    if (result.trouble === null) return result.stdout
    throw troubleOf(result, top)
  }
}

const unavailable = (message: string, hint: string) => fail('GIT_UNAVAILABLE', message, { hint })

function troubleOf({ trouble, stderr, code }: GitResult, top: string): CtxsizeError {
  switch (trouble) {
    case 'no-git':
      return unavailable('git is not installed', 'install git')
    case 'no-repository':
      return unavailable('git finds no repository here', 'run ctxsize in the clone whose commit is meant')
    case 'dubious-ownership':
      return unavailable(
        'the git repository belongs to another user, and git refuses to read it',
        `if you trust it: git config --global --add safe.directory ${quoted(top)}`,
      )
    case 'too-much':
      return unavailable('the commit is larger than can be held', 'measure a checkout of it')
    case 'too-long':
      return unavailable('git did not answer in time', 'try again, or measure a checkout of it')
    default:
      return unavailable(
        `${gitFailed}: ${stderr.split('\n')[0] || `exit code ${code}`}`,
        'git fsck tells whether the repository is whole',
      )
  }
}

const gitFailed = 'git failed'

const quoted = (path: string): string =>
  /^[\w./@%+:,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`

/** How near the commit has to be. */
export interface Reach {
  /** True: nothing before it is needed; false: it is compared by what it has in common with another. */
  readonly alone: boolean
}

/** The name of the commit that a branch, a tag or anything else of git's language means. Throws `REF_NOT_FOUND`. */
export function resolveCommit(git: Ask, ref: string, { alone }: Reach = { alone: false }): string {
  if (ref === '' || ref.startsWith('-') || /[\0-\x1f\x7f]/.test(ref) || hasRawBytes(ref))
    throw unknown(ref, 'give a branch, a tag or a commit')
  const said = answerOrNull(git, ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`])
  if (said === null) throw unknown(ref, isShallow(git) ? deeper(ref, alone) : elsewhere(ref))
  const commit = nameIn(said)
  if (commit === null) throw unknown(ref, 'give a branch, a tag or a commit')
  return commit
}

/**
 * The last commit that HEAD and `ref` have in common, which is what a pull request is compared with. Throws
 * `REF_NOT_FOUND` where there is none, and where the clone is not deep enough to have it. `otherwise`: what to do then.
 */
export function commonCommit(git: Ask, ref: string, otherwise: string): string {
  const commit = resolveCommit(git, ref)
  if (answerOrNull(git, ['rev-parse', '--verify', '--end-of-options', 'HEAD^{commit}']) === null)
    throw fail('REF_NOT_FOUND', 'nothing is committed here yet', { hint: 'commit something first' })
  const common = nameIn(decodePath(git(['merge-base', '--end-of-options', commit, 'HEAD'])))
  if (common !== null) return common
  throw fail('REF_NOT_FOUND', `HEAD has no commit in common with ${visiblePath(ref)}`, {
    hint: isShallow(git) ? deeper(ref, false) : otherwise,
  })
}

const unknown = (ref: string, hint: string) =>
  fail('REF_NOT_FOUND', `no such commit: ${visiblePath(ref)}`, { hint })

/** What brings it to a shallow clone. */
function deeper(ref: string, alone: boolean): string {
  const branch = branchOf(ref) ?? ''
  return alone
    ? `this clone is shallow: git fetch --depth=1${branch} brings it`
    : `this clone is shallow: git fetch --unshallow${branch} brings the rest (in CI: a checkout with its history, fetch-depth: 0)`
}

function elsewhere(ref: string): string {
  const branch = branchOf(ref)
  return branch === null
    ? 'git branch --all and git tag list what there is; git fetch brings what is new'
    : `git branch --all lists what there is; git fetch${branch} brings it if there is such a branch`
}

/** A branch of a remote as `git fetch` has to be told of it: a clone of one branch asks for no other by itself. */
function branchOf(ref: string): string | null {
  const [, remote, branch] = /^(?:refs\/remotes\/)?([\w.-]+)\/([\w./-]+)$/.exec(ref) ?? []
  if (remote === undefined || branch === undefined || remote === 'refs') return null
  return ` ${remote} +refs/heads/${branch}:refs/remotes/${remote}/${branch}`
}

function isShallow(git: Ask): boolean {
  return decodePath(git(['rev-parse', '--is-shallow-repository'])).trim() === 'true'
}

/** Null where git says that there is no such thing. */
function answerOrNull(git: Ask, args: Parameters<Git>[1]): string | null {
  try {
    return decodePath(git(args))
  } catch (thrown) {
    if (thrown instanceof CtxsizeError && thrown.message.startsWith(gitFailed)) return null
    throw thrown
  }
}

const nameIn = (said: string): string | null => /^[0-9a-f]{40,64}$/m.exec(said)?.[0] ?? null
