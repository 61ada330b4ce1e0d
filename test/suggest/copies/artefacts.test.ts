import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const npm: MemoryTree = { 'package.json': '{}', 'package-lock.json': '{}', 'src/index.js': 10 }
const build = ['FROM node AS build', 'WORKDIR /app', 'COPY package*.json ./', 'RUN npm ci', 'COPY . .']
const built = [...build, 'RUN npm run build']
const last = ['FROM node', 'WORKDIR /app']
const manifests = 'COPY package*.json ./'
const dist = 'COPY --from=build /app/dist ./dist'
const tree = (lines: readonly string[], more: MemoryTree = {}): MemoryTree =>
  withDockerfile([...built, ...last, ...lines], { ...npm, ...more })
const move = (lines: readonly string[], more: MemoryTree = {}) =>
  rewritten(tree(lines, more), 'manifest-first')?.slice(built.length + last.length) ?? null

describe('what another stage has built', () => {
  it('is copied after an install that makes no use of it', () => {
    const lines = [manifests, dist, 'RUN npm ci --omit=dev', 'CMD ["node", "dist/a.js"]']
    expect(move(lines)).toEqual([manifests, 'RUN npm ci --omit=dev', dist, 'CMD ["node", "dist/a.js"]'])
    expect(suggestionsOf(tree(lines), 'manifest-first')).toMatchObject([
      {
        title: 'copy dist after npm ci',
        safety: 'safe',
        because:
          'npm ci (Dockerfile:11) makes no use of what COPY --from=build (Dockerfile:10) brings, which is another after each change of the sources; every stage ends with the same files',
        ignores: [],
      },
    ])
    const once = followed(tree(lines), 'manifest-first')
    expect(followed(once, 'manifest-first')).toEqual(once)
  })

  it('moves with the copies of directories, in their order', () => {
    expect(move([manifests, 'COPY src src', dist, 'COPY src dist/src', 'RUN npm ci'])).toEqual([
      manifests,
      'RUN npm ci',
      'COPY src src',
      dist,
      'COPY src dist/src',
    ])
  })

  it('is put off where the manifests come from that stage too', () => {
    const both = ['COPY --from=build /app/package*.json ./', dist, 'RUN npm ci --omit=dev']
    expect(move(both)).toEqual([both[0], both[2], both[1]])
    expect(move(both, { 'package.json': '{"scripts":{"postinstall":"node dist/a"}}' })).toBeNull()
  })

  it('comes before what is run of it, behind an install in the same RUN', () => {
    expect(move([manifests, dist, 'RUN npm ci && node dist/migrate.js'])).toEqual([
      manifests,
      'RUN npm ci',
      dist,
      'RUN node dist/migrate.js',
    ])
  })

  it('is asked about in a workspace, whose packages may have programs in it', () => {
    const workspace = {
      'package.json': '{"workspaces":["packages/*"]}',
      'packages/a/package.json': '{"name":"a"}',
    }
    const lines = [
      manifests,
      'COPY packages/a/package.json packages/a/',
      'COPY --from=build /app/out ./out',
      'RUN npm ci',
    ]
    expect(suggestionsOf(tree(lines, workspace), 'manifest-first')).toMatchObject([{ safety: 'review' }])
  })

  it.each<[string, readonly string[]]>([
    ['a command works with it before', [manifests, dist, 'RUN chmod +x dist/a && npm ci']],
    ['a command is not known', [manifests, dist, 'RUN ./prepare && npm ci']],
    ['it fills the directory of the install', [manifests, 'COPY --from=build /app ./', 'RUN npm ci']],
    ['the install makes it', [manifests, 'COPY --from=build /app/node_modules ./node_modules', 'RUN npm ci']],
    ['the install reads it', ['COPY --from=build /app/dist ./', 'RUN npm ci']],
    ['it comes from an image', [manifests, 'COPY --from=busybox /bin/busybox ./dist', 'RUN npm ci']],
    ['a copy that stays goes over it', [manifests, dist, 'COPY --from=build /x/* ./', 'RUN npm ci']],
    [
      'a variable changes between',
      [manifests, 'ENV A=1', 'COPY --from=build /app/dist ./dist$A', 'ENV A=2', 'RUN npm ci'],
    ],
    ['the directory changes between', [manifests, 'WORKDIR /b', dist, 'WORKDIR /app', 'RUN npm ci']],
  ])('stays where %s', (_, lines) => {
    expect(move(lines)).toBeNull()
  })

  it('stays where the stage holds nothing that changes', () => {
    const lines = ['FROM alpine AS build', 'RUN apk add curl', ...last, manifests, dist, 'RUN npm ci']
    expect(rewritten(withDockerfile(lines, npm), 'manifest-first')).toBeNull()
  })
})
