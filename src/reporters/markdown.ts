/**
 * A comment for a pull request, or a job summary: what broke, each build with what it sends, what else should be known, and
 * the fixes to unfold. The first line tells which comment to replace.
 */

import { groupedCount, humanSize } from '../lib/amount.ts'
import type { EditReport, Report } from '../report.ts'
import { countedIssues, type Issue, issuesOf } from './issues/issue.ts'
import { directoryOf, placeInContext } from './issues/place.ts'
import {
  code,
  fence,
  fitted,
  marker,
  type Part,
  prose,
  tableHead,
  tableRow,
  unfold,
} from './markdown/text.ts'
import { type Fix, fixesOf } from './screen/fixes.ts'
import { taken, viewOf } from './screen/view.ts'
import { builderText, buildName, counted } from './screen/words.ts'
import type { Style } from './style.ts'

export function markdown(report: Report, style: Style): string {
  const issues = countedIssues(report)
  const checks = issues.filter(({ kind }) => kind === 'budget' || kind === 'assertion')
  const others = issues.filter((one) => !checks.includes(one))
  return fitted([
    { head: `${markerOf(report)}\n${heading(report, issues)}\n`, blocks: [], more: () => '' },
    list('**Broken**', checks, style),
    builds(report, style),
    list('**Found**', style.verbose ? others : others.filter(({ severity }) => severity !== 'info'), style),
    fixes(report, style),
    notExact(report),
    { head: footer(report, issues, style), blocks: [], more: () => '' },
  ])
}

function markerOf(report: Report): string {
  return marker([directoryOf(report), ...(report.asked?.options ?? [])])
}

function heading({ passed, contexts }: Report, issues: readonly Issue[]): string {
  const count = (severity: Issue['severity'], kinds: readonly Issue['kind'][]): number =>
    issues.filter((one) => one.severity === severity && kinds.includes(one.kind)).length
  const texts = [
    ...named(count('error', ['budget']), 'broken budget'),
    ...named(count('error', ['assertion']), 'broken assertion'),
    ...named(count('error', ['finding', 'problem']), 'error'),
    ...named(count('warning', ['finding']), 'warning'),
  ]
  const builds = contexts.reduce((sum, { targets }) => sum + targets.length, 0)
  const told = texts.length === 0 ? `${counted(builds, 'build')}, nothing to remark` : texts.join(', ')
  const mark =
    (passed ?? texts.length === 0) ? '✓' : passed === false || issues[0]?.severity === 'error' ? '✗' : '!'
  return `### ${mark} ctxsize: ${told}`
}

const named = (count: number, noun: string): readonly string[] => (count === 0 ? [] : [counted(count, noun)])

const marks = { error: '✗', warning: '!', info: 'ℹ' } as const

function list(title: string, issues: readonly Issue[], { verbose }: Style): Part {
  const isTold = issues.length > 0
  return {
    head: isTold ? `${title}\n\n` : '',
    blocks: issues.map(({ severity, message, hint, at }) => {
      const place = at === null ? '' : `${code(`${at.file}:${at.line}`)} `
      const advice = hint === null || (!verbose && hint.length > longHint) ? '' : `  \n  ${prose(hint)}`
      return `- ${marks[severity]} ${place}${prose(message)}${advice}\n`
    }),
    more: (left) => `- … ${groupedCount(left)} more\n`,
  }
}

/** Longer advice waits for -v, or for the terminal. */
const longHint = 240

function builds(report: Report, style: Style): Part {
  const rows = report.contexts.flatMap((context) =>
    context.targets.map((target) => {
      const sent = style.builder === 'buildkit' ? target.transfer : context.context
      return tableRow([
        code(buildName(context, target)),
        target.buildFails ? '✗ cannot build' : humanSize(sent.bytes, style.units),
        groupedCount(sent.files),
        humanSize(context.context.bytes, style.units),
        humanSize(context.unread.bytes, style.units),
      ])
    }),
  )
  return {
    head: tableHead([
      ['build', 'left'],
      [`${builderText(style.builder)} ${style.builder === 'podman' ? 'reads' : 'sends'}`, 'right'],
      ['files', 'right'],
      ['context', 'right'],
      ['unread', 'right'],
    ]),
    blocks: rows,
    more: (left) => tableRow([`… ${groupedCount(left)} more`, '', '', '', '']),
  }
}

