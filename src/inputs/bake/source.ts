/** Where things stand in a bake file, how the reading of one ends early, and how much work may go into it. */

/** A text with a name, and where its lines begin. */
export interface Source {
  /** As given with `-f`: relative to the working directory, or absolute. */
  readonly file: string
  readonly text: string
  readonly lineStarts: readonly number[]
  /** For a text that is itself part of a file (a string of JSON): where it stands there. */
  readonly origin: At | null
}

/** A character of a source. */
export interface At {
  readonly source: Source
  readonly offset: number
}

/** A source made of a file's name and text. */
export function createSource(file: string, text: string, origin: At | null = null): Source {
  const lineStarts = [0]
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) lineStarts.push(i + 1)
  return { file, text, lineStarts, origin }
}

/** Line and column, both from 1; the column counts characters as people see them, near enough. */
export function positionOf(at: At): { readonly line: number; readonly column: number } {
  const { lineStarts, text, origin } = at.source
  if (origin) return positionOf(origin)
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= at.offset) low = middle
    else high = middle - 1
  }
  const start = lineStarts[low] ?? 0
  // A line of a megabyte is not counted out: nobody looks for column 700000.
  const before = at.offset - start > 10_000 ? null : text.slice(start, at.offset)
  return { line: low + 1, column: (before === null ? at.offset - start : [...before].length) + 1 }
}

/**
 * Thrown inside this folder and caught by `readBake`: what bake refuses (`beyond` false), or what this program does
 * not follow (`beyond` true): sizes no real definition has, functions that only a run can answer.
 */
export class Refusal extends Error {
  readonly at: At | null
  readonly beyond: boolean

  constructor(message: string, at: At | null, beyond = false) {
    super(message)
    this.at = at
    this.beyond = beyond
  }
}

/** What one reading may cost. Every evaluated expression and every element that is made or looked at spends from it. */
export interface Run {
  /** Throws a {@link Refusal} when the work is more than any real definition needs. */
  readonly spend: (amount: number) => void
  /** Runs `work` one level deeper; throws a {@link Refusal} when that is too deep for the stack. */
  readonly deeper: <Result>(work: () => Result) => Result
}

/** Work that stands for about a second. */
const mostWork = 6_000_000
const deepest = 400

/** A fresh allowance. */
export function createRun(): Run {
  let spent = 0
  let depth = 0
  return {
    spend: (amount) => {
      spent += amount
      if (spent > mostWork)
        throw new Refusal('this definition takes more work than is put into one', null, true)
    },
    deeper: (work) => {
      if (depth >= deepest) throw new Refusal('this definition is nested too deeply to follow', null, true)
      depth++
      try {
        return work()
      } finally {
        depth--
      }
    },
  }
}
