import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { BuildPlan } from '../../src/dockerfile/model.ts'
import { planOf } from './plan-of.ts'

interface Options {
  readonly target?: string
  readonly args?: Readonly<Record<string, string>>
  readonly contexts?: Readonly<Record<string, string>>
  readonly platform?: string
  readonly openArgs?: readonly string[]
}

function plan(text: string, options: Options = {}): BuildPlan {
  return planOf(text, {
    target: options.target ?? null,
    buildArgs: new Map(Object.entries(options.args ?? {})),
    openArgs: options.openArgs ?? [],
    platform: options.platform ?? 'linux/amd64',
    namedContexts: new Map(Object.entries(options.contexts ?? {})),
  })
}

/** What is asked of the main context: undefined for nothing, null for all of it. */
function asked(text: string, options: Options = {}): readonly string[] | null | undefined {
  return plan(text, options).requests.find(({ name }) => name === null)?.followPaths
}

function problems(text: string, options: Options = {}): readonly string[] {
  return plan(text, options).problems.map(({ at, message }) => `${at?.line ?? '-'}: ${message}`)
}

const stage = 'FROM scratch\n'

describe('what is asked of the main context', () => {
  it.each([
    ['COPY a /z', ['a']],
    ['COPY b a ./c/ /z/', ['a', 'b', 'c']],
    ['COPY ../x /y//z d/. l/../g /z/', ['d', 'g', 'x', 'y/z']],
    ['COPY . /z', null],
    ['COPY ./ /z', null],
    ['COPY .. /z', null],
    ['COPY a /\nCOPY / /z', null],
    ['COPY $NONE /z', null],
    ['COPY src/*.c **/x [a]b /z/', ['**/x', '[a]b', 'src/*.c']],
    ['COPY x\\*y "q" \'$r\' /z/', ['$r', 'q', 'x*y']],
    ['COPY ["a b", "/z"]', ['a b']],
    ['COPY --parents a/./b/*.c /z', ['a/b/*.c']],
    ['COPY --exclude=$x --link a /z', ['a']],
    ['COPY <<E a /z/\nx\nE', ['a']],
    ['COPY <<E /z/\nx\nE', undefined],
    ['RUN x', undefined],
    ['ADD https://x/y /z', undefined],
    ['ADD https://x/y.git git@x:y a.tar /z/', ['a.tar', 'git@x:y']],
    ['ADD git@x:y /z', undefined],
    ['ADD ssh://x/y HTTPS://x/y.git a /z/', ['HTTPS:/x/y.git', 'a', 'ssh:/x/y']],
    ['COPY github.com/x /z', ['github.com/x']],
    ['RUN --mount=source=b,target=/m x', ['b']],
    ['RUN --mount=type=bind,target=/m x', null],
    ['RUN --mount=\'"src=a,b",dst=/m\' x', ['a,b']],
    ['RUN --mount=src=d/*,dst=/m x', ['d/*']],
    ['RUN --mount=type=cache,target=/m x', undefined],
    ['RUN --mount=type=secret,id=x x', undefined],
    ['RUN --mount=type=ssh x', undefined],
    ['RUN --mount=type=tmpfs,target=/m x', undefined],
    ['COPY a /z\nRUN --mount=type=tmpfs,target=/m x', null],
    ['COPY é z \u{10000} \uFFFD /z/', ['z', 'é', '\uFFFD', '\u{10000}']],
  ])('by %s: %j', (line, paths) => {
    expect(asked(stage + line)).toEqual(paths)
  })
})

