import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const src = path.join(import.meta.dirname, '../src')

/**
 * A module is a folder of src or a top-level file without its `.ts`: what each may import besides itself and lib. `type x`
 * allows only `import type`; `x/y.ts` only that file, as the seam to the disk without what is behind it. A module that is
 * not named here may not exist.
 */
const modules: Readonly<Record<string, readonly string[]>> = {
  lib: [],
  version: [],
  report: [],
  host: [],
  ignore: [],
  dockerfile: [],
  shell: [],
  ecosystems: [],
  context: ['ignore', 'host/host.ts'],
  resolve: ['context', 'dockerfile', 'ignore', 'host/host.ts'],
  inputs: ['dockerfile', 'ignore', 'shell', 'type report', 'host/host.ts'],
  repository: ['inputs', 'shell', 'ecosystems', 'context', 'dockerfile', 'host/host.ts'],
  inspect: ['context', 'dockerfile', 'shell', 'ecosystems', 'type report', 'host/host.ts'],
  measure: ['type inspect', 'inputs', 'resolve', 'context', 'dockerfile', 'ignore', 'report', 'host/host.ts'],
  analyse: ['measure', 'resolve', 'context', 'type dockerfile', 'ignore', 'report', 'version'],
  rules: [
    'repository',
    'inspect',
    'analyse',
    'measure',
    'resolve',
    'context',
    'dockerfile',
    'ignore',
    'report',
  ],
  suggest: [
    'rules',
    'analyse',
    'measure',
    'resolve',
    'repository',
    'ecosystems',
    'shell',
    'inputs',
    'context',
    'dockerfile',
    'ignore',
    'report',
  ],
  history: [
    'suggest',
    'measure',
    'repository',
    'resolve',
    'context',
    'dockerfile',
    'ignore',
    'type report',
    'host/host.ts',
  ],
  scan: [
    'inspect',
    'repository',
    'rules',
    'analyse',
    'measure',
    'inputs',
    'resolve',
    'type context',
    'dockerfile',
    'report',
    'host/host.ts',
  ],
  'in-ci': ['type scan', 'repository', 'rules', 'host/host.ts'],
  propose: ['scan', 'suggest', 'repository', 'analyse', 'host/host.ts'],
  'scan-builds': ['scan', 'analyse', 'inputs', 'report', 'host/host.ts'],
  answers: [
    'history',
    'type dockerfile',
    'type inputs',
    'propose',
    'scan',
    'suggest',
    'analyse',
    'measure',
    'resolve',
    'context',
    'ignore',
    'report',
  ],
  // The program of the page, which runs in a browser: what it asks for is bundled for it, and knows no Node.
  page: [
    'type report',
    'analyse',
    'suggest',
    'resolve',
    'context',
    'dockerfile',
    'ignore',
    'reporters/screen/check-words.ts',
    'reporters/screen/ran-text.ts',
  ],
  'rule-words': [],
  'rule-examples': ['type rule-words'],
  saved: ['type report', 'report/sums.ts'],
  reporters: ['type report', 'type analyse', 'report/sums.ts', 'rule-words', 'page/packed.ts'],
  config: ['inputs', 'ignore', 'type report', 'host/host.ts'],
  check: [
    'config',
    'rules',
    'inspect',
    'analyse',
    'measure',
    'resolve',
    'context',
    'dockerfile',
    'ignore',
    'report',
    'host/host.ts',
  ],
  verbs: [
    'rule-words',
    'rule-examples',
    'saved',
    'in-ci',
    'check',
    'config',
    'type analyse',
    'history',
    'scan-builds',
    'repository',
    'propose',
    'scan',
    'answers',
    'suggest',
    'inputs',
    'type context',
    'dockerfile',
    'report',
    'reporters',
    'version',
    'host/host.ts',
    'host/commit.ts',
    'host/lfs.ts',
    'host/ref.ts',
    'host/tar.ts',
  ],
  cli: ['suggest', 'verbs', 'inputs', 'reporters', 'report', 'host', 'version'],
  'walk-worker': ['context', 'host'],
  'git-worker': ['host'],
  index: ['host', 'ignore', 'answers', 'scan', 'report', 'version'],
}

