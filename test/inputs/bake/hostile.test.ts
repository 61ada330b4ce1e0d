/** Definitions made to hang, to fill the memory or to run out of stack: each ends soon, with builds or a problem. */

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../../src/host/memory.ts'
import { readBake } from '../../../src/inputs/bake.ts'

function read(text: string, file = 'docker-bake.hcl') {
  const host = createMemoryHost({ [`/w/${file}`]: text })
  return readBake(host, { files: [file], targets: ['t'], workingDirectory: '/w' })
}

it('does not wait for what a pipe in the place of a file has to say', () => {
  const host = createMemoryHost({ '/w/docker-bake.hcl': { type: 'fifo' } })
  const { problems } = readBake(host, { files: ['docker-bake.hcl'], targets: ['t'], workingDirectory: '/w' })
  expect(problems.map(({ message }) => message)).toEqual(['docker-bake.hcl is not a regular file (column 1)'])
})

const target = (expression: string) => `target "t" {\n  context = ${expression}\n}\n`
const many = (count: number, make: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('\n')

const definitions: Readonly<Record<string, string>> = {
  'a hundred thousand open parentheses': target('('.repeat(100_000)),
  'a hundred thousand open brackets': target('['.repeat(100_000)),
  'a hundred thousand open braces': target('{a='.repeat(100_000)),
  'templates within templates': target('"${'.repeat(50_000)),
  'a hundred thousand minus signs': target(`${'-'.repeat(100_000)}1`),
  'a conditional of a hundred thousand branches': target(`${'true ? 1 : '.repeat(100_000)}1`),
  'a sum of a megabyte': target(`"\${${'1+'.repeat(500_000)}1}"`),
  'calls within calls': target(`${'upper('.repeat(20_000)}"a"${')'.repeat(20_000)}`),
  'a traversal of a megabyte': target(`{}${'.a'.repeat(500_000)}`),
  'directives within directives': target(`"${'%{ if true }'.repeat(20_000)}"`),
  'a line of a megabyte': target(`"${'x'.repeat(1_000_000)}"`),
  'a comment that never ends': `/*${'x'.repeat(1_000_000)}`,
  'blocks within blocks': 'a {\n'.repeat(100_000),
  'a text that doubles with each variable': `${many(60, (i) => `variable "v${i + 1}" {\n  default = "\${v${i}}\${v${i}}"\n}`)}\nvariable "v0" {\n  default = "xxxxxxxxxx"\n}\n${target('v60')}`,
  'a list that doubles with each variable': `${many(60, (i) => `variable "v${i + 1}" {\n  default = [v${i}, v${i}]\n}`)}\nvariable "v0" {\n  default = ["x"]\n}\n${target('jsonencode(v60)')}`,
  'a chain of ten thousand variables': `${many(10_000, (i) => `variable "v${i}" {\n  default = v${i + 1}\n}`)}\nvariable "v10000" {\n  default = "x"\n}\n${target('v0')}`,
  'functions that each call another twice': `${many(60, (i) => `function "f${i + 1}" {\n  params = [x]\n  result = "\${f${i}(x)}\${f${i}(x)}"\n}`)}\nfunction "f0" {\n  params = [x]\n  result = x\n}\n${target('f60("a")')}`,
  'functions that call each other':
    'function "f" {\n  params = [x]\n  result = g(x)\n}\nfunction "g" {\n  params = [x]\n  result = f(x)\n}\ntarget "t" {}\n',
  'variables that refer to each other':
    'variable "a" {\n  default = b\n}\nvariable "b" {\n  default = a\n}\ntarget "t" {}\n',
  'a range of a thousand millions': target('join(",", range(1000000000))'),
  'loops within loops': target(
    'length([for a in range(1000) : [for b in range(1000) : [for c in range(1000) : c]]])',
  ),
  'a product of sets': target('length(setproduct(range(1000), range(1000), range(1000)))'),
  'a matrix of a thousand millions':
    'target "t" {\n  name = "t-${a}-${b}-${c}"\n  matrix = { a = range(1000), b = range(1000), c = range(1000) }\n}\n',
  'an expression that backtracks': target(`regex_replace("${'a'.repeat(5000)}", "(a*)*(a*)*b", "")`),
  'a regular expression that grows': target('regex("((((a{100}){100}){100}){100})", "a")'),
  'a width of a thousand millions': target('format("%1000000000d", 1)'),
  'an exponent of a thousand millions': target('1e1000000000'),
  'a number that squares itself': `${many(40, (i) => `variable "v${i + 1}" {\n  default = v${i} * v${i}\n}`)}\nvariable "v0" {\n  default = 12345678901234567890\n}\n${target('"${v40}"')}`,
  'a replacement that grows': target(
    `replace(replace(replace("${'a'.repeat(1000)}", "a", "${'b'.repeat(1000)}"), "b", "${'c'.repeat(1000)}"), "c", "d")`,
  ),
  'groups of groups': `${many(5000, (i) => `group "g${i}" {\n  targets = ["g${i + 1}"]\n}`)}\ngroup "t" {\n  targets = ["g0"]\n}\ntarget "g5000" {}\n`,
  'groups that fan out': `${many(60, (i) => `group "g${i}" {\n  targets = ["g${i + 1}", "h${i + 1}"]\n}\ngroup "h${i}" {\n  targets = ["g${i + 1}", "h${i + 1}"]\n}`)}\ngroup "t" {\n  targets = ["g0"]\n}\ntarget "g60" {}\ntarget "h60" {}\n`,
  'a chain of inheritance': `${many(5000, (i) => `target "i${i}" {\n  inherits = ["i${i + 1}"]\n}`)}\ntarget "i5000" {}\ntarget "t" {\n  inherits = ["i0"]\n}\n`,
  'a chain of links': `${many(5000, (i) => `target "i${i}" {\n  contexts = { x = "target:i${i + 1}" }\n}`)}\ntarget "i5000" {}\ntarget "t" {\n  contexts = { x = "target:i0" }\n}\n`,
  'twenty thousand targets': `${many(20_000, (i) => `target "x${i}" {\n  context = "c${i}"\n}`)}\ntarget "t" {}\n`,
  'a decoded text that nests': target(`jsondecode("${'['.repeat(50_000)}")`),
  'a hash of a megabyte': target(`sha512("${'a'.repeat(1_000_000)}")`),
}

describe('a hostile definition', () => {
  it.each(Object.entries(definitions))('ends soon: %s', (_, text) => {
    const before = performance.now()
    const { builds, problems } = read(text)
    expect(builds.length + problems.length).toBeGreaterThan(0)
    expect(performance.now() - before).toBeLessThan(8000)
  })

  it('ends in JSON too', () => {
    for (const text of [
      '['.repeat(100_000),
      '{"target":'.repeat(50_000),
      `{"target":{"t":{"context":"${'${'.repeat(50_000)}"}}}`,
    ]) {
      expect(read(text, 'docker-bake.json').problems).toHaveLength(1)
    }
  })

  it('of any text at all is read or refused, and never throws', () => {
    const word = fc.constantFrom(
      ...[
        'target',
        '"t"',
        '{',
        '}',
        '\n',
        '=',
        'context',
        'args',
        '"${',
        '}"',
        '[',
        ']',
        '(',
        ')',
        'for',
        'x',
        'in',
        ':',
        '=>',
      ],
      ...[
        'if',
        '?',
        '...',
        '%{',
        '~',
        '<<EOT\n',
        'EOT\n',
        '*',
        '.',
        '0',
        '"',
        '\\',
        'null',
        'upper',
        ',',
        '==',
        '&&',
        '!',
        '-',
        '#',
        '/*',
      ],
      ...[
        'variable',
        'matrix',
        'name',
        'inherits',
        'é',
        '\r\n',
        'function',
        'params',
        'result',
        'target.t.context',
      ],
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), (words) => {
        const { problems, builds } = read(`target "t" {}\n${words.join(' ')}`)
        expect(problems.length + builds.length).toBeGreaterThan(0)
        expect(read(`target "t" {\n  context = ${words.join(' ')}\n}\n`).problems.length).toBeLessThan(3)
      }),
      { numRuns: 500 },
    )
  })
})
