/** What is checked of each build: what the command line says, before what the configuration says of it, before what it says of all. */

import type { Budget, Checks } from '../config/model.ts'
import type { Host } from '../host/host.ts'
import type { BuildTarget } from '../inputs/target.ts'
import { cleanPath, joinPath } from '../lib/path.ts'
import type { FoundScan } from '../scan.ts'
import { buildOptions } from '../scan-builds.ts'
import type { RunOptions } from './options.ts'
import type { CheckedBuild } from './run-config.ts'

/** A budget gives way to one of the same name and bound that is nearer; lists add up, so that an exception can follow. */
export function checksOf(
  host: Host,
  { config, checks, scan: { context } }: RunOptions,
  scan: FoundScan,
): Checks {
  const own = config === null ? null : elementFor(host, context, config.checked, scan)
  const all = [config?.checks ?? null, own?.checks ?? null, checks].filter((one) => one !== null)
  return {
    budgets: nearest(all.flatMap(({ budgets }) => budgets)),
    mustShip: all.flatMap(({ mustShip }) => mustShip),
    neverShip: all.flatMap(({ neverShip }) => neverShip),
    mayLose: all.flatMap(({ mayLose }) => mayLose),
  }
}

function nearest(budgets: readonly Budget[]): readonly Budget[] {
  const keyOf = ({ name, path, bound }: Budget): string => JSON.stringify([name, path, bound])
  return [...new Map(budgets.map((one) => [keyOf(one), one])).values()]
}

/** What is said of this build, however the command line came to it; of builds that differ in their arguments, of the one with the same. */
function elementFor(
  host: Host,
  directory: string,
  checked: readonly CheckedBuild[],
  scan: FoundScan,
): CheckedBuild | null {
  const { name } = scan.part
  const named = checked.find((one) => one.target === null && one.name === name)
  if (named) return named
  const like = checked.filter(({ target }) => target !== null && isSame(host, directory, target, scan))
  const args = JSON.stringify(Object.fromEntries(scan.request.buildArgs))
  return like.find(({ target }) => JSON.stringify(target?.args) === args) ?? like[0] ?? null
}

function isSame(host: Host, directory: string, target: BuildTarget, { build, request }: FoundScan): boolean {
  const asked = buildOptions(directory, target)
  const { root } = build.main
  return (
    target.target === request.target &&
    host.absolute(asked.context) === root &&
    inOneCase(host.absolute(asked.file ?? '')) === inOneCase(cleanPath(joinPath(root, build.dockerfile.file)))
  )
}

/** Builders take `dockerfile` and `Containerfile` where there is no `Dockerfile`. */
const inOneCase = (path: string): string =>
  path.replace(/(?:^|\/)(?:dockerfile|Containerfile)$/, '/Dockerfile')