/**
 * The rooms of a module that is divided into some, and which of them each may import. What lies beside the rooms puts them
 * together: it sees all of them, and none of them sees it.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  'suggest/group': [],
  'suggest/edits': [],
  'suggest/image': ['suggest/group'],
  'suggest/needs': ['suggest/image', 'suggest/group'],
  'suggest/judge': ['suggest/image', 'suggest/group'],
  'suggest/lines': ['suggest/judge', 'suggest/edits', 'suggest/group'],
  'suggest/copies': [
    'suggest/lines',
    'suggest/judge',
    'suggest/needs',
    'suggest/image',
    'suggest/edits',
    'suggest/group',
  ],
}

/** Packages and built-in modules, and the one file or folder (with its `/`) that may import each; more for pure built-ins. */
const packages: Readonly<Record<string, readonly string[]>> = {
  yargs: ['cli.ts'],
  'cli-table3': ['reporters/screen/table.ts'],
  'fast-glob': ['inputs/discover.ts'],
  yaml: ['inputs/', 'repository/'],
  diff: ['suggest/edits/diff.ts'],
  ignore: ['context/git-ignored.ts'],
  'node:crypto': ['inputs/bake/encodings.ts'],
  'node:fs': ['host/'],
  'node:child_process': ['host/'],
  'node:os': ['host/'],
  'node:path': ['host/'],
  // What is loaded late: src/host/late.ts.
  'node:process': ['host/late.ts'],
  'node:url': ['host/'],
  'node:zlib': ['host/'],
  'node:worker_threads': ['host/', 'walk-worker.ts', 'git-worker.ts'],
}

/** The files that may see the host at all: those that read the disk, through the host that is passed in. */
const readers = [
  'context/walk.ts',
  'context/walker.ts',
  'context/share.ts',
  'context/git-ignored.ts',
  'resolve/follow.ts',
  'inputs/',
  'config/find.ts',
  'check/look.ts',
  'repository/',
  'inspect/read.ts',
  'history/commits.ts',
  'history/fingerprint.ts',
  'history/place.ts',
  'history/read.ts',
  'measure/survey.ts',
  'measure/surveys.ts',
  'scan.ts',
  'scan-builds.ts',
  'in-ci.ts',
  'propose.ts',
  'verbs/',
  'cli.ts',
  'walk-worker.ts',
  'git-worker.ts',
  'index.ts',
]

interface Import {
  readonly specifier: string
  readonly typeOnly: boolean
  readonly line: number
}

interface SourceFile {
  /** Relative to src, `/`-separated. */
  readonly name: string
  readonly text: string
  readonly imports: readonly Import[]
}

const clause = String.raw`(?:\*(?:\s+as\s+\w+)?|\{[^}]*\}|\w+(?:\s*,\s*(?:\{[^}]*\}|\*\s+as\s+\w+))?)`
const declaration = new RegExp(
  String.raw`^(?:import|export)\s+(type\s+)?(?:${clause}\s*from\s*)?'([^']+)'`,
  'gm',
)
const dynamic = /(\btypeof\s+)?\bimport\(\s*(?:'([^']+)'\s*[,)])?/g

/** The imports of a file. It leans on the formatter: statements start a line, quotes are single, comments own their lines. */
function importsOf(text: string): readonly Import[] {
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '')
  const at = (index: number) => code.slice(0, index).split('\n').length
  const declared = [...code.matchAll(declaration)].map((m) => ({
    specifier: m[2] ?? '',
    typeOnly: m[1] !== undefined,
    line: at(m.index),
  }))
  const loaded = [...code.matchAll(dynamic)].map((m) => ({
    specifier: m[2] ?? '',
    typeOnly: m[1] !== undefined,
    line: at(m.index),
  }))
  return [...declared, ...loaded]
}

const files: readonly SourceFile[] = fs
  .readdirSync(src, { recursive: true, encoding: 'utf8' })
  .map((name) => name.replaceAll(path.sep, '/'))
  .filter((name) => fs.statSync(path.join(src, name)).isFile())
  .sort()
  .map((name) => {
    const text = fs.readFileSync(path.join(src, name), 'utf8')
    return { name, text, imports: importsOf(text) }
  })

const moduleOf = (name: string): string => name.split('/')[0]?.replace(/\.ts$/, '') ?? ''
/** The room that a file lies in, or the module itself where it lies beside the rooms. */
const roomOf = (name: string): string => name.slice(0, Math.max(name.lastIndexOf('/'), 0))
const covers = (places: readonly string[], name: string): boolean =>
  places.some((place) => (place.endsWith('/') ? name.startsWith(place) : name === place))
