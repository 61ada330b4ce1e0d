/** Which of what is about a project (`tests`, `docs`, `notebooks`) its images work with all the same. */

import { landing } from '../../dockerfile/landing.ts'
import type { CommandMeaning } from '../../ecosystems/index.ts'
import { baseName, cleanPath, parentPath } from '../../lib/path.ts'
import type { Repository } from '../../repository/model.ts'
import type { Group, Inquiry } from '../group/model.ts'
import { directoryAt } from '../group/readers.ts'
import { runsOf, startsOf } from '../image/runs.ts'
import { startedBy } from '../image/started.ts'
import { namedByManifest } from './manifest-names.ts'

/** A command that an image runs while it is built, or a container of it. */
interface Started {
  readonly words: readonly string[]
  /** As it is typed where it begins, when a script leads to it; else the words. */
  readonly typed: readonly string[]
  readonly meaning: CommandMeaning | null
  /** A RUN: what is checked there has to be there. */
  readonly isBuilt: boolean
}

/** Names of one kind, and what says that somebody works with them: words of a command line, base images. */
interface Kind {
  readonly names: RegExp
  readonly words: RegExp
  readonly bases: RegExp
}

const tests: Kind = {
  names: /^(?:test|tests|__tests__|spec|e2e|cypress)$/i,
  words:
    /^(?:tests?|specs?|e2e|unittest|pytest|py\.test|jest|vitest|mocha|rspec|phpunit|pest|tox|nox|playwright|cypress|karma|behave|behat|robot|newman|ctest|bats|k6|locust)$/,
  bases: /^(?:docker\.io\/)?cypress\/included\b/,
}
const kinds: readonly Kind[] = [
  tests,
  {
    names: /^docs?$/i,
    words: /^(?:docs?|mkdocs|sphinx|sphinx-build|typedoc|docusaurus|vitepress|mdbook|antora)$/,
    bases: /(?:^|\/)mkdocs(?:-material)?\b/,
  },
  {
    names: /^notebooks?$/i,
    words: /^(?:jupyter|jupyter-\w+|jupyterhub|papermill|voila|marimo|nbconvert|nbclient|notebooks?)$/,
    bases: /(?:^|\/)jupyter\/|-notebook\b|\bjupyter/,
  },
  { names: /^makefile$/i, words: /^g?make$/, bases: /^$/ },
  { names: /^justfile$/i, words: /^just$/, bases: /^$/ },
  { names: /^taskfile\.ya?ml$/i, words: /^(?:task|go-task)$/, bases: /^$/ },
]

/** What a RUN is typed with besides where it wants tests. */
const checks = /^(?:verify|lint|check)$/

/** Ask of a path of the context whether something that is built or started works with it. */
export interface Wants {
  /** With it, or with something in it. */
  readonly any: (path: string, isDirectory: boolean) => boolean
  /** With a directory as a whole, and not only with what is named in it: `docs`, not `docs/api.yaml`. */
  readonly whole: (path: string) => boolean
}

export function createWants(inquiry: Inquiry): Wants {
  const { group, repository } = inquiry
  const started = [...startedIn(group, repository), ...startedElsewhere(repository)]
  const words = [...started.flatMap(operandsOf), ...variablesOf(group)]
  const isDotnet = [...repository.manifests.keys()].some((file) => /\.(?:cs|fs|vb)proj$/.test(file))
  const bases = group.members.flatMap(({ plan }) => plan.stages.map(({ base }) => base))
  const isOfKind = (kind: Kind | null, by: readonly Started[] = started): boolean =>
    kind !== null && (by.some((one) => worksWith(one, kind)) || bases.some((base) => kind.bases.test(base)))
  const any: Wants['any'] = (path, isDirectory) => {
    const kind = kindOf(path)
    if (isOfKind(kind) || (liesInTests(path) && isOfKind(tests))) return true
    // The compiler of .NET goes by it: https://learn.microsoft.com/dotnet/fundamentals/code-analysis/configuration-files.
    if (baseName(path) === '.editorconfig' && isDotnet) return true
    const places = placesOf(group, path)
    return (
      words.some((word) => leadsTo(word, path, places)) ||
      namedByManifest({ path, isDirectory, isTest: kind === tests }, repository.manifests) !== null
    )
  }
  const whole: Wants['whole'] = (path) => {
    const places = placesOf(group, path)
    const isIt = (word: string) => {
      const plain = word.replace(/^(?:\.\/)+|\/+(?:\*.*)?$/g, '')
      return plain === path || places.includes(plain)
    }
    return (
      // What is installed for it is named for it too: `-r docs/requirements-docs.txt`.
      isOfKind(
        kindOf(path),
        started.filter(({ meaning }) => meaning?.kind !== 'install'),
      ) ||
      words.some(isIt) ||
      [...repository.manifests].some(
        ([file, text]) =>
          !namesParts(text, path) &&
          namedByManifest({ path, isDirectory: true, isTest: false }, new Map([[file, text]])) !== null,
      )
    )
  }
  return { any, whole }
}

