import type { Config, ConfiguredBuild } from '../config/model.ts'
import type { BuildTarget } from '../inputs/target.ts'
import type { Declared } from '../repository/model.ts'

/** A configuration in force. Places and paths in it are relative to the directory that was asked about. */
export interface RunConfig extends Config {
  /** Where it was found. */
  readonly file: string
  /** The builds that it defines and that lie in or under the directory, or read something in it. */
  readonly targets: readonly BuildTarget[]
  /** Its elements that only have a name: compose or bake define what they mean. */
  readonly named: readonly (ConfiguredBuild & { readonly name: string })[]
  /** True when the directory is the one of the configuration, so that all it says must be found there. */
  readonly isOwn: boolean
  /** For what is proposed. */
  readonly declared: Declared
}
