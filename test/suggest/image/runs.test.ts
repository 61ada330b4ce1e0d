import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { proposeFor } from '../propose-tree.ts'

const image = (run: string) => `FROM node\nWORKDIR /app\nCOPY . .\nRUN ${run}\n`
/** Why the history may go, or must not. */
const history = (run: string, files: MemoryTree) =>
  proposeFor({ tracked: { Dockerfile: image(run), ...files } }).because.find((text) =>
    text.includes(' .git: '),
  )

describe('scripts that a RUN calls', () => {
  it('are followed where one calls the next', () => {
    expect(history('sh a.sh', { 'a.sh': 'sh b.sh\n', 'b.sh': 'echo a\n' })).toBe(
      'safe .git: no RUN, script or manifest uses git',
    )
  })

  it.each<[string, string, MemoryTree]>([
    ['itself', 'sh a.sh', { 'a.sh': 'sh a.sh\n'.repeat(30) }],
    ['one that calls it', 'sh a.sh', { 'a.sh': 'sh b.sh\n'.repeat(30), 'b.sh': 'sh a.sh\n'.repeat(30) }],
    [
      'itself by a package script',
      'npm run a',
      { 'package.json': JSON.stringify({ scripts: { a: Array(20).fill('npm run a').join(' && ') } }) },
    ],
  ])('are not known, and are soon told to be so, where one calls %s', (_, run, files) => {
    const before = process.cpuUsage()
    expect(history(run, files)).toContain('is not known')
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })

  it('are not followed to the end where each calls the next very often', () => {
    const files = Object.fromEntries(
      Array.from({ length: 4 }, (_, i) => [`s${i}.sh`, `sh s${i + 1}.sh\n`.repeat(50)]),
    )
    const before = process.cpuUsage()
    expect(history('sh s0.sh', { ...files, 's4.sh': 'echo a\n' })).toContain(
      'it runs more commands than are followed (Dockerfile:4)',
    )
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })
})
