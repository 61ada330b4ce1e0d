/** What was read of repositories before: several questions about one read it once. */

import type { BuildTarget, OpenBuild } from '../inputs/target.ts'
import type { BuildIndex } from './context-builds.ts'
import type { BuildStep, Recipe, Watched } from './model.ts'
import type { KnownTracked } from './place.ts'

/** What the files of a repository say, whichever of its directories asks; paths are relative to its root. */
export interface Said {
  /** What git tracks, and what lies untracked in the directory that asked first; where it tracks nothing, what was listed. */
  readonly files: readonly string[]
  readonly recipes: readonly Recipe[]
  /** Every build that is written down, and what bake makes only of a target that is named. */
  readonly builds: readonly BuildTarget[]
  readonly index: BuildIndex
  /** Without the latter. */
  readonly asked: readonly BuildTarget[]
  readonly open: readonly OpenBuild[]
  /** Those of the open builds that hang on a variable: which context they have tells whom they concern. */
  readonly hanging: readonly BuildStep[]
}

/** What the same files say of containers that run; paths are relative to the root. */
export interface SaidBeside {
  readonly watched: readonly Watched[]
  readonly mounted: readonly Watched[]
  readonly variables: readonly Watched[]
  readonly starts: readonly (readonly string[])[]
}

/** Written to. */
export interface KnownSources {
  /** By the root of the repository, and by what lay untracked in the directory that asked. */
  readonly said: Map<string, Said>
  readonly tracked: KnownTracked
  /** What proposals ask besides. */
  readonly beside: Map<Said, SaidBeside>
  /** What the last commits of repositories deleted, by their tops; relative to them. */
  readonly deleted: Map<string, readonly string[]>
}

export const nothingKnown = (): KnownSources => ({
  said: new Map(),
  tracked: new Map(),
  beside: new Map(),
  deleted: new Map(),
})
