/** One build of a Dockerfile as what it asks of its contexts. moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go. */

import { compareBytes } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { Findings } from './dispatch.ts'
import { dispatchStage } from './dispatch.ts'
import { addGlobalArgs, predefined } from './environment.ts'
import type { StageGraph, State } from './graph.ts'
import { buildGraph, localContextName } from './graph.ts'
import type { BuildPlan, BuildRequest, ContextRequest, Dockerfile, Stage } from './model.ts'
import { parseImageName } from './reference.ts'

/** The global scope: what is predefined and the ARGs before the first FROM. Their errors fail every build. */
function globalScope(
  dockerfile: Dockerfile,
  request: BuildRequest,
): { readonly globals: Map<string, string>; readonly problems: Problem[] } {
  const { instructions, directives, file } = dockerfile
  const last = instructions.findLast((instruction) => instruction.keyword === 'FROM')
  const named = last?.words.length === 3 ? (last.words[2]?.toLowerCase() ?? null) : null
  const globals = predefined(request, named)
  const problems: Problem[] = []
  for (const instruction of instructions) {
    if (instruction.keyword === 'FROM') break
    if (instruction.keyword !== 'ARG') continue
    const error = addGlobalArgs(globals, instruction, request.buildArgs, directives.escape)
    if (error !== null)
      problems.push({
        code: 'substitution',
        message: error,
        at: { file, line: instruction.line },
        hint: null,
      })
  }
  return { globals, problems }
}

/** The states whose files are part of the result: some stages are gone through only for nothing to be taken from them. */
function usedStates(target: State, findings: Findings): Set<State> {
  const used = new Set([target])
  for (const state of used) {
    if (state.fields.base !== null) used.add(state.fields.base)
    for (const source of findings.uses.get(state) ?? []) used.add(source)
  }
  return used
}

/** convert.go normalizeContextPaths: no paths when there are none or when `/` is among them. */
function followPaths(paths: ReadonlySet<string>): readonly string[] | null {
  if (paths.size === 0 || paths.has('/')) return null
  return [...paths].map((path) => path.slice(1)).sort(compareBytes)
}

function contextRequests(
  graph: StageGraph,
  target: State,
  findings: Findings,
  request: BuildRequest,
): readonly ContextRequest[] {
  const used = usedStates(target, findings)
  const requests: ContextRequest[] = []
  for (const state of graph.states) {
    if (!used.has(state) || !findings.usesMain.has(state)) continue
    requests.push({ name: null, followPaths: followPaths(findings.paths) })
    break
  }
  target.root.paths.add('/')
  const named = new Map<string, Set<string>>()
  for (const state of used) {
    const name = localContextName(state, request)
    if (name === null) continue
    const paths = named.get(name) ?? new Set<string>()
    for (const path of state.paths) paths.add(path)
    if (state.paths.size === 0) paths.add('/')
    named.set(name, paths)
  }
  for (const [name, paths] of [...named].sort(([a], [b]) => compareBytes(a, b))) {
    requests.push({ name, followPaths: followPaths(paths) })
  }
  return requests
}

function stageOf(state: State, graph: StageGraph): Stage {
  const { index, name, from, baseName, base, origin } = state.fields
  return {
    index,
    name,
    line: from?.line ?? 1,
    base: baseName,
    baseOrigin: base === null ? origin : { kind: 'stage', index: base.fields.index },
    reachable: graph.reachable.has(state),
  }
}

/** A frontend other than docker's own may read the file in ways of its own. frontend/dockerfile/builder/build.go. */
function frontendDoubt(dockerfile: Dockerfile, request: BuildRequest): string | null {
  const syntax =
    request.buildArgs.get('BUILDKIT_SYNTAX')?.trim().split(' ')[0] ?? dockerfile.directives.syntax
  if (syntax === null || syntax === '') return null
  const image = parseImageName(syntax)
  const known = image.kind === 'name' && /^docker\/dockerfile(?:-upstream)?(?:[:@].*)?$/.test(image.familiar)
  return known ? null : `the Dockerfile is read by ${syntax}, which may understand it differently`
}

function onbuildDoubts(graph: StageGraph, file: string): readonly string[] {
  const doubts: string[] = []
  for (const state of graph.states) {
    const { base, origin, from } = state.fields
    if (base !== null || origin.kind !== 'image' || !graph.reachable.has(state)) continue
    if (!origin.reference.includes('onbuild')) continue
    doubts.push(
      `${file}:${from?.line ?? 1}: the base image ${origin.reference} may carry ONBUILD instructions that read files`,
    )
  }
  return doubts
}

/**
 * Plans one build. Pure: no tree is looked at, nothing is thrown. With problems the plan is what can be told of the rest.
 * The first problem is what docker prints. Linear in the instructions, those fired by ONBUILD counted each time.
 */
export function planBuild(dockerfile: Dockerfile, request: BuildRequest): BuildPlan {
  const { globals, problems } = globalScope(dockerfile, request)
  const graph = buildGraph(dockerfile, request, globals)
  const findings: Findings = {
    reads: [],
    steps: [],
    directories: new Map(),
    problems: [],
    warnings: [],
    uncertain: new Set(),
    paths: new Set(),
    uses: new Map(),
    usesMain: new Set(),
    dispatched: new Map(),
  }
  for (const state of graph.states) {
    if (graph.reachable.has(state) && !state.fields.replaced)
      dispatchStage(state, { dockerfile, request, globals, findings })
  }
  // What is wrong in the text has been said; a second complaint about the line would only repeat it.
  const refused = new Set(dockerfile.problems.map(({ at }) => at?.line))
  const later = [...problems, ...graph.problems, ...findings.problems].filter(
    ({ at }) => !refused.has(at?.line ?? 0),
  )
  const stages = graph.states.map((state) => stageOf(state, graph))
  const frontend = frontendDoubt(dockerfile, request)
  return {
    stages,
    target: graph.target === null ? null : (stages[graph.target.fields.index] ?? null),
    reads: findings.reads,
    steps: findings.steps,
    requests: graph.target === null ? [] : contextRequests(graph, graph.target, findings, request),
    problems: [...dockerfile.problems, ...later],
    warnings: [...dockerfile.warnings, ...findings.warnings],
    uncertain: [
      ...(frontend === null ? [] : [frontend]),
      ...onbuildDoubts(graph, dockerfile.file),
      ...findings.uncertain,
    ],
  }
}
