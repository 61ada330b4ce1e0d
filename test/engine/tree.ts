/** Lays a tree literal on disk: every kind of entry, exact modes and times, names that need not be UTF-8. */

import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { encodePath } from '../../src/lib/path.ts'

export type Node =
  | {
      readonly kind: 'file'
      readonly content: string | Uint8Array
      readonly mode: number
      readonly mtimeMs: number
      readonly xattrs: Xattrs
    }
  | { readonly kind: 'dir'; readonly mode: number; readonly mtimeMs: number }
  | { readonly kind: 'symlink'; readonly target: string }
  | { readonly kind: 'hardlink'; readonly to: string }
  | { readonly kind: 'fifo' }
  | { readonly kind: 'socket' }

type Xattrs = Readonly<Record<string, string>>

/** Path relative to the root, in the form of `lib/path.ts`, to an entry; a text is a file with that content. */
export type Tree = Readonly<Record<string, string | Node>>

/** Every entry without a time of its own: 2023-11-14T22:13:20Z, as nine bytes of nanoseconds on the wire. */
const usualMtimeMs = 1_700_000_000_000

interface FileOptions {
  readonly mode?: number
  readonly mtimeMs?: number
  readonly xattrs?: Xattrs
}

export const file = (content: string | Uint8Array | number, options: FileOptions = {}): Node => ({
  kind: 'file',
  content: typeof content === 'number' ? 'x'.repeat(content) : content,
  mode: options.mode ?? 0o644,
  mtimeMs: options.mtimeMs ?? usualMtimeMs,
  xattrs: options.xattrs ?? {},
})
export const dir = (options: { readonly mode?: number; readonly mtimeMs?: number } = {}): Node => ({
  kind: 'dir',
  mode: options.mode ?? 0o755,
  mtimeMs: options.mtimeMs ?? usualMtimeMs,
})
export const symlink = (target: string): Node => ({ kind: 'symlink', target })
export const hardlink = (to: string): Node => ({ kind: 'hardlink', to })
export const fifo: Node = { kind: 'fifo' }
export const socket: Node = { kind: 'socket' }

/** Makes the tree below `root`, which is made too. The sockets that were opened for it are to be closed by whoever removes it. */
export async function lay(root: string, tree: Tree): Promise<readonly net.Server[]> {
  const at = (name: string): Buffer => Buffer.concat([Buffer.from(`${root}/`), encodePath(name)])
  const nodes = Object.entries(tree).map(([name, node]) => ({
    name,
    node: typeof node === 'string' ? file(node) : node,
  }))
  const dirs = new Map<string, Extract<Node, { kind: 'dir' }>>()
  for (const { name, node } of nodes) {
    for (let up = path.posix.dirname(name); up !== '.'; up = path.posix.dirname(up)) {
      if (!dirs.has(up)) dirs.set(up, { kind: 'dir', mode: 0o755, mtimeMs: usualMtimeMs })
    }
    if (node.kind === 'dir') dirs.set(name, node)
  }
  fs.mkdirSync(root, { recursive: true })
  for (const name of [...dirs.keys()].sort()) fs.mkdirSync(at(name), { recursive: true })
  const servers: net.Server[] = []
  for (const { name, node } of nodes.toSorted(
    (a, b) => Number(a.node.kind === 'hardlink') - Number(b.node.kind === 'hardlink'),
  )) {
    if (node.kind === 'file') writeFile(at(name), node)
    else if (node.kind === 'symlink') fs.symlinkSync(encodePath(node.target), at(name))
    else if (node.kind === 'hardlink') fs.linkSync(at(node.to), at(name))
    else if (node.kind === 'fifo') execFileSync('mkfifo', [path.join(root, name)])
    else if (node.kind === 'socket') servers.push(await listen(path.join(root, name)))
  }
  for (const { name, node } of nodes) {
    const mtime = new Date(node.kind === 'file' ? node.mtimeMs : usualMtimeMs)
    if (node.kind !== 'dir' && node.kind !== 'hardlink') fs.lutimesSync(at(name), mtime, mtime)
  }
  // Last, and from the bottom up: making an entry changes the time of its directory.
  for (const [name, { mode, mtimeMs }] of [...dirs].sort().reverse()) {
    fs.chmodSync(at(name), mode)
    fs.lutimesSync(at(name), new Date(mtimeMs), new Date(mtimeMs))
  }
  return servers
}

function writeFile(at: Buffer, node: Extract<Node, { kind: 'file' }>): void {
  fs.writeFileSync(at, node.content)
  fs.chmodSync(at, node.mode)
  for (const [key, value] of Object.entries(node.xattrs))
    execFileSync('setfattr', ['-n', key, '-v', value, `${at}`])
}

const listen = (at: string): Promise<net.Server> =>
  new Promise((done) => {
    const server = net.createServer()
    server.listen(at, () => done(server))
  })
