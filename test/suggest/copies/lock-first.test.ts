import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const tree: MemoryTree = { 'package.json': '{}', 'package-lock.json': '{}', 'index.js': 3 }
const head = ['FROM node', 'WORKDIR /app']
const fix = (lines: readonly string[], files: MemoryTree = tree) =>
  rewritten(withDockerfile([...head, ...lines], files), 'lock-first')?.slice(2) ?? null

describe('a lockfile that is copied too late', () => {
  it.each([
    ['COPY package.json .', 'COPY package.json package-lock.json ./'],
    ['COPY package.json ./', 'COPY package.json package-lock.json ./'],
    ['COPY --chown=node ./package.json /app/', 'COPY --chown=node ./package.json package-lock.json /app/'],
    ['COPY package.json .npmrc ./', 'COPY package.json package-lock.json .npmrc ./'],
  ])('joins the manifest: %s', (copy, joined) => {
    expect(fix([copy, 'RUN npm install', 'COPY . .'], { ...tree, '.npmrc': 'x' })).toEqual([
      joined,
      'RUN npm install',
      'COPY . .',
    ])
  })

  it('is a question, asked once', () => {
    const whole = withDockerfile([...head, 'COPY package.json .', 'RUN npm install', 'COPY . .'], tree)
    expect(suggestionsOf(whole, 'lock-first').map(({ safety }) => safety)).toEqual(['review'])
    expect(suggestionsOf(followed(whole, 'lock-first'), 'lock-first')).toEqual([])
  })

  it.each<[string, readonly string[], MemoryTree]>([
    ['it is there', ['COPY package.json package-lock.json ./', 'RUN npm install', 'COPY . .'], tree],
    ['a pattern brings it', ['COPY package*.json ./', 'RUN npm install', 'COPY . .'], tree],
    [
      'another copy brings it',
      ['COPY package.json ./', 'COPY package-lock.json ./', 'RUN npm install', 'COPY . .'],
      tree,
    ],
    [
      'a mount brings it',
      [
        'COPY package.json ./',
        'RUN --mount=type=bind,target=package-lock.json,source=package-lock.json npm install',
        'COPY . .',
      ],
      tree,
    ],
    [
      'another stage may bring it',
      ['COPY package.json ./', 'COPY --from=x /lock ./', 'RUN npm install', 'COPY . .'],
      tree,
    ],
    [
      'there is none',
      ['COPY package.json ./', 'RUN npm install', 'COPY . .'],
      { 'package.json': '{}', x: 1 },
    ],
    ['it is never copied', ['COPY package.json ./', 'RUN npm install', 'COPY index.js ./'], tree],
    ['another program installs', ['COPY package.json ./', 'RUN yarn install', 'COPY . .'], tree],
  ])('is no matter where %s', (_, lines, files) => {
    expect(fix(lines, files)).toBeNull()
  })
})
