import { describe, expect, it } from 'vitest'
import { editReports } from '../../../src/suggest/edits/diff.ts'

const reported = (before: string | null, after: string) =>
  editReports([{ file: '.dockerignore', before, after }]).map(({ line, removes, adds }) => ({
    line,
    removes,
    adds,
  }))

describe('lines that change', () => {
  it('are only those that come in where the last line had no end', () => {
    expect(reported('README.md', 'README.md\n*.log\n')).toEqual([{ line: 2, removes: [], adds: ['*.log'] }])
    expect(reported('README.md\n', 'README.md\n*.log\n')).toEqual([{ line: 2, removes: [], adds: ['*.log'] }])
  })

  it('are all of a new file', () => {
    expect(reported(null, '*.log\n')).toEqual([{ line: 1, removes: [], adds: ['*.log'] }])
  })

  it('have the last line where that changes', () => {
    expect(reported('a\nb', 'a\nc')).toEqual([{ line: 2, removes: ['b'], adds: ['c'] }])
  })
})
