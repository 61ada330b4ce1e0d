/** Builds that compose and bake files of a repository write down, wherever they lie. */

import type { Host } from '../host/host.ts'
import { readBake } from '../inputs/bake.ts'
import { readCompose } from '../inputs/compose.ts'
import { readBuilds } from '../inputs/index.ts'
import type { BuildTarget, OpenBuild } from '../inputs/target.ts'
import { baseName, cleanPath, compareBytes, joinPath, parentPath } from '../lib/path.ts'
import type { Recipe, RecipeStep } from './model.ts'

/** Paths are relative to the repository's root. */
export interface WrittenBuilds {
  readonly builds: readonly BuildTarget[]
  readonly open: readonly OpenBuild[]
}

/** Definitions beyond these are of examples and tests. */
const mostDefinitions = 40

/** Files that compose and bake find by themselves are read as they would be from their directory; all others one by one. */
export function writtenBuilds(host: Host, root: string, files: readonly string[]): WrittenBuilds {
  const definitions = new Map<string, Definition>()
  for (const file of [...files].sort((a, b) => depth(a) - depth(b) || compareBytes(a, b))) {
    if (definitions.size >= mostDefinitions) break
    const name = baseName(file)
    const dir = parentPath(file)
    if (byThemselves.test(name)) {
      const tools = new Set([...(definitions.get(dir)?.tools ?? []), toolOf(name)])
      definitions.set(dir, { dir, files: [], tools })
    } else if (likely.test(name))
      definitions.set(file, { dir, files: [name], tools: new Set([toolOf(name)]) })
  }
  const found = [...definitions.values()].flatMap((one) => [
    readDefinition(host, root, one, []),
    placed(unaskedBuilds(host, root, one), one.dir),
  ])
  return { builds: found.flatMap(({ builds }) => builds), open: found.flatMap(({ open }) => open) }
}

/** The steps of a recipe that call compose or bake, with the builds that their files say. */
export function resolveCalls(host: Host, root: string, recipe: Recipe): Recipe {
  const resolve = (step: RecipeStep): RecipeStep => {
    if (step.kind !== 'build' || step.builds !== null) return step
    const call = step.compose ?? step.bake
    if (call === undefined) return step
    const names = step.compose?.services ?? step.bake?.targets ?? []
    const dir = step.directory ?? ''
    const given = call.files.map((file) =>
      dir !== '' && file.startsWith(`${dir}/`) ? file.slice(dir.length + 1) : file,
    )
    const { builds, open } = readDefinition(host, root, { dir, files: given }, names)
    return builds.length > 0 && open.length === 0 ? { ...step, builds } : step
  }
  return recipe.steps.some((step) => step.kind === 'build')
    ? { ...recipe, steps: recipe.steps.map(resolve) }
    : recipe
}

interface Definition {
  readonly dir: string
  readonly files: readonly string[]
  readonly tools: ReadonlySet<Tool>
}

type Tool = 'bake' | 'compose'

const toolOf = (name: string): Tool => (/\.ya?ml$/.test(name) ? 'compose' : 'bake')

/** Builds that have to be asked for: targets outside of the default group, services of a profile. What cannot be read of them is none. */
function unaskedBuilds(host: Host, root: string, { dir, files, tools }: Definition): WrittenBuilds {
  const workingDirectory = joinPath(root, dir)
  const bake = tools.has('bake')
    ? readBake(host, { files, targets: ['*'], workingDirectory: host.absolute(workingDirectory) })
    : null
  const compose = tools.has('compose')
    ? readCompose(host, { files, services: [], profiles: ['*'], workingDirectory })
    : null
  return { builds: [...(bake?.builds ?? []), ...(compose?.builds ?? [])], open: [] }
}

const depth = (path: string): number => path.split('/').length

const byThemselves = /^(?:(?:docker-)?compose\.ya?ml|docker-bake\.(?:hcl|json))$/
const likely = /^(?:(?:docker-)?compose[.-][\w.-]+\.ya?ml|docker-bake[.-][\w.-]+\.(?:hcl|json)|[\w-]+\.hcl)$/

function readDefinition(
  host: Host,
  root: string,
  { dir, files }: Pick<Definition, 'dir' | 'files'>,
  names: readonly string[],
): WrittenBuilds {
  return placed(readBuilds(host, { files, names, workingDirectory: joinPath(root, dir) }), dir)
}

/** From paths of the definition's directory to paths of the repository. */
function placed({ builds, open }: WrittenBuilds, dir: string): WrittenBuilds {
  const place = ({ file, line }: { readonly file: string; readonly line: number }) => ({
    file: cleanPath(joinPath(dir, file)),
    line,
  })
  return {
    builds: builds
      .filter(({ guessed }) => !guessed)
      .map((build) => ({
        ...build,
        context:
          build.context.includes('://') || build.context.startsWith('/')
            ? build.context
            : cleanPath(joinPath(dir, build.context)),
        foundIn: place(build.foundIn),
      })),
    open: open.map(({ at, why }) => ({ at: place(at), why })),
  }
}
