import { describe, expect, it } from 'vitest'
import type { Config } from '../../src/config/model.ts'
import { readConfig } from '../../src/config/read.ts'

const rules = ['secret-ships', 'copy-source', 'dockerignore-no-effect']

const read = (text: string, file = 'ctxsize.config.yaml', under: string | null = null) =>
  readConfig({ text, file, under, rules })

function right(text: string): Config {
  const found = read(text)
  if (found.kind === 'wrong') throw new Error(JSON.stringify(found.mistakes))
  return found.config
}

/** Each mistake as `line:column message | hint`. */
function wrong(text: string, file?: string): readonly string[] {
  const found = read(text, file)
  return found.kind === 'read'
    ? []
    : found.mistakes.map(
        ({ at, message, hint }) => `${at.line}:${at.column} ${message}${hint ? ` | ${hint}` : ''}`,
      )
}

describe('a configuration', () => {
  it('may say nothing', () => {
    for (const text of ['', '\n', '# later\n', '{}'])
      expect(right(text)).toMatchObject({ builds: [], checks: { budgets: [] }, failOn: null })
  })

  it('takes sizes as they are typed elsewhere, and keeps how they were written', () => {
    const { checks } = right('budgets: { context: 50MB, transfer: 50MiB, unread: 1200, files: 7 }\n')
    expect(checks.budgets.map(({ name, bound, limit, written }) => [name, bound, limit, written])).toEqual([
      ['context', 'max', 50_000_000, '50MB'],
      ['transfer', 'max', 52_428_800, '50MiB'],
      ['unread', 'max', 1200, '1200'],
      ['files', 'max', 7, '7'],
    ])
  })

  it('makes two budgets of a least and a most, each with its line', () => {
    const { checks } = right('budgets:\n  files:\n    max: 9\n    min: 2\n')
    expect(checks.budgets.map(({ bound, limit, at }) => [bound, limit, at?.line])).toEqual([
      ['min', 2, 4],
      ['max', 9, 3],
    ])
  })

  it('has budgets for directories', () => {
    const { checks } = right('budgets: { directories: { ./src/assets/: 5MB, docs: { min: 1 } } }\n')
    expect(checks.budgets.map(({ path, bound }) => [path, bound])).toEqual([
      ['src/assets', 'max'],
      ['docs', 'min'],
    ])
  })

  it('takes one pattern for a list of one', () => {
    expect(right('neverShip: "**/*.pem"\n').checks.neverShip.map(({ pattern }) => pattern)).toEqual([
      '**/*.pem',
    ])
  })

  it('lists builds as docker build would be told of them', () => {
    const { builds } = right(
      'builds:\n  - name: api\n    context: services/api/\n    file: docker/api.Dockerfile\n    target: prod\n    args: { A: 1, B: yes, C: }\n    namedContexts: { lib: ../lib }\n    platform: linux/arm64\n    budgets: { transfer: 5MB }\n  - name: web\n    mustShip: dist\n',
    )
    expect(builds.map(({ name, definition }) => ({ name, definition }))).toEqual([
      {
        name: 'api',
        definition: {
          context: 'services/api',
          file: 'docker/api.Dockerfile',
          target: 'prod',
          args: { A: '1', B: 'yes', C: null },
          namedContexts: { lib: '../lib' },
          platform: 'linux/arm64',
        },
      },
      { name: 'web', definition: null },
    ])
    expect(builds.map(({ at, checks }) => [at.line, checks.budgets.length, checks.mustShip.length])).toEqual([
      [2, 1, 0],
      [10, 0, 1],
    ])
  })

  it('takes off for what it says, without quotes too', () => {
    const { rules: found } = right('rules: { secret-ships: off, copy-source: "info" }\n')
    expect([...found].map(([id, { level }]) => [id, level])).toEqual([
      ['secret-ships', 'off'],
      ['copy-source', 'info'],
    ])
  })

  it('may be JSON, with tabs and an address of its schema', () => {
    expect(right('{\n\t"$schema": "x",\n\t"failOn":\t"warning"\n}\n').failOn).toBe('warning')
  })

  it('is the key of a package.json, with its own lines', () => {
    const text = '{\n  "name": "a",\n  "ctxsize": {\n    "budgets": { "files": 3 }\n  }\n}\n'
    const found = read(text, 'package.json', 'ctxsize')
    expect(found.kind === 'read' && found.config.checks.budgets[0]?.at).toEqual({
      file: 'package.json',
      line: 4,
    })
  })

  it('may repeat itself with anchors', () => {
    const { builds } = right(
      'builds:\n  - { context: a, budgets: &b { transfer: 1MB } }\n  - { context: b, budgets: *b }\n',
    )
    expect(builds.map(({ checks }) => checks.budgets[0]?.limit)).toEqual([1e6, 1e6])
  })
})

