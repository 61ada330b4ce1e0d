/** The package as its users get it: built from a copy of the sources, packed, unpacked, asked. */

import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import nodeModule from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const top = path.join(import.meta.dirname, '..')
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-package-'))
// Where many people have their clones; what goes by `src` in a path of the sources must not take packages for some of them.
const copy = path.join(place, 'src/ctxsize')
const unpacked = path.join(copy, 'unpacked/package')
/** In the order in which `npm pack` lists them. */
let packed: readonly string[] = []

const npm = (args: readonly string[], cwd: string): string =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })

// A full build, declarations included, in a copy: the other tests are using the dist of this tree.
beforeAll(() => {
  const inputs = [
    'package.json',
    'package-lock.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'src',
    'bin',
    'scripts',
  ]
  const shipped = ['schema', 'README.md', 'CHANGELOG.md', 'LICENSE']
  for (const name of [...inputs, ...shipped]) {
    const from = path.join(top, name)
    if (fs.existsSync(from)) fs.cpSync(from, path.join(copy, name), { recursive: true })
  }
  fs.cpSync(path.join(top, 'node_modules'), path.join(copy, 'node_modules'), {
    recursive: true,
    verbatimSymlinks: true,
  })
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: copy, stdio: 'pipe' })
  const [listing] = JSON.parse(npm(['pack', '--json', '--dry-run', '--ignore-scripts'], copy))
  packed = listing.files.map((file: { readonly path: string }) => file.path)
  for (const name of packed) fs.cpSync(path.join(copy, name), path.join(unpacked, name))
}, 120_000)
afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [path.join(unpacked, 'bin/ctxsize.js'), ...args], {
    encoding: 'utf8',
    cwd: copy,
  })

describe('the published package', () => {
  it('holds the built program, its types and its papers, and nothing else', () => {
    const kinds = packed.map((name) =>
      name
        .replace(/^dist\/types\/.*\.d\.ts$/, 'dist/types/*.d.ts')
        .replace(/^dist\/chunks\/[\w.-]+\.cjs$/, 'dist/chunks/*.cjs'),
    )
    expect([...new Set(kinds)].sort()).toEqual([
      ...[
        'CHANGELOG.md',
        'LICENSE',
        'README.md',
        'bin/compile-cache.js',
        'bin/ctxsize.js',
        'bin/docker-ctxsize.js',
        'bin/package.json',
      ],
      ...[
        'dist/THIRD-PARTY-NOTICES.txt',
        'dist/chunks/*.cjs',
        'dist/cli.cjs',
        'dist/docker-plugin.json',
        'dist/git-worker.cjs',
        'dist/help.json',
        'dist/index.js',
      ],
      ...['dist/types/*.d.ts', 'dist/walk-worker.cjs', 'package.json'],
      ...['schema/config.schema.json', 'schema/report.schema.json'],
    ])
  })

  it('names no folder of the machine that built it', () => {
    const leaking = packed.filter((name) => {
      const text = fs.readFileSync(path.join(unpacked, name), 'utf8')
      return [copy, fs.realpathSync(top), os.homedir()].some((dir) => dir !== '/' && text.includes(`${dir}/`))
    })
    expect(leaking).toEqual([])
  })

  it('asks nothing of whoever installs it: no dependencies, no install scripts', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(unpacked, 'package.json'), 'utf8'))
    expect(manifest.dependencies ?? {}).toEqual({})
    expect(
      Object.keys(manifest.scripts).filter((name) => /^(?:pre|post)?install$|^prepare$/.test(name)),
    ).toEqual([])
  })

  it('has the licence of every package in its bundles', () => {
    const notices = fs.readFileSync(path.join(unpacked, 'dist/THIRD-PARTY-NOTICES.txt'), 'utf8')
    for (const name of ['yargs', 'cli-table3']) expect(notices).toMatch(new RegExp(`^${name} \\d`, 'm'))
  })

  it('is what publint takes for a good package', async () => {
    const { messages } = await publint({ pkgDir: unpacked, strict: true, pack: false })
    expect(messages).toEqual([])
  })

  it('has types that resolve wherever ES modules are imported', () => {
    const tarball = npm(['pack', '--ignore-scripts', '--silent'], unpacked).trim()
    const attw = path.join(top, 'node_modules/@arethetypeswrong/cli/dist/index.js')
    const told = spawnSync(process.execPath, [attw, tarball, '--profile', 'esm-only', '--no-color'], {
      cwd: unpacked,
      encoding: 'utf8',
    })
    expect(told.status, told.stdout).toBe(0)
  }, 60_000)

  it('can be imported', () => {
    const code = `import { createIgnoreMatcher } from 'ctxsize'; console.log(createIgnoreMatcher(['a']).ignores('a/b'))`
    const told = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      cwd: unpacked,
      encoding: 'utf8',
    })
    expect(told.stdout + told.stderr).toBe('true\n')
  })
})

