import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareLists } from '../../src/ignore/compare.ts'
import { compilePatterns, createPatternList } from '../../src/ignore/matcher.ts'
import {
  droppedBy,
  includes,
  matchesNothingEver,
  meet,
  type NamedOptions,
  namedBy,
  shortestOf,
} from '../../src/ignore/meets.ts'
import type { Pattern } from '../../src/ignore/pattern.ts'
import { fullEffort } from '../../src/ignore/search.ts'
import { matchGlob } from '../../src/lib/glob.ts'
import { patterns as lists } from '../laws/arbitrary.ts'

function pattern(text: string): Pattern {
  const [found] = compilePatterns([text]).patterns
  if (!found) throw new Error(`no pattern: ${text}`)
  return found
}

const named = (source: string, kind: NamedOptions['kind'] = 'glob', below = true) =>
  namedBy(source, { kind, below })

/** What drops it, by the patterns of the walk: the path or a parent of it. */
function isDropped(one: Pattern, path: string): boolean {
  const list = createPatternList([{ ...one, negated: false }])
  return list.matched(list.judge(path).verdict)
}

/** All paths of up to three names over a few characters. */
const names = ['a', 'b', 'c', 'ab', 'bc', 'cb', '.b', 'a.b', 'd']
const paths = names.flatMap((first) => [
  first,
  ...names.flatMap((second) => [
    `${first}/${second}`,
    ...names.map((third) => `${first}/${second}/${third}`),
  ]),
])

