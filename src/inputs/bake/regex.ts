/**
 * Matching in one pass over the text, whatever the pattern: all ways to match are followed side by side, the preferred
 * first (Pike's algorithm, as in Go's regexp/exec.go). JavaScript's own expressions can take exponential time.
 */

import { Unsuitable } from './convert.ts'
import { aString, type BakeFunction, fixed } from './function.ts'
import { type Assertion, type Pattern, parseRegex, type Test } from './regex-parse.ts'
import { Refusal, type Run } from './source.ts'
import { list, nullOf, object, stringType, text, tuple, type Value } from './value.ts'

type Step =
  | { readonly kind: 'one'; readonly test: Test }
  | { readonly kind: 'split'; readonly first: number; readonly second: number }
  | { readonly kind: 'jump'; to: number }
  | { readonly kind: 'save'; readonly slot: number }
  | { readonly kind: 'assert'; readonly what: Assertion }
  | { readonly kind: 'match' }

interface Program {
  readonly steps: readonly Step[]
  readonly groups: readonly (string | null)[]
}

/** Where a match and its groups begin and end; undefined for a group that took no part. */
type Match = readonly (number | undefined)[]

const mostSteps = 10_000

function compile(run: Run, source: string): Program {
  const { pattern, groups } = parseRegex(source)
  const steps: Step[] = []
  const emit = (step: Step): number => {
    if (steps.length >= mostSteps)
      throw new Refusal('a regular expression this large is not followed', null, true)
    run.spend(1)
    return steps.push(step) - 1
  }
  const write = (part: Pattern): void => {
    switch (part.kind) {
      case 'one':
      case 'assert':
        emit(part)
        return
      case 'sequence':
        for (const each of part.parts) write(each)
        return
      case 'choice':
        writeChoice(part.parts)
        return
      case 'capture':
        emit({ kind: 'save', slot: part.index * 2 })
        write(part.part)
        emit({ kind: 'save', slot: part.index * 2 + 1 })
        return
      case 'repeat':
        writeRepeat(part)
    }
  }
  const writeChoice = (parts: readonly Pattern[]) => {
    const ends: { kind: 'jump'; to: number }[] = []
    for (const [i, each] of parts.entries()) {
      if (i === parts.length - 1) {
        write(each)
        break
      }
      const split = emit({ kind: 'match' })
      write(each)
      const end = { kind: 'jump' as const, to: 0 }
      ends.push(end)
      emit(end)
      steps[split] = { kind: 'split', first: split + 1, second: steps.length }
    }
    for (const end of ends) end.to = steps.length
  }
  const fork = (at: number, inside: number, after: number, greedy: boolean) => {
    steps[at] = { kind: 'split', first: greedy ? inside : after, second: greedy ? after : inside }
  }
  const writeRepeat = ({ part, least, most, greedy }: Pattern & { readonly kind: 'repeat' }) => {
    for (let i = 0; i < least; i++) write(part)
    if (most === Number.POSITIVE_INFINITY) {
      const start = emit({ kind: 'match' })
      write(part)
      emit({ kind: 'jump', to: start })
      fork(start, start + 1, steps.length, greedy)
      return
    }
    const forks: number[] = []
    for (let i = least; i < most; i++) {
      forks.push(emit({ kind: 'match' }))
      write(part)
    }
    for (const at of forks) fork(at, at + 1, steps.length, greedy)
  }
  write(pattern)
  emit({ kind: 'match' })
  return { steps, groups }
}

const isWord = (code: number | undefined): boolean =>
  code !== undefined && code < 128 && /\w/.test(String.fromCharCode(code))

function holds(what: Assertion, subject: string, at: number): boolean {
  switch (what) {
    case 'text-start':
      return at === 0
    case 'text-end':
      return at === subject.length
    case 'line-start':
      return at === 0 || subject[at - 1] === '\n'
    case 'line-end':
      return at === subject.length || subject[at] === '\n'
    default: {
      const before = at > 0 && isWord(subject.charCodeAt(at - 1))
      const after = at < subject.length && isWord(subject.charCodeAt(at))
      return (before !== after) === (what === 'boundary')
    }
  }
}

interface Thread {
  readonly step: number
  readonly saved: Match
}

