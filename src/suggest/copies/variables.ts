/** Files that an install is told of by variables rather than by its words: `ENV PIP_CONSTRAINT=constraints.txt`. */

import type { Member } from '../group/model.ts'
import type { ImageRun } from '../image/runs.ts'

/**
 * Settings of package managers and of what they fetch with, whatever they are called:
 * https://pip.pypa.io/en/stable/topics/configuration/#environment-variables, https://docs.astral.sh/uv/reference/environment/,
 * https://docs.npmjs.com/cli/using-npm/config#environment-variables, https://bundler.io/man/bundle-config.1.html and their like.
 */
const ofInstalls =
  /^(?:PIP|UV|POETRY|PIPENV|PDM|CONDA|NPM_CONFIG|npm_config|YARN|PNPM|BUN|BUNDLE|GEM|COMPOSER|CARGO|RUSTUP|GO|MAVEN|MVN|GRADLE|NUGET|DOTNET|RestoreSources|MIX|HEX)(?:_\w+|[A-Z]+)?$|^(?:NODE_OPTIONS|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/

export const isOfInstalls = (name: string): boolean => ofInstalls.test(name)

/** What may be a path in the values of such variables where the RUN begins, each with the variable. */
export function installVariables(
  { plan, dockerfile }: Member,
  { step }: ImageRun,
): readonly { readonly name: string; readonly word: string }[] {
  const before = new Set(stagesBelow(plan.stages, step.stageIndex))
  const texts = [
    ...plan.steps
      .filter(
        ({ instruction, line, stageIndex }) =>
          before.has(stageIndex) &&
          (stageIndex !== step.stageIndex || line < step.line) &&
          /^(?:ENV|ARG)$/.test(instruction.keyword),
      )
      .map(({ instruction }) => instruction.words.join(' ')),
    ...dockerfile.instructions
      .filter(({ keyword, line }) => keyword === 'ARG' && line < (plan.stages[0]?.line ?? 0))
      .map(({ words }) => words.join(' ')),
    step.instruction.words.join(' '),
    ...step.instruction.heredocs.map(({ body }) => body),
  ]
  return texts.flatMap((text) =>
    [...text.matchAll(/(?:^|[\s;&|(])(\w+)[= ](?:"([^"]*)"|'([^']*)'|(\S*))/g)].flatMap(
      ([, name = '', double, single, bare]) =>
        isOfInstalls(name)
          ? (double ?? single ?? bare ?? '')
              .split(/\s+/)
              .filter((word) => !word.includes('://'))
              .flatMap((word) => word.split(/[=:,;]+/))
              .filter((word) => word !== '' && !/^[\d.]+$/.test(word))
              .map((word) => ({ name, word }))
          : [],
    ),
  )
}

/** The stage and those it is built on. */
function stagesBelow(stages: Member['plan']['stages'], index: number): readonly number[] {
  const origin = stages[index]?.baseOrigin
  return origin?.kind === 'stage' && origin.index < index
    ? [index, ...stagesBelow(stages, origin.index)]
    : [index]
}
