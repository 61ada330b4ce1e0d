/** Recipes of a repository: what its workflows, scripts, makefiles and package scripts do, and which images they build. */

import type { Host } from '../host/host.ts'
import type { BuildTarget, OpenBuild } from '../inputs/target.ts'
import { joinPath, parentPath } from '../lib/path.ts'
import { readCdk, readJenkinsfile, readTiltfile } from './code-recipes.ts'
import { asDeployment, readService } from './deployments.ts'
import { type Budget, expandCalls, packageSteps, scriptSteps } from './expand.ts'
import { readGitlab } from './gitlab.ts'
import { withFiles } from './hanging-builds.ts'
import { leadingToBuild, type RecipeText } from './leads-to-build.ts'
import { createLibrary, type Library } from './library.ts'
import { makeSteps } from './makefile.ts'
import type { Recipe, RecipeStep } from './model.ts'
import { readPackageScripts } from './package-scripts.ts'
import { readPipeline } from './pipelines.ts'
import { nearestFirst, projectDirectory, type RecipeForm, recipeForm } from './recipe-files.ts'
import { shellSteps } from './shell-steps.ts'
import { readWorkflow } from './workflows.ts'

export { isRecipeFile } from './recipe-files.ts'

/** What the recipes of a repository say. Places and paths are relative to the repository's root. */
export interface RecipesRead {
  /** In the order of their files, those nearest to the root first. */
  readonly recipes: readonly Recipe[]
  /** Every build that a step names, each once. Compose and bake files are read elsewhere; steps that call them say which. */
  readonly builds: readonly BuildTarget[]
  /** Builds that are seen but cannot be read, each place once. */
  readonly open: readonly OpenBuild[]
}

const mostFiles = 4_000
const mostRecipes = 8_000
const mostStepsInAll = 40_000

/** Recipes of a machine's own, which nobody starts with a clean checkout. */
const local: ReadonlySet<RecipeForm> = new Set<RecipeForm>(['script', 'make', 'npm', 'composer'])

/**
 * Reads what `files` (relative to `root`, which is absolute) say; others than recipes are passed over. At most 4,000 files
 * of 256 kB, those nearest to the root; what is left over is open. An unreadable file is as if it were not there. Nothing is executed. `building`:
 * scripts, makefiles and package files of which no build comes are left out: to go through them takes longer than all else.
 */
export function readRecipes(
  host: Host,
  root: string,
  files: readonly string[],
  { building = false }: { readonly building?: boolean } = {},
): RecipesRead {
  const found = nearestFirst(files.filter((path) => recipeForm(path) !== null))
  const all = found.slice(0, mostFiles)
  const library = createLibrary(host, root, all)
  const wanted = building ? onlyBuilding(all, files, library) : all
  const budget: Budget = { steps: mostStepsInAll }
  const recipes: Recipe[] = []
  const take = (recipe: Recipe) => {
    if (recipes.length >= mostRecipes || budget.steps <= 0) return
    const expanded = expandCalls(recipe, library, budget)
    const deployed = expanded.steps.map((step) => asDeployment(step, library.text))
    recipes.push({ ...expanded, steps: deployed.map((step) => withFiles(step, files)) })
  }
  const gitlab: string[] = []
  for (const path of wanted) {
    if (recipes.length >= mostRecipes || budget.steps <= 0) break
    const form = recipeForm(path)
    if (form === 'gitlab') gitlab.push(path)
    else if (form !== null) for (const recipe of recipesOf(form, path, library)) take(recipe)
  }
  for (const recipe of readGitlab(gitlab, library.text)) take(recipe)
  const { builds, open } = buildsOf(recipes)
  const isCut = library.isFull() || recipes.length >= mostRecipes || budget.steps <= 0
  const left = found[mostFiles] ?? (isCut ? all.at(-1) : undefined)
  return { recipes, builds, open: left === undefined ? open : [...open, tooMany(left)] }
}

/** Whatever is not read may build anything. */
const tooMany = (file: string): OpenBuild => ({
  at: { file, line: 1 },
  why: 'this repository has more recipes than are read, and any of the others may build an image',
})

function onlyBuilding(
  paths: readonly string[],
  files: readonly string[],
  library: Library,
): readonly string[] {
  const texts = paths.flatMap((path): readonly RecipeText[] => {
    const form = recipeForm(path)
    const text = library.text(path)
    return form === null || text === null ? [] : [{ path, form, text }]
  })
  const leading = leadingToBuild(texts, files)
  return texts.flatMap(({ path, form }) => (!local.has(form) || leading.has(path) ? [path] : []))
}

