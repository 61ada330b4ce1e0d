import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { code, fence, fitted, marker, prose, tableRow } from '../../src/reporters/markdown/text.ts'
import { markdown } from '../../src/reporters/markdown.ts'
import { hostileReport, hostileTexts, manyBuilds, sample, samples } from './samples.ts'
import { plainStyle as style } from './style.ts'

/** GitHub refuses longer comments. */
const longest = 65_536

interface Read {
  readonly fences: readonly (readonly string[])[]
  /** Lines outside of fences. */
  readonly lines: readonly string[]
}

/** Fenced blocks as CommonMark 0.31 has them (4.5), and the rest. */
function read(text: string): Read {
  const fences: string[][] = []
  const lines: string[] = []
  let open: { readonly mark: string; readonly inner: string[] } | null = null
  for (const line of text.split('\n')) {
    const found = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (open === null && found !== undefined) open = { mark: found, inner: [] }
    else if (open !== null && found?.startsWith(open.mark) && line.trim() === found) {
      fences.push(open.inner)
      open = null
    } else (open?.inner ?? lines).push(line)
  }
  if (open !== null) throw new Error('a fence without an end')
  return { fences, lines }
}

const tags = /<(?:\/?code|\/?b|\/?details|\/?summary|\/?sub)>|<!-- -->/g

