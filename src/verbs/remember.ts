/** `--remember` leaves what the instructions read in the user's cache folder; `ctxsize why --rebuilt` compares with it. */

import { type RebuiltQuestion, rebuiltReport } from '../answers/rebuilt.ts'
import {
  type Fingerprint,
  fingerprintBytes,
  hashOf,
  type KnownHashes,
  readFingerprint,
  takeFingerprint,
} from '../history/fingerprint.ts'
import { type Host, isHostFailure, type PrivateStore } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { encodePath, joinPath, parentPath, visiblePath, wellFormed } from '../lib/path.ts'
import { nothingKnown } from '../repository/known.ts'
import { findRepository } from '../repository/place.ts'
import type { FoundScan } from '../scan.ts'
import { placed } from './leading.ts'
import type { Outcome, VerbInput } from './outcome.ts'

interface Place {
  readonly store: PrivateStore
  readonly directory: string
  readonly name: string
}

/** What is kept at most, of all projects together; what was remembered longest ago goes first. */
const mostKept = 500
const mostKeptBytes = 256_000_000

/** `ctxsize why --rebuilt`: what changed since it was remembered; with `--remember` the next answer begins here. */
export async function runRebuilt({ host, options, progress }: VerbInput): Promise<Outcome> {
  const names = options.paths
  if (names.length > 0 && !options.builds.defined)
    throw fail('USAGE', `ctxsize why --rebuilt is about builds, not about ${visiblePath(names[0] ?? '')}`, {
      hint: 'it takes names of builds after -f: ctxsize why --rebuilt -f compose.yaml api',
    })
  const { measureAll } = await import('./targets.ts')
  const asked = {
    ...options,
    builds: { ...options.builds, names },
    scan: { ...options.scan, wantsClassic: false },
  }
  const { scans, problems } = measureAll({ host, options: asked, progress }, nothingKnown())
  const [problem] = problems
  if (scans.length === 0)
    throw fail('CONTEXT_NOT_FOUND', problem?.message ?? 'no build can be measured', {
      at: problem?.at ?? null,
    })
  const made = scans.map(placed)
  const hashes: KnownHashes = new Map()
  const found: RebuiltQuestion[] = []
  const unknown: FoundScan[] = []
  const next: Kept[] = []
  for (const scan of made) {
    const place = await placeOf(host, scan)
    const bytes = guarded(() => place.store.read(place.directory, place.name))
    const before = bytes && readFingerprint(bytes)
    if (before === null) {
      unknown.push(scan)
      continue
    }
    const now = await takeFingerprint(host, scan, hashes)
    found.push({ scan, before, now })
    next.push({ place, fingerprint: now })
  }
  const [leading, ...others] = found
  if (leading === undefined)
    throw fail('USAGE', `nothing is remembered of ${made.length > 1 ? 'these builds' : 'this build'}`, {
      hint: 'ctxsize --remember leaves what the next ctxsize why --rebuilt compares with',
    })
  if (options.remember) keep(next)
  return {
    printable: { kind: 'rebuilt', document: rebuiltReport([leading, ...others], unknownNotes(unknown)) },
    fatal: found.flatMap(({ scan }) => scan.fatal),
    exitCode: 0,
  }
}

function unknownNotes(scans: readonly FoundScan[]): readonly string[] {
  if (scans.length === 0) return []
  const names = scans.map(({ told, reference }) => wellFormed(told.name ?? reference.dockerfile))
  return [`nothing is remembered of ${names.join(', ')}: ctxsize --remember`]
}

/**
 * Leaves what the instructions of the builds read now; says what was kept. Throws where the user's cache folder cannot be
 * written.
 */
