/** `ctxsize init`: a first configuration, of the builds that are found and of what they come to today. */

import { assertionsOf } from '../check/assertions.ts'
import { startingConfig, type TodaysBuild } from '../config/write.ts'
import { type Host, isHostFailure } from '../host/host.ts'
import { relativePath } from '../inputs/load.ts'
import { fail } from '../lib/errors.ts'
import { cleanPath, decodePath, joinPath, visiblePath } from '../lib/path.ts'
import { nothingKnown } from '../repository/known.ts'
import type { FoundScan } from '../scan.ts'
import { reportBuilds } from '../scan-builds.ts'
import { lookForConfig } from './configure.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { firstOfEach, measureAll } from './targets.ts'
import { writeFiles } from './write-files.ts'

const fileName = 'ctxsize.config.yaml'
/** What hardly anybody means to ship; proposed where it does not today. */
const guards = ['**/.env', '**/.git']

/** Prints it; `--write` writes it where there is none. Throws CONFIG_EXISTS where one is in force already. */
export async function runInit(input: VerbInput): Promise<Outcome> {
  const { host, options } = input
  const directory = host.absolute(options.scan.context)
  if (!options.configuration.isOff) refuseSecond(host, options)
  const { scans, problems } = measureAll(input, nothingKnown())
  const [problem] = problems
  if (scans.length === 0) throw fail('CONTEXT_NOT_FOUND', problem?.message ?? 'no build can be measured')
  const names = scans.flatMap(({ part }) => part.name ?? [])
  const isKnown = (name: string): boolean =>
    !options.builds.defined && names.indexOf(name) === names.lastIndexOf(name)
  const leading = firstOfEach(scans)
  const text = startingConfig({
    builds: scans.map((scan) => ({
      ...today(host, scan, { directory, isKnown }),
      context: leading.includes(scan) ? (reportBuilds([scan.part]).contexts[0]?.context.bytes ?? 0) : null,
    })),
    neverShip: guards.filter((pattern) => scans.every((scan) => holds(scan, pattern))),
    left: problems.map(({ message, at }) => `${at === null ? '' : `${at.file}:${at.line}: `}${message}`),
  })
  if (options.write) write(host, directory, text)
  return {
    printable: {
      kind: 'init',
      document: { schemaVersion: 1, file: fileName, text, builds: scans.length, written: options.write },
    },
    fatal: [],
    exitCode: 0,
  }
}

/** An empty file is none: `ctxsize init > ctxsize.config.yaml` has made it before this program began. */
function refuseSecond(host: Host, options: RunOptions): void {
  const found = lookForConfig(host, options)
  if (found === null || found.text.trim() === '') return
  throw fail('CONFIG_EXISTS', `there is a configuration already: ${visiblePath(found.shown)}`)
}

function today(
  host: Host,
  scan: FoundScan,
  { directory, isKnown }: { readonly directory: string; readonly isKnown: (name: string) => boolean },
): Omit<TodaysBuild, 'context'> {
  const { part, build, request } = scan
  const [context] = reportBuilds([part]).contexts
  const { name, foundIn, root, typed } = part
  const file = cleanPath(joinPath(root, build.dockerfile.file))
  const isUsual = /^(?:[Dd]ockerfile|Containerfile)$/.test(build.dockerfile.file)
  return {
    name,
    definition:
      name !== null && isKnown(name)
        ? null
        : {
            context: root,
            file: isUsual ? null : file,
            target: request.target,
            args: Object.fromEntries(request.buildArgs),
            namedContexts: Object.fromEntries(
              [...typed].map(([key, value]) => [
                key,
                /^[a-z-]+:/.test(value) ? value : relativePath(directory, host.absolute(value)),
              ]),
            ),
            platform: request.platform === `linux/${host.arch}` ? null : request.platform,
          },
    foundIn: foundIn === null ? null : `${foundIn.file}:${foundIn.line}`,
    transfer: context?.targets[0]?.transfer.bytes ?? 0,
  }
}

function holds({ part }: FoundScan, pattern: string): boolean {
  const readings = {
    committed: () => null,
    installLosses: () => ({ unavailable: '', hint: null }),
    matchBelow: () => null,
  }
  return assertionsOf('neverShip', part, [{ pattern, at: null }], readings).every(({ ok }) => ok)
}

function write(host: Host, directory: string, text: string): void {
  const path = joinPath(directory, fileName)
  writeFiles(host, directory, [{ file: fileName, before: emptyAt(host, path), after: text }])
}

/** Null where nothing is there. */
function emptyAt(host: Host, path: string): string | null {
  try {
    const text = host.lstat(path) === null ? null : decodePath(host.readFile(path))
    if (text === null || text.trim() === '') return text
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
  }
  throw fail('CONFIG_EXISTS', `${fileName} is there already`)
}
