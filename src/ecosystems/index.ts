/** What is known of package managers, build tools and editors, and the questions that can be asked of it. */

import type { Ecosystem } from './model.ts'
import { baseName, matchesName } from './names.ts'
import { ecosystems } from './table.ts'

export { knownCommand } from './command.ts'
export { type FoundJunk, type IsThere, isThereAmong, junkAt } from './junk.ts'
export type { CommandMeaning, Ecosystem, Junk, KnownCommand, VersionTool } from './model.ts'
export { indexByName, isTelling } from './names.ts'
export { type TextsBeside, withConfiguration } from './outputs.ts'
export { ecosystems } from './table.ts'
export { optionOf, valuesOf } from './words.ts'

/** Those that apply to a tree with files of these names (or paths): what has no manifests applies everywhere. */
export function ecosystemsOf(names: Iterable<string>): readonly Ecosystem[] {
  const missing = new Set(ecosystems.filter((ecosystem) => ecosystem.manifests.length > 0))
  const seen = new Set<string>()
  for (const path of names) {
    if (missing.size === 0) break
    const name = baseName(path)
    if (seen.has(name)) continue
    seen.add(name)
    for (const ecosystem of missing)
      if (ecosystem.manifests.some((pattern) => matchesName(pattern, name))) missing.delete(ecosystem)
  }
  return ecosystems.filter((ecosystem) => !missing.has(ecosystem))
}
