/** Which findings a change brought. */

import type { Finding } from '../report.ts'

const rank = { info: 0, warning: 1, error: 2 }

/** Certain failures and secrets that ship, suppressed ones left out. */
const isToldOf = ({ rule, severity, data, suppressed }: Finding): boolean =>
  suppressed === undefined && (data['fails'] === true || (rule === 'secret-ships' && severity !== 'info'))

/** What it is about; lines move with any change. */
const keyOf = ({ rule, data, message }: Finding): string =>
  JSON.stringify([rule, data['path'] ?? data['source'] ?? message.replace(/\d+/g, '0')])

/** Those of now that were not there before, or not as bad. */
export function newAmong(now: readonly Finding[], before: readonly Finding[]): readonly Finding[] {
  const known = new Map<string, number>()
  for (const one of before.filter(isToldOf))
    known.set(keyOf(one), Math.max(known.get(keyOf(one)) ?? 0, rank[one.severity]))
  return now.filter((one) => isToldOf(one) && (known.get(keyOf(one)) ?? -1) < rank[one.severity])
}
