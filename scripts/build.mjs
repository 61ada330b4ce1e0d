#!/usr/bin/env node
// Builds dist/: index.js (the library), cli.cjs with its lazily loaded chunks, walk-worker.cjs and git-worker.cjs (threads' programs), help.json, docker-plugin.json, types/, THIRD-PARTY-NOTICES.txt.
//   node scripts/build.mjs           everything, as it is published
//   node scripts/build.mjs --quick   nothing when dist is up to date, else everything but the declarations
import { execFile } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const dist = path.join(top, 'dist')
const run = promisify(execFile)

/** The newest change in a file or anywhere below a directory; directories count, so that a removed file is seen too. */
function newestChange(file) {
  const stat = fs.statSync(file)
  if (!stat.isDirectory()) return stat.mtimeMs
  return Math.max(stat.mtimeMs, ...fs.readdirSync(file).map((name) => newestChange(path.join(file, name))))
}

function isUpToDate() {
  try {
    const built = fs.statSync(path.join(dist, 'help.json')).mtimeMs
    const inputs = ['src', 'package.json', 'package-lock.json', 'scripts/build.mjs']
    return inputs.every((input) => newestChange(path.join(top, input)) <= built)
  } catch {
    return false
  }
}

// One string-width for all, that of cli-table3. yargs brings a newer one whose regular expression of all emoji takes
// Node 20 milliseconds to parse (25 of them on the machine where it was found), more than all the rest of yargs.
const stringWidth = createRequire(createRequire(import.meta.url).resolve('cli-table3')).resolve(
  'string-width',
)

/**
 * Its regular expression of all emoji takes Node 5 ms and more to compile; no emoji of that list begins below U+231A or
 * is a block of a bar, so that most texts can do without.
 */
const fewerEmoji = {
  name: 'fewer-emoji',
  transform(code, id) {
    if (id !== stringWidth) return null
    const every = "string = string.replace(emojiRegex(), '  ');"
    if (!code.includes(every)) throw new Error('string-width has changed: it looks for emoji in another way')
    return code.replace(every, `if (/[^\\0-\\u20cf\\u2100-\\u2319\\u2580-\\u259f]/.test(string)) ${every}`)
  },
}

// Its modules as such, of which a bundler takes what is used; what Node would get is one CommonJS file.
const yaml = path.join(top, 'node_modules/yaml/browser/index.js')

// What an ordinary run is made of: the sources and bundled helpers. The rest stays in chunks.
const ordinary = /rolldown[\\/]runtime|[\\/]src[\\/]|[\\/]node_modules[\\/]ignore[\\/]/

// What only some verbs need, and the first screen after it has measured: proposals, and builds in other files.
const proposals =
  /[\\/]src[\\/](?:propose\.ts|in-ci\.ts|suggest[\\/]|repository[\\/](?!place|git-index|known)|inputs[\\/](?!load|discover|target|command-line|build-options|expansion)|history[\\/]|answers[\\/](?:fix|history|rebuilt)|check[\\/](?!policy|suppressions|rule-ids)|verbs[\\/](?:checks?\.|init|write-files|fix|builds|targets|affected|history|brief-history|remember)|reporters[\\/]screen[\\/](?:fix|builds|history|init|rebuilt)\.)/

/**
 * What is needed only where there is something to be read with it, or by a verb that is asked for: parsers that most projects
 * have no text for, what makes patches, other screens. Each is a chunk of its own, required when it is first used.
 */
