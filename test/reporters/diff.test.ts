import { describe, expect, it } from 'vitest'
import type { DiffReport, DiffTarget, EnteredEntry, LeftEntry } from '../../src/report/diff.ts'
import { diffText } from '../../src/reporters/screen/diff.ts'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import type { Style } from '../../src/reporters/style.ts'
import { plainStyle } from './style.ts'

const amount = (files: number, bytes: number) => ({ files, bytes })
const same = { before: amount(10, 5000), after: amount(10, 5000) }
const place = (file: string, line: number) => ({ file, line })

const entered = (path: string, bytes: number, more: Partial<EnteredEntry> = {}): EnteredEntry => ({
  ...{ context: null, path, type: 'file', bytes },
  because: 'new',
  at: place('Dockerfile', 4),
  text: 'COPY . .',
  ...more,
})
const left = (path: string, bytes: number, more: Partial<LeftEntry> = {}): LeftEntry => ({
  ...{ context: null, path, type: 'file', bytes },
  ...{ reason: 'deleted', lost: false, at: null, text: null },
  ...more,
})
const ignored = { reason: 'ignored', lost: true, at: place('.dockerignore', 7), text: '**/locales' } as const

const target = (more: Partial<DiffTarget> = {}): DiffTarget => ({
  ...{ root: '.', dockerfile: 'Dockerfile', target: null, name: null, foundIn: null },
  ...{ state: 'compared', because: null, buildFails: { before: false, after: false }, transfer: same },
  wire: { before: { cold: 1, warm: 1 }, after: { cold: 1, warm: 1 } },
  ...{ entered: [], left: [], resized: [], untracked: [], findings: [] },
  ...more,
})

const report = (targets: readonly DiffTarget[], more: Partial<DiffReport> = {}): DiffReport => ({
  ...{ schemaVersion: 1, base: 'origin/main', commit: '1a2b3c4d5e6f'.repeat(3), isCommon: true },
  context: same,
  contexts: [{ root: '.', ignoreFile: { before: null, after: null }, context: same }],
  ...{ targets, notes: [], problems: [] },
  ...more,
})

const shown = (made: DiffReport, style: Partial<Style> = {}) => diffText(made, { ...plainStyle, ...style })

const busy = target({
  transfer: { before: amount(214, 3_120_000), after: amount(220, 3_400_000) },
  entered: [
    ...['a', 'b', 'c', 'd', 'e'].map((name) => entered(`assets/video/${name}.mp4`, 56_000)),
    entered('docs/guide.md', 30_000, {
      because: 'no longer ignored',
      at: place('.dockerignore', 3),
      text: 'docs',
    }),
  ],
  left: [
    left('src/locales/de.json', 6000, ignored),
    left('src/locales/fr.json', 7000, ignored),
    left('config.yml', 340, {
      reason: 'no longer copied',
      lost: true,
      at: place('Dockerfile', 9),
      text: 'COPY config.yml /etc/',
    }),
    left('src/old.ts', 200),
  ],
  resized: [
    { context: null, path: 'src/a.ts', before: 10_000, after: 22_000, inGit: false },
    { context: null, path: 'src/b.ts', before: 900, after: 100, inGit: false },
  ],
  untracked: [
    {
      ...{
        context: null,
        path: 'node_modules',
        type: 'dir',
        files: 41_206,
        bytes: 688_000_000,
        gitIgnored: true,
      },
      ...{ state: 'read', because: null, at: null, text: null },
    },
    {
      ...{ context: null, path: 'dist', type: 'dir', files: null, bytes: null, gitIgnored: true },
      ...{ state: 'no longer read', because: 'ignored', at: place('.dockerignore', 8), text: 'dist' },
    },
  ],
})

