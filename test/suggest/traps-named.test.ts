import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { proposeFor } from './propose-tree.ts'

const image = (run: string, base = 'node') => `FROM ${base}\nWORKDIR /app\nCOPY . .\n${run}\n`
const node = { Dockerfile: image('CMD node src/a.js'), 'package.json': '{}' }
const linesOf = (tracked: MemoryTree) => proposeFor({ tracked }).lines

describe('tracked parts that look useless stay out of the proposals', () => {
  it.each<[string, MemoryTree, string]>([
    [
      'where Rust includes them',
      {
        Dockerfile: image('RUN cargo build', 'rust'),
        'Cargo.toml': '',
        'src/main.rs': 'const X: &str = include_str!("../docs/x.md");',
        'docs/x.md': '',
      },
      'docs',
    ],
    [
      'where Go embeds them',
      {
        Dockerfile: image('RUN go build ./...', 'golang'),
        'go.mod': 'module x\n',
        'main.go': 'package main\n//go:embed docs/x.md\nvar x string\n',
        'docs/x.md': '',
      },
      'docs',
    ],
    [
      'where a source opens them',
      { ...node, 'src/a.js': "fs.readFileSync('docs/x.md')", 'docs/x.md': '' },
      'docs',
    ],
    [
      'where a source opens one',
      { ...node, 'src/a.js': "fs.readFileSync('README.md')", 'README.md': '' },
      'README.md',
    ],
    [
      'where a source joins the name to a path',
      { ...node, 'src/a.js': "path.join(__dirname, 'notebooks', name)", 'notebooks/a.ipynb': '' },
      'notebooks',
    ],
    [
      'where a manifest names one',
      {
        Dockerfile: image('RUN pip install .', 'python'),
        'pyproject.toml': '[project]\nreadme = "README.md"\n',
        'README.md': '',
      },
      'README.md',
    ],
    [
      'where a manifest that is a program opens one',
      {
        Dockerfile: image('RUN pip install .', 'python'),
        'setup.py': 'long_description=open("README.md").read()\n',
        'README.md': '',
      },
      'README.md',
    ],
    [
      'where a link leads there',
      { ...node, 'docs/x.md': '', 'public/help': { type: 'symlink', target: '../docs' } },
      'docs',
    ],
    ['where a RUN tests', { ...node, Dockerfile: image('RUN npm test'), 'test/a.js': '' }, 'test'],
    [
      'where a RUN names them',
      { ...node, Dockerfile: image('RUN cp -r docs /docs'), 'docs/x.md': '' },
      'docs',
    ],
    [
      'where a COPY names them',
      { ...node, Dockerfile: 'FROM node\nCOPY . .\nCOPY docs/ /docs/\n', 'docs/x.md': '' },
      'docs',
    ],
  ])('%s', (_, tracked, name) => {
    expect(linesOf(tracked).filter((line) => line.endsWith(` ${name}`))).toEqual([])
  })

  it('where they are what is built: Dockerfiles and the ignore file', () => {
    const lines = linesOf({
      Dockerfile: 'FROM node\nCOPY . .\n',
      '.dockerignore': 'x\n',
      'Dockerfile.dev': 'FROM node\n',
      'docker/worker.Dockerfile': 'FROM node\n',
      'docs/x.md': '',
    })
    expect(lines).toContain('review docs')
    expect(lines.filter((line) => /docker/i.test(line))).toEqual([])
  })
})

describe('tracked parts that look useless are asked about', () => {
  it.each<[string, MemoryTree, string]>([
    ['where nothing names them', { ...node, 'src/a.js': '', 'docs/x.md': '' }, 'docs'],
    [
      'where only a sentence does',
      { ...node, 'src/a.js': 'throw new Error("see the docs for more")', 'docs/x.md': '' },
      'docs',
    ],
    ['where only a comment does', { ...node, 'src/a.js': '// see docs/x.md\n', 'docs/x.md': '' }, 'docs'],
    ['where only other documents do', { ...node, 'README.md': 'see docs/x.md', 'docs/x.md': '' }, 'docs'],
    ['where only its own tests do', { ...node, 'test/a.js': "open('test/data.json')" }, 'test'],
  ])('%s', (_, tracked, name) => {
    expect(linesOf(tracked)).toContain(`review ${name}`)
  })
})

describe('code that asks git', () => {
  it.each<[string, string, string]>([
    ['at run time', 'app/version.py', 'subprocess.check_output(["git", "rev-parse", "HEAD"])\n'],
    ['through a library for reports of errors', 'app/settings.py', 'release = fetch_git_sha(BASE_DIR)\n'],
    ['by reading its files', 'app/version.js', "fs.readFileSync('.git/HEAD')\n"],
    ['from a helper of the configuration', 'build/version.ts', "execSync('git describe --tags')\n"],
  ])('%s has .git asked about', (_, file, text) => {
    const { because } = proposeFor({ tracked: { ...node, [file]: text } })
    expect(because).toContain(`review .git: ${file}:1 asks git`)
  })

  it.each<[string, string, string]>([
    ['in a script for releases', 'scripts/release.js', "execSync('git rev-parse HEAD')\n"],
    ['in a test', 'test/version.test.js', "execSync('git rev-parse HEAD')\n"],
    ['in a comment', 'src/a.js', '// git rev-parse HEAD\n'],
    ['as a word that tests use', 'src/a.js', "it('describe')\n"],
  ])('%s does not', (_, file, text) => {
    expect(linesOf({ ...node, [file]: text })).toContain('safe .git')
  })
})
