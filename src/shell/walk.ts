/** Goes through the tree of a script as a run would, without one: which commands, in which directory, under which condition. */

import { assign, declare, move, printedPath, runsElsewhere } from './effects.ts'
import { pathValue } from './location.ts'
import type { ShellCommand } from './model.ts'
import { parseShell } from './parse.ts'
import { programOf, shellCall } from './program.ts'
import { note, type Trouble } from './source.ts'
import {
  beginning,
  forget,
  forked,
  functionsNamed,
  isSame,
  join,
  lookUp,
  type State,
  type Value,
} from './state.ts'
import {
  type Command,
  type Compound,
  isLiteral,
  type List,
  type Pipeline,
  type Position,
  type Redirect,
  type SimpleCommand,
  textOf,
  type Word,
  type WordPart,
} from './tree.ts'
import { fill, fillWords, type Surroundings, typed } from './values.ts'

/** A command on its way into the result. */
interface Listed {
  readonly offset: number
  /** See `State.floating`. */
  readonly floating: boolean
  readonly command: Omit<ShellCommand, 'directory' | 'values'>
  directory: string | null
  /** Each word and what it becomes; null where nothing changes. */
  filled: readonly { readonly raw: string; readonly texts: readonly string[] }[] | null
  /** The variables in its words, as they were. */
  readonly uses: readonly Use[]
  /** True for the call of a function, whose commands are listed where they stand. */
  dropped: boolean
}

interface Use {
  readonly name: string
  readonly value: Value | undefined
}

/** A function. Its body is gone through once: where it is first called, else at the end. */
interface Defined {
  readonly name: string
  readonly body: Command
  readonly state: State
  readonly listed: Listed[]
  /** Undefined until it is called. */
  calledIn: string | null | undefined
  /** Where it leaves its caller: undefined where it was called, null where that cannot be told. */
  leavesIn: string | null | undefined
  /** Further calls. */
  calls: number
  running: boolean
  /** True when it wraps the program of its own name: `docker() { command docker "$@"; }`. */
  wraps: boolean
}

interface Walk {
  readonly scriptDirectory: string | null
  readonly trouble: Trouble
  readonly listed: Listed[]
  readonly all: Defined[]
  readonly running: Defined[]
  /** What `$(…)` prints, so that each is gone through once. */
  readonly printed: Map<WordPart, string | null>
  level: number
}

/** Lists within lists (compound commands, functions that call functions, texts for `sh -c`) that are followed. */
const deepest = 150

/** Calls of one function that are compared with the first. */
const mostCalls = 20

/** The commands of a parsed text, in the order in which they stand. */
export function walkShell(
  list: List,
  options: { readonly scriptDirectory: string | null; readonly trouble: Trouble },
): readonly ShellCommand[] {
  const walk: Walk = {
    ...options,
    listed: [],
    all: [],
    running: [],
    printed: new Map(),
    level: 0,
  }
  const state = beginning()
  runList(walk, list, state, false)
  // Bodies may define more.
  for (let i = 0; i < walk.all.length; i++) {
    const defined = walk.all[i]
    if (defined !== undefined) runUncalled(walk, defined, state)
  }
  return walk.listed
    .filter((one) => !one.dropped)
    .sort((a, b) => a.offset - b.offset)
    .map(asCommand)
}

function asCommand({ command, directory, filled }: Listed): ShellCommand {
  if (filled === null) return { ...command, directory }
  const values = filled.flatMap(({ raw, texts }) => {
    const shown = texts.map((text) => typed(text, directory))
    return shown.every((text) => text !== null) ? shown : [raw]
  })
  const changed =
    values.length !== command.words.length || values.some((value, i) => value !== command.words[i])
  return changed ? { ...command, directory, values } : { ...command, directory }
}

