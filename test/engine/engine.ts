/**
 * A Docker Engine of our own, in a folder of its own: started, asked, stopped and removed without a trace. It needs root, dockerd
 * and a docker client (Debian: docker.io), and no network: everything is built FROM scratch or from an image made on the spot.
 */

import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type TarEntry, untar } from './tar.ts'

export interface Client {
  readonly file: string
  readonly version: string
  /** False for a client that would need the buildx plugin and does not have it. */
  readonly canBuildkit: boolean
}

export interface BuildkitBuild {
  readonly exitCode: number
  readonly log: string
  /** What "transferring context" said last in each of the three steps, as printed (`1.05kB`); null: no such step. */
  readonly context: string | null
  readonly dockerfile: string | null
  readonly ignoreFile: string | null
  readonly error: string | null
}

export interface ClassicBuild {
  readonly exitCode: number
  readonly log: string
  /** As printed after "Sending build context to Docker daemon"; null when nothing was sent. */
  readonly context: string | null
  readonly error: string | null
}

export interface Engine {
  readonly version: string
  /** The one that came with the engine first. */
  readonly clients: readonly Client[]
  /** An image with a shell for RUN steps, made of busybox; null when this machine has no static busybox. */
  readonly shellImage: string | null
  readonly buildkit: (client: Client, context: string, args?: readonly string[]) => Promise<BuildkitBuild>
  readonly classic: (client: Client, context: string, args?: readonly string[]) => Promise<ClassicBuild>
  /** A build with BuildKit of which no image is kept: its files as an archive, empty where it fails. */
  readonly exported: (
    client: Client,
    context: string,
    args?: readonly string[],
  ) => Promise<BuildkitBuild & { readonly entries: readonly TarEntry[] }>
  /** What the build put into an image, as {@link fingerprint}s; directories and the layers of the shell image left out. */
  readonly fingerprints: (image: string) => Promise<ReadonlySet<string>>
  /** What lies where in an image, whichever layer it came with: path → {@link fingerprint}, `directory` for those. */
  readonly filesOf: (image: string) => Promise<ReadonlyMap<string, string>>
  readonly stop: () => Promise<void>
}

/** What a file is made of, to compare a context with an image whatever the names in either. */
export function fingerprint(type: 'file' | 'symlink' | 'fifo', content: Uint8Array | string): string {
  if (type === 'symlink') return `symlink to ${content}`
  return type === 'file' ? `file ${crypto.createHash('sha256').update(content).digest('hex')}` : type
}

const shellImage = 'ctxsize-shell:1'
const applets = ['sh', 'cat', 'find', 'ls', 'mkdir', 'touch', 'true']

/** Starts an engine; a sentence when this machine cannot. */
export async function startEngine(): Promise<Engine | string> {
  if (process.env['CTXSIZE_ENGINE'] === 'off') return 'CTXSIZE_ENGINE=off'
  if (process.getuid?.() !== 0) return 'only root can start a Docker Engine'
  const daemon = onPath('dockerd')[0]
  if (daemon === undefined) return 'there is no dockerd (Debian: apt-get install docker.io)'
  const clients = findClients()
  if (clients.length === 0) return 'there is no docker client (Debian: apt-get install docker.io)'
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-engine-'))
  // overlay2 first, as everywhere; a container whose own root is an overlay may have to make do with vfs.
  let refusal = ''
  for (const storage of ['overlay2', 'vfs']) {
    const started = await startDaemon(daemon, path.join(home, storage), storage)
    if (typeof started !== 'string') {
      try {
        return await openEngine(started, clients, home)
      } catch (error) {
        await stopDaemon(started)
        removeAll(home)
        throw error
      }
    }
    refusal = started
  }
  removeAll(home)
  return `dockerd does not start: ${refusal}`
}

interface Daemon {
  readonly process: ChildProcess
  readonly dir: string
  readonly socket: string
}

async function startDaemon(file: string, dir: string, storage: string): Promise<Daemon | string> {
  fs.mkdirSync(dir)
  const socket = path.join(dir, 'docker.sock')
  const logFile = path.join(dir, 'log')
  const log = fs.openSync(logFile, 'w')
  const child = spawn(
    file,
    [
      ...['--iptables=false', '--bridge=none', `--storage-driver=${storage}`, '-H', `unix://${socket}`],
      ...['--data-root', path.join(dir, 'data'), '--exec-root', path.join(dir, 'exec')],
      ...['--pidfile', path.join(dir, 'pid')],
    ],
    { stdio: ['ignore', log, log] },
  )
  fs.closeSync(log)
  const daemon = { process: child, dir, socket }
  child.on('error', () => {})
  for (let waited = 0; waited < 30_000 && child.exitCode === null; waited += 100) {
    if (fs.existsSync(socket) && fs.readFileSync(logFile, 'utf8').includes('API listen on')) return daemon
    await sleep(100)
  }
  await stopDaemon(daemon)
  const said = fs.readFileSync(logFile, 'utf8').trim().split('\n')
  return said.at(-1) ?? 'it says nothing'
}

