#!/usr/bin/env node
// Installs what would be published under the oldest and the newest Node that it supports, and runs it there.
//   npm run nodes                    those two
//   npm run nodes -- 22.12.0         others
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const top = path.dirname(import.meta.dirname)
const { engines, version } = JSON.parse(fs.readFileSync(path.join(top, 'package.json'), 'utf8'))
const oldest = /\d+\.\d+\.\d+/.exec(engines.node)[0]
const wanted = process.argv.length > 2 ? process.argv.slice(2) : [oldest, 'latest']
// The package `node` gets its binaries from packages with the names of platforms.
const binary = `node-${os.platform()}-${os.arch()}`

const work = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-nodes-'))
const run = (program, args, cwd = work) =>
  spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 300_000 })
const npm = (args, cwd) => run('npm', [...args, '--no-audit', '--no-fund'], cwd)

try {
  const packed = npm(['pack', '--silent', '--pack-destination', work], top)
  const tarball = fs.readdirSync(work).find((name) => name.endsWith('.tgz'))
  if (packed.status !== 0 || tarball === undefined) throw new Error(`npm pack failed:\n${packed.stderr}`)
  const context = path.join(work, 'context')
  fs.mkdirSync(context)
  fs.writeFileSync(path.join(context, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
  for (const node of wanted) {
    const home = path.join(work, `node-${node}`)
    fs.mkdirSync(home)
    fs.writeFileSync(path.join(home, 'package.json'), '{"private":true}')
    const got = npm(['install', `${binary}@${node}`, path.join(work, tarball)], home)
    const program = path.join(home, 'node_modules', binary, 'bin/node')
    if (got.status !== 0 || !fs.existsSync(program)) {
      console.log(`skipped: ${binary}@${node} is not to be had here`)
      continue
    }
    const bin = path.join(home, 'node_modules/ctxsize/bin/ctxsize.js')
    const told = run(program, ['--version']).stdout.trim()
    const answers = [
      [run(program, [bin, '--version']), `${version}\n`],
      [run(program, [bin, 'ls', context]), 'Dockerfile\n'],
      [
        run(
          program,
          ['--input-type=module', '-e', "import('ctxsize').then((all) => console.log(typeof all.scan))"],
          home,
        ),
        'function\n',
      ],
      [run(program, [bin, '--format', 'json', context]), null],
      [run(program, [bin, 'fix', '--write', context]), null],
    ]
    const wrong = answers.find(
      ([{ status, stdout }, expected]) => status !== 0 || (expected !== null && stdout !== expected),
    )
    if (wrong) {
      console.log(`fails on ${told}:\n${wrong[0].stdout}${wrong[0].stderr}`)
      process.exitCode = 1
    } else console.log(`installs and runs on ${told}`)
  }
} finally {
  fs.rmSync(work, { recursive: true, force: true })
}
