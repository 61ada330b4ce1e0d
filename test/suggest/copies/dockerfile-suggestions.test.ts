import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { proposeTree, withDockerfile } from '../follow-tree.ts'

const lines = ['FROM node:22', 'WORKDIR /app', 'COPY . .', 'RUN npm ci']
const tree = withDockerfile(lines, { 'package.json': '{}', 'package-lock.json': '{}', 'index.js': 3 })
const safeties = (more: MemoryTree) =>
  proposeTree({ ...tree, ...more })
    .proposals.suggestions.filter(({ rewrites }) => rewrites.length > 0)
    .map(({ safety, because }) => [safety, because.replace(/^.*?; but /, '')])

describe('a change of a Dockerfile', () => {
  it('is safe where every build of it is known', () => {
    expect(safeties({}).map(([safety]) => safety)).toEqual(['safe'])
  })

  it('is a decision where the Dockerfile is built with another context too', () => {
    const compose =
      'services:\n  a:\n    build: .\n  b:\n    build:\n      context: sub\n      dockerfile: ../Dockerfile\n'
    expect(safeties({ 'compose.yaml': compose, 'sub/package.json': '{}' })).toEqual([
      ['review', 'compose.yaml:5 builds it with the context sub too'],
    ])
  })

  it('is a decision where a build is seen and cannot be read', () => {
    const text = ['FROM node:22', 'ARG DIR', 'COPY $DIR /x', ...lines.slice(1)].join('\n')
    expect(safeties({ Dockerfile: `${text}\n` }).map(([safety]) => safety)).toEqual(['review'])
  })

  it('is a decision where it needs a line of an ignore file that git ignores itself', () => {
    const lost = ['.dockerignore', '/.docker*', '*ignore\n!.gitignore']
    for (const rule of lost)
      expect(safeties({ '.git/HEAD': 'x', '.gitignore': `node_modules\n${rule}\n` })).toEqual([
        [
          'review',
          'git ignores .dockerignore, without which the copy goes over what is installed: whoever gets the commit lacks it until git add -f',
        ],
      ])
    // The line is there already, and the file is just as little in the commit.
    const own = { '.dockerignore': 'node_modules\n', '.git/HEAD': 'x' }
    expect(safeties({ ...own, '.gitignore': '.dockerignore\n' }).map(([safety]) => safety)).toEqual([
      'review',
    ])
    expect(safeties({ ...own, '.gitignore': 'node_modules\n' }).map(([safety]) => safety)).toEqual(['safe'])
  })

  it('is made of every Dockerfile of the group once, and of none that lies in a compose file', () => {
    const compose = [
      'services:',
      '  a:',
      '    build: {context: ., args: {X: 1}}',
      '  b:',
      '    build: {context: ., args: {X: 2}}',
      '  c:',
      '    build:',
      '      context: .',
      '      dockerfile_inline: |',
      ...lines.map((line) => `        ${line}`),
    ]
    const more = { 'compose.yaml': `${compose.join('\n')}\n`, 'Dockerfile.dev': `${lines.join('\n')}\n` }
    const { suggestions } = proposeTree({ ...tree, ...more }).proposals
    expect(suggestions.flatMap(({ rewrites }) => [...new Set(rewrites.map(({ file }) => file))])).toEqual([
      'Dockerfile',
      'Dockerfile.dev',
    ])
  })
})
