/** Files in a programming language that build images: Jenkinsfile, Tiltfile, AWS CDK. Only what is literal is read. */

import { relativePath } from '../inputs/load.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { joinPath, parentPath } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import { type CodeCall, findCalls } from './code-calls.ts'
import { cleanCheckout } from './jenkins-checkout.ts'
import type { Library } from './library.ts'
import type { Recipe, RecipeStep } from './model.ts'
import { commandStep, directoryOf, shellSteps, wordsCommand } from './shell-steps.ts'

const jenkinsCalls: ReadonlySet<string> = new Set([
  ...['sh', 'docker.build', 'checkout', 'unstash', 'copyArtifacts', 'bat', 'powershell', 'load', 'kaniko'],
])

/** A Jenkinsfile as one recipe. A checkout is claimed only of a workspace that was emptied for it: others keep what earlier runs left. */
export function readJenkinsfile(text: string, file: string): Recipe {
  const clean = cleanCheckout(text)
  let isKnown = false
  const stepsOf = (call: CodeCall, at: Place): readonly RecipeStep[] => {
    const directory = call.within.reduce<string | null>(
      (above, { positional }) => directoryOf(above, positional[0] ?? null),
      '',
    )
    if (call.name === 'docker.build') return [dockerDotBuild(call, at, directory)]
    if (call.name !== 'sh') return [{ kind: 'action', at, name: `jenkins-${call.name}`, inputs: {} }]
    const script = call.named.get('script') ?? call.positional[0] ?? null
    if (script !== null) return shellSteps(script, { file, line: call.line, directory })
    // What is put in may be a tag or a path: the text is read as a shell text in which it is a variable.
    const raw = rawLiteral(text, call.offset)
    return raw === null ? [unread(at)] : shellSteps(raw, { file, line: call.line, directory })
  }
  const steps = findCalls(text, jenkinsCalls, new Set(['dir'])).flatMap((call): readonly RecipeStep[] => {
    const at = { file, line: call.line }
    if (call.name === 'checkout' && call.offset === clean?.from && call.within.length === 0) {
      isKnown = true
      return [{ kind: 'checkout', at }]
    }
    if (isKnown && call.offset > (clean?.until ?? 0)) {
      isKnown = false
      return [{ kind: 'unread', at, why: 'what it calls before is not known' }, ...stepsOf(call, at)]
    }
    return stepsOf(call, at)
  })
  return { kind: 'ci', at: { file, line: 1 }, name: null, steps }
}

const unread = (at: Place): RecipeStep => ({
  kind: 'unread',
  at,
  why: 'what it runs is put together when it runs',
})

