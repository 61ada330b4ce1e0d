/** What docker printed beside what was predicted: how a doubter convinces himself. */

import { buildkitSize, classicSize, humanSize } from '../lib/amount.ts'
import { fail, unreachable } from '../lib/errors.ts'
import type { ContextReport, Report, TargetReport, VerifyReport } from '../report.ts'
import { type BuildLog, type PrintedTransfer, readBuildLog } from './build-log.ts'

type Comparison = VerifyReport['comparisons'][number]
type Verdict = Omit<Comparison, 'what' | 'observed'>

/** The bytes that a printed figure may stand for: one value, or all that round to it. */
interface Range {
  readonly least: number
  readonly most: number
}

/** What is compared with, and what may explain a difference. */
interface Prediction {
  readonly report: Report
  readonly context: ContextReport
  readonly target: TargetReport
  readonly log: BuildLog
}

/**
 * Compares the output of one or more builds with the leading build of the report.
 * Throws NOTHING_TO_VERIFY when the log holds no output of `docker build`, or the report has no build.
 */
export function verify(report: Report, text: string): VerifyReport {
  const log = readBuildLog(text)
  if (log.transfers.length === 0 && !log.isBuildkit)
    throw fail(
      'NOTHING_TO_VERIFY',
      text.trim() === ''
        ? 'nothing came on standard input'
        : 'no output of docker build in what came on standard input',
    )
  const context = report.contexts[0]
  const target = context?.targets[0]
  if (context === undefined || target === undefined)
    throw fail('NOTHING_TO_VERIFY', 'nothing can be predicted for this build', { hint: 'ctxsize tells why' })
  const prediction = { report, context, target, log }
  const comparisons = [...log.transfers.flatMap((one) => compare(prediction, one)), ...missing(prediction)]
  return {
    schemaVersion: 1,
    build: { root: context.root, dockerfile: target.dockerfile, target: target.target },
    comparisons,
    matches: comparisons.every(({ difference, state }) => difference === 0 || state === 'between'),
    problems: report.problems,
  }
}

function compare(prediction: Prediction, printed: PrintedTransfer): Comparison[] {
  const { target } = prediction
  const observed = printed.text
  switch (printed.what) {
    case 'ignore file':
      return []
    case 'classic':
      return [{ what: 'classic context', observed, ...classicVerdict(prediction, printed) }]
    case 'buildkit': {
      const wire = target.requested ? target.wire.buildkit : null
      return [{ what: 'buildkit context', observed, ...buildkitVerdict(prediction, printed, wire) }]
    }
    case 'named': {
      const named = target.namedContexts.find(
        ({ name }) => name.toLowerCase() === printed.name?.toLowerCase(),
      )
      const wire = named?.wire ?? null
      return [
        {
          what: `named context ${printed.name ?? ''}`,
          observed,
          ...buildkitVerdict(prediction, printed, wire),
        },
      ]
    }
    default:
      return unreachable(printed.what)
  }
}

/** Transfers that a whole build would have printed, and one line for a build that rightly prints none. */
function missing({ log, target, context }: Prediction): Comparison[] {
  if (!log.isBuildkit) return []
  const has = (what: PrintedTransfer['what'], name: string | null): boolean =>
    log.transfers.some((one) => one.what === what && one.name?.toLowerCase() === name?.toLowerCase())
  const found: Comparison[] = []
  const absent = { observed: 'nothing', state: null }
  if (!has('buildkit', null)) {
    const bytes = target.requested ? target.wire.buildkit.cold : 0
    found.push({
      what: 'buildkit context',
      ...absent,
      predicted: target.requested ? buildkitSize(bytes) : 'nothing',
      predictedBytes: bytes,
      difference: bytes,
      explanation: target.requested
        ? 'Docker did not load the context: the build stopped before that, or it is a build of another Dockerfile or target.'
        : `No instruction reads the context, so BuildKit asks for nothing of its ${humanSize(context.context.bytes)}.`,
    })
  }
  for (const { name, wire } of target.namedContexts) {
    if (wire === null || has('named', name)) continue
    found.push({
      what: `named context ${name}`,
      ...absent,
      predicted: buildkitSize(wire.cold),
      predictedBytes: wire.cold,
      difference: wire.cold,
      explanation: `Docker did not load the context ${name}: was it given with --build-context?`,
    })
  }
  return found
}