/** What tests open lies beside them: `backend/tests/Shop.Tests/Assets`. */
const liesInTests = (path: string): boolean =>
  parentPath(path)
    .split('/')
    .some((name) => tests.names.test(name) || /[._-](?:tests?|specs?)$/i.test(name))

const kindOf = (path: string): Kind | null => kinds.find(({ names }) => names.test(baseName(path))) ?? null

/** True where the directory stands in the text only with the name of something in it behind. */
export function namesParts(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const isApart = /[\w-]/.test(text[at - 1] ?? '') || /[\w-]/.test(text[at + path.length] ?? '')
    if (!isApart && !/^\/[\w.]/.test(text.slice(at + path.length, at + path.length + 2))) return false
  }
  return true
}

/** All that the stages of the group run, and their containers. */
function startedIn(group: Group, repository: Repository): readonly Started[] {
  return group.members.flatMap((member) =>
    member.plan.stages.flatMap(({ index }): readonly Started[] => {
      const read = (isBuilt: boolean): readonly Started[] =>
        (isBuilt ? runsOf : startsOf)(member, index, repository).flatMap(({ step, commands, unread }) => [
          ...commands.map(({ words, text, meaning }) => ({
            words,
            typed: text.split(' → ')[0]?.split(' ') ?? words,
            meaning,
            isBuilt,
          })),
          ...(unread === null ? [] : [asWords(step.instruction.text, isBuilt)]),
        ])
      const together = startedBy(member, index)
      const alive = member.plan.steps.filter(
        ({ stageIndex, instruction }) => stageIndex === index && instruction.keyword === 'HEALTHCHECK',
      )
      return [
        ...read(true),
        ...read(false),
        ...(together === null ? [] : [plain(together.words)]),
        ...alive.map(({ instruction }) => asWords(instruction.text, false)),
      ]
    }),
  )
}

const plain = (words: readonly string[]): Started => ({ words, typed: words, meaning: null, isBuilt: false })
const asWords = (text: string, isBuilt: boolean): Started => ({ ...plain(text.split(/\s+/)), isBuilt })

/** Containers that compose or a recipe starts; not those that work with the files of the host. */
function startedElsewhere({ starts, recipes }: Repository): readonly Started[] {
  const found = starts.map(plain)
  for (const { steps } of recipes)
    for (const step of steps) {
      if (step.kind !== 'command' && step.kind !== 'build') continue
      const { words = [] } = step.command ?? {}
      const run = words.findIndex((word) => /^(?:run|exec)$/.test(word))
      const isMounted = words.some((word) => /^(?:-v|--volume|--mount)(?:=|$)|^-v\S/.test(word))
      if (/(?:^|\/)(?:docker|docker-compose|podman|nerdctl)$/.test(words[0] ?? '') && run > 0 && !isMounted)
        found.push(plain(words.slice(run + 1)))
    }
  return found
}

/** True when a word of the command, or of what it was called by, says that it works with what is of the kind. */
function worksWith({ words, typed, meaning, isBuilt }: Started, { words: wanted, names }: Kind): boolean {
  // Neither reads what is copied, unless an operand says so.
  if (meaning?.kind === 'plain' || meaning?.kind === 'system') return false
  const isTold = (word: string): boolean =>
    [word, ...word.split(/[:=,[\]]/), ...baseName(word).split(/[-_.]/)].some((part) => wanted.test(part))
  if ([typed, words].some((all) => meant(all).some(isTold))) return true
  return isBuilt && names === tests.names && meant(typed).some((word) => checks.test(word))
}

/** The words less what an option leaves out: `--without development test`, `-x test`, `-DskipTests`. */
function meant(words: readonly string[]): readonly string[] {
  let isOut = false
  return words.filter((word) => {
    if (word.startsWith('-')) {
      isOut = /^(?:--?(?:without|exclude|skip|omit|ignore|no-group|exclude-task)|-x)$/.test(word)
      return !/^--?D?[\w.-]*(?:skip|without|exclude|ignore|omit|\bno-)/i.test(word)
    }
    return !isOut
  })
}

/** Paths that a command may name; what is removed is done without. */
const operandsOf = ({ words }: Started): readonly string[] =>
  /(?:^|\/)(?:rm|rmdir|unlink)$/.test(words[0] ?? '') ? [] : words.flatMap(pathsIn)

const variablesOf = ({ members }: Group): readonly string[] =>
  members.flatMap(({ plan }) =>
    plan.steps.flatMap(({ instruction }) =>
      instruction.keyword === 'ENV' ? instruction.words.flatMap(pathsIn) : [],
    ),
  )

const pathsIn = (word: string): readonly string[] => word.split(/[\s"'=:,;()]+/)

/** Where in the images it ends up. */
const placesOf = ({ members }: Group, path: string): readonly string[] =>
  members.flatMap((member) =>
    member.reads.flatMap((read) => landing(read.instruction, directoryAt(member, read), path) ?? []),
  )

function leadsTo(word: string, path: string, places: readonly string[]): boolean {
  if (!word.startsWith('/')) return `${word.replace(/^(?:\.\/)+/, '')}/`.startsWith(`${path}/`)
  const clean = cleanPath(word)
  return places.some((place) => clean === place || clean.startsWith(`${place}/`))
}
