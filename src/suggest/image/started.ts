/** What a container of a stage starts with, as far as the Dockerfile says. */

import type { Step } from '../../dockerfile/model.ts'
import { readShell } from '../../shell/read.ts'
import type { Member } from '../group/model.ts'
import { absolute } from './paths.ts'

/** ENTRYPOINT and CMD of a stage, together. */
export interface Started {
  readonly words: readonly string[]
  readonly line: number
  readonly keyword: string
  /** The working directory at the end of the stage; null when only the base image knows it. */
  readonly directory: string | null
}

/** Null where nothing is said, or more than one plain command. */
export function startedBy(member: Member, stageIndex: number): Started | null {
  const steps = member.plan.steps.filter((step) => step.stageIndex === stageIndex)
  const last = (keyword: string): Step | undefined =>
    steps.findLast(({ instruction }) => instruction.keyword === keyword)
  const said = [last('ENTRYPOINT'), last('CMD')].filter((step) => step !== undefined)
  const [first] = said
  if (!first) return null
  const words: string[] = []
  for (const { instruction } of said) {
    if (instruction.json) {
      words.push(...instruction.words)
      continue
    }
    const { commands, unread } = readShell(instruction.words.join(' '))
    const [command] = commands
    if (unread !== null || commands.length !== 1 || !command) return null
    words.push(...command.words)
  }
  const directory = steps.at(-1)?.directory ?? null
  return { words, line: first.line, keyword: first.instruction.keyword, directory }
}

/** Paths of the image that words name: operands, `--name=path`, the parts of a class path. */
export function pathsIn(words: readonly string[], directory: string | null): readonly string[] {
  return words.flatMap((word) =>
    word
      .split(/[=:;,]/)
      .filter((part) => part !== '' && !part.startsWith('-') && !/[$`*]/.test(part))
      .flatMap((part) => absolute(part, directory) ?? []),
  )
}