function fixes(report: Report, style: Style): Part {
  let saved = 0
  const all = report.contexts.flatMap((context) => {
    const view = viewOf(report, context, style)
    const found = fixesOf(view)
    const where =
      report.contexts.length === 1 || context.root === '.' ? '' : `in ${code(`${context.root}/`)}: `
    const nameOf = (file: string): string => placeInContext(report, context, { file, line: 1 })?.file ?? file
    const certain = found.filter(({ safety }) => safety !== 'you decide')
    const before = taken(view).bytes
    saved += before - Math.min(before, ...certain.map(({ leaves }) => leaves))
    return found.map((fix) => ({ fix, where, nameOf, isNew: context.ignoreFile === null }))
  })
  if (all.length === 0) return { head: '', blocks: [], more: () => '' }
  const certain = all.filter(({ fix }) => fix.safety !== 'you decide')
  const less = saved === 0 ? '' : `, ${humanSize(saved, style.units)} less`
  const asked = all.length - certain.length
  const summary = [
    ...(certain.length > 0 ? [`${counted(certain.length, 'fix', 'fixes')}${less}`] : []),
    ...(asked > 0 ? [`${asked} for you to decide`] : []),
  ]
  return {
    ...unfold(summary.join('; ')),
    blocks: all.map(({ fix, ...about }) => fixBlock(fix, { ...about, style })),
    more: (left) => `\n… ${groupedCount(left)} more: ${code('ctxsize fix')}\n`,
  }
}

/** Reasons told of a fix that is made of many lines. */
const mostReasons = 12

interface About {
  /** Which context is meant, where there are several. */
  readonly where: string
  /** A file of the context, from the top of the repository. */
  readonly nameOf: (file: string) => string
  /** True where there is no ignore file yet. */
  readonly isNew: boolean
}

function fixBlock(
  { title, safety, saves, speeds, suggestions }: Fix,
  { where, nameOf, isNew, style }: About & { readonly style: Style },
): string {
  const effect = [
    ...(saves > 0 ? [`${humanSize(saves, style.units)} less`] : []),
    ...(speeds === null ? [] : [`${prose(speeds)} stays cached`]),
  ]
  const reasons = [...new Set(suggestions.map(({ because }) => because))]
  const told = reasons.slice(0, mostReasons).map((because) => `- ${prose(because)}\n`)
  const more = reasons.length > told.length ? `- … ${reasons.length - told.length} more reasons\n` : ''
  const edits = suggestions.flatMap((one) => one.edits)
  return [
    `\n${where}<b>${prose(title)}</b> (${[safety, ...effect].join(', ')})\n\n`,
    ...told,
    more,
    `\n${fence('diff', diffOf(edits, { nameOf, isNew }))}`,
  ].join('')
}

/** The lines that change, file by file; what only adds to an ignore file that is not there makes it. */
function diffOf(
  edits: readonly EditReport[],
  { nameOf, isNew }: Pick<About, 'nameOf' | 'isNew'>,
): readonly string[] {
  const files = [...new Set(edits.map(({ file }) => file))]
  return files.flatMap((file) => {
    const own = edits.filter((edit) => edit.file === file)
    const isMade = isNew && own.every(({ removes, line }) => removes.length === 0 && line === 1)
    let shift = 0
    const hunks = merged(own).flatMap(({ line, removes, adds }) => {
      const before = removes.length === 0 ? `${line - 1},0` : `${line},${removes.length}`
      const after = adds.length === 0 ? `${line + shift - 1},0` : `${line + shift},${adds.length}`
      shift += adds.length - removes.length
      return [
        `@@ -${isMade ? '0,0' : before} +${after} @@`,
        ...removes.map((text) => `-${text}`),
        ...adds.map((text) => `+${text}`),
      ]
    })
    const name = nameOf(file)
    return [isMade ? '--- /dev/null' : `--- a/${name}`, `+++ b/${name}`, ...hunks]
  })
}

/** Additions before one line become one, with a heading that several share told once. */
function merged(edits: readonly EditReport[]): readonly EditReport[] {
  const found: EditReport[] = []
  for (const edit of edits) {
    const last = found.at(-1)
    if (last === undefined || edit.removes.length + last.removes.length > 0 || last.line !== edit.line) {
      found.push(edit)
      continue
    }
    const isHeading = (text: string): boolean => text === '' || text.startsWith('#')
    const heading = edit.adds.filter(isHeading)
    const isTold = heading.every((text) => last.adds.includes(text))
    const adds = isTold ? edit.adds.filter((text) => !isHeading(text)) : edit.adds
    found[found.length - 1] = { ...last, adds: [...last.adds, ...adds] }
  }
  return found
}

function notExact({ contexts }: Report): Part {
  const reasons = new Set(contexts.flatMap(({ targets }) => targets.flatMap(({ inexact }) => inexact)))
  return {
    head: reasons.size === 0 ? '' : 'The figures are not exact:\n\n',
    blocks: [...reasons].map((reason) => `- ${prose(reason)}\n`),
    more: (left) => `- … ${groupedCount(left)} more\n`,
  }
}

function footer(report: Report, issues: readonly Issue[], { verbose }: Style): string {
  const notes = issues.filter(({ severity }) => severity === 'info').length
  const suppressed = issuesOf(report).length - issues.length
  const texts = [
    `ctxsize ${prose(report.tool.version)}`,
    ...(verbose ? [] : named(notes, 'more note')),
    ...(suppressed === 0 ? [] : [`${suppressed} suppressed`]),
    ...named(report.fetched?.length ?? 0, 'build').map(
      (text) => `${text} not measured: docker fetches the context`,
    ),
  ]
  return `<sub>${texts.join(' · ')}</sub>\n`
}
