/**
 * Changes of Dockerfiles in the context that the same run leaves. What goes for certain is gone by then, and a move
 * that only becomes possible by it belongs to this run: else a second one would find it.
 */

import { flag } from '../context/table.ts'
import type { BuildRequest } from '../dockerfile/model.ts'
import { createPatternList } from '../ignore/matcher.ts'
import { parseIgnoreFile } from '../ignore/parse.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import { type DockerfileSuggestions, dockerfileSuggestions } from './copies/dockerfile-suggestions.ts'
import type { Suggestion } from './edits/suggestion.ts'
import { ignoreTextWith, type Originals } from './edits/texts.ts'
import { gatherGroup } from './group/group.ts'
import type { Inquiry } from './group/model.ts'
import { createJudge } from './judge/judge.ts'
import type { LineRoom } from './lines/lines.ts'
import { keptWith } from './lines/proof.ts'

/** A context with the builds of it, and how lines are found in it. */
export interface Scene {
  readonly inquiry: Inquiry
  readonly room: LineRoom
  readonly request: BuildRequest
}

/**
 * The changes that hold once `drops` are followed. One that holds without them stands alone; any other carries their
 * lines, so that nobody follows it without.
 */
export function suggestionsAfter(
  drops: readonly Suggestion[],
  scene: Scene,
  originals: Originals,
  roomOf: (inquiry: Inquiry) => LineRoom,
): DockerfileSuggestions {
  const now = () => dockerfileSuggestions(scene.inquiry, scene.room, createJudge(scene.inquiry))
  const inquiry = inquiryAfter(drops, scene, originals)
  if (inquiry === null) return now()
  const after = dockerfileSuggestions(inquiry, roomOf(inquiry), createJudge(inquiry))
  if (after.suggestions.length === 0) return after
  const alone = new Map(now().suggestions.map((one) => [one.id, one]))
  const ignores = drops.flatMap((drop) => drop.ignores)
  return {
    ...after,
    suggestions: after.suggestions.map((one) => {
      const known = alone.get(one.id)
      return known?.safety === one.safety && isSame(known, one)
        ? known
        : { ...one, ignores: [...ignores, ...one.ignores] }
    }),
  }
}

const isSame = (a: Suggestion, b: Suggestion): boolean =>
  JSON.stringify(a.rewrites) === JSON.stringify(b.rewrites)

/** The context under the ignore file with the lines; null where they change nothing. */
function inquiryAfter(
  drops: readonly Suggestion[],
  { inquiry: { measured, repository }, request }: Scene,
  originals: Originals,
): Inquiry | null {
  const text = ignoreTextWith(drops, originals)
  if (text === (originals.ignore?.text ?? '')) return null
  const left = measuredUnder(text, originals.ignoreFile, measured)
  return { measured: left, repository, group: gatherGroup(left, repository, request) }
}

function measuredUnder(text: string, file: string, measured: MeasuredBuild): MeasuredBuild {
  const { main, build } = measured
  const parsed = parseIgnoreFile(text, file)
  const context = { ...main.context, ignore: { file, parsed }, patterns: createPatternList(parsed.compiled) }
  const kept = keptWith(context.patterns, measured)
  const flags = main.table.flags.map((bits, row) => (kept[row] === 1 ? bits : bits | flag.ignored))
  return {
    ...measured,
    build: { ...build, main: context },
    kept,
    main: { ...main, context, table: { ...main.table, flags } },
  }
}
