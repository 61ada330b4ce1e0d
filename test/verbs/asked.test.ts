import { describe, expect, it } from 'vitest'
import type { Asked, Report } from '../../src/report.ts'
import { ctxsize } from '../cli/world.ts'
import { repositoryTree } from '../history/told-git.ts'

const tree = {
  ...repositoryTree('/repo'),
  '/repo/app/Dockerfile': 'FROM scratch AS a\nCOPY . /\nFROM a AS b\n',
  '/repo/app/x': 3,
  '/plain/Dockerfile': 'FROM scratch\nCOPY . /\n',
}

async function asked(line: string, input?: string): Promise<Asked | undefined> {
  const { stdout } = await ctxsize(`${line} --format json`, {
    tree,
    ...(input === undefined ? {} : { input }),
  })
  // The schema test checks the shape.
  return (JSON.parse(stdout) as Report).asked
}

describe('what a report tells of its command line', () => {
  it('is the directory as typed, and where it lies in its repository', async () => {
    expect(await asked('repo/app')).toEqual({
      context: 'repo/app',
      options: [],
      builder: 'buildkit',
      path: 'app',
    })
  })

  it.each([
    ['repo', '.'],
    ['-C /repo/app', 'app'],
    ['plain', 'plain'],
    ['./plain/', 'plain'],
    ['/', '.'],
  ])('is a path for others to match: %s', async (line, path) => {
    expect((await asked(line))?.path).toBe(path)
  })

  it('is what names the build again', async () => {
    const line = '-f repo/app/Dockerfile --target a --builder classic repo/app'
    expect(await asked(line)).toMatchObject({
      options: ['-f', 'repo/app/Dockerfile', '--target', 'a', '--builder', 'classic'],
      builder: 'classic',
    })
  })

  it('keeps to itself what says by its name that it is secret', async () => {
    const line = '--build-arg NPM_TOKEN=abc --build-arg VERSION=1 repo/app'
    expect((await asked(line))?.options).toEqual(['--build-arg', 'NPM_TOKEN', '--build-arg', 'VERSION=1'])
    for (const format of ['table', 'json', 'markdown'])
      expect((await ctxsize(`${line} --format ${format}`, { tree })).stdout).not.toContain('abc')
  })
})
