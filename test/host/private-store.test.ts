import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createPrivateStore } from '../../src/host/private-store.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-store-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
const store = createPrivateStore()

describe('files that are kept for their owner', () => {
  it('are listed with their sizes, those written last first; what is no file is not', () => {
    const at = path.join(base, 'listed')
    expect(store.list(at)).toEqual([])
    for (const [i, name] of ['new', 'old', 'middle'].entries()) {
      store.write(at, name, Buffer.from('x'.repeat(i + 1)))
      const time = 1_700_000_000 + { new: 3, middle: 2, old: 1 }[name as 'new' | 'middle' | 'old']
      fs.utimesSync(path.join(at, name), time, time)
    }
    fs.mkdirSync(path.join(at, 'directory'))
    fs.symlinkSync('new', path.join(at, 'link'))
    expect(store.list(at)).toEqual([
      { name: 'new', bytes: 1 },
      { name: 'middle', bytes: 3 },
      { name: 'old', bytes: 2 },
    ])
  })

  it('are removed by name, also where they are gone already', () => {
    const at = path.join(base, 'removed')
    store.write(at, 'one', Buffer.from('1'))
    store.write(at, 'two', Buffer.from('2'))
    store.remove(at, 'one')
    store.remove(at, 'one')
    expect(fs.readdirSync(at)).toEqual(['two'])
  })

  it.each([
    ['others can write to', (at: string) => fs.chmodSync(at, 0o777)],
    [
      'is a link',
      (at: string) => {
        fs.renameSync(at, `${at}-real`)
        fs.symlinkSync(`${at}-real`, at)
      },
    ],
  ])('are neither read nor removed in a folder that %s', (what, change) => {
    const at = path.join(base, `refused ${what}`)
    store.write(at, 'one', Buffer.from('1'))
    change(at)
    expect(() => store.read(at, 'one')).toThrow()
    expect(() => store.list(at)).toThrow()
    expect(() => store.remove(at, 'one')).toThrow()
    expect(fs.readdirSync(at)).toEqual(['one'])
  })
})
