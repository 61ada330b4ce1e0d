/** A history made by a script, with what each commit holds known to the script itself, so that a count needs no git. */

import * as fs from 'node:fs'
import { git, gitBytes } from '../git.ts'

/** Path → mode and text; `120000` is a link. */
export type Tree = ReadonlyMap<string, { readonly mode: string; readonly text: string }>

/** A commit of the first-parent line, the oldest first. */
export interface MadeCommit {
  readonly what: string
  readonly tree: Tree
}

export interface Author {
  /** A commit on the line. */
  readonly commit: (what: string, change: (tree: Map<string, { mode: string; text: string }>) => void) => void
  /** A branch of several commits from here, merged back with a commit of its own. */
  readonly merge: (
    what: string,
    changes: readonly ((tree: Map<string, { mode: string; text: string }>) => void)[],
  ) => void
  readonly put: (
    file: string,
    text?: string,
    mode?: string,
  ) => (tree: Map<string, { mode: string; text: string }>) => void
}

/** Writes the history into a new repository at the directory and checks its last commit out. */
export function makeHistory(directory: string, write: (author: Author) => void): readonly MadeCommit[] {
  const line: MadeCommit[] = []
  const stream: string[] = []
  let marks = 0
  let last = 0
  let texts = 0
  let tree = new Map<string, { mode: string; text: string }>()
  const emit = (what: string, content: Tree, parents: readonly number[]): number => {
    const mark = ++marks
    stream.push(
      `commit refs/heads/main\nmark :${mark}\ncommitter A <a@example.com> ${1_700_000_000 + mark * 60} +0000\n`,
      `data ${Buffer.byteLength(what)}\n${what}\n`,
      ...parents.map((parent, i) => `${i === 0 ? 'from' : 'merge'} :${parent}\n`),
      'deleteall\n',
      ...[...content].map(
        ([file, { mode, text }]) => `M ${mode} inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`,
      ),
    )
    return mark
  }
  const author: Author = {
    put:
      (file, text, mode = '100644') =>
      (content) => {
        content.set(file, { mode, text: text ?? `text ${++texts}` })
      },
    commit: (what, change) => {
      tree = new Map(tree)
      change(tree)
      last = emit(what, tree, last === 0 ? [] : [last])
      line.push({ what, tree })
    },
    merge: (what, changes) => {
      let branch = last
      const content = new Map(tree)
      for (const [i, change] of changes.entries()) {
        change(content)
        branch = emit(`${what}, ${i + 1}`, content, [branch])
      }
      tree = content
      last = emit(what, tree, [last, branch])
      line.push({ what, tree })
    },
  }
  write(author)
  fs.mkdirSync(directory, { recursive: true })
  git(directory, 'init', '-q', '-b', 'main')
  gitBytes(directory, ['fast-import', '--quiet', '--force'], stream.join(''))
  git(directory, 'reset', '-q', '--hard', 'main')
  return line
}
