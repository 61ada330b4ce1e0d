/** GitHub workflows as recipes: one a job, and one a combination where a matrix changes what is built. */

import type { BuildTarget } from '../inputs/target.ts'
import { matchGlob } from '../lib/glob.ts'
import { actionBuild, actionCommand, builderBuild, withPushes } from './action-builds.ts'
import { asAtHome, fromHome } from './checked-out-into.ts'
import { asShell, fillIn, isOpen, type Values } from './expressions.ts'
import { matrixCombinations } from './matrix.ts'
import type { BuildStep, Recipe, RecipeStep } from './model.ts'
import { remoteNames } from './remotes.ts'
import { commandStep, directoryOf, isForOptions, shellSteps, wordsCommand } from './shell-steps.ts'
import { outputWays, type Printers } from './step-outputs.ts'
import { triggersOf } from './workflow-triggers.ts'
import { child, itemsOf, readYaml, recordOf, textOf, type YamlNode } from './yaml-tree.ts'

/** Reads another file of the repository; null when there is none or enough has been read. */
export type ReadText = (path: string) => string | null

const mostDepth = 4
const mostSteps = 4_000

interface Job {
  readonly file: string
  readonly read: ReadText
  readonly values: Values
  readonly directory: string
  readonly environment: Readonly<Record<string, string>>
  /** Names of artefacts that jobs of the workflow upload → their paths, one a line. */
  readonly uploads: ReadonlyMap<string, string>
  readonly printers: Printers
  /** Where the job has the repository, from where it begins; '' for there. */
  readonly home: string
  readonly windows: boolean
  readonly depth: number
  readonly left: Left
}

/** Workflows and actions may call each other: the steps of all of them together have a bound. */
interface Left {
  steps: number
}

/** The jobs of a workflow file. A workflow that only others call is read where they do, with what they give it. */
export function readWorkflow(text: string, file: string, read: ReadText): readonly Recipe[] {
  const workflow = readYaml(text)?.[0] ?? null
  if (workflow === null) return [unreadable(file)]
  const triggers = child(workflow, 'on')
  const onlyCalled =
    textOf(triggers) === 'workflow_call' ||
    (triggers?.kind === 'map' && triggers.entries.size === 1 && triggers.entries.has('workflow_call'))
  const call = { file, read, given: onlyCalled ? null : new Map(), depth: 0, left: { steps: mostSteps } }
  const started = triggersOf(triggers, file)
  return workflowJobs(workflow, call).map((recipe) => ({ ...recipe, triggers: started }))
}

interface Call {
  readonly file: string
  readonly read: ReadText
  /** Inputs that a caller gives; null when the callers are not known. */
  readonly given: ReadonlyMap<string, string> | null
  readonly depth: number
  readonly left: Left
}

function workflowJobs(workflow: YamlNode, call: Call): readonly Recipe[] {
  const jobs = child(workflow, 'jobs')
  if (jobs?.kind !== 'map') return []
  const inputs = inputValues(child(workflow, 'on', 'workflow_call', 'inputs'), call.given, call.depth > 0)
  const uploads = uploadsOf(jobs)
  const runs = (job: YamlNode) =>
    combinations(job, inputs).map((values) => runOf(workflow, job, values, handedOn))
  const handedOn: Printers['handedOn'] = (name) => {
    const job = child(jobs, name)
    const outputs = recordOf(child(job, 'outputs'))
    return job === null ? [] : runs(job).map(({ values, printers }) => ({ outputs, values, printers }))
  }
  const recipes: Recipe[] = []
  for (const [name, job] of jobs.entries) {
    if (job.kind !== 'map' || --call.left.steps < 0) continue
    const at = { file: call.file, line: lineOfKey(job) }
    const uses = textOf(child(job, 'uses'))
    if (uses !== null) {
      recipes.push(...calledWorkflow(uses, job, { ...call, inputs, name, at, handedOn }))
      continue
    }
    for (const run of runs(job)) {
      const { file, read, left } = call
      const steps = stepsOf(itemsOf(child(job, 'steps')), { ...run, file, read, uploads, depth: 0, left })
      const isFresh =
        hosted.test(fillIn(textOf(child(job, 'runs-on')) ?? '', run.values)) &&
        run.environment['DOCKER_BUILDKIT'] !== '0'
      const atHome = steps.map((step) => asAtHome(step, run.home))
      recipes.push({ kind: 'ci', at, name, steps: atHome, ...(isFresh && { isFresh }) })
    }
  }
  return recipes
}

