/** What rules would have people do, beside what is proposed and what is kept: nobody is told one thing in two ways. */

import { advice, listed, shownPattern } from '../analyse/line-words.ts'
import { wellFormed } from '../lib/path.ts'
import type { Finding } from '../report.ts'
import { instead } from '../rules/secret-ships.ts'
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
  { suggestions, originals, left }: Pick<Proposals, 'suggestions' | 'originals' | 'left'>,
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
    if (done.size === 0) return beside(finding, left)
    const lines = [...done.keys()].map(({ line }) => line)
    const texts = listed([...new Set([...done.values()].flat())].map(shownPattern), mostNamed)
    const idle = `line${lines.length === 1 ? '' : 's'} ${listed(lines.map(String), mostNamed)} can go then`
    const rest = advice(advised.filter((one) => !done.has(one)))
    const parts = [`ctxsize fix adds ${texts}`, hasExceptions ? null : idle, rest]
    return { ...finding, hint: parts.filter((part) => part !== null).join('; ') }
  })
}

const mostNamed = 6

/** Credentials that a build asks for: no line may leave them out, so that the hint says who asks, and what else can be done. */
function beside(finding: Finding, left: Proposals['left']): Finding {
  const { path, reach } = finding.data
  if (finding.rule !== 'secret-ships' || typeof path !== 'string' || reach === 'lent') return finding
  const kept = left.find(
    ({ stake }) => path === wellFormed(stake.path) || path.startsWith(`${wellFormed(stake.path)}/`),
  )
  if (kept === undefined) return finding
  const { text } = kept.judgement.reason
  return {
    ...finding,
    hint: `a line in the ignore file would take it from the build (${wellFormed(text)}): ${instead}`,
  }
}

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