describe.each(['verbose', 'brief'])('%s Markdown', (kind) => {
  const print = (report: Report) => markdown(report, { ...style, verbose: kind === 'verbose' })
  const hostile = Object.entries(hostileTexts).map(([name, text]) => [name, hostileReport(text)] as const)

  it.each([...Object.entries(samples), ...hostile])(
    'lets nothing through that is markup: %s',
    (_, report) => {
      const text = print(report)
      const { lines } = read(text)
      const [first = '', ...rest] = lines
      expect(first).toMatch(/^<!-- ctxsize [\w./=:,@+%~ -]* -->$/)
      expect(first.slice(4, -3)).not.toContain('--')
      for (const line of rest) {
        const told = line
          .replace(tags, '')
          .replace(/^(?:- |### |\| .*\|$)/, (found) => found.replaceAll('|', ''))
        // What is left of `*` are the two ends of what is bold, which no name can hold.
        expect(told.replace(/\*\*[^*]*\*\*/g, '')).not.toMatch(/[<>*_~[\]\\|{}$^`]|&(?!#\d+;)/)
        expect(line.replace(/^### /, '')).not.toMatch(/@(?!<!-- -->)|(?<!&)#(?!<!-- -->)|:\/\/|www\./)
      }
      expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length)
    },
  )

  it.each([...Object.entries(samples), ...hostile])('keeps the columns of its tables: %s', (_, report) => {
    const rows = read(print(report)).lines.filter((line) => line.startsWith('|'))
    expect(new Set(rows.map((row) => row.split('|').length))).toEqual(new Set([7]))
  })

  it.each([...Object.entries(samples), ...hostile])('fits a comment: %s', (_, report) => {
    expect(print(report).length).toBeLessThanOrEqual(longest)
  })
})

describe('Markdown', () => {
  it('of a report that is too long for a comment says how much was left out, and keeps its last line', () => {
    const report = hostileReport(hostileTexts['four kilobytes'] ?? '')
    const contexts = Array.from({ length: 40 }, () => report.contexts).flat()
    const text = markdown({ ...report, contexts }, style)
    expect(text.length).toBeLessThanOrEqual(longest)
    expect(text.length).toBeGreaterThan(longest / 2)
    expect(text).toMatch(/… [\d,]+ more/)
    expect(text).toMatch(/<sub>.*<\/sub>\n$/)
  })

  it('tells what broke before anything else', () => {
    const text = markdown(sample('checked'), style)
    const at = (part: string) => text.indexOf(part)
    expect(at('### ✗ ctxsize: 4 broken budgets, 2 broken assertions, 1 error, 1 warning\n')).toBeGreaterThan(
      0,
    )
    expect(at('**Broken**')).toBeGreaterThan(0)
    expect(at('**Broken**')).toBeLessThan(at('| build'))
    expect(at('| build')).toBeLessThan(at('**Found**'))
  })

  it.each([
    ['### ✓ ctxsize: 1 build, nothing to remark', sample('clean')],
    ['### ✓ ctxsize: 1 build, nothing to remark', { ...sample('clean'), passed: true }],
    ['### ! ctxsize: 1 warning', withoutErrors(sample('failing'))],
    ['### ✓ ctxsize: 1 warning', { ...withoutErrors(sample('failing')), passed: true }],
  ] as const)('begins with %s', (heading, report) => {
    expect(markdown(report, style).split('\n')[1]).toBe(heading)
  })

  it('holds the lines of each fix as a patch does', () => {
    const { fences } = read(markdown(sample('node-junk'), style))
    expect(fences[1]).toEqual([
      '--- a/Dockerfile',
      '+++ b/Dockerfile',
      '@@ -4,2 +4,3 @@',
      '-COPY . .',
      '-RUN npm ci',
      '+COPY package.json package-lock.json ./',
      '+RUN npm ci',
      '+COPY . .',
    ])
    expect(fences[0]?.slice(0, 3)).toEqual(['--- /dev/null', '+++ b/.dockerignore', '@@ -0,0 +1,8 @@'])
  })

  it('tells with -v what is good to know too', () => {
    const report = sample('failing')
    const [context] = report.contexts
    const [finding] = context?.findings ?? []
    if (!context || !finding) throw new Error('the sample has a finding')
    const told = {
      ...report,
      contexts: [{ ...context, findings: [{ ...finding, severity: 'info' as const }] }],
    }
    expect(markdown(told, style)).not.toContain(finding.message.slice(0, 20))
    expect(markdown(told, style)).toContain('1 more note')
    expect(markdown(told, { ...style, verbose: true })).toContain('- ℹ ')
  })
})

function withoutErrors(report: Report): Report {
  return {
    ...report,
    contexts: report.contexts.map((context) => ({
      ...context,
      findings: context.findings.filter(({ severity }) => severity !== 'error'),
    })),
  }
}

describe('the line by which a comment is found again', () => {
  const first = (report: Report) => markdown(report, style).split('\n')[0]

  it('tells directories and builds apart', () => {
    expect(first(manyBuilds())).toBe('<!-- ctxsize deploy -->')
    const asked = {
      context: 'a',
      options: ['-f', 'a b', '--target', 'x'],
      builder: 'buildkit',
      path: 'a',
    } as const
    expect(first({ ...manyBuilds(), asked })).toBe('<!-- ctxsize a -f a%20b -%2Dtarget x -->')
  })

  it.each(Object.values(hostileTexts))('cannot be ended by a name, and has a bound: %j', (text) => {
    const line = marker([text, text])
    expect(line).toMatch(/^<!-- ctxsize [^>\n]* -->$/)
    expect(line.slice(4, -3)).not.toContain('--')
    expect(line.length).toBeLessThan(150)
  })

  it('differs for long names that begin alike', () => {
    expect(marker([`${'a'.repeat(4000)}b`])).not.toBe(marker([`${'a'.repeat(4000)}c`]))
  })
})

describe('pieces of Markdown', () => {
  it.each([
    ['plain words, 3.1MB (of 4), Dockerfile:4', 'plain words, 3.1MB (of 4), Dockerfile:4'],
    ['drop `a|b` now', 'drop <code>a&#124;b</code> now'],
    ['an odd ` mark', 'an odd <code> mark</code>'],
    [
      '@a #1 https://b www.c gh-2 :d:',
      '@<!-- -->a #<!-- -->1 https:<!-- -->//b www<!-- -->.c gh<!-- -->-2 :<!-- -->d:',
    ],
    ['0123abcdef', '012<!-- -->3abcdef'],
    ['a\nb', 'a&#92;nb'],
  ])('prose: %j', (text, expected) => {
    expect(prose(text)).toBe(expected)
  })

  it('code is nothing for nothing', () => {
    expect(code('')).toBe('')
  })

  it('a fence is longer than any in it', () => {
    expect(fence('', ['````', 'a'])).toBe('`````\n````\na\n`````\n')
  })

  it('a row has a cell each', () => {
    expect(tableRow(['a', ''])).toBe('| a |  |\n')
  })

  it('parts are cut from the end of each, and what follows is still there', () => {
    const part = (head: string, count: number) => ({
      head,
      blocks: Array.from({ length: count }, () => '12345678\n'),
      more: (left: number) => `${left} more\n`,
      tail: 'end\n',
    })
    expect(fitted([part('a\n', 2), part('b\n', 9)], 70)).toBe(
      'a\n12345678\n12345678\nend\n\nb\n12345678\n12345678\n12345678\n6 more\nend\n',
    )
  })
})
