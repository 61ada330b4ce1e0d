import fs from 'node:fs'

/** Device and inode of an open file, as the host's `identity` gives them; null for a pipe, a terminal, a closed one. */
export function openFile(descriptor: number): string | null {
  try {
    const stat = fs.fstatSync(descriptor, { bigint: true })
    return stat.isFile() ? `${stat.dev}:${stat.ino}` : null
  } catch {
    return null
  }
}

/** Writes a whole file, replacing what was there. Throws a {@link HostFailure}. */
export function writeOutput(path: string, data: string | Uint8Array): void {
  fs.writeFileSync(path, data)
}
