/** Runs through the instructions of one stage: its variables, what it reads, what in it is bound to fail. */

import { cleanPath, rootedPath } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import { cutPair, Environment, pairs } from './environment.ts'
import type { Expansion } from './expand.ts'
import { expandWord, expandWords } from './expand.ts'
import type { Command, State } from './graph.ts'
import { knownImage } from './known-images.ts'
import type { BuildRequest, Dockerfile, Instruction, Origin, ReadInstruction, Step } from './model.ts'
import { parseMount } from './mount.ts'
import { digestProblem, remoteSource } from './reference.ts'
import { nearest, quoted } from './suggest.ts'
import { exposedPortProblem, modeProblem, signalProblem } from './values.ts'
import { parseHeredocMark } from './words.ts'

/** What the stages gone through so far have told. Paths are rooted, `/` is everything. */
export interface Findings {
  readonly reads: ReadInstruction[]
  readonly steps: Step[]
  /** The working directory that a stage ends with. */
  readonly directories: Map<State, string | null>
  readonly problems: Problem[]
  readonly warnings: Problem[]
  readonly uncertain: Set<string>
  /** What is asked of the main context. */
  readonly paths: Set<string>
  /** The stages whose files end up in a stage's result, apart from its base. */
  readonly uses: Map<State, Set<State>>
  /** The stages that take files from the main context. */
  readonly usesMain: Set<State>
  /** Gone through already: only these can be copied from. */
  readonly dispatched: Map<State, Environment>
}

/** What all stages of a build share. */
export interface Build {
  readonly dockerfile: Dockerfile
  readonly request: BuildRequest
  readonly globals: ReadonlyMap<string, string>
  readonly findings: Findings
}

/** An instruction that cannot succeed: ends that instruction only, so that the rest of the file is looked at too. */
class DispatchError extends Error {
  readonly code: string
  readonly hint: string | null
  constructor(code: string, message: string, hint: string | null = null) {
    super(message)
    this.code = code
    this.hint = hint
  }
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** Goes through one reachable stage. Those it is built on must have been gone through. */
export function dispatchStage(state: State, build: Build): void {
  new StageDispatch(state, build).run()
}

/** The changing state of one stage while its instructions are gone through. */
class StageDispatch {
  private readonly state: State
  private readonly build: Build
  private readonly environment: Environment
  private readonly escapeChar: string
  private command: Command | null = null
  private directory: string | null
  private readonly warned = new Set<string>()

  constructor(state: State, build: Build) {
    this.state = state
    this.build = build
    this.escapeChar = build.dockerfile.directives.escape
    const { base, origin } = state.fields
    const parent = base === null ? null : (build.findings.dispatched.get(base) ?? null)
    // An image may have set another than `/`; scratch has not.
    const image = parent === null ? imageBelow(origin, build.request) : parent.image
    const known =
      parent === null && origin.kind === 'image' && image !== null
        ? knownImage(image, build.request.platform)
        : null
    this.directory =
      base === null
        ? origin.kind === 'scratch'
          ? '/'
          : (known?.directory ?? null)
        : (build.findings.directories.get(base) ?? null)
    this.environment = new Environment(parent, image)
    for (const [name, value] of Object.entries(known?.variables ?? {}))
      this.environment.set(name, value, null)
    if (this.environment.get('PATH') === undefined && !build.request.platform.startsWith('windows')) {
      this.environment.set('PATH', defaultPath, image === null ? null : 'PATH')
    }
  }

  run(): void {
    const { findings } = this.build
    // BuildKit marks a stage before it runs it; that it takes from itself has been refused by then.
    findings.dispatched.set(this.state, this.environment)
    for (const command of [...this.state.triggers, ...this.state.commands]) {
      this.command = command
      try {
        this.dispatch(command)
      } catch (error) {
        if (!(error instanceof DispatchError)) throw error
        findings.problems.push(this.problem(error))
      }
      const { instruction, line } = command
      const stageIndex = this.state.fields.index
      findings.steps.push({ instruction, line, stageIndex, directory: this.directory })
    }
    findings.directories.set(this.state, this.directory)
  }

  private place(): Problem['at'] {
    return { file: this.build.dockerfile.file, line: this.command?.line ?? 1 }
  }

  private problem(error: DispatchError): Problem {
    return { code: error.code, message: error.message, at: this.place(), hint: error.hint }
  }

