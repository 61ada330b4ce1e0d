// Who is measured beside ctxsize, as data: what to run, and how to read from its output what it counted.
import { execFileSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const top = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
export const program = path.join(top, 'bin/ctxsize.js')

const walker = (name) => ({
  command: ({ root }, ignoreFile) => [
    process.execPath,
    path.join(top, 'bench/walkers.mjs'),
    name,
    root,
    ignoreFile,
  ],
  count: (output) => Number.parseInt(output, 10),
  isNode: true,
})
const lines = (output) => output.split('\n').length - 1

/**
 * `counts` says what the number is: all entries with the root, the files, the files that the patterns leave, or nothing; `slow`
 * are those that take part in a few rounds only.
 */
export const peers = {
  'du -a': { command: ({ root }) => ['du', '-a', root], counts: 'entries', count: lines },
  'find -printf': {
    command: ({ root }) => ['find', root, '-printf', '%s %p\\n'],
    counts: 'entries',
    count: lines,
  },
  'du -sb': { command: ({ root }) => ['du', '-sb', root], counts: null },
  diskus: { command: ({ root }) => ['diskus', root], counts: null },
  'node readdir + lstat': { ...walker('node'), counts: 'files' },
  'fdir + lstat': { ...walker('fdir'), counts: 'files' },
  'fast-glob with stats': { ...walker('fast-glob'), counts: 'files', slow: true },
  'ignore + walk': { ...walker('ignore'), counts: 'left', inGitsWords: true, slow: true },
  '@balena/dockerignore + walk': { ...walker('balena-dockerignore'), counts: 'left', slow: true },
}

/** What a walk of two threads takes in Node when it does nothing else: what is left out of it is what the patterns leave out whole. */
export const limitOf = (pruned, counts) => ({
  command: ({ root }) => [process.execPath, path.join(top, 'bench/limit.mjs'), root, pruned.join(',')],
  count: (output) => Number.parseInt(output, 10),
  isNode: true,
  counts,
})

const ofOne = ({ root }) => ['-f', path.join(root, 'Dockerfile'), root]

/**
 * Ways to run ctxsize itself: `check` walks, matches, says who reads what and what is wrong, as a hook or CI would have it;
 * `whole` thinks about what to change besides. `--format json` names the counts, but asks for the other builder's view
 * too: it is not timed.
 */
export const ctxsize = {
  check: {
    command: (tree) => [process.execPath, program, 'check', '--fail-on=never', ...ofOne(tree)],
    isNode: true,
    counts: 'left',
    countCommand: (tree) => [
      process.execPath,
      program,
      'check',
      '--fail-on=never',
      '--format=json',
      ...ofOne(tree),
    ],
    count: (output) => JSON.parse(output).contexts[0].context.files,
  },
  whole: {
    command: (tree) => [process.execPath, program, ...ofOne(tree)],
    isNode: true,
    counts: 'left',
    countCommand: (tree) => [process.execPath, program, '--format=json', ...ofOne(tree)],
    count: (output) => JSON.parse(output).contexts[0].context.files,
  },
  limit: {
    command: ({ root }) => [
      process.execPath,
      program,
      ...['check', '--max-transfer=1GB', '-f', path.join(root, 'narrow.Dockerfile'), root],
    ],
    isNode: true,
    counts: null,
  },
  narrow: {
    command: ({ root }) => [
      process.execPath,
      program,
      'ls',
      '-f',
      path.join(root, 'narrow.Dockerfile'),
      root,
    ],
    isNode: true,
    counts: null,
  },
}

/** True where a command can be run at all. */
export function isInstalled(name) {
  try {
    execFileSync(name, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
