import { describe, expect, it } from 'vitest'
import type { ContextReport, Finding, Report, SuggestionReport } from '../../src/report.ts'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import type { Style } from '../../src/reporters/style.ts'
import { table } from '../../src/reporters/table.ts'
import { sample } from './samples.ts'
import { plainStyle as style } from './style.ts'

/** The sample with other things in its context. */
function changed(name: (typeof names)[number], change: Partial<ContextReport>): Report {
  const report = sample(name)
  return { ...report, contexts: report.contexts.map((context) => ({ ...context, ...change })) }
}

const names = ['node-junk', 'clean', 'failing', 'hostile-names', 'checked'] as const
const styles: Readonly<Record<string, Style>> = {
  '84': style,
  '60': { ...style, width: 60 },
  '84-color': { ...style, color: true },
  '60-color': { ...style, color: true, width: 60 },
  verbose: { ...style, verbose: true },
  classic: { ...style, builder: 'classic' },
  binary: { ...style, units: 'binary' },
}

describe('the default screen', () => {
  for (const name of names)
    for (const [kind, one] of Object.entries(styles))
      it(`of ${name} is as reviewed (${kind})`, async () => {
        await expect(table(sample(name), one)).toMatchFileSnapshot(`./__snapshots__/${name}.${kind}.txt`)
      })

  it('of a small project that has nothing to mend is ten lines', () => {
    const report = sample('clean')
    const [context] = report.contexts
    if (!context) throw new Error('the sample has no context')
    const lines = context.ignoreLines.filter(({ idle }) => !idle)
    expect(
      table({ ...report, contexts: [{ ...context, ignoreLines: lines }] }, style),
    ).toMatchInlineSnapshot(`
      "Dockerfile → runtime (gcr.io/distroless/static)   .dockerignore, 14 lines   BuildKit

      ✓ Nothing to do. This build sends 3.10MB from 212 files.

        context         3.10MB  214 files  left by .dockerignore
        transfer        3.10MB  212 files  what BuildKit asks for
        unread          1.42kB    2 files  read by no instruction
        docker prints   transferring context: 3.12MB  (17.20kB if nothing changed)

      → ctxsize check --max-transfer 4MB   keep it so
      "
    `)
  })

  it('says only the verdict when asked to be quiet', () => {
    expect(table(sample('node-junk'), { ...style, quiet: true })).toMatchInlineSnapshot(`
      "Dockerfile → final stage (node:22-slim)   no .dockerignore   BuildKit

      This build sends 1.41GB from 48,512 files: COPY . . (line 4) reads everything, and
      no .dockerignore holds anything back.
      "
    `)
  })

  it('says nothing of what is read where the Dockerfile cannot be read', () => {
    const report = sample('failing')
    const unplanned = report.contexts.map((context) => ({
      ...context,
      targets: context.targets.map((target) => ({ ...target, stage: null, base: null, instructions: [] })),
      findings: [],
    }))
    const problem = {
      code: 'dockerfile-not-found',
      message: 'no Dockerfile',
      at: null,
      hint: 'name one with -f',
    }
    const text = table({ ...report, contexts: unplanned, problems: [problem] }, style)
    expect(text).not.toMatch(/transfer|unread| {2}nothing/)
  })
})

