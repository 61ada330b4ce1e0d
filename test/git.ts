/** Git for tests: with a name to commit under, and without the settings of the machine. */

import { execFileSync } from 'node:child_process'
import * as path from 'node:path'

/** What git and hosts of tests get as their environment; what `home` holds are the only settings. */
export function gitEnvironment(home: string): Readonly<Record<string, string>> & { readonly PATH: string } {
  return {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@example.com',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@example.com',
  }
}

/** Runs git in the directory, of which submodules may be cloned; what it prints. */
export function gitBytes(
  directory: string,
  args: readonly string[],
  input: string | Uint8Array = '',
): Buffer {
  return execFileSync('git', ['-c', 'protocol.file.allow=always', ...args], {
    cwd: directory,
    env: gitEnvironment(path.dirname(directory)),
    input,
    stdio: 'pipe',
    maxBuffer: 1 << 28,
  })
}

/** As {@link gitBytes}, for what is text. */
export function git(directory: string, ...args: readonly string[]): string {
  return gitBytes(directory, args).toString()
}
