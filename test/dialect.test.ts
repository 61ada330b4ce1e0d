import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createIgnoreMatcher, parseIgnoreFile } from '../src/index.ts'
import { git } from './git.ts'

const page = fs.readFileSync(path.join(import.meta.dirname, '../docs/dockerignore.md'), 'utf8')
const spans = (cell: string) => [...cell.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text)
const rows = page.split('\n').flatMap((line): readonly (readonly [string, string, string, string])[] => {
  const [, lines = '', file = '', git = '', docker = ''] = line.split(' | ').join('|').split('|')
  const [name] = spans(file)
  return name === undefined ? [] : [[spans(lines).join('\n'), name, git.trim(), docker.trim()]]
})

const top = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-dialect-'))
git(top, 'init', '-q')
afterAll(() => fs.rmSync(top, { recursive: true, force: true }))

/** git-check-ignore(1) ends with 0 where the path is ignored, with 1 where it is not. */
function isIgnoredByGit(lines: string, file: string): boolean {
  fs.writeFileSync(path.join(top, '.gitignore'), `${lines}\n`)
  try {
    git(top, 'check-ignore', '-q', '--no-index', '--', file)
    return true
  } catch (thrown) {
    if (thrown instanceof Error && 'status' in thrown && thrown.status === 1) return false
    throw thrown
  }
}

describe('docs/dockerignore.md', () => {
  it('has rows', () => {
    expect(rows.length).toBeGreaterThan(30)
  })

  it.each(rows)('says what becomes of %j for %s: git %s, docker %s', (lines, file, byGit, docker) => {
    const { patterns, problems } = parseIgnoreFile(lines)
    expect(problems).toEqual([])
    expect(createIgnoreMatcher(patterns).ignores(file) ? 'yes' : 'no').toBe(docker)
    expect(isIgnoredByGit(lines, file) ? 'yes' : 'no').toBe(byGit)
  })
})
