/** What looks disposable and is what an image works with: as somebody who wants the tool to be wrong would put it. */

import { describe, expect, it } from 'vitest'
import type { MemoryEntry, MemoryTree } from '../../src/host/memory.ts'
import { proposeFor, type Repo } from './propose-tree.ts'

const ci = {
  '.github/workflows/ci.yml':
    'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build --push .\n',
}
const python = 'FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\nCMD ["python","app.py"]\n'

/** How sure the tool is of what drops the path, and because of what: `review gen: app.py imports it…`. */
const reasonOf = (repo: Repo, path: string): string | undefined => {
  for (const text of proposeFor(repo).because) {
    const [said = '', ...reason] = text.split(': ')
    const [safety = '', ...lines] = said.split(' ')
    if (lines.some((line) => line === path || line === `**/${path.replace(/^.*\//, '')}`))
      return `${safety} ${path}: ${reason.join(': ')}`
  }
  return undefined
}
const reason = (tracked: MemoryTree, untracked: MemoryTree, line: string) =>
  reasonOf({ tracked, untracked }, line)
const link = (target: string): MemoryEntry => ({ type: 'symlink', target })

describe('code that is made and that git ignores', () => {
  it.each([
    ['app.py', 'from gen.proto import shop_pb2\n', 'gen/proto/shop_pb2.py', 'gen'],
    ['app.py', 'import gen.proto.shop_pb2\n', 'gen/proto/shop_pb2.py', 'gen'],
  ])('is asked about where %s says %j', (file, text, made, line) => {
    const tracked = { Dockerfile: python, [file]: text, '.gitignore': 'gen\n', ...ci }
    expect(reason(tracked, { [made]: 10 }, line)).toBe(
      `review gen: app.py imports it, or what it imports does`,
    )
  })

  it('is told to be imported where it holds keys, too', () => {
    const tracked = { Dockerfile: python, 'app.py': 'import own\n', '.gitignore': 'own.py\n', ...ci }
    const untracked = { 'own.py': `API_KEY = "ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}"\n` }
    expect(reason(tracked, untracked, 'own.py')).toMatch(/app\.py imports it/)
    expect(reason(tracked, untracked, 'own.py')).not.toContain('nothing names it')
  })

  it('may go where CI builds without it and nothing imports it', () => {
    const tracked = { Dockerfile: python, 'app.py': 'print(1)\n', '.gitignore': 'gen\n', ...ci }
    expect(reason(tracked, { 'gen/a.py': 10 }, 'gen')).toMatch(/^safe gen: CI builds without it/)
  })

  it('is asked about where a package of Go imports it by the path of the module, and not where that is another module', () => {
    const of = (imported: string) =>
      reason(
        {
          Dockerfile: 'FROM golang\nCOPY . /src\nWORKDIR /src\nRUN go build -o /shop .\n',
          'go.mod': 'module example.com/shop\n',
          'main.go': `package main\n\nimport "${imported}"\n\nfunc main() { pb.Run() }\n`,
          '.gitignore': '/internal/pb\n',
          ...ci,
        },
        { 'internal/pb/shop.pb.go': 10 },
        'internal/pb',
      )
    expect(of('example.com/shop/internal/pb')).toBe('review internal/pb: main.go:3 names it')
    expect(of('example.com/other/pb')).toMatch(/^safe internal\/pb: CI builds without it/)
  })
})

describe('what a link with an absolute target leads to', () => {
  const repo = (target: string) => ({
    tracked: {
      Dockerfile: python,
      'app.py': '',
      current: link(target),
      '.gitignore': 'releases\n',
      ...ci,
    },
    untracked: { 'releases/1/index.html': 10 },
  })

  it('stays where the image has it there', () => {
    expect(proposeFor(repo('/app/releases/1')).left).toContain('releases: current is a link that leads there')
  })

  it('may go where the link leads elsewhere', () => {
    expect(reasonOf(repo('/srv/releases/1'), 'releases')).toMatch(/^safe/)
  })
})