function runList(walk: Walk, { items }: List, state: State, conditional: boolean): void {
  if (walk.level >= deepest) {
    note(walk.trouble, 'commands lie too deep within one another')
    return
  }
  walk.level++
  for (const { first, rest, background } of items) {
    const here = background ? forked(state) : state
    const start = here.directory
    runPipeline(walk, first, here, conditional)
    if (rest.length > 0) runRest(walk, rest, { here, start }, conditional)
  }
  walk.level--
}

/** What follows the first `&&` or `||`. */
function runRest(
  walk: Walk,
  rest: List['items'][number]['rest'],
  { here, start }: { readonly here: State; readonly start: string | null },
  conditional: boolean,
): void {
  const chain = forked(here)
  chain.output = here.output
  let single = true
  for (const { operator, pipeline } of rest) {
    if (operator === '&&') runPipeline(walk, pipeline, chain, conditional)
    else {
      // Run when what stands before it failed: a lone `cd` has gone nowhere then.
      const other = forked(chain)
      if (single || start === chain.directory) other.directory = start
      else other.directory = null
      const from = other.directory
      runPipeline(walk, pipeline, other, true)
      forget(chain.scope, other.scope)
      // When all goes well it is not run, and matters only where it ends in a third directory.
      const agrees = other.directory === from || other.directory === chain.directory
      if (other.ended === 'no' && !agrees) chain.directory = null
      chain.output = null
    }
    single = false
  }
  forget(here.scope, chain.scope)
  const { directory, previous, stack, floating, output } = chain
  Object.assign(here, { directory, previous, stack, floating, output } satisfies Partial<State>)
}

function runPipeline(walk: Walk, commands: Pipeline, state: State, conditional: boolean): void {
  const [only] = commands
  if (commands.length === 1 && only !== undefined) {
    runCommand(walk, only, state, conditional)
    return
  }
  for (const command of commands) runCommand(walk, command, forked(state), conditional)
  state.output = null
}

function runCommand(walk: Walk, command: Command, state: State, conditional: boolean): void {
  switch (command.kind) {
    case 'simple':
      runSimple(walk, command, state, conditional)
      return
    case 'function':
      define(walk, command.name, command.body, state)
      return
    case 'compound': {
      const { redirects } = command
      runInside(walk, targetsOf(redirects), state, conditional)
      if (redirects.some(({ kind }) => kind === 'read' || kind === 'write'))
        add(walk, command.at, state, { words: [], assignments: [], ...files(redirects), conditional })
      runCompound(walk, command.body, state, conditional)
      runDocuments(walk, redirects, state, conditional)
    }
  }
}

function runCompound(walk: Walk, body: Compound, state: State, conditional: boolean): void {
  switch (body.kind) {
    case 'group': {
      const inner = body.subshell ? forked(state) : state
      inner.output = state.output
      runList(walk, body.list, inner, conditional)
      state.output = inner.output
      return
    }
    case 'if': {
      const ways: State[] = []
      for (const { condition, body: branch } of body.branches) {
        runList(walk, condition, state, conditional || ways.length > 0)
        const way = forked(state)
        runList(walk, branch, way, true)
        ways.push(way)
      }
      const rest = forked(state)
      if (body.otherwise !== null) runList(walk, body.otherwise, rest, true)
      join(state, [...ways, rest])
      break
    }
    case 'while':
      runLoop(walk, state, (inner) => {
        runList(walk, body.condition, inner, conditional)
        runList(walk, body.body, inner, true)
      })
      break
    case 'for':
      runInside(walk, body.words, state, conditional)
      if (body.name !== null) state.scope.own.set(body.name, null)
      runLoop(walk, state, (inner) => runList(walk, body.body, inner, true))
      break
    case 'case': {
      runInside(walk, [body.word], state, conditional)
      const ways = body.arms.map(({ patterns, body: arm }) => {
        const way = forked(state)
        runInside(walk, patterns, way, true)
        runList(walk, arm, way, true)
        return way
      })
      const covered = body.arms.some(({ patterns }) => patterns.some((one) => textOf(one) === '*'))
      join(state, covered ? ways : [...ways, forked(state)])
      break
    }
    case 'arithmetic':
      runInside(walk, [body.word], state, conditional)
  }
  state.output = null
}

