/**
 * The stages of a Dockerfile, what each is built on and copies from, and which of them a target needs.
 * moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go (buildDispatchStates, toCommand, resolveStages).
 */

import type { Problem } from '../lib/source.ts'
import { expandWord, noVariables } from './expand.ts'
import type { BuildRequest, Dockerfile, Instruction, Origin } from './model.ts'
import { checkMount } from './mount.ts'
import { parseTrigger } from './parse.ts'
import { isLocalContext, parseImageName, parsePlatform } from './reference.ts'
import { didYouMean, quoted } from './suggest.ts'

/** One instruction of a stage with the states it takes from: one for `COPY --from`, one for each mount of a RUN. */
export interface Command {
  readonly instruction: Instruction
  readonly line: number
  readonly endLine: number
  readonly sources: readonly State[]
}

interface StateFields {
  /** Position among the stages; -1 for what is only named by --from. */
  readonly index: number
  readonly name: string | null
  /** As BuildKit calls it in messages: `stage-1` for a stage without a name. */
  readonly shownName: string
  readonly from: Instruction | null
  readonly baseName: string
  /** The stage it is built on; null when it is built on `origin`. */
  readonly base: State | null
  readonly origin: Origin | { readonly kind: 'scratch' }
  /** A named context stands in its place: its instructions are not run. */
  readonly replaced: boolean
}

/** What an instruction can be built on or take from: a stage, or an image or directory named in place of one. */
export class State {
  readonly fields: StateFields
  readonly commands: Command[] = []
  /** What the ONBUILD instructions of its base add before its own. */
  readonly triggers: Command[] = []
  /** At the bottom of the chain of bases; the paths asked of a directory are gathered there. */
  readonly root: State
  readonly paths = new Set<string>()

  constructor(fields: StateFields) {
    this.fields = fields
    this.root = fields.base?.root ?? this
  }
}

/** The graph of one build. `states` are the stages in file order; the first problem is what docker prints. */
export interface StageGraph {
  readonly states: readonly State[]
  readonly target: State | null
  readonly reachable: ReadonlySet<State>
  readonly problems: readonly Problem[]
}

interface Failure {
  readonly code: string
  readonly message: string
  readonly line: number | null
  readonly hint: string | null
}

/** Names under which a `--build-context` can be found, by the form in which BuildKit looks for it. dockerui/config.go. */
function contextNames(request: BuildRequest): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const key of request.namedContexts.keys()) {
    const name = parseImageName(key)
    names.set(name.kind === 'name' ? name.familiar : key, key)
  }
  return names
}

/** Collects the states of one build; thrown away once the graph is made. */
class GraphBuilder {
  readonly states: State[] = []
  readonly failures: Failure[] = []
  private readonly named: State[] = []
  private readonly byName = new Map<string, State>()
  private readonly dependencies = new Map<State, Set<State>>()
  private readonly parsedTriggers = new Map<State, ReturnType<typeof parseTrigger>[]>()
  private readonly contexts: ReadonlyMap<string, string>
  private readonly globals: ReadonlyMap<string, string>
  private readonly escapeChar: string
  /** As they are written: what stands there is known to a run alone. */
  private readonly unknownBases = new Set<string>()
  private readonly openArgs: ReadonlySet<string>
  private readonly everyStage: boolean

  constructor(request: BuildRequest, globals: ReadonlyMap<string, string>, escapeChar: string) {
    this.contexts = contextNames(request)
    this.globals = globals
    this.escapeChar = escapeChar
    this.openArgs = new Set(request.openArgs)
    this.everyStage = request.everyStage ?? false
  }

  fail(code: string, message: string, line: number | null, hint: string | null = null): void {
    this.failures.push({ code, message, line, hint })
  }

  private context(name: string): Origin | null {
    const lower = name.toLowerCase()
    if (lower === 'scratch' || lower === 'context') return null
    const image = parseImageName(name)
    const key = image.kind === 'name' ? this.contexts.get(image.familiar) : undefined
    return key === undefined ? null : { kind: 'named', name: key }
  }

