/** A repository that brings a trap for everything that runs programs: every verb looks at it, and none fires. */

import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { git, gitEnvironment } from '../git.ts'
import { verbLines } from '../verb-lines.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-traps-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (name: string) => path.join(base, name)
const write = (name: string, text: string, mode = 0o644) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true })
  fs.writeFileSync(at(name), text)
  fs.chmodSync(at(name), mode)
}
fs.mkdirSync(at('home'))
const marker = at('fired')
const fired = (): readonly string[] =>
  fs.existsSync(marker) ? [...new Set(fs.readFileSync(marker, 'utf8').trim().split('\n'))].sort() : []
beforeEach(() => fs.rmSync(marker, { force: true }))

const script = (name: string) => `#!/bin/sh\necho ${name} >> '${marker}'\nexit 0\n`
function trap(name: string): string {
  write(`traps/${name}`, script(name), 0o755)
  return at(`traps/${name}`)
}
/** What is run by whoever loads it. */
const loaded = (name: string) => `require('fs').appendFileSync(${JSON.stringify(marker)}, '${name}\\n')\n`

const hooks = [
  ...[
    'applypatch-msg',
    'pre-applypatch',
    'post-applypatch',
    'pre-commit',
    'pre-merge-commit',
    'prepare-commit-msg',
  ],
  ...[
    'commit-msg',
    'post-commit',
    'pre-rebase',
    'post-checkout',
    'post-merge',
    'pre-push',
    'pre-receive',
    'update',
  ],
  ...[
    'proc-receive',
    'post-receive',
    'post-update',
    'reference-transaction',
    'push-to-checkout',
    'pre-auto-gc',
  ],
  ...['post-rewrite', 'sendemail-validate', 'fsmonitor-watchman', 'post-index-change'],
]
/** Found through PATH, where it leads into the project. */
const programs = [
  ...[
    'git',
    'getfattr',
    'xargs',
    'node',
    'npm',
    'npx',
    'docker',
    'docker-buildx',
    'podman',
    'sh',
    'bash',
    'make',
  ],
  ...['env', 'uname', 'getconf', 'which', 'stty', 'less', 'ssh', 'gpg', 'direnv', 'getcap'],
]

/** As a configuration of git has them: section, key, and the trap that is its value. */
function gitTraps(): string {
  const lines = [
    '[core]',
    `fsmonitor = ${trap('fsmonitor')}`,
    `hooksPath = ${at('hooks')}`,
    `pager = ${trap('pager')}`,
    `editor = ${trap('editor')}`,
    `askPass = ${trap('askpass')}`,
    `sshCommand = ${trap('ssh-command')}`,
    `gitProxy = ${trap('git-proxy')}`,
    `alternateRefsCommand = ${trap('alternate-refs')}`,
    `attributesFile = ${at('attributes')}`,
    '[diff]',
    `external = ${trap('external-diff')}`,
    '[diff "evil"]',
    `textconv = ${trap('textconv')}`,
    `command = ${trap('diff-command')}`,
    '[filter "evil"]',
    `clean = ${trap('clean')}`,
    `smudge = ${trap('smudge')}`,
    '[filter "process"]',
    `process = ${trap('process')}`,
    'required = true',
    '[merge "evil"]',
    `driver = ${trap('merge-driver')}`,
    '[alias]',
    ...['log', 'ls-files', 'cat-file', 'grep', 'diff-tree', 'ls-tree', 'rev-parse'].map(
      (command) => `${command} = !${trap('alias')}`,
    ),
    '[gpg]',
    `program = ${trap('gpg-program')}`,
    '[log]',
    'showSignature = true',
    '[credential]',
    `helper = ${trap('credential')}`,
    '[interactive]',
    `diffFilter = ${trap('diff-filter')}`,
    '[submodule]',
    'recurse = true',
    '[protocol]',
    'allow = always',
    '[remote "origin"]',
    `url = ext::${trap('ext')} %S`,
    'promisor = true',
    `uploadpack = ${trap('uploadpack')}`,
    '[extensions]',
    'partialClone = origin',
    '[sequence]',
    `editor = ${trap('sequence-editor')}`,
  ]
  return `${lines.join('\n')}\n`
}

