/** One target under many inputs: what it threw that is no answer, and what took too long. */

import { CtxsizeError } from '../src/lib/errors.ts'
import { inputOf, longest, shrunk } from './inputs.ts'
import type { Target } from './targets.ts'

export interface Finding {
  readonly input: number
  readonly why: string
  /** As small as it could be made. */
  readonly text: string
}

export interface Figures {
  readonly inputs: number
  readonly seconds: number
  /** Of a single input. */
  readonly slowestMs: number
  readonly slowestInput: number
  readonly findings: readonly Finding[]
}

export interface RunOptions {
  readonly seed: number
  /** Numbers of inputs, the end exclusive. */
  readonly from: number
  readonly to: number
  /** What an input of 64 kB may take. */
  readonly mostMs: number
  readonly progress?: (done: number) => void
}

const mostFindings = 5
/** A machine that is busy makes anything slow once; what is slow is slow again. */
const tries = 4

export function runTarget(target: Target, { seed, from, to, mostMs, progress }: RunOptions): Figures {
  const findings: Finding[] = []
  const started = performance.now()
  let slowestMs = 0
  let slowestInput = from
  let number = from
  for (; number < to && findings.length < mostFindings; number++) {
    const text = inputOf(target, seed, number)
    const stop = stopwatch()
    const wrong = wrongWith(target, text)
    let took = stop()
    if (wrong !== null) {
      const small = shrunk(text, (shorter) => wrongWith(target, shorter) !== null)
      findings.push({ input: number, why: wrongWith(target, small) ?? wrong, text: small })
    }
    for (let again = 0; again < tries && took > mostMs; again++) {
      const stopAgain = stopwatch()
      wrongWith(target, text)
      took = Math.min(took, stopAgain())
    }
    if (took > slowestMs) {
      slowestMs = took
      slowestInput = number
    }
    if (took > mostMs && text.length <= longest)
      findings.push({ input: number, why: `takes ${Math.round(took)} ms`, text: text.slice(0, 200) })
    if (number % 10_000 === 0) progress?.(number - from)
  }
  const seconds = (performance.now() - started) / 1000
  return { inputs: number - from, seconds, slowestMs, slowestInput, findings }
}

/** Milliseconds since, without those in which the machine did something else. */
function stopwatch(): () => number {
  const before = performance.now()
  const used = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(used)
    return Math.min(performance.now() - before, (user + system) / 1000)
  }
}

/** What is wrong with how the target takes the input; null when nothing is. A refusal is an answer. */
export function wrongWith(target: Target, text: string): string | null {
  try {
    target.check(text)
    return null
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return null
    return thrown instanceof Error
      ? (thrown.stack ?? thrown.message).split('\n').slice(0, 4).join('\n')
      : String(thrown)
  }
}
