/** A stage that takes what another has built, and copies the sources once more: what it starts is there already. */

import type { EntryTable } from '../../context/table.ts'
import { baseName } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import { lineAfter } from '../edits/lines-around.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { absolute, below } from '../image/paths.ts'
import { runsOf } from '../image/runs.ts'
import { pathsIn, startedBy } from '../image/started.ts'
import { contextPathAt, wideCopyAt } from '../image/wide-copy.ts'
import { copyLines } from './copy-lines.ts'
import type { Narrowing } from './narrowing.ts'

/** Looks at every stage that starts something. */
export function sourcesAgain(
  member: Member,
  table: EntryTable,
  repository: Repository,
): readonly Narrowing[] {
  const { file, text, directives } = member.dockerfile
  return member.plan.stages.flatMap(({ index }) => {
    const started = startedBy(member, index)
    if (started === null) return []
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    const artefacts = member.plan.reads.filter(
      ({ stageIndex, origin, mount }) => stageIndex === index && origin.kind === 'stage' && !mount,
    )
    const wide = steps
      .flatMap((step) => wideCopyAt(member, step, table) ?? [])
      .find(({ sources }) => sources.some(({ path }) => path === ''))
    if (!wide || artefacts.length === 0) return []
    // A RUN behind it may use any of it.
    if (runsOf(member, index, repository).some(({ step }) => step.line > wide.step.line)) return []
    const named = pathsIn(started.words, started.directory)
    const inStage = artefacts.flatMap((read) => {
      const directory = steps.find((step) => step.line === read.line)?.directory ?? null
      const dest = absolute(read.dest, directory)
      return dest === null ? [] : [{ read, dest }]
    })
    // The whole application must not be where the sources go, or it cannot be told who brings what is started.
    const source = inStage.find(({ dest }) =>
      named.some((path) => {
        const from = below(path, dest)
        const context = contextPathAt(wide, path)
        return from !== null && (context === null || table.find(context) === null || dest !== wide.dest)
      }),
    )
    if (!source) return []
    const others = named.filter((path) => {
      const context = contextPathAt(wide, path)
      return (
        context !== null &&
        context !== '' &&
        table.find(context) !== null &&
        !inStage.some(({ dest }) => below(path, dest) !== null)
      )
    })
    if (others.length > 0) return []
    // Somewhere else the sources have been built.
    const origin = source.read.origin.kind === 'stage' ? source.read.origin.index : -1
    const isBuiltThere = member.plan.steps.some(
      (step) =>
        step.stageIndex === origin &&
        wideCopyAt(member, step, table)?.sources.some(({ path }) => path === ''),
    )
    if (!isBuiltThere) return []
    const { instruction } = wide.step
    // It says of which kind the modules are: https://nodejs.org/api/packages.html#type.
    const isNode = /^(?:node|bun|deno)$/.test(baseName(started.words[0] ?? ''))
    const manifest = isNode && isKept({ table }, 'package.json') ? ['package.json'] : []
    const lines = copyLines(wide, manifest, table, directives) ?? []
    const end = lines.length > 0 ? instruction.end : lineAfter(text, instruction.end)
    const at = placeText({ file, line: started.line })
    return [
      {
        line: wide.step.line,
        stageIndex: index,
        title: `leave out the second copy of the sources (line ${wide.step.line})`,
        because: `${started.keyword} (${at}) starts what ${source.read.instruction} --from=${source.read.from ?? ''} (${placeText({ file, line: source.read.line })}) brings; what else it reads while it runs, only you know`,
        rewrites: [{ file, start: instruction.start, end, text: lines.join('') }],
      },
    ]
  })
}
