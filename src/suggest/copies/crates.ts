/** What cargo has to find to fetch what the crates of a package or workspace depend on, before their sources are there. */

import { matchGlob } from '../../lib/glob.ts'
import { cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { Repository } from '../../repository/model.ts'

export interface Crates {
  /** Their manifests besides that of the package or workspace itself, as paths of the context. */
  readonly manifests: readonly string[]
  /** Those of crates that lie outside of its directory and that it depends on by their paths. */
  readonly outside: readonly string[]
  /** The command, with files where cargo looks for the targets of the manifests, which are taken away again. */
  readonly around: (command: string) => readonly string[]
}

/**
 * Cargo refuses a manifest none of whose targets is there, and one that names a target without its path which is not where
 * such a one lies by convention; a path that is written it takes as it is:
 * https://doc.rust-lang.org/cargo/guide/project-layout.html, https://doc.rust-lang.org/cargo/reference/cargo-targets.html.
 * `dir`: of the context, '' for its root.
 */
export function cratesOf(dir: string, { manifests }: Pick<Repository, 'manifests'>): Crates {
  const top = joinPath(dir, 'Cargo.toml')
  const isInside = (path: string): boolean => dir === '' || path.startsWith(`${dir}/`)
  const found = new Set([top, ...membersOf(dir, manifests)])
  // A set gives what is added while it is gone through.
  for (const path of found)
    for (const [, typed = ''] of (manifests.get(path) ?? '').matchAll(/\bpath\s*=\s*["']([^"'\n]+)["']/g)) {
      const named = cleanPath(joinPath(joinPath(parentPath(path), typed), 'Cargo.toml'))
      if (manifests.has(named)) found.add(named)
    }
  const inside = [...found].filter(isInside)
  const files = inside.flatMap((path) => {
    const own = parentPath(path)
    const below = dir === '' ? own : own.slice(dir.length + 1)
    return targetsOf(manifests.get(path) ?? '').map((file) => joinPath(below, file))
  })
  const made = [...new Set(files)]
  const directories = [...new Set(made.map(parentPath))]
  const deepest = directories.filter((one) => !directories.some((other) => other.startsWith(`${one}/`)))
  // A directory goes with all that lies in it.
  const topmost = directories.filter((one) => !directories.some((other) => one.startsWith(`${other}/`)))
  return {
    manifests: inside.filter((path) => path !== top),
    outside: [...found].filter((path) => !isInside(path)),
    around: (command) => [
      `mkdir -p ${deepest.join(' ')}`,
      `touch ${made.join(' ')}`,
      command,
      `rm -r ${topmost.join(' ')}`,
    ],
  }
}

/** The manifests of the members of a workspace: https://doc.rust-lang.org/cargo/reference/workspaces.html#the-members-and-exclude-fields. */
function membersOf(dir: string, manifests: Repository['manifests']): readonly string[] {
  const text = manifests.get(joinPath(dir, 'Cargo.toml')) ?? ''
  const workspace = sectionsOf(text).find(({ name }) => name === '[workspace]')?.body ?? ''
  const globs = listOf(workspace, 'members').map((glob) => cleanPath(joinPath(dir, glob)))
  const excluded = listOf(workspace, 'exclude').map((path) => cleanPath(joinPath(dir, path)))
  return [...manifests.keys()].filter((path) => {
    const own = parentPath(path)
    return (
      path.endsWith('/Cargo.toml') &&
      globs.some((glob) => matchGlob(glob, own) === 'match') &&
      !excluded.some((one) => own === one || own.startsWith(`${one}/`))
    )
  })
}

interface Section {
  /** With its brackets. */
  readonly name: string
  readonly body: string
}

/** The tables of a manifest, in order. */
const sectionsOf = (text: string): readonly Section[] =>
  [
    ...text.matchAll(
      /^[ \t]*(\[\[?[^\]\n]+\]\]?)[^\n]*\n?((?:(?!^[ \t]*\[\[?[\w.'" -]+\]\]?\s*(?:#.*)?$)[^\n]*\n?)*)/gm,
    ),
  ].map(([, name = '', body = '']) => ({ name: name.replace(/\s+/g, ''), body }))

const listOf = (body: string, key: string): readonly string[] => {
  const list = new RegExp(`^\\s*${key}\\s*=\\s*\\[([^\\]]*)\\]`, 'm').exec(body)?.[1] ?? ''
  return [...list.replace(/#.*/g, '').matchAll(/["']([^"'\n]+)["']/g)].map(([, one = '']) => one)
}

const settingOf = (body: string, key: string): string | undefined =>
  new RegExp(`^\\s*${key}\\s*=\\s*["']([^"'\\n]+)["']`, 'm').exec(body)?.[1]

/** Where cargo looks for targets that are named without a path. */
const places: Readonly<Record<string, string>> = {
  '[[bin]]': 'src/bin',
  '[[example]]': 'examples',
  '[[test]]': 'tests',
  '[[bench]]': 'benches',
}

/** The files, from the crate's directory on, that have to be there for cargo to take its manifest; none for one of a workspace alone. */
function targetsOf(text: string): readonly string[] {
  const sections = sectionsOf(text)
  const crate = sections.find(({ name }) => name === '[package]')
  if (crate === undefined) return []
  const started = settingOf(crate.body, 'default-run')
  const named = sections.flatMap(({ name, body }) => {
    const place = places[name]
    const target = settingOf(body, 'name')
    return place === undefined || target === undefined || settingOf(body, 'path') !== undefined
      ? []
      : [`${place}/${target}.rs`]
  })
  const isNamed = sections.some(({ name, body }) => name === '[[bin]]' && settingOf(body, 'name') === started)
  return ['src/lib.rs', ...named, ...(started === undefined || isNamed ? [] : [`src/bin/${started}.rs`])]
}
