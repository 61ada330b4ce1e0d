/** The built program as a process on the real disk, for what happens to processes. */

import { type SpawnOptions, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import * as path from 'node:path'

export const bin = path.join(import.meta.dirname, '../../bin/ctxsize.js')

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Running {
  readonly directory: string
  readonly env?: Readonly<Record<string, string>>
  readonly stdio?: SpawnOptions['stdio']
  /** What is done with it while it runs. */
  readonly meanwhile?: (child: ReturnType<typeof spawn>) => void
}

/** Where programs are looked for, and nothing else of this machine's settings. */
export const plainEnvironment: Readonly<Record<string, string>> = { PATH: process.env['PATH'] ?? '' }

export function run(
  words: readonly string[],
  { directory, env = plainEnvironment, stdio = ['ignore', 'pipe', 'pipe'], meanwhile }: Running,
): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...words], { cwd: directory, env, stdio })
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (piece) => {
    said.stdout += piece
  })
  child.stderr?.on('data', (piece) => {
    said.stderr += piece
  })
  meanwhile?.(child)
  return new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal, ...said })))
}

/** Two at a time, as most machines can. */
export async function pooled<T>(all: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...all]
  const worker = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all([worker(), worker()])
}

/** A project for which there is something to be changed in both files. */
export const project: Readonly<Record<string, string>> = {
  Dockerfile:
    'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM scratch\nCOPY --from=build /app/dist /\n',
  '.dockerignore': '*.log\n',
  'package.json': '{"name":"app","scripts":{"build":"node build.js"}}',
  'package-lock.json': '{"name":"app","lockfileVersion":3,"packages":{}}',
  'build.js': 'console.log(1)\n',
  'node_modules/x/y.js': 'x',
  'coverage/lcov.info': 'x',
}

export function plant(directory: string, files: Readonly<Record<string, string>> = project): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(directory, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
  }
}

/** Every path below a directory with what it holds. */
export function contents(directory: string): ReadonlyMap<string, string> {
  const names = fs.readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort()
  return new Map(
    names.map((name) => {
      const file = path.join(directory, name)
      const stat = fs.lstatSync(file)
      return [name, stat.isFile() ? fs.readFileSync(file, 'latin1') : `mode ${stat.mode.toString(8)}`]
    }),
  )
}

/** A random number below a bound, again and again the same ones. */
export function createDice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0
    return (state >>> 8) % below
  }
}
