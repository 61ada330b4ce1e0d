/** A project with twelve images in compose, bake and a workflow: every group and every amount. */

import { describe, expect, it } from 'vitest'
import type { BuildsReport, FixReport, Report } from '../../src/report.ts'
import { fixtureTree } from '../repository/recipe-tree.ts'
import { ctxsize } from './world.ts'

const files = fixtureTree('many-images')
const tree = Object.fromEntries(Object.entries(files).map(([name, text]) => [`/orchard/${name}`, text]))

const run = (line: string) => ctxsize(`${line} -C orchard`, { tree })

describe('a project with many images', () => {
  it('is measured in groups that share a context and an ignore file', async () => {
    const { stdout, code } = await run('--format json')
    const { contexts } = JSON.parse(stdout) as Report
    expect(code).toBe(0)
    expect(
      contexts.map(({ root, ignoreFile, context, unread, targets }) => [
        `${root} ${ignoreFile} ${context.files}/${context.bytes} unread ${unread.files}/${unread.bytes}`,
        ...targets.map(
          ({ name, dockerfile, target, transfer }) =>
            `${name} ${dockerfile}${target === null ? '' : `>${target}`} ${transfer.files}/${transfer.bytes}`,
        ),
      ]),
    ).toEqual([
      [
        '. .dockerignore 44/4346 unread 0/0',
        'migrations compose.yaml:20 1/45',
        'admin apps/admin/Dockerfile 12/615',
        'api apps/api/Dockerfile 44/4346',
        'seed apps/api/Dockerfile>tools 44/4346',
        'auth apps/auth/Dockerfile 5/461',
        'mailer apps/mailer/Dockerfile 5/472',
      ],
      ['. apps/web/Dockerfile.dockerignore 12/610 unread 0/0', 'web apps/web/Dockerfile 12/610'],
      ['docs null 3/77 unread 0/0', 'docs Dockerfile 3/77'],
      ['infra/nginx null 2/76 unread 1/54', 'nginx Dockerfile 1/22'],
      [
        'services/ml .dockerignore 5/263 unread 0/0',
        'ml-serve Dockerfile>serve 2/28',
        'ml-train Dockerfile>train 5/263',
      ],
    ])
  })

  it('has one build that cannot succeed, and a named context with an ignore file of its own', async () => {
    const { contexts } = JSON.parse((await run('--format json')).stdout) as Report
    const targets = contexts.flatMap((context) => context.targets)
    expect(targets.filter(({ buildFails }) => buildFails).map(({ name }) => name)).toEqual(['auth'])
    expect(
      targets.flatMap(({ namedContexts }) =>
        namedContexts.map(({ name, root, ignoreFile, transfer }) => [name, root, ignoreFile, transfer]),
      ),
    ).toEqual([['templates', 'orchard/packages/mail', '.dockerignore', { files: 3, bytes: 66 }]])
  })

  it('has a build that docker fetches, one that nobody can read, and none that is in no group', async () => {
    const { builds, open } = JSON.parse((await run('builds --format json')).stdout) as BuildsReport
    expect(builds.flatMap(({ context, foundIn }) => (context.includes('://') ? [foundIn] : []))).toEqual([
      { file: '.github/workflows/images.yml', line: 15 },
    ])
    expect(open.map(({ at }) => at)).toEqual([{ file: 'Jenkinsfile', line: 6 }])
    expect(builds.filter(({ target }) => target === 'notebook')).toEqual([])
    expect(builds.find(({ name }) => name === 'api')?.args).toEqual({ NODE_ENV: 'development' })
    expect(builds).toHaveLength(12)
  })

  it('hears of nothing proven or safe for a context that a build may have which cannot be read', async () => {
    const { edits } = JSON.parse((await run('fix --format json')).stdout) as FixReport
    // Without git, what lies above a context is not known to be of one project with it.
    expect(edits.map(({ file }) => file)).toEqual(['docs/.dockerignore', 'services/ml/.dockerignore'])
    const { contexts } = JSON.parse((await run('--format json')).stdout) as Report
    const [main] = contexts
    expect(main?.suggestions.length).toBeGreaterThan(0)
    expect(new Set(main?.suggestions.map(({ safety }) => safety))).toEqual(new Set(['review']))
  })

  it('is told on the screen of the build that docker fetches', async () => {
    const { stdout } = await run('')
    const context = 'https://git.example.com/orchard.git#main:services/ml'
    const place = { file: '.github/workflows/images.yml', line: 15 }
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      `? ${place.file}:15 docker fetches ${context}; not measured`,
    )
    const { fetched } = JSON.parse((await run('--format json')).stdout) as Report
    expect(fetched).toEqual([{ name: null, context, foundIn: place }])
  })

  it('is told once of a change that several Dockerfiles need', async () => {
    const { stdout } = await run('')
    const words = stdout.replace(/\s+/g, ' ')
    // Once for those that share an ignore file, and once for the image that has its own, whose RUN is another too.
    expect(words.match(/copy manifests before npm ci/g)).toHaveLength(2)
    expect(words).toContain(' 4 Dockerfiles: copy manifests before npm ci')
    expect(words).toContain('; the same in apps/api/Dockerfile, apps/auth/Dockerfile, apps/mailer/Dockerfile')
  })

  it('is described by one build where it is named', async () => {
    expect((await run('ls -f docker-bake.hcl ml-serve')).stdout).toBe('requirements.txt\nserve.py\n')
    expect((await run('ls -f compose.yaml nginx')).stdout).toBe('site.conf\n')
    expect((await run('why -f compose.yaml web apps/api')).stdout).toContain(
      'apps/web/Dockerfile.dockerignore:1',
    )
  })
})

describe('a project of two images', () => {
  it('is told what a change saves of the build that is sent something, though the first of the context asks for nothing', async () => {
    const tree = {
      '/ctx/Dockerfile': 'FROM scratch\nRUN x\n',
      '/ctx/web.Dockerfile': 'FROM scratch\nCOPY . /\n',
      '/ctx/main.js': 'x'.repeat(2_000_000),
      '/ctx/npm-debug.log': 'x'.repeat(500_000),
    }
    const { stdout } = await ctxsize('ctx', { tree })
    expect(stdout).toMatch(/2\.50MB → 2\.00MB +safe/)
    expect(stdout).not.toContain('as before')
  })
})
