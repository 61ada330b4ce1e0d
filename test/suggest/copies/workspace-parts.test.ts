import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { accepted, editsOf } from '../../../src/suggest/report.ts'
import { followed, proposeTree, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const manifest = (name: string, needs: readonly string[] = []): string =>
  JSON.stringify({ name, version: '1.0.0', dependencies: Object.fromEntries(needs.map((one) => [one, '*'])) })

const tree: MemoryTree = {
  'package.json': JSON.stringify({ name: 'shop', private: true }),
  'pnpm-workspace.yaml': "packages:\n  - 'apps/*'\n  - 'packages/*'\n",
  'pnpm-lock.yaml': 'x',
  'turbo.json': '{}',
  'tsconfig.base.json': '{}',
  'README.md': 9,
  'apps/api/package.json': manifest('@shop/api', ['@shop/db', 'express']),
  'apps/api/tsconfig.json': '{"extends":"../../tsconfig.base.json"}',
  'apps/api/src/main.ts': 9,
  'apps/web/package.json': manifest('@shop/web', ['@shop/ui']),
  'apps/web/src/main.ts': 9,
  'packages/db/package.json': manifest('@shop/db', ['@shop/config']),
  'packages/db/index.ts': 9,
  'packages/config/package.json': manifest('@shop/config'),
  'packages/ui/package.json': manifest('@shop/ui'),
}
const installed = [
  'FROM node',
  'WORKDIR /repo',
  'COPY package.json pnpm-workspace.yaml pnpm-lock.yaml ./',
  'COPY apps/api/package.json ./apps/api/',
  'COPY apps/web/package.json ./apps/web/',
  'COPY packages/db/package.json ./packages/db/',
  'COPY packages/config/package.json ./packages/config/',
  'COPY packages/ui/package.json ./packages/ui/',
  'RUN pnpm install --frozen-lockfile',
]
const own = [
  'COPY tsconfig.base.json ./',
  'COPY apps/api ./apps/api/',
  'COPY packages/config ./packages/config/',
  'COPY packages/db ./packages/db/',
]
const narrow = (lines: readonly string[], files: MemoryTree = tree) =>
  rewritten(withDockerfile(lines, files), 'too-wide')
const build = 'RUN pnpm --filter @shop/api build'
const start = 'CMD ["node", "apps/api/dist/main.js"]'

describe('a workspace of which one package is built', () => {
  it.each([
    ['RUN pnpm --filter @shop/api build', own],
    ['RUN pnpm -F ./apps/api... run build', own],
    ['RUN npm run build -w apps/api', own],
    ['RUN npm run build --workspace=@shop/api', own],
    ['RUN yarn workspace @shop/api build', own],
    ['RUN cd apps/api && pnpm build', own],
    ['RUN npx turbo run build --filter=api', ['COPY tsconfig.base.json turbo.json ./', ...own.slice(1)]],
  ])('is copied by that one and what it depends on: %s', (run, expected) => {
    expect(narrow([...installed, 'COPY . .', run, start])).toEqual([...installed, ...expected, run, start])
  })

  it('is a question, which says what is about the package and what that depends on', () => {
    const whole = withDockerfile([...installed, 'COPY . .', build, start], tree)
    expect(
      suggestionsOf(whole, 'too-wide').map(({ title, safety, because }) => [safety, title, because]),
    ).toEqual([
      [
        'review',
        'copy apps/api and what it depends on instead of everything',
        'pnpm --filter @shop/api build (Dockerfile:11) is about apps/api, which depends on packages/config and packages/db; what else is read of the repository, only you know',
      ],
    ])
    expect(followed(whole, null)['Dockerfile']).toBe(whole['Dockerfile'])
    expect(suggestionsOf(followed(whole, 'too-wide'), 'too-wide')).toEqual([])
  })

  it('is copied so behind the install too, where both changes are made', () => {
    const lines = [
      'FROM node',
      'WORKDIR /repo',
      'COPY . .',
      'RUN pnpm install --frozen-lockfile',
      build,
      start,
    ]
    const whole = withDockerfile(lines, tree)
    const { proposals } = proposeTree(whole)
    expect(
      proposals.suggestions.flatMap(({ title, rewrites }) => (rewrites.length > 0 ? [title] : [])),
    ).toEqual([
      'copy manifests before pnpm install',
      'copy apps/api and what it depends on instead of everything',
    ])
    expect(proposals.suggestions.find(({ id }) => id.startsWith('manifest-first'))?.because).toMatch(
      /^pnpm install \(Dockerfile:4\) reads package\.json and 7 more;/,
    )
    const edits = editsOf(accepted(proposals, true), proposals)
    const text = edits.find(({ file }) => file === 'Dockerfile')?.after ?? ''
    expect(text.split('\n').slice(0, -1)).toEqual([
      ...installed.slice(0, 3),
      'COPY apps/api/package.json ./apps/api/',
      'COPY apps/web/package.json ./apps/web/',
      'COPY packages/config/package.json ./packages/config/',
      'COPY packages/db/package.json ./packages/db/',
      'COPY packages/ui/package.json ./packages/ui/',
      'RUN pnpm install --frozen-lockfile',
      ...own,
      build,
      start,
    ])
  })

  it('is copied so in a stage that begins with the one that installed', () => {
    const lines = [
      ...installed.map((line) => line.replace('FROM node', 'FROM node AS deps')),
      'FROM deps AS build',
      'COPY . .',
      build,
      'FROM node',
      'COPY --from=build /repo/apps/api/dist /app',
      'CMD ["node", "/app/main.js"]',
    ]
    expect(narrow(lines)?.slice(10, 14)).toEqual(own)
  })

  it.each<[string, readonly string[], MemoryTree?]>([
    ['all of it is built', [...installed, 'COPY . .', 'RUN pnpm -r build', start]],
    ['the root decides what is built', [...installed, 'COPY . .', 'RUN pnpm build', start]],
    ['a filter takes several', [...installed, 'COPY . .', "RUN pnpm --filter './apps/*' build", start]],
    [
      'a filter takes what depends on the package',
      [...installed, 'COPY . .', 'RUN pnpm --filter ...@shop/db build', start],
    ],
    ['turbo prunes it', [...installed, 'COPY . .', 'RUN npx turbo prune @shop/api --docker']],
    ['a step cannot be read', [...installed, 'COPY . .', build, 'RUN eval "$X"', start]],
    ['nothing says which is meant', [...installed, 'COPY . .', 'CMD ["sh"]']],
    [
      'every package is needed',
      [...installed, 'COPY . .', build, start],
      { ...tree, 'apps/api/package.json': manifest('@shop/api', ['@shop/db', '@shop/web']) },
    ],
  ])('stays whole where %s', (_, lines, files = tree) => {
    expect(narrow(lines, files)).toBeNull()
  })

  it.each(['"@shop/tsconfig/node.json"', '["../../tsconfig.base.json", "@shop/tsconfig/node.json"]'])(
    'takes with it the package whose settings its compiler extends: %s',
    (extended) => {
      const files = {
        ...tree,
        'apps/api/tsconfig.json': `{ "extends": ${extended} }`,
        'packages/tsconfig/package.json': manifest('@shop/tsconfig'),
      }
      expect(narrow([...installed, 'COPY . .', build, start], files)).toContain(
        'COPY packages/tsconfig ./packages/tsconfig/',
      )
    },
  )

  it('is told by the package that the others are built for', () => {
    const run = 'RUN pnpm --filter @shop/db build && pnpm --filter @shop/api build'
    const [found] = suggestionsOf(withDockerfile([...installed, 'COPY . .', run, start], tree), 'too-wide')
    expect(found?.title).toBe('copy apps/api and what it depends on instead of everything')
    expect(found?.because).toMatch(
      /^pnpm --filter @shop\/api build \(Dockerfile:11\) is about apps\/api, which depends on/,
    )
  })

  it('keeps another package that a later stage takes', () => {
    const lines = [
      ...installed.map((line) => line.replace('FROM node', 'FROM node AS build')),
      'COPY . .',
      build,
      'FROM node',
      'COPY --from=build /repo/apps/api/dist /app',
      'COPY --from=build /repo/packages/ui /ui',
      'CMD ["node", "/app/main.js"]',
    ]
    expect(narrow(lines)?.slice(9, 14)).toEqual([...own, 'COPY packages/ui ./packages/ui/'])
  })
})
