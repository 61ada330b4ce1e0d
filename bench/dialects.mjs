#!/usr/bin/env node
// What other packages make of .dockerignore, against what the builders did: node bench/dialects.mjs [--install]
// `--install` gets the packages that are no dependencies here from npm, into a temporary folder. docker-py takes part where python3
// can import it. Prints a table in Markdown, that of docs/comparison.md.
import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'

const top = path.dirname(import.meta.dirname)
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-dialects-'))
const rows = (name) =>
  fs
    .readFileSync(path.join(top, 'fixtures/conformance', name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
const require = createRequire(import.meta.url)

/** Packages that this project does not depend on, at the versions that were looked at. */
const others = { '@zeit/dockerignore': '0.0.5' }

function packageOf(name) {
  try {
    return require(name)
  } catch {
    return others[name] && process.argv.includes('--install') ? installed(name) : null
  }
}

function installed(name) {
  fs.writeFileSync(path.join(place, 'package.json'), '{}')
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${others[name]}`]
  execFileSync('npm', args, { cwd: place, stdio: 'ignore' })
  return createRequire(path.join(place, 'package.json'))(name)
}

const versionOf = (name) =>
  others[name] ?? JSON.parse(fs.readFileSync(path.join(top, 'node_modules', name, 'package.json'))).version

/** Packages that judge one path: text of the ignore file → path → whether it is ignored. */
const packages = ['@balena/dockerignore', '@zeit/dockerignore', 'ignore']
const judges = new Map()
const { createIgnoreMatcher, parseIgnoreFile } = await import('../dist/index.js')
judges.set('ctxsize', (text) => {
  const matcher = createIgnoreMatcher(parseIgnoreFile(text).patterns)
  return (name) => matcher.ignores(name)
})
for (const name of packages) {
  const found = packageOf(name)
  if (found === null) continue
  const make = found.default ?? found
  judges.set(`${name} ${versionOf(name)}`, (text) => {
    const matcher = make({ ignorecase: false }).add(text)
    return (file, isDir) => matcher.ignores(isDir && name === 'ignore' ? `${file}/` : file)
  })
}

/** Contexts that have an ignore file and do not fail for it: the entries but directories that are left, of all builders alike. */
const contexts = rows('contexts.jsonl').flatMap(({ case: { files }, expect }) => {
  const { dockerignoreFile, dockerignorePatterns, buildkitWhole } = expect
  if (!dockerignoreFile || dockerignorePatterns.length === 0 || !buildkitWhole) return []
  const ignore = files.find((file) => file.path === dockerignoreFile)
  if (ignore?.content === undefined) return []
  // Ignored or not, some send these to the daemon, which needs them.
  const counts = (name) => name !== 'Dockerfile' && name !== dockerignoreFile && !name.startsWith('../')
  const left = new Set(buildkitWhole.paths)
  const names = files
    .filter(({ path: name, type }) => type !== 'dir' && counts(name))
    .map((file) => file.path)
  return [{ text: ignore.content, names, left: names.filter((name) => left.has(name)).sort() }]
})
/** Patterns and paths that can be written down in an ignore file. */
const written = rows('match.jsonl').flatMap((row) => {
  const text = row.patterns.map((pattern) => `${pattern}\n`).join('')
  return parseIgnoreFile(text).patterns.join('\n') === row.patterns.join('\n') ? [{ ...row, text }] : []
})
// One of `matchError` fails when it is first tried, which depends on what lies there.
const paths = written.filter(({ error, matchError }) => !error && !matchError)
/** Texts with a pattern for which every build fails. */
const refused = [...new Set(written.filter(({ error }) => error).map(({ text }) => text))]

/** Of contexts, of single paths and of what is refused, how many are as the builders had them. */
function scoreOf(judge) {
  const said = (text, name, isDir) => {
    try {
      return judge(text)(name, isDir)
    } catch {
      return null
    }
  }
  const rightContexts = contexts.filter(({ text, names, left }) => {
    const kept = names.filter((name) => said(text, name, false) === false).sort()
    return kept.join('\n') === left.join('\n')
  })
  const rightPaths = paths.filter(
    ({ text, path: name, isDir, ignoredWalk }) => said(text, name, isDir) === ignoredWalk,
  )
  return [
    rightContexts.length,
    rightPaths.length,
    refused.filter((text) => said(text, 'a', false) === null).length,
  ]
}

/** docker-py walks a tree itself, so it is given one. */
function dockerPy() {
  const program = `
import json, sys, docker
from docker.utils.build import exclude_paths
answers = []
for case in json.load(sys.stdin):
    try:
        lines = [line.strip() for line in case['text'].splitlines()]
        patterns = [line for line in lines if line and not line.startswith('#')]
        answers.append(sorted(exclude_paths(case['root'], patterns)))
    except Exception:
        answers.append(None)
print(json.dumps({'version': docker.__version__, 'answers': answers}))
`
  const asked = contexts.map(({ text, names }, i) => {
    const root = path.join(place, `context-${i}`)
    for (const name of names) {
      fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true })
      fs.writeFileSync(path.join(root, name), '')
    }
    fs.mkdirSync(root, { recursive: true })
    return { root, text }
  })
  const { status, stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(asked) })
  if (status !== 0) return null
  const { version, answers } = JSON.parse(stdout)
  const right = contexts.filter(({ names, left }, i) => {
    const kept = new Set(answers[i] ?? [])
    return (
      names
        .filter((name) => kept.has(name))
        .sort()
        .join('\n') === left.join('\n')
    )
  })
  return { name: `docker-py ${version}`, right: right.length }
}

const totals = [contexts, paths, refused].map(({ length }) => length)
const figure = (part, i) => `${part.toLocaleString('en')} (${Math.round((part / totals[i]) * 100)}%)`
const [inContexts, ofPaths, ofRefused] = totals.map((total) => total.toLocaleString('en'))
console.log(
  `| | of ${inContexts} contexts | of ${ofPaths} patterns and paths | of ${ofRefused} files that docker refuses |`,
)
console.log('|---|---|---|---|')
for (const [name, judge] of judges) console.log(`| ${name} | ${scoreOf(judge).map(figure).join(' | ')} |`)
const py = dockerPy()
if (py) console.log(`| ${py.name} | ${figure(py.right, 0)} | walks a tree, judges no single path | |`)
fs.rmSync(place, { recursive: true, force: true })
