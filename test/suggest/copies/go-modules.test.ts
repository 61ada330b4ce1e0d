import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const tree: MemoryTree = { 'go.mod': 'module x\n', 'go.sum': 'x', 'cmd/x/main.go': 3 }
const head = ['FROM golang AS build', 'WORKDIR /src']
const build = 'RUN CGO_ENABLED=0 go build -o /x ./cmd/x'
const put = (lines: readonly string[], files: MemoryTree = tree) =>
  rewritten(withDockerfile([...head, ...lines], files), 'go-modules')?.slice(2) ?? null

describe('modules of Go', () => {
  it('are downloaded before the copy, by a step that says so', () => {
    expect(put(['COPY . .', build])).toEqual([
      'COPY go.mod go.sum ./',
      'RUN go mod download',
      'COPY . .',
      build,
    ])
  })

  it('are downloaded with the flags and the mounts of what needs them', () => {
    const run =
      'RUN --mount=type=cache,target=/go/pkg/mod --mount=type=bind,target=/y,from=build go build ./...'
    expect(put(['COPY --chown=1000 --link . ./', run])?.slice(0, 2)).toEqual([
      'COPY --chown=1000 --link go.mod go.sum ./',
      'RUN --mount=type=cache,target=/go/pkg/mod go mod download',
    ])
  })

  it('are downloaded before every copy of sources, not only the one that brings the module', () => {
    expect(put(['COPY . sub/', 'COPY . ./', build])).toEqual([
      'COPY go.mod go.sum ./',
      'RUN go mod download',
      'COPY . sub/',
      'COPY . ./',
      build,
    ])
    expect(put(['WORKDIR /other', 'COPY . sub/', 'WORKDIR /src', 'COPY . ./', build])).toBe(null)
  })

  it('are not downloaded into what is the module itself', () => {
    expect(rewritten(withDockerfile(['FROM golang', 'COPY . .', build], tree), 'go-modules')).toBe(null)
    expect(
      rewritten(withDockerfile(['FROM golang', 'WORKDIR /', 'COPY . .', build], tree), 'go-modules'),
    ).toBe(null)
  })

  it('are not downloaded before Go is there', () => {
    const lines = (brings: string) => [
      ...['FROM alpine', 'WORKDIR /src', 'COPY . .', brings],
      ...['ENV GOOS=linux', build],
    ]
    const proposed = (brings: string) => rewritten(withDockerfile(lines(brings), tree), 'go-modules')
    expect(proposed('RUN echo a')?.slice(2, 4)).toEqual(['COPY go.mod go.sum ./', 'RUN go mod download'])
    expect(proposed('RUN ./setup.sh && apk add --no-cache go')).toBe(null)
    expect(proposed('COPY --from=golang /usr/local/go /usr/local/go')).toBe(null)
    expect(proposed('ENV PATH=/src/go/bin:$PATH')).toBe(null)
    expect(proposed('RUN ln -s /opt/go/bin/go /usr/bin/go')).toBe(null)
  })

  it.each([
    'RUN mise install',
    'RUN curl -sSL -o /tmp/t.tgz https://go.dev/dl/go.tgz && sha256sum -c sums && tar -C /usr/local -xzf /tmp/t.tgz',
    'RUN tar -xzf /tmp/t.tgz --directory=/opt',
    'RUN cd /usr/local && tar -xzf /tmp/t.tgz',
    'RUN mv /tmp/go /root/go',
    'ADD https://go.dev/dl/go1.22.0.linux-amd64.tar.gz /tmp/t.tgz',
    'ADD go.tar.gz /opt',
    'COPY --from=golang /usr/local/go /opt/go',
  ])('are not downloaded before what may bring Go, but where the image has it: %s', (brings) => {
    const proposed = (from: readonly string[]) =>
      rewritten(
        withDockerfile([...from, 'WORKDIR /src', 'COPY . .', brings, build], { ...tree, 'go.tar.gz': 3 }),
        'go-modules',
      )
    expect(proposed(['FROM debian'])).toBeNull()
    const isCopied = brings.startsWith('COPY')
    for (const from of [['FROM golang:1.22-alpine'], ['FROM golang AS base', 'FROM base']])
      expect(proposed(from) === null).toBe(isCopied)
  })

  it('are downloaded before what puts something into the project alone', () => {
    const proposed = (step: string) =>
      rewritten(withDockerfile(['FROM debian', 'WORKDIR /src', 'COPY . .', step, build], tree), 'go-modules')
    expect(proposed('RUN cp a.yml b.yml && mv b.yml /src/c.yml && tar -xzf a.tgz')).not.toBeNull()
    expect(proposed('ADD https://example.com/a.tgz data/')).not.toBeNull()
  })

  it('need the go.mod of those that lie in the repository', () => {
    const files = { ...tree, 'go.mod': 'module x\nreplace y => ./y\n', 'y/go.mod': 'module y\n' }
    expect(put(['COPY . .', build], files)?.slice(0, 2)).toEqual([
      'COPY go.mod go.sum ./',
      'COPY y/go.mod ./y/',
    ])
  })

  it('are downloaded for all modules of a workspace', () => {
    const files = {
      'go.work': 'go 1.22\n\nuse (\n\t./api\n\t./shared\n)\n',
      'go.work.sum': 'x',
      'api/go.mod': 'module api\n',
      'api/main.go': 3,
      'shared/go.mod': 'module shared\n',
      'shared/go.sum': 'x',
    }
    expect(put(['COPY . .', 'RUN go build -o /x ./api'], files)).toEqual([
      'COPY go.work go.work.sum ./',
      'COPY api/go.mod ./api/',
      'COPY shared/go.mod shared/go.sum ./shared/',
      'RUN go mod download',
      'COPY . .',
      'RUN go build -o /x ./api',
    ])
  })

  it('are downloaded for a module in a directory', () => {
    const files = { 'api/go.mod': 'module x\n', 'api/go.sum': 'x', 'api/main.go': 3 }
    expect(put(['COPY api .', build], files)?.slice(0, 2)).toEqual([
      'COPY api/go.mod api/go.sum ./',
      'RUN go mod download',
    ])
  })

  it('are downloaded where the module will lie, wherever the stage is then', () => {
    expect(put(['COPY . /src/x', 'WORKDIR /src/x/cmd', 'RUN go build -o /x .'])).toEqual([
      'COPY go.mod go.sum /src/x/',
      'RUN cd /src/x && go mod download',
      'COPY . /src/x',
      'WORKDIR /src/x/cmd',
      'RUN go build -o /x .',
    ])
  })

  it('are downloaded for a workspace that is built in one of its modules, and has no sum of its own', () => {
    const files = {
      'go.work': 'go 1.22\nuse ./api\nuse ./shared\n',
      'api/go.mod': 'module api\n',
      'api/go.sum': 'x',
      'api/main.go': 3,
      'shared/go.mod': 'module shared\n',
    }
    expect(put(['COPY . .', 'RUN cd api && go build -o /x .'], files)?.slice(0, 4)).toEqual([
      'COPY go.work ./',
      'COPY api/go.mod api/go.sum ./api/',
      'COPY shared/go.mod ./shared/',
      'RUN go mod download',
    ])
  })

  it('are downloaded behind copies that bring the manifests already', () => {
    const copies = ['COPY go.mod go.sum ./', 'COPY cmd ./cmd', 'COPY internal ./internal']
    expect(put([...copies, build], { ...tree, 'internal/x.go': 3 })).toEqual([
      'COPY go.mod go.sum ./',
      'RUN go mod download',
      'COPY cmd ./cmd',
      'COPY internal ./internal',
      build,
    ])
    expect(put(['COPY go.mod go.sum ./', 'COPY . .', build])?.slice(0, 3)).toEqual([
      'COPY go.mod go.sum ./',
      'RUN go mod download',
      'COPY . .',
    ])
  })

  it.each<[string, string, MemoryTree, string]>([
    ['make builds', 'RUN make build', { Makefile: 'GO = go\nbuild:\n\t@$(GO) build ./...\n' }, 'safe'],
    [
      'make says where they come from',
      'RUN make',
      { Makefile: 'export GOFLAGS = -mod=mod\nall:\n\tgo build ./...\n' },
      'review',
    ],
    ['a script builds', 'RUN ./build.sh', { 'build.sh': 'go build ./...\n' }, 'review'],
  ])('are downloaded where %s', (_, run, files, safety) => {
    const whole = withDockerfile([...head, 'COPY . .', run], { ...tree, ...files })
    expect(suggestionsOf(whole, 'go-modules').map((one) => one.safety)).toEqual([safety])
    expect(put(['COPY . .', run], { ...tree, ...files })?.slice(0, 2)).toEqual([
      'COPY go.mod go.sum ./',
      'RUN go mod download',
    ])
  })

  it('are proposed once, as safe', () => {
    const whole = withDockerfile([...head, 'COPY . .', build], tree)
    expect(suggestionsOf(whole, 'go-modules').map(({ safety }) => safety)).toEqual(['safe'])
    expect(suggestionsOf(followed(whole, null), 'go-modules')).toEqual([])
  })

  it.each<[string, readonly string[], MemoryTree]>([
    ['a step downloads them', ['COPY go.mod go.sum ./', 'RUN go mod download', 'COPY . .', build], tree],
    ['they are vendored', ['COPY . .', build], { ...tree, 'vendor/modules.txt': 3 }],
    ['there are none', ['COPY . .', build], { 'go.mod': 'module x\n', 'main.go': 3 }],
    ['one lies elsewhere', ['COPY . .', build], { ...tree, 'go.mod': 'module x\nreplace y => ../y\n' }],
    ['a tool is all that is installed', ['COPY . .', 'RUN go install example.com/tool@latest'], tree],
    ['where they come from is set on the way', ['COPY . .', 'ENV GOPROXY=https://example.com', build], tree],
    ['how they are fetched is set on the way', ['COPY . .', 'RUN git config --global x y', build], tree],
    ['the cache would lie in them', ['WORKDIR /go', 'COPY . .', build], tree],
    [
      'make builds something else',
      ['COPY . .', 'RUN make'],
      { ...tree, Makefile: 'all:\n\tcc x.c # go build\n\techo no go\n' },
    ],
  ])('stay as they are where %s', (_, lines, files) => {
    expect(put(lines, files)).toBeNull()
  })
})
