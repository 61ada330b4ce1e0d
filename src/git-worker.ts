/** The program of the thread that asks git. */

import { workerData } from 'node:worker_threads'
import { answerQuestions, type GitThreadInput } from './host/git-thread.ts'

// What `host/git-thread.ts` starts a worker with.
answerQuestions(workerData as GitThreadInput)
