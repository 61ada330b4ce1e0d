/** A host of which one call fails, whichever is wanted: what a disk may do to a run. */

import type { Host } from '../../src/host/host.ts'

/** Calls that ask the disk and may fail as it pleases. */
export type AskedCall =
  | 'list'
  | 'lstat'
  | 'stat'
  | 'identity'
  | 'mtimeNs'
  | 'readLink'
  | 'realPath'
  | 'readFile'
  | 'readStart'

export interface FaultyHost {
  readonly host: Host
  /** How often the disk has been asked. */
  readonly calls: () => number
}

/** What a disk fails with. */
export const fault = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: this was wanted, ${path}`), { code })

/** Each call of the disk goes through `before` first, with its number from 0 on; what that throws is what the call throws. */
export function withFaults(
  host: Host,
  before: (call: number, name: AskedCall, path: string) => void,
): FaultyHost {
  let calls = 0
  const watched = <F extends (path: string, ...rest: never[]) => unknown>(name: AskedCall, call: F): F =>
    // The same parameters and the same result, which a generic arrow cannot say.
    ((path: string, ...rest: never[]) => {
      before(calls++, name, path)
      return call(path, ...rest)
    }) as F
  return {
    host: {
      ...host,
      list: watched('list', host.list),
      lstat: watched('lstat', host.lstat),
      stat: watched('stat', host.stat),
      identity: watched('identity', host.identity),
      mtimeNs: watched('mtimeNs', host.mtimeNs),
      readLink: watched('readLink', host.readLink),
      realPath: watched('realPath', host.realPath),
      readFile: watched('readFile', host.readFile),
      readStart: watched('readStart', host.readStart),
    },
    calls: () => calls,
  }
}
