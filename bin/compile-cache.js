// Compiled code kept between runs on Node 20; from Node 22 on, node:module does it.
'use strict'

const fs = require('node:fs')
const path = require('node:path')
const { Script } = require('node:vm')

/** Verbs that run code of their own; all others run what a plain scan does. */
const verbs = [
  'check',
  'ls',
  'why',
  'verify',
  'fix',
  'ignore',
  'builds',
  'affected',
  'history',
  'plugin',
  'report',
  '__complete',
]

/**
 * Compiling is half of the time of a small run, so its result is kept in the user's cache folder, a file for each version
 * of ctxsize and of Node, and for each part of the program that is loaded when it is needed. Its first line names the
 * build it was made of, and the kinds of runs: each compiles functions of its own. Null where there is no such folder, or
 * no wish for it: NODE_DISABLE_COMPILE_CACHE is what Node 22 listens to. `flags`: part of the names of the files, as V8
 * takes no code that was compiled under other flags.
 */
function loadCompiled(args, flags) {
  const { env, version: node, arch } = process
  const home = env.XDG_CACHE_HOME || env.HOME
  if (env.NODE_DISABLE_COMPILE_CACHE || !process.getuid || !home?.startsWith('/')) return null
  // Under sudo it may be somebody else's, who must neither be trusted nor be left files of root's.
  if (fs.statSync(home).uid !== process.getuid()) return null
  const program = require.resolve('../dist/cli.cjs')
  const main = readPart(program)
  if (main === null) return null

  const dir = env.XDG_CACHE_HOME ? `${home}/ctxsize` : `${home}/.cache/ctxsize`
  const fileOf = (name) => `${dir}/${main.version}-node-${node}-${arch}${flags}${name}`
  const kind = verbs.find((verb) => args.includes(verb)) ?? 'scan'
  const keeps = []

  const load = (part, parent) => {
    const { filename, source, build } = part
    const file = fileOf(filename === program ? '' : `-${path.basename(filename, '.cjs')}`)
    const kept = readOwn(file)
    const lineEnd = kept?.indexOf(10) ?? -1
    const [keptBuild, ...keptKinds] = kept?.toString('latin1', 0, Math.max(0, lineEnd)).split(' ') ?? []
    const cachedData = keptBuild === build ? kept.subarray(wholeWords(lineEnd + 1)) : undefined

    // The build has made an expression of it that is a function when it is run like this.
    const script = new Script(source, { filename, cachedData })
    const kinds = cachedData === undefined || script.cachedDataRejected ? [] : keptKinds
    const loaded = new module.constructor(filename, parent)
    loaded.filename = filename
    const folder = path.dirname(filename)
    // Before it runs: parts require each other.
    require.cache[filename] = loaded
    try {
      script.runInThisContext()(loaded.exports, requireFrom(loaded, folder), loaded, filename, folder)
    } catch (error) {
      delete require.cache[filename]
      throw error
    }
    keeps.push(() => {
      if (kinds.includes(kind)) return
      const line = `${[build, ...kinds, kind].join(' ')}\n`
      const head = Buffer.alloc(wholeWords(line.length))
      head.write(line, 'latin1')
      replaceFile(file, Buffer.concat([head, script.createCachedData()]))
    })
    return loaded.exports
  }
  const requireFrom = (loaded, folder) => (name) => {
    if (!name.startsWith('.')) return loaded.require(name)
    const filename = path.join(folder, name)
    const known = require.cache[filename]
    if (known) return known.exports
    const part = readPart(filename)
    // What belongs to another build is not ours to keep.
    return part?.id === main.id ? load(part, loaded) : loaded.require(name)
  }
  const keep = () => {
    for (const each of keeps) each()
  }
  return { program: load(main, module), keep }
}

/** Where data begins that has to stand behind so many bytes: V8 copies what does not begin at a multiple of eight. */
const wholeWords = (bytes) => Math.ceil(bytes / 8) * 8

/** A part of the program that the build has marked; null for any other file. The build makes them ASCII. */
function readPart(filename) {
  const source = fs.readFileSync(filename, 'latin1')
  const [, version, id] = /^\/\/ ctxsize (\S+), build (\w+)\n/.exec(source) ?? []
  // The time for whoever edits the file by hand.
  return id === undefined
    ? null
    : { filename, source, version, id, build: `${id}-${fs.statSync(filename).mtimeMs}` }
}

/** The content of a file that nobody else can have written; undefined for any other. */
function readOwn(file) {
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
  const made = `${file}.${process.pid}`
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    fs.writeFileSync(made, data, { flag: 'wx', mode: 0o600 })
    fs.renameSync(made, file)
  } catch {
    // A disk that is full or read-only: the next run compiles again.
    fs.rm(made, { force: true }, () => {})
  }
}

module.exports = { loadCompiled }
