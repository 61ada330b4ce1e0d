#!/usr/bin/env node
// Trees that are too much for somebody: what ctxsize says of them, in what time and with what memory.
//   npm run load                  all; a million files take minutes to make
//   npm run load -- sparse deep   some
//   npm run load -- --small       a hundredth of each, for a test
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const top = path.dirname(import.meta.dirname)
const bin = path.join(top, 'bin/ctxsize.js')
const words = process.argv.slice(2)
const isSmall = words.includes('--small')
const asked = words.filter((word) => !word.startsWith('--'))
const count = (whole) => (isSmall ? whole / 100 : whole)
const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',')

const everything = 'FROM scratch\nCOPY . /\n'
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-load-'))

/** Empty files, as many in each directory. */
function files(dir, number, each) {
  for (let i = 0; i < number; i++) {
    const at = path.join(dir, `d${Math.floor(i / each)}`)
    if (i % each === 0) fs.mkdirSync(at, { recursive: true })
    fs.closeSync(fs.openSync(path.join(at, `f${i % each}`), 'w'))
  }
}

/** Directories in each other, down to a path of so many bytes; through relative steps, as no call takes a longer one. */
function nest(dir, bytes) {
  const name = 'n'.repeat(100)
  const back = process.cwd()
  process.chdir(dir)
  for (let length = dir.length; length + name.length + 1 <= bytes; length += name.length + 1) {
    fs.mkdirSync(name)
    process.chdir(name)
  }
  process.chdir(back)
}

const serviceNames = () => Array.from({ length: count(2000) }, (_, i) => `s${i}`)

function services(dir, dockerfile) {
  for (const name of serviceNames()) {
    const at = path.join(dir, 'services', name)
    fs.mkdirSync(at, { recursive: true })
    fs.writeFileSync(
      path.join(at, 'Dockerfile'),
      typeof dockerfile === 'string' ? dockerfile : dockerfile(name),
    )
    fs.writeFileSync(path.join(at, 'a'), 'a')
  }
}

function compose(dir, build) {
  const lines = serviceNames().map((name) => `  ${name}:\n    ${build(name)}\n`)
  fs.writeFileSync(path.join(dir, 'compose.yaml'), `services:\n${lines.join('')}`)
}

function track(dir) {
  spawnSync('git', ['init', '-q'], { cwd: dir })
  spawnSync('git', ['add', '-A'], { cwd: dir })
}

/** What each makes, what is asked of it, and what has to come of it. */
const cases = {
  million: {
    make: (dir) => files(dir, count(1_000_000), 100),
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => JSON.parse(stdout).contexts[0].context.files === count(1_000_000) + 1,
  },
  directory: {
    make: (dir) => files(dir, count(500_000), count(500_000)),
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => JSON.parse(stdout).contexts[0].context.files === count(500_000) + 1,
  },
  patterns: {
    make: (dir) => {
      files(dir, count(100_000), 100)
      const kinds = [(i) => `**/n${i}/x`, (i) => `a${i}/**/*.log`, (i) => `d${i}/g?`, (i) => `*${i}.tmp`]
      const lines = Array.from({ length: count(100_000) }, (_, i) => `${kinds[i % 4](i)}\n`)
      fs.writeFileSync(path.join(dir, '.dockerignore'), lines.join(''))
    },
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => JSON.parse(stdout).contexts[0].context.files === count(100_000) + 2,
  },
  sparse: {
    make: (dir) => {
      fs.writeFileSync(path.join(dir, 'large'), '')
      fs.truncateSync(path.join(dir, 'large'), 10e9)
    },
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => JSON.parse(stdout).contexts[0].context.bytes === 10e9 + everything.length,
  },
  // Nobody names them, and each has a context of its own.
  dockerfiles: {
    make: (dir) => services(dir, 'FROM scratch\nCOPY a /\n'),
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) =>
      JSON.parse(stdout)
        .contexts.slice(1)
        .filter(({ context, targets }) => context.files === 2 && targets[0].transfer.files === 1).length ===
      count(2000),
  },
  // One compose file names them all, git tracks them, and each has a context of its own.
  composed: {
    make: (dir) => {
      services(dir, 'FROM scratch\nCOPY a /\n')
      compose(dir, (name) => `build: services/${name}`)
      track(dir)
    },
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => JSON.parse(stdout).contexts.length === count(2000) + 1,
  },
  // The same of one context that they share.
  shared: {
    make: (dir) => {
      services(dir, (name) => `FROM scratch\nCOPY services/${name}/a /\n`)
      compose(dir, (name) => `build: { context: ., dockerfile: services/${name}/Dockerfile }`)
      track(dir)
    },
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => {
      const { contexts } = JSON.parse(stdout)
      const [{ targets }] = contexts
      return (
        contexts.length === 1 &&
        targets.filter(({ transfer }) => transfer.files === 1).length === count(2000) &&
        targets.length === count(2000) + 1
      )
    },
  },
  deep: {
    make: (dir) => nest(dir, 4000),
    words: ['--format', 'json'],
    status: 0,
    holds: ({ stdout }) => JSON.parse(stdout).contexts[0].context.files === 1,
  },
  'too-deep': {
    make: (dir) => nest(dir, 4500),
    words: ['ls'],
    status: 2,
    holds: ({ stderr }) => /^error: file name too long: [^\n]*\n {2}[^\n]*\n$/.test(stderr),
  },
}

/**
 * Ends the run with its peak, in KiB, and the microseconds of the processor, on descriptor 3. The kernel's own figure of the peak
 * would begin with what this program has.
 */
const withPeak = `const fs = require('fs')
if (require('worker_threads').isMainThread)
  process.on('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
    let peak = maxRSS
    try {
      peak = /^VmHWM:\\s+(\\d+)/m.exec(fs.readFileSync('/proc/self/status', 'latin1'))[1]
    } catch {}
    fs.writeSync(3, peak + ' ' + (userCPUTime + systemCPUTime))
  })`
const preload = path.join(base, 'peak.cjs')
fs.writeFileSync(preload, withPeak)

try {
  for (const [name, { make, words, status, holds }] of Object.entries(cases)) {
    if (asked.length > 0 && !asked.includes(name)) continue
    const dir = path.join(base, name)
    fs.mkdirSync(dir)
    fs.writeFileSync(path.join(dir, 'Dockerfile'), everything)
    make(dir)
    const ran = spawnSync(process.execPath, ['--require', preload, bin, ...words], {
      cwd: dir,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      maxBuffer: 1 << 30,
    })
    const [peak, microseconds] = (ran.output[3] ?? '').split(' ').map(Number)
    const right = ran.status === status && holds(ran)
    console.log(
      `${right ? 'right' : 'WRONG'}  ${name.padEnd(12)} ${(microseconds / 1e6).toFixed(1).padStart(6)} s of the processor  ${grouped(Math.round(peak / 1024))} MB`,
    )
    if (!right) {
      console.log(`  exit code ${ran.status}\n${ran.stderr.slice(0, 1000)}`)
      process.exitCode = 1
    }
    // Node removes a directory by its whole path, which is too long for some of these.
    spawnSync('rm', ['-rf', dir])
  }
} finally {
  spawnSync('rm', ['-rf', base])
}
