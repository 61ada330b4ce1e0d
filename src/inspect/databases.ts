/** Data of databases that lies about in a tree: dumps, files of SQLite, what a server keeps. Names say what to look at, and first bytes whether it is. */

import { baseName, parentPath } from '../lib/path.ts'

/** The last three bytes of every name that {@link dataNamed} knows. */
export const dataEndings: readonly string[] = [
  ...['sql', 'ump', 'te3', 'ite', '.db', 'rdb', '.gz', 'bz2', '.xz', 'zst', 'zip'],
  ...['ion', 'ta1', '.wt'],
]

interface Kind {
  /** Base names, lower case. */
  readonly names: RegExp
  /** Half a sentence with its article. */
  readonly says: string
  /** What its first bytes are, one character a byte; null: they say nothing, its name has to do. */
  readonly starts: RegExp | null
  /** It is a part of all that its directory holds, which has an entry of this name in it; null: a file of its own. */
  readonly beside: string | null
}

/** One row of data: an `INSERT` of SQL, or the `COPY` of PostgreSQL with what follows. */
const rowsOfData = /^(?:INSERT\s+INTO|REPLACE\s+INTO|COPY\s[^\n]{1,2000}\sFROM\s+stdin)\b/im

const kinds: readonly Kind[] = [
  { names: /\.sql$/, says: 'a dump of a database', starts: rowsOfData, beside: null },
  {
    names: /\.sql\.(?:gz|bz2|xz|zst|zip)$|\.(?:pg)?dump\.(?:gz|bz2|xz|zst|zip)$/,
    says: 'a dump of a database',
    starts: null,
    beside: null,
  },
  {
    // PGDMP: the custom format of pg_dump (postgres/postgres src/bin/pg_dump/pg_backup_archiver.c).
    names: /\.(?:pg)?dump$/,
    says: 'a dump of a database',
    starts: new RegExp(`^PGDMP|${rowsOfData.source}`, 'im'),
    beside: null,
  },
  {
    // https://www.sqlite.org/fileformat.html#magic_header_string
    names: /\.(?:sqlite3?|db)$/,
    says: 'a SQLite database',
    starts: /^SQLite format 3/,
    beside: null,
  },
  // https://rdb.fnordig.de/file_format.html#magic-number
  { names: /\.rdb$/, says: 'a dump of Redis', starts: /^REDIS\d/, beside: null },
  // https://www.postgresql.org/docs/current/storage-file-layout.html
  { names: /^pg_version$/, says: 'the data of a PostgreSQL server', starts: null, beside: 'base' },
  // https://dev.mysql.com/doc/refman/8.4/en/innodb-system-tablespace.html
  { names: /^ibdata1$/, says: 'the data of a MySQL server', starts: null, beside: '' },
  // https://source.wiredtiger.com/develop/arch-metadata.html
  { names: /^wiredtiger\.wt$/, says: 'the data of a MongoDB server', starts: null, beside: '' },
]

/** What a path may be by its name. */
export interface Suggested {
  readonly kind: Kind
  /** A dump says so, or says of which day it is. */
  readonly isTold: boolean
}

const told =
  /(?:^|[/._-])(?:(?:pg|mysql|db)?_?dumps?|backups?|bak|snapshots?)(?:[/._-]|$)|(?:19|20)\d\d-?[01]\d-?[0-3]\d|\.(?:pg)?dump\b|\.rdb$/i

/** What the name of a file suggests; null for all that is no data of a database, and for what the system's own crashes leave. */
export function dataNamed(path: string): Suggested | null {
  const name = baseName(path).toLowerCase()
  const kind = kinds.find(({ names }) => names.test(name))
  if (kind === undefined || /^(?:erl_crash|core|heap|thread|java|javacore)\b/.test(name)) return null
  return { kind, isTold: told.test(path) }
}

/** Of a script of SQL this much is more than a migration. */
const largeScript = 1_000_000

/** A dump says by what it was made. */
const header =
  /^(?:--|\/\*)[^\n]{0,60}\b(?:pg_dump|mysqldump|database (?:cluster )?dump|(?:MySQL|MariaDB|SQL) dump)\b/im

/** True where the first bytes bear it out. `head`: one character a byte; `size`: of the whole. */
export function isData({ kind, isTold }: Suggested, head: string, size: number): boolean {
  if (kind.starts === null) return true
  if (!kind.starts.test(head)) return false
  return kind.starts !== rowsOfData || isTold || size >= largeScript || header.test(head)
}

/** The directory that a file of a server stands for, the file itself for all else. */
export const dataPath = (path: string, { kind }: Suggested): string =>
  kind.beside === null ? path : parentPath(path) || path
