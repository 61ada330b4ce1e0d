/** `ctxsize diff` as a comment for a pull request: what an image would miss, each build before and after, and the files to unfold. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import type { DiffReport } from '../../report/diff.ts'
import { code, fitted, marker, type Part, prose, tableHead, tableRow, unfold } from '../markdown/text.ts'
import { counted } from '../screen/words.ts'
import type { Style } from '../style.ts'
import { type Difference, nameOf } from './differences.ts'
import { asTaken, filesOf, listed, type Told, tell } from './tell.ts'

export function diffMarkdown(given: DiffReport, style: Style): string {
  const report = asTaken(given, style)
  const told = tell(given, style)
  const line = (text: string): Part => ({ head: text, blocks: [], more: () => '' })
  return fitted([
    line(`${markerOf(report)}\n${heading(told)}\n`),
    lost(told, report, style),
    list(told.findings.map(({ text, isError }) => `${isError ? '✗' : '!'} ${prose(text)}`)),
    builds(report, told, style),
    ...told.sections.map(({ title, rows }): Part => {
      const { head, tail } = unfold(prose(title))
      return { ...table(rows, report, style, `${head}\n`), tail }
    }),
    parts(told),
    list(told.untracked.warnings.map((text) => `! ${prose(text)}`)),
    list(told.remarks.map((text) => `? ${prose(text)}`)),
    line(footer(told)),
  ])
}

/** One comment for each directory and build that is compared, whatever it is compared with. */
const markerOf = ({ asked }: DiffReport): string =>
  marker(['diff', asked?.path ?? '.', ...(asked?.options ?? [])])

function heading({ lost, findings, verdict }: Told): string {
  const isError = lost?.isError || findings.some((one) => one.isError)
  const mark = isError ? '✗' : lost !== null || findings.length > 0 ? '!' : verdict.isGood ? '✓' : 'ℹ'
  return `### ${mark} ctxsize: ${prose(verdict.text.replace(/\.$/, ''))}`
}

function lost({ lost: found }: Told, report: DiffReport, style: Style): Part {
  if (found === null) return { head: '', blocks: [], more: () => '' }
  return table(found.rows, report, style, `**${prose(found.text)}**\n\n`)
}

function table(rows: readonly Difference[], { targets }: DiffReport, { units }: Style, before: string): Part {
  const isMany = targets.length > 1
  return {
    head: `${before}${tableHead([['size', 'right'], ['what', 'left'], ['why', 'left'], ...(isMany ? ([['images', 'left']] as const) : [])])}`,
    blocks: rows.map((row) =>
      tableRow([
        humanSize(row.bytes, units),
        `${code(row.what)}${row.files === 1 ? '' : ` (${counted(row.files, 'file')})`}`,
        prose(row.why),
        ...(isMany ? [row.builds.length === targets.length ? 'all' : prose(listed(row.builds))] : []),
      ]),
    ),
    more: (left) =>
      tableRow(['', `… ${counted(filesOf(rows.slice(-left)), 'file')} more`, '', ...(isMany ? [''] : [])]),
  }
}

/** All that changed; the figures of a single one that did not are in the heading. */
function builds({ targets }: DiffReport, { builds: many, verdict }: Told, { units }: Style): Part {
  const [only] = targets
  if (verdict.isGood || only === undefined) return { head: '', blocks: [], more: () => '' }
  const rows =
    targets.length > 1
      ? many
      : [
          {
            names: [nameOf(only)],
            before: humanSize(only.transfer.before.bytes, units),
            after: humanSize(only.transfer.after.bytes, units),
            counts: `${groupedCount(only.transfer.before.files)} → ${counted(only.transfer.after.files, 'file')}`,
          },
        ]
  return {
    head: tableHead([
      ['image', 'left'],
      ['before', 'right'],
      ['now', 'right'],
      ['files', 'left'],
    ]),
    blocks: rows.map(({ names, before, after, counts }) =>
      tableRow([code(listed(names)), before, after, prose(counts)]),
    ),
    more: (left) => tableRow([`… ${groupedCount(left)} more`, '', '', '']),
  }
}

function parts({ parts: all }: Told): Part {
  if (all.length === 0) return { head: '', blocks: [], more: () => '' }
  return {
    head: tableHead([
      ['of the largest parts', 'left'],
      ['before', 'right'],
      ['now', 'right'],
    ]),
    blocks: all.map(({ what, before, after }) => tableRow([code(what), before || '…', after || '…'])),
    more: (left) => tableRow([`… ${groupedCount(left)} more`, '', '']),
  }
}

const list = (lines: readonly string[]): Part => ({
  head: '',
  blocks: lines.map((text) => `- ${text}\n`),
  more: (left) => `- … ${groupedCount(left)} more\n`,
})

function footer({ against, untracked: { same } }: Told): string {
  return `<sub>${[against, ...(same === null ? [] : [same])].map(prose).join(' · ')}</sub>\n`
}
