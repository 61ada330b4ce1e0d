/** The packages of a workspace of npm, yarn, pnpm or bun: where they lie, and which of them need which. */

import { isTable, parseObject } from '../../ecosystems/package-json.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import type { Texts } from '../../repository/model.ts'

/** The package.json of every package that the workspace takes in and the context has. */
export function workspaceManifests(
  manifest: Readonly<Record<string, unknown>>,
  dir: string,
  manifests: Texts,
  isKept: (path: string) => boolean,
): readonly string[] {
  const globs = workspaceGlobs(manifest, manifests.get(joinPath(dir, 'pnpm-workspace.yaml')))
  return [...manifests.keys()].filter((path) => {
    if (baseName(path) !== 'package.json' || parentPath(path) === dir || !isKept(path)) return false
    const parent = parentPath(path)
    if (dir !== '' && !parent.startsWith(`${dir}/`)) return false
    const below = dir === '' ? parent : parent.slice(dir.length + 1)
    const isIn = (glob: string) => globMatches(glob.replace(/^\.\//, '').replace(/\/$/, ''), below)
    return (
      globs.some((glob) => !glob.startsWith('!') && isIn(glob)) &&
      !globs.some((glob) => glob.startsWith('!') && isIn(glob.slice(1)))
    )
  })
}

/** Globs of the directories of a workspace's packages, as its manifests have them; `pnpm`: the text of pnpm-workspace.yaml. */
function workspaceGlobs(
  manifest: Readonly<Record<string, unknown>>,
  pnpm: string | undefined,
): readonly string[] {
  const declared = manifest['workspaces']
  const list = isTable(declared) ? declared['packages'] : declared
  const globs = Array.isArray(list) ? list.filter((glob) => typeof glob === 'string') : []
  // Its list stands alone on its lines; a YAML reader for that would cost more than it gives.
  const packages = /^packages:[^\S\n]*\n((?:[^\S\n]*(?:-.*|#.*)?\n?)*)/m.exec(pnpm ?? '')?.[1] ?? ''
  for (const [, , glob = ''] of packages.matchAll(/^[ \t]*-[ \t]*(["']?)([^"'#\n]+?)\1[ \t]*(?:#.*)?$/gm))
    globs.push(glob)
  return globs
}

function globMatches(glob: string, path: string): boolean {
  const deep = glob.indexOf('**')
  if (deep < 0) return matchGlob(glob, path) === 'match'
  const head = glob.slice(0, deep).replace(/\/$/, '')
  return head === '' || path.startsWith(`${head}/`)
}

/** A package of a workspace. */
export interface WorkspacePackage {
  /** Path of the context. */
  readonly dir: string
  /** What its manifest calls it; null where that has no name. */
  readonly name: string | null
  /** What its manifest says that it is built with, by name, with the version as written. */
  readonly builtWith: ReadonlyMap<string, string>
  /** Names of all that it depends on, whatever for, settings of the compiler that it extends included. */
  readonly needs: readonly string[]
  /** Paths of the context outside of it that its manifest and the settings of its compiler name; of the root: none. */
  readonly reaches: readonly string[]
}

/** The packages of the workspace whose root is the directory, in the order of their manifests, and the root itself as the last; none where it is no workspace. */
export function workspacePackages(
  dir: string,
  manifests: Texts,
  isKept: (path: string) => boolean,
): readonly WorkspacePackage[] {
  const root = joinPath(dir, 'package.json')
  const manifest = parseObject(manifests.get(root) ?? '')
  if (manifest === null) return []
  const members = workspaceManifests(manifest, dir, manifests, isKept)
  return members.length === 0 ? [] : [...members, root].map((path) => packageAt(path, manifests))
}

function packageAt(file: string, manifests: Texts): WorkspacePackage {
  const dir = parentPath(file)
  const manifest = parseObject(manifests.get(file) ?? '') ?? {}
  const named = manifest['name']
  const reaches = new Set<string>()
  const extended: string[] = []
  for (const [path, text] of manifests) {
    if (parentPath(path) !== dir || !/^(?:package|tsconfig.*)\.json$/.test(baseName(path))) continue
    // Whether or not it is declared: https://www.typescriptlang.org/tsconfig/#extends.
    for (const [, list = ''] of text.matchAll(/"extends"\s*:\s*(\[[^\]]*\]|"[^"]*")/g))
      for (const [, name = ''] of list.matchAll(/"((?:@[^/"]+\/)?[^./"][^/"]*)/g)) extended.push(name)
    for (const [, typed = ''] of text.matchAll(/"(?:(?:file|link|portal):)?(\.{1,2}\/[^"*]*)/g)) {
      const reached = cleanPath(joinPath(dir, typed))
      if (dir !== '' && reached !== '.' && !reached.startsWith('..') && !`${reached}/`.startsWith(`${dir}/`))
        reaches.add(reached)
    }
  }
  return {
    dir,
    name: typeof named === 'string' ? named : null,
    builtWith: new Map(
      ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((key) =>
        Object.entries(Object(manifest[key])).map(([name, version]) => [name, String(version)] as const),
      ),
    ),
    needs: [
      ...extended,
      ...['dependencies', 'devDependencies', 'peerDependencies', 'optionalDependencies'].flatMap((key) => {
        const list = manifest[key]
        return isTable(list) ? Object.keys(list) : []
      }),
    ],
    reaches: [...reaches],
  }
}
