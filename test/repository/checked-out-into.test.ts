import { describe, expect, it } from 'vitest'
import { recipesIn, shown } from './recipe-tree.ts'

const job = (...lines: readonly string[]) => ['jobs:', '  image:', '    steps:', ...lines]
const checkout = (inputs: string) => ['      - uses: actions/checkout@v5', `        with: { ${inputs} }`]
const push = (inputs: string) => ['      - uses: docker/build-push-action@v6', `        with: { ${inputs} }`]

function read(lines: readonly string[], more: Readonly<Record<string, string>> = {}) {
  const { recipes, builds, open } = recipesIn({ '.github/workflows/ci.yml': lines.join('\n'), ...more })
  return {
    steps: recipes.find(({ name }) => name === 'image')?.steps ?? [],
    builds: builds.map(({ context, dockerfile }) => `${context} ${dockerfile}`),
    open: open.map(({ at }) => at.line),
  }
}

describe('a job that checks the repository out into a directory of its own', () => {
  it('builds what lies there as what lies in the repository', () => {
    const { builds, open, steps } = read(
      job(
        ...checkout('path: app'),
        ...push('context: ./app, file: app/docker/Dockerfile'),
        ...push('context: "${{ github.workspace }}/app/web"'),
        '      - run: docker build app',
        '      - run: |',
        '          cd app/api',
        '          docker build -f ../api.Dockerfile .',
        '      - run: docker build "$GITHUB_WORKSPACE/app/docs"',
        '        working-directory: app',
      ),
    )
    expect(builds).toEqual([
      '. docker/Dockerfile',
      'web Dockerfile',
      '. Dockerfile',
      'api ../api.Dockerfile',
      'docs Dockerfile',
    ])
    expect(open).toEqual([])
    expect(steps[0]?.kind).toBe('checkout')
  })

  it('runs steps in the repository, and those beside it nobody knows where', () => {
    const { steps } = read(
      job(
        ...checkout('path: ./app/, repository: "${{ github.repository }}"'),
        '      - run: make out',
        '        working-directory: app',
        '      - run: touch x',
        '      - run: cp a $GITHUB_WORKSPACE/app/out',
        '        working-directory: app/web',
      ),
      { Makefile: 'out:\n\ttouch made\n' },
    )
    expect(steps.map(shown)).toEqual([
      'checkout @4',
      'uses make-target @1',
      'touch made @2',
      'touch x @8 in null',
      'cp a $GITHUB_WORKSPACE/out @9 in web',
    ])
  })

  it('keeps and brings what inputs say of the repository', () => {
    const { steps } = read(
      job(
        ...checkout('path: app'),
        '      - uses: actions/cache@v4',
        '        with: { path: "app/node_modules\\n~/.npm\\napp", key: app }',
        ...push('context: app, outputs: "type=local,dest=app/out", tags: "app/app:1"'),
      ),
    )
    expect(steps.slice(1)).toMatchObject([
      { inputs: { path: 'node_modules\n~/.npm\n.', key: 'app' } },
      { inputs: { context: '.', outputs: 'type=local,dest=out', tags: 'app/app:1' } },
    ])
  })

  it('finds composite actions of the repository there', () => {
    const action = 'runs:\n  using: composite\n  steps:\n    - run: docker build app/web\n      shell: bash\n'
    const lines = job(...checkout('path: app'), '      - uses: ./app/image')
    expect(read(lines, { 'image/action.yml': action }).builds).toEqual(['web Dockerfile'])
  })

  it('begins there by its defaults', () => {
    const lines = [
      'defaults: { run: { working-directory: app } }',
      ...job(...checkout('path: app'), '      - run: docker compose -f ci/compose.yml build'),
    ]
    expect(read(lines).steps[1]).toMatchObject({ compose: { files: ['ci/compose.yml'] }, directory: '' })
  })

  it('says nothing of what lies beside it', () => {
    const lines = job(
      ...checkout('path: app'),
      ...push('context: .'),
      ...push('context: app, file: other/Dockerfile'),
      ...push('context: app, build-contexts: lib=./lib'),
      '      - run: docker build charts',
    )
    expect(read(lines)).toMatchObject({ builds: [], open: [6, 8, 10, 12] })
  })

  it('fetches from the repository all the same', () => {
    expect(read(job(...checkout('path: app'), ...push('file: x/Dockerfile'))).builds).toEqual([
      '#git x/Dockerfile',
    ])
  })

  it.each([
    ['another repository', ['repository: other/one, path: app'], ['action', 'build']],
    ['two directories', ['path: app', 'path: base'], ['unread', 'unread', 'build']],
    ['a directory that a run names', ['path: "${{ github.sha }}"'], ['unread', 'build']],
  ])('is not known from %s', (_, inputs, kinds) => {
    const { steps, builds } = read(job(...inputs.flatMap(checkout), ...push('context: app')))
    expect([steps.map(({ kind }) => kind), builds]).toEqual([kinds, ['app Dockerfile']])
  })
})
