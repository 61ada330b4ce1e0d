/** `ctxsize init` as text: the configuration itself, or that it is written. */

import type { InitReport } from '../../report.ts'
import type { Style } from '../style.ts'
import { commandText, stepLines } from './next.ts'
import { counted } from './words.ts'

export function initText({ file, text, builds, written }: InitReport, style: Style): string {
  if (!written) return text
  const step = { command: commandText(style, 'check'), reason: 'from now on, here and in CI' }
  return [
    `✓ ${file} is written, with budgets for ${counted(builds, 'build')}.`,
    '',
    ...stepLines(step, style),
    '',
  ].join('\n')
}
