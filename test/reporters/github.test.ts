import { describe, expect, it } from 'vitest'
import type { Finding, Report, Severity } from '../../src/report.ts'
import { github } from '../../src/reporters/github.ts'
import { readOutput } from './runner.ts'
import { hostileReport, hostileTexts, manyBuilds, sample } from './samples.ts'

const read = (report: Report) => readOutput(github(report))

/** A report with so many findings of each severity, and nothing else. */
function withFindings(counts: Partial<Record<Severity, number>>, change: Partial<Finding> = {}): Report {
  const report = sample('clean')
  const findings = Object.entries(counts).flatMap(([severity, count]) =>
    Array.from(
      { length: count },
      (_, i): Finding => ({
        rule: 'secret-ships',
        severity: severity as Severity,
        confidence: 'high',
        message: `${severity} ${i}`,
        hint: null,
        at: { file: 'Dockerfile', line: i + 1 },
        bytes: i,
        data: {},
        ...change,
      }),
    ),
  )
  return { ...report, contexts: report.contexts.map((context) => ({ ...context, findings })) }
}

describe('the reader of commands in this test', () => {
  it('reads both forms, and what is escaped', () => {
    expect(
      readOutput('  ::error file=a%2Cb,line=3::x%0Ay%25\nplain\nsay ##[warning a=b;]text').commands,
    ).toEqual([
      { name: 'error', properties: { file: 'a,b', line: '3' }, text: 'x\ny%' },
      { name: 'warning', properties: { a: 'b' }, text: 'text' },
    ])
  })
})

describe('annotations', () => {
  it('stand beside the line, with what to do', () => {
    expect(read(withFindings({ warning: 1 }, { message: 'a: b, 100%', hint: 'mend it' }))).toEqual({
      commands: [
        {
          name: 'warning',
          properties: { file: 'Dockerfile', line: '1', title: 'ctxsize secret-ships' },
          text: 'a: b, 100%\nmend it',
        },
      ],
      rest: ['ctxsize: 0 errors, 1 warning', ''],
    })
  })

  it('name files from the top of the repository', () => {
    const files = new Set(read(manyBuilds()).commands.map(({ properties }) => properties['file']))
    expect([...files].sort()).toEqual([
      'deploy/compose.yaml',
      'deploy/ctxsize.config.yaml',
      'deploy/docker/app.Dockerfile',
      'deploy/docker/app.Dockerfile.dockerignore',
    ])
  })

  it.each([
    ['no line is to blame', null],
    ['the file lies outside of the repository', { file: '../../x', line: 3 }],
  ])('belong to the run where %s', (_, at) => {
    const [command] = read(withFindings({ error: 1 }, { at })).commands
    expect(command?.properties).toEqual({ title: 'ctxsize secret-ships' })
  })

  it('are the worst ten of each kind, and say what was left out and where it is', () => {
    const { commands, rest } = read(withFindings({ error: 11, warning: 25, info: 3 }))
    const count = (name: string) => commands.filter((one) => one.name === name).length
    expect([count('error'), count('warning'), count('notice')]).toEqual([10, 10, 1])
    // Those that are about most bytes; of the rest one is left.
    expect(commands.find(({ name }) => name === 'error')?.text).toBe('error 10')
    expect(commands.at(-1)?.text).toBe(
      '1 more error and 15 more warnings not shown beside the code, as GitHub shows ten of each: ctxsize --format markdown tells all',
    )
    expect(rest).toEqual(['ctxsize: 11 errors, 25 warnings', ''])
  })

  it('leave nothing out where there is room', () => {
    expect(read(withFindings({ error: 10, warning: 10 })).commands.map(({ name }) => name)).not.toContain(
      'notice',
    )
  })

  it('are none for what does not count', () => {
    const suppressed = { by: 'comment', reason: null, at: { file: 'Dockerfile', line: 1 } } as const
    expect(read(withFindings({ error: 1 }, { suppressed })).commands).toEqual([])
  })

  it.each(Object.keys(hostileTexts))('cannot be forged: %s', (kind) => {
    const { commands, rest } = read(hostileReport(hostileTexts[kind] ?? ''))
    expect(new Set(commands.map(({ name }) => name))).toEqual(new Set(['error', 'warning']))
    expect(commands.length).toBe(read(hostileReport('x')).commands.length)
    expect(rest).toEqual([expect.stringMatching(/^ctxsize: \d+ errors, \d+ warnings?$/), ''])
    for (const { properties } of commands)
      expect(Object.keys(properties).filter((key) => !['file', 'line', 'title'].includes(key))).toEqual([])
  })

  it('hold a name as it can be seen', () => {
    const [command] = read(
      withFindings({ error: 1 }, { message: 'a%0A::b,c', at: { file: 'd,e:%f', line: 2 } }),
    ).commands
    expect(command).toEqual({
      name: 'error',
      properties: { file: 'd,e:%f', line: '2', title: 'ctxsize secret-ships' },
      text: 'a%0A::b,c',
    })
  })
})
