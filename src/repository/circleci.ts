/** CircleCI's configuration as recipes: one a job, its own commands put in the place of the call, and the orbs that build images. */

import type { Recipe, RecipeStep } from './model.ts'
import { aboveOf, commands, isBuildName, mostSteps, placeOf, type Reader, unread } from './pipeline-steps.ts'
import { directoryOf, shellSteps } from './shell-steps.ts'
import { child, itemsOf, recordOf, textOf, type YamlNode } from './yaml-tree.ts'

/** A command or job of an orb that builds one image with what its parameters say. */
interface OrbBuild {
  /** Parameters whose values are the directory of the Dockerfile, its name, and the context. */
  readonly path: string
  readonly dockerfile: string
  readonly context: string
  readonly extra: string
  /** True where it pushes what it builds. */
  readonly pushes: boolean
  /** Parameters with which something is put into the tree before. */
  readonly brings: readonly string[]
}

const ofDocker: OrbBuild = {
  path: 'path',
  dockerfile: 'dockerfile',
  context: 'docker_context',
  extra: 'extra_build_args',
  pushes: false,
  brings: ['attach_at', 'after_checkout', 'before_build'],
}
const ofEcr: OrbBuild = {
  ...ofDocker,
  context: 'build_path',
  pushes: true,
  brings: ['attach_workspace', 'pre_steps', 'before_build'],
}

/**
 * By the name of the orb and its command or job, blanks of names as `_`.
 * https://circleci.com/developer/orbs/orb/circleci/docker, https://circleci.com/developer/orbs/orb/circleci/aws-ecr
 */
const orbBuilds: Readonly<Record<string, OrbBuild>> = {
  'circleci/docker/build': ofDocker,
  'circleci/docker/publish': { ...ofDocker, pushes: true },
  'circleci/aws-ecr/build_image': { ...ofEcr, pushes: false },
  'circleci/aws-ecr/build_and_push_image': ofEcr,
}

interface Room {
  readonly reader: Reader
  readonly shared: YamlNode | null
  /** What the configuration calls an orb → its name without the version. */
  readonly orbs: ReadonlyMap<string, string>
  /** Commands may call each other: those of one file together have a bound. */
  readonly left: { steps: number }
}

/** The jobs of the file, and those of orbs that its workflows start. https://circleci.com/docs/configuration-reference/ */
export function readCircleci(reader: Reader): readonly Recipe[] {
  const { root } = reader
  const orbs = new Map(
    Object.entries(recordOf(child(root, 'orbs'))).map(([name, orb]) => [name, orb.split('@')[0] ?? orb]),
  )
  const room: Room = { reader, shared: child(root, 'commands'), orbs, left: { steps: mostSteps } }
  const jobs = child(root, 'jobs')
  const own = jobs?.kind === 'map' ? [...jobs.entries] : []
  return [
    ...own.flatMap(([name, job]): readonly Recipe[] => {
      if (job.kind !== 'map') return []
      const steps = stepsOf(itemsOf(child(job, 'steps')), new Map(), 0, room)
      return [{ kind: 'ci', at: aboveOf(job, reader), name, steps }]
    }),
    ...orbJobs(room),
  ]
}

function stepsOf(
  nodes: readonly YamlNode[],
  values: ReadonlyMap<string, string>,
  depth: number,
  room: Room,
): readonly RecipeStep[] {
  return nodes.flatMap((node): readonly RecipeStep[] => {
    const { reader, left } = room
    if (--left.steps < 0)
      return left.steps === -1 ? [unread(node, reader, 'it has more steps than are read')] : []
    const [name, body] = called(node)
    if (name === 'checkout') return [{ kind: 'checkout', at: placeOf(node, reader) }]
    if (name === 'run') return runSteps(node, body, values, reader)
    if (name === 'when' || name === 'unless')
      return stepsOf(itemsOf(child(body, 'steps')), values, depth, room)
    const local = child(room.shared, name)
    return local !== null && depth < 4
      ? localSteps(node, local, recordOf(body), depth, room)
      : orbSteps(node, name, body, values, room)
  })
}

/** A step's name, and what is said of it; null where that is nothing. */
const called = (node: YamlNode): readonly [string, YamlNode | null] =>
  node.kind === 'map' ? ([...node.entries][0] ?? ['', null]) : [textOf(node) ?? '', null]

const workspace = /^(?:~\/project|\.)(?=\/|$)/

