/** Repositories for tests of `ctxsize diff`, and what it tells of them. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import type { Host } from '../../src/host/host.ts'
import { createNodeHost } from '../../src/host/node.ts'
import type { DiffReport, DiffTarget } from '../../src/report/diff.ts'
import { gitEnvironment, git as runGit } from '../git.ts'
import { runOn } from './world.ts'

/** Null: the file goes. A number: so many bytes. */
export type Files = Readonly<Record<string, string | number | null>>

export interface Repository {
  readonly dir: string
  readonly at: (name: string) => string
  readonly git: (...args: readonly string[]) => string
  readonly write: (files: Files) => void
  /** Writes and commits all that there is. */
  readonly commit: (files: Files) => void
  readonly host: () => Host
  /** The document of `ctxsize diff`; of the repository itself unless -C names another directory. */
  readonly diff: (...words: readonly string[]) => Promise<DiffReport>
  /** What is told of the first build, as short as it can be. */
  readonly told: (...words: readonly string[]) => Promise<Told & Pick<DiffReport, 'notes'>>
}

type Told = ReturnType<typeof inShort>

export function newRepository(dir: string): Repository {
  fs.mkdirSync(dir, { recursive: true })
  runGit(dir, 'init', '-q', '-b', 'main')
  return openRepository(dir)
}

export function openRepository(dir: string): Repository {
  const at = (name: string) => path.join(dir, name)
  const git = (...args: readonly string[]) => runGit(dir, ...args)
  const host = () => createNodeHost({ ...gitEnvironment(path.dirname(dir)), NO_COLOR: '1' })
  const write = (files: Files) => {
    for (const [name, content] of Object.entries(files)) {
      if (content === null) fs.rmSync(at(name), { recursive: true })
      else {
        fs.mkdirSync(path.dirname(at(name)), { recursive: true })
        fs.writeFileSync(at(name), typeof content === 'number' ? 'x'.repeat(content) : content)
      }
    }
  }
  const commit = (files: Files) => {
    write(files)
    git('add', '-A')
    git('commit', '-q', '--allow-empty', '-m', 'c')
  }
  const diff = async (...words: readonly string[]): Promise<DiffReport> => {
    const where = words.includes('-C') ? [] : [dir]
    const run = await runOn(host(), ['diff', ...words, '--format', 'json', ...where])
    if (run.code !== 0) throw new Error(run.stderr + run.stdout)
    // What comes is what the schema test holds against the schema.
    return JSON.parse(run.stdout) as DiffReport
  }
  const told = async (...words: readonly string[]) => {
    const { targets, notes } = await diff(...words)
    const [target] = targets
    if (target === undefined) throw new Error('no build')
    return { ...inShort(target), notes }
  }
  return { dir, at, git, write, commit, host, diff, told }
}

/** A project whose image takes all that its ignore file leaves. */
export const app: Files = {
  Dockerfile: 'FROM scratch\nCOPY . /app\n',
  '.dockerignore': '.git\ndocs\n',
  'src/main.c': 100,
  'src/other.c': 200,
  'docs/guide.md': 300,
  'config.yml': 50,
}

/** A line for each difference. */
export function inShort({ entered, left, resized, untracked }: DiffTarget) {
  const place = (one: { readonly at: { readonly file: string; readonly line: number } | null }) =>
    one.at === null ? '' : ` (${one.at.file}:${one.at.line})`
  const inContext = ({ context, path: name }: { readonly context: string | null; readonly path: string }) =>
    context === null ? name : `${context}:${name}`
  return {
    entered: entered?.map((one) => `${inContext(one)} ${one.bytes} ${one.because}${place(one)}`),
    left: left?.map(
      (one) => `${inContext(one)} ${one.bytes} ${one.reason}${place(one)}${one.lost ? ' LOST' : ''}`,
    ),
    resized: resized?.map(
      (one) => `${inContext(one)} ${one.before} → ${one.after}${one.inGit ? ' in git' : ''}`,
    ),
    untracked: untracked.map((one) => `${inContext(one)} ${one.bytes} ${one.state}${place(one)}`),
  }
}

/** What is told of a build that is as it was. */
export const nothing = { entered: [], left: [], resized: [], untracked: [], notes: [] }
