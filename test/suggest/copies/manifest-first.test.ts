import { describe, expect, it } from 'vitest'
import { parseDockerfile } from '../../../src/dockerfile/parse.ts'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, ignoresOf, refusalsOf, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const manifest = (more: object = {}): string =>
  JSON.stringify({ name: 'x', version: '1.0.0', ...more }, null, 2)
const npm: MemoryTree = {
  'package.json': manifest(),
  'package-lock.json': '{}',
  'src/index.js': 10,
}
const head = ['FROM node:22', 'WORKDIR /app']
const all = [...head, 'COPY . .']
const move = (lines: readonly string[], tree: MemoryTree = npm) =>
  rewritten(withDockerfile(lines, tree), 'manifest-first')
const why = (lines: readonly string[], tree: MemoryTree = npm) => refusalsOf(withDockerfile(lines, tree))

describe('manifests first', () => {
  it('copies the manifests, installs, then copies the rest', () => {
    expect(move([...all, 'RUN npm ci', 'RUN node build.js'])).toEqual([
      ...head,
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY . .',
      'RUN node build.js',
    ])
  })

  it('writes the line that keeps what the install makes out of the copy behind it', () => {
    const tree = withDockerfile([...all, 'RUN npm ci'], npm)
    expect(ignoresOf(tree, 'manifest-first')).toEqual(['node_modules'])
    expect(ignoresOf({ ...tree, '.dockerignore': '**/node_modules\n' }, 'manifest-first')).toEqual([])
  })

  it('copies the manifests to each place where an install finds them', () => {
    expect(move([...all, 'RUN npm ci', 'COPY . /srv/', 'RUN npm ci'])).toEqual([
      ...head,
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY package.json package-lock.json /srv/',
      'RUN npm ci',
      'COPY . .',
      'COPY . /srv/',
    ])
  })

  it('proposes nothing a second time', () => {
    for (const tree of [
      withDockerfile([...all, 'RUN npm ci && npm run build'], npm),
      withDockerfile([...all, 'RUN npm ci'], {
        ...npm,
        'package.json': manifest({ dependencies: { u: 'file:./libs/u' } }),
        'libs/u/package.json': manifest(),
        'libs/u/index.js': 3,
      }),
      withDockerfile([...all, 'RUN cd a && npm ci', 'RUN cd b && npm ci'], {
        'a/package.json': manifest(),
        'a/package-lock.json': '{}',
        'b/package.json': manifest(),
        'b/package-lock.json': '{}',
      }),
    ]) {
      const once = followed(tree, 'manifest-first')
      expect(once).not.toEqual(tree)
      expect(followed(once, 'manifest-first')).toEqual(once)
    }
  })

  it('leaves a Dockerfile alone that does it already', () => {
    for (const first of ['COPY package*.json ./', 'COPY package.json package-lock.json ./']) {
      const tree = withDockerfile([...head, first, 'RUN npm ci', 'COPY . .'], npm)
      expect(suggestionsOf(tree, 'manifest-first')).toEqual([])
      expect(refusalsOf(tree)).toEqual([])
    }
  })

  it('does without a copy of the manifests where an earlier one has brought them', () => {
    expect(move([...head, 'COPY package*.json ./', 'COPY . .', 'RUN npm ci'])).toEqual([
      ...head,
      'COPY package*.json ./',
      'RUN npm ci',
      'COPY . .',
    ])
  })

  it('cuts a RUN behind the install', () => {
    expect(move([...all, 'RUN npm ci && npm run build'])).toEqual([
      ...head,
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY . .',
      'RUN npm run build',
    ])
  })

  it('keeps flags, mounts, comments and every byte of the rest', () => {
    expect(
      move([
        ...head,
        '# the sources',
        'COPY --chown=node:node --chmod=755 --link \\',
        '  # all of them',
        '  . \\',
        '  .',
        'RUN --mount=type=cache,target=/root/.npm npm ci \\',
        '  # then',
        '  && npm run build # done',
        '# end',
      ]),
    ).toEqual([
      ...head,
      '# the sources',
      'COPY --chown=node:node --chmod=755 --link package.json package-lock.json ./',
      'RUN --mount=type=cache,target=/root/.npm npm ci',
      'COPY --chown=node:node --chmod=755 --link \\',
      '  # all of them',
      '  . \\',
      '  .',
      '# then',
      'RUN --mount=type=cache,target=/root/.npm npm run build # done',
      '# end',
    ])
  })

  it('breaks lines as the file does', () => {
    const text = ['FROM node:22', 'WORKDIR /app', 'COPY . .', 'RUN npm ci && npm run build', ''].join('\r\n')
    const after = followed({ ...npm, Dockerfile: text }, 'manifest-first')['Dockerfile']
    expect(String(after).replaceAll('\r\n', '')).not.toContain('\n')
    expect(after).toContain('package-lock.json ./\r\nRUN npm ci\r\nCOPY . .\r\nRUN npm run build\r\n')
  })

  it('continues lines with the escape character of the file', () => {
    expect(move(['# escape=`', ...all, 'RUN npm ci `', '  && npm run build'])).toEqual([
      '# escape=`',
      ...head,
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY . .',
      'RUN npm run build',
    ])
  })

  it('takes the JSON form as any other', () => {
    expect(move([...head, 'COPY [".", "."]', 'RUN ["npm", "ci"]'])).toEqual([
      ...head,
      'COPY package.json package-lock.json ./',
      'RUN ["npm", "ci"]',
      'COPY [".", "."]',
    ])
  })

  it('crosses what the copy does not hang on', () => {
    expect(move([...all, 'ENV NODE_ENV=production', 'USER node', 'RUN npm ci'])).toEqual([
      ...head,
      'COPY package.json package-lock.json ./',
      'ENV NODE_ENV=production',
      'USER node',
      'RUN npm ci',
      'COPY . .',
    ])
    expect(move(['FROM node:22', 'COPY . /app', 'WORKDIR /app', 'RUN npm ci'])).toEqual([
      'FROM node:22',
      'COPY package.json package-lock.json /app/',
      'WORKDIR /app',
      'RUN npm ci',
      'COPY . /app',
    ])
  })

  it('puts off every copy of a directory, past every install behind it', () => {
    const each = (dir: string): MemoryTree => ({
      [`${dir}/package.json`]: manifest(),
      [`${dir}/package-lock.json`]: '{}',
      [`${dir}/index.js`]: 3,
    })
    const tree = { ...each('backend'), ...each('frontend') }
    expect(
      move(
        [
          ...head,
          'COPY backend backend',
          'COPY frontend frontend',
          'RUN cd backend && npm ci',
          'RUN cd frontend && npm ci && npm run build',
        ],
        tree,
      ),
    ).toEqual([
      ...head,
      'COPY backend/package.json backend/package-lock.json backend/',
      'COPY frontend/package.json frontend/package-lock.json frontend/',
      'RUN cd backend && npm ci',
      'RUN cd frontend && npm ci',
      'COPY backend backend',
      'COPY frontend frontend',
      'RUN cd frontend && npm run build',
    ])
  })

  it('puts off sources beside the manifests', () => {
    expect(move([...head, 'COPY src ./src', 'COPY package*.json ./', 'RUN npm ci'])).toEqual([
      ...head,
      'COPY package*.json ./',
      'RUN npm ci',
      'COPY src ./src',
    ])
  })

  it('gives one RUN with two installs the manifests of both', () => {
    const tree = { ...npm, 'requirements.txt': 'flask\n' }
    expect(move([...all, 'RUN npm ci && pip install -r requirements.txt', 'RUN make'], tree)).toEqual([
      ...head,
      'COPY package.json requirements.txt package-lock.json ./',
      'RUN npm ci && pip install -r requirements.txt',
      'COPY . .',
      'RUN make',
    ])
  })

  it('looks at each stage', () => {
    const lines = [
      'FROM node:22 AS a',
      'WORKDIR /a',
      'COPY . .',
      'RUN npm ci',
      'FROM node:22',
      'WORKDIR /b',
      'COPY . .',
      'RUN npm ci',
    ]
    expect(suggestionsOf(withDockerfile(lines, npm), 'manifest-first').map(({ id }) => id)).toEqual([
      'manifest-first Dockerfile:4',
      'manifest-first Dockerfile:8',
    ])
  })

  it('is safe, and a decision where packages of this machine would no longer be merged with', () => {
    const tree = withDockerfile([...all, 'RUN npm install'], npm)
    const safety = (one: MemoryTree) => suggestionsOf(one, 'manifest-first').map((found) => found.safety)
    expect(safety(tree)).toEqual(['safe'])
    expect(safety({ ...tree, 'node_modules/a/index.js': 3 })).toEqual(['review'])
  })

  it('is a decision where what cleans up would come in another layer', () => {
    const safety = (rest: string) =>
      suggestionsOf(
        withDockerfile([...all, `RUN npm ci && npm run build && ${rest}`], npm),
        'manifest-first',
      ).map((found) => found.safety)
    expect(safety('npm test')).toEqual(['safe'])
    expect(safety('npm cache clean --force')).toEqual(['review'])
    expect(safety('rm -rf /root/.npm')).toEqual(['review'])
  })

  it('is refused where a compiler goes again with the RUN that brought it', () => {
    const run = 'RUN apk add --virtual .deps gcc && npm ci && npm run build && apk del .deps'
    expect(move([...all, run])).toBeNull()
    expect(why([...all, run])[0]).toContain('which only works in one layer')
    expect(move([...all, 'RUN apk add --virtual .deps gcc && npm ci && apk del .deps'])).not.toBeNull()
  })

  it('parses again', () => {
    const after = followed(withDockerfile([...all, 'RUN npm ci && npm run build'], npm), 'manifest-first')
    expect(parseDockerfile(String(after['Dockerfile']), 'Dockerfile').problems).toEqual([])
  })
})

