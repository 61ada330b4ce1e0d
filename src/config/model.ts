/** What a configuration says, as values. Each knows where it stands; nothing of it is ever executed. */

import type { Place } from '../lib/source.ts'
import type { BudgetName, FailOn, Severity } from '../report.ts'

/** What becomes of a rule's findings. */
export type RuleLevel = Severity | 'off'

/** One limit. A budget with a minimum and a maximum is two. */
export interface Budget {
  readonly name: BudgetName
  /** The directory for `directories`, relative to the context; null for the others. */
  readonly path: string | null
  readonly bound: 'max' | 'min'
  /** Bytes, files or commits. */
  readonly limit: number
  /** As the user wrote it. */
  readonly written: string
  /** Null: on the command line. */
  readonly at: Place | null
}

/** A line of `mustShip` or `neverShip`, in the dialect of .dockerignore, with its `!`. */
export interface ShipPattern {
  readonly pattern: string
  /** Null: on the command line. */
  readonly at: Place | null
}

/** What is checked of a build. */
export interface Checks {
  readonly budgets: readonly Budget[]
  readonly mustShip: readonly ShipPattern[]
  readonly neverShip: readonly ShipPattern[]
  /** With a base: files that the image may lose although they are still there. */
  readonly mayLose: readonly ShipPattern[]
}

/** What says which build is meant; as the options of `docker build`, typed in the directory of the configuration. */
export interface BuildDefinition {
  /** Relative to that directory. */
  readonly context: string
  /** Relative to that directory; null: `Dockerfile` in the context. */
  readonly file: string | null
  readonly target: string | null
  /** A null value comes from the environment, as with `--build-arg NAME`. */
  readonly args: Readonly<Record<string, string | null>>
  readonly namedContexts: Readonly<Record<string, string>>
  readonly platform: string | null
}

/** An element of `builds`. */
export interface ConfiguredBuild {
  readonly at: Place
  readonly name: string | null
  /** Null: the build that a compose or bake file gives this name. */
  readonly definition: BuildDefinition | null
  readonly checks: Checks
}

/** A place that looks as if it built an image and that nobody has to understand. */
export interface ClosedPlace {
  /** Relative to the directory of the configuration. */
  readonly file: string
  /** Null: wherever in the file. */
  readonly line: number | null
  readonly reason: string
}

/** One configuration. Places are told by the name that it was read with. */
export interface Config {
  readonly builds: readonly ConfiguredBuild[]
  /** For every build. */
  readonly checks: Checks
  readonly rules: ReadonlyMap<string, { readonly level: RuleLevel; readonly at: Place }>
  /** Null: as usual. */
  readonly failOn: FailOn | null
  readonly closed: readonly ClosedPlace[]
}

/** The keys of each mapping; schema/config.schema.json describes the same. */
export const configKeys = {
  configuration: [
    '$schema',
    'builds',
    'budgets',
    'mustShip',
    'neverShip',
    'mayLose',
    'rules',
    'failOn',
    'closed',
  ],
  build: [
    ...['name', 'context', 'file', 'target', 'args', 'namedContexts', 'platform'],
    ...['budgets', 'mustShip', 'neverShip', 'mayLose'],
  ],
  budgets: ['context', 'transfer', 'unread', 'largestFile', 'files', 'directories', 'cacheLoss', 'growth'],
  limit: ['min', 'max'],
  closed: ['file', 'line', 'reason'],
} as const

/** What a budget counts. */
export const budgetUnits = {
  context: 'bytes',
  transfer: 'bytes',
  unread: 'bytes',
  largestFile: 'bytes',
  files: 'files',
  directories: 'bytes',
  cacheLoss: 'commits',
  growth: 'bytes',
} as const satisfies Record<BudgetName, 'bytes' | 'files' | 'commits'>

export const ruleLevels = ['off', 'info', 'warning', 'error'] as const satisfies readonly RuleLevel[]
export const failLevels = ['error', 'warning', 'info', 'never'] as const satisfies readonly FailOn[]
