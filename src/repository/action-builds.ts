/** Ready-made steps of workflows that build images, and that run a command: their inputs as a build, or as its words. */

import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { rootedPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { asShell, isOpen, withLastResorts } from './expressions.ts'
import type { BuildStep, RecipeStep } from './model.ts'
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
          bake: {
            files,
            targets,
            overrides: lines(inputs['set']),
            ...(lines(inputs['targets']).some(isOpen) && { anyTarget: true }),
          },
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
 * The steps of a job with those as plain actions that, by their names, push and build nothing, are told of no files, and are told of images
 * that steps of the job before them have built: those they push. An image of any other name may be one that they build.
 */
export function withPushes(steps: readonly RecipeStep[]): readonly RecipeStep[] {
  const built = new Set<string>()
  return steps.map((step) => {
    if (step.kind === 'command') {
      const [source, copy] = taggedBy(step.command.words)
      if (source !== undefined && copy !== undefined && built.has(bareName(source))) built.add(bareName(copy))
    }
    if (step.kind !== 'build') return step
    const { action = '', inputs = {}, at, called } = step
    const pushes =
      step.builds === null &&
      pushesOnly.test(action) &&
      !Object.keys(inputs).some((input) => isOfFiles.test(input)) &&
      namesOnly(built, inputs)
    if (pushes) return { kind: 'action', at, name: action, inputs, ...(called && { called }) }
    if ((step.why ?? null) === null) for (const image of imagesOf(step)) built.add(bareName(image))
    return step
  })
}

/** The images that a build is told to name its result. */
function imagesOf({ command, action = '', inputs = {} }: BuildStep): readonly string[] {
  const words = command?.words ?? []
  const typed = words.flatMap((word, i) =>
    /^(?:-t|--tag)$/.test(word) ? (words[i + 1] ?? []) : (/^(?:--tag=|-t=?)([^-=].*)$/.exec(word)?.[1] ?? []),
  )
  return [...typed, ...(buildActions.has(action) ? listed(inputs['tags']) : [])]
}

/** `docker tag SOURCE COPY`; none of any other command. */
function taggedBy(words: readonly string[]): readonly string[] {
  const at = words[1] === 'image' ? 2 : 1
  return /(?:^|\/)(?:docker|podman|nerdctl)$/.test(words[0] ?? '') && words[at] === 'tag'
    ? words.slice(at + 1, at + 3)
    : []
}

/** True where inputs name images, or tags where no image is named, and all of them are among the built. */
function namesOnly(built: ReadonlySet<string>, inputs: Inputs): boolean {
  const under = (key: RegExp) =>
    Object.entries(inputs).flatMap(([name, text]) => (key.test(name) ? listed(text) : []))
  const images = under(/^(?:(?:docker|container|image)[_-]?)?(?:image|name)s?$/i)
  const told = images.length > 0 ? images : under(/^(?:(?:docker|container|image)[_-]?)?tags?$/i)
  return told.length > 0 && told.every((image) => built.has(bareName(image)))
}

/** Without registry, tag and digest, its expressions as commands have them: https://docs.docker.com/reference/cli/docker/image/tag/. */
const bareName = (image: string): string =>
  asShell(image)
    .replace(/@sha256:[0-9a-f]+$/, '')
    .replace(/:(?:[\w.-]|\$\{?\w+\}?)*$/, '')
    .replace(/^(?:localhost|[^/]*[.:][^/]*)\//, '')

const listed = (text: string | undefined): readonly string[] =>
  lines(text).flatMap((line) => line.split(/[\s,]+(?![^{]*\}\})/).filter((image) => image !== ''))

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