/** The first double-quoted text of the line from there on. */
function rawLiteral(text: string, from: number): string | null {
  const rest = text.slice(from, from + 4_000)
  const triple = /^[^\n"]*"""([\s\S]*?)"""/.exec(rest)
  return triple?.[1] ?? /^[^\n"]*"((?:[^"\\\n]|\\.)*)"/.exec(rest)?.[1] ?? null
}

/** `docker.build('name', '-f x/Dockerfile x')`. https://www.jenkins.io/doc/book/pipeline/docker/#building-containers */
function dockerDotBuild(call: CodeCall, at: Place, directory: string | null): RecipeStep {
  const args = call.positional.length < 2 ? '.' : (call.positional[1] ?? null)
  if (args === null || /[$'"\\]/.test(args))
    return { kind: 'build', at, builds: null, why: 'its arguments are put together when it runs' }
  return commandStep(wordsCommand(['docker', 'build', ...args.split(/\s+/).filter(Boolean)]), at, directory)
}

const tiltCalls: ReadonlySet<string> = new Set([
  'docker_build',
  'custom_build',
  'local',
  'local_resource',
  'docker_compose',
])

/** A Tiltfile as one recipe. https://docs.tilt.dev/api.html#api.docker_build */
export function readTiltfile(text: string, file: string): Recipe {
  const base = parentPath(file)
  const steps = findCalls(text, tiltCalls).flatMap((call): readonly RecipeStep[] => {
    const at = { file, line: call.line }
    const argument = (name: string, index: number) =>
      call.named.has(name)
        ? (call.named.get(name) ?? null)
        : index >= 0 && index < call.positional.length
          ? (call.positional[index] ?? null)
          : undefined
    switch (call.name) {
      case 'docker_build':
        return [tiltBuild(argument('context', 1), argument('dockerfile', -1), call, { text, at, base })]
      case 'docker_compose':
        return []
      default: {
        const command = argument(
          call.name === 'local' ? 'command' : call.name === 'custom_build' ? 'command' : 'cmd',
          call.name === 'local' ? 0 : 1,
        )
        if (command === undefined) return []
        return command === null
          ? [unread(at)]
          : shellSteps(command, { file, line: call.line, directory: base })
      }
    }
  })
  return { kind: 'host', at: { file, line: 1 }, name: null, steps }
}

function tiltBuild(
  context: string | null | undefined,
  dockerfile: string | null | undefined,
  call: CodeCall,
  { text, at, base }: { readonly text: string; readonly at: Place; readonly base: string },
): RecipeStep {
  const open = (what: string): RecipeStep => ({
    kind: 'build',
    at,
    builds: null,
    why: `${what} is put together when it runs`,
  })
  const root = context === null || context === undefined ? null : directoryOf(base, context)
  if (root === null) return open('its context')
  if (call.named.has('dockerfile_contents')) return open('its Dockerfile')
  const file =
    dockerfile === undefined
      ? joinPath(root, 'Dockerfile')
      : dockerfile === null
        ? null
        : directoryOf(base, dockerfile)
  if (file === null) return open('its Dockerfile')
  const given = call.namedAt.get('build_args')
  // What stands third, or is spread, may be arguments too.
  const args = call.positional.length > 2 ? null : given === undefined ? {} : literalArguments(text, given)
  if (call.named.get('target') === null || args === null) return open('what it is built with')
  return {
    kind: 'build',
    at,
    builds: [{ ...plainBuild(root, file, call.named.get('target') ?? null, at), args }],
  }
}

/** `{'A': '1'}`, the value of an argument that begins there; null where it is anything else, or a name or a value is no plain text. */
function literalArguments(text: string, from: number): Readonly<Record<string, string>> | null {
  const [, inner] = /^\{([^{}]{0,4000})\}\s{0,99}[,)]/.exec(text.slice(from, from + 5_000)) ?? []
  const pair = /\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s*:\s*(?:'([^'\\\n]*)'|"([^"\\\n]*)")\s*(?:,|$)/g
  if (inner === undefined || inner.replace(pair, '').trim() !== '') return null
  return Object.fromEntries([...inner.matchAll(pair)].map(([, a, b, c, d]) => [a ?? b ?? '', c ?? d ?? '']))
}

function plainBuild(context: string, file: string, target: string | null, foundIn: Place): BuildTarget {
  return {
    name: null,
    context: context === '' ? '.' : context,
    dockerfile: relativePath(`/${context}`, `/${file}`),
    inline: null,
    target,
    args: {},
    namedContexts: {},
    platforms: [],
    foundIn,
    guessed: false,
  }
}

/** https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.aws_ecr_assets-readme.html */
const cdkBuilds =
  /\b(?:DockerImageAsset|DockerImageFunction|fromImageAsset|from_image_asset|fromAssetImage|from_asset_image|fromDockerBuild|from_docker_build|AssetImage|ContainerImage\s{0,4}\.\s{0,4}(?:fromAsset|from_asset))\s{0,4}\(/g
const cdkFiles = /\.(?:ts|js|mjs|py)$/
const mostCdkFiles = 100

/** The images that a CDK app beside `cdk.json` builds: where, but not of what, for that is told by code. */
export function* readCdk(path: string, library: Library): Generator<Recipe> {
  const base = parentPath(path)
  let left = mostCdkFiles
  for (const directory of ['', 'bin', 'lib', 'src', 'stacks', 'lib/stacks', 'lib/constructs'].map((name) =>
    joinPath(base, name),
  ))
    for (const name of library.list(directory)) {
      if (!cdkFiles.test(name) || name.endsWith('.d.ts') || --left < 0) continue
      const file = joinPath(directory, name)
      const text = library.text(file)
      if (text === null) continue
      const steps: RecipeStep[] = []
      let line = 1
      let from = 0
      for (const match of text.matchAll(cdkBuilds)) {
        line += text.slice(from, match.index).split('\n').length - 1
        from = match.index
        steps.push({
          kind: 'build',
          at: { file, line },
          builds: null,
          why: 'AWS CDK builds it of a directory that code names',
        })
      }
      if (steps.length > 0) yield { kind: 'host', at: { file, line: 1 }, name: null, steps }
    }
}
