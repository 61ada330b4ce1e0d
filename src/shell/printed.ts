/** What a script prints into a file that others read as `NAME=value`: one answer for each way through it. */

import { assign, declare } from './effects.ts'
import { parseShell } from './parse.ts'
import type { Trouble } from './source.ts'
import { beginning, type State } from './state.ts'
import { type Command, type List, type Pipeline, type Redirect, textOf, type Word } from './tree.ts'
import { type Filled, fill, type Surroundings } from './values.ts'

/** How a script comes to its lines. */
export interface PrintingScript {
  readonly text: string
  /** Variables that it is started with. */
  readonly environment: Readonly<Record<string, string>>
  /** The variable that holds the file: `GITHUB_OUTPUT`. */
  readonly file: string
}

/** One way so far. Values are kept of such variables only as the names hang on. */
interface Way {
  readonly state: State
  /** Null: only a run can tell. */
  readonly printed: ReadonlyMap<string, string | null>
}

interface Run {
  readonly names: readonly string[]
  readonly file: string
  readonly relevant: ReadonlySet<string>
  readonly functions: Map<string, Command>
  /** Commands that are still gone through; below zero when the answer is lost. */
  left: number
  depth: number
}

/** Whether what is printed there goes into the file. */
interface Place {
  readonly into: boolean
}

type Ways = readonly Way[]

const mostWays = 64
const mostVariables = 50
const mostCommands = 10_000
const deepest = 100

/**
 * Which values the names can have together after the script, '' where it prints none; each combination once, in the order
 * of the branches. What it prints last counts. Null where a value cannot be told or a name is never printed. A name for which
 * branches print several values is taken to have one of these, whatever else the conditions let through.
 */
export function printedBy(
  { text, environment, file }: PrintingScript,
  names: readonly string[],
): readonly ReadonlyMap<string, string>[] | null {
  const trouble: Trouble = { first: null, commands: 0, characters: 0 }
  const list = parseShell(text.replaceAll('\r\n', '\n').replaceAll('\0', '\uFFFD'), trouble)
  if (trouble.first !== null) return null
  const relevant = relevantTo(list, names)
  if (relevant.size > mostVariables) return null
  const run: Run = { names, file, relevant, functions: new Map(), left: mostCommands, depth: 0 }
  const state = beginning()
  for (const [name, value] of Object.entries(environment))
    if (relevant.has(name)) state.scope.own.set(name, { text: value })
  const ways = runList(run, list, [{ state, printed: new Map() }], { into: false })
  if (run.left < 0) return null
  const found = new Map<string, ReadonlyMap<string, string>>()
  const several = new Set(names.filter((name) => isChoice(ways, name)))
  for (const { printed } of ways) {
    if (names.some((name) => several.has(name) && !printed.has(name))) continue
    const values = names.map((name) => [name, printed.get(name) ?? ''] as const)
    found.set(JSON.stringify(values), new Map(values))
  }
  const isKnown = (name: string) =>
    ways.some(({ printed }) => printed.has(name)) && ways.every(({ printed }) => printed.get(name) !== null)
  return names.every(isKnown) ? [...found.values()] : null
}

const isChoice = (ways: Ways, name: string): boolean =>
  new Set(ways.flatMap(({ printed }) => printed.get(name) ?? [])).size > 1

/** The variables that what is printed under the names may be made of. */
function relevantTo(list: List, names: readonly string[]): ReadonlySet<string> {
  const given = new Map<string, Word[]>()
  const give = (name: string, words: readonly Word[]): void => {
    const known = given.get(name)
    if (known === undefined) given.set(name, [...words])
    else known.push(...words)
  }
  const open: Word[] = []
  for (const { words, assignments, redirects } of simpleCommands(list)) {
    const said = [...words, ...redirects.flatMap(({ document }) => document?.body ?? [])]
    if (said.some((word) => names.some((name) => textOf(word).includes(name)))) open.push(...said)
    for (const { name, value, items } of assignments) give(name, [value, ...(items ?? [])])
    // `export NAME=value`
    for (const word of words) give(/^(\w+)=/.exec(textOf(word))?.[1] ?? '', [word])
  }
  const relevant = new Set<string>()
  for (let word = open.pop(); word !== undefined; word = open.pop())
    for (const part of word.parts) {
      if (part.kind !== 'variable') continue
      if (part.argument !== null) open.push(part.argument)
      if (!relevant.has(part.name)) for (const one of given.get(part.name) ?? []) open.push(one)
      relevant.add(part.name)
    }
  return relevant
}

