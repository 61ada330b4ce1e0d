import { describe, expect, it } from 'vitest'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const reasonOf = (repo: Repo, line: string) =>
  proposeFor(repo).because.find((text) => text.split(': ')[0]?.split(' ').slice(1).includes(line))

const workflow = (run: string) =>
  `on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ${run}\n      - run: docker build -t a .\n`

describe('packages that the image has before the copy', () => {
  const node = (install: string): Repo => ({
    tracked: {
      Dockerfile: `FROM node\nWORKDIR /a\nCOPY package*.json ./\nRUN ${install}\nCOPY . .\n`,
      'package.json': '{}',
      'package-lock.json': '{}',
      'a.js': '',
      '.gitignore': 'node_modules\n',
    },
    untracked: { 'node_modules/a/i.js': 1000 },
  })

  it('need not come with the copy, which goes over them', () => {
    expect(reasonOf(node('npm ci'), '**/node_modules')).toBe(
      'safe **/node_modules: npm ci (Dockerfile:4) has made it there before the copy',
    )
  })

  it('may have to where the install leaves some of them out', () => {
    expect(unasked(proposeFor(node('npm ci --omit=dev')))).not.toContain('**/node_modules')
  })

  it('are asked about further down, which an install at the top may not be for', () => {
    const { tracked, untracked } = node('npm ci')
    const deep = { ...untracked, 'src/node_modules/b/i.js': 1000 }
    const { lines } = proposeFor({ tracked: { ...tracked, 'src/a.js': '' }, untracked: deep })
    expect(lines.filter((line) => /^review .*node_modules$/.test(line))).toHaveLength(1)
    expect(lines.filter((line) => /^safe .*node_modules$/.test(line))).toHaveLength(1)
  })

  it('stay where nothing installs them', () => {
    expect(unasked(proposeFor(node('true')))).not.toContain('**/node_modules')
  })
})

describe('an environment of Python', () => {
  const service = (install: string): Repo => ({
    tracked: {
      Dockerfile: `FROM python\nWORKDIR /a\nCOPY . .\n${install}ENV PATH="/a/.venv/bin:$PATH"\nCMD ["uvicorn","app:app"]\n`,
      'pyproject.toml': '[project]\nname = "a"\n',
      'uv.lock': '',
      '.gitignore': '.venv\n',
    },
    untracked: { '.venv/pyvenv.cfg': 'x', '.venv/bin/python': 1000 },
  })

  it('is asked about where the image starts from it and no step makes it', () => {
    expect(reasonOf(service(''), '**/.venv')).toBe('review **/.venv: ENV (Dockerfile:4) names it')
  })

  it('goes where a step makes it', () => {
    expect(unasked(proposeFor(service('RUN uv sync --frozen\n')))).toContain('**/.venv')
  })
})

describe('providers of terraform', () => {
  const runner = (makefile: string): Repo => ({
    tracked: {
      Dockerfile: 'FROM hashicorp/terraform\nWORKDIR /i\nCOPY . .\nENTRYPOINT ["terraform","plan"]\n',
      'main.tf': '',
      Makefile: makefile,
      '.gitignore': '.terraform\n',
    },
    untracked: { '.terraform/providers/p': 1000 },
  })

  it('stay where they are fetched for the image', () => {
    const { left } = proposeFor(runner('image:\n\tterraform init\n\tdocker build -t tf .\n'))
    expect(left).toContain('.terraform: Makefile:2 makes it on the host for this image')
  })

  it('go where nobody does', () => {
    const repo = runner('plan:\n\tterraform plan\n')
    expect(unasked(proposeFor(repo))).toContain('**/.terraform')
  })
})

describe('a log', () => {
  const reader = (line: string): Repo => ({
    tracked: {
      Dockerfile: 'FROM python\nWORKDIR /a\nCOPY . .\n',
      'app.py': `${line}\n`,
      'samples/README': '',
      '.gitignore': '*.log\n',
    },
    untracked: { 'samples/access.log': 1000 },
  })

  it('is data where a source reads it', () => {
    expect(reasonOf(reader("df = pd.read_csv('samples/access.log')"), '**/*.log')).toBe(
      'review **/*.log: app.py:1 reads it',
    )
  })

  it('is none where a source writes it', () => {
    expect(unasked(proposeFor(reader("f = open('samples/access.log', 'a')")))).toContain('**/*.log')
  })
})

describe('what dotnet restore wrote', () => {
  const publish = (before: string): Repo => ({
    tracked: {
      Dockerfile: `FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /s\n${before}COPY . .\nRUN dotnet publish --no-restore -o /o\n`,
      'A.csproj': '<Project/>',
      '.gitignore': 'obj/\n',
    },
    untracked: { 'obj/project.assets.json': 1000 },
  })

  it('is wanted where the image publishes without', () => {
    expect(unasked(proposeFor(publish('')))).not.toContain('obj')
  })

  it('is in the image already where it restores before the copy', () => {
    expect(unasked(proposeFor(publish('COPY *.csproj ./\nRUN dotnet restore\n')))).toContain('obj')
  })
})

describe('the history', () => {
  it.each([
    ['vite.config.ts', "const head = readFileSync('.git/HEAD', 'utf8')\n"],
    ['src/log.ts', "import { simpleGit } from 'simple-git'\n"],
    ['sync.py', 'subprocess.run("git pull --ff-only", shell=True)\n'],
    ['requirements.txt', 'sphinx\nsphinx-last-updated-by-git\n'],
  ])('stays where %s looks into it', (file, text) => {
    const repo: Repo = {
      tracked: {
        Dockerfile: 'FROM node\nWORKDIR /a\nCOPY . .\nRUN npm ci\nRUN npm run build\n',
        'package.json': '{"scripts":{"build":"vite build"}}',
        'package-lock.json': '{}',
        '.github/workflows/a.yml': workflow('npm ci'),
        [file]: text,
      },
    }
    expect(unasked(proposeFor(repo))).not.toContain('.git')
  })
})
