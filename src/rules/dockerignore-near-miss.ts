import { advice, listed, shownPattern } from '../analyse/line-words.ts'
import { dirKind, type EntryTable, flag } from '../context/table.ts'
import { asPattern } from '../ignore/edit.ts'
import { isJunkPattern, isUsualName } from '../ignore/well-known.ts'
import { editDistance } from '../lib/distance.ts'
import { hasWildcard } from '../lib/glob.ts'
import { wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** A line for a name that is not there, beside one that differs by a letter and is. */
export const dockerignoreNearMiss: Rule = {
  id: 'dockerignore-near-miss',
  ofWhole: true,
  check: nearMisses,
}

interface Line {
  readonly line: number
  readonly pattern: string
  /** What is there. */
  readonly name: string
  readonly instead: readonly string[]
}

/** So many names at the root are compared. */
const mostNames = 2000

/** A warning where what is there is what tools leave behind, as that can only be meant; by the way where it is anything else. */
function nearMisses({ main }: MeasuredBuild): readonly Finding[] {
  const { ignore, patterns } = main.context
  if (!ignore) return []
  const { table, walk } = main
  const lines = ignore.parsed.lines
  const missing = patterns.patterns.flatMap((pattern, index) =>
    !pattern.negated &&
    !pattern.invalid &&
    (walk.firstMatch[index] ?? -1) < 0 &&
    !/[/\s]/.test(pattern.text) &&
    !hasWildcard(pattern.text) &&
    !pattern.text.includes('\\')
      ? [{ text: pattern.text, line: lines[index] }]
      : [],
  )
  if (missing.length === 0) return []
  const names = keptAtRoot(table)
  const found = missing.flatMap(({ text, line }) => {
    const near = names.find(({ name }) => isSlip(text, name))
    if (!near || !line) return []
    const written = asPattern(near.name, { anywhere: false })
    const slash = line.written.endsWith('/') && near.isDirectory ? '/' : ''
    const told: Line = {
      line: line.line,
      pattern: wellFormed(line.written),
      name: wellFormed(near.name),
      instead: written === null ? [] : [written + slash],
    }
    return [{ told, isJunk: isJunkPattern(near.name) }]
  })
  const junk = found.filter(({ isJunk }) => isJunk)
  const shown = (junk.length > 0 ? junk : found).map(({ told }) => told)
  const [first] = shown
  if (!first) return []
  return [
    {
      ...plain,
      rule: 'dockerignore-near-miss',
      severity: junk.length > 0 ? 'warning' : 'info',
      message:
        shown.length === 1
          ? `${shownPattern(first.pattern)} matches nothing, and the context has ${shownPattern(first.name)}`
          : `${shown.length} lines match nothing, and the context has what is spelt much like them: ${listed(
              shown.map((one) => `${one.line} ${shownPattern(one.pattern)} (${shownPattern(one.name)})`),
            )}`,
      hint: advice(shown),
      at: { file: wellFormed(ignore.file), line: first.line },
      data: { lines: found.map(({ told }) => told) },
    },
  ]
}

/** What lies at the root and is not ignored. */
function keptAtRoot(table: EntryTable): readonly { readonly name: string; readonly isDirectory: boolean }[] {
  const names: { readonly name: string; readonly isDirectory: boolean }[] = []
  for (let row = 0; row < table.count && names.length < mostNames; row = table.end[row] ?? row + 1)
    if (((table.flags[row] ?? 0) & flag.ignored) === 0)
      names.push({ name: table.name(row), isDirectory: table.kind[row] === dirKind })
  return names
}

/** True when somebody who writes `written` may well have meant `name`. */
function isSlip(written: string, name: string): boolean {
  if (written === name || written.length < 3 || name.length < 3) return false
  if (written.length > 60 || name.length > 60) return false
  if (written.toLowerCase() === name.toLowerCase()) return true
  if (written.replace(/\.ya?ml$/, '') === name.replace(/\.ya?ml$/, '')) return true
  if (`${written}s` === name || written === `${name}s`) return true
  // Digits tell things apart, and known names are known to whoever types them.
  if (isUsualName(written) || /\d/.test(written + name) || written.length < 4) return false
  if (written.startsWith('.') !== name.startsWith('.')) return false
  return editDistance(written, name, 2) === 1 || isSwapped(written, name) || isFarSlip(written, name)
}

const isFarSlip = (written: string, name: string) =>
  written.length >= 7 && name.length >= 7 && editDistance(written, name, 3) <= 2

/** True when two letters that stand side by side have changed places: `.gti`. */
function isSwapped(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2)
}
