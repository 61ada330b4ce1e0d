/**
 * What real builders did with thousands of patterns and ignore files (fixtures/conformance, captured from Docker Engine 28.5 and
 * the matcher it uses), against the two library functions that decide them.
 */

import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createIgnoreMatcher, parseIgnoreFile } from '../src/index.ts'

interface MatchCase {
  readonly patterns: readonly string[]
  readonly path: string
  /** Where the case comes from. */
  readonly tag: string
  /** The list is refused when compiled. */
  readonly error?: string
  /** A pattern is refused when it is first evaluated, which another path may not come to. */
  readonly matchError?: string
  /** The verdict of the walk, parents first and nothing pruned. */
  readonly ignoredWalk: boolean
}

interface IgnoreFileCase {
  readonly content?: string
  readonly contentBase64?: string
  readonly patterns: readonly string[]
  readonly readError?: string
  readonly newError?: string
}

/** One JSON document a line; the type is that of the file, as the comment above describes it. */
function cases<Case>(name: string): readonly Case[] {
  const file = path.join(import.meta.dirname, '../fixtures/conformance', `${name}.jsonl`)
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
}

function verdict({ patterns, path }: MatchCase): boolean | 'refused' {
  try {
    return createIgnoreMatcher(patterns).ignores(path)
  } catch {
    return 'refused'
  }
}

describe('the matcher', () => {
  const all = cases<MatchCase>('match')
  it.each([...new Set(all.map((each) => each.tag))])('decides as docker does: %s', (tag) => {
    const asked = all.filter((each) => each.tag === tag)
    const different = asked.flatMap((each) => {
      const got = verdict(each)
      const agrees = each.error ? got === 'refused' : each.matchError ? true : got === each.ignoredWalk
      return agrees
        ? []
        : [{ patterns: each.patterns, path: each.path, docker: each.error ?? each.ignoredWalk, got }]
    })
    expect(different).toEqual([])
  })
})

describe('the parser of ignore files', () => {
  const all = cases<IgnoreFileCase>('ignorefile').map((each) => ({
    ...each,
    parsed: parseIgnoreFile(
      each.contentBase64 === undefined ? (each.content ?? '') : Buffer.from(each.contentBase64, 'base64'),
    ),
  }))

  it('reads the patterns that docker reads', () => {
    const readable = all.filter((each) => !each.readError)
    expect(readable.map((each) => each.parsed.patterns)).toEqual(readable.map((each) => each.patterns))
  })

  it('has a problem, and a line for it, with each file that docker cannot read or refuses', () => {
    const refused = all.filter((each) => each.readError || each.newError)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused.filter((each) => each.parsed.problems[0]?.at?.line === undefined)).toEqual([])
  })
})