function* simpleCommands({ items }: List): Generator<Command & { readonly kind: 'simple' }> {
  for (const { first, rest } of items)
    for (const pipeline of [first, ...rest.map((one) => one.pipeline)])
      for (const command of pipeline) yield* simpleIn(command)
}

function* simpleIn(command: Command): Generator<Command & { readonly kind: 'simple' }> {
  if (command.kind === 'simple') yield command
  else if (command.kind === 'function') yield* simpleIn(command.body)
  else for (const list of listsIn(command.body)) yield* simpleCommands(list)
}

function listsIn(body: (Command & { readonly kind: 'compound' })['body']): readonly List[] {
  switch (body.kind) {
    case 'group':
      return [body.list]
    case 'if':
      return [
        ...body.branches.flatMap((branch) => [branch.condition, branch.body]),
        ...(body.otherwise === null ? [] : [body.otherwise]),
      ]
    case 'while':
      return [body.condition, body.body]
    case 'for':
      return [body.body]
    case 'case':
      return body.arms.map((arm) => arm.body)
    case 'arithmetic':
      return []
  }
}

const lost = (run: Run): Ways => {
  run.left = -1
  return []
}

/** Each way once. */
function distinct(run: Run, ways: Ways): Ways {
  const found = new Map<string, Way>()
  for (const way of ways) {
    const { own } = way.state.scope
    const key = [way.state.ended, [...own].sort(byName), [...way.printed].sort(byName)]
    found.set(JSON.stringify(key), way)
  }
  return found.size > mostWays ? lost(run) : [...found.values()]
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : 1)

/** Goes on with the ways that have not come to their end. */
function going(run: Run, ways: Ways, go: (live: Ways) => Ways): Ways {
  const live = ways.filter(({ state }) => state.ended === 'no')
  const ended = ways.filter(({ state }) => state.ended !== 'no')
  return run.left < 0 || live.length === 0 ? ended : distinct(run, [...ended, ...go(live)])
}

function runList(run: Run, { items }: List, ways: Ways, place: Place): Ways {
  if (run.depth >= deepest) return lost(run)
  run.depth++
  let now = ways
  for (const { first, rest, background } of items)
    now = going(run, now, (live) => {
      let after = runPipeline(run, first, live, { ...place, apart: background })
      // Whether it runs hangs on what came out before it.
      for (const { pipeline } of rest)
        after = distinct(run, [
          ...after,
          ...going(run, after, (still) => runPipeline(run, pipeline, still, { ...place, apart: background })),
        ])
      return after
    })
  run.depth--
  return now
}

function runPipeline(
  run: Run,
  commands: Pipeline,
  ways: Ways,
  { into, apart }: Place & { readonly apart: boolean },
): Ways {
  const [only, tee] = commands
  if (only === undefined) return ways
  if (commands.length === 1 && !apart) return runCommand(run, only, ways, { into })
  if (commands.length === 2 && tee?.kind === 'simple' && isTee(tee.words, run.file))
    return inSubshell(ways, (one) => runCommand(run, only, one, { into: true }))
  return commands.reduce(
    (now, command, i) =>
      inSubshell(now, (one) => runCommand(run, command, one, { into: into && i === commands.length - 1 })),
    ways,
  )
}

const isTee = (words: readonly Word[], file: string): boolean => {
  const [program = '', ...rest] = words.map(textOf)
  return (
    program === 'tee' &&
    rest.length === 2 &&
    /^-a$|^--append$/.test(rest[0] ?? '') &&
    isFile(rest[1] ?? '', file)
  )
}

const isFile = (text: string, file: string): boolean => text === `$${file}` || text === `\${${file}}`

