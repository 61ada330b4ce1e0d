import { describe, expect, it } from 'vitest'
import type { GitAhead, Host } from '../../src/host/host.ts'
import { createMemoryHost } from '../../src/host/memory.ts'
import { askLargePast } from '../../src/repository/past.ts'

/** A repository whose index begins as one of that many files does; `asked` has what a thread is asked. */
function repository(files: number): { readonly host: Host; readonly asked: string[] } {
  const count = String.fromCharCode(0, 0, files >> 8, files & 255)
  const asked: string[] = []
  const gitAhead: GitAhead = (directory, steps) => {
    asked.push(`${directory} ${steps.map(({ args: [command] }) => command).join(' ')}`)
    return () => []
  }
  const host = createMemoryHost({
    '/ctx/.git/HEAD': 'ref: refs/heads/main\n',
    '/ctx/.git/objects': { type: 'dir' },
    '/ctx/.git/refs': { type: 'dir' },
    '/ctx/.git/index': `DIRC\0\0\0\x02${count}`,
    '/ctx/app/a.c': 1,
  })
  return { host: { ...host, gitAhead }, asked }
}

describe('the past of a repository', () => {
  it('is asked for ahead where git tracks so much that a thread is worth it', () => {
    const { host, asked } = repository(0x0801)
    expect(askLargePast(host, '/ctx/app')?.top).toBe('/ctx')
    expect(asked).toEqual(['/ctx rev-list diff-tree'])
  })

  it('is not asked for ahead where git tracks little', () => {
    const { host, asked } = repository(0x0701)
    expect(askLargePast(host, '/ctx/app')).toBeNull()
    expect(asked).toEqual([])
  })
})
