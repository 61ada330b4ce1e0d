/** The first lines: which build was looked at, and what is to be said of it in one sentence. */

import { humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { TargetReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { paint } from './paint.ts'
import { isUnreadLarge, taken, type View, widest } from './view.ts'
import { displayWidth } from './width.ts'
import { amountText, besideOneAnother, builderText, counted, instructionText, paragraph } from './words.ts'

/** `Dockerfile → runtime (node:22-slim)   .dockerignore, 14 lines   BuildKit`, on several lines where it is too long. */
export function header({ context, build, style }: View): string[] {
  const root =
    style.again.context === '.'
      ? []
      : style.again.context === '-'
        ? ['context from standard input']
        : [`context ${visiblePath(style.again.context).replace(/\/?$/, '/')}`]
  const ignore =
    context.ignoreFile === null
      ? context.archive
        ? 'no ignore file is read'
        : 'no .dockerignore'
      : `${visiblePath(context.ignoreFile)}, ${counted(context.ignorePatterns, 'line')}`
  const parts = [
    ...(build === null ? [] : buildTexts(build, style)),
    ...root,
    ignore,
    builderText(style.builder),
  ]
  return besideOneAnother(parts, style).map((line) => paint(style, 'dim', line))
}

/** The build and its base image; apart where they are too long for a line together. */
function buildTexts({ dockerfile, target, stage, base }: TargetReport, style: Style): readonly string[] {
  const unnamed = stage !== null && /^\d+$/.test(stage)
  const name =
    stage === null ? null : !unnamed ? visiblePath(stage) : target === null ? 'final stage' : `stage ${stage}`
  if (name === null) return [visiblePath(dockerfile)]
  const build = `${visiblePath(dockerfile)} → ${name}`
  if (base === null) return [build]
  const from = `(${visiblePath(base)})`
  return displayWidth(build) + 1 + displayWidth(from) <= style.width ? [`${build} ${from}`] : [build, from]
}

/** The sentence that a person who reads no further has read. */
export function verdict(view: View): string[] {
  const { failures, target, style, clean } = view
  if (target === null || target.buildFails) {
    const [only] = failures
    const rest =
      failures.length === 1 && only
        ? `: ${visiblePath(only.message)}`
        : failures.length > 1
          ? `, for ${failures.length} reasons:`
          : '.'
    return paragraph('✗ ', `This build cannot succeed${rest}`, style).map((line) => paint(style, 'red', line))
  }
  const text = verdictText(view, target)
  const isDone = clean && view.context.suggestions.length === 0
  if (clean)
    return paragraph('✓ ', isDone ? `Nothing to do. ${text}` : text, style).map((line) =>
      paint(style, 'green', line),
    )
  return paragraph('', text, style).map((line) => paint(style, 'bold', line))
}

/** Podman builds where the files lie. */
function podmanText(view: View): string {
  const { context, style } = view
  const what = `Podman sends nothing: this build can read ${amountText(taken(view), style)}`
  return isUnreadLarge(context)
    ? `${what}, and leaves ${humanSize(context.unread.bytes, style.units)} of it alone.`
    : `${what}.`
}

function verdictText(view: View, target: TargetReport): string {
  const { context, style } = view
  if (context.archive)
    return `Docker takes this archive whole: ${humanSize(context.archive.bytes, style.units)} with ${counted(context.context.files, 'file')} in it.`
  if (style.builder === 'buildkit' && !target.requested)
    return 'BuildKit asks for nothing of this context: no COPY, ADD or bind mount reads it.'
  if (style.builder === 'podman') return podmanText(view)
  const what = `This build sends ${amountText(taken(view), style)}`
  const ignoreFile = context.ignoreFile === null ? null : visiblePath(context.ignoreFile)
  if (style.builder === 'classic')
    return isUnreadLarge(context)
      ? `${what}: the classic builder takes the whole context, also the ${humanSize(context.unread.bytes, style.units)} that nothing reads.`
      : `${what}.`
  const reader = widest(target)
  if (target.whole && reader !== null && !view.clean) {
    const who = `${instructionText(reader, 32)} (line ${reader.line})`
    return ignoreFile === null
      ? `${what}: ${who} reads everything, and no .dockerignore holds anything back.`
      : `${what}: ${who} reads all that ${ignoreFile} leaves.`
  }
  return isUnreadLarge(context)
    ? `${what}. The other ${humanSize(context.unread.bytes, style.units)} of the context stay here: only builders that take everything would send them.`
    : `${what}.`
}
