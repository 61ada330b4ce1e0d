/**
 * Builds that a service makes when something is deployed to it: Fly.io by its command and fly.toml, Render by render.yaml, Kamal by
 * config/deploy.yml.
 */

import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { baseName, joinPath, parentPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { programOf } from '../shell/read.ts'
import type { BuildStep, Recipe, RecipeStep } from './model.ts'
import { directoryOf } from './shell-steps.ts'
import { child, itemsOf, readYaml, recordOf, textOf, type YamlNode } from './yaml-tree.ts'

/** What such a build is made of; paths from the repository's root, `''` and null for what is there without a word. */
interface Deployed {
  readonly service: string
  readonly context: string
  readonly dockerfile: string | null
  readonly target: string | null
  readonly args: Readonly<Record<string, string>>
}

function targetOf({ context, dockerfile, target, args }: Deployed, foundIn: Place): BuildTarget {
  const own = { context: context === '' ? '.' : context, target, args, foundIn }
  return {
    ...{ name: null, inline: null, namedContexts: {}, platforms: [], guessed: false },
    ...own,
    dockerfile: dockerfile === null ? 'Dockerfile' : relativePath(`/${context}`, `/${dockerfile}`),
  }
}

/** What is deployed is used. */
const stepOf = (deployed: Deployed, at: Place): BuildStep => ({
  kind: 'build',
  at,
  builds: [targetOf(deployed, at)],
  inputs: { push: 'true' },
  service: deployed.service,
})

/** Options of `fly deploy` that take a value: https://fly.io/docs/flyctl/deploy/#options. */
const withValue =
  /^(?:-[aceirt]|--(?:app|config|env|image|region|access-token|build-arg|build-secret|build-target|dockerfile|ignorefile|image-label|label|builder-pool|strategy|wait-timeout|release-command-timeout|vm-[\w-]+|process-groups|primary-region|max-[\w-]+|regions|exclude-[\w-]+|only-[\w-]+|file-[\w-]+|lease-timeout|deploy-retries|depot|volume-[\w-]+|export-manifest|from-manifest))$/

/**
 * `fly deploy`, with what its fly.toml says, as the build that it is; a command that builds no image, or of which only a run can tell
 * what it builds, as it was. `read`: a file of the repository. https://fly.io/docs/reference/configuration/#the-build-section
 */
export function asDeployment(step: RecipeStep, read: (path: string) => string | null): RecipeStep {
  if (step.kind !== 'command' || step.directory === null) return step
  // Nearly every command is none.
  if (!step.command.words.includes('deploy')) return step
  const [program = '', ...words] = programOf(step.command.words)
  if (!/^(?:fly|flyctl)$/.test(baseName(program))) return step
  const {
    values,
    operands: [verb, place = '.'],
  } = optionsOf(words)
  if (verb !== 'deploy' || words.some((word) => /\$|^--?(?:i|image)(?:=|$)/.test(word))) return step
  const from = (path: string) => directoryOf(step.directory, path)
  const context = from(place)
  const config = from(values.get('--config') ?? values.get('-c') ?? joinPath(place, 'fly.toml'))
  if (context === null || config === null) return step
  const text = read(config)
  const said = text === null ? null : buildSection(text)
  const own = values.get('--dockerfile') ?? null
  if (own === null && (said === null || said.isOther)) return step
  const dockerfile =
    own !== null
      ? from(own)
      : said?.dockerfile == null
        ? null
        : directoryOf(parentPath(config), said.dockerfile)
  if (dockerfile === null && (own ?? said?.dockerfile ?? null) !== null) return step
  const target = values.get('--build-target') ?? said?.target ?? null
  return { ...step, ...stepOf({ service: 'Fly.io', context, dockerfile, target, args: {} }, step.at) }
}

interface Options {
  readonly values: ReadonlyMap<string, string>
  readonly operands: readonly string[]
}

function optionsOf(words: readonly string[]): Options {
  const values = new Map<string, string>()
  const operands: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    const [, name, value] = /^(--?[\w-]+)=(.*)$/s.exec(word) ?? []
    if (name !== undefined && value !== undefined) values.set(name, value)
    else if (withValue.test(word)) values.set(word, words[++i] ?? '')
    else if (!word.startsWith('-')) operands.push(word)
  }
  return { values, operands }
}