const later = {
  table:
    /[\\/]src[\\/]reporters[\\/]screen[\\/]table\.ts|[\\/]node_modules[\\/](?:cli-table3|@colors|string-width|strip-ansi|ansi-regex|emoji-regex|is-fullwidth-code-point)[\\/]/,
  lookups:
    /[\\/]src[\\/](?:verbs[\\/](?:ls|why|verify)|answers[\\/](?:list|why|verify|build-log|affected)|reporters[\\/]screen[\\/](?:list|why|verify|affected))\.ts/,
  shell: /[\\/]src[\\/](?:shell[\\/]|ecosystems[\\/]outputs\.ts)/,
  threads: /[\\/]src[\\/]context[\\/](?:share|assemble|release)\.ts/,
  pasted: /[\\/]src[\\/]inputs[\\/]command-line\.ts/,
  podman: /[\\/]src[\\/](?:resolve[\\/]podman-reads|measure[\\/](?:podman|classic))\.ts/,
  pipelines:
    /[\\/]src[\\/]repository[\\/](?:action-builds|ci-caches|circleci|pipelines|pipeline-steps|workflows|workflow-triggers|expressions|matrix|kaniko|hanging-builds|json-lines)\.ts/,
  scripts:
    /[\\/]src[\\/]repository[\\/](?:makefile|code-calls|code-recipes|calls|expand|package-scripts|harmless|shell-steps|step-text)\.ts/,
  needs: /[\\/]src[\\/]suggest[\\/]needs[\\/](?:node|other|python)\.ts/,
  verbs:
    /[\\/]src[\\/](?:answers[\\/](?:fix|rebuilt)|reporters[\\/]screen[\\/](?:builds|fix|history|init|rebuilt)|verbs[\\/](?:affected|builds|fix|history|init|write-files)|check[\\/](?:growers|look)|history[\\/](?:compare|fingerprint|timings|untracked))\.ts/,
  yaml: /[\\/]node_modules[\\/]yaml[\\/]/,
  patches: /[\\/]node_modules[\\/]diff[\\/]/,
  compose: /[\\/]src[\\/]inputs[\\/](?:compose(?:[\\/]|\.ts)|yaml)/,
  bake: /[\\/]src[\\/]inputs[\\/]bake(?:[\\/]|\.ts)/,
  setup: /[\\/]src[\\/](?:verbs[\\/](?:plugin|complete|completion)|reporters[\\/]screen[\\/]plugin)\.ts/,
  rules:
    /[\\/]src[\\/](?:rule-examples\.ts|verbs[\\/]explain\.ts|reporters[\\/](?:rules[\\/]|screen[\\/]rules\.))/,
  config: /[\\/]src[\\/]config[\\/]read\.ts/,
  formats:
    /[\\/]src[\\/](?:reporters[\\/](?:markdown|github|sarif|junit|gitlab|csv|issues[\\/]|screen[\\/]ranking)|report[\\/]sums|rule-words|saved[\\/]|verbs[\\/]report\.ts)/,
  check: /[\\/]src[\\/]reporters[\\/]screen[\\/]check(?:-words)?\.ts/,
  html: /[\\/]src[\\/](?:(?:reporters[\\/]html|page)[\\/]|host[\\/]browser\.ts)/,
  elsewhere:
    /[\\/]src[\\/](?:verbs[\\/]stand-in|host[\\/](?:checkout-doubts|commit|commit-tree|lfs|ref|submodules|tar|tar-reader|tree))\.ts/,
  comparison:
    /[\\/]src[\\/](?:(?:verbs|reporters[\\/]screen)[\\/]diff|reporters[\\/]diff[\\/]\w+|answers[\\/]diff(?:-\w+)?|context[\\/]join|repository[\\/]working-tree)\.ts/,
}

/** Asks of the path from the top of the repository, as many have theirs in a directory that is called `src`. */
const below = (paths) => (id) => paths.test(id.startsWith(top) ? id.slice(top.length) : id)

/** A chunk is named after the package that is loaded with it, else after its module. */
function chunkName(chunk) {
  const found = /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(
    chunk.facadeModuleId?.replaceAll('\\', '/') ?? '',
  )
  return `chunks/${found ? found[1].replaceAll('/', '-') : '[name]'}.cjs`
}

/**
 * The program of the page that `--format html` writes, and its looks, each as one text with the hash by which the page's
 * policy knows it. The sources hold an empty one in their place.
 */
