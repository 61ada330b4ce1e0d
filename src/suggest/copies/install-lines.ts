/** The ignore lines that a copy needs once it comes after an install: what the install makes must not be in it. */

import { createPatternList } from '../../ignore/matcher.ts'
import { parseIgnoreFile } from '../../ignore/parse.ts'
import { groupedBy } from '../../lib/grouped.ts'
import { joinPath } from '../../lib/path.ts'
import type { Safety } from '../../report.ts'
import type { Stake } from '../../repository/stakes.ts'
import type { Inquiry, Judgement } from '../group/model.ts'
import { hasWorkspaces } from '../group/package-json.ts'
import { workspacePackages } from '../group/workspaces.ts'
import { isOutWhole, type LineRoom, lineFor, lineForDepth } from '../lines/lines.ts'
import type { Reordering } from './manifest-first.ts'

export type InstallLines =
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly safety: Safety }
  | { readonly kind: 'refused'; readonly why: string }

/** Lines for what is not ignored yet; refused where one of them would take what somebody needs. */
export function installLines(
  { makes, needs }: Pick<Reordering, 'makes' | 'needs'>,
  { measured, repository }: Inquiry,
  room: LineRoom,
  judge: (stake: Stake) => Judgement,
): InstallLines {
  const { table, context } = measured.main
  const isIgnored = (path: string): boolean => context.patterns.matched(context.patterns.judge(path).verdict)
  const lines: string[] = []
  let safety: Safety = 'safe'
  for (const path of makes) {
    const isAnywhere = path.startsWith('**/')
    if (path === '**/node_modules' && !hasWorkspaces(repository)) continue
    const name = path.replace(/^\*\*\//, '')
    // Below the root the same name is one of the many.
    if (isIgnored(isAnywhere ? `x/${name}` : name)) {
      // An exception may let in again what lies below.
      if (isOutWhole(context.patterns.patterns, isAnywhere ? `x/${name}` : name)) continue
      return { kind: 'refused', why: `${name} must not be in the copy, and an exception lets some of it in` }
    }
    const row = isAnywhere ? null : table.find(name)
    const known = repository.stakes.find((one) => one.path === name)
    const stake: Stake = known ?? {
      ...{ row: row ?? -1, path: name, isDirectory: true },
      ...{ junk: null, gitIgnored: true, stray: null },
    }
    const judgement = judge(stake)
    if (judgement.kind === 'keep')
      return { kind: 'refused', why: `${name} must not be in the copy, and ${judgement.reason.text}` }
    const line = lineFor(path, stake, room)
    const found =
      line !== null ? [line] : isAnywhere ? packageLines(name, { measured, repository }, room) : null
    if (found === null || found.some((one) => reaches(one, needs)))
      return { kind: 'refused', why: `${name} must not be in the copy, and no line can keep just that out` }
    lines.push(...found)
    if (judgement.safety === 'review' && row !== null) safety = 'review'
  }
  // `**/name` stands for `name` as well.
  const few = lines.filter((line) => !lines.includes(`**/${line}`))
  return { kind: 'lines', lines: few, safety }
}

/**
 * Lines for the name in all packages of the workspace, where one for any directory could take what somebody asks for by name; null where
 * that is no workspace, or one of them does not do.
 */
function packageLines(
  name: string,
  { measured, repository }: Pick<Inquiry, 'measured' | 'repository'>,
  room: LineRoom,
): readonly string[] | null {
  const { table, context } = measured.main
  const packages = workspacePackages('', repository.manifests, (path) => {
    const row = table.find(path)
    return row !== null && measured.kept[row] === 1
  })
  const left = packages
    .map(({ dir }) => dir)
    .filter((dir) => dir !== '' && !isOutWhole(context.patterns.patterns, joinPath(dir, name)))
  const lines = [...groupedBy(left, (dir) => dir.split('/').length).values()].map((alike) =>
    lineForDepth(name, alike, room),
  )
  const found = lines.filter((line) => line !== null)
  return packages.length > 0 && found.length === lines.length ? found : null
}

/** True when the line would drop one of the paths. */
function reaches(line: string, paths: readonly string[]): boolean {
  const list = createPatternList(parseIgnoreFile(line).compiled)
  return paths.some((path) => list.matched(list.judge(path).verdict))
}
