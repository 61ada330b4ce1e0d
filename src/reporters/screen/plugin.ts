/** `ctxsize plugin` as text. */

import { visiblePath } from '../../lib/path.ts'
import type { PluginReport } from '../../report.ts'

const sentences = {
  installed: 'docker ctxsize works now',
  replaced: 'docker ctxsize is this program now',
  removed: 'docker ctxsize is gone',
} as const

export function pluginText({ file, program, change }: PluginReport): string {
  const kept = program === null ? 'docker ctxsize was not there' : 'docker ctxsize works already'
  const leads = program === null ? '' : ` → ${visiblePath(program)}`
  return `${change === 'kept' ? kept : sentences[change]}\n  ${visiblePath(file)}${leads}\n`
}
