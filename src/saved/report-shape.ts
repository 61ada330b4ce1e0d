/** The shape of a report, key by key as report.ts has it. A schema for others is schema/report.schema.json. */

import type { Place, Problem } from '../lib/source.ts'
import type {
  Amount,
  Asked,
  AssertionPath,
  AssertionResult,
  BudgetPart,
  BudgetResult,
  ContextReport,
  DecidingLine,
  EditReport,
  FetchedReport,
  Finding,
  HistoryStep,
  IgnoreLineReport,
  InstructionHistory,
  InstructionReport,
  LargestReport,
  LeftAloneReport,
  LossesReport,
  NamedContextReport,
  OpenReport,
  PathName,
  RebuiltCommits,
  Report,
  SuggestionReport,
  Suppression,
  TargetHistory,
  TargetReport,
} from '../report.ts'
import {
  anything,
  choice,
  count,
  type Fields,
  flag,
  list,
  object,
  optional,
  ordinal,
  orNull,
  type Shape,
  text,
} from './shape.ts'

const severity = choice('error', 'warning', 'info')
const safety = choice('proven', 'safe', 'review')
const builder = choice('buildkit', 'classic', 'podman')
const keyword = choice('COPY', 'ADD', 'RUN')
const dirOrFile = choice('dir', 'file')

const place = object<Place>({ file: text, line: ordinal })
const amountFields: Fields<Amount> = { files: count, bytes: count }
const amount = object(amountFields)
const pathFields: Fields<PathName> = { path: text, pathBase64: optional(text) }

const problem = object<Problem>({ code: text, message: text, at: orNull(place), hint: orNull(text) })

const decidingLine = object<DecidingLine>({ file: text, line: ordinal, pattern: text, negated: flag })

const suppression = object<Suppression>({
  by: choice('comment', 'configuration'),
  reason: orNull(text),
  at: place,
})

const finding = object<Finding>({
  rule: text,
  family: optional(text),
  severity,
  ruleSeverity: optional(severity),
  suppressed: optional(suppression),
  confidence: choice('high', 'medium', 'low'),
  message: text,
  hint: orNull(text),
  at: orNull(place),
  bytes: count,
  data: anything,
})

const budget = object<BudgetResult>({
  name: choice('context', 'transfer', 'unread', 'largestFile', 'files', 'directories', 'cacheLoss', 'growth'),
  path: orNull(text),
  unit: choice('bytes', 'files', 'commits'),
  bound: choice('max', 'min'),
  limit: count,
  written: text,
  actual: orNull(count),
  over: count,
  ok: flag,
  unavailable: orNull(text),
  at: orNull(place),
  note: orNull(text),
  parts: list(
    object<BudgetPart>({ ...pathFields, ...amountFields, type: dirOrFile, newFiles: orNull(count) }),
  ),
})

const assertionPath = object<AssertionPath>({
  ...pathFields,
  bytes: count,
  because: choice('absent', 'ignored', 'unread', 'ships'),
  pruned: flag,
  decidedBy: orNull(decidingLine),
  reads: list(object<AssertionPath['reads'][number]>({ line: ordinal, text })),
  reach: orNull(choice('image', 'maybe', 'deleted', 'cache', 'lent')),
})

const assertion = object<AssertionResult>({
  assertion: choice('mustShip', 'neverShip', 'stillShips'),
  pattern: text,
  ok: flag,
  kept: amount,
  broken: amount,
  paths: list(assertionPath),
  at: orNull(place),
  note: orNull(text),
})

const ignoreLine = object<IgnoreLineReport>({
  line: ordinal,
  pattern: text,
  negated: flag,
  decides: amount,
  pruned: list(object<IgnoreLineReport['pruned'][number]>({ ...pathFields, measured: orNull(amount) })),
  idle: flag,
  because: choice('decides', 'matches nothing', 'already decided'),
  decidedBy: orNull(count),
})

const largest = object<LargestReport>({
  ...pathFields,
  ...amountFields,
  type: dirOrFile,
  state: choice('read', 'partly', 'unread'),
  readBy: list(count),
  transferred: amount,
  read: amount,
  gitIgnored: flag,
  canGo: orNull(
    object<NonNullable<LargestReport['canGo']>>({ answer: choice('yes', 'ask', 'keep'), because: text }),
  ),
})

