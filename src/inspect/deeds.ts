/** What the RUNs of a stage do to files of the image, as far as their commands are known. Pure. */

import type { BuildPlan, Instruction, ReadInstruction, Step } from '../dockerfile/model.ts'
import { type CommandMeaning, knownCommand } from '../ecosystems/index.ts'
import { matchGlob } from '../lib/glob.ts'
import { cleanPath } from '../lib/path.ts'
import { readShell } from '../shell/read.ts'

/** Something that a command makes or takes away. */
export interface Deed {
  readonly step: Step
  /** `npm ci`, `rm`. */
  readonly title: string
  readonly kind: 'install' | 'build' | 'delete'
  /** Absolute, without a final `/`; for `delete` it may hold wildcards. */
  readonly path: string
  /** True: any directory of the last name below the rest of the path, as for workspaces. */
  readonly anywhere: boolean
  readonly existing: 'erases' | 'overwrites' | 'merges' | 'skips'
}

/** What one step does; nothing for all that is no RUN, or may not run, or is not known. */
export function deedsOf(step: Step): readonly Deed[] {
  if (step.instruction.keyword !== 'RUN') return []
  return commandsOf(step.instruction).flatMap(({ words, directory }, i, all) => {
    const at = within(step.directory, directory)
    const [program = '', ...rest] = words
    if (program === 'find') {
      const path = within(at, foundToGo(rest, all[i + 1]?.words ?? []))
      return path === null ? [] : [{ ...deletion, anywhere: true, step, title: 'find', path }]
    }
    if (program === 'rm' || program === 'unlink')
      return rest
        .filter((word) => !word.startsWith('-') && !word.includes('$'))
        .flatMap((word): readonly Deed[] => {
          const path = within(at, word)
          return path === null ? [] : [{ ...deletion, step, title: program, path }]
        })
    const meaning = knownCommand(words)
    if (meaning === null || (meaning.kind !== 'install' && meaning.kind !== 'build')) return []
    const { kind, title } = meaning
    const from = meaning.directory === null ? at : within(at, meaning.directory)
    const linked = within(from, linkedBy(meaning))
    if (linked !== null) return [{ step, title, kind, path: linked, anywhere: false, existing: 'overwrites' }]
    return meaning.makes.flatMap(({ path: made, existing }): readonly Deed[] => {
      const anywhere = made.startsWith('**/')
      const path = made.includes('*') && !anywhere ? null : within(from, made.replace(/^\*\*\//, ''))
      return path === null ? [] : [{ step, title, kind, path, anywhere, existing }]
    })
  })
}

/** The program that a `go build` writes: https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies. Null for a directory, and where it cannot be told. */
function linkedBy({ ecosystem, kind, options, operands }: CommandMeaning): string | null {
  if (ecosystem !== 'go' || kind !== 'build' || operands.some((one) => one.includes('...'))) return null
  const told = options.find((one) => one.startsWith('-o='))?.slice('-o='.length) ?? ''
  return told === '' || /[$`*]|\/$|^\.{0,2}$/.test(told) ? null : told
}

/** What `find DIR -name NAME` gives to rm, or deletes itself: a name anywhere below a directory; null where it is another search. */
function foundToGo(words: readonly string[], next: readonly string[]): string | null {
  const [dir = '', ...rest] = words
  const text = rest.join(' ')
  const [, name, end] =
    /^(?:-(?:depth|type [df]|print0?) )*-i?name ([\w.-]+)((?: -(?:depth|prune|type [df]|print0?))*(?: -delete| -exec rm .*)?)$/.exec(
      text,
    ) ?? []
  if (name === undefined || end === undefined || /^[-$]/.test(dir)) return null
  const isGiven = next[0] === 'xargs' && next.includes('rm')
  return isGiven || /-delete|-exec rm/.test(end) ? `${dir}/${name}` : null
}

const deletion = { kind: 'delete', anywhere: false, existing: 'erases' } as const

interface Command {
  readonly words: readonly string[]
  readonly directory: string | null
  readonly writes: readonly string[]
}

/** The commands that run whenever the text does. */
function commandsOf(instruction: Instruction): readonly Command[] {
  if (instruction.json) return [{ words: instruction.words, directory: '', writes: [] }]
  const [heredoc] = instruction.heredocs
  const isScript = heredoc && /^<<-?["']?\w+["']?$/.test(instruction.words.join(' ').trim())
  const text = isScript ? heredoc.body : instruction.words.join(' ')
  return readShell(text)
    .commands.filter(({ conditional }) => !conditional)
    .map(({ words, values, directory, writes }) => ({ words: values ?? words, directory, writes }))
}

/** `path` seen from an absolute directory; null when that is not known and needed. */
function within(directory: string | null, path: string | null): string | null {
  if (path === null) return null
  if (path.startsWith('/')) return cleanPath(path)
  return directory === null ? null : cleanPath(`${directory}/${path}`)
}

/** True when the absolute path is what the deed makes or takes away, or lies in it. */
export function concerns(deed: Deed, path: string): boolean {
  if (deed.anywhere) {
    const slash = deed.path.lastIndexOf('/')
    const below = deed.path.slice(0, slash)
    const name = deed.path.slice(slash)
    return path.startsWith(`${below}/`) && `${path.slice(below.length)}/`.includes(`${name}/`)
  }
  if (!/[*?[]/.test(deed.path))
    return path === deed.path || path.startsWith(deed.path === '/' ? '/' : `${deed.path}/`)
  const wanted = deed.path.split('/')
  const start = path.split('/').slice(0, wanted.length)
  // A shell's wildcard leaves out names that start with a dot.
  const isHidden = start.some((name, i) => name.startsWith('.') && !wanted[i]?.startsWith('.'))
  return !isHidden && matchGlob(deed.path, start.join('/')) === 'match'
}

/** What happens in the stage of an instruction before and after it. */
export interface Surroundings {
  /** The working directory, absolute; null when only the base image knows it. */
  readonly directory: string | null
  /** Of the stages that its stage is built on too. */
  readonly before: readonly Deed[]
  readonly after: readonly Deed[]
}

/** Looks up what surrounds the instructions of a plan. Each RUN is read once, when it is first asked for. */
export function surroundings(plan: BuildPlan): (read: ReadInstruction) => Surroundings {
  const stages = new Map<number, StageDeeds>()
  const stageDeeds = (stage: number): StageDeeds => {
    const known = stages.get(stage)
    if (known) return known
    const own = plan.steps.filter(({ stageIndex }) => stageIndex === stage)
    const places = new Map(
      own.map((step, place) => [`${step.line} ${step.instruction.text}`, { place, step }] as const).reverse(),
    )
    const found = {
      places,
      deeds: own.flatMap((step, place) => deedsOf(step).map((deed) => ({ place, deed }))),
    }
    stages.set(stage, found)
    return found
  }
  const below = (stage: number): readonly Deed[] => {
    const all: Deed[] = []
    const seen = new Set<number>()
    for (let at = baseOf(plan, stage); at !== null && !seen.has(at); at = baseOf(plan, at)) {
      seen.add(at)
      for (const { deed } of stageDeeds(at).deeds) all.push(deed)
    }
    return all
  }
  return (read) => {
    const { places, deeds } = stageDeeds(read.stageIndex)
    const here = places.get(`${read.line} ${read.text}`)
    const place = here?.place ?? -1
    return {
      directory: here?.step.directory ?? null,
      before: [
        ...below(read.stageIndex),
        ...deeds.filter((one) => one.place < place).map(({ deed }) => deed),
      ],
      after: deeds.filter((one) => one.place > place).map(({ deed }) => deed),
    }
  }
}

interface StageDeeds {
  readonly places: ReadonlyMap<string, { readonly place: number; readonly step: Step }>
  readonly deeds: readonly { readonly place: number; readonly deed: Deed }[]
}

function baseOf(plan: BuildPlan, stage: number): number | null {
  const origin = plan.stages[stage]?.baseOrigin
  return origin?.kind === 'stage' ? origin.index : null
}

/** Says which steps delete what, for those who follow a file. Each RUN is read once, when it is first asked for. */
export function deletions(): (step: Step, path: string) => boolean {
  const known = new Map<Step, readonly Deed[]>()
  return (step, path) => {
    const deeds = known.get(step) ?? deedsOf(step).filter(({ kind }) => kind === 'delete')
    known.set(step, deeds)
    return deeds.some((deed) => concerns(deed, path))
  }
}

/** True when the step writes all of the file at the absolute path into the log of the build: a `cat` that goes nowhere else. */
export function prints(step: Step, path: string): boolean {
  const { instruction, directory } = step
  // Of what goes through a pipe nobody knows how much comes out.
  const isPiped = [instruction.text, ...instruction.heredocs.map(({ body }) => body)].some((text) =>
    /[^|]\|[^|]/.test(text),
  )
  if (instruction.keyword !== 'RUN' || isPiped) return false
  return commandsOf(instruction).some(
    ({ words: [program, ...operands], directory: below, writes }) =>
      program === 'cat' &&
      writes.length === 0 &&
      operands.some((word) => within(within(directory, below), word) === path),
  )
}

/** Stands for a working directory that only the base image knows: no path that is written down leads there. */
export const unknownDirectory = '/\0'

/**
 * What runs from a step on in the working directory that only the base image knows, as running in {@link unknownDirectory}: where an
 * instruction put a file there, they mean the same one. The next WORKDIR ends it.
 */
export function inUnknownDirectory(steps: readonly Step[], from: number): readonly Step[] {
  const next = steps.findIndex(({ instruction }, index) => index >= from && instruction.keyword === 'WORKDIR')
  return steps
    .slice(from, next < 0 ? undefined : next)
    .map((step) => (step.directory === null ? { ...step, directory: unknownDirectory } : step))
}
