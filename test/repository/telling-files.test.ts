import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { nothingKnown } from '../../src/repository/known.ts'
import { tellingFiles } from '../../src/repository/telling-files.ts'
import { walkAhead } from '../../src/scan.ts'
import { readArguments } from '../../src/verbs/arguments.ts'
import { readOptions } from '../../src/verbs/options.ts'
import { measureAll } from '../../src/verbs/targets.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'

const names = [
  ...['Dockerfile', 'api.Dockerfile', 'Dockerfile.dev', 'Jenkinsfile', 'compose.yaml', 'package.json'],
  ...['x.dockerignore', 'x.sh', 'Makefile', 'main.hcl', 'x.ts', 'é.Dockerfile', 'do', 'e'],
]
const directories = ['a', 'scripts', 'node_modules', 'vendor', '.github', 'workflows', 'dist', '.git']
const path = fc
  .tuple(fc.array(fc.constantFrom(...directories), { maxLength: 9 }), fc.constantFrom(...names))
  .map(([above, name]) => [...above, name].join('/'))
const ignored = fc.array(
  fc.constantFrom('dist', '**/a', '!a/scripts', 'scripts', '**/*.sh', 'vendor', '**', '!**/Dockerfile'),
  { maxLength: 4 },
)

const listed = (tree: MemoryTree) => tellingFiles(contextHost(tree), '/ctx', null)

describe('the files that may say how images are built', () => {
  it('are known by their names, some of them in some places only', () => {
    expect(
      listed({
        Dockerfile: '',
        'deploy/prod/run.sh': '',
        'deploy.sh': '',
        'src/run.sh': '',
        '.github/workflows/ci.yml': '',
        'docs/ci.yml': '',
        'api/é.Dockerfile': '',
        'api/Dockerfile.md': '',
        'api/main.ts': '',
        'link/Dockerfile': { type: 'symlink', target: '../Dockerfile' },
      }),
    ).toEqual([
      '.github/workflows/ci.yml',
      'Dockerfile',
      'api/Dockerfile.md',
      'api/é.Dockerfile',
      'deploy.sh',
      'deploy/prod/run.sh',
    ])
  })

  it('are not looked for among packages, nor deeper than seven directories', () => {
    expect(
      listed({
        'web/node_modules/x/Dockerfile': '',
        '.git/hooks/Dockerfile': '',
        '1/2/3/4/5/6/7/Dockerfile': '',
        '1/2/3/4/5/6/7/8/Dockerfile': '',
      }),
    ).toEqual(['1/2/3/4/5/6/7/Dockerfile'])
  })

  it('are the same where a walk has seen the entries, whatever it did not enter', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 12 }), ignored, (paths, lines) => {
        // A file cannot lie where a directory is.
        const files = paths.filter((one) => !paths.some((other) => other.startsWith(`${one}/`)))
        const tree = {
          ...Object.fromEntries(files.map((file) => [file, ''])),
          Dockerfile: 'FROM scratch\nCOPY . /\n',
          '.dockerignore': lines.join('\n'),
        }
        const host = contextHost(tree)
        const walked = walkAhead(host, { ...plainBuild, seen: new Map() })
        expect(tellingFiles(host, '/ctx', walked)).toEqual(tellingFiles(host, '/ctx', null))
      }),
    )
  })

  it('cost no second look at a directory that is walked anyway', () => {
    const tree = {
      '/ctx/Dockerfile': 'FROM scratch\nCOPY . /\n',
      '/ctx/compose.yaml': 'services:\n  web: { build: { context: ., dockerfile: web/Dockerfile } }\n',
      '/ctx/web/Dockerfile': 'FROM scratch\nCOPY web /\n',
      '/ctx/web/src/a.ts': 1,
      '/ctx/.dockerignore': 'docs\n',
      '/ctx/docs/api/package.json': '{}',
    }
    const disk = createMemoryHost(tree)
    const lists: string[] = []
    const host: Host = {
      ...disk,
      list: (name) => {
        lists.push(disk.absolute(name))
        return disk.list(name)
      },
    }
    const options = readOptions(readArguments(['/ctx']), host)
    const { scans } = measureAll({ host, options, progress: null }, nothingKnown())
    expect(scans.map(({ told, reference }) => `${told.root} ${reference.dockerfile}`)).toEqual([
      '. Dockerfile',
      '. web/Dockerfile',
    ])
    expect(lists.filter((name) => name.startsWith('/ctx/')).sort()).toEqual([
      '/ctx/docs',
      '/ctx/docs/api',
      '/ctx/web',
      '/ctx/web/src',
    ])
  })
})
