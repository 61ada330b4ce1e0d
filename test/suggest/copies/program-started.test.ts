import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { accepted, editsOf } from '../../../src/suggest/report.ts'
import { followed, proposeTree, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'
import { proposeFor } from '../propose-tree.ts'

const narrow = (lines: readonly string[], tree: MemoryTree) =>
  rewritten(withDockerfile(lines, tree), 'too-wide')

describe('a project of which one program is started', () => {
  const python: MemoryTree = {
    'requirements.txt': 'fastapi\n',
    'app/main.py':
      'from app.routes import items\nfrom fastapi import FastAPI\nfrom core.settings import read\n',
    'app/routes/items.py': 9,
    'core/settings.py': 'open("defaults.toml")\n',
    'defaults.toml': 9,
    'alembic.ini': 9,
    'notebooks/a.ipynb': 9,
    'tests/test_a.py': 9,
    'README.md': 9,
  }
  const head = [
    'FROM python',
    'WORKDIR /app',
    'COPY requirements.txt .',
    'RUN pip install -r requirements.txt',
  ]
  const uvicorn = 'CMD ["uvicorn", "app.main:app"]'

  it('is copied by what that imports, what it names, and what tools look for', () => {
    expect(narrow([...head, 'COPY . .', uvicorn], python)).toEqual([
      ...head,
      'COPY alembic.ini defaults.toml ./',
      'COPY app ./app/',
      'COPY core ./core/',
      uvicorn,
    ])
  })

  it('is a question, asked once', () => {
    const whole = withDockerfile([...head, 'COPY . .', uvicorn], python)
    expect(
      suggestionsOf(whole, 'too-wide').map(({ title, safety, because }) => [safety, title, because]),
    ).toEqual([
      [
        'review',
        'copy what it starts instead of everything',
        'what is started (Dockerfile:6) is app/main.py, which imports nothing of notebooks; what else it opens while it runs, only you know',
      ],
    ])
    expect(suggestionsOf(followed(whole, 'too-wide'), 'too-wide')).toEqual([])
  })

  it('is followed through a script that starts it', () => {
    const tree = { ...python, 'start.sh': '#!/bin/sh\nset -e\nexec uvicorn app.main:app\n' }
    const lines = [...head, 'COPY . .', 'RUN chmod +x start.sh', 'CMD ["./start.sh"]']
    expect(narrow(lines, tree)?.slice(4, 7)).toEqual([
      'COPY alembic.ini defaults.toml start.sh ./',
      'COPY app ./app/',
      'COPY core ./core/',
    ])
  })

  it('is copied so behind the install too, where both changes are made', () => {
    const lines = ['FROM python', 'WORKDIR /app', 'COPY . .', 'RUN pip install -r requirements.txt', uvicorn]
    const { proposals } = proposeTree(withDockerfile(lines, python))
    expect(rewritten(withDockerfile(lines, python), 'too-wide')?.slice(2, 4)).toEqual([
      'COPY alembic.ini defaults.toml requirements.txt ./',
      'COPY app ./app/',
    ])
    const both = editsOf(accepted(proposals, true), proposals).find(({ file }) => file === 'Dockerfile')
    expect(both?.after.split('\n').slice(2, -1)).toEqual([
      'COPY requirements.txt ./',
      'RUN pip install -r requirements.txt',
      'COPY alembic.ini defaults.toml ./',
      'COPY app ./app/',
      'COPY core ./core/',
      uvicorn,
    ])
  })

  it('takes along what its settings name, and what the settings among that name', () => {
    const tree = {
      ...python,
      'app/main.py': 'yaml.safe_load(open("config.yaml"))\n',
      'config.yaml': 'features: ./features.json\nmodel: /app/models/churn.bin\n',
      'features.json': '{"columns": "columns/all.toml"}',
      'models/churn.bin': 9,
      'columns/all.toml': 9,
      'core/settings.py': 9,
    }
    expect(narrow([...head, 'COPY . .', uvicorn], tree)?.slice(4)).toEqual([
      'COPY alembic.ini config.yaml features.json ./',
      'COPY app ./app/',
      'COPY columns ./columns/',
      'COPY models ./models/',
      uvicorn,
    ])
  })

  it('stays whole where its settings name what git does not track, or a recipe makes for the image', () => {
    const tracked = {
      ...withDockerfile([...head, 'COPY . .', uvicorn], python),
      'config.yaml': 'threshold: 1\n',
      '.gitignore': 'models/\n',
      'app/main.py': 'yaml.safe_load(open("config.yaml"))\n',
    }
    const models = { 'models/churn.bin': 9 }
    const copied = (more: MemoryTree, untracked: MemoryTree = models) =>
      proposeFor({ tracked: { ...tracked, ...more }, untracked }).moves.filter((move) =>
        move.includes('instead of everything'),
      )
    expect(copied({})).toHaveLength(1)
    expect(copied({ 'config.yaml': 'model: models/churn.bin\n' })).toEqual([])
    const Makefile =
      'image:\n\tmkdir -p models\n\taws s3 cp s3://a/churn.bin models/churn.bin\n\tdocker build .\n'
    expect(proposeFor({ tracked: { ...tracked, Makefile }, untracked: models }).left).toEqual([
      'models: Makefile:2 makes it on the host for this image',
    ])
    expect(copied({ Makefile })).toEqual([])
  })

  it('stays whole where there are more settings than are read', () => {
    const many = (count: number): MemoryTree =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`notebooks/${i}.json`, 9]))
    const lines = [...head, 'COPY . .', uvicorn]
    expect(narrow(lines, { ...python, ...many(250) })).not.toBeNull()
    expect(narrow(lines, { ...python, ...many(301) })).toBeNull()
  })

  const node: MemoryTree = {
    'package.json': '{"scripts":{"start":"node src/server.js"}}',
    'package-lock.json': '{}',
    'src/server.js': "const { a } = require('./lib/a')\nimport('../jobs/run.mjs')\nexpress.static('web')\n",
    'src/lib/a.js': 9,
    'jobs/run.mjs': 9,
    'web/index.html': 9,
    'seeds/all.json': 9,
  }
  it.each(['CMD ["node", "src/server.js"]', 'CMD ["npm", "start"]', 'CMD node ./src/server'])(
    'is found in %s',
    (start) => {
      const lines = ['FROM node', 'WORKDIR /app', 'COPY package*.json ./', 'RUN npm ci', 'COPY . .', start]
      expect(narrow(lines, node)).toEqual([
        ...lines.slice(0, 4),
        'COPY jobs ./jobs/',
        'COPY src ./src/',
        'COPY web ./web/',
        start,
      ])
    },
  )

  const last = [...head, 'COPY . .', uvicorn]
  it.each<[string, readonly string[], MemoryTree]>([
    [
      'nothing of it would stay behind but what is about it',
      last,
      { ...python, 'notebooks/a.ipynb': 0, 'app/routes/items.py': 'open("notebooks")' },
    ],
    [
      'it imports what only a run can tell',
      last,
      { ...python, 'core/settings.py': 'importlib.import_module(name)' },
    ],
    ['it is a site of Django', last, { ...python, 'app/main.py': 'os.environ["DJANGO_SETTINGS_MODULE"]' }],
    [
      'a file of it is named by a variable',
      ['FROM node', 'COPY . /app', 'CMD ["node", "/app/src/server.js"]'],
      { ...node, 'src/lib/a.js': 'require(name)' },
    ],
    ['a step behind the copy builds', [...head, 'COPY . .', 'RUN make', uvicorn], python],
    ['another stage takes of it', [...last, 'FROM python', 'COPY --from=0 /app/notebooks /n'], python],
    [
      'what is started is installed',
      [...head, 'COPY . .', 'CMD ["app"]'],
      { ...python, 'app/__main__.py': 9 },
    ],
    [
      'a framework starts it, which finds more by where it lies',
      [...head, 'COPY . .', 'CMD ["streamlit", "run", "app/main.py"]'],
      python,
    ],
    ['a shell decides', [...head, 'COPY . .', 'CMD $RUN'], python],
  ])('stays whole where %s', (_, lines, tree) => {
    expect(narrow(lines, tree)).toBeNull()
  })
})

