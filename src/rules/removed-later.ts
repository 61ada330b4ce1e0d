import { landing } from '../dockerfile/landing.ts'
import type { BuildPlan } from '../dockerfile/model.ts'
import { concerns, type Deed, surroundings } from '../inspect/deeds.ts'
import { humanSize } from '../lib/amount.ts'
import { cleanPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** What a copy puts into a layer of the image and a later step deletes: it is hidden, and shipped. One finding for each copy. */
export const removedLater: Rule = {
  id: 'removed-later',
  check: (build) => {
    const shipping = stagesThatShip(build.plan)
    const around = surroundings(build.plan)
    return build.reads.flatMap((read) => {
      const { instruction, survey } = read
      if (survey === null || instruction.mount || !shipping.has(instruction.stageIndex)) return []
      const { directory, after } = around(instruction)
      const deletions = after.filter(
        (deed) => deed.kind === 'delete' && mayMeet(deed, instruction.dest, directory),
      )
      return deletions.length === 0 ? [] : hidden(build, read, { directory, deletions })
    })
  },
}

/** Less is not worth a word, unless it is the history. */
const leastBytes = 1_000_000

/** Stages whose layers are those of the image: what is only copied from leaves its layers behind. */
function stagesThatShip({ stages, target }: BuildPlan): ReadonlySet<number> {
  const found = new Set<number>()
  for (let stage = target; stage && !found.has(stage.index); ) {
    found.add(stage.index)
    const origin = stage.baseOrigin
    stage = origin.kind === 'stage' ? (stages[origin.index] ?? null) : null
  }
  return found
}

/** False for what is deleted elsewhere: nearly every image empties a cache of the system, and copies hold many files. */
function mayMeet({ path, anywhere }: Deed, dest: string | null, directory: string | null): boolean {
  if (dest === null || (directory === null && !dest.startsWith('/'))) return false
  const target = cleanPath(dest.startsWith('/') ? dest : `${directory}/${dest}`)
  const base = (anywhere ? path.slice(0, path.lastIndexOf('/')) : path).replace(/\/[^/]*[*?[].*$/, '')
  return (
    [target, base].includes('/') || `${base}/`.startsWith(`${target}/`) || `${target}/`.startsWith(`${base}/`)
  )
}

function hidden(
  { dockerfile: { file } }: MeasuredBuild,
  { instruction, survey, reads }: ResolvedRead,
  { directory, deletions }: { readonly directory: string | null; readonly deletions: readonly Deed[] },
): readonly Finding[] {
  if (survey === null) return []
  const { table } = survey
  let bytes = 0
  let files = 0
  let by: Deed | null = null
  const names = new Set<string>()
  for (const row of reads.rows) {
    const path = table.path(row)
    const at = landing(instruction, directory, path)
    const deed = at === null ? undefined : deletions.find((one) => concerns(one, at))
    if (at === null || deed === undefined) continue
    bytes += table.size[row] ?? 0
    files++
    by ??= deed
    names.add(deedName(path, at, deed))
  }
  const [first = ''] = names
  if (by === null || (bytes < leastBytes && first !== '.git')) return []
  const more = names.size > 1 ? ` and ${names.size - 1} more` : ''
  return [
    {
      ...plain,
      rule: 'removed-later',
      severity: 'warning',
      message: `${visiblePath(first)}${more} ${names.size > 1 ? 'stay' : 'stays'} in the image: RUN (line ${by.step.line}) deletes what ${instruction.instruction} (line ${instruction.line}) has put into a layer of its own, ${humanSize(bytes)}`,
      hint: `a later layer only hides it, and whoever has the image can read it: ${wayOut(first)}`,
      at: { file, line: by.step.line },
      bytes,
      data: { fails: false, files, copy: { line: instruction.line }, path: wellFormed(first) },
    },
  ]
}

/** As much of the path in the context as is deleted: `.git` of `.git/objects/00/x`. */
function deedName(path: string, at: string, deed: Deed): string {
  const parts = at.split('/')
  const from = parts.findIndex((_, i) => i > 0 && concerns(deed, parts.slice(0, i + 1).join('/')))
  const below = from < 0 ? 0 : parts.length - from - 1
  const own = cleanPath(path).split('/')
  return own.slice(0, Math.max(1, own.length - below)).join('/')
}

const wayOut = (path: string): string =>
  path === '.git'
    ? 'leave it out of the copy with --exclude=.git, and give it to the step that needs it with --mount=type=bind,source=.git,target=.git'
    : 'keep it out with a line in the ignore file, leave it out of the copy with --exclude, or delete it in a stage of which only the rest is copied'
