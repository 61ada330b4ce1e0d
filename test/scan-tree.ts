/** One build over a tree in memory, for tests: the context is /ctx, all that is beside it is /. */

import type { Host } from '../src/host/host.ts'
import { createMemoryHost, type MemoryEntry, type MemoryTree } from '../src/host/memory.ts'
import { type Scan, type ScanOptions, scan } from '../src/scan.ts'

/** The options of `docker build .` in /ctx, on linux/amd64. */
export const plainBuild: ScanOptions = {
  context: '/ctx',
  file: null,
  target: null,
  buildArgs: new Map(),
  namedContexts: new Map(),
  platform: 'linux/amd64',
  builder: 'buildkit',
  measureIgnored: false,
  xattrs: 'auto',
  progress: null,
}

/** Lays the tree under /ctx; a path that starts with `/` or `../` lies beside it. */
export function contextHost(tree: MemoryTree): Host {
  return createMemoryHost(
    Object.fromEntries(
      Object.entries(tree).map(([path, entry]): [string, MemoryEntry] => [
        path.startsWith('/') ? path : `/ctx/${path}`,
        typeof entry === 'object' && 'type' in entry && entry.type === 'hardlink'
          ? { ...entry, target: `/ctx/${entry.target}` }
          : entry,
      ]),
    ),
  )
}

/** Scans the tree; a Dockerfile that takes everything is there unless the tree has its own. */
export function scanTree(tree: MemoryTree, options: Partial<ScanOptions> = {}): Scan {
  const whole = 'Dockerfile' in tree ? tree : { ...tree, Dockerfile: 'FROM scratch\nCOPY . /\n' }
  return scan(contextHost(whole), { ...plainBuild, ...options })
}
