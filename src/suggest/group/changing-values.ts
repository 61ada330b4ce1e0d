/** ARGs to which builds of a Dockerfile pass another value every time: the commit, the number of the run, the date. */

import type { Dockerfile } from '../../dockerfile/model.ts'
import type { Place } from '../../lib/source.ts'
import { passedTo } from '../../repository/hanging-arguments.ts'
import type { Repository } from '../../repository/model.ts'
import { isBuildOf } from './other-values.ts'

/** Who passes it, and what, as it stands there. */
export interface ChangingValue {
  readonly value: string
  readonly at: Place
}

/**
 * What is another one in every build, as an expression of a workflow or as what stands for that in a shell text: https://docs.github.com/actions/reference/workflows-and-actions/contexts#github-context,
 * https://docs.gitlab.com/ci/variables/predefined_variables/, https://circleci.com/docs/variables/ and their like. The name of a
 * branch or of a tag is not, nor is a version.
 */
const changes =
  /\bgithub[._](?:sha|run_id|run_number|run_attempt|event[._]head_commit[._](?:id|timestamp))\b|outputs[._]\w*(?:sha|commit|date|timestamp)\b|\b(?:GITHUB_(?:SHA|RUN_ID|RUN_NUMBER)|CI_COMMIT_(?:SHA|SHORT_SHA|TIMESTAMP)|CI_PIPELINE_(?:ID|IID|CREATED_AT)|CI_JOB_ID|CIRCLE_(?:SHA1|BUILD_NUM)|BITBUCKET_(?:COMMIT|BUILD_NUMBER)|TRAVIS_(?:COMMIT|BUILD_NUMBER)|DRONE_COMMIT(?:_SHA)?|BUILDKITE_(?:COMMIT|BUILD_NUMBER)|GIT_(?:COMMIT|SHA)|COMMIT_SHA|SHORT_SHA|BUILD_(?:NUMBER|ID|SOURCEVERSION))\b|\bgit (?:rev-parse|describe|log|rev-list)\b|(?:\(|`)\s*date\b/

/** By the name of the ARG. Of builds in CI alone, or of any that is written down. */
export function changingValues(
  dockerfile: Pick<Dockerfile, 'file'>,
  { recipes, below }: Pick<Repository, 'recipes' | 'below'>,
  kind: 'ci' | 'any',
): ReadonlyMap<string, ChangingValue> {
  const isThis = isBuildOf(dockerfile, { below })
  const found = new Map<string, ChangingValue>()
  for (const recipe of recipes)
    for (const step of recipe.steps) {
      if (step.kind !== 'build' || !step.builds?.some(isThis)) continue
      if (kind === 'ci' && recipe.kind !== 'ci') continue
      for (const word of passedTo(step)) {
        const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? []
        if (name === undefined || value === undefined || !changes.test(value)) continue
        if (!found.has(name)) found.set(name, { value, at: step.called?.at ?? step.at })
      }
    }
  return found
}

/** ARGs that two builds of a Dockerfile are given different values of, with the second that says so, and what the first says. */
export function variedValues(
  dockerfile: Pick<Dockerfile, 'file'>,
  { recipes, below }: Pick<Repository, 'recipes' | 'below'>,
): ReadonlyMap<string, { readonly at: Place; readonly first: Place }> {
  const isThis = isBuildOf(dockerfile, { below })
  const firsts = new Map<string, ChangingValue>()
  const varied = new Map<string, { readonly at: Place; readonly first: Place }>()
  for (const { steps } of recipes)
    for (const step of steps) {
      if (step.kind !== 'build' || !step.builds?.some(isThis)) continue
      for (const word of passedTo(step)) {
        const [, name, value] = /^(\w+)=(.*)$/s.exec(word) ?? []
        if (name === undefined || value === undefined) continue
        const at = step.called?.at ?? step.at
        const first = firsts.get(name)
        if (first === undefined) firsts.set(name, { value, at })
        else if (first.value !== value && !varied.has(name)) varied.set(name, { at, first: first.at })
      }
    }
  return varied
}

/**
 * True for an ARG whose name is given to the commit, to the date or to the number of a build, and to nothing else. `value`: what
 * it is where no build passes another; one that is written out is the same in every build.
 */
export const isNamedForBuild = (name: string, value = ''): boolean =>
  /^(?:\w+_)?(?:GIT_(?:SHA|COMMIT|HASH|REV|REVISION)|COMMIT(?:_(?:SHA|HASH|ID))?|VCS_REF|REVISION|BUILD_(?:DATE|TIME|TIMESTAMP|NUMBER))$/.test(
    name,
  ) && !/^["']?(?:[0-9a-f]{7,64}|v?\d+(?:\.\d+)+|\d{4}-\d\d-\d\d.*)["']?$/i.test(value)
