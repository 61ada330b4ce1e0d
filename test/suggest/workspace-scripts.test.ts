import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo } from './propose-tree.ts'

/** `web` is built with `ui`, which is built with `core`; `api` with nothing here. */
const needs: Readonly<Record<string, readonly string[]>> = { web: ['ui'], ui: ['core'], core: [], api: [] }
const part = (name: string, version: string): MemoryTree => ({
  [`packages/${name}/package.json`]: JSON.stringify({
    name: `@a/${name}`,
    scripts: { build: 'tsc' },
    dependencies: Object.fromEntries((needs[name] ?? []).map((one) => [`@a/${one}`, version])),
  }),
  [`packages/${name}/tsconfig.json`]: '{"compilerOptions":{"outDir":"dist"}}',
})

const workspace = (run: string, version: string, rest: MemoryTree = {}): Repo => ({
  tracked: {
    Dockerfile: `FROM node\nWORKDIR /s\nCOPY . .\nRUN ${run}\n`,
    'package.json': JSON.stringify({ name: 'a', workspaces: ['packages/*'], scripts: { build: 'echo' } }),
    'pnpm-workspace.yaml': "packages:\n  - 'packages/*'\n",
    '.gitignore': 'dist\n',
    ...Object.assign({}, ...Object.keys(needs).map((name) => part(name, version))),
    ...rest,
  },
  untracked: Object.fromEntries(Object.keys(needs).map((name) => [`packages/${name}/dist/a.js`, 100])),
})

/** The packages whose outputs the image makes anew, in the order of their names. */
function made(run: string, rest: MemoryTree = {}, version = 'workspace:*'): string {
  const { because } = proposeFor(workspace(run, version, rest))
  const text = because.find((one) => one.includes('makes it anew')) ?? ''
  if (text.startsWith('safe **/dist: ')) return 'api core ui web'
  return [...(text.split(': ')[0]?.matchAll(/packages\/(\w+)\/dist/g) ?? [])]
    .map(([, name]) => name)
    .sort()
    .join(' ')
}

const chained = { 'turbo.json': '{"tasks":{"build":{"outputs":["dist/**"],"dependsOn":["^build"]}}}' }

describe('what the packages of a workspace make of themselves is made anew', () => {
  it.each([
    ['pnpm --filter @a/web build', 'web'],
    ['pnpm --filter web... build', 'core ui web'],
    ["pnpm -F './packages/web...' run build", 'core ui web'],
    ['pnpm --filter web^... build', 'core ui'],
    ['pnpm --filter ...core build', 'core ui web'],
    ["pnpm --filter '...^core' build", 'ui web'],
    ['pnpm --filter ui... --filter api build', 'api core ui'],
    ['pnpm -r build', 'api core ui web'],
    ['npm run build -w @a/ui -w packages/api', 'api ui'],
    ['npm run build --workspaces', 'api core ui web'],
    ['yarn workspaces foreach -A run build', 'api core ui web'],
    ['yarn workspace @a/core build', 'core'],
    ['yarn lerna run build --scope @a/web', 'web'],
    ['pnpm exec lerna run build --scope=@a/ui --include-dependencies', 'core ui'],
    ['yarn lerna run build', 'api core ui web'],
  ])('by %s: %s', (run, names) => {
    expect(made(run)).toBe(names)
  })

  it.each([
    ['npx turbo run build --filter=@a/web', chained, 'core ui web'],
    ['npx turbo run build --filter=@a/web', {}, 'web'],
    ['npx turbo build --filter=web...', {}, 'core ui web'],
    ['npx turbo run build', {}, 'api core ui web'],
    ['npx lerna run build --scope=@a/api', {}, 'api'],
  ] as const)('by %s', (run, rest, names) => {
    expect(made(run, rest)).toBe(names)
  })

  it.each([
    'pnpm --filter "./packages/*" build',
    'pnpm --filter "!web" build',
    'pnpm --filter "[origin/main]" build',
    'pnpm --filter-prod web... build',
    'npx turbo run build --affected',
    'npx nx run-many -t build',
  ])('where it can be told, and not by %s', (run) => {
    expect(made(run)).toBe('')
  })

  it('by what pnpm links only, not by a package of that name from the registry', () => {
    expect(made('pnpm --filter web... build', {}, '^1.0.0')).toBe('web')
  })

  it('where it has such a script', () => {
    const rest = { 'packages/core/package.json': '{"name":"@a/core","scripts":{"compile":"tsc"}}' }
    expect(made('pnpm --filter web... build', rest)).toBe('ui web')
  })
})
