/** The program of a further thread: walks its share of a context, then ends. */

import { type MessagePort, workerData } from 'node:worker_threads'
import { helpWalk, type WalkJob } from './context/share.ts'
import { createNodeHost } from './host/node.ts'

interface WorkerInput {
  readonly job: WalkJob
  readonly port: MessagePort
}

// What `host/node.ts` starts a worker with.
const { job, port } = workerData as WorkerInput
helpWalk(createNodeHost({}, null), job, (result, transfer) => port.postMessage(result, [...transfer]))
port.close()
