import { describe, expect, it } from 'vitest'
import { propose } from '../../src/propose.ts'
import { scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { repoHost } from './propose-tree.ts'

/** What is said of the lines of an ignore file, where a repository of Python has been worked in. */
function hints(ignore: string, more: Readonly<Record<string, string | number>> = {}): readonly unknown[] {
  const host = repoHost({
    tracked: { Dockerfile: 'FROM python:3\nCOPY . /app\n', '.dockerignore': ignore, 'a/b.py': 'pass' },
    untracked: { 'a/__pycache__/b.pyc': 9, 'c/__pycache__/d.pyc': 9, 'a/.DS_Store': 4, ...more },
  })
  const { part } = propose(host, scan(host, plainBuild), { thorough: true })
  return part.remarks.findings.filter(({ rule }) => rule.startsWith('dockerignore-')).map(({ hint }) => hint)
}

describe('what the rules would write into the ignore file', () => {
  it('is said to be added where fix adds just that, and the line to do nothing then', () => {
    expect(hints('__pycache__\n')).toEqual(['ctxsize fix adds `**/__pycache__`; line 1 can go then'])
    expect(hints('__pycache__\n.DS_Store\n')).toEqual([
      'ctxsize fix adds `**/__pycache__`, `**/.DS_Store`; lines 1, 2 can go then',
    ])
    expect(hints('.DS_Store # mac\n')).toEqual(['ctxsize fix adds `**/.DS_Store`; line 1 can go then'])
  })

  it('is told as ever where fix does not', () => {
    expect(hints('__pycache__\n*.py[co]\n')).toEqual([
      'ctxsize fix adds `**/__pycache__`; line 1 can go then; write `**/*.py[co]` on line 2',
    ])
    expect(hints('data # large\n')).toEqual(['write `data` on line 1'])
  })

  it('does not say that a line can go where an exception may count on it', () => {
    expect(hints('__pycache__\n!a/x\n')).toContain('ctxsize fix adds `**/__pycache__`')
  })
})
