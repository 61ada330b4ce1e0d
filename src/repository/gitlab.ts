/** GitLab pipelines as recipes: one a job, with what earlier jobs hand down. */

import { rootedPath } from '../lib/path.ts'
import type { Recipe, RecipeStep } from './model.ts'
import { shellSteps } from './shell-steps.ts'
import { child, itemsOf, readYaml, recordOf, textOf, type YamlNode } from './yaml-tree.ts'

interface Job {
  readonly file: string
  readonly node: YamlNode
}

/** Keys at the top that are no jobs. https://docs.gitlab.com/ci/yaml/ */
const settings: ReadonlySet<string> = new Set([
  ...[
    'default',
    'include',
    'stages',
    'variables',
    'workflow',
    'image',
    'services',
    'cache',
    'before_script',
    'after_script',
  ],
  ...['spec', 'types'],
])
const mostJobs = 400
const mostFiles = 100
const mostDepth = 10
const mostLines = 2_000
const mostLookUps = 20_000

/**
 * The jobs of a pipeline and of the files that belong to it, `.gitlab-ci.yml` first. Artefacts arrive as a step
 * `gitlab-artifacts` with `paths`, as they do after the checkout.
 */
export function readGitlab(
  paths: readonly string[],
  read: (path: string) => string | null,
): readonly Recipe[] {
  const jobs = new Map<string, Job>()
  const globals = new Map<string, YamlNode>()
  const recipes: Recipe[] = []
  const files = [...paths]
  const take = (path: string) => {
    if (files.length < mostFiles && !files.includes(path)) files.push(path)
  }
  // Grows while it is read: what a file includes comes after it.
  for (const file of files) {
    const text = read(file)
    if (text === null) continue
    const documents = readYaml(text)
    if (documents === null)
      recipes.push({
        kind: 'ci',
        at: { file, line: 1 },
        name: null,
        steps: [{ kind: 'unread', at: { file, line: 1 }, why: 'it cannot be read as YAML' }],
      })
    for (const document of documents ?? []) {
      if (document.kind !== 'map') continue
      // GitLab refuses a job of such a name; whoever writes one means a job all the same.
      for (const [name, node] of document.entries)
        if (settings.has(name) && child(node, 'script') === null) {
          if (!globals.has(name)) globals.set(name, node)
          if (name !== 'include') continue
          recipes.push(...foreignBuilds(node, file))
          for (const path of localIncludes(node)) take(path)
        } else if (node.kind === 'map' && !jobs.has(name) && jobs.size < mostJobs)
          jobs.set(name, { file, node })
    }
  }
  const stages = itemsOf(globals.get('stages')).map((stage) => textOf(stage) ?? '')
  const order = stages.length > 0 ? stages : ['build', 'test', 'deploy']
  const reader = { jobs, globals, order, left: { lookUps: mostLookUps, lines: 0 } }
  for (const [name, job] of jobs) if (!name.startsWith('.')) recipes.push(...jobRecipe(name, job, reader))
  return recipes
}

interface Reader {
  readonly jobs: ReadonlyMap<string, Job>
  readonly globals: ReadonlyMap<string, YamlNode>
  readonly order: readonly string[]
  /** Jobs may refer to each other: all of it together has a bound. */
  readonly left: { lookUps: number; lines: number }
}

