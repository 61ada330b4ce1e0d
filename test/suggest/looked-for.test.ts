import { describe, expect, it } from 'vitest'
import { proposeFor } from './propose-tree.ts'

const dockerfile = (run: string, source: string) => `FROM golang AS builder
ARG TARGETARCH
ARG NAME
WORKDIR /src
COPY . .
${run}
FROM alpine
ARG TARGETARCH
COPY --from=builder ${source} /bin/server
`
const tracked = (run: string, source = '/src/server') => ({
  Dockerfile: dockerfile(run, source),
  'go.mod': 'module x\n',
  'main.go': 'package main\n',
  '.gitignore': 'server*\n',
})
const outcome = (run: string, source?: string) =>
  proposeFor({
    tracked: tracked(run, source),
    untracked: { 'server-linux-amd64': 9, 'server-linux-amd64.tar.gz': 9 },
  })

describe('a program that was built on the host', () => {
  it.each([
    'RUN if [ ! -f server-linux-$TARGETARCH ] ; then make server && mv server server-linux-$TARGETARCH ; fi',
    'RUN [[ -x ./server-linux-${TARGETARCH} ]] || make server',
    'RUN test -e "/src/server-linux-${TARGETARCH:-amd64}" || make server',
    'RUN test -s server-$NAME-amd64 || make server',
    'RUN <<E\nif [ -f server-linux-amd64 ]; then exit 0; fi\nmake server\nE',
  ])('stays where a RUN takes it if it is there: %s', (run) => {
    const { lines, left } = outcome(run)
    expect(lines.filter((line) => line.includes('server-linux-amd64'))).toEqual([
      'review server-linux-amd64.tar.gz',
    ])
    expect(left).toContain('server-linux-amd64: RUN (Dockerfile:6) takes it where it is there')
  })

  it('is asked about with the COPY that takes it out of a stage in which it may be made', () => {
    expect(outcome('RUN make', '/src/server-linux-$TARGETARCH').because).toContain(
      'review server-linux-amd64: COPY --from=builder (Dockerfile:9) takes it from there',
    )
  })

  it('is not taken by a variable alone', () => {
    const { lines, left } = outcome('RUN [ -f $NAME ] || make')
    expect(lines).toContain('review server-linux-amd64')
    expect(left.join()).not.toContain('takes it where it is there')
  })
})

describe('packages that a build on the host needed', () => {
  const ci = (push: string) =>
    `on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - uses: docker/build-push-action@v6\n        with: { context: ., ${push} }\n`
  const outcomeWith = (push: string) =>
    proposeFor({
      tracked: {
        Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nCMD node server.js\n',
        'server.js': '',
        'package.json': '{}',
        '.gitignore': 'node_modules\ndist\n',
        Makefile: 'image:\n\tnpm ci\n\tmake-pages\n\tdocker build .\n',
        '.github/workflows/ci.yml': ci(push),
      },
      untracked: { 'node_modules/a/index.js': 9 },
    })

  it('go where the image that is published has none of them', () => {
    expect(outcomeWith('push: true').left.join()).not.toContain('node_modules')
  })

  it('stay where the image that is published is another one of the group', () => {
    const slim = 'FROM node:20-slim\nWORKDIR /app\nCOPY . .\nCMD node server.js\n'
    const left = (deploy: string) =>
      proposeFor({
        tracked: {
          Dockerfile:
            'FROM node\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nCMD node server.js\n',
          'Dockerfile.slim': slim,
          'server.js': '',
          ...{ 'package.json': '{}', 'package-lock.json': '{}', '.gitignore': 'node_modules\n' },
          'deploy.sh': `npm ci\nnpm run lint\n${deploy}`,
          '.github/workflows/ci.yml': ci('push: true'),
        },
        untracked: { 'node_modules/a/index.js': 9 },
      }).left.join()
    const kept = 'node_modules: deploy.sh:1 makes it on the host for this image'
    expect(left('docker build -f Dockerfile.slim -t slim .\n')).toContain(kept)
    expect(left('docker build .\ndocker build -f Dockerfile.slim -t slim .\n')).toContain(kept)
    expect(left('docker build -t full .\n')).not.toContain('node_modules')
  })

  it('stay where nobody publishes one without', () => {
    expect(outcomeWith('push: false').left).toContain(
      'node_modules: Makefile:2 makes it on the host for this image',
    )
  })
})
