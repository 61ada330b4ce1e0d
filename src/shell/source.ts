/** A place to read from: a text, how far it has been read, and what was wrong first. */

import type { Position, Word } from './tree.ts'

/** Constructs within constructs beyond which a text is not read: real scripts stay below ten. */
const deepest = 60

/** What several texts that lie within one another share. */
export interface Trouble {
  first: string | null
  /** Commands and characters read so far. */
  commands: number
  characters: number
}

/** Commands beyond which a text is not read. */
export const mostCommands = 20_000

/** The same for characters; those of a text within a text count again. */
const mostCharacters = 4_000_000

/** A here-document that was announced and whose lines have not been reached. */
export interface PendingDocument {
  readonly delimiter: string
  readonly expand: boolean
  readonly chomp: boolean
  readonly into: { body: Word | null }
}

/** Mutable while it is read. `at` never goes back, so that reading is linear. */
export interface Source {
  readonly text: string
  at: number
  depth: number
  readonly trouble: Trouble
  readonly pending: PendingDocument[]
  /** True once a search for `}}` found none, so that it is not searched again. */
  withoutOpaque: boolean
  readonly position: (offset: number) => Position
}

/** A source for a text of its own, or, with `host`, for one that stands at a place of another text. */
export function createSource(
  whole: string,
  trouble: Trouble,
  { host = null, depth = 0 }: { readonly host?: Position | null; readonly depth?: number } = {},
): Source {
  trouble.characters += whole.length
  const tooMuch = trouble.characters > mostCharacters
  if (tooMuch) note(trouble, 'the text is too long')
  const text = tooMuch ? '' : whole
  const breaks: number[] = []
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) breaks.push(at)
  const position = (offset: number): Position => {
    let low = 0
    let high = breaks.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((breaks[middle] ?? 0) < offset) low = middle + 1
      else high = middle
    }
    return { offset: host?.offset ?? offset, line: (host?.line ?? 0) + low }
  }
  return { text, at: 0, depth, trouble, pending: [], withoutOpaque: false, position }
}

/** Notes what is not understood; the first one is kept. */
export function note(trouble: Trouble, why: string): void {
  trouble.first ??= why
}

/** Notes it, with the line of what began at `from`, and gives up on the rest of the text: every reader stops at its end. */
export function stop(source: Source, why: string, from: number = source.at): void {
  note(source.trouble, `${why} (line ${source.position(from).line + 1})`)
  source.at = source.text.length
}

/** True when there is nothing left. */
export function ended(source: Source): boolean {
  return source.at >= source.text.length
}

/** Takes what the sticky expression matches here; null when it does not. */
export function take(source: Source, expression: RegExp): RegExpExecArray | null {
  expression.lastIndex = source.at
  const found = expression.exec(source.text)
  if (found !== null) source.at += found[0].length
  return found
}

/** Looks whether the sticky expression matches here. */
export function sees(source: Source, expression: RegExp): boolean {
  expression.lastIndex = source.at
  return expression.test(source.text)
}

/** Passes over blanks, continued lines and a comment, up to a word, an operator or the end of the line. */
export function skipBlanks(source: Source): void {
  const { text } = source
  for (;;) {
    const char = text.charCodeAt(source.at)
    if (char === 32 || char === 9) source.at++
    else if (char === 92 && text.charCodeAt(source.at + 1) === 10) source.at += 2
    else break
  }
  if (text.charAt(source.at) !== '#') return
  const end = text.indexOf('\n', source.at)
  source.at = end < 0 ? text.length : end
}

/** Runs `read` one level deeper; gives up where that is too deep. */
export function deeper<T>(source: Source, read: () => T, instead: T): T {
  if (source.depth >= deepest) {
    stop(source, 'constructs lie too deep within one another')
    return instead
  }
  source.depth++
  const result = read()
  source.depth--
  return result
}