/** The leftmost match from `from` on, of those the one Perl would find; null when there is none. */
function search(run: Run, program: Program, subject: string, from: number): Match | null {
  let threads: Thread[] = []
  let found: Match | null = null
  const seen = new Int32Array(program.steps.length).fill(-1)
  const enter = (into: Thread[], start: Thread, at: number) => {
    const open: Thread[] = [start]
    for (let thread = open.pop(); thread; thread = open.pop()) {
      if (seen[thread.step] === at) continue
      seen[thread.step] = at
      run.spend(1)
      const step = program.steps[thread.step]
      if (!step) continue
      switch (step.kind) {
        case 'jump':
          open.push({ step: step.to, saved: thread.saved })
          break
        case 'split':
          open.push({ step: step.second, saved: thread.saved }, { step: step.first, saved: thread.saved })
          break
        case 'save': {
          const saved = [...thread.saved]
          saved[step.slot] = at
          open.push({ step: thread.step + 1, saved })
          break
        }
        case 'assert':
          if (holds(step.what, subject, at)) open.push({ step: thread.step + 1, saved: thread.saved })
          break
        default:
          into.push(thread)
      }
    }
  }
  for (let at = from; ; ) {
    // A new start has the least preference, and none once something matched.
    if (!found) enter(threads, { step: 0, saved: [at] }, at)
    if (threads.length === 0 && (found || at >= subject.length)) return found
    const code = subject.codePointAt(at)
    const next = at + (code !== undefined && code > 0xffff ? 2 : 1)
    const following: Thread[] = []
    for (const thread of threads) {
      const step = program.steps[thread.step]
      if (step?.kind === 'match') {
        found = [thread.saved[0], at, ...thread.saved.slice(2)]
        break
      }
      if (step?.kind === 'one' && code !== undefined && step.test(code)) {
        enter(following, { step: thread.step + 1, saved: thread.saved }, next)
      }
    }
    if (at >= subject.length) return found
    threads = following
    at = next
  }
}

function searchAll(run: Run, program: Program, subject: string): readonly Match[] {
  const found: Match[] = []
  let previousEnd = -1
  for (let at = 0; at <= subject.length; ) {
    const match = search(run, program, subject, at)
    if (!match) break
    const [start = 0, end = 0] = match
    if (end > at) at = end
    else at += (subject.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
    if (start !== end || start !== previousEnd) found.push(match)
    previousEnd = end
  }
  return found
}

const textOf = (value: Value | undefined): string => (value?.kind === 'string' ? value.value : '')

function groupText(subject: string, match: Match, group: number): string | null {
  const start = match[group * 2]
  const end = match[group * 2 + 1]
  return start === undefined || end === undefined ? null : subject.slice(start, end)
}

/** What `regex` gives: the text, a tuple of groups, or an object of named ones. */
function captured(program: Program, subject: string, match: Match): Value {
  const { groups } = program
  const names = groups.filter((name) => name !== null)
  if (names.length > 0 && names.length < groups.length) {
    throw new Unsuitable('invalid regexp pattern: cannot mix both named and unnamed capture groups')
  }
  const values = groups.map((_, i) => {
    const found = groupText(subject, match, i + 1)
    return found === null ? nullOf(stringType) : text(found)
  })
  if (groups.length === 0) return text(groupText(subject, match, 0) ?? '')
  if (names.length === 0) return tuple(values)
  return object(values.map((value, i) => [groups[i] ?? '', value] as const))
}

/** Go's Regexp.Expand: `$1`, `$name`, `${name}`, `$$`. */
function expand(program: Program, subject: string, match: Match, template: string): string {
  return template.replace(
    /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu,
    (_, dollar?: string, braced?: string, bare?: string) => {
      if (dollar !== undefined) return '$'
      const name = braced ?? bare ?? ''
      const index = /^\d+$/.test(name) ? Number(name) : program.groups.indexOf(name) + 1
      if (!/^\d+$/.test(name) && index === 0) return ''
      return index > program.groups.length ? '' : (groupText(subject, match, index) ?? '')
    },
  )
}

function replaceAll(run: Run, subject: string, source: string, template: string): string {
  const program = compile(run, source)
  const pieces: string[] = []
  let from = 0
  let size = 0
  for (const match of searchAll(run, program, subject)) {
    const [start = 0, end = 0] = match
    const piece = expand(program, subject, match, template)
    size += piece.length
    run.spend(1 + (piece.length >> 4))
    if (size > 1 << 24) throw new Refusal('a text grows larger than is kept', null, true)
    pieces.push(subject.slice(from, start), piece)
    from = end
  }
  pieces.push(subject.slice(from))
  return pieces.join('')
}

export const regexFunctions: ReadonlyMap<string, BakeFunction> = new Map([
  [
    'regex',
    fixed([aString('pattern'), aString('string')], ([pattern, subject], run) => {
      const program = compile(run, textOf(pattern))
      const match = search(run, program, textOf(subject), 0)
      if (!match) throw new Unsuitable('pattern did not match any part of the given string')
      return captured(program, textOf(subject), match)
    }),
  ],
  [
    'regexall',
    fixed([aString('pattern'), aString('string')], ([pattern, subject], run) => {
      const program = compile(run, textOf(pattern))
      const found = searchAll(run, program, textOf(subject)).map((match) =>
        captured(program, textOf(subject), match),
      )
      const first = found[0]
      return first
        ? list(found, first.kind === 'string' ? stringType : 'type' in first ? first.type : stringType)
        : list([], stringType)
    }),
  ],
  [
    'regex_replace',
    fixed(
      [aString('string'), aString('pattern'), aString('replacement')],
      ([subject, pattern, template], run) =>
        text(replaceAll(run, textOf(subject), textOf(pattern), textOf(template))),
    ),
  ],
])
