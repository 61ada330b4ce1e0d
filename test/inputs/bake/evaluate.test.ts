import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../../src/host/memory.ts'
import { readBake } from '../../../src/inputs/bake.ts'

function read(text: string, environment: Readonly<Record<string, string>> = {}, file = 'docker-bake.hcl') {
  const host = createMemoryHost({ [`/w/${file}`]: text }, environment)
  return readBake(host, { files: [file], targets: ['t'], workingDirectory: '/w' })
}

/** The value of an expression as an argument of a target; null when it is refused. */
function value(expression: string): string | null | undefined {
  const { builds, problems } = read(`target "t" {\n  args = {\n    V = ${expression}\n  }\n}\n`)
  return problems.length > 0 ? null : builds[0]?.args['V']
}

const quoted = (text: string) =>
  `"${[...text]
    .map((point) => {
      const code = point.codePointAt(0) ?? 0
      if (point === '$' || point === '%' || point === '"' || point === '\\' || code < 32) {
        return `\\u${code.toString(16).padStart(4, '0')}`
      }
      return point
    })
    .join('')}"`

describe('expressions', () => {
  it.each([
    ['1 - 2 - 3', '-4'],
    ['2 * 3 % 4', '2'],
    ['-7 % 3', '-1'],
    ['0.1 + 0.2', '0.3'],
    ['2 / 3 * 3', '2'],
    ['1e3', '1000'],
    ['format("%v", 1000000)', '1e+06'],
    ['format("%8.3f|%-6d|%+d|%x|%e", 3.14159, 42, 7, 255, 12345)', '   3.142|42    |+7|ff|1.234500e+04'],
    ['format("%[2]s %[1]s", "a", "b")', 'b a'],
    [
      'jsonencode({a = "<b>", n = 1.50, l = [null, true]})',
      '{"a":"\\u003cb\\u003e","l":[null,true],"n":1.5}',
    ],
    ['jsondecode("{\\"a\\": [1, {\\"b\\": 12345678901234567890}]}").a[1].b', '12345678901234567890'],
    ['join(",", [for k, v in {b = 1, a = 2} : "${k}${v}"])', 'a2,b1'],
    ['{for s in ["a1", "b1", "a2"] : substr(s, 0, 1) => s...}["a"][1]', 'a2'],
    ['[{n = "x"}, {n = "y"}][*].n[1]', null],
    ['[{n = ["x", "y"]}][*].n[1][0]', null],
    ['join("", [{n = ["x", "y"]}][*].n[1])', 'y'],
    ['join("", [{n = ["p"]}, {n = ["q"]}].*.n[0])', 'p'],
    ['try(NOPE, "fallback")', 'fallback'],
    ['can(1 / 0)', 'false'],
    ['false && NOPE', 'false'],
    ['true && NOPE', null],
    ['[1][9] == 1 || true', 'true'],
    ['null && true', null],
    ['false && [1][9] == 1', 'false'],
    ['true ? "a" : [1][9]', 'a'],
    ['regexall("[0-9]+", "a1b22")[1]', '22'],
    ['regex("(a|ab)(c|bcd)(d*)", "abcd")[1]', 'bcd'],
    ['regex_replace("héllo wörld", "\\\\pL+", "<$0>")', '<héllo> <wörld>'],
    ['regex_replace("aaa", "a*?", "-")', '-a-a-a-'],
    ['strlen("e\\u0301👩\\u200d👩")', '2'],
    ['title("it\'s a-b_c")', "It'S A-B_c"],
    [
      'formatdate("EEEE, DD MMM YYYY hh:mm:ss ZZZZ \'at\'", "2024-02-29T23:05:09+02:00")',
      'Thursday, 29 Feb 2024 23:05:09 +0200 at',
    ],
    ['timeadd("2023-12-31T23:59:59Z", "1h30m2s")', '2024-01-01T01:30:01Z'],
    ['cidrsubnet("10.0.0.0/8", 8, 2)', '10.2.0.0/16'],
    ['cidrhost("2001:db8::/32", 10)', '2001:db8::a'],
    ['join(" ", cidrsubnets("10.0.0.0/16", 4, 8))', '10.0.0.0/20 10.0.16.0/24'],
    ['uuidv5("dns", "www.example.com")', '2ed6657d-e927-568b-95e1-2665a8aea6a2'],
    [
      'sha512("")',
      'cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e',
    ],
    ['parseint("-zz", 36)', '-1295'],
    ['ceil(-1.5)', '-1'],
    ['coalesce(null, 1, "a")', '1'],
    ['merge({a = "1"}, null, {b = "2"}).b', '2'],
    ['length(setproduct(["a", "b"], [1, 2, 3]))', '6'],
    ['indent(2, "a\\nb")', 'a\n  b'],
    ['"%{ for i, x in ["a", "b"] ~}  ${i}${x}  %{~ endfor }"', '0a1b'],
    ['upper("straße")', 'STRAßE'],
  ])('%s', (expression, wanted) => {
    expect(value(expression)).toBe(wanted)
  })

  it('give a text back as it was written, in composed form', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(value(quoted(text))).toBe(text.normalize('NFC'))
      }),
    )
  })

  it('hash as everybody does', () => {
    const names = ['md5', 'sha1', 'sha256', 'sha512'] as const
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii', maxLength: 300 }), (text) => {
        for (const name of names) {
          expect(value(`${name}(${quoted(text)})`)).toBe(createHash(name).update(text).digest('hex'))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('add, subtract and multiply whole numbers of any size exactly', () => {
    const whole = fc.bigInt({ min: -(2n ** 200n), max: 2n ** 200n })
    fc.assert(
      fc.property(whole, whole, (a, b) => {
        expect(value(`(${a}) + (${b})`)).toBe(String(a + b))
        expect(value(`(${a}) - (${b})`)).toBe(String(a - b))
        expect(value(`(${a}) * (${b})`)).toBe(String(a * b))
      }),
      { numRuns: 50 },
    )
  })

  it('print a decimal number as it was written, without its idle zeros', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat({ max: 999_999 }), (before, after) => {
        const written = `${before}.${String(after).padStart(6, '0')}`
        expect(value(written)).toBe(written.replace(/\.?0+$/, '') || '0')
      }),
    )
  })

  it('match as JavaScript does where the two agree', () => {
    const piece = fc.constantFrom('a', 'b', '[ab]', '.', '(a|b)', '(?:ab)?', 'a+', 'b*', 'a{1,2}?', '^', '$')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), fc.stringMatching(/^[abc]{0,8}$/), (pieces, subject) => {
        const pattern = pieces.join('')
        const found = value(`join("|", [for m in regexall("${pattern}", "${subject}") : jsonencode(m)])`)
        const groups = (m: RegExpMatchArray) => (m.length > 1 ? m.slice(1).map((g) => g ?? null) : m[0])
        const matches = [...subject.matchAll(new RegExp(pattern, 'g'))]
        // Go leaves out an empty match right behind another one.
        const kept = matches.filter((m, i) => {
          const before = matches[i - 1]
          return m[0] !== '' || !before || before[0] === '' || before.index + before[0].length !== m.index
        })
        expect(found).toBe(kept.map((m) => JSON.stringify(groups(m))).join('|'))
      }),
    )
  })
})

