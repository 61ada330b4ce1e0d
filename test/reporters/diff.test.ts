import { describe, expect, it } from 'vitest'
import type { DiffReport } from '../../src/report/diff.ts'
import { diffText } from '../../src/reporters/screen/diff.ts'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import type { Style } from '../../src/reporters/style.ts'
import { amount, busy, entered, hostile, hostileNames, report, target } from './compared.ts'
import { plainStyle } from './style.ts'

const shown = (made: DiffReport, style: Partial<Style> = {}) => diffText(made, { ...plainStyle, ...style })

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

  it('calls many files by the directory that they have in common, else by the largest and the rest last', () => {
    const names = Array.from({ length: 40 }, (_, i) => `d${i % 8}/f${i}`)
    const within = target({ entered: names.map((name) => entered(`pkg/src/${name}`, 10)) })
    expect(shown(report([within]))).toMatch(/^ +400B {2}pkg\/src\/ \(40 files\) {2}new/m)
    const apart = shown(report([target({ entered: names.map((name, i) => entered(name, i)) })]))
    expect(apart.match(/^ +\S+ {2}\S+.*\(\d+ files\)/gm)?.map((line) => line.trim())).toEqual([
      '115B  d7/ (5 files)',
      '110B  d6/ (5 files)',
      '105B  d5/ (5 files)',
      '450B  5 more (25 files)',
    ])
  })

  it('prints no control character of a name', () => {
    const text = shown(report([hostile, target()], { base: '\u001b[2J', notes: hostileNames }), {
      verbose: true,
    })
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

describe('the screen of another builder', () => {
  const whole = report([busy], {
    contexts: [
      {
        root: '.',
        ignoreFile: { before: null, after: null },
        context: { before: amount(300, 9_000_000), after: amount(310, 9_500_000) },
      },
    ],
  })

  it('has what that builder takes', () => {
    expect(shown(whole, { builder: 'classic' })).toContain(
      'sends 500kB more: 9.00MB → 9.50MB, 300 → 310 files',
    )
    expect(shown(whole, { builder: 'podman' })).toContain('can read 500kB more: 9.00MB → 9.50MB')
    expect(shown(whole)).toContain('sends 280kB more: 3.12MB → 3.40MB')
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
         1.00kB  shared/new.ts  api, worker, mailer and 2 more: new
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
