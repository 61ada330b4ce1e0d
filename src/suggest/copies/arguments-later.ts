/**
 * ARGs that have another value in every build, declared above installs that make no use of them: a RUN has in its environment all
 * that is declared before it, so that it never comes from the cache.
 */

import { variablesOf } from '../../dockerfile/changing.ts'
import type { Step } from '../../dockerfile/model.ts'
import { baseName, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import { verbatim } from '../../lib/verbatim.ts'
import type { Repository } from '../../repository/model.ts'
import { lineAfter } from '../edits/line-after.ts'
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
  return member.plan.stages.flatMap(({ index }) => {
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    const way = wayOf(
      steps,
      runsOf(member, index, repository),
      (name, value) => given.has(name) || varied.has(name) || isNamedForBuild(name, value),
    )
    const [first] = way.passed
    if (first === undefined || way.moved.length === 0) return []
    const at = placeText({ file: member.dockerfile.file, line: first.step.line })
    const [argument = ''] = way.names
    const value = given.get(argument)
    const other = varied.get(argument)
    const why = value
      ? `${placeText(value.at)} gives ${argument} another value in every build`
      : other
        ? `${placeText(other.at)} gives ${argument} another value than ${placeText(other.first)}`
        : `${argument} is another in every build, by its name`
    return [
      {
        line: first.step.line,
        passed: first.title,
        title: `declare ${listed(way.names.map(visiblePath))} after ${first.title}`,
        because: `${why}, and every RUN behind it runs anew: ${first.title} (${at}) makes no use of it`,
        doubt: way.passed.some(({ command }) => command.meaning?.kind === 'install')
          ? (scriptsIn(repository) ??
            manifestWith(way.names, repository) ??
            // A commit is nothing that an install goes by; a word may be.
            (value === undefined && other !== undefined
              ? `the install may go by ${visiblePath(argument)}`
              : null))
          : null,
        rewrites: moveOf(member, way.moved, way.stop ?? way.next),
      },
    ]
  })
}

interface Way {
  /** ARGs, and what is made of them, in order. */
  readonly moved: readonly Step[]
  readonly names: readonly string[]
  /** What takes time and may come before them. */
  readonly passed: readonly { readonly step: Step; readonly command: ImageCommand; readonly title: string }[]
  /** The first step that may need them; null: there is none. */
  readonly stop: Step | null
  /** What stands behind the last RUN or copy; null: the file ends. */
  readonly next: Step | null
}

function wayOf(
  steps: readonly Step[],
  runs: readonly ImageRun[],
  isChanging: (name: string, value: string) => boolean,
): Way {
  const moved: Step[] = []
  const names: string[] = []
  const known = new Set<string>()
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
    if (!isOne && !isNamed && moved.length === 0) continue
    const isWritten = instruction.line === line
    if (isOne || (isNamed && variables.length > 0)) {
      const made = variables.filter(
        ({ name, value }) => (keyword === 'ARG' && isChanging(name, value)) || isMadeOf(value, known),
      )
      // What else it sets, others may need.
      if (!isWritten || made.length < variables.length || made.some(({ name }) => isOfInstalls(name)))
        return { moved, names, passed, stop: step, next }
      moved.push(step)
      for (const { name } of made) {
        if (keyword === 'ARG' && !known.has(name)) names.push(name)
        known.add(name)
      }
      continue
    }
    // It is about the image and nothing that runs.
    if (isNamed && isWritten && keyword === 'LABEL') {
      moved.push(step)
      continue
    }
    const run = keyword === 'RUN' ? (runs.find((one) => one.step === step) ?? null) : null
    if (!isWritten || isNamed || (keyword === 'RUN' && (run === null || !isApart(run))))
      return { moved, names, passed, stop: step, next }
    const slow = run?.commands.find(takesTime)
    if (slow !== undefined)
      passed.push({ step, command: slow, title: slow.meaning?.title ?? slow.words.join(' ') })
    pending = /^(?:RUN|COPY|ADD)$/.test(keyword)
  }
  return { moved, names, passed, stop: null, next: pending ? null : next }
}

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

/** A manifest that is a program, or in which variables are put in: `source "https://#{ENV['KEY']}@…"`. What scripts of others name runs later. */
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
  moved: readonly Step[],
  to: Step | null,
): readonly TextEdit[] {
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const lines = moved.map(({ instruction }) => text.slice(instruction.start, instruction.end))
  const start = to?.instruction.start ?? text.length
  const put = lines.map((line) => `${line}${end}`).join('')
  return [
    ...moved.map(({ instruction }) => ({
      file,
      start: instruction.start,
      end: lineAfter(text, instruction.end),
      text: '',
    })),
    { file, start, end: start, text: to === null && !text.endsWith('\n') ? `${end}${put}` : put },
  ]
}
