import { describe, expect, it } from 'vitest'
import { proposeFor, type Repo, unasked } from './propose-tree.ts'

const ci = (...steps: readonly string[]) => ({
  '.github/workflows/ci.yml': [
    'on: push\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4',
    ...[...steps, 'docker build --push -t acme/app .'].map((run) => `      - run: ${run}`),
    '',
  ].join('\n'),
})

describe('an application of R', () => {
  const shiny: Repo = {
    tracked: {
      Dockerfile: 'FROM rocker/shiny:4.3\nWORKDIR /srv/app\nCOPY . .\nRUN R -e "renv::restore()"\n',
      'app.R': 'library(shiny)\nreadRDS("data/model.rds")\n',
      'renv.lock': '{}',
      'renv/activate.R': 'x',
      'renv/.gitignore': 'library/\nstaging/\n',
      'data/model.rds': 'x',
      '.gitignore': '.Rproj.user\n.Rhistory\n.RData\n.Renviron\nrsconnect/\n',
      ...ci(),
    },
    untracked: {
      'renv/library/R-4.3/dplyr/R/dplyr.rdb': 1000,
      'renv/staging/a': 10,
      '.Rproj.user/AB/x': 10,
      '.Rhistory': 10,
      '.RData': 1000,
      '.Renviron': 'DB=x\n',
    },
  }

  it('loses what R and its editor leave', () => {
    expect(unasked(proposeFor(shiny))).toEqual(
      expect.arrayContaining(['renv/library', 'renv/staging', '**/.Rproj.user', '**/.Rhistory']),
    )
  })

  it('is asked about the settings that R reads by itself', () => {
    const { because, lines } = proposeFor(shiny)
    expect(because).toContain(
      'review .Renviron: CI builds without it (.github/workflows/ci.yml:7), but a program may read its settings there',
    )
    expect(lines.some((line) => /data|renv\.lock|activate/.test(line))).toBe(false)
  })
})

describe('a program of Deno', () => {
  const repo = (run: string): Repo => ({
    tracked: {
      Dockerfile: `FROM denoland/deno:2.0.0\nWORKDIR /app\nCOPY . .\nRUN ${run}\n`,
      'deno.json': '{}',
      'main.ts': 'x',
    },
    untracked: { 'node_modules/x/y.js': 1000 },
  })

  it('needs no history to find what it imports', () => {
    expect(proposeFor(repo('deno cache main.ts')).because).toContain(
      'safe .git: no RUN, script or manifest uses git',
    )
  })

  it('is left its packages, and its history where a task may do anything', () => {
    expect(unasked(proposeFor(repo('deno cache main.ts')))).not.toContain('**/node_modules')
    expect(unasked(proposeFor(repo('deno task build')))).not.toContain('.git')
  })
})

describe('a version that MinVer counts', () => {
  const dotnet: Repo = {
    tracked: {
      Dockerfile:
        'FROM mcr.microsoft.com/dotnet/sdk:8.0\nWORKDIR /src\nCOPY . .\nRUN dotnet publish src/A -c Release -o /app\n',
      'Directory.Build.props': '<Project>\n<PackageReference Include="MinVer" />\n</Project>',
      'src/A/A.csproj': '<Project/>',
      'src/A/Program.cs': '',
      'README.md': '',
      // The compiler goes by it.
      '.editorconfig': '',
    },
  }

  it('keeps the history, with what would do without, and nothing else', () => {
    const { left, lines, moves } = proposeFor(dotnet)
    expect(left).toEqual([
      '.git: MinVer asks git, unless it is given MinVerVersionOverride (Directory.Build.props:2)',
    ])
    // It does not look whether the tree is as it was committed.
    expect(lines).toContain('review README.md')
    expect(lines).not.toContain('review .editorconfig')
    // What is restored does not hang on the version.
    expect(moves.join()).toContain('dotnet restore')
  })

  it('has nothing dropped beside it where another asks whether the tree was changed', () => {
    const { lines } = proposeFor({
      tracked: {
        ...dotnet.tracked,
        'Directory.Build.props':
          '<Project>\n<PackageReference Include="Nerdbank.GitVersioning" />\n</Project>',
      },
    })
    expect(lines).not.toContain('review README.md')
  })
})
