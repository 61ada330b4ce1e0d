/** Comma-separated values as Go's encoding/csv and tonistiigi/go-csvvalue read them. */

import { Unsuitable } from './convert.ts'

/** Rows of fields; blank lines are none. Throws {@link Unsuitable} for stray quotes. */
export function csvRows(text: string, comma = ','): readonly (readonly string[])[] {
  const rows: string[][] = []
  const lines = text.replace(/\r\n/g, '\n')
  let i = 0
  while (i < lines.length) {
    if (lines[i] === '\n') {
      i++
      continue
    }
    const row: string[] = []
    for (;;) {
      if (lines[i] === '"') {
        const pieces: string[] = []
        let from = i + 1
        for (;;) {
          const quote = lines.indexOf('"', from)
          if (quote < 0) throw new Unsuitable('extraneous or missing " in quoted-field')
          pieces.push(lines.slice(from, quote))
          if (lines[quote + 1] !== '"') {
            i = quote + 1
            break
          }
          pieces.push('"')
          from = quote + 2
        }
        if (i < lines.length && lines[i] !== comma && lines[i] !== '\n') {
          throw new Unsuitable('extraneous or missing " in quoted-field')
        }
        row.push(pieces.join(''))
      } else {
        const start = i
        while (i < lines.length && lines[i] !== comma && lines[i] !== '\n') {
          if (lines[i] === '"') throw new Unsuitable('bare " in non-quoted field')
          i++
        }
        row.push(lines.slice(start, i))
      }
      if (lines[i] === comma) i++
      else break
    }
    i++
    rows.push(row)
  }
  return rows
}

/** The fields of one line; throws {@link Unsuitable} when there is none. */
export function csvFields(text: string, comma = ','): readonly string[] {
  const first = csvRows(text, comma)[0]
  if (!first) throw new Unsuitable(`failed to parse ${text} as CSV: EOF`)
  return first
}
