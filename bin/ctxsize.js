#!/usr/bin/env node
// CommonJS, and help and version from a file: both are what makes the quickest start. Everything else is in dist/cli.cjs.
'use strict'

const args = process.argv.slice(2)

/** The text to print when the command line asks for nothing but help or the version, on a screen as wide as that is; undefined when it asks for more. */
function readyAnswer() {
  const last = args.at(-1)
  const asksHelp = last === '--help' || last === '-h'
  if (args.length === 1 && last === '--version') return require('../dist/help.json').version
  if (args.length > 2 || !asksHelp || process.stdout.columns < 80) return undefined
  const { help } = require('../dist/help.json')
  const verb = args.length === 2 ? args[0] : ''
  return Object.hasOwn(help, verb) ? help[verb] : undefined
}

function run() {
  const text = readyAnswer()
  if (text !== undefined) {
    process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
    return
  }
  const { program, keep } = load()
  program.main(args).then(
    (code) => {
      process.exitCode = code
      if (code !== 2) keep()
    },
    (error) => {
      // 1 would tell a pipeline that the run found something.
      process.exitCode = 2
      console.error(error)
    },
  )
}

/**
 * By the first number of V8's version: what makes it compile less of what runs often. Its threads take the processor that
 * git and the program itself need in a run of half a second (docs/performance.md). It complains aloud about a flag that
 * it does not know, so that no other version is given one.
 */
const compileLess = {
  11: '--interrupt-budget=400000',
  12: '--invocation-count-for-turbofan=20000',
  13: '--invocation-count-for-turbofan=20000',
}

/** Only `history` asks that much of git. Before anything is loaded: compiled code is kept for the flags that it was made with, which the result names. */
function setFlags() {
  const flag = args.includes('history') ? compileLess[process.versions.v8.split('.')[0]] : undefined
  if (flag === undefined) return ''
  require('node:v8').setFlagsFromString(flag)
  return '-less'
}

/** The program, and what to call when it has run. Node 22 keeps compiled code by itself; before, we have to. */
function load() {
  try {
    const flags = setFlags()
    // Loading node:module to ask whether it can takes longer than what it would be asked for.
    if (parseInt(process.versions.node, 10) < 22)
      return require('./compile-cache.js').loadCompiled(args, flags) ?? loadPlain()
    require('node:module').enableCompileCache()
  } catch {
    // Only a quicker start is lost.
  }
  return loadPlain()
}

const loadPlain = () => ({ program: require('../dist/cli.cjs'), keep: () => {} })

try {
  run()
} catch (error) {
  const isBuilt = require('node:fs').existsSync(require('node:path').join(__dirname, '../dist/cli.cjs'))
  if (isBuilt) throw error
  console.error('ctxsize is not built yet: npm run build')
  process.exitCode = 2
}
