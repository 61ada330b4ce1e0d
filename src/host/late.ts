/** Parts of Node that take milliseconds to load, which many runs do without: loaded when they are first used. */

import { getBuiltinModule } from 'node:process'

export const childProcess = () => getBuiltinModule('node:child_process')
export const workerThreads = () => getBuiltinModule('node:worker_threads')
