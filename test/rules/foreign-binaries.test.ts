import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { mostBinaries } from '../../src/inspect/read.ts'
import type { ScanOptions } from '../../src/scan.ts'
import { elf, javaClass, machO, windows } from '../inspect/heads.ts'
import { scanTree } from '../scan-tree.ts'

function look(tree: MemoryTree, options: Partial<ScanOptions> = {}) {
  const [context] = scanTree(tree, options).report.contexts
  return context?.findings.filter(({ rule }) => rule === 'foreign-binaries') ?? []
}

const esbuild = 'node_modules/@esbuild/darwin-arm64/bin/esbuild'
const program = (content: Uint8Array) => ({ type: 'file', content, mode: 0o755 }) as const
const node = (...lines: readonly string[]) => `FROM node\nWORKDIR /app\n${lines.join('\n')}\n`

describe('binaries of macOS', () => {
  it('that land on what an install made are a warning with both lines', () => {
    const Dockerfile = node('COPY package.json ./', 'RUN npm ci', 'COPY . .')
    const tree = {
      'package.json': '{}',
      [esbuild]: program(machO()),
      'node_modules/b/b.node': machO(),
      Dockerfile,
    }
    expect(look(tree)).toMatchObject([
      {
        severity: 'warning',
        confidence: 'high',
        at: { file: 'Dockerfile', line: 5 },
        message: `COPY (line 5) puts 2 macOS binaries over what npm ci (line 4) installed for linux/amd64: ${esbuild}, …`,
        bytes: 128,
        data: { fails: false, system: 'macOS', files: 2, over: { line: 4, command: 'npm ci' } },
      },
    ])
  })

  it('that land where the install put nothing only go into the image', () => {
    const Dockerfile = node('COPY package.json ./', 'RUN npm ci', 'COPY . .')
    const tree = { 'package.json': '{}', 'e2e/package.json': '{}', [`e2e/${esbuild}`]: program(machO()) }
    expect(look({ ...tree, Dockerfile })).toMatchObject([
      {
        severity: 'warning',
        message: `COPY (line 5) puts a macOS binary into a linux/amd64 image, which cannot run it: e2e/${esbuild}`,
        data: { over: null },
      },
    ])
  })

  it('that an install erases afterwards are none', () => {
    expect(look({ [esbuild]: program(machO()), Dockerfile: node('COPY . .', 'RUN npm ci') })).toEqual([])
  })

  it('that are deleted afterwards are none', () => {
    const Dockerfile = node('COPY . .', 'RUN rm -rf node_modules')
    expect(look({ [esbuild]: program(machO()), Dockerfile })).toEqual([])
  })

  it('among packages go into the image with a warning', () => {
    expect(look({ [esbuild]: program(machO()), Dockerfile: node('COPY . .') })).toMatchObject([
      { severity: 'warning', at: { line: 3 }, data: { over: null, files: 1 } },
    ])
  })

  it('of the project itself may lie there for nothing', () => {
    const Dockerfile = node('COPY . .')
    expect(look({ 'bin/tool': machO(), Dockerfile })).toMatchObject([
      { severity: 'info', confidence: 'medium' },
    ])
    // That is what the image is for.
    expect(look({ 'bin/tool': machO(), Dockerfile: node('COPY bin/tool /tool') })).toMatchObject([
      { severity: 'warning', confidence: 'high' },
    ])
  })

  it('that land on the file of a COPY --from are a warning with both lines', () => {
    const stages = (...last: readonly string[]) =>
      ['FROM go AS made', 'RUN true', 'FROM node', 'WORKDIR /app', ...last, ''].join('\n')
    const tree = { 'extra/health': program(machO()) }
    const from = 'COPY --from=made /out/health extra/'
    expect(look({ ...tree, Dockerfile: stages(from, 'COPY . .') })).toMatchObject([
      {
        severity: 'warning',
        confidence: 'high',
        message: `COPY (line 6) puts a macOS binary over what ${from} (line 5) brought: extra/health`,
        data: { over: { line: 5, command: from } },
      },
    ])
    for (const other of ['COPY --from=made /out/other extra/', 'COPY --from=made /out /app/extra/x'])
      expect(look({ ...tree, Dockerfile: stages(other, 'COPY . .') })).toMatchObject([
        { severity: 'info', data: { over: null } },
      ])
    expect(look({ ...tree, Dockerfile: stages('COPY . .', from) })).toMatchObject([{ data: { over: null } }])
  })

  it('that stay in a stage are said to be in it', () => {
    const stage = ['FROM go AS made', 'WORKDIR /w', 'COPY . .', 'RUN go build -o out/tool .', 'FROM go']
    const Dockerfile = [...stage, 'COPY --from=made /w/out /', ''].join('\n')
    expect(look({ debug: program(machO()), 'out/tool': program(machO()), Dockerfile })).toMatchObject([
      {
        message:
          'COPY (line 3) puts a macOS binary into stage made for linux/amd64, which cannot run it: debug',
        data: { paths: ['debug'] },
      },
    ])
    const whole = [...stage, 'COPY --from=made /w /x', ''].join('\n')
    expect(look({ debug: program(machO()), Dockerfile: whole })[0]?.message).toContain(
      'into a linux/amd64 image',
    )
  })

  it('without an ending are seen by their size where their mode says nothing', () => {
    const large = Uint8Array.from([...machO(), ...new Uint8Array(70_000)])
    const Dockerfile = node('COPY . .')
    const tree = { tool: large, '.git/objects/ab/cd': large, 'a.bin': large, small: machO(), Dockerfile }
    expect(look(tree).map(({ data }) => data['paths'])).toEqual([['tool']])
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`data/${i}`, 80_000 + i]))
    expect(look({ ...tree, ...many })).toEqual([])
    expect(look({ ...tree, ...many, bin: program(machO()) })).toHaveLength(1)
  })

  it('that a bind mount shows are in no image', () => {
    const Dockerfile = node('RUN --mount=type=bind,target=/x make')
    expect(look({ [esbuild]: program(machO()), Dockerfile })).toEqual([])
  })

  it('that are not copied are none', () => {
    const tree = { [esbuild]: program(machO()), 'a.txt': 1 }
    expect(look({ ...tree, Dockerfile: node('COPY a.txt .') })).toEqual([])
    expect(look({ ...tree, '.dockerignore': 'node_modules\n' })).toEqual([])
  })
})