  private baseName(instruction: Instruction): string {
    const written = instruction.words[0] ?? ''
    const expansion = expandWord(written, this.globals, this.escapeChar)
    if (expansion.kind === 'error') {
      this.fail('substitution', expansion.error, instruction.line)
      return written
    }
    if (this.hangs(expansion.unset)) {
      this.unknownBases.add(written)
      return written
    }
    if (expansion.value === '' && written !== '') {
      const hint = 'give the ARG a default before the first FROM'
      this.fail('blank-base', `base name (${written}) should not be blank`, instruction.line, hint)
    }
    return expansion.value
  }

  /** True where a build gives it a value: no word is known then, and none is wrong. */
  private hangs(unset: ReadonlySet<string>): boolean {
    return [...unset].some((name) => this.openArgs.has(name))
  }

  private checkPlatform(instruction: Instruction): void {
    const written = instruction.flags.find((flag) => flag.name === 'platform')?.value ?? ''
    if (written === '') return
    const expansion = expandWord(written, this.globals, this.escapeChar)
    if (expansion.kind === 'error') {
      this.fail(
        'substitution',
        `failed to process arguments for platform : ${expansion.error}`,
        instruction.line,
      )
      return
    }
    if (this.hangs(expansion.unset)) return
    const [unset] = expansion.unset
    const meant = unset === undefined ? '' : didYouMean(unset, this.globals.keys())
    if (expansion.value === '') {
      this.fail(
        'invalid-platform',
        `empty platform value from expression ${written}${meant}`,
        instruction.line,
      )
    } else if (parsePlatform(expansion.value) === null) {
      const message = `failed to parse platform ${written}: ${quoted(expansion.value)}: unknown operating system or architecture: invalid argument${meant}`
      this.fail('invalid-platform', message, instruction.line, 'write for example linux/amd64')
    }
  }

  /** A stage begins. A stage that has a mistake in its FROM is kept as far as it can be read. */
  addStage(instruction: Instruction): State {
    const index = this.states.length
    const baseName = this.baseName(instruction)
    this.checkPlatform(instruction)
    const hasName = instruction.words.length === 3 && instruction.words[1]?.toLowerCase() === 'as'
    const name = hasName ? (instruction.words[2] ?? '').toLowerCase() : null
    const shownName = name ?? `stage-${index}`
    let replacement: Origin | null = null
    if (name !== null) {
      const image = parseImageName(name)
      const valid = /^[a-z][a-z0-9-_.]*$/.test(name)
      if (image.kind === 'error' && valid) {
        const hint = 'end the name with a letter or digit, and do not repeat . or _'
        this.fail(
          'invalid-stage-name',
          `invalid context name ${name}: ${image.error}`,
          instruction.line,
          hint,
        )
      }
      replacement = this.context(name)
    }
    const base = replacement === null ? (this.byName.get(baseName) ?? null) : null
    const origin = replacement ?? this.originOf(baseName)
    const state = new State({
      index,
      name,
      shownName,
      from: instruction,
      baseName,
      base,
      origin,
      replaced: replacement !== null,
    })
    this.states.push(state)
    if (name !== null) this.byName.set(name, state)
    return state
  }

  private originOf(baseName: string): StateFields['origin'] {
    if (baseName === 'scratch') return { kind: 'scratch' }
    return this.context(baseName) ?? { kind: 'image', reference: baseName }
  }

  findByName(name: string): State | null {
    return this.byName.get(name.toLowerCase()) ?? null
  }

  shownNames(): readonly string[] {
    return this.states.map((state) => state.fields.shownName)
  }

  private nameState(baseName: string): State {
    const origin = this.originOf(baseName)
    const fields = {
      index: -1,
      name: null,
      shownName: baseName,
      from: null,
      baseName,
      base: null,
      origin,
      replaced: false,
    }
    const state = new State(fields)
    this.named.push(state)
    return state
  }

