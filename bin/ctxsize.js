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
    else return loadCompiled() ?? loadPlain()
  } catch {
    // Only a quicker start is lost.
  }
  return loadPlain()
}

const loadPlain = () => ({ program: require('../dist/cli.cjs'), keep: () => {} })

/**
 * Compiling is half of the time of a small run, so its result is kept in the user's cache folder, a file for each version
 * of ctxsize and of Node. Its first line names the build it was made of, and the kinds of runs: each compiles functions of
 * its own. Null where there is no such folder, or no wish for it: NODE_DISABLE_COMPILE_CACHE is what Node 22 listens to.
 */
function loadCompiled() {
  const { env, version: node, arch } = process
  const home = env.XDG_CACHE_HOME || env.HOME
  if (env.NODE_DISABLE_COMPILE_CACHE || !process.getuid || !home?.startsWith('/')) return null
  const fs = require('node:fs')
  // Under sudo it may be somebody else's, who must neither be trusted nor be left files of root's.
  if (fs.statSync(home).uid !== process.getuid()) return null
  const program = require.resolve('../dist/cli.cjs')
  // The build makes it ASCII.
  const source = fs.readFileSync(program, 'latin1')
  const [, version, id] = /^\/\/ ctxsize (\S+), build (\w+)\n/.exec(source) ?? []
  if (id === undefined) return null
  // The time for whoever edits the file by hand.
  const build = `${id}-${fs.statSync(program).mtimeMs}`

  const dir = env.XDG_CACHE_HOME ? `${home}/ctxsize` : `${home}/.cache/ctxsize`
  const file = `${dir}/${version}-node-${node}-${arch}`
  const kept = readOwn(file)
  const lineEnd = kept?.indexOf(10) ?? -1
  const [keptBuild, ...keptKinds] = kept?.toString('latin1', 0, Math.max(0, lineEnd)).split(' ') ?? []
  const cachedData = keptBuild === build ? kept.subarray(lineEnd + 1) : undefined

  const { Script } = require('node:vm')
  const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`
  const script = new Script(wrapped, { filename: program, cachedData })
  const kinds = cachedData === undefined || script.cachedDataRejected ? [] : keptKinds
  const loaded = new module.constructor(program, module)
  loaded.filename = program
  const folder = require('node:path').dirname(program)
  script.runInThisContext()(loaded.exports, (name) => loaded.require(name), loaded, program, folder)
  // Chunks require it too.
  require.cache[program] = loaded

  const kind = ['ls', 'why', 'verify'].find((verb) => args.includes(verb)) ?? 'scan'
  const keep = () => {
    if (kinds.includes(kind)) return
    const head = Buffer.from(`${[build, ...kinds, kind].join(' ')}\n`)
    replaceFile(file, Buffer.concat([head, script.createCachedData()]))
  }
  return { program: loaded.exports, keep }
}

/** The content of a file that nobody else can have written; undefined for any other. */
function readOwn(file) {
  const fs = require('node:fs')
  let opened
  try {
    opened = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW)
    const { uid, mode } = fs.fstatSync(opened)
    return uid === process.getuid() && (mode & 0o022) === 0 ? fs.readFileSync(opened) : undefined
  } catch {
    return undefined
  } finally {
    if (opened !== undefined) fs.closeSync(opened)
  }
}

/** Does nothing where it cannot be written. */
function replaceFile(file, data) {
  const fs = require('node:fs')
  const made = `${file}.${process.pid}`
  try {
    fs.mkdirSync(require('node:path').dirname(file), { recursive: true, mode: 0o700 })
    fs.writeFileSync(made, data, { flag: 'wx', mode: 0o600 })
    fs.renameSync(made, file)
  } catch {
    // A disk that is full or read-only: the next run compiles again.
    fs.rm(made, { force: true }, () => {})
  }
}

try {
  run()
} catch (error) {
  const isBuilt = require('node:fs').existsSync(require('node:path').join(__dirname, '../dist/cli.cjs'))
  if (isBuilt) throw error
  console.error('ctxsize is not built yet: npm run build')
  process.exitCode = 2
}