function jobRecipe(name: string, job: Job, reader: Reader): readonly Recipe[] {
  reader.left.lines = mostLines
  const get = (key: string) => inherited(job.node, key, reader, 0)
  const script = get('script')
  if (script === null) return []
  const globalDefault = (key: string) =>
    child(reader.globals.get('default'), key) ?? reader.globals.get(key) ?? null
  const variables = { ...recordOf(reader.globals.get('variables')), ...recordOf(get('variables')) }
  const at = { file: job.file, line: Math.max(1, job.node.line - 1) }
  const steps: RecipeStep[] = []
  const strategy = variables['GIT_STRATEGY']
  const flags = variables['GIT_CLEAN_FLAGS']
  // https://docs.gitlab.com/ci/runners/configure_runners/#git-strategy: by default what git ignores is cleaned away too.
  if (
    strategy === 'none' ||
    strategy === 'empty' ||
    (flags !== undefined && (!/x/.test(flags) || / -e/.test(flags)))
  )
    steps.push({ kind: 'unread', at, why: 'its variables change what the checkout leaves' })
  else steps.push({ kind: 'checkout', at })
  const paths = handedDown(job, reader)
  if (paths.length > 0)
    steps.push({ kind: 'action', at, name: 'gitlab-artifacts', inputs: { paths: paths.join('\n') } })
  const environment = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => !value.includes('$')),
  )
  for (const part of [get('before_script') ?? globalDefault('before_script'), script]) {
    // Lines of one job share a shell, so a `cd` holds for those that follow.
    const lines = scriptLines(part, reader, 0)
    steps.push(...joinedSteps(lines, { file: job.file, directory: '', environment }))
  }
  const used = [
    get('image') ?? globalDefault('image'),
    ...itemsOf(get('services') ?? globalDefault('services')),
  ]
  const isFresh = hasOwnDocker(
    used.map((one) => textOf(one) ?? textOf(child(one, 'name')) ?? ''),
    variables,
  )
  return [{ kind: 'ci', at, name, steps, ...(isFresh && { isFresh }) }]
}

/**
 * True where a job starts a docker of its own beside it, which begins with nothing: a service `docker:dind`, as new as those that
 * build with BuildKit (23.0, https://docs.docker.com/engine/release-notes/23.0/). https://docs.gitlab.com/ci/docker/using_docker_build/
 */
function hasOwnDocker(images: readonly string[], variables: Readonly<Record<string, string>>): boolean {
  const tags = images.flatMap((image) => /(?:^|\/)docker:([\w.-]+)$/.exec(image)?.[1] ?? [])
  return (
    tags.some((tag) => tag.includes('dind')) &&
    tags.every((tag) => Number(/^\d+/.exec(tag)?.[0] ?? 23) >= 23) &&
    variables['DOCKER_BUILDKIT'] !== '0' &&
    /^(?:tcp:\/\/docker:|$)/.test(variables['DOCKER_HOST'] ?? '')
  )
}

/** A line of a script with its line of the file. */
export interface ScriptLine {
  readonly text: string
  readonly line: number
}

/** Commands that one shell runs after another, each at its own line of the file. */
export function joinedSteps(
  lines: readonly ScriptLine[],
  {
    file,
    directory,
    environment,
  }: {
    readonly file: string
    readonly directory: string | null
    readonly environment?: Readonly<Record<string, string>>
  },
): readonly RecipeStep[] {
  const lineOf: number[] = []
  for (const { text, line } of lines) for (const _ of text.split('\n')) lineOf.push(line)
  const steps = shellSteps(lines.map(({ text }) => text).join('\n'), {
    file,
    line: 0,
    directory,
    ...(environment === undefined ? {} : { environment }),
  })
  const placed = (line: number) => ({ file, line: lineOf[line] ?? lineOf[0] ?? 1 })
  return steps.map((step) =>
    step.kind === 'build'
      ? {
          ...step,
          at: placed(step.at.line),
          builds: step.builds?.map((build) => ({ ...build, foundIn: placed(step.at.line) })) ?? null,
        }
      : { ...step, at: placed(step.at.line) },
  )
}

