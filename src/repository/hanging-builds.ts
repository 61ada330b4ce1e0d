/** Builds of which a variable decides what they build: which they can be, by the files that are there. */

import { baseName, cleanPath, joinPath, parentPath } from '../lib/path.ts'
import { verbatim } from '../lib/verbatim.ts'
import type { Recipe, RecipeStep } from './model.ts'
import { target } from './pipeline-steps.ts'
import { commandStep } from './shell-steps.ts'

type BuildStep = RecipeStep & { readonly kind: 'build' }

const mostValues = 5_000
const variables = /\$\{\{[^}/]*\}\}|\$\{[\w@*]+\}|\$(?:\w+|[@*])/g

/**
 * The step with a build for every Dockerfile that its command can mean, where the context is said: `-f "src/$1/Dockerfile" .`.
 * Any other step as it is, and one whose variable may hold any path.
 */
export function withFiles(step: RecipeStep, files: readonly string[]): RecipeStep {
  if (step.kind !== 'build' || step.builds !== null || !step.hanging) return step
  if (!step.command) return withOnly(step, step.hanging, files)
  const { command, hanging, at, directory = null } = step
  const [variable, ...others] = new Set(hanging.file.match(variables))
  const path = pathOf(directory, hanging.file)
  if (variable === undefined || others.length > 0 || path === null || !isSaid(hanging.context)) return step
  const value = valueIn(path, variable)
  const texts = value === null ? [] : files.flatMap((file) => value.exec(file)?.[1] ?? [])
  // Some of them are none of them: what the others read is not known.
  if (texts.length > mostValues) return step
  const filled = texts.flatMap((text) => {
    const fill = (word: string) => word.replaceAll(variable, () => text)
    const { values = command.words } = command
    const read = commandStep(
      { ...command, words: command.words.map(fill), values: values.map(fill) },
      at,
      directory,
    )
    return read.kind === 'build' && read.builds !== null ? read.builds : []
  })
  return filled.length === 0 ? step : { ...step, builds: filled, why: null }
}

/** Any Dockerfile at all, as a ready-made step takes one: the one there is; of several, only a run can tell. */
function withOnly(
  step: BuildStep,
  { context, file }: NonNullable<BuildStep['hanging']>,
  files: readonly string[],
): BuildStep {
  const name = /^\*\*\/([\w.-]+)$/.exec(file)?.[1]
  const [found, ...others] = name === undefined ? [] : files.filter((path) => baseName(path) === name)
  if (found === undefined || others.length > 0) return step
  return { ...step, builds: [target(context ?? parentPath(found), found, step.at)], why: null }
}

/** What any recipe writes where it fills something in, `${params.DIR}` of Jenkins and `{{.DIR}}` of Task included. */
const unsaid = /[$`%]|\{\{/

const isSaid = (text: string | null): text is string => text !== null && !unsaid.test(text)

/** What stands for the variable in a path of that form; null where that might be any path. */
function valueIn(path: string, variable: string): RegExp | null {
  const parts = path.split(variable)
  if (!parts.some((part) => /[^/]/.test(part))) return null
  const [first = '', ...rest] = parts.map(verbatim)
  return new RegExp(`^${first}([^/]+)${rest.join('\\1')}$`)
}

/**
 * False for a build that cannot have the directory (relative to the repository's root, '' for that) as its context, whatever
 * the variable holds on which it hangs.
 */
export function mayBuild({ builds, hanging, directory = null }: BuildStep, context: string): boolean {
  if (builds !== null || !hanging || hanging.context === null) return true
  // A tar that comes through a pipe: no ignore file is looked at for it (moby/buildkit frontend/dockerui/context.go).
  if (hanging.context === piped) return false
  const path = pathOf(directory, hanging.context)
  if (path === null) return true
  const at = path.search(unsaid)
  return at < 0 ? path === context : `${context}/`.startsWith(path.slice(0, at))
}

const piped = '-'

/**
 * Dockerfiles of builds whose context comes through a pipe: what they copy was put together for that and is nowhere else. Named by
 * the build, or by what writes to the pipe. `files` and the result are relative to the repository's root.
 */
export function pipedDockerfiles(recipes: readonly Recipe[], files: readonly string[]): ReadonlySet<string> {
  const there = new Set(files)
  const found = new Set<string>()
  for (const { steps } of recipes)
    for (const one of steps) {
      if (one.kind !== 'build' || one.builds !== null || one.hanging?.context !== piped) continue
      const beside = steps.filter(({ at }) => at.file === one.at.file && at.line === one.at.line)
      const words = beside.flatMap((step) => (step.kind === 'command' ? step.command.words : []))
      for (const word of [one.hanging.file, ...words])
        for (const directory of ['', one.directory ?? '']) {
          const path = pathOf(directory, word)
          if (path !== null && there.has(path) && isDockerfileName.test(path)) found.add(path)
        }
    }
  return found
}

const isDockerfileName = /(?:Docker|Container)file/i

/** From the repository's root; null where it leads out of it or cannot be told. */
function pathOf(directory: string | null, typed: string): string | null {
  if (directory === null || /^[/~]|:\/\//.test(typed)) return null
  const path = cleanPath(joinPath(directory, typed))
  return path === '..' || path.startsWith('../') ? null : path === '.' ? '' : path
}
