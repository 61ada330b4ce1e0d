/** What instructions would read were a variable given otherwise, and what nobody can tell that they do. */

import { cutPair, pairs } from '../../dockerfile/environment.ts'
import type { BuildRequest, Dockerfile, ReadInstruction } from '../../dockerfile/model.ts'
import type { BuildTarget } from '../../inputs/target.ts'
import { matchGlob } from '../../lib/glob.ts'
import { cleanPath, rootedPath, visiblePath } from '../../lib/path.ts'
import { isFetchedOf } from '../../repository/ci-builds.ts'
import { type HangingArgument, hangingArguments, unsetArguments } from '../../repository/hanging-arguments.ts'
import type { Repository } from '../../repository/model.ts'
import type { Member, Reason } from './model.ts'

/** True for a build of this Dockerfile with the context that is looked at, or with the same as BuildKit fetches it. */
export const isBuildOf =
  ({ file }: Pick<Dockerfile, 'file'>, { below }: Pick<Repository, 'below'>) =>
  (build: BuildTarget): boolean =>
    (cleanPath(build.context) === '.' &&
      (build.dockerfile === null || cleanPath(build.dockerfile) === file)) ||
    isFetchedOf({ dockerfile: file, below })(build)

/** What recipes and compose files pass to builds of a Dockerfile that only a run can tell. */
export const argumentsOf = (
  dockerfile: Dockerfile,
  { recipes, builds, below }: Repository,
): readonly HangingArgument[] => {
  const isThis = isBuildOf(dockerfile, { below })
  return [...hangingArguments(recipes, isThis), ...unsetArguments(builds.of(dockerfile.file).filter(isThis))]
}

