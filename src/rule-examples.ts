/** For each rule a context in which it speaks, and the same put right: for its page, and run by a test. */

import type { ruleWords } from './rule-words.ts'

export interface ContextExample {
  /** Texts by path, as they would be printed; an empty text stands for a file whose content says nothing. */
  readonly files: Readonly<Record<string, string>>
  /** Files that git does not track; where this is left out there is no repository. */
  readonly untracked?: readonly string[]
  /** Programs that were built for macOS. */
  readonly macBinaries?: readonly string[]
  /** Files that hold a value that looks like a key, by the name that the value has. */
  readonly keys?: Readonly<Record<string, string>>
  /** Links by path, with where they lead. */
  readonly links?: Readonly<Record<string, string>>
  /** What is typed, where that is what makes the difference. */
  readonly command?: string
}

export interface RuleExample {
  /** What is typed where it is not plain `ctxsize .`. */
  readonly command?: string
  readonly bad: ContextExample
  /** What the rule says there, in the order of its findings. */
  readonly says: readonly string[]
  readonly good: ContextExample
}

const lines = (...texts: readonly string[]): string => `${texts.join('\n')}\n`
const copyAll = lines('FROM alpine', 'COPY . /app')
const npm = ['FROM node:22', 'WORKDIR /app', 'COPY package.json package-lock.json ./', 'RUN npm ci'] as const
const packages = { 'package.json': '{}\n', 'package-lock.json': '{}\n', 'index.js': '' }
const esbuild = 'node_modules/@esbuild/darwin-arm64/bin/esbuild'
const installed = {
  ...packages,
  'node_modules/left-pad/index.js': '',
  Dockerfile: lines(...npm, 'COPY . .'),
}
const workflowPath = '.github/workflows/image.yml'
/** A job that builds the image with the action of Docker's. */
const workflow = (inputs: readonly string[], { on = ['on: push'], checkout = 'v5' } = {}): string =>
  lines(
    ...on,
    'jobs:',
    '  image:',
    '    runs-on: ubuntu-latest',
    '    steps:',
    `      - uses: actions/checkout@${checkout}`,
    '      - uses: docker/setup-buildx-action@v3',
    '      - uses: docker/build-push-action@v6',
    '        with:',
    ...inputs.map((input) => `          ${input}`),
  )
const onPaths = ['on:', '  push:', '    paths:', '      - src/**', '      - Dockerfile']
const kept = ['cache-from: type=gha', 'cache-to: type=gha,mode=max']
const local = ['context: .', ...kept]
const inCi = (text: string, files: ContextExample['files'] = {}): ContextExample => ({
  files: {
    Dockerfile: lines(...npm, 'COPY . .'),
    '.dockerignore': '.git\n',
    ...packages,
    ...files,
    [workflowPath]: text,
  },
  untracked: [],
})
const missing: Pick<RuleExample, 'bad' | 'good'> = {
  bad: { files: { 'src/main.py': '', Dockerfile: lines('FROM python:3.13', 'COPY scr /app') } },
  good: { files: { 'src/main.py': '', Dockerfile: lines('FROM python:3.13', 'COPY src /app') } },
}

/** A COPY with a comment above it; a flag with one hyphen is mistyped. */
const suppressed = (comment: string, flag: string) => ({
  'app.sh': '',
  Dockerfile: lines('FROM alpine', comment, `COPY ${flag}chown=1000 app.sh /app/`),
})

