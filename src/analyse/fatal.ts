/** What makes a run end with exit code 2 although there is something to print. */

import { dirKind } from '../context/table.ts'
import { replaced } from '../context/walker.ts'
import { visiblePath } from '../lib/path.ts'
import type { Problem } from '../lib/source.ts'
import type { MeasuredBuild } from '../measure/build.ts'

/** Text that docker refuses, and entries that it could not read. */
export function fatalProblems(measured: MeasuredBuild): readonly Problem[] {
  const { build, plan, main, builder } = measured
  if (build.dockerfile.problem) return [build.dockerfile.problem]
  const whole = main.request !== null && main.followed.includes === null
  const unreadable = main.walk.unreadable
    .filter(({ row, code }) => builder === 'classic' || main.sent[row] === 1 || whole || code === replaced)
    .map(({ path, code, row }) => {
      if (code === replaced)
        return {
          code: 'directory-replaced',
          message: `${visiblePath(path)} was replaced while it was looked at: what is in it is not counted`,
          at: null,
          hint: 'run it again',
        }
      const sentEmpty = builder === 'buildkit' && main.table.kind[row] !== dirKind
      return {
        code: sentEmpty ? unreadableFile : 'entry-unreadable',
        message: `cannot read ${visiblePath(path)}: ${code === 'EACCES' ? 'permission denied' : code}`,
        at: null,
        hint: sentEmpty
          ? 'BuildKit sends it as an empty file and does not say so: make it readable, or add it to the ignore file'
          : 'docker fails here too: make it readable, or add it to the ignore file',
      }
    })
  return [...plan.problems, ...unreadable]
}

/** The one cause of exit code 2 with which BuildKit builds all the same (seen on Engine 20.10; fsutil send.go, sendFile). */
export const unreadableFile = 'file-unreadable'
