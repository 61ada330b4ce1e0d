/** Where tsc keeps what it remembers of its last run, by the configurations that say so. */

import { relativePath } from '../../inputs/load.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { Texts } from '../../repository/model.ts'

/** A file by which tsc tells that there is nothing to make, and the directory in which it was made. Paths of the context. */
export interface TscMemory {
  readonly memory: string
  readonly output: string
}

/** Of configurations that extend one another. */
const mostBases = 8

/**
 * What the configurations (`tsconfig*.json`, by path) say, or leave to the rule: beside the output, as far from there as the
 * configuration lies from the sources. None for one that has no `outDir`, and for paths out of the context.
 * https://www.typescriptlang.org/tsconfig/#tsBuildInfoFile
 */
export function tscMemories(manifests: Texts): readonly TscMemory[] {
  const found: TscMemory[] = []
  for (const [file] of manifests) {
    if (!/^tsconfig[\w.-]*\.json$/.test(baseName(file))) continue
    const said = (name: string) => settingOf(manifests, file, name)
    const output = said('outDir')
    if (output === null) continue
    const dir = parentPath(file)
    const root = said('rootDir')
    const name = `${baseName(file).replace(/\.json$/, '')}.tsbuildinfo`
    const memory =
      said('tsBuildInfoFile') ??
      cleanPath(`${output}/${root === null ? '' : relativePath(`/${root}`, `/${dir}`)}/${name}`)
    if (![output, memory].some((path) => path === '' || path === '.' || path.startsWith('..')))
      found.push({ memory, output })
  }
  return found
}

/** The path that a setting names, of the configuration or of the nearest that it extends; null where none says it. */
function settingOf(manifests: Texts, file: string, name: string): string | null {
  let at = file
  for (let depth = 0; depth < mostBases; depth++) {
    const text = manifests.get(at)
    if (text === undefined) return null
    const value = new RegExp(`"${name}"\\s*:\\s*"([^"\\\\]*)"`).exec(text)?.[1]
    if (value !== undefined)
      return cleanPath(
        value.startsWith('${configDir}')
          ? joinPath(parentPath(file), `.${value.slice('${configDir}'.length)}`)
          : joinPath(parentPath(at), value),
      )
    const base = /"extends"\s*:\s*"(\.{1,2}\/[^"\\]*)"/.exec(text)?.[1]
    if (base === undefined) return null
    const path = cleanPath(joinPath(parentPath(at), base))
    at = manifests.has(path) ? path : `${path}.json`
  }
  return null
}
