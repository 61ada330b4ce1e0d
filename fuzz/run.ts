/** One target under many inputs: what it threw that is no answer, and what took too long. */

import * as fs from 'node:fs'
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
  /** Megabytes that an input of 64 kB took at most; 0 where none was run, or where the kernel does not tell. */
  readonly largestMb: number
  readonly findings: readonly Finding[]
}

export interface RunOptions {
  readonly seed: number
  /** Numbers of inputs, the end exclusive. */
  readonly from: number
  readonly to: number
  /** What an input of 64 kB may take. */
  readonly mostMs: number
  /** Megabytes that it may take. */
  readonly mostMb: number
  readonly progress?: (done: number) => void
}

const mostFindings = 5
/** A machine that is busy makes anything slow once; what is slow is slow again. */
const tries = 4

export function runTarget(target: Target, options: RunOptions): Figures {
  const { seed, from, to, mostMs, mostMb, progress } = options
  const findings: Finding[] = []
  const started = performance.now()
  let slowestMs = 0
  let slowestInput = from
  let largestMb = 0
  let number = from
  for (; number < to && findings.length < mostFindings; number++) {
    const text = inputOf(target, seed, number)
    const isLong = text.length > longest / 2
    const filled = isLong ? memoryWatch() : null
    const stop = stopwatch()
    const wrong = wrongWith(target, text)
    let took = stop()
    const tookMb = filled?.() ?? 0
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
    largestMb = Math.max(largestMb, tookMb)
    if (tookMb > mostMb)
      findings.push({ input: number, why: `takes ${Math.round(tookMb)} MB`, text: text.slice(0, 200) })
    if (number % 10_000 === 0) progress?.(number - from)
  }
  const seconds = (performance.now() - started) / 1000
  return { inputs: number - from, seconds, slowestMs, slowestInput, largestMb, findings }
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

/**
 * Megabytes by which the process has grown at most since; null where the kernel keeps no such figure. It is the kernel's own, set
 * back by a 5 in clear_refs (proc(5)); what waits to be collected counts too.
 */
function memoryWatch(): () => number | null {
  const megabytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(fs.readFileSync('/proc/self/status', 'latin1'))?.[1]) /
    1024
  try {
    fs.writeFileSync('/proc/self/clear_refs', '5')
    const before = megabytes('VmRSS')
    return () => megabytes('VmHWM') - before
  } catch {
    return () => null
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
