import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { createIgnoreMatcher } from '../../src/ignore/matcher.ts'
import type { AssertionResult } from '../../src/report.ts'
import { assertionsOf, checked } from './checked.ts'

const tree: MemoryTree = {
  Dockerfile:
    'FROM scratch AS build\nCOPY src conf /src/\nFROM scratch\nCOPY --from=build /src/main.js /\nCOPY certs /certs\n',
  '.dockerignore': 'conf/*\n!conf/dev.json\ndist\n**/*.key\n',
  'src/main.js': 10,
  'src/main.test.js': 20,
  'src/gen/x.js': 30,
  'conf/dev.json': 1,
  'conf/prod.json': 2,
  'certs/ca.pem': 5,
  'certs/own.key': 6,
  'docs/a.md': 7,
  'dist/app/index.js': 8,
  'link.js': { type: 'symlink', target: 'src/main.js' },
}

const results = (says: string, more: MemoryTree = {}): readonly AssertionResult[] =>
  assertionsOf(checked({ ...tree, ...more }, { says }))

/** `conf/**: conf/prod.json ignored .dockerignore:1`, or `src/**: ok 3`. */
const told = ({ pattern, ok, kept, paths }: AssertionResult): string =>
  ok
    ? `${pattern}: ok ${kept.files}`
    : `${pattern}: ${paths
        .map(
          ({ path, because, decidedBy, reach }) =>
            `${path} ${because}${decidedBy ? ` ${decidedBy.file}:${decidedBy.line}` : ''}${reach ? ` ${reach}` : ''}`,
        )
        .join(', ')}`

const must = (patterns: string): readonly string[] => results(`mustShip: ${patterns}`).map(told)
const never = (patterns: string): readonly string[] => results(`neverShip: ${patterns}`).map(told)

describe('what must ship', () => {
  it('is read by an instruction of the build, in whichever stage', () => {
    expect(must('["src/**"]')).toEqual(['src/**: ok 3'])
    expect(must('[src]')).toEqual(['src: ok 3'])
  })

  it('and is dropped is told with the line that dropped it', () => {
    expect(must('["conf/**"]')).toEqual(['conf/**: conf/prod.json ignored .dockerignore:1'])
  })

  it('and is read by nobody is told as that', () => {
    expect(must('["docs/**"]')).toEqual(['docs/**: docs/a.md unread'])
  })

  it('and is not there is told as that, a single file and a pattern alike', () => {
    expect(must('[conf/test.json, "*.html"]')).toEqual([
      'conf/test.json: conf/test.json absent',
      '*.html: *.html absent',
    ])
  })

  it('and lies in a directory that is dropped whole is looked for there', () => {
    expect(must('["dist/**/*.js"]')).toEqual(['dist/**/*.js: dist ignored .dockerignore:3'])
    expect(must('["dist/**/*.css"]')).toEqual(['dist/**/*.css: dist/**/*.css absent'])
    expect(results('mustShip: [dist]')[0]?.paths).toMatchObject([{ path: 'dist', pruned: true, bytes: 0 }])
  })

  it('has exceptions, in the order in which they are written', () => {
    const files = (patterns: string) =>
      results(`mustShip: ${patterns}`).map(({ pattern, kept }) => [pattern, kept.files])
    expect(files('["src/**", "!src/**/*.test.js"]')).toEqual([['src/**', 2]])
    expect(files('["src/**", "!src/gen", "src/gen/x.js"]')).toEqual([
      ['src/**', 2],
      ['src/gen/x.js', 1],
    ])
  })

  it('counts a file for the first pattern that asks for it, and takes no pattern for absent that another covers', () => {
    expect(must('["src/**", src/main.js]')).toEqual(['src/**: ok 3', 'src/main.js: ok 0'])
  })

  it('may be a link', () => {
    expect(must('[link.js]')).toEqual(['link.js: link.js unread'])
  })

  it('is told with the amounts of all, and the first twenty paths', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`docs/${10 + i}`, 2]))
    const [one] = results('mustShip: ["docs/[0-9]*"]', many)
    expect([one?.broken, one?.paths.length, one?.paths[0]?.path]).toEqual([
      { files: 30, bytes: 60 },
      20,
      'docs/10',
    ])
  })

  it('is asked of with the note that a pattern without a slash is one for the top', () => {
    expect(results('mustShip: ["*.pem"]')[0]?.note).toBe(
      'it is about the top of the context alone; **/*.pem is about certs/ca.pem too',
    )
    expect(results('mustShip: ["**/*.pem"]')[0]?.note).toBe(null)
  })
})

