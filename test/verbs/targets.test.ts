import { describe, expect, it } from 'vitest'
import { nothingKnown } from '../../src/repository/known.ts'
import { readArguments } from '../../src/verbs/arguments.ts'
import { readOptions } from '../../src/verbs/options.ts'
import { firstOfEach, measureAll, toldOf } from '../../src/verbs/targets.ts'
import { contextHost } from '../scan-tree.ts'

describe('builds of one context', () => {
  it('have one of them to propose for all, though the classic client walks with a line of its own for a Dockerfile that is dropped', () => {
    const host = contextHost({
      Dockerfile: 'FROM scratch\nCOPY src /\n',
      '.devcontainer/Dockerfile': 'FROM scratch\nCOPY src /\n',
      '.dockerignore': 'Dockerfile*\n',
      'src/a': 1,
    })
    const options = readOptions(readArguments(['fix', '/ctx']), host)
    const { scans } = measureAll({ host, options, progress: null }, nothingKnown())
    const dockerfiles = (found: typeof scans) => found.map(({ reference }) => reference.dockerfile)
    expect(dockerfiles(scans)).toEqual(['Dockerfile', '.devcontainer/Dockerfile'])
    expect(new Set(scans.map(({ main }) => main.table)).size).toBe(2)
    expect(dockerfiles(firstOfEach(scans))).toEqual(['Dockerfile'])
  })

  it('tell what a change saves of the one for which most is sent, and of one Dockerfile of the build itself', () => {
    const told = (files: Readonly<Record<string, string | number>>): readonly string[] => {
      const host = contextHost({ 'src/a': 9000, 'src/b': 1, ...files })
      const options = readOptions(readArguments(['fix', '/ctx']), host)
      const { scans } = measureAll({ host, options, progress: null }, nothingKnown())
      return scans.map((one) => toldOf(scans, one).reference.dockerfile)
    }
    const Dockerfile = 'FROM scratch\nRUN x\n'
    expect(told({ Dockerfile, 'web.Dockerfile': 'FROM scratch\nCOPY . /\n' })).toEqual([
      'web.Dockerfile',
      'web.Dockerfile',
    ])
    expect(told({ Dockerfile: 'FROM scratch\nCOPY src/b /\n' })).toEqual(['Dockerfile'])
  })
})
