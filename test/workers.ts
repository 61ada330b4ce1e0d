/** Threads for the host in memory: they run in this one, when they are started. */

import { helpWalk, type WalkJob, type WalkResult } from '../src/context/share.ts'
import type { Host, Threads } from '../src/host/host.ts'

/** A host whose workers do as told, in this thread, when they are listened to. */
export function withWorkers(
  host: Host,
  run: (job: WalkJob, post: (result: WalkResult) => void) => void,
  options: Partial<Omit<Threads, 'start'>> & { readonly count?: number } = {},
): Host {
  const { count = 1, ...limits } = options
  return {
    ...host,
    threads: {
      worthFrom: 2000,
      fewestPieces: 64,
      ...limits,
      start: () =>
        Array.from({ length: count }, () => {
          const posted: WalkResult[] = []
          return {
            // What `shareWalk` makes.
            begin: (job) => run(job as WalkJob, (result) => posted.push(result)),
            receive: () => posted.shift(),
            stop: () => {},
          }
        }),
    },
  }
}

/** The same host with a worker that shares every walk of more than one directory. */
export function shared(host: Host): Host {
  // It takes every second piece, so that both tables have rows.
  return withWorkers(
    host,
    (job, post) => {
      for (let i = 2; i < job.shared.length; i += 2) Atomics.compareExchange(job.shared, i, 0, 99)
      helpWalk(host, job, post)
      for (let i = 2; i < job.shared.length; i++) Atomics.compareExchange(job.shared, i, 99, 0)
    },
    { worthFrom: 0, fewestPieces: 1 },
  )
}
