/** Steps that never read the context, moved before the first copy of it or of what is built of it: they then run once and stay in the cache. */

import type { ReadInstruction, Step } from '../../dockerfile/model.ts'
import type { Repository } from '../../repository/model.ts'
import { readShell } from '../../shell/read.ts'
import { lineAfter } from '../edits/line-after.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member } from '../group/model.ts'
import { absolute, below, isOfSystem } from '../image/paths.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'

/** RUNs of one stage that only install packages of the system, and the change that puts them first. */
export interface Advance {
  /** The first of them. */
  readonly step: Step
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
}

/** Looks at every stage of a Dockerfile; several such RUNs of one stage are moved together, in their order. */
export function systemFirst(member: Member, repository: Repository): readonly Advance[] {
  return member.plan.stages.flatMap(({ index }) => {
    const runs = runsOf(member, index, repository)
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    // Past the first of them where it can be, else past a later one.
    for (const [first, copy] of steps.entries()) {
      const moved = bringsContext(member, copy) ? movedBefore(member, steps.slice(first), runs) : []
      if (moved.length > 0) return [advance(member, moved, copy)]
    }
    return []
  })
}

/** Those RUNs behind the first of the steps, a copy, that may stand before it. */
function movedBefore(member: Member, steps: readonly Step[], runs: readonly ImageRun[]): readonly ImageRun[] {
  const moved: ImageRun[] = []
  const crossed: Step[] = []
  for (const step of steps) {
    const run = runs.find((one) => one.step === step)
    const dests = destsOf(member, crossed)
    if (run && dests !== null && isSystem(run, dests) && !isBlocked(run, crossed, runs)) moved.push(run)
    else crossed.push(step)
  }
  return moved
}

/** True for a copy of the context, and of a stage that is built of it: either changes with the sources. */
function bringsContext(member: Member, { line, stageIndex, instruction }: Step): boolean {
  return (
    (instruction.keyword === 'COPY' || instruction.keyword === 'ADD') &&
    instruction.line === line &&
    member.plan.reads.some(
      ({ origin, ...read }) =>
        read.line === line &&
        read.stageIndex === stageIndex &&
        (origin.kind === 'main' || (origin.kind === 'stage' && isOfContext(member, origin.index))),
    )
  )
}

/** True when a stage, or one that it is made of, takes something of the context. A stage is made of earlier ones only. */
function isOfContext(member: Member, stage: number): boolean {
  const { stages, reads } = member.plan
  const base = stages[stage]?.baseOrigin
  const isOf = (origin: ReadInstruction['origin']): boolean =>
    origin.kind === 'main' || (origin.kind === 'stage' && isOfContext(member, origin.index))
  return (
    (base?.kind === 'stage' && isOfContext(member, base.index)) ||
    reads.some(({ stageIndex, origin }) => stageIndex === stage && isOf(origin))
  )
}

/** Where what is copied on the way goes, absolute; null where it goes to what the system looks at, or where it goes cannot be told. */
function destsOf(member: Member, crossed: readonly Step[]): readonly string[] | null {
  const dests: string[] = []
  for (const { instruction, line, stageIndex, directory } of crossed) {
    if (instruction.keyword !== 'COPY' && instruction.keyword !== 'ADD') continue
    const read = member.plan.reads.find(
      (one) => one.line === line && one.stageIndex === stageIndex && !one.mount,
    )
    const dest = absolute(read ? read.dest : (instruction.words.at(-1) ?? ''), directory)
    if (dest === null || isOfSystem(dest)) return null
    dests.push(dest)
  }
  return dests
}

/** True when every command is one of the system's package manager, or cleans up behind it, and none has to do with what is copied. */
function isSystem({ step, commands, unread }: ImageRun, dests: readonly string[]): boolean {
  const { instruction } = step
  if (
    unread !== null ||
    instruction.line !== step.line ||
    instruction.flags.some(({ value }) => /type=bind|^(?!.*type=)/.test(value ?? '')) ||
    redirects(step).some((file) => !isApart(file, dests))
  )
    return false
  return (
    commands.some(({ meaning }) => meaning?.kind === 'system') &&
    commands.every((command) => isSystemCommand(command, dests))
  )
}

