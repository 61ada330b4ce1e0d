/** What the `yaml` package takes a text apart into, cut off where nobody wants to hear more of what is wrong. */

/** Only the first mistake is told. */
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
