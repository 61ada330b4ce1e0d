/** In what a checkout of a commit may differ from the objects of git that it is made of. */

import { groupedCount, humanSize } from '../lib/amount.ts'
import { decodePath, joinPath, visiblePath } from '../lib/path.ts'
import type { Doubt } from './host.ts'
import { mayBePointer, pointedSize } from './lfs.ts'
import { fileBits, type TreeEntry } from './tree.ts'

export interface CheckoutQuestion {
  readonly root: TreeEntry<string>
  /** The directory that is asked about, relative to the top; '' for the top. */
  readonly below: string
  /** The commit as it is shown. */
  readonly commit: string
  /** Relative to the top. */
  readonly submodules: readonly string[]
  /** Contents by name of the blob. */
  readonly contents: (sources: readonly string[]) => ReadonlyMap<string, Uint8Array>
}

/** Reads .gitattributes, and with Git LFS in use the files that are small enough to be its pointers. */
export function checkoutDoubts(question: CheckoutQuestion): readonly Doubt[] {
  const { below, commit, submodules } = question
  const prefix = below === '' ? '' : `${below}/`
  const inside = submodules.flatMap((path) => (path.startsWith(prefix) ? [path.slice(prefix.length)] : []))
  return [
    {
      paths: null,
      why: () =>
        `commit ${commit} is counted as a plain checkout of it: made now, umask 022, no extended attributes`,
    },
    ...(below === ''
      ? [
          {
            paths: ['.git'],
            why: () => '.git is not counted: what a checkout has there is not in the commit',
          },
        ]
      : []),
    ...(inside.length === 0
      ? []
      : [
          {
            paths: inside,
            why: (paths: readonly string[]) =>
              `${listed(paths, 'submodule is', 'submodules are')} counted as empty: a checkout with --recurse-submodules fills them`,
          },
        ]),
    ...attributeDoubts(question, prefix),
  ]
}

interface FileAt {
  readonly path: string
  readonly entry: TreeEntry<string>
}

/** The files below `prefix` (`` or `dir/`), relative to it, and what all .gitattributes of the commit say, line by line. */
function attributesOf(
  root: TreeEntry<string>,
  prefix: string,
  contents: CheckoutQuestion['contents'],
): { readonly files: readonly FileAt[]; readonly lines: readonly string[] } {
  const files: FileAt[] = []
  const attributes: FileAt[] = []
  const visit = (directory: TreeEntry<string>, at: string) => {
    for (const [name, entry] of directory.children ?? []) {
      const path = joinPath(at, name)
      if (entry.children) visit(entry, path)
      else if ((entry.mode & 0o170000) === fileBits) {
        if (name === '.gitattributes' && entry.size <= largestAttributes) attributes.push({ path, entry })
        if (path.startsWith(prefix)) files.push({ path: path.slice(prefix.length), entry })
      }
    }
  }
  visit(root, '')
  if (attributes.length === 0) return { files, lines: [] }
  const texts = contents(attributes.map(({ entry }) => entry.source))
  const lines = attributes.flatMap(({ entry }) =>
    decodePath(texts.get(entry.source) ?? new Uint8Array())
      .split('\n')
      .filter((line) => !line.trimStart().startsWith('#')),
  )
  return { files, lines }
}

function attributeDoubts({ root, contents }: CheckoutQuestion, prefix: string): readonly Doubt[] {
  const { files, lines } = attributesOf(root, prefix, contents)
  const doubts: Doubt[] = []
  if (lines.some(asksForLfs)) doubts.push(...pointerDoubts(files, contents))
  // gitattributes(5): what else gives a file another size in the working tree than in the repository.
  const changes = lines.some((line) =>
    /\s(?:eol=crlf|ident|working-tree-encoding=\S+|filter=(?!lfs(?:\s|$))\S+)(?:\s|$)/.test(line),
  )
  if (changes)
    doubts.push({
      paths: null,
      why: () =>
        '.gitattributes has files changed on checkout (eol, ident, encodings, filters): their sizes are those in git',
    })
  return doubts
}

const largestAttributes = 1 << 20
const mostPointers = 20_000

const asksForLfs = (line: string): boolean => /\sfilter=lfs(?:\s|$)/.test(line)

/** Files that are Git LFS pointers, by path from the top, with the bytes of what they stand for; null where LFS is not in use. */
export function lfsPointers(
  root: TreeEntry<string>,
  contents: CheckoutQuestion['contents'],
): ReadonlyMap<string, number> | null {
  const { files, lines } = attributesOf(root, '', contents)
  return lines.some(asksForLfs) ? pointersAmong(files, contents) : null
}

function pointersAmong(
  files: readonly FileAt[],
  contents: CheckoutQuestion['contents'],
): ReadonlyMap<string, number> {
  const small = files.filter(({ entry }) => mayBePointer(entry.size)).slice(0, mostPointers)
  const texts = contents(small.map(({ entry }) => entry.source))
  const sizes = new Map<string, number>()
  for (const { path, entry } of small) {
    const size = pointedSize(texts.get(entry.source) ?? new Uint8Array())
    if (size !== null) sizes.set(path, size)
  }
  return sizes
}

function pointerDoubts(files: readonly FileAt[], contents: CheckoutQuestion['contents']): readonly Doubt[] {
  const sizes = pointersAmong(files, contents)
  if (sizes.size === 0) return []
  return [
    {
      paths: [...sizes.keys()],
      why: (paths) => {
        let bytes = 0
        for (const path of paths) bytes += sizes.get(path) ?? 0
        return `${listed(paths, 'file is', 'files are')} counted as the Git LFS pointers they are in git: a checkout with LFS has ${humanSize(bytes)} there`
      },
    },
  ]
}

const mostNamed = 2

function listed(paths: readonly string[], one: string, many: string): string {
  const named = paths.slice(0, mostNamed).map(visiblePath).join(', ')
  return `${groupedCount(paths.length)} ${paths.length === 1 ? one : many} (${named}${paths.length > mostNamed ? ', …' : ''})`
}
