/**
 * ARGs that have another value in every build, declared above installs that make no use of them: a RUN has in its environment all
 * that is declared before it, so that it never comes from the cache.
 */

import { variablesOf } from '../../dockerfile/changing.ts'
import type { Instruction, Step } from '../../dockerfile/model.ts'
import { baseName, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import { verbatim } from '../../lib/verbatim.ts'
import type { Repository } from '../../repository/model.ts'
import { lineAfter } from '../edits/lines-around.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import { changingValues, isNamedForBuild, variedValues } from '../group/changing-values.ts'
import type { Member } from '../group/model.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'
import { listed } from './narrowing.ts'
import { isOfInstalls } from './variables.ts'

/** Declarations of one stage, and where they go. */
export interface Postponed {
  /** The first RUN that comes to stand before them, and what it does. */
  readonly line: number
  readonly passed: string
  readonly title: string
  readonly because: string
  readonly doubt: string | null
  readonly rewrites: readonly TextEdit[]
}

/** Looks at every stage of a Dockerfile; what changes in one stage moves together. */
export function argumentsLater(member: Member, repository: Repository): readonly Postponed[] {
  const given = changingValues(member.dockerfile, repository, 'any')
  const varied = variedValues(member.dockerfile, repository)
  const isChanging: IsChanging = (name, value) =>
    given.has(name) || varied.has(name) || isNamedForBuild(name, value)
  const stages = member.plan.stages.map((stage) => ({
    stage,
    steps: member.plan.steps.filter((step) => step.stageIndex === stage.index),
    runs: runsOf(member, stage.index, repository),
  }))
  return stages.flatMap(({ stage: { index, name }, steps, runs }) => {
    const way = wayOf(steps, runs, isChanging)
    if (way.moved.length === 0) return []
    // What is left of it goes on into the stages that begin with this one.
    const isLeft = way.stop === null && way.moved.some(({ step }) => step.instruction.keyword === 'ENV')
    const built = isLeft
      ? stages.filter(
          ({ stage: { baseOrigin } }) => baseOrigin.kind === 'stage' && baseOrigin.index === index,
        )
      : []
    const further = built.map((one) => ({ ...one, way: wayOf(one.steps, one.runs, () => false, way) }))
    const passed = [way, ...further.map((one) => one.way)].flatMap((one) => one.passed)
    const [first] = passed
    if (first === undefined) return []
    const isHere = further.every((one) => one.way.passed.length === 0)
    const at = placeText({ file: member.dockerfile.file, line: first.step.line })
    const [argument = ''] = way.names
    const value = given.get(argument)
    const other = varied.get(argument)
    const why = value
      ? `${placeText(value.at)} gives ${argument} another value in every build`
      : other
        ? `${placeText(other.at)} gives ${argument} another value than ${placeText(other.first)}`
        : `${argument} is another in every build, by its name`
    const alone =
      isHere || name === null
        ? null
        : `an image of the stage ${visiblePath(name)} alone would have it no more`
    return [
      {
        line: first.step.line,
        passed: first.title,
        title: `declare ${listed(way.names.map(visiblePath))} after ${first.title}`,
        because: `${why}, and every RUN behind it runs anew: ${first.title} (${at}) makes no use of it`,
        doubt:
          alone ??
          (passed.some(({ command }) => command.meaning?.kind === 'install')
            ? (scriptsIn(repository) ??
              manifestWith([...way.known], repository) ??
              // A commit is nothing that an install goes by; a word may be.
              (value === undefined && other !== undefined
                ? `the install may go by ${visiblePath(argument)}`
                : null))
            : null),
        rewrites: moveOf(
          member,
          way.moved,
          isHere
            ? [placeFor(member, way, null)]
            : further.map((one) =>
                placeFor(member, one.way, one.steps.at(-1) ?? fromOf(member, one.stage.line)),
              ),
        ),
      },
    ]
  })
}

type IsChanging = (name: string, value: string) => boolean

/** What is declared, whole or in part. */
interface Declaration {
  readonly step: Step
  /** Of an ENV of several variables what goes, and what stays; null: it goes as it is. */
  readonly parts: { readonly goes: string; readonly stays: string } | null
}

interface Way {
  /** ARGs, and what is made of them, in order. */
  readonly moved: readonly Declaration[]
  readonly names: readonly string[]
  /** All that is made of them. */
  readonly known: ReadonlySet<string>
  /** What takes time and may come before them. */
  readonly passed: readonly { readonly step: Step; readonly command: ImageCommand; readonly title: string }[]
  /** The first step that may need them; null: there is none. */
  readonly stop: Step | null
  /** What stands behind the last RUN or copy; null: the file ends. */
  readonly next: Step | null
}

/** `above`: of the stage that this one begins with. */
function wayOf(
  steps: readonly Step[],
  runs: readonly ImageRun[],
  isChanging: IsChanging,
  above: Way | null = null,
): Way {
  const moved: Declaration[] = []
  const names: string[] = []
  const known = new Set<string>(above?.known)
  const passed: Way['passed'][number][] = []
  let next: Step | null = null
  let pending = false
  for (const step of steps) {
    const { instruction, line } = step
    const { keyword, heredocs, text } = instruction
    if (pending) {
      next = step
      pending = false
    }
    const whole = [text, ...heredocs.map(({ body }) => body)].join('\n')
    const isNamed = [...known].some((name) => new RegExp(`(?<!\\w)${verbatim(name)}(?!\\w)`).test(whole))
    const variables = /^(?:ARG|ENV)$/.test(keyword) ? variablesOf(step) : []
    const isOne = keyword === 'ARG' && variables.some(({ name, value }) => isChanging(name, value))
    if (!isOne && !isNamed && moved.length === 0 && above === null) continue
    const isWritten = instruction.line === line
    if (above === null && (isOne || (isNamed && variables.length > 0))) {
      const made = variables.filter(
        ({ name, value }) => (keyword === 'ARG' && isChanging(name, value)) || isMadeOf(value, known),
      )
      const declared = declarationOf(step, variables, made)
      if (!isWritten || declared === null || made.some(({ name }) => isOfInstalls(name)))
        return { moved, names, known, passed, stop: step, next }
      moved.push(declared)
      for (const { name } of made) {
        if (keyword === 'ARG' && !known.has(name)) names.push(name)
        known.add(name)
      }
      continue
    }
    // It is about the image and nothing that runs.
    if (above === null && isNamed && isWritten && keyword === 'LABEL') {
      moved.push({ step, parts: null })
      continue
    }
    const run = keyword === 'RUN' ? (runs.find((one) => one.step === step) ?? null) : null
    if (!isWritten || isNamed || (keyword === 'RUN' && (run === null || !isApart(run))))
      return { moved, names, known, passed, stop: step, next }
    const slow = run?.commands.find(takesTime)
    if (slow !== undefined)
      passed.push({ step, command: slow, title: slow.meaning?.title ?? slow.words.join(' ') })
    pending = /^(?:RUN|COPY|ADD)$/.test(keyword)
  }
  return { moved, names, known, passed, stop: null, next: pending ? null : next }
}

type Variables = ReturnType<typeof variablesOf>

/** The declaration of those that are `made` of what changes, taken out of one that sets others too; null where it sets none of them. */
function declarationOf(step: Step, variables: Variables, made: Variables): Declaration | null {
  if (made.length === variables.length) return { step, parts: null }
  const { keyword, words } = step.instruction
  if (made.length === 0 || words.length !== variables.length) return null
  const written = (isMade: boolean): string =>
    [
      keyword,
      ...words.filter((_, at) => made.includes(variables[at] ?? { name: '', value: '' }) === isMade),
    ].join(' ')
  return { step, parts: { goes: written(true), stays: written(false) } }
}

/** Where in the text declarations go that a stage has use for no earlier. */
function placeFor(
  { dockerfile: { text } }: Member,
  { stop, next }: Way,
  last: Step | Instruction | null,
): number {
  const before = stop ?? next
  if (before !== null) return before.instruction.start
  if (last === null) return text.length
  return lineAfter(text, 'instruction' in last ? last.instruction.end : last.end)
}

/** The FROM of a line. */
const fromOf = ({ dockerfile }: Member, line: number): Instruction | null =>
  dockerfile.instructions.find((one) => one.line === line) ?? null

const isMadeOf = (value: string, known: ReadonlySet<string>): boolean =>
  [...value.matchAll(/\$\{?(\w+)/g)].some(([, name = '']) => known.has(name))

/** True when it is known to do what it does without a look at its environment. */
const isApart = ({ unread, commands }: ImageRun): boolean =>
  unread === null &&
  commands.every(
    ({ meaning, text }) =>
      !text.includes(' → ') &&
      (meaning?.kind === 'system' ||
        meaning?.kind === 'plain' ||
        (meaning?.kind === 'install' && meaning.reads !== 'sources')),
  )

const takesTime = ({ meaning, words }: ImageCommand): boolean =>
  meaning?.kind === 'install' ||
  (meaning?.kind === 'system' && /\s(?:install|add|upgrade|i|in)(?:\s|$)/.test(words.join(' ')))

/** Scripts of the project that an install runs. */
function scriptsIn({ manifests }: Repository): string | null {
  for (const [path, text] of manifests)
    if (
      /^(?:package|composer)\.json$/.test(baseName(path)) &&
      /"(?:(?:pre|post)?(?:install|prepare)|post-(?:install|update|autoload-dump)[\w-]*)"\s*:/.test(text)
    )
      return `scripts of ${visiblePath(path)} run in it, which may`
  return null
}

/**
 * A manifest that is a program, or settings or a manifest in which variables are put in: `source "https://#{ENV['KEY']}@…"`, `_authToken=${KEY}`.
 * What scripts of others name runs later.
 */
function manifestWith(names: readonly string[], { manifests }: Repository): string | null {
  for (const [path, text] of manifests) {
    const name = /^(?:package|composer)\.json$/.test(baseName(path))
      ? undefined
      : names.find((one) => new RegExp(`(?<!\\w)${verbatim(one)}(?!\\w)`).test(text))
    if (name !== undefined) return `${visiblePath(path)} names ${visiblePath(name)}`
  }
  return null
}

function moveOf(
  { dockerfile: { file, text } }: Member,
  moved: readonly Declaration[],
  places: readonly number[],
): readonly TextEdit[] {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const put = moved
    .map(({ step: { instruction }, parts }) => parts?.goes ?? text.slice(instruction.start, instruction.end))
    .map((line) => `${line}${end}`)
    .join('')
  return [
    ...moved.map(({ step: { instruction }, parts }) => ({
      file,
      start: instruction.start,
      end: parts === null ? lineAfter(text, instruction.end) : instruction.end,
      text: parts?.stays ?? '',
    })),
    ...places.map((start) => ({
      file,
      start,
      end: start,
      text: start === text.length && !text.endsWith('\n') ? `${end}${put}` : put,
    })),
  ]
}
