import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { lilconfigSync } from 'lilconfig'
import { afterEach, describe, expect, it } from 'vitest'
import { configPlaces, findConfig, openConfig } from '../../src/config/find.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { refusal } from '../refusal.ts'

const find = (tree: MemoryTree, from = '/repo/a/b', stop = '/repo') =>
  findConfig(createMemoryHost({ '/repo/a/b/x': 1, ...tree }), from, stop)

const refused = (run: () => unknown) => {
  const { code, message, hint } = refusal(run)
  return [code, message, hint]
}

describe('a configuration is found', () => {
  it('upwards, the nearest first, and not above the last directory', () => {
    const at = (tree: MemoryTree) => find(tree)?.path ?? null
    expect(at({ '/repo/ctxsize.config.yaml': 'failOn: never\n' })).toBe('/repo/ctxsize.config.yaml')
    expect(at({ '/repo/ctxsize.config.yaml': 'a', '/repo/a/ctxsize.config.json': '{}' })).toBe(
      '/repo/a/ctxsize.config.json',
    )
    expect(at({ '/ctxsize.config.yaml': 'a' })).toBe(null)
  })

  it('in .config/ for the directory above it', () => {
    expect(find({ '/repo/.config/ctxsize.yaml': 'a' })).toMatchObject({ base: '/repo', under: null })
  })

  it('under a key of package.json, and not in one that has none', () => {
    expect(find({ '/repo/package.json': '{"ctxsize":{}}' })).toMatchObject({ under: 'ctxsize' })
    for (const text of [
      '{"name":"ctxsize"}',
      '{"dependencies":{"ctxsize":"1"}}',
      '{"ctxsize":',
      '[]',
      'null',
    ])
      expect(find({ '/repo/package.json': text })).toBe(null)
  })

  it('not in a directory of that name, nor through a link that leads nowhere or to itself', () => {
    expect(find({ '/repo/ctxsize.config.yaml/x': 1 })).toBe(null)
    for (const target of ['nowhere', 'ctxsize.config.yaml'])
      expect(find({ '/repo/ctxsize.config.yaml': { type: 'symlink', target } })).toBe(null)
  })
})

describe('a configuration is refused', () => {
  it('when there are two in one directory, by both names', () => {
    expect(refused(() => find({ '/repo/.ctxsizerc': 'a', '/repo/package.json': '{"ctxsize":{}}' }))).toEqual([
      'CONFIG_INVALID',
      'two configurations in one directory: repo/package.json and repo/.ctxsizerc',
      'keep one of them, or name it with --config',
    ])
  })

  it('when it would have to be run', () => {
    for (const name of ['ctxsize.config.js', 'ctxsize.config.ts', '.ctxsizerc.cjs', '.config/ctxsize.mjs'])
      expect(refused(() => find({ [`/repo/${name}`]: 'export default {}' }))[1]).toBe(
        `repo/${name} is not read: nothing is run to configure ctxsize`,
      )
  })

  it('when it is a pipe, or longer than anybody writes one', () => {
    expect(refused(() => find({ '/repo/.ctxsizerc': { type: 'fifo' } }))[0]).toBe('CONFIG_UNREADABLE')
    expect(refused(() => find({ '/repo/.ctxsizerc': 5_000_000 }))[0]).toBe('CONFIG_INVALID')
  })

  it('when it is named and is not there, or is a package.json without the key', () => {
    const host = createMemoryHost({ '/package.json': '{}' })
    expect(refused(() => openConfig(host, 'nowhere.yaml'))[0]).toBe('CONFIG_NOT_FOUND')
    expect(refused(() => openConfig(host, 'package.json'))[1]).toBe('package.json has no key "ctxsize"')
  })
})

describe('on a disk it is the one that lilconfig finds:', () => {
  const made: string[] = []
  afterEach(() => {
    for (const directory of made.splice(0)) fs.rmSync(directory, { recursive: true })
  })

  it.each(configPlaces)('%s', (place) => {
    const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-config-')))
    made.push(top)
    const below = path.join(top, 'a/b')
    fs.mkdirSync(below, { recursive: true })
    fs.mkdirSync(path.dirname(path.join(top, place)), { recursive: true })
    fs.writeFileSync(path.join(top, place), '{ "ctxsize": { "failOn": "never" } }')
    const parse = (_: string, text: string): unknown => JSON.parse(text)
    const theirs = lilconfigSync('ctxsize', {
      searchPlaces: [...configPlaces],
      stopDir: top,
      cache: false,
      loaders: { noExt: parse, '.json': parse, '.yaml': parse, '.yml': parse },
    }).search(below)
    expect(theirs?.filepath).toBe(path.join(top, place))
    expect(findConfig(createNodeHost({}), below, top)?.path).toBe(theirs?.filepath)
  })
})
