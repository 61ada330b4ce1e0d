/** Rows of the tables with what is usual left out. */

import type { Effect, Junk, KnownCommand, Made, Outputs, Program, Variant, VersionTool } from './model.ts'

/** A command that reads nothing and makes nothing, unless `rest` says so. Words are parted by blanks. */
export function command(
  words: string,
  kind: Effect['kind'],
  source: string,
  rest: Partial<KnownCommand> = {},
): KnownCommand {
  return {
    words: words.split(' '),
    kind,
    source,
    operands: 'any',
    makes: [],
    reads: 'nothing',
    manifests: [],
    alsoReads: [],
    scripts: [],
    git: 'never',
    fileOptions: [],
    fileOperands: 'none',
    runsScript: null,
    variants: [],
    configured: [],
    outputs: null,
    ...rest,
  }
}

/** What a command does when one of these options is there. */
export function withOption(options: readonly string[], then: Partial<Effect>): Variant {
  return { options, operands: [], paths: false, then }
}

/** What a command does when one of these operands is there. */
export function withOperand(operands: readonly string[], then: Partial<Effect>): Variant {
  return { options: [], operands, paths: false, then }
}

/** What a command does when one of its operands is a path. */
export function withPath(then: Partial<Effect>): Variant {
  return { options: [], operands: [], paths: true, then }
}

/** Each path and what becomes of it. */
export function made(existing: Made['existing'], ...paths: readonly string[]): readonly Made[] {
  return paths.map((path) => ({ path, existing }))
}

/** A directory that is emptied unless one of the texts stands in one of the files (both parted by blanks). */
export function erasedUnless(path: string, files: string, texts: string): readonly Made[] {
  return [{ path, existing: 'erases', unless: { files: files.split(' '), texts: texts.split(' ') } }]
}

/** A path that is made only where one of the texts stands in one of the files (both parted by blanks). */
export function madeOnly(
  existing: Made['existing'],
  path: string,
  files: string,
  texts: string,
): readonly Made[] {
  return [{ path, existing, only: { files: files.split(' '), texts: texts.split(' ') } }]
}

/** Where a command is told what to write to; what is left out is nothing. */
export function outputs(rest: Partial<Outputs>): Outputs {
  const none: Outputs = {
    options: [],
    fileOptions: [],
    files: [],
    settings: [],
    blind: [],
    otherwise: null,
    remembers: [],
  }
  return { ...none, ...rest }
}

/** Names (parted by blanks) of a program and its options with values, `directory` and `manifest` ones included. */
export function program(names: string, rest: Partial<Program> = {}): Program {
  const { valued = [], directory = [], manifest = [], local = false } = rest
  return {
    names: names.split(' '),
    valued: [...valued, ...directory, ...manifest],
    directory,
    manifest,
    local,
  }
}

/** Junk that is disposable and that no neighbour vouches for, unless `rest` says so; a final `/` makes it a directory. */
export function junk(
  name: string,
  what: Junk['what'],
  says: string,
  source: string,
  rest: Partial<Junk> = {},
): Junk {
  const dir = name.endsWith('/')
  return {
    name: dir ? name.slice(0, -1) : name,
    type: dir ? 'dir' : 'file',
    what,
    disposable: 'always',
    beside: [],
    holds: null,
    bound: null,
    guard: false,
    says,
    source,
    ...rest,
  }
}

/** One tool of a manifest. */
export function versionTool(
  files: readonly string[],
  text: string,
  name: string,
  source: string,
  instead: string | null = null,
): VersionTool {
  return { files, text, name, instead, source }
}

/** The ways in which a configuration that is a program starts git itself. */
export function startsGit(files: readonly string[]): readonly VersionTool[] {
  const spellings = [
    "'git ",
    '"git ',
    '`git ',
    "'git'",
    '"git"',
    '`git`',
    '$(git ',
    '%w[git',
    '%w(git',
    "'.git/",
    '".git/',
    '`.git/',
  ]
  return spellings.map((text) =>
    versionTool(files, text, 'git, started by the configuration', 'https://git-scm.com/docs'),
  )
}
