/** Changes of Dockerfiles as suggestions, each tried: every stage has to end with the files it ended with before. */

import { rootRow } from '../../context/table.ts'
import { cleanPath, joinPath, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { IgnoreGroup, Suggestion } from '../edits/suggestion.ts'
import { dockerfileWith, withoutOverlaps } from '../edits/texts.ts'
import type { Inquiry, Judgement, Member } from '../group/model.ts'
import type { LineRoom } from '../lines/lines.ts'
import { type Grounds, openGrounds } from '../needs/needs.ts'
import { argumentsLater } from './arguments-later.ts'
import { goModules } from './go-modules.ts'
import { installAdvice } from './install-advice.ts'
import { installLines } from './install-lines.ts'
import { lockFirst } from './lock-first.ts'
import { manifestsFirst, type Refusal } from './manifest-first.ts'
import type { Held } from './narrowing.ts'
import { createStageTrial, type StageTrial } from './same-stages.ts'
import { sourcesAgain } from './sources-again.ts'
import { systemFirst } from './system-first.ts'
import { systemMixed } from './system-mixed.ts'
import { tooWide } from './too-wide.ts'

export interface DockerfileSuggestions {
  readonly suggestions: readonly Suggestion[]
  readonly refusals: readonly Refusal[]
}

/** For every Dockerfile of the group that can be written. */
export function dockerfileSuggestions(
  inquiry: Inquiry,
  room: LineRoom,
  judge: (stake: Stake) => Judgement,
): DockerfileSuggestions {
  const suggestions: Suggestion[] = []
  const refusals: Refusal[] = []
  const seen = new Set<string>()
  const trial = createStageTrial(inquiry.measured.main.table)
  const grounds = openGrounds(inquiry.measured.main.table, inquiry.repository)
  const held: Held = () =>
    inquiry.repository.stakes.flatMap((stake) => (judge(stake).kind === 'keep' ? [stake.path] : []))
  for (const member of inquiry.group.members) {
    const { file } = member.dockerfile
    // The same file with other arguments, and a text that stands in a compose file.
    if (
      seen.has(file) ||
      !(member.leads || inquiry.repository.dockerfiles.has(file)) ||
      member.dockerfile.problems.length > 0 ||
      isOtherName(file, inquiry)
    )
      continue
    seen.add(file)
    const found = suggestionsFor(member, inquiry, { grounds, room, judge, refusals })
      .filter((one) => isHarmless(member, one, trial))
      .map((one) => unlessElsewhere(one, member, inquiry))
    suggestions.push(...found, ...narrowings(member, grounds, { moves: found, trial, held }))
  }
  return { suggestions, refusals }
}

/** True for a link to another Dockerfile of the group: what is proposed for that one is for both. */
function isOtherName(file: string, { group, measured: { main } }: Inquiry): boolean {
  const target = main.table.linkTarget.get(main.table.find(file) ?? rootRow)
  if (target === undefined) return false
  const leads = target.startsWith('/') ? null : cleanPath(joinPath(parentPath(file), target))
  return leads !== file && group.members.some(({ dockerfile }) => dockerfile.file === leads)
}

function suggestionsFor(
  member: Member,
  inquiry: Inquiry,
  {
    grounds,
    room,
    judge,
    refusals,
  }: {
    readonly grounds: Grounds
    readonly room: LineRoom
    readonly judge: (stake: Stake) => Judgement
    readonly refusals: Refusal[]
  },
): readonly Suggestion[] {
  const { measured, repository } = inquiry
  const { table } = measured.main
  const { file } = member.dockerfile
  const found: Suggestion[] = []
  const common = { evidence: [], rows: [], guard: false, ignores: [] as readonly IgnoreGroup[] } as const
  const system = systemFirst(member, grounds)
  const mixed = systemMixed(member, repository, system.found).filter(
    ({ subject }) => !system.refusals.some((one) => one.subject === subject),
  )
  refusals.push(...mixed)
  for (const { step, title, because, rewrites, isCut, doubt } of system.found)
    found.push({
      ...common,
      id: `${isCut ? 'system-part' : 'system-first'} ${file}:${step.line}`,
      title,
      safety: doubt === null ? 'safe' : 'review',
      because: doubt === null ? because : `${because}; but ${doubt}`,
      rewrites,
      speeds: speedOf(step.line, title.replace(/^run | before the copy$/g, '')),
    })
  for (const { line, passed, title, because, doubt, rewrites } of argumentsLater(member, repository))
    found.push({
      ...common,
      id: `argument-later ${file}:${line}`,
      title,
      safety: doubt === null ? 'safe' : 'review',
      because: doubt === null ? because : `${because}; but ${doubt}`,
      rewrites,
      speeds: speedOf(line, passed),
    })
  const moved = manifestsFirst(member, grounds)
  const advice = installAdvice(member, grounds, system.found)
  const advised = [...advice.found, ...advice.mounts].map(({ line }) => `(${placeText({ file, line })})`)
  // What is in the way of a step that only fetches says more than that the install itself has to stay.
  const others = moved.refusals.filter(
    ({ subject }) => !advice.refusals.some((one) => one.subject === subject),
  )
  refusals.push(
    ...[...others, ...advice.refusals].filter(({ subject }) => !advised.some((one) => subject.endsWith(one))),
    ...system.refusals,
  )
  for (const one of advice.found) {
    const ignored = installLines(one, inquiry, room, judge)
    if (ignored.kind === 'refused') continue
    const comment = `What an install makes in the image: the copy that comes after it must not go over it.`
    const unshared = unsharedLines(one.makes, inquiry)
    found.push({
      ...common,
      id: `install-first ${file}:${one.line}`,
      title: one.title,
      safety: 'review',
      because: unshared === null ? one.because : `${one.because}; but ${unshared}`,
      ignores: ignored.lines.length === 0 ? [] : [{ comment, lines: ignored.lines }],
      rewrites: one.rewrites,
      speeds: speedOf(one.line, one.title.replace(/^.*: /, '')),
    })
  }
  for (const { line, title, because, rewrites } of advice.mounts)
    found.push({
      ...common,
      id: `cache-mount ${file}:${line}`,
      title,
      safety: 'review',
      because,
      rewrites,
      speeds: null,
    })
  for (const one of moved.found) {
    const { install, title, because, rewrites } = one
    const doubt = one.doubt ?? unsharedLines(one.makes, inquiry)
    const installed = install.meaning?.title ?? ''
    const ignored = installLines(one, inquiry, room, judge)
    if (ignored.kind === 'refused') {
      refusals.push({
        subject: `${installed} (${file}:${install.line})`,
        reason: { text: ignored.why, at: { file, line: install.line } },
      })
      continue
    }
    const comment = `What ${installed} makes in the image: the copy that comes after it must not go over it.`
    found.push({
      ...common,
      id: `manifest-first ${file}:${install.line}`,
      title,
      safety: doubt === null ? ignored.safety : 'review',
      because: doubt === null ? because : `${because}; but ${doubt}`,
      ignores: ignored.lines.length === 0 ? [] : [{ comment, lines: ignored.lines }],
      rewrites,
      speeds: speedOf(install.line, installed),
    })
  }
  for (const { line, title, because, rewrites } of lockFirst(member, table, repository))
    found.push({
      ...common,
      id: `lock-first ${file}:${line}`,
      title,
      safety: 'review',
      because,
      rewrites,
      speeds: null,
    })
  for (const { line, because, rewrites, doubt } of goModules(member, grounds, system.found))
    found.push({
      ...common,
      id: `go-modules ${file}:${line}`,
      title: 'download Go modules before the copy',
      safety: doubt === null ? 'safe' : 'review',
      because: doubt === null ? because : `${because}; but ${doubt}`,
      rewrites,
      speeds: speedOf(line, 'go mod download'),
    })
  return found
}

/** Why others may get the change without the lines that keep what an install makes out of the copy; null where they get both. */
function unsharedLines(makes: readonly string[], { measured: { main }, repository }: Inquiry): string | null {
  const file = main.context.ignore?.file ?? '.dockerignore'
  return makes.length > 0 && main.gitIgnored?.(file, false) === true && repository.tracked?.has(file) !== true
    ? `git ignores ${visiblePath(file)}, without which the copy goes over what is installed: whoever gets the commit lacks it until git add -f`
    : null
}

/** A change becomes a question where the Dockerfile may be built in a way that was not looked at: nothing was tried there. */
function unlessElsewhere(
  one: Suggestion,
  { dockerfile }: Member,
  { group, repository }: Inquiry,
): Suggestion {
  if (one.safety === 'review') return one
  const [open] = group.open
  const other = repository.builds.of(dockerfile.file).find(({ context }) => cleanPath(context) !== '.')
  const why = other
    ? `${placeText(other.foundIn)} builds it with the context ${visiblePath(other.context)} too`
    : open && `${open.at === null ? '' : `${placeText(open.at)}: `}${open.text}`
  return why === undefined ? one : { ...one, safety: 'review', because: `${one.because}; but ${why}` }
}

/** Copies that bring more than is used, as far as can be told: never more than a question. `moves`: what may be followed beside them. */
function narrowings(
  member: Member,
  grounds: Grounds,
  {
    moves,
    trial,
    held,
  }: { readonly moves: readonly Suggestion[]; readonly trial: StageTrial; readonly held: Held },
): readonly Suggestion[] {
  const { file, text } = member.dockerfile
  const { table, repository } = grounds
  const again = sourcesAgain(member, table, repository)
  const wide = tooWide(member, grounds, held).filter(({ line }) => !again.some((one) => one.line === line))
  return [...again, ...wide].flatMap(({ line, stageIndex, title, because, rewrites }) => {
    const one: Suggestion = {
      id: `too-wide ${file}:${line}`,
      title,
      safety: 'review',
      because,
      evidence: [],
      ignores: [],
      rewrites,
      rows: [],
      speeds: null,
      guard: false,
    }
    const isSound = [[], ...moves.map((move) => [move])].every(
      (beside) =>
        withoutOverlaps([...beside, one]).length <= beside.length ||
        trial.onlyLoses(member, dockerfileWith([...beside, one], file, text), stageIndex),
    )
    return isSound ? [one] : []
  })
}

const speedOf = (line: number, text: string) => ({ line, text: text.replace(/\s+/g, ' ').slice(0, 60) })

/** The text as it would be, read again: the same files in every stage, but for what the lines drop. */
function isHarmless(member: Member, suggestion: Suggestion, trial: StageTrial): boolean {
  const { dockerfile } = member
  const after = dockerfileWith([suggestion], dockerfile.file, dockerfile.text)
  return trial.sameStages(member, after)
}
