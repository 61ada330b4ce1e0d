/** `ctxsize diff` as text: first what an image would miss, then what is sent now, what came, what went, what grew. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Change, DiffReport, DiffTarget, UntrackedPart } from '../../report/diff.ts'
import type { Amount } from '../../report.ts'
import { type Difference, differences, nameOf, type Section, whyText } from '../diff/differences.ts'
import type { Style } from '../style.ts'
import { type Cell, grid } from './grid.ts'
import { paint, type Tone } from './paint.ts'
import { builderText, counted, paragraph, phrases, shellWord } from './words.ts'

const mostRows = 6
const mostUntracked = 3
const mostBuilds = 8

interface View {
  readonly report: DiffReport
  readonly style: Style
  readonly rows: readonly Difference[]
  /** Builds that are not as they were. */
  readonly changed: readonly DiffTarget[]
}

export function diffText(report: DiffReport, style: Style): string {
  const rows = differences(report, style.verbose)
  const view = { report, style, rows, changed: report.targets.filter(isChanged) }
  const sections = style.quiet
    ? [[...lostVerdict(view), ...verdict(view)]]
    : [
        header(view),
        lost(view),
        findings(view),
        [...verdict(view), ...builds(view)],
        ...(['entered', 'left', 'grew', 'shrank'] as const).map((section) => part(view, section)),
        untracked(view),
        remarks(view),
        next(view),
      ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

const isChanged = ({ state, entered, left, resized, transfer, findings }: DiffTarget): boolean =>
  state !== 'compared' ||
  [entered, left, resized, findings].some((list) => list !== null && list.length > 0) ||
  transfer.before.bytes !== transfer.after.bytes ||
  transfer.before.files !== transfer.after.files

function header({ report, style }: View): string[] {
  const { base, commit, isCommon, targets, contexts } = report
  const [only, ...others] = targets
  const what = only && others.length === 0 ? nameOf(only) : counted(targets.length, 'build')
  const against =
    commit === null
      ? `against the report ${visiblePath(base)}`
      : isCommon
        ? `against the last commit in common with ${visiblePath(base)} (${commit.slice(0, 12)})`
        : `against ${visiblePath(base)} (${commit.slice(0, 12)})`
  const [context] = contexts
  const where =
    others.length > 0 || !context || context.root === '.' ? [] : [`  ${visiblePath(context.root)}/`]
  return phrases('', [what, ...where, `  ${against}`, `  ${builderText(style.builder)}`], style).map((one) =>
    paint(style, 'dim', one),
  )
}

const filesOf = (rows: readonly Difference[]) => rows.reduce((sum, { files }) => sum + files, 0)

function lostVerdict({ rows, style, report }: View): string[] {
  const all = rows.filter(({ section }) => section === 'lost')
  if (all.length === 0) return []
  const isIgnored = all.some((one) => one.isIgnored)
  const who = new Set(all.flatMap((one) => one.builds)).size
  const files = filesOf(all)
  const which =
    report.targets.length === 1
      ? `This image would now miss ${counted(files, 'file')} that it had and that`
      : `${counted(who, 'image')} would now miss ${counted(files, 'file')} that ${who === 1 ? 'it' : 'they'} had and that`
  const mark = isIgnored ? '✗ ' : '! '
  return paragraph(mark, `${which} ${files === 1 ? 'is' : 'are'} still here:`, style).map((line) =>
    paint(style, isIgnored ? 'red' : 'yellow', line),
  )
}

function lost(view: View): string[] {
  const verdict = lostVerdict(view)
  return verdict.length === 0 ? [] : [...verdict, ...table(view, 'lost')]
}

function findings({ report, style }: View): string[] {
  const found = new Map<string, { readonly tone: Tone; readonly text: string; readonly builds: string[] }>()
  for (const target of report.targets)
    for (const { severity, message, at } of target.findings) {
      const text = `${visiblePath(message)}${at === null ? '' : ` (${visiblePath(at.file)}:${at.line})`}`
      const known = found.get(text)
      if (known) known.builds.push(nameOf(target))
      else found.set(text, { tone: severity === 'error' ? 'red' : 'yellow', text, builds: [nameOf(target)] })
    }
  return [...found.values()].flatMap(({ tone, text, builds }) => {
    const who = report.targets.length > 1 ? `${listed(builds)}: ` : ''
    return paragraph(tone === 'red' ? '✗ ' : '! ', `New: ${who}${text}`, style).map((line) =>
      paint(style, tone, line),
    )
  })
}

function verdict({ report, style, changed }: View): string[] {
  const { targets } = report
  const [only] = targets
  if (only === undefined) return ['No build on either side.']
  if (targets.length > 1) {
    const text =
      changed.length === 0
        ? `None of ${groupedCount(targets.length)} images is made of other files, or of files of another size.`
        : `${groupedCount(changed.length)} of ${groupedCount(targets.length)} images ${changed.length === 1 ? 'is' : 'are'} made of other files, or of files of another size.`
    return changed.length === 0 ? good(text, style) : bold(text, style)
  }
  const { after } = only.transfer
  // Where it sends more from here than these figures say.
  const isPart = only.untracked.some(({ state }) => state !== 'no longer read')
  const sends = `${isPart ? 'Of what git tracks it' : 'It'} sends ${humanSize(after.bytes, style.units)} from ${counted(after.files, 'file')}`
  switch (only.state) {
    case 'added':
      return bold(`This build is new. ${sends}.`, style)
    case 'removed':
      return bold('This build is gone.', style)
    default:
      if (changed.length === 0)
        return good(`No file came or went, and none has another size. ${sends}.`, style)
      return bold(
        changeText(isPart ? 'Of what git tracks this build' : 'This build', only.transfer, style),
        style,
      )
  }
}

const good = (text: string, style: Style) =>
  paragraph('✓ ', text, style).map((line) => paint(style, 'green', line))
const bold = (text: string, style: Style) =>
  paragraph('', text, style).map((line) => paint(style, 'bold', line))

function changeText(who: string, { before, after }: Change<Amount>, style: Style): string {
  const size = (bytes: number) => humanSize(bytes, style.units)
  const bytes = after.bytes - before.bytes
  const files =
    before.files === after.files
      ? `${counted(after.files, 'file')} as before`
      : `${groupedCount(before.files)} → ${counted(after.files, 'file')}`
  if (bytes === 0) return `${who} sends as much as before, ${size(after.bytes)}: ${files}.`
  return `${who} sends ${size(Math.abs(bytes))} ${bytes > 0 ? 'more' : 'less'}: ${size(before.bytes)} → ${size(after.bytes)}, ${files}.`
}

/** One line a build, where there are several; those that are as they were are counted. */
function builds({ report, style, changed }: View): string[] {
  if (report.targets.length < 2 || changed.length === 0) return []
  const size = (bytes: number) => humanSize(bytes, style.units)
  const rows = new Map<string, { readonly names: string[]; readonly grown: number; readonly cells: Cell[] }>()
  for (const target of changed) {
    const { before, after } = target.transfer
    const { text, isLost } = countsText(target)
    const cells: Cell[] = [
      target.state === 'added' ? '' : size(before.bytes),
      target.state === 'removed' ? '' : `→ ${size(after.bytes)}`,
      { text, tone: isLost ? 'red' : 'dim' },
    ]
    const key = JSON.stringify([cells, before, after])
    const known = rows.get(key)
    if (known) known.names.push(nameOf(target))
    else rows.set(key, { names: [nameOf(target)], grown: Math.abs(after.bytes - before.bytes), cells })
  }
  const sorted = [...rows.values()].sort((a, b) => b.grown - a.grown)
  const shown = style.verbose ? sorted : sorted.slice(0, mostBuilds)
  const rest = sorted.slice(shown.length).reduce((sum, { names }) => sum + names.length, 0)
  return [
    ...grid(
      shown.map(({ names, cells }) => [style.verbose ? names.join(', ') : listed(names), ...cells]),
      [{ flexible: true, least: 12 }, { align: 'right' }, {}, { flexible: true }],
      style,
    ),
    ...(rest > 0 ? [`  … ${groupedCount(rest)} more with -v`] : []),
  ]
}

function countsText({ state, entered, left, resized }: DiffTarget): {
  readonly text: string
  readonly isLost: boolean
} {
  if (state !== 'compared')
    return { text: { added: 'new', removed: 'gone', unclear: 'unclear' }[state], isLost: false }
  const lostFiles = (left ?? []).filter((one) => one.lost).length
  const counts: readonly (readonly [number, string])[] = [
    [lostFiles, 'lost'],
    [entered?.length ?? 0, 'entered'],
    [(left?.length ?? 0) - lostFiles, 'left'],
    [resized?.length ?? 0, 'of another size'],
  ]
  const told = counts.flatMap(([count, what]) => (count > 0 ? [`${groupedCount(count)} ${what}`] : []))
  return { text: told.join(', '), isLost: lostFiles > 0 }
}

const titles: Readonly<Record<Section, string>> = {
  lost: '',
  entered: 'entered',
  left: 'left',
  grew: 'grew',
  shrank: 'shrank',
}

function part(view: View, section: Section): string[] {
  const { rows, style } = view
  const own = rows.filter((row) => row.section === section)
  if (own.length === 0) return []
  const bytes = own.reduce((sum, row) => sum + row.bytes, 0)
  const by = section === 'grew' || section === 'shrank' ? ' by' : ''
  const title = `${titles[section]}${by} ${humanSize(bytes, style.units)} in ${counted(filesOf(own), 'file')}`
  return [paint(style, 'bold', title), ...table(view, section)]
}

function table({ rows, style, report }: View, section: Section): string[] {
  const own = rows.filter((row) => row.section === section)
  const shown = style.verbose ? own : own.slice(0, mostRows)
  const isMany = report.targets.length > 1
  const lines = grid(
    shown.map((row): Cell[] => {
      // What holds for all of them needs no names.
      const who = isMany && row.builds.length < report.targets.length ? [listed(row.builds)] : []
      const why = [...who, ...(row.why === '' ? [] : [row.why])].join(': ')
      return [
        humanSize(row.bytes, style.units),
        row.files === 1 ? row.what : `${row.what} (${counted(row.files, 'file')})`,
        { text: why, tone: 'dim' },
      ]
    }),
    [{ align: 'right', least: 7 }, { flexible: true }, { flexible: true }],
    style,
  )
  const rest = own.slice(shown.length)
  return rest.length === 0 ? lines : [...lines, `  … ${counted(filesOf(rest), 'file')} more with -v`]
}

const mostListed = 3

function listed(names: readonly string[]): string {
  const shown = names.slice(0, mostListed).join(', ')
  return names.length > mostListed ? `${shown} and ${names.length - mostListed} more` : shown
}

/** What git does not track, told once for all builds that have it. */
function untracked({ report, style }: View): string[] {
  const found = new Map<string, { readonly one: UntrackedPart; readonly root: string }>()
  for (const { untracked: parts, root } of report.targets)
    for (const one of parts)
      found.set(JSON.stringify([root, one.context, one.path, one.state]), { one, root })
  const all = [...found.values()]
  const size = ({ one: { bytes } }: { readonly one: UntrackedPart }) =>
    bytes === null ? '' : ` ${humanSize(bytes, style.units)}`
  const name = ({ one }: { readonly one: UntrackedPart }) =>
    visiblePath(one.context === null ? one.path : `${one.context}:${one.path}`) +
    (one.type === 'dir' ? '/' : '')
  const lines = (['newly read', 'no longer read'] as const).flatMap((state) =>
    all
      .filter(({ one }) => one.state === state)
      .slice(0, style.verbose ? undefined : mostUntracked)
      .flatMap((each) => {
        const when = state === 'newly read' ? 'Only now' : 'No longer'
        const text = `${when} read, and not in git: ${name(each)}${size(each)}, ${whyText(each.one.because, each.one, each.root)}`
        return paragraph('! ', text, style).map((line) => paint(style, 'yellow', line))
      }),
  )
  const same = all.filter(({ one }) => one.state === 'read')
  const shown = style.verbose ? same : same.slice(0, mostUntracked)
  const more = same.length > shown.length ? ` and ${groupedCount(same.length - shown.length)} more` : ''
  if (shown.length > 0)
    lines.push(
      ...paragraph(
        '',
        `Not in git, so a clean checkout lacks it, and in no figure: ${shown.map((each) => name(each) + size(each)).join(', ')}${more}`,
        style,
      ).map((line) => paint(style, 'dim', line)),
    )
  return lines
}

function remarks({ report, style }: View): string[] {
  const unclear = report.targets.flatMap((target) =>
    target.state !== 'unclear'
      ? []
      : [
          `${report.targets.length > 1 ? `${nameOf(target)}: ` : ''}files are not compared: ${target.because}`,
        ],
  )
  return [...new Set([...unclear, ...report.notes])].flatMap((text) =>
    paragraph('? ', visiblePath(text), style).map((line) => paint(style, 'yellow', line)),
  )
}

/** For the first file that is lost: all that is known of it. */
function next({ report, style }: View): string[] {
  const target = report.targets.find(({ left }) => left?.some((one) => one.lost && one.context === null))
  const path = target?.left?.find((one) => one.lost && one.context === null)?.path
  if (target === undefined || path === undefined || visiblePath(path) !== path) return []
  const { context, options } = style.again
  const at = context === '.' ? [] : ['-C', shellWord(context)]
  const dashes = path.startsWith('-') ? ['--'] : []
  if (target.root !== '.' || (report.targets.length > 1 && options.length === 0)) return []
  const command = ['ctxsize why', ...options.map(shellWord), ...at, ...dashes, shellWord(path)].join(' ')
  return [paint(style, 'bold', `→ ${command}`)]
}
