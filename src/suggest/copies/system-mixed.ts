/**
 * Packages of the system behind a copy in a RUN that goes on with what works with the sources, and that is not cut by itself: they are
 * installed anew for every change. It is said, with the line to write.
 */

import type { Step } from '../../dockerfile/model.ts'
import { visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { Member } from '../group/model.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'
import type { Refusal } from './manifest-first.ts'
import { takesAway } from './split-run.ts'
import { type Advance, bringsContext, fetchesPackages } from './system-first.ts'

/** Those that none of `moved` is about. */
export function systemMixed(
  member: Member,
  repository: Repository,
  moved: readonly Advance[],
): readonly Refusal[] {
  const { file } = member.dockerfile
  const isMoved = ({ instruction }: Step): boolean =>
    moved.some(({ rewrites }) =>
      rewrites.some(({ start, end }) => start === instruction.start && end > start),
    )
  return member.plan.stages.flatMap(({ index }) => {
    const copy = member.plan.steps.find((step) => step.stageIndex === index && bringsContext(member, step))
    if (copy === undefined) return []
    return runsOf(member, index, repository).flatMap((run): readonly Refusal[] => {
      const { step } = run
      if (step.line < copy.line || step.instruction.line !== step.line || isMoved(step)) return []
      const found = mixedIn(run)
      if (found === null) return []
      const at = { file, line: step.line }
      const { install, other, line, lent } = found
      const instead = line === null ? 'in a RUN of its own' : `as ${line}`
      return [
        {
          subject: `${install.meaning?.title ?? ''} (${placeText(at)})`,
          reason: {
            text: `it runs anew for every change, as ${shown(other)} shares its RUN; it would stay cached before the copy (line ${copy.line}), ${instead}${lent ? ', and what is taken away again would stay in the image' : ''}`,
            at,
          },
        },
      ]
    })
  })
}

interface Mixed {
  readonly install: ImageCommand
  /** The first that is none of the system's. */
  readonly other: ImageCommand
  /** What may be written before the copy; null where that hangs on more than its words. */
  readonly line: string | null
  /** Some of it is taken away again. */
  readonly lent: boolean
}

function mixedIn({ commands, unread }: ImageRun): Mixed | null {
  const isOther = ({ meaning }: ImageCommand) => meaning?.kind !== 'system' && meaning?.kind !== 'plain'
  const at = commands.findIndex(isOther)
  const other = commands[at]
  // One that goes by manifests may come first with all that its RUN begins with.
  if (other === undefined || (other.meaning?.kind === 'install' && other.meaning.reads !== 'sources'))
    return null
  const install = commands.find(
    (command) => fetchesPackages(command) && !command.conditional && !command.meaning?.operands.some(isFile),
  )
  if (install === undefined) return null
  const head = commands.slice(0, at).filter(({ meaning }) => meaning?.kind === 'system')
  const isPlain =
    unread === null &&
    head.includes(install) &&
    head.every(
      ({ conditional, words }) => !conditional && words.every((word) => /^[\w./=:@%+,~-]+$/.test(word)),
    )
  return {
    install,
    other,
    line: isPlain ? `RUN ${head.map(({ words }) => words.join(' ')).join(' && ')}` : null,
    lent: commands.some(takesAway),
  }
}

/** `./tool.deb`, which may be copied. */
const isFile = (operand: string): boolean => /^\.{0,2}\/|\.(?:deb|rpm|apk)$/.test(operand)

/** As it is typed where it begins. */
function shown({ text }: ImageCommand): string {
  const [typed = ''] = text.split(' → ')
  return visiblePath(typed.length > 40 ? `${typed.slice(0, 39)}…` : typed)
}