/** The file of src that a relative import of another names. */
const targetOf = (name: string, specifier: string): string =>
  path.posix.join(path.posix.dirname(name), specifier)

/** `fast-glob`, `@scope/name`, `node:fs` of any path into them. */
const packageOf = (specifier: string): string =>
  /^(?:node:[^/]+|@[^/]+\/[^/]+|[^/]+)/.exec(specifier)?.[0] ?? specifier

/** Everything that is wrong, one line each, for `check` on every import of every file. */
function broken(check: (file: SourceFile, imported: Import) => string | null): readonly string[] {
  return files.flatMap((file) =>
    file.imports.flatMap((imported) => {
      const wrong = check(file, imported)
      return wrong === null ? [] : [`src/${file.name}:${imported.line} ${wrong}`]
    }),
  )
}

describe('the modules of src', () => {
  it('are all named in the table', () => {
    expect(files.map((file) => moduleOf(file.name)).filter((name) => !Object.hasOwn(modules, name))).toEqual(
      [],
    )
  })

  it('all exist', () => {
    const existing = new Set(files.map((file) => moduleOf(file.name)))
    expect(Object.keys(modules).filter((name) => !existing.has(name))).toEqual([])
  })

  it('import only what the table allows', () => {
    expect(
      broken((file, { specifier, typeOnly }) => {
        if (!specifier.startsWith('.')) return null
        const from = moduleOf(file.name)
        const target = targetOf(file.name, specifier)
        const to = moduleOf(target)
        const allowed = modules[from] ?? []
        if (to === from || to === 'lib' || allowed.includes(to) || allowed.includes(target)) return null
        if (typeOnly && allowed.includes(`type ${to}`)) return null
        return allowed.includes(`type ${to}`) ? `may import only types of ${to}` : `may not import ${target}`
      }),
    ).toEqual([])
  })

  it('keep to their rooms, where they have some', () => {
    const divided = new Set(Object.keys(rooms).map(moduleOf))
    const inside = (name: string) => divided.has(moduleOf(name))
    expect(
      files
        .map(({ name }) => roomOf(name))
        .filter((room) => inside(room) && !divided.has(room) && !rooms[room]),
    ).toEqual([])
    expect(Object.keys(rooms).filter((room) => !files.some(({ name }) => roomOf(name) === room))).toEqual([])
    expect(
      broken(({ name }, { specifier }) => {
        const target = specifier.startsWith('.') ? targetOf(name, specifier) : ''
        const [from, to] = [roomOf(name), roomOf(target)]
        if (moduleOf(target) !== moduleOf(name) || from === to || !rooms[from]) return null
        return rooms[from].includes(to) ? null : `may not import ${target}`
      }),
    ).toEqual([])
  })

  it('import files that exist, by their full name', () => {
    const names = new Set(files.map((file) => file.name))
    expect(
      broken((file, { specifier }) =>
        specifier.startsWith('.') && !names.has(targetOf(file.name, specifier))
          ? `imports ${specifier}, which is not in src`
          : null,
      ),
    ).toEqual([])
  })

  it('load nothing by a computed name', () => {
    expect(
      broken((_, { specifier }) => (specifier === '' ? 'imports what only a run can tell' : null)),
    ).toEqual([])
  })

  it('leave the disk to those that are handed a host', () => {
    expect(
      broken((file, { specifier }) =>
        specifier.startsWith('.') &&
        moduleOf(targetOf(file.name, specifier)) === 'host' &&
        moduleOf(file.name) !== 'host' &&
        !covers(readers, file.name)
          ? 'may not see the host'
          : null,
      ),
    ).toEqual([])
  })

  it('import packages only where the table allows it', () => {
    expect(
      broken((file, { specifier }) => {
        if (specifier === '' || specifier.startsWith('.')) return null
        return covers(packages[packageOf(specifier)] ?? [], file.name) ? null : `may not import ${specifier}`
      }),
    ).toEqual([])
  })

  it('do not import in a circle, of types neither', () => {
    const graph = new Map(
      files.map((file) => [
        file.name,
        file.imports.filter((i) => i.specifier.startsWith('.')).map((i) => targetOf(file.name, i.specifier)),
      ]),
    )
    const circles: string[] = []
    const done = new Set<string>()
    const visit = (name: string, trail: readonly string[]): void => {
      if (trail.includes(name)) circles.push([...trail.slice(trail.indexOf(name)), name].join(' → '))
      if (done.has(name) || trail.includes(name)) return
      for (const next of graph.get(name) ?? []) visit(next, [...trail, name])
      done.add(name)
    }
    for (const name of graph.keys()) visit(name, [])
    expect(circles).toEqual([])
  })
})

