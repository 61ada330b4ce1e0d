/** What a program's text takes in of its own project: imports that name files, and strings that may. */

import { cleanPath, joinPath, parentPath } from '../lib/path.ts'

/** What one text says. Paths are those of the tree that `exists` is asked about. */
export interface Imported {
  /** Files that it imports, those that are there. */
  readonly files: readonly string[]
  /** Other paths that a string in it names, and that are there: what it may open. */
  readonly names: readonly string[]
  /** Files that it imports and that are not there, as they are written. */
  readonly missing: readonly string[]
  /** It imports something that only a run can tell. */
  readonly open: boolean
}

/** The directory a program is started in, and what is there: true for files, false for directories, null for neither. */
export interface ImportRoom {
  readonly directory: string
  readonly isFile: (path: string) => boolean | null
}

const scriptEndings = ['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts', '.tsx', '.jsx', '.json']

/** True for a program of which the imports can be followed. */
export const isFollowed = (path: string): boolean => /\.(?:py|[cm]?[jt]s|[jt]sx)$/.test(path)

/** Reads one text. Linear in it; every string costs two look-ups. */
export function importsOf(text: string, file: string, room: ImportRoom): Imported {
  const imported = file.endsWith('.py') ? ofPython(text, file, room) : ofScript(text, file, room)
  return { ...imported, names: namesIn(text, file, room) }
}

/** https://nodejs.org/api/packages.html#determining-module-system; a bare name is a package, unless it is an alias of the project. */
function ofScript(text: string, file: string, room: ImportRoom): Omit<Imported, 'names'> {
  const files: string[] = []
  const missing: string[] = []
  // `require(name)`, `import(`./${name}`)`; a remark may stand before what is imported.
  let open = /\b(?:require|import)\s*\(\s*(?:\/\*[^*]*\*\/\s*)*(?!["'\s)])/.test(text)
  const specifiers =
    /(?:\bfrom\s*|\bimport\s*|\b(?:require|import)\s*\(\s*(?:\/\*[^*]*\*\/\s*)*)(["'])([^"'\n]+)\1/g
  for (const [, , specifier = ''] of text.matchAll(specifiers)) {
    const alias = /^[@~#]\//.test(specifier)
    if (!alias && !/^\.{0,2}\//.test(specifier) && !/^\.{1,2}$/.test(specifier)) continue
    const bases = alias ? ['src', 'app', ''].map((dir) => joinPath(room.directory, dir)) : [parentPath(file)]
    const found = bases
      .map((base) => scriptAt(cleanJoin(base, alias ? specifier.slice(2) : specifier), room))
      .find((path) => path !== null)
    const written = alias ? '' : cleanJoin(parentPath(file), specifier)
    if (found !== undefined && found !== null) files.push(found)
    else if (written !== '') missing.push(written)
    else open = true
  }
  return { files, missing, open }
}

/** As Node, bundlers and TypeScript's own runners look for it. */
function scriptAt(path: string, { isFile }: ImportRoom): string | null {
  const bare = path.replace(/\.[cm]?js$/, '')
  const candidates = [
    path,
    ...scriptEndings.flatMap((ending) => [`${path}${ending}`, `${bare}${ending}`]),
    ...scriptEndings.map((ending) => joinPath(path, `index${ending}`)),
  ]
  return candidates.find((one) => isFile(one) === true) ?? null
}

/** https://docs.python.org/3/reference/simple_stmts.html#the-import-statement: from where it is started, and from beside it. */
function ofPython(text: string, file: string, room: ImportRoom): Omit<Imported, 'names'> {
  const files = new Set<string>()
  const bases = [...new Set([room.directory, parentPath(file), joinPath(room.directory, 'src')])]
  const take = (dotted: string, from: readonly string[]): boolean => {
    const parts = dotted.split('.').filter(Boolean)
    return from.some((base) => {
      const found = moduleFiles(base, parts, room)
      for (const path of found) files.add(path)
      return found.length > 0
    })
  }
  const code = text.replace(/\\\n/g, ' ')
  for (const [, list = ''] of code.matchAll(/^[^\S\n]*import[^\S\n]+([\w.,\t ]+)/gm))
    for (const one of list.split(',')) take(one.trim().split(/\s/)[0] ?? '', bases)
  const from = /^[^\S\n]*from[^\S\n]+(\.*)([\w.]*)[^\S\n]+import[^\S\n]+(\([^)]*\)|[^\n]*)/gm
  for (const [, dots = '', module = '', what = ''] of code.matchAll(from)) {
    const up = dots === '' ? bases : [climbed(parentPath(file), dots.length - 1)]
    take(module, up)
    for (const name of what.replace(/#.*$/gm, '').replace(/[()]/g, '').split(','))
      take(`${module}.${name.trim().split(/\s/)[0] ?? ''}`, up)
  }
  // Django names its applications in settings, others look for plugins by themselves.
  const open =
    /\bimport_module\(\s*(?!["'])|\b__import__\(|DJANGO_SETTINGS_MODULE|\bpkgutil\.|\bimp\.load_/.test(text)
  return { files: [...files], missing: [], open }
}

const climbed = (dir: string, times: number): string =>
  times <= 0 ? dir : climbed(parentPath(dir), times - 1)

/** The files of a dotted name below a directory: the packages on the way, and the module itself; none when it is not there. */
function moduleFiles(base: string, parts: readonly string[], { isFile }: ImportRoom): readonly string[] {
  if (parts.length === 0) return []
  const files: string[] = []
  let dir = base
  for (const [i, part] of parts.entries()) {
    const path = joinPath(dir, part)
    if (isFile(path) === false) {
      const init = joinPath(path, '__init__.py')
      if (isFile(init) === true) files.push(init)
      dir = path
    } else if (isFile(`${path}.py`) === true) return [...files, `${path}.py`]
    // The last part may be a name that the module before it has.
    else return i > 0 && i === parts.length - 1 ? files : []
  }
  return files
}

const mostStrings = 5_000

/** Strings that are the path of something, from where the program is started or from beside the text. */
function namesIn(text: string, file: string, { directory, isFile }: ImportRoom): readonly string[] {
  const found = new Set<string>()
  let left = mostStrings
  for (const [, , string = ''] of text.matchAll(/(["'`])([\w@./-][\w@./ -]{0,199})\1/g)) {
    if (--left < 0) break
    const typed = string.replace(/^\/(?:app|usr\/src\/app|code|srv)\//, '')
    if (typed.startsWith('/') || /^\.*\/?$/.test(typed)) continue
    for (const base of [directory, parentPath(file)]) {
      const path = cleanJoin(base, typed)
      if (path !== '' && path !== directory && isFile(path) !== null) found.add(path)
    }
  }
  return [...found]
}

/** From the top of the tree; `..` out of it leads nowhere. */
function cleanJoin(base: string, typed: string): string {
  const path = cleanPath(joinPath(base, typed))
  return path === '.' || path.startsWith('..') ? '' : path
}

/** The file that `app.main:app` or `app.main` of a server for Python stands for, from the directory it is started in; null when there is none. */
export function pythonModule(word: string, { directory, isFile }: ImportRoom): string | null {
  const dotted = /^([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?::[\w.()]+)?$/.exec(word)?.[1]
  if (dotted === undefined) return null
  const path = joinPath(directory, dotted.replaceAll('.', '/'))
  const candidates = [`${path}.py`, joinPath(path, '__main__.py'), joinPath(path, '__init__.py')]
  return candidates.find((one) => isFile(one) === true) ?? null
}
