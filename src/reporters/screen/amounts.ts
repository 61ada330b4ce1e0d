/** The three amounts, and the words that docker will print for them. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Amount, TargetReport } from '../../report.ts'
import { type Cell, grid } from './grid.ts'
import type { View } from './view.ts'
import { displayWidth } from './width.ts'
import { counted, paragraph } from './words.ts'

export function amounts(view: View): string[] {
  const { context, target, style } = view
  const ignoreFile = context.ignoreFile === null ? null : visiblePath(context.ignoreFile)
  const row = (name: string, { bytes, files }: Amount, meaning: string): Cell[] => [
    name,
    humanSize(bytes, style.units),
    counted(files, 'file'),
    { text: meaning, tone: 'dim' },
  ]
  const rows = [
    row('context', context.context, ignoreFile === null ? 'no ignore file' : `left by ${ignoreFile}`),
  ]
  if (target !== null) {
    rows.push(row('transfer', target.transfer, transferMeaning(target)))
    rows.push(row('unread', context.unread, 'read by no instruction'))
  }
  for (const named of target?.namedContexts ?? [])
    rows.push(
      row(`context ${visiblePath(named.name)}`, named.transfer, `asked of ${visiblePath(named.root)}`),
    )
  const label = Math.max(14, ...rows.map(([name]) => displayWidth(typeof name === 'string' ? name : '')))
  const columns = [{ least: label }, { align: 'right' }, { align: 'right' }, { flexible: true }] as const
  return [...grid(rows, columns, style), ...prints(view, label)]
}

function transferMeaning({ requested, whole }: TargetReport): string {
  return !requested
    ? 'BuildKit asks for nothing'
    : whole
      ? 'BuildKit asks for all'
      : 'BuildKit asks for what is read'
}

/** `docker prints  transferring context: 3.12MB  (17.2kB if nothing changed)`, for the builder in view; of all with -v. */
function prints({ build, target, style }: View, label: number): string[] {
  if (build === null) return []
  const lines: string[] = []
  const add = (name: string, text: string): void => {
    lines.push(...paragraph(`  ${name.padEnd(label)}  `, text, style))
  }
  const { buildkit, classic } = build.prints
  if (buildkit !== null && target !== null && (style.verbose || style.builder === 'buildkit')) {
    const warm = buildkit.warm.replace(/^transferring context: */, '')
    add('docker prints', `${buildkit.cold}  (${warm} if nothing changed)`)
  }
  if (style.verbose || style.builder === 'classic') {
    add(
      style.builder === 'classic' ? 'docker prints' : 'classic prints',
      classic === null ? 'nothing: it refuses this context' : classic,
    )
  }
  if (style.verbose && target !== null) {
    add('to the byte', wireText(target))
    add('', target.exact ? 'these figures are exact' : 'these figures are not exact, see below')
  }
  return lines
}

function wireText({ wire, requested }: TargetReport): string {
  const { cold, warm } = wire.buildkit
  const buildkit = requested ? [`BuildKit ${groupedCount(cold)} cold, ${groupedCount(warm)} warm`] : []
  const classic = wire.classic === null ? [] : [`classic ${groupedCount(wire.classic)}`]
  return [...buildkit, ...classic].join('; ')
}
