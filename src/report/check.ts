/** What `ctxsize check` adds to a report: budgets, assertions, and what policy makes of findings. Names are a contract as in report.ts. */

import type { Place } from '../lib/source.ts'
import type { Amount, DecidingLine, PathName, Severity } from './parts.ts'

/** The keys that the configuration has for them. */
export type BudgetName =
  | 'context'
  | 'transfer'
  | 'unread'
  | 'largestFile'
  | 'files'
  | 'directories'
  | 'cacheLoss'
  | 'growth'

/** A part of what a budget counts: who grew it. */
export interface BudgetPart extends PathName, Amount {
  readonly type: 'dir' | 'file'
  /** Files of it that the last commit does not have; null where git cannot be asked. */
  readonly newFiles: number | null
}

/** One limit, and how it stands. A budget with a minimum and a maximum is two. */
export interface BudgetResult {
  readonly name: BudgetName
  /** The directory for `directories`; null for the others. */
  readonly path: string | null
  readonly unit: 'bytes' | 'files' | 'commits'
  readonly bound: 'max' | 'min'
  readonly limit: number
  /** The limit as the user wrote it: `50MB`, `200`. */
  readonly written: string
  /** Null where it cannot be told: `unavailable` says why. */
  readonly actual: number | null
  /** How far it lies beyond the limit, on the wrong side of it; 0 when ok or not to be told. */
  readonly over: number
  /** False as well where it cannot be told. */
  readonly ok: boolean
  /** Why there is no `actual`; null where there is one. */
  readonly unavailable: string | null
  /** Where the budget stands; null: on the command line. Relative to the directory that was asked about. */
  readonly at: Place | null
  /** What else to know of the figure, in one clause; null for nothing. */
  readonly note: string | null
  /** Of a maximum that is broken the largest parts, at most 5, the largest first; else none. */
  readonly parts: readonly BudgetPart[]
}

/** A file that breaks an assertion. */
export interface AssertionPath extends PathName {
  readonly bytes: number
  /**
   * `absent`: no such file. `ignored`: `decidedBy` is the line of the ignore file. `unread`: in the context, and no
   * instruction of this build reads it. `ships`: it must not, and `reads` are the instructions that take it.
   */
  readonly because: 'absent' | 'ignored' | 'unread' | 'ships'
  /** True for a directory that the ignore file drops whole: `bytes` is 0, its files are not counted. */
  readonly pruned: boolean
  readonly decidedBy: DecidingLine | null
  readonly reads: readonly { readonly line: number; readonly text: string }[]
  /**
   * How far a file that ships gets; null for the others. `image`: it is in the image. `maybe`: that cannot be told.
   * `deleted`: in a layer of it. `cache`: in a stage that is only copied from. `lent`: a bind mount shows it to a RUN.
   */
  readonly reach: 'image' | 'maybe' | 'deleted' | 'cache' | 'lent' | null
}

/**
 * What must ship, or must not: one pattern of the list, and whether the build keeps to it. `stillShips`: with `--base`, what
 * the base's build read and the tree still has; its pattern is the base.
 */
export interface AssertionResult {
  readonly assertion: 'mustShip' | 'neverShip' | 'stillShips'
  /** As written. */
  readonly pattern: string
  readonly ok: boolean
  /** Files that it is about and that are as they should be. */
  readonly kept: Amount
  /** Files that break it, all of them. */
  readonly broken: Amount
  /** Of these the first 20 by code unit; for a pattern that nothing matches the pattern itself, as `absent`. */
  readonly paths: readonly AssertionPath[]
  /** Where it stands; null: on the command line. */
  readonly at: Place | null
  /** What the pattern may have been meant to be, in one sentence; null for nothing. */
  readonly note: string | null
}

/** Why a finding does not count: a comment beside it, or the configuration. */
export interface Suppression {
  readonly by: 'comment' | 'configuration'
  readonly reason: string | null
  /** Where that is written: relative to the context for a comment, to the directory that was asked about for the configuration. */
  readonly at: Place
}

/** From which severity on a finding makes the exit code 1. */
export type FailOn = Severity | 'never'
