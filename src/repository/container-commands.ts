/** Commands that run in a container over the tree of the host, where what they make is left: `docker run -v "$PWD":/app composer install`. */

import { baseName } from '../lib/path.ts'
import { programOf, readShell } from '../shell/read.ts'

/** Options of `docker run` with a value in the next word: https://docs.docker.com/reference/cli/docker/container/run/. */
const ofRun =
  /^(?:-[aceghlmpuvw]|--(?:volume|mount|env|env-file|workdir|user|name|network|net|entrypoint|publish|platform|label|add-host|cpus|memory|hostname|ulimit|gpus|pull|shm-size|tmpfs|device|cap-add|security-opt|ipc|pid|link|dns|volumes-from))$/

/** Options of compose itself: https://docs.docker.com/reference/cli/docker/compose/. */
const ofCompose =
  /^(?:-[fp]|--(?:file|project-name|project-directory|profile|env-file|ansi|parallel|progress))$/

/** Programs that start what follows in the container of the project: Laravel Sail, DDEV, Lando. */
const starters = /^(?:sail|ddev|lando)$/

/** Images that start a program with what they are told. */
const programs: ReadonlyMap<string, string> = new Map([['composer', 'composer']])

const startsOne = /(?:^|\/)(?:docker(?:-compose)?|podman|nerdctl|sail|ddev|lando)$/
/** Words of `sudo`, `env` and their like before the program. */
const mostBefore = 16

/** The commands as words; none for one that starts no container over the tree, or of which that cannot be told. */
export function containerCommands(words: readonly string[]): readonly (readonly string[])[] {
  // Nearly every command is none.
  if (!words.some((word, i) => i < mostBefore && startsOne.test(word))) return []
  const [program = '', ...rest] = programOf(words)
  const name = baseName(program)
  if (starters.test(name)) return withoutShell(rest[0] === 'exec' ? operandsOf(rest.slice(1), ofRun) : rest)
  if (name === 'docker-compose') return ofService(rest)
  if (!/^(?:docker|podman|nerdctl)$/.test(name)) return []
  if (rest[0] === 'compose') return ofService(rest.slice(1))
  const run = rest[0] === 'container' ? rest.slice(1) : rest
  return run[0] === 'run' ? ofImage(run.slice(1)) : []
}

function ofImage(words: readonly string[]): readonly (readonly string[])[] {
  const isOverTree = words.some((word, i) => {
    const value = /^(?:-v|--volume|--mount)$/.test(word)
      ? (words[i + 1] ?? '')
      : (/^(?:-v|--volume=|--mount=)(.+)$/.exec(word)?.[1] ?? '')
    const source = /(?:^|,)(?:source|src)=([^,]*)/.exec(value)?.[1] ?? value
    return workspace.test(source)
  })
  const [image = '', ...command] = operandsOf(words, ofRun)
  if (!isOverTree || image === '') return []
  const entrypoint =
    words.flatMap((word, i) =>
      word === '--entrypoint' ? (words[i + 1] ?? []) : (/^--entrypoint=(.+)$/.exec(word)?.[1] ?? []),
    )[0] ??
    programs.get(baseName(image.replace(/[:@][^/]*$/, ''))) ??
    null
  const isNamed = entrypoint === null || command[0] === entrypoint || /^(?:ba|a)?sh$/.test(command[0] ?? '')
  return withoutShell(isNamed ? command : [entrypoint, ...command])
}

/** The directory that a job or a script works in, or one below it. */
const workspace =
  /^(?:\.|\$\(pwd\)|`pwd`|\$\{?(?:PWD|GITHUB_WORKSPACE|CI_PROJECT_DIR|WORKSPACE|BITBUCKET_CLONE_DIR)\}?)(?=[/:,]|$)/

/** Of `compose run` and `compose exec`; a service that nobody gives a tree makes nothing of it, which its file says. */
function ofService(words: readonly string[]): readonly (readonly string[])[] {
  const [verb, ...rest] = operandsOf(words, ofCompose)
  if (verb !== 'run' && verb !== 'exec') return []
  return withoutShell(operandsOf(rest, ofRun).slice(1))
}

/** What follows the options, as it stands. */
function operandsOf(words: readonly string[], valued: RegExp): readonly string[] {
  let at = 0
  while (at < words.length && (words[at] ?? '').startsWith('-')) at += valued.test(words[at] ?? '') ? 2 : 1
  return words.slice(at)
}

/** Those of `sh -c '…'`, or the one that it is. */
function withoutShell(words: readonly string[]): readonly (readonly string[])[] {
  const [program = '', option = '', text = ''] = words
  if (!/^(?:.*\/)?(?:ba|a)?sh$/.test(program)) return words.length === 0 ? [] : [words]
  if (!/^-[a-z]*c$/.test(option)) return []
  return readShell(text).commands.flatMap((command) => (command.words.length === 0 ? [] : [command.words]))
}
