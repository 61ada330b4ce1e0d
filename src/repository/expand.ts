/** Puts what a recipe calls in the place of the call: scripts, make targets, scripts of package.json. */

import { knownCommand } from '../ecosystems/index.ts'
import { relativePath } from '../inputs/load.ts'
import { joinPath, parentPath } from '../lib/path.ts'
import { type Call, callOf } from './calls.ts'
import type { Library } from './library.ts'
import { makeSteps } from './makefile.ts'
import type { Mention, Recipe, RecipeStep } from './model.ts'
import { shellSteps } from './shell-steps.ts'
import { commandText } from './step-text.ts'

/** How much may still be put together, over all recipes; counted down. */
export interface Budget {
  steps: number
}

const mostSteps = 2_000
const mostDepth = 8

/** A recipe that is called: `key` tells it from any other, the same one in another directory included. */
interface Called {
  readonly key: string
  readonly steps: () => readonly RecipeStep[]
}

/** The recipe with its calls replaced: 8 deep, each recipe once in a chain, 2,000 steps at most, then an `unread` says so. */
export function expandCalls(recipe: Recipe, library: Library, budget: Budget): Recipe {
  const out: RecipeStep[] = []
  let calls = 0
  const add = (steps: readonly RecipeStep[], outermost: Mention | null, chain: readonly string[]): void => {
    for (const step of steps) {
      if (out.length >= mostSteps || calls > mostSteps || budget.steps <= 0) return
      const callers = step.kind === 'command' && chain.length < mostDepth ? calledBy(step, library) : null
      if (callers === null || callers.keeps) {
        out.push(outermost === null ? step : { ...step, called: outermost })
        budget.steps--
      }
      if (callers === null || step.kind !== 'command') continue
      const from = outermost ?? step.called ?? { at: step.at, text: commandText(step.command) }
      for (const { key, steps: made } of callers.called) {
        calls++
        if (!chain.includes(key)) add(made(), from, [...chain, key])
      }
    }
  }
  add(recipe.steps, null, [])
  if (out.length >= mostSteps || calls > mostSteps || budget.steps <= 0)
    out.push({ kind: 'unread', at: recipe.at, why: 'it has more steps than are read' })
  return { ...recipe, steps: out }
}

/** The steps of a script that is started in a directory. */
export function scriptSteps(text: string, path: string, directory: string | null): readonly RecipeStep[] {
  return shellSteps(text, {
    file: path,
    line: 1,
    directory,
    ...(directory === null ? {} : { scriptDirectory: relativePath(`/${directory}`, `/${parentPath(path)}`) }),
  })
}

/** The steps of a script of the package.json in a directory, with those that npm runs before and after it. */
export function packageSteps(
  library: Library,
  directory: string,
  script: string,
  args: readonly string[] = [],
): readonly RecipeStep[] {
  const scripts = library.packageScripts(directory)
  if (scripts === null) return []
  return around(script).flatMap((name) =>
    (scripts.scripts.get(name) ?? []).flatMap(({ text, line }) =>
      shellSteps(name === script && args.length > 0 ? `${text} ${args.join(' ')}` : text, {
        file: scripts.file,
        line,
        literal: false,
        directory,
      }),
    ),
  )
}

// An install names all that it runs, what it runs before and after included.
const byInstall = /^(?:pre|post)?(?:install|prepare)$|^prepublish$/
const around = (script: string): readonly string[] =>
  byInstall.test(script) ? [script] : [`pre${script}`, script, `post${script}`]

function calledBy(
  step: RecipeStep & { readonly kind: 'command' },
  library: Library,
): { readonly called: readonly Called[]; readonly keeps: boolean } | null {
  const call = callOf(step.command.words, step.directory)
  if (call !== null) {
    const called = resolveCall(call, library)
    if (called !== null) return { called, keeps: false }
  }
  // An install runs scripts of package.json, or of composer.json, by itself.
  const known = knownCommand(step.command.words)
  const scripts = known?.scripts ?? []
  if (known?.ecosystem === 'php')
    return { called: composerCalled(library, step.directory, scripts), keeps: true }
  const directory = scripts.length === 0 ? null : packageAbove(library, step.directory)
  return directory === null
    ? null
    : { called: scripts.flatMap((script) => packageCalled(library, directory, script, [])), keeps: true }
}