describe('a project of which another stage has built what is started', () => {
  const remix: MemoryTree = {
    '.dockerignore': '/build\nnode_modules\n',
    'package.json': '{"scripts":{"build":"vite build","start":"remix-serve ./build/server/index.js"}}',
    'package-lock.json': '{}',
    'server.js': "migrate(db, './drizzle')\nawait import('./build/server/index.js')\n",
    'app/root.tsx': 9,
    'app/data/all.json': 9,
    'content/2024/first.md': 9,
    'drizzle/0001.sql': 9,
    'public/locales/no.json': 9,
    'rates.csv': 9,
    'scripts/seed.ts': 9,
    'tests/a.test.ts': 9,
    'tsconfig.json': 9,
    'vite.config.ts': 9,
    '.env.example': 9,
    'README.md': 9,
  }
  const stages = [
    ...['FROM node AS build', 'WORKDIR /app', 'COPY package*.json ./', 'RUN npm ci', 'COPY . .'],
    ...['RUN npm run build', 'FROM node', 'WORKDIR /app'],
  ]
  const taken = 'COPY --from=build /app/build ./build'
  const last = (...lines: readonly string[]) =>
    narrow([...stages, ...lines], remix)?.slice(stages.length) ?? null

  it('is copied by what starts it, what that names, and what holds no sources', () => {
    const start = 'CMD ["node", "server.js"]'
    expect(last(taken, 'COPY . .', start)).toEqual([
      taken,
      'COPY package.json rates.csv server.js ./',
      'COPY content ./content/',
      'COPY drizzle ./drizzle/',
      'COPY public ./public/',
      start,
    ])
  })

  it('is found where a script of package.json starts it', () => {
    const start = 'CMD ["npm", "start"]'
    expect(last('COPY . .', taken, start)).toEqual([
      'COPY package.json rates.csv ./',
      'COPY content ./content/',
      'COPY drizzle ./drizzle/',
      'COPY public ./public/',
      taken,
      start,
    ])
    const whole = withDockerfile([...stages, 'COPY . .', taken, start], remix)
    expect(suggestionsOf(whole, 'too-wide').map(({ safety, because }) => `${safety}: ${because}`)).toEqual([
      'review: what is started (Dockerfile:11) is build/server/index.js, which is built already, and imports nothing of app and scripts; what else it opens while it runs, only you know',
    ])
  })

  it.each<[string, readonly string[]]>([
    [
      'what it imports comes from nowhere',
      ['COPY --from=build /app/dist ./dist', 'COPY . .', 'CMD ["node", "server.js"]'],
    ],
    ['it is built behind the copy', ['COPY . .', 'RUN npm run build', 'CMD ["npm", "start"]']],
  ])('stays whole where %s', (_, lines) => {
    expect(last(...lines)).toBeNull()
  })
})