function buildkitVerdict(
  prediction: Prediction,
  printed: PrintedTransfer,
  wire: { readonly cold: number; readonly warm: number } | null,
): Verdict {
  const range = rangeOf(printed)
  if (wire === null) {
    const explanation = explain(
      prediction,
      'Docker asked for this context, and no instruction known here reads it.',
    )
    return {
      predicted: 'nothing',
      predictedBytes: 0,
      state: null,
      difference: distance(range, 0),
      explanation,
    }
  }
  const figure = (bytes: number): Pick<Verdict, 'predicted' | 'predictedBytes' | 'difference'> => ({
    predicted: printed.exact ? `${bytes}B` : buildkitSize(bytes),
    predictedBytes: bytes,
    difference: !printed.exact && buildkitSize(bytes) === printed.text ? 0 : distance(range, bytes),
  })
  const cold = figure(wire.cold)
  const warm = figure(wire.warm)
  if (cold.difference === 0) return { ...cold, state: 'cold', explanation: null }
  if (warm.difference === 0) return { ...warm, state: 'warm', explanation: null }
  if (range.least > wire.warm && range.most < wire.cold)
    return {
      ...warm,
      state: 'between',
      explanation: `Docker had an earlier copy and asked only for what changed since: more than the ${warm.predicted} of an unchanged context, less than the ${cold.predicted} of a first build. Build with an empty cache (docker builder prune) to compare to the byte.`,
    }
  const isMore = range.least > wire.cold
  const nearest = isMore ? cold : warm
  const by = humanSize(nearest.difference)
  const drift = isMore
    ? `Docker took ${by} more than a first build should: files were added or have grown since, or it is a build of another Dockerfile, target or ignore file.`
    : `Docker took ${by} less than an unchanged context should: files were removed since, or it is a build of another Dockerfile, target or ignore file.`
  return { ...nearest, state: null, explanation: explain(prediction, drift) }
}

function classicVerdict(prediction: Prediction, printed: PrintedTransfer): Verdict {
  const bytes = prediction.target.wire.classic
  if (bytes === null) {
    const explanation = explain(prediction, 'The classic builder should have refused this context.')
    return {
      predicted: 'nothing',
      predictedBytes: 0,
      state: null,
      difference: distance(rangeOf(printed), 0),
      explanation,
    }
  }
  const difference = classicSize(bytes) === printed.text ? 0 : distance(rangeOf(printed), bytes)
  const drift = `Docker took ${humanSize(difference)} ${rangeOf(printed).least > bytes ? 'more' : 'less'}: the context or its ignore file has changed since, or it is another one.`
  return {
    predicted: classicSize(bytes),
    predictedBytes: bytes,
    state: null,
    difference,
    explanation: difference === 0 ? null : explain(prediction, drift),
  }
}

/** The clue that explains most, then what is certain anyway. */
function explain({ context, target, log }: Prediction, drift: string): string {
  const clues = [drift]
  const ignoreStep = log.transfers.find(({ what }) => what === 'ignore file')
  // An empty transfer is two bytes: the packet that ends it.
  if (ignoreStep?.text === '2B' && context.ignoreFile !== null)
    clues.push(`Docker found no ignore file, ctxsize read ${context.ignoreFile}.`)
  else if (ignoreStep !== undefined && ignoreStep.text !== '2B' && context.ignoreFile === null)
    clues.push('Docker read an ignore file, ctxsize found none.')
  const known = new Set(target.instructions.map(({ text }) => words(text)))
  const foreign = log.copies.find((text) => !known.has(words(text)))
  // Steps show variables expanded, instructions as written; so a variable anywhere proves nothing.
  if (foreign !== undefined && ![...known].some((text) => text.includes('$')))
    clues.push(`${target.dockerfile} has no \`${words(foreign)}\` for this target, docker's output has.`)
  if (!target.exact) clues.push(`The prediction is not exact: ${target.inexact.join('; ')}.`)
  return clues.join(' ')
}

function words(text: string): string {
  return text.trim().split(/\s+/).join(' ')
}

const steps = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z', 'Y']

/**
 * All byte counts that round to the printed figure. BuildKit prints a fixed number of decimals; the classic client
 * prints four significant digits and drops zeros at the end.
 */
function rangeOf({ text, exact, what }: PrintedTransfer): Range {
  const [, number = '0', decimals = '', unit = ''] = /^(\d+(?:\.(\d+))?)([kMGTPEZY]?)i?B?$/.exec(text) ?? []
  const scale = 1000 ** Math.max(0, steps.indexOf(unit))
  const value = Math.round(Number(number) * scale)
  const shown = what === 'classic' ? 4 - String(Math.trunc(Number(number))).length : decimals.length
  const half = exact || unit === '' ? 0 : (scale * 10 ** -shown) / 2
  return { least: Math.ceil(value - half), most: Math.floor(value + half) }
}

/** Whole bytes between a figure and the nearest value that would print as it does. */
function distance({ least, most }: Range, bytes: number): number {
  return bytes < least ? least - bytes : bytes > most ? bytes - most : 0
}
