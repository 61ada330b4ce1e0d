/** Programs of the project that a Dockerfile or a package script starts by name: which files they are made of. */

import { type EntryTable, fileKind, flag } from '../context/table.ts'
import type { Host } from '../host/host.ts'
import { baseName, compareBytes, joinPath, parentPath } from '../lib/path.ts'
import { type ImportRoom, importsOf, isFollowed, pythonModule } from './imports.ts'
import type { ProgramFiles, Texts } from './model.ts'
import { textAt } from './text-file.ts'

/** Of all programs together. */
const mostTexts = 400
const mostPrograms = 60
const mostDirectories = 40
/** Scripts of one name. */
const mostAlike = 4
/** Paths that are looked up: in a repository of very many Dockerfiles the last of them say nothing new. */
const mostAsked = 20_000

/**
 * Those that the texts name and the context has, by their path and the directory that they are started in, with a NUL
 * between: see {@link programAt}. At most 400 files of 256 kB are read; what goes on beyond that is open.
 */
export function readPrograms(
  host: Host,
  root: string,
  table: EntryTable,
  { dockerfiles, scripts, manifests }: Record<'dockerfiles' | 'scripts' | 'manifests', Texts>,
): ReadonlyMap<string, ProgramFiles> {
  const programs = new Map<string, ProgramFiles>()
  const texts = new Map<string, string | null>()
  const read = (path: string): string | null => {
    const text = texts.get(path)
    if (text !== undefined) return text
    const found = texts.size >= mostTexts ? null : textAt(host, joinPath(root, path))
    texts.set(path, found)
    return found
  }
  const asked = new Map<string, boolean | null>()
  const isFile = (path: string): boolean | null => {
    const known = asked.get(path)
    if (known !== undefined || asked.size >= mostAsked) return known ?? null
    const row = table.find(path)
    const isOut = row === null || ((table.flags[row] ?? 0) & flag.ignored) !== 0
    const found = isOut ? null : table.kind[row] === fileKind
    asked.set(path, found)
    return found
  }
  const start = (words: Iterable<string>, directory: string): void => {
    const room = { directory, isFile }
    for (const word of words) {
      const path = programOf(word, room)
      const key = `${path}\0${directory}`
      if (path === null || programs.has(key) || programs.size >= mostPrograms) continue
      programs.set(key, followed(path, room, read))
    }
  }
  const scriptsNamed = new Map<string, string[]>()
  for (const [path, text] of scripts) {
    const known = scriptsNamed.get(baseName(path)) ?? []
    if (known.length < mostAlike) scriptsNamed.set(baseName(path), [...known, text])
  }
  for (const [file, own] of dockerfiles) {
    const words = new Set(wordsIn(own))
    // What a container starts may stand in a script that it begins with.
    for (const word of [...words])
      for (const text of scriptsNamed.get(baseName(word)) ?? [])
        for (const one of wordsIn(text)) words.add(one)
    const named = [...words].flatMap((word) => {
      const dir = word.replace(/^\.?\/+|\/+$/g, '')
      return dir !== '' && isFile(dir) === false ? [dir] : []
    })
    for (const directory of new Set(['', parentPath(file), ...named.slice(0, mostDirectories)]))
      if (!directory.startsWith('..')) start(words, directory)
  }
  for (const [file, text] of manifests)
    if (file.endsWith('package.json') && !file.startsWith('..') && isFile(file) === true)
      start(new Set(scriptWords(text)), parentPath(file))
  return programs
}

/** The program that a word stands for, where what is there is started in the directory; null when it is none of the project. */
export const programAt = (
  programs: ReadonlyMap<string, ProgramFiles>,
  path: string,
  directory: string,
): ProgramFiles | null => programs.get(`${path}\0${directory}`) ?? null

function programOf(word: string, room: ImportRoom): string | null {
  const path = joinPath(room.directory, word.replace(/^\.\//, ''))
  if (isFollowed(word)) return room.isFile(path) === true ? path : null
  // `node dist/server`, and the module of a server for Python.
  const script = /^[\w./-]*\/[\w-]+$/.test(word) && room.isFile(`${path}.js`) === true ? `${path}.js` : null
  return script ?? (/^[A-Za-z_][\w.]*(?::\w+)?$/.test(word) ? pythonModule(word, room) : null)
}

const wordsIn = (text: string): readonly string[] => text.match(/[\w@./:-]+/g) ?? []

/** Sought only in words that have such an ending: in any other the expression tries every place to begin at. */
const scriptWords = (manifest: string): readonly string[] =>
  (manifest.match(/[\w@./-]+/g) ?? []).flatMap((word) =>
    /\.(?:[cm]?[jt]s|py)\b/.test(word)
      ? (word.match(/[\w@.-]*\/?(?:[\w@.-]+\/)*[\w@.-]+\.(?:[cm]?[jt]s|py)\b/g) ?? [])
      : [],
  )

function followed(path: string, room: ImportRoom, read: (path: string) => string | null): ProgramFiles {
  const files = new Set([path])
  const names = new Set<string>()
  const missing = new Set<string>()
  let open: ProgramFiles['open'] = null
  // Grows while it is read.
  for (const file of files) {
    if (!isFollowed(file)) continue
    const text = read(file)
    const imported = text === null ? null : importsOf(text, file, room)
    if (imported === null || imported.open) open ??= { file, line: 1 }
    for (const one of imported?.files ?? []) files.add(one)
    for (const one of imported?.names ?? []) names.add(one)
    for (const one of imported?.missing ?? []) missing.add(one)
  }
  const sorted = (all: ReadonlySet<string>) => [...all].sort(compareBytes)
  return { files: sorted(files), names: sorted(names), missing: sorted(missing), open }
}
