/** Which builds a change touches: those that would read one of the changed paths, or whose own files changed. */

import type { ReadInstruction } from '../dockerfile/model.ts'
import type { LoadedBuild } from '../inputs/load.ts'
import { baseName, cleanPath, joinPath, jsonPath, parentPath, wellFormed } from '../lib/path.ts'
import type { AffectedBuild } from '../report.ts'
import { coverage } from '../resolve/reads.ts'

/** One build as far as it need be known: its texts and what it reads, no tree. */
export interface PlannedInputs {
  readonly build: LoadedBuild
  /** What the target's instructions read of the contexts. */
  readonly reads: readonly ReadInstruction[]
  /** Why everything has to be taken for touched: the Dockerfile cannot be read. */
  readonly unknown: string | null
}

/** Changed paths of one build's repository, by the context they lie in: relative to its root; '' is the name of the main one. */
export type ChangedPaths = (root: string) => readonly string[]

/** Why a build is touched: the paths that it reads, its Dockerfile and ignore files among them; null when it is not. */
export function affectedBy(
  { build, reads, unknown }: PlannedInputs,
  changed: ChangedPaths,
): Pick<AffectedBuild, 'paths' | 'because'> | null {
  if (unknown !== null) return { paths: [], because: wellFormed(unknown) }
  const { main, named, dockerfile } = build
  const found = new Set<string>()
  const deciding = decidingFiles(build)
  // It may lie outside of the context.
  if (dockerfile.file.startsWith('../')) {
    const file = cleanPath(joinPath(main.root, dockerfile.file))
    if (changed(parentPath(file)).includes(baseName(file))) found.add(dockerfile.file)
  }
  for (const path of changed(main.root)) {
    if (deciding.has(path)) found.add(path)
    else if (
      !isIgnored(main, path) &&
      reads.some((one) => one.origin.kind === 'main' && coverage(one, path) !== 'none')
    )
      found.add(path)
  }
  for (const context of named)
    for (const path of changed(context.root))
      if (
        (path === '.dockerignore' || !isIgnored(context, path)) &&
        reads.some(
          (one) =>
            one.origin.kind === 'named' &&
            one.origin.name === context.name &&
            (path === '.dockerignore' || coverage(one, path) !== 'none'),
        )
      )
        found.add(`${context.name}:${path}`)
  if (found.size === 0) return null
  return { paths: [...found].sort().map(jsonPath), because: null }
}

/** They decide about all the rest, ignored or not; also those that are gone. */
function decidingFiles({ main: { ignore }, dockerfile: { file } }: LoadedBuild): ReadonlySet<string> {
  const own = [file, `${file}.dockerignore`]
  // One that belongs to the Dockerfile stands in front of it.
  return new Set(
    ignore === null || ignore.file === '.dockerignore' ? [...own, '.dockerignore'] : [...own, ignore.file],
  )
}

const isIgnored = ({ patterns }: LoadedBuild['main'], path: string): boolean =>
  patterns.matched(patterns.judge(path).verdict)
