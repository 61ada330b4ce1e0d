import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import type { Style } from '../../src/reporters/index.ts'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import { table } from '../../src/reporters/table.ts'

const reports = path.join(import.meta.dirname, '../../fixtures/reports')

function sample(name: string): Report {
  // The schema test checks that these files are reports.
  return JSON.parse(fs.readFileSync(path.join(reports, `${name}.json`), 'utf8')) as Report
}

const style: Style = {
  color: false,
  width: 84,
  units: 'decimal',
  verbose: false,
  quiet: false,
  builder: 'buildkit',
  again: { context: '.', options: [] },
}

const names = ['node-junk', 'clean', 'failing', 'hostile-names'] as const
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

      ✓ This build sends 3.10MB from 212 files.

        context         3.10MB  214 files  left by .dockerignore
        transfer        3.10MB  212 files  what BuildKit asks for
        unread          1.42kB    2 files  read by no instruction
        docker prints   transferring context: 3.12MB  (17.20kB if nothing changed)

      → docker build --progress=plain . 2>&1 | ctxsize verify   see docker agree
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
  const cases = names.flatMap((name) => Object.entries(styles).map(([kind, one]) => ({ name, kind, one })))
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

describe('the next command', () => {
  it('names the build as the user did', () => {
    const again = { context: '../my app', options: ['-f', "it's", '--target', 'prod'] }
    expect(table(sample('node-junk'), { ...style, again })).toContain(
      `→ ctxsize why -f 'it'\\''s' --target prod -C '../my app' node_modules`,
    )
  })
})
