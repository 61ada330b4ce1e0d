/**
 * The versioned, plain-JSON values that the program prints: no functions, no typed arrays, nothing of this machine.
 * Names stay, as schema/report.schema.json has them; keys may be added. Paths are relative to the context root, sizes are integer bytes.
 */

import type { Place, Problem } from './lib/source.ts'
import type { AssertionResult, BudgetResult, FailOn, Suppression } from './report/check.ts'
import type { Amount, DecidingLine, PathName, Severity } from './report/parts.ts'

export type {
  AssertionPath,
  AssertionResult,
  BudgetName,
  BudgetPart,
  BudgetResult,
  FailOn,
  Suppression,
} from './report/check.ts'
export type { Amount, DecidingLine, PathName, Severity } from './report/parts.ts'
export type { RankedReport, Ranking, RankingReport, ReportSums } from './report/ranking.ts'
export type { InitReport, PluginReport } from './report/setup.ts'

export type BuilderName = 'buildkit' | 'classic' | 'podman'
export type Confidence = 'high' | 'medium' | 'low'

/** Which build a document is about. */
export interface BuildReference {
  readonly root: string
  readonly dockerfile: string
  readonly target: string | null
}

export interface Finding {
  readonly rule: string
  /** The rule of the table that found it, where `rule` is narrower; left out elsewhere. */
  readonly family?: string
  /** What counts: the configuration may have changed the rule's own. */
  readonly severity: Severity
  /** The rule's own severity, where the configuration has changed it; left out elsewhere. */
  readonly ruleSeverity?: Severity
  /** Set for one that does not count and is not shown; left out elsewhere. */
  readonly suppressed?: Suppression
  readonly confidence: Confidence
  readonly message: string
  /** What to do; null when the message says it. */
  readonly hint: string | null
  readonly at: Place | null
  readonly bytes: number
  readonly data: Readonly<Record<string, unknown>>
}

/** What one line of the ignore file does on this tree. */
export interface IgnoreLineReport {
  readonly line: number
  /** As written, trimmed. */
  readonly pattern: string
  readonly negated: boolean
  /** Files this line decided about: held back by a plain line, let in by a negated one. Pruned directories not included. */
  readonly decides: Amount
  /** Directories this line drops whole, so that builders never enter them; measured only on request (then `measured` is set). */
  readonly pruned: readonly (PathName & { readonly measured: Amount | null })[]
  /** True when the line decides about nothing that is there. */
  readonly idle: boolean
  /** Why it is idle: nothing matches it, or what matches was decided by the named earlier line already. */
  readonly because: 'decides' | 'matches nothing' | 'already decided'
  readonly decidedBy: number | null
}

/** Who reads a part of the tree. */
export type ReadState = 'read' | 'partly' | 'unread'

/** A directory or file of the context, for the table of the largest. */
export interface LargestReport extends PathName, Amount {
  readonly type: 'dir' | 'file'
  readonly state: ReadState
  /** Lines of the leading target's instructions that read something in it. */
  readonly readBy: readonly number[]
  /** What the leading builder transfers of it. */
  readonly transferred: Amount
  /** What the leading target's instructions read of it; less than `transferred` where `--exclude` leaves something. */
  readonly read: Amount
  /** True when the repository's .gitignore files leave it out, so a clean checkout does not have it. */
  readonly gitIgnored: boolean
  /** Whether it can be ignored, and because of what; null where nobody asked, or there is nothing to be said. */
  readonly canGo: { readonly answer: 'yes' | 'ask' | 'keep'; readonly because: string } | null
}

export interface InstructionReport {
  readonly line: number
  readonly instruction: 'COPY' | 'ADD' | 'RUN'
  readonly stage: string
  readonly from: string | null
  readonly text: string
  readonly sources: readonly string[]
  /** What it takes of the context (main or named); zeros for a stage, an image, a URL. */
  readonly takes: Amount
  readonly problem: { readonly code: string; readonly message: string } | null
}

export interface NamedContextReport {
  readonly name: string
  readonly root: string
  readonly ignoreFile: string | null
  readonly transfer: Amount
  /** Cold and warm "transferring" bytes; null when nothing is requested or it is no local directory. */
  readonly wire: { readonly cold: number; readonly warm: number } | null
}

