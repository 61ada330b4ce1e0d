import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../src/host/memory.ts'
import { leadingToBuild } from '../../src/repository/leads-to-build.ts'
import { type RecipesRead, readRecipes } from '../../src/repository/recipes.ts'
import { fixtureTree } from './recipe-tree.ts'

type Files = Readonly<Record<string, string>>

function read(files: Files, building: boolean): RecipesRead {
  const host = createMemoryHost(
    Object.fromEntries(Object.entries(files).map(([name, text]) => [`/repo/${name}`, text])),
  )
  return readRecipes(host, '/repo', Object.keys(files), { building })
}

/** What is asked of recipes: their builds, and what stands around them. */
const asked = ({ recipes, builds, open }: RecipesRead) => ({
  builds,
  open,
  recipes: recipes.filter(({ kind, steps }) => kind === 'ci' || steps.some((step) => step.kind === 'build')),
})
const names = (files: Files): readonly string[] => [
  ...new Set(read(files, true).recipes.map(({ at }) => at.file)),
]

describe('recipes that lead to a build', () => {
  it('are those that build and those that call them, over any number of calls', () => {
    const files = {
      'image.sh': 'docker build -t x .\n',
      'release.sh': 'npm ci\n./image.sh\n',
      'scripts/all': '#!/bin/sh\n./release.sh\n',
      'scripts/lint.sh': 'npx eslint .\n',
      'scripts/deep/seed.sh': 'psql < seed.sql\n',
    }
    expect(names(files)).toEqual(['image.sh', 'release.sh', 'scripts/all'])
  })

  it('may be called by way of make, of npm, and of what make includes', () => {
    const files = {
      Makefile: 'include build/rules.inc\nrelease: image\n',
      'build/rules.inc': 'image:\n\tdocker build .\n',
      'web/package.json': '{"scripts":{"release":"make -C .. release","lint":"eslint ."}}',
      'web/release.sh': 'npm run release\n',
      'web/other.sh': 'rm -rf out\n',
    }
    expect(names(files)).toEqual(['Makefile', 'build/rules.inc', 'web/package.json', 'web/release.sh'])
  })

  it('may call a script whose name tells nothing', () => {
    const files = {
      'release.sh': 'cd deploy && ./stage/image\n',
      'deploy/stage/image': '#!/bin/sh\ndocker build .\n',
      'other.sh': './stage/none\n',
    }
    expect(names(files)).toEqual(['release.sh'])
  })

  it('may have a name that ends nowhere in a text', () => {
    const files = { 'build it.sh': 'docker build .\n', 'all.sh': '"./build it.sh"\n', 'é.sh': 'ls\n' }
    expect(names(files)).toEqual(['all.sh', 'build it.sh', 'é.sh'])
  })

  it.each([
    ['one long word', 'a'.repeat(250_000)],
    ['one long path', 'a/'.repeat(125_000)],
    ['many words', 'ab '.repeat(80_000)],
    ['nothing but slashes', '/'.repeat(250_000)],
    ['includes of nothing', 'include\n'.repeat(30_000)],
  ])('are told in no time from a text of %s', (_, text) => {
    const started = performance.now()
    const texts = [0, 1, 2].map((i) => ({ path: `${i}.sh`, form: 'script' as const, text }))
    expect(leadingToBuild(texts, ['0.sh', '1.sh', '2.sh', 'a', 'ab']).size).toBeLessThan(4)
    expect(performance.now() - started).toBeLessThan(3000)
  })

  it.each(['node-app', 'python-service', 'java-service', 'go-service', 'monorepo'])(
    'are all that is asked of %s',
    (project) => {
      const files = fixtureTree(project)
      expect(asked(read(files, true))).toEqual(asked(read(files, false)))
    },
  )

  it('leave nothing out, however recipes call each other', () => {
    const scripts = ['a.sh', 'b.sh', 'scripts/c', 'tools/d.sh', 'x/y/e']
    const command = fc.oneof(
      fc.constantFrom('npm ci', 'make', 'make image', 'npm run build', 'echo done', 'yarn deploy', 'cd x'),
      fc.constantFrom('docker build .', '$CONTAINER_ENGINE build -f x/Dockerfile x', 'docker compose build'),
      fc.constantFrom(...scripts).map((name) => `./${name}`),
    )
    const text = (most: number) =>
      fc.array(command, { maxLength: most }).map((lines) => lines.map((line) => `${line}\n`).join(''))
    const tree = fc.record(
      {
        ...Object.fromEntries(scripts.map((name) => [name, text(3).map((body) => `#!/bin/sh\n${body}`)])),
        Makefile: fc.array(command, { maxLength: 2 }).map((lines) => `image:\n\t${lines.join('\n\t')}\n`),
        'package.json': fc
          .tuple(command, command)
          .map(([build, deploy]) => JSON.stringify({ scripts: { build, deploy } })),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(tree, (files) => {
        const present = Object.fromEntries(
          Object.entries(files).flatMap(([name, body]) => (typeof body === 'string' ? [[name, body]] : [])),
        )
        expect(asked(read(present, true))).toEqual(asked(read(present, false)))
      }),
      { numRuns: 200 },
    )
  })
})
