/** Inputs for a reader: words of its language in a row, seeds that are damaged, and a few that repeat themselves up to 64 kB. */

import { createRandom, type Random } from './random.ts'

export interface Language {
  /** Words and scraps of words, white space among them. */
  readonly words: readonly string[]
  /** Whole texts that are right, to be damaged. */
  readonly seeds: readonly string[]
}

export const longest = 64 << 10
/** One input in so many is as long as that. */
const longEvery = 2000
/** What no language expects: ends of text, marks, halves of characters, what turns a line around. */
const odd = [
  '\0',
  '\uFEFF',
  '\r',
  '\r\n',
  '\u2028',
  '\u202e',
  '\x1b[2J',
  '\udc80',
  '\udcff',
  'é',
  '\u{1F433}',
  '\x7f',
  '\\',
]

/** The input of that number. */
export function inputOf(language: Language, seed: number, number: number): string {
  const random = createRandom(seed, number)
  if (number % longEvery === longEvery - 1) return repeated(language, random)
  return random.below(2) === 0 ? sentence(language, random) : damaged(language, random)
}

function sentence({ words }: Language, random: Random): string {
  let text = ''
  for (let left = 1 + random.below(random.below(4) === 0 ? 60 : 12); left > 0; left--)
    text += random.below(40) === 0 ? random.pick(odd) : random.pick(words)
  return text
}

/** A head, a piece again and again, a tail: what takes more than linear time shows it here. */
function repeated(language: Language, random: Random): string {
  const { words } = language
  let piece = ''
  for (let left = 1 + random.below(3); left > 0; left--) piece += random.pick(words)
  if (piece === '') piece = 'a'
  const head = random.below(2) === 0 ? '' : sentence(language, random)
  return (head + piece.repeat(Math.ceil(longest / piece.length))).slice(0, longest - 16) + random.pick(words)
}

function damaged({ words, seeds }: Language, random: Random): string {
  let text = random.pick(seeds)
  for (let left = 1 + random.below(6); left > 0; left--) {
    const at = random.below(text.length + 1)
    const end = Math.min(text.length, at + random.below(random.below(3) === 0 ? 200 : 6))
    switch (random.below(7)) {
      case 0:
        text = text.slice(0, at) + text.slice(end)
        break
      case 1:
        text = text.slice(0, at) + random.pick(words) + text.slice(at)
        break
      case 2:
        text = text.slice(0, at) + random.pick(odd) + text.slice(end)
        break
      case 3:
        text = text.slice(0, end) + text.slice(at)
        break
      case 4:
        text = text.slice(0, at)
        break
      case 5: {
        const other = random.pick(seeds)
        text = text.slice(0, at) + other.slice(random.below(other.length + 1))
        break
      }
      default:
        text = text.slice(0, at) + String.fromCharCode(random.below(128)) + text.slice(at + 1)
    }
  }
  return text.slice(0, longest)
}

/** A smaller input that fails as well: pieces are taken out, large ones first, as long as it does. */
export function shrunk(input: string, fails: (input: string) => boolean): string {
  let text = input
  let tries = 2000
  for (let size = text.length >> 1; size >= 1; size >>= 1)
    for (let at = 0; at < text.length && tries > 0; tries--) {
      const shorter = text.slice(0, at) + text.slice(at + size)
      if (fails(shorter)) text = shorter
      else at += size
    }
  return text
}