/** What the steps of a job find, with one combination of its matrix. */
function runOf(
  workflow: YamlNode,
  job: YamlNode,
  matrix: Values,
  handedOn: Printers['handedOn'],
): Pick<Job, 'values' | 'directory' | 'environment' | 'windows' | 'printers' | 'home'> {
  const environment = environmentOf([child(workflow, 'env'), child(job, 'env')], matrix)
  const values = new Map([
    ...matrix,
    ...Object.entries(environment).map(([key, value]) => [`env.${key}`, value] as const),
  ])
  const directory =
    textOf(child(job, 'defaults', 'run', 'working-directory')) ??
    textOf(child(workflow, 'defaults', 'run', 'working-directory')) ??
    ''
  const run = {
    values,
    environment,
    directory: fillIn(directory, values),
    windows: (textOf(child(job, 'runs-on')) ?? '').startsWith('windows'),
  }
  const steps = itemsOf(child(job, 'steps'))
  return { ...run, home: homeOf(steps, values), printers: { steps: scriptsOf(steps, run), handedOn } }
}

/** Where all of its checkouts put the repository; '' where they do not agree. */
function homeOf(nodes: readonly YamlNode[], values: Values): string {
  const paths = nodes.flatMap((node) => {
    const inputs = filledIn(recordOf(child(node, 'with')), values)
    return (textOf(child(node, 'uses')) ?? '').startsWith('actions/checkout@') && isOwn(inputs)
      ? (directoryOf('', inputs['path'] ?? '') ?? '')
      : []
  })
  const [home = '', ...others] = new Set(paths)
  return others.length > 0 || isOpen(home) ? '' : home
}

/** True for the inputs of a checkout of this very repository. */
const isOwn = ({ repository = '' }: Readonly<Record<string, string>>): boolean =>
  /^(?:\$\{\{\s*github\.repository\s*\}\})?$/.test(repository)

/** The shell scripts among the steps that have an id, by it. */
function scriptsOf(
  nodes: readonly YamlNode[],
  job: Pick<Job, 'values' | 'environment' | 'windows'>,
): Printers['steps'] {
  return new Map(
    nodes.flatMap((node) => {
      const id = textOf(child(node, 'id'))
      const run = textOf(child(node, 'run'))
      if (id === null || run === null || !isShell.test(shellOf(node, job))) return []
      const { values, environment } = withOwn(node, job)
      return [[id, { text: asShell(fillIn(run, values)), environment, file: 'GITHUB_OUTPUT' }] as const]
    }),
  )
}

/** With the environment of the step. */
function withOwn<Known extends Pick<Job, 'values' | 'environment'>>(node: YamlNode, job: Known): Known {
  const env = child(node, 'env')
  const own = environmentOf([env], job.values)
  const named = Object.entries(own).map(([key, value]) => [`env.${key}`, value] as const)
  const kept = Object.entries(job.environment).filter(([name]) => child(env, name) === null)
  return {
    ...job,
    values: new Map([...job.values, ...named]),
    environment: { ...Object.fromEntries(kept), ...own },
  }
}

const shellOf = (node: YamlNode, { windows }: Pick<Job, 'windows'>): string =>
  textOf(child(node, 'shell')) ?? (windows ? 'pwsh' : 'bash')

const isShell = /^(?:ba|da|k|z)?sh\b/

/**
 * Machines of GitHub's that every repository can ask for; any other name is somebody's own.
 * https://docs.github.com/actions/reference/runners/github-hosted-runners
 */
const hosted = /^(?:ubuntu|windows|macos)-(?:latest|slim|\d[\d.]*)(?:-(?:arm|intel|large|xlarge))?$/

