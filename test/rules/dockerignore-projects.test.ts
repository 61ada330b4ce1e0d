/** What the rules about ignore files tell the owners of whole projects, junk and all. */
import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { growProject } from '../../scripts/grow-junk.mjs'
import { createNodeHost } from '../../src/host/node.ts'
import { scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-ignore-rules-'))
afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

/** Rule → severity and `line: what to write`, or the files that are not read. */
function told(project: string, file = 'Dockerfile', options: { readonly junk?: boolean } = {}) {
  const context = path.join(place, `${project}${options.junk === false ? ', clean' : ''}`)
  if (!fs.existsSync(context)) growProject(project, context, options)
  const { report } = scan(createNodeHost(), {
    ...plainBuild,
    context,
    file: path.join(context, file),
    xattrs: 'never',
  })
  const findings = report.contexts[0]?.findings ?? []
  return Object.fromEntries(
    findings
      .filter(({ rule }) => rule.startsWith('dockerignore-'))
      .map(({ rule, severity, data }) => [
        rule.slice('dockerignore-'.length),
        [severity, ...parts(data['lines'] ?? data['files'])],
      ]),
  )
}

function parts(listed: unknown): readonly string[] {
  if (!Array.isArray(listed)) throw new Error('a finding lists lines or files')
  return listed.map((one: unknown) => {
    if (typeof one === 'string') return one
    const { line, instead } = one as { readonly line: number; readonly instead: readonly string[] }
    return `${line}: ${instead.join(' ')}`
  })
}

describe('the owner of', () => {
  it('node-app hears what was written for git, what lies deeper, and of two names nearly right', () => {
    expect(told('node-app')).toEqual({
      'root-only': [
        'warning',
        '2: **/node_modules',
        '3: **/cache',
        '6: **/*.log',
        '7: **/.env*',
        '9: **/.DS_Store',
        '12: **/*.swp',
      ],
      'git-syntax': ['warning', '4: coverage/', '5: # logs', '10: # editors'],
      'near-miss': ['info', '13: test/', '16: compose.yaml'],
    })
  })

  it('node-app hears nothing of defensive lines in a clean checkout', () => {
    expect(Object.keys(told('node-app', 'Dockerfile', { junk: false }))).toEqual(['git-syntax', 'near-miss'])
  })

  it('monorepo hears of the node_modules of its packages, and no proposal for `build`, where scripts lie', () => {
    const found = told('monorepo')
    expect(found).toEqual({
      'root-only': ['warning', '2: **/node_modules', '3: ', '4: **/*.log', '5: **/.env'],
      'never-read': ['info', 'apps/api/.dockerignore'],
    })
    expect(told('monorepo', 'apps/worker/Dockerfile')['never-read']).toEqual([
      'info',
      'apps/api/.dockerignore',
      'apps/worker/.dockerignore',
    ])
    expect(told('monorepo', 'apps/web/Dockerfile')).toEqual({ 'never-read': ['info', '.dockerignore'] })
  })

  it('go-service hears that its tests are let in by the exceptions above', () => {
    expect(told('go-service')).toEqual({ 'root-only': ['warning', '13: **/*_test.go'] })
  })

  it('python-two-stage hears where its caches lie', () => {
    expect(told('python-two-stage')).toEqual({
      'root-only': ['warning', '3: **/__pycache__', '4: **/*.pyc'],
    })
  })

  it.each(['java-service', 'add-all-two-stage', 'python-service', 'typos', 'static-site-tar'])(
    '%s hears nothing',
    (project) => {
      expect(told(project)).toEqual({})
    },
  )
})
