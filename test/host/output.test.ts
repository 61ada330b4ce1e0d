import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { isHostFailure } from '../../src/host/host.ts'
import { writeOutput } from '../../src/host/output.ts'

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-output-'))
const at = (name: string) => path.join(place, name)
const read = (name: string) => fs.readFileSync(at(name), 'utf8')
const inode = (name: string) => fs.statSync(at(name)).ino

beforeEach(() => {
  for (const name of fs.readdirSync(place)) fs.rmSync(at(name), { recursive: true })
})
afterAll(() => fs.rmSync(place, { recursive: true }))

describe('a file that a run leaves', () => {
  it('is made where there is none, and nothing else', () => {
    writeOutput(at('a'), 'text\n')
    expect([read('a'), fs.readdirSync(place)]).toEqual(['text\n', ['a']])
  })

  it('takes the place of another in one step, with its mode', () => {
    fs.writeFileSync(at('a'), 'a longer text', { mode: 0o640 })
    const reader = fs.openSync(at('a'), 'r')
    writeOutput(at('a'), Buffer.from('new'))
    // Whoever has the old one open still reads all of it.
    expect([read('a'), fs.readFileSync(reader, 'utf8')]).toEqual(['new', 'a longer text'])
    fs.closeSync(reader)
    expect([fs.statSync(at('a')).mode & 0o777, fs.readdirSync(place)]).toEqual([0o640, ['a']])
  })

  it('is what a link leads to, and the link stays', () => {
    fs.mkdirSync(at('d'))
    fs.writeFileSync(at('d/a'), 'old')
    fs.symlinkSync('d/a', at('link'))
    fs.symlinkSync('d/b', at('nowhere'))
    writeOutput(at('link'), 'new')
    writeOutput(at('nowhere'), 'new')
    expect([read('d/a'), read('d/b'), fs.readlinkSync(at('link'))]).toEqual(['new', 'new', 'd/a'])
  })

  it('keeps its other name, for which it must not be another file', () => {
    fs.writeFileSync(at('a'), 'old')
    fs.linkSync(at('a'), at('b'))
    const before = inode('a')
    writeOutput(at('a'), 'new')
    expect([read('b'), inode('a')]).toEqual(['new', before])
  })

  it('may be no file at all', () => {
    expect(() => writeOutput('/dev/null', 'text')).not.toThrow()
    expect(fs.statSync('/dev/null').isCharacterDevice()).toBe(true)
  })

  it('is not waited for where it is a pipe that nobody reads', () => {
    execFileSync('mkfifo', [at('pipe')])
    expect(() => writeOutput(at('pipe'), 'text')).toThrow('ENXIO')
    const reader = fs.openSync(at('pipe'), fs.constants.O_RDONLY | fs.constants.O_NONBLOCK)
    writeOutput(at('pipe'), 'text')
    expect(fs.readFileSync(reader, 'utf8')).toBe('text')
    fs.closeSync(reader)
  })

  it.each([
    ['a directory', '', 'EISDIR'],
    ['in a directory that is not there', 'x/a', 'ENOENT'],
    ['below a file', 'file/a', 'ENOTDIR'],
  ])('is refused by the code of the disk: %s', (_, name, code) => {
    fs.writeFileSync(at('file'), '')
    let thrown: unknown = null
    try {
      writeOutput(at(name), 'text')
    } catch (error) {
      thrown = error
    }
    expect(isHostFailure(thrown, code)).toBe(true)
  })

  // To root no directory is write-protected.
  it.skipIf(process.getuid?.() === 0)('is written where its directory takes no other', () => {
    fs.mkdirSync(at('d'))
    fs.writeFileSync(at('d/a'), 'old')
    fs.chmodSync(at('d'), 0o555)
    writeOutput(at('d/a'), 'new')
    fs.chmodSync(at('d'), 0o755)
    expect(read('d/a')).toBe('new')
  })
})
