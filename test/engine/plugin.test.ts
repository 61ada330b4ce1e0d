/** `docker ctxsize`, asked of real docker clients; they need no daemon for it. */

import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, findClients } from './engine.ts'

const top = path.join(import.meta.dirname, '../..')
const own = path.join(top, 'bin/ctxsize.js')
const clients = process.env['CTXSIZE_ENGINE'] === 'off' ? [] : findClients()
if (clients.length === 0) {
  const why = 'there is no docker client (Debian: apt-get install docker.io)'
  if (process.env['CTXSIZE_ENGINE'] === 'required')
    throw new Error(`the plugin tests are required here: ${why}`)
  console.warn(`plugin tests skipped: ${why}`)
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-plugin-'))
const env = { PATH: process.env['PATH'], HOME: folder, DOCKER_CONFIG: path.join(folder, 'config') }
const context = path.join(folder, 'context')
fs.mkdirSync(context)
fs.writeFileSync(path.join(context, 'Dockerfile'), 'FROM scratch AS base\nCOPY a /\nFROM base\nCOPY b /\n')
fs.writeFileSync(path.join(context, 'a'), 'a')
fs.writeFileSync(path.join(context, 'b'), 'b')
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const run = (file: string, args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(file, args, { encoding: 'utf8', env, cwd: context })
  return { status, stdout, stderr }
}
const alone = (...args: readonly string[]) => run(process.execPath, [own, ...args])
const named = ({ file, version }: Client) => [version, file] as const

describe.skipIf(clients.length === 0).each(clients.map(named))('docker %s', (version, file) => {
  const docker = (...args: readonly string[]) => run(file, args)

  beforeAll(() => {
    expect(alone('plugin', 'install')).toMatchObject({ status: 0, stderr: '' })
  })
  afterAll(() => {
    alone('plugin', 'uninstall')
  })

  it('finds the plugin', () => {
    expect(docker('--help').stdout).toMatch(/^ +ctxsize\*? +Say what docker build sends/m)
    expect(docker('ctxsize', '--version')).toEqual(alone('--version'))
  })

  it.each([
    ['.', 0],
    ['ls -l --target base .', 0],
    ['-v .', 0],
    ['no-such-dir/', 2],
    ['--tagret x', 2],
    ['why --help', 0],
  ])('answers docker ctxsize %s as ctxsize does', (line, status) => {
    const words = line.split(' ')
    expect(docker('ctxsize', ...words)).toEqual(alone(...words))
    expect(alone(...words).status).toBe(status)
  })

  it.each([
    [['--context', 'default', 'ctxsize', 'ls'], ['ls']],
    [['-lerror', '--config', env.DOCKER_CONFIG, '-D', 'ctxsize', 'ls'], ['ls']],
    [
      ['--log-level=error', 'ctxsize', '-f', 'Dockerfile', 'ls'],
      ['-f', 'Dockerfile', 'ls'],
    ],
    [['help', 'ctxsize'], ['--help']],
    [
      ['help', 'ctxsize', 'why'],
      ['why', '--help'],
    ],
    [['--help', 'ctxsize'], ['--help']],
    [
      ['ctxsize', 'why', '-h'],
      ['why', '-h'],
    ],
  ])('leaves docker what is for docker: %j', (words, meant) => {
    expect(docker(...words)).toEqual(alone(...meant))
  })

  it('has 1 for what a comparison found', () => {
    const log = '#5 [internal] load build context\n#5 transferring context: 9.99GB done\n'
    const { status, stdout } = spawnSync(file, ['ctxsize', 'verify'], { env, cwd: context, input: log })
    expect([status, `${stdout}`.slice(0, 1)]).toEqual([1, '✗'])
  })

  it('completes what is typed behind docker ctxsize', () => {
    // Before 23.0 it knows no plugins when it completes: nothing then.
    const knows = Number.parseInt(version, 10) >= 23
    const { stdout } = docker('__complete', 'ctxsize', 'ls', '--target', 'b')
    expect(stdout).toBe(knows ? 'base\n:4\n' : ':0\n')
  })

  it('does not find it any more when it is uninstalled', () => {
    expect(alone('plugin', 'uninstall').status).toBe(0)
    expect(docker('ctxsize', 'ls')).toMatchObject({ stdout: '', status: expect.toSatisfy((it) => it !== 0) })
  })
})

describe('the program of the plugin', () => {
  it('ends when docker says so by closing the socket that it named', async () => {
    const socket = path.join(folder, 'socket')
    const server = net.createServer((connection) => connection.end()).listen(socket)
    await once(server, 'listening')
    // It waits for a log that never comes.
    const child = spawn(path.join(top, 'bin/docker-ctxsize.js'), ['ctxsize', 'verify'], {
      env: { ...env, DOCKER_CLI_PLUGIN_SOCKET: socket },
      cwd: context,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM'])
    server.close()
  })

  it('does not need the socket', () => {
    const gone = { ...env, DOCKER_CLI_PLUGIN_SOCKET: '@docker_cli_gone' }
    const asked = spawnSync(path.join(top, 'bin/docker-ctxsize.js'), ['ctxsize', 'ls'], {
      env: gone,
      cwd: context,
    })
    expect([asked.status, `${asked.stdout}`, `${asked.stderr}`]).toEqual([
      0,
      'Dockerfile\na\nb\n'.slice(11),
      '',
    ])
  })
})
