/** Steps that never read the context, moved before the first copy of it: they then run once and stay in the cache. */

import type { Step } from '../dockerfile/model.ts'
import type { Repository } from '../repository/model.ts'
import { lineAfter } from './manifest-first.ts'
import type { Member, Reason } from './model.ts'
import { type ImageRun, runsOf } from './steps.ts'
import type { TextEdit } from './texts.ts'

/** A RUN that only installs packages of the system, and the change that puts it first. */
export interface Advance {
  readonly step: Step
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
}

/** Looks at every stage of a Dockerfile; several such RUNs of one stage are moved in their order. */
export function systemFirst(member: Member, repository: Repository): readonly Advance[] {
  return member.plan.stages.flatMap(({ index }) => {
    const runs = runsOf(member, index, repository)
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    const first = steps.findIndex((step) => readsContext(member, step))
    if (first < 0) return []
    return runs.flatMap((run) => {
      const at = steps.indexOf(run.step)
      const copy = steps[first]
      if (
        at <= first ||
        !copy ||
        !isSystem(run) ||
        blocked(member, steps.slice(first, at), run, runs) !== null
      )
        return []
      return [advance(member, run, copy)]
    })
  })
}

function readsContext(member: Member, { line, stageIndex, instruction }: Step): boolean {
  return (
    (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
    instruction.line === line &&
    member.plan.reads.some(
      (read) => read.line === line && read.stageIndex === stageIndex && read.origin.kind === 'main',
    )
  )
}

/** True when every command is one of the system's package manager, or cleans up behind it. */
function isSystem({ step, commands, unread }: ImageRun): boolean {
  if (
    unread !== null ||
    step.instruction.line !== step.line ||
    step.instruction.flags.some(({ value }) => /type=bind|^(?!.*type=)/.test(value ?? ''))
  )
    return false
  let any = false
  for (const { meaning, words } of commands) {
    if (meaning?.kind === 'system') any = true
    else if (
      meaning?.kind !== 'plain' ||
      words
        .slice(1)
        .some((word) => !word.startsWith('-') && !/^\/(?:var|tmp|usr\/share|root\/\.cache)\//.test(word))
    )
      return false
  }
  return any
}

/** What the RUN must not be moved across: who it runs as, variables it uses, files put where the system looks, steps nobody knows. */
function blocked(
  member: Member,
  between: readonly Step[],
  run: ImageRun,
  runs: readonly ImageRun[],
): Reason | null {
  const text = run.step.instruction.text
  for (const { instruction, line } of between) {
    const at = { file: member.dockerfile.file, line }
    switch (instruction.keyword) {
      case 'USER':
      case 'SHELL':
        return { text: `${instruction.keyword} stands between`, at }
      case 'ARG':
      case 'ENV':
        if (/\$/.test(text) || /proxy|DEBIAN|APT|PATH|LANG/i.test(instruction.text))
          return { text: `${instruction.keyword} stands between`, at }
        break
      case 'COPY':
      case 'ADD': {
        const dest = instruction.words.at(-1) ?? ''
        if (/^\/(?:$|etc|usr|bin|sbin|lib|var|tmp|opt\/?$)/.test(dest))
          return { text: 'a copy puts files where the system looks', at }
        break
      }
      case 'RUN': {
        const found = runs.find(({ step }) => step.line === line)
        // A build takes what compilers and tools it finds: go build stamps where there is a git, and links C where there is a gcc.
        const isKnown =
          found?.unread === null &&
          found.commands.every(
            ({ meaning }) =>
              meaning?.kind === 'system' || (meaning?.kind === 'install' && meaning.reads !== 'sources'),
          )
        if (!isKnown) return { text: 'a RUN between may prepare it, or find it', at }
        break
      }
      default:
        break
    }
  }
  return null
}

function advance(member: Member, { step, commands }: ImageRun, copy: Step): Advance {
  const { file, text } = member.dockerfile
  const { instruction } = step
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const titles = [
    ...new Set(commands.flatMap(({ meaning }) => (meaning?.kind === 'system' ? [meaning.title] : []))),
  ]
  return {
    step,
    title: `run ${titles.at(-1) ?? 'it'} before the copy`,
    because: `${titles.join(' and ')} (${file}:${step.line}) reads nothing of the context; every stage ends with the same files`,
    rewrites: [
      {
        file,
        start: copy.instruction.start,
        end: copy.instruction.start,
        text: `${text.slice(instruction.start, instruction.end)}${end}`,
      },
      { file, start: instruction.start, end: lineAfter(text, instruction.end), text: '' },
    ],
  }
}
