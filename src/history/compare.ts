/** Two fingerprints of one build: what changed for each instruction in between, and what follows from it. */

import { parentPath } from '../lib/path.ts'
import { type Chain, createSpread, type Fate } from './chain.ts'
import type { Fingerprint, FingerprintEntry } from './fingerprint.ts'

export interface EntryChange {
  readonly context: string | null
  readonly path: string
  readonly isDirectory: boolean
  /** `kind`: a link where a file was. `mode`: the permission bits alone. */
  readonly change: 'changed' | 'new' | 'gone' | 'kind' | 'mode'
  /** Permission bits before and after; null where they say nothing. */
  readonly modes: readonly [before: number, after: number] | null
  /** The modes are those that two umasks give to the same file. */
  readonly fromUmask: boolean
}

export interface LinkChange {
  readonly fate: Fate
  /** True for one that was not there before, or was written in another way. */
  readonly isNew: boolean
  readonly changes: readonly EntryChange[]
  /**
   * Directories whose modes alone have changed: part of the cache key where the builder receives them for the first time, and
   * not noticed where it has them from an earlier build (fsutil diskwriter.go, HandleChange; seen on Engine 20.10).
   */
  readonly unnoticed: readonly EntryChange[]
}

/** For each link of the chain, which the second fingerprint is of. Pure. */
export function compareFingerprints(
  chain: Chain,
  before: Fingerprint,
  now: Fingerprint,
): readonly LinkChange[] {
  const left = [...before.instructions]
  const found = now.instructions.map((one) => {
    const at = left.findIndex(({ stage, text }) => stage === one.stage && text === one.text)
    const [same] = at < 0 ? [] : left.splice(at, 1)
    const all =
      same === undefined ? [] : changesOf({ all: before, own: same.entries }, { all: now, own: one.entries })
    const isUnnoticed = ({ isDirectory, change }: EntryChange) => isDirectory && change === 'mode'
    return {
      isNew: same === undefined,
      changes: all.filter((change) => !isUnnoticed(change)),
      unnoticed: all.filter(isUnnoticed),
    }
  })
  const own = Uint8Array.from(found, ({ isNew, changes }) => (isNew || changes.length > 0 ? 1 : 0))
  const fates = new Uint8Array(chain.links.length)
  createSpread(chain)(own, new Set(), fates)
  // The values that createSpread fills in are fates.
  return found.map((one, i) => ({ ...one, fate: (fates[i] ?? 0) as Fate }))
}

interface Read {
  readonly all: Fingerprint
  readonly own: readonly number[]
}

const keyOf = ({ context, path }: Pick<FingerprintEntry, 'context' | 'path'>): string =>
  `${context ?? ''}\0${path}`

function changesOf(before: Read, now: Read): readonly EntryChange[] {
  const entriesOf = ({ all, own }: Read) => own.flatMap((index) => all.entries[index] ?? [])
  const old = new Map(entriesOf(before).map((entry) => [keyOf(entry), entry]))
  const changes: EntryChange[] = []
  for (const entry of entriesOf(now)) {
    const key = keyOf(entry)
    const was = old.get(key)
    old.delete(key)
    // What was beyond the bound cannot be told from what was not there.
    if (was === undefined && !before.all.hasAll) continue
    const change = was === undefined ? plain(entry, 'new') : changeOf(was, entry)
    if (change !== null) changes.push(change)
  }
  if (now.all.hasAll) for (const entry of old.values()) changes.push(plain(entry, 'gone'))
  return withoutParents(changes)
}

/** A directory that came or went with what lies in it is not told beside that. */
function withoutParents(changes: readonly EntryChange[]): readonly EntryChange[] {
  const held = new Set<string>()
  for (const { context, path, change } of changes)
    for (let dir = parentPath(path); dir !== ''; dir = parentPath(dir))
      held.add(`${change} ${keyOf({ context, path: dir })}`)
  return changes.filter((one) => !(one.isDirectory && held.has(`${one.change} ${keyOf(one)}`)))
}

const typeBits = 0o170000
const isDirectory = ({ mode }: FingerprintEntry): boolean => (mode & typeBits) === 0o040000

const plain = (entry: FingerprintEntry, change: 'new' | 'gone' | 'kind' | 'changed'): EntryChange => ({
  ...{ context: entry.context, path: entry.path, isDirectory: isDirectory(entry), change },
  modes: null,
  fromUmask: false,
})

function changeOf(was: FingerprintEntry, now: FingerprintEntry): EntryChange | null {
  if ((was.mode & typeBits) !== (now.mode & typeBits)) return plain(now, 'kind')
  const isKnown = was.content !== null && now.content !== null
  if (was.size !== now.size || (isKnown && was.content !== now.content)) return plain(now, 'changed')
  if (was.mode === now.mode) return null
  const modes = [was.mode & 0o7777, now.mode & 0o7777] as const
  const { context, path } = now
  return {
    ...{ context, path, isDirectory: isDirectory(now), change: 'mode', modes },
    fromUmask: isFromUmask(...modes),
  }
}

const umasks = [0o000, 0o002, 0o007, 0o022, 0o027, 0o077]

/** True for modes that programs, files or directories get when they are made under different umasks. */
export function isFromUmask(before: number, after: number): boolean {
  return [0o666, 0o777].some((full) => {
    const given = umasks.map((umask) => full & ~umask)
    return given.includes(before) && given.includes(after)
  })
}
