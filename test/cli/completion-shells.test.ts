/** The scripts of `ctxsize completion`, in real shells on a real terminal: what is typed, Tab, and what stands there then. */

import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** How each is started without anybody's settings, and told of the completion. */
const shells = {
  bash: {
    start: ['bash', '--noprofile', '--norc', '-i'],
    load: ['eval "$(ctxsize completion bash)"'],
  },
  zsh: {
    start: ['zsh', '-f', '-i'],
    load: ['autoload -Uz compinit && compinit -u -D', 'source <(ctxsize completion zsh)'],
  },
  fish: {
    start: ['fish', '--no-config', '-i'],
    load: ["function fish_prompt; echo -n '$ '; end", 'ctxsize completion fish | source'],
  },
} as const

const isThere = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const missing = ['tmux', ...Object.keys(shells)].filter((program) => !isThere(program))
if (missing.length > 0) {
  const why = `not installed: ${missing.join(', ')}`
  if (process.env['CTXSIZE_ENGINE'] === 'required') throw new Error(`the shells are required here: ${why}`)
  console.warn(`completion in shells skipped: ${why}`)
}

const top = path.join(import.meta.dirname, '../..')
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-shells-'))
const project = path.join(folder, 'project')
for (const dir of ['project/my dir', 'project/src', 'bin'])
  fs.mkdirSync(path.join(folder, dir), { recursive: true })
fs.writeFileSync(
  path.join(project, 'Dockerfile'),
  'ARG NODE=22\nFROM node:$NODE AS build\nFROM scratch AS runtime\nCOPY . /\n',
)
fs.writeFileSync(path.join(project, 'compose.yaml'), 'services:\n  api: {build: .}\n  worker: {build: .}\n')
fs.writeFileSync(path.join(project, 'src/server.js'), '')
fs.writeFileSync(path.join(project, 'my dir/Dockerfile.prod'), 'FROM scratch AS other\n')
fs.symlinkSync(path.join(top, 'bin/ctxsize.js'), path.join(folder, 'bin/ctxsize'))
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** A server for each shell: one that has just been told to end may still take a new session, and die with it. */
let socket = ''
const tmux = (...args: readonly string[]) =>
  execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], {
    encoding: 'utf8',
    env: {
      PATH: `${folder}/bin:${process.env['PATH']}`,
      HOME: folder,
      LANG: 'C.UTF-8',
      TERM: 'screen',
      PS1: '$ ',
    },
  })

/** The line that the cursor is in, without the prompt. */
const line = () => {
  const row = Number(tmux('display-message', '-p', '#{cursor_y}'))
  return (tmux('capture-pane', '-p').split('\n')[row] ?? '').replace(/^\$ ?/, '')
}

async function until(holds: () => boolean): Promise<void> {
  for (let waited = 0; !holds() && waited < 15_000; waited += 100) await sleep(100)
}

/** Types, presses Tab and then `@`, which shows whether a space was added. */
async function completed(text: string): Promise<string> {
  tmux('send-keys', '-l', text)
  await until(() => line().startsWith(text))
  tmux('send-keys', 'Tab')
  tmux('send-keys', '-l', '@')
  await until(() => line().endsWith('@'))
  const found = line()
  tmux('send-keys', 'C-u')
  await until(() => line().trim() === '')
  return found
}

describe.skipIf(missing.length > 0).each(Object.entries(shells))('completion in %s', (_, { start, load }) => {
  beforeAll(async () => {
    socket = path.join(folder, start[0])
    tmux('new-session', '-d', '-x', '120', '-y', '40', '-c', project, ...start)
    for (const [i, command] of load.entries()) {
      tmux('send-keys', '-l', `${command}; echo loaded-"${i}"`)
      tmux('send-keys', 'Enter')
      await until(() => tmux('capture-pane', '-p').includes(`\nloaded-${i}`))
    }
    tmux('send-keys', 'C-l')
  }, 60_000)
  afterAll(() => tmux('kill-server'))

  it.each([
    ['ctxsize hist', 'ctxsize history @'],
    ['ctxsize ls --unr', 'ctxsize ls --unread @'],
    ['ctxsize --builder pod', 'ctxsize --builder podman @'],
    ['ctxsize --builder=pod', 'ctxsize --builder=podman @'],
    ['ctxsize --target ru', 'ctxsize --target runtime @'],
    ['ctxsize --build-arg N', 'ctxsize --build-arg NODE=@'],
    ['ctxsize -f Docker', 'ctxsize -f Dockerfile @'],
    ['ctxsize --file=Docker', 'ctxsize --file=Dockerfile @'],
    ['ctxsize ls sr', 'ctxsize ls src/@'],
    ['ctxsize sr', 'ctxsize src/@'],
    ['ctxsize -C my', String.raw`ctxsize -C my\ dir/@`],
    [
      String.raw`ctxsize -f my\ dir/Dockerfile.prod --target o`,
      String.raw`ctxsize -f my\ dir/Dockerfile.prod --target other @`,
    ],
    ['ctxsize why src/se', 'ctxsize why src/server.js @'],
    ['ctxsize why -C src se', 'ctxsize why -C src server.js @'],
    ['ctxsize -f compose.yaml wo', 'ctxsize -f compose.yaml worker @'],
    ['ctxsize --format json=comp', 'ctxsize --format json=compose.yaml @'],
    ['ctxsize plugin un', 'ctxsize plugin uninstall @'],
    ['ctxsize completion zs', 'ctxsize completion zsh @'],
  ])('%s', async (typed, expected) => {
    expect(await completed(typed)).toBe(expected)
  })
})