async function pageAsset() {
  const { rolldown } = await import('rolldown')
  const made = await rolldown({
    input: path.join(top, 'src/page/view/main.ts'),
    cwd: top,
    platform: 'browser',
    onLog: (_, log) => {
      throw new Error(log.message)
    },
  })
  const { output } = await made.generate({ format: 'iife', minify: true, comments: false })
  await made.close()
  // Within a page these end a script, or begin what hides its end.
  const script = inAscii(output[0].code.trim()).replace(/<(?=\/script|script|!--)/gi, '\\x3c')
  const looks = ['base', 'board', 'sections', 'surroundings']
  const css = looks
    .map((name) => fs.readFileSync(path.join(top, `src/page/view/style/${name}.css`), 'utf8'))
    .join('')
  const style = css
    .replace(/\s*\n\s*/g, ' ')
    .replace(/ ?([{}:;,]) (?=\S)/g, '$1')
    .trim()
  const hash = (text) => `'sha256-${crypto.createHash('sha256').update(text).digest('base64')}'`
  const asset = { script, style, scriptHash: hash(script), styleHash: hash(style) }
  return { moduleIds: output[0].moduleIds, code: `export const asset = ${JSON.stringify(asset)}` }
}

/** Puts the page into the module that stands for it. */
const withPage = (code) => ({
  name: 'with-page',
  load: (id) => (/[\\/]reporters[\\/]html[\\/]asset\.ts$/.test(id) ? { code, moduleType: 'js' } : null),
})

/** Bundles one entry point; returns the ids of the modules that ended up in it. */
async function bundle(stage, { entry, format, plugins = [], ...output }) {
  // Loaded here and not above: the up-to-date answer must not wait for a bundler.
  const { rolldown } = await import('rolldown')
  const made = await rolldown({
    input: path.join(top, entry),
    cwd: top,
    platform: 'node',
    // Lets the entry chunk hold what the lazily loaded ones need of it.
    preserveEntrySignatures: 'allow-extension',
    resolve: { alias: { 'string-width': stringWidth, yaml } },
    plugins: [fewerEmoji, ...plugins],
    // No comments that name the modules by their paths.
    experimental: { attachDebugInfo: 'none' },
    onLog: (level, log, next) => {
      // A package that cannot be found would be left to the user's node_modules, which do not have it.
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
      // What is loaded when is decided by the groups of chunks below, and held by renderHelp.
      if (log.code === 'INEFFECTIVE_DYNAMIC_IMPORT') return
      // yargs resolves the `extends` key of configuration files with it, which nothing here uses.
      if (log.code === 'EMPTY_IMPORT_META' && log.message.includes('yargs')) return
      next(level, log)
    },
  })
  const { output: files } = await made.write({
    dir: stage,
    format,
    sourcemap: false,
    comments: false,
    ...output,
  })
  await made.close()
  return files.flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
}

/** The programs of threads. */
const threads = ['walk-worker', 'git-worker']

/** Chunks whose compiled code bin/compile-cache.js keeps beside that of cli.cjs. */
const kept = ['proposals', 'fast-glob', ...Object.keys(later)]

/**
 * Makes cli.cjs and the chunks ready for bin/compile-cache.js, which keeps their compiled code no longer than the build
 * that their first lines name. In ASCII, which Node reads and hands to V8 as it is: 2 ms less than for a text with a
 * single `…` in it.
 */
function finishProgram(stage) {
  const { version } = JSON.parse(fs.readFileSync(path.join(top, 'package.json'), 'utf8'))
  const runtime = fs.readFileSync(path.join(stage, 'chunks/rolldown-runtime.cjs'), 'utf8')
  const files = ['cli.cjs', ...kept.map((name) => `chunks/${name}.cjs`)]
  const texts = files.map((file) => {
    const code = builtinsAsTheyAre(requiredLater(fs.readFileSync(path.join(stage, file), 'utf8')))
    return asFunction(inAscii(withRuntime(code, runtime)))
  })
  const build = crypto.createHash('sha256').update(texts.join('\0')).digest('hex')
  for (const [i, file] of files.entries())
    fs.writeFileSync(path.join(stage, file), `// ctxsize ${version}, build ${build}\n${texts[i]}`)
  for (const name of threads) {
    const file = path.join(stage, `${name}.cjs`)
    fs.writeFileSync(file, builtinsAsTheyAre(fs.readFileSync(file, 'utf8')))
  }
}

