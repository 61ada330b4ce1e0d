/** The pipelines of other services, read line by line: which commands they run, in which order. */

import { joinPath, rootedPath } from '../lib/path.ts'
import { readCircleci } from './circleci.ts'
import { joinedSteps } from './gitlab.ts'
import type { Recipe, RecipeStep } from './model.ts'
import { aboveOf, commands, mostSteps, placeOf, type Reader, target, unread } from './pipeline-steps.ts'
import type { RecipeForm } from './recipe-files.ts'
import { commandStep, directoryOf, wordsCommand } from './shell-steps.ts'
import { child, itemsOf, readYaml, recordOf, textOf, type YamlNode } from './yaml-tree.ts'

/** The recipes of such a file; one `unread` step when it is no YAML. A justfile is read for its lines only. */
export function readPipeline(form: RecipeForm, text: string, file: string): readonly Recipe[] {
  if (form === 'just') return readJustfile(text, file)
  const at = { file, line: 1 }
  const documents = readYaml(text)
  if (documents === null)
    return [{ kind: 'ci', at, name: null, steps: [{ kind: 'unread', at, why: 'it cannot be read as YAML' }] }]
  return documents.flatMap((root): readonly Recipe[] => {
    const reader = { file, root }
    switch (form) {
      case 'circleci':
        return readCircleci(reader)
      case 'bitbucket':
        return bitbucket(reader)
      case 'azure':
        return azure(reader)
      case 'drone':
      case 'woodpecker':
        return drone(reader)
      case 'cloudbuild':
        return cloudbuild(reader)
      case 'codebuild':
        return codebuild(reader)
      case 'task':
        return taskfile(reader)
      default:
        return []
    }
  })
}

function bitbucket(reader: Reader): readonly Recipe[] {
  const recipes: Recipe[] = []
  const pipeline = (nodes: readonly YamlNode[], handed: string[]) => {
    for (const node of nodes.slice(0, mostSteps)) {
      const parallel = child(node, 'parallel')
      const stage = child(node, 'stage')
      if (parallel !== null) pipeline(itemsOf(child(parallel, 'steps') ?? parallel), handed)
      if (stage !== null) pipeline(itemsOf(child(stage, 'steps')), handed)
      const step = child(node, 'step')
      if (step === null || recipes.length >= mostSteps) continue
      const at = placeOf(node, reader)
      const steps: RecipeStep[] = [{ kind: 'checkout', at }]
      if (handed.length > 0)
        steps.push({ kind: 'action', at, name: 'bitbucket-artifacts', inputs: { paths: handed.join('\n') } })
      const script = itemsOf(child(step, 'script'))
      steps.push(...commands({ kind: 'list', line: node.line, items: script }, reader))
      for (const item of script)
        if (item.kind === 'map') {
          const pipe = textOf(child(item, 'pipe')) ?? ''
          steps.push({
            kind: 'action',
            at: placeOf(item, reader),
            name: pipe,
            inputs: recordOf(child(item, 'variables')),
          })
        }
      recipes.push({ kind: 'ci', at, name: textOf(child(step, 'name')), steps })
      const artifacts = child(step, 'artifacts')
      for (const path of itemsOf(child(artifacts, 'paths') ?? (artifacts?.kind === 'map' ? null : artifacts)))
        if (handed.length < 100) handed.push(textOf(path) ?? '')
    }
  }
  const pipelines = child(reader.root, 'pipelines')
  if (pipelines?.kind === 'map')
    for (const part of pipelines.entries.values())
      if (part.kind === 'list') pipeline(part.items, [])
      else if (part.kind === 'map') for (const named of part.entries.values()) pipeline(itemsOf(named), [])
  return recipes
}

