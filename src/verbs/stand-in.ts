/** The host of a build that does not lie there as it is: at a commit, or on standard input. */

import { createCommitHost } from '../host/commit.ts'
import { type Host, realPathAt } from '../host/host.ts'
import { createEmptyHost, hostOfTree, readStream, textOf } from '../host/tar.ts'
import { fail } from '../lib/errors.ts'
import { cleanPath, joinPath, parentPath, visiblePath } from '../lib/path.ts'
import { findRepository, type RepositoryPlace } from '../repository/place.ts'
import type { RunOptions } from './options.ts'

interface Located {
  readonly host: Host
  readonly scan: RunOptions['scan']
}

/** Reads standard input to its end where it is needed. Throws a `CtxsizeError` for what cannot be read. */
export async function standIn(
  host: Host,
  { scan, elsewhere: { at, input } }: RunOptions,
  readInput: () => Promise<AsyncIterable<Uint8Array> | null>,
): Promise<Located> {
  const chunks = input === null ? null : await readInput()
  if (input !== null && chunks === null)
    throw fail('STREAM_REFUSED', 'nothing comes on standard input', {
      hint: input === 'context' ? 'tar -c . | ctxsize -' : 'ctxsize -f - . < Dockerfile',
    })
  if (chunks !== null && input === 'context') return onStandardInput(host, scan, chunks)
  const inline = chunks === null ? null : { text: await textOf(chunks), name: '-' }
  const asked = inline === null ? scan : { ...scan, file: null, inline }
  return at === null ? { host, scan: asked } : atCommit(host, asked, at)
}

async function onStandardInput(
  host: Host,
  scan: RunOptions['scan'],
  chunks: AsyncIterable<Uint8Array>,
): Promise<Located> {
  const stream = await readStream(chunks)
  if (stream.kind === 'archive')
    return {
      host: hostOfTree(stream.tree, stream.bytes, host),
      // A Dockerfile is one of the archive's own.
      scan: { ...scan, file: scan.file === null ? null : `-/${scan.file}` },
    }
  if (scan.file !== null)
    throw fail('USAGE', 'a Dockerfile comes on standard input, and -f names another', {
      hint: 'docker refuses that too: give one of them, or a directory',
    })
  const isClassic = scan.builder === 'classic'
  return {
    host: createEmptyHost(host, isClassic ? stream.text : null),
    // BuildKit is given an empty directory; the classic client makes one with the Dockerfile in it (docker/cli build/context.go).
    scan: isClassic ? scan : { ...scan, inline: { text: stream.text, name: '-' }, wantsClassic: false },
  }
}

function atCommit(host: Host, scan: RunOptions['scan'], ref: string): Located {
  const { top } = repositoryOf(host, scan.context)
  return { host: createCommitHost(host, { top, ref }), scan: placedIn(host, scan, top) }
}

/** The repository around a directory, which need not be there now. Throws `GIT_UNAVAILABLE`. */
export function repositoryOf(host: Host, directory: string): RepositoryPlace {
  const place = findRepository(host, nearest(host, host.absolute(directory)))
  if (place !== null) return place
  throw fail('GIT_UNAVAILABLE', `${visiblePath(directory)} is in no git repository`, {
    hint: 'give a directory of the clone whose commit is meant',
  })
}

/** The options with paths that begin with the repository's top, wherever they lie in it. */
export function placedIn(host: Host, scan: RunOptions['scan'], top: string): RunOptions['scan'] {
  const inTop = (path: string): string => throughLinks(host, top, host.absolute(path))
  const namedContexts = new Map(
    [...scan.namedContexts].map(([name, value]) => [name, /^[\w-]+:/.test(value) ? value : inTop(value)]),
  )
  return {
    ...scan,
    context: inTop(scan.context),
    file: scan.file === null ? null : inTop(scan.file),
    namedContexts,
  }
}

/** The directory, or what there is of it: it may be one that only the commit has. */
function nearest(host: Host, path: string): string {
  for (let at = path; ; at = parentPath(at) || '/') if (at === '/' || realPathAt(host, at) !== null) return at
}

/** The path as the repository's top, which is without links, begins it; what is below is the commit's own. */
function throughLinks(host: Host, top: string, path: string): string {
  for (let at = path, rest = ''; ; ) {
    if (realPathAt(host, at) === top) return joinPath(top, rest)
    if (at === '/' || at === '') return cleanPath(path)
    rest = joinPath(at.slice(at.lastIndexOf('/') + 1), rest)
    at = parentPath(at) || '/'
  }
}
