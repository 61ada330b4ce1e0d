/** The contexts that are built for real. Contents differ from file to file, so that an image tells which of them it holds. */

import { dir, fifo, file, hardlink, socket, symlink, type Tree } from './tree.ts'

export interface EngineContext {
  readonly name: string
  readonly tree: Tree
  /** What lies beside the context, for a Dockerfile outside it. */
  readonly beside?: Tree
  /** `-f`, relative to the context; the default Dockerfile without it. */
  readonly dockerfile?: string
  /** Options that docker and ctxsize spell alike. */
  readonly args?: readonly string[]
  /** True: the Dockerfile is for BuildKit only (mounts, heredocs), or the classic builder would need what is not there. */
  readonly buildkitOnly?: true
  /** True: a RUN step needs the image with a shell. */
  readonly shell?: true
  /** True: the image holds what other stages or archives made, not the files of the context as they are. */
  readonly remade?: true
  /** What the build of the one or the other fails with. */
  readonly fails?: { readonly buildkit?: RegExp; readonly classic?: RegExp }
  /** What the classic client prints, where it prints now the one and now the other. */
  readonly classicPrints?: readonly string[]
}

const scratch = (...lines: readonly string[]): string => ['FROM scratch', ...lines, ''].join('\n')
const all = scratch('COPY . /app/')
const lines = (...patterns: readonly string[]): string => `${patterns.join('\n')}\n`

const shop: Tree = {
  'package.json': '{"name":"shop"}\n',
  'src/index.js': 'import "./lib/cart.js"\n',
  'src/lib/cart.js': 'export const cart = []\n',
  'src/lib/cart.test.js': 'test("cart")\n',
  'docs/guide.md': '# Guide\n',
  'node_modules/left/index.js': 'left\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
}
const numbered = (count: number, path: (i: number) => string): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [path(i), `${i}\n`]))

