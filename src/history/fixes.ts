/** What the history would have been with the files that `ctxsize fix` proposes: the same commits, replayed with them. */

import type { BuildRequest } from '../dockerfile/model.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import { planBuild } from '../dockerfile/plan.ts'
import { createPatternList } from '../ignore/matcher.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Safety } from '../report.ts'
import type { Repository } from '../repository/model.ts'
import type { Suggestion } from '../suggest/edits/suggestion.ts'
import type { FileEdit } from '../suggest/edits/texts.ts'
import { accepted, editsOf } from '../suggest/report.ts'
import type { Proposals } from '../suggest/suggest.ts'
import { type Link, makeChain } from './chain.ts'
import type { ReplayContext } from './questions.ts'
import type { History, Losses, ReplayBuild } from './replay.ts'
import { createSends } from './watch.ts'

/** A build with what was thought out about it. */
export interface FixableBuild extends MeasuredBuild {
  readonly proposals: Proposals
  readonly request: BuildRequest
  readonly repository: Repository
}

/** Suggestions that are followed together: all lines of the ignore file that nobody has to think about, or one other. */
export interface FixStep {
  readonly suggestions: readonly Suggestion[]
  readonly safety: Safety
}

/** The steps in the order in which they would be followed; what needs a decision last. */
export function fixSteps({ proposals }: FixableBuild): readonly FixStep[] {
  const all = accepted(proposals, true)
  const isPlain = ({ safety, rewrites, speeds }: Suggestion) =>
    safety !== 'review' && rewrites.length === 0 && speeds === null
  const plain = all.filter(isPlain)
  const single = (one: Suggestion): FixStep => ({ suggestions: [one], safety: one.safety })
  const rest = all.filter((one) => !isPlain(one))
  return [
    ...(plain.length === 0
      ? []
      : [
          {
            suggestions: plain,
            safety: plain.every(({ safety }) => safety === 'proven') ? 'proven' : 'safe',
          } as const,
        ]),
    ...rest.filter(({ safety }) => safety !== 'review').map(single),
    ...rest.filter(({ safety }) => safety === 'review').map(single),
  ]
}

/** Makes a function that tells what the build would be with suggestions written into its files. */
export function createFixing(
  build: FixableBuild,
  contexts: readonly ReplayContext[],
): (suggestions: readonly Suggestion[]) => ReplayBuild {
  const { proposals, dockerfile, request, builder } = build
  const everyStage = builder === 'classic'
  /** By the text of the ignore file: several ways to build have the same. */
  const withIgnore = new Map<string, readonly ReplayContext[]>()
  const contextsWith = ({ after, file }: FileEdit): readonly ReplayContext[] => {
    const known = withIgnore.get(after)
    if (known !== undefined) return known
    const sends = createSends(createPatternList(parseIgnoreFile(after, file).compiled))
    const made = contexts.map((one) => (one.name === null ? { ...one, sends } : one))
    withIgnore.set(after, made)
    return made
  }
  return (suggestions) => {
    const edits = editsOf(suggestions, proposals)
    const ignore = edits.find(({ file }) => file === proposals.originals.ignoreFile)
    const text = edits.find(({ file }) => file === dockerfile.file)
    const plan =
      text === undefined
        ? build.plan
        : planBuild(parseDockerfile(text.after, text.file), { ...request, everyStage })
    return { chain: makeChain(plan), contexts: ignore === undefined ? contexts : contextsWith(ignore) }
  }
}

/** What became of each of the links in another history, in which instructions may have moved or been divided; null where it is gone. */
export function matched(links: readonly Link[], after: History): readonly (Losses | null)[] {
  const left = new Set(after.links)
  const take = (fits: (other: Link) => boolean) => {
    const found = [...left].find(({ link }) => fits(link))
    if (found) left.delete(found)
    return found ?? null
  }
  const exact = links.map((link) => take((other) => keyOf(other) === keyOf(link)))
  return links.map((link, i) => {
    const same = exact[i]
    if (same) return { own: same.own, lost: same.lost, mayLose: same.mayLose }
    // Rewritten: the parts of it are those of its kind in the stage that have no counterpart.
    const parts = [...left].filter(
      ({ link: other }) => other.instruction === link.instruction && stageKey(other) === stageKey(link),
    )
    if (parts.length === 0) return null
    const most = (of: (one: Losses) => number) => Math.max(...parts.map(of))
    return { own: most((one) => one.own), lost: most((one) => one.lost), mayLose: most((one) => one.mayLose) }
  })
}

const stageKey = ({ stage }: Link): string => stage.name ?? String(stage.index)
const keyOf = (link: Link): string =>
  `${stageKey(link)}\0${link.step.instruction.text.replace(/\s+/g, ' ').trim()}`