function azure(reader: Reader): readonly Recipe[] {
  const recipes: Recipe[] = []
  const job = (node: YamlNode, name: string | null) => {
    const list = child(node, 'steps') ?? child(node, 'strategy', 'runOnce', 'deploy', 'steps')
    if (list?.kind !== 'list') return
    const nodes = list.items.slice(0, mostSteps)
    const at = placeOf(node, reader)
    const own = nodes.some((step) => child(step, 'checkout') !== null)
    // A job checks out by itself unless it says how: https://learn.microsoft.com/azure/devops/pipelines/yaml-schema/steps-checkout
    const steps: RecipeStep[] = own ? [] : [{ kind: 'checkout', at }]
    for (const step of nodes) steps.push(...azureStep(step, reader))
    recipes.push({ kind: 'ci', at, name, steps })
  }
  const stage = (node: YamlNode) => {
    job(node, null)
    for (const one of itemsOf(child(node, 'jobs')).slice(0, mostSteps))
      job(one, textOf(child(one, 'job')) ?? textOf(child(one, 'deployment')))
  }
  stage(reader.root)
  for (const one of itemsOf(child(reader.root, 'stages')).slice(0, mostSteps)) stage(one)
  return recipes
}

function azureStep(step: YamlNode, reader: Reader): readonly RecipeStep[] {
  const at = placeOf(step, reader)
  const checkout = textOf(child(step, 'checkout'))
  if (checkout !== null)
    return checkout === 'self' && textOf(child(step, 'clean')) === 'true'
      ? [{ kind: 'checkout', at }]
      : checkout === 'self'
        ? [{ kind: 'checkout', at }]
        : [{ kind: 'action', at, name: `azure-checkout-${checkout}`, inputs: {} }]
  const script = child(step, 'script') ?? child(step, 'bash')
  if (script !== null) {
    const directory = textOf(child(step, 'workingDirectory')) ?? ''
    return commands(script, reader, directory.includes('$') ? null : directoryOf('', directory))
  }
  const task = textOf(child(step, 'task'))
  if (task === null) return [unread(step, reader, 'it comes from a template or another shell')]
  const inputs = recordOf(child(step, 'inputs'))
  if (!/^Docker@/.test(task)) return [{ kind: 'action', at, name: task, inputs }]
  const command = inputs['command'] ?? 'buildAndPush'
  if (!/^build/i.test(command))
    return [
      {
        kind: 'action',
        at,
        name: /push/i.test(command) ? 'azure-docker-push' : 'docker/login-action',
        inputs: {},
      },
    ]
  // https://learn.microsoft.com/azure/devops/pipelines/tasks/reference/docker-v2: `**` is where the Dockerfile lies.
  const file = inputs['Dockerfile'] ?? inputs['dockerFile'] ?? '**/Dockerfile'
  const context = inputs['buildContext'] ?? '**'
  const path = plainPath(file)
  const root =
    context === '**' && path !== null ? path.slice(0, Math.max(0, path.lastIndexOf('/'))) : plainPath(context)
  return [
    path === null || root === null
      ? {
          kind: 'build',
          at,
          builds: null,
          why: `only a run can tell what ${path === null ? file : context} is`,
          // Which it is where there is only one.
          hanging: { context: context === '**' ? null : root, file },
          ...(/push/i.test(command) && { inputs: { push: 'true' } }),
        }
      : {
          ...({ kind: 'build', at, builds: [target(root, path, at)] } as const),
          ...(/push/i.test(command) && { inputs: { push: 'true' } }),
        },
  ]
}

function plainPath(text: string): string | null {
  const plain = text.replace(/^\$\((?:Build\.SourcesDirectory|System\.DefaultWorkingDirectory)\)\/?/, './')
  return /[$*<]/.test(plain) ? null : directoryOf('', plain)
}