describe('a directory that is kept to be filled', () => {
  const of = (ignored: string, holder: string) => {
    const tracked = {
      Dockerfile: python,
      'app.py': '',
      '.gitignore': ignored,
      [`models/${holder}`]: 'put models here\n',
      ...ci,
    }
    const because = (line: string) => reason(tracked, { 'models/rain.onnx': 10 }, line)
    return because('models/rain.onnx') ?? because('models/[^.]*')
  }

  it.each([
    ['models/*\n!models/README.md\n', 'README.md'],
    ['*.onnx\n', 'README'],
    ['models/*.onnx\n', '.gitkeep'],
  ])('is asked about where git ignores %j and has %s', (ignored, holder) => {
    expect(of(ignored, holder)).toMatch(/^review .*but git keeps models for what is put there$/)
  })
})

describe('a directory or a file that a variable of the image names', () => {
  const of = (variable: string) =>
    reason(
      {
        Dockerfile: python.replace('CMD', `ENV ${variable}\nCMD`),
        'app.py': '',
        '.gitignore': 'extra\n',
        ...ci,
      },
      { 'extra/a.jar': 10 },
      'extra',
    )

  it.each(['PLUGINS_PATH=/app/extra', 'CLASSPATH=/opt/a.jar:/app/extra/a.jar', 'PLUGINS /app/extra'])(
    'is asked about: %s',
    (variable) => {
      expect(of(variable)).toMatch(/^review extra: ENV \w+ \(Dockerfile:4\) names it$/)
    },
  )

  it.each(['UPLOAD_DIR=/app/extra', 'PLUGINS_PATH=/srv/extra'])('may go: %s', (variable) => {
    expect(of(variable)).toMatch(/^safe/)
  })
})

describe('an environment of the host', () => {
  const of = (run: string, files: MemoryTree) =>
    reason(
      {
        Dockerfile: `FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n${run}CMD ["./start.sh"]\n`,
        'start.sh': '#!/bin/sh\nexec python app.py\n',
        'app.py': '',
        '.gitignore': '.venv\n',
        ...files,
      },
      { '.venv/pyvenv.cfg': 'home = /usr/bin\n', '.venv/bin/activate': 1 },
      '.venv',
    )
  const starts = { 'start.sh': '#!/bin/sh\n. .venv/bin/activate\nexec python app.py\n' }

  it('is asked about where a script that the container starts with works in it, and the image has no packages of its own', () => {
    expect(of('', starts)).toBe('review .venv: start.sh:2 starts from it')
    expect(of('RUN pip install honcho\n', { Procfile: 'web: .venv/bin/gunicorn app\n' })).toBe(
      'review .venv: Procfile:1 starts from it',
    )
  })

  it('may go where the image installs what is required, and where only people work in it', () => {
    const required = { ...starts, 'requirements.txt': 'flask\n' }
    expect(of('RUN pip install -r requirements.txt\n', required)).toMatch(/^safe/)
    expect(of('', { Makefile: 'test:\n\t.venv/bin/pytest\n' })).toMatch(/^safe/)
  })
})

