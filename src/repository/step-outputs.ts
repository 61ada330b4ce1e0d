/** `steps.info.outputs.file` and `needs.setup.outputs.dir` in workflows: what they can stand for, where scripts print it. */

import { type PrintingScript, printedBy } from '../shell/printed.ts'
import { expressionsIn, fillIn, type Values } from './expressions.ts'

/** Who sets the outputs that the steps of a job can ask for. */
export interface Printers {
  /** The shell scripts among its steps, by their ids. */
  readonly steps: ReadonlyMap<string, PrintingScript>
  /** What the job of that name hands on: once for each combination of its matrix; none where that is not known. */
  readonly handedOn: (job: string) => readonly HandedOn[]
}

export interface HandedOn {
  /** Output → its text, which may ask for outputs in turn. */
  readonly outputs: Readonly<Record<string, string>>
  readonly values: Values
  readonly printers: Printers
}

/** More of them are not told apart. */
const mostWays = 32
/** Jobs that need jobs that need jobs. */
const mostJobs = 5

const nameOfOutput = /^(steps|needs)\.([\w-]+)\.outputs\.([\w-]+)$/

/**
 * Every set of values that the outputs asked for in the texts can have together: full names as keys, `steps.info.outputs.file`.
 * An output of which any value cannot be told is in none; one empty set when that goes for all.
 */
export function outputWays(texts: readonly string[], printers: Printers): readonly Values[] {
  return waysOf(texts, printers, mostJobs)
}

function waysOf(texts: readonly string[], printers: Printers, jobsLeft: number): readonly Values[] {
  const asked = new Map<
    string,
    { readonly kind: string; readonly id: string; readonly outputs: Set<string> }
  >()
  for (const name of texts.flatMap(expressionsIn)) {
    const [, kind = '', id = '', output] = nameOfOutput.exec(name) ?? []
    if (output === undefined) continue
    const from = asked.get(`${kind}.${id}`) ?? { kind, id, outputs: new Set() }
    from.outputs.add(output)
    asked.set(`${kind}.${id}`, from)
  }
  let ways: readonly Values[] = [new Map()]
  for (const [source, { kind, id, outputs }] of asked) {
    const valuesOf = (names: readonly string[]) =>
      kind === 'steps' ? ofStep(printers.steps.get(id), names) : ofJob(printers.handedOn(id), names, jobsLeft)
    const known = [...outputs].filter((output) => valuesOf([output]) !== null)
    const together = known.length === 0 ? null : valuesOf(known)
    if (together === null) continue
    const named = together.map((values) =>
      [...values].map(([name, text]) => [`${source}.outputs.${name}`, text] as const),
    )
    ways = ways.flatMap((way) => named.map((values) => new Map([...way, ...values])))
    if (ways.length > mostWays) return [new Map()]
  }
  return ways
}

/** By the names of the outputs; null where any of them cannot be told. */
type ByOutput = readonly ReadonlyMap<string, string>[] | null

function ofStep(script: PrintingScript | undefined, names: readonly string[]): ByOutput {
  return script === undefined ? null : printedBy(script, names)
}

function ofJob(all: readonly HandedOn[], names: readonly string[], jobsLeft: number): ByOutput {
  if (all.length === 0 || jobsLeft === 0) return null
  const found = new Map<string, ReadonlyMap<string, string>>()
  for (const { outputs, values, printers } of all) {
    const texts = names.map((name) => fillIn(outputs[name] ?? '', values))
    if (names.some((name) => outputs[name] === undefined)) return null
    for (const way of waysOf(texts, printers, jobsLeft - 1)) {
      const filled = names.map((name, i) => [name, fillIn(texts[i] ?? '', way)] as const)
      if (filled.some(([, text]) => text.includes('${{'))) return null
      found.set(JSON.stringify(filled), new Map(filled))
    }
  }
  return [...found.values()]
}
