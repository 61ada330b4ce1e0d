import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo } from './propose-tree.ts'

const megabyte = 1_000_000
const project = {
  Dockerfile:
    'FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n',
  'requirements.txt': 'flask\n',
  'app.py': 'import flask\n',
  '.dockerignore': '.git\n__pycache__\n.venv\n',
}
const laptop = (untracked: MemoryTree, source: MemoryTree = {}): Repo => ({
  tracked: { ...project, ...source },
  untracked,
})
const asked = (repo: Repo) => proposeFor(repo).because.filter((text) => !text.includes('not there today'))

describe('what git neither tracks nor ignores and no image is made of', () => {
  it('is asked about, one question a kind and the largest first', () => {
    expect(
      asked(
        laptop({
          'shop-2024.zip': 9 * megabyte,
          'old/site.tar.gz': 4 * megabyte,
          'app.py.bak': 300,
          'templates/base.html.orig': 300,
          'prod-2024-05-01.sql': 90 * megabyte,
          'Untitled1.ipynb': 2000,
          'Screenshot 2024-05-01 at 10.11.12.png': 400_000,
          'Screenshot 2024-05-02 at 10.11.12.png': 300_000,
          'Screenshot 2024-05-03 at 10.11.12.png': 200_000,
          'Docker Desktop.dmg': 600 * megabyte,
          'heap.hprof': 80 * megabyte,
        }),
      ),
    ).toEqual([
      'safe **/*.hprof: a dump of the heap',
      'review Docker Desktop.dmg: something that was downloaded to be installed',
      'review prod-2024-05-01.sql: a dump of a database',
      'review shop-2024.zip old/site.tar.gz: an archive that git knows nothing of',
      'review Screenshot*.png: a picture or a film of a screen',
      'review Untitled1.ipynb: a notebook that was never named',
      'review app.py.bak templates/base.html.orig: a copy that was kept of something',
    ])
  })

  it('is a directory where all of it is a copy', () => {
    expect(asked(laptop({ 'src_old/a.py': 1, 'backup/a.json': 1, 'lib copy/b.py': 1 }))).toEqual([
      'review lib copy src_old: a copy that was kept of something',
      'review backup: a backup, by its name',
    ])
  })

  it('is one line where many are called alike', () => {
    expect(
      asked(laptop({ 'a.py.bak': 1, 'lib/b.py.bak': 1, 'lib/c.py.orig': 1, 'x/d.py.orig': 1, 'e.zip': 1 })),
    ).toEqual([
      'review **/*.bak **/*.orig: a copy that was kept of something',
      'review e.zip: an archive that git knows nothing of',
    ])
  })

  it('is a line of its own where one of the name is tracked', () => {
    expect(asked(laptop({ 'a.py.bak': 1, 'b.py.bak': 1 }, { 'tests/c.bak': 'x' }))).toContain(
      'review a.py.bak b.py.bak: a copy that was kept of something',
    )
  })

  it('is asked about for its size alone where it is large', () => {
    expect(
      asked(
        laptop({
          'recording.raw': 30 * megabyte,
          'export/a.csv': 4 * megabyte,
          'export/b.csv': 4 * megabyte,
        }),
      ),
    ).toEqual([
      'review recording.raw: large, and git neither tracks nor ignores it',
      'review export: large, and git neither tracks nor ignores it',
    ])
  })

  it('is asked about where it may hold keys, whoever names it', () => {
    expect(asked(laptop({ '.env': 'A=1\n' }, { 'app.py': 'load_dotenv(".env")\n' }))).toEqual([
      'review .env: app.py:1 names it',
    ])
  })
})

