import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { MeasuredBuild } from '../../src/measure/build.ts'
import { hostOverInstall } from '../../src/rules/host-over-install.ts'
import { scanTree } from '../scan-tree.ts'

function look(tree: MemoryTree, more: Partial<MeasuredBuild> = {}) {
  return hostOverInstall.check({ ...scanTree(tree), ...more })
}

const app = (...lines: readonly string[]) => `FROM a\nWORKDIR /app\n${lines.join('\n')}\n`
const packages = {
  'node_modules/a/index.js': 10,
  'node_modules/b/index.js': 20,
  'src/a.js': 1,
  'package.json': '{}',
}

describe('packages of this machine', () => {
  it('over those of the image are a warning with both lines', () => {
    const Dockerfile = app('COPY package.json ./', 'RUN npm ci', 'COPY . .')
    expect(look({ ...packages, Dockerfile })).toMatchObject([
      {
        severity: 'warning',
        at: { file: 'Dockerfile', line: 5 },
        message:
          'COPY (line 5) puts node_modules of this machine (2 files) over what npm ci (line 4) installed',
        bytes: 30,
        data: { install: { line: 4, command: 'npm ci' }, directories: ['node_modules'], files: 2 },
      },
    ])
  })

  it('over those that a stage below has installed are one too', () => {
    const lines = ['FROM a AS base', 'WORKDIR /app', 'RUN npm ci', 'FROM base', 'COPY . .']
    expect(look({ ...packages, Dockerfile: lines.join('\n') })).toMatchObject([
      { at: { line: 5 }, data: { install: { line: 3 } } },
    ])
  })

  it.each<[string, string, string]>([
    ['composer', 'composer install', 'vendor'],
    ['npm in a subdirectory', 'npm --prefix web ci', 'web/node_modules'],
    ['npm in another place', 'cd web && npm install', 'web/node_modules'],
  ])('are found for %s', (_, command, dir) => {
    const tree = { [`${dir}/a/b`]: 5, x: 1, Dockerfile: app(`RUN ${command}`, 'COPY . .') }
    expect(look(tree)).toMatchObject([{ data: { directories: [dir], files: 1 } }])
  })

  it.each<[string, readonly string[]]>([
    ['before the install', ['COPY . .', 'RUN npm ci']],
    ['and erased by a second install', ['RUN npm ci', 'COPY . .', 'RUN npm ci']],
    ['to another place', ['RUN npm ci', 'COPY . /src']],
    ['by name', ['RUN npm ci', 'COPY node_modules node_modules']],
    ['in another stage', ['RUN npm ci', 'FROM a', 'WORKDIR /app', 'COPY . .']],
    ['shown by a mount', ['RUN npm ci', 'RUN --mount=type=bind,target=. make']],
    ['not at all', ['RUN npm ci', 'COPY src src']],
    ['but for what --exclude leaves out', ['RUN npm ci', 'COPY --exclude=node_modules . .']],
  ])('are no finding when they come %s', (_, lines) => {
    expect(look({ ...packages, Dockerfile: app(...lines) })).toEqual([])
  })

  it('are no finding beside what is no workspace: the install puts nothing there', () => {
    const own = { 'e2e/package.json': '{}', 'e2e/node_modules/a/index.js': 5, ...packages }
    const late = app('COPY package.json ./', 'RUN npm ci', 'COPY e2e e2e/')
    expect(look({ ...own, Dockerfile: late })).toEqual([])
    const locked = { ...own, 'e2e/package-lock.json': '{}' }
    const early = ['COPY package.json ./', 'COPY e2e/package.json e2e/', 'RUN npm ci', 'COPY e2e e2e/']
    expect(look({ ...locked, Dockerfile: app(...early) })).toEqual([])
    expect(look({ 'docs/node_modules/a/b': 5, Dockerfile: app('RUN npm ci', 'COPY docs docs/') })).toEqual([])
  })

  it.each<[string, readonly string[]]>([
    ['whose manifest was copied', ['COPY web/package.json web/', 'RUN npm ci']],
    ['whose manifest may come of a stage', ['COPY --from=b /out .', 'RUN npm ci']],
    [
      'whose manifest is mounted',
      ['RUN --mount=type=bind,source=web/package.json,target=web/package.json npm ci'],
    ],
  ])('over those of a workspace are one: %s', (_, lines) => {
    const web = { 'web/package.json': '{}', 'web/node_modules/a/b': 5 }
    expect(look({ ...web, Dockerfile: app(...lines, 'COPY web web/') })).toMatchObject([
      { data: { directories: ['web/node_modules'], files: 1 } },
    ])
  })

  describe('over what another stage has brought', () => {
    const built = ['FROM a AS web', 'COPY . /w', 'RUN npm ci && npm run build', 'FROM a', 'WORKDIR /app']
    const tree = {
      'public/index.php': 1,
      'public/build/app.js': 20,
      'public/hot': 3,
      'bin/health': 9,
      'bin/run.sh': 1,
    }
    const tracked = new Set(['Dockerfile', 'public/index.php', 'bin/run.sh'])
    const over = (lines: readonly string[], more: Partial<MeasuredBuild> = { tracked }) =>
      look({ ...tree, Dockerfile: [...built, ...lines, ''].join('\n') }, more).map(
        ({ message, data }) => [message, data['directories']] as const,
      )

    it('are told by what git does not track there', () => {
      expect(over(['COPY --from=web /w/public public', 'COPY . .'])).toEqual([
        [
          'COPY (line 7) puts public/build and 1 more of this machine (2 files) over what COPY --from=web (line 6) brought',
          ['public/build', 'public/hot'],
        ],
      ])
      expect(over(['COPY --from=web /w/out/health /app/bin/health', 'COPY bin bin'])).toEqual([
        [
          'COPY (line 7) puts bin/health of this machine (1 file) over what COPY --from=web (line 6) brought',
          ['bin/health'],
        ],
      ])
    })

    it.each<[string, readonly string[]]>([
      ['comes behind it', ['COPY . .', 'COPY --from=web /w/public public']],
      ['lies elsewhere', ['COPY --from=web /w/public /srv/public', 'COPY . .']],
      ['may be anything', ['COPY --from=web /w .', 'COPY . .']],
      ['is named', ['COPY --from=web /w/public public', 'COPY public/build public/build', 'COPY bin bin']],
      ['is left out', ['COPY --from=web /w/public public', 'COPY --exclude=public . .']],
      [
        'is taken away again',
        ['COPY --from=web /w/public public', 'COPY . .', 'RUN rm -rf public/build public/hot'],
      ],
    ])('are no finding where what was brought, or lands there, %s', (_, lines) => {
      expect(over(lines)).toEqual([])
    })

    it('are no finding where nobody knows what git tracks', () => {
      const lines = ['COPY --from=web /w/public public', 'COPY . .']
      expect(over(lines, {})).toEqual([])
      expect(over(lines, { tracked: new Set() })).toEqual([])
    })
  })

  it('are no finding when the ignore file drops them', () => {
    const Dockerfile = app('RUN npm ci', 'COPY . .')
    expect(look({ ...packages, '.dockerignore': 'node_modules\n', Dockerfile })).toEqual([])
  })

  it('are no finding when git tracks them', () => {
    const Dockerfile = app('RUN npm ci', 'COPY . .')
    const tracked = new Set(['node_modules/a/index.js', 'node_modules/b/index.js'])
    expect(look({ ...packages, Dockerfile }, { tracked })).toEqual([])
    expect(look({ ...packages, Dockerfile }, { tracked: new Set() })).toHaveLength(1)
  })
})
