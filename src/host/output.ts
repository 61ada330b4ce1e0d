import fs from 'node:fs'

/** Writes a whole file, replacing what was there. Throws a {@link HostFailure}. */
export function writeOutput(path: string, data: string | Uint8Array): void {
  fs.writeFileSync(path, data)
}
