/** Which files of a repository may say how something is made of it. */

import { baseName, parentPath } from '../lib/path.ts'

/** Files that are recipes whatever stands in them, by what reads them. */
const forms: readonly (readonly [RegExp, RecipeForm])[] = [
  [/^\.github\/workflows\/[^/]+\.ya?ml$/, 'github'],
  [/^(?:\.gitlab-ci\.ya?ml|\.gitlab\/(?:.*\/)?[^/]+\.ya?ml)$/, 'gitlab'],
  // A configuration may go on in another file of the directory: https://circleci.com/docs/dynamic-config/.
  [/^\.circleci\/[^/]+\.ya?ml$/, 'circleci'],
  [/^bitbucket-pipelines\.ya?ml$/, 'bitbucket'],
  [/^(?:azure-pipelines[^/]*\.ya?ml|\.azure(?:-pipelines|devops)?\/(?:.*\/)?[^/]+\.ya?ml)$/, 'azure'],
  [/^\.drone\.ya?ml$/, 'drone'],
  [/^(?:\.woodpecker\.ya?ml|\.woodpecker\/(?:.*\/)?[^/]+\.ya?ml)$/, 'woodpecker'],
  [/(?:^|\/)cloudbuild[^/]*\.ya?ml$/, 'cloudbuild'],
  [/^render\.ya?ml$/, 'render'],
  [/(?:^|\/)config\/deploy(?:\.[\w-]+)?\.ya?ml$/, 'kamal'],
  [/(?:^|\/)buildspec[^/]*\.ya?ml$/, 'codebuild'],
  [/(?:^|\/)Jenkinsfile[^/]*$|\.jenkinsfile$/, 'jenkins'],
  [/(?:^|\/)Tiltfile$/, 'tilt'],
  [/(?:^|\/)cdk\.json$/, 'cdk'],
  [/(?:^|\/)(?:GNUmakefile|[Mm]akefile|[^/]+\.mk)$/, 'make'],
  [/(?:^|\/)\.?[Jj]ustfile$/, 'just'],
  [/(?:^|\/)[Tt]askfile(?:\.dist)?\.ya?ml$/, 'task'],
  [/(?:^|\/)package\.json$/, 'npm'],
  [/(?:^|\/)composer\.json$/, 'composer'],
  [/\.(?:sh|bash)$/, 'script'],
]

/** How a recipe's file is read. */
export type RecipeForm =
  | 'github'
  | 'gitlab'
  | 'circleci'
  | 'bitbucket'
  | 'azure'
  | 'drone'
  | 'woodpecker'
  | 'cloudbuild'
  | 'codebuild'
  | 'render'
  | 'kamal'
  | 'jenkins'
  | 'tilt'
  | 'cdk'
  | 'make'
  | 'just'
  | 'task'
  | 'npm'
  | 'composer'
  | 'script'

/** Directories in which people keep scripts, which are run from the directory above. */
const scriptDirectories: ReadonlySet<string> = new Set([
  ...['scripts', 'bin', 'script', 'tools', 'ci', 'hack', 'build', 'infra', 'docker', '.ci', 'dev', 'deploy'],
])

/** Where packages and caches lie: nobody's recipes. */
const foreign =
  /(?:^|\/)(?:node_modules|vendor|\.git|\.venv|venv|site-packages|bower_components|third_party)\//

/**
 * True when the path, relative to the repository's root, is worth reading for recipes; a name without an extension only
 * where scripts are kept. Looks at the name alone.
 */
export function isRecipeFile(path: string): boolean {
  return recipeForm(path) !== null
}

/** The endings that forms have; most files of a repository have others. */
const endings: ReadonlySet<string> = new Set([
  ...['yml', 'yaml', 'json', 'mk', 'sh', 'bash', 'jenkinsfile', 'justfile'],
])

/** What ends in `.json` is hardly ever one of these. */
const manifests: ReadonlySet<string> = new Set(['package.json', 'composer.json', 'cdk.json'])

/** What the name says about how to read it; null for what holds no recipe. A `script` may turn out to be none. */
export function recipeForm(path: string): RecipeForm | null {
  const name = baseName(path)
  const dot = name.lastIndexOf('.')
  if (dot >= 0 && !endings.has(name.slice(dot + 1)) && !name.startsWith('Jenkinsfile')) return null
  if (name.endsWith('.json') && !manifests.has(name) && !name.startsWith('Jenkinsfile')) return null
  if (path.length > 1000 || foreign.test(path)) return null
  for (const [test, form] of forms) if (test.test(path)) return form
  const directory = parentPath(path)
  const plain = /^[A-Za-z0-9_-]+$/.test(name)
  return plain && (directory === '' || scriptDirectories.has(baseName(directory))) ? 'script' : null
}

/** The directory that a script of a directory for scripts works on: `services/api` for `services/api/scripts/build.sh`. */
export function projectDirectory(path: string): string {
  let directory = parentPath(path)
  while (scriptDirectories.has(baseName(directory))) directory = parentPath(directory)
  return directory
}

/** The files, those nearest to the root first, then by code unit. */
export function nearestFirst(files: readonly string[]): readonly string[] {
  const depth = (path: string) => path.split('/').length
  const ranked = files.map((path) => ({ path, depth: path.startsWith('.') ? 0 : depth(path) }))
  ranked.sort((a, b) => a.depth - b.depth || (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
  return ranked.map(({ path }) => path)
}
