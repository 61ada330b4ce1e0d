/** Ready-made steps of workflows that build images, and that run a command: their inputs as a build, or as its words. */

import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { rootedPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { isOpen, withLastResorts } from './expressions.ts'
import type { RecipeStep } from './model.ts'
import { directoryOf } from './shell-steps.ts'

type Inputs = Readonly<Record<string, string>>

/**
 * The context of a build that BuildKit fetches from the repository by itself, so that no local file takes part:
 * `#git`, a directory of it `#git:services/api`. Source: docker/build-push-action, README.md, "Git context".
 */
const gitContext = '#git'

/** Actions that take the inputs of docker/build-push-action. */
const buildActions: ReadonlySet<string> = new Set([
  'docker/build-push-action',
  'depot/build-push-action',
  'useblacksmith/build-push-action',
])
const bakeActions: ReadonlySet<string> = new Set(['docker/bake-action', 'depot/bake-action'])

/** By its name, an action that builds an image in a way that is not known here. */
const buildsSomehow =
  /docker[^/]*(?:build|publish|push)|(?:build|publish|push)[^/]*(?:docker|image|container)|kaniko|buildah/i
const buildsNothing =
  /^docker\/(?:setup|login|metadata|scout|build-push-action\/)|\/(?:setup|install|login|configure|delete|cleanup|prune|free|scan|lint|cache)[-_][^/]*$|imagetools/i

/** The build that an action (`docker/build-push-action@v6`) makes of its inputs; null for one that makes none. */
export function actionBuild(uses: string, inputs: Inputs, at: Place): RecipeStep | null {
  const [name = '', version = ''] = uses.split('@')
  if (buildActions.has(name)) {
    const builds = pushedBuild(inputs, at)
    return typeof builds === 'string'
      ? { kind: 'build', at, builds: null, why: builds, inputs, action: name }
      : { kind: 'build', at, builds: [builds], inputs, action: name }
  }
  if (bakeActions.has(name)) {
    const files = lines(inputs['files']).map((file) => directoryOf('', file) ?? file)
    const targets = lines(inputs['targets']).flatMap((line) =>
      // One of those that the files have, whichever a matrix takes: bake knows wildcards, and all of them are read.
      line.split(',').map((target) => (isOpen(target) ? '*' : target.trim())),
    )
    const open = files.find(isOpen)
    return open === undefined
      ? {
          kind: 'build',
          at,
          builds: null,
          bake: { files, targets, overrides: lines(inputs['set']) },
          inputs,
          action: name,
          ...(fetchesForBake(version, inputs) && { fetches: true }),
        }
      : { kind: 'build', at, builds: null, why: `only a run can tell what ${open} is`, inputs, action: name }
  }
  if (!buildsSomehow.test(name) || buildsNothing.test(name)) return null
  return { kind: 'build', at, builds: null, why: `what ${name} builds is not known`, inputs, action: name }
}

/**
 * The steps of a job with those as plain actions that, by their names, push and build nothing, and are told of no files: behind a build
 * of the same job it is its image that they push.
 */
export function withPushes(steps: readonly RecipeStep[]): readonly RecipeStep[] {
  let isBuilt = false
  return steps.map((step) => {
    if (step.kind !== 'build') return step
    if ((step.why ?? null) === null) isBuilt = true
    const { action = '', inputs = {}, at, called } = step
    const pushes =
      isBuilt &&
      step.builds === null &&
      pushesOnly.test(action) &&
      !Object.keys(inputs).some((input) => isOfFiles.test(input))
    return pushes ? { kind: 'action', at, name: action, inputs, ...(called && { called }) } : step
  })
}

const pushesOnly = /^(?!.*(?:build|publish|release|kaniko|buildah)).*push/i
const isOfFiles =
  /(?:^|[_-])(?:context|docker_?file|file|path|dir|directory|folder|target|build|args|source)s?(?:$|[_-])/i

/** Docker's workflows that build what BuildKit fetches of the commit, with no step of anybody's before it. */
const builderWorkflow = /^docker\/github-builder\/\.github\/workflows\/(build|bake)\.yml@/

/**
 * The build that a workflow of docker/github-builder makes of its inputs; null for any other workflow. Source:
 * https://github.com/docker/github-builder, README.md, "Inputs": a context of the Git working tree, the Dockerfile in it.
 */
export function builderBuild(uses: string, inputs: Inputs, at: Place): RecipeStep | null {
  const kind = builderWorkflow.exec(uses)?.[1]
  if (kind === undefined) return null
  const scope = inputs['cache-scope'] === undefined ? '' : `,scope=${inputs['cache-scope']}`
  const layers = inputs['cache'] === 'true' ? `type=gha${scope}` : ''
  const cache = { 'cache-from': layers, 'cache-to': layers }
  if (kind === 'bake')
    return actionBuild('docker/bake-action@v6', { ...inputs, ...cache, targets: inputs['target'] ?? '' }, at)
  const dir = directoryOf('', inputs['context'] ?? '.')
  const file = inputs['file'] === undefined ? null : directoryOf('', inputs['file'])
  const context = dir === '' ? '{{defaultContext}}' : `{{defaultContext}}:${dir ?? inputs['context']}`
  return actionBuild(
    'docker/build-push-action',
    {
      ...inputs,
      ...cache,
      context,
      ...(file !== null && { file: relativePath(`/${dir ?? ''}`, `/${file}`) }),
    },
    at,
  )
}

/**
 * The command that an action runs in the workspace; null for one that is no such. https://github.com/php-actions/composer#inputs,
 * https://github.com/ramsey/composer-install#usage
 */
export function actionCommand(
  name: string,
  inputs: Inputs,
): { readonly words: readonly string[]; readonly directory: string } | null {
  const words = (text: string | undefined) => (text ?? '').split(/\s+/).filter(Boolean)
  switch (name) {
    case 'php-actions/composer':
      return {
        words: ['composer', inputs['command'] ?? 'install', ...words(inputs['args'])],
        directory: inputs['working_dir'] ?? '',
      }
    case 'ramsey/composer-install':
      return {
        words: ['composer', 'install', ...words(inputs['composer-options'])],
        directory: inputs['working-directory'] ?? '',
      }
    default:
      return null
  }
}

/** Source: docker/bake-action, README.md, "Git context": the default since version 6, and what is no local `source`. */
function fetchesForBake(version: string, inputs: Inputs): boolean {
  const source = inputs['source']?.trim() ?? ''
  const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0)
  return source === '' ? major >= 6 : contextOf(source).startsWith(gitContext)
}

