/** Widths on a terminal, and breaking text to fit; as cli-table3's string-width counts, so that both agree. */

// East Asian Wide and Fullwidth blocks (Unicode 15, EastAsianWidth.txt) and emoji.
const wide =
  /^[\u1100-\u115F\u2329\u232A\u2E80-\u303E\u3041-\uA4CF\uA960-\uA97C\uAC00-\uD7A3\uF900-\uFAFF\uFE10-\uFE19\uFE30-\uFE6B\uFF01-\uFF60\uFFE0-\uFFE6\u{1B000}-\u{1B2FF}\u{1F200}-\u{1F265}\u{20000}-\u{3FFFD}\p{Emoji_Presentation}]$/u
// Marks, and the colours of a skin, which change the letter or the emoji before them.
const zero = /^[\u0300-\u036F\uFE00-\uFE0F\u{1F3FB}-\u{1F3FF}]$/u
// Two of them are a flag.
const half = /^[\u{1F1E6}-\u{1F1FF}]$/u
const ascii = /^[\x20-\x7E]*$/

/** Columns that the text takes, which holds neither control characters nor colours. */
export function displayWidth(text: string): number {
  if (ascii.test(text)) return text.length
  let columns = 0
  for (const point of text) columns += zero.test(point) ? 0 : wide.test(point) && !half.test(point) ? 2 : 1
  return columns
}

/** The text padded with blanks at its end to at least `columns`. */
export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** The text cut at its end to `columns` with an ellipsis; whole when it fits. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text
  return `${head(text, columns - 1).trimEnd()}…`
}

/** The longest beginning that fits into `columns`, one character at least; a letter with its marks is one, or a flag. */
function head(text: string, columns: number): string {
  let taken = ''
  let used = 0
  /** Where the character begins that is being taken. */
  let from = 0
  let before = ''
  for (const point of text) {
    used += displayWidth(point)
    if (!isPart(point, before)) from = taken.length
    if (used > columns && from > 0) return taken.slice(0, from)
    // A flag has two halves, and the next is another's.
    before = half.test(point) && half.test(before) ? '' : point
    taken += point
  }
  return taken
}

const mark = /^(?:\p{M}|[\u{1F3FB}-\u{1F3FF}])$/u

/** True for what changes the character before it. */
function isPart(point: string, before: string): boolean {
  return !ascii.test(point) && (mark.test(point) || (half.test(point) && half.test(before)))
}

/** What belongs to the word before it: the second dot of `COPY . .`, a line like `:12`. */
const clings = /^ (?:\.|:\d+)(?![\w./])/

/** The last blank at which a text may be broken, at `at` or before. -1: there is none. */
function lastBlank(text: string, at: number): number {
  let blank = text.lastIndexOf(' ', at)
  while (blank > 0 && clings.test(text.slice(blank, blank + 12))) blank = text.lastIndexOf(' ', blank - 1)
  return blank
}

/** Up to the last mark in the midst of a word: the dashes of `--from` stay with it. */
const lastMark = /^.*[^\s_.-][_.-]/s

/** Lines of at most `columns`, broken at blanks, else after `/`, else after `-`, `_` or `.`, else anywhere; not where it leaves a line nearly empty. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let rest = text
  for (;;) {
    const most = head(rest, columns)
    if (most.length === rest.length) break
    const blank = lastBlank(rest, most.length)
    const slash = most.lastIndexOf('/') + 1
    // The slash behind a directory is never a line of its own.
    const least = rest.slice(most.length) === '/' ? 0 : most.length / 3
    const mark = lastMark.exec(most)?.[0].length ?? 0
    const cut = [blank, slash, mark].find((at) => at > least) ?? most.length
    lines.push(rest.slice(0, cut).trimEnd())
    rest = rest.slice(cut).trimStart()
  }
  if (rest !== '' || lines.length === 0) lines.push(rest)
  return lines
}