describe('variables', () => {
  it.each([
    ['ARG V=a\nCOPY $V /z', {}, ['a']],
    ['ARG V=a\nCOPY $V /z', { V: 'b' }, ['b']],
    ['ARG V\nCOPY x$V /z', { V: 'b' }, ['xb']],
    ['COPY x$V /z', { V: 'b' }, ['x']],
    ['ENV V=b\nARG V=a\nCOPY $V /z', {}, ['a']],
    ['ENV V=b\nARG V=a\nCOPY $V /z', { V: 'c' }, ['c']],
    ['ARG V=a\nENV V=b\nCOPY $V /z', { V: 'c' }, ['b']],
    ['ENV V=a\nARG V\nCOPY $V /z', {}, ['a']],
    ['ENV V=a\nENV V=b W=$V\nCOPY $W /z', {}, ['a']],
    ['ARG V=a W=$V\nCOPY $W /z', {}, ['a']],
    ['ENV V old form\nCOPY "$V" /z', {}, ['old form']],
    ['ENV V="x y"\nCOPY $V /z', {}, ['x y']],
    ['COPY a${PATH:+b} /z', {}, ['ab']],
    ['COPY x$TARGETARCH /z', {}, ['x']],
    ['ARG TARGETARCH\nCOPY x$TARGETARCH /z', {}, ['xamd64']],
    ['ARG TARGETARCH=none\nCOPY x$TARGETARCH /z', {}, ['xnone']],
    ['ARG TARGETSTAGE\nCOPY $TARGETSTAGE /z', {}, ['default']],
    ['ARG HTTP_PROXY\nCOPY x$HTTP_PROXY /z', {}, ['x']],
    ['ENV $X=1 V=$X\nCOPY x$V /z', {}, ['x']],
  ])('of %j with %j', (lines, args, paths) => {
    expect(asked(stage + lines, { args })).toEqual(paths)
  })

  it.each([
    ['ARG V=a\nFROM scratch\nCOPY x$V /z', {}, ['x']],
    ['ARG V=a\nFROM scratch\nARG V\nCOPY x$V /z', {}, ['xa']],
    ['ARG V=a\nARG W=$V$V\nFROM scratch\nARG W\nCOPY $W /z', { V: 'b' }, ['bb']],
    ['ARG V=a\nFROM scratch\nARG V=d\nCOPY $V /z', {}, ['d']],
    ['FROM scratch AS b\nARG V=a\nENV W=w\nFROM b\nCOPY $V $W /z/', {}, ['a', 'w']],
    ['FROM scratch AS b\nARG V=a\nFROM scratch\nCOPY x$V /z', {}, ['x']],
    ['ARG B=x\nFROM scratch AS x\nCOPY a /\nFROM $B\nCOPY b /', {}, ['a', 'b']],
    [
      'FROM --platform=$BUILDPLATFORM scratch\nARG BUILDPLATFORM\nCOPY $BUILDPLATFORM /z',
      {},
      ['linux/amd64'],
    ],
    ['# escape=`\nFROM scratch\nENV V=c:\\x\nCOPY $V/`$a /z', {}, ['c:\\x/$a']],
  ])('across scopes: %j with %j', (text, args, paths) => {
    expect(asked(text, { args })).toEqual(paths)
  })

  it.each([
    ['linux/arm64/v8', 'linux/arm64', 'arm64', ''],
    ['linux/arm', 'linux/arm/v7', 'arm', 'v7'],
    ['linux/amd64/v2', 'linux/amd64/v2', 'amd64', 'v2'],
  ])('are those of the platform %s', (platform, whole, architecture, variant) => {
    const text = `${stage}ARG TARGETPLATFORM TARGETARCH TARGETVARIANT TARGETOS\nCOPY $TARGETPLATFORM,$TARGETARCH,$TARGETVARIANT,$TARGETOS /z`
    expect(plan(text, { platform }).reads[0]?.sources).toEqual([`${whole},${architecture},${variant},linux`])
  })

  it('are named in a warning, in docker’s words, where they are not set', () => {
    const { warnings } = plan(`${stage}ARG FOO=a\nARG UNSET\nCOPY $FO $UNSET $FO /z/`)
    expect(warnings).toMatchObject([
      { code: 'undefined-variable', message: "Usage of undefined variable '$FO' (did you mean $FOO?)" },
    ])
  })

  it.each([
    ['FROM node\nCOPY $HOME_DIR /z', 1],
    ['FROM node\nENV V=$HOME_DIR/x\nCOPY $V /z', 1],
    ['FROM node\nARG V\nCOPY $V /z', 1],
    ['FROM node AS a\nFROM a\nCOPY $V /z', 1],
    ['FROM node\nRUN --mount=src=$V,dst=/m x', 1],
    ['FROM node\nENV LD=/x:$LD\nCOPY a /z', 0],
    ['FROM node\nARG V=x\nCOPY $V /z', 0],
    ['FROM scratch\nCOPY $V /z', 0],
    ['FROM node AS a\nCOPY $V /z\nFROM scratch', 0],
    ['FROM node AS a\nFROM node\nARG V\nCOPY --from=a /o/$V /z', 0],
    ['FROM node\nCOPY --from=golang $V /z', 0],
    ['FROM node AS a\nFROM node\nRUN --mount=from=a,src=$V,dst=/m x', 0],
    ['FROM node AS a\nFROM node\nCOPY --from=a b $V/c /z\nCOPY $V /z', 1],
    ['FROM node:18-onbuild AS a\nFROM node\nCOPY --from=a /$V /z', 1],
    ['FROM node:18-onbuild\nCOPY a /z', 1],
    ['FROM node:18-onbuild AS a\nFROM scratch\nCOPY a /z', 0],
    ['# syntax=docker/dockerfile:1.7\nFROM node', 0],
    ['# syntax=docker.io/docker/dockerfile-upstream:master\nFROM node', 0],
    ['# syntax=example.com/other\nFROM node', 1],
  ])('and frontends that a base image decides make %j uncertain: %i', (text, count) => {
    expect(plan(text).uncertain).toHaveLength(count)
  })

  it('are uncertain for a context with a name as well, which is sent too', () => {
    const text = 'FROM node\nCOPY --from=c $V /z'
    expect(plan(text, { contexts: { c: './c' } }).uncertain).toHaveLength(1)
  })
})

