/** Git's index file, read as it lies there: https://git-scm.com/docs/gitformat-index. Nothing is run for it. */

import { compareBytes, decodePath } from '../lib/path.ts'

/** What the index holds of one path. */
export interface IndexEntry {
  /** Relative to the top of the working tree, in the form of `lib/path.ts`. */
  readonly path: string
  /** 0o100644, 0o100755, 0o120000 for a symbolic link, 0o160000 for a submodule. */
  readonly mode: number
  /** Bytes in the working tree when git last looked, modulo 2^32; null where git does not know, 0 where it mistrusts what it knew. */
  readonly size: number | null
  /** Tracked, but left out of the working tree: a sparse checkout. */
  readonly skipWorktree: boolean
  /** 0, or 1 to 3 for the sides of a conflict. */
  readonly stage: number
  /** Hexadecimal, 40 or 64 digits. Asked of a few at most, and dear for all. */
  readonly objectId: () => string
}

const noEntries: readonly IndexEntry[] = []

/**
 * The entries in git's order, by the bytes of their paths. Versions 2 to 4, SHA-1 and SHA-256, whole or split;
 * `sharedIndex` reads the base of a split one by its hash. Null for what cannot be read: damaged, of another format,
 * a sparse index with whole directories as entries, a split one whose base is not to be had. Does not compare the
 * checksum, which git does not do either. Linear: 100,000 entries take about 50 ms.
 */
export function readIndex(
  bytes: Uint8Array,
  sharedIndex: (hash: string) => Uint8Array | null = () => null,
): readonly IndexEntry[] | null {
  // Which hash it is stands in the configuration only. Entries of the other length come to no good end.
  for (const hashLength of [20, 32]) {
    const whole = readWhole(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), hashLength)
    if (whole === null) continue
    if (whole.link === null) return whole.entries.every((entry) => entry.path !== '') ? whole.entries : null
    const base = whole.link.base === null ? noEntries : readBase(sharedIndex(whole.link.base), hashLength)
    return base === null ? null : mergeSplit(base, whole.entries, whole.link)
  }
  return null
}

/** The changes to a base that a split index holds. */
interface Link {
  readonly base: string | null
  /** Bit for bit: entries of the base that are gone, and that others take the place of. */
  readonly deleted: Bits
  readonly replaced: Bits
}

type Bits = (position: number) => boolean

function readBase(bytes: Uint8Array | null, hashLength: number): readonly IndexEntry[] | null {
  if (bytes === null) return null
  const base = readWhole(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), hashLength)
  return base === null || base.link !== null ? null : base.entries
}

/** Mode, size and flags of an entry, by their distance from its begin; its hash stands between the last two. */
const modeAt = 24
const sizeAt = 36
const hashAt = 40

const directoryMode = 0o040000
const validModes: ReadonlySet<number> = new Set([0o100, 0o120, 0o160].map((type) => type << 9))

function readWhole(
  bytes: Buffer,
  hashLength: number,
): { readonly entries: IndexEntry[]; readonly link: Link | null } | null {
  const end = bytes.length - hashLength
  if (end < 12 || bytes.readUInt32BE(0) !== 0x44495243) return null
  const version = bytes.readUInt32BE(4)
  const count = bytes.readUInt32BE(8)
  // Without this a few bytes could ask for four thousand million entries.
  if (version < 2 || version > 4 || count > end / (hashAt + hashLength + 3)) return null
  const entries: IndexEntry[] = []
  // Node's own readers check more, and are some ten times slower before they are compiled.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  let at = 12
  /** Of version 4: the name before, a character a byte, which the next one begins like. */
  let previous = ''
  for (let i = 0; i < count; i++) {
    const begin = at
    at += hashAt + hashLength + 2
    if (at > end) return null
    const flags = view.getUint16(at - 2)
    const extended = (flags & 0x4000) !== 0
    if (extended && (version < 3 || at + 2 > end)) return null
    const more = extended ? view.getUint16(at) : 0
    if (extended) at += 2
    const mode = view.getUint32(begin + modeAt)
    if (mode === directoryMode || !validModes.has(mode & 0o177000)) return null
    let name: string
    if (version === 4) {
      const prefix = readPrefixLength(bytes, at, end)
      if (prefix === null || prefix.drop > previous.length) return null
      const nul = bytes.indexOf(0, prefix.after)
      if (nul < 0 || nul >= end) return null
      const kept = previous.length - prefix.drop
      // Names may build on each other to a length that is the square of the file's.
      if (kept + nul - prefix.after > longestName) return null
      previous = previous.slice(0, kept) + bytes.toString('latin1', prefix.after, nul)
      name = beyondAscii.test(previous) ? decodePath(Buffer.from(previous, 'latin1')) : previous
      at = nul + 1
    } else {
      const stated = flags & 0xfff
      const nul = stated < 0xfff ? at + stated : bytes.indexOf(0, at + stated)
      if (nul < 0 || nul >= end || bytes[nul] !== 0) return null
      name = bytes.toString('latin1', at, nul)
      if (beyondAscii.test(name)) name = decodePath(bytes.subarray(at, nul))
      // One to eight NUL bytes, so that an entry is a multiple of eight.
      at = begin + ((nul - begin + 8) & ~7)
      if (at > end) return null
    }
    entries.push({
      path: name,
      mode,
      size: (more & 0x2000) !== 0 ? null : view.getUint32(begin + sizeAt),
      skipWorktree: (more & 0x4000) !== 0,
      stage: (flags >> 12) & 3,
      objectId: () => bytes.toString('hex', begin + hashAt, begin + hashAt + hashLength),
    })
  }
  const extensions = readExtensions(bytes, at, { end, hashLength })
  return extensions === null ? null : { entries, link: extensions.link }
}