describe('where a line and a source meet', () => {
  it.each<[string, string, string]>([
    ['**/dist', 'dist/', 'dist'],
    ['**/dist', 'services/api', 'services/api/dist'],
    ['dist/*.map', 'dist', 'dist/.map'],
    ['src', 'src/app/main.ts', 'src/app/main.ts'],
    ['*.md', 'README*', 'README.md'],
    ['**/*.sql', 'db/[0-9]*_up.sql', 'db/0_up.sql'],
    ['**', 'a', 'a'],
    ['**/target', 'target/*.jar', 'target/.jar'],
  ])('%s may drop what COPY %s takes', (line, source, witness) => {
    const met = meet(droppedBy(pattern(line)), named(source))
    expect(met).toEqual({ kind: 'meet', witness })
  })

  it.each([
    ['**/node_modules', 'package.json'],
    ['dist', 'dist2'],
    ['*.md', 'docs/*.txt'],
    ['*.log', 'README.md'],
    ['a/*/c', 'a/b/d/[^c]'],
    ['../x', 'x'],
    ['*/*.md', 'README.md'],
    // Two stars are no directories in a source.
    ['a/b/c', '**/c'],
  ])('%s can never drop what COPY %s takes', (line, source) => {
    const [one, other] = [droppedBy(pattern(line)), namedBy(source, { kind: 'glob', below: false })]
    expect(meet(one, other)).toEqual({ kind: 'disjoint' })
    expect(meet(other, one)).toEqual({ kind: 'disjoint' })
  })

  it('takes what lies below a source into account only where it is asked to', () => {
    const line = droppedBy(pattern('**/node_modules'))
    expect(meet(line, named('packages'))).toEqual({ kind: 'meet', witness: 'packages/node_modules' })
    expect(meet(line, named('packages', 'glob', false))).toEqual({ kind: 'disjoint' })
  })

  it('takes the whole context for everything, and for no path of its own', () => {
    const line = droppedBy(pattern('x'))
    for (const source of ['.', '/', './', '..', ''])
      expect([source, meet(line, named(source)).kind, meet(line, named(source, 'glob', false)).kind]).toEqual(
        [source, 'meet', 'disjoint'],
      )
  })

  it('takes a plain source as it is, wildcards and all', () => {
    expect(meet(droppedBy(pattern('d/a')), named('d/*', 'plain')).kind).toBe('disjoint')
    expect(meet(droppedBy(pattern('d/\\*')), named('d/*', 'plain')).kind).toBe('meet')
  })

  it('keeps the backslashes of what stands before the first wildcard', () => {
    expect(meet(droppedBy(pattern('a\\\\*')), named('a\\*/b*', 'glob')).kind).toBe('meet')
    expect(meet(droppedBy(pattern('a\\*')), named('a\\*/b*', 'glob')).kind).toBe('disjoint')
  })

  it('reads a source of --parents as a pattern behind its pivot', () => {
    const source = 'services/*/./**/package.json'
    const of = (line: string) => meet(droppedBy(pattern(line)), named(source, 'pattern', false))
    const met = of('**/test/package.json')
    expect(met.kind === 'meet' && met.witness).toMatch(/^services\/(?:.*\/)?test\/package\.json$/)
    expect(of('packages')).toEqual({ kind: 'disjoint' })
    expect(of('services/*/*/*.ts').kind).toBe('meet')
    expect(meet(droppedBy(pattern('a')), named('**/b', 'pattern')).kind).toBe('meet')
    expect(meet(droppedBy(pattern('a')), named('b/./', 'pattern')).kind).toBe('disjoint')
  })

  it.each(['[', 'a[', 'd/[]a]', 'a\\'])('rules nothing out for the source %s, which is none', (source) => {
    expect(meet(droppedBy(pattern('x')), named(`${source}*`, 'glob')).kind === 'meet').toBe(source !== 'a\\')
  })

  it('rules nothing out for word boundaries, categories and what docker cannot evaluate', () => {
    for (const line of ['\\bx', '[b-a]', '\\pLx'])
      expect(meet(droppedBy(pattern(line)), named('y'))).toEqual({ kind: 'meet', witness: null })
  })

  it('finds the way through classes, escapes and repetitions', () => {
    const met = (line: string, source: string) => meet(droppedBy(pattern(line)), named(source)).kind
    expect(met('[^a-z]', '7')).toBe('meet')
    expect(met('[^a-z]', 'b')).toBe('disjoint')
    expect(met('\\d', '[x-z]')).toBe('disjoint')
    expect(met('[[:upper:]]*', '[R-T]x')).toBe('meet')
    expect(met('[α-γ]*', '[β]')).toBe('meet')
    expect(met('[α-γ]*', '[δ]')).toBe('disjoint')
    // A class is not kept from the separator.
    expect(met('a[^b]c', 'a/c')).toBe('meet')
  })

  it('never makes up a name that no tree can have', () => {
    for (const line of ['..', 'a/../..', '../x', '.', '/'])
      expect([line, matchesNothingEver(pattern(line))]).toEqual([line, true])
    expect(matchesNothingEver(pattern('?'))).toBe(false)
    expect(shortestOf(droppedBy(pattern('?')), fullEffort())).toBe('a')
    expect(shortestOf(droppedBy(pattern('.?')), fullEffort())).toBe('.a')
    expect(shortestOf(droppedBy(pattern('a/**')), fullEffort())).toBe('a/b')
  })

  it('ends in good time whatever the patterns are', () => {
    const hostile = [
      `${'*a'.repeat(20_000)}`,
      `${'?'.repeat(3000)}*`,
      `**/${'*/'.repeat(400)}x`,
      '[a-z]*'.repeat(900),
      '*(a?b*'.repeat(300),
    ]
    const before = performance.now()
    for (const line of hostile)
      for (const other of hostile) {
        meet(droppedBy(pattern(line)), named(other))
        includes(pattern(line), pattern(other))
      }
    expect(performance.now() - before).toBeLessThan(30_000)
  }, 90_000)
})

describe('what includes what', () => {
  it.each([
    ['**/a', 'a'],
    ['a', 'a/b'],
    ['a', 'a/**'],
    ['*', 'x/y'],
    ['**', '*'],
    ['*', '**'],
    ['*.log', 'npm-*.log'],
    ['**/*.log', '*.log'],
    ['[a-c]', '[ab]'],
    ['a*', 'a'],
    ['a', '../x'],
    ['!a', 'a/b'],
  ])('%s drops all that %s does', (a, b) => {
    expect(includes(pattern(a), pattern(b))).toBe(true)
  })

  it.each([
    ['a', '**/a'],
    ['a/**', 'a'],
    ['*.log', '**/*.log'],
    ['a/b', 'a'],
    ['*', '\\bx'],
    ['[b-a]', 'a'],
    ['?', '*'],
  ])('%s does not drop all that %s does', (a, b) => {
    expect(includes(pattern(a), pattern(b))).toBe(false)
  })
})

