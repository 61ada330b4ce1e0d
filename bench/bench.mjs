#!/usr/bin/env node
// Measures ctxsize beside its peers and prints tables in Markdown. Everything is a ratio or a difference within one round of one
// run, with a warm disk cache; times of different runs say nothing. Nothing is asserted but that all counted the same files.
//   node bench/bench.mjs              all cases, about ten minutes on two cores
//   node bench/bench.mjs --quick      smaller trees and fewer rounds, about a minute
//   node bench/bench.mjs --rounds 9   of each case; slow peers take part in the first two
//   node bench/bench.mjs --only TEXT  cases whose name has TEXT in it
//   node bench/bench.mjs --write      the tables into docs/performance.md as well
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startEngine } from '../scripts/engine.mjs'
import { prunedByUsual } from './patterns.mjs'
import { ctxsize, isInstalled, limitOf, peers, program } from './peers.mjs'
import { plantRepository } from './repository.mjs'
import { plant, writeIgnoreFile } from './trees.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const { values: asked } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string', default: '' },
  },
})
const rounds = Number(asked.rounds ?? (asked.quick ? 3 : 9))
const slowRounds = asked.quick ? 1 : 2
const startRounds = asked.quick ? 15 : 41

// With NODE_EXTRA_CA_CERTS Node 20 reads certificates for 37 ms before it begins.
const { NODE_EXTRA_CA_CERTS, NODE_OPTIONS, NODE_V8_COVERAGE, ...env } = process.env

const sizes = asked.quick
  ? { monorepo: 40_000, packages: 20_000, flat: [10_000, 100_000], history: [1500, 1000] }
  : { monorepo: 300_000, packages: 122_000, flat: [10_000, 100_000, 1_000_000], history: [7500, 5000] }
const trees = {
  monorepo: () => plant({ kind: 'monorepo', files: sizes.monorepo, seed: 2 }),
  packages: () => plant({ kind: 'packages', files: sizes.packages, seed: 4 }),
  flat: (files) => plant({ kind: 'flat', files, seed: 3 }),
  small: () => plant({ kind: 'small', files: 200, seed: 5 }),
  history: ([files, commits]) => plantRepository({ files, commits, seed: 6 }),
}
const largest = sizes.flat.at(-1)

const tell = (text) => process.stderr.write(`${text}\n`)

// -- running ------------------------------------------------------------------------------------------------------------------

/** Milliseconds of one run of a command, output thrown away. */
function timed([file, ...args]) {
  const start = process.hrtime.bigint()
  const { status, error } = spawnSync(file, args, { env, stdio: 'ignore' })
  const ms = Number(process.hrtime.bigint() - start) / 1e6
  if (error || status !== 0) throw error ?? new Error(`${file} ${args.join(' ')} ended with ${status}`)
  return ms
}

function outputOf([file, ...args], more = {}) {
  const options = { env: { ...env, ...more }, encoding: 'utf8', maxBuffer: 2 ** 30 }
  const { status, error, stdout, stderr } = spawnSync(file, args, options)
  if (error || status !== 0)
    throw error ?? new Error(`${file} ${args.join(' ')} ended with ${status}: ${stderr}`)
  return stdout
}

/** MiB of the largest resident size that a Node program reaches. */
function peakOf(command) {
  const note = path.join(os.tmpdir(), `ctxsize-bench-peak-${process.pid}`)
  outputOf(command, { NODE_OPTIONS: `--require ${here}/peak.cjs`, CTXSIZE_BENCH_PEAK: note })
  const kib = Number(fs.readFileSync(note, 'utf8'))
  fs.rmSync(note)
  return kib / 1024
}

/** Runs every contender once and compares what it counted with the tree, or with what ctxsize says the patterns leave. */
function verify(tree, ignoreFile, contenders) {
  const expected = { entries: tree.files + tree.directories + 1, files: tree.files, left: null }
  for (const [name, one] of contenders) {
    const output = outputOf((one.countCommand ?? one.command)(tree, ignoreFile))
    if (one.counts === null) continue
    const count = one.count(output)
    if (one.counts === 'left') expected.left ??= count
    const wanted = expected[one.counts]
    tell(`  ${name}: ${count} ${one.counts}`)
    if (count !== wanted && !one.inGitsWords)
      throw new Error(`${name} counted ${count} ${one.counts} in ${tree.name}, not ${wanted}`)
  }
}