export interface TargetReport {
  readonly dockerfile: string
  readonly target: string | null
  /** The stage that is built; its index as a string when it has no name; null when it cannot be told. */
  readonly stage: string | null
  /** The base of that stage as written in its FROM; null when it cannot be told. */
  readonly base: string | null
  readonly buildFails: boolean
  /** The compose service or bake target; null for a plain build. */
  readonly name: string | null
  /** Where the build is written down, relative to the directory that was asked about; null for the one that was asked for. */
  readonly foundIn: Place | null
  readonly transfer: Amount
  /** True when BuildKit requests the whole context (a `COPY .`), false when it follows named paths. */
  readonly whole: boolean
  /** False: no instruction reads the main context, so BuildKit asks for nothing. */
  readonly requested: boolean
  readonly wire: {
    readonly buildkit: { readonly cold: number; readonly warm: number }
    /** Null when the classic client refuses this context. */
    readonly classic: number | null
  }
  /** The very words docker prints for this build. Null where it prints none. */
  readonly prints: {
    readonly buildkit: { readonly cold: string; readonly warm: string } | null
    readonly classic: string | null
  }
  /** What podman finds of the context, where that is not what stands in `context`; left out where it is the same. */
  readonly podman?: { readonly ignoreFile: string | null; readonly context: Amount }
  readonly exact: boolean
  /** Why the wire figures may be off; empty when exact. */
  readonly inexact: readonly string[]
  readonly instructions: readonly InstructionReport[]
  readonly namedContexts: readonly NamedContextReport[]
  /** What git's history tells of it; left out where nobody asked, and where fewer than two commits can be compared. */
  readonly history?: TargetHistory
  /** Left out unless `ctxsize check` was asked. Those that are about this build alone: transfer, lost caches. */
  readonly budgets?: readonly BudgetResult[]
  /** Left out unless `ctxsize check` was asked. What must ship first, in the order in which they are written. */
  readonly assertions?: readonly AssertionResult[]
}

export type Safety = 'proven' | 'safe' | 'review'

/** Lines that change in one file; `line` is the first line removed or, for pure additions, the line before which they go (from 1; one past the last line: at the end). */
export interface EditReport {
  readonly file: string
  readonly line: number
  readonly removes: readonly string[]
  readonly adds: readonly string[]
}

/** The reason of a suggestion of class review that may turn out to be safe: nobody has looked through the texts of a repository as large as this one. */
export const notLookedFor = 'whether a text names it was not looked for: ctxsize fix does'

/** Something to change, with what it saves and why it may be done. Everything in one suggestion is done together or not at all. */
export interface SuggestionReport {
  /** Stable while the suggestion is about the same thing: `ignore-packages node_modules`, `manifest-first Dockerfile:4`. */
  readonly id: string
  /** What to do: `drop node_modules/`. */
  readonly title: string
  /**
   * `proven`: no instruction of any build that shares the context reads it, on this tree or any other. `safe`: only
   * what `because` calls useless leaves. `review`: somebody has to decide.
   */
  readonly safety: Safety
  /** The reason in one sentence, with file and line where it has one. */
  readonly because: string
  /** Where the reason stands. */
  readonly evidence: readonly Place[]
  readonly edits: readonly EditReport[]
  /** What the leading builder sends less; the other two say it for either. */
  readonly saves: Amount
  readonly savesContext: Amount
  readonly savesTransfer: Amount
  /** What the leading builder sends once this and all before it are followed. */
  readonly leaves: Amount
  /** Directories and files that would leave the context, the largest first, at most 20. */
  readonly drops: readonly PathName[]
  /** For what shortens the way to the cache: the instruction that gains, `RUN npm ci`; null otherwise. */
  readonly speeds: { readonly line: number; readonly text: string } | null
  /** True for a line that matches nothing today and is there for what a developer's tree is sure to grow. */
  readonly guard: boolean
}

/** A build that is seen and cannot be read: while there is one, nothing is called proven or safe. */
export interface OpenReport {
  readonly because: string
  readonly at: Place | null
}

/** What looks useless and is not touched, with the reason. */
export interface LeftAloneReport extends PathName, Amount {
  readonly because: string
  readonly at: Place | null
}

/** `ctxsize fix --format json` and `ctxsize ignore --format json`. */
export interface FixReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  /** Whole texts; `before` null: a new file. What `--write` with the same options writes. */
  readonly edits: readonly { readonly file: string; readonly before: string | null; readonly after: string }[]
  /** All of them, those that need a decision included; the best first. */
  readonly suggestions: readonly SuggestionReport[]
  /** The ids of those that the edits follow. */
  readonly followed: readonly string[]
  readonly leftAlone: readonly LeftAloneReport[]
  readonly open: readonly OpenReport[]
  readonly saves: { readonly context: Amount; readonly transfer: Amount }
  readonly applied: boolean
  readonly problems: readonly Problem[]
}

