import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { type Git, type GitCommand, gitCommands } from '../../src/host/host.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { gitEnvironment } from '../git.ts'

const builtWorker = path.join(import.meta.dirname, '../../dist/walk-worker.cjs')
const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-git-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const at = (name: string) => path.join(base, name)
const write = (name: string, text: string, mode = 0o644) => {
  fs.mkdirSync(path.dirname(at(name)), { recursive: true })
  fs.writeFileSync(at(name), text)
  fs.chmodSync(at(name), mode)
}

/** Git as a person has it: the machine's own settings left out, nothing else switched off. */
const cleanEnvironment = gitEnvironment(at('home'))
const plain = (directory: string, args: readonly string[], input = '') =>
  execFileSync('git', args, { cwd: at(directory), env: cleanEnvironment, input, encoding: 'utf8' })
const make = (name: string) => {
  fs.mkdirSync(at(name), { recursive: true })
  plain(name, ['init', '-q', '-b', 'main'])
}

const gitOf = (environment: Readonly<Record<string, string>>): Git => {
  const { git } = createNodeHost({ ...cleanEnvironment, ...environment })
  if (git === null) throw new Error('no git')
  return git
}
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

fs.mkdirSync(at('home'))
const marker = at('fired')
const fired = () =>
  fs.existsSync(marker) ? [...new Set(fs.readFileSync(marker, 'utf8').trim().split('\n'))].sort() : []
beforeEach(() => fs.rmSync(marker, { force: true }))

/** A program that leaves its name where it is seen. */
function snare(name: string): string {
  write(`snares/${name}`, `#!/bin/sh\necho ${name} >> '${marker}'\nexit 0\n`, 0o755)
  return at(`snares/${name}`)
}

/** Every way in that a repository's own files offer. */
function plantEverything(): { readonly commit: string; readonly missing: string } {
  make('trapped')
  write('trapped/f', 'the text with dist/ in it\n')
  write('trapped/sub/g', 'another\n')
  write('trapped/gone', 'this blob is missing\n')
  plain('trapped', ['add', '.'])
  plain('trapped', ['commit', '-q', '-m', 'one'])
  // A commit that claims to be signed, so that a verifier has something to do.
  const tree = plain('trapped', ['write-tree']).trim()
  const head = plain('trapped', ['rev-parse', 'HEAD']).trim()
  const who = 'a <a@example.com> 1700000000 +0000'
  const signed = `tree ${tree}\nparent ${head}\nauthor ${who}\ncommitter ${who}\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ\n -----END PGP SIGNATURE-----\n\ntwo\n`
  const commit = plain('trapped', ['hash-object', '-t', 'commit', '-w', '--stdin'], signed).trim()
  plain('trapped', ['update-ref', 'HEAD', commit])
  const missing = plain('trapped', ['rev-parse', 'HEAD:gone']).trim()
  fs.rmSync(at(`trapped/.git/objects/${missing.slice(0, 2)}/${missing.slice(2)}`))
  write('trapped/.gitattributes', '* diff=evil filter=evil merge=evil\n')
  write('elsewhere/f', 'the text from elsewhere with dist/ in it\n')

  for (const hook of [
    'post-index-change',
    'reference-transaction',
    'post-checkout',
    'pre-auto-gc',
    'query-watchman',
  ])
    write(`trapped/.git/hooks/${hook}`, fs.readFileSync(snare(`hook-${hook}`), 'utf8'), 0o755)
  write(
    'trapped/.git/config',
    [
      '[core]',
      ...['repositoryformatversion = 1', 'bare = false', `worktree = ${at('elsewhere')}`],
      `fsmonitor = ${snare('fsmonitor')}`,
      `pager = ${snare('pager')}`,
      `editor = ${snare('editor')}`,
      `askPass = ${snare('askpass')}`,
      `sshCommand = ${snare('ssh')}`,
      `gitProxy = ${snare('proxy')}`,
      `alternateRefsCommand = ${snare('alternates')}`,
      '[extensions]',
      'partialClone = origin',
      '[remote "origin"]',
      `url = ext::${snare('ext')} %S`,
      'promisor = true',
      'partialclonefilter = blob:none',
      `uploadpack = ${snare('uploadpack')}`,
      '[protocol]',
      'allow = always',
      '[protocol "ext"]',
      'allow = always',
      '[include]',
      `path = ${at('included')}`,
      '[includeIf "gitdir:**"]',
      `path = ${at('included')}`,
    ].join('\n'),
  )
  write(
    'included',
    [
      '[diff]',
      `external = ${snare('external-diff')}`,
      '[diff "evil"]',
      `textconv = ${snare('textconv')}`,
      '[filter "evil"]',
      `clean = ${snare('clean')}`,
      `smudge = ${snare('smudge')}`,
      'required = true',
      '[alias]',
      ...gitCommands.map((command) => `${command} = !${snare('alias')}`),
      '[pager]',
      ...gitCommands.map((command) => `${command} = ${snare('pager')}`),
      '[credential]',
      `helper = ${snare('credential')}`,
      '[gpg]',
      `program = ${snare('gpg')}`,
      '[log]',
      'showSignature = true',
      '[format]',
      'pretty = %G? %s',
      '[submodule]',
      'recurse = true',
      '[color]',
      'ui = always',
      '[grep]',
      'column = true',
    ].join('\n'),
  )
  // Where npm puts the programs of a project, ahead of all others.
  write('trapped/node_modules/.bin/git', fs.readFileSync(snare('path'), 'utf8'), 0o755)
  return { commit, missing }
}

