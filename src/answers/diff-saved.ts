/** The document of `ctxsize diff` where the base is a report that was saved: amounts, largest parts and findings, but no files. */

import type { Change, DiffContext, DiffPart, DiffReport, DiffTarget } from '../report/diff.ts'
import type { Amount, ContextReport, Finding, Report, TargetReport } from '../report.ts'
import { newAmong } from './diff-findings.ts'

const nothing: Amount = { files: 0, bytes: 0 }

/** `base`: how the report is called. Both are of whole trees, with what git does not track. */
export function compareReports(base: string, saved: Report, now: Report): DiffReport {
  const [before, after] = [buildsOf(saved), buildsOf(now)]
  const left = new Set(before)
  const targets = after.map((is): DiffTarget => {
    const was = [...left].find((one) => keyOf(one) === keyOf(is)) ?? null
    if (was !== null) left.delete(was)
    return targetOf(was, is)
  })
  const gone = [...left].map((was) => targetOf(was, null))
  const contexts = contextsOf(saved, now)
  return {
    schemaVersion: 1,
    base,
    commit: null,
    isCommon: false,
    context: contexts[0]?.context ?? { before: nothing, after: nothing },
    contexts,
    targets: [...targets, ...gone],
    notes: notesOf(saved, now),
    problems: now.problems,
  }
}

interface Build {
  readonly context: ContextReport
  readonly target: TargetReport
}

const buildsOf = ({ contexts }: Report): readonly Build[] =>
  contexts.flatMap((context) => context.targets.map((target) => ({ context, target })))

const keyOf = ({ context: { root }, target: { dockerfile, target, name } }: Build): string =>
  JSON.stringify([root, dockerfile, target, name])

function targetOf(was: Build | null, is: Build | null): DiffTarget {
  const lead = is ?? was
  if (lead === null) throw new Error('a pair has a build')
  const { root } = lead.context
  const { dockerfile, target, name, foundIn } = lead.target
  const of = <T>(tell: (one: TargetReport) => T, none: T): Change<T> => ({
    before: was === null ? none : tell(was.target),
    after: is === null ? none : tell(is.target),
  })
  const isBoth = was !== null && is !== null
  return {
    ...{ root, dockerfile, target, name, foundIn },
    state: isBoth ? 'amounts' : is === null ? 'removed' : 'added',
    because: null,
    buildFails: of(({ buildFails }) => buildFails, false),
    transfer: of(({ transfer }) => transfer, nothing),
    wire: of(({ wire }) => wire.buildkit, { cold: 0, warm: 0 }),
    ...(isBoth ? { entered: null, left: null, resized: null } : { entered: [], left: [], resized: [] }),
    untracked: [],
    findings: is === null ? [] : newAmong(findingsOf(is), was === null ? [] : findingsOf(was)),
  }
}

/** A report tells those of all builds of a context together; a place in a Dockerfile is that of the builds of it. */
const findingsOf = ({ context, target }: Build): readonly Finding[] =>
  context.findings.filter(
    ({ at }) =>
      at === null ||
      at.file === target.dockerfile ||
      context.targets.every(({ dockerfile }) => dockerfile !== at.file),
  )

function contextsOf(saved: Report, now: Report): readonly DiffContext[] {
  const roots = new Set([...now.contexts, ...saved.contexts].map(({ root }) => root))
  return [...roots].map((root): DiffContext => {
    const [was, is] = [saved, now].map(({ contexts }) => contexts.find((one) => one.root === root))
    return {
      root,
      ignoreFile: { before: was?.ignoreFile ?? null, after: is?.ignoreFile ?? null },
      context: { before: was?.context ?? nothing, after: is?.context ?? nothing },
      parts: partsOf(was, is),
    }
  })
}

/** Those of which the amount is another now, what changed most first. */
function partsOf(was: ContextReport | undefined, is: ContextReport | undefined): readonly DiffPart[] {
  const found = new Map<string, DiffPart>()
  for (const [side, context] of [
    ['before', was],
    ['after', is],
  ] as const)
    for (const { path, pathBase64, type, files, bytes } of context?.largest ?? []) {
      const key = `${type} ${pathBase64 ?? path}`
      const known = found.get(key) ?? {
        ...{ path, type, before: null, after: null },
        ...(pathBase64 === undefined ? {} : { pathBase64 }),
      }
      found.set(key, { ...known, [side]: { files, bytes } })
    }
  const by = ({ before, after }: DiffPart) => Math.abs((after?.bytes ?? 0) - (before?.bytes ?? 0))
  return [...found.values()]
    .filter(({ before, after }) => before?.bytes !== after?.bytes || before?.files !== after?.files)
    .sort((a, b) => by(b) - by(a))
}

function notesOf(saved: Report, now: Report): readonly string[] {
  const notes = [
    'a report has no list of files: what entered and what left is told against a commit, ctxsize diff origin/main',
  ]
  const [was, is] = [saved.asked?.builder ?? 'buildkit', now.asked?.builder ?? 'buildkit']
  if (was !== is) notes.push(`the report is that of another builder (${was})`)
  if (saved.tool.version !== now.tool.version)
    notes.push(`the report was made by ctxsize ${saved.tool.version}, which may count otherwise`)
  return notes
}