describe('every screen', () => {
  const others = [80, 120, 160].map((width) => [`${width}`, { ...style, width, verbose: true }] as const)
  const cases = names.flatMap((name) =>
    [...Object.entries(styles), ...others].map(([kind, one]) => ({ name, kind, one })),
  )
  it.each(cases)('stays within its width: $name $kind', ({ name, one }) => {
    const lines = table(sample(name), one).split('\n')
    const tooWide = lines
      .map((line) => line.replace(/\x1b\[\d+m/g, ''))
      .filter((line) => displayWidth(line) > one.width)
    expect(tooWide).toEqual([])
  })

  it.each(cases)('holds no control character but colours and line breaks: $name $kind', ({ name, one }) => {
    expect(table(sample(name), one).replace(/\x1b\[\d{1,2}m/g, '')).not.toMatch(
      /[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]/,
    )
  })

  it.each(cases.filter(({ kind }) => kind.startsWith('60')))(
    'loses no fact to narrowness: $name $kind',
    ({ name, one }) => {
      const facts = (text: string): string[] => text.match(/[\d.,]+[kMG]?B\b|:\d+\b/g)?.sort() ?? []
      const wide = table(sample(name), { ...one, color: false, width: 84 })
      expect(facts(table(sample(name), { ...one, color: false }))).toEqual(facts(wide))
    },
  )

  it.each(names)('ends with one next command: %s', (name) => {
    expect(table(sample(name), style).match(/^→ /gm)).toHaveLength(1)
  })
})

describe('the table of changes', () => {
  const [context] = sample('node-junk').contexts
  const suggestions = context?.suggestions ?? []
  const screen = (change: Partial<ContextReport>, one: Partial<Style> = {}) =>
    table(changed('node-junk', change), { ...style, ...one })
  const review = (title: string, change: Partial<SuggestionReport> = {}): SuggestionReport[] =>
    suggestions
      .filter(({ id }) => id === 'ignore uploads')
      .map((one) => ({ ...one, id: title, title, because: `${title} is for you`, ...change }))

  it('has four lines, those that need a decision last, and counts the rest', () => {
    const more = ['a', 'b', 'c'].flatMap((title) => review(title))
    const text = screen({ suggestions: [...suggestions, ...more] })
    expect(text.match(/^ +\d {2}.*(?:safe|you decide)$/gm)).toEqual([
      '  1  write .dockerignore, 4 lines  1.41GB → 87.9MB      safe',
      '  2  copy manifests before npm ci  npm ci stays cached  safe',
      '  3  drop .env                     214B less            you decide',
      '  4  drop uploads/                 87.9MB → 26.7MB      you decide',
    ])
    expect(text).toContain('… 3 more: ctxsize fix')
  })

  it('leaves to fix what fix may find to be safe, and promises nobody that it is theirs to decide', () => {
    const because = 'whether a text names it was not looked for: ctxsize fix does'
    const [one] = review('drop state/', { because, saves: { files: 2, bytes: 61_200_000 } })
    if (!one) throw new Error('the sample has it')
    const text = screen({ suggestions: [one] })
    expect(text).toMatch(/drop state\/ .*fix tells$/m)
    expect(text).not.toContain('you decide')
  })

  it('counts a line of each place that stands for all of them no longer, and no line twice', () => {
    const safe = (lines: readonly string[]) => {
      const [one] = review('drop obj/', {
        safety: 'safe',
        edits: [{ file: '.dockerignore', line: 2, removes: [], adds: ['# why', ...lines] }],
      })
      if (!one) throw new Error('the sample has it')
      return one
    }
    const text = screen({ suggestions: [safe(['**/obj', 'state']), safe(['tests/a/obj']), safe(['state'])] })
    expect(text).toContain('2 lines')
  })

  it('counts changes of one Dockerfile as places, and names a place once', () => {
    const edits = (line: number) => [{ file: 'Dockerfile', line, removes: ['RUN a'], adds: ['RUN b'] }]
    const twice = [3, 9].map((line) => {
      const [one] = review('move it', { safety: 'safe', edits: edits(line), saves: { files: 0, bytes: 0 } })
      if (!one) throw new Error('the sample has it')
      return { ...one, speeds: { line, text: 'RUN a' }, because: `a (Dockerfile:${line}) reads nothing` }
    })
    const at = { file: 'Dockerfile', line: 4 }
    const leftAlone = [{ path: 'npm ci (Dockerfile:4)', files: 0, bytes: 0, because: 'it needs x', at }]
    const text = screen({ suggestions: twice, leftAlone }).replace(/\s+/g, ' ')
    expect(text).toContain('1 move it, in 2 places')
    expect(text).toContain('a (Dockerfile:3) reads nothing; the same further down')
    expect(text).toContain('Not touched: npm ci (Dockerfile:4) (it needs x)')
  })

  it('says of CI that keeps no layers which of them save nothing there', () => {
    const cold = (file: string, change: Partial<Finding> = {}): Finding => ({
      rule: 'ci-no-cache',
      severity: 'info',
      confidence: 'high',
      message: 'this build in CI keeps no layer cache',
      hint: null,
      at: { file, line: 31 },
      bytes: 0,
      data: {},
      ...change,
    })
    const line = /^ {2}In CI: .* keeps? no layers, so .*\n(?: {9}.*\n)*/m
    const told = (...findings: readonly Finding[]) =>
      screen({ findings }).match(line)?.[0].replace(/\s+/g, ' ')
    expect(told(cold('ci.yml'))).toBe(
      ' In CI: ci.yml:31 keeps no layers, so fix 2 saves nothing there (ctxsize explain ci-no-cache) ',
    )
    expect(told(cold('ci.yml'), cold('b.yml'))).toBe(
      ' In CI: ci.yml:31 and 1 other workflow keep no layers, so fix 2 saves nothing there (ctxsize explain ci-no-cache) ',
    )
    const suppressed = { by: 'comment', reason: null, at: { file: 'c', line: 1 } } as const
    expect(told(cold('ci.yml', { suppressed }))).toBeUndefined()
    // Lines of the ignore file are worth as much there.
    const lines = suggestions.filter(({ speeds }) => speeds === null)
    expect(screen({ findings: [cold('ci.yml')], suggestions: lines })).not.toMatch(line)
  })

  it('shows all of them with -v', () => {
    const more = ['a', 'b'].flatMap((title) => review(title))
    expect(screen({ suggestions: [...suggestions, ...more] }, { verbose: true })).toContain('6  b ')
  })

  it('tells the reason of each once: beside the part, or below the change', () => {
    const text = screen({})
    for (const { because } of suggestions) {
      const words = (one: string) => one.replace(/\s+/g, '')
      expect(words(text).split(words(because)).length, because).toBe(2)
    }
  })

  it('says what leaves the context only, which BuildKit never sent', () => {
    const nothing = { files: 0, bytes: 0 }
    const [one] = review('drop drafts/', { saves: nothing, savesTransfer: nothing, safety: 'proven' })
    expect(screen({ suggestions: one ? [one] : [] })).toMatch(/as before; context 61\.2MB\s+less/)
  })

  it('names what was left alone with its reason and place', () => {
    expect(screen({})).toContain('Not touched: dist (release.sh:12 builds it on the host for this image)')
    const at = { file: 'Makefile', line: 3 }
    const left = [{ path: 'out', files: 1, bytes: 1, because: 'make builds it', at }]
    expect(screen({ leftAlone: left })).toContain('Not touched: out (make builds it, Makefile:3)')
  })

  it('says which build cannot be read, and what follows from that', () => {
    const open = [{ because: 'it builds a path that is made up', at: { file: 'Jenkinsfile', line: 40 } }]
    expect(screen({ open }).replace(/\s+/g, ' ')).toContain(
      '? Jenkinsfile:40 it builds a path that is made up; so nothing is called proven or safe',
    )
  })

  it('says how many changes that holds back, and how the place is closed', () => {
    const open = [{ because: 'a path', at: { file: 'a b/Jenkinsfile', line: 40 } }]
    const [one] = review('drop drafts/')
    const held = one && { ...one, because: 'a cache; but a b/Jenkinsfile:40: a path' }
    const text = screen({ open, suggestions: held && one ? [held, one] : [] }).replace(/\s+/g, ' ')
    expect(text).toContain(
      '1 change would be proven or safe without. If it builds nothing of this, ctxsize.config.yaml says so: closed: [{ file: "a b/Jenkinsfile", line: 40, reason: … }]',
    )
    expect(screen({ open: [{ because: 'a path', at: null }] })).not.toContain('closed: [')
  })

  it('leaves place for two remarks, and shows all with -v', () => {
    const findings = [1, 2, 3].map((line) => ({
      rule: 'made-up',
      severity: 'warning' as const,
      confidence: 'high' as const,
      message: `remark ${line}`,
      hint: 'word '.repeat(40),
      at: { file: 'Dockerfile', line },
      bytes: 0,
      data: {},
    }))
    expect(screen({ findings }).match(/^! .*|^ {2}word|^ {2}… .*-v$/gm)).toEqual([
      '! Dockerfile:1  remark 1',
      '! Dockerfile:2  remark 2',
      '  … 1 more with -v',
    ])
    expect(screen({ findings }, { verbose: true }).match(/^! .*/gm)).toHaveLength(3)
    expect(screen({ findings, suggestions: [] }).match(/^! .*\n {2}word/gm)).toHaveLength(3)
  })

  it('has one remark of every rule beside it, also where they are about one line', () => {
    const one = (rule: string, severity: 'error' | 'warning' | 'info') => ({
      rule,
      severity,
      confidence: 'high' as const,
      message: `${rule} is told`,
      hint: 'what to do',
      at: { file: 'Dockerfile', line: 4 },
      bytes: 0,
      data: { fails: false },
    })
    const warnings = ['host-over-install', 'foreign-binaries'].map((rule) => one(rule, 'warning'))
    const findings = [one('secret-ships', 'error'), ...warnings, one('ci-no-cache', 'info')]
    const told = (change: Partial<ContextReport>, more: Partial<Style> = {}) =>
      screen(change, more).match(/^! .*|^ {2}what to do$|^ {2}.* with -v$/gm)
    expect(told({ findings })).toEqual([
      '! Dockerfile:4  secret-ships is told',
      '  what to do',
      '! Dockerfile:4  host-over-install is told',
      '  what to do',
      '! Dockerfile:4  foreign-binaries is told',
      '  … 1 more with -v',
    ])
    expect(told({ findings }, { verbose: true })?.filter((line) => line.startsWith('!'))).toHaveLength(4)
    expect(told({ findings: [one('ci-no-cache', 'info')] })).toEqual(['  1 remark with -v'])
    // What others get to read is told before that.
    const leaks = ['secret-printed', 'database-ships'].map((rule) => one(rule, 'warning'))
    expect(told({ findings: [...warnings, ...leaks] })?.filter((line) => line.startsWith('!'))[0]).toBe(
      '! Dockerfile:4  secret-printed is told',
    )
  })

  it('comes after what a clean checkout lacks, on one line', () => {
    const lacking = {
      rule: 'not-in-checkout',
      severity: 'info' as const,
      confidence: 'high' as const,
      message: '488 files go into your image that a clean checkout lacks: logs/, uploads/',
      hint: null,
      at: null,
      bytes: 5,
      data: { fails: false, files: 488 },
    }
    const line = '  your tree      488 files go into your image that a clean checkout lacks'
    expect(screen({ findings: [lacking] })).toContain(`${line}\n`)
    expect(screen({ findings: [lacking] })).not.toMatch(/with -v$/m)
    expect(screen({ findings: [lacking] }, { verbose: true })).toMatch(/lacks: logs\/,\s+uploads\//)
    // Nothing below says what they are.
    expect(table(changed('clean', { findings: [lacking] }), style)).toMatch(
      /✓[\s\S]*lacks:\s+logs\/,\s+uploads\//,
    )
    const meant = { ...lacking, severity: 'warning' as const }
    expect(screen({ findings: [meant] })).toMatch(/^! 488 files go/m)
    const suppressed = { by: 'comment', reason: null, at: { file: 'Dockerfile', line: 1 } } as const
    expect(screen({ findings: [{ ...lacking, suppressed }] })).not.toContain('488')
  })

  it('says that a clean checkout lacks none where git knows, all is copied, and nothing was found', () => {
    const none = /^ {2}your tree +no file goes into your build that a clean checkout lacks$/m
    const [target] = sample('clean').contexts[0]?.targets ?? []
    if (!target) throw new Error('the sample has no target')
    const clean = (change: Partial<ContextReport>) => table(changed('clean', change), style)
    const whole = { ...target, whole: true }
    expect(clean({ inGit: true, targets: [whole] })).toMatch(none)
    // Git does not know, or only some files are asked for, or a RUN is lent what is there.
    expect(clean({ targets: [whole] })).not.toMatch(none)
    expect(clean({ inGit: true, targets: [{ ...target, whole: false }] })).not.toMatch(none)
    const instructions = target.instructions.map((one) => ({ ...one, instruction: 'RUN' as const }))
    expect(clean({ inGit: true, targets: [{ ...whole, instructions }] })).not.toMatch(none)
    // Who does not want to hear of it has not got a clean tree by that.
    const lacking: Finding = {
      rule: 'not-in-checkout',
      severity: 'info',
      confidence: 'high',
      message: '2 files go into your image that a clean checkout lacks: a',
      hint: null,
      at: null,
      bytes: 5,
      data: {},
      suppressed: { by: 'configuration', reason: null, at: { file: 'c', line: 1 } },
    }
    expect(clean({ inGit: true, targets: [whole], findings: [lacking] })).not.toMatch(/your tree/)
  })

  it('is one line for a small project with little to gain', () => {
    const few = { files: 1, bytes: 300 }
    const [one] = review('drop README.md', { saves: few, savesContext: few, savesTransfer: few })
    const text = table(changed('clean', { suggestions: one ? [one] : [] }), style)
    expect(text).toContain('✓ This build sends')
    expect(text).toContain('  1 small change could be made, 300B: ctxsize fix --include review\n')
    expect(text).not.toContain('you decide')
  })
})

describe('the next command', () => {
  it('names the build as the user did', () => {
    const again = { context: '../my app', options: ['-f', "it's", '--target', 'prod'] }
    expect(table(sample('node-junk'), { ...style, again })).toContain(
      `→ ctxsize fix -f 'it'\\''s' --target prod '../my app'`,
    )
    expect(table(changed('node-junk', { suggestions: [] }), { ...style, again })).toContain(
      `→ ctxsize why -f 'it'\\''s' --target prod -C '../my app' node_modules`,
    )
  })
})