/** Also ends containerd, which dockerd starts as its child, should it have been left behind. */
async function stopDaemon({ process: child, dir }: Daemon): Promise<void> {
  if (child.exitCode === null && child.pid !== undefined) {
    const ended = new Promise((done) => child.once('exit', done))
    child.kill('SIGTERM')
    await Promise.race([ended, sleep(15_000).then(() => child.kill('SIGKILL'))])
  }
  try {
    process.kill(Number(fs.readFileSync(path.join(dir, 'exec/containerd/containerd.pid'), 'utf8')), 'SIGKILL')
  } catch {
    // It went with its parent, as it should.
  }
}

/** Removes a folder in which things may still be mounted (network namespaces, layers of a daemon that was killed). */
function removeAll(dir: string): void {
  const mounts = fs.readFileSync('/proc/mounts', 'utf8').split('\n')
  const below = mounts.map((line) => line.split(' ')[1] ?? '').filter((at) => at.startsWith(`${dir}/`))
  for (const at of below.sort().reverse()) execFileSync('umount', ['-l', at], { stdio: 'ignore' })
  fs.rmSync(dir, { recursive: true, force: true, maxRetries: 10 })
}

async function openEngine(daemon: Daemon, clients: readonly Client[], home: string): Promise<Engine> {
  const config = path.join(home, 'config')
  fs.mkdirSync(config)
  // Nothing of the user's: no context, no builder, no credentials, no proxy.
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:DOCKER|BUILDKIT|BUILDX)_|_proxy$/i.test(name),
  )
  const env = { ...Object.fromEntries(kept), DOCKER_HOST: `unix://${daemon.socket}`, DOCKER_CONFIG: config }
  const own = clients[0]?.file ?? 'docker'

  const docker = (file: string, args: readonly string[], more: Record<string, string> = {}) =>
    new Promise<{ readonly exitCode: number; readonly out: Buffer; readonly log: string }>((done) => {
      const options = {
        env: { ...env, ...more },
        encoding: 'buffer' as const,
        maxBuffer: 1 << 30,
        timeout: 120_000,
      }
      execFile(file, args, options, (error, out, err) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
        done({ exitCode, out, log: `${err}` })
      })
    })

  const version = `${(await docker(own, ['version', '--format', '{{.Server.Version}}'])).out}`.trim()
  const shell = await importShell(own, env, home)

  const buildkit: Engine['buildkit'] = async (client, context, args = []) => {
    const flags = ['build', '--progress=plain', '--network=none', ...args, context]
    const { exitCode, out, log } = await docker(client.file, flags, { DOCKER_BUILDKIT: '1' })
    return readProgress(exitCode, `${log}${out}`, log)
  }

  const exported: Engine['exported'] = async (client, context, args = []) => {
    // A step that finds nothing is the same to the cache wherever it finds nothing, and would not be run to fail.
    const flags = [
      'build',
      '--progress=plain',
      '--network=none',
      '--no-cache',
      '--output=-',
      ...args,
      context,
    ]
    const { exitCode, out, log } = await docker(client.file, flags, { DOCKER_BUILDKIT: '1' })
    return { ...readProgress(exitCode, log, log), entries: exitCode === 0 ? untar(out) : [] }
  }

  const classic: Engine['classic'] = async (client, context, args = []) => {
    const flags = ['build', '--network=none', ...args, context]
    const { exitCode, out, log } = await docker(client.file, flags, { DOCKER_BUILDKIT: '0' })
    const all = `${log}${out}`
    const context_ = [...all.matchAll(/Sending build context to Docker daemon\s+(\S+)/g)].at(-1)?.[1] ?? null
    return { exitCode, log: all, context: context_, error: exitCode === 0 ? null : lastLine(log) }
  }

  const layersOf = async (image: string): Promise<readonly string[]> => {
    const { out } = await docker(own, ['image', 'inspect', '--format', '{{json .RootFS.Layers}}', image])
    return JSON.parse(`${out}`) ?? []
  }
  const shellLayers = shell ? await layersOf(shellImage) : []

  const savedLayers = async (image: string, from: number) => {
    const saved = await docker(own, ['save', image])
    if (saved.exitCode !== 0) throw new Error(`docker save ${image}: ${saved.log}`)
    const files = new Map(untar(saved.out).map((entry) => [entry.path, entry.content]))
    const manifest = JSON.parse(`${files.get('manifest.json')}`)
    const names: readonly string[] = manifest[0].Layers.slice(from)
    return names.map((name) => untar(files.get(name) ?? Buffer.alloc(0)))
  }

  const fingerprints: Engine['fingerprints'] = async (image) => {
    const layers = await layersOf(image)
    // `docker save` refuses an image without layers.
    if (layers.length === 0) return new Set()
    const base = layers[0] === shellLayers[0] ? shellLayers.length : 0
    const found = new Set<string>()
    for (const layer of await savedLayers(image, base)) {
      for (const entry of layer) {
        if (entry.type === 'symlink') found.add(fingerprint('symlink', entry.target))
        // A further name of a file is the file again.
        if (entry.type === 'file') found.add(fingerprint('file', entry.content))
        if (entry.type === 'fifo') found.add(fingerprint('fifo', ''))
      }
    }
    return found
  }

  const filesOf: Engine['filesOf'] = async (image) => {
    const found = new Map<string, string>()
    for (const layer of await savedLayers(image, 0)) layOver(found, layer)
    return found
  }

  const onExit = () => daemon.process.kill('SIGKILL')
  process.once('exit', onExit)
  const stop = async () => {
    process.off('exit', onExit)
    await stopDaemon(daemon)
    removeAll(home)
  }
  return {
    version,
    clients,
    shellImage: shell ? shellImage : null,
    buildkit,
    classic,
    exported,
    fingerprints,
    filesOf,
    stop,
  }
}

