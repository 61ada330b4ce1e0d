/** Files that programs read their settings from: what they name is used, though no source says so. */

import { dirKind, type EntryTable, fileKind, flag } from '../context/table.ts'
import type { Host } from '../host/host.ts'
import { joinPath } from '../lib/path.ts'
import type { Texts } from './model.ts'
import { textAt } from './text-file.ts'

/** More of them are data. */
const mostSettings = 300

const settings = /\.(?:ya?ml|jsonc?|json5|toml|ini|cfg|conf|properties|env)$|^\.env(?:\.[\w.-]+)?$/

/** Of tools that develop and install, which name tests, scripts and packages. */
const ofTools =
  /^(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|pnpm-(?:lock|workspace)\.yaml|composer\.json|[tj]sconfig[\w.-]*\.json|pyproject\.toml|setup\.cfg|tox\.ini|Cargo\.toml|Pipfile|environment\.ya?ml|(?:docker-)?compose[\w.-]*\.ya?ml|\..*\.(?:ya?ml|json|toml))$/

const foreign = /^(?:node_modules|vendor|site-packages|__pycache__|\.(?!env).*)$/

/** By path, those of the context that are not ignored; null when there are more than are read. */
export function settingsFiles(host: Host, root: string, table: EntryTable): Texts | null {
  const paths: string[] = []
  for (let row = 0; row < table.count; ) {
    const isOut = ((table.flags[row] ?? 0) & flag.ignored) !== 0
    const isDirectory = table.kind[row] === dirKind
    // An exception may let in what lies below an ignored directory.
    if (isDirectory && foreign.test(table.name(row))) {
      row = table.end[row] ?? row + 1
      continue
    }
    const name = isOut || table.kind[row] !== fileKind ? '' : table.name(row)
    if (settings.test(name) && !ofTools.test(name)) paths.push(table.path(row))
    if (paths.length > mostSettings) return null
    row++
  }
  return new Map(
    paths.flatMap((path): readonly (readonly [string, string])[] => {
      const text = textAt(host, joinPath(root, path))
      return text === null ? [] : [[path, text]]
    }),
  )
}

/** True when the name stands in the text as a part of a path, a word, or a module. */
export function namesPart(text: string, name: string): boolean {
  const isWord = (at: string | undefined): boolean => at !== undefined && /\w/.test(at)
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!isWord(text[at - 1]) && !isWord(text[at + name.length])) return true
  return false
}
