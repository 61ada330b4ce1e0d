/** A build that somebody has written down: in a compose or bake file, a workflow, a script. */

import type { Place, Problem } from '../lib/source.ts'

export interface BuildTarget {
  /** The compose service or bake target; null for a plain `docker build`. */
  readonly name: string | null
  /** Relative to the directory that was looked in (`.`, `services/api`, `../x`); a remote context as written. */
  readonly context: string
  /** Relative to the context as bake and compose mean it; null when inline. */
  readonly dockerfile: string | null
  readonly inline: string | null
  /** Null: the default stage. */
  readonly target: string | null
  readonly args: Readonly<Record<string, string>>
  readonly namedContexts: Readonly<Record<string, string>>
  readonly platforms: readonly string[]
  readonly foundIn: Place
  /** True when nobody wrote it down and it is concluded from where a Dockerfile lies. */
  readonly guessed: boolean
}

/** A build that is seen but cannot be read. */
export interface OpenBuild {
  readonly at: Place
  readonly why: string
}

/** What one source of builds (or all of them) holds. */
export interface FoundBuilds {
  readonly builds: readonly BuildTarget[]
  readonly open: readonly OpenBuild[]
  readonly problems: readonly Problem[]
}
