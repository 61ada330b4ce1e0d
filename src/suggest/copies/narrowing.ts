/** A copy of a directory made one of less: only ever a question, tried before it is asked. */

import { baseName, visiblePath } from '../../lib/path.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { absolute } from '../image/paths.ts'
import type { ImageRun } from '../image/runs.ts'
import { contextPathAt, isThereBefore, type WideCopy } from '../image/wide-copy.ts'
import type { Grounds } from '../needs/needs.ts'
import { copyLines } from './copy-lines.ts'

/** A copy that may be left out or made narrower. */
export interface Narrowing {
  readonly line: number
  readonly stageIndex: number
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
}

/** A stage with one copy of a directory, and what is looked at to see how much of it is used. */
export interface NarrowRoom extends Grounds {
  readonly member: Member
  readonly wide: WideCopy
  /** Those behind the copy. */
  readonly runs: readonly ImageRun[]
  readonly index: number
  readonly held: Held
}

/** Paths that look useless and that the image needs all the same; asked for only where a copy would be narrower. */
export type Held = () => readonly string[]

/** True when another stage begins with this one or takes files of it: then more may be used than what is started. */
export const isTakenFrom = ({ plan }: Member, index: number): boolean =>
  plan.reads.some(({ origin }) => origin.kind === 'stage' && origin.index === index) ||
  plan.stages.some(({ baseOrigin }) => baseOrigin.kind === 'stage' && baseOrigin.index === index)

/** What is said of a narrower copy, and what is left of it where another change has moved it. */
export interface Narrower {
  readonly because: string
  /** The paths in words; left out: the first of them, and how many more. */
  readonly what?: string
  /** The paths of what it brings once it stands behind the installs before which it stands now; left out: it does not move. */
  readonly carried?: readonly string[]
}

/** The copy with only these paths of the context; null where they are not there, or no line can be written for them. */
export function narrowed(
  { member, table, wide, index, held }: NarrowRoom,
  paths: readonly string[],
  { because, what, carried }: Narrower,
): Narrowing | null {
  const { file, text, directives } = member.dockerfile
  const { instruction } = wide.step
  if (!paths.every((path) => isKept({ table }, path))) return null
  const linesFor = (some: readonly string[]): string | null => {
    const lines = copyLines(wide, some, table, directives)
    return lines === null || lines.length === 0 ? null : lines.join(text.includes('\r\n') ? '\r\n' : '\n')
  }
  const put = linesFor(paths)
  const whenCarried = carried && linesFor(carried)
  if (put === null || whenCarried === null) return null
  const from = wide.sources[0]?.path ?? ''
  const isLost = (path: string): boolean =>
    (from === '' || isWithin(path, from)) &&
    isKept({ table }, path) &&
    !paths.some((one) => isWithin(path, one) || isWithin(one, path))
  if (held().some(isLost)) return null
  const [first = ''] = paths
  const shown =
    paths.length === 1 ? visiblePath(first) : `${visiblePath(baseName(first))} and ${paths.length - 1} more`
  return {
    line: wide.step.line,
    stageIndex: index,
    title: `copy ${what ?? shown} instead of ${from === '' ? 'everything' : visiblePath(from)}`,
    because,
    rewrites: [
      {
        ...{ file, start: instruction.start, end: instruction.end, text: put },
        ...(whenCarried !== undefined && { whenCarried }),
      },
    ],
  }
}

/** Stages that begin with this one, and those that begin with them. */
export function heirsOf({ plan }: Member, index: number): readonly number[] {
  const heirs = [index]
  for (const { index: other, baseOrigin } of plan.stages)
    if (baseOrigin.kind === 'stage' && heirs.includes(baseOrigin.index)) heirs.push(other)
  return heirs.slice(1)
}

/** True when the stage, or one that it begins with, has the path there before the copy. */
export function isBroughtBefore({ member, wide, index }: NarrowRoom, path: string): boolean {
  const stages = member.plan.stages.flatMap((stage) =>
    stage.index === index || heirsOf(member, stage.index).includes(index) ? [stage.index] : [],
  )
  return isThereBefore(member, [wide], wide, path, stages)
}

export const isWithin = (path: string, dir: string): boolean => path === dir || path.startsWith(`${dir}/`)

/** `a, b and c`. */
export const listed = (names: readonly string[]): string =>
  names.length > 1 ? `${names.slice(0, -1).join(', ')} and ${names.at(-1)}` : (names[0] ?? '')

/** What the installs behind the copy have to find, as paths of the context; null where that cannot be told. */
export function installNeeds({ needsOf, wide, runs }: NarrowRoom): readonly string[] | null {
  const found: string[] = []
  for (const { commands } of runs)
    for (const { meaning, directory } of commands) {
      if (meaning?.kind !== 'install' || meaning.reads !== 'manifests') continue
      const dir = directory === null ? null : contextPathAt(wide, directory)
      if (directory === null || dir === null) return null
      const files = meaning.files.flatMap((file) => contextPathAt(wide, absolute(file, directory)) ?? [])
      const needs = needsOf(meaning, { dir, files })
      if (needs.kind === 'refused') return null
      found.push(...needs.paths)
    }
  return found
}
