import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dirKind } from '../../src/context/table.ts'
import type { ReadInstruction } from '../../src/dockerfile/model.ts'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import type { Host } from '../../src/host/host.ts'
import type { MemoryTree } from '../../src/host/memory.ts'
import { hasWildcard, matchGlob } from '../../src/lib/glob.ts'
import { decodePath, rootedPath } from '../../src/lib/path.ts'
import { type ProposedScan, propose } from '../../src/propose.ts'
import { resolveReads } from '../../src/resolve/reads.ts'
import { selectForBuildkit } from '../../src/resolve/selection.ts'
import { type Scan, scan } from '../../src/scan.ts'
import { dockerfileWith, ignoreTextWith } from '../../src/suggest/edits/texts.ts'
import { accepted, editsOf } from '../../src/suggest/report.ts'
import { runOn } from '../cli/world.ts'
import { git } from '../git.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'
import { imagesOf, type Tree } from './images.ts'
import { everything, files, type Project, project, treeOf } from './projects.ts'

const scanOf = (tree: MemoryTree): Scan => scan(contextHost(tree), plainBuild)
function proposed(one: Project): ProposedScan {
  const host = contextHost(treeOf(one))
  return propose(host, scan(host, plainBuild), { thorough: true })
}

/** What an instruction reads of a tree, and whether it fails. */
function readsOf({ table }: Scan['main'], instruction: ReadInstruction) {
  const { rows, failure } = resolveReads(table, selectForBuildkit(table, null), instruction)
  return { paths: new Set(Array.from(rows, (row) => table.path(row))), fails: failure !== null }
}

/** True when the path is merely below what a source names: the whole context, or a directory that is the project's. */
function isBroad(instruction: ReadInstruction, path: string, isProjects: (dir: string) => boolean): boolean {
  const parts = path.split('/')
  const above = parts.map((_, index) => parts.slice(0, index).join('/'))
  return instruction.localSources.some((source) => {
    const wanted = rootedPath(instruction.parents ? source.replace('/./', '/') : source)
    if (wanted === '') return true
    const isIt = (dir: string) =>
      hasWildcard(wanted) && !instruction.mount ? matchGlob(wanted, dir) === 'match' : dir === wanted
    return above.some((dir) => dir !== '' && isIt(dir) && (hasWildcard(wanted) || isProjects(dir)))
  })
}

const withIgnore = (one: Project, ignore: string | null): Project => ({ ...one, ignore })

/** What instructions lose by a change of the ignore file, of this tree or another. */
function lossesOf(
  made: ProposedScan,
  one: Project,
  change: { readonly tree: MemoryTree; readonly text: string },
): readonly { readonly instruction: ReadInstruction; readonly path: string }[] {
  const of = (ignore: string | null) => scanOf(treeOf({ ...one, files: change.tree, ignore })).main
  const [before, after] = [of(one.ignore), of(change.text)]
  return made.proposals.group.members.flatMap(({ plan }) =>
    plan.reads
      .filter(({ origin }) => origin.kind === 'main')
      .flatMap((instruction) => {
        const [old, new_] = [readsOf(before, instruction), readsOf(after, instruction)]
        const lost = [...old.paths].filter((path) => !new_.paths.has(path))
        // It let something in that was out.
        for (const path of new_.paths) if (!old.paths.has(path)) expect(path).toBe('.dockerignore')
        return [...lost, ...(new_.fails && !old.fails ? ['fails'] : [])].map((path) => ({
          instruction,
          path,
        }))
      }),
  )
}

/** A link that leads somewhere only tomorrow cannot be known of today. */
const withoutLinks = (tree: MemoryTree): MemoryTree =>
  Object.fromEntries(
    Object.entries(tree).filter(
      ([, entry]) => !(typeof entry === 'object' && 'type' in entry && entry.type === 'symlink'),
    ),
  )

const certain = ({ proposals }: ProposedScan) => accepted(proposals, false)
const shownLoss = ({ instruction, path }: ReturnType<typeof lossesOf>[number]) =>
  `${instruction.line}: ${instruction.text} | ${path}`

function isProjectsIn({ tracked, files: tree, dockerfiles }: Project): (dir: string) => boolean {
  const known = [...(tracked ?? Object.keys(tree)), ...Object.keys(dockerfiles)]
  return (dir) => known.some((path) => path.startsWith(`${dir}/`))
}

