/** The document of `ctxsize why --rebuilt`: what changed of what each instruction reads, and what follows. */

import { type Fate, kept, lost, makeChain, mayBeLost, ownLost } from '../history/chain.ts'
import { compareFingerprints, type EntryChange, type LinkChange } from '../history/compare.ts'
import type { Fingerprint } from '../history/fingerprint.ts'
import { jsonPath, wellFormed } from '../lib/path.ts'
import type { ChangedInput, RebuiltBuild, RebuiltReport } from '../report/rebuilt.ts'
import type { FoundScan } from '../scan.ts'

const mostChanges = 100

/** A build as it was and as it is. */
export interface RebuiltQuestion {
  readonly scan: FoundScan
  readonly before: Fingerprint
  readonly now: Fingerprint
}

/** `notes`: what is to be said beside the answers. */
export function rebuiltReport(
  [leading, ...others]: readonly [RebuiltQuestion, ...RebuiltQuestion[]],
  notes: readonly string[] = [],
): RebuiltReport {
  const told = rebuiltBuild(leading)
  return {
    schemaVersion: 1,
    ...told,
    notes: [...told.notes, ...notes],
    others: others.map(rebuiltBuild),
    problems: [leading, ...others].flatMap(({ scan }) => scan.fatal),
  }
}

function rebuiltBuild({ scan, before, now }: RebuiltQuestion): RebuiltBuild {
  const chain = makeChain(scan.plan)
  const found = compareFingerprints(chain, before, now)
  return {
    build: scan.reference,
    name: scan.told.name,
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
    notes: [...notesOf(before, now), ...unnoticedNotes(found)],
  }
}

const states: Readonly<Record<Fate, RebuiltBuild['instructions'][number]['state']>> = {
  [kept]: 'kept',
  [mayBeLost]: 'mayFollow',
  [lost]: 'follows',
  [ownLost]: 'changed',
}

const stateOf = ({ isNew, fate }: LinkChange) => (isNew ? 'new' : states[fate])

function changedInput(changed: EntryChange): ChangedInput {
  const { context, path, isDirectory, change, modes, fromUmask } = changed
  return {
    context,
    ...jsonPath(path),
    type: isDirectory ? 'dir' : 'file',
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

const mostDirectories = 3

function unnoticedNotes(found: readonly LinkChange[]): readonly string[] {
  const all = found.flatMap(({ unnoticed }) => unnoticed)
  const directories = [...new Map(all.map((one) => [`${one.context ?? ''}\0${one.path}`, one])).values()].map(
    ({ context, path, modes, fromUmask }) => {
      const [before = 0, now = 0] = modes ?? []
      const name = wellFormed(context === null ? path : `${context}:${path}`)
      return `${name}/ ${before.toString(8)} → ${now.toString(8)}${fromUmask ? ' (umask?)' : ''}`
    },
  )
  if (directories.length === 0) return []
  const more = directories.length - mostDirectories
  const shown = directories.slice(0, mostDirectories).join(', ')
  return [
    `directories have other modes: ${shown}${more > 0 ? ` and ${more} more` : ''}; a builder that has them from an earlier build does not look at that, any other one does`,
  ]
}