export interface ContextReport {
  /** The archive that the context came as, which builders take as it is; left out for a directory. */
  readonly archive?: { readonly bytes: number }
  /** True where git says which of its files a clean checkout has; left out where it cannot, or nobody asked. */
  readonly inGit?: boolean
  readonly root: string
  readonly ignoreFile: string | null
  /** Lines of the ignore file that hold a pattern; 0 when there is none. */
  readonly ignorePatterns: number
  readonly context: Amount
  readonly unread: Amount
  /** Files seen and dropped by the ignore file (contents of pruned directories not included unless measured). */
  readonly ignored: Amount
  readonly targets: readonly TargetReport[]
  readonly ignoreLines: readonly IgnoreLineReport[]
  /** Largest parts of the context: disjoint directories and files, largest first; `rest` is what is not listed. */
  readonly largest: readonly LargestReport[]
  readonly rest: Amount
  readonly findings: readonly Finding[]
  /** The best first. */
  readonly suggestions: readonly SuggestionReport[]
  readonly leftAlone: readonly LeftAloneReport[]
  readonly open: readonly OpenReport[]
  /** Left out unless `ctxsize check` was asked. Those that are about the context as a whole. */
  readonly budgets?: readonly BudgetResult[]
}

export interface FetchedReport {
  /** The compose service or bake target; null for a plain `docker build`. */
  readonly name: string | null
  /** As written; `#…` for the git context of a workflow. */
  readonly context: string
  readonly foundIn: Place
}

/** What a report was asked of, as far as its texts tell of it. */
export interface Asked {
  /** The directory as typed; `-`: what came on standard input. */
  readonly context: string
  /** The options that name the build, as they would be typed again. */
  readonly options: readonly string[]
  readonly builder: BuilderName
  /**
   * The directory, relative to the top of its git repository; where there is none, to the working directory; `.` where
   * it lies in neither. Formats that others match with files name them from there.
   */
  readonly path: string
}

export interface Report {
  readonly schemaVersion: 1
  readonly tool: { readonly name: 'ctxsize'; readonly version: string }
  /** Left out by the library, which nobody asks on a command line. */
  readonly asked?: Asked
  readonly contexts: readonly ContextReport[]
  readonly problems: readonly Problem[]
  /** Builds whose contexts docker fetches by itself: nothing of them is measured. Left out where there are none. */
  readonly fetched?: readonly FetchedReport[]
  /** `ctxsize check` alone: no budget and no assertion is broken, no finding is at or above `failOn`. */
  readonly passed?: boolean
  /** `ctxsize check` alone. */
  readonly failOn?: FailOn
}

export type EntryType = 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo' | 'socket' | 'device'

export interface EntryReport extends PathName {
  readonly type: EntryType
  /** As the builder sends it: 0 for directories, the length of the target for symlinks. */
  readonly size: number
}

/** `ctxsize ls --format json`. */
export interface SentReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  readonly builder: BuilderName
  readonly requested: boolean
  readonly wireBytes: number | null
  readonly exact: boolean
  readonly inexact: readonly string[]
  readonly buildFails: boolean
  readonly entries: readonly EntryReport[]
  readonly problems: readonly Problem[]
}

/** `ctxsize ls --unread` and `ls --ignored`; `decidedBy` only for ignored entries, `pruned` for directories not entered. */
export interface ListReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  readonly list: 'unread' | 'ignored'
  readonly entries: readonly (EntryReport & { readonly decidedBy?: DecidingLine; readonly pruned?: true })[]
  readonly problems: readonly Problem[]
}

/** `ctxsize ls --reads --format json`. */
export interface ReadsReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  readonly reads: readonly {
    readonly line: number
    readonly instruction: 'COPY' | 'ADD' | 'RUN'
    readonly stage: string
    readonly from: string | null
    readonly sources: readonly string[]
    readonly files: readonly string[]
    readonly problem: { readonly code: string; readonly message: string } | null
  }[]
  readonly problems: readonly Problem[]
}