function drone(reader: Reader): readonly Recipe[] {
  const at = placeOf(reader.root, reader)
  const list = child(reader.root, 'steps') ?? child(reader.root, 'pipeline')
  const nodes = list?.kind === 'map' ? [...list.entries.values()] : itemsOf(list)
  if (nodes.length === 0) return []
  const steps: RecipeStep[] = [{ kind: 'checkout', at }]
  for (const node of nodes.slice(0, mostSteps)) {
    const image = textOf(child(node, 'image')) ?? ''
    const run = child(node, 'commands')
    const place = placeOf(node, reader)
    // https://woodpecker-ci.org/docs/usage/workflow-syntax#directory
    const directory = textOf(child(node, 'directory')) ?? ''
    if (run !== null)
      steps.push(...commands(run, reader, directory.includes('$') ? null : directoryOf('', directory)))
    else if (
      /(?:^|\/)(?:drone-)?(?:plugin-)?(?:docker|buildx|docker-buildx|kaniko|ecr|gcr|acr)(?::|$)/.test(image)
    ) {
      const inputs = recordOf(child(node, 'settings'))
      const context = directoryOf('', inputs['context'] ?? '.')
      const file = directoryOf('', inputs['dockerfile'] ?? joinPath(context ?? '', 'Dockerfile'))
      const open = [inputs['context'], inputs['dockerfile'], inputs['target']].some((text) =>
        text?.includes('$'),
      )
      steps.push(
        context === null || file === null || open
          ? { kind: 'build', at: place, builds: null, why: 'only a run can tell what it builds', inputs }
          : {
              kind: 'build',
              at: place,
              builds: [{ ...target(context, file, place), target: inputs['target'] ?? null }],
              // It pushes unless it is told not to: https://plugins.drone.io/plugins/docker.
              inputs: {
                ...inputs,
                'build-args': (inputs['build_args'] ?? '').replaceAll(',', '\n'),
                push: String(!/^true$/i.test(inputs['dry_run'] ?? inputs['dry-run'] ?? '')),
              },
            },
      )
    } else steps.push({ kind: 'action', at: place, name: image, inputs: recordOf(child(node, 'settings')) })
  }
  return [{ kind: 'ci', at, name: textOf(child(reader.root, 'name')), steps }]
}

