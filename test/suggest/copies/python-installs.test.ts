import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, refusalsOf, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const head = ['FROM python:3.12', 'WORKDIR /app']
const all = [...head, 'COPY . .']
const flask: MemoryTree = {
  'requirements.txt': 'flask\n',
  'constraints.txt': 'flask<3\n',
  'app.py': 'x',
  'api.py': 'x',
  'jobs.py': 'x',
}
const withLib: MemoryTree = {
  ...flask,
  'lib/pyproject.toml': '[project]\nname = "lib"\n',
  'lib/src/lib/__init__.py': 'x',
}
const move = (lines: readonly string[], tree: MemoryTree = flask) =>
  rewritten(withDockerfile(lines, tree), 'manifest-first')
const safetyOf = (lines: readonly string[], tree: MemoryTree) =>
  suggestionsOf(withDockerfile(lines, tree), 'manifest-first').map(({ safety }) => safety)

describe('an install of Python that is told of files by variables', () => {
  it.each([
    ['ENV PIP_CONSTRAINT=constraints.txt', 'RUN pip install -r requirements.txt'],
    ['ENV PIP_CONSTRAINT /app/constraints.txt', 'RUN pip install -r requirements.txt'],
    ['ARG PIP_CONSTRAINT="./constraints.txt"', 'RUN pip install -r requirements.txt'],
    ['ENV A=b', 'RUN PIP_CONSTRAINT=constraints.txt pip install -r requirements.txt'],
  ])('finds them before it: %s, %s', (set, run) => {
    expect(move([...head, set, 'COPY . .', run])).toEqual([
      ...head,
      set,
      'COPY constraints.txt requirements.txt ./',
      run,
      'COPY . .',
    ])
  })

  it('finds wheels in a directory of which it is told', () => {
    const env =
      'ENV PIP_FIND_LINKS=wheels PIP_INDEX_URL=https://$TOKEN@pypi.example/simple PIP_NO_CACHE_DIR=1'
    const run = 'RUN pip install -r requirements.txt'
    expect(move([...head, env, 'COPY . .', run], { ...flask, 'wheels/a-1-py3-none-any.whl': 9 })).toEqual([
      ...head,
      env,
      'COPY requirements.txt ./',
      'COPY wheels ./wheels/',
      run,
      'COPY . .',
    ])
  })

  it('stays where nobody can tell which', () => {
    const lines = [...head, 'ARG D=/app', 'ENV PIP_CONSTRAINT=$D/constraints.txt', 'COPY . .']
    expect(move([...lines, 'RUN pip install -r requirements.txt'])).toBeNull()
    expect(refusalsOf(withDockerfile([...lines, 'RUN pip install -r requirements.txt'], flask))).toEqual([
      'pip install (Dockerfile:6): what PIP_CONSTRAINT names cannot be told',
    ])
  })

  it('finds no more for a variable of the program', () => {
    const env = 'ENV FLASK_APP=app.py'
    const run = 'RUN pip install -r requirements.txt'
    expect(move([...head, env, 'COPY . .', run])).toContain('COPY requirements.txt ./')
  })
})

describe('an install of a package in a directory of the project', () => {
  it.each([
    ['RUN pip install -e ./lib', ['COPY lib ./lib/'], withLib],
    [
      'RUN pip install -r requirements.txt ./lib[dev]',
      ['COPY requirements.txt ./', 'COPY lib ./lib/'],
      withLib,
    ],
    [
      'RUN pip install -r requirements.txt',
      ['COPY requirements.txt ./', 'COPY lib ./lib/'],
      { ...withLib, 'requirements.txt': '-e ./lib[dev]\nflask\n' },
    ],
  ])('comes before the rest, to be looked at: %s', (run, copies, tree) => {
    expect(move([...all, run], tree)).toEqual([...head, ...copies, run, 'COPY . .'])
    expect(safetyOf([...all, run], tree)).toEqual(['review'])
    expect(
      suggestionsOf(followed(withDockerfile([...all, run], tree), 'manifest-first'), 'manifest-first'),
    ).toEqual([])
  })

  it.each([
    ['the project itself', 'RUN pip install -e .', { ...flask, 'pyproject.toml': '[project]\nname = "x"\n' }],
    ['most of the project', 'RUN pip install ./src', { 'src/setup.py': 'x', 'src/a.py': 'x', 'run.py': 'x' }],
    ['what does not say how it is built', 'RUN pip install ./lib', { ...flask, 'lib/a.py': 'x' }],
    ['a group besides', 'RUN pip install --group dev ./lib', withLib],
  ])('stays where that is %s', (_, run, tree) => {
    expect(move([...all, run], tree as MemoryTree)).toBeNull()
  })
})

describe('a workspace of uv', () => {
  const workspace: MemoryTree = {
    'pyproject.toml': '[project]\nname = "x"\n[tool.uv.workspace]\nmembers = ["packages/*"]\n',
    'uv.lock': 'version = 1\n',
    'packages/api/pyproject.toml': '[project]\nname = "api"\n',
    'packages/api/a.py': 'x',
  }
  const advice = (run: string) => rewritten(withDockerfile([...all, run], workspace), 'install-first')

  it('is installed without its members first', () => {
    expect(advice('RUN uv sync --frozen --package api')).toEqual([
      ...head,
      'COPY pyproject.toml uv.lock ./',
      'RUN uv sync --frozen --package api --no-install-workspace',
      'COPY . .',
      'RUN uv sync --frozen --package api',
    ])
  })

  it('shows its members where the lockfile is held against them', () => {
    expect(advice('RUN uv sync --locked')).toContain('COPY packages/api/pyproject.toml ./packages/api/')
  })
})
