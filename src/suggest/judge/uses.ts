/** Who works with a stake: instructions that name it, tools that watch it, texts that say what it is for. */

import { matchGlob } from '../../lib/glob.ts'
import { baseName, cleanPath } from '../../lib/path.ts'
import { type Place, placeText } from '../../lib/source.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { Mention, Repository } from '../../repository/model.ts'
import { condaEnv } from '../../repository/named-in-texts.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Judgement } from '../group/model.ts'
import { stagesWith } from '../group/readers.ts'
import { type Case, drop, type JudgeRoom, keep } from './judgement.ts'
import { remadeAt } from './remaking.ts'

/** The exception in the ignore file that names the path or something in it; null when none does. */
export function letInOnPurpose({ main }: MeasuredBuild, path: string): Place | null {
  const { patterns, ignore } = main.context
  const found = patterns.patterns.findIndex(({ negated, text }) => {
    const named = text.replace(/^\*\*\//, '').replace(/\/\*{1,2}$/, '')
    const isAnywhere = text.startsWith('**/') && (path === named || path.endsWith(`/${named}`))
    return negated && (named === path || named.startsWith(`${path}/`) || isAnywhere)
  })
  const line = ignore?.parsed.lines[found]
  return ignore && line ? { file: ignore.file, line: line.line } : null
}

/**
 * A RUN of the group that names the path: whatever it does with it, it is not for nothing there. A stage which has none of the
 * stake from the context, or makes it anew, means its own.
 */
export function usedByRun(one: Case): Judgement | null {
  const { stake, readers } = one
  for (const member of one.room.group.members) {
    const { dockerfile, plan } = member
    const own = readers.filter((reader) => reader.member === member && remadeAt(one, reader) === null)
    const stages = own.flatMap(({ read }) => stagesWith(member, read))
    const isMade = createMadeThere()
    for (const { instruction, line, stageIndex, directory } of plan.steps) {
      const written = [instruction.words.join(' '), ...instruction.heredocs.map(({ body }) => body)]
      const texts =
        instruction.keyword === 'RUN'
          ? written.map((text) => isMade(text, { stageIndex, directory, line }))
          : written
      if (!/^(?:RUN|CMD|ENTRYPOINT|HEALTHCHECK)$/.test(instruction.keyword)) continue
      // Of another stage, or from before the copy, it is another.
      const isRun = instruction.keyword === 'RUN'
      if (!stages.some((stage) => stage.stageIndex === stageIndex && (!isRun || stage.from < line))) continue
      const isIt = (word: string) =>
        (stake.stray !== null &&
          // `*` alone is whatever lies there.
          /[^*?]/.test(baseName(word)) &&
          matchGlob(baseName(word), baseName(stake.path)) === 'match') ||
        word.replace(/^\.\//, '').startsWith(`${stake.path}/`) ||
        ((stake.junk === null || stake.path.startsWith('.')) && word.replace(/^\.\//, '') === stake.path)
      // What a RUN takes away it can do without.
      if (
        texts.some((text) =>
          text
            .replace(/\brm\s[^&|;]*/g, ' ')
            .replace(outputOption, ' ')
            .replace(shortOutput, '$1 ')
            .replace(condaEnv, ' ')
            .split(/[\s"'=:,;()]+/)
            .some(isIt),
        )
      ) {
        const at = { file: dockerfile.file, line }
        const text = `${instruction.keyword} (${placeText(at)}) names it`
        // Nobody told git of it, and yet the image works with it: that is what it is there for.
        return stake.stray !== null && stake.stray.by !== 'keys'
          ? keep(text, at)
          : drop('unexplained', 'review', text, at)
      }
    }
  }
  return null
}

/** Where a build is told to write: what lies there it makes, and does not need. */
const outputOption = /\s--output[ =](?!\/)[\w./-]+(?=\s|$)/g

/** The same of programs of which `-o` says it: `unzip -o` and `bsdtar -o` read what stands behind. */
const shortOutput =
  /((?:^|[;&|(]|\b(?:then|do|else|if))\s*(?:\w+=\S*\s+)*(?:(?:env|exec|npx|bunx|sudo|time)\s+)*(?:[\w./-]*\/)?(?:[\w.-]+-)?(?:go|tinygo|gcc|g\+\+|cc|c\+\+|clang|clang\+\+|ld|emcc|nvcc|rustc|swiftc|gfortran|ghc|dotnet|docker|buildah|podman|curl|wget|esbuild|rollup|webpack|tailwindcss|swag|flex|bison|pandoc|sort)(?:-\d[\d.]*)?(?:\s[^;&|]*)?)\s(?:-o|(?<=\bwget\s[^;&|]*)-O)[ =](?!\/)[\w./-]+(?=\s|$)/g

/** Where a text runs. */
interface Running {
  readonly stageIndex: number
  /** Absolute; null where only the base image knows it. */
  readonly directory: string | null
  readonly line: number
}

/**
 * The text of a RUN less what it makes sure of, `mkdir -p logs`, and less whose those are to be, `chown app logs`: nothing of them need be there
 * before. Texts come in the order in which they run. Behind a `cd` it is another directory, and nothing is noted.
 */
function createMadeThere(): (text: string, running: Running) => string {
  const made = new Set<string>()
  return (text, { stageIndex, directory, line }) => {
    let isHere = true
    const key = (word: string) => {
      const path = word.startsWith('/') || directory === null ? word : `${directory}/${word}`
      // In a directory that nobody knows a name is the same for its own RUN.
      return `${path.startsWith('/') ? stageIndex : `line ${line}`} ${cleanPath(path)}`
    }
    const isMade = (word: string) => (isHere || word.startsWith('/')) && made.has(key(word))
    return text
      .split(/(&&|\|\||[;|\n])/)
      .map((part) => {
        const [program = '', ...words] = part.trim().split(/\s+/)
        if (/(?:^|[\s({!])(?:cd|pushd|popd)(?:\s|$)/.test(part)) isHere = false
        if (program === 'mkdir' && words.some((word) => /^-\w*p|^--parents$/.test(word))) {
          for (const word of words) if (isHere && !word.startsWith('-')) made.add(key(word))
          return ''
        }
        return /^(?:chown|chgrp|chmod)$/.test(program)
          ? [program, ...words.filter((word) => !isMade(word))].join(' ')
          : part
      })
      .join(' ')
  }
}

/** An environment that the image starts from and that no step of it makes was made for it, on a host like it. */
export function startedFrom({ group, repository, runsFor }: JudgeRoom, stake: Stake): Judgement | null {
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
  const isInstalled = group.members.some((member) =>
    member.plan.stages.some(({ index }) =>
      runsFor(member, index).some(({ commands }) =>
        commands.some(
          ({ meaning }) =>
            meaning?.ecosystem === 'python' &&
            meaning.kind === 'install' &&
            // `pip install supervisor` brings no more than that.
            (meaning.files.length > 0 || !/^pip[\d.]* install/.test(meaning.title)),
        ),
      ),
    ),
  )
  // A script or the settings of a supervisor that the container starts with, where the image has no packages but these.
  const mention = isInstalled
    ? null
    : mentionOf(
        repository,
        stake,
        ({ at, text }) => text.includes(`${baseName(stake.path)}/bin/`) && !byHand.test(at.file),
      )
  return mention && drop('unexplained', 'review', `${placeText(mention.at)} starts from it`, mention.at)
}

/** What people and CI start, not a container. */
const byHand =
  /(?:^|\/)(?:[^/]*[Mm]akefile|\.?[Jj]ustfile|[Tt]askfile\.ya?ml|\.(?:github|gitlab|circleci|vscode|idea)\/.*|\.[^/]*|[^/]+\.(?:md|rst|txt|ya?ml|toml|json))$/

/** A log that a source reads is data, not what a program left. */
export function readAsData(repository: Repository, stake: Stake): Judgement | null {
  if (stake.junk?.what !== 'log') return null
  const mention = mentionOf(
    repository,
    stake,
    ({ text }) =>
      /(?:read|open|load|glob|parse|scan|include|embed|get_contents)\w*\W/i.test(text) &&
      !/['"`]\s*,\s*(?:mode\s*=\s*)?['"`][awx]|logg(?:er|ing)|handler|append|write|create|transport/i.test(
        text,
      ),
  )
  return mention && drop('unexplained', 'review', `${placeText(mention.at)} reads it`, mention.at)
}

/** The first text that names the stake and is not there to make or to drop it. */
export function mentionOf(
  repository: Repository,
  stake: Stake,
  isMeant: (mention: Mention) => boolean = () => true,
): Mention | null {
  return repository.mentions?.get(stake.path)?.find(isMeant) ?? null
}

/** https://dvc.org/doc/user-guide/project-structure: these say which data there is, git ignores the data itself. */
export const isDvc = ({ at }: Mention): boolean => /\.dvc$|(?:^|\/)dvc\.(?:lock|yaml)$/.test(at.file)

/**
 * What a development tool copies into containers has to stay, though no instruction may read it. What is junk in a
 * watched directory is none of that.
 */
export function watchedBy(repository: Repository, stake: Stake): Judgement | null {
  for (const { path, at } of repository.watched) {
    const isAsked = path === stake.path || path.startsWith(`${stake.path}/`)
    if (isAsked) return keep(`${placeText(at)} copies it into the container`, at)
    if (stake.junk === null && path !== '' && stake.path.startsWith(`${path}/`))
      return drop('unexplained', 'review', `${placeText(at)} copies it into the container`, at)
  }
  return null
}
