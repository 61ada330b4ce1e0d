/**
 * The shapes that `ctxsize diff` prints: a working tree against a commit, or against a report that was saved. As in
 * report.ts: plain JSON, paths relative to the context's root, sizes in bytes, in the order in which builders walk.
 */

import type { Place, Problem } from '../lib/source.ts'
import type { Amount, Asked, EntryType, Finding, PathName } from '../report.ts'

/** An amount at the base and now. */
export interface Change<T> {
  readonly before: T
  readonly after: T
}

/** A file or link that an instruction of the build reads, or read. */
export interface DiffEntry extends PathName {
  /** The named context it lies in; null for the main one. */
  readonly context: string | null
  readonly type: Exclude<EntryType, 'dir' | 'hardlink'>
  readonly bytes: number
  /** Where the cause stands, and its text: a pattern or an instruction; null where no line is the cause. */
  readonly at: Place | null
  readonly text: string | null
}

export interface EnteredEntry extends DiffEntry {
  /**
   * `new`: the base has no such file; `at` is the instruction that reads it. `no longer ignored`: `at` is the line of
   * the base that ignored it. `now copied`: `at` is the instruction of now.
   */
  readonly because: 'new' | 'no longer ignored' | 'now copied'
}

export interface LeftEntry extends DiffEntry {
  /** `ignored`: `at` is the line of now. `no longer copied`: `at` is the instruction of the base. */
  readonly reason: 'ignored' | 'deleted' | 'no longer copied'
  /** True when it is still in the tree, so that the image would miss what is there. */
  readonly lost: boolean
}

/** A file that both read, of another size. */
export interface ResizedEntry extends PathName, Change<number> {
  readonly context: string | null
  /** True: the sizes are those in git, because the working tree holds it converted (line ends, a filter). */
  readonly inGit: boolean
}

/** Something that git does not track: what it is at the base nobody knows, so it is in no amount. */
export interface UntrackedPart extends PathName {
  readonly context: string | null
  readonly type: 'dir' | 'file'
  /** Null: a directory that is not entered, and was not measured. */
  readonly files: number | null
  readonly bytes: number | null
  /** True when a .gitignore leaves it out. */
  readonly gitIgnored: boolean
  /** By the files of the build at the base and now, on the tree as it lies here. */
  readonly state: 'read' | 'newly read' | 'no longer read'
  /** Of the other two: why, with the line and its text as in {@link DiffEntry}; nulls for what is read as it was. */
  readonly because: 'no longer ignored' | 'now copied' | 'ignored' | 'no longer copied' | null
  readonly at: Place | null
  readonly text: string | null
}

export interface DiffTarget {
  /** As in a scan: the context's root relative to the directory that was asked about. */
  readonly root: string
  readonly dockerfile: string
  readonly target: string | null
  readonly name: string | null
  readonly foundIn: Place | null
  /**
   * `added`, `removed`: the other side has no such build; all of its inputs came or went, and the lists are empty.
   * `amounts`: the base is a report, which has no list of files; `unclear`: one side cannot be read. Then the lists are null.
   */
  readonly state: 'compared' | 'added' | 'removed' | 'amounts' | 'unclear'
  /** Why it is unclear; null where it is not. */
  readonly because: string | null
  readonly buildFails: Change<boolean>
  /** What BuildKit asks for of the main context, without what git does not track. */
  readonly transfer: Change<Amount>
  readonly wire: Change<{ readonly cold: number; readonly warm: number }>
  readonly entered: readonly EnteredEntry[] | null
  readonly left: readonly LeftEntry[] | null
  readonly resized: readonly ResizedEntry[] | null
  readonly untracked: readonly UntrackedPart[]
  /** Secrets that ship and failures that are certain, which the base did not have. */
  readonly findings: readonly Finding[]
}

/** One of the largest parts of a context; null where it was not, or is not, among them. */
export interface DiffPart extends PathName, Change<Amount | null> {
  readonly type: 'dir' | 'file'
}

export interface DiffContext {
  readonly root: string
  readonly ignoreFile: Change<string | null>
  readonly context: Change<Amount>
  /** Against a report: of the largest parts those that have another amount, what changed most first. Left out against a commit. */
  readonly parts?: readonly DiffPart[]
}

/** `ctxsize diff BASE --format json`. */
export interface DiffReport {
  readonly schemaVersion: 1
  /** Left out by the library, which nobody asks on a command line. */
  readonly asked?: Asked
  /** As given. */
  readonly base: string
  /** The commit that stands for it; null where the base is a report. */
  readonly commit: string | null
  /** True: that commit is the last one in common with the base, not the base itself. */
  readonly isCommon: boolean
  /** Of the leading build's context. */
  readonly context: Change<Amount>
  readonly contexts: readonly DiffContext[]
  /** In the order of a scan; builds that are gone come last. */
  readonly targets: readonly DiffTarget[]
  /** What the figures leave open, one sentence each. */
  readonly notes: readonly string[]
  readonly problems: readonly Problem[]
}