describe('what must never ship', () => {
  it('is told with how far it gets and by which instruction', () => {
    expect(never('["**/*.pem", "conf/*"]')).toEqual([
      '**/*.pem: certs/ca.pem ships image',
      'conf/*: conf/dev.json ships cache',
    ])
    expect(results('neverShip: ["**/*.pem"]')[0]?.paths[0]?.reads).toEqual([
      { line: 5, text: 'COPY certs /certs' },
    ])
  })

  it('holds for what is dropped, and for what nobody reads', () => {
    expect(never('["**/*.key", "docs/**", "dist/**", nothing]')).toEqual([
      '**/*.key: ok 1',
      'docs/**: ok 1',
      'dist/**: ok 0',
      'nothing: ok 0',
    ])
  })

  it('has exceptions', () => {
    expect(never('["certs/**", "!certs/ca.pem"]')).toEqual(['certs/**: ok 1'])
  })

  it('tells of what ships below although the pattern is one for the top', () => {
    const [one] = results('neverShip: ["*.pem"]')
    expect([one?.ok, one?.note]).toEqual([
      true,
      'it is about the top of the context alone; **/*.pem is about certs/ca.pem too',
    ])
    expect(results('neverShip: ["*.key"]')[0]?.note).toBe(null)
  })
})

describe('a pattern', () => {
  it('is read as one of a .dockerignore is: anchored, a directory with all that is in it', () => {
    expect(must('[/src/gen/, ./conf/dev.json, "s?c/[m]ain.js"]')).toEqual([
      '/src/gen/: ok 1',
      './conf/dev.json: ok 1',
      's?c/[m]ain.js: ok 1',
    ])
  })

  it('asks for the files that a .dockerignore of the same lines would drop', () => {
    const name = fc.constantFrom('a', 'b', 'ab', 'c')
    const paths = fc.array(
      fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
      { maxLength: 8 },
    )
    const part = fc.constantFrom('a', 'b', '*', '**', '?', 'a*', 'c')
    const line = fc
      .tuple(fc.boolean(), fc.array(part, { minLength: 1, maxLength: 3 }))
      .map(([isException, parts]) => `${isException ? '!' : ''}${parts.join('/')}`)
    fc.assert(
      fc.property(paths, fc.array(line, { minLength: 1, maxLength: 5 }), (files, lines) => {
        fc.pre(lines[0]?.startsWith('!') === false)
        // A path that is a directory for another is none of a file.
        const leaves = [...new Set(files)].filter(
          (one) => !files.some((other) => other.startsWith(`${one}/`)),
        )
        const more = Object.fromEntries(leaves.map((path) => [path, 1]))
        const report = checked(
          { Dockerfile: 'FROM scratch\nCOPY . /\n', ...more },
          { says: JSON.stringify({ mustShip: lines }) },
        )
        const asked = assertionsOf(report).reduce(
          (sum, { kept, broken }) => sum + kept.files + broken.files,
          0,
        )
        const { ignores } = createIgnoreMatcher(lines)
        expect(asked).toBe(['Dockerfile', ...leaves].filter(ignores).length)
      }),
    )
  })

  it('costs no more than a look at each entry, whatever it is', () => {
    const pattern = `${'*a'.repeat(40)}*b`
    const from = performance.now()
    results(`neverShip: ["**/${pattern}"]`, { ['a'.repeat(200)]: 1 })
    expect(performance.now() - from).toBeLessThan(2000)
  })
})