describe('manifests first for workspaces', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const tree: MemoryTree = {
    'package.json': manifest({ workspaces: ['packages/*'] }),
    'package-lock.json': '{}',
    ...Object.fromEntries(
      names.flatMap((name) => [
        [`packages/${name}/package.json`, manifest()],
        [`packages/${name}/index.js`, 3],
      ]),
    ),
  }

  it('copies one manifest a package', () => {
    expect(move([...all, 'RUN npm ci'], tree)).toEqual([
      ...head,
      'COPY package.json package-lock.json ./',
      ...names.map((name) => `COPY packages/${name}/package.json ./packages/${name}/`),
      'RUN npm ci',
      'COPY . .',
    ])
  })

  it.each(['docker/dockerfile:1', 'docker/dockerfile:1.20', 'docker/dockerfile:1.7-labs'])(
    'copies many with --parents where %s knows it',
    (syntax) => {
      expect(move([`# syntax=${syntax}`, ...all, 'RUN npm ci'], tree)?.slice(3)).toEqual([
        'COPY package.json package-lock.json ./',
        'COPY --parents packages/*/package.json ./',
        'RUN npm ci',
        'COPY . .',
      ])
    },
  )

  it('names them one by one where the wildcard would take others as well', () => {
    const more = { ...tree, 'package.json': manifest({ workspaces: ['packages/*', '!packages/f'] }) }
    expect(move(['# syntax=docker/dockerfile:1', ...all, 'RUN npm ci'], more)).toContain(
      'COPY --parents packages/a/package.json packages/b/package.json packages/c/package.json packages/d/package.json packages/e/package.json ./',
    )
  })

  it.each(['docker/dockerfile:1.4', 'docker/dockerfile:1.19', 'example/frontend:1'])(
    'does not with %s',
    (syntax) => {
      expect(move([`# syntax=${syntax}`, ...all, 'RUN npm ci'], tree)?.join('\n')).not.toContain('--parents')
    },
  )

  it('keeps packages of all directories out of the copy', () => {
    expect(ignoresOf(withDockerfile([...all, 'RUN npm ci'], tree), 'manifest-first')).toEqual([
      '**/node_modules',
    ])
  })
})

