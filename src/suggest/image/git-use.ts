/** Who asks git while an image is built. */

import { ecosystems } from '../../ecosystems/index.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName } from '../../lib/path.ts'
import { type Place, placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { Member } from '../group/model.ts'
import { absolute } from './paths.ts'
import type { ImageCommand, ImageRun } from './runs.ts'

/**
 * Programs that work in a git repository only.
 * https://dvc.org/doc/command-reference/init#initializing-dvc-without-git
 */
const wantsRepository = /(?:^|\/)(?:dvc|git-annex|git-cliff|gitversion|pre-commit)$/

/**
 * Whether anything that runs after the path has come in asks git about it. `stamps`: it writes the commit down where it
 * finds one, and does without where it finds none.
 */
export type GitUse =
  | { readonly kind: 'none' }
  | { readonly kind: 'uses' | 'stamps' | 'unknown'; readonly text: string; readonly at: Place }

/** Looks through the commands of a stage after `line` for those that ask git. */
export function gitUse(
  member: Member,
  runs: readonly ImageRun[],
  line: number,
  repository: Repository,
): GitUse {
  let unknown: GitUse | null = null
  let stamps: GitUse | null = null
  for (const { step, commands, unread } of runs) {
    if (step.line <= line) continue
    const at: Place = { file: member.dockerfile.file, line: step.line }
    for (const command of commands) {
      const { meaning } = command
      if (wantsRepository.test(command.words[0] ?? ''))
        return { kind: 'uses', text: `${baseName(command.words[0] ?? '')} asks git`, at }
      const started = step.instruction.keyword === 'RUN' ? fileAsks(command, repository) : null
      if (started !== null) return { kind: 'uses', text: started, at }
      const made = baseName(command.words[0] ?? '') === 'make' ? makefileAsks(repository) : null
      if (made !== null) return { kind: 'uses', ...made }
      if (meaning === null)
        unknown ??= { kind: 'unknown', text: `what ${shortText(command.text)} does is not known`, at }
      else if (meaning.git === 'uses') return { kind: 'uses', text: `${meaning.title} asks git`, at }
      else if (meaning.git !== 'never') {
        const tool = versionTool(meaning.ecosystem, repository)
        if (tool !== null) return { kind: 'uses', ...tool }
        if (meaning.git === 'stamps')
          stamps ??= { kind: 'stamps', text: `${meaning.title} writes the commit into what it makes`, at }
      }
      if (command.words.some((word) => /\$\(\s*git\s|`\s*git\s/.test(word)))
        return { kind: 'uses', text: 'it asks git', at }
    }
    if (unread !== null) unknown ??= { kind: 'unknown', text: unread, at }
  }
  return unknown ?? stamps ?? { kind: 'none' }
}

/**
 * `python version.py asks git in version.py:15`, of a source that the command starts: whatever the program does where there is no
 * repository, it is started to find one. Null where no source that it names is known to ask.
 */
function fileAsks(
  { words, meaning, directory, text }: ImageCommand,
  { mentions }: Repository,
): string | null {
  if (meaning !== null && meaning.kind !== 'build') return null
  const paths = words.filter((word) => /\.\w+$/.test(word)).map((word) => absolute(word, directory ?? '/'))
  const asks = mentions?.get('.git')?.find(({ at }) => paths.some((path) => path.endsWith(`/${at.file}`)))
  return asks === undefined ? null : `${shortText(text)} asks git in ${placeText(asks.at)}`
}

/** A line of a makefile that asks git: what make then does with it cannot be told. */
function makefileAsks({ makefiles }: Repository): { readonly text: string; readonly at: Place } | null {
  for (const [file, text] of makefiles) {
    const found =
      /^[^#\n]*\bgit\s+(?:-C\s+\S+\s+)?(?:describe|rev-parse|rev-list|log|show|tag|status|diff|ls-files|branch|symbolic-ref)\b/m.exec(
        text,
      )
    if (found) {
      const line = text.slice(0, found.index + found[0].length).split('\n').length
      return { text: 'make asks git', at: { file, line } }
    }
  }
  return null
}

const shortText = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text)

/** The manifest line that makes a build ask git for its version; `ecosystem` null: of any. */
export function versionTool(
  ecosystem: string | null,
  repository: Repository,
): { readonly text: string; readonly at: Place } | null {
  const tools = ecosystems
    .filter(({ id }) => ecosystem === null || id === ecosystem)
    .flatMap((one) => one.versionTools)
  for (const [path, text] of repository.manifests) {
    const lower = text.toLowerCase()
    for (const tool of tools) {
      if (!tool.files.some((glob) => matchGlob(glob, baseName(path)) === 'match')) continue
      const found = lower.indexOf(tool.text.toLowerCase())
      if (found < 0) continue
      const line = text.slice(0, found).split('\n').length
      const unless = tool.instead === null ? '' : `, unless it is given ${tool.instead}`
      return { text: `${tool.name} asks git${unless}`, at: { file: path, line } }
    }
  }
  return null
}
