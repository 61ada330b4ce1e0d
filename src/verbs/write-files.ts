/** Texts put in the place of files: all of them, or a clear word which not. */

import { entryAt, type Host, isDirectory, isFile, isHostFailure, isLink } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { encodePath, joinPath, visiblePath } from '../lib/path.ts'
import type { FileEdit } from '../suggest/edits/texts.ts'

/** Writes one file after the other, none through a link. Throws NOT_WRITABLE and CHANGED_MEANWHILE, with what is written by then. */
export function writeFiles(host: Host, root: string, edits: readonly FileEdit[]): void {
  for (const edit of edits) refuseOddFile(host, root, edit)
  const written: string[] = []
  for (const { file, before, after } of edits) {
    const shown = visiblePath(file)
    const others = written.length === 0 ? '' : `; ${written.join(' and ')} is written`
    try {
      const outcome = host.replaceFile(joinPath(root, file), encodePath(after), {
        expected: before === null ? null : encodePath(before),
      })
      if (outcome === 'changed')
        throw fail(
          'CHANGED_MEANWHILE',
          `${shown} has changed while the tree was looked at; it was not written${others}`,
        )
    } catch (thrown) {
      if (!isHostFailure(thrown)) throw thrown
      throw fail('NOT_WRITABLE', `cannot write ${shown}: ${reasonOf(thrown)}${others}`)
    }
    written.push(shown)
  }
}

/** What would certainly not be replaced is told before anything is written. */
function refuseOddFile(host: Host, root: string, { file }: FileEdit): void {
  const stat = entryAt(host, joinPath(root, file))
  const shown = visiblePath(file)
  if (stat === null) return
  if (isLink(stat))
    throw fail('NOT_WRITABLE', `${shown} is a symbolic link, which is not written through`, {
      hint: `nothing was written: change the file that it leads to by hand (without --write it is shown how), or put a file in its place`,
    })
  if (isDirectory(stat))
    throw fail('NOT_WRITABLE', `${shown} is a directory`, { hint: 'put a file in its place, or remove it' })
  if (isFile(stat) && stat.nlink > 1)
    throw fail(
      'NOT_WRITABLE',
      `${shown} has ${stat.nlink} names (hard links), and the others would keep the old text`,
      {
        hint: `nothing was written: change it by hand (without --write it is shown how), or give it a copy of its own`,
      },
    )
}

const reasons: Readonly<Record<string, string>> = {
  EROFS: 'the disk is read-only',
  EACCES: 'it, or its directory, is write-protected',
  EPERM: 'the system does not allow it',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
}

const reasonOf = ({ code, message }: { readonly code: string; readonly message: string }): string =>
  reasons[code] ?? message
