import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { mostDatabases, suspectBytes } from '../../src/inspect/read.ts'
import { scan } from '../../src/scan.ts'
import { plainBuild, scanTree } from '../scan-tree.ts'
import { repoHost } from '../suggest/propose-tree.ts'

const rows = "INSERT INTO users VALUES (1, 'ann');\n"
const dump = `-- PostgreSQL database dump\nSET x = 0;\n${rows}`
const sqlite = 'SQLite format 3\u0000 and so on'
const copyAll = 'FROM a\nCOPY . /x\n'

/** What is found where git tracks the Dockerfile, and `tracked`. */
function look(untracked: MemoryTree, tracked: MemoryTree = {}, Dockerfile = copyAll) {
  const { findings } = scan(repoHost({ tracked: { Dockerfile, ...tracked }, untracked }), plainBuild)
  return findings.filter(({ rule }) => rule === 'database-ships')
}

describe('data of a database in the image', () => {
  it('is one warning, whatever there is of it', () => {
    const untracked = {
      'backups/a-2026-09-27.sql': rows,
      'backups/b.dump': 'PGDMP...',
      'a.sqlite3': sqlite,
    }
    expect(look(untracked)).toMatchObject([
      {
        severity: 'warning',
        at: { file: 'Dockerfile', line: 2 },
        message:
          'backups/a-2026-09-27.sql is in the final image (COPY . /x, line 2), with 2 more like it: a dump of a database',
        data: {
          fails: false,
          reach: 'image',
          files: 3,
          paths: ['backups/a-2026-09-27.sql', 'backups/b.dump', 'a.sqlite3'],
        },
      },
    ])
  })

  it.each<[string, MemoryTree, string]>([
    ['a dump that says by what it was made', { 'x.sql': dump }, 'x.sql'],
    ['a dump with its day', { 'tmp/staging-2024-11-04.sql': rows }, 'tmp/staging-2024-11-04.sql'],
    ['rows of PostgreSQL', { 'backup/x.sql': 'COPY public.users (id) FROM stdin;\n1\n' }, 'backup/x.sql'],
    ['a dump that was packed', { 'x.sql.gz': 9 }, 'x.sql.gz'],
    ['one of Redis', { 'dump.rdb': 'REDIS0011' }, 'dump.rdb'],
    ['the directory of a server', { 'pg/PG_VERSION': '16\n', 'pg/base/1/1': 9 }, 'pg'],
  ])('is %s', (_, untracked, path) => {
    expect(look(untracked).map(({ data }) => data['paths'])).toEqual([[path]])
  })

  it.each<[string, MemoryTree]>([
    ['a migration that is not committed yet', { 'migrations/0007_add_users.sql': rows }],
    ['a script without rows', { 'backup.sql': 'CREATE TABLE a (id int);\n' }],
    ['rows beyond what is read', { 'backup.sql': `${'-'.repeat(suspectBytes)}\n${rows}` }],
    ['what only ends like one', { 'Thumbs.db': 'xx', 'a.dump': 'xx', 'b.sqlite': 'xx' }],
    ['what a crash left', { 'erl_crash.dump': 'PGDMP' }],
    ['for tests', { 'test/fixtures/x.sqlite3': sqlite }],
    ['for development', { 'db/development.sqlite3': sqlite }],
    ['of a package', { 'node_modules/a/x.sqlite3': sqlite }],
    ['an empty file', { 'x.sqlite3': '' }],
    ['a file of that name alone', { 'x/PG_VERSION': '16\n' }],
  ])('is not %s', (_, untracked) => {
    expect(look(untracked)).toEqual([])
  })

  it('is not what git tracks, nor what a COPY names, nor what the ignore file drops', () => {
    expect(look({}, { 'seed.sql': dump, 'geo.sqlite3': sqlite })).toEqual([])
    expect(look({ 'geo.sqlite3': sqlite }, {}, 'FROM a\nCOPY geo.sqlite3 /x/\n')).toEqual([])
    expect(look({ 'a.sqlite3': sqlite }, { '.dockerignore': '*.sqlite3\n' })).toEqual([])
  })

  it('is nothing where it does not get there', () => {
    const stages = (copy: string) => `FROM a AS b\nWORKDIR /w\nCOPY . .\nRUN make\nFROM a\n${copy}\n`
    const tree = { 'x.sqlite3': sqlite }
    expect(look(tree, {}, stages('COPY --from=b /w/out /out'))).toEqual([])
    expect(look(tree, {}, 'FROM a\nRUN --mount=type=bind,target=/x make\n')).toEqual([])
    expect(look(tree, {}, stages('COPY --from=b /w /w'))).toMatchObject([{ data: { reach: 'image' } }])
    expect(look(tree, {}, stages('COPY --from=b --exclude=a /w /w'))).toMatchObject([
      { confidence: 'low', data: { reach: 'maybe' } },
    ])
  })

  it('is only what says so by its name where there is no git', () => {
    const found = (tree: MemoryTree) =>
      scanTree(tree).findings.filter(({ rule }) => rule === 'database-ships').length
    expect(found({ 'seed.sql': dump, 'app.db': sqlite })).toBe(0)
    expect(found({ 'seed-backup.sql': dump })).toBe(1)
  })

  it('is looked for in so many files and no more', () => {
    const many = Object.fromEntries(Array.from({ length: mostDatabases + 9 }, (_, i) => [`${i}.sql.gz`, 9]))
    expect(look(many)).toMatchObject([{ data: { files: mostDatabases } }])
  })

  it('tells nothing that stands in it', () => {
    expect(JSON.stringify(look({ 'x.sql': dump.replace('ann', 'zebra') }))).not.toContain('zebra')
  })
})
