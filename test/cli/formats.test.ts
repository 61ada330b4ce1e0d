import { describe, expect, it } from 'vitest'
import { formats } from '../../src/verbs/formats.ts'
import { verbUsage } from '../../src/verbs/usage.ts'
import { ctxsize } from './world.ts'

const firstLine = (text: string) => text.split('\n')[0]

describe('--format', () => {
  it('makes several texts of one run, each as it is alone', async () => {
    const alone = { table: (await ctxsize('')).stdout, json: (await ctxsize('--format json')).stdout }
    const both = await ctxsize('--format table --format json=a.json --format table=b.txt')
    expect(both).toMatchObject({ code: 0, stdout: alone.table, stderr: '' })
    expect(Object.fromEntries(both.files)).toEqual({ 'a.json': alone.json, 'b.txt': alone.table })
  })

  it('prints nothing where every text has a file', async () => {
    const { stdout, files } = await ctxsize('ls --target base --format json=list.json')
    expect([stdout, [...files.keys()]]).toEqual(['', ['list.json']])
  })

  it('leaves to -o what names no file, and the table where nothing else does', async () => {
    const named = await ctxsize('--format json -o a --format table=b')
    expect([named.stdout, named.files.get('a')?.[0], named.files.has('b')]).toEqual(['', '{', true])
    const alone = await ctxsize('-o a --format json=b')
    expect([alone.stdout, alone.files.get('a')]).toEqual(['', (await ctxsize('')).stdout])
  })

  it('may be given twice when it is the same', async () => {
    expect((await ctxsize('--format json --format json')).stdout).toBe(
      (await ctxsize('--format json')).stdout,
    )
  })

  it('takes - for standard output', async () => {
    const plain = await ctxsize('--format json')
    for (const line of ['--format json=-', '--format json -o -', '-o - --format json=-'])
      expect(await ctxsize(line)).toEqual(plain)
    const { stdout } = await ctxsize('missing/ --format json=-')
    expect(JSON.parse(stdout).error.code).toBe('CONTEXT_NOT_FOUND')
  })

  it('has a page opened that was written, when asked to and only then', async () => {
    const line = '--format html=page.html --format table'
    expect((await ctxsize(line)).opened).toEqual([])
    const { code, stderr, opened, files } = await ctxsize(`${line} --open`)
    expect([code, stderr, opened, files.has('page.html')]).toEqual([0, '', ['page.html'], true])
  })

  it('says why a page could not be opened, which is written all the same', async () => {
    const { code, stderr, files } = await ctxsize('--format html -o page.html --open', {
      opens: 'there is no xdg-open',
    })
    expect([code, stderr, files.has('page.html')]).toEqual([
      0,
      'cannot open page.html: there is no xdg-open\n',
      true,
    ])
  })

  it('takes a file of any name', async () => {
    expect([...(await ctxsize(['--format', 'json=a=b c'])).files.keys()]).toEqual(['a=b c'])
  })

  it.each([
    [
      '--format json --format table',
      'only one format can go to standard output: json, table',
      'give the others a file: --format table=FILE',
    ],
    [
      '--format json --format table -o x',
      'only one format can go to x: json, table',
      'give the others a file: --format table=FILE',
    ],
    ['--format json=', '--format json= names no file', 'write --format json=FILE'],
    ['--format json=x --format table=./x', 'two formats would go to ./x', 'give each a file of its own'],
    ['--format json=x -o x', 'two formats would go to x', 'give each a file of its own'],
    [
      '--format json=x --open',
      '--open needs a page in a file',
      'ctxsize --format html -o report.html --open',
    ],
    ['ls -0 --format json=x', '-0 and --format json exclude each other', 'give one of them'],
  ])('%s is one clear line and what to do', async (line, message, hint) => {
    const { code, stdout, stderr, files } = await ctxsize(line)
    expect([code, files.size]).toEqual([2, 0])
    // To whom asked for JSON on standard output, that is where it is said.
    const said = stdout === '' ? stderr : `error: ${JSON.parse(stdout).error.message}\n  ${hint}\n`
    expect(said).toBe(`error: ${message}\n  ${hint}\n`)
  })

  it('tells an error on standard error when only a file was to be JSON', async () => {
    const { stdout, stderr, files } = await ctxsize('missing/ --format json=x')
    expect([stdout, firstLine(stderr), files.size]).toEqual(['', 'error: no such directory: missing/', 0])
  })

  it('has a table for every verb, which is what comes by itself', () => {
    expect(Object.keys(formats).sort()).toEqual(Object.keys(verbUsage).sort())
    expect(Object.values(formats).every(([first]) => first === 'table')).toBe(true)
  })
})
