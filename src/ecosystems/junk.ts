/** What a path is, if it is something that tools leave behind. */

import type { Junk } from './model.ts'
import { baseName, directoryName, indexByName, matchesName } from './names.ts'
import { ecosystems } from './table.ts'

/** Junk with the id of the ecosystem that leaves it. */
export interface FoundJunk extends Junk {
  readonly ecosystem: string
}

/** Answers whether a path of the context is there; its components may hold wildcards (`src/*.csproj`). */
export type IsThere = (path: string) => boolean

const junkNamed = indexByName<FoundJunk>(
  () => ecosystems.flatMap(({ junk, id }) => junk.map((one) => ({ ...one, ecosystem: id }))),
  ({ name }) => [baseName(name)],
)
const componentsOf = (name: string) => name.split('/').length

/**
 * Which junk the path is (relative to the context, `/`-separated); null when it is none. A longer name is preferred
 * (`.next/cache` to `cache`), then a row that asks for neighbours and finds them, then the order of the table.
 */
export function junkAt(path: string, isDirectory: boolean, isThere: IsThere): FoundJunk | null {
  let best: FoundJunk | null = null
  for (const junk of junkNamed(baseName(path))) {
    if ((junk.type === 'dir') !== isDirectory) continue
    const count = componentsOf(junk.name)
    if (best !== null && rank(best) >= rank(junk)) continue
    const place = placeOf(path, count)
    if (place === null || !matchesName(junk.name, place.name)) continue
    const stem = baseName(path).replace(/\.[^.]*$/, '')
    const isBeside = (name: string) => isThere(join(place.above, name.replace('%', stem)))
    if (junk.beside.length > 0 && !junk.beside.some(isBeside)) continue
    if (junk.holds !== null && !junk.holds.split('|').some((name) => isThere(join(path, name)))) continue
    best = junk
  }
  return best
}

const rank = (junk: Junk): number =>
  componentsOf(junk.name) * 4 + (junk.beside.length > 0 ? 2 : 0) + (junk.holds !== null ? 1 : 0)

const join = (dir: string, name: string): string => (dir === '' ? name : `${dir}/${name}`)

/** The last `count` components, and what is above them; null when there are fewer. */
function placeOf(path: string, count: number): { readonly name: string; readonly above: string } | null {
  let above = path
  for (let i = 0; i < count; i++) {
    if (above === '') return null
    above = directoryName(above)
  }
  return { name: above === '' ? path : path.slice(above.length + 1), above }
}

/** An {@link IsThere} over names: `namesOf` lists the names in a directory of the context ('' is its root), and none where there is no such directory. */
export function isThereAmong(namesOf: (dir: string) => Iterable<string>): IsThere {
  return (path) => {
    let dirs: readonly string[] = ['']
    const components = path.split('/')
    for (const [i, component] of components.entries()) {
      const found: string[] = []
      for (const dir of dirs)
        for (const name of namesOf(dir)) {
          if (!matchesName(component, name)) continue
          if (i === components.length - 1) return true
          found.push(join(dir, name))
        }
      dirs = found
    }
    return false
  }
}