function runLoop(walk: Walk, state: State, run: (inner: State) => void): void {
  const inner = forked(state)
  inner.floating = true
  const first = walk.listed.length
  run(inner)
  inner.ended = 'no'
  repeat(walk.listed.slice(first), inner, inner.directory !== state.directory)
  join(state, [forked(state), { ...inner, floating: state.floating }])
}

/** Commands that run again in another state: forgets of them what was so the first time only. */
function repeat(listed: readonly Listed[], state: State, elsewhere: boolean): void {
  // What was not known the first time has been put into no word: `local image=$(name "$1")` is null at each call.
  const differs = ({ uses }: Listed): boolean =>
    uses.some(({ name, value }) => value !== null && !isSame(lookUp(state.scope, name), value))
  let moved = false
  for (const one of listed) {
    if (elsewhere && one.floating) one.directory = null
    if (one.uses.length === 0 || !differs(one)) continue
    one.filled = null
    moved ||= /^(?:cd|pushd)$/.test(one.command.words[0] ?? '')
  }
  if (moved) for (const one of listed) one.directory = null
}

function define(walk: Walk, name: string, body: Command, state: State): void {
  const defined: Defined = {
    name,
    body,
    state: forked(state),
    listed: [],
    calledIn: undefined,
    leavesIn: undefined,
    calls: 0,
    running: false,
    wraps: false,
  }
  state.scope.functions.set(name, [walk.all.push(defined) - 1])
}

function runFunction(walk: Walk, defined: Defined, state: State): void {
  const { directory, floating } = state
  defined.calledIn = directory
  defined.running = true
  walk.running.push(defined)
  state.floating = true
  runCommand(walk, defined.body, state, true)
  walk.running.pop()
  defined.running = false
  if (state.ended === 'block') state.ended = 'no'
  if (state.directory !== directory) defined.leavesIn = state.floating ? null : state.directory
  if (state.floating) state.floating = floating
}

/** A call by a name that may mean any of these. */
function callOneOf(walk: Walk, defined: readonly Defined[], state: State): void {
  const [only] = defined
  if (only === undefined) return
  if (defined.length === 1) call(walk, only, state)
  else if (defined.length > mostCalls) state.directory = null
  else {
    const ways = defined.map((one) => {
      const way = forked(state)
      call(walk, one, way)
      return way
    })
    join(state, ways)
  }
}

function call(walk: Walk, defined: Defined, state: State): void {
  if (defined.running) return
  if (defined.calledIn === undefined) {
    runFunction(walk, defined, state)
    return
  }
  // After so many nothing new is learnt by looking; what changed, changed.
  if (++defined.calls <= mostCalls) repeat(defined.listed, state, defined.calledIn !== state.directory)
  else if (defined.calls === mostCalls + 1) {
    for (const one of defined.listed) {
      one.directory = null
      one.filled = null
    }
  }
  if (defined.leavesIn !== undefined) {
    state.previous = state.directory
    state.directory = defined.leavesIn
  }
}

/** Somebody may still call it: by a name in a variable, from another script that reads this one. */
function runUncalled(walk: Walk, defined: Defined, end: State): void {
  if (defined.calledIn !== undefined || defined.running) return
  const { state } = defined
  if (state.directory !== end.directory) state.directory = null
  runFunction(walk, defined, state)
}

function add(
  walk: Walk,
  at: Position,
  state: State,
  command: Omit<Listed['command'], 'line'>,
  uses: readonly Use[] = [],
): Listed {
  const one: Listed = {
    offset: at.offset,
    floating: state.floating,
    command: { ...command, line: at.line },
    directory: state.directory,
    filled: null,
    dropped: false,
    uses,
  }
  walk.listed.push(one)
  for (const defined of walk.running) defined.listed.push(one)
  return one
}

