import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BuildDefinition } from '../../src/config/model.ts'
import { readConfig } from '../../src/config/read.ts'
import { startingConfig, type TodaysBuild } from '../../src/config/write.ts'

const plain: BuildDefinition = {
  context: '.',
  file: null,
  target: null,
  args: {},
  namedContexts: {},
  platform: null,
}
const build = (more: Partial<TodaysBuild> = {}): TodaysBuild => ({
  name: null,
  definition: plain,
  foundIn: null,
  context: 78_900_000,
  transfer: 3_120_000,
  ...more,
})

function read(text: string) {
  const found = readConfig({ text, file: 'f', under: null, rules: [] })
  if (found.kind === 'wrong') throw new Error(`${found.mistakes[0].message}\n${text}`)
  return found.config
}

describe('a first configuration', () => {
  it('of docker build . is budgets alone', () => {
    expect(startingConfig({ builds: [build()], neverShip: [], left: [] })).toMatchInlineSnapshot(`
      "# What \`ctxsize check\` holds. The limits are a little above what there is today.
      budgets:
        context: 95MB # 78.9MB
        transfer: 4MB # 3.12MB
      "
    `)
  })

  it('lists builds by the name that compose gives them, or by what they are built of', () => {
    const builds = [
      build({ name: 'api', definition: null, foundIn: 'compose.yaml:3', context: null }),
      build({
        definition: {
          ...plain,
          context: 'web',
          file: 'docker/web.Dockerfile',
          target: 'prod',
          args: { A: '1.10', B: null },
          namedContexts: { lib: '../lib' },
          platform: 'linux/arm64',
        },
      }),
    ]
    expect(
      startingConfig({ builds, neverShip: ['**/.env'], left: ['gone:1: no such directory'] }),
    ).toMatchInlineSnapshot(`
      "# What \`ctxsize check\` holds. The limits are a little above what there is today.
      # Not measured: gone:1: no such directory
      builds:
        - name: api # compose.yaml:3
          budgets:
            transfer: 4MB # 3.12MB
        - context: web
          file: docker/web.Dockerfile
          target: prod
          args: { A: "1.10", B: null }
          namedContexts: { lib: "../lib" }
          platform: linux/arm64
          budgets:
            context: 95MB # 78.9MB
            transfer: 4MB # 3.12MB

      # No instruction may read these; patterns as in .dockerignore.
      neverShip: ["**/.env"]
      "
    `)
  })

  it('has limits that hold, and not by far', () => {
    const bytes = fc.integer({ min: 0, max: 2 ** 45 })
    fc.assert(
      fc.property(bytes, bytes, (context, transfer) => {
        const text = startingConfig({ builds: [build({ context, transfer })], neverShip: [], left: [] })
        for (const [i, { limit }] of read(text).checks.budgets.entries()) {
          const actual = [context, transfer][i] ?? 0
          expect(limit).toBeGreaterThan(actual)
          expect(limit).toBeLessThan(Math.max(12_000, actual * 1.8))
        }
      }),
    )
  })

  it('says the same when it is read, whatever names there are', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom(
        '.5',
        'null',
        'true',
        '~',
        '1e3',
        '- a',
        'a: b',
        '#x',
        '"',
        "'",
        'a\nb',
        '\u202e',
        '.',
        '..',
        '*a',
        '&a',
        '!a',
        '@a',
        '%a',
        '{',
        ' x ',
      ),
    )
    const text = odd.filter((one) => one.trim() !== '')
    fc.assert(
      fc.property(text, text, text, (name, target, value) => {
        const definition = { ...plain, target, args: { [name]: value } }
        const made = startingConfig({
          builds: [build({ name, definition }), build()],
          neverShip: [],
          left: [value],
        })
        const [first] = read(made).builds
        expect(first?.name).toBe(name)
        expect(first?.definition).toEqual(definition)
      }),
    )
  })

  it('shows nothing raw to a terminal', () => {
    const name = '\u001b[31m\u202e\n'
    const text = startingConfig({ builds: [build({ name, foundIn: name })], neverShip: [], left: [name] })
    expect(text.replaceAll('\n', '')).not.toMatch(/[\0-\x1f\u202e]/)
  })
})