/** Lays a layer over what is there; `.wh.` marks what it takes away (opencontainers/image-spec layer.md, Whiteouts). */
function layOver(found: Map<string, string>, layer: readonly TarEntry[]): void {
  const remove = (path: string, itself: boolean) => {
    if (itself) found.delete(path)
    for (const other of found.keys()) if (other.startsWith(`${path}/`)) found.delete(other)
  }
  const clean = (name: string) => `/${name}`.replace(/\/(?:\.\/)*/g, '/').replace(/(.)\/$/, '$1')
  const entries = layer.map((entry) => ({ ...entry, path: clean(entry.path) }))
  for (const { path: at } of entries) {
    const name = path.posix.basename(at)
    if (name === '.wh..wh..opq') remove(path.posix.dirname(at), false)
    else if (name.startsWith('.wh.')) remove(path.posix.join(path.posix.dirname(at), name.slice(4)), true)
  }
  for (const entry of entries) {
    if (path.posix.basename(entry.path).startsWith('.wh.')) continue
    if (entry.type === 'dir') found.set(entry.path, 'directory')
    else if (entry.type === 'hardlink') found.set(entry.path, found.get(clean(entry.target)) ?? 'missing')
    else if (entry.type === 'symlink') found.set(entry.path, fingerprint('symlink', entry.target))
    else found.set(entry.path, fingerprint(entry.type === 'fifo' ? 'fifo' : 'file', entry.content))
  }
}

/** `errors`: what was printed to standard error alone. */
function readProgress(exitCode: number, log: string, errors: string): BuildkitBuild {
  return {
    exitCode,
    log,
    context: transferred(log, 'load build context', 'context'),
    dockerfile: transferred(log, 'load build definition', 'dockerfile'),
    ignoreFile: transferred(log, 'load .dockerignore', 'context'),
    error: exitCode === 0 ? null : lastLine(errors),
  }
}

/** The last amount that a step of BuildKit's plain progress named; the lines of several steps may be mixed. */
function transferred(log: string, step: string, what: string): string | null {
  const id = new RegExp(String.raw`^#(\d+) \[internal\] ${step.replace('.', '\\.')}`, 'm').exec(log)?.[1]
  if (id === undefined) return null
  return [...log.matchAll(new RegExp(`^#${id} transferring ${what}: (\\S+)`, 'gm'))].at(-1)?.[1] ?? null
}

const lastLine = (log: string): string => log.trim().split('\n').at(-1) ?? ''

/** An image of busybox alone, so that RUN steps need no registry. */
async function importShell(client: string, env: NodeJS.ProcessEnv, home: string): Promise<boolean> {
  const busybox = onPath('busybox')[0]
  if (busybox === undefined) return false
  const root = path.join(home, 'shell')
  fs.mkdirSync(path.join(root, 'bin'), { recursive: true })
  fs.copyFileSync(busybox, path.join(root, 'bin/busybox'))
  for (const applet of applets) fs.symlinkSync('busybox', path.join(root, 'bin', applet))
  const archive = `${root}.tar`
  execFileSync('tar', ['-C', root, '-cf', archive, '.'])
  execFileSync(client, ['import', archive, shellImage], { env, stdio: 'ignore' })
  return true
}

/** Every executable of a name, distribution packages first, then by PATH, links and repeats counted once. */
function onPath(name: string): readonly string[] {
  const dirs = ['/usr/sbin', '/usr/bin', '/bin', ...(process.env['PATH'] ?? '').split(':')]
  const found = dirs.map((dir) => path.join(dir, name)).filter((file) => fs.existsSync(file))
  return [...new Set(found.map((file) => fs.realpathSync(file)))]
}

/** The docker clients of this machine; they need no daemon to tell their version or to run a plugin. */
export function findClients(): readonly Client[] {
  return onPath('docker').flatMap((file) => {
    try {
      const version =
        /version ([\w.+~-]+)/.exec(execFileSync(file, ['--version'], { encoding: 'utf8' }))?.[1] ?? ''
      // From 23.0 on BuildKit is the business of a plugin.
      return [{ file, version, canBuildkit: Number.parseInt(version, 10) < 23 || hasBuildx(file) }]
    } catch {
      return []
    }
  })
}

function hasBuildx(client: string): boolean {
  try {
    execFileSync(client, ['buildx', 'version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
