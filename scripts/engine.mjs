// A Docker Engine for measurements and for the proof: one of its own, without network, that leaves nothing behind, or the one
// that runs here.
import { execFile, execFileSync, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Starts an engine of its own; a sentence when this machine cannot. */
export async function startEngine() {
  if (process.env.CTXSIZE_ENGINE === 'off') return 'CTXSIZE_ENGINE=off'
  if (process.getuid?.() !== 0) return 'only root can start a Docker Engine'
  const daemonFile = onPath('dockerd')[0]
  if (daemonFile === undefined) return 'there is no dockerd (Debian: apt-get install docker.io)'
  const client = onPath('docker').find(canBuildkit)
  if (client === undefined)
    return 'there is no docker client with BuildKit (Debian: apt-get install docker.io)'
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-bench-engine-'))
  for (const storage of ['overlay2', 'vfs']) {
    const daemon = await startDaemon(daemonFile, path.join(home, storage), storage)
    if (daemon) return openEngine(daemon, client, home)
  }
  removeAll(home)
  return 'dockerd does not start'
}

/** The executables of a name, those of the distribution first. */
function onPath(name) {
  const dirs = ['/usr/sbin', '/usr/bin', ...(process.env.PATH ?? '').split(':')]
  return dirs.map((dir) => path.join(dir, name)).filter((file) => fs.existsSync(file))
}

/** From 23.0 on BuildKit is the business of a plugin. */
function canBuildkit(client) {
  try {
    const said = execFileSync(client, ['--version'], { encoding: 'utf8' })
    if (Number.parseInt(/version (\d+)/.exec(said)?.[1] ?? '', 10) < 23) return true
    execFileSync(client, ['buildx', 'version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

async function startDaemon(file, dir, storage) {
  fs.mkdirSync(dir)
  const address = `unix://${dir}/docker.sock`
  const log = fs.openSync(`${dir}/log`, 'w')
  const child = spawn(
    file,
    [
      ...['--iptables=false', '--bridge=none', `--storage-driver=${storage}`, '-H', address],
      ...['--data-root', `${dir}/data`, '--exec-root', `${dir}/exec`, '--pidfile', `${dir}/pid`],
    ],
    { stdio: ['ignore', log, log] },
  )
  child.on('error', () => {})
  fs.closeSync(log)
  for (let waitedMs = 0; waitedMs < 30_000 && child.exitCode === null; waitedMs += 100) {
    if (fs.readFileSync(`${dir}/log`, 'utf8').includes('API listen on')) return { child, dir, address }
    await sleep(100)
  }
  await stopDaemon({ child, dir })
  return null
}

async function stopDaemon({ child, dir }) {
  if (child.exitCode === null && child.pid !== undefined) {
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await Promise.race([ended, sleep(15_000).then(() => child.kill('SIGKILL'))])
  }
  try {
    process.kill(Number(fs.readFileSync(`${dir}/exec/containerd/containerd.pid`, 'utf8')), 'SIGKILL')
  } catch {
    // It went with its parent, as it should.
  }
}

/** Removes a folder in which something may still be mounted. */
function removeAll(dir) {
  const mounted = fs.readFileSync('/proc/mounts', 'utf8').matchAll(/^\S+ (\S+)/gm)
  const below = [...mounted].map(([, at]) => at).filter((at) => at.startsWith(`${dir}/`))
  for (const at of below.sort().reverse()) execFileSync('umount', ['-l', at], { stdio: 'ignore' })
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 10 })
}

function openEngine(daemon, client, home) {
  const config = path.join(home, 'config')
  fs.mkdirSync(config)
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:DOCKER|BUILDKIT|BUILDX)_|_proxy$/i.test(name),
  )
  const env = { ...Object.fromEntries(kept), DOCKER_HOST: daemon.address, DOCKER_CONFIG: config }
  return {
    isOwn: true,
    loadContext: (root) => loadContext(client, root, { ...env, DOCKER_BUILDKIT: '1' }),
    ask: (args, more) => ask(client, args, { ...env, ...more }),
    stop: async () => {
      await stopDaemon(daemon)
      removeAll(home)
    },
  }
}

/** The engine that this machine's docker client speaks to, with the builder that belongs to it; a sentence when none answers. */
export async function runningEngine() {
  if (process.env.CTXSIZE_ENGINE === 'off') return 'CTXSIZE_ENGINE=off'
  const clients = onPath('docker')
  if (clients.length === 0) return 'there is no docker client'
  const client = clients.find(canBuildkit)
  if (client === undefined) return 'the docker client here has no BuildKit'
  // Not a builder in a container, which would not see the images that were built here.
  const env = { ...process.env, BUILDX_BUILDER: 'default' }
  const engine = {
    isOwn: false,
    ask: (args, more) => ask(client, args, { ...env, ...more }),
    stop: async () => {},
  }
  const { exitCode } = await engine.ask(['version', '--format', '{{.Server.Version}}'])
  return exitCode === 0 ? engine : 'no engine answers the docker client'
}

/** What a client says to these words: `exitCode` (-1: it was stopped), `out`, and `log` with both streams. */
function ask(client, args, env) {
  return new Promise((done) => {
    const options = { env, encoding: 'utf8', maxBuffer: 2 ** 28, timeout: 180_000 }
    execFile(client, args, options, (error, out, err) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
      done({ exitCode, out: out.trim(), log: `${err}${out}` })
    })
  })
}

/**
 * Milliseconds that BuildKit gives for "load build context", and what it then says was transferred; the build is stopped there.
 * Whatever it says instead is thrown.
 */
function loadContext(client, root, env) {
  return new Promise((resolve, reject) => {
    const args = ['build', '--progress=plain', '--network=none', root]
    const child = spawn(client, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let log = ''
    let found = null
    child.stderr.on('data', (chunk) => {
      log += chunk
      const step = /^#(\d+) \[internal\] load build context$/m.exec(log)?.[1]
      const seconds = step && new RegExp(`^#${step} DONE ([\\d.]+)s`, 'm').exec(log)?.[1]
      if (!seconds || found) return
      const amounts = [...log.matchAll(new RegExp(`^#${step} transferring context: (\\S+)`, 'gm'))]
      found = { ms: Number(seconds) * 1000, transferred: amounts.at(-1)?.[1] ?? '?' }
      child.kill('SIGINT')
    })
    child.on('error', reject)
    child.on('close', () => (found ? resolve(found) : reject(new Error(log.trim().split('\n').at(-1)))))
  })
}
