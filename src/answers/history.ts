/** The document of `ctxsize history`: how often each instruction lost its cache, because of what, and what would change that. */

import { dirKind } from '../context/table.ts'
import { kept, lost, mayBeLost, ownLost } from '../history/chain.ts'
import { ciCaches } from '../history/ci.ts'
import { decided } from '../history/decide.ts'
import { installsOf } from '../history/installs.ts'
import type { BuildHistory, TriedStep } from '../history/read.ts'
import { type Losses, notCompared } from '../history/replay.ts'
import { secondsOf } from '../history/timings.ts'
import { jsonPath, wellFormed } from '../lib/path.ts'
import type { ThoughtOut } from '../propose.ts'
import type {
  HistoryReport,
  HistoryStep,
  InstructionHistory,
  InstructionTrace,
  LossesReport,
  TargetHistory,
} from '../report.ts'

const mostUntracked = 20

/** `timings`: the log of a build, as `docker build --progress=rawjson` prints it; left out or null: none. */
export function historyReport(
  scan: ThoughtOut,
  history: BuildHistory,
  timings: string | null = null,
): HistoryReport {
  const { line, now, fixed, withReview, steps } = history
  const installs = installsOf(
    scan,
    now.links.map(({ link }) => link),
  )
  const seconds =
    timings === null
      ? []
      : secondsOf(
          timings,
          now.links.map(({ link }) => link),
        )
  const instructions = now.links.map((one, i): InstructionHistory => {
    const { link, causes } = one
    return {
      line: link.step.line,
      instruction: link.instruction,
      stage: link.stage.name ?? String(link.stage.index),
      text: wellFormed(link.step.instruction.text),
      installs: installs[i] ?? null,
      seconds: seconds[i] ?? null,
      ...losses(one),
      atMost: one.mayLose > one.lost,
      byPath: causes.map(({ path, commits, only }) => ({ ...jsonPath(path), commits, only })),
      afterFix: fixed === null ? null : lossesOrNull(fixed.links[i]),
      recent: recentOf(now.fates ?? [], i),
    }
  })
  return {
    schemaVersion: 1,
    build: { ...scan.reference, root: scan.told.root },
    commits: line.count,
    compared: line.compared,
    shallow: line.cutShort,
    newest: line.newest,
    oldest: line.oldest,
    rebuilt: {
      now: now.rebuilt,
      afterFix: fixed?.rebuilt ?? null,
      withReview: withReview?.rebuilt ?? null,
    },
    instructions,
    cost: timings === null ? null : costOf(instructions),
    steps: steps.map(stepReport),
    best: decided(instructions, steps.map(stepReport)),
    untracked: history.untracked.slice(0, mostUntracked).map(({ path, isDirectory, files, bytes }) => ({
      ...jsonPath(path),
      type: isDirectory ? 'dir' : 'file',
      files,
      bytes,
    })),
    ci: ciCaches(scan.repository.recipes, {
      dockerfile: scan.dockerfile.file,
      below: scan.repository.below,
    }),
    notes: notesOf(scan, history),
    problems: scan.fatal,
  }
}

/** Causes of each instruction that the report of a build keeps: it names one, and whether there are others. */
const mostCauses = 3

/** What the report of the build tells of it. */
export function targetHistory(scan: ThoughtOut, history: BuildHistory): TargetHistory {
  const { commits, compared, rebuilt, instructions, steps } = historyReport(scan, history)
  return {
    commits,
    compared,
    rebuilt,
    instructions: instructions.map(({ seconds: _, recent: __, byPath, ...one }) => ({
      ...one,
      byPath: byPath.slice(0, mostCauses),
    })),
    steps: steps.map(({ alone: _, ...step }) => step),
    ...(isMadeBefore(scan) && { madeBefore: true }),
  }
}

/** True where files are taken of the context, and git tracks none of them. */
function isMadeBefore({ main, reads, tracked = null }: ThoughtOut): boolean {
  if (tracked === null) return false
  const { table } = main
  let takes = false
  for (const {
    survey,
    reads: { rows },
  } of reads) {
    if (survey !== main) continue
    for (const row of rows) {
      if (table.kind[row] === dirKind) continue
      if (tracked.has(table.path(row))) return false
      takes = true
    }
  }
  return takes
}

/** What of it only a drawing has room for. */
export function instructionTraces(scan: ThoughtOut, history: BuildHistory): readonly InstructionTrace[] {
  return historyReport(scan, history).instructions.map(({ recent, byPath }) => ({ recent, byPath }))
}

/** What all that was lost took, by the seconds of one build. */
function costOf(instructions: readonly InstructionHistory[]): HistoryReport['cost'] {
  const sum = (of: (one: InstructionHistory) => number) =>
    Math.round(instructions.reduce((all, one) => all + of(one) * (one.seconds ?? 0), 0) * 10) / 10
  return {
    now: sum(({ lost: all }) => all),
    afterFix: instructions.every(({ afterFix }) => afterFix === null)
      ? null
      : sum(({ afterFix }) => afterFix?.lost ?? 0),
  }
}

const losses = ({ own, lost: all, mayLose }: Losses): LossesReport => ({ own, lost: all, mayLose })
const lossesOrNull = (one: Losses | null | undefined): LossesReport | null => (one ? losses(one) : null)

function stepReport({ suggestions, safety, alone, together }: TriedStep): HistoryStep {
  const [first] = suggestions
  const lines = suggestions.flatMap(({ ignores }) => ignores.flatMap((group) => group.lines)).length
  const isOne = suggestions.every(({ title }) => title === first?.title)
  const title = isOne && first ? first.title : `add ${lines} lines to the ignore file`
  return {
    suggestions: suggestions.map(({ id }) => wellFormed(id)),
    title: wellFormed(title),
    safety,
    alone: alone.links.map(lossesOrNull),
    together: together.links.map(lossesOrNull),
    rebuilt: together.rebuilt,
  }
}

const letters: Readonly<Record<number, string>> = {
  [kept]: '.',
  [mayBeLost]: 'm',
  [lost]: 'l',
  [ownLost]: 'o',
  [notCompared]: '-',
}

function recentOf(fates: readonly Uint8Array[], link: number): string {
  return fates
    .map((fate) => letters[fate[link] ?? notCompared] ?? '-')
    .reverse()
    .join('')
}

/** What a reader would otherwise take the figures for. */
function notesOf({ plan }: ThoughtOut, { line, now }: BuildHistory): readonly string[] {
  const notes: string[] = []
  if (line.count === 0) notes.push('there is no commit to replay')
  else if (line.cutShort)
    notes.push(`this clone is shallow: it has ${line.count === 1 ? '1 commit' : `${line.count} commits`}`)
  const [git] = now.links.filter(({ causes }) => causes.some(({ path }) => /(?:^|\/)\.git\/$/.test(path)))
  if (git)
    notes.push(
      `line ${git.link.step.line} reads .git, which differs after every commit and in every clone: lost in ${git.own} of ${line.count} commits, and never found in the cache`,
    )
  const changing = now.links.find(({ link }) => link.changing !== null)
  if (changing)
    notes.push(
      `CI gives ${changing.link.changing} another value in every build: line ${changing.link.step.line} is counted as it is there, and may be kept where nobody passes one`,
    )
  if (now.links.some(({ mayLose, lost: all }) => mayLose > all))
    notes.push('what is copied from a stage counts as lost at most: the stage may have made the same again')
  notes.push(...plan.uncertain.map(wellFormed))
  return notes
}