/** Everything `why` knows about one path. */
export interface PathReport extends PathName {
  /** Absent: not on disk (the answer is what would hold if it were a file). */
  readonly exists: boolean
  readonly type: EntryType | null
  readonly size: number | null
  /** What becomes of it: `outside` the context, `ignored`, `read` by an instruction, `transferred` though nothing reads it, `unread`. */
  readonly fate: 'outside' | 'ignored' | 'read' | 'transferred' | 'unread'
  /** The line that decided, for or against; null when no line matched. */
  readonly decidedBy: DecidingLine | null
  /** The lines that match the path or a parent, in file order, the deciding one included. `matched` is the path that the line matches. */
  readonly matches: readonly (DecidingLine & { readonly matched: string })[]
  /** The parent directory whose verdict it shares: dropped there, with all below it; null when the path was decided itself. */
  readonly droppedParent: string | null
  /** Instructions that read it. */
  readonly reads: readonly {
    readonly line: number
    readonly instruction: string
    readonly stage: string
    readonly text: string
    /** As expanded. */
    readonly sources: readonly string[]
    readonly file: string
  }[]
  /** Instructions whose sources cover it although it is not there to be read: ignored, or absent. */
  readonly wantedBy: PathReport['reads']
  /** A line for the ignore file that would turn the answer round, and what it would do; null when none can. */
  readonly change: {
    readonly file: string
    readonly add: string | null
    readonly remove: number | null
    readonly effect: string
  } | null
  /** Where builders differ on this very path: one sentence each. */
  readonly notes: readonly string[]
}

/** `ctxsize why --format json`. */
export interface WhyReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  readonly paths: readonly PathReport[]
  readonly problems: readonly Problem[]
}

/** `ctxsize verify --format json`: what docker printed beside what was predicted. Amounts in bytes. */
export interface VerifyReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  readonly comparisons: readonly {
    readonly what: 'buildkit context' | 'classic context' | `named context ${string}`
    /** As docker printed it, and as ctxsize would print its figure the same way. */
    readonly observed: string
    readonly predicted: string
    readonly predictedBytes: number
    /** Cold or warm, whichever fits; null for the classic builder. */
    readonly state: 'cold' | 'warm' | 'between' | null
    /** Distance in bytes between the printed figure and the prediction: 0 when docker prints the same text. */
    readonly difference: number
    readonly explanation: string | null
  }[]
  readonly matches: boolean
  readonly problems: readonly Problem[]
}

/** A build that somebody has written down. */
export interface BuildReport {
  /** The compose service or bake target; null for a plain Dockerfile. */
  readonly name: string | null
  /** Relative to the working directory (`.`, `services/api`, `../x`); a remote context as written. */
  readonly context: string
  /** Relative to the context, as bake and compose mean it; null when inline. */
  readonly dockerfile: string | null
  /** The text of an inline Dockerfile. */
  readonly inline: string | null
  /** Null: the default stage. */
  readonly target: string | null
  /** Resolved; one without a value is left out. */
  readonly args: Readonly<Record<string, string>>
  /** Arguments that are given values which only a run can tell; left out where there are none. */
  readonly openArgs?: readonly string[]
  readonly namedContexts: Readonly<Record<string, string>>
  readonly platforms: readonly string[]
  readonly foundIn: Place
  /** True when nobody wrote it down and it is concluded from where a Dockerfile lies. */
  readonly guessed: boolean
}

/** `ctxsize builds --format json`: the plain build first, then by context, Dockerfile and target. */
export interface BuildsReport {
  readonly schemaVersion: 1
  readonly builds: readonly BuildReport[]
  /** Builds that are seen but cannot be read. */
  readonly open: readonly { readonly at: Place; readonly why: string }[]
  readonly problems: readonly Problem[]
}

/** A build whose inputs a change touches. */
export interface AffectedBuild {
  readonly name: string | null
  /** As in {@link BuildsReport}. */
  readonly context: string
  readonly dockerfile: string | null
  readonly target: string | null
  readonly foundIn: Place
  /** Changed paths that it reads, and its own Dockerfile and ignore file; of a named context with its name before a `:`. By code unit. */
  readonly paths: readonly PathName[]
  /** Why it has to be taken for touched though no path says so; null where paths do. */
  readonly because: string | null
}

/** `ctxsize affected --format json`. */
export interface AffectedReport {
  readonly schemaVersion: 1
  /** As given. */
  readonly since: string
  readonly builds: readonly AffectedBuild[]
  /** How many builds were asked about. */
  readonly all: number
  /** Builds that are seen and cannot be read: they may be touched too. */
  readonly open: BuildsReport['open']
  readonly problems: readonly Problem[]
}

/** How often an instruction lost its cache. */
export interface LossesReport {
  /** Commits that changed something it reads. */
  readonly own: number
  /** Commits after which it cannot come from the cache: `own`, and what was lost before it. */
  readonly lost: number
  /** `lost`, and what may follow from a stage that it copies from. */
  readonly mayLose: number
}

