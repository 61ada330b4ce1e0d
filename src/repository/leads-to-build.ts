/** Which recipes may build an image, told by their texts alone: nobody asks what the others do. */

import { baseName } from '../lib/path.ts'
import { type RecipeForm, recipeForm } from './recipe-files.ts'

/** What each spelling of a build has in it: the programs of `inputs/command-line.ts`, variables named after them, `kaniko.ts`, `deployments.ts`. */
const building = /docker|podman|container|nerdctl|finch|buildah|buildx|kaniko|\bfly(?:ctl)?\b/i

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
 * calls a file that may be a script under an unusual name counts, `files` being all there are. Reads nothing; linear in
 * the texts for each round of calls.
 */
export function leadingToBuild(texts: readonly RecipeText[], files: readonly string[]): ReadonlySet<string> {
  const unusual = unusualScripts(files)
  const known = new Set([...unusual, ...texts.map(({ path }) => baseName(path))])
  const found = new Set<string>()
  let left = texts.map((one) => ({ ...one, names: namesIn(one.text, known) }))
  let leads = ({ text, names }: RecipeText & { readonly names: ReadonlySet<string> }): boolean =>
    building.test(text) || [...names].some((name) => unusual.has(name))
  for (;;) {
    const next = left.filter(leads)
    if (next.length === 0) return found
    for (const { path } of next) found.add(path)
    left = left.filter(({ path }) => !found.has(path))
    const called = new Set(next.map(({ path }) => baseName(path)))
    // Where a name ends in a text cannot be told when it has other letters: then any text may call it.
    const isOdd = [...called].some((name) => !/^[\w.@+-]+$/.test(name))
    const calls = [...new Set(next.map(({ form }) => form))].flatMap((form) => calling[form] ?? [])
    leads = ({ text, names }) =>
      isOdd || [...names].some((name) => called.has(name)) || calls.some((call) => call.test(text))
  }
}

/** Names of files that no form has, but that a command may start, or a makefile include, all the same. */
function unusualScripts(files: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const path of files) {
    const name = baseName(path)
    const mayRun = !name.includes('.') || /\.(?:[kz]sh|dash|inc|make|mak)$/.test(name)
    if (mayRun && recipeForm(path) === null) found.add(name)
  }
  return found
}

/** Those of the names that stand in a text, alone or at the end of a path. */
function namesIn(text: string, known: ReadonlySet<string>): ReadonlySet<string> {
  const found = new Set<string>()
  for (const word of text.match(/[\w.@+/-]+/g) ?? []) {
    const name = baseName(word)
    if (known.has(name)) found.add(name)
  }
  return found
}
