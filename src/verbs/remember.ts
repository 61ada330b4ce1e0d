/** `--remember` leaves what the instructions read in the user's cache folder; `ctxsize why --rebuilt` compares with it. */

import { rebuiltReport } from '../answers/rebuilt.ts'
import { fingerprintBytes, hashOf, readFingerprint, takeFingerprint } from '../history/fingerprint.ts'
import { type Host, isHostFailure, type PrivateStore } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { encodePath, joinPath, parentPath, visiblePath } from '../lib/path.ts'
import { findRepository } from '../repository/place.ts'
import { type Scan, scan } from '../scan.ts'
import { leadingOptions, placed } from './leading.ts'
import type { Outcome, VerbInput } from './outcome.ts'

interface Place {
  readonly store: PrivateStore
  readonly directory: string
  readonly name: string
}

/** `ctxsize why --rebuilt`: what changed since it was remembered; with `--remember` the next answer begins here. */
export async function runRebuilt({ host, options, progress }: VerbInput): Promise<Outcome> {
  const made = placed(scan(host, { ...(await leadingOptions(host, options)), wantsClassic: false, progress }))
  const place = await placeOf(host, made)
  const bytes = guarded(() => place.store.read(place.directory, place.name))
  const before = bytes && readFingerprint(bytes)
  if (before === null)
    throw fail('USAGE', 'nothing is remembered of this build', {
      hint: 'ctxsize --remember leaves what the next ctxsize why --rebuilt compares with',
    })
  const now = await takeFingerprint(host, made)
  if (options.remember) guarded(() => place.store.write(place.directory, place.name, fingerprintBytes(now)))
  return {
    printable: { kind: 'rebuilt', document: rebuiltReport(made, before, now) },
    fatal: made.fatal,
    exitCode: 0,
  }
}

/** Leaves what the instructions of the build read now. Throws where the user's cache folder cannot be written. */
export async function remember(host: Host, made: Scan): Promise<void> {
  const { store, directory, name } = await placeOf(host, made)
  const bytes = fingerprintBytes(await takeFingerprint(host, made))
  guarded(() => store.write(directory, name, bytes))
}

async function placeOf(host: Host, made: Scan): Promise<Place> {
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
function refuseInside(host: Host, directory: string, { main, named }: Scan): void {
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
