import { describe, expect, it } from 'vitest'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import { planBuild } from '../../src/dockerfile/plan.ts'
import { compilePatterns, createIgnoreMatcher } from '../../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { reachOfBuildkit } from '../../src/ignore/reach.ts'
import { readYaml } from '../../src/inputs/yaml.ts'
import { readMakefile } from '../../src/repository/makefile.ts'
import { readYaml as readYamlTree } from '../../src/repository/yaml-tree.ts'
import { readShell } from '../../src/shell/read.ts'
import { scanTree } from '../scan-tree.ts'
import { proposeFor } from '../suggest/propose-tree.ts'

/** Far above what the work takes, far below what an exponential or quadratic way would. */
const generousMs = 10_000

/** Milliseconds of the processor: a machine that does other things besides must not decide. */
function took(work: () => void): number {
  const before = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

describe('no pattern takes exponential time', () => {
  const long = 'a'.repeat(4000)
  it.each([
    ['stars between letters', '*a'.repeat(500)],
    ['stars between question marks', '*?'.repeat(500)],
    ['optional directories', `${'**/'.repeat(1)}${'a/**/'.repeat(400)}b`],
    ['optional directories within a name', `${'a**'.repeat(400)}b`],
    ['classes that overlap', `${'*[ab]*[^b]'.repeat(200)}c`],
    ['the choice of every place from the end', `*b${'?'.repeat(60)}`],
    ['word boundaries', `${'*\\b*'.repeat(20)}c`],
    ['a star inside a class', `${'[*]'.repeat(500)}b`],
    ['quoted text', `*\\Q${'a'.repeat(500)}\\E*b`],
  ])('on long names: %s', (_, pattern) => {
    const matcher = createIgnoreMatcher([pattern])
    const paths = [long, `${long}b`, 'ab'.repeat(2000), 'a/'.repeat(300).concat('a'), 'b'.repeat(4000)]
    expect(
      took(() => {
        for (const path of paths) matcher.ignores(path)
      }),
    ).toBeLessThan(generousMs)
  })

  it('on a line as long as a line may be', () => {
    const patterns = ['*a', '**/a/', '[ab]?', '\\*', 'a/'].map((piece) =>
      piece.repeat(Math.floor(65_000 / piece.length)),
    )
    expect(
      took(() => {
        const { compiled, problems } = parseIgnoreFile(patterns.join('\n'))
        expect([compiled.length, problems]).toEqual([5, []])
        const matcher = createIgnoreMatcher(patterns)
        for (const path of ['a', 'ab'.repeat(100), 'a/b/a']) matcher.ignores(path)
      }),
    ).toBeLessThan(generousMs)
  })

  it('in working out what lies below a negation as deep as a line allows', () => {
    const texts = Array.from({ length: 5 }, (_, index) => `${index}/${'a/'.repeat(32_000)}b`)
    expect(
      took(() => {
        const reach = reachOfBuildkit(texts)
        expect([reach('0/a'), reach('b')]).toEqual([true, false])
      }),
    ).toBeLessThan(generousMs)
  })
})

describe('a hundred thousand patterns', () => {
  const many = (make: (index: number) => string) => Array.from({ length: 100_000 }, (_, index) => make(index))
  const paths = Array.from({ length: 5000 }, (_, index) => `dir${index}/file${index}.txt`)

  it.each([
    ['plain names', many((index) => `dir${index}/file${index}.txt`)],
    ['words within, every other one let in again', many((index) => `${index % 2 ? '!' : ''}**/*e${index}.*`)],
  ])('compile and match %s in linear time', (_, patterns) => {
    let hits = 0
    expect(
      took(() => {
        const list = compilePatterns(patterns)
        for (const path of paths) if (list.judge(path).verdict >= 0) hits++
      }),
    ).toBeLessThan(generousMs)
    expect(hits).toBeGreaterThan(0)
  })
})

describe('no Dockerfile takes exponential time', () => {
  const plan = (text: string) =>
    planBuild(parseDockerfile(text, 'Dockerfile'), {
      target: null,
      buildArgs: new Map(),
      platform: 'linux/amd64',
      buildPlatform: 'linux/amd64',
      namedContexts: new Map(),
    })

  it('of ten thousand stages, each made of two before it', () => {
    const stages = Array.from({ length: 10_000 }, (_, i) =>
      i < 2
        ? `FROM scratch AS s${i}\nCOPY f${i} /`
        : `FROM s${i - 1} AS s${i}\nCOPY --from=s${i - 2} / /\nCOPY f${i} /`,
    )
    expect(
      took(() => {
        expect(plan(stages.join('\n')).reads.length).toBeGreaterThan(10_000)
      }),
    ).toBeLessThan(generousMs)
  })

  it.each([
    ['a value that doubles itself', `FROM scratch\nENV A=aa\n${'ENV A=$A$A\n'.repeat(60)}COPY $A /\n`],
    [
      'operators that remove what many stars match',
      `FROM scratch\nENV A=${'ab'.repeat(2000)}\nCOPY \${A//*a*a*a*a*b*c/} \${A%%*a*a*a*a*c} /\n`,
    ],
    ['operators within operators', `FROM scratch\nCOPY ${'${A:-'.repeat(2000)}x${'}'.repeat(2000)} /\n`],
    ['a line of a megabyte', `FROM scratch\nRUN ${'a '.repeat(500_000)}\n`],
    ['a line that goes on ten thousand times', `FROM scratch\nRUN a ${'\\\n b'.repeat(10_000)}\n`],
    ['a heredoc in every word', `FROM scratch\nRUN ${'<<A '.repeat(5000)}\n${'A\n'.repeat(5000)}`],
  ])('with %s', (_, text) => {
    expect(
      took(() => {
        expect(parseDockerfile(text, 'Dockerfile').instructions.length).toBeGreaterThan(0)
        plan(text)
      }),
    ).toBeLessThan(generousMs)
  })
})

describe('no Dockerfile is thought about without end', () => {
  const project = {
    'package.json': '{"name":"a"}',
    'package-lock.json': '{"lockfileVersion":3,"packages":{}}',
    'src/a.ts': 'a',
  }
  it.each([
    ['2,500 copies with an install after each', `FROM node:22\n${'COPY . .\nRUN npm ci\n'.repeat(2500)}`],
    [
      '2,000 stages, each made of two before it',
      Array.from({ length: 2000 }, (_, i) =>
        i < 2
          ? `FROM scratch AS s${i}\nCOPY src /\n`
          : `FROM s${i - 1} AS s${i}\nCOPY --from=s${i - 2} / /\nCOPY package.json /\n`,
      ).join(''),
    ],
  ])('of %s', (_, dockerfile) => {
    expect(
      took(() => {
        const tracked = { ...project, Dockerfile: dockerfile }
        const { lines, moves, left } = proposeFor({ tracked, untracked: { 'coverage/lcov.info': 'a' } })
        expect([lines, moves]).toEqual([[], []])
        expect(left).toContainEqual(
          expect.stringMatching(/^coverage: .*has more instructions than are looked through$/),
        )
      }),
    ).toBeLessThan(generousMs)
  })

  it.each([
    ['a hundred copies with an install after each', 'COPY . .\nRUN npm ci\n'.repeat(100)],
    ['a script of two thousand commands', `COPY . .\nRUN ${'npm run a && cp -r b c && '.repeat(1000)}true\n`],
    ['a copy of two thousand sources', `COPY ${'src/a.ts '.repeat(2000)}/x/\nRUN npm ci\n`],
  ])('of %s', (_, text) => {
    expect(
      took(() => {
        expect(proposeFor({ tracked: { ...project, Dockerfile: `FROM node:22\n${text}` } })).toBeDefined()
      }),
    ).toBeLessThan(generousMs)
  })
})

describe('no tree takes exponential time', () => {
  it('whose links lead through each other twice at every step', () => {
    const links = Array.from({ length: 60 }, (_, i) => [
      `l${i}`,
      { type: 'symlink' as const, target: `l${i + 1}/../l${i + 1}` },
    ])
    const tree = { ...Object.fromEntries(links), 'l60/f': 1, Dockerfile: 'FROM scratch\nCOPY l0/f /\n' }
    expect(took(() => void expect(scanTree(tree).report).toBeDefined())).toBeLessThan(generousMs)
  })

  it('that a source with many stars is looked for in', () => {
    const files = Array.from({ length: 400 }, (_, i) => [
      `a${i % 20}/${'a'.repeat(60)}${i}/${'a'.repeat(100)}`,
      1,
    ])
    const dockerfile = `FROM scratch\nCOPY *a*/${'*a'.repeat(20)}*/${'*a'.repeat(30)}*b /\nCOPY */*/*a*a*a*a /x/\n`
    const tree = { ...Object.fromEntries(files), Dockerfile: dockerfile }
    expect(took(() => void expect(scanTree(tree).report).toBeDefined())).toBeLessThan(generousMs)
  })
})

describe('no other text takes more than linear time', () => {
  const megabyte = 1_000_000
  it.each([
    ['closing brackets in YAML', `{a:\tb:c:'d:}?\n\n  ${']'.repeat(megabyte)}`],
    [
      'aliases that multiply each other',
      Array.from({ length: 30 }, (_, i) =>
        i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`,
      ).join('\n'),
    ],
    ['levels of YAML', '['.repeat(20_000)],
    ['a line of YAML of a megabyte', `a: ${'b '.repeat(megabyte / 2)}`],
  ])('%s', (_, text) => {
    expect(
      took(() => {
        expect(readYaml(text, 'f').documents.length).toBeLessThan(2)
        readYamlTree(text)
      }),
    ).toBeLessThan(generousMs)
  })

  it.each([
    ['words', 'a '.repeat(megabyte / 2)],
    ['substitutions that are never closed', '$('.repeat(20_000)],
    ['quotes', `"'`.repeat(megabyte / 20)],
    ['documents that never end', '<<A '.repeat(20_000)],
  ])('a line of shell of a megabyte: %s', (_, text) => {
    expect(
      took(() => {
        expect(readShell(text).commands.length).toBeGreaterThanOrEqual(0)
        readMakefile(`a:\n\t${text}\n`, 'Makefile')
      }),
    ).toBeLessThan(generousMs)
  })
})
