/** A context as an archive on standard input: `tar -c . | docker build -`. */

import { createGunzip, gunzipSync } from 'node:zlib'
import { CtxsizeError, fail } from '../lib/errors.ts'
import { decodePath, encodePath } from '../lib/path.ts'
import { type Host, isHostFailure } from './host.ts'
import {
  blockBytes,
  type Header,
  type Kept,
  readArchive,
  readHeader,
  type TarTree,
  type Want,
} from './tar-reader.ts'
import { createTreeHost, dirBits, fileBits, hostFailure, treeEntry } from './tree.ts'

/** Where the archive is said to be unpacked: `-` for whoever asks, and nowhere on a disk. */
export const streamRoot = '/dev/stdin'

/** What came on standard input, as docker tells it by its first bytes. */
export type Stream =
  /** `bytes` as it came, compressed or not. */
  | { readonly kind: 'archive'; readonly tree: TarTree; readonly bytes: number }
  | { readonly kind: 'dockerfile'; readonly text: string }

const mostUnpacked = 16 * 2 ** 30
/** A Dockerfile that is larger is none. */
const longestDockerfile = 4 << 20

/**
 * The host over an archive in memory, plain or gzip: it answers for {@link streamRoot}, the base for everything else. Throws
 * `STREAM_REFUSED` for what docker refuses, `UNSUPPORTED` for compressions that are not read here.
 */
export function createTarHost(bytes: Uint8Array, base: Host): Host {
  const kind = kindOf(bytes.subarray(0, lookedAt))
  if (kind === 'text') throw fail('STREAM_REFUSED', 'standard input is no archive')
  const reading = createReading()
  reading.push(kind === 'gzip' ? unzipped(bytes) : bytes)
  return hostOfTree(reading.end(), bytes.length, base)
}

/** The host of an archive that was read. */
export function hostOfTree({ top }: TarTree, bytes: number, base: Host): Host {
  const read = ({ source }: { readonly source: Kept }, most: number): Uint8Array => {
    if (source === null || source.length < most) throw hostFailure('EFBIG', 'standard input')
    return source
  }
  const standIn = { root: streamRoot, archive: { bytes }, tracked: null, doubts: () => [] }
  return createTreeHost(base, { top, confined: true, read }, { standIn, outside: base })
}

/** The host of the context that a Dockerfile has which comes alone: an empty directory, or one with nothing but `dockerfile`. */
export function createEmptyHost(base: Host, dockerfile: string | null): Host {
  const mtimeNs = 1_700_000_000_000_000_000n
  const top = treeEntry<Kept>({ mode: dirBits | 0o755, ino: 1, mtimeNs, source: null })
  if (dockerfile !== null) {
    const source = encodePath(dockerfile)
    const mode = fileBits | 0o600
    top.children?.set('Dockerfile', treeEntry<Kept>({ mode, size: source.length, ino: 2, mtimeNs, source }))
  }
  const standIn = { root: streamRoot, archive: null, tracked: null, doubts: () => [] }
  const read = ({ source }: { readonly source: Kept }): Uint8Array => source ?? new Uint8Array()
  return createTreeHost(base, { top, confined: true, read }, { standIn, outside: base })
}

/** Reads standard input to its end, holding no more of it than may be asked for. Throws as {@link createTarHost} does. */
export async function readStream(chunks: AsyncIterable<Uint8Array>): Promise<Stream> {
  const source = chunks[Symbol.asyncIterator]()
  let head: Uint8Array = new Uint8Array()
  while (head.length < lookedAt) {
    const next = await source.next()
    if (next.done) break
    head = Buffer.concat([head, next.value])
  }
  const kind = kindOf(head.subarray(0, lookedAt))
  let bytes = 0
  const all = async function* (): AsyncGenerator<Uint8Array> {
    bytes += head.length
    yield head
    for (let next = await source.next(); !next.done; next = await source.next()) {
      bytes += next.value.length
      yield next.value
    }
  }
  if (kind === 'text') return { kind: 'dockerfile', text: await textOf(all()) }
  const reading = createReading()
  for await (const chunk of kind === 'gzip' ? unzip(all()) : all()) reading.push(chunk)
  return { kind: 'archive', tree: reading.end(), bytes }
}

/** A Dockerfile from standard input. Throws `STREAM_REFUSED` for what is too long for one. */
export async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = []
  let length = 0
  for await (const chunk of chunks) {
    parts.push(chunk)
    length += chunk.length
    if (length > longestDockerfile)
      throw fail('STREAM_REFUSED', 'standard input is neither an archive nor a Dockerfile')
  }
  return decodePath(Buffer.concat(parts))
}

/** Bytes of which docker's clients tell what comes (docker/buildx build/opt.go, docker/cli build/context.go). */
const lookedAt = 2 * blockBytes

