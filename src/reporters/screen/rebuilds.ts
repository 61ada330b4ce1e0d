/** How many of its images a commit rebuilds: in one sentence, image by image, and as one fix after the other is followed. */

import { visiblePath } from '../../lib/path.ts'
import type {
  ContextReport,
  LeftAloneReport,
  Report,
  SuggestionReport,
  TargetHistory,
  TargetReport,
} from '../../report.ts'
import type { Style } from '../style.ts'
import { finePercent, gitReader, isGit } from './history-words.ts'
import { paint, type Tone } from './paint.ts'
import { shorten } from './width.ts'
import { counted, paragraph } from './words.ts'

const historiesOf = (targets: readonly TargetReport[]): readonly TargetHistory[] =>
  targets.flatMap(({ history }) => (history === undefined ? [] : [history]))

/** Commits after which an image is built again: as it is, with what is safe, with all that is proposed. */
export function rebuiltCommits({ rebuilt: { now, afterFix, withReview } }: TargetHistory): {
  readonly now: number
  readonly safe: number
  readonly all: number
} {
  return { now, safe: afterFix ?? now, all: withReview ?? now }
}

/** Of several images, how many one commit rebuilds on average. */
function perCommit(
  histories: readonly TargetHistory[],
  commitsOf: (history: TargetHistory) => number,
): number {
  return histories.reduce((sum, one) => sum + commitsOf(one) / Math.max(1, one.compared), 0)
}

/** A change to less than so much of it is worth a word in red. */
const worthwhile = 0.8

/** True where steps run only if a stage that they copy from has made something else: what is counted is a bound. */
const isBound = ({ instructions }: TargetHistory): boolean =>
  instructions.some(({ instruction, atMost }) => instruction === 'RUN' && atMost)

/** `A commit rebuilds 8.2 of 12 images, on average of the last 150 commits. 1.6 would do.`; nothing where no history is known. */
export function rebuildsVerdict({ contexts }: Report, style: Style): string[] {
  const histories = historiesOf(contexts.flatMap(({ targets }) => targets))
  if (histories.length === 0) return []
  const told = (mark: string, text: string, tone: Tone) =>
    paragraph(mark, text, style).map((line) => paint(style, tone, line))
  const of = `of the last ${counted(Math.max(...histories.map(({ commits }) => commits)), 'commit')}`
  const images = counted(histories.length, 'image')
  const now = perCommit(histories, (one) => rebuiltCommits(one).now)
  const unseen = histories.filter(({ madeBefore }) => madeBefore).length
  if (now === 0 && unseen === 0) return told('✓ ', `None ${of} rebuilds any of ${images}.`, 'green')
  if (now === 0)
    return told(
      '',
      `What ${unseen === histories.length ? (unseen === 1 ? 'the image takes' : 'the images take') : `${unseen} of ${images} ${unseen === 1 ? 'takes' : 'take'}`} is made before the build, and git has none of it: how often a commit rebuilds ${unseen === 1 ? 'it' : 'them'}, its history does not tell.`,
      'bold',
    )
  const all = perCommit(histories, (one) => rebuiltCommits(one).all)
  const would = all.toFixed(1) === now.toFixed(1) ? '' : ` ${all.toFixed(1)} would do.`
  const [needing, sending] = [contexts.filter(needsGit), contexts.filter((one) => !needsGit(one))]
  const most = histories.some(isBound) ? 'at most ' : ''
  const text = `A commit rebuilds ${most}${now.toFixed(1)} of ${images}, on average ${of}.${would}${gitVerdict(sending)}${gitVerdict(needing)}`
  return all < now * worthwhile || gitVerdict(sending) !== ''
    ? told('✗ ', text, 'red')
    : told('', text, 'bold')
}

/** That images read `.git`, and are never found in the cache for that; of contexts that can do without it, or of those where something asks it. */
function gitVerdict(contexts: readonly ContextReport[]): string {
  const reading = historiesOf(contexts.flatMap(({ targets }) => targets)).filter(
    (one) => gitReader(one) !== null,
  ).length
  if (reading === 0) return ''
  const they = reading === 1 ? 'it is' : 'they are'
  const [asked] = contexts.flatMap(keptGit)
  const so =
    asked === undefined
      ? `: until it stays out ${they} never found in the cache`
      : `, so that ${they} never found in the cache; ${visiblePath(asked.because)}`
  return ` ${reading} of them ${reading === 1 ? 'reads' : 'read'} .git, which differs after every commit${so}.`
}

