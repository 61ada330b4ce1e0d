/** What the instructions of a build read, as it lies on the disk now: enough to tell later what has changed. */

import { type EntryTable, fileKind, type Row, symlinkKind } from '../context/table.ts'
import { type Host, isFactOfPath } from '../host/host.ts'
import { encodePath, joinPath } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Survey } from '../measure/survey.ts'
import { resolveDirectories } from '../resolve/reads.ts'
import { makeChain } from './chain.ts'

/** A file, directory or link as BuildKit's cache key holds it, but for extended attributes: no times, no owner. */
export interface FingerprintEntry {
  /** Null: the main context; else the name of another. */
  readonly context: string | null
  readonly path: string
  /** POSIX type and permission bits. */
  readonly mode: number
  readonly size: number
  /** SHA-256 of a file, in hexadecimal digits; where a link leads; null of what was not looked into. */
  readonly content: string | null
}

export interface FingerprintInstruction {
  readonly stage: string
  readonly line: number
  readonly text: string
  /** Indices into `entries`. */
  readonly entries: readonly number[]
}

export interface Fingerprint {
  readonly version: typeof version
  /** Every COPY, ADD and RUN, in build order. */
  readonly instructions: readonly FingerprintInstruction[]
  readonly entries: readonly FingerprintEntry[]
  /** False: there were more than `mostEntries`, and the rest is left out. */
  readonly hasAll: boolean
  /** False: a bound was reached, or a file could not be read, so that content is missing. */
  readonly hasContent: boolean
}

/** Grows with every change of what is kept: what an older version left is nothing to compare with. */
const version = 2

export interface FingerprintBounds {
  readonly mostEntries: number
  readonly mostBytes: number
}

const usualBounds: FingerprintBounds = { mostEntries: 20_000, mostBytes: 256_000_000 }

/** Of the files of a table, what was hashed: builds that share a context share it. Written to. */
export type KnownHashes = Map<EntryTable, Map<Row, string | null>>

/** Reads and hashes every file once, in the order of the instructions, within the bounds. */
export async function takeFingerprint(
  host: Host,
  build: Pick<MeasuredBuild, 'plan' | 'reads'>,
  hashes: KnownHashes = new Map(),
  { mostEntries, mostBytes }: FingerprintBounds = usualBounds,
): Promise<Fingerprint> {
  const entries: FingerprintEntry[] = []
  const known = new Map<Survey, Map<number, number>>()
  const instructions: FingerprintInstruction[] = []
  let hasAll = true
  let hasContent = true
  let bytes = 0
  const contentOf = async (survey: Survey, row: number, path: string): Promise<string | null> => {
    const { table, context } = survey
    if (table.kind[row] === symlinkKind) return table.linkTarget.get(row) ?? null
    if (table.kind[row] !== fileKind) return null
    const size = table.size[row] ?? 0
    if (bytes + size > mostBytes) {
      hasContent = false
      return null
    }
    bytes += size
    const known = hashes.get(table) ?? new Map<Row, string | null>()
    hashes.set(table, known)
    let hash = known.get(row)
    if (hash === undefined) {
      const content = readOrNull(host, joinPath(context.root, path), size)
      hash = content && (await hashOf(content))
      known.set(row, hash)
    }
    if (hash === null) hasContent = false
    return hash
  }
  for (const { step, stage, reads } of makeChain(build.plan).links) {
    const own = new Set<number>()
    for (const read of reads) {
      const found = build.reads.find(({ instruction }) => instruction === read)
      const survey = found?.survey
      if (!found || !survey) continue
      const rows = known.get(survey) ?? new Map<number, number>()
      known.set(survey, rows)
      const directories = resolveDirectories(survey.table, survey.sent, read)
      for (const row of [...found.reads.rows, ...directories]) {
        let index = rows.get(row)
        if (index === undefined) {
          if (entries.length >= mostEntries) {
            hasAll = false
            continue
          }
          index = entries.length
          rows.set(row, index)
          const { table, context } = survey
          const path = table.path(row)
          const size = table.kind[row] === fileKind ? (table.size[row] ?? 0) : 0
          const content = await contentOf(survey, row, path)
          entries.push({ context: context.name, path, mode: table.mode[row] ?? 0, size, content })
        }
        own.add(index)
      }
    }
    instructions.push({
      stage: stage.name ?? String(stage.index),
      line: step.line,
      text: step.instruction.text,
      entries: [...own],
    })
  }
  return { version, instructions, entries, hasAll, hasContent }
}

function readOrNull(host: Host, path: string, size: number): Uint8Array | null {
  try {
    return host.readStart(path, size)
  } catch (thrown) {
    if (isFactOfPath(thrown)) return null
    throw thrown
  }
}

export async function hashOf(bytes: Uint8Array): Promise<string> {
  return Buffer.from(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes))).toString('hex')
}

export const fingerprintBytes = (fingerprint: Fingerprint): Uint8Array =>
  encodePath(JSON.stringify(fingerprint))

/** Null for what this version did not write. */
export function readFingerprint(bytes: Uint8Array): Fingerprint | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString())
    if (typeof value !== 'object' || value === null) return null
    const { version: kept, instructions, entries } = value as Partial<Record<keyof Fingerprint, unknown>>
    // What lies in a directory of ours and calls itself that was written above.
    return kept === version && Array.isArray(instructions) && Array.isArray(entries)
      ? (value as Fingerprint)
      : null
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return null
    throw thrown
  }
}
