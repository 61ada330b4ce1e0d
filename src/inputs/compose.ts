/** Builds in compose files, as `docker compose config` 2.40 would print them (docker/compose, compose-spec/compose-go 2.9). */

import { type Host, kindAt } from '../host/host.ts'
import { baseName } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import { overlay, readEnvFiles } from './compose/environment.ts'
import { loadProject } from './compose/project.ts'
import { Refusal, refused } from './compose/refusal.ts'
import { serviceBuilds } from './compose/services.ts'
import { absoluteFrom, createSession, directoryOf, type Session } from './compose/session.ts'
import { type Lookup, substitute } from './compose/substitute.ts'
import type { FoundBuilds } from './target.ts'
import type { YamlValue } from './yaml.ts'

export interface ComposeOptions {
  /** As given with -f, relative to the working directory; none: found as compose finds them. */
  readonly files: readonly string[]
  /** Services by name; none: all that the profiles let in. */
  readonly services: readonly string[]
  /** Profiles as given with --profile; none: those of COMPOSE_PROFILES. */
  readonly profiles: readonly string[]
  /** What paths are relative to, given and told. */
  readonly workingDirectory: string
}

/** Names that compose looks for, in its order (compose-go cli/options.go). */
export const composeFileNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
export const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/**
 * The builds of a compose project. What compose refuses is a problem with its place; what it refuses of one service
 * leaves the others readable. Variables come from the environment and the project's `.env`, as compose reads them.
 */
export function readCompose(host: Host, options: ComposeOptions): FoundBuilds {
  const workingDirectory = host.absolute(options.workingDirectory)
  const session = createSession(host, workingDirectory)
  try {
    const { files, directory, lookup } = chooseFiles(session, options)
    if (files.length === 0) throw new Refusal(nothingFound)
    const named = withProjectName(session, files, directory, lookup)
    const project = loadProject(session, { files, directory, lookup: named, includedBy: [] })
    const [first = ''] = files
    if (project.entries.size === 0)
      throw new Refusal(refused('empty compose file', { file: session.shown(first), line: 1 }))
    const profiles = options.profiles.length > 0 ? options.profiles : listed(named('COMPOSE_PROFILES'))
    const found = serviceBuilds(session, project, { services: options.services, profiles }, named)
    return { ...found, problems: [...problemsOf(session), ...found.problems] }
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown
    return { builds: [], open: [], problems: [thrown.problem, ...problemsOf(session)] }
  }
}

/** True when compose would find a project in the directory itself: one of its names, or a COMPOSE_FILE. */
export function hasComposeProject(host: Host, workingDirectory: string): boolean {
  const session = createSession(host, host.absolute(workingDirectory))
  if (composeFileNames.some((name) => kindAt(host, absoluteFrom(session.workingDirectory, name)) !== null))
    return true
  try {
    const lookup = withEnvFiles(session, session.workingDirectory, (name) => host.environment(name))
    return lookup('COMPOSE_FILE') !== undefined
  } catch (thrown) {
    // Env files are everywhere, and one that compose cannot read says nothing of a project.
    if (thrown instanceof Refusal) return false
    throw thrown
  }
}

const nothingFound: Problem = {
  code: 'compose-not-found',
  message: 'no compose file here or above',
  at: null,
  hint: 'name one with -f',
}

/** More than this nobody reads. */
const mostProblems = 50

function problemsOf({ problems, violations }: Session): readonly Problem[] {
  return [...problems, ...violations.map(({ problem }) => problem)].slice(0, mostProblems)
}

const listed = (text: string | undefined): readonly string[] =>
  (text ?? '').split(',').map((word) => word.trim())

interface Chosen {
  readonly files: readonly string[]
  readonly directory: string
  readonly lookup: Lookup
}

/** In compose's order: the shell, the env files of the first directory, the files, the env files of theirs. */
function chooseFiles(session: Session, options: ComposeOptions): Chosen {
  const { host, workingDirectory } = session
  const given = options.files.map((file) => absoluteFrom(workingDirectory, file))
  const shell: Lookup = (name) => host.environment(name)
  const first = given[0] === undefined ? workingDirectory : directoryOf(given[0])
  const lookup = withEnvFiles(session, first, shell)
  const files = given.length > 0 ? given : (namedFiles(session, lookup) ?? standardFiles(session))
  const directory = files[0] === undefined ? workingDirectory : directoryOf(files[0])
  return {
    files,
    directory,
    lookup: directory === first ? lookup : withEnvFiles(session, directory, lookup),
  }
}

function withEnvFiles(session: Session, directory: string, lookup: Lookup): Lookup {
  const { host, workingDirectory, shown } = session
  const named = host.environment('COMPOSE_ENV_FILES')
  const paths: string[] = []
  if (named) paths.push(...named.split(',').map((file) => absoluteFrom(workingDirectory, file)))
  else if (!/^(?:1|t|T|true|TRUE|True)$/.test(host.environment('COMPOSE_DISABLE_ENV_FILE') ?? '')) {
    const standard = absoluteFrom(directory, '.env')
    if (kindAt(host, standard) === 'file') paths.push(standard)
  }
  const files = paths.map((path) => ({ path, shown: shown(path) }))
  return overlay(lookup, readEnvFiles(host, files, lookup))
}

/** The files of COMPOSE_FILE; null without it. */
function namedFiles({ host, workingDirectory }: Session, lookup: Lookup): readonly string[] | null {
  const text = lookup('COMPOSE_FILE')
  if (text === undefined) return null
  const separator = lookup('COMPOSE_PATH_SEPARATOR') || (host.platform === 'win32' ? ';' : ':')
  return text.split(separator).map((file) => absoluteFrom(workingDirectory, file))
}

/** The first of the names, and the first override beside it, here or in the nearest directory above. */
function standardFiles({ host, workingDirectory }: Session): readonly string[] {
  const firstOf = (directory: string, names: readonly string[]): readonly string[] =>
    names
      .map((name) => absoluteFrom(directory, name))
      .filter((path) => kindAt(host, path) !== null)
      .slice(0, 1)
  for (let directory = workingDirectory; ; directory = directoryOf(directory)) {
    const main = firstOf(directory, composeFileNames)
    if (main.length > 0) return [...main, ...firstOf(directory, overrideNames)]
    if (directory === '/' || directory === directoryOf(directory)) return []
  }
}

/** COMPOSE_PROJECT_NAME is always set: from the environment, the last `name:`, or the directory. */
function withProjectName(
  session: Session,
  files: readonly string[],
  directory: string,
  lookup: Lookup,
): Lookup {
  const given = lookup('COMPOSE_PROJECT_NAME')
  if (given && normalized(given) !== given)
    throw new Refusal(
      refused(
        `invalid project name ${JSON.stringify(given)}`,
        null,
        'lower-case letters, digits, hyphens and underscores, a letter or digit first',
      ),
    )
  let written = ''
  for (const file of files)
    for (const document of session.documents(file)) written = nameIn(document) || written
  const name = given || normalized(substitute(written, lookup).text) || normalized(baseName(directory))
  // In `/` there is no name to take; what is built does not depend on it.
  if (name === '') session.problems.push(refused('project name must not be empty', null, 'give it a name:'))
  return (variable) => (variable === 'COMPOSE_PROJECT_NAME' ? name : lookup(variable))
}

function nameIn(document: YamlValue): string {
  const name = document.kind === 'map' ? document.entries.get('name')?.value : undefined
  return name?.kind === 'scalar' && name.type === 'string' ? name.text : ''
}

const normalized = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
