/** The shape of what `ctxsize why --rebuilt` tells. */

import type { Problem } from '../lib/source.ts'
import type { BuildReference, PathName } from '../report.ts'

/** What an instruction read that is not as it was. */
export interface ChangedInput extends PathName {
  /** The named context it lies in; null for the main one. */
  readonly context: string | null
  /** `file` for links too. */
  readonly type: 'file' | 'dir'
  /** `kind`: something else is there, a link for a file. `mode`: the permission bits alone. */
  readonly change: 'changed' | 'new' | 'gone' | 'kind' | 'mode'
  /** Permission bits as `644`, before and after; null where the mode is not what changed. */
  readonly modes: readonly [string, string] | null
  /** True for modes that the same file gets under different umasks. */
  readonly fromUmask: boolean
}

/** `ctxsize why --rebuilt --format json`: what changed since `ctxsize --remember`. */
export interface RebuiltReport extends RebuiltBuild {
  readonly schemaVersion: 1
  /** The other builds that were remembered; none where the command line names one. */
  readonly others: readonly RebuiltBuild[]
  readonly problems: readonly Problem[]
}

/** What changed of what one build reads. */
export interface RebuiltBuild {
  readonly build: BuildReference
  /** The compose service or bake target; null for one that has no name. */
  readonly name: string | null
  /** Every COPY, ADD and RUN that the target reaches, in build order. */
  readonly instructions: readonly {
    readonly line: number
    readonly instruction: 'COPY' | 'ADD' | 'RUN'
    readonly stage: string
    readonly text: string
    /** `changed`: what it reads. `new`: it was not there, or written in another way. `follows`: something before it. `mayFollow`: a stage that it copies from was built again. */
    readonly state: 'kept' | 'changed' | 'new' | 'follows' | 'mayFollow'
    /** How many inputs changed; of these the first 100. The modes of directories are told in the notes. */
    readonly changes: number
    readonly changed: readonly ChangedInput[]
  }[]
  /** What the answer leaves open, one sentence each. */
  readonly notes: readonly string[]
}
