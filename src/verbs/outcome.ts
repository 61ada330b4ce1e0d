import type { Host } from '../host/host.ts'
import type { Problem } from '../lib/source.ts'
import type { DiffReport } from '../report/diff.ts'
import type { RebuiltReport } from '../report/rebuilt.ts'
import type { RulesReport } from '../report/rules.ts'
import type {
  AffectedReport,
  Asked,
  BuildsReport,
  FixReport,
  HistoryReport,
  InitReport,
  ListReport,
  PluginReport,
  RankingReport,
  ReadsReport,
  Report,
  SentReport,
  VerifyReport,
  WhyReport,
} from '../report.ts'
import type { Trees } from '../reporters/index.ts'
import type { FileEdit } from '../suggest/edits/texts.ts'
import type { RunOptions } from './options.ts'

/** What a verb makes: one document, told apart by its kind so that it can be printed as text. */
export type Printable =
  /** `asked`: by which command line, where that was another one. */
  | { readonly kind: 'scan'; readonly document: Report; readonly trees: Trees; readonly asked?: Asked }
  | { readonly kind: 'ranking'; readonly document: RankingReport }
  | { readonly kind: 'sent'; readonly document: SentReport }
  | { readonly kind: 'list'; readonly document: ListReport }
  | { readonly kind: 'reads'; readonly document: ReadsReport }
  | { readonly kind: 'why'; readonly document: WhyReport }
  | { readonly kind: 'rebuilt'; readonly document: RebuiltReport }
  | { readonly kind: 'verify'; readonly document: VerifyReport }
  | { readonly kind: 'builds'; readonly document: BuildsReport }
  | { readonly kind: 'affected'; readonly document: AffectedReport }
  | { readonly kind: 'diff'; readonly document: DiffReport }
  | { readonly kind: 'history'; readonly document: HistoryReport }
  | { readonly kind: 'init'; readonly document: InitReport }
  | { readonly kind: 'plugin'; readonly document: PluginReport }
  | { readonly kind: 'completion'; readonly document: string }
  | { readonly kind: 'rules'; readonly document: RulesReport; readonly isList: boolean }
  | { readonly kind: 'fix'; readonly document: FixReport; readonly edits: readonly FileEdit[] }
  | { readonly kind: 'ignore'; readonly document: FixReport; readonly text: string }

export interface Outcome {
  readonly printable: Printable
  /** Why the run could not finish although there is something to print: exit 2. */
  readonly fatal: readonly Problem[]
  /** The exit code when nothing is fatal. */
  readonly exitCode: 0 | 1
  /** What was done beside the answer, a line each, for standard error; left out: nothing. */
  readonly said?: readonly string[]
}

export interface VerbInput {
  readonly host: Host
  readonly options: RunOptions
  readonly progress: ((entries: number) => void) | null
  /** Device and inode of what standard output is, as {@link Host.identity} gives them; null where it is no file. */
  readonly output: string | null
  /** What came on standard input; '' for verbs that do not read it. */
  readonly input: string
}

/** Throws CtxsizeError when there is nothing to print. */
export type Verb = (input: VerbInput) => Outcome | Promise<Outcome>
