/** The example of docs/diff.md, typed. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { newRepository } from './compared.ts'
import { runOn } from './world.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-diff-docs-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

it('is what the page shows', async () => {
  const page = fs.readFileSync(path.join(import.meta.dirname, '../../docs/diff.md'), 'utf8')
  const [, shown = ''] = /^```console\n\$ ctxsize diff main\n([\s\S]*?)^```/m.exec(page) ?? []
  const repo = newRepository(path.join(base, 'repo'))
  repo.commit({
    Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY . .\n',
    '.dockerignore': '.git\ndocs\n',
    'docs/guide.md': 40_000,
    'src/locales/de.json': 12_000,
    'src/locales/fr.json': 9000,
    'src/main.js': 25_000,
    'package.json': 300,
    'README.md': 100,
  })
  repo.git('checkout', '-q', '-b', 'topic')
  repo.commit({
    '.dockerignore': '.git\n\n**/locales\n',
    'src/main.js': 25_500,
    ...Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [`assets/video/${name}.mp4`, 60_000])),
  })
  const { stdout } = await runOn(repo.host(), ['diff', 'main', repo.dir])
  expect(stdout.replaceAll(` -C ${repo.dir}`, '').replace(/\([0-9a-f]{12}\)/, '(…)')).toBe(shown)
})