describe('every file of src', () => {
  const lines = files.flatMap((file) =>
    file.text.split('\n').map((text, i) => ({ file: file.name, text, at: `src/${file.name}:${i + 1}` })),
  )
  const code = lines.filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line.text))

  it('is TypeScript, or the looks of the page, and has a name in kebab-case', () => {
    const usual = /^(?:(?:[a-z0-9-]+\/)*[a-z0-9-]+\.ts|page\/view\/style\/[a-z]+\.css)$/
    expect(files.map((file) => file.name).filter((name) => !usual.test(name))).toEqual([])
  })

  it('has at most 600 lines', () => {
    expect(files.filter((file) => file.text.split('\n').length > 601).map((file) => file.name)).toEqual([])
  })

  it('leaves the process and the console to the command line', () => {
    const used = code.filter(
      (line) =>
        line.file !== 'cli.ts' && /(?<![\w.'"`$-])(?:process|console|globalThis)\s*[.[?]/.test(line.text),
    )
    expect(used.map((line) => line.at)).toEqual([])
  })

  it('sorts the same in every locale', () => {
    expect(
      code.filter((line) => /\blocaleCompare\b|\bIntl\./.test(line.text)).map((line) => line.at),
    ).toEqual([])
  })
})

describe('what a file of src exports', () => {
  const test = import.meta.dirname
  const readers = [
    ...files,
    ...fs
      .readdirSync(test, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll(path.sep, '/'))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => ({ name: `../test/${name}`, text: fs.readFileSync(path.join(test, name), 'utf8') })),
  ]
  /** `file name` of what is taken from another file; of a file that is loaded dynamically, every word of the one that does. */
  const taken = new Set(
    readers.flatMap(({ name, text }) => {
      const source = (specifier: string) => targetOf(name, specifier).replace(/^\.\.\/src\//, '')
      const listed = [
        ...text.matchAll(/^(?:import|export)\s+[^'{;]*\{([^}]*)\}\s*from\s*'(\.[^']+)'/gm),
      ].flatMap(([, names = '', specifier = '']) =>
        names
          .split(',')
          .map((one) => `${source(specifier)} ${/\w+/.exec(one.replace(/^\s*type\s/, ''))?.[0]}`),
      )
      const loaded = [...text.matchAll(/\bimport\(\s*'(\.[^']+)'/g)].flatMap(([, specifier = '']) =>
        (text.match(/\w+/g) ?? []).map((word) => `${source(specifier)} ${word}`),
      )
      return [...listed, ...loaded]
    }),
  )

  it('is taken by another file, where it is a function, a class or a constant', () => {
    const exported = files
      .filter(({ name }) => name !== 'index.ts' && name !== 'version.ts')
      .flatMap(({ name, text }) =>
        [...text.matchAll(/^export (?:async )?(?:function\*?|class|const|let) (\w+)/gm)].map(
          (m) => `${name} ${m[1]}`,
        ),
      )
    expect(exported.length).toBeGreaterThan(500)
    expect(exported.filter((one) => !taken.has(one))).toEqual([])
  })
})

describe('the scanner of imports', () => {
  it('sees every form, and no text that only looks like one', () => {
    const text = [
      "import a from 'a'",
      "import type { B } from './b.ts'",
      "import d, { type D } from 'd'",
      'import {',
      '  e,',
      "} from './e.ts'",
      "import * as f from 'f'",
      "import 'g'",
      "export { h } from './h.ts'",
      "export type { I } from './i.ts'",
      "export * from './j.ts'",
      "export * as k from './k.ts'",
      "const l = await import('l')",
      "type M = typeof import('m')",
      "const n = 'from o'",
      "export const p = 'q'",
      "// import r from 'r'",
      " * see import('s')",
      'await import(name)',
    ].join('\n')
    const seen = importsOf(text).map((i) => `${i.typeOnly ? 'type ' : ''}${i.specifier}`)
    expect(seen).toEqual([
      ...['a', 'type ./b.ts', 'd', './e.ts', 'f', 'g', './h.ts', 'type ./i.ts', './j.ts', './k.ts'],
      ...['l', 'type m', ''],
    ])
  })
})
