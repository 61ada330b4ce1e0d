/** The program of a further thread: walks its share of a context, then ends. */

import { type MessagePort, workerData } from 'node:worker_threads'
import { helpWalk, type WalkJob } from './context/share.ts'
import { createNodeHost } from './host/node.ts'

// What `host/node.ts` starts a worker with, and what is posted to it: the job.
const port = workerData as MessagePort
port.once('message', (job: WalkJob) => {
  helpWalk(createNodeHost({}, null), job, (result, transfer) => port.postMessage(result, [...transfer]))
  port.close()
})