function runSimple(walk: Walk, simple: SimpleCommand, state: State, conditional: boolean): void {
  const words = simple.words.map(textOf)
  const assignments = simple.assignments.map(({ text }) => text)
  const about = { words, assignments, ...files(simple.redirects), conditional }
  const one = add(walk, simple.at, state, about, usesOf(simple.words, state))
  const around = surroundings(walk, state, conditional)
  const assigning = simple.words.length === 0 ? state : forked(state)
  for (const assignment of simple.assignments) {
    runInside(walk, [assignment.value, ...(assignment.items ?? [])], state, conditional)
    assign(assignment, assigning, around)
  }
  runInside(walk, simple.words, state, conditional)
  runInside(walk, targetsOf(simple.redirects), state, conditional)
  // Who reads the values may know more of the variables than this text.
  const asWritten = { ...around, defaults: false }
  if (simple.words.some((word) => !isLiteral(word)))
    one.filled = simple.words.map((word) => ({ raw: textOf(word), texts: fillWords(word, state, asWritten) }))
  const printed = state.output
  state.output = simple.words.length === 0 ? '' : null
  const defined = functionsNamed(state.scope, words[0] ?? '').flatMap((index) => walk.all[index] ?? [])
  if (defined.length > 0) {
    callOneOf(walk, defined, state)
    one.dropped = !defined.some(({ wraps }) => wraps)
    state.output = null
  } else if (simple.words.length > 0) runProgram(walk, simple, { one, words, state, conditional })
  if (printed !== '') state.output = state.output === '' ? printed : null
  runDocuments(walk, simple.redirects, state, conditional)
}

function usesOf(words: readonly Word[], state: State): readonly Use[] {
  const uses: Use[] = []
  const look = ({ parts }: Word): void => {
    for (const part of parts) {
      if (part.kind !== 'variable') continue
      uses.push({ name: part.name, value: lookUp(state.scope, part.name) })
      if (part.argument !== null) look(part.argument)
    }
  }
  words.forEach(look)
  return uses
}

interface Running {
  readonly one: Listed
  readonly words: readonly string[]
  readonly state: State
  readonly conditional: boolean
}

/** What a program does to the state, and the commands that it is handed as a text. */
function runProgram(walk: Walk, simple: SimpleCommand, running: Running): void {
  const { one, words, state, conditional } = running
  const skipped = words.length - programOf(words).length
  const program = simple.words.slice(skipped)
  const [name = '', ...rest] = words.slice(skipped)
  const here = `(line ${simple.at.line + 1})`
  if (runsElsewhere(words.slice(0, skipped))) one.directory = null
  for (const defined of walk.running) if (skipped > 0 && defined.name === name) defined.wraps = true
  const filled = () => program.map((word) => fill(word, state, surroundings(walk, state, conditional)))
  switch (name) {
    case 'cd':
    case 'pushd':
    case 'popd':
      move(name, filled().slice(1), state)
      state.output = name === 'cd' || one.command.writes.length > 0 ? '' : null
      return
    case 'pwd':
      state.output = state.directory === null ? null : pathValue(state.directory, state.floating)
      return
    case 'dirname':
    case 'realpath':
    case 'readlink':
      state.output = printedPath(name, filled().slice(1), state)
      return
    case 'git':
      if (walk.scriptDirectory !== null && rest.join(' ') === 'rev-parse --show-toplevel')
        state.output = pathValue('')
      return
    case 'exit':
      state.ended = 'script'
      return
    case 'return':
    case 'break':
    case 'continue':
      state.ended = 'block'
      return
    case '.':
    case 'source':
      note(walk.trouble, `${name} ${rest[0] ?? ''} reads another script ${here}`)
      return
    case 'eval':
      if (program.every(isLiteral)) runText(walk, rest.join(' '), simple.at, state, conditional)
      else note(walk.trouble, `eval of what only a run can tell ${here}`)
      return
    case 'trap':
      runTrap(walk, program.slice(1), state)
      return
    default:
      declare(filled(), state)
      runShell(walk, simple, { ...running, words: words.slice(skipped) })
  }
}