interface BuildSection {
  readonly dockerfile: string | null
  readonly target: string | null
  /** An image that is there already, or buildpacks: no Dockerfile is built. */
  readonly isOther: boolean
}

/** The keys of `[build]` in a fly.toml; plain strings, as they are written there. */
function buildSection(text: string): BuildSection {
  const keys = new Map<string, string>()
  let section = ''
  for (const line of text.split(/\r?\n/)) {
    const [, header] = /^\s*\[+\s*([^\]]*?)\s*\]+/.exec(line) ?? []
    if (header !== undefined) section = header
    const [, key, , value] = /^\s*(?:build\.)?([\w-]+)\s*=\s*(["'])(.*?)\2/.exec(line) ?? []
    const isBuild = section === 'build' || (section === '' && /^\s*build\./.test(line))
    if (isBuild && key !== undefined && value !== undefined) keys.set(key, value)
  }
  return {
    dockerfile: keys.get('dockerfile') ?? null,
    target: keys.get('build-target') ?? null,
    isOther: !keys.has('dockerfile') && ['image', 'builder', 'builtin'].some((key) => keys.has(key)),
  }
}

/** The services of a render.yaml that Render builds of a Dockerfile, each time of a checkout: https://render.com/docs/blueprint-spec. */
function readRender(root: YamlNode, file: string): readonly Recipe[] {
  return itemsOf(child(root, 'services')).flatMap((node): readonly Recipe[] => {
    const text = (key: string) => textOf(child(node, key))
    if ((text('runtime') ?? text('env')) !== 'docker' || child(node, 'image') !== null) return []
    const dir = directoryOf('', text('rootDir') ?? '')
    const context = directoryOf(dir, text('dockerContext') ?? '.')
    const dockerfile = directoryOf(dir, text('dockerfilePath') ?? 'Dockerfile')
    if (context === null || dockerfile === null) return []
    const at = { file, line: node.line }
    return [ofCheckout({ service: 'Render', context, dockerfile, target: null, args: {} }, at, text('name'))]
  })
}

/**
 * What Kamal builds: of a clone of the repository, unless a context is named, which is a directory of this machine.
 * https://kamal-deploy.org/docs/configuration/builders/#build-context
 */
function readKamal(root: YamlNode, file: string): readonly Recipe[] {
  const builder = child(root, 'builder')
  if (textOf(child(root, 'image')) === null || child(root, 'servers') === null || builder === null) return []
  const dir = directoryOf('', joinPath(parentPath(file), '..'))
  const named = textOf(child(builder, 'context'))
  const context = directoryOf(dir, named ?? '.')
  const dockerfile = directoryOf(dir, textOf(child(builder, 'dockerfile')) ?? 'Dockerfile')
  if (context === null || dockerfile === null || child(builder, 'pack') !== null) return []
  const at = { file, line: Math.max(1, builder.line - 1) }
  const args = Object.fromEntries(
    Object.entries(recordOf(child(builder, 'args'))).filter(([, value]) => !value.includes('<%')),
  )
  const deployed = { service: 'Kamal', context, dockerfile, target: textOf(child(builder, 'target')), args }
  if (named === null) return [ofCheckout(deployed, at, 'kamal deploy')]
  return [{ kind: 'host', at, name: 'kamal deploy', steps: [stepOf(deployed, at)] }]
}

const ofCheckout = (deployed: Deployed, at: Place, name: string | null): Recipe => ({
  kind: 'ci',
  at,
  name,
  steps: [{ kind: 'checkout', at }, stepOf(deployed, at)],
})

/** The recipes of a file of one of these services; none when it is no YAML. */
export function readService(form: 'render' | 'kamal', text: string, file: string): readonly Recipe[] {
  const [root] = readYaml(text) ?? []
  if (root === undefined) return []
  return form === 'render' ? readRender(root, file) : readKamal(root, file)
}
