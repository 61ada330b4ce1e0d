/** Scripts that a package.json or composer.json names. */

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
  let json: unknown
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    // Not JSON, or nested deeper than the parser goes.
    return null
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return null
  const name = 'name' in json && typeof json.name === 'string' ? json.name : null
  const table = 'scripts' in json ? json.scripts : null
  const scripts = new Map<string, readonly { readonly text: string; readonly line: number }[]>()
  if (typeof table === 'object' && table !== null && !Array.isArray(table)) {
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