/**
 * A module of Node that is wholly imported gets a copy with a getter for each of its names: half a millisecond for node:fs,
 * and a call more wherever it is used. Its own object serves as well.
 */
const builtinsAsTheyAre = (code) => code.replace(/^(node_\w+) = (?:\w+\.)?__toESM\(\1, 1\);\n/gm, '')

/** What the bundler leaves to a file of its own, which nearly nothing is in and which would be looked for and read by each run. */
function withRuntime(code, runtime) {
  const required = /^const require_rolldown_runtime = require\("[^"]*"\);$/m
  if (!required.test(code)) return code
  const own = `const require_rolldown_runtime = ((exports) => {\n${runtime}return exports;\n})({});`
  return code.replace(required, () => own)
}

/**
 * A text that is a module where it is required, and of which `vm.Script` makes the function that Node would have wrapped around
 * it: bin/compile-cache.js need not put a megabyte of text together for it.
 */
const asFunction = (code) =>
  `(typeof arguments === "undefined" ? (run) => run : (run) => run(...arguments))((function (exports, require, module, __filename, __dirname) {\n${code}\n}));\n`

/** The bundler requires every chunk at the top of those that use it; these are required where they are used. */
function requiredLater(code) {
  let text = code
  for (const name of Object.keys(later)) {
    const top = new RegExp(`^const require_${name} = (require\\("[^"]*"\\));$`, 'm')
    if (!top.test(text)) continue
    text = text
      .replace(new RegExp(`\\bnew require_${name}\\.(\\w+)`, 'g'), `new (require_${name}.$1)`)
      .replaceAll(`require_${name}.`, `require_${name}().`)
      .replace(top, `let kept_${name};\nconst require_${name} = () => (kept_${name} ??= $1);`)
  }
  return text
}

function inAscii(code) {
  if (/String\.raw`[^`]*[^\0-\x7f]/.test(code)) throw new Error('String.raw with more than ASCII in it')
  const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return code.replace(/[^\0-\x7f]/g, escaped)
}

/** The help texts and the version, so that the bin can answer without loading the bundle. */
async function renderHelp(stage) {
  const program = JSON.stringify(path.join(stage, 'cli.cjs'))
  const chunks = JSON.stringify(path.join(stage, 'chunks'))
  // What is needed later must not be loaded with what needs it: one import too many, and every run pays for all of it.
  const ask = `const { renderHelp } = require(${program})
    const unasked = Object.keys(require.cache).filter((file) => /chunks./.test(file))
    require(${chunks} + '/proposals.cjs')
    unasked.push(...Object.keys(require.cache).filter((file) => /chunks.(?!proposals)/.test(file)))
    if (unasked.length > 0) throw new Error('loaded without need: ' + unasked.join(', '))
    renderHelp().then((help) => process.stdout.write(JSON.stringify(help)))`
  // No locale, terminal width or colour of the machine that builds may reach the published text.
  const { stdout } = await run(process.execPath, ['-e', ask], { cwd: top, env: { LANG: 'C', NO_COLOR: '1' } })
  const { version } = JSON.parse(fs.readFileSync(path.join(top, 'package.json'), 'utf8'))
  fs.writeFileSync(
    path.join(stage, 'help.json'),
    `${JSON.stringify({ version, help: JSON.parse(stdout) }, null, 1)}\n`,
  )
}

/** What the docker client asks of a plugin; docker/cli 28.2 cli-plugins/metadata/metadata.go. */
function writePluginMetadata(stage) {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(top, 'package.json'), 'utf8'))
  const metadata = {
    SchemaVersion: '0.1.0',
    Vendor: name,
    Version: version,
    ShortDescription: 'Say what docker build sends, and why',
  }
  fs.writeFileSync(path.join(stage, 'docker-plugin.json'), `${JSON.stringify(metadata)}\n`)
}