describe('stages', () => {
  it.each([
    ['FROM scratch AS x\nCOPY a /\nFROM scratch\nCOPY b /', {}, ['b']],
    ['FROM scratch AS x\nCOPY a /\nFROM x\nCOPY b /', {}, ['a', 'b']],
    ['FROM scratch AS x\nCOPY a /\nFROM scratch\nCOPY --from=x /q /\nCOPY b /', {}, ['a', 'b']],
    ['FROM scratch AS x\nCOPY a /\nFROM scratch\nCOPY --from=0 /q /', {}, ['a']],
    ['FROM scratch AS Build\nCOPY a /\nFROM scratch\nCOPY --from=BUILD /q /', {}, ['a']],
    ['FROM scratch AS x\nCOPY a /\nFROM scratch AS x\nCOPY b /\nFROM scratch\nCOPY --from=x / /', {}, ['b']],
    ['FROM scratch AS x\nCOPY a /\nFROM x AS x\nCOPY b /', {}, ['a', 'b']],
    ['FROM scratch AS x\nCOPY a /\nFROM bb\nRUN --mount=from=x,dst=/m y', {}, ['a']],
    ['FROM scratch AS x\nCOPY a /\nFROM bb\nRUN --mount=type=cache,from=x,dst=/m y', {}, ['a']],
    ['FROM scratch AS x\nCOPY a /\nFROM bb\nRUN --mount=from=0,dst=/m y', {}, undefined],
    ['FROM scratch AS x\nCOPY a /\nFROM scratch AS y\nCOPY b /', { target: 'X' }, ['a']],
    // A stage that is gone through but of which nothing is taken: its paths count, its transfer does not.
    ['FROM scratch AS x\nCOPY a /\nFROM bb\nRUN --mount=type=tmpfs,from=x,dst=/m y', {}, undefined],
    [
      'FROM scratch AS x\nCOPY a /\nFROM bb\nCOPY b /\nRUN --mount=type=tmpfs,from=x,dst=/m y',
      {},
      ['a', 'b'],
    ],
    ['FROM scratch AS x\nCOPY a /\nFROM scratch\nCOPY --from=x <<E /z\nE', {}, undefined],
  ])('of %j for %j', (text, options, paths) => {
    expect(asked(text, options)).toEqual(paths)
  })

  it('are listed with what they are built on', () => {
    const { stages, target } = plan('FROM node AS a\nFROM a AS b\nFROM scratch\nFROM $X-y AS ctx\nFROM b', {
      contexts: { ctx: './d' },
    })
    expect(
      stages.map(({ index, name, base, baseOrigin, reachable }) => [
        index,
        name,
        base,
        baseOrigin,
        reachable,
      ]),
    ).toEqual([
      [0, 'a', 'node', { kind: 'image', reference: 'node' }, true],
      [1, 'b', 'a', { kind: 'stage', index: 0 }, true],
      [2, null, 'scratch', { kind: 'scratch' }, false],
      [3, 'ctx', '-y', { kind: 'named', name: 'ctx' }, false],
      [4, null, 'b', { kind: 'stage', index: 1 }, true],
    ])
    expect(target?.index).toBe(4)
  })

  it('fire ONBUILD triggers of the stage they are built on, one level deep, with their own variables', () => {
    const text = [
      'FROM scratch AS base',
      'ARG V=base',
      'ONBUILD ARG V=child',
      'ONBUILD COPY $V /a',
      'FROM base AS mid',
      'COPY b$V /b',
      'FROM mid',
      'COPY c /c',
    ].join('\n')
    const { reads } = plan(text)
    expect(reads.map(({ line, stage: name, sources, text: shown }) => [line, name, sources, shown])).toEqual([
      [5, 'mid', ['child'], 'COPY $V /a'],
      [6, 'mid', ['bchild'], 'COPY b$V /b'],
      [8, '2', ['c'], 'COPY c /c'],
    ])
  })

  it('reach what their triggers copy from', () => {
    const text =
      'FROM scratch AS src\nCOPY a /\nFROM scratch AS base\nONBUILD COPY --from=src /a /\nFROM base'
    expect(asked(text)).toEqual(['a'])
    expect(asked(text, { target: 'base' })).toBeUndefined()
  })

  it('report what is wrong with a trigger where it fires, and only there', () => {
    const text = 'FROM scratch AS base\nONBUILD COPY --frm=x a b\nFROM base'
    expect(problems(text)).toEqual(['3: unknown flag: --frm (did you mean from?)'])
    expect(problems(text, { target: 'base' })).toEqual([])
  })
})