/** `trap 'commands' SIGNAL…`; `-`, `''` and a lone operand set none. */
function runTrap(walk: Walk, [action, ...signals]: readonly Word[], state: State): void {
  if (action === undefined || signals.length === 0) return
  const text = textOf(action)
  if (text.startsWith('-')) return
  const later = forked(state)
  later.directory = null
  runText(walk, text, action.at, later, true)
}

/** `sh -c 'commands'`, or a shell that reads its commands from a here-document. */
function runShell(walk: Walk, simple: SimpleCommand, { one, words, state, conditional }: Running): void {
  const shell = shellCall(words)
  if (shell === null) return
  const child = forked(state)
  child.directory = one.directory
  if (shell.text === null) {
    const body = simple.redirects.find(({ kind }) => kind === 'document')?.document?.body
    if (body != null) runText(walk, textOf(body), body.at, child, conditional)
    return
  }
  const word = shell.text === undefined ? undefined : simple.words.slice(-words.length)[shell.text]
  if (word === undefined) return
  if (!isLiteral(word) && word.parts.every((part) => part.kind !== 'text' || part.text.trim() === ''))
    note(walk.trouble, `${words[0]} -c runs what only a run can tell (line ${simple.at.line + 1})`)
  else runText(walk, textOf(word), word.at, child, conditional)
}

function runText(walk: Walk, text: string, host: Position, state: State, conditional: boolean): void {
  if (walk.level >= deepest) {
    note(walk.trouble, 'commands lie too deep within one another')
    return
  }
  runList(walk, parseShell(text, walk.trouble, { host }), state, conditional)
}

const surroundings = (walk: Walk, state: State, conditional: boolean): Surroundings => ({
  scriptDirectory: walk.scriptDirectory,
  defaults: true,
  printed: (part) => runSubstitution(walk, part, state, conditional),
})

/** Lists what runs in `$(…)`; the result is what it prints, null when that cannot be told. */
function runSubstitution(
  walk: Walk,
  part: Extract<WordPart, { readonly kind: 'commands' }>,
  state: State,
  conditional: boolean,
): string | null {
  const known = walk.printed.get(part)
  if (known !== undefined) return known
  const inner = forked(state)
  runList(walk, part.list, inner, conditional)
  walk.printed.set(part, inner.output)
  return inner.output
}

/** Lists what runs inside words. */
function runInside(walk: Walk, words: readonly Word[], state: State, conditional: boolean): void {
  for (const { parts } of words) {
    for (const part of parts) {
      if (part.kind === 'commands') runSubstitution(walk, part, state, conditional)
      else if (part.kind === 'variable' && part.argument !== null) {
        const mayNotRun = /^:?[-=+?]$/.test(part.operator)
        runInside(walk, [part.argument], state, conditional || mayNotRun)
      } else if (part.kind === 'opaque' && part.inner !== null)
        runInside(walk, [part.inner], state, conditional)
    }
  }
}

function runDocuments(walk: Walk, redirects: readonly Redirect[], state: State, conditional: boolean): void {
  for (const { document } of redirects)
    if (document?.body != null) runInside(walk, [document.body], state, conditional)
}

const targetsOf = (redirects: readonly Redirect[]): readonly Word[] => redirects.map(({ target }) => target)

function files(redirects: readonly Redirect[]): Pick<ShellCommand, 'writes' | 'reads'> {
  const of = (kind: Redirect['kind']) =>
    redirects.filter((one) => one.kind === kind).map(({ target }) => textOf(target))
  return { writes: of('write'), reads: of('read') }
}