export const contexts: readonly EngineContext[] = [
  // What is asked for.
  { name: 'copy-all', tree: { Dockerfile: all, 'a.txt': 'a\n', 'b/c.txt': 'c\n' } },
  { name: 'copy-one-file', tree: { Dockerfile: scratch('COPY package.json /app/'), ...shop } },
  { name: 'copy-one-directory', tree: { Dockerfile: scratch('COPY src /app'), ...shop } },
  {
    name: 'copy-several',
    tree: { Dockerfile: scratch('COPY package.json docs/guide.md /app/', 'COPY src/lib /lib/'), ...shop },
  },
  { name: 'copy-nothing', tree: { Dockerfile: scratch('ENV A=1', 'LABEL b=2'), ...shop } },
  {
    name: 'copy-json-form',
    tree: {
      Dockerfile: scratch('COPY ["with blank.txt", "/x/"]'),
      'with blank.txt': 'blank\n',
      'no.txt': 'no\n',
    },
  },
  {
    name: 'copy-wildcard',
    tree: { Dockerfile: scratch('COPY *.json /app/'), ...shop, 'other.json': '{"other":1}\n' },
  },
  { name: 'copy-wildcard-in-directory', tree: { Dockerfile: scratch('COPY src/lib/*.js /app/'), ...shop } },
  {
    name: 'copy-question-and-class',
    tree: {
      Dockerfile: scratch('COPY f?.txt g[12].txt /x/'),
      'f1.txt': 'f1',
      'f22.txt': 'f22',
      'g1.txt': 'g1',
      'g3.txt': 'g3',
    },
  },
  {
    name: 'copy-wildcard-matches-directory',
    tree: { Dockerfile: scratch('COPY s* /x/'), 's1/a': 's1a\n', 's2/b': 's2b\n', 't/c': 'tc\n' },
  },
  { name: 'add-files', tree: { Dockerfile: scratch('ADD src /app/', 'ADD package.json /app/'), ...shop } },
  {
    name: 'dot-slash-sources',
    tree: { Dockerfile: scratch('COPY ./src/ /a/', 'COPY ././package.json /b/'), ...shop },
  },
  {
    name: 'build-arg-in-source',
    args: ['--build-arg', 'PART=docs'],
    tree: { Dockerfile: scratch('ARG PART=src', 'COPY ${PART} /x/'), ...shop },
  },
  { name: 'env-in-source', tree: { Dockerfile: scratch('ENV D=src/lib', 'COPY $D/cart.js /x/'), ...shop } },
  {
    name: 'continued-and-commented',
    tree: {
      Dockerfile: 'FROM scratch\nCOPY \\\n# why\n  package.json \\\n\n  docs/guide.md \\\n  /x/\n',
      ...shop,
    },
  },
  {
    name: 'missing-source',
    tree: { Dockerfile: scratch('COPY nope.txt /x/'), 'a.txt': 'a\n' },
    fails: { buildkit: /not found/, classic: /nope\.txt/ },
  },

  // The ignore file.
  {
    name: 'ignore-plain',
    tree: { Dockerfile: all, '.dockerignore': lines('node_modules', '.git'), ...shop },
  },
  {
    name: 'ignore-suffixes',
    tree: { Dockerfile: all, '.dockerignore': lines('**/*.md', '**/*.test.js', '# no', '', '.git'), ...shop },
  },
  {
    name: 'ignore-all-but',
    tree: { Dockerfile: all, '.dockerignore': lines('*', '!src', '!package.json'), ...shop },
  },
  {
    name: 'ignore-negation-then-again',
    tree: { Dockerfile: all, '.dockerignore': lines('*', '!src', 'src/lib/*.test.js'), ...shop },
  },
  {
    name: 'ignore-negated-below',
    tree: {
      Dockerfile: all,
      '.dockerignore': lines('docs', '!docs/keep', 'Dockerfile'),
      'docs/a.md': 'a\n',
      'docs/keep/b.md': 'b\n',
    },
  },
  {
    name: 'ignore-its-own-files',
    tree: { Dockerfile: all, '.dockerignore': lines('Dockerfile', '.dockerignore'), 'a.txt': 'a\n' },
  },
  {
    name: 'ignore-what-is-copied',
    tree: { Dockerfile: scratch('COPY docs/guide.md /x/'), '.dockerignore': lines('docs'), ...shop },
    fails: { buildkit: /not found|no such file/, classic: /guide\.md/ },
  },
  {
    name: 'ignore-and-narrow',
    tree: { Dockerfile: scratch('COPY src /app/'), '.dockerignore': lines('**/*.test.js'), ...shop },
  },
  {
    name: 'ignore-rooted-and-blank',
    tree: { Dockerfile: all, '.dockerignore': '\uFEFF/docs/ \r\n  node_modules\r\n./.git\r\n', ...shop },
  },
  { name: 'ignore-nothing-left', tree: { Dockerfile: all, '.dockerignore': lines('*'), 'a.txt': 'a\n' } },
  {
    name: 'ignore-specific-file',
    tree: {
      Dockerfile: all,
      '.dockerignore': lines('docs'),
      'Dockerfile.dockerignore': lines('src', 'node_modules'),
      ...shop,
    },
  },
  {
    name: 'ignore-refused',
    tree: { Dockerfile: all, '.dockerignore': lines('a', '['), 'a.txt': 'a\n' },
    fails: { buildkit: /syntax error/, classic: /syntax error/ },
  },

  {
    name: 'ignore-negated-directory',
    tree: {
      Dockerfile: all,
      '.dockerignore': lines('b/*.log', '!b'),
      'b/a.log': 'log\n',
      'b/a.txt': 'txt\n',
    },
  },
  {
    name: 'ignore-two-stars-suffix',
    tree: {
      Dockerfile: all,
      '.dockerignore': lines('**.log'),
      'a.log': 'log\n',
      'b/a.log': 'below\n',
      'b/.log': 'dot\n',
    },
  },
  {
    name: 'ignore-negation-with-wildcard',
    tree: {
      Dockerfile: all,
      '.dockerignore': lines('*', '!**/keep.log'),
      'b/c/keep.log': 'keep\n',
      'b/c/no.log': 'no\n',
    },
  },

  // Where the Dockerfile is.
  {
    name: 'dockerfile-elsewhere-inside',
    dockerfile: 'docker/prod.Dockerfile',
    tree: { 'docker/prod.Dockerfile': all, 'a.txt': 'a\n' },
  },
  {
    name: 'dockerfile-outside',
    dockerfile: '../image/Dockerfile',
    beside: { 'image/Dockerfile': all },
    // The client appends the Dockerfile and an ignore file that hides it in the order of a Go map, and leaves the last of them
    // unpadded (docker/cli:cli/command/image/build/context.go AddDockerfileToBuildContext, go-archive ReplaceFileTarWrapper).
    classicPrints: ['4.122kB', '4.143kB'],
    tree: { 'log/a.log': 'a\n', 'b.txt': 'b\n' },
  },
  {
    name: 'dockerfile-outside-with-ignore',
    dockerfile: '../image/Dockerfile',
    beside: { 'image/Dockerfile': all },
    tree: { '.dockerignore': lines('log'), 'log/a.log': 'a\n', 'b.txt': 'b\n' },
  },
  {
    name: 'dockerfile-specific-ignore-subdirectory',
    dockerfile: 'docker/Dockerfile',
    tree: { 'docker/Dockerfile': all, 'docker/Dockerfile.dockerignore': lines('docs', '.git'), ...shop },
  },

  // Stages.
  {
    name: 'stages-copy-from',
    tree: {
      Dockerfile: 'FROM scratch AS build\nADD . /app\nFROM scratch\nCOPY --from=build /app/src /src\n',
      ...shop,
    },
    remade: true,
  },
  {
    name: 'stages-unreached',
    tree: { Dockerfile: 'FROM scratch AS docs\nCOPY docs /docs\nFROM scratch\nCOPY src /src\n', ...shop },
  },
  {
    name: 'stages-target',
    args: ['--target', 'one'],
    tree: { Dockerfile: 'FROM scratch AS one\nCOPY docs /docs\nFROM one AS two\nCOPY src /src\n', ...shop },
  },
  {
    name: 'stages-inherit',
    tree: { Dockerfile: 'FROM scratch AS one\nCOPY docs /docs\nFROM one\nCOPY package.json /\n', ...shop },
  },
  {
    name: 'onbuild',
    tree: {
      Dockerfile: 'FROM scratch AS base\nONBUILD COPY src /src\nFROM base\nCOPY package.json /\n',
      ...shop,
    },
    buildkitOnly: true,
  },

  // Kinds of entries.
  {
    name: 'symlink-as-source',
    tree: { Dockerfile: scratch('COPY ln /x/'), ln: symlink('real/f'), 'real/f': 'f\n', 'real/g': 'g\n' },
  },
  {
    name: 'symlink-chain',
    tree: {
      Dockerfile: scratch('COPY one /x/'),
      one: symlink('two'),
      two: symlink('deep/three'),
      'deep/three': symlink('../end.txt'),
      'end.txt': 'end\n',
      'no.txt': 'no\n',
    },
  },
  {
    name: 'symlinked-directory',
    tree: {
      Dockerfile: scratch('COPY cur/f /x/'),
      cur: symlink('v2'),
      'v1/f': '1f\n',
      'v2/f': '2f\n',
      'v2/g': '2g\n',
    },
  },
  {
    name: 'symlinks-inside-directory',
    tree: {
      Dockerfile: scratch('COPY d /x/'),
      'd/ln': symlink('../t'),
      'd/dangling': symlink('nowhere'),
      'd/abs': symlink('/etc/passwd'),
      t: 't\n',
    },
  },
  {
    name: 'symlink-through-wildcard',
    tree: {
      Dockerfile: scratch('COPY d*/f /x/'),
      'd1/f': '1f\n',
      'd1/g': '1g\n',
      d2: symlink('real'),
      'real/f': 'rf\n',
    },
  },
  {
    name: 'symlink-to-all',
    tree: { Dockerfile: scratch('COPY l /x/'), l: symlink('.'), 'a.txt': 'a\n', 'b.txt': 'b\n' },
  },
  {
    name: 'symlink-to-root',
    tree: { Dockerfile: scratch('COPY l/a.txt /x/'), l: symlink('.'), 'a.txt': 'a\n', 'b.txt': 'b\n' },
  },
  {
    name: 'hard-links',
    tree: {
      Dockerfile: all,
      'a/first': 'same\n',
      'b/second': hardlink('a/first'),
      'c/third': hardlink('a/first'),
    },
  },
  {
    name: 'hard-link-first-ignored',
    tree: {
      Dockerfile: all,
      '.dockerignore': lines('a'),
      'a/first': 'same\n',
      'b/second': hardlink('a/first'),
      'c/third': hardlink('a/first'),
    },
  },
  { name: 'fifo', tree: { Dockerfile: all, pipe: fifo, 'a.txt': 'a\n' } },
  { name: 'socket', tree: { Dockerfile: all, 's.sock': socket, 'a.txt': 'a\n' } },
  { name: 'empty-directories', tree: { Dockerfile: all, 'e/f/g': dir(), h: dir({ mode: 0o700 }) } },
  { name: 'empty-files', tree: { Dockerfile: all, 'a/__init__.py': '', 'b/__init__.py': '' } },
  {
    name: 'modes',
    tree: {
      Dockerfile: all,
      'run.sh': file('#!/bin/sh\n', { mode: 0o755 }),
      secret: file('s\n', { mode: 0o600 }),
      su: file('su\n', { mode: 0o4755 }),
      none: file('none\n', { mode: 0 }),
      tmp: dir({ mode: 0o1777 }),
    },
  },
  {
    name: 'extended-attributes',
    tree: {
      Dockerfile: all,
      'a.txt': file('a\n', { xattrs: { 'user.origin': 'here' } }),
      'b.txt': file('b\n', { xattrs: { 'user.a': '1', 'user.b': 'two' } }),
    },
  },
  {
    name: 'times',
    tree: {
      Dockerfile: all,
      epoch: file('0\n', { mtimeMs: 0 }),
      before: file('-\n', { mtimeMs: -86_400_000 }),
      early: file('1\n', { mtimeMs: 1000 }),
      fraction: file('f\n', { mtimeMs: 1_600_000_000_125 }),
      far: file('far\n', { mtimeMs: 9_000_000_000_000 }),
    },
  },

  // Names.
  {
    name: 'names-beyond-ascii',
    tree: { Dockerfile: all, 'naïve.txt': 'n\n', '日本/語.txt': 'j\n', '🐳': 'w\n' },
  },
  {
    name: 'names-not-utf8',
    tree: {
      Dockerfile: scratch('COPY a.txt /x/'),
      '.dockerignore': lines('b*'),
      'a.txt': 'a\n',
      'b\udcff\udcfe.txt': 'raw\n',
    },
  },
  {
    name: 'names-in-walk-order',
    tree: { Dockerfile: all, 'a/b': 'ab\n', 'a-b': 'a-b\n', 'a.b': 'a.b\n', A: 'A\n' },
  },
  {
    name: 'names-odd',
    tree: {
      Dockerfile: all,
      'new\nline': 'nl\n',
      'back\\slash': 'bs\n',
      ' lead': 'lead\n',
      '-dash': 'dash\n',
      'star*': 'star\n',
    },
  },
  {
    name: 'names-long',
    tree: {
      Dockerfile: all,
      [`${'d'.repeat(90)}/${'e'.repeat(90)}/${'f'.repeat(90)}.txt`]: 'long\n',
      ['n'.repeat(130)]: 'n130\n',
      ln: symlink('t'.repeat(120)),
    },
  },
  { name: 'deep', tree: { Dockerfile: all, [`${'d/'.repeat(40)}leaf.txt`]: 'leaf\n' } },

  // Amounts.
  {
    name: 'file-of-one-chunk',
    tree: { Dockerfile: all, exact: file(32768), over: file(32769), under: file(32767) },
  },
  {
    name: 'many-files',
    tree: {
      Dockerfile: scratch('COPY src /src/'),
      ...numbered(400, (i) => `src/d${i % 7}/file-${i}.txt`),
      ...numbered(50, (i) => `log/l${i}`),
    },
  },
  { name: 'megabytes', tree: { Dockerfile: all, 'a.bin': file(2_500_000), 'b.bin': file(999_000) } },
  { name: 'ids-of-two-bytes', tree: { Dockerfile: all, ...numbered(150, (i) => `f${i}`) } },

  // Steps that need a shell or BuildKit.
  {
    name: 'run-after-copy',
    shell: true,
    tree: {
      Dockerfile: 'FROM ctxsize-shell:1\nCOPY package.json /app/\nRUN true\nCOPY src /app/src/\n',
      ...shop,
    },
  },
  {
    name: 'run-bind-mount',
    shell: true,
    buildkitOnly: true,
    remade: true,
    tree: {
      Dockerfile: 'FROM ctxsize-shell:1\nRUN --mount=type=bind,source=src,target=/m cat /m/index.js\n',
      ...shop,
    },
  },
  {
    name: 'run-bind-mount-of-all',
    shell: true,
    buildkitOnly: true,
    remade: true,
    tree: { Dockerfile: 'FROM ctxsize-shell:1\nRUN --mount=target=/m cat /m/package.json\n', ...shop },
  },
]
