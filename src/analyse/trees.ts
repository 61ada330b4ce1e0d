/** The contexts of a report as trees. */

import type { MeasuredBuild } from '../measure/build.ts'
import { byContext, type ReportPart } from './report.ts'
import type { ContextTree, TreeRead, TreeTarget } from './tree.ts'

/** The trees of a report that {@link makeReport} makes of the same parts, in its order. */
export function contextTrees(parts: readonly ReportPart[]): readonly ContextTree[] {
  return byContext(parts).map((sharing): ContextTree => {
    const [lead] = sharing
    if (!lead) throw new Error('a context has a build')
    const { measured, remarks } = lead
    const { main, builder, build } = measured
    const { ignore, patterns, archive } = main.context
    const targets = sharing.map(targetOf)
    const told = remarks.reads ?? []
    return {
      table: main.table,
      attributes: main.attributes,
      builder,
      dialect: patterns.dialect,
      ignore: ignore && { file: ignore.file, text: ignore.parsed.text },
      dockerfile: build.dockerfile.inContext,
      isArchive: archive !== undefined,
      prunedAmounts: main.walk.prunedAmounts,
      targets,
      answers: remarks.answers ?? [],
      reads: told.length > 0 ? told : sharing.flatMap((one) => readsOf(one.measured)),
    }
  })
}

function targetOf({ measured, remarks }: ReportPart): TreeTarget {
  const { buildkit, main, reads } = measured
  return {
    requested: buildkit.request !== null && buildkit.refused === null,
    includes: buildkit.followed.includes,
    reads: reads.map(({ survey, instruction }) => (survey === main ? instruction : null)),
    traces: remarks.traces?.() ?? [],
  }
}

function readsOf({ build, main, reads }: MeasuredBuild): readonly TreeRead[] {
  const { file } = build.dockerfile
  return reads.flatMap(({ survey, instruction }) => (survey === main ? [{ file, instruction }] : []))
}
