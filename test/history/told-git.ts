/** A git that knows a line of commits by what each of them changed, for hosts in memory. */

import type { Git, GitResult } from '../../src/host/host.ts'
import type { MemoryTree } from '../../src/host/memory.ts'

/** What a directory needs so that it is taken for a repository. */
export const repositoryTree = (top: string): MemoryTree => ({
  [`${top}/.git/HEAD`]: 'ref: refs/heads/main\n',
  [`${top}/.git/objects/pack/pack-1.pack`]: 40,
  [`${top}/.git/refs/heads/main`]: `${'1'.repeat(40)}\n`,
})

const answer = (text: string): GitResult => ({
  ok: true,
  stdout: Buffer.from(text),
  stderr: '',
  code: 0,
  trouble: null,
})

export interface ToldGit {
  readonly git: Git
  /** The commands that were asked, with how many commits each was about. */
  readonly asked: string[]
}

/** `commits`: changed paths, the newest first; the last one is the root. `most`: bytes of an answer before it is too much. */
export function toldGit(commits: readonly (readonly string[])[], most = Number.POSITIVE_INFINITY): ToldGit {
  const id = (i: number) => i.toString(16).padStart(40, '0')
  const asked: string[] = []
  const git: Git = (_, [command, ...args], { input = new Uint8Array() } = {}) => {
    const lines = Buffer.from(input).toString().split('\n').filter(Boolean)
    asked.push(`${command} ${lines.length}`)
    if (command === 'rev-list') {
      const count = Number(args.find((one) => one.startsWith('--max-count='))?.slice(12) ?? commits.length)
      return answer(
        commits
          .map((_, i) => `${id(i)}${i === commits.length - 1 ? '' : ` ${id(i + 1)}`}\n`)
          .slice(0, count)
          .join(''),
      )
    }
    if (command !== 'diff-tree') return { ...answer(''), ok: false, code: 1, trouble: 'failed' }
    const text = lines
      .map((line) => Number.parseInt((line.split(' ')[0] ?? '') || '0', 16))
      .map((i) => {
        const changed = commits[i] ?? []
        const one = (path: string) => `M\0${path}\0`
        return changed.length === 0 ? '' : `${id(i)}\0${changed.map(one).join('')}`
      })
      .join('')
    return Buffer.byteLength(text, 'latin1') > most
      ? { ...answer(''), ok: false, code: null, trouble: 'too-much' }
      : answer(text)
  }
  return { git, asked }
}
