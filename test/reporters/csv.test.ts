import { describe, expect, it } from 'vitest'
import { csv, csvText } from '../../src/reporters/csv.ts'
import { hostileReport, hostileTexts, manyBuilds, sample } from './samples.ts'

/** RFC 4180, with any line ends. */
function readCsv(text: string): readonly (readonly string[])[] {
  const rows: string[][] = []
  for (let at = 0; at < text.length; ) {
    const row: string[] = []
    for (let more = true; more; ) {
      const found = /"((?:[^"]|"")*)"|([^",\n]*)/y
      found.lastIndex = at
      const [whole = '', quoted, plain = ''] = found.exec(text) ?? []
      row.push(quoted?.replaceAll('""', '"') ?? plain)
      at += whole.length
      more = text[at] === ','
      if (!more && text[at] !== '\n') throw new Error(`no end of a field at ${at}`)
      at++
    }
    rows.push(row)
  }
  return rows
}

describe('CSV', () => {
  it('has a row a build, with sizes in bytes', () => {
    const [head = [], ...rows] = readCsv(csv(manyBuilds()))
    const column = (name: string) => rows.map((row) => row[head.indexOf(name)])
    expect(column('dockerfile')).toEqual(['docker/app.Dockerfile', 'Dockerfile', 'Dockerfile'])
    expect(column('context')).toEqual(['.', 'services/api', 'web'])
    expect(column('transferBytes')).toEqual(['10000', '1413290112', '12000000'])
    expect(column('fails')).toEqual(['true', 'false', 'false'])
    expect(column('broken')).toEqual(['6', '0', '0'])
    expect(column('safeBytes')).toEqual(['0', '1325427833', '0'])
  })

  it.each(Object.keys(hostileTexts))('keeps its columns, and begins no field like a formula: %s', (kind) => {
    const rows = readCsv(csv(hostileReport(hostileTexts[kind] ?? '')))
    expect(rows.map((row) => row.length)).toEqual(rows.map(() => 24))
    expect(rows.length).toBe(4)
    for (const row of rows) for (const field of row) expect(field).not.toMatch(/^[=+\-@\t\r]/)
  })

  it('gives back what was put into it', () => {
    const [, row] = readCsv(csvText([{ a: 'b,c"d"', e: ' f ', g: '=1', h: null, i: 0, j: false }]))
    expect(row).toEqual(['b,c"d"', ' f ', "'=1", '', '0', 'false'])
  })

  it('of nothing is nothing', () => {
    expect(csvText([])).toBe('')
  })

  it('ends lines as other programs of a pipe do', () => {
    expect(csv(sample('clean'))).toMatch(/^[^\r]*\n[^\r]*\n$/)
  })
})
