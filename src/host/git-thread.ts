/**
 * A thread that asks git while the first one walks and thinks. Questions go to it as messages; an answer is waited for in
 * shared memory, as the walk's are. It is no more than a way to be quicker: where it does not come, git is asked as ever.
 */

import * as fs from 'node:fs'
import { platform } from 'node:os'
import type { MessagePort } from 'node:worker_threads'
import { firstWords } from '../lib/lines.ts'
import { createPrepare, defaultMs, type Environment, type GitCall, resultOf } from './git.ts'
import type { Git, GitAhead, GitArguments, GitOptions, GitResult, GitStep } from './host.ts'
import { childProcess, workerThreads } from './late.ts'

/** What the thread is started with. */
export interface GitThreadInput {
  readonly environment: Environment
  readonly port: MessagePort
  /** `[1 once it listens, questions answered]` */
  readonly shared: Int32Array
}

interface Question {
  readonly id: number
  readonly directory: string
  readonly steps: readonly GitStep[]
}

interface Answer {
  readonly id: number
  readonly results: readonly GitResult[]
}

type Ask = (directory: string, steps: readonly GitStep[]) => () => readonly GitResult[] | null

const listens = 0
const answered = 1
/** Milliseconds that a thread may take to begin, on a machine that is busy with other things. */
const mostToBegin = 5000
/** Milliseconds beyond git's own time after which nothing is expected any more. */
const patience = 5000

/** Starts a thread with the first question. `program`: what it runs; `git`: who answers where it does not. */
export function createGitAhead(program: string, environment: Environment, git: Git): GitAhead {
  let ask: Ask | null = null
  return (directory, steps) => {
    ask ??= fs.existsSync(program) ? startThread(program, environment) : () => () => null
    const wait = ask(directory, steps)
    return () => wait() ?? answersHere(git, directory, steps)
  }
}

function answersHere(git: Git, directory: string, steps: readonly GitStep[]): readonly GitResult[] {
  const results: GitResult[] = []
  for (const step of steps) {
    const result = git(directory, step.args, optionsAfter(step, results.at(-1)))
    results.push(result)
    if (result.trouble !== null) break
  }
  return results
}

const optionsAfter = ({ options = {}, words }: GitStep, before: GitResult | undefined): GitOptions =>
  words === undefined || before === undefined
    ? options
    : { ...options, input: firstWords(before.stdout, words) }

function startThread(program: string, environment: Environment): Ask {
  const { MessageChannel, receiveMessageOnPort, Worker } = workerThreads()
  const { port1, port2 } = new MessageChannel()
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const input: GitThreadInput = { environment: { ...environment }, port: port2, shared }
  const thread = new Worker(program, { workerData: input, transferList: [port2] })
  // Neither its life nor its death is a reason to keep the process, or to end it.
  thread.unref()
  thread.on('error', () => {})
  port1.unref()
  const answers = new Map<number, readonly GitResult[]>()
  let questions = 0
  /** The longest that any of the questions may take. */
  let mostMs = 0
  const isHere = (id: number): boolean => {
    for (let posted = receiveMessageOnPort(port1); posted; posted = receiveMessageOnPort(port1)) {
      // Only `answerQuestions` posts to this channel.
      const answer = posted.message as Answer
      answers.set(answer.id, answer.results)
    }
    return answers.has(id)
  }
  return (directory, steps) => {
    const id = questions++
    const ms = steps.reduce((sum, { options }) => sum + (options?.timeoutMs ?? defaultMs), 0)
    mostMs = Math.max(mostMs, ms)
    port1.postMessage({ id, directory, steps } satisfies Question)
    return () => {
      for (;;) {
        const count = Atomics.load(shared, answered)
        if (isHere(id)) break
        const waited =
          Atomics.load(shared, listens) === 0
            ? Atomics.wait(shared, listens, 0, mostToBegin)
            : Atomics.wait(shared, answered, count, mostMs + patience)
        if (waited === 'timed-out') return null
      }
      const results = answers.get(id) ?? null
      answers.delete(id)
      return results
    }
  }
}

/** The thread's side: answers each question as soon as it can. */
export function answerQuestions({ environment, port, shared }: GitThreadInput): void {
  const prepare = createPrepare(environment, platform())
  const answer = async ({ id, directory, steps }: Question): Promise<void> => {
    const results: GitResult[] = []
    for (const step of steps) {
      const options = optionsAfter(step, results.at(-1))
      const call = prepare(directory, step.args, options)
      const result = 'trouble' in call ? call : await run(step.args, call, options.input)
      results.push(result)
      if (result.trouble !== null) break
    }
    const moved = results.flatMap(({ stdout: { buffer } }) => (buffer instanceof ArrayBuffer ? [buffer] : []))
    port.postMessage({ id, results } satisfies Answer, moved)
    Atomics.add(shared, answered, 1)
    Atomics.notify(shared, answered)
  }
  port.on('message', (question: Question) => void answer(question))
  Atomics.store(shared, listens, 1)
  Atomics.notify(shared, listens)
}

/** The complaints that are kept: of those few lines are told. */
const mostComplaints = 1 << 14

function run(
  [command]: GitArguments,
  { program, words, cwd, env, maxBytes, timeoutMs }: GitCall,
  input: Uint8Array = new Uint8Array(0),
): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = childProcess().spawn(program, words, { cwd, env, windowsHide: true })
    const said: Buffer[] = []
    const complaints: Buffer[] = []
    let bytes = 0
    let complained = 0
    let error: Error | undefined
    const stop = (code: string) => {
      error ??= Object.assign(new Error(code), { code })
      child.kill('SIGKILL')
    }
    const clock = setTimeout(() => stop('ETIMEDOUT'), timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > maxBytes) stop('ENOBUFS')
      else said.push(chunk)
    })
    child.stderr.on('data', (chunk: Buffer) => {
      complained += chunk.length
      if (complained <= mostComplaints) complaints.push(chunk)
    })
    child.on('error', (thrown) => {
      error ??= thrown
    })
    child.on('close', (status) => {
      clearTimeout(clock)
      resolve(resultOf(command, { status, stdout: joined(said), stderr: Buffer.concat(complaints), error }))
    })
    // Git that ends before it has read all that it is told is no failure.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}

/** In memory of its own, which moves to the other thread. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}