function plantFiles(): void {
  const run = trap('recipe')
  write('repo/Dockerfile', `FROM node:22\nWORKDIR /app\nCOPY . .\nRUN ${run} && npm ci\n`)
  write('repo/.dockerignore', '*.log\n')
  write(
    'repo/package.json',
    JSON.stringify({
      name: 'trapped',
      scripts: Object.fromEntries(
        ['preinstall', 'install', 'postinstall', 'prepare', 'build', 'test'].map((name) => [name, run]),
      ),
      ctxsize: { budgets: { context: '1GB' } },
      packageManager: 'pnpm@9.0.0',
    }),
  )
  write('repo/package-lock.json', '{"name":"trapped","lockfileVersion":3,"packages":{}}')
  write(
    'repo/.npmrc',
    `script-shell=${run}\nnode-options=--require ${at('repo/evil.cjs')}\nignore-scripts=false\n`,
  )
  write('repo/.pnpmfile.cjs', loaded('pnpmfile'))
  write('repo/.yarnrc.yml', `yarnPath: ${at('repo/evil.cjs')}\n`)
  for (const name of [
    'ctxsize.config.js',
    'ctxsize.config.cjs',
    'ctxsize.config.mjs',
    '.ctxsizerc.js',
    '.ctxsizerc.cjs',
    'evil.cjs',
    'index.js',
  ])
    write(`repo/${name}`, loaded(name))
  write('repo/.envrc', `${run}\n`)
  write('repo/.env', `X=$(${run})\n`)
  write('repo/Makefile', `X := $(shell ${run})\nimage:\n\t${run}\n\tdocker build .\n`)
  write('repo/build.sh', `${run}\ndocker build .\n`, 0o755)
  write('repo/compose.yaml', 'services:\n  a:\n    build: .\n')
  write('repo/docker-bake.hcl', 'target "default" { context = "." }\n')
  write('repo/.github/workflows/ci.yml', `jobs:\n  a:\n    steps:\n      - run: ${run} && docker build .\n`)
  write('repo/.gitattributes', '* diff=evil merge=evil filter=evil\n*.md filter=process\n')
  write('repo/README.md', 'docker build .\n')
  write('repo/node_modules/x/package.json', '{"name":"x","main":"index.js"}')
  write('repo/node_modules/x/index.js', loaded('module'))
  for (const name of programs) {
    write(`repo/${name}`, script(`PATH-${name}`), 0o755)
    write(`repo/node_modules/.bin/${name}`, script(`bin-${name}`), 0o755)
  }
}

function plant(): void {
  fs.mkdirSync(at('library'))
  git(at('library'), 'init', '-q', '-b', 'main')
  write('library/Dockerfile', 'FROM scratch\nCOPY . /\n')
  write('library/node_modules/x/y', '1')
  git(at('library'), 'add', '-A')
  git(at('library'), 'commit', '-q', '-m', 'one')
  plantFiles()
  git(at('repo'), 'init', '-q', '-b', 'main')
  git(at('repo'), 'submodule', '--quiet', 'add', at('library'), 'sub')
  git(at('repo'), 'add', '-A')
  git(at('repo'), 'commit', '-q', '-m', 'one')
  write('repo/README.md', 'docker build . # again\n')
  git(at('repo'), 'commit', '-q', '-a', '-m', 'two')
  git(at('repo'), 'worktree', 'add', '-q', at('tree'), 'HEAD', '--detach')
  // Newer than the index, so that whoever compares asks the filters.
  write('repo/README.md', 'docker build . # and again\n')
  write('tree/README.md', 'docker build . # elsewhere\n')
  const traps = gitTraps()
  write('included', traps)
  const include = `[include]\npath = ${at('included')}\n[includeIf "gitdir:**"]\npath = ${at('included')}\n`
  for (const gitDir of ['repo/.git', 'repo/.git/modules/sub']) {
    fs.appendFileSync(at(`${gitDir}/config`), traps + include)
    for (const hook of hooks) write(`${gitDir}/hooks/${hook}`, script(`hook-${hook}`), 0o755)
  }
  for (const hook of hooks) write(`hooks/${hook}`, script(`hook-${hook}`), 0o755)
}
plant()

/** Tells of every connection and every program that is started, before it is. */
write(
  'watch.cjs',
  `const fs = require('node:fs')
const say = (what) => fs.appendFileSync(${JSON.stringify(marker)}, what + '\\n')
const childProcess = require('node:child_process')
for (const name of ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']) {
  const real = childProcess[name]
  childProcess[name] = (file, ...rest) => {
    if (!/^\\/(?:usr\\/(?:local\\/)?)?bin\\/(?:git|getfattr|xargs)$/.test(file)) say('starts ' + file)
    return real(file, ...rest)
  }
}
require('node:net').Socket.prototype.connect = () => { say('connects'); throw new Error('no network') }
const dns = require('node:dns')
for (const name of ['lookup', 'resolve']) dns[name] = () => { say('looks up a name'); throw new Error('no network') }
globalThis.fetch = () => { say('fetches'); throw new Error('no network') }
require('node:module').syncBuiltinESMExports()
`,
)

