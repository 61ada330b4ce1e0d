/**
 * Pieces of GitHub Flavored Markdown for comments. Whatever comes from a repository goes through {@link prose} or
 * {@link code}: it can be no markup, no link, no mention of somebody, and no end of what it stands in.
 */

import { visiblePath } from '../../lib/path.ts'
import { hash } from '../issues/fingerprint.ts'

/** GitHub takes comments of up to 65,536 characters; some room is left for what others add. */
const longestComment = 60_000

/** Code points of one name or sentence. */
const longest = 400

/**
 * The first line of a comment, by which it is found again and replaced: `<!-- ctxsize services/api -->`. `words`: what
 * tells the comments of one pull request apart.
 */
export function marker(words: readonly string[]): string {
  const name = words.map(markerWord).join(' ')
  // Two long ones must not be the same.
  const short = name.length > 120 ? `${name.slice(0, 100)}~${hash(name)}` : name
  return `<!-- ctxsize ${short} -->`
}

/** No `--` or `>`, which would end the comment, and nothing that a shell or an expression of a workflow would take up. */
function markerWord(word: string): string {
  return [...Buffer.from(word)]
    .map((byte, i, bytes) => {
      const char = String.fromCharCode(byte)
      const isPlain = /[\w./=:,@+]/.test(char) || (char === '-' && bytes[i - 1] !== byte)
      return isPlain ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

/** A sentence; what stands in it between backticks becomes code. */
export function prose(text: string): string {
  return cut(visiblePath(text))
    .split('`')
    .map((part, i) => (i % 2 === 0 ? inert(part) : code(part)))
    .join('')
}

/** A name, a path, a line of a file. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${inert(cut(visiblePath(text)))}</code>`
}

function cut(text: string): string {
  if (text.length <= longest) return text
  return `${[...text].slice(0, longest).join('')}…`
}

/**
 * What Markdown, its tables, its mathematics and HTML take for markup, as a reference; and what GitHub makes links and
 * pictures of (mentions, issues, addresses, commits, `:emoji:`) broken by an empty comment, which nobody sees.
 */
function inert(text: string): string {
  return text.replace(
    /[&<>"*_~[\]\\|{}$^`]|[@#]|:(?=\/\/)|:(?=[\w+-]+:)|www(?=\.)|gh(?=-)|\b[0-9a-f]{7,}\b/gi,
    (found) => {
      if (/^[@#:]$/.test(found) || /^(?:www|gh)$/i.test(found)) return `${found}<!-- -->`
      if (found.length === 1) return `&#${found.charCodeAt(0)};`
      return `${found.slice(0, 3)}<!-- -->${found.slice(3)}`
    },
  )
}

export type Alignment = 'left' | 'right'

/** A table of cells that are Markdown already. */
export function tableHead(columns: readonly (readonly [title: string, alignment: Alignment])[]): string {
  const rule = columns.map(([, alignment]) => (alignment === 'right' ? '---:' : '---'))
  return `${tableRow(columns.map(([title]) => title))}${tableRow(rule)}`
}

export function tableRow(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |\n`
}

/** What stands before and behind something to unfold. The summary is Markdown already. */
export const unfold = (summary: string): { readonly head: string; readonly tail: string } => ({
  head: `<details><summary>${summary}</summary>\n`,
  tail: '\n</details>\n',
})

/** Lines as they are, line by line made safe to look at; in a fence that none of them can end. */
export function fence(language: string, lines: readonly string[]): string {
  const shown = lines.map((line) => cut(visiblePath(line)))
  const longestRun = Math.max(
    0,
    ...shown.flatMap((line) => (line.match(/`+/g) ?? []).map((run) => run.length)),
  )
  const mark = '`'.repeat(Math.max(3, longestRun + 1))
  return `${mark}${language}\n${shown.map((line) => `${line}\n`).join('')}${mark}\n`
}

/** A part of a comment of which the end may be left out. */
export interface Part {
  readonly head: string
  readonly blocks: readonly string[]
  /** What stands for so many blocks that found no room. */
  readonly more: (left: number) => string
  readonly tail?: string
}

/** The parts one after the other, with an empty line between them; the first get all the room that they want. */
export function fitted(parts: readonly Part[], room: number = longestComment): string {
  let text = ''
  for (const { head, blocks, more, tail = '' } of parts) {
    if (blocks.length === 0 && head === '') continue
    const start = text === '' ? head : `\n${head}`
    let used = text.length + start.length + tail.length + more(blocks.length).length
    const fitting = blocks.findIndex((block) => {
      used += block.length
      return used > room
    })
    const shown = fitting < 0 ? blocks : blocks.slice(0, fitting)
    const left = blocks.length - shown.length
    text += `${start}${shown.join('')}${left > 0 ? more(left) : ''}${tail}`
  }
  return text
}
