import { type Host, kindAt } from '../host/host.ts'
import { readBuilds } from '../inputs/index.ts'
import type { FoundBuilds } from '../inputs/target.ts'
import { nearest } from '../lib/distance.ts'
import { fail } from '../lib/errors.ts'
import { joinPath, visiblePath } from '../lib/path.ts'
import { configFor } from './configure.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { allBuilds } from './targets.ts'

/** `ctxsize builds`: every build there is, or those of the files that are named; nothing of them measured. */
export async function runBuilds({ host, options }: VerbInput): Promise<Outcome> {
  const { files, names } = options.builds
  const { builds, open, problems } =
    files.length > 0
      ? readBuilds(host, { files, names, workingDirectory: options.scan.context })
      : await found(host, options)
  if (builds.length + open.length + problems.length === 0 && files.length === 0)
    throw fail('DOCKERFILE_NOT_FOUND', 'no build found: no compose file, no bake file, no Dockerfile')
  return {
    printable: {
      kind: 'builds',
      document: { schemaVersion: 1, builds, open, problems },
    },
    // What is refused in one place leaves the rest worth having; when there is no rest, nothing was done.
    fatal: builds.length === 0 ? problems : [],
    exitCode: 0,
  }
}

/** As every other verb takes it, the first word may be the directory; other words are names of builds. */
async function found(host: Host, options: RunOptions): Promise<FoundBuilds> {
  const words = options.builds.names
  const { scan } = options
  const [first] = words
  const here = allBuilds(host, options)
  const isName = (word: string) => here.builds.some(({ name }) => name === word)
  const context = first === undefined ? scan.context : joinPath(scan.context, first)
  if (first === undefined || isName(first) || kindAt(host, context) !== 'directory') return named(here, words)
  const asked = { ...options, scan: { ...scan, context } }
  return named(allBuilds(host, { ...asked, config: await configFor(host, asked) }), words.slice(1))
}

function named(found: FoundBuilds, wanted: readonly string[]): FoundBuilds {
  const names = found.builds.flatMap(({ name }) => name ?? [])
  const unknown = wanted.find((word) => !names.includes(word))
  if (unknown !== undefined && found.builds.length > 0) {
    const meant = nearest(unknown, names)
    throw fail('TARGET_NOT_FOUND', `no build has the name ${visiblePath(unknown)}`, {
      hint:
        meant === null
          ? `there ${names.length === 0 ? 'are none with names' : `are ${listed(names)}`}`
          : `did you mean ${visiblePath(meant)}?`,
    })
  }
  return wanted.length === 0
    ? found
    : { ...found, builds: found.builds.filter(({ name }) => name !== null && wanted.includes(name)) }
}

const mostListed = 8

function listed(names: readonly string[]): string {
  const shown = [...new Set(names)].slice(0, mostListed).map(visiblePath).join(', ')
  return names.length > mostListed ? `${shown} and more` : shown
}
