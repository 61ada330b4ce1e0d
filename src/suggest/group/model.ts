/** What proposals are thought out from: the builds that share a context, and what is at stake in it. */

import type { BuildPlan, BuildRequest, Dockerfile, ReadInstruction } from '../../dockerfile/model.ts'
import type { Place } from '../../lib/source.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { Safety } from '../../report.ts'
import type { Repository } from '../../repository/model.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Reads } from '../../resolve/reads.ts'

/** One Dockerfile of a context group, with every stage that could be built of it. */
export interface Member {
  readonly dockerfile: Dockerfile
  readonly request: BuildRequest
  /** All stages run, needed or not: any of them may be built by hand. */
  readonly plan: BuildPlan
  readonly reads: readonly MemberRead[]
  /** Which rows of the context any of its instructions reads, one byte each. */
  readonly read: Uint8Array
  /** True for the Dockerfile of the build that was asked for. */
  readonly leads: boolean
}

/** An instruction that reads the main context, with the rows it takes. */
export interface MemberRead extends Reads {
  readonly member: Dockerfile
  readonly instruction: ReadInstruction
  /** True for what it would read were a variable given otherwise. */
  readonly guessed: boolean
}

/** All builds that share a context and its ignore file. */
export interface Group {
  /** The leading one first. */
  readonly members: readonly Member[]
  /** Builds that are seen and cannot be read: nothing is called proven or safe while there are any. */
  readonly open: readonly Reason[]
}

/** Why something holds, in words that follow the path (`npm ci (Dockerfile:5) deletes it first`), and where it stands. */
export interface Reason {
  readonly text: string
  readonly at: Place | null
}

/** Everything a judgement looks at. */
export interface Inquiry {
  readonly measured: MeasuredBuild
  readonly repository: Repository
  readonly group: Group
}

/** What is to become of a stake. */
export type Judgement =
  | {
      readonly kind: 'drop'
      readonly safety: Safety
      readonly ground: Ground
      readonly reason: Reason
      /** Credentials were seen in it: nobody is to find it in a list of others. */
      readonly holdsKeys?: true
    }
  /** Looks useless and stays, for the reason given. `isMade`: on the host, for the image. */
  | { readonly kind: 'keep'; readonly reason: Reason; readonly isMade?: true }

/**
 * Why a stake may go. `unread`: no instruction reads it. `erased`: an install takes it away first. `rebuilt`: the image
 * makes it anew. `disposable`: its tool says so. `without`: CI builds without it. `history`: nobody asks git.
 * `unexplained`: none of these.
 */
export type Ground = 'unread' | 'erased' | 'rebuilt' | 'disposable' | 'without' | 'history' | 'unexplained'

export interface Judged {
  readonly stake: Stake
  readonly judgement: Judgement
}
