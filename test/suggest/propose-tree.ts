/** Proposals for a repository in memory, for tests: the context is /ctx, which is the top of the repository too. */

import { createHash } from 'node:crypto'
import { makeReport } from '../../src/analyse/report.ts'
import type { Host } from '../../src/host/host.ts'
import type { MemoryEntry, MemoryTree } from '../../src/host/memory.ts'
import { compareBytes } from '../../src/lib/path.ts'
import { type ProposedScan, propose } from '../../src/propose.ts'
import { type ScanOptions, scan } from '../../src/scan.ts'
import { applySuggestions } from '../../src/suggest/edits/texts.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'

/** A working tree: what git tracks, what lies there besides, and what is tracked and not there. */
export interface Repo {
  readonly tracked: MemoryTree
  readonly untracked?: MemoryTree
  /** Tracked, but deleted or left out of the checkout. */
  readonly absent?: readonly string[]
  /** False: no repository; all of it just lies there. */
  readonly git?: boolean
}

/** What was proposed, in words that a test can hold against others. */
export interface Outcome {
  /** `safe node_modules`, `review data`, `guard .git`, `with vendor` (a change of a Dockerfile): each line with how sure it is. */
  readonly lines: readonly string[]
  /** Changes of Dockerfiles: `safe copy manifests before npm ci`. */
  readonly moves: readonly string[]
  /** What looks useless and stays: `dist: release.sh:3 makes it on the host for this image`. */
  readonly left: readonly string[]
  /** `safe node_modules: npm ci (Dockerfile:4) deletes it first`: each suggestion that writes lines, with its reason. */
  readonly because: readonly string[]
  /** Every file that changes once all that is proven or safe is followed. */
  readonly written: Readonly<Record<string, string>>
}

/** Scans the repository and proposes, as `ctxsize fix` does. */
export function proposeFor(repo: Repo, options: Partial<ScanOptions> = {}): Outcome {
  const host = repoHost(repo)
  const scanned = scan(host, { ...plainBuild, ...options })
  return outcomeOf(propose(host, scanned, { thorough: true }))
}

/** The same as a disk. */
export function repoHost({ tracked, untracked = {}, absent = [], git = true }: Repo): Host {
  const names = [...Object.keys(tracked), ...absent].sort(compareBytes)
  const history: MemoryTree = git
    ? {
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/index': gitIndex(names, tracked),
        '.git/objects/pack/pack-1.pack': 40_000,
        '.git/refs/heads/main': `${'1'.repeat(40)}\n`,
      }
    : {}
  return contextHost({ ...tracked, ...untracked, ...history })
}

/** The same of proposals that are there already. */
export function outcomeOf({ proposals, part }: ProposedScan): Outcome {
  const report = makeReport([part])
  const { suggestions, originals } = proposals
  const shown = (text: string): string => text.replace(/\s+/g, ' ')
  return {
    lines: suggestions.flatMap(({ safety, guard, ignores, rewrites }) =>
      ignores.flatMap(({ lines }) =>
        lines.map(
          (line) =>
            `${safety === 'review' ? safety : guard ? 'guard' : rewrites.length > 0 ? 'with' : safety} ${line}`,
        ),
      ),
    ),
    moves: suggestions.flatMap(({ safety, title, rewrites }) =>
      rewrites.length > 0 ? [`${safety} ${title}`] : [],
    ),
    left: (report.contexts[0]?.leftAlone ?? []).map(({ path, because }) => `${path}: ${shown(because)}`),
    because: suggestions.flatMap(({ safety, ignores, because }) =>
      ignores.length > 0
        ? [`${safety} ${ignores.flatMap(({ lines }) => lines).join(' ')}: ${shown(because)}`]
        : [],
    ),
    written: Object.fromEntries(
      applySuggestions(
        suggestions.filter(({ safety }) => safety !== 'review'),
        originals,
      ).map(({ file, after }) => [file, after]),
    ),
  }
}

/** The lines that would be written without anybody deciding, whatever they are written for. */
export const unasked = ({ lines }: Outcome): readonly string[] =>
  lines.filter((line) => !line.startsWith('review ')).map((line) => line.slice(line.indexOf(' ') + 1))

/** An index of version 2: https://git-scm.com/docs/gitformat-index. */
function gitIndex(names: readonly string[], tree: MemoryTree): Uint8Array {
  const head = Buffer.alloc(12)
  head.write('DIRC', 'latin1')
  head.writeUInt32BE(2, 4)
  head.writeUInt32BE(names.length, 8)
  const parts = names.map((name) => {
    const path = Buffer.from(name)
    const entry = Buffer.alloc((62 + path.length + 8) & ~7)
    entry.writeUInt32BE(modeOf(tree[name]), 24)
    entry.fill(createHash('sha1').update(name).digest(), 40, 60)
    entry.writeUInt16BE(Math.min(path.length, 0xfff), 60)
    path.copy(entry, 62)
    return entry
  })
  const index = Buffer.concat([head, ...parts])
  return Buffer.concat([index, createHash('sha1').update(index).digest()])
}

function modeOf(entry: MemoryEntry | undefined): number {
  if (typeof entry !== 'object' || !('type' in entry)) return 0o100644
  if (entry.type === 'symlink') return 0o120000
  // A directory that is tracked is another repository.
  if (entry.type === 'dir') return 0o160000
  return ((entry.mode ?? 0) & 0o100) === 0 ? 0o100644 : 0o100755
}
