import type { Config, ConfiguredBuild } from '../config/model.ts'
import type { BuildTarget } from '../inputs/target.ts'
import type { Declared } from '../repository/model.ts'

/** An element of `builds`; `target` null: what compose or bake define by the name. */
export interface CheckedBuild extends Pick<ConfiguredBuild, 'name' | 'checks'> {
  readonly target: BuildTarget | null
}

/** A configuration in force. Places and paths in it are relative to the directory that was asked about. */
export interface RunConfig extends Config {
  /** Where it was found. */
  readonly file: string
  /** The builds that it defines and that lie in or under the directory, or read something in it. */
  readonly targets: readonly BuildTarget[]
  /** What is checked of each build that it speaks of. */
  readonly checked: readonly CheckedBuild[]
  /** Its elements that only have a name: compose or bake define what they mean. */
  readonly named: readonly (ConfiguredBuild & { readonly name: string })[]
  /** True when the directory is the one of the configuration, so that all it says must be found there. */
  readonly isOwn: boolean
  /** For what is proposed. */
  readonly declared: Declared
}
