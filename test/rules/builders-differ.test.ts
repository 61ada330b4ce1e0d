import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { ScanOptions } from '../../src/scan.ts'
import { scanTree } from '../scan-tree.ts'

const found = (tree: MemoryTree, options: Partial<ScanOptions> = {}) =>
  scanTree(tree, options)
    .findings.filter(({ rule }) => rule === 'builders-differ')
    .map(({ data, at, severity }) => [
      severity,
      data['finds'],
      data['misses'],
      data['paths'],
      at && `${at.file}:${at.line}`,
    ])

describe('builders that do not agree', () => {
  const keep = { 'b/keep.log': 1, 'b/c/keep.log': 2, 'b/x': 3 }

  it('are told with the files and the line that drops their directory', () => {
    const tree = { ...keep, '.dockerignore': '# x\nb\n!**/keep.log\n' }
    const files = ['b/c/keep.log', 'b/keep.log']
    expect(found(tree)).toEqual([
      ['info', 'BuildKit', 'podman', files, '.dockerignore:2'],
      ['info', 'BuildKit', 'the classic builder', files, '.dockerignore:2'],
    ])
    // Nobody asked for the others.
    expect(found(tree, { wantsClassic: false })).toEqual([])
  })

  it('are told in a sentence', () => {
    const [finding] = scanTree({ ...keep, '.dockerignore': 'b\n!**/keep.log\n' }).findings
    expect(finding?.message).toBe(
      'these 2 files reach BuildKit but not podman, because of .dockerignore:1 `b`: `b/c/keep.log`, `b/keep.log`',
    )
  })

  it('are told the other way round too', () => {
    expect(found({ 'b/a.log': 1, '.dockerignore': 'b/*.log\n!b\n' })).toEqual([
      ['info', 'podman', 'BuildKit', ['b/a.log'], '.dockerignore:1'],
    ])
  })

  it('may read different files', () => {
    expect(found({ a: 1, b: 2, '.dockerignore': 'a\n', '.containerignore': 'b\n' })).toEqual([
      ['info', 'podman', 'BuildKit', ['a'], '.dockerignore:1'],
      ['info', 'BuildKit', 'podman', ['b'], '.containerignore:1'],
    ])
  })

  it('are told whoever leads', () => {
    const tree = { 'b/a.log': 1, '.dockerignore': 'b/*.log\n!b\n' }
    expect(found(tree, { builder: 'podman' })).toEqual(found(tree))
  })

  it('are not told of where they agree', () => {
    expect(found({ ...keep, '.dockerignore': 'b\n**/*.txt\n' })).toEqual([])
    expect(found({ ...keep, '.dockerignore': 'b\n!b/x\n' })).toEqual([])
    expect(found(keep)).toEqual([])
  })
})