describe('named contexts', () => {
  const contexts = { extra: './extra' }

  it.each([
    ['FROM scratch\nCOPY --from=extra b a /z/', [{ name: 'extra', followPaths: ['a', 'b'] }]],
    [
      'FROM scratch\nCOPY --from=extra b /\nCOPY --from=extra a /\nCOPY c /',
      [
        { name: null, followPaths: ['c'] },
        { name: 'extra', followPaths: ['a', 'b'] },
      ],
    ],
    ['FROM scratch\nCOPY --from=extra . /z/', [{ name: 'extra', followPaths: null }]],
    ['FROM bb\nRUN --mount=from=extra,src=f,dst=/m x', [{ name: 'extra', followPaths: ['f'] }]],
    ['FROM extra', [{ name: 'extra', followPaths: null }]],
    ['FROM extra:latest', [{ name: 'extra', followPaths: null }]],
    [
      'FROM docker.io/library/extra AS x\nFROM scratch\nCOPY --from=x f /',
      [{ name: 'extra', followPaths: ['f'] }],
    ],
    ['FROM extra AS x\nRUN y\nFROM scratch\nCOPY --from=x f /', [{ name: 'extra', followPaths: null }]],
    [
      'FROM node AS extra\nCOPY a /\nFROM scratch\nCOPY --from=extra f /',
      [{ name: 'extra', followPaths: ['f'] }],
    ],
    [
      'FROM scratch AS x\nCOPY a /\nFROM x AS extra\nFROM extra\nCOPY b /',
      [
        { name: null, followPaths: ['b'] },
        { name: 'extra', followPaths: null },
      ],
    ],
    ['FROM scratch\nCOPY --from=extra <<E /\nE', []],
    ['FROM scratch\nCOPY --from=other f /', []],
  ])('are asked by %j', (text, requests) => {
    expect(plan(text, { contexts }).requests).toEqual(requests)
  })

  it.each([
    'docker-image://node',
    'https://x/y.git',
    'git@x:y',
    'oci-layout://x@sha256:0',
    'github.com/x/y',
    'https://x/y.tar',
  ])('that are %s ask nothing of this machine', (value) => {
    expect(plan('FROM scratch\nCOPY --from=extra f /', { contexts: { extra: value } })).toMatchObject({
      requests: [],
      problems: [],
      reads: [{ origin: { kind: 'named', name: 'extra' } }],
    })
  })

  it.each(['scratch', 'context'])('cannot replace %s', (name) => {
    const { requests } = plan(`FROM scratch\nCOPY --from=${name} f /`, { contexts: { [name]: './x' } })
    expect(requests).toEqual([])
  })
})

