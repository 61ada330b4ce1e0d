/** Which packages further down an install can have made: those of the workspaces that it finds when it runs. Pure. */

import type { EntryTable } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { baseName, joinPath } from '../lib/path.ts'
import type { Deed } from './deeds.ts'
import { holdsRow } from './ships.ts'

/** An instruction with the rows that it takes; `survey` null: it takes them from a stage, an image or a URL. */
interface Taking {
  readonly instruction: ReadInstruction
  readonly survey: { readonly table: EntryTable } | null
  readonly reads: { readonly rows: Int32Array }
}

/** Of pnpm none: its workspaces may have one each (https://pnpm.io/settings#sharedworkspacelockfile). */
const lockfiles = ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'bun.lock', 'bun.lockb']

/**
 * Says whether an install may have put packages where `path` of the context lands (`at`, absolute), which the deed concerns.
 * Below its own directory npm, yarn, pnpm and bun install for workspaces only
 * (https://docs.npmjs.com/cli/v11/using-npm/workspaces). Each has a manifest, which is in the image by then, and its
 * versions stand in the lockfile of the root: what has its own is a project of its own.
 */
export function installReach(
  table: EntryTable,
  taking: readonly Taking[],
): (deed: Deed, at: string, path: string) => boolean {
  const known = new Map<string, boolean>()
  const isWorkspace = (home: string, install: Deed): boolean => {
    const isThere = (name: string) => table.find(joinPath(home, name)) !== null
    const manifest = table.find(joinPath(home, 'package.json'))
    if (manifest === null || lockfiles.some(isThere)) return false
    return taking.some(
      ({ instruction, survey, reads }) =>
        instruction.line <= install.step.line &&
        // What comes from elsewhere may be the manifests.
        (survey === null || (survey.table === table && holdsRow(reads.rows, manifest))),
    )
  }
  return (deed, at, path) => {
    const packages = baseName(deed.path)
    if (!deed.anywhere || packages !== 'node_modules') return true
    if (at === deed.path || at.startsWith(`${deed.path}/`)) return true
    const parts = path.split('/')
    const depth = parts.indexOf(packages)
    if (depth < 0) return false
    const home = parts.slice(0, depth).join('/')
    const key = `${deed.step.line} ${home}`
    const before = known.get(key) ?? isWorkspace(home, deed)
    known.set(key, before)
    return before
  }
}