describe('against trying all short paths', () => {
  const line = fc
    .oneof(
      fc.constantFrom('**/a', 'a/*', '*.b', 'a/**/b', '?b', '[ab]c', '**', '*', '**b', 'a**', '*/c', '[^a]b'),
      fc
        .array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[^b]', '**', '/', '/', '.b'), {
          minLength: 1,
          maxLength: 6,
        })
        .map((parts) => parts.join('')),
    )
    .filter((text) => {
      try {
        return compilePatterns([text]).patterns.length === 1
      } catch {
        return false
      }
    })
  const source = fc
    .array(fc.constantFrom('a', 'b', '*', '?', '[ab]', '[^b]c', '**', 'ab', '.b', '*b'), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => parts.join('/'))

  it('finds no two lines disjoint that drop one path, and every witness lies in both', () => {
    fc.assert(
      fc.property(line, line, (one, other) => {
        const [a, b] = [pattern(one), pattern(other)]
        const met = meet(droppedBy(a), droppedBy(b))
        const common = paths.find((path) => isDropped(a, path) && isDropped(b, path))
        if (met.kind === 'disjoint') expect(common).toBeUndefined()
        else {
          const witness = met.witness ?? 'none found'
          expect([witness, isDropped(a, witness), isDropped(b, witness)]).toEqual([witness, true, true])
        }
      }),
      { numRuns: 400 },
    )
  })

  it('finds no line and source disjoint that share a path', () => {
    const takes = (glob: string, path: string) =>
      path.split('/').some((_, i, parts) => matchGlob(glob, parts.slice(0, i + 1).join('/')) === 'match')
    fc.assert(
      fc.property(line, source, (one, glob) => {
        const a = pattern(one)
        const met = meet(droppedBy(a), named(glob))
        const common = paths.find((path) => isDropped(a, path) && takes(glob, path))
        if (met.kind === 'disjoint') expect(common).toBeUndefined()
        else {
          const witness = met.witness ?? 'none found'
          expect([witness, isDropped(a, witness), takes(glob, witness)]).toEqual([witness, true, true])
        }
      }),
      { numRuns: 400 },
    )
  })

  it('calls nothing included that is not, and misses nothing where all short paths agree on a counterexample', () => {
    fc.assert(
      fc.property(line, line, (one, other) => {
        const [a, b] = [pattern(one), pattern(other)]
        const outside = paths.find((path) => isDropped(b, path) && !isDropped(a, path))
        if (includes(a, b)) expect(outside).toBeUndefined()
        else {
          const found = compareLists(
            [
              { ...a, negated: false },
              { ...b, negated: false },
            ],
            [{ ...a, negated: false }],
            {
              wanted: 'let in',
              through: null,
            },
          )
          const path = found.kind === 'path' ? found.path : 'none'
          expect([path, isDropped(b, path), isDropped(a, path)]).toEqual([path, true, false])
        }
      }),
      { numRuns: 400 },
    )
  })

  it('finds two whole lists equal only when no short path tells them apart, by the walk itself', () => {
    fc.assert(
      fc.property(lists, fc.nat(), (texts, at) => {
        fc.pre(texts.length > 0)
        const all = compilePatterns(texts).patterns
        const index = at % all.length
        const rest = all.filter((_, i) => i !== index)
        const [whole, part] = [createPatternList(all), createPatternList(rest)]
        const differs = (path: string) =>
          whole.matched(whole.judge(path).verdict) !== part.matched(part.judge(path).verdict) ||
          whole.judgeByPath(path) !== part.judgeByPath(path)
        const through = all[index] ?? null
        const found = compareLists(all, rest, { wanted: 'any', through })
        if (found.kind === 'none') expect(paths.filter(differs)).toEqual([])
        if (found.kind === 'path') expect([found.path, differs(found.path)]).toEqual([found.path, true])
        expect(compareLists(all, rest, { wanted: 'any', through: null }).kind).toBe(found.kind)
      }),
      { numRuns: 400 },
    )
  })
})
