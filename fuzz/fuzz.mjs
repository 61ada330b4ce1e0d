#!/usr/bin/env node
// Feeds the project's own readers with inputs that nobody would write.
//   npm run fuzz -- TARGET… [--inputs N] [--seed S] [--from NUMBER]     `all`: every target, N inputs each
//   npm run fuzz -- engine [--inputs 300] [--seed S] [--from NUMBER]    builds, held against a Docker Engine of its own
// Ends with 1 when something was found, and prints the input, made small, and what it did.
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { rolldown } from 'rolldown'

const here = import.meta.dirname

/** The harness with all that it tests, as one module that Node can load; it has to lie here to find its seeds. */
async function load() {
  const file = path.join(here, `.fuzz-${randomBytes(4).toString('hex')}.mjs`)
  const modules = ['./run.ts', './targets.ts', './engine.ts', '../test/engine/engine.ts']
  const entry = modules.map((module) => `export * from '${module}'\n`).join('')
  const made = await rolldown({
    input: 'entry',
    platform: 'node',
    logLevel: 'silent',
    plugins: [
      {
        name: 'entry',
        resolveId: (id) => (id === 'entry' ? path.join(here, 'entry.ts') : null),
        load: (id) => (id === path.join(here, 'entry.ts') ? entry : null),
      },
    ],
  })
  try {
    await made.write({ file, format: 'esm', codeSplitting: false })
    return await import(pathToFileURL(file).href)
  } finally {
    await made.close()
    fs.rmSync(file, { force: true })
  }
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    most: { type: 'string', default: '100' },
    memory: { type: 'string', default: '100' },
  },
})
const { targets, runTarget, runEngine, startEngine } = await load()
const from = Number(values.from)
const seed = Number(values.seed)
if (positionals.includes('engine')) await fuzzEngine()
const asked = positionals.filter((name) => name !== 'engine')
const names = asked.includes('all') ? Object.keys(targets) : asked
const unknown = names.filter((name) => !Object.hasOwn(targets, name))
if (positionals.length === 0 || unknown.length > 0) {
  console.error(
    `npm run fuzz -- TARGET… [--inputs N] [--seed S]; targets: engine, all, ${Object.keys(targets).join(', ')}`,
  )
  process.exit(2)
}
for (const name of names) {
  const figures = runTarget(targets[name], {
    seed,
    from,
    to: from + Number(values.inputs ?? 100_000),
    mostMs: Number(values.most),
    mostMb: Number(values.memory),
    progress: (done) => {
      if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${name} ${done}`)
    },
  })
  if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  const { inputs, seconds, slowestMs, slowestInput, largestMb, findings } = figures
  console.log(
    `${name.padEnd(20)} ${String(inputs).padStart(9)} inputs  ${seconds.toFixed(0).padStart(5)} s  slowest ${slowestMs.toFixed(1)} ms (#${slowestInput})  64 kB take ${Math.round(largestMb)} MB at most`,
  )
  for (const { input, why, text } of findings) {
    console.log(`  #${input} ${JSON.stringify(text)}\n    ${why.replaceAll('\n', '\n    ')}`)
    process.exitCode = 1
  }
}

async function fuzzEngine() {
  const engine = await startEngine()
  if (typeof engine === 'string') throw new Error(engine)
  try {
    const to = from + Number(values.inputs ?? 300)
    const { builds, built, ofAge, findings } = await runEngine(engine, {
      seed,
      from,
      to,
      progress: (done) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kengine ${done}`)
      },
    })
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
    console.log(
      `engine ${engine.version}: ${builds} builds, ${built} of them built, ${ofAge} different by its age, ${findings.length} different`,
    )
    for (const { input, difference, build } of findings) {
      const { dockerfile, tree, buildArgs, target } = build
      console.log(`  #${input} ${difference.kind}: ${difference.why.replaceAll('\n', '\n    ')}`)
      console.log(`    ${JSON.stringify({ dockerfile, tree, buildArgs: [...buildArgs], target })}`)
      process.exitCode = 1
    }
  } finally {
    await engine.stop()
  }
}