/** What it assigns ends with it; what it prints stays. */
const inSubshell = (ways: Ways, go: (one: Ways) => Ways): Ways =>
  ways.flatMap((way) => go([way]).map(({ printed }) => ({ state: way.state, printed })))

function runCommand(run: Run, command: Command, ways: Ways, place: Place): Ways {
  switch (command.kind) {
    case 'simple':
      return ways.flatMap((way) => runSimple(run, command, way, place))
    case 'function':
      run.functions.set(command.name, command.body)
      return ways
    case 'compound':
      return runCompound(run, command.body, ways, { into: goesInto(run, command.redirects, place) })
  }
}

/** True when the output goes into the file by these redirections. */
function goesInto({ file }: Run, redirects: readonly Redirect[], { into }: Place): boolean {
  const writes = redirects.filter(({ kind }) => kind === 'write')
  return writes.length === 0 ? into : writes.some(({ target }) => isFile(textOf(target), file))
}

function runCompound(
  run: Run,
  body: (Command & { readonly kind: 'compound' })['body'],
  ways: Ways,
  place: Place,
): Ways {
  switch (body.kind) {
    case 'group':
      return body.subshell
        ? inSubshell(ways, (one) => runList(run, body.list, one, place))
        : runList(run, body.list, ways, place)
    case 'if': {
      const after: Way[] = []
      let rest = ways
      for (const branch of body.branches) {
        rest = runList(run, branch.condition, rest, place)
        after.push(...runList(run, branch.body, rest, place))
      }
      after.push(...(body.otherwise === null ? rest : runList(run, body.otherwise, rest, place)))
      return distinct(run, after)
    }
    case 'case': {
      const covered = body.arms.some(({ patterns }) => patterns.some((one) => textOf(one) === '*'))
      const after = body.arms.flatMap((arm) => runList(run, arm.body, ways, place))
      return distinct(run, covered ? after : [...after, ...ways])
    }
    case 'while':
      return runLoop(run, ways, (live) =>
        runList(run, body.body, runList(run, body.condition, live, place), place),
      )
    case 'for':
      return runLoop(run, ways, (live) =>
        runList(
          run,
          body.body,
          live.flatMap((way) => eachOf(run, body, way)),
          place,
        ),
      )
    case 'arithmetic':
      return ways
  }
}

function runFunction(run: Run, body: Command, way: Way, place: Place): Ways {
  if (run.depth >= deepest) return lost(run)
  run.depth++
  const after = runCommand(run, body, [way], place)
  run.depth--
  return unblocked(after)
}

/** Any number of times: until nothing new comes of it. */
function runLoop(run: Run, ways: Ways, go: (live: Ways) => Ways): Ways {
  let all = ways
  for (;;) {
    const next = distinct(run, [...all, ...going(run, all, go)])
    if (next.length <= all.length || run.left < 0) return unblocked(all)
    all = next
  }
}

