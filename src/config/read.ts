/** The text of a configuration → what it says, or everything that is wrong with it. YAML, of which JSON is a part. */

import { isFetched } from '../inputs/target.ts'
import { readYaml, type Spot, type YamlMap, type YamlScalar, type YamlValue } from '../inputs/yaml.ts'
import { nearest } from '../lib/distance.ts'
import { cleanPath, rootedPath, visiblePath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { BudgetName } from '../report.ts'
import {
  type Budget,
  type BuildDefinition,
  type Checks,
  type ClosedPlace,
  type Config,
  type ConfiguredBuild,
  configKeys,
  failLevels,
  type RuleLevel,
  ruleLevels,
  type ShipPattern,
} from './model.ts'
import { type BadValue, cut, patternMistake, readLimit } from './values.ts'

/** Something in a configuration that is not understood. */
export interface Mistake {
  readonly at: Spot
  /** One sentence, safe to print. */
  readonly message: string
  readonly hint: string | null
}

export type ReadConfig =
  | { readonly kind: 'read'; readonly config: Config }
  | { readonly kind: 'wrong'; readonly mistakes: readonly [Mistake, ...Mistake[]] }

export interface ConfigText {
  readonly text: string
  /** What places are told by. */
  readonly file: string
  /** The key of the mapping that holds it, for package.json; null where it is the whole text. */
  readonly under: string | null
  /** What `rules` may be about. */
  readonly rules: readonly string[]
}

/** Beyond this many, one has been told enough. */
const mostMistakes = 20

/** Reads a configuration. Never throws; an empty text says nothing and is right. */
export function readConfig({ text, file, under, rules }: ConfigText): ReadConfig {
  const mistakes: Mistake[] = []
  const wrong: Wrong = (at, message, hint = null) => {
    if (mistakes.length < mostMistakes) mistakes.push({ at, message: visiblePath(message), hint })
  }
  const { documents, problem } = readYaml(text, file)
  const isJson = file.endsWith('.json')
  // No text of JSON goes on in the next line: what begins one with slashes is meant as a comment.
  const comment = isJson ? /^[ \t]*(?=\/[/*])/m.exec(text) : null
  if (comment !== null) {
    const line = text.slice(0, comment.index).split('\n').length
    const at = { file, line, column: comment[0].length + 1 }
    wrong(at, 'JSON has no comments', 'ctxsize.config.yaml may have some')
  } else if (problem !== null)
    wrong(
      problem.at,
      `this is no ${isJson ? 'JSON' : 'YAML'}: ${problem.message.replace(/^not YAML: /, '')}`,
      problem.hint,
    )
  const [first, second] = documents
  if (second !== undefined)
    wrong(second.at, 'a configuration is one document, and here begins another', 'remove the ---')
  const whole = under === null || first?.kind !== 'map' ? first : first.entries.get(under)?.value
  const isReadable = problem === null && comment === null && whole !== undefined
  const found = isReadable ? readRoot(whole, rules, wrong) : nothing
  const [mistake, ...more] = mistakes.sort((a, b) => a.at.line - b.at.line || a.at.column - b.at.column)
  return mistake === undefined
    ? { kind: 'read', config: found }
    : { kind: 'wrong', mistakes: [mistake, ...more] }
}

type Wrong = (at: Spot, message: string, hint?: string | null) => void

const noChecks: Checks = { budgets: [], mustShip: [], neverShip: [], mayLose: [] }
const nothing: Config = { builds: [], checks: noChecks, rules: new Map(), failOn: null, closed: [] }

function readRoot(value: YamlValue, rules: readonly string[], wrong: Wrong): Config {
  const keys = readKeys(value, 'a configuration', configKeys.configuration, wrong)
  const schema = keys.get('$schema')
  if (schema) readText(schema, '$schema', wrong)
  const failOn = keys.get('failOn')
  return {
    builds: readBuilds(keys.get('builds'), wrong),
    checks: readChecks(keys, wrong),
    rules: readRules(keys.get('rules'), rules, wrong),
    failOn: failOn ? readChoice(failOn, 'failOn', failLevels, wrong) : null,
    closed: readList(keys.get('closed'), 'closed', wrong).flatMap((one) => readClosed(one, wrong)),
  }
}

/** The values of a mapping by their keys; what is no key of it is a mistake. */
function readKeys<K extends string>(
  value: YamlValue,
  what: string,
  known: readonly K[],
  wrong: Wrong,
): ReadonlyMap<K, YamlValue> {
  const found = new Map<K, YamlValue>()
  for (const [key, entry] of entriesOf(value, what, wrong)) {
    const name = known.find((one) => one === key)
    if (name !== undefined) found.set(name, entry.value)
    else {
      const meant = nearest(key.toLowerCase(), known.map(lowerCase))
      const right = known.find((one) => lowerCase(one) === meant)
      wrong(
        entry.at,
        `${JSON.stringify(cut(key))} is no key of ${what}`,
        right === undefined ? `there are: ${known.join(', ')}` : `did you mean ${right}?`,
      )
    }
  }
  return found
}

const lowerCase = (text: string): string => text.toLowerCase()

function entriesOf(value: YamlValue, what: string, wrong: Wrong): YamlMap['entries'] {
  refuseTag(value, wrong)
  if (value.kind === 'map') return value.entries
  wrong(value.at, `${what} must have keys, got ${shapeOf(value)}`)
  return new Map()
}

function refuseTag({ tag, at }: YamlValue, wrong: Wrong): void {
  if (tag !== null) wrong(at, `the tag ${cut(tag)} means nothing here`)
}

function shapeOf(value: YamlValue): string {
  if (value.kind === 'list') return 'a list'
  if (value.kind === 'map') return 'keys'
  return value.type === 'null' ? 'nothing' : JSON.stringify(cut(value.text))
}

/** A list, or the one element that is meant where none is written. */
function readList(value: YamlValue | undefined, what: string, wrong: Wrong): readonly YamlValue[] {
  if (value === undefined) return []
  refuseTag(value, wrong)
  if (value.kind === 'list') return value.items
  wrong(value.at, `${what} must be a list, got ${shapeOf(value)}`)
  return []
}

function scalarOf(value: YamlValue, what: string, wrong: Wrong): YamlScalar | null {
  refuseTag(value, wrong)
  if (value.kind === 'scalar' && value.type !== 'null') return value
  wrong(value.at, `${what} must be a text, got ${shapeOf(value)}`)
  return null
}

/** Null after a mistake. */
function readText(value: YamlValue, what: string, wrong: Wrong): string | null {
  const scalar = scalarOf(value, what, wrong)
  if (scalar === null) return null
  if (scalar.text.trim() !== '') return scalar.text
  wrong(value.at, `${what} is empty`)
  return null
}

function readChoice<const T extends string>(
  value: YamlValue,
  what: string,
  choices: readonly T[],
  wrong: Wrong,
): T | null {
  const text = readText(value, what, wrong)
  if (text === null) return null
  const found = choices.find((one) => one === text)
  if (found !== undefined) return found
  const meant = nearest(text, choices)
  wrong(
    value.at,
    `${what}: ${JSON.stringify(cut(text))} is not one of ${choices.join(', ')}`,
    meant === null ? null : `did you mean ${meant}?`,
  )
  return null
}

function readRules(value: YamlValue | undefined, known: readonly string[], wrong: Wrong): Config['rules'] {
  const found = new Map<string, { readonly level: RuleLevel; readonly at: Place }>()
  if (value === undefined) return found
  for (const [id, { at, value: given }] of entriesOf(value, 'rules', wrong)) {
    const level = readChoice(given, `rules.${cut(id)}`, ruleLevels, wrong)
    if (!known.includes(id)) {
      const meant = nearest(id, known)
      wrong(
        at,
        `there is no rule ${JSON.stringify(cut(id))}`,
        meant === null ? `there are: ${known.join(', ')}` : `did you mean ${meant}?`,
      )
    } else if (level !== null) found.set(id, { level, at: placeOf(at) })
  }
  return found
}

const placeOf = ({ file, line }: Spot): Place => ({ file, line })

function readChecks(
  keys: ReadonlyMap<'budgets' | 'mustShip' | 'neverShip' | 'mayLose' | (string & {}), YamlValue>,
  wrong: Wrong,
): Checks {
  const budgets = keys.get('budgets')
  return {
    budgets: budgets ? readBudgets(budgets, wrong) : [],
    mustShip: readPatterns(keys.get('mustShip'), 'mustShip', wrong),
    neverShip: readPatterns(keys.get('neverShip'), 'neverShip', wrong),
    mayLose: readPatterns(keys.get('mayLose'), 'mayLose', wrong),
  }
}

function readBudgets(value: YamlValue, wrong: Wrong): readonly Budget[] {
  const found: Budget[] = []
  for (const [name, given] of readKeys(value, 'budgets', configKeys.budgets, wrong)) {
    if (name !== 'directories') found.push(...readBudget(name, null, given, wrong))
    else
      for (const [path, entry] of entriesOf(given, 'budgets.directories', wrong)) {
        const clean = rootedPath(path)
        if (clean === '' || /^\.\.(?:\/|$)/.test(cleanPath(path)))
          wrong(
            entry.at,
            `${JSON.stringify(cut(path))} is no directory in the context`,
            clean === '' ? 'the budget of the whole context is budgets.context' : null,
          )
        else found.push(...readBudget(name, clean, entry.value, wrong))
      }
  }
  return found
}

/** A limit, which is the most there may be, or the least and the most. */
function readBudget(
  name: BudgetName,
  path: string | null,
  value: YamlValue,
  wrong: Wrong,
): readonly Budget[] {
  const what = path === null ? `budgets.${name}` : `budgets.directories[${JSON.stringify(cut(path))}]`
  const one = (bound: Budget['bound'], given: YamlValue): readonly Budget[] => {
    const scalar = given.kind === 'scalar' && given.type !== 'null' ? given : null
    const read: number | BadValue =
      scalar === null
        ? { message: `a limit must be a size or a number, got ${shapeOf(given)}`, hint: '' }
        : readLimit(name, scalar.text)
    refuseTag(given, wrong)
    if (typeof read !== 'number') {
      wrong(given.at, `${what}: ${read.message}`, read.hint || null)
      return []
    }
    return [{ name, path, bound, limit: read, written: scalar?.text.trim() ?? '', at: placeOf(given.at) }]
  }
  if (value.kind !== 'map') return one('max', value)
  const bounds = readKeys(value, what, configKeys.limit, wrong)
  const budgets = configKeys.limit.flatMap((bound) => {
    const given = bounds.get(bound)
    return given ? one(bound, given) : []
  })
  const [min, max] = budgets
  if (bounds.size === 0) wrong(value.at, `${what} has no limit`, 'write a limit, or min and max')
  if (min && max && min.limit > max.limit)
    wrong(value.at, `${what}: the least, ${min.written}, is more than the most, ${max.written}`)
  return budgets
}

function readPatterns(value: YamlValue | undefined, what: string, wrong: Wrong): readonly ShipPattern[] {
  if (value === undefined) return []
  const items = value.kind === 'scalar' ? [value] : readList(value, what, wrong)
  const found: ShipPattern[] = []
  for (const item of items) {
    const text = readText(item, what, wrong)
    if (text === null) continue
    const bad = patternMistake(text, found.length === 0)
    if (bad !== null) wrong(item.at, `${what}: ${bad.message}`, bad.hint || null)
    else found.push({ pattern: text, at: placeOf(item.at) })
  }
  return found
}

function readBuilds(value: YamlValue | undefined, wrong: Wrong): readonly ConfiguredBuild[] {
  const names = new Map<string, number>()
  const seen = new Map<string, number>()
  return readList(value, 'builds', wrong).map((one): ConfiguredBuild => {
    const keys = readKeys(one, 'builds', configKeys.build, wrong)
    const given = keys.get('name')
    const name = given ? readText(given, 'name', wrong) : null
    if (given && name !== null) {
      const earlier = names.get(name)
      if (earlier !== undefined)
        wrong(given.at, `${JSON.stringify(cut(name))} is a build already, at line ${earlier}`)
      else names.set(name, given.at.line)
    }
    const says = (['context', 'file', 'target', 'args', 'namedContexts', 'platform'] as const).some((key) =>
      keys.has(key),
    )
    const definition = name !== null && !says ? null : readDefinition(keys, wrong)
    const key = JSON.stringify([name, definition])
    const same = name === null ? seen.get(key) : undefined
    if (same !== undefined) wrong(one.at, `this build stands there already, at line ${same}`)
    else seen.set(key, one.at.line)
    return { at: placeOf(one.at), name, definition, checks: readChecks(keys, wrong) }
  })
}

function readDefinition(
  keys: ReadonlyMap<(typeof configKeys.build)[number], YamlValue>,
  wrong: Wrong,
): BuildDefinition {
  const textOf = (key: 'context' | 'file' | 'target' | 'platform'): string | null => {
    const given = keys.get(key)
    return given ? readText(given, key, wrong) : null
  }
  const context = textOf('context')
  const at = keys.get('context')?.at
  if (context !== null && at && isFetched({ context }))
    wrong(at, `docker fetches ${cut(context)} by itself: nothing of it is here`, 'give a directory')
  return {
    context: cleanPath(context ?? '.'),
    file: textOf('file'),
    target: textOf('target'),
    args: readArguments(keys.get('args'), wrong),
    namedContexts: readContexts(keys.get('namedContexts'), wrong),
    platform: textOf('platform'),
  }
}

function readContexts(value: YamlValue | undefined, wrong: Wrong): Readonly<Record<string, string>> {
  if (value === undefined) return {}
  return Object.fromEntries(
    [...entriesOf(value, 'namedContexts', wrong)].flatMap(([name, { value: given }]) => {
      const text = readText(given, `namedContexts.${cut(name)}`, wrong)
      return text === null ? [] : [[name, text]]
    }),
  )
}

/** Names with values. A number that YAML would print otherwise than it is written has to stand in quotes. */
function readArguments(value: YamlValue | undefined, wrong: Wrong): Readonly<Record<string, string | null>> {
  const found = new Map<string, string | null>()
  if (value === undefined) return {}
  for (const [name, { at, value: given }] of entriesOf(value, 'args', wrong)) {
    const isNothing = given.kind === 'scalar' && given.type === 'null'
    const scalar = isNothing ? null : scalarOf(given, `args.${cut(name)}`, wrong)
    if (name.trim() === '') wrong(at, 'args: a name is empty')
    else if (scalar?.type === 'float')
      wrong(given.at, `args.${cut(name)}: a number may lose digits`, 'write it in quotes')
    else found.set(name, scalar?.text ?? null)
  }
  return Object.fromEntries(found)
}

function readClosed(value: YamlValue, wrong: Wrong): readonly ClosedPlace[] {
  const keys = readKeys(value, 'closed', configKeys.closed, wrong)
  const [file, reason] = (['file', 'reason'] as const).map((key) => {
    const given = keys.get(key)
    if (given) return readText(given, key, wrong)
    if (value.kind === 'map') wrong(value.at, `closed needs a ${key}`, 'write file, line and reason')
    return null
  })
  const given = keys.get('line')
  const text = given && scalarOf(given, 'line', wrong)?.text
  const line = text === undefined ? null : Number(text)
  if (given && text !== undefined && (line === null || !Number.isSafeInteger(line) || line < 1))
    wrong(given.at, `${JSON.stringify(cut(text))} is no line of a file`)
  return file && reason ? [{ file: cleanPath(file), line, reason }] : []
}
