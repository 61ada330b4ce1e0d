import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openInBrowser } from '../../src/host/browser.ts'

let home = ''
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-opener-'))
})
afterEach(() => fs.rmSync(home, { recursive: true, force: true }))

/** A program that notes what it was given, and where it ran. */
function plantOpener(name: string): void {
  const text = `#!/bin/sh\nprintf '%s\\n' "$#" "$1" "$PWD" > "${home}/seen.part" && mv "${home}/seen.part" "${home}/seen"\n`
  fs.writeFileSync(path.join(home, name), text, { mode: 0o755 })
}

const seen = () => {
  const file = path.join(home, 'seen')
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').trim().split('\n') : []
}

describe.skipIf(process.platform === 'win32')('a page that is opened', () => {
  it.each([
    ['linux', 'xdg-open'],
    ['darwin', 'open'],
  ])('goes to what %s has for it, as one argument, away from any repository', async (platform, name) => {
    plantOpener(name)
    const file = path.join(home, '$(touch x) & report.html')
    const PATH = `${home}:/usr/bin:/bin`
    expect(await openInBrowser(file, { environment: { PATH }, platform })).toBeNull()
    await expect.poll(seen).toEqual(['1', file, '/'])
  })

  it('is not opened by a program that lies in the working directory, or in a relative place', async () => {
    const before = process.cwd()
    try {
      process.chdir(home)
      plantOpener('xdg-open')
      const PATH = `.:bin:${home}:${home}/bin`
      expect(await openInBrowser('report.html', { environment: { PATH }, platform: 'linux' })).toBe(
        'there is no xdg-open',
      )
    } finally {
      process.chdir(before)
    }
    expect(seen()).toEqual([])
  })
})