const instruction = object<InstructionReport>({
  line: ordinal,
  instruction: keyword,
  stage: text,
  from: orNull(text),
  text,
  sources: list(text),
  takes: amount,
  problem: orNull(object<NonNullable<InstructionReport['problem']>>({ code: text, message: text })),
})

type Wire = TargetReport['wire']['buildkit']
const wire: Shape<Wire> = object<Wire>({ cold: count, warm: count })

const namedContext = object<NamedContextReport>({
  name: text,
  root: text,
  ignoreFile: orNull(text),
  transfer: amount,
  wire: orNull(wire),
})

const lossesFields: Fields<LossesReport> = { own: count, lost: count, mayLose: count }
const losses = object(lossesFields)

const history = object<TargetHistory>({
  commits: count,
  compared: count,
  rebuilt: object<RebuiltCommits>({ now: count, afterFix: orNull(count), withReview: orNull(count) }),
  instructions: list(
    object<TargetHistory['instructions'][number]>({
      ...lossesFields,
      line: ordinal,
      instruction: keyword,
      stage: text,
      text,
      installs: orNull(text),
      atMost: flag,
      byPath: list(
        object<InstructionHistory['byPath'][number]>({ ...pathFields, commits: count, only: count }),
      ),
      afterFix: orNull(losses),
    }),
  ),
  steps: list(
    object<Omit<HistoryStep, 'alone'>>({
      suggestions: list(text),
      title: text,
      safety,
      together: list(orNull(losses)),
      rebuilt: count,
    }),
  ),
  madeBefore: optional(flag),
})

const target = object<TargetReport>({
  dockerfile: text,
  target: orNull(text),
  stage: orNull(text),
  base: orNull(text),
  buildFails: flag,
  name: orNull(text),
  foundIn: orNull(place),
  transfer: amount,
  whole: flag,
  requested: flag,
  wire: object<TargetReport['wire']>({ buildkit: wire, classic: orNull(count) }),
  prints: object<TargetReport['prints']>({
    buildkit: orNull(object<NonNullable<TargetReport['prints']['buildkit']>>({ cold: text, warm: text })),
    classic: orNull(text),
  }),
  podman: optional(
    object<NonNullable<TargetReport['podman']>>({ ignoreFile: orNull(text), context: amount }),
  ),
  exact: flag,
  inexact: list(text),
  instructions: list(instruction),
  namedContexts: list(namedContext),
  history: optional(history),
  budgets: optional(list(budget)),
  assertions: optional(list(assertion)),
})

const suggestion = object<SuggestionReport>({
  id: text,
  title: text,
  safety,
  because: text,
  evidence: list(place),
  edits: list(object<EditReport>({ file: text, line: ordinal, removes: list(text), adds: list(text) })),
  saves: amount,
  savesContext: amount,
  savesTransfer: amount,
  leaves: amount,
  drops: list(object<PathName>(pathFields)),
  speeds: orNull(object<NonNullable<SuggestionReport['speeds']>>({ line: ordinal, text })),
  guard: flag,
})

const context = object<ContextReport>({
  archive: optional(object<NonNullable<ContextReport['archive']>>({ bytes: count })),
  inGit: optional(flag),
  root: text,
  ignoreFile: orNull(text),
  ignorePatterns: count,
  context: amount,
  unread: amount,
  ignored: amount,
  targets: list(target),
  ignoreLines: list(ignoreLine),
  largest: list(largest),
  rest: amount,
  findings: list(finding),
  suggestions: list(suggestion),
  leftAlone: list(
    object<LeftAloneReport>({ ...pathFields, ...amountFields, because: text, at: orNull(place) }),
  ),
  open: list(object<OpenReport>({ because: text, at: orNull(place) })),
  budgets: optional(list(budget)),
})

export const reportShape: Shape<Report> = object<Report>({
  schemaVersion: choice(1),
  tool: object<Report['tool']>({ name: choice('ctxsize'), version: text }),
  asked: optional(object<Asked>({ context: text, options: list(text), builder, path: text })),
  contexts: list(context),
  problems: list(problem),
  fetched: optional(list(object<FetchedReport>({ name: orNull(text), context: text, foundIn: place }))),
  passed: optional(flag),
  failOn: optional(choice('error', 'warning', 'info', 'never')),
})