  private expand(word: string): Expansion {
    return expandWord(word, this.environment, this.escapeChar)
  }

  /** The value of a word; throws what docker says when it has none. */
  private value(word: string): string {
    const expansion = this.expand(word)
    if (expansion.kind === 'value') return expansion.value
    throw new DispatchError('substitution', expansion.error)
  }

  private dispatch(command: Command): void {
    const { instruction } = command
    switch (instruction.keyword) {
      case 'ARG':
        this.arg(instruction)
        return
      case 'ENV':
        this.env(instruction)
        return
      case 'LABEL':
        for (const [name, value] of pairs(instruction)) {
          this.value(name)
          this.value(value)
        }
        return
      case 'ADD':
      case 'COPY':
        this.copy(command, instruction.keyword)
        return
      case 'RUN':
        this.runMounts(command)
        return
      case 'USER':
        for (const word of instruction.words) this.value(word)
        return
      case 'WORKDIR':
        for (const word of instruction.words) this.enter(this.value(word), this.hangs(word))
        return
      case 'VOLUME':
        for (const word of instruction.words) {
          if (this.value(word) === '')
            throw new DispatchError('empty-value', 'VOLUME specified can not be an empty string')
        }
        return
      case 'STOPSIGNAL':
        for (const word of instruction.words) this.refuse('invalid-signal', signalProblem(this.value(word)))
        return
      case 'EXPOSE':
        this.expose(instruction)
        return
      default:
        return
    }
  }

  /** True for a word that only the base image can tell the value of. */
  private hangs(word: string): boolean {
    return this.environment.doubt(this.expand(word)) !== null
  }

  private enter(path: string, hangs: boolean): void {
    if (hangs) this.directory = null
    else if (path.startsWith('/')) this.directory = cleanPath(path)
    else if (this.directory !== null) this.directory = cleanPath(`${this.directory}/${path}`)
  }

  private refuse(code: string, message: string | null, hint: string | null = null): void {
    if (message !== null) throw new DispatchError(code, message, hint)
  }

  private expose(instruction: Instruction): void {
    for (const word of [...instruction.words].sort()) {
      this.value(word)
      for (const port of expandWords(word, this.environment, this.escapeChar) ?? []) {
        this.refuse('invalid-port', exposedPortProblem(port))
      }
    }
  }

  /** dispatchArg: a build argument beats the default, the default beats the global scope. */
  private arg(instruction: Instruction): void {
    for (const word of instruction.words) {
      const [name, written] = cutPair(word)
      const given = this.build.request.buildArgs.get(name)
      if (given !== undefined) this.set(name, given, null)
      else if (written !== null) {
        const expansion = this.expand(written)
        if (expansion.kind === 'error') throw new DispatchError('substitution', expansion.error)
        this.set(name, expansion.value, this.environment.doubt(expansion))
      } else {
        const inherited = this.build.globals.get(name)
        if (inherited === undefined) this.environment.declare(name)
        else this.set(name, inherited, null)
      }
    }
  }

  private set(name: string, value: string, doubt: string | null): void {
    // Two arguments that BuildKit keeps to itself: convert.go nonEnvArgs.
    if (name === 'BUILDKIT_SBOM_SCAN_CONTEXT' || name === 'BUILDKIT_SBOM_SCAN_STAGE') return
    this.environment.set(name, value, doubt)
  }

  /** All of one ENV is expanded before any of it is set. */
  private env(instruction: Instruction): void {
    const values = pairs(instruction).map(([name, word]) => {
      const key = this.value(name)
      const expansion = this.expand(word)
      if (expansion.kind === 'error') throw new DispatchError('substitution', expansion.error)
      return { key, value: expansion.value, doubt: this.environment.doubt(expansion) }
    })
    for (const { key, value, doubt } of values) this.environment.set(key, value, doubt)
  }