const environment = {
  ...gitEnvironment(at('home')),
  GIT_EXTERNAL_DIFF: at('traps/external-diff'),
  GIT_PAGER: at('traps/pager'),
  PAGER: at('traps/pager'),
  LESSOPEN: `|${at('traps/pager')}`,
  EDITOR: at('traps/editor'),
  GIT_EDITOR: at('traps/editor'),
  GIT_SSH: at('traps/ssh-command'),
  GIT_SSH_COMMAND: at('traps/ssh-command'),
  GIT_ASKPASS: at('traps/askpass'),
  SSH_ASKPASS: at('traps/askpass'),
  GIT_PROXY_COMMAND: at('traps/git-proxy'),
  GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${at('traps/fsmonitor')}'`,
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'core.fsmonitor',
  GIT_CONFIG_VALUE_0: at('traps/fsmonitor'),
  GIT_EXEC_PATH: at('repo'),
  GIT_TEMPLATE_DIR: at('hooks'),
  XDG_CACHE_HOME: at('cache'),
  BROWSER: at('traps/pager'),
  SHELL: at('traps/recipe'),
}

/** What npm and tools like direnv put before everything else, then where programs really are. */
const projects = (directory: string) => [
  at('repo/node_modules/.bin'),
  at(directory),
  ...gitEnvironment('').PATH.split(':'),
]

const bin = path.join(import.meta.dirname, '../../bin/ctxsize.js')
const ctxsize = (directory: string, words: readonly string[]) =>
  spawnSync(process.execPath, ['--require', at('watch.cjs'), bin, ...words], {
    cwd: at(directory),
    env: { ...environment, PATH: ['.', '', 'node_modules/.bin', ...projects(directory)].join(':') },
    input: '',
    encoding: 'utf8',
    timeout: 60_000,
  })

describe('a repository full of traps', () => {
  it('does spring them on programs as they are', () => {
    const env = { ...gitEnvironment(at('home')), GIT_TERMINAL_PROMPT: '0' }
    const careless = (...args: readonly string[]) =>
      spawnSync('git', args, { cwd: at('tree'), env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 10_000 })
    careless('status')
    careless('update-ref', 'refs/heads/x', 'HEAD')
    careless('fetch')
    spawnSync('getfattr', [], { cwd: at('repo'), env: { PATH: '.' } })
    execFileSync(process.execPath, [
      '--require',
      at('watch.cjs'),
      '-e',
      `try { fetch('http://localhost') } catch {}; require('child_process').spawnSync('true')`,
    ])
    expect(fired()).toEqual(
      expect.arrayContaining([
        ...['PATH-getfattr', 'clean', 'ext', 'fetches', 'fsmonitor', 'hook-post-index-change'],
        ...['hook-reference-transaction', 'starts true'],
      ]),
    )
    fs.rmSync(at('repo/.git/refs/heads/x'), { force: true })
  })

  for (const directory of ['repo', 'repo/sub', 'tree'])
    for (const [verb, words] of verbLines('.'))
      it(`springs none on ctxsize ${verb} in ${directory}`, () => {
        const { stdout, stderr, status } = ctxsize(
          directory,
          words.map((word) => (word === '/plugins' ? at('plugins') : word)),
        )
        expect(fired()).toEqual([])
        expect(stdout + stderr).not.toBe('')
        expect([0, 1, 2], stderr).toContain(status)
        expect(stderr).not.toMatch(/\n\s+at /)
      }, 60_000)

  it('springs none on what writes, reads attributes and remembers', () => {
    const lines = [
      'fix --write .',
      'ignore --write .',
      '--xattrs always .',
      '--remember .',
      'why --rebuilt -C .',
      '--at HEAD~1 .',
      'history --since 2000-01-01 .',
      '-f compose.yaml',
      '-f docker-bake.hcl',
      '__complete fix ""',
    ]
    for (const line of lines) {
      const { stderr } = ctxsize('repo', line.split(' '))
      expect([line, fired()]).toEqual([line, []])
      expect(stderr).not.toMatch(/\n\s+at /)
    }
  }, 120_000)
})
