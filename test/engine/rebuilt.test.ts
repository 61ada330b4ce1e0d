/** What `ctxsize why --rebuilt` says has changed against what BuildKit takes from its cache after the same change. */

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeChain } from '../../src/history/chain.ts'
import { compareFingerprints } from '../../src/history/compare.ts'
import { type Fingerprint, takeFingerprint } from '../../src/history/fingerprint.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { type Scan, scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { cachedSteps } from './cached-steps.ts'
import { startEngine } from './engine.ts'
import { orSkip } from './required.ts'
import { dir, file, lay, symlink, type Tree } from './tree.ts'

const engine = orSkip(await startEngine(), 'engine')
const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-rebuilt-')))
afterAll(async () => {
  fs.rmSync(top, { recursive: true, force: true })
  await engine?.stop()
})
const host = createNodeHost({})

/** A stage for each instruction, so that none of them is lost for another. */
const instructions = [
  'COPY src /a',
  'COPY . /b',
  'COPY src/*.txt /c/',
  'COPY sr* /d/',
  'COPY src/a.txt /e',
  'COPY src/sub src/a.txt /f/',
  'COPY src/su* /g/',
]
const dockerfile = [
  ...instructions.flatMap((text, i) => [`FROM scratch AS s${i}`, text]),
  'FROM scratch',
  ...instructions.map((_, i) => `COPY --from=s${i} / /`),
  '',
].join('\n')

const base: Tree = {
  Dockerfile: dockerfile,
  '.dockerignore': '**/*.log\nDockerfile\n.dockerignore\n',
  'root.txt': 'root',
  src: dir(),
  'src/a.txt': 'a',
  'src/b.md': 'b',
  'src/sub': dir(),
  'src/sub/c.txt': 'c',
  'src/hollow': dir(),
  'src/logs': dir(),
  'src/logs/x.log': 'x',
  'src/ln': symlink('a.txt'),
}
const without = (...names: readonly string[]): Tree =>
  Object.fromEntries(Object.entries(base).filter(([name]) => !names.includes(name)))

const changes: Readonly<Record<string, Tree>> = {
  nothing: base,
  // Of the same size and time as before it would not even be sent.
  'a file that has other content': { ...base, 'src/a.txt': 'other' },
  'a file that has another mode': { ...base, 'src/a.txt': file('a', { mode: 0o664 }) },
  'a file that has another time': { ...base, 'src/a.txt': file('a', { mtimeMs: 1_600_000_000_000 }) },
  'a directory that has another time': { ...base, 'src/sub': dir({ mtimeMs: 1_600_000_000_000 }) },
  'a link that leads elsewhere': { ...base, 'src/ln': symlink('b.md') },
  'a new file': { ...base, 'src/sub/new.txt': 'n' },
  'a file that is gone': without('src/b.md'),
  'a file that the ignore file drops': { ...base, 'src/logs/x.log': 'y' },
  'a new empty directory': { ...base, 'src/empty': dir() },
  'a new directory of nothing but dropped files': { ...base, 'src/dropped/x.log': 'x' },
  'a new empty directory at the root': { ...base, empty: dir() },
  'an empty directory that is gone': without('src/hollow'),
}
/** The modes of directories: noticed only where they are received for the first time. */
const modes: Readonly<Record<string, Tree>> = {
  'the source has another mode': { ...base, src: dir({ mode: 0o775 }) },
  'a directory in it has another mode': { ...base, 'src/sub': dir({ mode: 0o775 }) },
  'an empty directory has another mode': { ...base, 'src/hollow': dir({ mode: 0o700 }) },
  'a directory of dropped files has another mode': { ...base, 'src/logs': dir({ mode: 0o700 }) },
}

interface Told {
  readonly made: Scan
  readonly fingerprint: Fingerprint
}

async function told(at: string): Promise<Told> {
  const made = scan(host, { ...plainBuild, context: at })
  return { made, fingerprint: await takeFingerprint(host, made) }
}

/** The instructions that have changed by themselves; with `unnoticed` also those that only a builder to which all is new would see. */
function changed(before: Told, now: Told, { unnoticed }: { readonly unnoticed: boolean }): readonly string[] {
  const chain = makeChain(now.made.plan)
  const found = compareFingerprints(chain, before.fingerprint, now.fingerprint)
  return chain.links.flatMap(({ step: { instruction } }, i) => {
    const one = found[i]
    const isChanged = one && (one.changes.length > 0 || (unnoticed && one.unnoticed.length > 0))
    return isChanged ? [instruction.text] : []
  })
}

function laidAt(name: string, tree: Tree): string {
  const at = path.join(top, name)
  fs.rmSync(at, { recursive: true, force: true })
  lay(at, tree)
  return at
}

/** Which of the instructions ran. */
async function ran(at: string): Promise<readonly string[]> {
  const client = engine?.clients.find(({ canBuildkit }) => canBuildkit)
  if (!engine || !client) throw new Error('no docker client here can ask for BuildKit')
  const { exitCode, log } = await engine.buildkit(client, at)
  expect(exitCode, log).toBe(0)
  const cached = cachedSteps(log)
  return instructions.filter((text) => cached.get(text) === false)
}

describe.skipIf(engine === null)('what has changed is what BuildKit does again', () => {
  it.each(Object.entries(changes))(
    '%s',
    async (name, tree) => {
      const before = await told(laidAt('here', base))
      await ran(path.join(top, 'here'))
      const now = await told(laidAt('here', tree))
      const again = await ran(path.join(top, 'here'))
      expect(changed(before, now, { unnoticed: true })).toEqual(again)
      expect(changed(before, now, { unnoticed: false })).toEqual(again)
      expect(again.length > 0).toBe(!/^nothing|time$|ignore file/.test(name))
    },
    120_000,
  )

  it.each(Object.entries(modes))(
    '%s: not where it has been received before',
    async (name, tree) => {
      const before = await told(laidAt('here', base))
      await ran(path.join(top, 'here'))
      const now = await told(laidAt('here', tree))
      expect(await ran(path.join(top, 'here'))).toEqual([])
      expect(changed(before, now, { unnoticed: false })).toEqual([])
      // The name of its directory tells the builder what it knows of a context.
      const elsewhere = laidAt(`first ${name}`.replaceAll(' ', '-'), tree)
      const first = await ran(elsewhere)
      expect(first).not.toEqual([])
      expect(changed(before, now, { unnoticed: true })).toEqual(first)
    },
    120_000,
  )
})