describe('a mistake is told with its place and what to write:', () => {
  it.each([
    ['budgets:\n  contxt: 5MB\n', '2:3 "contxt" is no key of budgets | did you mean context?'],
    ['budgets:\n  LargestFile: 5MB\n', '2:3 "LargestFile" is no key of budgets | did you mean largestFile?'],
    ['mustship: a\n', '1:1 "mustship" is no key of a configuration | did you mean mustShip?'],
    [
      'colour: red\n',
      '1:1 "colour" is no key of a configuration | there are: $schema, builds, budgets, mustShip, neverShip, mayLose, rules, failOn, closed',
    ],
    [
      'budgets: { context: 5 megabytes }\n',
      '1:21 budgets.context: "5 megabytes" is no size | write 50MB, 50MiB or a number of bytes',
    ],
    [
      'budgets: { context: -1 }\n',
      '1:21 budgets.context: "-1" is no size | write 50MB, 50MiB or a number of bytes',
    ],
    ['budgets: { files: 1.5 }\n', '1:19 budgets.files: "1.5" is no number of files | write a whole number'],
    [
      'budgets: { cacheLoss: 5MB }\n',
      '1:23 budgets.cacheLoss: "5MB" is no number of commits | write a whole number',
    ],
    ['budgets: { context: }\n', '1:21 budgets.context: a limit must be a size or a number, got nothing'],
    ['budgets: { files: { } }\n', '1:19 budgets.files has no limit | write a limit, or min and max'],
    [
      'budgets: { files: { maximum: 3 } }\n',
      '1:21 "maximum" is no key of budgets.files | there are: min, max',
    ],
    [
      'budgets: { files: { min: 9, max: 3 } }\n',
      '1:19 budgets.files: the least, 9, is more than the most, 3',
    ],
    ['budgets: { directories: { ../x: 1 } }\n', '1:27 "../x" is no directory in the context'],
    [
      'budgets: { directories: { .: 1 } }\n',
      '1:27 "." is no directory in the context | the budget of the whole context is budgets.context',
    ],
    ['budgets: 5MB\n', '1:10 budgets must have keys, got "5MB"'],
    ['neverShip: ["[a"]\n', '1:13 neverShip: syntax error in pattern: [a | escape or mend the bracket'],
    [
      'mustShip: ["!a"]\n',
      '1:12 mustShip: "!a" is an exception, and nothing stands before it | begin with a pattern',
    ],
    [
      'mustShip: ["# a"]\n',
      '1:12 mustShip: "# a" is no pattern | one pattern an element, as in a .dockerignore',
    ],
    ['mustShip: { a: b }\n', '1:11 mustShip must be a list, got keys'],
    ['rules: { secret-ship: off }\n', '1:10 there is no rule "secret-ship" | did you mean secret-ships?'],
    [
      'rules: { copy-source: warn }\n',
      '1:23 rules.copy-source: "warn" is not one of off, info, warning, error',
    ],
    ['failOn: err\n', '1:9 failOn: "err" is not one of error, warning, info, never | did you mean error?'],
    [
      'builds: [{ context: https://x/y.git }]\n',
      '1:21 docker fetches https://x/y.git by itself: nothing of it is here | give a directory',
    ],
    ['builds: { api: { context: . } }\n', '1:9 builds must be a list, got keys'],
    ['builds: [api]\n', '1:10 builds must have keys, got "api"'],
    [
      'builds: [{ dockerfile: x }]\n',
      '1:12 "dockerfile" is no key of builds | there are: name, context, file, target, args, namedContexts, platform, budgets, mustShip, neverShip, mayLose',
    ],
    [
      'builds:\n  - { name: a, context: x }\n  - { name: a, context: y }\n',
      '3:13 "a" is a build already, at line 2',
    ],
    ['builds:\n  - context: x\n  - context: ./x\n', '3:5 this build stands there already, at line 2'],
    ['builds: [{ args: { V: 1.10 } }]\n', '1:23 args.V: a number may lose digits | write it in quotes'],
    ['builds: [{ context: "" }]\n', '1:21 context is empty'],
    ['closed: [{ file: Jenkinsfile }]\n', '1:10 closed needs a reason | write file, line and reason'],
    ['closed: [{ file: a, line: x, reason: b }]\n', '1:27 "x" is no line of a file'],
    ['budgets: !include other.yaml\n', '1:19 the tag !include means nothing here'],
    ['a: 1\n---\nb: 2\n', '3:1 a configuration is one document, and here begins another | remove the ---'],
    ['budgets:\n\tcontext: 5MB\n', '2:1 this is no YAML: Tabs are not allowed as indentation'],
    ['budgets: {}\nbudgets: {}\n', '2:1 this is no YAML: key "budgets" is already there at line 1'],
    ['budgets: &a { directories: *a }\n', '1:28 this is no YAML: anchor "a" contains itself'],
  ])('%j', (text, expected) => {
    expect(wrong(text)).toContain(expected)
  })

  it('all of them at once, in the order of the file', () => {
    const found = wrong('budgets: { contxt: 1, files: x }\nfailOn: maybe\n')
    expect(found.map((one) => one.split(' ')[0])).toEqual(['1:12', '1:30', '2:9'])
  })

  it('JSON is called JSON, and has no comments', () => {
    expect(wrong('{ "a": 1', 'ctxsize.config.json')[0]).toMatch(/^1:9 this is no JSON: /)
    expect(wrong('{\n  // why\n  "failOn": "never"\n}\n', 'a.json')).toEqual([
      '2:3 JSON has no comments | ctxsize.config.yaml may have some',
    ])
  })

  it('a key that would write to the terminal is shown, not obeyed', () => {
    const [message = ''] = wrong('"a\\e[31mb\\nc": 1\n')
    expect(message).toContain('a\\u001b[31mb\\nc')
    expect([...message].every((c) => c >= ' ')).toBe(true)
  })
})

describe('a hostile configuration costs little:', () => {
  const seconds = (text: string): number => {
    const from = performance.now()
    wrong(text)
    return (performance.now() - from) / 1000
  }

  it('ten thousand aliases', () => {
    const text = `a: &a { context: x }\nbuilds: [${'*a, '.repeat(10_000)}]\n`
    expect(wrong(text).length).toBeLessThanOrEqual(20)
    expect(seconds(text)).toBeLessThan(5)
  })

  it('aliases that multiply', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]`)
    expect(wrong(`a0: &a0 [x, x]\n${levels.join('\n')}\n`).join()).toContain('too many values')
  })

  it('a key of a megabyte', () => {
    const [message = ''] = wrong(`${'k'.repeat(1_000_000)}: 1\n`)
    expect(message.length).toBeLessThan(400)
  })

  it('brackets that are never closed', () => {
    expect(wrong('['.repeat(100_000)).join()).toContain('this is no YAML')
  })
})
