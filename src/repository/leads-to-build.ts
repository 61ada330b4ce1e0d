/** Which recipes may build an image, told by their texts alone: nobody asks what the others do. */

import { baseName } from '../lib/path.ts'
import { type RecipeForm, recipeForm } from './recipe-files.ts'

/** What each spelling of a build has in it: the programs of `inputs/command-line.ts`, variables named after them, `kaniko.ts`. */
const building = /docker|podman|container|nerdctl|finch|buildah|buildx|kaniko/i

/** How the recipes of a form are called, where that is not by the names of their files: see `calls.ts`. */
const calling: Readonly<Partial<Record<RecipeForm, RegExp>>> = {
  make: /make/i,
  npm: /npm|yarn|bun|turbo|lerna|run-[sp]|corepack/,
  composer: /composer/,
}

/** A recipe's file and what stands in it. */
export interface RecipeText {
  readonly path: string
  readonly form: RecipeForm
  readonly text: string
}

/**
 * The paths of those that build, call one that does, or call one that calls such a one. May name more, never too few: what
 * calls a file that may be a script under an unusual name counts, `files` being all there are. Reads nothing.
 */
export function leadingToBuild(texts: readonly RecipeText[], files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  const unusual = unusualScripts(files)
  let left = texts
  let leads = ({ text }: RecipeText): boolean =>
    building.test(text) || namesIn(text).some((name) => unusual.has(name))
  for (;;) {
    const next = left.filter(leads)
    if (next.length === 0) return found
    for (const { path } of next) found.add(path)
    left = left.filter(({ path }) => !found.has(path))
    const names = [...new Set(next.map(({ path }) => baseName(path)))]
    const calls = [...new Set(next.map(({ form }) => form))].flatMap((form) => calling[form] ?? [])
    leads = ({ text }) => names.some((name) => text.includes(name)) || calls.some((call) => call.test(text))
  }
}

/** Names of files that no form has, but that a command may start, or a makefile include, all the same. */
function unusualScripts(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const path of files) {
    const name = baseName(path)
    if ((!name.includes('.') || /\.(?:[kz]sh|dash|inc|make|mak)$/.test(name)) && recipeForm(path) === null)
      found.add(name)
  }
  return found
}

/** The last names of the paths that stand in a text, and what a makefile includes. */
function namesIn(text: string): readonly string[] {
  const paths = text.match(/[\w.@+-]*(?:\/[\w.@+-]+)+/g) ?? []
  const included = [...text.matchAll(/^[-s]?include\s+(.*)$/gm)].flatMap(([, words = '']) =>
    words.split(/\s+/),
  )
  return [...paths, ...included].map(baseName)
}