function calledWorkflow(
  uses: string,
  job: YamlNode,
  {
    file,
    read,
    depth,
    left,
    inputs,
    name,
    at,
    handedOn,
  }: Call & {
    readonly inputs: Values
    readonly name: string
    readonly at: Recipe['at']
    readonly handedOn: Printers['handedOn']
  },
): readonly Recipe[] {
  const given = recordOf(child(job, 'with'))
  const saying = Object.entries(given).flatMap(([key, value]) => (saysFiles(key) ? value : []))
  const ways = outputWays(saying, { steps: new Map(), handedOn })
  const eachGiven = combinations(job, inputs).flatMap((values) =>
    ways.map((way) => filledIn(given, new Map([...values, ...way]))),
  )
  const own = uses.startsWith('./') ? { path: uses.slice(2), isSure: true } : ownWorkflow(uses, job, read)
  const local = own?.path ?? null
  const text = local !== null && depth < mostDepth ? read(local) : null
  const called = text === null ? null : (readYaml(text)?.[0] ?? null)
  if (called !== null)
    return eachGiven.flatMap((inputsGiven) =>
      workflowJobs(called, {
        file: local ?? '',
        read,
        given: new Map(Object.entries(inputsGiven)),
        depth: depth + 1,
        left,
      }).map((recipe) => ({
        ...recipe,
        // What may be another's tells of builds, and not of what is there when they start.
        ...(own?.isSure !== true && { kind: 'host' as const }),
        steps: recipe.steps.map((step) => ({ ...step, called: { at, text: `uses: ${uses}` } })),
      })),
    )
  const known = eachGiven.flatMap((inputsGiven): readonly Recipe[] => {
    const step = builderBuild(uses, inputsGiven, { file, line: at.line })
    return step === null ? [] : [{ kind: 'ci', at, name, steps: [step] }]
  })
  if (known.length > 0) return known
  const builds = /docker|image|container|kaniko|buildah/i.test(`${uses} ${Object.keys(given).join(' ')}`)
  const why = `the workflow ${uses} is not in this repository`
  const place = { file, line: at.line }
  return [
    {
      kind: 'ci',
      at,
      name,
      steps: [builds ? { kind: 'build', at: place, builds: null, why } : { kind: 'unread', at: place, why }],
    },
  ]
}

/**
 * The workflow that is called by the whole name of its repository, `owner/name/.github/workflows/image.yml@main`, where it is this one: one that
 * lies at that path, is there to be called and declares all that it is given, and is given all that it requires, is the same where the clone is
 * from there, and may be (not `isSure`) where the clone does not tell where it is from. Null where it is another, and where it is given nothing to go by.
 */
function ownWorkflow(
  uses: string,
  job: YamlNode,
  read: Call['read'],
): { readonly path: string; readonly isSure: boolean } | null {
  const [, name = '', path] = /^([\w.-]+\/[\w.-]+)\/(\.github\/workflows\/[\w.-]+\.ya?ml)@/.exec(uses) ?? []
  const text = path === undefined ? null : read(path)
  const call = text === null ? null : child(readYaml(text)?.[0] ?? null, 'on', 'workflow_call')
  const fits = (given: YamlNode | null, declared: YamlNode | null): boolean => {
    const names = Object.keys(recordOf(given))
    const known = declared?.kind === 'map' ? [...declared.entries] : []
    return (
      names.every((name) => known.some(([one]) => one === name)) &&
      known.every(([name, one]) => names.includes(name) || textOf(child(one, 'required')) !== 'true')
    )
  }
  const given = child(job, 'with')
  const secrets = child(job, 'secrets')
  const remotes = text === null ? [] : remoteNames(read('.git/config') ?? '')
  const isSure = remotes.includes(name.toLowerCase())
  return path !== undefined &&
    (isSure || remotes.length === 0) &&
    Object.keys(recordOf(given)).length > 0 &&
    fits(given, child(call, 'inputs')) &&
    (textOf(secrets) === 'inherit' || fits(secrets, child(call, 'secrets')))
    ? { path, isSure }
    : null
}

const filledIn = (
  inputs: Readonly<Record<string, string>>,
  values: Values,
): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, fillIn(value, values)]))

function unreadable(file: string): Recipe {
  const at = { file, line: 1 }
  return { kind: 'ci', at, name: null, steps: [{ kind: 'unread', at, why: 'it cannot be read as YAML' }] }
}

/** One set of values a combination, the same ones once. */
function combinations(job: YamlNode, inputs: Values): readonly Values[] {
  const matrix = child(job, 'strategy', 'matrix')
  const all = matrixCombinations(matrix)
  if (all === null || matrix === null) return [inputs]
  return all.map((one) => new Map([...inputs, ['matrix', ''] as const, ...one]))
}

/**
 * What a caller leaves out has its default, and where none is declared that of its type. Source: the workflow syntax of
 * GitHub Actions, `on.workflow_call.inputs.<input_id>.default`. Who starts it by hand may give anything.
 */
function inputValues(
  declared: YamlNode | null,
  given: ReadonlyMap<string, string> | null,
  isCalled: boolean,
): Values {
  const values = new Map([['github.workspace', '.']])
  if (given === null || declared?.kind !== 'map') return values
  for (const [name, input] of declared.entries) {
    const value =
      given.get(name) ??
      textOf(child(input, 'default')) ??
      (isCalled ? (ofNothing.get(textOf(child(input, 'type')) ?? '') ?? '') : null)
    if (value !== null) values.set(`inputs.${name}`, value)
  }
  for (const [name, value] of given) values.set(`inputs.${name}`, value)
  return values
}

