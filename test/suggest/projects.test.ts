/** What is proposed for each of the fixture projects, line by line, as their owners would judge it. */

import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { growProject } from '../../scripts/grow-junk.mjs'
import { createNodeHost } from '../../src/host/node.ts'
import { propose } from '../../src/propose.ts'
import { scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { type Outcome, outcomeOf } from './propose-tree.ts'

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-proposals-'))
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }))

interface Shape {
  readonly context: string
  readonly file?: string
}

function proposals(project: string, { context, file }: Shape = { context: '' }): Outcome {
  const root = path.join(dir, project)
  if (!fs.existsSync(root)) growProject(project, root, { git: 'fake' })
  const host = createNodeHost()
  const scanned = scan(host, {
    ...plainBuild,
    context: path.join(root, context),
    file: file === undefined ? null : path.join(root, file),
  })
  return outcomeOf(propose(host, scanned, { thorough: true }))
}

/** What would be decided without anybody, what is asked, what is changed in Dockerfiles, what stays. */
const judged = ({ lines, moves, left }: Outcome) => ({ lines, moves, left })
/** The lines that a Dockerfile gains and loses, in order. */
const changed = (project: string, file: string, { written }: Outcome): readonly string[] => {
  const before = fs.readFileSync(path.join(dir, project, file), 'utf8').split('\n')
  const after = (written[file] ?? '').split('\n')
  return after.filter((line) => !before.includes(line) || /^(?:COPY|ADD|RUN) /.test(line))
}

describe('node-app', () => {
  const outcome = proposals('node-app')

  it('loses what its image makes anew, and is asked about what its scripts name', () => {
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [
          "dist: .github/workflows/ci.yml:25 makes it on the host for this image",
        ],
        "lines": [
          "safe .next",
          "safe .git",
          "safe **/*.log",
          "safe coverage",
          "safe **/.DS_Store",
          "safe **/.*.sw[a-p]",
          "safe **/.vscode",
          "safe **/*.pid",
          "review tools/email-preview/.env",
          "review **/node_modules",
          "review uploads",
          "review .github",
          "review .gitignore",
          "review README.md",
          "review compose.yaml",
          "review test",
        ],
        "moves": [
          "safe run apt-get install before the copy",
          "safe copy manifests before npm ci",
        ],
      }
    `)
  })

  it('installs from the manifests first, packages of the system before them', () => {
    expect(changed('node-app', 'Dockerfile', outcome)).toMatchInlineSnapshot(`
      [
        "RUN apt-get update && apt-get install -y --no-install-recommends openssl \\",
        "COPY package.json package-lock.json ./",
        "RUN npm ci",
        "COPY . .",
        "RUN npm run build",
        "COPY --from=build /app/package.json /app/package-lock.json ./",
        "COPY --from=build /app/node_modules ./node_modules",
        "COPY --from=build /app/.next ./.next",
        "COPY --from=build /app/dist ./dist",
        "COPY public ./public",
      ]
    `)
  })

  it('has its lines behind the exception that they merely overlap', () => {
    expect(outcome.written['.dockerignore']).toMatchInlineSnapshot(`
      "# copied from .gitignore; dist/ stays in, scripts/release.sh puts the worker there
      node_modules
      cache/
      coverage/   # the report of the nightly run
        # logs
      *.log
      .env*
      !.env.example
      .DS_Store
      // editors
      .idea/
      *.swp
      tests/
      Dockerfile
      .dockerignore
      compose.yml

      # next build makes it anew.
      .next

      # The history: no RUN, script or manifest uses git.
      .git

      # Caches, reports and what editors and systems leave: made anew whenever it is missing.
      **/*.log
      coverage
      **/.DS_Store
      **/.*.sw[a-p]
      **/.vscode
      **/*.pid
      "
    `)
  })
})

describe('python-service', () => {
  const outcome = proposals('python-service')

  it('gets an ignore file, and keeps the model that CI fetches', () => {
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [
          "data/species.onnx: .github/workflows/image.yml:12 makes it on the host for this image",
        ],
        "lines": [
          "safe **/.venv",
          "safe .git",
          "safe **/*.log",
          "safe **/.mypy_cache",
          "safe **/.ipynb_checkpoints",
          "safe **/htmlcov",
          "safe **/.coverage",
          "safe **/__pycache__",
          "safe **/.DS_Store",
          "safe **/.ruff_cache",
          "safe **/.vscode",
          "safe **/.pytest_cache",
          "review .env",
          "review .dvc/config.local",
          "review uploads/[^.]*",
          "review .dvc/cache",
          "review birdcount.sqlite3",
          "review .github",
          "review .gitignore",
          "review README.md",
          "review compose.yaml",
          "review docs",
          "review notebooks",
          "review tests",
        ],
        "moves": [
          "safe run apt-get install before the copy",
          "safe copy manifests before pip install",
          "review copy what it starts instead of everything",
        ],
      }
    `)
  })

  it('installs from the requirements first', () => {
    expect(changed('python-service', 'Dockerfile', outcome)).toMatchInlineSnapshot(`
      [
        "RUN apt-get update && apt-get install -y --no-install-recommends libgomp1",
        "COPY requirements.txt /app/",
        "RUN pip install --no-cache-dir -r requirements.txt",
        "COPY . /app",
      ]
    `)
  })
})

describe('go-service', () => {
  it('keeps its allow-list, and git for the version', () => {
    const outcome = proposals('go-service')
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [
          ".git: it is let in on purpose",
        ],
        "lines": [
          "safe **/.DS_Store",
          "safe **/.idea/**",
          "review internal/web/dev-key.pem",
          "review tmp/**",
          "review internal/tide/tide.test",
        ],
        "moves": [],
      }
    `)
    expect(outcome.written['.dockerignore']).toMatch(/^# Everything is out[\s\S]*\n\*\n/)
  })
})