/** By the id that a finding carries. */
export const ruleExamples: Readonly<Record<keyof typeof ruleWords, RuleExample>> = {
  'archive-unfiltered': {
    command: 'tar -c . | ctxsize -',
    bad: { files: { '.dockerignore': '*.log\n', 'debug.log': '', Dockerfile: copyAll } },
    says: ['docker takes the archive whole: 10.2kB, 3 files; .dockerignore in it is not read'],
    good: {
      files: { Dockerfile: copyAll, '.dockerignore': '*.log\n', 'debug.log': '' },
      command: 'ctxsize .',
    },
  },
  'builders-differ': {
    command: 'ctxsize -v .',
    bad: {
      files: { '.dockerignore': lines('docs', '!**/keep.md'), 'docs/keep.md': '', Dockerfile: copyAll },
    },
    says: [
      'this file reaches BuildKit but not podman, because of .dockerignore:1 `docs`: `docs/keep.md`',
      'this file reaches BuildKit but not the classic builder, because of .dockerignore:1 `docs`: `docs/keep.md`',
    ],
    good: {
      files: { '.dockerignore': lines('docs/*', '!docs/keep.md'), 'docs/keep.md': '', Dockerfile: copyAll },
    },
  },
  'ci-git-context': {
    bad: inCi(workflow(kept), { '.dockerignore': lines('.git', 'test'), 'test/data.json': '' }),
    says: [
      'CI builds what BuildKit fetches from git, where .dockerignore is not read: COPY . . (line 5) takes 1 file that it drops (test/data.json)',
    ],
    good: inCi(workflow(local), { '.dockerignore': lines('.git', 'test'), 'test/data.json': '' }),
  },
  'ci-git-context-lacks': {
    bad: inCi(workflow(kept), { Dockerfile: lines('FROM nginx', 'COPY dist /srv') }),
    says: [
      'CI builds what BuildKit fetches from git, which lacks dist: COPY dist /srv (line 2) finds nothing there, whatever a step before it makes',
    ],
    good: inCi(workflow(local), { Dockerfile: lines('FROM nginx', 'COPY dist /srv') }),
  },
  'ci-no-cache': {
    command: 'ctxsize -v .',
    bad: inCi(workflow(['context: .'])),
    says: ['this build in CI keeps no layer cache: every run makes all layers of the image again'],
    good: inCi(workflow(local)),
  },
  'ci-path-filter': {
    bad: inCi(workflow(local, { on: [...onPaths] })),
    says: ['CI does not build this image when only .dockerignore changes: paths of push does not name it'],
    good: inCi(
      workflow(local, {
        on: [...onPaths, '      - .dockerignore'],
      }),
    ),
  },
  'ci-sends-git': {
    command: 'ctxsize -v .',
    bad: inCi(workflow(local, { checkout: 'v6' }), { '.dockerignore': 'node_modules\n' }),
    says: [
      'this build in CI takes .git, which is another in every run: COPY . . (line 5) and all after it run every time',
    ],
    good: inCi(workflow(local, { checkout: 'v6' }), { '.dockerignore': lines('node_modules', '.git') }),
  },
  'ci-ships-token': {
    bad: inCi(workflow(local), { '.dockerignore': 'node_modules\n' }),
    says: [
      'this build in CI puts .git into the image, COPY . . (line 5), and actions/checkout leaves the token of the job in .git/config',
    ],
    good: inCi(workflow(local), { '.dockerignore': lines('node_modules', '.git') }),
  },
  'classic-builder-refuses': {
    bad: { files: { Dockerfile: lines('FROM alpine', 'RUN --mount=type=cache,target=/c apk add curl') } },
    says: ['the classic builder (DOCKER_BUILDKIT=0) refuses this RUN: it knows no --mount'],
    good: { files: { Dockerfile: lines('FROM alpine', 'RUN apk add curl') } },
  },
  'copy-directory-contents': {
    bad: {
      files: {
        Gemfile: '',
        'vendor/cache/rake.gem': '',
        Dockerfile: lines('FROM ruby:3.4', 'WORKDIR /app', 'COPY Gemfile vendor ./'),
      },
    },
    says: ['COPY puts the contents of vendor/ into ./, not the directory: vendor/cache lands at cache'],
    good: {
      files: {
        Gemfile: '',
        'vendor/cache/rake.gem': '',
        Dockerfile: lines('FROM ruby:3.4', 'WORKDIR /app', 'COPY Gemfile ./', 'COPY vendor ./vendor/'),
      },
    },
  },
  'copy-ignored-file': {
    bad: {
      files: {
        '.dockerignore': 'dist\n',
        'dist/app.js': '',
        Dockerfile: lines('# check=error=true', 'FROM node:22', 'COPY dist /app'),
      },
    },
    says: ['lint violation found for rules: CopyIgnoredFile (dist), and # check=error=true makes it fail'],
    good: {
      files: {
        'dist/app.js': '',
        Dockerfile: lines('# check=error=true', 'FROM node:22', 'COPY dist /app'),
      },
    },
  },
  'copy-source': { ...missing, says: ['COPY scr: no such file or directory in the context'] },
  'copy-source-ignored': {
    bad: {
      files: {
        '.dockerignore': '**/*.pem\n',
        'certs/ca.pem': '',
        Dockerfile: lines('FROM alpine', 'COPY certs/ca.pem /etc/ssl/'),
      },
    },
    says: ['COPY certs/ca.pem: ignored by .dockerignore:1 `**/*.pem`'],
    good: {
      files: {
        '.dockerignore': lines('**/*.pem', '!certs/ca.pem'),
        'certs/ca.pem': '',
        Dockerfile: lines('FROM alpine', 'COPY certs/ca.pem /etc/ssl/'),
      },
    },
  },
  'copy-source-missing': { ...missing, says: ['COPY scr: no such file or directory in the context'] },
  'database-ships': {
    bad: {
      files: {
        'app.sh': '',
        'backups/shop-2026-11-04.sql': lines("INSERT INTO users VALUES (1, 'ann@example.org');"),
        Dockerfile: copyAll,
      },
    },
    says: ['backups/shop-2026-11-04.sql is in the final image (COPY . /app, line 2): a dump of a database'],
    good: {
      files: {
        '.dockerignore': 'backups\n',
        'app.sh': '',
        'backups/shop-2026-11-04.sql': lines("INSERT INTO users VALUES (1, 'ann@example.org');"),
        Dockerfile: copyAll,
      },
    },
  },
  'dockerfile-doubtful': {
    bad: {
      files: { 'app.sh': '', Dockerfile: lines('FROM alpine', 'COPY -chown=1000 app.sh /app/') },
    },
    says: ['-chown=1000 is taken for a path to copy, not for a flag'],
    good: {
      files: { 'app.sh': '', Dockerfile: lines('FROM alpine', 'COPY --chown=1000 app.sh /app/') },
    },
  },
  'dockerfile-refused': {
    bad: { files: { Dockerfile: lines('FROM alpine', 'COPPY . /app') } },
    says: ['dockerfile parse error on line 2: unknown instruction: COPPY (did you mean COPY?)'],
    good: { files: { Dockerfile: copyAll } },
  },
  'dockerignore-git-syntax': {
    bad: { files: { '.dockerignore': 'tmp # scratch\n', 'tmp/a': '', Dockerfile: copyAll } },
    says: ['`tmp # scratch` drops nothing of what was meant: a comment behind a pattern is part of it'],
    good: { files: { '.dockerignore': lines('# scratch', 'tmp'), 'tmp/a': '', Dockerfile: copyAll } },
  },
  'dockerignore-near-miss': {
    bad: { files: { '.dockerignore': 'node_module\n', ...installed, Dockerfile: copyAll } },
    says: ['`node_module` matches nothing, and the context has `node_modules`'],
    good: { files: { '.dockerignore': 'node_modules\n', ...installed, Dockerfile: copyAll } },
  },
  'dockerignore-never-read': {
    bad: { files: { 'docker/.dockerignore': '*.log\n', 'docker/Dockerfile': copyAll, 'a.log': '' } },
    command: 'ctxsize -f docker/Dockerfile .',
    says: ['`docker/.dockerignore` is not read: a .dockerignore counts at the root of the context only'],
    good: { files: { '.dockerignore': '*.log\n', 'docker/Dockerfile': copyAll, 'a.log': '' } },
  },
  'dockerignore-no-effect': {
    bad: {
      files: { '.dockerignore': lines('!docs/api.md', 'docs'), 'docs/api.md': '', Dockerfile: copyAll },
    },
    says: ['`!docs/api.md` can have no effect: line 2, below it, has the last word'],
    good: {
      files: { '.dockerignore': lines('docs/*', '!docs/api.md'), 'docs/api.md': '', Dockerfile: copyAll },
    },
  },
  'dockerignore-root-only': {
    bad: { files: { '.dockerignore': '*.log\n', 'api/debug.log': '', Dockerfile: copyAll } },
    says: ['`*.log` matches at the root of the context only, and `api/debug.log` stays in the context'],
    good: { files: { '.dockerignore': '**/*.log\n', 'api/debug.log': '', Dockerfile: copyAll } },
  },
  'dockerignore-subsumed': {
    bad: {
      files: {
        '.dockerignore': lines('**/*.log', 'api/debug.log'),
        'api/debug.log': '',
        Dockerfile: copyAll,
      },
    },
    says: ['`api/debug.log` adds nothing to `**/*.log` on line 1'],
    good: { files: { '.dockerignore': '**/*.log\n', 'api/debug.log': '', Dockerfile: copyAll } },
  },
  'exclude-pattern-refused': {
    bad: {
      files: {
        'src/a.ts': '',
        Dockerfile: lines('# syntax=docker/dockerfile:1', 'FROM node:22', 'COPY --exclude=[a src /app'),
      },
    },
    says: [
      'COPY src: failed to calculate checksum of ref: invalid excludepatterns: [[a]: syntax error in pattern',
    ],
    good: {
      files: {
        'src/a.ts': '',
        Dockerfile: lines('# syntax=docker/dockerfile:1', 'FROM node:22', 'COPY --exclude=*.md src /app'),
      },
    },
  },
  'foreign-binaries': {
    bad: { files: installed, macBinaries: [esbuild] },
    says: [
      'COPY (line 5) puts a macOS binary over what npm ci (line 4) installed for linux/amd64: node_modules/@esbuild/darwin-arm64/bin/esbuild',
    ],
    good: { files: { '.dockerignore': 'node_modules\n', ...installed }, macBinaries: [esbuild] },
  },
  'host-over-install': {
    bad: { files: installed },
    says: ['COPY (line 5) puts node_modules of this machine (1 file) over what npm ci (line 4) installed'],
    good: { files: { '.dockerignore': 'node_modules\n', ...installed } },
  },
  'mistyped-flag': {
    bad: { files: { 'app.sh': '', Dockerfile: lines('FROM alpine', 'COPY -chown=1000 app.sh /app/') } },
    says: ['-chown=1000 is taken for a path to copy, not for a flag'],
    good: { files: { 'app.sh': '', Dockerfile: lines('FROM alpine', 'COPY --chown=1000 app.sh /app/') } },
  },
  'not-in-checkout': {
    bad: {
      files: { 'src/a.py': '', 'src/notes.txt': '', Dockerfile: lines('FROM python:3.13', 'COPY src /app') },
      untracked: ['src/notes.txt'],
    },
    says: ['1 file goes into your image that a clean checkout lacks: src/notes.txt'],
    good: {
      files: {
        '.dockerignore': 'src/notes.txt\n',
        'src/a.py': '',
        'src/notes.txt': '',
        Dockerfile: lines('FROM python:3.13', 'COPY src /app'),
      },
      untracked: ['src/notes.txt'],
    },
  },
  'parents-needs-syntax': {
    bad: {
      files: {
        'a/package.json': '{}\n',
        Dockerfile: lines('FROM node:22', 'COPY --parents */package.json ./'),
      },
    },
    says: ['COPY --parents is refused by the frontend built into Docker Engine 28.5 and older'],
    good: {
      files: {
        'a/package.json': '{}\n',
        Dockerfile: lines('# syntax=docker/dockerfile:1', 'FROM node:22', 'COPY --parents */package.json ./'),
      },
    },
  },
  'removed-later': {
    bad: {
      files: {
        'version.py': '',
        Dockerfile: lines(
          'FROM python:3.13',
          'COPY . /app',
          'RUN python /app/version.py',
          'RUN rm -rf /app/.git',
        ),
      },
      untracked: [],
    },
    says: [
      '.git stays in the image: RUN (line 4) deletes what COPY (line 2) has put into a layer of its own, 213B',
    ],
    good: {
      files: {
        'version.py': '',
        Dockerfile: lines(
          '# syntax=docker/dockerfile:1',
          'FROM python:3.13',
          'COPY --exclude=.git . /app',
          'RUN --mount=type=bind,source=.git,target=/app/.git python /app/version.py',
        ),
      },
      untracked: [],
    },
  },
  'secret-printed': {
    bad: {
      files: { Dockerfile: lines('FROM alpine', 'WORKDIR /app', 'COPY . .', 'RUN cat .env') },
      keys: { '.env': 'API_TOKEN' },
    },
    says: [
      'RUN cat .env (line 4) prints .env into the log of the build: a value that looks like a key (API_TOKEN, line 1)',
    ],
    good: {
      files: { Dockerfile: lines('FROM alpine', 'WORKDIR /app', 'COPY . .', 'RUN cut -d= -f1 .env') },
      keys: { '.env': 'API_TOKEN' },
    },
  },
  'secret-ships': {
    bad: { files: { 'app.sh': '', Dockerfile: copyAll }, keys: { '.env': 'API_TOKEN' } },
    says: [
      '.env is in the final image (COPY . /app, line 2): a value that looks like a key (API_TOKEN, line 1)',
    ],
    good: {
      files: {
        '.dockerignore': '.env\n',
        'app.sh': '',
        Dockerfile: lines('FROM alpine', 'COPY . /app', 'RUN --mount=type=secret,id=env . /run/secrets/env'),
      },
      keys: { '.env': 'API_TOKEN' },
    },
  },
  'sent-empty': {
    bad: {
      files: {
        '.dockerignore': lines('data', '!data/seed.json', 'data'),
        'data/seed.json': '[1]\n',
        Dockerfile: copyAll,
      },
    },
    says: [
      'BuildKit sends data/seed.json without content: the ignore file keeps it on the walk, and drops it by its path',
    ],
    good: {
      files: {
        '.dockerignore': lines('data', '!data/seed.json'),
        'data/seed.json': '[1]\n',
        Dockerfile: copyAll,
      },
    },
  },
  'source-link-loop': {
    bad: {
      files: { Dockerfile: lines('FROM alpine', 'COPY current /app') },
      links: { current: 'latest', latest: 'current' },
    },
    says: ['COPY current: failed to calculate checksum of ref: too many links'],
    good: {
      files: { 'v2/app.sh': '', Dockerfile: lines('FROM alpine', 'COPY current /app') },
      links: { current: 'v2' },
    },
  },
  'source-pattern-refused': {
    bad: { files: { 'notes[1.txt': '', Dockerfile: lines('FROM alpine', 'COPY notes[1.txt /') } },
    says: ['invalid includepatterns: [notes[1.txt]: syntax error in pattern'],
    good: { files: { 'notes[1.txt': '', Dockerfile: lines('FROM alpine', 'COPY notes[[]1.txt /') } },
  },
  'suppression-unknown-rule': {
    bad: { files: suppressed('# ctxsize ignore=mistyped-flags reason="a file of that name"', '-') },
    says: ['there is no rule mistyped-flags to suppress'],
    good: { files: suppressed('# ctxsize ignore=mistyped-flag reason="a file of that name"', '-') },
  },
  'suppression-unreadable': {
    bad: { files: suppressed('# ctxsize ignore mistyped-flag', '-') },
    says: ['this comment suppresses nothing, as it cannot be read'],
    good: { files: suppressed('# ctxsize ignore=mistyped-flag reason="a file of that name"', '-') },
  },
  'suppression-unused': {
    bad: { files: suppressed('# ctxsize ignore=mistyped-flag reason="a file of that name"', '--') },
    says: ['nothing is found here that mistyped-flag could be suppressed for'],
    good: { files: suppressed('# ctxsize ignore=mistyped-flag reason="a file of that name"', '-') },
  },
  'suppression-without-reason': {
    bad: { files: suppressed('# ctxsize ignore=mistyped-flag', '-') },
    says: ['mistyped-flag is suppressed without a reason'],
    good: { files: suppressed('# ctxsize ignore=mistyped-flag reason="a file of that name"', '-') },
  },
  'undefined-variable': {
    bad: {
      files: { 'app.sh': '', Dockerfile: lines('FROM alpine', 'ARG PREFIX=/usr', 'COPY $PREFX/app.sh /') },
    },
    says: [],
    good: {
      files: {
        'usr/app.sh': '',
        Dockerfile: lines('FROM alpine', 'ARG PREFIX=/usr', 'COPY $PREFIX/app.sh /'),
      },
    },
  },
}
