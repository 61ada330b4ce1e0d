/** The one command that helps most after what was found. */

import { roomFor } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import type { LargestReport, TargetReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { fixesOf } from './fixes.ts'
import { paint } from './paint.ts'
import { isUnreadLarge, taken, type View } from './view.ts'
import { displayWidth } from './width.ts'
import { shellWord } from './words.ts'

/** A command, and what it is good for in a few words. */
export interface Step {
  readonly command: string
  readonly reason: string
}

const noteworthyBytes = 1_000_000

export const nextStep = (view: View): string[] => stepLines(choose(view), view.style)

export function stepLines({ command, reason }: Step, style: Style): string[] {
  const arrow = `→ ${visiblePath(command)}`
  const told = paint(style, 'dim', reason)
  const bold = paint(style, 'bold', arrow)
  return displayWidth(arrow) + 3 + displayWidth(reason) <= style.width
    ? [`${bold}   ${told}`]
    : [bold, `  ${told}`]
}

function choose(view: View): Step {
  const { context, target, failures, remarks, style } = view
  if (failures.length > 0 || target === null) {
    const path = failures.find((failure) => failure.path !== null)?.path ?? null
    if (isTypable(path)) return { command: why(view, path), reason: 'what is known of it' }
    return {
      command: command(view, style.builder === 'buildkit' ? 'ls --builder classic' : 'ls'),
      reason: 'what can be told of the context meanwhile',
    }
  }
  const lead = taken(view)
  const top = suspect(view)
  const hides = remarks.length > 0 || context.ignoreLines.some(({ idle }) => idle)
  const more = { command: command(view, '-v'), reason: 'every instruction and ignore line' }
  const suggested = view.clean ? [] : fixesOf(view)
  if (suggested.some(({ safety }) => safety !== 'you decide'))
    return {
      command: command(view, 'fix'),
      reason: view.style.again.options.includes('--at')
        ? 'the changes and their reasons'
        : 'the changes and their reasons; --write makes them',
    }
  if (suggested.some(({ saves }) => saves >= noteworthyBytes))
    return { command: command(view, 'fix --include review'), reason: 'what there is to decide, as a diff' }
  if (view.clean) return hides && !style.verbose ? more : keep(view, target)
  if (context.unread.bytes >= noteworthyBytes && isUnreadLarge(context))
    return { command: command(view, 'ls --unread'), reason: 'the files that nothing reads' }
  if (top && lead.bytes >= noteworthyBytes)
    return { command: why(view, top.path), reason: 'why it is in the context' }
  return hides && !style.verbose ? more : check(view, target)
}

/** What is most likely too much: what no checkout brings along, else what is a third of it all. */
function suspect(view: View): LargestReport | null {
  const { bytes } = taken(view)
  const isForeign = (part: LargestReport) => part.gitIgnored || part.path === '.git'
  const { largest } = view.context
  return (
    largest.find((part) => isForeign(part) && part.bytes * 10 >= bytes && isTypable(part.path)) ??
    largest.find((part) => part.bytes * 3 >= bytes && isTypable(part.path)) ??
    null
  )
}

/** For who has nothing to mend: a limit, so that it stays as it is. */
function keep(view: View, target: TargetReport): Step {
  const { builder, again } = view.style
  if (builder !== 'buildkit' || again.context === '-' || !target.requested) return check(view, target)
  return {
    command: command(view, `check --max-transfer ${roomFor(taken(view).bytes)}`),
    reason: 'keep it so',
  }
}

/** Proof, where it takes no more than a line. */
function check(view: View, target: TargetReport): Step {
  const { style } = view
  const at = shellWord(style.again.context)
  const proof = `docker build --progress=plain ${at} 2>&1 | ctxsize verify${at === '.' ? '' : ` ${at}`}`
  // Standard input is not there a second time.
  const isPlain =
    at !== '-' && style.again.options.length === 0 && style.builder === 'buildkit' && target.requested
  return isPlain && displayWidth(proof) + 2 <= style.width
    ? { command: proof, reason: 'see docker agree' }
    : { command: command(view, 'ls -l'), reason: 'every file of it' }
}

/** True for a path that can be typed as it is shown. */
export function isTypable(path: string | null): path is string {
  return path !== null && path !== '' && visiblePath(path) === path
}

const command = ({ style }: View, words: string): string => commandText(style, words)

/** A command line about the build that was asked about. */
export function commandText(style: Style, words: string): string {
  const { context, options } = style.again
  const verb = words === '' ? [] : [words]
  return [
    'ctxsize',
    ...verb,
    ...options.map(shellWord),
    ...(context === '.' ? [] : [shellWord(context)]),
  ].join(' ')
}

const why = ({ style }: View, path: string): string => whyText(style, path)

/** The command that tells of a path of the context. */
export function whyText(style: Style, path: string): string {
  const { context, options } = style.again
  const at = context === '.' ? [] : ['-C', shellWord(context)]
  const dashes = path.startsWith('-') ? ['--'] : []
  return ['ctxsize why', ...options.map(shellWord), ...at, ...dashes, shellWord(path)].join(' ')
}
