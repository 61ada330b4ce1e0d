/** Buildah, which is what podman builds with: no daemon, a store of its own that is removed without a trace, FROM scratch only. */

import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { decodePath } from '../../src/lib/path.ts'
import { fingerprint } from './engine.ts'

export interface BuildahBuild {
  readonly exitCode: number
  readonly log: string
  /** What the build made, as {@link fingerprint}s; none where it failed. */
  readonly files: ReadonlySet<string>
}

export interface Buildah {
  /** `[1, 28]`. */
  readonly version: readonly [major: number, minor: number]
  readonly build: (context: string, args?: readonly string[]) => Promise<BuildahBuild>
  readonly stop: () => void
}

/** Tries one build; a sentence when this machine cannot. `CTXSIZE_BUILDAH` names another program than the one on the path. */
export async function startBuildah(): Promise<Buildah | string> {
  if (process.env['CTXSIZE_ENGINE'] === 'off') return 'CTXSIZE_ENGINE=off'
  if (process.getuid?.() !== 0) return 'only root can build here'
  const program = process.env['CTXSIZE_BUILDAH'] ?? 'buildah'
  const asked = await run(program, ['--version'])
  const found = /version (\d+)\.(\d+)/.exec(asked.out)
  if (asked.code !== 0 || !found) return 'there is no buildah (Debian: apt-get install buildah)'
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-buildah-'))
  // Newer ones look for the program that makes networks although the host's is used.
  fs.copyFileSync('/bin/true', path.join(home, 'netavark'))
  fs.writeFileSync(path.join(home, 'containers.conf'), `[engine]\nhelper_binaries_dir=["${home}"]\n`)
  let builds = 0
  const build = async (context: string, args: readonly string[] = []): Promise<BuildahBuild> => {
    const out = path.join(home, `out-${++builds}`)
    const { code, out: log } = await run(
      program,
      [
        ...[
          '--root',
          path.join(home, 'root'),
          '--runroot',
          path.join(home, 'run'),
          '--storage-driver',
          'vfs',
        ],
        ...['bud', '--isolation', 'chroot', '--network', 'host', '--layers=false', '--output', out],
        ...args,
        context,
      ],
      { ...process.env, CONTAINERS_CONF: path.join(home, 'containers.conf') },
    )
    const files = new Set(code === 0 && fs.existsSync(out) ? fingerprintsBelow(Buffer.from(out)) : [])
    fs.rmSync(out, { recursive: true, force: true })
    return { exitCode: code, log, files }
  }
  const stop = () => fs.rmSync(home, { recursive: true, force: true })
  const trial = path.join(home, 'trial')
  fs.mkdirSync(trial)
  fs.writeFileSync(path.join(trial, 'Dockerfile'), 'FROM scratch\nCOPY . /\n')
  const tried = await build(trial)
  if (tried.files.size !== 1) {
    stop()
    return `buildah cannot build here: ${tried.log.trim().split('\n').at(-1)}`
  }
  return { version: [Number(found[1]), Number(found[2])], build, stop }
}

function fingerprintsBelow(directory: Buffer): string[] {
  return fs.readdirSync(directory, { encoding: 'buffer' }).flatMap((name) => {
    const at = Buffer.concat([directory, Buffer.from('/'), name])
    return fs.lstatSync(at).isDirectory() ? fingerprintsBelow(at) : [fingerprintOf(at)]
  })
}

/** What one entry, which is no directory, is made of. */
export function fingerprintOf(at: Buffer): string {
  const stat = fs.lstatSync(at)
  if (stat.isSymbolicLink())
    return fingerprint('symlink', decodePath(fs.readlinkSync(at, { encoding: 'buffer' })))
  return stat.isFIFO() ? fingerprint('fifo', '') : fingerprint('file', fs.readFileSync(at))
}

const run = (
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ readonly code: number; readonly out: string }> =>
  new Promise((done) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let out = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data: Buffer) => {
        out += data.toString()
      })
    child.on('error', () => done({ code: -1, out }))
    child.on('close', (code) => done({ code: code ?? -1, out }))
  })