function resolveCall(call: Call, library: Library): readonly Called[] | null {
  switch (call.kind) {
    case 'script': {
      const text = library.script(call.path)
      return text === null || wrappers.has(call.path.slice(call.path.lastIndexOf('/') + 1))
        ? null
        : [
            {
              key: `${call.path} in ${call.directory}`,
              steps: () => scriptSteps(text, call.path, call.directory),
            },
          ]
    }
    case 'make': {
      const makefile = library.makefile(call.directory, call.file)
      if (makefile === null) return null
      const targets = call.targets.length > 0 ? call.targets : makefile.first === null ? [] : [makefile.first]
      if (targets.length === 0 || targets.some((target) => !makefile.rules.has(target))) return null
      return targets.map((target) => ({
        key: `${makefile.file} ${target}`,
        steps: () => makeSteps(makefile, target, { directory: call.directory, overrides: call.variables }),
      }))
    }
    case 'package': {
      const directories = packageDirectories(call, library)
      const called = directories.flatMap((directory) =>
        call.scripts.flatMap((script) => packageCalled(library, directory, script, call.args)),
      )
      return called.length === 0 ? null : called
    }
  }
}

/** Wrappers that projects carry: what they run is known by their name, see `ecosystems/`. */
const wrappers: ReadonlySet<string> = new Set(['mvnw', 'gradlew', 'sbt', 'batect', 'bazelw'])

function packageCalled(
  library: Library,
  directory: string,
  script: string,
  args: readonly string[],
): readonly Called[] {
  const scripts = library.packageScripts(directory)?.scripts
  if (scripts === undefined) return []
  if (!around(script).some((name) => scripts.has(name))) return []
  return [
    {
      key: `${directory}/package.json ${script}`,
      steps: () => packageSteps(library, directory, script, args),
    },
  ]
}

/** What composer starts beside the composer.json in the directory, each script once: it looks for none above. */
function composerCalled(
  library: Library,
  directory: string | null,
  wanted: readonly string[],
): readonly Called[] {
  const found = directory === null ? null : library.composerScripts(directory)
  if (found === null) return []
  const called: Called[] = []
  const scripts = new Set(wanted)
  // Grows while it is read.
  for (const script of scripts)
    for (const { text, line } of found.scripts.get(script) ?? []) {
      // `@php` and `@composer` are the programs, `@name` is another script: getcomposer.org/doc/articles/scripts.md.
      const [, other] = /^@(?!php$|composer$)([\w:.-]+)$/.exec(text) ?? []
      if (other !== undefined) scripts.add(other)
      else if (!compiling.test(text)) {
        const at = { file: found.file, line, literal: false, directory }
        called.push({
          key: `${found.file} ${text}`,
          steps: () => shellSteps(text.replace(/^@(?=\w)/, ''), at),
        })
      }
    }
  return called
}

/** They write what Laravel compiles in bootstrap/cache, and no more: https://laravel.com/docs/packages#package-discovery. */
const compiling = /^(?:Illuminate\\Foundation\\ComposerScripts::|(?:@?php )?artisan package:discover\b)/

function packageDirectories(call: Call & { readonly kind: 'package' }, library: Library): readonly string[] {
  if (call.workspaces === null) {
    const directory = packageAbove(library, call.directory)
    return directory === null ? [] : [directory]
  }
  const below = library.packages.filter(
    (directory) =>
      directory !== call.directory && (call.directory === '' || directory.startsWith(`${call.directory}/`)),
  )
  if (call.workspaces === '*') return below
  const wanted = call.workspaces.map((name) => name.replace(/^\.\/|\.\.\.|[{}^]|\/+$/g, ''))
  return below.filter((directory) => {
    const name = library.packageScripts(directory)?.name
    return wanted.some(
      (want) =>
        want === name || joinPath(call.directory, want) === directory || directory.endsWith(`/${want}`),
    )
  })
}

function packageAbove(library: Library, from: string | null): string | null {
  for (let directory = from; directory !== null; directory = directory === '' ? null : parentPath(directory))
    if (library.packageScripts(directory) !== null) return directory
  return null
}