describe('what git does not track yet', () => {
  const nothing = (untracked: MemoryTree, source: MemoryTree = {}) =>
    expect(asked(laptop(untracked, source))).toEqual([])

  it('is left where it is somebody’s new work', () => {
    nothing({
      'views/orders.py': 'x',
      'migrations/0042_orders.sql': 'alter table orders add note text;\n',
      'static/logo.png': 40_000,
      'data/countries.csv': 90_000,
      'static/app.js': 6 * megabyte,
      'docs/screens.md': 'x',
      'jobs/s3_backup.py': 'x',
      'db-backup/run.py': 'x',
      'backup/restore.sh': 'x',
    })
  })

  it('is left where the image works with it', () => {
    nothing(
      { 'driver.deb': 8 * megabyte, 'model.tar.gz': 8 * megabyte },
      {
        Dockerfile: 'FROM debian\nWORKDIR /app\nCOPY . .\nRUN dpkg -i *.deb && tar xf /app/model.tar.gz\n',
      },
    )
  })

  it('is left where a program opens it', () => {
    nothing(
      { 'weights.bin': 90 * megabyte, 'seed.zip': 100 },
      { 'app.py': 'load("weights.bin")\nopen("seed.zip")\n' },
    )
  })

  it('is left where DVC tracks it', () => {
    nothing({ 'train.csv': 90 * megabyte }, { 'train.csv.dvc': 'outs:\n- path: train.csv\n' })
  })

  it('is looked into where a tool has left something in it, or git was told of a part', () => {
    const hugo = {
      'resources/_gen/a.jpg': 12 * megabyte,
      'work/b.raw': 12 * megabyte,
      'work/kept/c.txt': 'x',
    }
    const { because } = proposeFor(
      laptop(hugo, { 'hugo.toml': 'x', '.gitignore': '/resources/_gen\n/work/b.raw\n' }),
    )
    expect(because.filter((text) => /^\w+ (?:resources|work):/.test(text))).toEqual([])
    expect(because.filter((text) => /^\w+ (?:resources\/_gen|work\/b\.raw):/.test(text))).toHaveLength(2)
  })

  it('is nobody’s business in a repository within', () => {
    expect(asked(laptop({ 'lib/other/.git/HEAD': 'ref: x\n', 'lib/other/dist.zip': 9 * megabyte }))).toEqual([
      'safe lib/other/.git: no RUN, script or manifest uses git',
    ])
  })

  it('is all there is where nothing is tracked', () => {
    const { because } = proposeFor({ tracked: {}, untracked: { ...project, 'a.zip': 9 * megabyte } })
    expect(because.join()).not.toContain('a.zip')
  })

  it('is all there is without a repository', () => {
    const { because } = proposeFor({ tracked: { ...project, 'a.zip': 9 * megabyte }, git: false })
    expect(because.join()).not.toContain('a.zip')
  })
})

describe('a wildcard in a RUN', () => {
  it('names what is called so, and nothing where it stands for all', () => {
    const repo = (run: string): Repo => ({
      tracked: { ...project, Dockerfile: `FROM python\nWORKDIR /app\nCOPY . .\nRUN ${run}\n` },
      untracked: { 'site.zip': 100 },
    })
    expect(asked(repo('cp -r * /opt && chmod +x bin/*'))).toEqual([
      'review site.zip: an archive that git knows nothing of',
    ])
    expect(asked(repo('unzip *.zip'))).toEqual([])
  })
})

describe('what was looked into and git knows nothing of', () => {
  const dump = 'COPY public.users (id, email) FROM stdin;\n1\ta@b.c\n\\.\n'
  const key =
    'SECRET_KEY = "9f8a7sd6f98a7sd6f9a8s7df6a9s8d7f6"\nAWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENGbPxRfiCYzx8Kd0Wq1As\n'

  it('is asked about as the data that it is, however little of it there is', () => {
    expect(
      asked(
        laptop({
          'backup-2024-05-01.sql': dump,
          'pgdata/PG_VERSION': '17\n',
          'pgdata/base/1/1259': 100,
          'dump.rdb': 'REDIS0011x',
        }),
      ),
    ).toEqual([
      'review pgdata: the data of a PostgreSQL server',
      'review *backup*.sql: a dump of a database',
      'review dump.rdb: a dump of Redis',
    ])
  })

  it('is asked about for the keys in it', () => {
    expect(asked(laptop({ 'deploy/prod.env': key }))).toEqual([
      'review deploy/prod.env: 1 value looks like a key; nothing names it',
    ])
  })

  it('is none where git tracks it, where it is a migration, or where it is for a test', () => {
    const tracked = { 'seed-2024-05-01.sql': dump, 'pgdata/PG_VERSION': '17\n', 'pgdata/base/1': 10 }
    const untracked = {
      'db/migrations/20240501_users.sql': 'CREATE TABLE a (b int);\n',
      'tests/fixtures/users-2024-05-01.sql': dump,
    }
    expect(asked(laptop(untracked, tracked))).toEqual([])
  })
})

describe('a directory that a build writes to by the same name elsewhere', () => {
  it('is not one that the RUN works with', () => {
    const left = (run: string) =>
      proposeFor({
        tracked: {
          Dockerfile: `FROM sdk\nWORKDIR /s\nCOPY . .\nWORKDIR /s/Web\nRUN ${run}\n`,
          'Web/Web.csproj': '<Project/>',
          'Api/Api.csproj': '<Project/>',
        },
        untracked: { 'Api/out/Api.dll': 6_000_000 },
      }).left.filter((line) => line.startsWith('Api/out'))
    expect(left('dotnet publish -c Release -o out')).toEqual([])
    expect(left('cp -r out /out')).toHaveLength(1)
  })
})
