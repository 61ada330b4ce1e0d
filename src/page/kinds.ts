/** What a file is by its name, roughly: enough to see of what a context is made. */

import { dirKind, type Row } from '../context/table.ts'
import { baseName } from '../lib/path.ts'
import type { PageTree } from './packed.ts'

export const fileKinds = [
  'source code',
  'data and settings',
  'text and documents',
  'media and fonts',
  'installed packages',
  'version control',
  'build output and caches',
  'archives and binaries',
  'other',
] as const
const other = fileKinds.length - 1

const extensions: Readonly<Record<number, string>> = {
  0: 'ts tsx js jsx mjs cjs py go rs java kt kts scala c h cc cpp hpp cs fs rb php swift m sh bash ps1 sql css scss sass less vue svelte html htm erb ex exs erl clj lua pl r jl dart zig nim tf proto graphql',
  1: 'json jsonc json5 yaml yml toml ini cfg conf env xml csv tsv properties lock parquet avro db sqlite sqlite3 ndjson plist npy npz h5 pkl onnx safetensors pt bin',
  2: 'md mdx rst txt adoc pdf doc docx tex ipynb rtf odt log',
  3: 'png jpg jpeg gif webp avif svg ico bmp tif tiff mp3 mp4 webm ogg wav flac mov avi mkv woff woff2 ttf otf eot psd ai',
  6: 'map pyc pyo class o obj a d tsbuildinfo pack idx',
  7: 'zip gz tgz tar bz2 xz zst 7z rar jar war ear whl gem deb rpm apk exe dll so dylib node wasm dmg iso img',
}

/** Directories that make one kind of all that is in them. */
const directories: Readonly<Record<string, number>> = {
  node_modules: 4,
  bower_components: 4,
  vendor: 4,
  'site-packages': 4,
  '.venv': 4,
  venv: 4,
  '.bundle': 4,
  '.git': 5,
  '.hg': 5,
  '.svn': 5,
  dist: 6,
  target: 6,
  '.next': 6,
  '.nuxt': 6,
  '.turbo': 6,
  '.cache': 6,
  '.gradle': 6,
  __pycache__: 6,
  '.pytest_cache': 6,
  '.mypy_cache': 6,
  coverage: 6,
}

/** Index into {@link fileKinds} of each row. */
export function kindsOf({ table, names, nameOf }: PageTree): Uint8Array {
  const byExtension = new Map(
    Object.entries(extensions).flatMap(([kind, list]) =>
      list.split(' ').map((extension) => [extension, Number(kind)] as const),
    ),
  )
  const ofName = names.map((name) => {
    const dot = baseName(name).lastIndexOf('.')
    return dot < 0 ? other : (byExtension.get(name.slice(dot + 1).toLowerCase()) ?? other)
  })
  const ofDirectory = names.map((name) =>
    Object.hasOwn(directories, name) ? (directories[name] ?? other) : 255,
  )
  const found = new Uint8Array(table.count)
  const inherited = new Uint8Array(table.count)
  for (let row: Row = 0; row < table.count; row++) {
    const above = table.parent[row] ?? -1
    const name = nameOf[row] ?? 0
    const given = above < 0 ? 255 : (inherited[above] ?? 255)
    if (table.kind[row] === dirKind) {
      inherited[row] = given === 255 ? (ofDirectory[name] ?? 255) : given
      found[row] = inherited[row] === 255 ? other : (inherited[row] ?? other)
    } else found[row] = given === 255 ? (ofName[name] ?? other) : given
  }
  return found
}