describe('what the image makes anew only in part', () => {
  it('stays a question where maven builds one module and a script starts another', () => {
    const of = (build: string) =>
      reason(
        {
          Dockerfile: `FROM maven:3\nWORKDIR /app\nCOPY . .\nRUN mvn ${build}\nCMD ["./go.sh"]\n`,
          'go.sh': '#!/bin/sh\nexec java -jar agent/target/agent.jar\n',
          'pom.xml': '<project><modules><module>api</module><module>agent</module></modules></project>',
          'api/pom.xml': '<project/>',
          'agent/pom.xml': '<project/>',
          '.gitignore': 'target\n',
        },
        { 'api/target/api.jar': 1, 'agent/target/agent.jar': 1 },
        'agent/target',
      )
    expect(of('-pl api package')).toBe('review agent/target: go.sh:2 names it')
    expect(of('-pl api,agent package')).not.toMatch(/^review/)
  })

  it('stays a question where sources of Rust take in what another target was built for', () => {
    const of = (main: string) =>
      reason(
        {
          Dockerfile: 'FROM rust:1\nWORKDIR /app\nCOPY . .\nRUN cargo build --release\nCMD ["/app/start"]\n',
          'Cargo.toml': '[package]\nname = "trace"\n',
          'Cargo.lock': '',
          'src/main.rs': main,
          '.gitignore': 'target\n',
        },
        { 'target/bpfel-unknown-none/release/trace': 10, 'target/CACHEDIR.TAG': 1 },
        'target',
      )
    expect(
      of('static EBPF: &[u8] = include_bytes!("../target/bpfel-unknown-none/release/trace");\n'),
    ).toMatch(/^review/)
    expect(of('fn main() {}\n')).toMatch(/^safe/)
  })

  it('stays a question where tsc is all that fills a directory in which pages lie too', () => {
    const of = (build: string, other: MemoryTree) =>
      reason(
        {
          Dockerfile: `FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN ${build}\nCMD ["node","start.js"]\n`,
          'package.json': '{"devDependencies":{"typescript":"5"}}',
          'package-lock.json': '{}',
          'tsconfig.json': '{"compilerOptions":{"outDir":"dist"}}',
          'src/server.ts': '',
          '.gitignore': 'dist\n',
        },
        { 'dist/server.js': 1, ...other },
        'dist',
      )
    expect(of('npx tsc', { 'dist/public/index.html': 1 })).toMatch(/^review/)
    expect(of('npx tsc && cp -r public dist/', { 'dist/public/index.html': 1 })).toMatch(/^safe/)
    expect(of('npx tsc', { 'dist/server.js.map': 1 })).toMatch(/^safe/)
  })
})

describe('what a tool takes from where it lies, because it is told to fetch nothing', () => {
  it('is asked about: a cache of gradle', () => {
    const of = (options: string) =>
      reason(
        {
          Dockerfile: `FROM gradle:8\nWORKDIR /app\nENV GRADLE_USER_HOME=/app/.gradle\nCOPY . .\nRUN gradle ${options}build\n`,
          'build.gradle': '',
          '.gitignore': '.gradle\n',
        },
        { '.gradle/caches/modules-2/a.jar': 10 },
        '.gradle',
      )
    expect(of('--offline ')).toBe(
      'review .gradle: gradle build (Dockerfile:5) fetches nothing, and takes what is there',
    )
    expect(of('')).toMatch(/^safe/)
  })

  it('is asked about: wheels that the requirements look for', () => {
    const tracked = {
      Dockerfile: 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n',
      'requirements.txt': '--no-index\n--find-links ./wheels\nhouse==1\n',
      '.gitignore': 'wheels\n',
      ...ci,
    }
    expect(reason(tracked, { 'wheels/house-1-py3-none-any.whl': 10 }, 'wheels')).toBe(
      'review wheels: requirements.txt:2 names it',
    )
  })

  it('is asked about: logs that a program looks for by a pattern', () => {
    const text = 'for path in glob.glob("samples/*.log"):\n    parse(path)\n'
    const tracked = { Dockerfile: python, 'app.py': text, 'samples/README': '', '.gitignore': '*.log\n' }
    const { because } = proposeFor({ tracked, untracked: { 'samples/access.log': 10 } })
    expect(because).toContainEqual(expect.stringMatching(/^review .*\.log: app\.py:1 reads it$/))
  })
})

describe('settings that are laid over a home', () => {
  const moves = (source: MemoryTree, dest: string) =>
    proposeFor({
      tracked: {
        Dockerfile: `FROM node:22\nCOPY home/ ${dest}\nWORKDIR /app\nCOPY . .\nRUN npm ci\n`,
        'package.json': '{}',
        'package-lock.json': '{}',
        'server.js': '',
        ...source,
      },
    }).written['Dockerfile']?.split('\n')

  it.each([
    ['home/.npmrc', '/root/'],
    ['home/.npmrc', '/home/node/'],
    ['home/etc/npmrc', '/'],
  ])('stay above the install that goes by them: %s in %s', (path, dest) => {
    const lines = moves({ [path]: 'registry=https://npm.example.org\n' }, dest) ?? []
    expect(lines.indexOf(`COPY home/ ${dest}`)).toBeLessThan(lines.indexOf('RUN npm ci'))
    expect(lines.indexOf('RUN npm ci')).toBeLessThan(lines.indexOf('COPY . .'))
  })
})
