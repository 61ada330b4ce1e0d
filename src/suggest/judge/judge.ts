/** May a part of the context go? The answer always comes with its reason, and the reason with its place. */

import { landing } from '../../dockerfile/landing.ts'
import type { CommandMeaning, FoundJunk } from '../../ecosystems/index.ts'
import type { BuildTarget } from '../../inputs/target.ts'
import { baseName, cleanPath, joinPath, visiblePath } from '../../lib/path.ts'
import { type Place, placeText } from '../../lib/source.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { Mention, Repository } from '../../repository/model.ts'
import { buildsWithout, type MakerWay, makers } from '../../repository/provenance.ts'
import type { Stake } from '../../repository/stakes.ts'
import { createLinkFinder } from '../group/links.ts'
import type { Ground, Group, Inquiry, Judgement, Member, MemberRead } from '../group/model.ts'
import { hasWorkspaces } from '../group/package-json.ts'
import { directoryAt, isNamed, type Reader, readersOf, stagesWith } from '../group/readers.ts'
import {
  type GitUse,
  gitUse,
  type ImageRun,
  installOf,
  isElsewhere,
  type Remake,
  remakeOf,
  runsOf,
  startsOf,
  versionTool,
} from '../image/steps.ts'
import { hostMeanings } from './host-commands.ts'
import { namedByManifest } from './manifest-names.ts'

