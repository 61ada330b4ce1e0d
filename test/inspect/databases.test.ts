import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dataEndings, dataNamed, isData } from '../../src/inspect/databases.ts'

describe('the name of data of a database', () => {
  it('ends in letters by which it is found', () => {
    const known = [
      ...['a.sql', 'a.sql.gz', 'a.sql.bz2', 'a.sql.xz', 'a.sql.zst', 'a.dump.zip', 'a.dump', 'a.pgdump'],
      ...['a.sqlite', 'a.sqlite3', 'A.DB', 'dump.rdb', 'PG_VERSION', 'ibdata1', 'WiredTiger.wt'],
    ]
    for (const name of known) {
      expect([name, dataNamed(name) === null]).toEqual([name, false])
      expect([name, dataEndings.includes(name.toLowerCase().slice(-3))]).toEqual([name, true])
    }
  })

  it('says whether it is a dump, or of which day', () => {
    for (const path of ['backups/a.sql', 'a.dump', 'a-2024-11-04.sql', 'a_20241104.sql', 'pg_dump.sql'])
      expect([path, dataNamed(path)?.isTold]).toEqual([path, true])
    for (const path of ['a.sql', 'V2024__x.sql', 'db/seed.sql', 'backup_codes.sql'])
      expect([path, dataNamed(path)?.isTold]).toEqual([path, path.startsWith('backup')])
  })

  it('and what stands in it are judged at once, whatever they are', () => {
    const unit = fc.constantFrom('a', '-', '.', 'COPY a ', '\n', '--', 'dump ', '2024')
    fc.assert(
      fc.property(unit, fc.nat(8000), (part, times) => {
        const start = performance.now()
        const suggested = dataNamed(`${part.replaceAll('\n', '').repeat(times % 100)}.sql`)
        if (suggested !== null) isData(suggested, part.repeat(times), 1)
        expect(performance.now() - start).toBeLessThan(200)
      }),
    )
  })
})
