import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { inCi } from '../../src/in-ci.ts'
import type { Finding } from '../../src/report.ts'
import { type ScanOptions, scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { repoHost } from '../suggest/propose-tree.ts'

/** A service with a front end, as such repositories are. */
const project: MemoryTree = {
  Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\n',
  '.dockerignore': '.git\nnode_modules\n*.md\ntest\n',
  'package.json': '{"name":"app"}',
  'package-lock.json': '{"lockfileVersion":3}',
  'src/server.js': 'serve()',
  'test/server.test.js': 'test()',
  'README.md': '# app',
}

const workflow = (job: string, head = 'on: push') =>
  `${head}\njobs:\n  image:\n    runs-on: ubuntu-latest\n    steps:\n${job}`
const checkout = '      - uses: actions/checkout@v4\n'
const buildx = '      - uses: docker/setup-buildx-action@v3\n'
const push = (...inputs: readonly string[]) =>
  `      - uses: docker/build-push-action@v6\n        with:\n          push: true\n${inputs.map((one) => `          ${one}\n`).join('')}`
const cached = ['cache-from: type=gha', 'cache-to: type=gha,mode=max']
const good = workflow(checkout + buildx + push('context: .', ...cached))

/** What the rules about CI find: `rule file:line`. */
function findings(tree: MemoryTree, options: Partial<ScanOptions> = {}): readonly Finding[] {
  const host = repoHost({ tracked: { ...project, ...tree } })
  const found = inCi(host, scan(host, { ...plainBuild, ...options })).findings
  return found.filter(({ rule }) => rule.startsWith('ci-'))
}
const rules = (tree: MemoryTree, options: Partial<ScanOptions> = {}) =>
  findings(tree, options).map(({ rule, at }) => `${rule} ${at?.file}:${at?.line}`)
const of = (text: string, more: MemoryTree = {}) => rules({ '.github/workflows/ci.yml': text, ...more })

describe('CI that is in order', () => {
  it('is not remarked on', () => {
    expect(of(good)).toEqual([])
  })

  it('is none where there is no CI, or where it builds something else', () => {
    expect(rules({})).toEqual([])
    const other = workflow(push('context: services/api'))
    expect(of(other, { 'services/api/Dockerfile': 'FROM scratch\n' })).toEqual([])
  })

  it('is not looked for where there is no git: what lies there comes from no checkout', () => {
    const text = workflow(checkout + push('context: .'))
    const host = repoHost({ tracked: { ...project, '.github/workflows/ci.yml': text }, git: false })
    expect(inCi(host, scan(host, plainBuild)).findings).toEqual([])
  })
})

describe('a cache that is named and of no use', () => {
  const gitlab = (command: string, more: readonly string[] = ['services: [docker:26-dind]']) => ({
    '.gitlab-ci.yml': ['pack:', '  image: docker:26', ...more.map((one) => `  ${one}`), '  script:']
      .concat(['    - docker pull "$IMAGE:latest" || true', `    - ${command}`, ''])
      .join('\n'),
  })
  const from = 'docker build --cache-from "$IMAGE:latest" -t "$IMAGE:latest" .'

  it('is that of an image whose build left no word of its layers in it', () => {
    expect(findings(gitlab(from))).toMatchObject([
      {
        rule: 'ci-no-cache',
        severity: 'info',
        message:
          '--cache-from finds no layers for this build in CI: every run makes all layers of the image again',
        hint: 'BuildKit takes layers of an image only where its own build left word of them in it: --build-arg BUILDKIT_INLINE_CACHE=1',
        at: { file: '.gitlab-ci.yml', line: 6 },
        data: { advice: ['--build-arg BUILDKIT_INLINE_CACHE=1'] },
      },
    ])
    const hosted = { '.github/workflows/ci.yml': workflow(`${checkout}      - run: ${from}\n`) }
    expect(findings(hosted).map(({ hint }) => hint)).toEqual([expect.stringContaining('INLINE_CACHE=1')])
  })

  it.each<[string, MemoryTree]>([
    ['the build leaves word', gitlab(from.replace(' -t', ' --build-arg BUILDKIT_INLINE_CACHE=1 -t'))],
    [
      'another leaves word',
      {
        ...gitlab(from),
        '.github/workflows/a.yml': workflow(`      - run: docker build --cache-to type=inline -t a .\n`),
      },
    ],
    ['it is a cache of BuildKit', gitlab(from.replace('"$IMAGE:latest"', 'type=registry,ref=$IMAGE:cache'))],
    ['nobody knows what it is', gitlab(from.replace('"$IMAGE:latest"', '"$CACHE"'))],
    ['the old builder is asked for', gitlab(`DOCKER_BUILDKIT=0 ${from}`)],
    [
      'the job asks for the old builder',
      gitlab(from, ['services: [docker:26-dind]', 'variables: {DOCKER_BUILDKIT: "0"}']),
    ],
    ['the old builder is what there is', gitlab(from, ['services: [docker:20.10-dind]'])],
    ['the machine is somebody’s own', gitlab(from, [])],
    [
      'docker is elsewhere',
      gitlab(from, ['services: [docker:dind]', 'variables: {DOCKER_HOST: "tcp://builder:2375"}']),
    ],
  ])('is not where %s', (_, tree) => {
    expect(findings(tree)).toEqual([])
  })

  it('is that of a job with a docker of its own that names none', () => {
    expect(rules(gitlab('docker build -t "$IMAGE" .'))).toEqual(['ci-no-cache .gitlab-ci.yml:6'])
    expect(rules(gitlab('docker build -t "$IMAGE" .', []))).toEqual([])
  })

  it('is one that builds write over each other', () => {
    const matrix = (scope: string) =>
      workflow(
        checkout +
          buildx +
          push(
            'context: .',
            'platforms: ${{ matrix.platform }}',
            'cache-from: type=gha',
            `cache-to: type=gha,mode=max${scope}`,
          ),
      ).replace(
        '    steps:',
        '    strategy:\n      matrix:\n        platform: [linux/amd64, linux/arm64]\n    steps:',
      )
    const [found, ...more] = findings({ '.github/workflows/ci.yml': matrix('') })
    expect(more).toEqual([])
    expect(found).toMatchObject({
      rule: 'ci-no-cache',
      message:
        'this build in CI shares its layer cache with the others of its matrix: each writes over what the other has left',
      hint: 'give each image a cache of its own: scope=NAME in cache-from and cache-to',
    })
    expect(of(matrix(',scope=${{ matrix.platform }}'))).toEqual([])
    const other = { 'api/Dockerfile': 'FROM node\nRUN true\n', 'api/a': '' }
    const two = (scope: string) =>
      good + push('context: api', 'cache-from: type=gha', `cache-to: type=gha,mode=max${scope}`)
    const [shared] = findings({ '.github/workflows/ci.yml': two(''), ...other })
    expect(shared?.message).toContain('shares its layer cache with .github/workflows/ci.yml:14')
    expect(of(two(',scope=api'), other)).toEqual([])
    // The same image, built twice.
    expect(of(good + push('context: .', ...cached))).toEqual([])
    const multi = (...platforms: readonly string[]) =>
      push('context: .', `platforms: ${platforms.join(',')}`, ...cached)
    // For one machine to test it, then for all of them.
    expect(of(good + multi('linux/amd64', 'linux/arm64'))).toEqual([])
    expect(of(good + multi('linux/arm64') + multi('linux/amd64'))).toEqual([
      'ci-no-cache .github/workflows/ci.yml:8',
    ])
    expect(of(good + push('context: .', 'target: a', ...cached))).not.toEqual([])
  })

  it('is half of one where it holds the last stage alone and others run something', () => {
    const job = (to: string) => workflow(checkout + buildx + push('context: .', 'cache-from: type=gha', to))
    const found = (to: string, Dockerfile: string) =>
      findings({ Dockerfile, '.github/workflows/ci.yml': job(to) }).map(
        ({ message, at }) => `${at?.line}: ${message}`,
      )
    const stages =
      'FROM node AS b\nWORKDIR /a\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nFROM nginx\nRUN rm -r /usr/share/nginx/html\nCOPY --from=b /a/dist /srv\n'
    for (const to of [
      'cache-to: type=gha',
      'cache-to: type=inline',
      'cache-to: type=registry,ref=r/a:c,mode=min',
    ])
      expect(found(to, stages)).toEqual([
        '8: the layer cache of this build in CI holds the last stage alone: the RUNs in lines 4 to 6 run every time',
      ])
    for (const to of [
      'cache-to: type=gha,mode=max',
      'cache-to: ${{ inputs.to }}',
      'cache-to: type=gha,mode=${{ inputs.mode }}',
    ])
      expect(found(to, stages)).toEqual([])
    const chain = stages.replace('FROM nginx', 'FROM b').replace('COPY --from=b /a/dist /srv\n', '')
    expect(found('cache-to: type=gha', chain)).toEqual([])
  })
})

describe('ci-no-cache', () => {
  const cold = workflow(checkout + push('context: .'))

  it('tells of a build that makes every layer again, with the lines that would keep them', () => {
    const [found] = findings({ '.github/workflows/ci.yml': cold })
    expect(found).toMatchObject({
      rule: 'ci-no-cache',
      severity: 'info',
      at: { file: '.github/workflows/ci.yml', line: 7 },
      data: {
        advice: [
          expect.stringContaining('docker/setup-buildx-action'),
          'cache-from: type=gha',
          'cache-to: type=gha,mode=max',
        ],
      },
    })
  })

  it('tells of docker build in a script that the workflow runs, at the line of the workflow', () => {
    const script = { 'ci/image.sh': '#!/bin/sh\ndocker build -t app .\n' }
    expect(of(workflow(`${checkout}      - run: ./ci/image.sh\n`), script)).toEqual([
      'ci-no-cache .github/workflows/ci.yml:7',
    ])
  })

  it('tells of a workflow once, whatever the matrix', () => {
    const text = cold
      .replace('    steps:', '    strategy:\n      matrix:\n        node: [20, 22]\n    steps:')
      .replace('push: true', 'build-args: NODE=${{ matrix.node }}')
    expect(of(text)).toEqual(['ci-no-cache .github/workflows/ci.yml:10'])
  })

  it.each([
    ['a machine of one’s own', cold.replace('ubuntu-latest', 'self-hosted')],
    ['labels', cold.replace('ubuntu-latest', '[self-hosted, linux]')],
    ['a service', cold.replace('ubuntu-latest', 'depot-ubuntu-24.04')],
    ['a larger runner by a name of one’s own', cold.replace('ubuntu-latest', 'big-ubuntu')],
    ['a group', cold.replace('ubuntu-latest', '{group: large}')],
    [
      'what a caller says',
      cold.replace('ubuntu-latest', '${{ inputs.runner }}').replace('on: push', 'on: workflow_call'),
    ],
  ])('says nothing of a machine that may keep its layers: %s', (_, text) => {
    expect(of(text)).toEqual([])
  })

  it('knows the machine that a matrix names', () => {
    const matrix = cold
      .replace('ubuntu-latest', '${{ matrix.os }}')
      .replace('    steps:', '    strategy: {matrix: {os: [ubuntu-24.04]}}\n    steps:')
    expect(of(matrix)).toEqual(['ci-no-cache .github/workflows/ci.yml:8'])
    expect(of(matrix.replace('ubuntu-24.04', 'mine'))).toEqual([])
  })

  it.each([
    ['depot', workflow(checkout + push('context: .').replace('docker/build-push', 'depot/build-push'))],
    [
      'a builder elsewhere',
      workflow(
        `${checkout}${buildx}        with: {driver: remote, endpoint: tcp://b:1}\n${push('context: .')}`,
      ),
    ],
    [
      'a cache dance',
      workflow(
        `${checkout}      - uses: reproducible-containers/buildkit-cache-dance@v3\n${push('context: .')}`,
      ),
    ],
    ['a wish', workflow(checkout + push('context: .', 'no-cache: true'))],
    ['a wish on the command line', workflow(`${checkout}      - run: docker build --no-cache .\n`)],
  ])('says nothing where layers are kept otherwise, or not wanted: %s', (_, text) => {
    expect(of(text)).toEqual([])
  })

  it('looks into the files that bake and compose read', () => {
    const bake = (line: string) => ({ 'docker-bake.hcl': `target "default" {\n  context = "."\n${line}}\n` })
    const text = workflow(`${checkout}${buildx}      - uses: docker/bake-action@v5\n`)
    expect(of(text, bake('  cache-from = ["type=gha"]\n'))).toEqual([])
    expect(of(text, bake(''))).toEqual(['ci-no-cache .github/workflows/ci.yml:8'])
    const compose = (line: string) => ({
      'compose.yaml': `services:\n  app:\n    build:\n      context: .\n${line}`,
    })
    const up = workflow(`${checkout}      - run: docker compose build\n`)
    expect(of(up, compose('      cache_from: [app:latest]\n'))).toEqual([])
    expect(of(up, compose(''))).toEqual(['ci-no-cache .github/workflows/ci.yml:7'])
  })

  it('says nothing of an image in which nothing runs', () => {
    expect(of(cold, { Dockerfile: 'FROM nginx\nCOPY src /usr/share/nginx/html\n' })).toEqual([])
  })

  it('says nothing of pipelines whose machines are not known', () => {
    const gitlab = {
      '.gitlab-ci.yml': 'image:\n  image: docker:28\n  script:\n    - docker build -t app .\n',
    }
    expect(rules(gitlab)).toEqual([])
  })
})

describe('ci-git-context', () => {
  const fetched = workflow(buildx + push(...cached))

  it('tells what an action without context takes although the ignore file drops it', () => {
    const [found, ...others] = findings({ '.github/workflows/ci.yml': fetched })
    expect(others).toEqual([])
    expect(found).toMatchObject({
      rule: 'ci-git-context',
      severity: 'warning',
      at: { file: '.github/workflows/ci.yml', line: 7 },
      data: { files: 2, paths: ['README.md', 'test/server.test.js'] },
      hint: 'build the checkout: context: . below with:, and actions/checkout before it',
    })
  })

  it.each([
    'context: "{{defaultContext}}"',
    'context: https://github.com/${{ github.repository }}.git',
    'context: https://github.com/${{ github.repository }}.git#${{ github.sha }}',
    'context: ${{ github.server_url }}/${{ github.repository }}.git#refs/heads/main',
  ])('knows the repository itself: %s', (line) => {
    expect(of(workflow(checkout + buildx + push(line, ...cached)))).toEqual([
      'ci-git-context .github/workflows/ci.yml:8',
    ])
  })

  it('knows a directory of it as the context of an image there', () => {
    const tree = {
      'services/api/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'services/api/.dockerignore': 'secret.txt\n',
      'services/api/secret.txt': 'x',
      '.github/workflows/ci.yml': workflow(push('context: "{{defaultContext}}:services/api"', ...cached)),
    }
    const [found] = findings(tree, { context: '/ctx/services/api' })
    expect(found).toMatchObject({
      rule: 'ci-git-context',
      at: { file: '../../.github/workflows/ci.yml', line: 6 },
      data: { paths: ['secret.txt'] },
      hint: expect.stringContaining('context: services/api below'),
    })
    expect(rules(tree)).toEqual([])
  })

  it('knows that bake builds from git since version 6, unless it is given a source', () => {
    const bake = {
      'docker-bake.hcl': 'target "default" {\n  context = "."\n  cache-from = ["type=gha"]\n}\n',
    }
    const use = (version: string, more = '') =>
      of(workflow(`${checkout}${buildx}      - uses: docker/bake-action@${version}\n${more}`), bake)
    expect(use('v6')).toEqual(['ci-git-context .github/workflows/ci.yml:8'])
    expect(use('v7.1.0')).toEqual(['ci-git-context .github/workflows/ci.yml:8'])
    expect(use('v6', '        with: {source: .}\n')).toEqual([])
    for (const version of ['v5', '3fc70e1131fee40a422dd8dd0ff22014ae20a1f3']) expect(use(version)).toEqual([])
  })

  it('says nothing where the ignore file drops only what git does not have, or nothing takes it', () => {
    expect(of(fetched, { '.dockerignore': 'node_modules\n.git\n' })).toEqual([])
    expect(of(fetched, { '.dockerignore': 'Dockerfile\n.dockerignore\n' })).toEqual([])
    expect(of(fetched, { Dockerfile: 'FROM scratch\nCOPY src package.json /\n' })).toEqual([])
  })

  it('is said once of a workflow that does it in many steps', () => {
    const [found, ...others] = findings({
      '.github/workflows/ci.yml': workflow(buildx + push(...cached) + push(...cached) + push(...cached)),
    })
    expect(others).toEqual([])
    expect(found?.at).toMatchObject({ line: 7 })
    expect(found?.message).toMatch(/; 2 more steps of this file do the same$/)
  })

  it('says nothing of a repository elsewhere', () => {
    expect(of(workflow(push('context: https://github.com/other/thing.git', ...cached)))).toEqual([])
  })

  it('tells of a source that git does not have, whatever makes it before', () => {
    const more = {
      Dockerfile: 'FROM nginx\nRUN true\nCOPY dist /usr/share/nginx/html\n',
      '.dockerignore': '',
    }
    const text = workflow(`${checkout}      - run: npm run build\n${push(...cached)}`)
    const [found, ...others] = findings({ '.github/workflows/ci.yml': text, ...more })
    expect(others).toEqual([])
    expect(found).toMatchObject({
      rule: 'ci-git-context-lacks',
      family: 'ci-git-context',
      severity: 'warning',
      at: { line: 8 },
      data: { path: 'dist', line: 3 },
      hint: 'build the checkout: context: . below with:',
    })
  })
})

describe('ci-git-context-lacks', () => {
  const Dockerfile = 'FROM nginx\nRUN true\nCOPY dist/site /usr/share/nginx/html\n'
  const text = workflow(push(...cached))

  it.each([
    ['a submodule may have it', { '.gitmodules': '[submodule "dist"]\n' }],
    ['a link leads there', { dist: { type: 'symlink', target: 'built' } as const }],
    ['it is a directory', { 'dist/site/index.html': '' }],
    ['it is a file', { 'dist/site': '' }],
  ])('is not said where %s', (_, tree) => {
    expect(of(text, { Dockerfile, '.dockerignore': '', ...tree })).toEqual([])
  })

  it('is said where none of these is so', () => {
    expect(of(text, { Dockerfile, '.dockerignore': '' })).toEqual([
      'ci-git-context-lacks .github/workflows/ci.yml:6',
    ])
  })
})

describe('ci-sends-git', () => {
  const open = { '.dockerignore': 'node_modules\n' }

  it('tells that the token of the job goes into the image', () => {
    const [found, ...others] = findings({ '.github/workflows/ci.yml': good, ...open })
    expect(others).toEqual([])
    expect(found).toMatchObject({
      rule: 'ci-ships-token',
      family: 'ci-sends-git',
      severity: 'warning',
      confidence: 'high',
      at: { file: '.github/workflows/ci.yml', line: 8 },
      data: { reach: 'image' },
    })
  })

  it.each([
    [
      'it is not left there',
      good.replace('checkout@v4', 'checkout@v4\n        with: {persist-credentials: false}'),
      9,
    ],
    ['it is kept elsewhere since version 6', good.replace('checkout@v4', 'checkout@v6'), 8],
  ])('tells only of .git where %s', (_, text, line) => {
    expect(of(text, open)).toEqual([`ci-sends-git .github/workflows/ci.yml:${line}`])
  })

  it('advises to drop .git only where nothing asks git, and not at all where a line lets it in', () => {
    const hints = (ignore: string, text: string) =>
      findings({ '.github/workflows/ci.yml': text, '.dockerignore': ignore }).map(({ hint }) => hint)
    const [bare, kept] = ['node_modules\n', '**/.git\n!.git/HEAD\n!.git/config\n']
    const without = 'where nothing in the build asks git, drop .git with a line in the ignore file'
    const later = good.replace('checkout@v4', 'checkout@v6')
    expect(hints(bare, later)).toEqual([`copy less; ${without}`])
    expect(hints(kept, later)).toEqual([null])
    const persist = 'give actions/checkout persist-credentials: false'
    expect(hints(bare, good)).toEqual([`${persist}; ${without}`])
    expect(hints(kept, good)).toEqual([persist])
  })

  it('tells only of .git where it stays in a stage', () => {
    const Dockerfile =
      'FROM node AS build\nCOPY . /app\nRUN make\nFROM scratch\nCOPY --from=build /app/out /\n'
    expect(of(good, { ...open, Dockerfile })).toEqual(['ci-sends-git .github/workflows/ci.yml:8'])
  })

  it('is less sure of a version that is a commit', () => {
    const text = good.replace('checkout@v4', 'checkout@34e114876b0b11c390a56381ad16ebd13914f8d5')
    expect(findings({ '.github/workflows/ci.yml': text, ...open })).toMatchObject([
      { rule: 'ci-ships-token', confidence: 'low' },
    ])
  })

  it.each([
    ['v6.0.2', 'ci-sends-git', 'high'],
    ['v4.2.2', 'ci-ships-token', 'high'],
    ['pinned', 'ci-ships-token', 'low'],
  ])('goes by what a remark calls that commit: %s', (remark, rule, confidence) => {
    const text = good.replace('checkout@v4', `checkout@34e114876b0b11c390a56381ad16ebd13914f8d5 # ${remark}`)
    expect(findings({ '.github/workflows/ci.yml': text, ...open })).toMatchObject([{ rule, confidence }])
  })

  it('says nothing where .git is dropped, removed, not read, or not in the context', () => {
    expect(of(good)).toEqual([])
    const removed = good.replace(buildx, `      - run: rm -rf .git\n${buildx}`)
    expect(of(removed, open)).toEqual([])
    expect(of(good, { ...open, Dockerfile: 'FROM node\nCOPY src /app\nRUN make\n' })).toEqual([])
    const below = {
      'api/Dockerfile': 'FROM node\nCOPY . /app\nRUN make\n',
      '.github/workflows/ci.yml': workflow(checkout + buildx + push('context: api', ...cached)),
    }
    expect(rules(below, { context: '/ctx/api' })).toEqual([])
  })

  it('says nothing of a build that BuildKit fetches, which comes without .git', () => {
    expect(of(workflow(push(...cached)), open)).toEqual([])
  })
})

describe('ci-path-filter', () => {
  const on = (lines: string, text = good) => text.replace('on: push', `on:\n${lines}`)
  const paths = (...patterns: readonly string[]) =>
    `  push:\n    branches: [main]\n    paths:\n${patterns.map((one) => `      - '${one}'\n`).join('')}`.trimEnd()

  it('tells of a change that CI does not see, with the line to add another below', () => {
    const [found, ...others] = findings({
      '.github/workflows/ci.yml': on(paths('src/**', 'package*.json', 'Dockerfile')),
    })
    expect(others).toEqual([])
    expect(found).toMatchObject({
      rule: 'ci-path-filter',
      severity: 'warning',
      at: { file: '.github/workflows/ci.yml', line: 7 },
      data: { events: ['push'], filter: 'paths', paths: ['.dockerignore'] },
      hint: 'add - .dockerignore below this line',
    })
  })

  it('tells of both files in one finding, and of two events', () => {
    const text = on(`${paths('src/**')}\n  pull_request:\n    paths: ['src/**']`)
    expect(findings({ '.github/workflows/ci.yml': text })).toMatchObject([
      { at: { line: 5 }, data: { events: ['push', 'pull_request'], paths: ['.dockerignore', 'Dockerfile'] } },
    ])
  })

  it('tells of one workflow where several do not see it', () => {
    const filtered = on(paths('src/**'))
    expect(of(filtered, { '.github/workflows/more.yml': filtered })).toHaveLength(1)
  })

  it('tells of the pattern that leaves it out', () => {
    const text = on("  push:\n    paths-ignore:\n      - 'docs/**'\n      - '.dockerignore'")
    expect(findings({ '.github/workflows/ci.yml': text })).toMatchObject([
      { rule: 'ci-path-filter', at: { line: 5 }, data: { filter: 'paths-ignore', paths: ['.dockerignore'] } },
    ])
  })

  it.each([
    ['a wildcard takes them', paths('src/**', '*')],
    ['everything starts it', paths('**')],
    ['they are named', paths('src/**', '**/Dockerfile*', '.dockerignore')],
    ['what is left out is something else', "  push:\n    paths-ignore: ['docs/**', '**.md']"],
    ['it is about tags', '  push:\n    tags: [v*]\n    paths: [src/**]'],
    ['it is started by hand', '  workflow_dispatch:'],
    ['others call it', '  workflow_call:'],
  ])('says nothing where %s', (_, lines) => {
    expect(of(on(lines))).toEqual([])
  })

  it('says nothing where another workflow sees the change', () => {
    const filtered = on(paths('src/**'))
    expect(of(filtered, { '.github/workflows/all.yml': good })).toEqual([])
    const release = good.replace('on: push', 'on: {push: {tags: [v*]}}')
    expect(of(filtered, { '.github/workflows/release.yml': release })).toEqual([
      'ci-path-filter .github/workflows/ci.yml:5',
    ])
  })

  it('tells of the filter of the workflow that calls the one with the build', () => {
    const called = good.replace('on: push', 'on: workflow_call')
    const caller = `on:\n${paths('src/**')}\njobs:\n  image:\n    uses: ./.github/workflows/image.yml\n`
    expect(of(caller, { '.github/workflows/image.yml': called })).toEqual([
      'ci-path-filter .github/workflows/ci.yml:5',
    ])
  })

  it('knows the ignore file that is in force, and asks for none where there is none', () => {
    const named = on(paths('src/**', 'Dockerfile'))
    expect(
      findings({ '.github/workflows/ci.yml': named, 'Dockerfile.dockerignore': '.git\n' }),
    ).toMatchObject([{ data: { paths: ['Dockerfile.dockerignore'] } }])
    const host = repoHost({
      tracked: { Dockerfile: 'FROM a\nCOPY src /\n', 'src/a': 'a', '.github/workflows/ci.yml': named },
    })
    expect(inCi(host, scan(host, plainBuild)).findings).toEqual([])
  })

  it('takes the paths of an image further down from the top of the repository', () => {
    const tree = {
      'services/api/Dockerfile': 'FROM scratch\nCOPY . /\n',
      'services/api/.dockerignore': '',
      '.github/workflows/ci.yml': on(
        paths('services/api/**'),
        workflow(checkout + push('context: services/api', ...cached)),
      ),
    }
    expect(rules(tree, { context: '/ctx/services/api' })).toEqual([])
    const narrow = {
      ...tree,
      '.github/workflows/ci.yml': tree['.github/workflows/ci.yml'].replace(
        'services/api/**',
        'services/api/src/**',
      ),
    }
    expect(findings(narrow, { context: '/ctx/services/api' })).toMatchObject([
      { at: { file: '../../.github/workflows/ci.yml' }, data: { paths: ['.dockerignore', 'Dockerfile'] } },
    ])
  })
})
