/** Variables: those of the global scope and those of a stage. moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go. */

import type { Expansion, Variables } from './expand.ts'
import { expandWord } from './expand.ts'
import type { BuildRequest, Instruction } from './model.ts'
import { formatPlatform, parsePlatform } from './reference.ts'

interface Entry {
  /** Undefined for an ARG that was declared and got no value. */
  readonly value: string | undefined
  /** A variable that a base image may set and on which this value hangs; null when there is none. */
  readonly doubt: string | null
}

/** Layers past this depth are merged, so that neither a look-up nor a new stage costs more than the file is long. */
const deepestLayer = 32

/** The variables of a stage, on top of those of the stage it builds on. Grows while the stage is gone through. */
export class Environment implements Variables {
  private readonly own = new Map<string, Entry>()
  private readonly parent: Environment | null
  private readonly depth: number
  /** The image at the bottom, whose own variables are unknown; null for scratch and directories. */
  readonly image: string | null

  constructor(parent: Environment | null, image: string | null) {
    this.image = image
    const flat = parent !== null && parent.depth >= deepestLayer
    this.parent = flat ? null : parent
    this.depth = this.parent === null ? 0 : this.parent.depth + 1
    if (!flat) return
    const layers: Environment[] = []
    for (let layer: Environment | null = parent; layer !== null; layer = layer.parent) layers.push(layer)
    for (const layer of layers.reverse()) for (const [name, entry] of layer.own) this.own.set(name, entry)
  }

  private entry(name: string): Entry | undefined {
    for (let layer: Environment | null = this; layer !== null; layer = layer.parent) {
      const entry = layer.own.get(name)
      if (entry !== undefined) return entry
    }
    return undefined
  }

  get(name: string): string | undefined {
    return this.entry(name)?.value
  }

  /** Some of the names that have a value, for suggestions. */
  names(): readonly string[] {
    const names: string[] = []
    for (let layer: Environment | null = this; layer !== null; layer = layer.parent) {
      for (const [name, { value }] of layer.own)
        if (value !== undefined && names.length < 500) names.push(name)
    }
    return names
  }

  /** True for a variable that has a value or was at least declared. */
  declares(name: string): boolean {
    return this.entry(name) !== undefined
  }

  set(name: string, value: string, doubt: string | null): void {
    this.own.set(name, { value, doubt })
  }

  /** An ARG without a value: it changes nothing but is no misspelling. */
  declare(name: string): void {
    if (this.entry(name) === undefined) this.own.set(name, { value: undefined, doubt: null })
  }

  /** The variable of a base image on which an expansion hangs, null when it hangs on none. */
  doubt(expansion: Expansion): string | null {
    if (this.image === null || expansion.kind === 'error') return null
    for (const name of expansion.unset) return name
    for (const name of expansion.used) {
      const doubt = this.entry(name)?.doubt
      if (doubt !== undefined && doubt !== null) return doubt
    }
    return null
  }
}

/** platform.go defaultArgs: what is set before the first ARG; a build argument of the same name wins. */
export function predefined(request: BuildRequest, lastStageName: string | null): Map<string, string> {
  const variables = new Map<string, string>()
  for (const [prefix, text] of [
    ['BUILD', request.buildPlatform],
    ['TARGET', request.platform],
  ] as const) {
    const platform = parsePlatform(text)
    variables.set(`${prefix}PLATFORM`, platform === null ? text : formatPlatform(platform))
    variables.set(`${prefix}OS`, platform?.os ?? '')
    variables.set(`${prefix}OSVERSION`, '')
    variables.set(`${prefix}ARCH`, platform?.architecture ?? '')
    variables.set(`${prefix}VARIANT`, platform?.variant ?? '')
  }
  variables.set('TARGETSTAGE', (request.target || lastStageName) ?? 'default')
  for (const name of variables.keys()) {
    const given = request.buildArgs.get(name)
    if (given !== undefined) variables.set(name, given)
  }
  return variables
}

/** One `NAME=VALUE` as written; null for a name alone. */
export function cutPair(word: string): readonly [string, string | null] {
  const at = word.indexOf('=')
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)]
}

/** The names and values of an ENV or LABEL, in both forms. */
export function pairs({ words }: Instruction): readonly (readonly [string, string])[] {
  const [first = '', second = ''] = words
  if (!first.includes('=')) return words.length < 2 ? [] : [[first, second]]
  return words
    .filter((word) => word.includes('='))
    .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)])
}

/** Adds the ARGs of the global scope to `globals`, in order. Returns the errors of their defaults. */
export function addGlobalArgs(
  globals: Map<string, string>,
  instruction: Instruction,
  buildArgs: ReadonlyMap<string, string>,
  escapeChar: string,
): string | null {
  for (const word of instruction.words) {
    const [name, written] = cutPair(word)
    const given = buildArgs.get(name)
    if (given !== undefined) globals.set(name, given)
    else if (written !== null) {
      const expansion = expandWord(written, globals, escapeChar)
      if (expansion.kind === 'error') return expansion.error
      globals.set(name, expansion.value)
    }
  }
  return null
}