/** Times by contender: all of them in each round, each round beginning with another; null where one sat out. */
function measure(tree, ignoreFile, contenders) {
  const times = new Map(contenders.map(([name]) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < contenders.length; i++) {
      const [name, one] = contenders[(i + round) % contenders.length]
      const sitsOut = one.slow && round >= slowRounds
      times.get(name).push(sitsOut ? null : timed(one.command(tree, ignoreFile)))
    }
  }
  return times
}

// -- figures ------------------------------------------------------------------------------------------------------------------

function median(list) {
  const sorted = [...list].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Median, least and most of a figure that each round gives; rounds in which somebody sat out are left out. */
function spread(first, second, figure) {
  const all = first.flatMap((one, i) => (one === null || second[i] == null ? [] : [figure(one, second[i])]))
  return { median: median(all), min: Math.min(...all), max: Math.max(...all) }
}
const ratio = (first, second) => spread(first, second, (a, b) => a / b)
const difference = (first, second) => spread(first, second, (a, b) => a - b)

const results = []
/** `limit` is a most, or with `atLeast` a least; without one it is a figure beside another. */
function result(name, figure, { digits = 2, unit = '', limit, atLeast = false }) {
  const isReached = atLeast ? figure.median >= limit : figure.median <= limit
  const shown = (value) => value.toFixed(digits)
  const fastest = figure.fastest === undefined ? '' : `; fastest to fastest ${shown(figure.fastest)}`
  const range = figure.min === figure.max ? '' : ` (${shown(figure.min)} – ${shown(figure.max)}${fastest})`
  results.push([
    name,
    `${shown(figure.median)}${unit}${range}`,
    ...(limit === undefined
      ? ['', '']
      : [
          `${atLeast ? '≥' : '≤'} ${limit}${unit}`,
          isReached ? 'yes' : `no, by ${(Math.abs(figure.median / limit - 1) * 100).toFixed(0)} %`,
        ]),
  ])
}
const one = (value) => ({ median: value, min: value, max: value })

const details = []
function detail(tree, ignoreFile, times) {
  const base = times.get('du -a')
  for (const [name, list] of times) {
    const taken = list.filter((ms) => ms !== null)
    const { median: middle, min, max } = ratio(list, base)
    details.push([
      `${tree.name}, ${ignoreFile}`,
      name,
      middle.toFixed(2),
      `${min.toFixed(2)} – ${max.toFixed(2)}`,
      `${median(taken).toFixed(0)} ms`,
      `${taken.length}`,
    ])
  }
}

const skipped = []
/** The limit of Node: see limit.mjs. */
const bareWalk = 'bare walk of two threads'

// -- cases --------------------------------------------------------------------------------------------------------------------

/** Measures ctxsize, `du -a` and the peers named on a tree, and notes all ratios. */
function contest(tree, patterns, names) {
  tell(`${tree.name} with the ignore file "${patterns}"`)
  const ignoreFile = writeIgnoreFile(tree, patterns)
  const limit = patterns === 'usual' ? limitOf(prunedByUsual, null) : limitOf([], 'files')
  const all = { 'ctxsize check': ctxsize.check, ctxsize: ctxsize.whole, 'du -a': peers['du -a'] }
  all[bareWalk] = limit
  for (const name of names) {
    if (name !== 'diskus' || isInstalled('diskus')) all[name] = peers[name]
    else skipped.push('diskus: it is not installed')
  }
  const contenders = Object.entries(all)
  verify(tree, ignoreFile, contenders)
  const times = measure(tree, ignoreFile, contenders)
  detail(tree, patterns, times)
  return times
}

/** What a contest came to: the target is about the scan; what to change about it is thought about on top. */
function outcomes(label, times, limit) {
  const base = times.get('du -a')
  result(label, ratio(times.get('ctxsize check'), base), { limit })
  result(`${label}, with proposals`, ratio(times.get('ctxsize'), base), {})
  result(`${label}, ${bareWalk}`, ratio(times.get(bareWalk), base), {})
}

const cases = {
  'every entry matched': async () => {
    const tree = trees.monorepo()
    const others = Object.keys(peers).filter((name) => name !== 'du -a')
    const times = contest(tree, 'thirty', others)
    const own = times.get('ctxsize check')
    outcomes(`${tree.name}, 30 patterns, nothing pruned`, times, 0.7)
    const slower = ratio(times.get('@balena/dockerignore + walk'), own)
    result('@balena/dockerignore + walk takes … times as long', slower, {
      limit: 20,
      atLeast: true,
      digits: 1,
    })
    result(`peak memory, ${tree.name}`, one(peakOf(ctxsize.check.command(tree))), {
      limit: 100,
      unit: ' MiB',
      digits: 0,
    })
  },

  'packages only': async () => {
    const tree = trees.packages()
    const times = contest(tree, 'thirty', ['find -printf'])
    outcomes(`${tree.name}, 30 patterns`, times, 0.95)
  },

  'as users have it': async () => {
    const tree = trees.monorepo()
    const times = contest(tree, 'usual', ['find -printf'])
    outcomes(`${tree.name}, node_modules, .git and dist ignored`, times, 0.3)
  },

  'few sources': async () => {
    const tree = trees.monorepo()
    tell(`${tree.name} with a Dockerfile that names little`)
    const ignoreFile = writeIgnoreFile(tree, 'none')
    outputOf(ctxsize.narrow.command(tree, ignoreFile))
    const bare = [process.execPath, path.join(here, 'empty.cjs')]
    startUp(`\`ctxsize ls\`, ${tree.name}, few sources`, ctxsize.narrow.command(tree), bare, 60)
    const limit = ctxsize.limit.command(tree)
    startUp(`\`ctxsize check --max-transfer 1GB\`, ${tree.name}, few sources`, limit, bare, 60)
  },

  flat: async () => {
    const tree = trees.flat(largest)
    const times = contest(tree, 'thirty', ['find -printf'])
    outcomes(`${tree.name}, 30 patterns`, times, 0.75)
    result(`peak memory, ${tree.name}`, one(peakOf(ctxsize.check.command(tree))), {
      limit: 130,
      unit: ' MiB',
      digits: 0,
    })
  },

  linear: async () => {
    const all = sizes.flat.map(trees.flat)
    for (const tree of all) writeIgnoreFile(tree, 'thirty')
    tell(`linear: ${all.map(({ name }) => name).join(', ')}`)
    const perFile = all.map(() => [])
    for (let round = 0; round < rounds; round++)
      all.forEach((tree, i) => {
        perFile[i].push(timed(ctxsize.check.command(tree)) / tree.files)
      })
    const [less, most] = perFile.slice(-2)
    const [from, to] = all.slice(-2)
    result(`time per file, ${to.name} to ${from.name}`, ratio(most, less), { limit: 1.2 })
  },

  start: async () => {
    const tree = trees.small()
    writeIgnoreFile(tree, 'usual')
    tell('start-up')
    const bare = [process.execPath, path.join(here, 'empty.cjs')]
    startUp(`\`ctxsize check\`, ${tree.files} files`, ctxsize.check.command(tree), bare, 40)
    startUp(`\`ctxsize .\`, ${tree.files} files`, ctxsize.whole.command(tree), bare, 40)
    startUp(`\`ctxsize .\`, the same in git`, ctxsize.whole.command({ root: inGit(tree.root) }), bare, 40)
    startUp('`ctxsize --version`', [process.execPath, program, '--version'], bare, 15)
    startUp('`ctxsize --help`', [process.execPath, program, '--help'], bare, 15)
  },

  history: async () => {
    const { root, name } = trees.history(sizes.history)
    const [, commits] = sizes.history
    tell(`history: ${name}`)
    const log = ['git', '-C', root, 'log', '--name-only', '-z', '--no-renames', '-n', `${commits}`]
    const own = (count) => [process.execPath, program, 'history', '-n', `${count}`, root]
    const fix = [process.execPath, program, 'fix', root]
    outputOf(own(commits))
    const times = { log: [], all: [], tenth: [], fix: [] }
    for (let round = 0; round < rounds; round++) {
      times.log.push(timed(log))
      times.all.push(timed(own(commits)))
      times.tenth.push(timed(own(commits / 10)))
      times.fix.push(timed(fix))
    }
    result(`\`ctxsize history\`, ${name}, to \`git log\` of them`, ratio(times.all, times.log), { limit: 3 })
    for (const [what, list] of [
      [`\`ctxsize history\`, a tenth of the commits`, times.tenth],
      ['`ctxsize fix`, which replays none', times.fix],
    ])
      result(`${what}, to the same \`git log\``, ratio(list, times.log), {})
    const most = peakOf(own(commits))
    result('peak memory, of all commits to a tenth of them', one(most / peakOf(own(commits / 10))), {
      limit: 1.2,
    })
    result(`peak memory, ${name}`, one(most), { unit: ' MiB', digits: 0 })
  },

  'the engine': async () => {
    if (asked.quick) {
      skipped.push('docker itself: left out of the quick run')
      return
    }
    const engine = await startEngine()
    if (typeof engine === 'string') {
      skipped.push(`docker itself: ${engine}`)
      return
    }
    try {
      const tree = trees.monorepo()
      tell(`${tree.name} by docker build`)
      writeIgnoreFile(tree, 'thirty')
      const docker = []
      const own = []
      // The first time everything is sent, later what changed: nothing.
      for (let round = 0; round < 2; round++) {
        const { ms, transferred } = await engine.loadContext(tree.root)
        tell(`  docker: ${ms.toFixed(0)} ms, ${transferred}`)
        docker.push(ms)
        own.push(timed(ctxsize.check.command(tree)))
      }
      const takes = (from, to) => ratio(docker.slice(from, to), own.slice(from, to))
      const least = { limit: 3, atLeast: true, digits: 1 }
      result('docker\'s "load build context" takes … times as long, all sent', takes(0, 1), least)
      result('the same, nothing changed since', takes(1), least)
    } catch (error) {
      skipped.push(`docker itself: ${error.message}`)
    } finally {
      await engine.stop()
    }
  },
}

/** The tree once more, as a repository with one commit. */
function inGit(root) {
  const copy = `${root}-in-git`
  if (fs.existsSync(path.join(copy, '.git/HEAD'))) return copy
  fs.cpSync(root, copy, { recursive: true })
  const git = (...args) =>
    outputOf(['git', '-C', copy, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args])
  git('init', '-q')
  git('add', '-A')
  git('commit', '-q', '-m', 'one')
  return copy
}

/** Milliseconds above a Node that does nothing. */
function startUp(name, command, bare, limit) {
  outputOf(command)
  const own = []
  const nothing = []
  for (let round = 0; round < startRounds; round++) {
    nothing.push(timed(bare))
    own.push(timed(command))
  }
  // On a busy machine, what the fastest of many runs took tells more than the middle.
  const fastest = Math.min(...own) - Math.min(...nothing)
  const figure = { ...difference(own, nothing), fastest }
  result(`${name} above bare node`, figure, { limit, unit: ' ms', digits: 0 })
}

// -- output -------------------------------------------------------------------------------------------------------------------

function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function page() {
  const flags = process.argv.slice(2).filter((flag) => flag !== '--write')
  const parts = [
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus().length} cores, ${os.platform()} ${os.arch()}, Node ${process.version}; \`${['npm run bench', ...(flags.length > 0 ? ['--', ...flags] : [])].join(' ')}\`, ${rounds} rounds, load ${os.loadavg()[0].toFixed(1)} at the end. Median of the rounds, least and most in brackets.`,
    table(['', 'measured', 'target', 'reached'], results),
  ]
  if (details.length > 0)
    parts.push(
      'Ratios to `du -a` of the same round:',
      table(['tree and ignore file', '', 'median', 'least – most', 'median time', 'rounds'], details),
    )
  if (asked.quick) parts.push('The targets are meant for the full trees; the quick run has smaller ones.')
  if (skipped.length > 0) parts.push(skipped.map((line) => `Skipped: ${line}.`).join('\n'))
  return `${parts.join('\n\n')}\n`
}

const chosen = Object.entries(cases).filter(([name]) => name.includes(asked.only))
if (chosen.length === 0) {
  tell(`no case has "${asked.only}" in its name: ${Object.keys(cases).join(', ')}`)
  process.exitCode = 2
}
for (const [, run] of chosen) await run()
if (chosen.length > 0) {
  const text = page()
  process.stdout.write(text)
  if (asked.write) {
    const file = path.join(here, '../docs/performance.md')
    const [before, , after] = fs.readFileSync(file, 'utf8').split(/(?<=<!-- figures -->\n)|(?=<!-- end -->)/)
    fs.writeFileSync(file, `${before}\n${text}\n${after}`)
  }
}
