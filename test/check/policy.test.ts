import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { Finding, Report } from '../../src/report.ts'
import { checked } from './checked.ts'

const dockerfile = (comment: string): MemoryTree => ({
  Dockerfile: `FROM scratch\n${comment}COPY nope /x\n`,
  a: 1,
})
const findings = ({ contexts }: Report): readonly Finding[] => contexts.flatMap((one) => one.findings)

/** `copy-source-missing error -Dockerfile:2 "why"`: suppressed ones with the comment's place and reason. */
const told = (report: Report): readonly string[] =>
  findings(report).map(({ rule, severity, at, suppressed }) => {
    const place = at ? ` ${at.file}:${at.line}` : ''
    const by = suppressed ? ` -${suppressed.at.file}:${suppressed.at.line} ${suppressed.reason}` : ''
    return `${rule} ${severity}${place}${by}`
  })
const commented = (comment: string, says = ''): readonly string[] =>
  told(checked(dockerfile(comment), { says }))

describe('a comment', () => {
  it('suppresses the findings of its rules on the instruction that follows, by either name of a rule', () => {
    const expected = ['copy-source-missing error Dockerfile:3 -Dockerfile:2 made by CI']
    expect(commented('# ctxsize ignore=copy-source reason="made by CI"\n')).toEqual(expected)
    expect(commented('# ctxsize ignore=copy-source-missing reason="made by CI"\n')).toEqual(expected)
    expect(commented("  #ctxsize  ignore = copy-source  reason = 'made by CI'  \r\n")).toEqual(expected)
  })

  it('lets the run pass, and what docker does as it is', () => {
    const report = checked(dockerfile('# ctxsize ignore=copy-source reason="x"\n'), { says: '' })
    expect([report.passed, report.contexts[0]?.targets[0]?.buildFails]).toEqual([true, true])
    expect(checked(dockerfile(''), { says: '' }).passed).toBe(false)
  })

  it('may be followed by others, and stand among the lines of an instruction', () => {
    expect(commented('# ctxsize ignore=copy-source reason="a"\n# more\n\n')[0]).toContain('-Dockerfile:2 a')
    const tree = { Dockerfile: 'FROM scratch\nCOPY \\\n# ctxsize ignore=copy-source reason="b"\n  nope /x\n' }
    expect(told(checked(tree, { says: '' }))).toEqual([
      'copy-source-missing error Dockerfile:2 -Dockerfile:3 b',
    ])
  })

  it('is not about the instruction before it', () => {
    const tree = { Dockerfile: 'FROM scratch\nCOPY nope /x\n# ctxsize ignore=copy-source reason="a"\n' }
    expect(told(checked(tree, { says: '' }))).toEqual([
      'copy-source-missing error Dockerfile:2',
      'suppression-unused info Dockerfile:3',
    ])
  })

  it('without a reason suppresses too, and is warned about', () => {
    expect(commented('# ctxsize ignore=copy-source\n')).toEqual([
      'copy-source-missing error Dockerfile:3 -Dockerfile:2 null',
      'suppression-without-reason warning Dockerfile:2',
    ])
    expect(commented('# ctxsize ignore=copy-source reason=""\n')).toContain(
      'suppression-without-reason warning Dockerfile:2',
    )
  })

  it('that names no rule there is says which was meant', () => {
    const [, unknown] = findings(
      checked(dockerfile('# ctxsize ignore=copy-sorce reason="x"\n'), { says: '' }),
    )
    expect([unknown?.rule, unknown?.hint]).toEqual(['suppression-unknown-rule', 'did you mean copy-source?'])
  })

  it('that suppresses nothing is told of, rule by rule', () => {
    expect(commented('# ctxsize ignore=copy-source,secret-ships reason="x"\n')).toEqual([
      'copy-source-missing error Dockerfile:3 -Dockerfile:2 x',
      'suppression-unused info Dockerfile:2',
    ])
  })

  it.each([
    '# ctxsize ignroe=copy-source',
    '# ctxsize ignore copy-source',
    '# ctxsize: ignore=',
    '# ctxsize ignore=a b=c',
    '# ctxsize skip=copy-source',
  ])('that was meant and cannot be read is told of: %s', (comment) => {
    expect(commented(`${comment}\n`)).toContain('suppression-unreadable warning Dockerfile:2')
  })

  it.each(['# ctxsize says 1.2GB', '# ctxsizes ignore=x', '# we use ctxsize ignore=x', '# check=skip=all'])(
    'that only mentions it is left alone: %s',
    (comment) => {
      expect(commented(`${comment}\n`)).toEqual(['copy-source-missing error Dockerfile:3'])
    },
  )

  it('is no comment inside of an instruction line', () => {
    const tree = { Dockerfile: 'FROM scratch\nCOPY nope /x # ctxsize ignore=copy-source reason="x"\n' }
    expect(told(checked(tree, { says: '' }))[0]).not.toContain('-Dockerfile')
  })

  it('may stand in an ignore file, at the beginning of a line, above the pattern', () => {
    const tree = (comment: string) => ({
      Dockerfile: 'FROM scratch\nCOPY a /\n',
      a: 1,
      '.dockerignore': `${comment}\n!a\n`,
    })
    const comment = '# ctxsize ignore=dockerignore-no-effect reason="for later"'
    expect(told(checked(tree(comment), { says: '' }))).toEqual([
      expect.stringMatching(/^dockerignore-no-effect \w+ \.dockerignore:2 -\.dockerignore:1 for later$/),
    ])
    // To docker that is a pattern.
    expect(told(checked(tree(` ${comment}`), { says: '' })).join()).not.toContain('for later')
  })
})

describe('the configuration', () => {
  it('changes how much a rule weighs, and keeps what the rule said', () => {
    const report = checked(dockerfile(''), { says: 'rules: { copy-source: warning }' })
    expect([told(report), findings(report)[0]?.ruleSeverity, report.passed]).toEqual([
      ['copy-source-missing warning Dockerfile:2'],
      'error',
      true,
    ])
  })

  it('turns a rule off, with the line that says so', () => {
    const report = checked(dockerfile(''), { says: 'rules:\n  copy-source: off\n' })
    expect(findings(report)[0]?.suppressed).toEqual({
      by: 'configuration',
      reason: null,
      at: { file: 'ctxsize.config.yaml', line: 2 },
    })
    expect(report.passed).toBe(true)
  })

  it('does not change what a comment has suppressed', () => {
    const says = 'rules: { copy-source: warning }'
    expect(commented('# ctxsize ignore=copy-source reason="x"\n', says)).toEqual([
      'copy-source-missing error Dockerfile:3 -Dockerfile:2 x',
    ])
  })

  it('says from which weight on findings fail', () => {
    const passed = (says: string) => checked(dockerfile(''), { says }).passed
    expect(['error', 'warning', 'never'].map((level) => passed(`failOn: ${level}`))).toEqual([
      false,
      false,
      true,
    ])
    expect(passed('rules: { copy-source: info }\nfailOn: warning')).toBe(true)
    expect(passed('rules: { copy-source: info }\nfailOn: info')).toBe(false)
  })
})
