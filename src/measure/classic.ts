/** A surveyed context as the classic client sees it. */

import type { EntryTable } from '../context/table.ts'
import { type ClassicRules, type Selection, selectForClassic } from '../resolve/selection.ts'
import { isSent, type TarExtra, tarBytes } from '../resolve/wire.ts'
import type { Survey } from './survey.ts'

/** What the classic client's tar holds; null when it refuses the context. */
export interface ClassicView {
  readonly sent: Selection
  readonly bytes: number
  /** Files the client adds or changes: the Dockerfile from outside under a random name. */
  readonly extras: readonly TarExtra[]
  /** Why `bytes` may be off. */
  readonly inexact: readonly string[]
}

/** The name under which the classic client adds a Dockerfile from outside: `.dockerfile.` and 20 random hex digits. */
const addedDockerfile = `.dockerfile.${'0'.repeat(20)}`

/** `outside`: bytes of a Dockerfile that lies outside the context, null for one inside. */
export function viewClassic(survey: Survey, rules: ClassicRules, outside: number | null): ClassicView {
  const { table, attributes } = survey
  const { archive } = survey.context
  if (archive)
    return { sent: new Uint8Array(table.count).fill(1), bytes: archive.bytes, extras: [], inexact: [] }
  const sent = selectForClassic(table, rules, survey.context.patterns)
  const extras = outside === null ? [] : addedFiles(table, sent, outside)
  const unordered = extras.length > 0 && !isSent(table, sent, '.dockerignore')
  return {
    sent,
    extras,
    bytes: tarBytes(table, sent, attributes, extras),
    inexact: unordered
      ? [
          'the classic client adds the Dockerfile and a .dockerignore in no fixed order, and the last of the two is not filled up to 512 bytes',
        ]
      : [],
  }
}

/** docker/cli cli/command/image/build/context.go, AddDockerfileToBuildContext. */
function addedFiles(table: EntryTable, sent: Selection, dockerfileBytes: number): readonly TarExtra[] {
  const row = table.find('.dockerignore')
  const line = `\n${addedDockerfile}\n`.length
  const before = row !== null && sent[row] === 1 ? (table.size[row] ?? 0) : '.dockerignore'.length
  return [
    { path: addedDockerfile, size: dockerfileBytes },
    { path: '.dockerignore', size: before + line },
  ]
}
