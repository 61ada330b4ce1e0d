/** Who reads a stake, and how: by its name, or in passing with all that lies around it. */

import { anyWithin } from '../../analyse/amounts.ts'
import { landing } from '../../dockerfile/landing.ts'
import { baseName, cleanPath, parentPath } from '../../lib/path.ts'
import type { Stake } from '../../repository/stakes.ts'
import { coverage } from '../../resolve/reads.ts'
import type { Inquiry, Member, MemberRead } from './model.ts'

/** An instruction with the Dockerfile it stands in, for one set of arguments. */
export interface Reader {
  readonly member: Member
  readonly read: MemberRead
}

/** Instructions of any build of the group that read something of the stake, or would if it were there. */
export function readersOf({ group, measured }: Inquiry, stake: Stake): readonly Reader[] {
  const end = measured.main.table.end[stake.row] ?? stake.row + 1
  return group.members.flatMap((member) =>
    member.reads
      .filter(
        (read) =>
          anyWithin(read.rows, stake.row, end) ||
          coverage(read.instruction, stake.path) !== 'none' ||
          namesBelow(read, stake.path),
      )
      .map((read) => ({ member, read })),
  )
}

const namesBelow = ({ instruction }: MemberRead, path: string): boolean =>
  instruction.localSources.some((source) => cleanPath(source).replace(/^\/+/, '').startsWith(`${path}/`))

/**
 * True when a source is the stake, lies in it, or is a directory above it that git does not track: then somebody asks
 * for what is in there. So does a source that leads there by a link, for what has no source above it in its path. A
 * tracked directory above it, or the whole context, is asked for as a whole.
 */
export function isNamed(read: MemberRead, stake: Stake, { measured, repository }: Inquiry): boolean {
  const { instruction, rows } = read
  const covered = coverage(instruction, stake.path)
  if (namesBelow(read, stake.path) || covered === 'named') return true
  if (covered === 'none' && anyWithin(rows, stake.row, measured.main.table.end[stake.row] ?? stake.row + 1))
    return true
  return instruction.localSources.some((source) => {
    const whole = cleanPath(source).replace(/^(?:\.?\/)+|^\.$/g, '')
    const above = whole.replace(classOfOne, '$1')
    if (above === '' || !stake.path.startsWith(`${above}/`)) return false
    // `COPY ./plugin[s] ./plugins/` is how to copy what may be missing: it asks for what git has only a `.gitkeep` of.
    return repository.tracked !== null && !hasTracked(repository.tracked, above, above !== whole)
  })
}

const classOfOne = /\[([^\]^!\\])\]/g

function hasTracked(tracked: ReadonlySet<string>, dir: string, isOptional: boolean): boolean {
  for (const path of tracked)
    if (path.startsWith(`${dir}/`) && !(isOptional && baseName(path).startsWith('.'))) return true
  return false
}

/** Where the stage works when the instruction runs; null when only the base image knows. */
export function directoryAt(member: Member, { instruction }: MemberRead): string | null {
  return (
    member.plan.steps.findLast(
      (step) => step.stageIndex === instruction.stageIndex && step.line <= instruction.line,
    )?.directory ?? null
  )
}

/**
 * The stages in which what an instruction reads is there, each with the line after which it is. `path`: of the context, what no step puts
 * elsewhere, as the history; then a stage which copies other parts of the directory that it lies in is none of them.
 */
export function stagesWith(
  member: Member,
  read: MemberRead,
  path: string | null = null,
): readonly { readonly stageIndex: number; readonly from: number }[] {
  const { instruction } = read
  const found: { readonly stageIndex: number; readonly from: number; readonly at: string | null }[] = [
    {
      stageIndex: instruction.stageIndex,
      from: instruction.mount ? instruction.line - 1 : instruction.line,
      at: path === null ? null : landing(instruction, directoryAt(member, read), path),
    },
  ]
  for (const { stageIndex, at } of found)
    for (const stage of member.plan.stages) {
      const builds = stage.baseOrigin.kind === 'stage' && stage.baseOrigin.index === stageIndex
      const copies = member.plan.reads.find(
        (one) =>
          one.stageIndex === stage.index &&
          one.origin.kind === 'stage' &&
          one.origin.index === stageIndex &&
          !(at !== null && one.sources.every((source) => isBeside(source, at))),
      )
      if (found.some((known) => known.stageIndex === stage.index) || instruction.mount) continue
      if (builds) found.push({ stageIndex: stage.index, from: stage.line, at })
      else if (copies) found.push({ stageIndex: stage.index, from: copies.line, at: null })
    }
  return found
}

/** True for a source in the directory of `path`, both of one image, that is neither it nor holds it: `/app/public` for `/app/.git`. */
function isBeside(source: string, path: string): boolean {
  const whole = cleanPath(`/${source}`)
  const dir = parentPath(path)
  return (
    dir.length > 1 &&
    whole.startsWith(`${dir}/`) &&
    !/[*?[\\$]/.test(whole) &&
    whole !== path &&
    !whole.startsWith(`${path}/`)
  )
}
