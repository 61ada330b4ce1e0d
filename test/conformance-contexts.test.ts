/**
 * What real builders did with whole contexts (fixtures/conformance/contexts.jsonl, captured from Docker Engine 28.5 and the
 * classic clients), against a scan of the same tree in memory.
 */

import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { listReads, listSent } from '../src/answers/list.ts'
import { createMemoryHost, type MemoryEntry, type MemoryTree } from '../src/host/memory.ts'
import type { BuilderName } from '../src/report.ts'
import { type Scan, scan } from '../src/scan.ts'
import { plainBuild } from './scan-tree.ts'
import { shared } from './workers.ts'

interface File {
  readonly path: string
  readonly type: 'file' | 'dir' | 'symlink' | 'hardlink' | 'fifo' | 'socket'
  readonly content?: string
  readonly contentBase64?: string
  readonly size?: number
  readonly target?: string
  /** Octal. */
  readonly mode?: string
  /** Decimal seconds. */
  readonly mtime?: string
  readonly xattrs?: Readonly<Record<string, string>>
}

interface Sent {
  readonly paths: readonly string[]
  readonly bytesReported: number
  /** The classic client refuses the context. */
  readonly error?: string
}

interface Copied {
  readonly line: number
  /** `COPY`, `ADD`, `RUN --mount=type=bind`… */
  readonly instruction: string
  readonly from: string | null
  readonly files: readonly string[] | null
}

interface Case {
  readonly case: {
    readonly name: string
    readonly group: string
    readonly files: readonly File[]
    readonly dockerfilePath: string
    readonly passDockerfileFlag: boolean
    readonly target: string | null
    readonly buildArgs: Readonly<Record<string, string>>
    readonly buildContexts: Readonly<Record<string, readonly File[]>>
    readonly imageConfigs: Readonly<Record<string, unknown>>
  }
  readonly expect: {
    /** Null: nothing of the main context is requested. */
    readonly buildkit: Sent | null
    readonly classic: Sent | null
    readonly copies: readonly Copied[] | null
    readonly error: string | null
    readonly buildFails: boolean
  }
}

const file = path.join(import.meta.dirname, '../fixtures/conformance/contexts.jsonl')
/** The type is that of the file, as the README of the captured data describes it. Settings of base images are not read. */
const cases: readonly Case[] = fs
  .readFileSync(file, 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line): Case => JSON.parse(line))
  .filter((each) => Object.keys(each.case.imageConfigs).length === 0)

function laid(root: string, files: readonly File[]): MemoryTree {
  const entry = (each: File): MemoryEntry => ({
    type: each.type,
    ...(each.type !== 'file'
      ? {}
      : each.contentBase64 !== undefined
        ? { content: Buffer.from(each.contentBase64, 'base64') }
        : each.content === undefined && each.size !== undefined
          ? { size: each.size }
          : { content: each.content ?? '' }),
    ...(each.target === undefined
      ? {}
      : { target: each.type === 'hardlink' ? `${root}/${each.target}` : each.target }),
    ...(each.mode === undefined ? {} : { mode: Number.parseInt(each.mode, 8) }),
    ...(each.mtime === undefined ? {} : { mtime: Number(each.mtime) }),
    ...(each.xattrs === undefined ? {} : { xattrs: each.xattrs }),
  })
  return { [root]: { type: 'dir' }, ...Object.fromEntries(files.map((f) => [`${root}/${f.path}`, entry(f)])) }
}

function run({ case: given }: Case, builder: BuilderName, threads: Threads): Scan | 'refused' {
  const named = Object.entries(given.buildContexts)
  const tree = Object.assign(
    laid('/ctx', given.files),
    ...named.map(([, files], index) => laid(`/named-${index}`, files)),
  )
  try {
    const host = createMemoryHost(tree)
    return scan(threads === 'one' ? host : shared(host), {
      ...plainBuild,
      file: given.passDockerfileFlag ? `/ctx/${given.dockerfilePath}` : null,
      target: given.target,
      buildArgs: new Map(Object.entries(given.buildArgs)),
      namedContexts: new Map(named.map(([name], index) => [name, `/named-${index}`])),
      builder,
    })
  } catch {
    return 'refused'
  }
}

const order = (reads: readonly { readonly line: number }[]) =>
  [...reads].sort((a, b) => a.line - b.line || (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))

type Threads = 'one' | 'two'

const groups = [...new Set(cases.map((each) => each.case.group))]
const runs = groups.flatMap((group) => [[group, 'one'] as const, [group, 'two'] as const])

describe.each(runs)('%s, with %s thread(s)', (group, threads) => {
  it.each(cases.filter((each) => each.case.group === group).map((each) => [each.case.name, each] as const))(
    'docker and the scan agree on %s',
    (_, each) => {
      const { expect: docker } = each
      const scanned = run(each, 'buildkit', threads)
      if (docker.error !== null || !docker.buildFails) {
        const target = scanned === 'refused' ? null : scanned.report.contexts[0]?.targets[0]
        const fails = scanned === 'refused' || scanned.fatal.length > 0 || target?.buildFails === true
        expect(fails).toBe(docker.buildFails || docker.error !== null)
      }
      if (docker.error === null) {
        if (scanned === 'refused') throw new Error('the scan refuses what docker builds')
        const sent = listSent(scanned, 'buildkit')
        expect(sent.entries.map((entry) => entry.path)).toEqual(docker.buildkit?.paths ?? [])
        expect(sent.wireBytes).toBe(docker.buildkit?.bytesReported ?? 0)
        expect(sent.requested).toBe(docker.buildkit !== null)
        if (docker.copies) {
          const copied = docker.copies
            .filter(
              ({ instruction }) => !instruction.startsWith('RUN') || instruction === 'RUN --mount=type=bind',
            )
            .map(({ line, instruction, from, files }) => ({
              line,
              instruction: instruction.split(' ')[0],
              files: from ? [] : [...(files ?? [])].sort(),
            }))
          const read = listReads(scanned).reads.map(({ line, instruction, files }) => ({
            line,
            instruction,
            files,
          }))
          expect(order(read)).toEqual(order(copied))
        }
      }
      if (docker.classic && !docker.classic.error) {
        const classic = run(each, 'classic', threads)
        if (classic === 'refused') throw new Error('the scan refuses what the classic client sends')
        const sent = listSent(classic, 'classic')
        expect(sent.entries.map((entry) => entry.path)).toEqual(docker.classic.paths)
        expect(sent.wireBytes).toBe(docker.classic.bytesReported)
      }
    },
  )
})