  /** The states an instruction takes from; null when its --from is refused. */
  private sources(instruction: Instruction, line: number): readonly State[] | null {
    if (instruction.keyword === 'COPY') return this.copySource(instruction, line)
    if (instruction.keyword !== 'RUN') return []
    const sources: State[] = []
    for (const flag of instruction.flags) {
      if (flag.name !== 'mount') continue
      const mount = checkMount(flag.value ?? '')
      // A mount without `from` looks for a stage called scratch: convert_runmount.go detectRunMount.
      const from = 'error' in mount || mount.from === '' ? 'scratch' : mount.from
      sources.push(this.findByName(from) ?? this.nameState(from))
    }
    return sources
  }

  private copySource(instruction: Instruction, line: number): readonly State[] | null {
    const from = instruction.flags.find((flag) => flag.name === 'from')?.value ?? ''
    if (from === '') return []
    const expansion = expandWord(from, noVariables, this.escapeChar)
    if (expansion.kind === 'error') {
      this.fail('substitution', expansion.error, line)
      return null
    }
    if (expansion.value !== from) {
      const message =
        'variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround'
      this.fail('from-variable', message, line)
      return null
    }
    if (!/^[-+]?[0-9]{1,18}$/.test(from)) return [this.findByName(from) ?? this.nameState(from)]
    const index = Number(from)
    // What other --from name comes after the stages in BuildKit's list, and so has an index too.
    const state = this.states[index] ?? this.named[index - this.states.length]
    if (state === undefined) {
      const hint =
        this.states.length === 1 ? 'there is only stage 0' : `the stages are 0 to ${this.states.length - 1}`
      this.fail('invalid-stage-index', `invalid stage index ${index}`, line, hint)
      return null
    }
    return [state]
  }

  /** Adds an instruction to a stage; one whose --from is refused is left out. */
  addCommand(state: State, instruction: Instruction, list: Command[], line: number, endLine: number): void {
    const sources = this.sources(instruction, line)
    if (sources === null) return
    list.push({ instruction, line, endLine, sources })
    if (sources.length === 0) return
    const known = this.dependencies.get(state) ?? new Set()
    for (const source of sources) known.add(source)
    this.dependencies.set(state, known)
  }

  dependenciesOf(state: State): Iterable<State> {
    return this.dependencies.get(state) ?? []
  }

  /** validations.go validateCircularDependency: bases do not count, they are always earlier. */
  checkCycles(): void {
    const visited = new Set<State>()
    for (const start of this.states) {
      if (visited.has(start)) continue
      const path = new Set([start])
      const stack = [{ state: start, rest: this.dependenciesOf(start)[Symbol.iterator]() }]
      visited.add(start)
      for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
        const step = top.rest.next()
        if (step.done) {
          path.delete(top.state)
          stack.pop()
        } else if (path.has(step.value)) {
          const states = stack.map(({ state }) => state)
          const command = forwardStep([...states.slice(states.indexOf(step.value)), step.value])
          const hint = 'a stage can only take from stages before it'
          const message = `circular dependency detected on stage: ${start.fields.shownName}`
          this.fail('circular-dependency', message, command?.line ?? null, hint)
          return
        } else if (!visited.has(step.value)) {
          visited.add(step.value)
          path.add(step.value)
          stack.push({ state: step.value, rest: this.dependenciesOf(step.value)[Symbol.iterator]() })
        }
      }
    }
  }

  /** Every base and every --from that is no stage must be the name of an image, reached or not. */
  checkReferences(): void {
    for (const state of [...this.states, ...this.named]) {
      if (state.fields.base !== null || state.fields.baseName === '' || state.fields.baseName === 'scratch')
        continue
      const image = parseImageName(state.fields.baseName)
      if (image.kind === 'name' || this.unknownBases.has(state.fields.baseName)) continue
      const message = `failed to parse stage name ${quoted(state.fields.baseName)}: ${image.error}`
      const names = this.states.flatMap(({ fields }) => fields.name ?? [])
      const meant = names.includes(state.fields.baseName.toLowerCase())
        ? `write ${state.fields.baseName.toLowerCase()}`
        : null
      this.fail('invalid-image-name', message, state.fields.from?.line ?? null, meant)
    }
  }

  /** The triggers that a stage leaves to those built on it, each read once. */
  private triggersOf(base: State): ReturnType<typeof parseTrigger>[] {
    let triggers = this.parsedTriggers.get(base)
    if (triggers === undefined) {
      const held = base.commands.flatMap(({ instruction }) => instruction.onbuild ?? [])
      triggers = held.map(parseTrigger)
      this.parsedTriggers.set(base, triggers)
    }
    return triggers
  }

  /** Target, its base, what it and its triggers take from, and so on. The triggers of every such stage are added to it. */
  reach(target: State): Set<State> {
    const reachable = new Set([target])
    if (this.everyStage) for (const state of this.states.slice(0, target.fields.index)) reachable.add(state)
    for (const state of reachable) {
      if (state.fields.base !== null) {
        const line = state.fields.from?.line ?? 0
        const endLine = state.fields.from?.endLine ?? line
        for (const { instruction, refusal } of this.triggersOf(state.fields.base)) {
          if (refusal === null) this.addCommand(state, instruction, state.triggers, line, endLine)
          else this.fail(refusal.code, refusal.message, line, refusal.hint)
        }
        reachable.add(state.fields.base)
      }
      for (const source of this.dependenciesOf(state)) reachable.add(source)
    }
    return reachable
  }
}

