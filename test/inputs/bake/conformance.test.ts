/** What `docker buildx bake --print` (0.29.1) made of hundreds of definitions, and what it refused (fixtures/conformance). */

import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../../src/host/memory.ts'
import { readBake } from '../../../src/inputs/bake.ts'

interface PrintedTarget {
  readonly context: string
  readonly contexts?: Readonly<Record<string, string>>
  readonly dockerfile: string
  readonly 'dockerfile-inline'?: string
  readonly args?: Readonly<Record<string, string>>
  readonly target?: string
  readonly platforms?: readonly string[]
}

interface Case {
  readonly name: string
  readonly group: string
  readonly files: Readonly<Record<string, string>>
  readonly f: readonly string[]
  readonly targets: readonly string[]
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  readonly error?: string
  readonly expect?: Readonly<Record<string, PrintedTarget>>
}

// One JSON document a line; the type is that of the file.
const cases: readonly Case[] = fs
  .readFileSync(path.join(import.meta.dirname, '../../../fixtures/conformance/bake.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))

const top = '/somewhere/else'
function read(each: Case) {
  const tree = Object.entries(each.files).map(([file, text]) => [`${top}/proj/${file}`, text] as const)
  const workingDirectory = path.posix.join(top, 'proj', each.cwd ?? '.')
  const host = createMemoryHost(
    { [workingDirectory]: { type: 'dir' }, ...Object.fromEntries(tree) },
    { HOME: `${top}/home`, ...each.env },
  )
  return readBake(host, { files: each.f, targets: each.targets, workingDirectory })
}

/** Bake doubles what would open a template in what it prints of arguments and inline Dockerfiles. */
const plain = (text: string) => text.replaceAll('$${', '${').replaceAll('%%{', '%{')
const sorted = (record: Readonly<Record<string, string>> = {}, change = (text: string) => text) =>
  Object.entries(record)
    .map(([name, value]) => [name, change(value)])
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))

describe('bake files', () => {
  const groups = [...new Set(cases.map((each) => each.group))]
  it.each(groups)('are read as bake reads them: %s', (group) => {
    const accepted = cases.filter((each) => each.group === group && each.expect)
    const want = accepted.map((each) => ({
      name: each.name,
      problems: [],
      builds: Object.entries(each.expect ?? {})
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, target]) => {
          const inline = target['dockerfile-inline']
          return {
            name,
            context: target.context.replace('<ROOT>', `${top}/proj`),
            dockerfile: inline === undefined ? target.dockerfile : null,
            inline: inline === undefined ? null : plain(inline),
            target: target.target ?? null,
            args: sorted(target.args, plain),
            namedContexts: sorted(target.contexts),
            platforms: target.platforms ?? [],
          }
        }),
    }))
    const have = accepted.map((each) => {
      const { builds, problems } = read(each)
      return {
        name: each.name,
        problems,
        builds: [...builds]
          .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
          .map(({ name, context, dockerfile, inline, target, args, namedContexts, platforms }) => ({
            ...{ name, context, dockerfile, inline, target, platforms },
            args: sorted(args),
            namedContexts: sorted(namedContexts),
          })),
      }
    })
    expect(have).toEqual(want)
  })

  it('are refused where bake refuses them', () => {
    const refused = cases.filter((each) => each.error !== undefined)
    expect(refused.length).toBeGreaterThan(80)
    expect(refused.filter((each) => read(each).problems.length === 0).map((each) => each.name)).toEqual([])
  })

  it('are refused at the line that bake names', () => {
    const placed = cases.flatMap((each) => {
      const found = /^ERROR: ([^:\s]+):(\d+),/.exec(each.error ?? '')
      return found ? [{ each, file: found[1], line: Number(found[2]) }] : []
    })
    expect(placed.length).toBeGreaterThan(60)
    const elsewhere = placed.flatMap(({ each, file, line }) => {
      const at = read(each).problems[0]?.at
      return at?.file === file && at?.line === line
        ? []
        : [{ name: each.name, bake: `${file}:${line}`, here: at }]
    })
    expect(elsewhere).toEqual([])
  })

  it('give every build the file and line of its target', () => {
    const places = cases
      .filter((each) => each.expect)
      .flatMap((each) => read(each).builds.map((build) => ({ each, build })))
    const wrong = places.filter(({ each, build }) => {
      const file = path.posix.join(each.cwd ?? '.', build.foundIn.file)
      const line = each.files[file]?.split('\n')[build.foundIn.line - 1]
      return line === undefined || !/target|"/.test(line)
    })
    expect(wrong.map(({ each }) => each.name)).toEqual([])
  })
})
