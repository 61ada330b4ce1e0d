/** What manifests of packages say of workspaces, and of what an install runs. */

import { readPackage } from '../../ecosystems/package-json.ts'
import type { Repository } from '../../repository/model.ts'

/** Scripts that an install runs: https://docs.npmjs.com/cli/v11/using-npm/scripts#life-cycle-operation-order. */
const atInstall = /^(?:(?:pre|post)?(?:install|prepare)|prepublish|dependencies)$/

/** Commands in install scripts that find all they need in the packages themselves and in what is copied for them. */
const ofPackages =
  /^(?:(?:npx |pnpm exec |yarn )?(?:husky(?: install)?|is-ci|simple-git-hooks|lefthook install|patch-package|prisma generate|only-allow \w+)|true|:|exit 0|echo\b[^`$<>|]*)$/

/** True for such a command, one by itself. */
export const isOfPackages = (command: string): boolean => ofPackages.test(command)

/**
 * True unless no install in a directory of the repository starts anything of the project: a script, or node-gyp for its
 * binding.gyp. `isLeftOut`: commands of a script that do not count.
 */
export function runsAtInstall(
  { manifests, tracked }: Repository,
  isLeftOut: (command: string) => boolean = () => false,
): boolean {
  const isLeft = (script: string) => script.split(/&&|\|\||;/).every((one) => isLeftOut(one.trim()))
  for (const [path, text] of manifests) {
    if (!/(?:^|\/)package\.json$/.test(path)) continue
    const scripts = readPackage(text)?.scripts ?? null
    if (scripts === null || [...scripts].some(([name, script]) => atInstall.test(name) && !isLeft(script)))
      return true
  }
  return [...(tracked ?? [])].some((path) => /(?:^|\/)binding\.gyp$/.test(path))
}

/** True when some manifest speaks for packages in other directories too. */
export function hasWorkspaces({ manifests }: Repository): boolean {
  for (const [path, text] of manifests)
    if (
      /(?:^|\/)pnpm-workspace\.yaml$/.test(path) ||
      (/(?:^|\/)package\.json$/.test(path) && text.includes('"workspaces"'))
    )
      return true
  return false
}