/** A COPY, ADD or RUN in `ctxsize history`. */
export interface InstructionHistory extends LossesReport {
  readonly line: number
  readonly instruction: 'COPY' | 'ADD' | 'RUN'
  readonly stage: string
  readonly text: string
  /** What installs dependencies in it: `npm ci`; null when nothing does. */
  readonly installs: string | null
  /** How long it takes, by the log that `--timings` names; null where nothing is known. */
  readonly seconds: number | null
  /** True when `mayLose` is more than `lost`: what a stage makes may be the same although it was built again. */
  readonly atMost: boolean
  /** Who caused `own`, by the shortest beginning of a path that does not hold all that is read, or by an ARG that CI gives another value in every build (`$GIT_SHA`); the most frequent first. `only`: in how many of these nothing else did. */
  readonly byPath: readonly (PathName & { readonly commits: number; readonly only: number })[]
  /** With what `ctxsize fix --write` writes; null where it writes nothing, and for an instruction that it takes away. */
  readonly afterFix: LossesReport | null
  /** One letter a commit, the newest last, at most 200: `o` own, `l` lost, `m` may be lost, `.` kept, `-` nothing to compare with. */
  readonly recent: string
}

/** What one step of `ctxsize fix` does to the history. */
export interface HistoryStep {
  /** Ids of the suggestions that make it up. */
  readonly suggestions: readonly string[]
  readonly title: string
  readonly safety: Safety
  /** By instruction, as in `instructions`, were this step alone followed; null where the instruction would be gone. */
  readonly alone: readonly (LossesReport | null)[]
  /** The same with every step before it. */
  readonly together: readonly (LossesReport | null)[]
  /** Commits after which anything at all is built again, with every step so far. */
  readonly rebuilt: number
}

/** What the report of a build tells of its history; `ctxsize history --format json` has all of it. */
export interface TargetHistory extends Pick<HistoryReport, 'commits' | 'compared' | 'rebuilt'> {
  /** In build order; of `byPath` the three that come first. */
  readonly instructions: readonly Omit<InstructionHistory, 'seconds' | 'recent'>[]
  readonly steps: readonly Omit<HistoryStep, 'alone'>[]
  /** Its instructions take files of which git tracks none, such as a jar: commits change them and git does not see it. Left out where they take others. */
  readonly madeBefore?: boolean
}

/** Commit by commit, and with every cause: what a page has room for. No part of any document. */
export type InstructionTrace = Pick<InstructionHistory, 'recent' | 'byPath'>

/** The answer to: which one change would help most? */
export interface BestStep {
  /** Index into `steps`. */
  readonly step: number
  readonly title: string
  readonly safety: Safety
  /** Index into `instructions`: the one that it helps most. */
  readonly instruction: number
  /** `lost` of that instruction. */
  readonly before: number
  readonly after: number
}

/** A docker build in CI, and whether it finds layers of an earlier run. */
export interface CacheReport {
  readonly at: Place
  readonly kept: boolean
  /** The machine is one that nobody used before; false where that cannot be told, and its builder may have layers of its own. */
  readonly fresh: boolean
  /** What would make it so, as it would be written there; empty when it is. */
  readonly advice: readonly string[]
}

/** Now, with what `ctxsize fix --write` writes, and with what `--include review` adds; null where nothing is written. */
export interface RebuiltCommits {
  readonly now: number
  readonly afterFix: number | null
  readonly withReview: number | null
}

/** `ctxsize history --format json`. */
export interface HistoryReport {
  readonly schemaVersion: 1
  readonly build: BuildReference
  /** Commits of the first-parent line that were looked at. */
  readonly commits: number
  /** Of these, those that have something to compare with. */
  readonly compared: number
  /** True when the clone is shallow and ends within the commits asked for. */
  readonly shallow: boolean
  readonly newest: string | null
  readonly oldest: string | null
  /** Commits after which anything of the build is made again. */
  readonly rebuilt: RebuiltCommits
  /** In build order. */
  readonly instructions: readonly InstructionHistory[]
  /** Seconds that all that was lost took, by the log that `--timings` names; null without one. */
  readonly cost: { readonly now: number; readonly afterFix: number | null } | null
  /** What `ctxsize fix` proposes, step by step; what needs a decision last. */
  readonly steps: readonly HistoryStep[]
  readonly best: BestStep | null
  /** What the instructions read although git does not track it: it changes without a commit and is not counted. The largest first. */
  readonly untracked: readonly (PathName & Amount & { readonly type: 'dir' | 'file' })[]
  /** Docker builds of this Dockerfile in CI; none when there are none, or none that can be read. */
  readonly ci: readonly CacheReport[]
  /** What the figures do not tell, one sentence each. */
  readonly notes: readonly string[]
  readonly problems: readonly Problem[]
}