  /**
   * Says of a word that decides what is read that it hangs on a variable not set here; of what is taken from a stage or an image it
   * decides nothing that is sent.
   */
  private judge(expansion: Expansion, source: State | undefined): void {
    if (expansion.kind === 'error') return
    const { findings, dockerfile } = this.build
    const line = this.command?.line ?? 1
    const doubt = this.environment.doubt(expansion)
    if (doubt !== null) {
      const { kind } = originOf(source)
      if (kind === 'stage' || kind === 'image') return
      findings.uncertain.add(
        `${dockerfile.file}:${line}: $${doubt} is not set in the Dockerfile, the base image ${this.environment.image} may set it`,
      )
      return
    }
    for (const name of expansion.unset) {
      const key = `${line} ${name}`
      if (this.environment.declares(name) || this.warned.has(key)) continue
      this.warned.add(key)
      const outside = this.build.globals.has(name)
      const meant = nearest(name, this.environment.names())
      findings.warnings.push({
        code: 'undefined-variable',
        message: `Usage of undefined variable '$${name}'${meant === null ? '' : ` (did you mean $${meant}?)`}`,
        at: this.place(),
        hint: outside ? `add ARG ${name} to the stage` : `set ${name} with ARG or ENV before this line`,
      })
    }
  }

  private readOf(
    command: Command,
    instruction: ReadInstruction['instruction'],
  ): Omit<ReadInstruction, 'origin' | 'dest'> {
    const { index, name } = this.state.fields
    return {
      instruction,
      line: command.line,
      endLine: command.endLine,
      text: command.instruction.text,
      stage: name ?? String(index),
      stageIndex: index,
      from: null,
      sources: [],
      localSources: [],
      excludes: [],
      parents: false,
      unpack: null,
      mount: false,
      problem: null,
    }
  }

  private use(source: State | undefined): void {
    const { uses, usesMain } = this.build.findings
    if (source === undefined) {
      usesMain.add(this.state)
      return
    }
    const used = uses.get(this.state) ?? new Set()
    used.add(source)
    uses.set(this.state, used)
  }

