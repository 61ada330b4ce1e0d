/** The walk over a context: every entry once, in the builders' order, with its verdict; by several threads where it pays. */

import type { Host } from '../host/host.ts'
import { byteLength } from '../lib/path.ts'
import { assemble } from './assemble.ts'
import type { WalkRules } from './rules.ts'
import { shareWalk } from './share.ts'
import { makeTable } from './table.ts'
import { createWalker, type Walk } from './walker.ts'

export interface WalkOptions {
  /** The context root, absolute. */
  readonly root: string
  readonly rules: WalkRules
  /** True: also count what lies in directories that the ignore file drops whole. */
  readonly measureIgnored: boolean
  /** Told the number of entries every few thousand of them; null for nobody. */
  readonly progress: ((entries: number) => void) | null
}

/**
 * Walks the context. The table is the same, row for row, however many threads took part.
 * Throws `CONTEXT_UNREADABLE` when the root itself cannot be listed, `PATH_TOO_LONG`, and what the patterns throw.
 */
export function walkContext(host: Host, options: WalkOptions): Walk {
  const { rules } = options
  const rootBytes = byteLength(options.root)
  const walker = createWalker(host, { ...options, rootBytes, sharesFrom: host.threads?.worthFrom ?? null })
  walker.visit(prefixOf(host, options.root), rules.ignore.root, null)
  if (walker.putOff.length > 0) return assemble(shareWalk(host, walker, { ...options, rootBytes }))
  const { builder, unreadable, prunedAmounts, firstMatch, leftOvers } = walker
  return { table: makeTable(builder.finish()), unreadable, prunedAmounts, firstMatch, leftOvers }
}

/** What stands before every path that is looked at: as little as possible, since the kernel walks all of it each time. */
function prefixOf(host: Host, root: string): string {
  const here = host.absolute('.')
  if (root === here) return ''
  const inside = here === '/' ? here : `${here}/`
  if (root.startsWith(inside)) return `${root.slice(inside.length)}/`
  return root === '/' ? root : `${root}/`
}
