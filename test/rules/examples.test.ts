import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { MemoryEntry, MemoryTree } from '../../src/host/memory.ts'
import type { Report } from '../../src/report.ts'
import { type ContextExample, ruleExamples } from '../../src/rule-examples.ts'
import { ctxsize } from '../cli/world.ts'
import { machO } from '../inspect/heads.ts'
import { made } from '../inspect/made-up.ts'
import { indexOf } from '../laws/projects.ts'

function treeOf({ files, untracked, macBinaries = [], keys = {}, links = {} }: ContextExample): MemoryTree {
  const tree: Record<string, MemoryEntry> = { ...files }
  for (const file of macBinaries) tree[file] = { type: 'file', content: machO(), mode: 0o755 }
  for (const [file, name] of Object.entries(keys)) tree[file] = `${name}=${made(32)}\n`
  for (const [file, target] of Object.entries(links)) tree[file] = { type: 'symlink', target }
  if (untracked === undefined) return tree
  const tracked = Object.keys(tree).filter((file) => !untracked.includes(file))
  return {
    ...tree,
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/objects': { type: 'dir' },
    '.git/refs': { type: 'dir' },
    '.git/index': indexOf(tracked),
  }
}

/** What `tar -c .` prints in a directory with these texts. */
function tarOf({ files }: ContextExample): Uint8Array {
  const top = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-example-'))
  for (const [file, text] of Object.entries(files)) fs.writeFileSync(path.join(top, file), text)
  const tar = execFileSync('tar', ['-c', '.'], { cwd: top })
  fs.rmSync(top, { recursive: true })
  return tar
}

async function findingsOf(example: ContextExample, command: string) {
  const [, piped, words = ''] = /^(tar -c \. \| )?ctxsize (.*)$/.exec(command) ?? []
  const tree = Object.fromEntries(
    Object.entries(treeOf(example)).map(([file, entry]) => [`/${file}`, entry] as const),
  )
  const { stdout } = await ctxsize(`--format json ${words}`, {
    tree,
    ...(piped !== undefined && { input: tarOf(example) }),
  })
  return (JSON.parse(stdout) as Report).contexts.flatMap(({ findings }) => findings)
}

describe.each(Object.entries(ruleExamples))('the example of %s', (id, { bad, says, good, command }) => {
  const saysOf = async (example: ContextExample) =>
    (await findingsOf(example, example.command ?? command ?? 'ctxsize .'))
      .filter(({ rule, family }) => rule === id || family === id)
      .map(({ message }) => message)

  it('is told of, in its words', async () => {
    expect(await saysOf(bad)).toEqual(says)
  })

  it('is told of no more once it is put right', async () => {
    expect(await saysOf(good)).toEqual([])
  })
})