describe('reads', () => {
  it('tell where from, what, where to and how', () => {
    const text = [
      'FROM node AS build',
      'FROM scratch',
      'WORKDIR /w',
      'COPY --from=build --exclude=*.md --exclude=$x --parents /a b ./z',
      'ADD --unpack=false https://x/y a.tar <<E /z/',
      'E',
      'COPY --from=alpine:3 x y',
      'RUN --mount=from=build,src=/q,dst=m --mount=dst=/n x',
    ].join('\n')
    expect(plan(text).reads).toEqual([
      {
        instruction: 'COPY',
        line: 4,
        endLine: 4,
        text: 'COPY --from=build --exclude=*.md --exclude=$x --parents /a b ./z',
        stage: '1',
        stageIndex: 1,
        from: 'build',
        origin: { kind: 'stage', index: 0 },
        sources: ['/a', 'b'],
        localSources: ['/a', 'b'],
        dest: './z',
        excludes: ['*.md', '$x'],
        parents: true,
        unpack: null,
        mount: false,
        problem: null,
      },
      expect.objectContaining({
        instruction: 'ADD',
        endLine: 6,
        origin: { kind: 'main' },
        sources: ['https://x/y', 'a.tar'],
        localSources: ['a.tar'],
        unpack: false,
      }),
      expect.objectContaining({ origin: { kind: 'image', reference: 'alpine:3' } }),
      expect.objectContaining({ instruction: 'RUN', from: 'build', sources: ['/q'], dest: 'm', mount: true }),
      expect.objectContaining({ instruction: 'RUN', from: null, sources: [''], dest: '/n', mount: true }),
    ])
  })
})