/** Judges stakes one by one; what is read of a Dockerfile for one serves for all. */
export function createJudge(inquiry: Inquiry): (stake: Stake) => Judgement {
  const { group, repository, measured } = inquiry
  const runs = new Map<string, readonly ImageRun[]>()
  const runsFor = (member: Member, stage: number): readonly ImageRun[] => {
    const key = `${group.members.indexOf(member)} ${stage}`
    const known = runs.get(key) ?? runsOf(member, stage, repository)
    runs.set(key, known)
    return known
  }
  const linkTo = createLinkFinder(measured, repository)
  const meaningOf = hostMeanings(repository)
  const judge = (stake: Stake): Judgement => {
    const readers = readersOf(inquiry, stake)
    const named = readers.find(({ read }) => isNamed(read, stake, inquiry))
    if (named) {
      const { instruction } = named.read
      return keep(
        `${instruction.instruction} ${visiblePath(instruction.sources.join(' '))} asks for it`,
        placeOf(named),
      )
    }
    const watched = watchedBy(repository, stake)
    if (watched !== null) return watched
    if (readers.length === 0) return drop('unread', 'proven', 'no instruction reads it', null)
    const erased = remadeBy(stake, readers)
    const letIn = erased?.ground === 'erased' ? null : letInOnPurpose(measured, stake)
    if (letIn !== null) return keep('it is let in on purpose', letIn)
    if (stake.junk?.what === 'history') {
      // As git-annex has it.
      const link = linkTo(stake.path)
      return link === null
        ? judgeHistory(readers)
        : keep(`${visiblePath(link)} is a link that leads there`, null)
    }
    if (erased !== null && erased.ground === 'erased') return drop('erased', 'safe', erased.text, erased.at)
    // What the image makes anew is there for the link again; all else would be missing.
    const link = erased === null ? linkTo(stake.path) : null
    if (link !== null) return keep(`${visiblePath(link)} is a link that leads there`, null)
    const before = madeBefore(stake, readers)
    if (stake.junk?.disposable === 'always' && stake.junk.what !== 'report') {
      const isMadeThere = erased !== null || before !== null
      const asked =
        stake.junk.what === 'environment'
          ? isMadeThere
            ? null
            : startedFrom(inquiry, stake)
          : ((stake.junk.what === 'packages' && !isMadeThere ? madeOnHost(stake, erased) : null) ??
            usedByRun(inquiry, stake) ??
            readAsData(repository, stake))
      return asked ?? drop('disposable', 'safe', stake.junk.says, null)
    }
    const maker = madeOnHost(stake, erased)
    if (maker !== null) return maker
    if (erased !== null) return drop('rebuilt', 'safe', erased.text, erased.at)
    if (before !== null) return drop('rebuilt', 'safe', before.text, before.at)
    const data = repository.tracked?.has(`${stake.path}.dvc`)
      ? { at: { file: `${stake.path}.dvc`, line: 1 } }
      : mentionOf(repository, stake, isDvc)
    if (data !== null) return keep(`${placeText(data.at)} tracks it with DVC`, data.at)
    const asks =
      stake.junk === null && !stake.isDirectory
        ? namedByManifest({ ...stake, isTest: false }, repository.manifests)
        : null
    if (asks !== null) return keep(`${placeText(asks)} asks for it`, asks)
    const used = usedByRun(inquiry, stake)
    if (used !== null) return used
    if (repository.mentions === null)
      return drop(
        'unexplained',
        'review',
        'whether a text names it was not looked for: ctxsize fix does',
        null,
      )
    const mention = mentionOf(repository, stake)
    if (mention !== null)
      return drop('unexplained', 'review', `${placeText(mention.at)} names it`, mention.at)
    if (stake.junk?.disposable === 'always') return drop('disposable', 'safe', stake.junk.says, null)
    const without = stake.gitIgnored
      ? buildsWithout(repository.recipes, inRepository(repository, stake.path), isOfGroup(group), {
          isElsewhere: (made) => mayBeOutput(stake) && isElsewhere(made, repository),
          meaningOf,
        })
      : null
    if (without !== null) {
      const text = `CI builds without it (${placeText(without.at)})`
      const doubt = isSettings(stake.path)
        ? ', but a program may read its settings there'
        : without.isUsed
          ? null
          : ', but neither publishes nor starts that image'
      return doubt === null
        ? drop('without', 'safe', text, without.at)
        : drop('unexplained', 'review', `${text}${doubt}`, without.at)
    }
    const merged = mergedBy(stake, readers)
    if (merged !== null) return drop('unexplained', 'review', merged.text, merged.at)
    const why =
      stake.junk?.says ??
      (stake.gitIgnored ? 'git ignores it, and nothing says what it is for' : 'nothing says what it is for')
    return drop('unexplained', 'review', why, null)
  }

  /** An install that goes on from what is there: without it, all is fetched anew, which is nearly always what is wanted. */
  const mergedBy = (stake: Stake, readers: readonly Reader[]) => {
    if (isPartOfOthers(repository, stake)) return null
    for (const { member, read } of readers) {
      const remake = remakeAt(stake, member, read)
      if (remake !== null && remake.existing === 'merges')
        return {
          text: `${remake.title} (${placeText(remake.at)}) goes on from what is there instead of starting anew`,
          at: remake.at,
        }
    }
    return null
  }

  /** What takes the stake away or makes it anew in every stage that reads it. */
  const remadeBy = (stake: Stake, readers: readonly Reader[]): Remaking | null => {
    const found = readers.map(({ member, read }) => remadeAt(stake, member, read))
    // Every stage that takes it has to do so.
    return found.every((one) => one !== null)
      ? (found.find((one) => one.ground === 'rebuilt') ?? found[0] ?? null)
      : null
  }

  /** Where the stake lies in the image; null where that cannot be told, or only a RUN sees it. */
  const imagePathOf = (stake: Stake, member: Member, read: MemberRead): string | null =>
    read.instruction.mount ? null : landing(read.instruction, directoryAt(member, read), stake.path)

  const remakeAt = (stake: Stake, member: Member, read: MemberRead): Remake | null => {
    const { line, stageIndex } = read.instruction
    const imagePath = imagePathOf(stake, member, read)
    const isOutput = stake.junk?.what === 'output'
    return imagePath === null
      ? null
      : remakeOf(member, runsFor(member, stageIndex), repository, {
          line,
          imagePath,
          isOutput,
          bound: stake.junk?.bound ?? null,
        })
  }

  const remadeAt = (stake: Stake, member: Member, read: MemberRead): Remaking | null => {
    const remake = remakeAt(stake, member, read)
    if (remake === null || remake.existing === 'skips') return null
    // What it is says more than that a RUN takes it away.
    if (remake.kind === 'plain' && stake.junk?.disposable === 'always') return null
    const at = `${remake.title} (${placeText(remake.at)})`
    if (remake.existing === 'refuses')
      return { ground: 'rebuilt', text: `${at} takes none that another place made`, at: remake.at, remake }
    if (remake.existing === 'erases') {
      // A cache that is spared is made anew as well.
      const text = remake.spares ? `${at} makes it anew` : `${at} deletes it first`
      return { ground: 'erased', text, at: remake.at, remake }
    }
    const isBuilt = remake.kind === 'build' && (stake.junk?.disposable === 'rebuilt' || stake.gitIgnored)
    const isMade = isBuilt || (remake.existing === 'overwrites' && stake.junk !== null)
    return isMade ? { ground: 'rebuilt', text: `${at} makes it anew`, at: remake.at, remake } : null
  }

  /** What an install has made in the image where the copy then goes over it, in every stage that reads the stake. */
  const madeBefore = (stake: Stake, readers: readonly Reader[]): Remaking | null => {
    if (stake.row < 0 || !/^(?:packages|output|environment)$/.test(stake.junk?.what ?? '')) return null
    const found = readers.map(({ member, read }) => {
      const path = imagePathOf(stake, member, read)
      const { line, stageIndex } = read.instruction
      const runs = runsFor(member, stageIndex)
      const remake =
        path === null
          ? null
          : installOf(member, runs, repository, {
              line,
              imagePath: path,
              // Of packages further down it is not known whether an install at the top is for them too.
              deep: stake.junk?.what === 'output',
            })
      const text = remake && `${remake.title} (${placeText(remake.at)}) has made it there before the copy`
      return remake && text !== null ? { ground: 'rebuilt' as const, text, at: remake.at, remake } : null
    })
    return found.every((one) => one !== null) ? (found[0] ?? null) : null
  }

  /** What is made on the host for this image is not junk: a step that makes it before the build. */
  const madeOnHost = (stake: Stake, erased: Remaking | null): Judgement | null => {
    const { junk } = stake
    if (junk !== null && !/^(?:output|packages|dump)$/.test(junk.what)) return null
    // An install at the top makes the packages of others only where there are workspaces.
    const isPart = isPartOfOthers(repository, stake)
    const isMeant = ({ how, tool }: MakerWay): boolean => {
      if (isPart && how === 'installs') return false
      // The image does the same again: it was made to be tested, or to be published elsewhere.
      if (erased !== null && tool !== null && isSameTool(tool, erased.remake, junk)) return false
      if (how !== 'may') return true
      return erased === null && junk?.what === 'output' && junk.ecosystem === tool?.ecosystem && !isOpen(tool)
    }
    /** The image runs it too, and nobody can tell where it writes there either. */
    const isOpen = ({ title }: CommandMeaning): boolean =>
      group.members.some((member) =>
        member.plan.stages.some(({ index }) =>
          runsFor(member, index).some(({ commands }) =>
            commands.some(({ meaning }) => meaning?.title === title && meaning.makes.some(isAnything)),
          ),
        ),
      )
    const path = inRepository(repository, stake.path)
    const found = makers(repository.recipes, path, isOfGroup(group), { meaningOf, isMeant })
    const before = found.find(({ beforeBuild }) => beforeBuild !== null)
    if (!before) return null
    const does = before.how === 'may' ? 'may make' : 'makes'
    return keep(`${placeText(before.at)} ${does} it on the host for this image`, before.at)
  }

  const judgeHistory = (readers: readonly Reader[]): Judgement => {
    let stamps: GitUse = { kind: 'none' }
    for (const { member, read } of readers)
      for (const { stageIndex, from } of stagesWith(member, read)) {
        const use = gitUse(member, runsFor(member, stageIndex), from, repository)
        if (use.kind === 'uses') return keep(`${use.text} (${placeText(use.at)})`, use.at)
        if (use.kind === 'unknown')
          return drop('unexplained', 'review', `${use.text} (${placeText(use.at)}): it may ask git`, use.at)
        if (use.kind === 'stamps' && stamps.kind === 'none') stamps = use
        // What a container starts is mostly the program itself, of which nothing is known.
        const started = gitUse(member, startsOf(member, stageIndex, repository), 0, repository)
        if (started.kind === 'uses') return keep(`${started.text} (${placeText(started.at)})`, started.at)
      }
    const tool = versionTool(null, repository)
    if (tool !== null) return drop('unexplained', 'review', `${tool.text} (${placeText(tool.at)})`, tool.at)
    const asks = repository.mentions?.get('.git')?.[0]
    if (asks) return drop('unexplained', 'review', `${placeText(asks.at)} asks git`, asks.at)
    if (stamps.kind !== 'none')
      return drop(
        'unexplained',
        'review',
        `${stamps.text} (${placeText(stamps.at)}), and does without`,
        stamps.at,
      )
    return drop('history', 'safe', 'no RUN, script or manifest uses git', null)
  }

  return (stake) => {
    const judgement = judge(stake)
    const [open] = group.open
    if (!open || judgement.kind === 'keep' || judgement.safety === 'review') return judgement
    const text = `${judgement.reason.text}; but ${open.at === null ? '' : `${placeText(open.at)}: `}${open.text}`
    return { ...judgement, safety: 'review', reason: { text, at: open.at } }
  }
}