/** The commands of a script: a text or a list, nested lists and `!reference` included. */
function scriptLines(node: YamlNode | null, reader: Reader, depth: number): readonly ScriptLine[] {
  if (node === null || depth > mostDepth || --reader.left.lines < 0) return []
  switch (node.kind) {
    case 'text':
      return node.literal
        ? node.text.split('\n').map((text, i) => ({ text, line: node.textLine + i }))
        : [{ text: node.text, line: node.line }]
    case 'list':
      return node.items.flatMap((item) => scriptLines(item, reader, depth + 1))
    case 'map': {
      const keys = itemsOf(node.entries.get('!reference')).map((item) => textOf(item) ?? '')
      const [name = '', ...rest] = keys
      const job = reader.jobs.get(name)?.node ?? null
      const target = rest.length === 1 ? inherited(job, rest[0] ?? '', reader, depth) : child(job, ...rest)
      return scriptLines(target, reader, depth + 1)
    }
  }
}

/** The value of a key of a job, or of what it extends; the last one named comes first. */
function inherited(node: YamlNode | null, key: string, reader: Reader, depth: number): YamlNode | null {
  const own = child(node, key)
  if (depth > mostDepth || --reader.left.lookUps < 0 || (own !== null && key !== 'variables')) return own
  const parents = itemsOf(child(node, 'extends')).slice(0, mostDepth)
  let merged = own
  for (const parent of parents.toReversed()) {
    const value = inherited(reader.jobs.get(textOf(parent) ?? '')?.node ?? null, key, reader, depth + 2)
    if (value === null) continue
    if (merged?.kind === 'map' && value.kind === 'map')
      merged = { ...merged, entries: new Map([...value.entries, ...merged.entries]) }
    else merged ??= value
    if (key !== 'variables') return merged
  }
  return merged
}

/** Paths that jobs before this one leave to it. https://docs.gitlab.com/ci/jobs/job_artifacts/ */
function handedDown(job: Job, reader: Reader): readonly string[] {
  const stageOf = (node: YamlNode) => {
    if (reader.left.lookUps < 0) return -1
    const stage = textOf(inherited(node, 'stage', reader, 0)) ?? 'test'
    return stage === '.pre' ? -1 : stage === '.post' ? reader.order.length : reader.order.indexOf(stage)
  }
  const named = (key: string): readonly string[] | null => {
    const list = inherited(job.node, key, reader, 0)
    return list?.kind === 'list'
      ? list.items.flatMap((item) =>
          textOf(child(item, 'artifacts')) === 'false'
            ? []
            : (textOf(item) ?? textOf(child(item, 'job')) ?? []),
        )
      : null
  }
  const from = named('dependencies') ?? named('needs')
  const own = stageOf(job.node)
  const paths: string[] = []
  for (const [name, other] of reader.jobs) {
    if (name.startsWith('.') || other === job) continue
    if (from === null ? stageOf(other.node) >= own : !from.includes(name)) continue
    for (const path of itemsOf(child(inherited(other.node, 'artifacts', reader, 0), 'paths')))
      paths.push(textOf(path) ?? '')
  }
  return [...new Set(paths)].filter((path) => path !== '').slice(0, 200)
}

/** Files of the repository; those named with a wildcard are read only where they lie in `.gitlab`. */
function localIncludes(include: YamlNode): readonly string[] {
  return itemsOf(include).flatMap((item) => {
    const path = textOf(child(item, 'local')) ?? textOf(item)
    return path === null || /[*$:]/.test(path) ? [] : [rootedPath(path)]
  })
}

/** Templates that build an image with what lies in the repository. */
function foreignBuilds(include: YamlNode, file: string): readonly Recipe[] {
  return itemsOf(include).flatMap((item): readonly Recipe[] => {
    const text = textOf(item) ?? Object.values(recordOf(item)).join(' ')
    if (
      textOf(child(item, 'local')) !== null ||
      !/docker|kaniko|auto-devops|buildah|container|jobs\/build/i.test(text)
    )
      return []
    const at = { file, line: item.line }
    return [
      {
        kind: 'ci',
        at,
        name: null,
        steps: [{ kind: 'build', at, builds: null, why: `${text} is not in this repository` }],
      },
    ]
  })
}