const ofNothing: ReadonlyMap<string, string> = new Map([
  ['boolean', 'false'],
  ['number', '0'],
])

function environmentOf(
  nodes: readonly (YamlNode | null)[],
  values: Values,
): Readonly<Record<string, string>> {
  const all = new Map<string, string>()
  for (const node of nodes)
    for (const [name, text] of Object.entries(recordOf(node))) {
      const value = fillIn(text, values)
      if (!value.includes('${{')) all.set(name, value)
      // Of several options most may be known.
      else if (isForOptions(name))
        all.set(
          name,
          value.replace(/\$\{\{([^}]*)\}\}/g, (one) => one.replace(/\s+/g, '')),
        )
      else all.delete(name)
    }
  return Object.fromEntries(all)
}

function uploadsOf(jobs: YamlNode): ReadonlyMap<string, string> {
  const uploads = new Map<string, string>()
  if (jobs.kind !== 'map') return uploads
  for (const job of jobs.entries.values())
    for (const step of itemsOf(child(job, 'steps'))) {
      if (!textOf(child(step, 'uses'))?.startsWith('actions/upload-artifact@')) continue
      const path = textOf(child(step, 'with', 'path'))
      const name = textOf(child(step, 'with', 'name')) ?? 'artifact'
      if (path !== null) uploads.set(forAnyValue(name), forAnyValue(path))
    }
  return uploads
}

/** What is uploaded for each value of a matrix under a name of its own. */
const forAnyValue = (text: string): string => text.replace(/\$\{\{.*?\}\}/g, '*')

/** What was uploaded under the name; undefined where that cannot be told. */
function uploadedAs(name: string, uploads: ReadonlyMap<string, string>): string | undefined {
  const found = [...uploads].filter(([one]) => name !== '' && matchGlob(one, name) === 'match')
  return found.length === 1 ? found[0]?.[1] : undefined
}

// A map begins on its first key; the job's own key stands on the line before, which is what people look for.
const lineOfKey = (job: YamlNode) => Math.max(1, job.line - 1)

function stepsOf(nodes: readonly YamlNode[], job: Job): readonly RecipeStep[] {
  const steps: RecipeStep[] = []
  for (const node of nodes) {
    if (--job.left.steps < 0) {
      steps.push({
        kind: 'unread',
        at: { file: job.file, line: node.line },
        why: 'it has more steps than are read',
      })
      break
    }
    steps.push(...withEachOutput(stepsAt(node, job), node, job))
  }
  return withPushes(steps)
}

function stepsAt(node: YamlNode, job: Job): readonly RecipeStep[] {
  const uses = child(node, 'uses')
  const run = child(node, 'run')
  const usesText = textOf(uses)
  if (uses !== null && usesText !== null) return usedSteps(usesText, uses.line, node, withOwn(node, job))
  return run?.kind === 'text' ? runSteps(run, node, withOwn(node, job)) : []
}

/** A build that hangs on outputs of earlier steps and jobs is one with each of their values, where all of them can be read. */
function withEachOutput(plain: readonly RecipeStep[], node: YamlNode, job: Job): readonly RecipeStep[] {
  if (!plain.some(isUnread)) return plain
  const given = Object.entries(recordOf(child(node, 'with')))
  const texts = [
    ...given.flatMap(([key, value]) => (saysFiles(key) ? value : [])),
    ...Object.values(recordOf(child(node, 'env'))),
    ...['run', 'working-directory'].flatMap((key) => textOf(child(node, key)) ?? []),
  ]
  const read = outputWays(texts, job.printers).map((way) =>
    way.size === 0 ? plain : stepsAt(node, { ...job, values: new Map([...job.values, ...way]) }),
  )
  return plain.map((step, i) => {
    if (!isUnread(step)) return step
    const builds = new Map<string, BuildTarget>()
    for (const steps of read) {
      const one = steps.length === plain.length ? steps[i] : undefined
      if (one?.kind !== 'build' || one.builds === null) return step
      for (const build of one.builds) builds.set(JSON.stringify(build), build)
    }
    const { hanging: _, ...rest } = step
    return { ...rest, builds: [...builds.values()], why: null }
  })
}

const isUnread = (step: RecipeStep): step is BuildStep =>
  step.kind === 'build' && step.builds === null && (step.why ?? null) !== null