const { commit, missing } = plantEverything()

/** What the one who runs the program may have lying in the environment. */
const trappedEnvironment = {
  PATH: ['node_modules/.bin', at('trapped/node_modules/.bin'), cleanEnvironment.PATH].join(path.delimiter),
  GIT_EXTERNAL_DIFF: at('snares/external-diff'),
  GIT_PAGER: at('snares/pager'),
  PAGER: at('snares/pager'),
  GIT_SSH_COMMAND: at('snares/ssh'),
  GIT_ASKPASS: at('snares/askpass'),
  GIT_PROXY_COMMAND: at('snares/proxy'),
  GIT_DIR: at('elsewhere'),
  GIT_INDEX_FILE: at('elsewhere/f'),
  GIT_CONFIG_PARAMETERS: `'core.fsmonitor=${at('snares/fsmonitor')}'`,
}

const questions: readonly (readonly [readonly [GitCommand, ...string[]], string?])[] = [
  [['ls-files', '-z', '-t', '--stage']],
  [['ls-files', '-z', '--others', '--exclude-standard']],
  [['grep', '-I', '-n', '-F', '-w', '-z', '--full-name', '-f', '-'], 'dist\n'],
  [['grep', '--cached', '-F', '-e', 'text']],
  [['grep', '-F', '-e', 'text', 'HEAD']],
  [['log', '-z', '--name-only', '--no-renames', '--first-parent', '-m', '-n', '50']],
  [['log', '-p', '--', 'f', 'sub']],
  [['log', '--format=%G? %GK']],
  [['diff-tree', '-r', '-z', '--root', 'HEAD~1']],
  [['diff-tree', '-r', '-p', '--root', 'HEAD~1', '--', 'f', 'sub']],
  [['cat-file', '--batch'], `HEAD:f\n${missing}\n`],
  [['ls-tree', '-r', '-z', 'HEAD']],
  [['ls-tree', '-r', '-l', '-z', 'HEAD']],
  [['rev-parse', '--verify', '--end-of-options', 'HEAD']],
  [['rev-list', '--objects', 'HEAD']],
  [['merge-base', 'HEAD', 'HEAD~1']],
]

