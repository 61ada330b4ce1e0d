/** Suggestions as changes of texts: what each file says once they are followed. */

import { addLines, type Placer } from '../../ignore/edit.ts'
import { type IgnoreFile, parseIgnoreFile } from '../../ignore/parse.ts'
import type { Suggestion, TextEdit } from './suggestion.ts'

/** A file before and after, as whole texts; `before` null: it is new. */
export interface FileEdit {
  readonly file: string
  readonly before: string | null
  readonly after: string
}

/** The texts that suggestions change. */
export interface Originals {
  /** The ignore file in force, or the one that would be. */
  readonly ignoreFile: string
  readonly ignore: IgnoreFile | null
  /** Of that file. */
  readonly placer: Placer
  /** Dockerfiles of the group that lie on the disk, by name. */
  readonly dockerfiles: ReadonlyMap<string, string>
}

/** The files once all of the suggestions are followed; files that stay as they are are left out. Edits must not overlap. */
export function applySuggestions(
  suggestions: readonly Suggestion[],
  originals: Originals,
): readonly FileEdit[] {
  const edits: FileEdit[] = []
  const ignore = ignoreTextWith(suggestions, originals)
  if (ignore !== (originals.ignore?.text ?? ''))
    edits.push({ file: originals.ignoreFile, before: originals.ignore?.text ?? null, after: ignore })
  for (const [file, before] of originals.dockerfiles) {
    const after = dockerfileWith(suggestions, file, before)
    if (after !== before) edits.push({ file, before, after })
  }
  return edits
}

/** The ignore file's text with the lines of the suggestions; lines of one reason stand together under their comment. */
export function ignoreTextWith(suggestions: readonly Suggestion[], { ignore, placer }: Originals): string {
  const all = new Set(suggestions.flatMap(({ ignores }) => ignores.flatMap(({ lines }) => lines)))
  const groups = new Map<string, Set<string>>()
  const seen = new Set<string>()
  for (const { ignores } of suggestions)
    for (const { comment, lines } of ignores)
      for (const line of lines) {
        const covers = (end: string) => all.has(`**/${end}`) && saysAsMuch(`**/${end}`, line, placer)
        if (seen.has(line) || (!line.startsWith('**/') && endsOf(line).some(covers))) continue
        seen.add(line)
        groups.set(comment, (groups.get(comment) ?? new Set()).add(line))
      }
  if (groups.size === 0) return ignore?.text ?? ''
  return addLines(
    ignore,
    [...groups].map(([comment, lines]) => ({ comment, lines: [...lines] })),
    { at: 'proper', placer },
  )
}

/** `a/b`, `b`: the names by which a line for every place may stand for the path. */
const endsOf = (line: string): readonly string[] => {
  const parts = line.split('/')
  return parts.map((_, index) => parts.slice(index).join('/'))
}

/** True when a line for every place of a name does at the root what the line for the root does: no exception comes after the one and before the other. */
function saysAsMuch(anywhere: string, line: string, placer: Placer): boolean {
  const [wide, own] = [anywhere, line].map((text) => {
    const [pattern] = parseIgnoreFile(text).compiled
    return pattern && placer(pattern)
  })
  return !wide || !own || wide.isFree || own.isFree || wide.line >= own.line
}

/** A Dockerfile's text with what the suggestions change in it. */
export function dockerfileWith(suggestions: readonly Suggestion[], file: string, before: string): string {
  const all = suggestions.flatMap(({ rewrites }) => rewrites).filter((edit) => edit.file === file)
  const edits = all
    .filter((edit) => !all.some((other) => isCarried(edit, other)))
    .map((edit, index) => ({ ...edit, text: withCarried(edit, all, before), index }))
    // From the back; where two begin together, what is put before something goes in after that was replaced, the last first.
    .sort((a, b) => b.start - a.start || b.end - a.end || b.index - a.index)
  let text = before
  for (const { start, end, text: put } of edits) text = text.slice(0, start) + put + text.slice(end)
  return text
}

/** True when `other` carries away all that the edit would replace, and the edit knows what to put there then. */
const isCarried = ({ start, end, whenCarried }: TextEdit, { carries = [] }: TextEdit): boolean =>
  whenCarried !== undefined && carries.some((one) => one.start === start && one.end === end)

function withCarried(edit: TextEdit, all: readonly TextEdit[], before: string): string {
  const changed = all.filter((one) => isCarried(one, edit))
  return changed.reduce(
    (text, { start, end, whenCarried = '' }) => text.replace(before.slice(start, end), () => whenCarried),
    edit.text,
  )
}

/** Of suggestions that change the same stretch of a Dockerfile the first is followed; what it carries away may be changed where it goes. */
export function withoutOverlaps(suggestions: readonly Suggestion[]): readonly Suggestion[] {
  const taken: Suggestion[] = []
  for (const one of suggestions) {
    const isClash = taken.some((other) =>
      one.rewrites.some((edit) =>
        other.rewrites.some(
          (there) =>
            there.file === edit.file &&
            edit.start < there.end &&
            there.start < edit.end &&
            !other.rewrites.some((carrier) => isCarried(edit, carrier)),
        ),
      ),
    )
    if (!isClash) taken.push(one)
  }
  return taken
}
