/** Files that an image works with where they are there: what a test of a RUN asks about, what another stage is given of them. */

import { matchGlob } from '../../lib/glob.ts'
import { baseName, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Judgement } from '../group/model.ts'
import { stagesWith } from '../group/readers.ts'
import { absolute } from '../image/paths.ts'
import { type Case, drop } from './judgement.ts'
import { imagePathOf, remadeAt } from './remaking.ts'
import { keepAsked } from './secrets.ts'

/**
 * By a RUN that goes another way where the file is there: `[ -f server-$TARGETARCH ] || go build -o server-$TARGETARCH`. What
 * lies there then is what ships.
 */
export function testedInImage(one: Case): Judgement | null {
  // Of settings it may be that they are only for those who work on the project.
  if (one.stake.isDirectory || one.stake.junk !== null || baseName(one.stake.path).startsWith('.'))
    return null
  for (const reader of one.readers) {
    const { member, read } = reader
    const place = imagePathOf(one, reader)
    if (place === null || remadeAt(one, reader) !== null) continue
    for (const { stageIndex, from } of stagesWith(member, read))
      for (const { instruction, stageIndex: at, line, directory } of member.plan.steps) {
        if (instruction.keyword !== 'RUN' || at !== stageIndex || line <= from) continue
        const text = [instruction.words.join(' '), ...instruction.heredocs.map(({ body }) => body)].join('\n')
        for (const [, word = ''] of text.matchAll(testOfFile))
          if (isNamedBy(word, directory, place)) {
            const where = { file: member.dockerfile.file, line }
            return keepAsked(one, `RUN (${placeText(where)}) takes it where it is there`, where)
          }
      }
  }
  return null
}

/** By a COPY from a stage that has it from the context, where nothing known makes it there. */
export function takenFromStage(one: Case): Judgement | null {
  for (const reader of one.readers) {
    const { member, read } = reader
    const place = imagePathOf(one, reader)
    if (place === null || remadeAt(one, reader) !== null) continue
    for (const { origin, localSources, from, line } of member.plan.reads)
      if (
        origin.kind === 'stage' &&
        origin.index === read.instruction.stageIndex &&
        localSources.some((source) => isNamedBy(source, '/', place))
      ) {
        const at = { file: member.dockerfile.file, line }
        const text = `COPY --from=${visiblePath(from ?? '')} (${placeText(at)}) takes it from there`
        return drop('unexplained', 'review', text, at)
      }
  }
  return null
}

/** `[ -f WORD ]`, `[[ ! -x WORD ]]`, `test -s WORD`. */
const testOfFile = /(?:\[\[?|\btest)\s+(?:!\s+)?-[efrsx]\s+("[^"\s]+"|'[^'\s]+'|[^\s;\]&|]+)/g

/** True where the word, with some value of its variables, is the path. */
function isNamedBy(word: string, directory: string | null, path: string): boolean {
  const plain = word.replace(/^(["'])(.*)\1$/, '$2')
  if (!/[^/.*?]/.test(baseName(plain).replaceAll(variable, ''))) return false
  return withValues(plain).some((glob) => {
    const whole = absolute(glob, directory)
    return whole !== null && matchGlob(whole, path) === 'match'
  })
}

/** The word with each value of the platform, and anything at all for what else it hangs on. */
function withValues(word: string): readonly string[] {
  let filled: readonly string[] = [word]
  for (const [name, values] of ofPlatform) {
    const own = new RegExp(`\\$(?:${name}\\b|\\{${name}[^}]*\\})`, 'g')
    filled = filled.flatMap((one) => (own.test(one) ? values.map((value) => one.replace(own, value)) : [one]))
  }
  return filled.map((one) => one.replaceAll(variable, '*'))
}

const variable = /\$(?:\w+|\{\w+[^}]*\})/g

/** https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope, with the values of Go that images are built for. */
const ofPlatform: readonly (readonly [string, readonly string[]])[] = [
  ['TARGETOS', ['linux', 'windows']],
  ['TARGETARCH', 'amd64 arm64 arm 386 ppc64le s390x riscv64 mips64le loong64'.split(' ')],
  ['TARGETVARIANT', ['', 'v5', 'v6', 'v7', 'v8']],
]
