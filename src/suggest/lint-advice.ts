/** What rules would have people write into the ignore file, beside what is proposed for it: nobody is told one thing in two ways. */

import { advice, listed, shownPattern } from '../analyse/line-words.ts'
import { wellFormed } from '../lib/path.ts'
import type { Finding } from '../report.ts'
import type { Proposals } from './suggest.ts'

/** A line as the rules tell of it, with what they would have in its place. */
interface Advised {
  readonly line: number
  readonly instead: readonly string[]
}

/**
 * The findings; one that says what to write on a line, where `ctxsize fix` adds just that, says so. The line itself stays:
 * `--write` keeps what people wrote. Without exceptions in the file it does nothing any more, and that is said too.
 */
export function findingsBeside(
  findings: readonly Finding[],
  { suggestions, originals }: Pick<Proposals, 'suggestions' | 'originals'>,
): readonly Finding[] {
  const added = new Set(
    suggestions
      .filter(({ safety }) => safety !== 'review')
      .flatMap(({ ignores }) => ignores.flatMap(({ lines }) => lines.map(wellFormed))),
  )
  const hasExceptions = originals.ignore?.compiled.some(({ negated }) => negated) ?? false
  return findings.map((finding): Finding => {
    const done = new Map<Advised, readonly string[]>()
    const advised = advisedBy(finding)
    for (const one of advised) {
      const found = one.instead.flatMap((text) => addedFor(text, added))
      if (found.length === one.instead.length) done.set(one, found)
    }
    if (done.size === 0) return finding
    const lines = [...done.keys()].map(({ line }) => line)
    const texts = listed([...new Set([...done.values()].flat())].map(shownPattern), mostNamed)
    const idle = `line${lines.length === 1 ? '' : 's'} ${listed(lines.map(String), mostNamed)} can go then`
    const rest = advice(advised.filter((one) => !done.has(one)))
    const parts = [`ctxsize fix adds ${texts}`, hasExceptions ? null : idle, rest]
    return { ...finding, hint: parts.filter((part) => part !== null).join('; ') }
  })
}

const mostNamed = 6

/** The same for every place, or the line itself, where it is added. */
const addedFor = (text: string, added: ReadonlySet<string>): readonly string[] =>
  [`**/${text}`, text].filter((one) => added.has(one)).slice(0, 1)

/** The lines that the hint is about, of a rule that tells what to write on them. */
function advisedBy({ hint, data }: Finding): readonly Advised[] {
  const { lines } = data
  if (hint === null || !Array.isArray(lines)) return []
  const isTold = (line: number) => / and \d+ more$/.test(hint) || ` ${hint},`.includes(` on line ${line},`)
  return lines.flatMap((entry: unknown): readonly Advised[] => {
    const { line, instead }: { readonly line?: unknown; readonly instead?: unknown } = Object(entry)
    if (typeof line !== 'number' || !Array.isArray(instead) || instead.length === 0) return []
    const texts = instead.filter((text): text is string => typeof text === 'string')
    return isTold(line) ? [{ line, instead: texts }] : []
  })
}
