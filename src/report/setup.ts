/** What is told of files that the program makes for its own use. */

/** `ctxsize init --format json`. */
export interface InitReport {
  readonly schemaVersion: 1
  /** Where it belongs, relative to the directory that was asked about. */
  readonly file: string
  readonly text: string
  /** How many builds it speaks of. */
  readonly builds: number
  readonly written: boolean
}

/** `ctxsize plugin --format json`. */
export interface PluginReport {
  readonly schemaVersion: 1
  /** The link by which the docker client finds this program, absolute. */
  readonly file: string
  /** What it leads to, or led to; null: there was nothing. */
  readonly program: string | null
  /** What was done: `kept` when it was as it should be already. */
  readonly change: 'installed' | 'replaced' | 'removed' | 'kept'
}
