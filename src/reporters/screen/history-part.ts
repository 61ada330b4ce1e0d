/** What the history of a build says in the report of it. */

import { coldBuilds, fixesOf, mostFixes } from './fixes.ts'
import { historyBlock, installSentence } from './history-words.ts'
import type { View } from './view.ts'
import { paragraph } from './words.ts'

/** As wide as the names of the amounts above it. */
const label = 14

/** For a project that is in order: `cache  npm ci ran in 9 of 150 commits, each time for package-lock.json`. */
export function cacheLine({ context, target, style }: View): string[] {
  const sentence = target?.history === undefined ? null : installSentence(target.history)
  const [cold] = coldBuilds(context.findings)
  const where = cold === undefined ? '' : `, where layers are kept: not by ${cold}`
  return sentence === null ? [] : paragraph(`  ${'cache'.padEnd(label)}  `, `${sentence}${where}`, style)
}

/** How often each instruction lost its cache, now and after the fixes that are numbered on this screen. */
export function historyPart(view: View): string[] {
  const { target, style, failures } = view
  if (target?.history === undefined || failures.length > 0) return []
  const shown = fixesOf(view).slice(0, style.verbose ? undefined : mostFixes)
  return historyBlock(target.history, style, (ids) => {
    const found = shown.findIndex(({ suggestions }) =>
      ids.every((id) => suggestions.some((one) => one.id === id)),
    )
    return found < 0 ? null : found + 1
  })
}