/** The command of a circle of stages that takes from a stage not yet built: every circle has one, and it is the mistake. */
function forwardStep(circle: readonly State[]): Command | undefined {
  for (const [i, state] of circle.slice(0, -1).entries()) {
    const source = circle[i + 1]
    if (source === undefined || source.fields.index < state.fields.index) continue
    return state.commands.find(({ sources }) => sources.includes(source))
  }
  return undefined
}

/** Makes the graph. Everything readable is in it even after a problem. Linear in the instructions and fired triggers. */
export function buildGraph(
  dockerfile: Dockerfile,
  request: BuildRequest,
  globals: ReadonlyMap<string, string>,
): StageGraph {
  const builder = new GraphBuilder(request, globals, dockerfile.directives.escape)
  const bodies: { readonly state: State; readonly instructions: Instruction[] }[] = []
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword === 'FROM')
      bodies.push({ state: builder.addStage(instruction), instructions: [] })
    else bodies.at(-1)?.instructions.push(instruction)
  }
  let target: State | null = builder.states.at(-1) ?? null
  if (request.target !== null && request.target !== '') {
    target = builder.findByName(request.target)
    if (target === null) {
      const meant = didYouMean(request.target, builder.shownNames())
      const names = builder.states.flatMap(({ fields }) => fields.name ?? [])
      const hint =
        names.length === 0
          ? 'no stage of the Dockerfile has a name'
          : `the named stages are ${names.slice(0, 20).join(', ')}`
      builder.fail(
        'target-not-found',
        `target stage ${quoted(request.target)} could not be found${meant}`,
        null,
        hint,
      )
    }
  }
  for (const { state, instructions } of bodies) {
    for (const instruction of instructions) {
      builder.addCommand(state, instruction, state.commands, instruction.line, instruction.endLine)
    }
  }
  builder.checkCycles()
  builder.checkReferences()
  const reachable = target === null ? new Set<State>() : builder.reach(target)
  const problems = builder.failures.map(({ code, message, line, hint }) => {
    return { code, message, at: line === null ? null : { file: dockerfile.file, line }, hint }
  })
  return { states: builder.states, target, reachable, problems }
}

/** True when a state's files come from a directory given with --build-context. */
export function localContextName(state: State, request: BuildRequest): string | null {
  if (state.fields.base !== null || state.fields.origin.kind !== 'named') return null
  const value = request.namedContexts.get(state.fields.origin.name)
  return value !== undefined && isLocalContext(value) ? state.fields.origin.name : null
}
