import { describe, expect, it } from 'vitest'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { hasWildcard, matchGlob } from '../../src/lib/glob.ts'

const junk = ecosystems.flatMap((one) => one.junk.map((row) => ({ at: `${one.id}: ${row.name}`, ...row })))
const commands = ecosystems.flatMap((one) =>
  one.commands.map((row) => ({ at: `${one.id}: ${row.words.join(' ')}`, ...row })),
)
const tools = ecosystems.flatMap((one) =>
  one.versionTools.map((row) => ({ at: `${one.id}: ${row.name}`, ...row })),
)
const wrongGlob = (pattern: string) =>
  hasWildcard(pattern) && matchGlob(pattern, 'x'.repeat(9)) === 'bad pattern'

describe('the tables of ecosystems', () => {
  it('have an id each of its own', () => {
    const ids = ecosystems.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('name a page for every fact', () => {
    const wrong = [...junk, ...commands, ...tools].filter(
      ({ source }) => !URL.canParse(source) || !source.startsWith('https://') || /\s/.test(source),
    )
    expect(wrong.map(({ at }) => at)).toEqual([])
  })

  it('hold no glob that Go cannot read', () => {
    const patterns = [
      ...junk.flatMap(({ name, beside, holds }) => [name, ...beside, ...(holds?.split('|') ?? [])]),
      ...ecosystems.flatMap(({ manifests, lockfiles }) => [...manifests, ...lockfiles]),
      ...commands.flatMap(({ manifests, alsoReads }) => [...manifests.flat(), ...alsoReads]),
      ...tools.flatMap(({ files }) => files),
    ]
    expect(patterns.filter((pattern) => pattern === '' || wrongGlob(pattern))).toEqual([])
  })

  it('never look for a version tool in files of which a tree has thousands', () => {
    expect(
      tools.filter(({ files }) => files.some((name) => /^\*\.(?:js|ts|py|go|rs|java|rb|php|cs)$/.test(name))),
    ).toEqual([])
  })

  it('name junk by one or more components without a slash at either end', () => {
    expect(junk.filter(({ name }) => /^\/|\/$|\/\/|^\.\.?(?:\/|$)/.test(name)).map(({ at }) => at)).toEqual(
      [],
    )
  })

  it('describe junk in half a sentence', () => {
    expect(
      junk
        .filter(({ says }) => says === '' || /^[A-Z][a-z]+ [a-z]+ (?:is|are)\b|\.$/.test(says))
        .map(({ at }) => at),
    ).toEqual([])
  })

  it('never call a file of the environment junk: frameworks read it', () => {
    const names = ['.env', '.env.local', '.env.production', '.envrc']
    const hits = junk.filter(
      (row) => row.type === 'file' && names.some((name) => matchGlob(row.name, name) === 'match'),
    )
    expect(hits.map(({ at }) => at)).toEqual([])
  })

  it.each([
    'dist',
    'build',
    'out',
    'bin',
    'obj',
    'target',
    'vendor',
    'deps',
    'lib',
    'storage',
    'tmp',
    'data',
  ])('never call %s disposable by its name alone, as it is source somewhere', (name) => {
    const rows = junk.filter((row) => row.name === name)
    expect(rows.filter(({ disposable }) => disposable === 'always').map(({ at }) => at)).toEqual([])
    expect(
      rows.filter(({ beside, holds }) => beside.length === 0 && holds === null).map(({ at }) => at),
    ).toEqual([])
  })

  it('leave history to a proof of its own', () => {
    expect(junk.filter(({ what, disposable }) => what === 'history' && disposable !== 'never')).toEqual([])
  })

  it('guard only what is disposable or made anew, or history', () => {
    expect(
      junk
        .filter(({ guard, disposable, what }) => guard && disposable === 'never' && what !== 'history')
        .map(({ at }) => at),
    ).toEqual([])
  })

  it('say what an install reads where it reads manifests', () => {
    const silent = commands.filter(
      (row) =>
        row.reads === 'manifests' &&
        row.manifests.length === 0 &&
        row.fileOptions.length === 0 &&
        row.fileOperands === 'none',
    )
    expect(silent.map(({ at }) => at)).toEqual([])
  })

  it('make nothing below the directory with commands of the system', () => {
    const wrong = commands.filter(({ kind, makes }) => kind === 'system' && makes.length > 0)
    expect(wrong.map(({ at }) => at)).toEqual([])
  })
})
