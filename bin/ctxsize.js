#!/usr/bin/env node
// CommonJS, and help and version from a file: both are what makes the quickest start. Everything else is in dist/cli.cjs.
'use strict'

const args = process.argv.slice(2)

/** The text to print when the command line asks for nothing but help or the version; undefined when it asks for more. */
function readyAnswer() {
  const last = args.at(-1)
  const asksHelp = last === '--help' || last === '-h'
  if (args.length === 1 && last === '--version') return require('../dist/help.json').version
  if (args.length > 2 || !asksHelp) return undefined
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

/** The program, and what to call when it has run. Node 22 keeps compiled code by itself; before, we have to. */
function load() {
  try {
    const { enableCompileCache } = require('node:module')
    if (enableCompileCache) enableCompileCache()
    else return require('./compile-cache.js').loadCompiled(args) ?? loadPlain()
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
