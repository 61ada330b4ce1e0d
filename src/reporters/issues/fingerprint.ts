/** Names for issues that stay theirs from commit to commit. */

import type { Issue } from './issue.ts'

/**
 * One for each, in the same order: rule, file and subject, and which of those that have all that in common it is. Lines
 * and sizes are no part of it.
 */
export function fingerprints(issues: readonly Issue[]): readonly string[] {
  const seen = new Map<string, number>()
  return issues.map(({ rule, at, near, subject }) => {
    const name = hash(JSON.stringify([rule, (at ?? near).file, subject]))
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return `${name}:${count}`
  })
}

const prime = 0x100000001b3n
const start = 0xcbf29ce484222325n

/** FNV-1a of the UTF-8 bytes, 64 bits: it has to tell a few issues apart, and to be the same everywhere. */
export function hash(text: string): string {
  let value = start
  for (const byte of Buffer.from(text)) value = BigInt.asUintN(64, (value ^ BigInt(byte)) * prime)
  return value.toString(16).padStart(16, '0')
}
