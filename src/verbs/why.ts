import { explainPaths } from '../answers/why.ts'
import type { Host } from '../host/host.ts'
import { scan } from '../scan.ts'
import { leadingOptions, placed } from './leading.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** After `-f compose.yaml` the first word is a build of that file where one has the name and a path follows. */
async function wordsOf(
  host: Host,
  options: RunOptions,
): Promise<{ readonly paths: readonly string[]; readonly names: readonly string[] }> {
  const [first = '', ...rest] = options.paths
  const none = { paths: options.paths, names: [] }
  if (!options.builds.defined || rest.length === 0) return none
  const { definedBuilds } = await import('./targets.ts')
  const isName = definedBuilds(host, options).builds.some(({ name }) => name === first)
  return isName ? { paths: rest, names: [first] } : none
}

/** `ctxsize why PATH…`: what becomes of each path, and by what. */
export async function runWhy({ host, options, progress }: VerbInput): Promise<Outcome> {
  const { paths, names } = await wordsOf(host, options)
  const leading = await leadingOptions(host, { ...options, builds: { ...options.builds, names } })
  const made = placed(scan(host, { ...leading, lookAt: paths, progress }))
  return {
    printable: { kind: 'why', document: explainPaths(made, paths) },
    fatal: made.fatal,
    exitCode: 0,
  }
}