describe('what only a run of bake can tell', () => {
  it('is left out of the arguments and named with its place', () => {
    const { builds, open, problems } = read(
      'variable "AT" {\n  default = timestamp()\n}\ntarget "t" {\n  args = {\n    AT = "at ${AT}"\n    V = "1"\n  }\n}\n',
    )
    expect(problems).toEqual([])
    expect(builds[0]?.args).toEqual({ V: '1' })
    expect(open).toMatchObject([{ at: { file: 'docker-bake.hcl', line: 5 } }])
    expect(open[0]?.why).toContain('timestamp()')
  })

  it('makes a build open when its context depends on it', () => {
    const { builds, open } = read('target "t" {\n  context = "out/${uuidv4()}"\n}\n')
    expect(builds).toEqual([])
    expect(open).toMatchObject([{ at: { file: 'docker-bake.hcl', line: 2 } }])
  })

  it('does no harm where nothing of what is sent depends on it', () => {
    const { builds, open } = read('target "t" {\n  tags = ["a:${timestamp()}"]\n}\n')
    expect(builds).toHaveLength(1)
    expect(open).toEqual([])
  })
})

describe('a file that goes wrong', () => {
  it('is refused with line and column', () => {
    const { problems, builds } = read('target "t" {\n  context = NOPE\n}\n')
    expect(builds).toEqual([])
    expect(problems).toMatchObject([{ code: 'bake-refused', at: { file: 'docker-bake.hcl', line: 2 } }])
    expect(problems[0]?.message).toContain('(column 13)')
  })

  it('is refused in JSON at the line of the string', () => {
    const { problems } = read('{\n  "target": {\n    "t": {"context": "a${"}\n  }\n}', {}, 'docker-bake.json')
    expect(problems).toMatchObject([{ code: 'bake-refused', at: { file: 'docker-bake.json', line: 3 } }])
  })

  it('is refused when it is not UTF-8, not there, or a directory', () => {
    const host = createMemoryHost({ '/w/a.hcl': Uint8Array.of(0x23, 0xff), '/w/d.hcl': { type: 'dir' } })
    for (const file of ['a.hcl', 'd.hcl', 'nowhere.hcl']) {
      const { problems } = readBake(host, { files: [file], targets: [], workingDirectory: '/w' })
      expect(problems).toMatchObject([{ code: 'bake-refused', at: { file } }])
    }
  })

  it('names a missing secret file and still tells the build', () => {
    const { builds, problems } = read('target "t" {\n  secret = ["id=a,src=./nope"]\n}\n')
    expect(builds).toHaveLength(1)
    expect(problems).toMatchObject([{ code: 'bake-lacks', at: { line: 1 } }])
  })
})

describe('variables', () => {
  it.each([
    ['list(number)', '1,2', '[1,2]'],
    ['set(string)', 'b,a,b', '["a","b"]'],
    ['map(bool)', 'x:true,y:0', '{"x":true,"y":false}'],
    ['tuple([string, number])', 'a,2', '["a",2]'],
    ['list(string)', '"a,b",c', '["a,b","c"]'],
  ])('of type %s take %s from the environment', (type, given, wanted) => {
    const text = `variable "V" {\n  type = ${type}\n}\ntarget "t" {\n  args = { J = jsonencode(V) }\n}\n`
    expect(read(text, { V: given }).builds[0]?.args).toEqual({ J: wanted })
  })

  it('prefer NAME_JSON when they have a type', () => {
    const text =
      'variable "V" {\n  type = object({a = string, b = optional(number)})\n}\ntarget "t" {\n  args = { J = jsonencode(V) }\n}\n'
    expect(read(text, { V: 'x', V_JSON: '{"a":"q"}' }).builds[0]?.args).toEqual({ J: '{"a":"q","b":null}' })
  })

  it('give SOURCE_DATE_EPOCH of the environment to targets that have none', () => {
    const text = 'target "t" {\n  args = { A = "1" }\n}\n'
    expect(read(text, { SOURCE_DATE_EPOCH: '5' }).builds[0]?.args).toEqual({ SOURCE_DATE_EPOCH: '5', A: '1' })
  })
})