describe('a repository full of traps', () => {
  it('does spring them on git as it is', () => {
    const environment = { ...cleanEnvironment, GIT_WORK_TREE: at('trapped'), GIT_TERMINAL_PROMPT: '0' }
    const careless = (...args: readonly string[]) =>
      spawnSync('git', args, {
        cwd: at('trapped'),
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 5000,
      })
    careless('status')
    careless('update-index', '--really-refresh')
    careless('log', '-p', '--ext-diff', '--', 'f')
    careless('-c', 'diff.external=', 'log', '-p', '--', 'f')
    careless('-p', 'log')
    careless('cat-file', '-p', missing)
    careless('checkout', 'HEAD~1', '--', 'f')
    careless('hash-object', 'f')
    careless('update-ref', 'refs/heads/x', 'HEAD')
    fs.rmSync(at('trapped/.git/refs/heads/x'), { force: true })
    expect(fired()).toEqual(
      expect.arrayContaining([
        ...[
          'clean',
          'ext',
          'external-diff',
          'fsmonitor',
          'gpg',
          'hook-reference-transaction',
          'smudge',
          'textconv',
        ],
      ]),
    )
    write('trapped/f', 'the text with dist/ in it\n')
  })

  it('offers a question for each command', () => {
    expect([...new Set(questions.map(([[command]]) => command))].sort()).toEqual([...gitCommands])
  })

  for (const [args, input] of questions)
    it(`springs none on git ${args.join(' ')}`, () => {
      const files = fs.readdirSync(at('trapped/.git')).sort()
      const index = fs.readFileSync(at('trapped/.git/index'))
      const result = gitOf(trappedEnvironment)(
        at('trapped'),
        args,
        input === undefined ? {} : { input: Buffer.from(input) },
      )
      expect(fired()).toEqual([])
      expect(result.stdout.length).toBeGreaterThan(0)
      // Nothing is left behind either.
      expect(fs.readdirSync(at('trapped/.git')).sort()).toEqual(files)
      expect(fs.readFileSync(at('trapped/.git/index')).equals(index)).toBe(true)
    })

  it('springs none where a thread asks', () => {
    const { gitAhead } = createNodeHost({ ...cleanEnvironment, ...trappedEnvironment }, builtWorker)
    const waits = questions.map(([args, input]) => {
      const options = input === undefined ? {} : { input: Buffer.from(input) }
      return gitAhead?.(at('trapped'), [{ args, options }])
    })
    for (const wait of waits) expect(wait?.()[0]?.stdout.length).toBeGreaterThan(0)
    expect(fired()).toEqual([])
  })

  it('is read where it lies, not where its configuration says', () => {
    const git = gitOf(trappedEnvironment)
    const found = git(at('trapped'), ['grep', '-z', '-n', '-F', '-e', 'dist'])
    expect(text(found.stdout)).toBe('f\0' + '1\0the text with dist/ in it\n')
    expect(text(git(at('trapped'), ['rev-parse', 'HEAD']).stdout).trim()).toBe(commit)
  })

  it('springs none where it is the repository of a submodule either', () => {
    make('around')
    const git = gitOf({ ...trappedEnvironment, PATH: cleanEnvironment.PATH })
    for (const [args, input = ''] of questions.filter(([[command]]) =>
      /^(?:cat-file|ls-tree)$/.test(command),
    )) {
      const { stdout } = git(at('around'), args, { input: Buffer.from(input), gitDir: at('trapped/.git') })
      expect(stdout.length).toBeGreaterThan(0)
    }
    expect(fired()).toEqual([])
  })

  it('has no say in the colours and columns of an answer', () => {
    const { stdout } = gitOf({})(at('trapped'), ['log', '--name-only', '-n', '1', '--format=%s'])
    expect(text(stdout)).toBe('two\n')
  })
})

