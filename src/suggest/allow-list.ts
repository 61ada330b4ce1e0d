/** An allow-list in the place of a list of what stays out: everything is dropped, and what builds read is let in again. */

import { dirKind, type EntryTable, type Row } from '../context/table.ts'
import { addLines, asPattern } from '../ignore/edit.ts'
import { rootedPath, visiblePath } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Suggestion } from './edits/suggestion.ts'
import { ignoreTextWith } from './edits/texts.ts'
import type { MemberRead } from './group/model.ts'
import { tryIgnoreText } from './lines/proof.ts'
import type { Proposals } from './suggest.ts'

export type AllowList = { readonly text: string } | { readonly refused: string }

/**
 * Lets in what instructions name, as they name it, and for those that take everything each entry at the top of which they
 * read something. The lines that are there stay below, so that nothing comes in which was out, and those of `followed`
 * are added. Tried on the tree: nothing that is read goes, but for what `followed` drops. Linear in the rows.
 */
export function allowList(
  measured: MeasuredBuild,
  proposals: Proposals,
  followed: readonly Suggestion[],
): AllowList {
  const { group, originals } = proposals
  const [open] = group.open
  if (open) return { refused: `${open.at ? `${open.at.file}:${open.at.line}: ` : ''}${open.text}` }
  const { table } = measured.main
  const wanted = tryIgnoreText(ignoreTextWith(followed, originals), measured)
  if (wanted === null) return { refused: 'docker refuses the ignore file that is there' }
  const named = new Set<string>()
  const whole = new Set<string>()
  for (const { reads } of group.members)
    for (const read of reads) {
      for (const source of read.instruction.localSources) {
        const pattern = patternOf(source, read)
        if (pattern !== null) named.add(`!${pattern}`)
        else
          for (const row of tops(table, read.rows, wanted.kept)) {
            const name = asPattern(table.name(row), { anywhere: false })
            if (name === null) return { refused: `no line can name ${visiblePath(table.path(row))}` }
            whole.add(`!${name}`)
          }
      }
    }
  if (named.size + whole.size === 0) return { refused: 'no instruction reads the context' }
  const covered = [...named].filter((line) => !whole.has(line.replace(/\/.*/, '')))
  const start = addLines(
    null,
    [
      { comment: 'Everything is out; what the builds read is let in again.', lines: ['*'] },
      { comment: 'Named by an instruction.', lines: covered },
      {
        comment: 'Read by an instruction that takes everything: what is new at the top needs a line here.',
        lines: [...whole].sort(),
      },
    ],
    { at: 'end' },
  )
  const existing = originals.ignore?.text ?? ''
  const rest = ignoreTextWith(withUsefulLines(followed, measured, `${start}\n${existing}`), originals)
  const mark = rest.startsWith('\uFEFF') ? '\uFEFF' : ''
  const ending = rest.includes('\r\n') ? '\r\n' : '\n'
  const below = rest.slice(mark.length)
  const text = mark + start.replaceAll('\n', ending) + (below === '' ? '' : ending + below)
  const trial = tryIgnoreText(text, measured)
  const read = (row: Row) => group.members.some((member) => member.read[row] === 1)
  if (trial === null || trial.letsIn.length > 0) return { refused: 'it would let in what is out' }
  const lost = trial.drops.find((row) => wanted.kept[row] === 1 && read(row))
  return lost === undefined
    ? { text }
    : { refused: `${visiblePath(table.path(lost))} is read, and no line lets it in` }
}

/** The source as a pattern; null where it is the whole context. */
function patternOf(source: string, { instruction }: MemberRead): string | null {
  const path = rootedPath(instruction.parents ? source.replace('/./', '/') : source)
  if (path === '' || /^[*/]+$/.test(path)) return null
  const isGlob = !instruction.mount && /[*?[\\]/.test(path)
  return isGlob ? path : asPattern(path, { anywhere: false })
}

/** Entries at the top in which one of the rows stays, each once. */
function tops(table: EntryTable, rows: Int32Array, kept: Uint8Array): readonly Row[] {
  const found: Row[] = []
  let end = 0
  for (const row of rows) {
    if (row < end || kept[row] !== 1 || table.kind[row] === dirKind) continue
    let top = row
    for (let parent = table.parent[top] ?? -1; parent >= 0; parent = table.parent[parent] ?? -1) top = parent
    found.push(top)
    end = table.end[top] ?? top + 1
  }
  return found
}

/** The suggestions with those of their lines that still drop something below the list; guards go with the rest. */
function withUsefulLines(
  followed: readonly Suggestion[],
  measured: MeasuredBuild,
  start: string,
): readonly Suggestion[] {
  const open = tryIgnoreText(start, measured)
  if (open === null) return followed
  const drops = (line: string) =>
    (tryIgnoreText(`${start}\n${line}\n`, measured, open.kept)?.drops.length ?? 0) > 0
  return followed.map((one) => ({
    ...one,
    ignores: one.ignores.map(({ comment, lines }) => ({ comment, lines: lines.filter(drops) })),
  }))
}