function isSystemCommand({ meaning, words, text }: ImageCommand, dests: readonly string[]): boolean {
  const [program = ''] = words
  // A script of the project, or arguments that come from elsewhere.
  if (text.includes(' → ') || program === 'xargs' || program === 'cd') return false
  if (meaning?.kind === 'system')
    return (
      meaning.files.every((file) => isApart(file, dests)) &&
      meaning.operands.every(
        (operand) => !operand.includes('/') || operand.includes('://') || isApart(operand, dests),
      )
    )
  if (meaning?.kind !== 'plain') return false
  if (/^(?:set|export|echo|printf|true|:|sleep)$/.test(program)) return true
  return words.slice(1).every((word) => word.startsWith('-') || isApart(word, dests))
}

/** True for an absolute path that no copy fills, and that lies in none. */
const isApart = (path: string, dests: readonly string[]): boolean =>
  path.startsWith('/') &&
  !/[$`]/.test(path) &&
  dests.every((dest) => below(path, dest) === null && below(dest, path.replace(/\/[^/]*\*.*$/, '')) === null)

/** Files that the shell opens for the commands. */
function redirects({ instruction }: Step): readonly string[] {
  if (instruction.json) return []
  const { heredocs, words } = instruction
  const texts = heredocs.length > 0 ? heredocs.map(({ body }) => body) : [words.join(' ')]
  return texts.flatMap((text) =>
    readShell(text).commands.flatMap((command) => [...command.writes, ...command.reads]),
  )
}

/** True when something on the way says who it runs as, what its variables are, or may be what it goes by. */
function isBlocked(run: ImageRun, crossed: readonly Step[], runs: readonly ImageRun[]): boolean {
  const { instruction } = run.step
  const text = [instruction.text, ...instruction.heredocs.map(({ body }) => body)].join('\n')
  return crossed.some((step) => {
    switch (step.instruction.keyword) {
      case 'USER':
      case 'SHELL':
        return true
      case 'ARG':
      case 'ENV':
        return /\$/.test(text) || /proxy|DEBIAN|APT|PATH|LANG|LC_/i.test(step.instruction.text)
      case 'RUN': {
        const found = runs.find((one) => one.step === step)
        // A build takes what compilers and tools it finds: go build stamps where there is a git, and links C where there
        // is a gcc. Another step of the system that stays may be what this one needs.
        return !(
          found?.unread === null &&
          found.commands.every(({ meaning }) => meaning?.kind === 'install' && meaning.reads !== 'sources')
        )
      }
      default:
        return false
    }
  })
}

function advance(member: Member, moved: readonly ImageRun[], copy: Step): Advance {
  const { file, text } = member.dockerfile
  const end = text.includes('\r\n') ? '\r\n' : '\n'
  const titles = [
    ...new Set(
      moved.flatMap(({ commands }) =>
        commands.flatMap(({ meaning, words }) =>
          meaning?.kind !== 'system'
            ? []
            : // Packages of the system are many; a tool is known by its name.
              meaning.ecosystem === 'node'
              ? [words.slice(0, 4).join(' ')]
              : [meaning.title],
        ),
      ),
    ),
  ]
  const [first] = moved
  const last = titles.findLast((title) => /install|add/.test(title)) ?? titles.at(-1) ?? 'it'
  return {
    step: first?.step ?? copy,
    title: `run ${last} before the copy`,
    because: `${titles.join(' and ')} (${file}:${first?.step.line ?? copy.line}) ${titles.length > 1 ? 'read' : 'reads'} nothing of the context; every stage ends with the same files`,
    rewrites: [
      {
        file,
        start: copy.instruction.start,
        end: copy.instruction.start,
        text: moved
          .map(({ step }) => `${text.slice(step.instruction.start, step.instruction.end)}${end}`)
          .join(''),
      },
      ...moved.map(({ step }) => ({
        file,
        start: step.instruction.start,
        end: lineAfter(text, step.instruction.end),
        text: '',
      })),
    ],
  }
}
