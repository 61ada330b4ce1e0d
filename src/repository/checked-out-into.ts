/** Jobs that check the repository out into a directory of its own: `actions/checkout` with `path: app`. */

import type { BuildTarget } from '../inputs/target.ts'
import { verbatim } from '../lib/verbatim.ts'
import type { ShellCommand } from '../shell/model.ts'
import { isLocalContext } from './action-builds.ts'
import type { RecipeStep } from './model.ts'
import { directoryOf } from './shell-steps.ts'

/** A path from where the job begins as one from the repository's root, '' for that; null where it lies outside. */
export function fromHome(path: string, home: string): string | null {
  if (home === '' || path === home) return home === '' ? path : ''
  return path.startsWith(`${home}/`) ? path.slice(home.length + 1) : null
}

/**
 * The step of a job that has the repository in the directory `home`, with its paths from the repository's root. A command that
 * runs elsewhere has a directory that cannot be told, as it may reach in from there.
 */
export function asAtHome(step: RecipeStep, home: string): RecipeStep {
  if (home === '') return step
  switch (step.kind) {
    case 'command':
      return {
        ...step,
        command: commandAt(step.command, home),
        directory: directoryAt(step.directory, home),
      }
    case 'action':
      return { ...step, inputs: inputsAt(step.inputs, home) }
    case 'build':
      return buildAt(step, home)
    case 'checkout':
    case 'unread':
      return step
  }
}

const directoryAt = (directory: string | null, home: string): string | null =>
  directory === null ? null : fromHome(directory, home)

/** The command with what it names from where the job begins, `$GITHUB_WORKSPACE/app/out`, named from the repository. */
function commandAt(command: ShellCommand, home: string): ShellCommand {
  const into = new RegExp(`(\\$\\{?GITHUB_WORKSPACE\\}?)/${verbatim(home)}(?=/|$)`, 'g')
  const all = (words: readonly string[]) => words.map((word) => word.replace(into, '$1'))
  const { words, values, writes, reads } = command
  return {
    ...command,
    words: all(words),
    ...(values && { values: all(values) }),
    writes: all(writes),
    reads: all(reads),
  }
}

/** Each line that is a path in the repository. */
function inputsAt(inputs: Readonly<Record<string, string>>, home: string): Readonly<Record<string, string>> {
  const lineAt = (line: string): string => {
    const [, before = '', typed = ''] = /^(\s*(?:!|(?:.*,)?dest=)?)(.*?)\s*$/.exec(line) ?? []
    const path = directoryOf('', typed)
    const own = path === null || path === '' ? null : fromHome(path, home)
    return own === null ? line : `${before}${own || '.'}`
  }
  return Object.fromEntries(
    Object.entries(inputs).map(([name, text]) => [
      name,
      isName.test(name) ? text : text.split('\n').map(lineAt).join('\n'),
    ]),
  )
}

/** Inputs that are never paths. */
const isName = /^(?:name|key|restore-keys|tags?|repository)$/

function buildAt(step: RecipeStep & { readonly kind: 'build' }, home: string): RecipeStep {
  const { builds, compose, bake, inputs, directory } = step
  const own = builds?.map((build) => targetAt(build, home))
  const files = (compose ?? bake)?.files.map((file) => fromHome(file, home))
  const isOutside = own?.includes(null) === true || files?.includes(null) === true
  const at = {
    ...step,
    ...(directory !== undefined && { directory: directoryAt(directory, home) }),
    ...(step.command && { command: commandAt(step.command, home) }),
    ...(inputs && { inputs: { ...inputs, ...inputsAt(pathsOf(inputs), home) } }),
  }
  if (isOutside) {
    const { compose: _, bake: __, ...rest } = at
    return { ...rest, builds: null, why: `the repository is in ${home}, and what it builds is not` }
  }
  const told = files?.flatMap((file) => file ?? []) ?? []
  return {
    ...at,
    ...(own && { builds: own.flatMap((build) => build ?? []) }),
    ...(compose && {
      compose: { ...compose, files: told, projectDirectory: directoryAt(compose.projectDirectory, home) },
    }),
    ...(bake && { bake: { ...bake, files: told } }),
  }
}

/** Those inputs of a build that are paths. */
const pathsOf = (inputs: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(
    ['context', 'file', 'outputs'].flatMap((name) => {
      const text = inputs[name]
      return text === undefined ? [] : [[name, text] as const]
    }),
  )

/** Null for a build that reads what lies outside of the repository. */
function targetAt(build: BuildTarget, home: string): BuildTarget | null {
  const localAt = (context: string): string | null => {
    if (!isLocalContext(context)) return context
    const path = directoryOf('', context)
    const own = path === null ? null : fromHome(path, home)
    return own === '' ? '.' : own
  }
  const context = localAt(build.context)
  const named = Object.entries(build.namedContexts).map(([name, one]) => [name, localAt(one)] as const)
  const file = isLocalContext(build.context) ? directoryOf(build.context, build.dockerfile ?? '') : home
  if (context === null || file === null || fromHome(file, home) === null) return null
  const contexts = named.flatMap(([name, one]) => (one === null ? [] : [[name, one] as const]))
  return contexts.length < named.length
    ? null
    : { ...build, context, namedContexts: Object.fromEntries(contexts) }
}