describe('binaries of another kind', () => {
  it('are told apart', () => {
    const tree = { 'x.dll': windows(), 'x.so': elf(183), 'y.so': elf(62), Dockerfile: node('COPY . .') }
    expect(look(tree).map(({ data }) => data['system'])).toEqual(['Windows', 'linux/arm64'])
  })

  it('are held against the platform that is built for', () => {
    const tree = { 'x.so': elf(183), 'y.so': elf(62), Dockerfile: node('COPY . .') }
    expect(look(tree, { platform: 'linux/arm64' }).map(({ data }) => data['paths'])).toEqual([['y.so']])
  })

  it('are not judged by processor where a stage has a platform of its own', () => {
    const Dockerfile = 'FROM --platform=linux/arm64 a\nCOPY . /x\n'
    expect(look({ 'x.so': elf(183), Dockerfile })).toEqual([])
    expect(look({ 'x.dylib': machO(), Dockerfile })).toHaveLength(1)
  })

  it.each<[string, string, Uint8Array]>([
    ['a Java class', 'bin/A', javaClass(61)],
    ['an assembly of .NET', 'obj/app.dll', windows({ managed: true })],
    ['what a package has for every system', 'node_modules/a/prebuilds/darwin-x64/a.node', machO()],
    ['the launchers of setuptools', 'lib/site-packages/setuptools/cli-64.exe', windows()],
    ['data of a name that suggests nothing', 'data/a.bin', machO()],
  ])('are none: %s', (_, path, content) => {
    expect(look({ [path]: content, Dockerfile: node('COPY . .') })).toEqual([])
  })
})

it('looks at the largest and at no more than it says', () => {
  const tree: Record<string, MemoryTree[string]> = { Dockerfile: node('COPY . .') }
  for (let i = 0; i < mostBinaries + 50; i++) tree[`lib/${i}.so`] = 5000
  tree['z.dylib'] = Uint8Array.from([...machO(), ...new Uint8Array(9000)])
  tree['small.dylib'] = machO()
  expect(look(tree)).toMatchObject([{ data: { files: 1, paths: ['z.dylib'] } }])
})

it('shows no escape sequence of a name', () => {
  const [finding] = look({ 'a\u001b[2J.dylib': machO(), Dockerfile: node('COPY . .') })
  expect(finding?.message).toContain('a\\x1b[2J.dylib')
})