const padded = (text: string | null, length: number): string => {
  const missing = length - Buffer.byteLength(text ?? '')
  if (missing === 0) return text ?? ''
  const open = text === null || text === '' || text.endsWith('\n') ? '' : '\n'
  const filled = `${text ?? ''}${open}#`
  return filled + '#'.repeat(Math.max(0, length - Buffer.byteLength(filled)))
}

describe('following all that is proven or safe', { timeout: 60_000 }, () => {
  it('takes nothing from an instruction that names it, on this tree and on others', () => {
    let followed = 0
    fc.assert(
      fc.property(project, files, (one, other) => {
        const made = proposed(one)
        const text = ignoreTextWith(certain(made), made.proposals.originals)
        if (text === (one.ignore ?? '')) return
        followed++
        for (const tree of [one.files, withoutLinks(other), withoutLinks(everything)]) {
          const losses = lossesOf(made, one, { tree, text })
          const taken = losses.filter(
            ({ instruction, path }) => !isBroad(instruction, path, isProjectsIn(one)),
          )
          // Where another tree has nothing but such things in a directory, nobody would have it copied.
          const isBare = ({ instruction, path }: (typeof losses)[number]) =>
            path === 'fails' && tree !== one.files && taken.every((other) => other.path === 'fails')
              ? losses.some((other) => other.instruction === instruction && other.path !== 'fails')
              : false
          expect(taken.filter((loss) => !isBare(loss)).map(shownLoss)).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
    expect(followed).toBeGreaterThan(20)
  })

  it('takes nothing from any instruction where it is proven', () => {
    let followed = 0
    fc.assert(
      fc.property(project, files, (one, other) => {
        const made = proposed(one)
        const proven = made.proposals.suggestions.filter(({ safety }) => safety === 'proven')
        if (proven.length === 0) return
        followed++
        const text = ignoreTextWith(proven, made.proposals.originals)
        for (const tree of [one.files, withoutLinks(other), withoutLinks(everything)])
          expect(lossesOf(made, one, { tree, text }).map(shownLoss)).toEqual([])
      }),
      { numRuns: 120 },
    )
    expect(followed).toBeGreaterThan(3)
  })

  it('raises no amount and lets nothing in', () => {
    fc.assert(
      fc.property(project, files, (one, other) => {
        const made = proposed(one)
        const text = ignoreTextWith(certain(made), made.proposals.originals)
        if (text === (one.ignore ?? '')) return
        for (const tree of [one.files, withoutLinks(other), withoutLinks(everything)]) {
          // The file's own bytes are not the question.
          const length = Math.max(Buffer.byteLength(text), Buffer.byteLength(one.ignore ?? '') + 2)
          const of = (ignore: string) =>
            scanOf(treeOf({ ...one, files: tree, ignore: padded(ignore, length) }))
          const [before, after] = [of(one.ignore ?? ''), of(text)]
          expect(raised(amountsOf(before), amountsOf(after))).toEqual([])
          expect([...keptOf(after)].filter((path) => !keptOf(before).has(path))).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
  })

  it('leaves nothing to propose', () => {
    fc.assert(
      fc.property(project, (one) => {
        const made = proposed(one)
        const edits = editsOf(certain(made), made.proposals)
        if (edits.length === 0) return
        const again = proposed(edited(one, edits))
        expect(editsOf(certain(again), again.proposals)).toEqual([])
        expect(
          again.proposals.suggestions.filter(({ safety }) => safety !== 'review').map(({ id }) => id),
        ).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})

describe('what the laws have found', { timeout: 60_000 }, () => {
  const none = { files: {}, ignore: null, tracked: null }
  const go = { 'go.mod': 'module x\n', 'go.sum': 'x', 'main.go': 'package main\n' }
  const idsOf = (one: Partial<Project>) =>
    proposed({ ...none, dockerfiles: {}, ...one }).proposals.suggestions.map(({ id }) => id)
  const rewritesOf = (Dockerfile: string, files: MemoryTree = go) =>
    idsOf({ files, dockerfiles: { Dockerfile } }).filter((id) => !/^(?:ignore|guard)/.test(id))

  it('downloads modules where the module will lie, be that the directory of the stage by then or not', () => {
    const rest = 'RUN go build -buildvcs=false -o /x .\n'
    const Dockerfile = `FROM golang:1.24\nCOPY . /src\nWORKDIR /src\n${rest}`
    const { suggestions } = proposed({ ...none, files: go, dockerfiles: { Dockerfile } }).proposals
    expect(suggestions.flatMap(({ rewrites }) => rewrites.map(({ text }) => text))).toEqual([
      'COPY go.mod go.sum /src/\nRUN cd /src && go mod download\n',
    ])
    expect(rewritesOf(`FROM golang:1.24\nWORKDIR /src\nCOPY . /src\n${rest}`)).toEqual([
      'go-modules Dockerfile:4',
    ])
  })

  it.each(['go build -o /x .', 'pip install .'])(
    'installs no program of the system before %s, which may look for it',
    (command) => {
      const text = `FROM golang:1.24\nWORKDIR /src\nCOPY . .\nRUN ${command}\nRUN apt-get install -y git\n`
      expect(rewritesOf(text).filter((id) => id.startsWith('system-first'))).toEqual([])
    },
  )

  it('keeps a remark at the cut of a RUN', () => {
    const lines = [
      'FROM node',
      'WORKDIR /app',
      'COPY . .',
      'RUN npm ci \\',
      '  # why',
      '  && npm run build',
      '',
    ]
    const files = { 'package.json': '{"scripts":{"build":"next build"}}', 'package-lock.json': '{}' }
    const made = proposed({ ...none, files, dockerfiles: { Dockerfile: lines.join('\n') } })
    const after = editsOf(certain(made), made.proposals).find(({ file }) => file === 'Dockerfile')?.after
    const moved = [
      'COPY package.json package-lock.json ./',
      'RUN npm ci',
      'COPY . .',
      '# why',
      'RUN npm run build',
      '',
    ]
    expect(after?.split('\n')).toEqual(['FROM node', 'WORKDIR /app', ...moved])
  })

  it('has no line to propose that it could not place before', () => {
    const one = {
      files: { 'pyproject.toml': '', 'main.pyc': 1, 'dist/app.js': 1 },
      tracked: null,
      dockerfiles: { Dockerfile: 'FROM scratch\nRUN x\n' },
    }
    const made = proposed({ ...one, ignore: '!dist/app.js' })
    const again = proposed(edited({ ...one, ignore: '!dist/app.js' }, editsOf(certain(made), made.proposals)))
    expect(editsOf(certain(again), again.proposals)).toEqual([])
  })

  const npm = { 'package.json': '{}', 'package-lock.json': '{}', 'node_modules/x/index.js': 1 }
  const nodeLines = ['FROM node', 'WORKDIR /app', 'COPY . .']

  it.each<[string, Partial<Project>]>([
    [
      'a line that an exception met before',
      {
        files: npm,
        ignore: '!node_modules/x\n!dist\n',
        dockerfiles: { Dockerfile: [...nodeLines, 'RUN npm ci', ''].join('\n') },
      },
    ],
    [
      'modules that could be downloaded once the copy stands behind a USER',
      {
        files: { ...npm, ...go },
        dockerfiles: {
          Dockerfile: [
            ...nodeLines,
            'USER node',
            'RUN npm ci',
            'RUN go build -buildvcs=false ./...',
            '',
          ].join('\n'),
        },
      },
    ],
    [
      'packages of another install, which go',
      {
        files: { 'requirements.txt': 'flask\n', 'node_modules/x/index.js': 1 },
        dockerfiles: {
          Dockerfile: [...nodeLines, 'RUN npm ci', 'RUN pip install -r requirements.txt', ''].join('\n'),
        },
      },
    ],
    [
      'what is read nowhere, let in by an exception',
      {
        files: { 'packages/a/node_modules/x.js': 1, ...npm },
        ignore: '*\n!packages\n!node_modules',
        dockerfiles: { Dockerfile: 'FROM node\nWORKDIR /app\nCOPY packages/a .\nRUN npm ci\n' },
      },
    ],
    [
      'a copy before the one that brings the module',
      {
        files: go,
        dockerfiles: {
          Dockerfile:
            'FROM golang\nWORKDIR /app\nCOPY . sub/\nCOPY . ./\nRUN go build -buildvcs=false ./...\n',
        },
      },
    ],
    [
      'packages of the system behind a PATH that leads into the copy',
      {
        files: npm,
        dockerfiles: {
          Dockerfile: [
            ...nodeLines,
            'ENV PATH=/app/bin:$PATH',
            'RUN npm ci',
            'RUN apt-get update && apt-get install -y git',
            '',
          ].join('\n'),
        },
      },
    ],
    [
      'packages of the system that nobody may install',
      {
        files: npm,
        dockerfiles: {
          Dockerfile: [
            ...nodeLines,
            'USER node',
            'RUN npm ci',
            'RUN apt-get update && apt-get install -y git',
            '',
          ].join('\n'),
        },
      },
    ],
  ])('says in one run all there is to say of %s', (_, given) => {
    const one: Project = { ...none, dockerfiles: {}, ...given }
    const made = proposed(one)
    const again = proposed(edited(one, editsOf(certain(made), made.proposals)))
    expect(editsOf(certain(again), again.proposals)).toEqual([])
  })

  it('lets what an allow-list lets in of a source go only where the source finds something else', () => {
    const idsWith = (files: MemoryTree) =>
      idsOf({
        files: { 'app/__pycache__/main.pyc': 60, ...files },
        ignore: '*\n!app/**',
        dockerfiles: { Dockerfile: 'FROM python\nCOPY . .\nCOPY ./app/ ./\n' },
      }).filter((id) => id.includes('pycache'))
    expect(idsWith({})).toEqual([])
    expect(idsWith({ 'app/main.py': '' })).toEqual(['ignore **/__pycache__'])
  })

  it('keeps for the sake of a pattern, which may match nothing, the last of the directory that it looks in', () => {
    const idsWith = (files: MemoryTree) =>
      idsOf({
        files: { 'src/x.log': 24, ...files },
        ignore: '*\n!src/*.*',
        dockerfiles: { Dockerfile: 'FROM node:22\nCOPY src/*.js ./\n' },
      }).filter((id) => id.includes('.log'))
    expect(idsWith({})).toEqual([])
    expect(idsWith({ 'src/a.js': 9 })).toEqual(['ignore src/x.log'])
  })

  it('takes no file for copied by a pattern of --parents that does not match it', () => {
    const copies = ['COPY --parents packages/*/package.json ./', 'COPY . ./', 'RUN npm ci', '']
    const made = proposed({
      ...none,
      files: npm,
      dockerfiles: { Dockerfile: ['FROM node', 'WORKDIR /app', ...copies].join('\n') },
    })
    const after = editsOf(certain(made), made.proposals).find(({ file }) => file === 'Dockerfile')?.after
    expect(after?.split('\n')).toContain('COPY package.json package-lock.json ./')
  })

  it('puts off no copy of several directories, which fill one place over each other', () => {
    const files = { ...npm, 'packages/a/package.json': '{}' }
    const copies = (line: string) =>
      idsOf({
        files,
        dockerfiles: { Dockerfile: ['FROM node', 'WORKDIR /app', line, 'RUN npm ci', ''].join('\n') },
      }).filter((id) => id.startsWith('manifest-first'))
    expect(copies('COPY packages/a . ./')).toEqual([])
    expect(copies('COPY . ./')).toHaveLength(1)
  })

  it('warns of one environment, also when it is ignored by now', () => {
    const python = { 'requirements.txt': 'flask\n', 'app.py': '' }
    const ids = idsOf({
      files: python,
      ignore: '**/.venv\n**/__pycache__\n',
      dockerfiles: { Dockerfile: 'FROM python\nCOPY . .\n' },
    })
    expect(ids.filter((id) => id.startsWith('guard'))).toEqual([])
  })

  it('takes nothing out of a directory that COPY --parents asks for before it is there', () => {
    const Dockerfile = 'FROM node\nCOPY --parents dist ./\nFROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
    const npm = { 'package.json': '{}', 'package-lock.json': '{}', 'node_modules/x/index.js': 1 }
    const ids = idsOf({ files: npm, dockerfiles: { Dockerfile } })
    expect(ids.filter((id) => id.includes('**/node_modules'))).toEqual([])
  })

  it('moves a copy behind an install only with a line that no exception undoes', () => {
    const packages = { 'package.json': '{}', 'package-lock.json': '{}', 'node_modules/x/index.js': 1 }
    const dockerfiles = { Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n' }
    const textFor = (ignore: string) => {
      const made = proposed({ ...none, files: packages, ignore, dockerfiles })
      const isMoved = made.proposals.suggestions.some(({ id }) => id.startsWith('manifest-first'))
      return isMoved ? ignoreTextWith(certain(made), made.proposals.originals) : null
    }
    expect(textFor('!**/*.js\n')?.split('\n').slice(0, 1)).toEqual(['!**/*.js'])
    // What somebody lets in by its name is wanted there.
    expect(textFor('!node_modules/x\n')).toBe(null)
    expect(textFor('node_modules\n!node_modules/x\n')).toBe(null)
  })

  it('takes nothing out of what an instruction asks for by a link', () => {
    const ids = idsOf({
      files: { 'dist/app.log': 92, 'dist/a.js': 1, 'a.py': '', current: { type: 'symlink', target: 'dist' } },
      ignore: '',
      dockerfiles: { Dockerfile: 'FROM node AS s0\nCOPY current ./\nFROM node\nCOPY . ./\n' },
    })
    expect(ids.filter((id) => /log/.test(id))).toEqual([])
  })

  it('asks before an install loses a setting that only this machine has', () => {
    const made = proposed({
      ...none,
      files: { 'package.json': '{}', 'package-lock.json': '{}', '.npmrc': 'fund=false\n' },
      tracked: ['package.json', 'package-lock.json'],
      dockerfiles: { Dockerfile: 'FROM node\nWORKDIR /app\nCOPY . .\nRUN npm ci\n' },
    })
    const moved = made.proposals.suggestions.filter(({ id }) => id.startsWith('manifest-first'))
    expect(moved.map(({ safety }) => safety)).toEqual(['review'])
  })

  it('takes nothing out of what a wildcard asks for that git does not track', () => {
    const ids = idsOf({
      files: { 'src/a.js': 1, 'dist/x.log': 1, 'dist/a.js': 1 },
      tracked: ['src/a.js'],
      dockerfiles: { Dockerfile: 'FROM scratch\nCOPY dis* ./\nCOPY src ./src\n' },
    })
    expect(ids.filter((id) => /log/.test(id))).toEqual([])
  })
})

describe('a change of a Dockerfile', { timeout: 60_000 }, () => {
  it('keeps every word, and is read without a mistake', () => {
    let changed = 0
    fc.assert(
      fc.property(project, (one) => {
        const made = proposed(one)
        for (const suggestion of made.proposals.suggestions.filter(({ rewrites }) => rewrites.length > 0)) {
          changed++
          const [file = ''] = suggestion.rewrites.map((edit) => edit.file)
          const before = made.proposals.originals.dockerfiles.get(file) ?? ''
          const after = dockerfileWith([suggestion], file, before)
          expect(parseDockerfile(after, file).problems).toEqual([])
          // One that narrows a copy puts names in the place of its sources.
          const sources = suggestion.id.startsWith('too-wide')
            ? suggestion.rewrites.flatMap(({ start, end }) => before.slice(start, end).split(/\s+/))
            : []
          expect(lostWords(before, after).filter((word) => !sources.includes(word))).toEqual([])
        }
      }),
      { numRuns: 60 },
    )
    expect(changed).toBeGreaterThan(4)
  })

  it('ends with the same files in every stage, together with the lines that belong to it', () => {
    let changed = 0
    fc.assert(
      fc.property(project, (one) => {
        const made = proposed(one)
        const all = certain(made)
        if (!all.some(({ rewrites }) => rewrites.length > 0)) return
        changed++
        const ignore = ignoreTextWith(all, made.proposals.originals)
        const tree = treeAfter(one, ignore)
        for (const member of made.proposals.group.members) {
          const { file, text } = member.dockerfile
          const after = dockerfileWith(all, file, text)
          if (after === text) continue
          expect(imagesOf(after, member.request, tree)).toEqual(imagesOf(text, member.request, tree))
        }
      }),
      { numRuns: 60 },
    )
    expect(changed).toBeGreaterThan(4)
  })
})

describe('ctxsize fix', { timeout: 60_000 }, () => {
  it('writes what it shows', async () => {
    await fc.assert(
      fc.asyncProperty(project, fc.boolean(), async (one, review) => {
        const options = review ? ['--include', 'review'] : []
        const shown = await ctxsize(contextHost(treeOf(one)), ['fix', '--format', 'json', ...options, '/ctx'])
        const { edits } = JSON.parse(shown)
        const host = contextHost(treeOf(one))
        const written = await ctxsize(host, ['fix', '--write', ...options, '/ctx'])
        expect(written).not.toMatch(/ {4}at /)
        const after = new Map<string, string>(
          edits.map((edit: { file: string; after: string }) => [edit.file, edit.after]),
        )
        for (const [file, text] of Object.entries(one.dockerfiles))
          expect(textAt(host, file)).toBe(after.get(file) ?? text)
        expect(textAt(host, '.dockerignore')).toBe(after.get('.dockerignore') ?? one.ignore)
      }),
      { numRuns: 15 },
    )
  })

  it('prints what git apply takes', async () => {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-apply-'))
    git(root, 'init', '-q')
    let applied = 0
    try {
      await fc.assert(
        fc.asyncProperty(project, async (one) => {
          const made = proposed(one)
          const edits = editsOf(certain(made), made.proposals)
          if (edits.length === 0) return
          applied++
          for (const name of fs.readdirSync(root))
            if (name !== '.git') fs.rmSync(path.join(root, name), { recursive: true })
          for (const [file, text] of Object.entries(treeOf(one)))
            if (typeof text === 'string') {
              fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
              fs.writeFileSync(path.join(root, file), text)
            }
          fs.writeFileSync(path.join(root, 'patch'), await ctxsize(contextHost(treeOf(one)), ['fix', '/ctx']))
          git(root, 'apply', 'patch')
          for (const { file, after } of edits)
            expect(fs.readFileSync(path.join(root, file), 'utf8')).toBe(after)
        }),
        { numRuns: 30 },
      )
    } finally {
      fs.rmSync(root, { recursive: true, force: true })
    }
    expect(applied).toBeGreaterThan(4)
  })

  it('has a screen and a document for everything', async () => {
    await fc.assert(
      fc.asyncProperty(project, async (one) => {
        for (const line of ['', 'fix', 'ignore', 'fix --include review'])
          for (const format of ['table', 'json']) {
            const words = [...line.split(' ').filter(Boolean), '--format', format, '/ctx']
            const text = await ctxsize(contextHost(treeOf(one)), words)
            // There is no ignore file, and none to propose.
            if (line !== 'ignore' || format === 'json') expect(text).not.toBe('')
            if (format === 'json') expect(() => JSON.parse(text)).not.toThrow()
          }
      }),
      { numRuns: 15 },
    )
  })
})

const keptOf = ({ main: { table }, kept }: Scan): ReadonlySet<string> => {
  const paths = new Set<string>()
  for (let row = 0; row < table.count; row++)
    if (kept[row] === 1 && table.kind[row] !== dirKind) paths.add(table.path(row))
  return paths
}

function amountsOf({ report }: Scan): Readonly<Record<string, number>> {
  const [context] = report.contexts
  const [target] = context?.targets ?? []
  if (!context || !target) throw new Error('a report has a context and a target')
  return {
    context: context.context.bytes,
    contextFiles: context.context.files,
    transfer: target.transfer.bytes,
    transferFiles: target.transfer.files,
    cold: target.wire.buildkit.cold,
    warm: target.wire.buildkit.warm,
    classic: target.wire.classic ?? 0,
  }
}

const raised = (before: Readonly<Record<string, number>>, after: Readonly<Record<string, number>>) =>
  Object.entries(after).filter(([name, value]) => value > (before[name] ?? 0))

function edited(one: Project, edits: ReturnType<typeof editsOf>): Project {
  const after = new Map(edits.map((edit) => [edit.file, edit.after]))
  return {
    ...one,
    ignore: after.get('.dockerignore') ?? one.ignore,
    dockerfiles: Object.fromEntries(
      Object.entries(one.dockerfiles).map(([file, text]) => [file, after.get(file) ?? text]),
    ),
  }
}

/** Words of the old text that are not in the new one, each as often as it is missing; a RUN may be cut in two at a `&&`. */
function lostWords(before: string, after: string): readonly string[] {
  const words = (text: string) => text.split(/\s+/).filter((word) => !['', '&&', '\\'].includes(word))
  const there = new Map<string, number>()
  for (const word of words(after)) there.set(word, (there.get(word) ?? 0) + 1)
  return words(before).filter((word) => {
    const count = there.get(word) ?? 0
    there.set(word, count - 1)
    return count <= 0
  })
}

function treeAfter(one: Project, ignore: string): Tree {
  const { table } = scanOf(treeOf(withIgnore(one, ignore))).main
  return { table, sent: selectForBuildkit(table, null) }
}

function textAt(host: Host, file: string): string | null {
  const path = `/ctx/${file}`
  return host.lstat(path) === null ? null : decodePath(host.readFile(path))
}

async function ctxsize(host: Host, words: readonly string[]): Promise<string> {
  const { code, stdout } = await runOn(host, words)
  expect([0, 2]).toContain(code)
  return stdout
}