/** What the ARGs of a Dockerfile say where nobody passes a value, as it is written. */
const defaultsOf = ({ instructions }: Dockerfile): ReadonlyMap<string, string> =>
  new Map(
    instructions
      .filter(({ keyword }) => keyword === 'ARG')
      .flatMap(({ words }) => words)
      .flatMap((word): [string, string][] => {
        const cut = word.indexOf('=')
        return cut < 0 ? [] : [[word.slice(0, cut), word.slice(cut + 1).replace(/^(["'])(.*)\1$/, '$2')]]
      }),
  )

const variable = /\$(?:(\w+)|\{(\w+)[^}]*\})/g

/** What the builder fills in itself, for each platform that it is asked for: https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope. */
const ofPlatform = /^(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT)$/

/** Values of ENVs that no build argument can be given for, as one ENV wins over an ARG of its name: those that are one value wherever they are set. */
function settledOf({ instructions }: Dockerfile): ReadonlyMap<string, string> {
  const values = new Map<string, Set<string>>()
  const add = (name: string, value: string) =>
    values.set(name, (values.get(name) ?? new Set()).add(value.replace(/^(["'])(.*)\1$/, '$2')))
  for (const instruction of instructions)
    if (instruction.keyword === 'ENV') for (const [name, value] of pairs(instruction)) add(name, value)
    else if (instruction.keyword === 'ARG') for (const word of instruction.words) add(cutPair(word)[0], '$')
  return new Map(
    [...values].flatMap(([name, all]): [string, string][] => {
      const [value = '$'] = all
      return all.size > 1 || /[$"'\\]/.test(value) ? [] : [[name, value]]
    }),
  )
}

/** As it is for any platform: `linux/amd64` and `linux/arm/v7` where the name stands for the whole of it. */
function forPlatforms(word: string): readonly string[] {
  const fill = (platform: string) =>
    word.replace(variable, (all, plain, braced) => {
      const name = plain ?? braced
      return !ofPlatform.test(name) ? all : name.endsWith('PLATFORM') ? platform : '*'
    })
  return [...new Set([fill('*/*'), fill('*/*/*')])]
}

/** True where nothing but the platform decides, and not about all of the path. */
const isOfPlatform = (word: string): boolean =>
  forPlatforms(word).every((made) => !made.includes('$') && /[^*/."']/.test(made))

/**
 * `COPY apps/${APP}/package.json` as it would be for any value of the variable: somebody passes another one some day.
 * Not where a source is nothing but a variable, unless what that stands for is made of another.
 */
export function withOtherValues(
  instruction: ReadInstruction,
  dockerfile: Dockerfile,
): readonly ReadInstruction[] {
  const defaults = defaultsOf(dockerfile)
  const settled = settledOf(dockerfile)
  const words = instruction.text
    .split(/\s+/)
    .slice(1)
    .filter((word) => /\$/.test(word) && !word.startsWith('--'))
  const globs = words.map((word) => {
    const made = word.replace(variable, (all, plain, braced) => {
      const name = plain ?? braced
      const value = settled.get(name) ?? defaults.get(name)
      return settled.has(name) || value?.includes('$') ? (value ?? all) : all
    })
    return forPlatforms(made).flatMap((filled) => {
      const glob = filled.replace(variable, '*').replace(/["']/g, '')
      return glob.replace(/[*/]/g, '') === '' ||
        !glob.includes('*') ||
        !(glob.includes('/') || isOfPlatform(made)) ||
        /[[\]{},]/.test(glob)
        ? []
        : [glob]
    })
  })
  // The last word is where it goes to.
  const sources = globs
    .filter((all) =>
      all.some((glob) =>
        instruction.localSources.some(
          (source) => matchGlob(rootedPath(glob), rootedPath(source)) === 'match',
        ),
      ),
    )
    .flat()
  return sources.length === 0 ? [] : [{ ...instruction, sources, localSources: sources }]
}

/** The same as it is for a value that a recipe passes, as far as that is written; for one of which nothing is, see {@link passedSources}. */
export const withPassedValues = (
  instruction: ReadInstruction,
  passed: readonly HangingArgument[],
): readonly ReadInstruction[] =>
  passed.flatMap(({ name, glob }) => {
    const sources = sourcesWith(instruction, name)
      .map((word) =>
        word.replaceAll(variable, (all, plain, braced) => ((plain ?? braced) === name ? glob : all)),
      )
      .filter((word) => !/\$|^[*/]+$/.test(word))
    return sources.length === 0 ? [] : [{ ...instruction, sources, localSources: sources }]
  })

/** The sources as they are written that hold a variable. */
const sourcesWith = ({ text }: ReadInstruction, name: string): readonly string[] =>
  text
    .split(/\s+/)
    .slice(1)
    .filter((word) => !word.startsWith('--'))
    .slice(0, -1)
    .map((word) => word.replace(/["']/g, ''))
    .filter((word) => [...word.matchAll(variable)].some(([, plain, braced]) => (plain ?? braced) === name))

/** Sources that a recipe decides by a value of which nothing can be told. */
export function passedSources({ reads }: Member, passed: readonly HangingArgument[]): readonly Reason[] {
  return passed.flatMap(({ name, glob, at }) =>
    reads
      .filter(({ guessed }) => !guessed)
      .flatMap(({ instruction }) =>
        sourcesWith(instruction, name)
          .filter((word) => /^[*/]+$/.test(word.replaceAll(variable, glob)))
          .map((word) => ({
            text: `what ${instruction.instruction} ${visiblePath(word)} reads is decided by ${name}`,
            at,
          })),
      ),
  )
}

/** Sources that hang on an ARG which has no default and is not given: what they read is decided elsewhere. */
export function valuelessSources(dockerfile: Dockerfile, { buildArgs }: BuildRequest): readonly Reason[] {
  const { instructions, file } = dockerfile
  const valued = new Set<string>()
  const valueless = new Set<string>()
  for (const { keyword, words } of instructions)
    for (const word of keyword === 'ARG' || keyword === 'ENV' ? words : []) {
      const [name = ''] = word.split('=')
      if (word.includes('=') || keyword === 'ENV' || buildArgs.has(name)) valued.add(name)
      else valueless.add(name)
    }
  return instructions.flatMap(({ keyword, flags, words, line }) => {
    if ((keyword !== 'COPY' && keyword !== 'ADD') || flags.some(({ name }) => name === 'from')) return []
    for (const source of words.slice(0, -1).filter((word) => !isOfPlatform(word)))
      for (const [, name = '', operator] of source.matchAll(/\$\{?(\w+)(:?-)?/g))
        if (valueless.has(name) && !valued.has(name) && operator === undefined)
          return [
            { text: `what ${keyword} ${source} reads is decided by --build-arg ${name}`, at: { file, line } },
          ]
    return []
  })
}
