import { describe, expect, it } from 'vitest'
import type { DiffReport } from '../../src/report/diff.ts'
import { diffMarkdown } from '../../src/reporters/diff/markdown.ts'
import { busy, entered, hostile, hostileNames, left, report, target } from './compared.ts'
import { plainStyle } from './style.ts'

const print = (made: DiffReport) => diffMarkdown(made, plainStyle)

describe('the comment of a comparison', () => {
  it('has first what the image would miss, and the files to unfold', () => {
    expect(print(report([busy]))).toMatchInlineSnapshot(`
      "<!-- ctxsize diff . -->
      ### ✗ ctxsize: Of what git tracks this build sends 280kB more: 3.12MB → 3.40MB, 214 → 220 files

      **This image would now miss 3 files that it had and that are still here:**

      | size | what | why |
      | ---: | --- | --- |
      | 7.00kB | <code>src/locales/fr.json</code> | ignored by .dockerignore:7 <code>&#42;&#42;/locales</code> |
      | 6.00kB | <code>src/locales/de.json</code> | ignored by .dockerignore:7 <code>&#42;&#42;/locales</code> |
      | 340B | <code>config.yml</code> | no longer copied by Dockerfile:9 COPY config.yml /etc/ |

      | image | before | now | files |
      | --- | ---: | ---: | --- |
      | <code>Dockerfile</code> | 3.12MB | 3.40MB | 214 → 220 files |

      <details><summary>entered 310kB in 6 files</summary>

      | size | what | why |
      | ---: | --- | --- |
      | 280kB | <code>assets/video/</code> (5 files) | new, read by Dockerfile:4 COPY . . |
      | 30.0kB | <code>docs/guide.md</code> | no longer ignored by .dockerignore:3 <code>docs</code> |

      </details>

      <details><summary>left 200B in 1 file</summary>

      | size | what | why |
      | ---: | --- | --- |
      | 200B | <code>src/old.ts</code> | deleted |

      </details>

      <details><summary>grew by 12.0kB in 1 file</summary>

      | size | what | why |
      | ---: | --- | --- |
      | 12.0kB | <code>src/a.ts</code> |  |

      </details>

      <details><summary>shrank by 800B in 1 file</summary>

      | size | what | why |
      | ---: | --- | --- |
      | 800B | <code>src/b.ts</code> |  |

      </details>

      - ! No longer read, and not in git: dist/, ignored by .dockerignore:8 <code>dist</code>

      <sub>against the last commit in common with origin/main (1a2<!-- -->b3c4d5e6f) · Not in git, so a clean checkout lacks it, and in no figure: node&#95;modules/ 688MB</sub>
      "
    `)
  })

  it('is a heading and against what, where nothing changed', () => {
    expect(print(report([target()]))).toMatchInlineSnapshot(`
      "<!-- ctxsize diff . -->
      ### ✓ ctxsize: No file came or went, and none has another size. It sends 5.00kB from 10 files

      <sub>against the last commit in common with origin/main (1a2<!-- -->b3c4d5e6f)</sub>
      "
    `)
  })

  it('is found again by its first line, whatever it is compared with', () => {
    const asked = { context: '.', options: ['-f', 'x y'], builder: 'buildkit', path: 'services/api' } as const
    const [first, other] = ['main', 'v1'].map((base) => print(report([busy], { base, asked })).split('\n')[0])
    expect(first).toBe('<!-- ctxsize diff services/api -f x%20y -->')
    expect(other).toBe(first)
    expect(print(report([busy])).split('\n')[0]).toBe('<!-- ctxsize diff . -->')
  })

  it('lets nothing through that is markup', () => {
    const text = print(report([hostile, target({ name: '| x |' })], { base: '](y)', notes: hostileNames }))
    for (const line of text.split('\n').slice(1)) {
      const told = line
        .replace(/<(?:\/?code|\/?details|\/?summary|\/?sub)>|<!-- -->/g, '')
        .replace(/^(?:- |### |\| .*\|$)/, (found) => found.replaceAll('|', ''))
      expect(told.replace(/\*\*[^*]*\*\*/g, '')).not.toMatch(/[<>*_~[\]\\|{}$^`]|&(?!#\d+;)/)
      expect(line.replace(/^### /, '')).not.toMatch(/@(?!<!-- -->)|(?<!&)#(?!<!-- -->)|:\/\//)
    }
    expect(text).not.toMatch(/[\0-\t\v-\x1f\x7f-\x9f\u202a-\u202e]/)
  })

  it('keeps the columns of its tables', () => {
    for (const made of [report([busy]), report([hostile]), report([busy, hostile, target()])])
      for (const table of print(made).split(/\n(?!\|)/)) {
        const columns = table
          .split('\n')
          .flatMap((row) => (row.startsWith('|') ? [row.split('|').length] : []))
        expect(new Set(columns).size).toBeLessThanOrEqual(1)
      }
  })

  it('is not longer than GitHub takes, and says how much is left out', () => {
    const many = Array.from({ length: 5000 }, (_, i) => `d${i}/${'n'.repeat(50)}`)
    const large = target({
      entered: many.map((name) => entered(name, 1)),
      left: many.map((name) => left(name, 1)),
    })
    const text = diffMarkdown(report([large]), { ...plainStyle, verbose: true })
    expect(text.length).toBeLessThan(65_536)
    expect(text).toMatch(/… [\d,]+ files more/)
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length)
  })
})