async function writeDeclarations(stage) {
  const types = path.join(stage, 'types')
  const tsc = path.join(top, 'node_modules/typescript/bin/tsc')
  await run(process.execPath, [tsc, '-p', path.join(top, 'tsconfig.build.json'), '--outDir', types], {
    cwd: top,
  }).catch((error) => {
    throw new Error(`tsc refuses the declarations:\n${error.stdout}`)
  })
  // The compiler keeps `.ts` in the specifiers of declarations; those files are not there for whoever installs the package.
  for (const name of fs.readdirSync(types, { recursive: true })) {
    const file = path.join(types, name)
    if (!file.endsWith('.d.ts')) continue
    const text = fs.readFileSync(file, 'utf8')
    fs.writeFileSync(file, text.replace(/((?:from|import\()\s*['"]\.{1,2}\/[^'"]*)\.ts(?=['"])/g, '$1.js'))
  }
}

/** The licences of the packages that are part of the bundles, as most of them ask for. */
function writeNotices(stage, moduleIds) {
  const homes = new Set()
  for (const id of moduleIds) {
    const found = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(
      id.replace(/^\0/, '').replaceAll('\\', '/'),
    )
    if (found) homes.add(found[1])
  }
  const parts = new Map()
  for (const home of homes) {
    const { name, version, license } = JSON.parse(fs.readFileSync(path.join(home, 'package.json'), 'utf8'))
    const file = fs.readdirSync(home).find((entry) => /^licen[cs]e/i.test(entry))
    if (!file) throw new Error(`${name} ${version} comes without a licence text`)
    parts.set(
      `${name} ${version}`,
      `${name} ${version} (${license})\n\n${fs.readFileSync(path.join(home, file), 'utf8').trim()}\n`,
    )
  }
  const texts = [...parts.keys()].sort().map((key) => parts.get(key))
  const head = 'ctxsize contains the following packages, each under its own licence.\n'
  fs.writeFileSync(
    path.join(stage, 'THIRD-PARTY-NOTICES.txt'),
    [head, ...texts].join(`\n${'-'.repeat(80)}\n\n`),
  )
}

async function build(quick) {
  const startedAt = new Date()
  // Built beside dist and put in its place at the end: whoever runs the old one meanwhile never meets half a build.
  const stage = path.join(top, `.dist-${process.pid}`)
  // Not minified: it starts hardly quicker, and a stack trace can be read. One file of all that an ordinary run needs, so that
  // one cache of compiled code serves it (bin/ctxsize.js).
  const chunks = {
    chunkFileNames: chunkName,
    entryFileNames: 'cli.cjs',
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [
        ...Object.entries(later).map(([name, paths]) => ({ name, test: below(paths), priority: 2 })),
        { name: 'proposals', test: below(proposals), priority: 1 },
        { name: 'cli', test: below(ordinary) },
      ],
    },
  }
  try {
    const page = await pageAsset()
    const [library, cli] = await Promise.all([
      bundle(stage, {
        entry: 'src/index.ts',
        format: 'esm',
        entryFileNames: 'index.js',
        codeSplitting: false,
      }),
      bundle(stage, { entry: 'src/cli.ts', format: 'cjs', plugins: [withPage(page.code)], ...chunks }),
      ...threads.map((name) =>
        bundle(stage, {
          entry: `src/${name}.ts`,
          format: 'cjs',
          entryFileNames: `${name}.cjs`,
          codeSplitting: false,
        }),
      ),
      quick ? undefined : writeDeclarations(stage),
    ])
    writeNotices(stage, [...library, ...cli, ...page.moduleIds])
    finishProgram(stage)
    await renderHelp(stage)
    writePluginMetadata(stage)
    // Declarations that are out of date until the next full build serve an editor better than none.
    if (quick && fs.existsSync(path.join(dist, 'types')))
      fs.renameSync(path.join(dist, 'types'), path.join(stage, 'types'))
    // As of the start: what was edited during the build is newer than it.
    fs.utimesSync(path.join(stage, 'help.json'), startedAt, startedAt)
    fs.rmSync(dist, { recursive: true, force: true })
    fs.renameSync(stage, dist)
  } finally {
    fs.rmSync(stage, { recursive: true, force: true })
  }
}

const quick = process.argv.includes('--quick')
if (!quick || !isUpToDate()) {
  try {
    await build(quick)
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}
