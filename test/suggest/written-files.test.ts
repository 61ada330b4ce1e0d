import { describe, expect, it } from 'vitest'
import type { MemoryEntry } from '../../src/host/memory.ts'
import { proposeFor } from './propose-tree.ts'

const left = (ignoreFile: MemoryEntry, untracked = { 'node_modules/a.js': 1000 }) =>
  proposeFor({
    tracked: {
      Dockerfile: 'FROM node\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\n',
      'package.json': '{}',
      'package-lock.json': '{}',
      'shared/dockerignore': '.git\n',
      '.dockerignore': ignoreFile,
    },
    untracked,
  }).left

describe('an ignore file that is a link', () => {
  it('is said not to be written beside what would be written', () => {
    expect(left({ type: 'symlink', target: 'shared/dockerignore' })).toContain(
      '.dockerignore: it is a link to shared/dockerignore, which --write does not change for you: others may read it too',
    )
  })

  it('is nothing to speak of where it is a file', () => {
    expect(left('.git\n')).toEqual([])
  })
})

describe('a Dockerfile that is a link to another of the group', () => {
  it('is left to what is proposed for that one', () => {
    const { moves, left } = proposeFor({
      tracked: {
        'docker/Dockerfile-debian':
          'FROM debian\nWORKDIR /s\nCOPY . .\nRUN apt-get update && apt-get install -y git\nRUN make\n',
        Dockerfile: { type: 'symlink', target: 'docker/Dockerfile-debian' },
        ...{ 'a.c': '', '.dockerignore': '.git\n', 'b.sh': 'docker build -f docker/Dockerfile-debian .\n' },
      },
    })
    expect(moves).toEqual(['safe run apt-get install before the copy'])
    expect(left.join()).not.toContain('it is a link')
  })
})
