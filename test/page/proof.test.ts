import { describe, expect, it } from 'vitest'
import { createTrial } from '../../src/page/outcome.ts'
import { proveChange } from '../../src/page/proof.ts'
import { scanTree } from '../scan-tree.ts'
import { treeOf } from './page-tree.ts'

const files = {
  Dockerfile: 'FROM scratch AS x\nCOPY src /src\nCOPY package.json /\n',
  '.dockerignore': '*.log\n',
  'src/a.ts': 100,
  'src/b.map': 50,
  'package.json': 7,
  'docs/a.md': 1000,
  'a.log': 3,
}

function proved(text: string) {
  const tree = treeOf(scanTree(files))
  const before = createTrial(tree)(0, files['.dockerignore']).outcome
  const after = createTrial(tree)(0, text).outcome
  if (!before || !after) throw new Error('docker takes both')
  return proveChange(tree, before, after)
}

describe('the proof of a change', () => {
  it('tells what nobody reads from what the image loses', () => {
    const { losses } = proved('*.log\ndocs\n**/*.map\n')
    expect(losses).toMatchObject([
      { kind: 'unread', files: 1, bytes: 1000 },
      { kind: 'read', files: 1, bytes: 50 },
    ])
  })

  it('names the instruction that finds its source no longer', () => {
    const { broken } = proved('*.log\npackage.*\n')
    expect(broken).toMatchObject([{ instruction: 1, failure: { kind: 'missing', path: 'package.json' } }])
  })

  it('holds for every tree where the languages do not meet, and says who reads where they do', () => {
    const { lines } = proved('*.log\ndocs\n**/*.map\n')
    expect(lines.map(({ line, reader }) => [line, reader?.instruction.line ?? null])).toEqual([
      ['docs', null],
      ['**/*.map', 2],
    ])
  })

  it('says what comes in where a line is switched off', () => {
    expect(proved('').gains).toEqual({ files: 1, bytes: 3 })
  })
})
