import { execFileSync, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { encodePath } from '../../src/lib/path.ts'
import type { FixReport, SuggestionReport } from '../../src/report.ts'
import { fixText, type Patch } from '../../src/reporters/screen/fix.ts'
import { unifiedDiff } from '../../src/suggest/edits/diff.ts'
import type { FileEdit } from '../../src/suggest/edits/texts.ts'
import { plainStyle as style } from './style.ts'

const nothing = { files: 0, bytes: 0 }

function suggestion(id: string, change: Partial<SuggestionReport> = {}): SuggestionReport {
  const amount = { files: 2, bytes: 5000 }
  return {
    id,
    title: `drop ${id}`,
    safety: 'safe',
    because: `${id} is made anew`,
    evidence: [],
    edits: [],
    saves: amount,
    savesContext: amount,
    savesTransfer: amount,
    leaves: nothing,
    drops: [],
    speeds: null,
    guard: false,
    ...change,
  }
}

function report(change: Partial<FixReport> = {}): FixReport {
  return {
    schemaVersion: 1,
    build: { root: '.', dockerfile: 'Dockerfile', target: null },
    edits: [],
    suggestions: [],
    followed: [],
    leftAlone: [],
    open: [],
    saves: { context: nothing, transfer: nothing },
    applied: false,
    problems: [],
    ...change,
  }
}

/** Without the marks that make comments of it. */
const words = (change: Partial<FixReport>): string =>
  fixText(report(change), [], { style, exact: true }).replace(/^# ?/gm, '').replace(/\s+/g, ' ')

describe('what is saved', () => {
  const edit = { file: '.dockerignore', line: 1, removes: [], adds: ['# why', 'a'] }
  const one = suggestion('a', { edits: [edit] })
  const speeds = { line: 3, text: 'RUN npm ci' }

  it('is told of lines once, though a change of the Dockerfile needs them too', () => {
    const text = (adds: readonly string[]) => {
      const other = suggestion('b', { edits: [{ ...edit, adds }], speeds })
      return words({ suggestions: [one, other], followed: ['a', 'b'] })
    }
    expect(text(['# why', 'a'])).toMatch(/drop a 5\.00kB safe: .* drop b safe: /)
    expect(text(['# why', 'a', 'c'])).toMatch(/drop a 5\.00kB safe: .* drop b 5\.00kB safe: /)
  })

  it('is told for the build and for the context where that is more: other builds send it', () => {
    const edits = [{ file: '.dockerignore', before: null, after: 'a\n' }]
    const saves = { transfer: { files: 1, bytes: 2000 }, context: { files: 2, bytes: 5000 } }
    expect(words({ edits, saves })).toContain(
      'To change .dockerignore: 2.00kB less to send, 5.00kB less in the context.',
    )
    expect(words({ edits, saves: { ...saves, transfer: saves.context } })).toContain(
      '.dockerignore: 5.00kB less.',
    )
  })
})

const patchOf = (edit: FileEdit): Patch => ({ file: edit.file, text: unifiedDiff(edit) })

/** What `ctxsize fix` prints into a pipe for these edits. */
const printed = (edits: readonly FileEdit[]): string =>
  fixText(report({ edits, suggestions: [suggestion('a')], followed: ['a'] }), edits.map(patchOf), {
    style,
    exact: true,
  })

const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-patch-'))
afterAll(() => fs.rmSync(place, { recursive: true, force: true }))

const has = (program: string) => spawnSync(program, ['--version']).status === 0

const cases: Readonly<Record<string, readonly FileEdit[]>> = {
  'a new file': [{ file: '.dockerignore', before: null, after: '# why\nnode_modules\n' }],
  'a file that was empty': [{ file: '.dockerignore', before: '', after: 'node_modules\n' }],
  'a last line without an end': [
    { file: 'Dockerfile', before: 'FROM a\nRUN b', after: 'FROM a\nRUN c\nRUN b' },
  ],
  'a last line that gets an end': [{ file: '.dockerignore', before: 'a', after: 'a\nb\n' }],
  'line ends of Windows': [
    { file: 'Dockerfile', before: 'FROM a\r\nRUN b\r\n', after: 'FROM a\r\nRUN c\r\nRUN b\r\n' },
  ],
  'a mark at the beginning': [{ file: '.dockerignore', before: '\uFEFFa\n', after: '\uFEFFa\nb\n' }],
  'control characters': [
    { file: 'Dockerfile', before: 'RUN "\x1b[31m\t"\n', after: 'RUN "\x1b[31m\t"\nRUN b\n' },
  ],
  'bytes that are not UTF-8': [
    { file: 'Dockerfile', before: '# caf\uDCE9\n', after: '# caf\uDCE9\nRUN b\n' },
  ],
  'two files, one of them deeper and with blanks in its name': [
    { file: '.dockerignore', before: 'a\n', after: 'a\nb\n' },
    { file: 'my docker/Dockerfile prod', before: 'FROM a\nRUN b\n', after: 'FROM a\nRUN c\n' },
  ],
  'a name in other letters': [{ file: 'bau/Abbild-größe', before: 'FROM a\n', after: 'FROM b\n' }],
}

describe('what ctxsize fix prints', () => {
  const tools = [
    ['git apply', 'git', ['apply', '-']],
    // It takes carriage returns away otherwise.
    ['patch -p1', 'patch', ['-p1', '--binary', '-s']],
  ] as const
  for (const [tool, program, args] of tools)
    for (const [name, edits] of Object.entries(cases))
      it.skipIf(!has(program))(`is applied by ${tool}: ${name}`, () => {
        const dir = fs.mkdtempSync(path.join(place, 'case-'))
        for (const { file, before } of edits) {
          fs.mkdirSync(path.join(dir, path.dirname(file)), { recursive: true })
          if (before !== null) fs.writeFileSync(path.join(dir, file), encodePath(before))
        }
        execFileSync(program, args, { cwd: dir, input: encodePath(printed(edits)), stdio: 'pipe' })
        for (const { file, after } of edits)
          expect(fs.readFileSync(path.join(dir, file))).toEqual(Buffer.from(encodePath(after)))
      })

  it.skipIf(!has('git'))('is applied by git apply in a context that is a directory of the repository', () => {
    const dir = fs.mkdtempSync(path.join(place, 'repository-'))
    execFileSync('git', ['init', '-q', dir])
    const context = path.join(dir, 'services/api')
    fs.mkdirSync(context, { recursive: true })
    fs.writeFileSync(path.join(context, 'Dockerfile'), 'FROM a\n')
    const edits = [
      { file: '.dockerignore', before: null, after: 'b\n' },
      { file: 'Dockerfile', before: 'FROM a\n', after: 'FROM b\n' },
    ]
    execFileSync('git', ['apply', '-'], { cwd: context, input: printed(edits), stdio: 'pipe' })
    for (const { file, after } of edits) expect(fs.readFileSync(path.join(context, file), 'utf8')).toBe(after)
  })

  it.each(['../docker/Dockerfile', 'a"b', 'a\nb', 'caf\uDCE9'])(
    'has no patch for a file that no tool would take one for, and says so: %j',
    (file) => {
      const text = printed([{ file, before: 'a\n', after: 'b\n' }])
      expect(text).toMatch(/is in no patch, which could not name it; --write changes\s+(?:# )?it/)
      expect(text).not.toMatch(/^[^#]/m)
    },
  )

  it('shows on a terminal no byte that commands it', () => {
    const edits = cases['control characters'] ?? []
    const text = fixText(report({ edits }), edits.map(patchOf), { style, exact: false })
    expect(text).not.toContain('\x1b')
    expect(text).toContain('\\x1b[31m')
  })

  it('tells above the patch, as comments, what it does and why, what is open and what was left alone', () => {
    const edits = cases['a new file'] ?? []
    const text = fixText(
      report({
        edits,
        suggestions: [
          suggestion('node_modules/'),
          suggestion('data/', {
            safety: 'review',
            because: 'seed.ts:3 names it; but Jenkinsfile:4: it builds a path that is made up',
          }),
        ],
        followed: ['node_modules/'],
        saves: { context: { files: 2, bytes: 5000 }, transfer: { files: 2, bytes: 5000 } },
        leftAlone: [
          { path: 'dist', files: 1, bytes: 9, because: 'make builds it', at: { file: 'Makefile', line: 3 } },
        ],
        open: [{ because: 'it builds a path that is made up', at: { file: 'Jenkinsfile', line: 4 } }],
      }),
      edits.map(patchOf),
      { style, exact: true },
    )
    expect(text).toMatchInlineSnapshot(`
      "# To change .dockerignore: 5.00kB less.
      # - drop node_modules/  5.00kB
      #     safe: node_modules/ is made anew
      #
      # For you to decide (--include review):
      # - drop data/  5.00kB
      #     review: seed.ts:3 names it
      #
      # Not touched:
      #   dist: make builds it (Makefile:3)
      #
      # Nothing is called proven or safe, as there are builds that cannot be read:
      #   Jenkinsfile:4: it builds a path that is made up
      # Whoever knows what is built there lists it, or closes the place in
      # ctxsize.config.yaml: closed: [{ file: Jenkinsfile, line: 4, reason: … }]

      --- /dev/null
      +++ b/.dockerignore
      @@ -0,0 +1,2 @@
      +# why
      +node_modules
      "
    `)
  })

  it('counts what somebody decided to the rest once it is included', () => {
    const text = fixText(
      report({
        edits: cases['a new file'] ?? [],
        suggestions: [suggestion('a'), suggestion('b', { safety: 'review' })],
        followed: ['a', 'b'],
      }),
      [],
      { style, exact: true },
    )
    expect(text).toMatch(/# - drop a .*\n.*\n# - drop b /)
    expect(text).not.toContain('For you to decide')
  })

  it('says in one line that there is nothing to change', () => {
    expect(fixText(report(), [], { style, exact: true })).toBe('# Nothing to change.\n')
  })
})