describe('the screen of a build that changed', () => {
  it('has first what its image would miss, then what is sent, what came and went, and what is in no figure', () => {
    expect(shown(report([busy]))).toMatchInlineSnapshot(`
      "Dockerfile   against the last commit in common with origin/main (1a2b3c4d5e6f)
      BuildKit

      ✗ This image would now miss 3 files that it had and that are still here:
         7.00kB  src/locales/fr.json  ignored by .dockerignore:7 \`**/locales\`
         6.00kB  src/locales/de.json  ignored by .dockerignore:7 \`**/locales\`
           340B  config.yml           no longer copied by Dockerfile:9 COPY config.yml
                                      /etc/

      Of what git tracks this build sends 280kB more: 3.12MB → 3.40MB, 214 → 220 files.

      entered 310kB in 6 files
          280kB  assets/video/ (5 files)  new, read by Dockerfile:4 COPY . .
         30.0kB  docs/guide.md            no longer ignored by .dockerignore:3 \`docs\`

      left 200B in 1 file
           200B  src/old.ts  deleted

      grew by 12.0kB in 1 file
         12.0kB  src/a.ts

      shrank by 800B in 1 file
           800B  src/b.ts

      ! No longer read, and not in git: dist/, ignored by .dockerignore:8 \`dist\`
      Not in git, so a clean checkout lacks it, and in no figure: node_modules/ 688MB

      → ctxsize why src/locales/de.json
      "
    `)
  })

  it.each([60, 72, 84, 200])('fits a terminal of %d columns and leaves no fact out', (width) => {
    const text = shown(report([busy]), { width })
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(width)
    const words = text.replace(/\s+/g, '')
    for (const fact of [
      '3filesthatithad',
      '.dockerignore:7`**/locales`',
      'Dockerfile:9COPYconfig.yml/etc/',
      '280kBmore',
    ])
      expect(words).toContain(fact)
    for (const fact of [
      'docs/guide.md',
      '.dockerignore:3`docs`',
      'src/old.ts',
      'src/a.ts',
      'node_modules/688MB',
      'dist/',
    ])
      expect(words).toContain(fact)
  })

  it('is one or two sentences with --quiet', () => {
    expect(shown(report([busy]), { quiet: true })).toBe(
      '✗ This image would now miss 3 files that it had and that are still here:\n' +
        'Of what git tracks this build sends 280kB more: 3.12MB → 3.40MB, 214 → 220 files.\n',
    )
  })

  it('names each file with -v', () => {
    expect(shown(report([busy]), { verbose: true })).toContain('assets/video/e.mp4')
    expect(shown(report([busy]))).not.toContain('assets/video/e.mp4')
  })

  it('warns of what is no longer copied in a milder way than of what a line ignores', () => {
    const copied = target({ left: busy.left?.filter(({ reason }) => reason === 'no longer copied') ?? [] })
    expect(shown(report([copied]))).toMatch(
      /^! This image would now miss 1 file that it had and that is still here:$/m,
    )
  })

  it('prints no control character of a name', () => {
    const names = ['a\nb', '\u001b[31m', '\u202egpj.exe', '::error::x', 'x'.repeat(4000)]
    const hostile = target({
      entered: names.map((name, i) => entered(name, i, { text: `COPY ${name} /`, at: place(name, 1) })),
      left: names.map((name) => left(name, 1, { ...ignored, text: name })),
      resized: names.map((path) => ({ context: null, path, before: 1, after: 2, inGit: false })),
      name: '\u001b]0;x\u0007',
    })
    const text = shown(report([hostile, target()], { base: '\u001b[2J', notes: names }), { verbose: true })
    expect(text).not.toMatch(/[\0-\t\v-\x1f\x7f-\x9f\u202a-\u202e]/)
    expect(Math.max(...text.split('\n').map(displayWidth))).toBeLessThanOrEqual(84)
  })
})

describe('the screen of a build that is as it was', () => {
  it('is a line', () => {
    expect(shown(report([target()]))).toMatchInlineSnapshot(`
      "Dockerfile   against the last commit in common with origin/main (1a2b3c4d5e6f)
      BuildKit

      ✓ No file came or went, and none has another size. It sends 5.00kB from 10 files.
      "
    `)
  })

  it('says what could not be compared', () => {
    const unclear = { entered: null, left: null, resized: null }
    const text = shown(
      report(
        [target({ state: 'unclear', because: 'the Dockerfile of the base is refused: x', ...unclear })],
        {
          notes: ['a submodule is not checked out'],
        },
      ),
    )
    expect(text).toContain('? files are not compared: the Dockerfile of the base is refused: x')
    expect(text).toContain('? a submodule is not checked out')
    expect(text).not.toContain('✓')
  })
})

describe('the screen of many builds', () => {
  const services = ['api', 'worker', 'mailer', 'admin', 'auth'].map((name) =>
    target({
      name,
      transfer: { before: amount(10, 5000), after: amount(11, 6000) },
      entered: [entered('shared/new.ts', 1000)],
    }),
  )

  it('tells once what they have in common, and counts those that are as they were', () => {
    const text = shown(report([...services, target({ name: 'docs' })]))
    expect(text).toMatchInlineSnapshot(`
      "6 builds   against the last commit in common with origin/main (1a2b3c4d5e6f)
      BuildKit

      5 of 6 images are made of other files, or of files of another size.
        api, worker, mailer and 2 more  5.00kB  → 6.00kB  1 entered

      entered 1.00kB in 1 file
         1.00kB  shared/new.ts  api, worker, mailer and 2 more: new, read by Dockerfile:4
                                COPY . .
      "
    `)
  })

  it('names those that came and those that went', () => {
    const text = shown(
      report([
        target({ name: 'api' }),
        target({ name: 'web', state: 'added' }),
        target({ name: 'old', state: 'removed' }),
      ]),
    )
    expect(text).toMatch(/web +→ 5\.00kB +new/)
    expect(text).toMatch(/old +5\.00kB +gone/)
    expect(text).toContain('2 of 3 images')
  })
})