/** PATH_MAX of Linux, many times over. */
const longestName = 1 << 16

const beyondAscii = /[\u0080-\u00ff]/

/** How many bytes of the name before are to be dropped: git's variable width encoding, as in OFS_DELTA of a pack. */
function readPrefixLength(
  bytes: Buffer,
  start: number,
  end: number,
): { readonly drop: number; readonly after: number } | null {
  let at = start
  let byte = bytes[at++] ?? 0
  let drop = byte & 127
  while ((byte & 128) !== 0) {
    if (at >= end || at - start > 4) return null
    byte = bytes[at++] ?? 0
    drop = (drop + 1) * 128 + (byte & 127)
  }
  return { drop, after: at }
}

function readExtensions(
  bytes: Buffer,
  start: number,
  { end, hashLength }: { readonly end: number; readonly hashLength: number },
): { readonly link: Link | null } | null {
  let link: Link | null = null
  let at = start
  while (at < end) {
    if (at + 8 > end) return null
    const name = bytes.toString('latin1', at, at + 4)
    const next = at + 8 + bytes.readUInt32BE(at + 4)
    if (next > end) return null
    if (name === 'link') {
      link = readLink(bytes.subarray(at + 8, next), hashLength)
      if (link === null) return null
    } else if (!/^[A-Z]/.test(name)) return null // Must be understood, and `sdir` is not: it holds directories for files.
    at = next
  }
  return { link }
}

function readLink(bytes: Buffer, hashLength: number): Link | null {
  if (bytes.length < hashLength) return null
  const hash = bytes.toString('hex', 0, hashLength)
  const base = /^0+$/.test(hash) ? null : hash
  if (bytes.length === hashLength) return { base, deleted: () => false, replaced: () => false }
  const deleted = readBits(bytes, hashLength)
  const replaced = deleted === null ? null : readBits(bytes, deleted.after)
  if (deleted === null || replaced === null || replaced.after !== bytes.length) return null
  return { base, deleted: deleted.bits, replaced: replaced.bits }
}

/**
 * A bitmap in EWAH, as https://git-scm.com/docs/bitmap-format has it in its appendix: the number of bits, the number
 * of words, words of 64 bits, the place of the last marker. A marker holds, from its lowest bit on: a bit, how many
 * words of nothing but that bit follow (32 bits), how many words come as they are after them (31 bits).
 */
function readBits(bytes: Buffer, start: number): { readonly bits: Bits; readonly after: number } | null {
  if (start + 12 > bytes.length) return null
  const words = bytes.readUInt32BE(start + 4)
  const after = start + 12 + words * 8
  if (after > bytes.length) return null
  const wordAt = (index: number) => start + 8 + index * 8
  /** Stretches by the number of the word they begin with: all zero, all one, or as they stand in the bytes. */
  const stretches: {
    readonly from: number
    readonly to: number
    readonly kind: 0 | 1 | 'plain'
    readonly at: number
  }[] = []
  let word = 0
  for (let i = 0; i < words; ) {
    const high = bytes.readUInt32BE(wordAt(i))
    const low = bytes.readUInt32BE(wordAt(i) + 4)
    const run = (high & 1) * 2 ** 31 + (low >>> 1)
    const plain = high >>> 1
    i++
    if (plain > words - i) return null
    stretches.push({ from: word, to: word + run, kind: low & 1 ? 1 : 0, at: 0 })
    word += run
    stretches.push({ from: word, to: word + plain, kind: 'plain', at: wordAt(i) })
    word += plain
    i += plain
  }
  // Asked in ascending order only, so that the stretches are gone through once.
  let current = 0
  const bits: Bits = (position) => {
    const index = Math.floor(position / 64)
    let stretch = stretches[current]
    while (stretch !== undefined && index >= stretch.to) stretch = stretches[++current]
    if (stretch === undefined) return false
    if (stretch.kind !== 'plain') return stretch.kind === 1
    const bit = position % 64
    const place = stretch.at + (index - stretch.from) * 8 + (bit < 32 ? 4 : 0)
    return ((bytes.readUInt32BE(place) >>> (bit % 32)) & 1) === 1
  }
  return { bits, after }
}

/** The base without what is deleted; what is replaced comes first among the entries, its name left out; the rest is new. */
function mergeSplit(
  base: readonly IndexEntry[],
  own: readonly IndexEntry[],
  { deleted, replaced }: Link,
): readonly IndexEntry[] | null {
  const merged: IndexEntry[] = []
  let next = 0
  for (const [i, entry] of base.entries()) {
    const gone = deleted(i)
    if (replaced(i)) {
      const by = own[next++]
      if (by === undefined || (by.path !== '' && by.path !== entry.path)) return null
      if (!gone) merged.push({ ...by, path: entry.path })
    } else if (!gone) merged.push(entry)
  }
  for (const entry of own.slice(next)) {
    if (entry.path === '') return null
    merged.push(entry)
  }
  return merged.sort((a, b) => compareBytes(a.path, b.path) || a.stage - b.stage)
}
