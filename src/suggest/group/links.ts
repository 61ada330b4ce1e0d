/** Symbolic links that stay, by what they lead to: what goes from under them leaves them leading nowhere. */

import { flag } from '../../context/table.ts'
import { cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { Repository } from '../../repository/model.ts'

/** Packages and environments are full of links among themselves, and go as a whole. */
const foreign = /(?:^|\/)(?:node_modules|\.venv|venv|site-packages|\.git)\//

/**
 * A link that stays in the context and leads to the path or into it; null when none does. `places`: where the path lies in the images
 * that take it, which links like `current -> /app/releases/1` are made for.
 */
export type LinkFinder = (path: string, places?: () => readonly string[]) => string | null

/** Where git tells what belongs to the project, only links that it does not ignore count. One pass over the links, at the first question. */
export function createLinkFinder({ main }: MeasuredBuild, { tracked }: Repository): LinkFinder {
  const { table, gitIgnored } = main
  interface Link {
    readonly link: string
    readonly target: string
  }
  let found: { readonly within: readonly Link[]; readonly absolute: readonly Link[] } | null = null
  const find = () => {
    const within: Link[] = []
    const absolute: Link[] = []
    for (const [row, target] of table.linkTarget) {
      if (((table.flags[row] ?? 0) & flag.ignored) !== 0) continue
      const link = table.path(row)
      if (foreign.test(link) || (tracked?.has(link) !== true && gitIgnored?.(link, false) === true)) continue
      if (target.startsWith('/')) {
        absolute.push({ link, target: cleanPath(target) })
        continue
      }
      const leads = cleanPath(joinPath(parentPath(link), target))
      if (leads !== '.' && !leads.startsWith('..')) within.push({ link, target: leads })
    }
    return { within, absolute }
  }
  return (path, places = () => []) => {
    found ??= find()
    const isIn = (other: string, dir: string) => other === dir || other.startsWith(`${dir}/`)
    const here = found.within.find(({ link, target }) => isIn(target, path) && !isIn(link, path))
    if (here !== undefined) return here.link
    const candidates = found.absolute.filter(({ link }) => !isIn(link, path))
    const there = candidates.length === 0 ? [] : places()
    return candidates.find(({ target }) => there.some((place) => isIn(target, place)))?.link ?? null
  }
}