describe('the bin of the package', () => {
  const version = JSON.parse(fs.readFileSync(path.join(top, 'package.json'), 'utf8')).version

  it('knows its version', () => {
    expect(run('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
  })

  it('answers for help what the command line itself would', () => {
    const ask = `require('./dist/cli.cjs').renderHelp().then((help) => console.log(JSON.stringify(help)))`
    const rendered: Record<string, string> = JSON.parse(
      execFileSync(process.execPath, ['-e', ask], {
        cwd: unpacked,
        encoding: 'utf8',
        env: { COLUMNS: '200', LANG: 'de_DE.UTF-8' },
      }),
    )
    expect(Object.keys(rendered)).toContain('ls')
    for (const [verb, text] of Object.entries(rendered)) {
      expect(run(...(verb === '' ? [] : [verb]), '--help').stdout.trimEnd(), verb).toBe(text.trimEnd())
    }
  })

  it.skipIf('enableCompileCache' in nodeModule)('keeps what it compiled, and trusts only its own', () => {
    const cache = path.join(copy, 'cache')
    fs.mkdirSync(cache)
    const context = path.join(copy, 'context')
    fs.mkdirSync(context)
    fs.writeFileSync(path.join(context, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
    const ask = () =>
      spawnSync(process.execPath, [path.join(unpacked, 'bin/ctxsize.js'), '--format=json', context], {
        encoding: 'utf8',
        env: { PATH: process.env['PATH'], XDG_CACHE_HOME: cache },
      })
    const first = ask()
    expect(first).toMatchObject({ stderr: '' })
    const [name = ''] = fs.readdirSync(path.join(cache, 'ctxsize'))
    const file = path.join(cache, 'ctxsize', name)
    const kept = fs.readFileSync(file)
    expect(kept.toString('latin1', 0, 200)).toMatch(/^[0-9a-f]{64}-[\d.]+ scan\n/)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    expect(ask().stdout).toBe(first.stdout)
    expect(fs.readFileSync(file)).toEqual(kept)

    // What others may write is not read, and what is no compiled code of this program is not run: both are replaced.
    fs.chmodSync(file, 0o666)
    expect(ask().stdout).toBe(first.stdout)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
    for (const bytes of [kept.indexOf(10) + 1, kept.length / 2]) {
      fs.truncateSync(file, Math.floor(bytes))
      expect(ask()).toMatchObject({ stdout: first.stdout, stderr: '' })
      expect(fs.statSync(file).size).toBeGreaterThan(kept.length / 2)
    }

    // A run that has nowhere to keep it is only slower.
    fs.rmSync(cache, { recursive: true })
    expect(ask()).toMatchObject({ stdout: first.stdout, stderr: '' })
    expect(fs.existsSync(cache)).toBe(false)
  })

  it('answers for help and version, and docker about its plugin, without the program', () => {
    fs.renameSync(path.join(unpacked, 'dist/cli.cjs'), path.join(unpacked, 'dist/moved.cjs'))
    try {
      expect(run('--help').status).toBe(0)
      expect(run('-h').stdout).toBe(run('--help').stdout)
      expect(run('--version').status).toBe(0)
      const plugin = path.join(unpacked, 'bin/docker-ctxsize.js')
      expect(JSON.parse(execFileSync(plugin, ['docker-cli-plugin-metadata'], { encoding: 'utf8' }))).toEqual({
        SchemaVersion: '0.1.0',
        Vendor: 'ctxsize',
        Version: version,
        ShortDescription: expect.stringMatching(/^[A-Z].*[^.]$/),
      })
      expect(run('.')).toMatchObject({
        status: 2,
        stdout: '',
        stderr: 'ctxsize is not built yet: npm run build\n',
      })
    } finally {
      fs.renameSync(path.join(unpacked, 'dist/moved.cjs'), path.join(unpacked, 'dist/cli.cjs'))
    }
  })
})