/** Names that frameworks look for by themselves, in the container and in the build of a client: no text need name them. */
const isSettings = (path: string): boolean =>
  /^\.env(?:\.|$)|\.(?:key|pem|local)$|(?:^|[._-])local\.(?:json|toml|ya?ml|ini|php|py|rb)$|^appsettings\..*json$/i.test(
    baseName(path),
  )

/** The exception in the ignore file that names the stake or something in it; null when none does. */
function letInOnPurpose({ main }: MeasuredBuild, { path }: Stake): Place | null {
  const { patterns, ignore } = main.context
  const found = patterns.patterns.findIndex(({ negated, text }) => {
    const named = text.replace(/^\*\*\//, '').replace(/\/\*{1,2}$/, '')
    const isAnywhere = text.startsWith('**/') && (path === named || path.endsWith(`/${named}`))
    return negated && (named === path || named.startsWith(`${path}/`) || isAnywhere)
  })
  const line = ignore?.parsed.lines[found]
  return ignore && line ? { file: ignore.file, line: line.line } : null
}

interface Remaking {
  readonly ground: 'erased' | 'rebuilt'
  readonly text: string
  readonly at: Place
  readonly remake: Remake
}

const placeOf = ({ read }: Reader): Place => ({ file: read.member.file, line: read.instruction.line })

function drop(
  ground: Ground,
  safety: 'proven' | 'safe' | 'review',
  text: string,
  at: Place | null,
): Judgement {
  return { kind: 'drop', ground, safety, reason: { text, at } }
}

const keep = (text: string, at: Place | null): Judgement => ({ kind: 'keep', reason: { text, at } })

/** What a build writes where its configuration says is a directory or a file with a plain name, nothing that an install made. */
const mayBeOutput = ({ path, isDirectory, junk }: Stake): boolean =>
  (junk === null || junk.what === 'output') && (isDirectory || !/(?:^|\/)\.[^/]*$/.test(path))

const inRepository = ({ below }: Repository, path: string): string => joinPath(below ?? '', path)

const isOfGroup =
  (group: Group) =>
  (target: BuildTarget): boolean =>
    cleanPath(target.context) === '.' &&
    (target.dockerfile === null ||
      group.members.some(({ dockerfile }) => dockerfile.file === target.dockerfile))

const isAnything = ({ path }: { readonly path: string }): boolean => path === '*'

/**
 * True when the tool that made it on the host makes all of it in the image too: a directory that belongs to one tool,
 * like `target`, or one of many, like `dist`, by the very same command.
 */
const isSameTool = (tool: CommandMeaning, remake: Remake, junk: FoundJunk | null): boolean =>
  tool.ecosystem === remake.ecosystem &&
  (tool.title === remake.title || (junk?.ecosystem === remake.ecosystem && remake.ecosystem !== 'node'))

/** True for packages further down where nothing makes an install at the top one of them too. */
const isPartOfOthers = (repository: Repository, { path, junk }: Stake): boolean =>
  path.includes('/') && junk?.what === 'packages' && !hasWorkspaces(repository)

/** A RUN of the group that names the path: whatever it does with it, it is not for nothing there. */
function usedByRun({ group }: Inquiry, stake: Stake): Judgement | null {
  for (const { dockerfile, plan } of group.members)
    for (const { instruction, line } of plan.steps) {
      if (!/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.keyword)) continue
      const texts = [instruction.words.join(' '), ...instruction.heredocs.map(({ body }) => body)]
      const isIt = (word: string) =>
        word.replace(/^\.\//, '').startsWith(`${stake.path}/`) ||
        ((stake.junk === null || stake.path.startsWith('.')) && word.replace(/^\.\//, '') === stake.path)
      // What a RUN takes away it can do without.
      if (
        texts.some((text) =>
          text
            .replace(/\brm\s[^&|;]*/g, ' ')
            .split(/[\s"'=:,;()]+/)
            .some(isIt),
        )
      ) {
        const at = { file: dockerfile.file, line }
        return drop('unexplained', 'review', `${instruction.keyword} (${placeText(at)}) names it`, at)
      }
    }
  return null
}

/** An environment that the image starts from and that no step of it makes was made for it, on a host like it. */
function startedFrom({ group }: Inquiry, stake: Stake): Judgement | null {
  for (const { dockerfile, plan } of group.members) {
    const says = plan.steps.filter(({ instruction }) => instruction.text.includes(`${stake.path}/bin`))
    const isMade = plan.steps.some(
      ({ instruction }) =>
        /^(?:RUN|COPY)$/.test(instruction.keyword) &&
        (instruction.text.includes(stake.path) ||
          /\b(?:uv|poetry|pdm|pipenv|virtualenv|venv)\b/.test(instruction.text)),
    )
    const [first] = says
    if (!first || isMade) continue
    const at = { file: dockerfile.file, line: first.line }
    return drop('unexplained', 'review', `${first.instruction.keyword} (${placeText(at)}) names it`, at)
  }
  return null
}

/** A log that a source reads is data, not what a program left. */
function readAsData(repository: Repository, stake: Stake): Judgement | null {
  if (stake.junk?.what !== 'log') return null
  const mention = mentionOf(
    repository,
    stake,
    ({ text }) =>
      /(?:read|open|load|parse|scan|include|embed|get_contents)\w*\W/i.test(text) &&
      !/['"`]\s*,\s*(?:mode\s*=\s*)?['"`][awx]|logg(?:er|ing)|handler|append|write|create|transport/i.test(
        text,
      ),
  )
  return mention && drop('unexplained', 'review', `${placeText(mention.at)} reads it`, mention.at)
}

/** The first text that names the stake and is not there to make or to drop it. */
function mentionOf(
  repository: Repository,
  stake: Stake,
  isMeant: (mention: Mention) => boolean = () => true,
): Mention | null {
  return repository.mentions?.get(stake.path)?.find(isMeant) ?? null
}

/** https://dvc.org/doc/user-guide/project-structure: these say which data there is, git ignores the data itself. */
const isDvc = ({ at }: Mention): boolean => /\.dvc$|(?:^|\/)dvc\.(?:lock|yaml)$/.test(at.file)

/**
 * What a development tool copies into containers has to stay, though no instruction may read it. What is junk in a
 * watched directory is none of that.
 */
function watchedBy(repository: Repository, stake: Stake): Judgement | null {
  for (const { path, at } of repository.watched) {
    const isAsked = path === stake.path || path.startsWith(`${stake.path}/`)
    if (isAsked) return keep(`${placeText(at)} copies it into the container`, at)
    if (stake.junk === null && path !== '' && stake.path.startsWith(`${path}/`))
      return drop('unexplained', 'review', `${placeText(at)} copies it into the container`, at)
  }
  return null
}