function runSteps(
  node: YamlNode,
  body: YamlNode | null,
  values: ReadonlyMap<string, string>,
  reader: Reader,
): readonly RecipeStep[] {
  const command = body?.kind === 'text' ? body : child(body, 'command')
  const directory = textOf(child(body, 'working_directory'))?.replace(workspace, '.') ?? ''
  if (command?.kind !== 'text') return [unread(node, reader, 'it runs what cannot be read')]
  return commands({ ...command, text: filled(command.text, values) }, reader, directoryOf('', directory))
}

/** Parameters put in; of those that nobody gave, a variable is left. */
const filled = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(
    /<<\s{0,8}parameters\.([\w-]{1,80})\s{0,8}>>/g,
    (_, key: string) => values.get(key) ?? `\${${key.replaceAll('-', '_')}}`,
  )

function localSteps(
  node: YamlNode,
  local: YamlNode,
  given: Readonly<Record<string, string>>,
  depth: number,
  room: Room,
): readonly RecipeStep[] {
  const declared = child(local, 'parameters')
  const names = declared?.kind === 'map' ? [...declared.entries.keys()] : []
  const parameters = new Map(
    names.map((key) => [key, given[key] ?? textOf(child(declared, key, 'default')) ?? '']),
  )
  const at = placeOf(node, room.reader)
  return stepsOf(itemsOf(child(local, 'steps')), parameters, depth + 1, room).map((step) => ({
    ...step,
    called: { at, text: called(node)[0] },
  }))
}

function orbSteps(
  node: YamlNode,
  name: string,
  body: YamlNode | null,
  values: ReadonlyMap<string, string>,
  { reader, orbs }: Room,
): readonly RecipeStep[] {
  const at = placeOf(node, reader)
  const inputs = recordOf(body)
  const [alias = '', command = ''] = name.split('/')
  const orb = orbs.get(alias)
  const full = orb === undefined ? name : `${orb}/${command.replaceAll('-', '_')}`
  const build = orbBuilds[full]
  if (build !== undefined) return orbBuild(build, inputs, values, node, reader)
  // Of an orb that is known, what it does beside building is only to be named.
  const isKnown = orb !== undefined && Object.keys(orbBuilds).some((one) => one.startsWith(`${orb}/`))
  if (name.includes('/') && isBuildName(name) && !(isKnown && /^(?:push|check|login|setup)/.test(command)))
    return [{ kind: 'build', at, builds: null, why: `what ${name} builds is not known` }]
  return [{ kind: 'action', at, name: name.includes('/') ? full : `circleci-${name}`, inputs }]
}

function orbBuild(
  build: OrbBuild,
  inputs: Readonly<Record<string, string>>,
  values: ReadonlyMap<string, string>,
  node: YamlNode,
  { file }: Reader,
): readonly RecipeStep[] {
  const given = new Map(
    Object.entries(inputs).map(([key, value]) => [key.replaceAll('-', '_'), filled(value, values)]),
  )
  const at = { file, line: node.line }
  const path = given.get(build.path) ?? '.'
  const text = [
    ...['docker', 'build', '-f', `${path}/${given.get(build.dockerfile) ?? 'Dockerfile'}`],
    ...[given.get(build.extra) ?? '', build.pushes ? '--push' : '', given.get(build.context) ?? '.'],
  ].join(' ')
  const brings = build.brings.some((key) => given.has(key) && given.get(key) !== 'false')
  return [
    ...(brings ? [{ kind: 'unread', at, why: 'what its parameters bring is not known' } as const] : []),
    ...shellSteps(text, { file, line: node.line, literal: false, directory: '' }),
  ]
}

/** Jobs that an orb has ready: they check out, and do what the command of that name does. */
function orbJobs(room: Room): readonly Recipe[] {
  const { reader, orbs } = room
  const workflows = child(reader.root, 'workflows')
  const listed = workflows?.kind === 'map' ? [...workflows.entries.values()] : []
  return listed.flatMap((workflow) =>
    itemsOf(child(workflow, 'jobs')).flatMap((node): readonly Recipe[] => {
      const [name, body] = called(node)
      if (!orbs.has(name.split('/')[0] ?? '') || !isBuildName(name)) return []
      const at = placeOf(node, reader)
      const steps = orbSteps(node, name, body, new Map(), room)
      return [
        {
          kind: 'ci',
          at,
          name: textOf(child(body, 'name')) ?? name,
          steps: [{ kind: 'checkout', at }, ...steps],
        },
      ]
    }),
  )
}
