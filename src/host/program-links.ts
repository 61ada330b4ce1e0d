/** Links by which other programs find this one, on a real disk. */

import * as fs from 'node:fs'
import * as path from 'node:path'
import { decodePath, encodePath } from '../lib/path.ts'
import type { ProgramLinks } from './host.ts'
import { native } from './writable.ts'

/** `findPlugin` looks for what the docker client runs. */
export function createProgramLinks(findPlugin: () => string | null): ProgramLinks {
  return {
    plugin: () => {
      const found = findPlugin()
      return found === null ? null : decodePath(fs.realpathSync.native(found, { encoding: 'buffer' }))
    },
    put: (name, target) => {
      fs.mkdirSync(native(path.dirname(name)), { recursive: true })
      try {
        fs.symlinkSync(native(target), native(name))
        return 'written'
      } catch (thrown) {
        if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') return 'taken'
        throw thrown
      }
    },
    remove: (name, target) => {
      const stat = fs.lstatSync(native(name), { throwIfNoEntry: false })
      if (!stat?.isSymbolicLink()) return 'changed'
      const leads = fs.readlinkSync(native(name), { encoding: 'buffer' })
      if (!leads.equals(encodePath(target))) return 'changed'
      fs.unlinkSync(native(name))
      return 'removed'
    },
  }
}
