import fs from 'node:fs'

/**
 * Device and inode of an open file, as the host's `identity` gives them; null for a pipe, a terminal, a closed one, and for
 * a file that was made by being opened: a shell that empties one that was there changes its time and not its birth. Where
 * the disk keeps no births, the last change stands for it, and a file that was emptied is taken for a new one.
 */
export function openFile(descriptor: number): string | null {
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true })
    const isNew = stat.size === 0n && stat.birthtimeNs === stat.mtimeNs
    return stat.isFile() && !isNew ? `${stat.dev}:${stat.ino}` : null
  } catch {
    return null
  }
}

/** Writes a whole file, replacing what was there. Throws a {@link HostFailure}. */
export function writeOutput(path: string, data: string | Uint8Array): void {
  fs.writeFileSync(path, data)
}