describe('what is bound to fail', () => {
  it.each([
    ['COPY ${a:#b} /z', '2: failed to process "${a:#b}": unsupported modifier (:#) in substitution'],
    ['COPY ${a:?no} /z', '2: failed to process "${a:?no}": a: no'],
    ['LABEL a=${a:?no}', '2: failed to process "${a:?no}": a: no'],
    ['WORKDIR ${', '2: failed to process "${": syntax error: missing \'}\''],
    ['COPY <<E /z\n${a:?no}\nE', '2: failed to process "${a:?no}\\n": a: no'],
    [
      'COPY --chmod=9z a /z',
      "2: invalid chmod parameter: '9z'. it should be octal string and between 0 and 07777",
    ],
    [
      'COPY --chmod=77777 a /z',
      "2: invalid chmod parameter: '77777'. it should be octal string and between 0 and 07777",
    ],
    ['COPY --chmod=z a /z', '2: invalid syntax'],
    ['ADD --checksum=sha256:0 a /z', '2: checksum requires HTTP(S) or Git sources'],
    [
      'ADD --checksum=sha256:0 https://x https://y /z/',
      "2: checksum can't be specified for multiple sources",
    ],
    ['ADD --checksum=sha256:0 https://x /z', '2: invalid checksum digest length'],
    ['COPY git@x:y /z', "2: source can't be a git ref for COPY"],
    ['COPY https://x/y.git#main /z', "2: source can't be a git ref for COPY"],
    ['COPY https://x/y /z', "2: source can't be a URL for COPY"],
    ['ADD https://x/y.git?foo=1 /z', '2: unexpected query "foo"'],
    ['COPY --from=5 a /z', '2: invalid stage index 5'],
    ['COPY --from=-1 a /z', '2: invalid stage index -1'],
    ['COPY --from=0 a /z', '2: circular dependency detected on stage: stage-0'],
    [
      'COPY --from=$x a /z',
      '2: variable expansion is not supported for --from, define a new stage with FROM using ARG from global scope as a workaround',
    ],
    ['RUN --mount=type=bnd,target=/m x', '2: unsupported mount type "bnd" (did you mean bind?)'],
    ['RUN --mount=src=a,trget=/m x', "2: unexpected key 'trget' in 'trget=/m' (did you mean target?)"],
    ['RUN --mount=foo x', "2: invalid field 'foo' must be a key=value pair"],
    ['RUN --mount=target=/ x', '2: invalid mount target "/"'],
    ['RUN --mount=uid=1,target=/m x', '2: uid not allowed for "bind" type mounts'],
    [
      'RUN --mount=type=cache,sharing=lock,target=/m x',
      '2: unsupported sharing value "lock" (did you mean locked?)',
    ],
    ['RUN --mount=size=1,target=/m x', "2: unexpected key 'size' for mount type 'bind'"],
    ['RUN --mount=ro=maybe,target=/m x', '2: invalid value for ro: maybe'],
    ['RUN --mount=type=secret x', '2: invalid secret mount. one of source, target required'],
    ['RUN --mount=type=secret,id=a,src=b x', "2: both source and id can't be set"],
    ['RUN --mount=type=ssh,src=b x', '2: ssh does not support source'],
    ['EXPOSE x', '2: invalid containerPort: x'],
    ['EXPOSE 80/foo', '2: invalid port: "80/foo": invalid proto: foo'],
    ['STOPSIGNAL SIGFOO', '2: invalid signal: SIGFOO'],
  ])('%s', (lines, message) => {
    expect(problems(stage + lines)[0]).toBe(message)
  })

  it.each([
    'COPY --chmod=u+x,go=r a /z',
    'COPY --chmod=0755 a /z',
    'COPY --chmod=$MODE a /z',
    'ADD --checksum=v1 https://x/y.git /z',
    'EXPOSE 80 8000-8010/udp $PORT 1:2 127.0.0.1:1:2',
    'STOPSIGNAL rtmin+3',
    'STOPSIGNAL 9',
    'RUN --mount=type=tmpfs,size=64m,target=/m x',
    'RUN --mount=type=cache,id=a,sharing=locked,mode=0700,uid=1,gid=1,target=/m,ro x',
    'RUN --mount=type=secret,required,id=x,env=Y x',
    'RUN --mount=TYPE=BIND,SRC=a,DST=/m,rw=true x',
    'USER ${U:-a}',
    'SHELL ["x"]',
  ])('is not %s', (lines) => {
    expect(problems(stage + lines)).toEqual([])
  })

  it.each([
    [
      'FROM scratch AS x\nCOPY --from=y /a /\nFROM scratch AS y',
      { target: 'x' },
      '2: cannot copy from stage "y", it needs to be defined before current stage "x"',
    ],
    [
      'FROM bb AS x\nRUN --mount=from=y,dst=/m z\nFROM scratch AS y',
      { target: 'x' },
      '2: cannot mount from stage "y" to "/m", stage needs to be defined before current command',
    ],
    [
      'FROM scratch AS x\nCOPY --from=y /a /\nFROM scratch AS y\nCOPY --from=x /a /',
      {},
      '2: circular dependency detected on stage: x',
    ],
    ['FROM scratch', { target: '0' }, '-: target stage "0" could not be found'],
    [
      'FROM scratch AS build',
      { target: 'biuld' },
      '-: target stage "biuld" could not be found (did you mean build?)',
    ],
    ['ARG X\nFROM $X', {}, '2: base name ($X) should not be blank'],
    ['FROM ${X:?no}', {}, '1: failed to process "${X:?no}": X: no'],
    ['ARG X=${Y:?no}\nFROM scratch', {}, '1: failed to process "${Y:?no}": Y: no'],
    ['FROM --platform=$NOPE scratch', {}, '1: empty platform value from expression $NOPE'],
    [
      'FROM --platform=$TARGETPLATFROM scratch',
      {},
      '1: empty platform value from expression $TARGETPLATFROM (did you mean TARGETPLATFORM?)',
    ],
    [
      'FROM scratch AS build\nFROM Build',
      {},
      '2: failed to parse stage name "Build": invalid reference format: repository name (library/Build) must be lowercase',
    ],
    ['FROM a::b', {}, '1: failed to parse stage name "a::b": invalid reference format'],
    ['FROM scratch AS build-', {}, '1: invalid context name build-: invalid reference format'],
  ])('%j for %j', (text, options, message) => {
    expect(problems(text, options)[0]).toBe(message)
  })

  it('is none of a word that hangs on an argument whose value only a run can tell', () => {
    const text =
      'ARG BASE\nARG TAG\nARG OS\nFROM --platform=$OS $BASE AS a\nFROM node:$TAG\nCOPY --from=a /a /\n'
    expect(problems(text, { openArgs: ['BASE', 'TAG', 'OS'] })).toEqual([])
    expect(problems(text, { openArgs: ['BASE', 'TAG'] })).toEqual([
      '4: empty platform value from expression $OS',
    ])
  })

  it('does not matter in a stage that is not needed, but for --from and names', () => {
    const dead = 'FROM scratch AS dead\nCOPY ${a:?no} /\nCOPY https://x /\nRUN --mount=type=foo x\n'
    expect(problems(`${dead}FROM scratch`)).toEqual([])
    expect(problems('FROM scratch AS dead\nCOPY --from=7 a b\nFROM scratch')).toEqual([
      '2: invalid stage index 7',
    ])
    expect(problems('FROM A AS dead\nFROM scratch')).toHaveLength(1)
  })

  it('is said once: a line that is refused as it stands is not complained about again', () => {
    expect(problems(`${stage}RUN --mount=a=b,from=$x y\nCOPY a`)).toHaveLength(2)
  })

  it('stands on the read as well', () => {
    expect(plan(`${stage}COPY https://x/y a /z/`).reads).toMatchObject([
      { sources: ['https://x/y', 'a'], localSources: ['a'], problem: { code: 'remote-source' } },
    ])
  })
})