/** The way with each value that the variable of a `for` takes. */
function eachOf(
  { relevant }: Run,
  { name, words }: { readonly name: string | null; readonly words: readonly Word[] },
  way: Way,
): Ways {
  if (name === null || !relevant.has(name)) return [way]
  const filled = words.map((word) => fill(word, way.state, surroundings))
  const isPlain = filled.every(({ text, complete }) => complete && !/[*?[{~\s]/.test(text))
  return (isPlain && filled.length > 0 ? filled.map(({ text }) => ({ text })) : [null]).map((value) => {
    const own = copied(way)
    own.state.scope.own.set(name, value)
    return own
  })
}

const unblocked = (ways: Ways): Ways =>
  ways.map((way) => (way.state.ended === 'block' ? { ...way, state: { ...way.state, ended: 'no' } } : way))

const copied = ({ state, printed }: Way): Way => ({
  printed,
  state: { ...state, scope: { ...state.scope, own: new Map(state.scope.own) } },
})

const surroundings: Surroundings = { printed: () => null, scriptDirectory: null, defaults: false }

/** Programs that print nothing. */
const silent = new Set(
  '[ [[ test : true false cd pushd popd export readonly local declare typeset read unset set shopt mkdir rm cp mv touch sleep'.split(
    ' ',
  ),
)

function runSimple(
  run: Run,
  { words, assignments, redirects }: Command & { readonly kind: 'simple' },
  way: Way,
  place: Place,
): Ways {
  if (--run.left < 0) return []
  const own = copied(way)
  const { state } = own
  if (words.length === 0) {
    // By another name, anything may be written there.
    if (assignments.some(({ text }) => text.includes(run.file))) return lost(run)
    for (const one of assignments) if (run.relevant.has(one.name)) assign(one, state, surroundings)
    return [own]
  }
  const filled = words.map((word) => fill(word, state, surroundings))
  const [program = '', first] = words.map(textOf)
  const called = run.functions.get(program)
  if (called !== undefined) return runFunction(run, called, own, place)
  switch (program) {
    case 'exit':
      // A step that fails is followed by none that asks for its outputs.
      return /^[1-9]/.test(first ?? '') ? [] : [{ ...own, state: { ...state, ended: 'script' } }]
    case 'return':
    case 'break':
    case 'continue':
      return [{ ...own, state: { ...state, ended: 'block' } }]
    case '.':
    case 'source':
    case 'eval':
      return lost(run)
  }
  declare(filled, state)
  for (const name of [...state.scope.own.keys()]) {
    if (!run.relevant.has(name)) state.scope.own.delete(name)
    // It is another variable of that name.
    else if (program === 'local') state.scope.own.set(name, null)
  }
  const into = goesInto(run, redirects, place)
  const isTold = into || silent.has(program)
  if (
    !isTold &&
    [...words, ...redirects.map(({ target }) => target)].some((word) => textOf(word).includes(run.file))
  )
    return lost(run)
  const text = textPrinted(program, filled.slice(1), () =>
    redirects.flatMap(({ document }) =>
      document?.body == null ? [] : [fill(document.body, state, surroundings)],
    ),
  )
  if (text === null) return into && !silent.has(program) ? lost(run) : [own]
  const lines = noted(run, text, into)
  return lines === null ? lost(run) : [{ ...own, printed: new Map([...own.printed, ...lines]) }]
}

/** Null where that cannot be told. */
function textPrinted(
  program: string,
  words: readonly Filled[],
  documents: () => readonly Filled[],
): Filled | null {
  switch (program) {
    case 'echo':
      return joined(words.filter(({ text }) => !/^-[neE]+$/.test(text)))
    case 'cat': {
      const [document, ...others] = documents()
      return words.length === 0 && document !== undefined && others.length === 0 ? document : null
    }
    case 'printf': {
      const [format, ...values] = words
      if (format === undefined || /%[^s]/.test(format.text)) return null
      const { complete } = joined(words)
      let at = 0
      const text = format.text.replaceAll('\\n', '\n').replace(/%s/g, () => values[at++]?.text ?? '')
      return at === values.length ? { text, complete } : null
    }
    default:
      return null
  }
}

const joined = (words: readonly Filled[]): Filled => ({
  text: words.map(({ text }) => text).join(' '),
  complete: words.every(({ complete }) => complete),
})

/**
 * The names that a text sets; null where it may set any. `::set-output` is the older form, on the standard output:
 * https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands.
 */
function noted(
  { names }: Run,
  { text, complete }: Filled,
  into: boolean,
): readonly (readonly [string, string | null])[] | null {
  const found: (readonly [string, string | null])[] = []
  for (const line of text.split('\n')) {
    const [, name = '', sign, value = ''] =
      (into ? /^([A-Za-z_][\w-]*)(=|<<)(.*)$/ : /^::set-output name=([^:]*)(::)(.*)$/).exec(line) ?? []
    if (sign === undefined || /[$`\0]/.test(name)) {
      if (!complete && /^[^=]*[$`]/.test(line) && (into || line.startsWith('::set-output'))) return null
      continue
    }
    const isKnown = sign !== '<<' && !value.includes('\0') && (complete || !/[$`]/.test(value))
    if (names.includes(name)) found.push([name, isKnown ? value : null])
  }
  return found
}