export async function remember(host: Host, scans: readonly FoundScan[]): Promise<string> {
  const hashes: KnownHashes = new Map()
  const kept: Kept[] = []
  for (const scan of scans)
    kept.push({ place: await placeOf(host, scan), fingerprint: await takeFingerprint(host, scan, hashes) })
  keep(kept)
  const what = scans.length === 1 ? 'this build reads' : `${scans.length} builds read`
  return `remembered what ${what}; ctxsize why --rebuilt tells what has changed since`
}

interface Kept {
  readonly place: Place
  readonly fingerprint: Fingerprint
}

/** Writes all of them, and makes room where the folder has grown too large. */
function keep(all: readonly Kept[]): void {
  for (const { place, fingerprint } of all)
    guarded(() => place.store.write(place.directory, place.name, fingerprintBytes(fingerprint)))
  const [first] = all
  if (first === undefined) return
  const { store, directory } = first.place
  const own = new Set(all.map(({ place }) => place.name))
  guarded(() => {
    let bytes = 0
    for (const [i, file] of store.list(directory).entries()) {
      bytes += file.bytes
      if ((i >= mostKept || bytes > mostKeptBytes) && !own.has(file.name)) store.remove(directory, file.name)
    }
  })
}

async function placeOf(host: Host, made: FoundScan): Promise<Place> {
  const { store } = host
  const home = host.environment('HOME') ?? host.environment('USERPROFILE') ?? ''
  // A path that is not absolute is to be ignored: https://specifications.freedesktop.org/basedir/latest.
  const given = host.environment('XDG_CACHE_HOME') ?? ''
  const base = isAbsolute(given) ? given : isAbsolute(home) ? joinPath(home, '.cache') : null
  if (store === undefined || base === null)
    throw fail('NOT_WRITABLE', 'there is no cache folder to remember anything in', {
      hint: 'set XDG_CACHE_HOME to a directory of yours',
    })
  const directory = joinPath(base, 'ctxsize/remembered')
  refuseInside(host, directory, made)
  const { request, reference, main } = made
  const key = [
    realPath(host, main.context.root),
    reference.dockerfile,
    request.target,
    request.platform,
    [...request.buildArgs].sort(([a], [b]) => (a < b ? -1 : 1)),
    [...request.namedContexts].sort(([a], [b]) => (a < b ? -1 : 1)),
  ]
  return { store, directory, name: `${await hashOf(encodePath(JSON.stringify(key)))}.json` }
}

const isAbsolute = (path: string): boolean => /^(?:\/|[A-Za-z]:[\\/])/.test(path)

/** What is kept must not change what is built, nor be committed. */
function refuseInside(host: Host, directory: string, { main, named }: FoundScan): void {
  const real = realPath(host, directory)
  const roots = [main, ...named].map(({ context }) => context.root)
  const top = findRepository(host, main.context.root)?.top
  for (const root of top === undefined ? roots : [...roots, top]) {
    const inside = `${realPath(host, root)}/`.replace(/^\/\/$/, '/')
    if (!`${real}/`.startsWith(inside)) continue
    throw fail('NOT_WRITABLE', `the cache folder lies in the project: ${visiblePath(directory)}`, {
      hint: 'set XDG_CACHE_HOME to a directory outside of it',
    })
  }
}

/** With the links of what is there already resolved. */
function realPath(host: Host, path: string): string {
  const whole = host.absolute(path)
  for (let at = whole, rest = ''; ; ) {
    try {
      return rest === '' ? host.realPath(at) : joinPath(host.realPath(at), rest)
    } catch (thrown) {
      if (!isHostFailure(thrown)) throw thrown
    }
    const above = parentPath(at)
    if (above === '' || above === at) return whole
    rest = rest === '' ? at.slice(above.length + 1) : joinPath(at.slice(above.length + 1), rest)
    at = above
  }
}

function guarded<T>(call: () => T): T {
  try {
    return call()
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    throw fail('NOT_WRITABLE', `the cache folder cannot be used (${thrown.message})`, {
      hint: 'set XDG_CACHE_HOME to a directory that only you can write to',
    })
  }
}
