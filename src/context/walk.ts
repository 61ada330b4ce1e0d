/** The walk over a context: every entry once, in the builders' order, with its verdict; by several threads where it pays. */

import type { Host } from '../host/host.ts'
import { byteLength } from '../lib/path.ts'
import { assemble } from './assemble.ts'
import type { WalkRules } from './rules.ts'
import { shareWalk } from './share.ts'
import { type EntryTable, makeTable, type Row, rootRow } from './table.ts'
import { createWalker, type Measured, type Unreadable } from './walker.ts'

export interface WalkOptions {
  /** The context root, absolute. */
  readonly root: string
  readonly rules: WalkRules
  /** True: also count what lies in directories that the ignore file drops whole. */
  readonly measureIgnored: boolean
  /** Told the number of entries every few thousand of them; null for nobody. */
  readonly progress: ((entries: number) => void) | null
}

export interface Walk {
  readonly table: EntryTable
  /** Entries in the context that could not be read; docker fails on them when it needs them. */
  readonly unreadable: readonly Unreadable[]
  /** What lies in directories that were dropped whole, by the directory's row; only with `measureIgnored`. */
  readonly prunedAmounts: ReadonlyMap<Row, Measured>
  /** By index of an ignore pattern: the first row that it matches, -1 where it matches none. */
  readonly firstMatch: Int32Array
}

/**
 * Walks the context. The table is the same, row for row, however many threads took part.
 * Throws `CONTEXT_UNREADABLE` when the root itself cannot be listed, `PATH_TOO_LONG`, and what the patterns throw.
 */
export function walkContext(host: Host, options: WalkOptions): Walk {
  const { rules } = options
  const rootBytes = byteLength(options.root)
  const walker = createWalker(host, { ...options, rootBytes, sharesFrom: host.threads?.worthFrom ?? null })
  walker.visit(prefixOf(host, options.root), rootRow, rules.ignore.root)
  if (walker.putOff.length > 0) return assemble(shareWalk(host, walker, { ...options, rootBytes }))
  const { builder, unreadable, prunedAmounts, firstMatch } = walker
  return { table: makeTable(builder.finish()), unreadable, prunedAmounts, firstMatch }
}

/** What stands before every path that is looked at: as little as possible, since the kernel walks all of it each time. */
function prefixOf(host: Host, root: string): string {
  const here = host.absolute('.')
  if (root === here) return ''
  const inside = here === '/' ? here : `${here}/`
  if (root.startsWith(inside)) return `${root.slice(inside.length)}/`
  return root === '/' ? root : `${root}/`
}