  private copy(command: Command, keyword: 'ADD' | 'COPY'): void {
    const { instruction } = command
    if (instruction.words.length < 2) return
    const flag = (name: string): string => instruction.flags.find((found) => found.name === name)?.value ?? ''
    const on = (name: string): boolean | null => {
      const found = instruction.flags.find((given) => given.name === name)
      return found === undefined ? null : (found.value ?? 'true').toLowerCase() === 'true'
    }
    const words = instruction.words.slice(0, -1).filter((word) => parseHeredocMark(word) === null)
    const failures: DispatchError[] = []
    const attempt = (expansion: Expansion): string | null => {
      if (expansion.kind === 'value') return expansion.value
      failures.push(new DispatchError('substitution', expansion.error))
      return null
    }
    attempt(this.expand(flag('chown')))
    const chmod = attempt(this.expand(flag('chmod')))
    const checksum = keyword === 'ADD' ? attempt(this.expand(flag('checksum'))) : ''
    const sources: string[] = []
    for (const word of words) {
      const expansion = this.expand(word)
      this.judge(expansion, command.sources[0])
      const source = attempt(expansion)
      if (source !== null) sources.push(source)
    }
    const into = instruction.words.at(-1) ?? ''
    const expanded = attempt(this.expand(into)) ?? into
    const dest = this.hangs(into) ? null : expanded
    for (const { expand, body } of instruction.heredocs) {
      if (expand) attempt(expandWord(body, this.environment, '\\', { plainQuotes: true }))
    }

    const source = command.sources[0]
    const from = keyword === 'COPY' ? flag('from') : ''
    try {
      if (source !== undefined)
        this.checkDispatched(
          source,
          `copy from stage ${quoted(from)}, it`,
          `stage ${quoted(this.state.fields.shownName)}`,
        )
      this.refuse('invalid-chmod', chmod === null || chmod === '' ? null : modeProblem(chmod))
      if (checksum !== null && checksum !== '')
        this.refuse('invalid-checksum', checksumProblem(checksum, sources))
      for (const path of sources)
        this.refuse(
          'remote-source',
          remoteProblem(path, keyword),
          keyword === 'COPY' ? 'use ADD to fetch it' : null,
        )
    } catch (error) {
      if (!(error instanceof DispatchError)) throw error
      failures.push(error)
    }

    const localSources = sources.filter((path) => remoteSource(path).kind === 'none')
    if (localSources.length > 0) this.use(source)
    const paths = source === undefined ? this.build.findings.paths : source.root.paths
    for (const path of sources) {
      // ADD leaves out what starts like a URL, and nothing else: git@… is asked for as if it were a file.
      if (keyword === 'COPY' || !/^https?:\/\//.test(path)) paths.add(`/${rootedPath(path)}`)
    }
    const [failure] = failures
    const problem = failure === undefined ? null : this.problem(failure)
    if (problem !== null) this.build.findings.problems.push(problem)
    this.build.findings.reads.push({
      ...this.readOf(command, keyword),
      from: from === '' ? null : from,
      origin: originOf(source),
      sources,
      localSources,
      dest,
      excludes: instruction.flags.flatMap((found) => (found.name === 'exclude' ? (found.value ?? []) : [])),
      parents: on('parents') ?? false,
      unpack: keyword === 'ADD' ? on('unpack') : null,
      problem,
    })
  }

  private checkDispatched(source: State, what: string, where: string): void {
    if (source.fields.index < 0 || source.fields.replaced || this.build.findings.dispatched.has(source))
      return
    const message = `cannot ${what} needs to be defined before current ${where}`
    throw new DispatchError('stage-order', message, 'move that stage up')
  }

  /** convert_runmount.go dispatchRunMounts. A RUN can touch anything of the directory it is built on. */
  private runMounts(command: Command): void {
    this.state.root.paths.add('/')
    const written = command.instruction.flags.filter((flag) => flag.name === 'mount')
    const mounts = written.map((flag, i) => {
      const expansions: Expansion[] = []
      const mount = parseMount(flag.value ?? '', (word) => {
        const expansion = this.expand(word)
        expansions.push(expansion)
        return expansion
      })
      if ('error' in mount) throw new DispatchError('invalid-mount', mount.error)
      const source = mount.from === '' ? undefined : command.sources[i]
      for (const expansion of expansions) this.judge(expansion, source)
      return mount
    })
    for (const [i, mount] of mounts.entries()) {
      const from = mount.type === 'cache' && mount.from === '' ? 'scratch' : mount.from
      const source = from === '' ? undefined : command.sources[i]
      if (source !== undefined) {
        this.checkDispatched(
          source,
          `mount from stage ${quoted(from)} to ${quoted(mount.target)}, stage`,
          'command',
        )
      }
      if (mount.type === 'ssh') {
        this.refuse('invalid-mount', mount.source === '' ? null : 'ssh does not support source')
        continue
      }
      if (mount.type === 'secret') continue
      if (mount.target.startsWith('/') && cleanPath(mount.target) === '/') {
        throw new DispatchError(
          'invalid-mount',
          `invalid mount target ${quoted('/')}`,
          'mount it on a directory of its own',
        )
      }
      const paths = source === undefined ? this.build.findings.paths : source.root.paths
      paths.add(`/${rootedPath(mount.source)}`)
      if (mount.type === 'tmpfs') continue
      this.use(source)
      if (mount.type === 'cache' && (source === undefined || mount.from === '')) continue
      this.build.findings.reads.push({
        ...this.readOf(command, 'RUN'),
        from: mount.from === '' ? null : mount.from,
        origin: originOf(source),
        sources: [mount.source],
        localSources: [mount.source],
        dest: mount.target,
        mount: true,
      })
    }
  }
}

/** The image whose variables a stage starts with, null when there is none. */
function imageBelow(origin: State['fields']['origin'], request: BuildRequest): string | null {
  if (origin.kind === 'image') return origin.reference
  if (origin.kind !== 'named') return null
  const value = request.namedContexts.get(origin.name) ?? ''
  return /^(?:docker-image|oci-layout):\/\/|^(?:target|input|service):/.test(value) ? value : null
}

/** Where an instruction with that source takes its files from. */
function originOf(source: State | undefined): Origin {
  if (source === undefined) return { kind: 'main' }
  const { index, replaced, origin } = source.fields
  if (index >= 0 && !replaced) return { kind: 'stage', index }
  return origin.kind === 'scratch' ? { kind: 'image', reference: 'scratch' } : origin
}

function checksumProblem(checksum: string, sources: readonly string[]): string | null {
  const [only] = sources
  if (only === undefined || sources.length > 1) return "checksum can't be specified for multiple sources"
  const kind = remoteSource(only).kind
  if (kind === 'none') return 'checksum requires HTTP(S) or Git sources'
  return kind === 'web' ? digestProblem(checksum) : null
}

function remoteProblem(source: string, keyword: 'ADD' | 'COPY'): string | null {
  const remote = remoteSource(source)
  if (remote.kind === 'error') return remote.error
  if (keyword === 'ADD' || remote.kind === 'none') return null
  return remote.kind === 'git' ? "source can't be a git ref for COPY" : "source can't be a URL for COPY"
}
