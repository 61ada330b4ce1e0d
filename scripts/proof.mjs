#!/usr/bin/env node
// Builds what the README speaks of with a real Docker Engine and holds what docker does against what ctxsize said before.
//   node scripts/proof.mjs [--engine own|running] [--commits N]
// As root, where dockerd is installed, it starts an engine of its own, without network, that leaves nothing behind. Elsewhere, or
// when told so, it asks the engine that runs here: its images carry the label ctxsize-proof there and are removed at the end; in
// the build cache some 200MB stay until `docker builder prune`. Exit code 0: all was as predicted; 1: something was not, or no engine.
import { execFileSync, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { runningEngine, startEngine } from './engine.mjs'
import { growProject } from './grow-junk.mjs'
import { standIns } from './stand-ins.mjs'

const bin = path.join(import.meta.dirname, '../bin/ctxsize.js')
const base = 'ctxsize-proof:base'

/** Small contexts, each with what people are wrong about: below 1 kB docker prints every byte. A link is `→target`. */
const contexts = {
  'a line of node_modules': {
    Dockerfile: 'FROM scratch\nCOPY . /app/\n',
    '.dockerignore': 'node_modules\n',
    'node_modules/left/index.js': 'left\n',
    'web/node_modules/right/index.js': 'right\n',
  },
  'all but an exception': {
    Dockerfile: 'FROM scratch\nCOPY . /app/\n',
    '.dockerignore': '*\n!src\nsrc/*.test.js\n',
    'src/cart.js': 'export const cart = []\n',
    'src/cart.test.js': 'test\n',
    'notes.txt': 'notes\n',
  },
  'only what is copied': {
    Dockerfile: 'FROM scratch\nCOPY package.json /app/\nCOPY src /app/src/\n',
    'package.json': '{}\n',
    'src/index.js': 'index\n',
    'docs/guide.md': '# Guide\n',
  },
  'a stage that nobody needs': {
    Dockerfile: 'FROM scratch AS docs\nCOPY docs /docs/\nFROM scratch\nCOPY src /app/\n',
    'docs/guide.md': '# Guide\n',
    'src/index.js': 'index\n',
  },
  'a link to a directory': {
    Dockerfile: 'FROM scratch\nCOPY current /app/\n',
    current: '→releases/2',
    'releases/1/app.js': 'one\n',
    'releases/2/app.js': 'two\n',
  },
  'a mark in the wrong dialect': {
    Dockerfile: 'FROM scratch\nCOPY . /app/\n',
    '.dockerignore': '[!a]*.txt\nlogs/ # of today\n',
    'a.txt': 'a\n',
    'b.txt': 'b\n',
    'logs/today.log': 'log\n',
  },
}

const { values } = parseArgs({
  options: { engine: { type: 'string' }, commits: { type: 'string', default: '14' } },
})
const commits = Number(values.commits)
const say = (line = '') => process.stdout.write(`${line}\n`)
let asPredicted = 0
let otherwise = 0

/** A row of what was said, where something was, and what was seen. */
function row(what, said, seen, isSo = said === seen) {
  isSo ? asPredicted++ : otherwise++
  say(`  ${what.padEnd(46)}${said.padStart(13)}${seen.padStart(16)}  ${isSo ? '✓' : '✗'}`)
}

function heading(title, said, seen) {
  say()
  say(`${title.padEnd(48)}${said.padStart(13)}${seen.padStart(16)}`)
}

function ctxsize(...words) {
  const run = spawnSync(process.execPath, [bin, ...words, '--format', 'json', '--no-config'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (run.stdout === '') throw new Error(`ctxsize ${words.join(' ')}: ${run.stderr}`)
  return JSON.parse(run.stdout)
}

const lastLine = (log) => log.trim().split('\n').at(-1)

/** As docker prints bytes: two decimals by BuildKit, four significant digits by the classic client. */
function printed(bytes, builder) {
  const step = bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3)
  const value = bytes / 1000 ** step
  const figure = builder === 'classic' ? Number(value.toPrecision(4)) : step === 0 ? value : value.toFixed(2)
  return `${figure}${['B', 'kB', 'MB', 'GB'][step]}`
}

function lay(root, tree) {
  for (const [name, content] of Object.entries(tree)) {
    const at = path.join(root, name)
    fs.mkdirSync(path.dirname(at), { recursive: true })
    if (content.startsWith('→')) fs.symlinkSync(content.slice(1), at)
    else fs.writeFileSync(at, content)
  }
}

/** What was made in the engine: names, and ids where there is no name. */
const images = new Set()
const label = 'ctxsize-proof'

/** Takes out of an engine that goes on running what was put into it, and nothing else. */
async function removeImages(engine) {
  await engine.ask(['image', 'rm', '--force', ...images])
  await engine.ask(['image', 'prune', '--force', `--filter=label=${label}`])
}

/** Builds, with BuildKit unless the classic builder is meant; `printed` is the last amount of the context that docker printed. */
async function build(engine, root, { tag, target, classic = false } = {}) {
  const words = ['build', '--network=none', `--label=${label}`, ...(classic ? [] : ['--progress=plain'])]
  if (tag) words.push('-t', `ctxsize-proof:${tag}`)
  if (target) words.push('--target', target)
  const built = await engine.ask([...words, root], { DOCKER_BUILDKIT: classic ? '0' : '1' })
  if (tag) images.add(`ctxsize-proof:${tag}`)
  // The classic builder leaves the images of stages, which have neither name nor label.
  for (const [, id] of built.log.matchAll(/^ ---> ([0-9a-f]{12})$/gm)) images.add(id)
  const step = /^#(\d+) \[internal\] load build context$/m.exec(built.log)?.[1]
  const amounts = classic
    ? built.log.matchAll(/Sending build context to Docker daemon\s+(\S+)/g)
    : built.log.matchAll(new RegExp(`^#${step} transferring context: (\\S+)`, 'gm'))
  return { ...built, amount: [...amounts].at(-1)?.[1] ?? 'nothing' }
}

/** The image that stands for node: busybox, and programs that do to a tree what npm and next do. */
async function makeBase(engine, place) {
  const root = fs.mkdtempSync(path.join(place, 'base-'))
  const busybox = process.platform === 'linux' && ['/bin/busybox', '/usr/bin/busybox'].find(fs.existsSync)
  for (const [name, text] of Object.entries(standIns)) lay(root, { [`usr/local/bin/${name}`]: text })
  for (const name of Object.keys(standIns)) fs.chmodSync(path.join(root, 'usr/local/bin', name), 0o755)
  if (busybox) {
    const applets = ['sh', 'cat', 'find', 'mkdir', 'rm', 'sed', 'test']
    lay(root, Object.fromEntries(applets.map((name) => [`bin/${name}`, '→busybox'])))
    fs.copyFileSync(busybox, path.join(root, 'bin/busybox'))
  }
  // So that nothing which is built on it comes from a cache that was filled before.
  lay(root, { 'etc/made-for': `${randomUUID()}\n` })
  lay(root, { Dockerfile: `FROM ${busybox ? 'scratch' : 'busybox'}\nCOPY . /\n` })
  const { exitCode, log } = await build(engine, root, { tag: base.split(':')[1] })
  if (exitCode !== 0) throw new Error(`no image with a shell can be made: ${lastLine(log)}`)
}

/** The project of the README as it lies on a laptop, on an image that is there. */
function growShop(at) {
  growProject('node-app', at, { history: true })
  const dockerfile = path.join(at, 'Dockerfile')
  fs.writeFileSync(dockerfile, fs.readFileSync(dockerfile, 'utf8').replaceAll('node:22-slim', base))
}

const wireOf = (root) => ctxsize(root).contexts[0].targets[0].wire

async function proveBytes(engine, place) {
  heading('What is sent, to the byte', 'ctxsize said', 'docker printed')
  const prove = async (what, root, hasClassic = true) => {
    const wire = wireOf(root)
    row(`${what}, cold`, printed(wire.buildkit.cold), (await build(engine, root)).amount)
    row('   again', printed(wire.buildkit.warm), (await build(engine, root)).amount)
    if (!hasClassic) return
    const classic = await build(engine, root, { classic: true })
    // Engines to come will not have it.
    if (classic.amount === 'nothing') say(`     classic builder: ${lastLine(classic.log)}`)
    else row('   classic builder', printed(wire.classic, 'classic'), classic.amount)
  }
  const shop = path.join(place, 'shop')
  growShop(shop)
  await prove('shop: a laptop’s tree, COPY . .', shop)
  const mended = path.join(place, 'mended')
  growShop(mended)
  ctxsize('fix', '--write', mended)
  await prove('shop after ctxsize fix --write', mended, false)
  for (const [i, [what, tree]] of Object.entries(contexts).entries()) {
    // A name of its own for each, under which BuildKit has kept nothing yet.
    const root = path.join(place, `context-${i}`)
    lay(root, tree)
    await prove(what, root)
  }
  return { shop, mended }
}

async function proveRefusal(engine, place, shop) {
  heading('What is left alone', 'ctxsize said', 'docker build')
  const refusal = ctxsize(shop).contexts[0].leftAlone.find(({ path: kept }) => kept === 'dist')
  const said = refusal ? 'needs it' : 'nothing'
  const without = path.join(place, 'without')
  growShop(without)
  fs.appendFileSync(path.join(without, '.dockerignore'), 'dist\n')
  const outcome = ({ exitCode }) => (exitCode === 0 ? 'works' : 'fails')
  const whole = outcome(await build(engine, shop))
  row('shop with dist/, which git ignores', said, whole, refusal !== undefined && whole === 'works')
  if (refusal) say(`     ctxsize: ${refusal.because}`)
  const broken = await build(engine, without)
  row('the same with `dist` in .dockerignore', '', outcome(broken), broken.exitCode !== 0)
  say(`     docker: ${lastLine(broken.log)}`)
}

/** Path → hash of each file of an image, path → target of each link. */
async function filesOf(engine, image) {
  const script =
    'busybox find /app -type f -exec busybox sha256sum {} + ; busybox find /app -type l -exec busybox ls -l {} +'
  const { out } = await engine.ask([
    ...['run', '--rm', '--network=none', '--user=0', `--label=${label}`, image],
    ...['/bin/sh', '-c', script],
  ])
  return new Map(
    out.split('\n').map((line) => {
      const [, hash, name] = /^([0-9a-f]{64}) {2}\/app\/(.*)$/.exec(line) ?? []
      return name === undefined ? [line.replace(/^.* \/app\//, ''), line] : [name, hash]
    }),
  )
}

async function proveImage(engine, { shop, mended }) {
  heading('What ctxsize fix --write changes of an image', 'ctxsize said', 'in the image')
  const dropped = ctxsize('fix', shop)
    .suggestions.filter(({ safety }) => safety !== 'review')
    .flatMap(({ drops }) => drops.map((drop) => drop.path))
  const isDropped = (name) => dropped.some((drop) => name === drop || name.startsWith(`${drop}/`))
  for (const target of ['build', 'runtime']) {
    for (const [when, root] of Object.entries({ before: shop, after: mended })) {
      const { exitCode, log } = await build(engine, root, { tag: `${target}-${when}`, target })
      if (exitCode !== 0) throw new Error(`${target} cannot be built: ${lastLine(log)}`)
    }
    const before = await filesOf(engine, `ctxsize-proof:${target}-before`)
    const after = await filesOf(engine, `ctxsize-proof:${target}-after`)
    const names = [...new Set([...before.keys(), ...after.keys()])]
    const changed = names.filter((name) => before.get(name) !== after.get(name))
    const surprising = changed.filter((name) => !isDropped(name))
    row(`stage ${target}, files beside those it names`, '0', `${surprising.length}`)
    for (const name of surprising.slice(0, 5)) say(`     ${name}`)
    say(`     ${changed.length} of ${before.size} files are gone, or made anew`)
  }
}

/** Which RUN steps did not come from the cache, by their texts. */
function ranIn(log) {
  const cached = new Set([...log.matchAll(/^#(\d+) CACHED/gm)].map(([, id]) => id))
  const steps = [...log.matchAll(/^#(\d+) \[(?!internal)[^\]]*\] (RUN .*)$/gm)]
  return new Set(steps.filter(([, id]) => !cached.has(id)).map(([, , text]) => text.replace(/\s+/g, ' ')))
}

async function proveHistory(engine, place, shop) {
  const words = ['history', '-n', `${commits}`, '--target', 'build', shop]
  const { instructions } = ctxsize(...words)
  const { edits } = ctxsize('fix', '--target', 'build', shop)
  heading(`How often a step ran in the last ${commits} commits`, 'ctxsize said', 'docker ran it')
  const texts = {
    'as it is': ['Dockerfile', '.dockerignore'].map((file) => [file, fs.readFileSync(path.join(shop, file))]),
    'after ctxsize fix': edits.map(({ file, after }) => [file, after]),
  }
  const git = (cwd, ...args) => execFileSync('git', ['-C', cwd, ...args], { encoding: 'utf8' }).trim()
  const line = git(shop, 'rev-list', '--first-parent', '--reverse', '-n', `${commits + 1}`, 'HEAD').split(
    '\n',
  )
  for (const [when, files] of Object.entries(texts)) {
    const clone = path.join(place, `replay-${when.length}`)
    git(place, 'clone', '--quiet', '--no-hardlinks', shop, clone)
    // It holds nothing that a commit needs, only weight.
    fs.rmSync(path.join(clone, '.git/objects/pack'), { recursive: true })
    const runs = new Map()
    for (const [i, commit] of line.entries()) {
      git(clone, 'checkout', '--quiet', '--force', commit)
      for (const [file, text] of files) fs.writeFileSync(path.join(clone, file), text)
      const { exitCode, log } = await build(engine, clone, { target: 'build' })
      if (exitCode !== 0) throw new Error(`commit ${commit} cannot be built: ${lastLine(log)}`)
      // The first is what the next one is compared with.
      if (i > 0) for (const text of ranIn(log)) runs.set(text, (runs.get(text) ?? 0) + 1)
    }
    for (const { instruction, text, lost, afterFix } of instructions) {
      if (instruction !== 'RUN') continue
      const seen = runs.get(text.replace(/\\?\s+/g, ' ')) ?? 0
      const name = text.replace('RUN ', '').replace(/^(.{18}).+/, '$1…')
      row(`${name}, ${when}`, `${when === 'as it is' ? lost : afterFix?.lost}`, `${seen}`)
    }
  }
}

async function prove(engine, place) {
  const { out: version } = await engine.ask(['version', '--format', '{{.Server.Version}}'])
  say(`Docker Engine ${version}, ${engine.isOwn ? 'started for this, without network' : 'which runs here'}`)
  await makeBase(engine, place)
  const { shop, mended } = await proveBytes(engine, place)
  await proveRefusal(engine, place, shop)
  await proveImage(engine, { shop, mended })
  // What was built just now knows the last of the commits.
  await makeBase(engine, place)
  await proveHistory(engine, place, shop)
}

if (!Number.isInteger(commits) || commits < 1 || commits > 148) {
  say('--commits is from 1 to 148')
  process.exit(1)
}
if (values.engine !== undefined && !['own', 'running'].includes(values.engine)) {
  say(`--engine is own or running, not ${values.engine}`)
  process.exit(1)
}
const own = values.engine === 'running' ? '' : await startEngine()
const engine = typeof own === 'string' && values.engine !== 'own' ? await runningEngine() : own
if (typeof engine === 'string') {
  say(`✗ Nothing was proven: ${[...new Set([own, engine])].filter(Boolean).join('; ')}.`)
  process.exitCode = 1
} else {
  // A name of its own for everything below it: BuildKit keeps what it received under the name of the directory.
  const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-proof-'))
  const began = Date.now()
  try {
    await prove(engine, place)
    say()
    if (otherwise === 0)
      say(`✓ All ${asPredicted} as predicted.  ${Math.round((Date.now() - began) / 1000)} s`)
    else say(`✗ ${otherwise} of ${asPredicted + otherwise} not as predicted.`)
    process.exitCode = otherwise === 0 ? 0 : 1
  } catch (error) {
    say(`✗ Not to the end: ${error.message}`)
    process.exitCode = 1
  } finally {
    if (!engine.isOwn) await removeImages(engine)
    await engine.stop()
    fs.rmSync(place, { recursive: true, force: true })
  }
}
