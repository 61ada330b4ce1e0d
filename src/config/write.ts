/** A first configuration, as text that a person would go on with. */

import { humanSize, roomFor } from '../lib/amount.ts'
import { visiblePath } from '../lib/path.ts'
import type { BuildDefinition } from './model.ts'

/** A build as it is today. */
export interface TodaysBuild {
  readonly name: string | null
  /** Null: compose or bake know it by its name. */
  readonly definition: BuildDefinition | null
  /** Where it was found, for people; null where nobody wrote it down. */
  readonly foundIn: string | null
  /** Bytes that the ignore file leaves; null where that is told of another build of the same context. */
  readonly context: number | null
  /** Bytes that BuildKit asks for. */
  readonly transfer: number
}

export interface Start {
  /** One that is just `docker build .` stands alone and needs no list. */
  readonly builds: readonly TodaysBuild[]
  /** Patterns that hold today. */
  readonly neverShip: readonly string[]
  /** What could not be measured, one sentence each. */
  readonly left: readonly string[]
}

/** YAML that {@link readConfig} takes, with budgets that hold today. */
export function startingConfig({ builds, neverShip, left }: Start): string {
  const [only, other] = builds
  const isPlain = only !== undefined && other === undefined && isPlainBuild(only)
  return [
    '# What `ctxsize check` holds. The limits are a little above what there is today.',
    ...left.map((one) => `# Not measured: ${visiblePath(one)}`),
    ...(isPlain ? budgetLines(only, '') : ['builds:', ...builds.flatMap(buildLines)]),
    ...(neverShip.length === 0
      ? []
      : [
          '',
          '# No instruction may read these; patterns as in .dockerignore.',
          `neverShip: ${flow(neverShip)}`,
        ]),
    '',
  ].join('\n')
}

function isPlainBuild({ name, definition }: TodaysBuild): boolean {
  return (
    name === null &&
    definition !== null &&
    definition.context === '.' &&
    definition.file === null &&
    definition.target === null &&
    definition.platform === null &&
    Object.keys({ ...definition.args, ...definition.namedContexts }).length === 0
  )
}

const buildLines = (build: TodaysBuild): readonly string[] => {
  const { name, definition, foundIn } = build
  const lines = [
    ...(name === null ? [] : [`name: ${scalar(name)}`]),
    ...(definition === null ? [] : definitionLines(definition)),
  ]
  const comment = foundIn === null ? '' : ` # ${visiblePath(foundIn)}`
  return lines
    .map((line, i) => (i === 0 ? `  - ${line}${comment}` : `    ${line}`))
    .concat(budgetLines(build, '    '))
}

function definitionLines({
  context,
  file,
  target,
  args,
  namedContexts,
  platform,
}: BuildDefinition): string[] {
  return [
    `context: ${scalar(context)}`,
    ...(file === null ? [] : [`file: ${scalar(file)}`]),
    ...(target === null ? [] : [`target: ${scalar(target)}`]),
    ...(Object.keys(args).length === 0 ? [] : [`args: ${mapping(args)}`]),
    ...(Object.keys(namedContexts).length === 0 ? [] : [`namedContexts: ${mapping(namedContexts)}`]),
    ...(platform === null ? [] : [`platform: ${scalar(platform)}`]),
  ]
}

function budgetLines({ context, transfer }: TodaysBuild, indent: string): readonly string[] {
  const line = (name: string, bytes: number): string =>
    `${indent}  ${name}: ${roomFor(bytes)} # ${humanSize(bytes)}`
  return [
    `${indent}budgets:`,
    ...(context === null ? [] : [line('context', context)]),
    line('transfer', transfer),
  ]
}

const flow = (items: readonly string[]): string => `[${items.map(scalar).join(', ')}]`

const mapping = (values: Readonly<Record<string, string | null>>): string =>
  `{ ${Object.entries(values)
    .map(([key, value]) => `${scalar(key)}: ${value === null ? 'null' : quoted(value)}`)
    .join(', ')} }`

/** Quoted where YAML could take it for something else. */
const scalar = (text: string): string =>
  /^(?:[A-Za-z/]|\.(?!\d))[\w./-]*$/.test(text) && !/^(?:true|false|null|\.nan|\.inf)$/i.test(text)
    ? text
    : quoted(text)

/** Strings of JSON are strings of YAML. What a terminal would not show is escaped, and then all that is not ASCII. */
const quoted = (text: string): string => {
  const json = JSON.stringify(text)
  return visiblePath(text) === text
    ? json
    : json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
