import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { growExamples, pages, printedBy, shownOf } from '../scripts/readme.mjs'
import { contexts } from './engine/contexts.ts'
import { podmanContexts } from './engine/podman-contexts.ts'

const top = path.join(import.meta.dirname, '..')
const readme = fs.readFileSync(path.join(top, 'README.md'), 'utf8')
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-readme-'))

const blocks = (language: string, text = readme) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map((found) => found[1] ?? '')

beforeAll(() => growExamples(place))
afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

/** The others follow from each other: what one leaves in a file, the next one reads. */
it.each(pages.filter((page) => page !== 'README.md'))('%s shows what its examples print', (page) => {
  const examples = blocks('console', fs.readFileSync(path.join(top, page), 'utf8'))
  expect(examples.length).toBeGreaterThan(2)
  for (const example of examples) {
    const [first = '', ...lines] = example.trimEnd().split('\n')
    const shown = shownOf(lines, printedBy(first, place))
    expect([first, ...(shown ?? [])]).toEqual([first, ...lines.map((line) => line.trimEnd())])
  }
})

describe('the README', () => {
  it('has examples', () => {
    expect(blocks('console').length).toBeGreaterThanOrEqual(4)
    expect(blocks('js').length).toBe(1)
  })

  for (const block of blocks('console')) {
    const [first = '', ...lines] = block.trimEnd().split('\n')
    it(`shows what it prints: ${first}`, () => {
      const printed = printedBy(first, place)
      expect(printed.length).toBeGreaterThan(1)
      // Where it is no longer so: node scripts/readme.mjs
      expect(shownOf(lines, printed)).toEqual(lines.map((line) => line.trimEnd()))
    })
  }

  it('shows a program that prints what its comment says', () => {
    const [program = ''] = blocks('js')
    const library = pathToFileURL(path.join(top, 'dist/index.js')).href
    const printed = execFileSync(
      process.execPath,
      ['--input-type=module', '--eval', program.replace("from 'ctxsize'", `from '${library}'`)],
      { cwd: place, encoding: 'utf8' },
    )
    expect(printed.trim()).toBe(/\/\/ (\d+)/.exec(program)?.[1])
  })

  it('counts the cases as they are', () => {
    const lines = (name: string) =>
      fs
        .readFileSync(path.join(top, 'fixtures/conformance', name), 'utf8')
        .trimEnd()
        .split('\n').length
    expect(readme).toContain(
      `${lines('match.jsonl').toLocaleString('en')} patterns and paths, ${lines('ignorefile.jsonl')} ignore files and ${lines('contexts.jsonl')} contexts`,
    )
    expect(readme).toContain(`build ${podmanContexts.length} contexts more`)
    const both = contexts.filter(({ buildkitOnly }) => !buildkitOnly).length
    expect(readme).toContain(`builds ${contexts.length} contexts with BuildKit, ${both} of them with`)
  })

  it('names commands that package.json has', () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(top, 'package.json'), 'utf8'))
    expect(readme).toContain('npm ci && npm start -- PATH')
    expect(readme).toContain('npm ci && npm test')
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['start', 'test']))
  })
})
