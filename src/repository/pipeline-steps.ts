/** What the readings of other services' pipelines have in common: a file with its tree, and its commands as steps. */

import type { BuildTarget } from '../inputs/target.ts'
import type { Place } from '../lib/source.ts'
import { joinedSteps } from './gitlab.ts'
import type { RecipeStep } from './model.ts'
import { itemsOf, type YamlNode } from './yaml-tree.ts'

/** A pipeline file, and its tree. */
export interface Reader {
  readonly file: string
  readonly root: YamlNode
}

/** Of one job. */
export const mostSteps = 1_000

/** The commands of a node: a text, or a list of texts. */
export function commands(
  node: YamlNode | null,
  { file }: Reader,
  directory: string | null = '',
): readonly RecipeStep[] {
  const lines = itemsOf(node).flatMap((item) =>
    item.kind !== 'text'
      ? []
      : item.literal
        ? item.text.split('\n').map((text, i) => ({ text, line: item.textLine + i }))
        : [{ text: item.text, line: item.line }],
  )
  return joinedSteps(lines, { file, directory })
}

export const placeOf = (node: YamlNode, { file }: Reader): Place => ({ file, line: node.line })
export const aboveOf = (node: YamlNode, { file }: Reader): Place => ({
  file,
  line: Math.max(1, node.line - 1),
})
export const unread = (node: YamlNode, reader: Reader, why: string): RecipeStep => ({
  kind: 'unread',
  at: placeOf(node, reader),
  why,
})
export const isBuildName = (text: string) =>
  /docker|kaniko|buildah|ecr|gcr|image/i.test(text) && /build|push|publish|kaniko/i.test(text)

/** A build of which context and Dockerfile are known, both from the repository's root. */
export function target(context: string, dockerfile: string, foundIn: Place): BuildTarget {
  const up =
    context === ''
      ? ''
      : context
          .split('/')
          .map(() => '../')
          .join('')
  return {
    name: null,
    context: context === '' ? '.' : context,
    dockerfile:
      context === ''
        ? dockerfile
        : dockerfile.startsWith(`${context}/`)
          ? dockerfile.slice(context.length + 1)
          : `${up}${dockerfile}`,
    inline: null,
    target: null,
    args: {},
    namedContexts: {},
    platforms: [],
    foundIn,
    guessed: false,
  }
}
