/** What `docker compose config` 2.40 made of small projects, or why it refused them (fixtures/conformance/compose.jsonl). */

import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../src/host/memory.ts'
import { readCompose } from '../../src/inputs/compose.ts'
import type { BuildTarget } from '../../src/inputs/target.ts'

interface ComposeCase {
  readonly name: string
  /** Where compose was called, relative to the project. */
  readonly directory: string
  readonly files: Readonly<Record<string, string>>
  readonly environment: Readonly<Record<string, string>>
  /** The files given with -f. */
  readonly arguments: readonly string[]
  /** The first line of what compose said; null where it did not refuse. */
  readonly error: string | null
  readonly builds: readonly Omit<BuildTarget, 'foundIn' | 'guessed'>[] | null
}

const project = '/top/proj'

const cases: readonly ComposeCase[] = fs
  .readFileSync(path.join(import.meta.dirname, '../../fixtures/conformance/compose.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))

function read(one: ComposeCase) {
  const tree = Object.fromEntries(
    Object.entries(one.files).map(([name, text]) => [`${project}/${name}`, text]),
  )
  return readCompose(createMemoryHost(tree, { HOME: '/top/home', ...one.environment }), {
    files: one.arguments,
    services: [],
    profiles: [],
    workingDirectory: path.posix.join(project, one.directory),
  })
}

describe('a compose file that compose takes', () => {
  it.each(cases.filter(({ error }) => error === null).map((one) => [one.name, one] as const))(
    'has the builds that compose finds: %s',
    (_, one) => {
      const { builds, open, problems } = read(one)
      const told = builds
        .map(({ foundIn, guessed, ...build }) => build)
        .sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
      expect([told, open]).toEqual([one.builds, []])
      expect(problems.filter(({ code }) => code !== 'compose-variable-unset')).toEqual([])
      expect(builds.every(({ guessed }) => !guessed)).toBe(true)
    },
  )
})

describe('a compose file that compose refuses', () => {
  it.each(cases.filter(({ error }) => error !== null).map((one) => [one.name, one] as const))(
    'is a problem: %s',
    (_, one) => {
      expect(read(one).problems.filter(({ code }) => code !== 'compose-variable-unset')).not.toEqual([])
    },
  )

  it('is told with file, line and column wherever a line is to blame', () => {
    const placeless = cases
      .filter(({ error }) => error !== null)
      .filter((one) => read(one).problems.some(({ at }) => at === null || at.line < 1))
      .map(({ name }) => name)
    // Nothing is written anywhere about a file that does not exist.
    expect(placeless).toEqual(['file-missing'])
  })
})
