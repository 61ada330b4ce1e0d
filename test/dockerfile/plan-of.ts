import type { BuildPlan, BuildRequest } from '../../src/dockerfile/model.ts'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import { planBuild } from '../../src/dockerfile/plan.ts'

/** The plan of a Dockerfile for linux/amd64, its default target unless `request` names another. */
export function planOf(text: string, request: Partial<BuildRequest> = {}): BuildPlan {
  return planBuild(parseDockerfile(text, 'Dockerfile'), {
    target: null,
    buildArgs: new Map(),
    platform: 'linux/amd64',
    buildPlatform: 'linux/amd64',
    namedContexts: new Map(),
    ...request,
  })
}