const magics = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
] as const

/** Throws for what comes to nothing. */
function kindOf(head: Uint8Array): 'gzip' | 'tar' | 'text' {
  const packed = magics.find(([, magic]) => magic.every((byte, i) => head[i] === byte))?.[0]
  if (packed === 'gzip') return packed
  if (packed === 'zstd')
    throw fail('STREAM_REFUSED', 'an archive packed with zstd: BuildKit’s clients take it for a Dockerfile', {
      hint: 'pack it with gzip, or not at all',
    })
  if (packed !== undefined)
    throw fail('UNSUPPORTED', `an archive packed with ${packed} is not read here, although docker would`, {
      hint: `unpack it on the way: ${packed} -dc context.tar.${packed === 'xz' ? 'xz' : 'bz2'} | ctxsize -`,
    })
  if (head.length === 0)
    throw fail('STREAM_REFUSED', 'nothing comes on standard input', { hint: 'tar -c . | ctxsize -' })
  // All that a tar leaves which could not read a file it was given; no Dockerfile begins so.
  if (head[0] === 0)
    throw fail(
      'STREAM_REFUSED',
      'the archive on standard input is empty, which docker takes for a Dockerfile',
      {
        hint: 'see what tar said: it found nothing to pack',
      },
    )
  const first = readHeader(head.subarray(0, blockBytes))
  if (first === null) return 'text'
  if (!firstEntryFits(head, first))
    throw fail(
      'STREAM_REFUSED',
      `docker takes this archive for a Dockerfile: its first entry begins with an extended header, and docker looks at ${lookedAt} bytes only`,
      {
        hint: 'make it with tar --format=gnu, or put a short name first',
      },
    )
  return 'tar'
}

/** Whether Go's reader, which is handed no more than these bytes, gets as far as an entry. */
function firstEntryFits(head: Uint8Array, first: Header): boolean {
  let at = 0
  for (let header: Header | null = first; header !== null; ) {
    const end = at + blockBytes + Math.ceil(header.size / blockBytes) * blockBytes
    if (header.flag === 'g') return end <= lookedAt
    if (!'xLK'.includes(header.flag)) return true
    at = end
    header = readHeader(head.subarray(at, at + blockBytes))
  }
  return false
}

const damaged = (thrown: unknown): Error =>
  thrown instanceof CtxsizeError
    ? thrown
    : fail('STREAM_REFUSED', 'what is packed with gzip ends early or is damaged')

/** For archives that are in memory as they are; longer ones come as a stream. */
const mostAtOnce = 1 << 30

function unzipped(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: mostAtOnce })
  } catch (thrown) {
    if (isHostFailure(thrown, 'ERR_BUFFER_TOO_LARGE'))
      throw fail('STREAM_REFUSED', 'what is packed with gzip is too large')
    throw damaged(thrown)
  }
}

async function* unzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip()
  const feed = async () => {
    for await (const chunk of chunks)
      if (!gunzip.write(chunk)) await new Promise((done) => gunzip.once('drain', done))
    gunzip.end()
  }
  feed().catch((thrown: unknown) => gunzip.destroy(thrown instanceof Error ? thrown : new Error(`${thrown}`)))
  let length = 0
  try {
    for await (const chunk of gunzip) {
      length += chunk.length
      if (length > mostUnpacked) throw fail('STREAM_REFUSED', 'what is packed with gzip is too large')
      yield chunk
    }
  } catch (thrown) {
    throw damaged(thrown)
  }
}

/** Hands bytes to the reader of archives as they come. */
function createReading() {
  const reader = readArchive()
  let step = reader.next()
  let taken: Uint8Array[] = []
  let missing = needs(step)

  const answer = () => {
    const bytes = taken.length === 1 && taken[0] ? taken[0] : Buffer.concat(taken)
    taken = []
    step = reader.next(bytes)
    missing = needs(step)
  }
  const settle = () => {
    while (!step.done && missing === 0) answer()
  }
  return {
    push: (chunk: Uint8Array) => {
      settle()
      for (let at = 0; at < chunk.length && !step.done; settle()) {
        const piece = chunk.subarray(at, at + missing)
        if ('take' in step.value) taken.push(piece)
        at += piece.length
        missing -= piece.length
      }
    },
    /** What is missing stays missing: the reader is handed less than it asked for. */
    end: (): TarTree => {
      settle()
      while (!step.done) {
        // A stretch that was to be passed over has no bytes to show: one stands for all that did not come.
        if ('skip' in step.value) taken = missing > 0 ? [new Uint8Array(1)] : []
        answer()
      }
      return step.value
    },
  }
}

function needs(step: IteratorResult<Want, TarTree>): number {
  if (step.done) return 0
  return 'take' in step.value ? step.value.take : step.value.skip
}
