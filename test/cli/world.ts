import { main, type World } from '../../src/cli.ts'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Written with -o. */
  readonly files: ReadonlyMap<string, string>
  /** Shown in the browser. */
  readonly opened: readonly string[]
}

export interface Terminal {
  /** Standard input; null: a terminal. */
  readonly input?: string | Uint8Array | null
  /** Columns of the terminal that stdout and stderr are; left out: they are pipes. */
  readonly columns?: number
  /** Milliseconds that pass between two looks at the clock. */
  readonly tickMs?: number
  /** What the browser says to a page; left out: it shows it. */
  readonly opens?: string
}

export interface Circumstances extends Terminal {
  readonly tree?: MemoryTree
  readonly environment?: Readonly<Record<string, string>>
}

/** The working directory of the command lines in these tests: one of every fate. */
export const project: MemoryTree = {
  '/Dockerfile': 'FROM scratch AS base\nCOPY src /src\nFROM base AS prod\nARG WHAT=none\nCOPY $WHAT /x\n',
  '/.dockerignore': 'node_modules\n*.log\n',
  '/src/a.txt': 12,
  '/src/b.txt': 30,
  '/other.txt': 7,
  '/x.log': 5,
  '/node_modules/m/i.js': 1000,
}

/** As a pipe hands them over: in pieces that end anywhere. */
async function* chunksOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000)
}

/** Runs a command line in a world in memory. */
export async function ctxsize(
  line: string | readonly string[],
  circumstances: Circumstances = {},
): Promise<Run> {
  const { tree = project, environment = {} } = circumstances
  const words = typeof line === 'string' ? line.split(' ').filter((word) => word !== '') : line
  return runOn(createMemoryHost(tree, environment), words, circumstances)
}

/** Runs a command line on any host. */
export async function runOn(
  host: Host,
  words: readonly string[],
  circumstances: Terminal = {},
): Promise<Run> {
  const { input = null, columns, tickMs = 0, opens = null } = circumstances
  const opened: string[] = []
  const written = { stdout: '', stderr: '' }
  const files = new Map<string, string>()
  let time = 0
  const terminal = (name: 'stdout' | 'stderr'): World['stdout'] => ({
    isTerminal: columns !== undefined,
    columns: columns ?? null,
    identity: null,
    write: async (data) => {
      written[name] += typeof data === 'string' ? data : Buffer.from(data).toString()
    },
  })
  const code = await main(words, {
    host,
    stdout: terminal('stdout'),
    stderr: terminal('stderr'),
    readInput: async () => (input === null ? null : chunksOf(Buffer.from(input))),
    writeFile: (path, data) => {
      files.set(path, String(data))
    },
    openFile: async (path) => {
      opened.push(path)
      return opens
    },
    now: () => {
      time += tickMs
      return time
    },
  })
  return { code, ...written, files, opened }
}
