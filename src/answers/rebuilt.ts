/** The document of `ctxsize why --rebuilt`: what changed of what each instruction reads, and what follows. */

import { type Fate, kept, lost, makeChain, mayBeLost, ownLost } from '../history/chain.ts'
import { compareFingerprints, type EntryChange, type LinkChange } from '../history/compare.ts'
import type { Fingerprint } from '../history/fingerprint.ts'
import { jsonPath, wellFormed } from '../lib/path.ts'
import type { ChangedInput, RebuiltReport } from '../report.ts'
import type { Scan } from '../scan.ts'

const mostChanges = 100

export function rebuiltReport(scan: Scan, before: Fingerprint, now: Fingerprint): RebuiltReport {
  const chain = makeChain(scan.plan)
  const found = compareFingerprints(chain, before, now)
  return {
    schemaVersion: 1,
    build: scan.reference,
    instructions: chain.links.flatMap(({ step, instruction, stage }, i) => {
      const one = found[i]
      if (one === undefined) return []
      return {
        line: step.line,
        instruction,
        stage: stage.name ?? String(stage.index),
        text: wellFormed(step.instruction.text),
        state: stateOf(one),
        changes: one.changes.length,
        changed: one.changes.slice(0, mostChanges).map(changedInput),
      }
    }),
    notes: notesOf(before, now),
    problems: scan.fatal,
  }
}

const states: Readonly<Record<Fate, RebuiltReport['instructions'][number]['state']>> = {
  [kept]: 'kept',
  [mayBeLost]: 'mayFollow',
  [lost]: 'follows',
  [ownLost]: 'changed',
}

const stateOf = ({ isNew, fate }: LinkChange) => (isNew ? 'new' : states[fate])

function changedInput({ context, path, change, modes, fromUmask }: EntryChange): ChangedInput {
  return {
    context,
    ...jsonPath(path),
    change,
    modes: modes === null ? null : [modes[0].toString(8), modes[1].toString(8)],
    fromUmask,
  }
}

function notesOf(before: Fingerprint, now: Fingerprint): readonly string[] {
  const notes: string[] = []
  if (!before.hasAll || !now.hasAll)
    notes.push(`only the first ${now.entries.length} files were compared: there are too many`)
  if (!before.hasContent || !now.hasContent)
    notes.push('some files are too large to be looked into, or cannot be read: of these only the size counts')
  return notes
}
