/** A text being read from its start to its end. */

import { type At, Refusal, type Source } from './source.ts'

const identifier = /[\p{ID_Start}_][\p{ID_Continue}-]*/uy
const space = /[ \t]+/y
const lineComment = /(?:#|\/\/)[^\n]*/y
const deepestNesting = 200

/** A position in a text that moves on. Newlines end an expression unless a bracket is open. */
export class Reader {
  offset: number
  readonly source: Source
  readonly end: number
  #depth = 0
  #newlinesEnd: boolean

  constructor(source: Source, offset = 0, newlinesEnd = true) {
    this.source = source
    this.offset = offset
    this.end = source.text.length
    this.#newlinesEnd = newlinesEnd
  }

  at(offset = this.offset): At {
    return { source: this.source, offset }
  }

  refuse(message: string, offset = this.offset): never {
    throw new Refusal(message, this.at(Math.min(offset, this.end)))
  }

  /** Runs `work` one bracket deeper, where newlines do or do not end an expression; null: as they do now. */
  within<Result>(newlinesEnd: boolean | null, work: () => Result): Result {
    if (this.#depth >= deepestNesting) {
      throw new Refusal(`nested more than ${deepestNesting} deep, which is not followed`, this.at(), true)
    }
    const before = this.#newlinesEnd
    this.#newlinesEnd = newlinesEnd ?? before
    this.#depth++
    try {
      return work()
    } finally {
      this.#newlinesEnd = before
      this.#depth--
    }
  }

  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.offset
    const found = pattern.exec(this.source.text)
    if (found) this.offset = pattern.lastIndex
    return found
  }

  /** Skips blanks and comments, and newlines where they mean nothing. */
  skip(): void {
    const { text } = this.source
    for (;;) {
      if (this.match(space) || this.match(lineComment)) continue
      if (text.startsWith('/*', this.offset)) {
        const close = text.indexOf('*/', this.offset + 2)
        if (close < 0) this.refuse('Unterminated comment; There is no closing */ for this comment.')
        this.offset = close + 2
        continue
      }
      if (!this.#newlinesEnd && this.newline()) continue
      return
    }
  }

  newline(): boolean {
    const { text } = this.source
    const length = text.startsWith('\n', this.offset) ? 1 : text.startsWith('\r\n', this.offset) ? 2 : 0
    this.offset += length
    return length > 0
  }

  /** Skips every blank line too. */
  skipLines(): void {
    do this.skip()
    while (this.newline())
  }

  get done(): boolean {
    return this.offset >= this.end
  }

  sees(token: string): boolean {
    this.skip()
    return this.source.text.startsWith(token, this.offset)
  }

  take(token: string): boolean {
    if (!this.sees(token)) return false
    this.offset += token.length
    return true
  }

  name(): string | null {
    this.skip()
    return this.match(identifier)?.[0] ?? null
  }

  /** Takes the word if it stands here by itself. */
  takeWord(word: string): boolean {
    this.skip()
    const before = this.offset
    if (this.match(identifier)?.[0] === word) return true
    this.offset = before
    return false
  }
}
