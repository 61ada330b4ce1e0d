/** The three amounts, and the words that docker will print for them. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { Amount, TargetReport } from '../../report.ts'
import { type Cell, grid } from './grid.ts'
import type { View } from './view.ts'
import { displayWidth } from './width.ts'
import { builderText, counted, paragraph, phrases, placeText } from './words.ts'

export function amounts(view: View): string[] {
  const { context, target, style } = view
  const ignoreFile = context.ignoreFile === null ? null : visiblePath(context.ignoreFile)
  const row = (name: string, { bytes, files }: Amount, meaning: string): Cell[] => [
    name,
    humanSize(bytes, style.units),
    counted(files, 'file'),
    { text: meaning, tone: 'dim' },
  ]
  const isOne = view.proposes && !style.verbose && target?.whole === true && target.namedContexts.length === 0
  // One amount is in the verdict already.
  if (isOne && context.unread.files === 0) {
    const label = 'docker prints'.length
    return [...prints(view, label), ...lackingLine(view, label), ...alsoBuilt(view, label)]
  }
  const rows = [
    row('context', context.context, ignoreFile === null ? 'no ignore file' : `left by ${ignoreFile}`),
  ]
  if (target !== null) {
    // What BuildKit would ask for is no part of what the classic builder does.
    if (style.builder === 'buildkit' || style.verbose)
      rows.push(
        row(
          'transfer',
          target.transfer,
          context.archive ? 'the archive goes as it is' : transferMeaning(target),
        ),
      )
    if (style.verbose && target.podman)
      rows.push(row('podman', target.podman.context, podmanMeaning(target.podman)))
    rows.push(row('unread', context.unread, 'read by no instruction'))
  }
  for (const named of target?.namedContexts ?? [])
    rows.push(
      row(`context ${visiblePath(named.name)}`, named.transfer, `asked of ${visiblePath(named.root)}`),
    )
  const least = style.builder !== 'buildkit' && style.verbose ? 15 : 14
  const label = Math.max(least, ...rows.map(([name]) => displayWidth(typeof name === 'string' ? name : '')))
  const columns = [{ least: label }, { align: 'right' }, { align: 'right' }, { flexible: true }] as const
  return [
    ...grid(rows, columns, style),
    ...prints(view, label),
    ...lackingLine(view, label),
    ...alsoBuilt(view, label),
  ]
}

/** `your tree  488 files go into your image that a clean checkout lacks`, or that there are none; what they are where no table of the largest shows it. */
function lackingLine({ lacking, asInCheckout, clean, style }: View, label: number): string[] {
  const none = asInCheckout ? 'no file goes into your build that a clean checkout lacks' : null
  const [what = '', names = ''] = lacking?.message.split(/(?<=lacks): /) ?? []
  const text = lacking === null ? none : (clean || style.verbose) && names !== '' ? `${what}: ${names}` : what
  return text === null ? [] : paragraph(`  ${'your tree'.padEnd(label)}  `, visiblePath(text), style)
}

const mostAlso = 3

/** `also built  compose.yaml:22 worker (target build), checked too`: other builds of the same Dockerfile. */
function alsoBuilt({ context, style }: View, label: number): string[] {
  const [lead, ...rest] = context.targets
  // The same stage with the same files is the build above, written down once more.
  const differing = rest.filter(
    ({ stage, transfer, buildFails }) =>
      stage !== lead?.stage || transfer.bytes !== lead?.transfer.bytes || buildFails !== lead?.buildFails,
  )
  const others = [...new Set(differing.map(otherBuild))]
  if (others.length === 0) return []
  const shown = style.verbose ? others : others.slice(0, mostAlso)
  const more = others.length - shown.length
  const texts = shown.map((text, i) => (i + 1 < shown.length || more > 0 ? `${text};` : text))
  return phrases(
    `  ${'also built'.padEnd(label)}  `,
    more > 0 ? [...texts, ` and ${more} more`] : texts,
    style,
  )
}

function otherBuild({ name, target, stage, foundIn, buildFails, dockerfile }: TargetReport): string {
  const place = foundIn === null ? visiblePath(dockerfile) : placeText(foundIn)
  const stageText = target === null ? '' : ` (target ${visiblePath(stage ?? target)})`
  return `${place}${name === null ? '' : ` ${visiblePath(name)}`}${stageText}, ${buildFails ? 'which cannot succeed' : 'checked too'}`
}

function podmanMeaning({ ignoreFile }: NonNullable<TargetReport['podman']>): string {
  return ignoreFile === null
    ? 'finds all: no ignore file'
    : `finds what ${visiblePath(ignoreFile)} leaves there`
}

function transferMeaning({ requested, whole, prints }: TargetReport): string {
  if (!requested) return 'BuildKit asks for none'
  if (prints.buildkit === null) return 'not asked for before docker accepts the build'
  return whole ? 'BuildKit asks for all' : 'what BuildKit asks for'
}

/** `docker prints  transferring context: 3.12MB  (17.2kB if nothing changed)`, for the builder in view; of all with -v. */
function prints({ build, target, style }: View, label: number): string[] {
  if (build === null) return []
  const lines: string[] = []
  const add = (name: string, ...texts: readonly string[]): void => {
    lines.push(...phrases(`  ${name.padEnd(label)}  `, texts, style))
  }
  const { buildkit, classic } = build.prints
  if (buildkit !== null && target !== null && (style.verbose || style.builder === 'buildkit')) {
    const warm = visiblePath(buildkit.warm.replace(/^transferring context: */, ''))
    add(
      style.builder === 'buildkit' ? 'docker prints' : 'BuildKit prints',
      visiblePath(buildkit.cold),
      ` (${warm} if nothing changed)`,
    )
  }
  if (style.verbose || style.builder === 'classic') {
    add(
      style.builder === 'classic' ? 'docker prints' : 'classic prints',
      classic === null ? 'nothing: it refuses this context' : visiblePath(classic),
    )
  }
  if (style.verbose && target !== null) {
    add('to the byte', ...wireText(target))
    const which = `the ${builderText(style.builder)} figures are`
    add('', target.exact ? `${which} exact` : `${which} not exact, see below`)
  }
  return lines
}

function wireText({ wire, prints }: TargetReport): string[] {
  const { cold, warm } = wire.buildkit
  const end = wire.classic === null ? '' : ';'
  const buildkit = prints.buildkit
    ? [`BuildKit ${groupedCount(cold)} cold, ${groupedCount(warm)} warm${end}`]
    : []
  const classic = wire.classic === null ? [] : [`classic ${groupedCount(wire.classic)}`]
  return [...buildkit, ...classic]
}
