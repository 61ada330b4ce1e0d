/** A shell text as the commands it runs: what a RUN, a script, a Makefile recipe or a step of a workflow would do. */

/** One simple command, wherever it stands: in a list, a pipeline, a subshell, a condition, a substitution. */
export interface ShellCommand {
  /** The program and its arguments: quotes taken off, redirections and assignments left out; `$NAME`, `${…}` and `$(…)` stay as written. */
  readonly words: readonly string[]
  /**
   * The words with what the text itself assigns put in for `$NAME`, which may make one word several (`"${args[@]}"`) or
   * none. Paths made of `$(pwd)`, `$(dirname "$0")` and the like are relative to `directory`. What hangs on anything
   * else stays as written. Absent means: the same as `words`.
   */
  readonly values?: readonly string[]
  /** `NAME=VALUE` before the program. */
  readonly assignments: readonly string[]
  /** Targets of `>`, `>>` and `<` with their quotes off. */
  readonly writes: readonly string[]
  readonly reads: readonly string[]
  /** The directory it runs in after every `cd` before it, from where the text begins: '' there, 'a/b' below, absolute as it is; null when it cannot be told. */
  readonly directory: string | null
  /** Line within the text, from 0. */
  readonly line: number
  /** True when it may not run though the text does: in a branch, after `||`, in a function, a loop, a trap. */
  readonly conditional: boolean
}

export interface ShellScript {
  /** In the order in which they stand. */
  readonly commands: readonly ShellCommand[]
  /** Null when all of it was understood; else the first thing that was not (`eval`, a `source` of another file, a syntax that does not close). */
  readonly unread: string | null
}
