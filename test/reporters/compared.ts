/** Documents of `ctxsize diff`, made up. */

import type { DiffReport, DiffTarget, EnteredEntry, LeftEntry } from '../../src/report/diff.ts'

export const amount = (files: number, bytes: number) => ({ files, bytes })
const same = { before: amount(10, 5000), after: amount(10, 5000) }
export const place = (file: string, line: number) => ({ file, line })

export const entered = (path: string, bytes: number, more: Partial<EnteredEntry> = {}): EnteredEntry => ({
  ...{ context: null, path, type: 'file', bytes },
  because: 'new',
  at: place('Dockerfile', 4),
  text: 'COPY . .',
  ...more,
})
export const left = (path: string, bytes: number, more: Partial<LeftEntry> = {}): LeftEntry => ({
  ...{ context: null, path, type: 'file', bytes },
  ...{ reason: 'deleted', lost: false, at: null, text: null },
  ...more,
})
export const ignored = {
  reason: 'ignored',
  lost: true,
  at: place('.dockerignore', 7),
  text: '**/locales',
} as const

export const target = (more: Partial<DiffTarget> = {}): DiffTarget => ({
  ...{ root: '.', dockerfile: 'Dockerfile', target: null, name: null, foundIn: null },
  ...{ state: 'compared', because: null, buildFails: { before: false, after: false }, transfer: same },
  wire: { before: { cold: 1, warm: 1 }, after: { cold: 1, warm: 1 } },
  ...{ entered: [], left: [], resized: [], untracked: [], findings: [] },
  ...more,
})

export const report = (targets: readonly DiffTarget[], more: Partial<DiffReport> = {}): DiffReport => ({
  ...{ schemaVersion: 1, base: 'origin/main', commit: '1a2b3c4d5e6f'.repeat(3), isCommon: true },
  context: same,
  contexts: [{ root: '.', ignoreFile: { before: null, after: null }, context: same }],
  ...{ targets, notes: [], problems: [] },
  ...more,
})

/** One of everything. */
export const busy = target({
  transfer: { before: amount(214, 3_120_000), after: amount(220, 3_400_000) },
  entered: [
    ...['a', 'b', 'c', 'd', 'e'].map((name) => entered(`assets/video/${name}.mp4`, 56_000)),
    entered('docs/guide.md', 30_000, {
      because: 'no longer ignored',
      at: place('.dockerignore', 3),
      text: 'docs',
    }),
  ],
  left: [
    left('src/locales/de.json', 6000, ignored),
    left('src/locales/fr.json', 7000, ignored),
    left('config.yml', 340, {
      reason: 'no longer copied',
      lost: true,
      at: place('Dockerfile', 9),
      text: 'COPY config.yml /etc/',
    }),
    left('src/old.ts', 200),
  ],
  resized: [
    { context: null, path: 'src/a.ts', before: 10_000, after: 22_000, inGit: false },
    { context: null, path: 'src/b.ts', before: 900, after: 100, inGit: false },
  ],
  untracked: [
    {
      ...{
        context: null,
        path: 'node_modules',
        type: 'dir',
        files: 41_206,
        bytes: 688_000_000,
        gitIgnored: true,
      },
      ...{ state: 'read', because: null, at: null, text: null },
    },
    {
      ...{ context: null, path: 'dist', type: 'dir', files: null, bytes: null, gitIgnored: true },
      ...{ state: 'no longer read', because: 'ignored', at: place('.dockerignore', 8), text: 'dist' },
    },
  ],
})

/** Names that have something in store for a terminal, for Markdown, for a workflow. */
export const hostileNames = [
  ...['a\nb', '\u001b[31m', '\u202egpj.exe', '::error::x', '| a |', '<script>', '](https://x.example)', '`'],
  ...['@team', '#12', '&amp;', '$(x)', '-->', '*b*', '_i_', 'x'.repeat(4000)],
]

export const hostile = target({
  entered: hostileNames.map((name, i) => entered(name, i, { text: `COPY ${name} /`, at: place(name, 1) })),
  left: hostileNames.map((name) => left(name, 1, { ...ignored, text: name })),
  resized: hostileNames.map((path) => ({ context: null, path, before: 1, after: 2, inGit: false })),
  untracked: hostileNames.map((path) => ({
    ...{ context: null, path, type: 'file', files: 1, bytes: 1, gitIgnored: false },
    ...{ state: 'newly read', because: 'no longer ignored', at: place(path, 1), text: path },
  })),
  findings: hostileNames.map((message) => ({
    ...{ rule: 'secret-ships', severity: 'error', confidence: 'high', message, hint: null },
    ...{ at: place(message, 1), bytes: 0, data: {} },
  })),
  name: '\u001b]0;x\u0007',
})
