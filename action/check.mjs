// What action.yml runs: ctxsize check with annotations, a job summary, outputs, and a comment on the pull request.
// Everything comes in by the environment, and no shell reads it.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { commentOn } from './comment.mjs'

const { env } = process
const temporary = fs.mkdtempSync(path.join(env.RUNNER_TEMP, 'ctxsize-report-'))
const program = path.join(env.RUNNER_TEMP, 'ctxsize/node_modules/ctxsize/bin/ctxsize.js')
const report = path.join(temporary, 'report.json')

/** A workflow command; what is special in it is escaped as actions/toolkit does it (packages/core/src/command.ts). */
const say = (level, text) =>
  console.log(`::${level}::${text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')}`)

function isOn(name) {
  const value = env[`CTXSIZE_${name.toUpperCase()}`]
  if (value === 'true' || value === 'false') return value === 'true'
  throw new Error(`${name} is true or false, got ${JSON.stringify(value)}`)
}

/** A line is one option, whatever is in its value: `--max-transfer 5MB` as two words; or a word that is none. */
const given = (env.CTXSIZE_ARGS ?? '')
  .split('\n')
  .map((line) => line.trim())
  .filter((line) => line !== '')
  .map((line) => /^(-\S+)\s+(.*)$/.exec(line)?.slice(1) ?? [line])

/** What names builds is for the comparison too; budgets are not. */
const namesBuilds = ([word]) =>
  /^(?:[^-].*|-f.*|--(?:file|target|build-arg|build-context|platform|builder|config|no-config)(?:=.*)?)$/s.test(
    word,
  )

/** Runs it and returns its exit code; annotations go to the log, where the runner reads them. */
function ctxsize(verb, args) {
  const { status, stderr } = spawnSync(
    process.execPath,
    [program, ...verb, `--context=${env.CTXSIZE_CONTEXT}`, ...args.flat()],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'inherit', 'pipe'],
    },
  )
  if (stderr !== '') say(status === 2 ? 'error' : 'notice', stderr.trim())
  return status ?? 2
}

/** The text of a file that a run has written; '' when it did not get so far. */
const textOf = (file) => (fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '')

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0)

function writeOutputs() {
  const { passed = false, contexts = [] } = JSON.parse(textOf(report) || '{}')
  const outputs = {
    passed,
    'context-bytes': sum(contexts.map(({ context }) => context.bytes)),
    'transfer-bytes': sum(contexts.flatMap(({ targets }) => targets.map(({ transfer }) => transfer.bytes))),
    report,
  }
  for (const [name, value] of Object.entries(outputs))
    fs.appendFileSync(env.GITHUB_OUTPUT, `${name}=${value}\n`)
}

async function main() {
  const [wantsComment, mayFail] = [isOn('comment'), isOn('fail')]
  const base = env.CTXSIZE_BASE ?? ''
  if (base.startsWith('-')) throw new Error(`base is a branch, tag or commit, got ${JSON.stringify(base)}`)
  const [checked, compared] = ['check.md', 'diff.md'].map((name) => path.join(temporary, name))
  const formats = [`json=${report}`, `markdown=${checked}`, 'github'].map((format) => `--format=${format}`)
  const code = ctxsize(['check'], [...(base === '' ? [] : [`--base=${base}`]), ...formats, ...given])
  writeOutputs()
  if (base !== '' && code !== 2)
    ctxsize(['diff', base], [`--format=markdown=${compared}`, ...given.filter(namesBuilds)])
  const text = [checked, compared]
    .map(textOf)
    .filter((one) => one !== '')
    .join('\n')
  if (text !== '') {
    fs.appendFileSync(env.GITHUB_STEP_SUMMARY, `${text}\n`)
    if (wantsComment) say(...(await commentOn(env, text)))
  }
  process.exitCode = code === 1 && !mayFail ? 0 : code
}

main().catch((error) => {
  say('error', error.message)
  process.exitCode = 2
})
