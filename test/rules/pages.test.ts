import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ruleWords } from '../../src/rule-words.ts'
import { ctxsize } from '../cli/world.ts'

const folder = path.join(import.meta.dirname, '../../docs/rules')
const ids = Object.keys(ruleWords)

describe('docs/rules', () => {
  it.each(ids)(
    'has the page that ctxsize explain prints of %s (node scripts/rules.mjs writes it)',
    async (id) => {
      const { stdout } = await ctxsize(`explain ${id} --format markdown`)
      expect(fs.readFileSync(path.join(folder, `${id}.md`), 'utf8')).toBe(stdout)
    },
  )

  it('has no other page, and lists each with its title', () => {
    expect(fs.readdirSync(folder).sort()).toEqual([...ids.map((id) => `${id}.md`), 'README.md'].sort())
    const list = fs.readFileSync(path.join(folder, 'README.md'), 'utf8')
    for (const [id, { title }] of Object.entries(ruleWords))
      expect(list).toContain(`| [\`${id}\`](${id}.md) | ${title} |`)
  })
})

describe('ctxsize explain', () => {
  it('lists the rules where none is named', async () => {
    const { stdout, code } = await ctxsize('explain')
    expect(code).toBe(0)
    for (const id of ids) expect(stdout).toContain(`  ${id} `)
  })

  it('shows of what was put right only what differs', async () => {
    const { stdout } = await ctxsize('explain dockerignore-subsumed')
    expect(stdout).toMatchInlineSnapshot(`
      "dockerignore-subsumed: another line of the ignore file does all that a line does

        The line could go without any difference, on this tree and on any other.

      An example
        .dockerignore
            **/*.log
            api/debug.log
        Dockerfile
            FROM alpine
            COPY . /app
        and api/debug.log
        $ ctxsize .
        ! \`api/debug.log\` adds nothing to \`**/*.log\` on line 1

      Put right
        .dockerignore
            **/*.log

      Leave it out
        # ctxsize ignore=dockerignore-subsumed reason="…"
        above the line; for a project, in its configuration:
        rules: { dockerignore-subsumed: off }
      "
    `)
  })

  it('says which rule was meant', async () => {
    const { stderr, code } = await ctxsize('explain dockerignore-subsume')
    expect([code, stderr]).toEqual([
      2,
      'error: there is no rule dockerignore-subsume; did you mean dockerignore-subsumed?\n',
    ])
    expect((await ctxsize('explain subsumed')).stderr).toContain('did you mean dockerignore-subsumed?')
    expect((await ctxsize('explain \u001b[31m')).stderr).not.toContain('\u001b')
  })
})
