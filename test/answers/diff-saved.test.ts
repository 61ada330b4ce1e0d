import { describe, expect, it } from 'vitest'
import { compareReports } from '../../src/answers/diff-saved.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { Report } from '../../src/report.ts'
import { diffMarkdown } from '../../src/reporters/diff/markdown.ts'
import { diffText } from '../../src/reporters/screen/diff.ts'
import { made } from '../inspect/made-up.ts'
import { plainStyle } from '../reporters/style.ts'
import { scanTree } from '../scan-tree.ts'

const reportOf = (tree: MemoryTree): Report => scanTree(tree).report
const before = { 'src/a.c': 100, 'assets/x.png': 5000, 'old/z': 70 }
const after = { 'src/a.c': 100, 'assets/x.png': 9000, 'new/y': 300 }
const compare = (one: MemoryTree = before, other: MemoryTree = after) =>
  compareReports('old.json', reportOf(one), reportOf(other))

describe('a comparison with a saved report', () => {
  it('has the amounts of both, and no list of files', () => {
    const [target] = compare().targets
    expect(target).toMatchObject({
      state: 'amounts',
      transfer: { before: { files: 4, bytes: 5192 }, after: { files: 4, bytes: 9422 } },
      entered: null,
      left: null,
      resized: null,
      untracked: [],
    })
    expect(compare().context).toEqual(target?.transfer)
  })

  it('has the largest parts that have another amount, what changed most first', () => {
    expect(compare().contexts[0]?.parts).toEqual([
      {
        path: 'assets/x.png',
        type: 'file',
        before: { files: 1, bytes: 5000 },
        after: { files: 1, bytes: 9000 },
      },
      { path: 'new', type: 'dir', before: null, after: { files: 1, bytes: 300 } },
      { path: 'old', type: 'dir', before: { files: 1, bytes: 70 }, after: null },
    ])
  })

  it('says that files cannot be told, and against what they can', () => {
    expect(compare().notes).toEqual([
      'a report has no list of files: what entered and what left is told against a commit, ctxsize diff origin/main',
    ])
    const other = { ...reportOf(before), tool: { name: 'ctxsize', version: '0.0.1' } } as const
    const { notes } = compareReports('x', other, reportOf(before))
    expect(notes[1]).toContain('the report was made by ctxsize 0.0.1')
  })

  it('has the secrets and failures that are new', () => {
    const secret = { 'src/.env': `TOKEN=gh${'p_'}${made(36)}\n` }
    const found = compare(before, { ...before, ...secret }).targets[0]?.findings
    expect(found?.map(({ rule, data }) => [rule, data['path']])).toEqual([['secret-ships', 'src/.env']])
    expect(compare(secret, { ...secret, 'src/b': 1 }).targets[0]?.findings).toEqual([])
    const fails = { ...before, Dockerfile: 'FROM scratch\nCOPY nowhere /\n' }
    expect(compare(before, fails).targets[0]).toMatchObject({
      buildFails: { before: false, after: true },
      findings: [{ rule: 'copy-source-missing' }],
    })
  })

  it('tells builds that came from those that went', () => {
    const [one, other] = [
      reportOf(before),
      reportOf({ ...after, Dockerfile: 'FROM scratch AS x\nCOPY . /\n' }),
    ]
    const renamed = JSON.parse(JSON.stringify(other).replaceAll('"Dockerfile"', '"Other"')) as Report
    expect(
      compareReports('x', one, renamed).targets.map(({ dockerfile, state }) => [dockerfile, state]),
    ).toEqual([
      ['Other', 'added'],
      ['Dockerfile', 'removed'],
    ])
  })

  it('is printed without a word of files that came or went', () => {
    expect(diffText(compare(), plainStyle)).toMatchInlineSnapshot(`
      "Dockerfile   against the report old.json   BuildKit

      This build sends 4.23kB more: 5.19kB → 9.42kB, 4 files as before.

      of the largest parts
         5.00kB  → 9.00kB  assets/x.png
              …  → 300B    new/
            70B  → …       old/

      ? a report has no list of files: what entered and what left is told against a
        commit, ctxsize diff origin/main
      "
    `)
    const same = diffText(compare(before, before), plainStyle)
    expect(same).toContain('✓ It sends 5.19kB from 4 files, as in the report.')
    expect(diffMarkdown(compare(), plainStyle)).toContain('| of the largest parts | before | now |')
  })
})
