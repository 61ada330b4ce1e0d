/** What the `yaml` package takes a text apart into, and what it makes of mistakes: only the first one is told. */

const mostErrors = 20

/**
 * How many tokens may be open within each other. The package enters itself for each, and where the stack ends an expression
 * may be compiled, which ends the process: V8 has no memory left for it, and no exception either.
 */
const deepest = 1000

/** Where it was, in characters. */
export class NestedTooDeeply extends RangeError {
  readonly offset: number

  constructor(offset: number) {
    super('nested too deeply')
    this.offset = offset
  }
}

interface TokenParser<T> {
  readonly next: (lexeme: string) => Iterable<T>
  readonly end: () => Iterable<T>
  /** What is open. */
  readonly stack: readonly unknown[]
  readonly offset: number
}

/**
 * The tokens up to the twentieth that is a mistake. The package makes an exception, with its stack, of each: a text that is
 * nothing but closing brackets would take 15 µs and 6 kB for every byte. Throws {@link NestedTooDeeply}.
 */
export function* soundTokens<T extends { readonly type: string }>(
  lexemes: Iterable<string>,
  parser: TokenParser<T>,
): Generator<T> {
  let errors = 0
  for (const token of allTokens(lexemes, parser)) {
    yield token
    if (token.type === 'error' && ++errors === mostErrors) return
  }
}

function* allTokens<T>(lexemes: Iterable<string>, parser: TokenParser<T>): Generator<T> {
  for (const lexeme of lexemes) {
    yield* parser.next(lexeme)
    if (parser.stack.length > deepest) throw new NestedTooDeeply(parser.offset)
  }
  yield* parser.end()
}

/** What it reads, where the mistakes that it finds keep no stack: to note one for each takes longer than all the rest. */
export function withoutStacks<T>(read: () => T): T {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 0
  try {
    return read()
  } finally {
    Error.stackTraceLimit = limit
  }
}
