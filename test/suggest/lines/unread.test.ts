import { describe, expect, it } from 'vitest'
import { proposeFor } from '../propose-tree.ts'

const narrow = 'FROM scratch\nCOPY src /app/\n'

describe('parts of the project that no build reads', () => {
  it('are proposed as proven, the largest first, what lies in them not once more', () => {
    const { lines } = proposeFor({
      tracked: { Dockerfile: narrow, 'src/a.c': 10, 'docs/book.pdf': 900_000, 'assets/film.mp4': 4_000_000 },
      untracked: { 'docs/.DS_Store': 6148 },
    })
    expect(lines.filter((line) => !line.includes('.git'))).toEqual(['proven assets', 'proven docs'])
  })

  it('are left alone where a second Dockerfile of the context reads them', () => {
    const { lines } = proposeFor({
      tracked: {
        Dockerfile: narrow,
        'film.Dockerfile': 'FROM scratch\nCOPY assets/film.mp4 /\n',
        'src/a.c': 10,
        'assets/film.mp4': 4_000_000,
        'assets/take.mp4': 4_000_000,
      },
    })
    expect(lines.filter((line) => !line.includes('.git'))).toEqual(['proven assets/take.mp4'])
  })

  it('are left alone where some stage reads them, though the default one needs none of it', () => {
    const { lines } = proposeFor({
      tracked: {
        Dockerfile: 'FROM scratch AS docs\nCOPY docs /docs/\nFROM scratch\nCOPY src /app/\n',
        'src/a.c': 10,
        'docs/book.pdf': 900_000,
      },
    })
    expect(lines.filter((line) => !line.includes('.git'))).toEqual([])
  })

  it('are no lockfiles of manifests that are copied: those were forgotten', () => {
    const lines = (copied: string) =>
      proposeFor({
        tracked: {
          Dockerfile: `FROM node\nCOPY ${copied} /app/\n`,
          'src/a.js': 10,
          'package.json': '{}',
          'yarn.lock': 'x'.repeat(200_000),
        },
      }).lines.filter((line) => !line.includes('.git'))
    expect(lines('package.json src')).toEqual([])
    expect(lines('src')).toEqual(['proven yarn.lock'])
  })

  it('are not worth a line when they are small', () => {
    const { lines } = proposeFor({
      tracked: { Dockerfile: narrow, 'src/a.c': 10, 'README.md': 9000, 'docs/a.md': 9000 },
    })
    expect(lines.filter((line) => !line.includes('.git'))).toEqual([])
  })

  it('are not told of where a wildcard could take them on another tree', () => {
    const { lines } = proposeFor({
      tracked: {
        Dockerfile: 'FROM scratch\nCOPY */main.c /app/\n',
        'src/main.c': 10,
        'film/take.mp4': 900_000,
      },
    })
    expect(lines.filter((line) => line === 'proven film')).toEqual([])
  })

  it('are not told of while a build cannot be read', () => {
    const { lines } = proposeFor({
      tracked: {
        Dockerfile: narrow,
        Jenkinsfile: 'sh "docker build -f ${DOCKERFILE} ."\n',
        'src/a.c': 10,
        'docs/book.pdf': 900_000,
      },
    })
    expect(lines.filter((line) => line.endsWith(' docs'))).toEqual([])
  })
})