describe('a directory that is let in below one that is out', () => {
  const berry: MemoryTree = {
    'package.json': manifest(),
    'yarn.lock': '__metadata:\n',
    '.yarnrc.yml': 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.0.0.cjs\n',
    '.yarn/releases/yarn-4.0.0.cjs': 10,
    '.yarn/install-state.gz': 5,
    '.dockerignore': '.yarn\n!.yarn/releases\n**/node_modules\n',
  }

  it('is copied by its name as it was with the rest', () => {
    expect(move([...all, 'RUN yarn install --immutable', 'RUN yarn build'], berry)).toEqual([
      ...head,
      'COPY package.json yarn.lock .yarnrc.yml ./',
      'COPY .yarn/releases ./.yarn/releases/',
      'RUN yarn install --immutable',
      'COPY . .',
      'RUN yarn build',
    ])
  })
})

describe('what is not moved', () => {
  it('is what somebody copies for the scripts of the install, and with all else behind it', () => {
    const tree = {
      'web/package.json': manifest({ scripts: { postinstall: 'node ./bin/env.js' } }),
      'web/package-lock.json': '{}',
      'web/bin/env.js': 'copy(`env/${name}.js`)\n',
      'web/env/prod.js': 3,
      'web/main.js': 3,
    }
    const lines = (...behind: readonly string[]) => [
      ...[...head, 'COPY web/package.json web/package-lock.json ./', 'COPY web/bin/ ./bin/'],
      ...['COPY web/env/ ./env/', 'RUN npm ci', ...behind],
    ]
    expect(move(lines('COPY web .'), tree)).toBeNull()
    expect(why(lines('COPY web .'), tree)).toEqual([
      'npm ci (Dockerfile:6): its postinstall script runs node ./bin/env.js, which may need the sources, for which web/env is copied before it',
    ])
    expect(move(lines('COPY web/main.js .'), tree)).not.toBeNull()
  })

  it.each([
    ['RUN npm install', { 'package.json': manifest() }, 'npm install has no lockfile to go by'],
    [
      'RUN npm ci',
      { ...npm, 'package.json': manifest({ scripts: { postinstall: 'node scripts/fetch.js' } }) },
      'its postinstall script runs node scripts/fetch.js, which may need the sources',
    ],
    ['RUN sed -i s/a/b/ package.json && npm ci', npm, 'sed -i s/a/b/ may need package.json, which is copied'],
    ['RUN npm pkg set type=module && npm ci', npm, 'npm pkg set may need package.json, which is copied'],
    [
      'RUN npm install lodash',
      npm,
      'it rewrites package.json, over which the copy would then put the old one',
    ],
    ['RUN echo "{}" > package.json && npm ci', npm, 'it writes package.json, which is copied'],
    [
      'RUN rm -f package-lock.json && npm install',
      npm,
      'rm -f package-lock.json may need package-lock.json, which is copied',
    ],
    ['RUN test -f x || npm ci', npm, 'it does not always run'],
    ['RUN if [ "$CI" != "true" ]; then npm ci; fi', npm, 'it does not always run'],
    ['RUN [ -f package.json ] && npm ci', npm, '[ -f package.json may need package.json, which is copied'],
    ['RUN [ a -nt package.json ] && npm ci', npm, '[ a -nt may need package.json, which is copied'],
    ['RUN [ -f $CONFIG ] && npm ci', npm, 'what [ -f $CONFIG looks at cannot be told'],
    ['RUN ./setup.sh && npm ci', { ...npm, 'setup.sh': 'make\n' }, 'a script that is copied runs make'],
    ['RUN frobnicate && npm ci', npm, 'frobnicate may need what was copied'],
  ] as const)('%s', (run, tree, reason) => {
    const lines = [...all, run]
    expect(move(lines, tree)).toBeNull()
    expect(why(lines, tree).map((text) => text.replace(/^.*?\): /, ''))).toEqual([reason])
  })

  it.each([
    [['RUN sed -i s/a/b/ package.json'], 'sed -i s/a/b/ may need package.json, which is copied'],
    [['RUN npm pkg set type=module'], 'npm pkg set may need package.json, which is copied'],
    [['RUN cp .env.example .env'], 'cp .env.example .env may need .env.example, which is copied'],
    [['WORKDIR lib'], 'WORKDIR changes between the copy and the install'],
    [['COPY .env.example ./'], 'another copy goes over the same directory between'],
    [['RUN chown -R node /app'], 'chown -R node may need /app, which is copied'],
  ] as const)('past %j', (between, reason) => {
    const tree = { ...npm, '.env.example': 3 }
    const lines = [...all, ...between, 'RUN npm ci']
    expect(move(lines, tree)).toBeNull()
    expect(why(lines, tree).map((text) => text.replace(/^.*?\): /, ''))).toEqual([reason])
  })

  it.each(['ARG DIR=.', 'ENV DIR=.'])('past %s, which the copy hangs on', (line) => {
    expect(move(['FROM node:22', 'WORKDIR /app', 'ARG DIR=.', 'COPY $DIR .', line, 'RUN npm ci'])).toBeNull()
  })

  it.each<[string, readonly string[], readonly string[] | null]>([
    ['.', ['WORKDIR /app/lib'], ['COPY . /app/']],
    ['./', ['WORKDIR lib', 'WORKDIR ../lib'], ['COPY . /app/']],
    ['/app', ['WORKDIR /app/lib'], ['COPY . /app']],
    ['"./"', ['WORKDIR /app/lib'], null],
    ['.', ['WORKDIR /lib'], null],
  ])('no WORKDIR that leads into what it brings, to %s past %j', (dest, between, after) => {
    const tree = { 'lib/package.json': '{}', 'lib/package-lock.json': '{}', 'lib/a.js': 3 }
    const lines = [
      'FROM node:22',
      'WORKDIR /app',
      `COPY . ${dest}`,
      ...between,
      'RUN npm ci',
      'RUN npm run build',
    ]
    const manifests = `COPY lib/package.json lib/package-lock.json ${dest === '.' ? './' : `${dest.replace(/\/$/, '')}/`}lib/`
    expect(move(lines, tree)).toEqual(
      after && [...lines.slice(0, 2), manifests, ...between, 'RUN npm ci', ...after, 'RUN npm run build'],
    )
    expect(
      move(
        lines.map((line) => line.replace('COPY', 'COPY --chown=node')),
        tree,
      ),
    ).toEqual(dest === '/app' ? expect.arrayContaining(['COPY --chown=node . /app']) : null)
  })

  it('an install that sees the sources through a mount', () => {
    expect(move([...all, 'RUN --mount=type=bind,target=/app npm ci'])).toBeNull()
  })

  it('an install whose packages somebody makes on the host for this image', () => {
    const tree = { ...npm, 'release.sh': 'npm install\ndocker build .\n', 'node_modules/a/index.js': 3 }
    expect(move([...all, 'RUN npm install'], tree)).toBeNull()
    expect(why([...all, 'RUN npm install'], tree)[0]).toContain('node_modules must not be in the copy')
  })

  it('a copy of a directory of which the install needs everything', () => {
    const gems = {
      Gemfile: "gem 'rails'\ngem 'own', path: 'vendor/own/core'\n",
      'Gemfile.lock': 'PATH\n  remote: vendor/own/core\n  specs:\n    own (1.0)\n',
      'vendor/own/core/own.gemspec': '',
      'vendor/own/core/lib/own.rb': '',
      'app/a.rb': '',
    }
    const lines = ['FROM ruby', 'WORKDIR /app', 'COPY Gemfile Gemfile.lock ./', 'COPY vendor/own vendor/own']
    const rest = ['RUN bundle install && bundle exec bootsnap precompile --gemfile', 'COPY . .']
    expect(move([...lines, ...rest], gems)).toBeNull()
  })

  it('a copy to where the system looks for certificates and settings, which a step after it may go by', () => {
    const certificates = 'COPY certs/ /usr/local/share/ca-certificates/'
    const lines = [...head, certificates, 'RUN update-ca-certificates', 'COPY . .', 'RUN npm ci']
    expect(move(lines, { ...npm, 'certs/a.crt': 3 })).toEqual([
      ...head,
      certificates,
      'RUN update-ca-certificates',
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY . .',
    ])
    expect(
      move([...head, certificates, 'COPY package*.json ./', 'RUN npm ci', 'COPY . .'], {
        ...npm,
        'certs/a.crt': 3,
      }),
    ).toBeNull()
  })
})