describe('java-service', () => {
  it('keeps git for the build beside it, and loses what only this tree has', () => {
    expect(judged(proposals('java-service'))).toMatchInlineSnapshot(`
      {
        "left": [
          ".git: COPY .git asks for it",
        ],
        "lines": [
          "proven *.hprof",
          "proven hs_err_pid*.log",
          "safe src/main/.DS_Store",
          "review config/application-local.yml",
        ],
        "moves": [],
      }
    `)
  })
})

describe('monorepo', () => {
  const outcome = proposals('monorepo')

  it('loses what packages keep for themselves', () => {
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [],
        "lines": [
          "safe **/.turbo",
          "safe **/.pnpm-store",
          "safe **/node_modules",
          "safe **/dist",
          "safe **/.DS_Store",
          "with **/node_modules",
          "with **/node_modules",
          "review apps/api/.env",
          "review apps/api/storage",
          "review .github",
          "review .gitignore",
          "review README.md",
          "review compose.yaml",
          "review docker-bake.hcl",
        ],
        "moves": [
          "safe copy manifests before pnpm install",
          "safe run apt-get install before the copy",
          "safe copy manifests before pnpm install",
          "review copy apps/worker and what it depends on instead of everything",
        ],
      }
    `)
  })

  it('installs from all manifests first, in the Dockerfiles beside it too', () => {
    expect(changed('monorepo', 'apps/worker/Dockerfile', outcome)).toMatchInlineSnapshot(`
      [
        "RUN corepack enable",
        "RUN apt-get update && apt-get install -y --no-install-recommends graphicsmagick",
        "COPY package.json pnpm-workspace.yaml pnpm-lock.yaml .npmrc ./",
        "COPY apps/api/package.json ./apps/api/",
        "COPY apps/worker/package.json ./apps/worker/",
        "COPY packages/config/package.json ./packages/config/",
        "COPY packages/ui/package.json ./packages/ui/",
        "COPY patches ./patches/",
        "RUN pnpm install --frozen-lockfile",
        "COPY . .",
        "RUN pnpm --filter ./apps/worker build",
        "COPY --from=build /repo/apps/worker/dist ./dist",
        "COPY apps/worker/queues ./queues",
      ]
    `)
  })
})

describe('add-all-two-stage', () => {
  const outcome = proposals('add-all-two-stage')

  it('is asked whether its install can do with the script that it runs', () => {
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [],
        "lines": [
          "safe cypress/videos",
          "safe .git",
          "safe **/.vite",
          "safe **/.DS_Store",
          "review .gitignore",
          "review README.md",
          "review cypress",
          "review docs",
        ],
        "moves": [
          "review copy manifests before npm ci",
        ],
      }
    `)
  })
})

describe('typos', () => {
  it('has nothing that is certain, as docker refuses its Dockerfile', () => {
    expect(judged(proposals('typos'))).toMatchInlineSnapshot(`
      {
        "left": [],
        "lines": [
          "review .git",
          "review src/.route.c.swp",
          "review src/metro.o",
          "review src/route.o",
        ],
        "moves": [],
      }
    `)
  })
})

describe('static-site-tar', () => {
  it('keeps its archive', () => {
    expect(judged(proposals('static-site-tar'))).toMatchInlineSnapshot(`
      {
        "left": [
          "site.tar: ADD site.tar asks for it",
        ],
        "lines": [
          "proven drafts",
          "proven site",
          "proven .git",
        ],
        "moves": [],
      }
    `)
  })
})

describe('python-two-stage', () => {
  it('keeps git, which its version comes of', () => {
    expect(judged(proposals('python-two-stage'))).toMatchInlineSnapshot(`
      {
        "left": [
          ".git: setuptools-scm asks git, unless it is given SETUPTOOLS_SCM_PRETEND_VERSION (pyproject.toml:2)",
          "pip wheel (Dockerfile:6): pip wheel installs the project itself, which needs the sources",
        ],
        "lines": [
          "safe **/.mypy_cache",
          "safe **/.coverage",
          "safe **/__pycache__",
          "safe **/.pytest_cache",
          "review dist",
          "review build",
        ],
        "moves": [],
      }
    `)
  })
})

describe('outside-dockerfile', () => {
  it('loses its logs', () => {
    const outcome = proposals('outside-dockerfile/before', { context: 'context', file: 'image/Dockerfile' })
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [],
        "lines": [
          "safe **/*.log.[0-9]*",
          "safe **/*.log",
          "guard **/.DS_Store",
        ],
        "moves": [],
      }
    `)
  })

  it('has nothing to change once they are dropped', () => {
    const outcome = proposals('outside-dockerfile/after', { context: 'context', file: 'image/Dockerfile' })
    expect(judged(outcome)).toMatchInlineSnapshot(`
      {
        "left": [],
        "lines": [],
        "moves": [],
      }
    `)
  })
})
