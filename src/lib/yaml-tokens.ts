/** What the `yaml` package takes a text apart into, and what it makes of mistakes: only the first one is told. */

const mostErrors = 20

/**
 * The tokens up to the twentieth that is a mistake. The package makes an exception, with its stack, of each: a text that is
 * nothing but closing brackets would take 15 µs and 6 kB for every byte.
 */
export function* untilAllWrong<T extends { readonly type: string }>(tokens: Iterable<T>): Generator<T> {
  let errors = 0
  for (const token of tokens) {
    yield token
    if (token.type === 'error' && ++errors === mostErrors) return
  }
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
