/** Symbolic links that stay, by what they lead to: what goes from under them leaves them leading nowhere. */

import { flag } from '../../context/table.ts'
import { cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { MeasuredBuild } from '../../measure/build.ts'
import type { Repository } from '../../repository/model.ts'

/** Packages and environments are full of links among themselves, and go as a whole. */
const foreign = /(?:^|\/)(?:node_modules|\.venv|venv|site-packages|\.git)\//

/**
 * Answers with a link that stays in the context and leads to the path or into it; null when none does. Where git tells
 * what belongs to the project, only those that it does not ignore count. One pass over the links, at the first question.
 */
export function createLinkFinder(
  { main }: MeasuredBuild,
  { tracked }: Repository,
): (path: string) => string | null {
  const { table, gitIgnored } = main
  let found: readonly { readonly link: string; readonly target: string }[] | null = null
  const find = () => {
    const links: { readonly link: string; readonly target: string }[] = []
    for (const [row, target] of table.linkTarget) {
      if (((table.flags[row] ?? 0) & flag.ignored) !== 0 || target.startsWith('/')) continue
      const link = table.path(row)
      if (foreign.test(link) || (tracked?.has(link) !== true && gitIgnored?.(link, false) === true)) continue
      const leads = cleanPath(joinPath(parentPath(link), target))
      if (leads !== '.' && !leads.startsWith('..')) links.push({ link, target: leads })
    }
    return links
  }
  return (path) => {
    found ??= find()
    const isIn = (other: string) => other === path || other.startsWith(`${path}/`)
    return found.find(({ link, target }) => isIn(target) && !isIn(link))?.link ?? null
  }
}
