/** What a package.json says: https://docs.npmjs.com/cli/v11/configuring-npm/package-json. */

type Table = Readonly<Record<string, unknown>>

export interface PackageJson {
  readonly name: string | null
  /** By name; those that are no text are left out. */
  readonly scripts: ReadonlyMap<string, string>
  /** All of it. */
  readonly json: Table
}

export const isTable = (value: unknown): value is Table =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A manifest as an object; null for a text that is none, or that is nested deeper than the parser goes. */
export function parseObject(text: string): Table | null {
  try {
    const read: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return isTable(read) ? read : null
  } catch {
    return null
  }
}

/** Null for a text that is none. */
export function readPackage(text: string): PackageJson | null {
  const json = parseObject(text)
  if (json === null) return null
  const { name, scripts } = json
  return {
    name: typeof name === 'string' ? name : null,
    scripts: new Map(
      Object.entries(isTable(scripts) ? scripts : {}).flatMap(([key, value]) =>
        typeof value === 'string' ? [[key, value] as const] : [],
      ),
    ),
    json,
  }
}
