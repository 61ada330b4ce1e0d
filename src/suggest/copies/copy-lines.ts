/** COPY lines for single files and small directories that a copy of everything would bring as well. */

import { dirKind, type EntryTable, flag } from '../../context/table.ts'
import type { Directives } from '../../dockerfile/model.ts'
import { groupedBy } from '../../lib/grouped.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import { isKept } from '../group/whereabouts.ts'
import type { WideCopy } from '../image/wide-copy.ts'

/** More lines than this help nobody. */
const mostLines = 24
/** From so many on `--parents` says it shorter. */
const manyLines = 5

/** Flags that say how files land; the others say which are taken. */
const landingFlags = ['chown', 'chmod', 'link']

/**
 * Lines that bring the paths to where the copy would bring them, with its flags: one a directory, or with `--parents` where
 * the Dockerfile's frontend knows it. Null for names that cannot be written, and for too many.
 */
export function copyLines(
  wide: WideCopy,
  paths: readonly string[],
  table: EntryTable,
  directives: Directives,
): readonly string[] | null {
  const { instruction } = wide.step
  const dest = destOf(instruction.words.at(-1) ?? '.')
  if (dest === null || paths.some((path) => !isPlain(path))) return null
  const flags = instruction.flags
    .filter(({ name }) => landingFlags.includes(name))
    .map(({ name, value }) => (value === null ? `--${name}` : `--${name}=${value}`))
  const isDirectory = (path: string): boolean => {
    const row = table.find(path)
    return row !== null && table.kind[row] === dirKind
  }
  const isDeep = (path: string): boolean => belowSource(wide, path).includes('/')
  const hasParents = knowsParents(directives.syntax)
  // Each directory is a line at least.
  if (!hasParents && new Set(paths.filter(isDeep).map(parentPath)).size > mostLines) return null
  const dirs = paths.filter(isDirectory)
  const files = paths.filter((path) => !isDirectory(path))
  const top = files.filter((path) => !isDeep(path))
  const deep = groupedBy(files.filter(isDeep), parentPath)
  const first = top.length === 0 ? [] : [['COPY', ...flags, ...top, dest].join(' ')]
  const sources = wide.sources.filter(({ isDirectory }) => isDirectory)
  if (deep.size + dirs.length >= manyLines && hasParents && sources.length === 1) {
    const source = sources[0]?.path ?? ''
    const names = shortened([...deep.values()].flat().concat(dirs), table)
    const written = names.map((path) =>
      source === '' ? path : `${source}/./${path.slice(source.length + 1)}`,
    )
    return [...first, ['COPY', ...flags, '--parents', ...written, dest].join(' ')]
  }
  const lines = [
    ...first,
    ...[...deep].map(([dir, names]) =>
      ['COPY', ...flags, ...names, `${dest}${belowSource(wide, dir)}/`].join(' '),
    ),
    ...dirs.map((dir) => ['COPY', ...flags, dir, `${dest}${belowSource(wide, dir)}/`].join(' ')),
  ]
  return lines.length > mostLines ? null : lines
}

/** The text of a copy with the whole path of the directory that it fills as its destination; null where that cannot be written. */
export function rootedText({ step: { instruction }, dest }: WideCopy, text: string): string | null {
  const written = instruction.words.at(-1) ?? ''
  if (instruction.json || !isPlain(written) || !isPlain(dest)) return null
  return text.replace(/\S+\s*$/, dest.endsWith('/') ? dest : `${dest}/`)
}

/** True for names that a COPY takes for nothing but themselves. */
const isPlain = (path: string): boolean => !/[\s"'$`\\*?[\]<>#]|[^\x20-\x7e]|^-/.test(path)

/** The destination as a directory, as it was written; null when quotes or blanks are in the way. */
function destOf(written: string): string | null {
  const bare = written.replace(/^(["'])(.*)\1$/, '$2')
  if (/[\s"']/.test(bare)) return null
  return bare === '.' || bare === './' ? './' : bare.endsWith('/') ? bare : `${bare}/`
}

function belowSource({ sources }: WideCopy, path: string): string {
  const inside = sources.find(
    ({ path: source, isDirectory }) =>
      isDirectory && (source === '' || path === source || path.startsWith(`${source}/`)),
  )
  if (!inside) return baseName(path)
  return inside.path === '' ? path : path.slice(inside.path.length + 1)
}

/** True for docker/dockerfile from 1.20 on, and labs from 1.7 on: https://newreleases.io/project/github/moby/buildkit/release/dockerfile%2F1.20.0, https://github.com/moby/buildkit/releases/tag/dockerfile%2F1.7.0-labs. */
function knowsParents(syntax: string | null): boolean {
  const found = /^(?:docker\.io\/)?docker\/dockerfile(?::([\w.-]+))?(?:@.*)?$/.exec(syntax ?? '')
  if (!found) return false
  const [, tag = 'latest'] = found
  if (/^(?:latest|labs|1|1-labs)$/.test(tag)) return true
  const minor = Number(/^1\.(\d+)/.exec(tag)?.[1] ?? 0)
  return minor >= (tag.endsWith('-labs') ? 7 : 20)
}

/** `packages/…/package.json` with one wildcard, for siblings that are all meant. */
function shortened(paths: readonly string[], table: EntryTable): readonly string[] {
  const groups = groupedBy(paths, (path) => `${parentPath(parentPath(path))}\n${baseName(path)}`)
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    const above = parentPath(parentPath(first))
    if (group.length < 3 || above === '') return group
    const row = table.find(above)
    if (row === null) return group
    let all = 0
    for (let at = row + 1; at < (table.end[row] ?? row + 1); at = table.end[at] ?? at + 1)
      if (
        ((table.flags[at] ?? 0) & flag.pruned) === 0 &&
        isKept({ table }, joinPath(table.path(at), baseName(first)))
      )
        all++
    return all === group.length ? [`${above}/*/${baseName(first)}`] : group
  })
}
