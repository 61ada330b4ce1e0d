/** A run that cannot finish. Wrong but readable user text is a {@link Problem} instead; anything else that is thrown is a bug. */

import type { Place, Problem } from './source.ts'

/** Every code with the advice that goes with it. */
const hints = {
  CONTEXT_NOT_FOUND: 'give the directory that you would give to docker build',
  CONTEXT_NOT_A_DIRECTORY: 'the context is the directory; name a Dockerfile with -f',
  CONTEXT_UNREADABLE: 'check the permissions of the context directory',
  DOCKERFILE_NOT_FOUND: 'name one with -f',
  DOCKERFILE_UNREADABLE: 'check the permissions of the file',
  DOCKERFILE_NOT_A_FILE: 'name the file itself with -f',
  DOCKERFILE_EMPTY: 'a build needs at least one FROM',
  DOCKERFILE_INVALID: 'mend the line; ctxsize explains what docker says of it',
  TARGET_NOT_FOUND: 'see the stages the Dockerfile has',
  BUILD_ARG_INVALID: 'write --build-arg NAME=VALUE, or NAME alone to take it from the environment',
  BUILD_CONTEXT_INVALID: 'write --build-context NAME=DIRECTORY',
  IGNORE_FILE_UNREADABLE: 'docker cannot read this file either; mend or remove it',
  IGNORE_FILE_REFUSED: 'docker refuses every build with this file; mend or remove the line',
  PATTERN_REFUSED: 'docker refuses the pattern; mend or remove it',
  ENTRY_UNREADABLE: 'docker would fail here too: make it readable, or add it to the ignore file',
  PATH_TOO_LONG: 'docker cannot walk a tree this deep either',
  USAGE: 'ctxsize --help shows what there is',
  OUTPUT_FAILED: 'check the path, and what is free on the disk',
  STDOUT_FAILED: 'look after the disk that standard output goes to',
  NOTHING_TO_VERIFY: 'pipe the output of docker build --progress=plain into ctxsize verify',
  OUTPUT_IS_IGNORE_FILE: 'use ctxsize ignore --write',
  CHANGED_MEANWHILE: 'run it again',
  NOT_WRITABLE: 'nothing was lost: the file is as it was',
  DISK_FAILED: 'nothing was changed by this: run it again, and look after the disk if it stays so',
  NOT_OURS: 'move it away, or name another directory with --dir',
  REF_NOT_FOUND: 'give a branch, a tag or a commit of this repository',
  GIT_UNAVAILABLE: 'measure a checkout instead',
  STREAM_REFUSED: 'docker refuses it too; see what tar makes of it',
  BUILDS_REFUSED: 'mend the file; the tool that reads it says the same',
  NO_REPOSITORY: 'run it in a clone',
  CONFIG_NOT_FOUND: 'give the path of a configuration; ctxsize init shows one',
  CONFIG_EXISTS: 'change it by hand; ctxsize init --no-config shows what would be written',
  CONFIG_UNREADABLE: 'check the file, or leave it out with --no-config',
  CONFIG_INVALID: 'mend the configuration, or leave it out with --no-config',
  REPORT_NOT_FOUND: 'give what ctxsize --format json=FILE wrote',
  REPORT_INVALID: 'save it anew: ctxsize --format json=FILE',
  UNSUPPORTED: 'this is not done yet',
} as const

export type ErrorCode = keyof typeof hints

interface FailOptions {
  readonly hint?: string
  readonly at?: Place | null
  readonly others?: readonly Problem[]
}

export class CtxsizeError extends Error {
  readonly code: ErrorCode
  /** One clause, what to do next. */
  readonly hint: string
  readonly at: Place | null
  /** What else is wrong in the same way, where more than one thing is told at once. */
  readonly others: readonly Problem[]

  constructor(code: ErrorCode, message: string, options: FailOptions = {}) {
    super(message)
    this.name = 'CtxsizeError'
    this.code = code
    this.hint = options.hint ?? hints[code]
    this.at = options.at ?? null
    this.others = options.others ?? []
  }
}

/** Makes the error to throw: `throw fail('CONTEXT_NOT_FOUND', 'no such directory: x')`. */
export function fail(code: ErrorCode, message: string, options: FailOptions = {}): CtxsizeError {
  return new CtxsizeError(code, message, options)
}

/** For the `default` of a switch over a union: does not compile while a case is missing. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`)
}