function* recipesOf(form: RecipeForm, path: string, library: Library): Generator<Recipe> {
  if (form === 'script') {
    const text = library.script(path)
    if (text !== null) yield scriptRecipe(text, path, library)
    return
  }
  const text = library.text(path)
  if (text === null) return
  const directory = parentPath(path)
  switch (form) {
    case 'github':
      yield* readWorkflow(text, path, library.text)
      return
    case 'make': {
      const makefile = library.makefile(directory, path.slice(directory === '' ? 0 : directory.length + 1))
      for (const [target, rule] of makefile?.rules ?? [])
        if (makefile !== null && (rule.recipe.length > 0 || rule.prerequisites.length > 0))
          yield {
            kind: 'host',
            at: { file: rule.file ?? path, line: rule.line },
            name: `make ${target}`,
            steps: makeSteps(makefile, target, { directory }),
          }
      return
    }
    case 'npm': {
      const scripts = library.packageScripts(directory)
      for (const [name, commands] of scripts?.scripts ?? [])
        yield {
          kind: 'host',
          at: { file: path, line: commands[0]?.line ?? 1 },
          name: `npm run ${name}`,
          steps: packageSteps(library, directory, name),
        }
      return
    }
    case 'composer': {
      const scripts = readPackageScripts(text, path)
      for (const [name, commands] of scripts?.scripts ?? [])
        yield {
          kind: 'host',
          at: { file: path, line: commands[0]?.line ?? 1 },
          name: `composer ${name}`,
          steps: commands.flatMap(({ text: command, line }) =>
            shellSteps(command, { file: path, line, literal: false, directory }),
          ),
        }
      return
    }
    case 'render':
    case 'kamal':
      yield* readService(form, text, path)
      return
    case 'jenkins':
      yield readJenkinsfile(text, path)
      return
    case 'tilt':
      yield readTiltfile(text, path)
      return
    case 'cdk':
      yield* readCdk(path, library)
      return
    case 'gitlab':
      return
    default:
      yield* readPipeline(form, text, path)
  }
}

/**
 * A script that nobody calls is started somewhere: at the root, above its directory for scripts, or beside it. It is the
 * first of these where the Dockerfiles of its builds are, else the second.
 */
function scriptRecipe(text: string, path: string, library: Library): Recipe {
  const read = (directory: string): Recipe => ({
    kind: 'host',
    at: { file: path, line: 1 },
    name: null,
    steps: scriptSteps(text, path, directory),
  })
  const project = projectDirectory(path)
  const places = [...new Set(['', project, parentPath(path)])]
  if (places.length === 1) return read('')
  for (const directory of places) {
    const recipe = read(directory)
    const builds = recipe.steps.flatMap((step) => (step.kind === 'build' ? (step.builds ?? []) : []))
    if (builds.length === 0) break
    if (builds.every((build) => dockerfileExists(build, library))) return recipe
  }
  return read(project)
}

function dockerfileExists({ context, dockerfile }: BuildTarget, library: Library): boolean {
  return dockerfile === null || library.exists(joinPath(context === '.' ? '' : context, dockerfile))
}

function buildsOf(recipes: readonly Recipe[]): Pick<RecipesRead, 'builds' | 'open'> {
  const builds = new Map<string, BuildTarget>()
  const open = new Map<string, OpenBuild>()
  const placeOf = ({ at }: RecipeStep) => `${at.file}:${at.line}`
  const called = new Set(
    recipes.flatMap(({ steps }) => steps.flatMap((step) => (step.called ? placeOf(step) : []))),
  )
  const note = (step: RecipeStep, isOnlyCalled: boolean) => {
    if (step.kind !== 'build') return
    // Those who call it say what it builds.
    if (isOnlyCalled && !step.called && called.has(placeOf(step))) return
    for (const build of step.builds ?? []) builds.set(JSON.stringify(build), build)
    const elsewhere = step.compose !== undefined || step.bake !== undefined
    if (step.builds === null && (!elsewhere || (step.why ?? null) !== null))
      open.set(placeOf(step), {
        at: step.at,
        why: step.why ?? 'what it builds cannot be read',
      })
  }
  for (const { steps, triggers = [] } of recipes) {
    const isOnlyCalled = triggers.length > 0 && triggers.every(({ event }) => event === 'workflow_call')
    for (const step of steps) note(step, isOnlyCalled)
  }
  return { builds: [...builds.values()], open: [...open.values()] }
}