describe('planBuild', () => {
  it('never throws, and asks only for clean paths in byte order', () => {
    const line = fc.constantFrom(
      'FROM scratch',
      'FROM x AS x',
      'FROM scratch AS y',
      'FROM $V AS x',
      'ARG V=x',
      'ENV V=$V$V',
      'COPY $V/../a ./b/ /z/',
      'COPY --from=x a b',
      'COPY --from=0 a b',
      'COPY --from=1 a b',
      'ONBUILD COPY --from=y q /',
      'ONBUILD ADD c /',
      'RUN --mount=from=y,src=$V,dst=/m x',
      'RUN --mount=src=d//e,dst=/m x',
      'ADD ${V',
      'COPY',
      'FROM',
    )
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), fc.constantFrom('', 'x', 'y'), (lines, target) => {
        const { requests, reads, stages } = plan(lines.join('\n'), { target, contexts: { y: './y' } })
        for (const { followPaths } of requests) {
          expect(
            followPaths?.every((path) => path !== '' && !/^\/|\/\/|(^|\/)\.\.?(\/|$)|\/$/.test(path)) ?? true,
          ).toBe(true)
          expect(followPaths).toEqual(followPaths === null ? null : [...new Set(followPaths)].sort())
        }
        for (const { stageIndex } of reads) expect(stages[stageIndex]?.reachable).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })

  const count = 10_000
  const repeat = (make: (i: number) => string): string =>
    Array.from({ length: count }, (_, i) => make(i)).join('')

  it.each([
    [
      'stages that copy from each other',
      repeat((i) => `FROM scratch AS s${i}\nCOPY a${i} /\n${i > 0 ? `COPY --from=s${i - 1} /x /\n` : ''}`),
    ],
    [
      'stages on top of each other',
      repeat((i) => `FROM ${i > 0 ? `s${i - 1}` : 'scratch'} AS s${i}\nENV V${i}=x\nCOPY a$V${i}$V0 /\n`),
    ],
    [
      'stages with triggers',
      repeat((i) => `FROM ${i > 0 ? `s${i - 1}` : 'scratch'} AS s${i}\nONBUILD COPY a${i} /\n`),
    ],
    ['stages in a circle', repeat((i) => `FROM scratch AS s${i}\nCOPY --from=s${(i + 1) % count} /x /\n`)],
    ['mounts', `FROM scratch\n${repeat(() => 'RUN --mount=src=a,dst=/b,from=foo x\n')}`],
    ['values that double', `FROM scratch\nENV a=xxxxxxxx\n${repeat(() => 'ENV a=$a$a\n')}COPY $a /\n`],
  ])('takes 10,000 %s in time', (_name, text) => {
    const before = performance.now()
    plan(text)
    expect(performance.now() - before).toBeLessThan(2000)
  })
})
