import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { listSent } from '../../src/answers/list.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { scan } from '../../src/scan.ts'
import { readArguments } from '../../src/verbs/arguments.ts'
import { readOptions } from '../../src/verbs/options.ts'
import { standIn } from '../../src/verbs/stand-in.ts'
import { gitEnvironment, git as runGit } from '../git.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-at-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (name: string) => path.join(base, name)
const environment = gitEnvironment(base)
const git = (...args: string[]) => runGit(at('repo'), ...args)

// Two commits: a service in a directory of its own, and then no more of it.
fs.mkdirSync(at('repo/services/api'), { recursive: true })
fs.mkdirSync(at('repo/shared'))
fs.writeFileSync(at('repo/services/api/Dockerfile'), 'FROM scratch\nCOPY . /\nCOPY --from=lib . /lib\n')
fs.writeFileSync(at('repo/services/api/other.Dockerfile'), 'FROM scratch\nCOPY main.c /\n')
fs.writeFileSync(at('repo/services/api/main.c'), 'int main;')
fs.writeFileSync(at('repo/shared/lib.c'), 'lib')
git('init', '-q')
git('add', '.')
git('commit', '-q', '-m', 'one')
fs.rmSync(at('repo/services'), { recursive: true })
git('add', '-A')
git('commit', '-q', '-m', 'two')
fs.symlinkSync('repo', at('link'))

/** What `ctxsize ls` of the words lists. */
const list = async (...words: string[]): Promise<readonly string[]> => {
  const disk = createNodeHost(environment)
  const options = readOptions(readArguments(['ls', ...words]), disk)
  const { host, scan: asked } = await standIn(disk, options, async () => null)
  const made = scan(host, { ...asked, progress: null })
  if (made.fatal[0]) throw new Error(made.fatal[0].message)
  return listSent(made, 'buildkit').entries.map((entry) => entry.path)
}

describe('a build at a commit', () => {
  it('may have its context in a directory that is gone', async () => {
    expect(await list('--at', 'HEAD~1', at('repo/services/api'))).toEqual([
      'Dockerfile',
      'main.c',
      'other.Dockerfile',
    ])
  })

  it('takes the Dockerfile of that commit too', async () => {
    const file = at('repo/services/api/other.Dockerfile')
    expect(await list('--at', 'HEAD~1', '-f', file, at('repo/services/api'))).toEqual(['main.c'])
    fs.mkdirSync(at('repo/services/api'), { recursive: true })
    fs.writeFileSync(file, 'FROM scratch\nCOPY Dockerfile /\n')
    expect(await list('--at', 'HEAD~1', '-f', file, at('repo/services/api'))).toEqual(['main.c'])
    fs.rmSync(at('repo/services'), { recursive: true })
  })

  it('is found through a link to its repository', async () => {
    const options = ['-f', at('link/services/api/other.Dockerfile')]
    expect(await list('--at', 'HEAD~1', ...options, at('link/services/api'))).toEqual(['main.c'])
  })

  it('has its named contexts at that commit', async () => {
    const disk = createNodeHost(environment)
    const words = ['--at', 'HEAD~1', '--build-context', `lib=${at('link/shared')}`, at('repo/services/api')]
    const options = readOptions(readArguments(words), disk)
    const { host, scan: asked } = await standIn(disk, options, async () => null)
    const { report } = scan(host, { ...asked, progress: null })
    expect(report.contexts[0]?.targets[0]?.namedContexts).toMatchObject([
      { transfer: { files: 1, bytes: 3 } },
    ])
  })

  it('does not reach what lies outside of the repository', async () => {
    fs.writeFileSync(at('Dockerfile'), 'FROM scratch\n')
    await expect(list('--at', 'HEAD', '-f', at('Dockerfile'), at('repo/shared'))).rejects.toThrow(
      /does not exist/,
    )
    await expect(list('--at', 'HEAD', base)).rejects.toMatchObject({ code: 'GIT_UNAVAILABLE' })
    await expect(list('--at', 'HEAD', at('repo/services/api'))).rejects.toMatchObject({
      code: 'CONTEXT_NOT_FOUND',
    })
  })
})
