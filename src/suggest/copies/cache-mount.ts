/**
 * Where a build of several modules fetches what it depends on, no step before the copy could fetch all of it. What it fetches
 * can be kept beside the layers: https://docs.docker.com/build/cache/optimize/#use-cache-mounts. Advice: it helps the builder
 * that keeps it, and what a RUN leaves there is in no layer.
 */

import { knownImage } from '../../dockerfile/known-images.ts'
import { placeText } from '../../lib/source.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member, Reason } from '../group/model.ts'
import type { ImageCommand, ImageRun } from '../image/runs.ts'

/** A RUN with a mount that keeps what it fetches. */
export interface CacheMount {
  readonly line: number
  readonly title: string
  readonly because: string
  readonly rewrites: readonly TextEdit[]
}

interface Store {
  /** The program as it is called, the wrapper included. */
  readonly program: RegExp
  /** Below the home directory of the user. */
  readonly name: string
  /** What else tells where it lies. */
  readonly elsewhere: RegExp
}

/** https://maven.apache.org/settings.html, https://docs.gradle.org/current/userguide/directory_layout.html. */
const stores: readonly Store[] = [
  {
    program: /(?:^|\/)(?:mvn|mvnw|mvnd)$/,
    name: '.m2',
    elsewhere: /maven\.repo\.local|MAVEN_CONFIG|\.m2\b|user\.home|localRepository/,
  },
  {
    program: /(?:^|\/)(?:gradle|gradlew)$/,
    name: '.gradle',
    elsewhere: /GRADLE_USER_HOME|--gradle-user-home|\.gradle\b(?!\.)|user\.home/,
  },
]

/** Null where it is not plain where that is, or something else looks there. */
export function cacheMount(
  member: Member,
  {
    run,
    command,
    runs,
  }: { readonly run: ImageRun; readonly command: ImageCommand; readonly runs: readonly ImageRun[] },
  reason: Reason,
): CacheMount | null {
  const { dockerfile, plan } = member
  const { file, text } = dockerfile
  const { instruction, stageIndex, line } = run.step
  const store = stores.find(({ program }) => program.test(command.words[0] ?? ''))
  const base = plan.stages[stageIndex]
  if (store === undefined || base?.baseOrigin.kind !== 'image') return null
  // Only as root it is known where home is.
  const isPlain =
    !plan.steps.some((step) => step.stageIndex === stageIndex && step.instruction.keyword === 'USER') &&
    dockerfile.instructions.every(
      ({ keyword, text: written }) =>
        !(keyword === 'ENV' && /\bHOME\b/.test(written)) && !store.elsewhere.test(written),
    )
  // What one of them has fetched the others would look for.
  const others = runs.filter(
    (one) => one !== run && one.commands.some(({ words }) => store.program.test(words[0] ?? '')),
  )
  const isBuiltOn = plan.stages.some(
    ({ baseOrigin }) => baseOrigin.kind === 'stage' && baseOrigin.index === stageIndex,
  )
  if (!isPlain || others.length > 0 || isBuiltOn || instruction.json) return null
  if (instruction.flags.some(({ value }) => /type=cache/.test(value ?? ''))) return null
  const home =
    knownImage(base.base, member.request.platform)?.directory === '/home/gradle' ? '/home/gradle' : '/root'
  const start = instruction.start + text.slice(instruction.start).search(/\s/)
  const title = command.meaning?.title ?? ''
  return {
    line,
    title: `keep what ${title} fetches in a cache mount`,
    because: `${title} (${placeText({ file, line })}) fetches all of it for every change, and nothing can fetch it before: ${reason.text}; the builder keeps the mount, which is in no layer`,
    rewrites: [{ file, start, end: start, text: ` --mount=type=cache,target=${home}/${store.name}` }],
  }
}