/** True where git is asked while the image is built: nobody is told to keep it out. */
const needsGit = (context: ContextReport): boolean => keptGit(context).length > 0

const keptGit = ({ leftAlone }: ContextReport): readonly LeftAloneReport[] =>
  leftAlone.filter(({ path }) => isGit(`${path}/`))

/**
 * What rebuilds the image most often: a part of the tree where more than half of these commits change it, else the instruction
 * that reads so much. `fine` for one that is seldom rebuilt, and not less often with what is proposed.
 */
export function firstCause(history: TargetHistory): string {
  const { instructions, compared } = history
  if (history.madeBefore) return 'made before'
  const { now, all } = rebuiltCommits(history)
  if (now * 100 <= compared * finePercent && all === now) return 'fine'
  const [most] = [...instructions].sort((a, b) => b.own - a.own || a.line - b.line)
  if (most === undefined || most.own === 0) return ''
  const top = most.byPath.find(({ path, commits }) => isGit(path) || commits * 2 > most.own)
  return top === undefined
    ? `${shorten(visiblePath(most.text.replace(/\s+/g, ' ')), 24)} :${most.line}`
    : visiblePath(top.path)
}

/** What a fix does to a commit's builds, given those above it: `8.2 → 6.6`; null where that stays the same, and where it was not replayed. */
export interface FixCourse {
  /** Images that are built again. */
  readonly images: string | null
  /** Runs of what it speeds up. */
  readonly installs: string | null
}

/** What has to be known of a fix. */
interface FollowedFix {
  readonly suggestions: readonly Pick<SuggestionReport, 'id'>[]
  readonly speeds: string | null
}

/** Makes a function that tells it of the fixes of one context after the other. */
export function fixCourse({
  contexts,
}: Report): (context: ContextReport, fixes: readonly FollowedFix[]) => readonly FixCourse[] {
  const everything = historiesOf(contexts.flatMap(({ targets }) => targets))
  /** How many of its steps have been made for each image. */
  let made: ReadonlyMap<TargetHistory, number> = new Map()
  return ({ targets }, fixes) => {
    const followed = new Set<string>()
    return fixes.map(({ suggestions, speeds }) => {
      for (const { id } of suggestions) followed.add(id)
      const steps = historiesOf(targets).map((one) => [one, stepsIn(one, followed)] as const)
      if (steps.some(([, count]) => count === null)) return { images: null, installs: null }
      const before = made
      const now = new Map([...made, ...steps.map(([one, count]) => [one, count ?? 0] as const)])
      made = now
      const course = (of: (history: TargetHistory, steps: number) => number) => {
        const [from, to] = [before, now].map((counts) =>
          perCommit(everything, (one) => of(one, counts.get(one) ?? 0)).toFixed(1),
        )
        return from === to ? null : `${from} → ${to}`
      }
      return {
        images: course(rebuiltAfter),
        installs: speeds && course((one, count) => runsAfter(one, speeds, count)),
      }
    })
  }
}

const rebuiltAfter = ({ steps, rebuilt }: TargetHistory, count: number): number =>
  steps[count - 1]?.rebuilt ?? rebuilt.now

/** Commits after which instructions that install so run again, each of them counted. */
const runsAfter = ({ instructions, steps }: TargetHistory, name: string, count: number): number =>
  instructions.reduce((sum, one, i) => {
    const after = count === 0 ? one : steps[count - 1]?.together[i]
    return sum + (one.installs === name ? (after?.lost ?? 0) : 0)
  }, 0)

/** How many steps have been made with just these suggestions followed; null where they are not the first ones. */
function stepsIn({ steps }: TargetHistory, followed: ReadonlySet<string>): number | null {
  const isFollowed = steps.map(({ suggestions }) => suggestions.every((id) => followed.has(id)))
  const first = isFollowed.indexOf(false)
  const count = first < 0 ? steps.length : first
  return isFollowed.lastIndexOf(true) >= count ? null : count
}