function pushedBuild(inputs: Inputs, at: Place): BuildTarget | string {
  const given = (name: string) => {
    const text = inputs[name]?.trim() ?? ''
    return text === '' ? null : text
  }
  const file = given('file')
  const target = given('target')
  const named = Object.fromEntries(
    Object.entries(pairs(inputs['build-contexts'])).map(([name, value]) => [
      name,
      isRemote(value) ? value : directoryOf('', value) || '.',
    ]),
  )
  const context = contextOf(given('context') ?? '{{defaultContext}}')
  for (const text of [context, file, target, ...Object.values(named)])
    if (text !== null && isOpen(text)) return `only a run can tell what ${text} is`
  const local = directoryOf('', context)
  const remote = isRemote(context)
  if (local === null && !remote) return `the context ${context} is not in the repository`
  // The file is taken from the workspace, not from the context.
  const path = file === null ? null : directoryOf('', file)
  if (file !== null && path === null && !remote) return `the Dockerfile ${file} is not in the repository`
  return {
    name: null,
    context: remote ? context : local === '' || local === null ? '.' : local,
    dockerfile:
      file === null ? 'Dockerfile' : remote ? file : relativePath(`/${local ?? ''}`, `/${path ?? ''}`),
    inline: null,
    target,
    ...argsOf(inputs['build-args']),
    namedContexts: named,
    platforms: lines(inputs['platforms'])
      .flatMap((line) => line.split(','))
      .map((platform) => platform.trim())
      .filter((platform) => platform !== '' && !isOpen(platform)),
    foundIn: at,
    guessed: false,
  }
}

/** `a || 'b'` is what a run has that nobody gives anything. */
function argsOf(text: string | undefined): Pick<BuildTarget, 'args' | 'openArgs'> {
  const given = Object.entries(pairs(text)).map(([name, value]) => [name, withLastResorts(value)] as const)
  const open = given.filter(([, value]) => isOpen(value)).map(([name]) => name)
  return {
    args: Object.fromEntries(given.filter(([, value]) => !isOpen(value))),
    ...(open.length > 0 && { openArgs: open }),
  }
}

/** False for a context that BuildKit takes from elsewhere: an address, an image, the repository as git has it. */
export const isLocalContext = (context: string): boolean => !isRemote(context)

const isRemote = (context: string): boolean =>
  context.startsWith(gitContext) || /^(?:[a-z-]+:|git@|github\.com\/)/.test(context)

/** The default context, and the address of the repository itself as people write it. */
const ownRepository =
  /^(?:\{\{\s*defaultContext\s*\}\}|(?:https:\/\/github\.com|\$\{\{\s*github\.server_url\s*\}\})\/\$\{\{\s*github\.repository\s*\}\}(?:\.git)?(?:#(?:\$\{\{[^}]*\}\}|[^:${])*)?)(?::(.*))?$/

function contextOf(text: string): string {
  const own = ownRepository.exec(text)
  if (own === null) return text
  const directory = rootedPath(own[1] ?? '')
  return directory === '' ? gitContext : `${gitContext}:${directory}`
}

const lines = (text: string | undefined): readonly string[] =>
  (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))

function pairs(text: string | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines(text).flatMap((line) => {
      const cut = line.indexOf('=')
      return cut <= 0 ? [] : [[line.slice(0, cut).trim(), line.slice(cut + 1).trim()] as const]
    }),
  )
}
