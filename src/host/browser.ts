/** The browser of this machine, for a page that was just written. */

import { spawn } from 'node:child_process'
import * as path from 'node:path'
import { findProgram, programPlaces } from './programs.ts'

/** What opens a file in whatever program its user has chosen for it. */
const openers: Readonly<Record<string, string>> = { darwin: 'open', win32: 'explorer.exe' }
const otherwise = 'xdg-open'

/**
 * Opens a file; what is shown is nobody's to wait for. Null when that was begun, else why it was not. The program is looked for
 * out of the working directory, is given one argument and no shell, and runs where nothing of a repository lies.
 */
export function openInBrowser(
  file: string,
  {
    environment,
    platform,
  }: { readonly environment: Readonly<Record<string, string | undefined>>; readonly platform: string },
): Promise<string | null> {
  const name = openers[platform] ?? otherwise
  const search = environment['PATH'] ?? environment['Path'] ?? ''
  const places = programPlaces(search, [path.resolve('.')], platform)
  const program = findProgram(places, name)
  if (program === null) return Promise.resolve(`there is no ${name}`)
  const absolute = path.resolve(file)
  return new Promise((resolve) => {
    const child = spawn(program, [absolute], {
      cwd: path.parse(absolute).root,
      env: { ...environment, PATH: places.join(path.delimiter) },
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
    })
    child.once('error', (error) => resolve(error.message))
    child.once('spawn', () => {
      child.unref()
      resolve(null)
    })
  })
}
