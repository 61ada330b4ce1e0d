/** What the history would have been with the files that `ctxsize fix` proposes: the same commits, replayed with them. */

import { fileKind } from '../context/table.ts'
import type { BuildRequest } from '../dockerfile/model.ts'
import { parseDockerfile } from '../dockerfile/parse.ts'
import { planBuild } from '../dockerfile/plan.ts'
import { groupedBy } from '../lib/grouped.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Safety } from '../report.ts'
import type { Repository } from '../repository/model.ts'
import type { Suggestion } from '../suggest/edits/suggestion.ts'
import { dockerfileWith, ignoreTextWith } from '../suggest/edits/texts.ts'
import { changingValues } from '../suggest/group/changing-values.ts'
import { accepted } from '../suggest/report.ts'
import type { Proposals } from '../suggest/suggest.ts'
import { type Chain, type Link, makeChain } from './chain.ts'
import type { ReplayContexts } from './place.ts'
import type { ReplayContext } from './questions.ts'
import type { History, Losses, ReplayBuild } from './replay.ts'

/** A build with what was thought out about it. */
export interface FixableBuild extends MeasuredBuild {
  readonly proposals: Proposals
  readonly request: BuildRequest
  readonly repository: Repository
}

/** Suggestions that are followed together: all lines of the ignore file that nobody has to think about, or one other for every Dockerfile that needs it. */
export interface FixStep {
  readonly suggestions: readonly Suggestion[]
  readonly safety: Safety
}

/**
 * The steps in the order in which they would be followed; what needs a decision last. What changes nothing for this build, as
 * it is about other Dockerfiles, is left out.
 */
export function fixSteps({ proposals, dockerfile, main: { table } }: FixableBuild): readonly FixStep[] {
  const all = accepted(proposals, true)
  const isPlain = ({ safety, rewrites, speeds }: Suggestion) =>
    safety !== 'review' && rewrites.length === 0 && speeds === null
  const isFelt = ({ ignores, rewrites }: Suggestion) =>
    ignores.length > 0 || rewrites.some(({ file }) => file === dockerfile.file)
  const stepOf = (suggestions: readonly Suggestion[]): FixStep => ({
    suggestions,
    safety: suggestions.some(({ safety }) => safety === 'review')
      ? 'review'
      : suggestions.every(({ safety }) => safety === 'proven')
        ? 'proven'
        : 'safe',
  })
  const alike = (some: readonly Suggestion[]) =>
    [
      ...groupedBy(some, ({ title, because, rewrites }) =>
        JSON.stringify([title, rewrites.length > 0 ? null : because]),
      ).values(),
    ].map(stepOf)
  const plain = all.filter(isPlain)
  const lines = plain.length === 0 ? [] : [stepOf(plain)]
  const rest = all.filter((one) => !isPlain(one))
  const certain = alike(rest.filter(({ safety }) => safety !== 'review'))
  const hasBytes = ({ rows }: Suggestion) =>
    rows.some((row) => {
      const end = table.end[row] ?? row + 1
      for (let at = row; at < end; at++) if (table.kind[at] === fileKind && table.size[at] !== 0) return true
      return false
    })
  return [
    // Lines against what may come are told after what has an effect today.
    ...(plain.some(hasBytes) ? [...lines, ...certain] : [...certain, ...lines]),
    ...alike(rest.filter(({ safety }) => safety === 'review')),
  ].filter(({ suggestions }) => suggestions.some(isFelt))
}

/** Which ARGs CI passes another value in every build. */
export function changingIn({ dockerfile, repository }: FixableBuild): (name: string) => boolean {
  const given = changingValues(dockerfile, repository, 'ci')
  return (name) => given.has(name)
}

/**
 * Makes a function that tells what the build would be with suggestions written into its files; the same value where the same
 * texts come of it, and `asIs` where these are today's.
 */
export function createFixing(
  build: FixableBuild,
  asIs: ReplayBuild,
  { under }: ReplayContexts,
): (suggestions: readonly Suggestion[]) => ReplayBuild {
  const { proposals, dockerfile, request, builder } = build
  const { originals } = proposals
  const isChanging = changingIn(build)
  const everyStage = builder === 'classic'
  const ownText = originals.dockerfiles.get(dockerfile.file)
  const chainOf = remembered(asIs.chain, ownText ?? null, (text: string | null) =>
    makeChain(
      planBuild(parseDockerfile(text ?? '', dockerfile.file), { ...request, everyStage }),
      isChanging,
    ),
  )
  const contextsWith = remembered(asIs.contexts, originals.ignore?.text ?? '', (text: string) =>
    asIs.contexts.map((one) => (one.name === null ? under(one, text) : one)),
  )
  const made = new Map<Chain, Map<readonly ReplayContext[], ReplayBuild>>([
    [asIs.chain, new Map([[asIs.contexts, asIs]])],
  ])
  return (suggestions) => {
    const text = ownText === undefined ? null : dockerfileWith(suggestions, dockerfile.file, ownText)
    const chain = chainOf(text)
    const contexts = contextsWith(ignoreTextWith(suggestions, originals))
    const alike = made.get(chain) ?? new Map<readonly ReplayContext[], ReplayBuild>()
    made.set(chain, alike)
    const known = alike.get(contexts) ?? { chain, contexts }
    alike.set(contexts, known)
    return known
  }
}

/** A function that makes one value of each text; `first` is that of `firstText`. */
function remembered<Text, Value>(first: Value, firstText: Text, make: (text: Text) => Value) {
  const known = new Map([[firstText, first]])
  return (text: Text): Value => {
    const found = known.get(text) ?? make(text)
    known.set(text, found)
    return found
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