/** False for inputs of actions that build which say nothing of the files they read. */
const saysFiles = (input: string): boolean =>
  !/^(?:build-args|tags?|labels|annotations|platforms|push|load|outputs|cache-(?:from|to)|secrets?)$/i.test(
    input,
  )

function runSteps(
  run: YamlNode & { readonly kind: 'text' },
  node: YamlNode,
  job: Job,
): readonly RecipeStep[] {
  const shell = shellOf(node, job)
  const at = { file: job.file, line: run.line }
  if (!isShell.test(shell)) return [{ kind: 'unread', at, why: `it is written for ${shell}` }]
  const given = textOf(child(node, 'working-directory'))
  const directory = given === null ? job.directory : fillIn(given, job.values)
  return shellSteps(asShell(fillIn(run.text, job.values)), {
    file: job.file,
    line: run.textLine,
    literal: run.literal,
    directory: directory.includes('${{') ? null : directoryOf('', directory),
    environment: job.environment,
  })
}

function usedSteps(uses: string, line: number, node: YamlNode, job: Job): readonly RecipeStep[] {
  const at = { file: job.file, line }
  const inputs = filledIn(recordOf(child(node, 'with')), job.values)
  const name = uses.split('@')[0] ?? uses
  if (name === 'actions/checkout')
    return checkoutSteps(withRemark(uses, child(node, 'uses')), inputs, at, job)
  if (uses.startsWith('./')) return localAction(uses, inputs, at, job)
  const build = actionBuild(uses, inputs, at)
  if (build !== null) return [build]
  const ran = actionCommand(name, inputs)
  if (ran !== null) return [commandStep(wordsCommand(ran.words), at, directoryOf('', ran.directory))]
  const uploaded =
    name === 'actions/download-artifact' ? uploadedAs(inputs['name'] ?? '', job.uploads) : undefined
  return [
    { kind: 'action', at, name: uses, inputs: uploaded === undefined ? inputs : { ...inputs, uploaded } },
  ]
}

/** What a version that is a commit is called, as those write who pin: `actions/checkout@de0fac2… # v6.0.2`. */
function withRemark(uses: string, node: YamlNode | null): string {
  const remark = node?.kind === 'text' ? (node.remark ?? '') : ''
  return /@[0-9a-f]{40}$/.test(uses) && /^v\d/.test(remark) ? `${uses} # ${remark}` : uses
}

function checkoutSteps(
  uses: string,
  inputs: Readonly<Record<string, string>>,
  at: Recipe['at'],
  { home }: Job,
): readonly RecipeStep[] {
  if (!isOwn(inputs)) return [{ kind: 'action', at, name: uses, inputs }]
  const path = inputs['path']
  if (path !== undefined && directoryOf('', path) !== home)
    return [{ kind: 'unread', at, why: `the repository is checked out into ${path}` }]
  if (inputs['clean'] === 'false')
    return [
      { kind: 'checkout', at, uses, inputs },
      { kind: 'unread', at, why: 'what lay there before the checkout stays' },
    ]
  return [{ kind: 'checkout', at, uses, inputs }]
}

function localAction(
  uses: string,
  inputs: Readonly<Record<string, string>>,
  at: Recipe['at'],
  job: Job,
): readonly RecipeStep[] {
  const lying = directoryOf('', uses)
  const directory = lying === null ? null : fromHome(lying, job.home)
  const plain: RecipeStep = { kind: 'action', at, name: uses, inputs }
  if (directory === null || job.depth >= mostDepth) return [plain]
  const file = ['action.yml', 'action.yaml'].map((name) => (directory === '' ? name : `${directory}/${name}`))
  for (const path of file) {
    const text = job.read(path)
    const action = text === null ? null : (readYaml(text)?.[0] ?? null)
    if (action === null) continue
    if (textOf(child(action, 'runs', 'using')) !== 'composite') return [plain]
    const values = new Map([...job.values].filter(([key]) => !/^(?:inputs|steps|needs)\./.test(key)))
    for (const [key, value] of inputValues(child(action, 'inputs'), new Map(Object.entries(inputs)), true))
      values.set(key, value)
    values.set('github.action_path', lying ?? '')
    const own = { ...job, file: path, values, directory: '', windows: false, depth: job.depth + 1 }
    const nodes = itemsOf(child(action, 'runs', 'steps'))
    return stepsOf(nodes, {
      ...own,
      printers: { steps: scriptsOf(nodes, own), handedOn: () => [] },
    }).map((step) => ({ ...step, called: { at, text: `uses: ${uses}` } }))
  }
  return [plain]
}
