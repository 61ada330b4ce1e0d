/** Scripts that a package.json or composer.json names. */

import { isTable, parseObject } from '../ecosystems/package-json.ts'
import { findLine } from './json-lines.ts'

export interface PackageScripts {
  readonly file: string
  /** Null when it has none. */
  readonly name: string | null
  /** Name → its commands, each with its line of the file, from 1. */
  readonly scripts: ReadonlyMap<string, readonly { readonly text: string; readonly line: number }[]>
}

const mostScripts = 300

/** Reads it; null when it is not JSON of that form. A list of commands (composer) runs one after the other. */
export function readPackageScripts(text: string, file: string): PackageScripts | null {
  const json = parseObject(text)
  if (json === null) return null
  const name = typeof json['name'] === 'string' ? json['name'] : null
  const table = json['scripts']
  const scripts = new Map<string, readonly { readonly text: string; readonly line: number }[]>()
  if (isTable(table)) {
    const lineOf = findLine(text, 'scripts')
    for (const [key, value] of Object.entries(table).slice(0, mostScripts)) {
      const commands = (Array.isArray(value) ? value.slice(0, mostScripts) : [value]).filter(
        (command): command is string => typeof command === 'string',
      )
      const line = lineOf(key)
      if (commands.length > 0)
        scripts.set(
          key,
          commands.map((command) => ({ text: command, line })),
        )
    }
  }
  return { file, name, scripts }
}