/** Cloud Build begins with what was uploaded, which may be a tree of any machine: no checkout is claimed. */
function cloudbuild(reader: Reader): readonly Recipe[] {
  const steps = itemsOf(child(reader.root, 'steps'))
    .slice(0, mostSteps)
    .flatMap((node): readonly RecipeStep[] => {
      const at = placeOf(node, reader)
      const script = child(node, 'script')
      const directory = directoryOf('', textOf(child(node, 'dir')) ?? '')
      if (script !== null) return commands(script, reader, directory)
      const name = textOf(child(node, 'name')) ?? ''
      const args = child(node, 'args')
      const words = itemsOf(args).map((item) => (textOf(item) ?? '').replace(/^\/workspace\//, './'))
      const entrypoint = textOf(child(node, 'entrypoint'))
      const program =
        entrypoint ??
        (name.includes('kaniko') ? '/kaniko/executor' : (/([^/:@]+)(?:[:@][^/]*)?$/.exec(name)?.[1] ?? name))
      if (/^(?:\/bin\/)?(?:ba)?sh$/.test(program) && /^-[a-z]*c$/.test(words[0] ?? '')) {
        const text = itemsOf(args)[1]
        return text === undefined ? [] : commands(text, reader, directory)
      }
      return [commandStep(wordsCommand([program, ...words]), at, directory)]
    })
  return steps.length === 0 ? [] : [{ kind: 'ci', at: placeOf(reader.root, reader), name: null, steps }]
}

/** CodeBuild begins with a source that may come from another stage of a pipeline: no checkout is claimed. */
function codebuild(reader: Reader): readonly Recipe[] {
  const steps = ['install', 'pre_build', 'build', 'post_build'].flatMap((phase) =>
    commands(child(reader.root, 'phases', phase, 'commands'), reader),
  )
  return steps.length === 0 ? [] : [{ kind: 'ci', at: placeOf(reader.root, reader), name: null, steps }]
}

/** https://taskfile.dev/docs/reference/schema */
function taskfile(reader: Reader): readonly Recipe[] {
  const tasks = child(reader.root, 'tasks')
  if (tasks?.kind !== 'map') return []
  const values = Object.entries(recordOf(child(reader.root, 'vars')))
  const fill = (text: string) =>
    text.replace(
      /\{\{\s{0,8}\.(\w{1,80})\s{0,8}\}\}/g,
      (_, name: string) => values.find(([key]) => key === name)?.[1] ?? `\${${name}}`,
    )
  const base = reader.file.includes('/') ? reader.file.slice(0, reader.file.lastIndexOf('/')) : ''
  // Each task once, as it would run when others need it too.
  const made = (name: string, done: Set<string>): readonly RecipeStep[] => {
    const task = tasks.entries.get(name)
    if (task === undefined || done.has(name) || done.size > 100) return []
    done.add(name)
    const directory = directoryOf(base, fill(textOf(child(task, 'dir')) ?? ''))
    const list =
      task.kind === 'map' ? [...itemsOf(child(task, 'cmds')), ...itemsOf(child(task, 'cmd'))] : itemsOf(task)
    return [
      ...itemsOf(child(task, 'deps')).flatMap((item) =>
        made(textOf(item) ?? textOf(child(item, 'task')) ?? '', done),
      ),
      ...list.slice(0, 100).flatMap((item) => {
        const other = textOf(child(item, 'task'))
        if (other !== null) return made(other, done)
        const command = item.kind === 'text' ? item : child(item, 'cmd')
        return command?.kind === 'text'
          ? commands({ ...command, text: fill(command.text) }, reader, directory)
          : []
      }),
    ].slice(0, mostSteps)
  }
  return [...tasks.entries.entries()].slice(0, 200).map(([name, task]) => ({
    kind: 'host' as const,
    at: aboveOf(task, reader),
    name: `task ${name}`,
    steps: made(name, new Set()),
  }))
}

/** A justfile: indented lines below `name args: dependencies`. https://just.systems/man/en/ */
function readJustfile(text: string, file: string): readonly Recipe[] {
  const base = file.includes('/') ? rootedPath(file.slice(0, file.lastIndexOf('/'))) : ''
  const recipes = new Map<
    string,
    {
      readonly line: number
      readonly needs: readonly string[]
      readonly body: { text: string; line: number }[]
    }
  >()
  let open: { text: string; line: number }[] | null = null
  for (const [i, line] of text.split(/\r?\n/).entries()) {
    const head = /^@?([A-Za-z_][\w-]*)((?:\s[^:]*)?):(?!=)(.*)$/.exec(line)
    if (head) {
      open = []
      if (recipes.size < 300)
        recipes.set(head[1] ?? '', {
          line: i + 1,
          needs: (head[3] ?? '')
            .replace(/#.*$/, '')
            .split(/[\s()&]+/)
            .filter(Boolean),
          body: open,
        })
    } else if (/^\s+\S/.test(line))
      open?.push({
        text: line
          .trim()
          .replace(/^[@-]+/, '')
          .replace(/\{\{\s{0,8}(\w{1,80})\s{0,8}\}\}/g, '${$1}'),
        line: i + 1,
      })
    else if (line.trim() !== '' && !line.startsWith('#')) open = null
  }
  const made = (name: string, done: Set<string>): readonly RecipeStep[] => {
    const recipe = recipes.get(name)
    if (recipe === undefined || done.has(name) || done.size > 100) return []
    done.add(name)
    return [
      ...recipe.needs.slice(0, 20).flatMap((other) => made(other, done)),
      ...recipe.body.slice(0, mostSteps).flatMap((one) => joinedSteps([one], { file, directory: base })),
    ].slice(0, mostSteps)
  }
  return [...recipes].map(([name, { line }]) => ({
    kind: 'host' as const,
    at: { file, line },
    name: `just ${name}`,
    steps: made(name, new Set()),
  }))
}