describe('git', () => {
  it('refuses, as a mistake of the caller, what would run or write something', () => {
    const git = gitOf({})
    const unsafe: readonly (readonly [GitCommand, ...string[]])[] = [
      ['log', '-p', '--textconv'],
      ['log', '--ext-diff'],
      ['log', '--show-signature'],
      ['log', '--output=x'],
      ['diff-tree', '--textc', 'HEAD'],
      ['cat-file', '--filters', 'HEAD:f'],
      ['grep', '-Ovi', '-e', 'x'],
      ['grep', '--open-files-in-pager=vi', '-e', 'x'],
      ['ls-files', '-m'],
      ['ls-files', '-zm'],
      ['ls-files', '--modified'],
    ]
    for (const args of unsafe) expect(() => git(at('trapped'), args)).toThrow('may run')
    // A caller without types.
    expect(() => git(at('trapped'), ['status' as GitCommand])).toThrow('not asked')
  })

  it('looks at nothing that stands after -e or --', () => {
    const git = gitOf({})
    expect(git(at('trapped'), ['grep', '-F', '-e', '-Ovi']).trouble).toBeNull()
    expect(git(at('trapped'), ['log', '--format=%s', '--', '--output=x']).trouble).toBeNull()
    expect(fired()).toEqual([])
  })

  it('finding nothing is an answer', () => {
    expect(gitOf({})(at('trapped'), ['grep', '-F', '-e', 'no such text'])).toMatchObject({
      ok: false,
      code: 1,
      trouble: null,
    })
  })

  it('says that there is no repository, and takes none further up', () => {
    make('outer')
    write('outer/inner/f', '')
    const git = gitOf({})
    expect(git(at('outer/inner'), ['ls-files']).trouble).toBe('no-repository')
    fs.mkdirSync(at('outer/inner/.git'))
    expect(git(at('outer/inner'), ['ls-files']).trouble).toBe('no-repository')
    expect(git(at('nowhere'), ['ls-files']).trouble).toBe('no-repository')
  })

  it('takes no bare repository that lies among the files for the real one', () => {
    fs.mkdirSync(at('bare'))
    plain('bare', ['init', '-q', '--bare'])
    expect(gitOf({})(at('bare'), ['rev-parse', '--git-dir']).trouble).toBe('no-repository')
  })

  it.skipIf(process.getuid?.() !== 0)('asks no repository of a submodule that somebody else owns', () => {
    make('superproject')
    make('superproject/kept')
    const gitDir = at('superproject/kept/.git')
    const ask = () => gitOf({})(at('superproject'), ['rev-parse', '--git-dir'], { gitDir })
    expect(text(ask().stdout).trim()).toBe(gitDir)
    fs.chownSync(gitDir, 12_345, 12_345)
    expect(ask().trouble).toBe('no-repository')
    expect(gitOf({})(at('superproject'), ['ls-files'], { gitDir: at('superproject/nowhere') }).trouble).toBe(
      'no-repository',
    )
  })

  it('is not asked where it would wait for what a pipe in the place of a file has to say', () => {
    make('piped')
    for (const name of ['HEAD', 'config', 'index', 'packed-refs', 'info/exclude']) {
      const file = at(`piped/.git/${name}`)
      const before = fs.existsSync(file) ? fs.readFileSync(file) : null
      fs.rmSync(file, { force: true })
      execFileSync('mkfifo', [file])
      const started = performance.now()
      expect(gitOf({})(at('piped'), ['ls-files'])).toMatchObject({
        trouble: 'failed',
        stderr: `${name} is no regular file`,
      })
      expect(performance.now() - started).toBeLessThan(5000)
      fs.rmSync(file)
      if (before !== null) fs.writeFileSync(file, before)
    }
    expect(gitOf({})(at('piped'), ['ls-files']).trouble).toBeNull()
  })

  it('says that there is no git where PATH has none', () => {
    expect(gitOf({ PATH: at('snares') })(at('trapped'), ['ls-files'])).toMatchObject({
      ok: false,
      trouble: 'no-git',
    })
    expect(createNodeHost({}).git?.(at('trapped'), ['ls-files']).trouble).toBe('no-git')
  })

  it('says which bound was reached and gives what came before', () => {
    const few = gitOf({})(at('trapped'), ['ls-files'], { maxBytes: 3 })
    expect([few.trouble, few.ok, text(few.stdout).slice(0, 2)]).toEqual(['too-much', false, 'f\n'])
    // Its settings are a pipe that nobody writes to.
    make('slow')
    execFileSync('mkfifo', [at('slow/pipe')])
    fs.appendFileSync(at('slow/.git/config'), `[include]\npath = ${at('slow/pipe')}\n`)
    expect(gitOf({})(at('slow'), ['ls-files'], { timeoutMs: 300 }).trouble).toBe('too-long')
  })

  it('gives errors in a form that is safe to print', () => {
    const { stderr, trouble } = gitOf({})(at('trapped'), ['rev-parse', '--verify', 'x\u001b[31m\u202e'])
    expect(trouble).toBe('failed')
    expect(stderr).not.toMatch(/[\u001b\u202e]/)
    expect(stderr.split('\n').length).toBeLessThanOrEqual(5)
  })

  it('cannot be handed a name that is not UTF-8', () => {
    expect(gitOf({})(at('trapped'), ['ls-files', '--', 'x\udcff'])).toMatchObject({
      ok: false,
      trouble: 'failed',
    })
  })

  it.skipIf(process.getuid?.() !== 0)(
    "obeys git's refusal to read what belongs to somebody else, and the user's consent",
    () => {
      make('foreign')
      write('foreign/f', '')
      plain('foreign', ['add', '.'])
      execFileSync('chown', ['-R', '12345', at('foreign')])
      const refused = gitOf({})(at('foreign'), ['ls-files'])
      expect([refused.trouble, refused.ok]).toEqual(['dubious-ownership', false])
      write('trusting/.gitconfig', `[safe]\ndirectory = ${at('foreign')}\n`)
      expect(text(gitOf({ HOME: at('trusting') })(at('foreign'), ['ls-files']).stdout)).toBe('f\n')
    },
  )
})
