import { describe, expect, it } from 'vitest'
import type { Host } from '../../src/host/host.ts'
import { createMemoryHost, diskFault, type MemoryOptions, type MemoryTree } from '../../src/host/memory.ts'
import type { FixReport } from '../../src/report.ts'
import { readArguments } from '../../src/verbs/arguments.ts'
import { runFix, runIgnore } from '../../src/verbs/fix.ts'
import { readOptions } from '../../src/verbs/options.ts'

/** A project with something to drop for certain, something to ask about, and an install to move. */
const app: MemoryTree = {
  '/app/Dockerfile':
    'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN apt-get update && apt-get install -y git\n',
  '/app/package.json': '{"name":"app","dependencies":{}}',
  '/app/package-lock.json': '{"name":"app","lockfileVersion":3,"packages":{}}',
  '/app/src/index.js': 'console.log(1)\n',
  '/app/node_modules/x/y.js': 1000,
  '/app/coverage/lcov.info': 500,
}

interface Ran {
  readonly document: FixReport
  /** What `ignore` prints. */
  readonly text: string
  readonly read: (path: string) => string | null
}

async function run(
  line: string,
  tree: MemoryTree = app,
  { output = null, ...memory }: RunOptions = {},
): Promise<Ran> {
  const host = createMemoryHost(tree, {}, memory)
  const typed = readArguments(line.split(' '))
  const input = {
    host,
    options: readOptions(typed, host),
    progress: null,
    output: output === null ? null : host.identity(output),
    input: '',
  }
  const { printable } = await (typed.verb === 'fix' ? runFix(input) : runIgnore(input))
  if (printable.kind !== 'fix' && printable.kind !== 'ignore') throw new Error('another verb')
  return {
    document: printable.document,
    text: printable.kind === 'ignore' ? printable.text : '',
    read: (path) => (host.lstat(path) === null ? null : Buffer.from(host.readFile(path)).toString('utf8')),
  }
}

interface RunOptions extends MemoryOptions {
  /** The file that standard output is. */
  readonly output?: string | null
}

const ignoreFile = '/app/.dockerignore'
const fails = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) })

/** The error of a run, which has to be one. */
async function errorOf(act: () => unknown): Promise<unknown> {
  try {
    await act()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}

describe('ctxsize ignore', () => {
  it('prints the whole file, a comment above each group', async () => {
    const { text, document } = await run('ignore /app')
    expect(text).toMatch(/^# .+\n/)
    for (const block of text.trimEnd().split('\n\n')) expect(block).toMatch(/^# .+\n[^#]/)
    expect(text).toMatch(/^(?:\*\*\/)?coverage$/m)
    expect(document).toMatchObject({
      applied: false,
      edits: [{ file: '.dockerignore', before: null, after: text }],
    })
  })

  it('writes nothing unasked', async () => {
    expect((await run('ignore /app')).read(ignoreFile)).toBeNull()
  })

  it('writes what it would print, and then has nothing to add', async () => {
    const first = await run('ignore --write /app')
    expect(first.document.applied).toBe(true)
    expect(first.read(ignoreFile)).toBe((await run('ignore /app')).text)
    const again = await run('ignore /app', { ...app, [ignoreFile]: first.read(ignoreFile) ?? '' })
    expect(again.document.edits).toEqual([])
    expect(again.text).toBe(first.read(ignoreFile))
  })

  it('leaves the Dockerfile alone', async () => {
    const { document, read } = await run('ignore --write --include review /app')
    expect(document.edits.map(({ file }) => file)).toEqual(['.dockerignore'])
    expect(read('/app/Dockerfile')).toBe(app['/app/Dockerfile'])
  })

  it('says what the lines save together', async () => {
    expect((await run('ignore /app')).document.saves).toEqual({
      context: { files: 2, bytes: 1500 },
      transfer: { files: 2, bytes: 1500 },
    })
  })

  it('takes the ignore file of the Dockerfile where that governs', async () => {
    const { document } = await run('ignore --write /app', {
      ...app,
      '/app/Dockerfile.dockerignore': '*.md\n',
    })
    expect(document.edits.map(({ file }) => file)).toEqual(['Dockerfile.dockerignore'])
  })

  it.each([
    ['a mark at the beginning', '\uFEFF*.md\n', /^\uFEFF\*\.md\n/],
    ['no line break at the end', '*.md', /^\*\.md\n/],
    ['comments and blank lines', '# ours\n\n*.md\n\n# end\n', /^# ours\n\n\*\.md\n\n# end\n/],
    ['line ends of Windows', '# ours\r\n*.md\r\n', /^# ours\r\n\*\.md\r\n/],
  ])('keeps %s', async (_, before, kept) => {
    const after = (await run('ignore --write /app', { ...app, [ignoreFile]: before })).read(ignoreFile) ?? ''
    expect(after).toMatch(kept)
    expect(after).toContain('coverage')
    expect(after.includes('\r\n')).toBe(before.includes('\r\n'))
    if (before.includes('\r\n')) expect(after.replaceAll('\r\n', '')).not.toContain('\n')
  })

  it('refuses to print over the file in force, and says how to get it back', async () => {
    const error = await errorOf(() =>
      run('ignore /app', { ...app, [ignoreFile]: '' }, { output: ignoreFile }),
    )
    expect(error).toMatchObject({ code: 'OUTPUT_IS_IGNORE_FILE', message: /\.dockerignore itself/ })
    expect(error).toMatchObject({ hint: /git checkout .*--write/ })
  })

  it('refuses as well where the shell has just made the file', async () => {
    const tree = { ...app, [ignoreFile]: '' }
    expect(await errorOf(() => run('ignore /app', tree, { output: ignoreFile }))).toMatchObject({
      code: 'OUTPUT_IS_IGNORE_FILE',
    })
  })

  it('prints into any other file', async () => {
    expect((await run('ignore /app', { ...app, '/app/new': '' }, { output: '/app/new' })).text).toContain(
      'coverage',
    )
  })
})

describe('ctxsize ignore --style allow', () => {
  const named: MemoryTree = {
    ...app,
    '/app/Dockerfile': 'FROM scratch\nCOPY package*.json ./\nCOPY src /src\nCOPY ["odd name", "/x"]\n',
    '/app/odd name': 3,
    '/app/README.md': 5,
  }

  it('drops everything and lets in what instructions name', async () => {
    const { text, document } = await run('ignore --style allow /app', named)
    expect(text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      '*',
      '!package*.json',
      '!src',
      '!odd name',
    ])
    expect(document.saves.transfer).toEqual({ files: 0, bytes: 0 })
    // All but two manifests, the source and the odd name; the Dockerfile among them.
    expect(document.saves.context.files).toBe(4)
  })

  it('lets in by its name each entry that is read by an instruction that takes everything', async () => {
    const { text, document } = await run('ignore --style allow /app')
    expect(text).toContain('\n*\n')
    expect(text).toContain('!Dockerfile\n!package-lock.json\n!package.json\n!src\n')
    expect(text).not.toMatch(/node_modules|coverage/)
    expect(document.saves.transfer).toEqual({ files: 2, bytes: 1500 })
  })

  it('drops again what may go below what is let in', async () => {
    const { text } = await run('ignore --style allow /app', { ...app, '/app/src/.DS_Store': 10 })
    expect(text.indexOf('.DS_Store')).toBeGreaterThan(text.indexOf('!src'))
  })

  it('keeps below it every line that people wrote', async () => {
    const before = '# ours\nsrc/*.tmp\n!src/keep.tmp\n'
    const { text } = await run('ignore --style allow /app', {
      ...app,
      '/app/src/a.tmp': 1,
      [ignoreFile]: before,
    })
    expect(text).toMatch(/^# .*\n\*\n/)
    expect(text.endsWith(`\n${before}`)).toBe(true)
  })

  it('is there once: an allow-list stays as it is', async () => {
    const { text } = await run('ignore --style allow /app')
    expect((await run('ignore --style allow /app', { ...app, [ignoreFile]: text })).document.edits).toEqual(
      [],
    )
  })

  it('is refused where a build cannot be read, with the place', async () => {
    const tree = { ...app, '/app/Dockerfile': 'FROM scratch\nARG WHAT\nCOPY $WHAT /x\n' }
    expect(await errorOf(() => run('ignore --style allow /app', tree))).toMatchObject({
      code: 'UNSUPPORTED',
      message: /Dockerfile:\d/,
      hint: /--style deny/,
    })
  })

  it('is an option of ignore alone', async () => {
    expect(await errorOf(() => run('fix --style allow /app'))).toMatchObject({ code: 'USAGE' })
    expect(await errorOf(() => run('ignore --style alow /app'))).toMatchObject({
      code: 'USAGE',
      hint: /allow/,
    })
  })
})

describe('ctxsize fix', () => {
  it('tells which suggestions its edits follow', async () => {
    const certain = (await run('fix /app')).document
    const all = (await run('fix --include review /app')).document
    const review = all.suggestions.filter(({ safety }) => safety === 'review').map(({ id }) => id)
    expect(certain.followed.length).toBeGreaterThan(0)
    expect(certain.followed.filter((id) => review.includes(id))).toEqual([])
    expect(all.followed).toEqual(expect.arrayContaining([...certain.followed]))
  })

  it('writes the files it shows, and then has nothing to change', async () => {
    const shown = (await run('fix /app')).document.edits
    const { read, document } = await run('fix --write /app')
    expect(shown.map(({ file }) => file)).toEqual(['.dockerignore', 'Dockerfile'])
    for (const { file, after } of shown) expect(read(`/app/${file}`)).toBe(after)
    expect(document).toMatchObject({ applied: true, edits: shown })
    const tree = { ...app, ...Object.fromEntries(shown.map(({ file, after }) => [`/app/${file}`, after])) }
    expect((await run('fix --write /app', tree)).document).toMatchObject({ edits: [], applied: true })
  })

  it('has nothing to add to what it has written for a project of another kind', async () => {
    const python: MemoryTree = {
      '/app/Dockerfile': 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n',
      '/app/requirements.txt': 'flask\n',
      '/app/main.py': 'print(1)\n',
    }
    const { edits } = (await run('fix /app', python)).document
    expect(edits.map(({ file }) => file)).toContain('.dockerignore')
    const tree = { ...python, ...Object.fromEntries(edits.map(({ file, after }) => [`/app/${file}`, after])) }
    expect((await run('fix /app', tree)).document.edits).toEqual([])
  })

  it('calls nothing certain where docker refuses the Dockerfile', async () => {
    const { document } = await run('fix /app', { ...app, '/app/Dockerfile': 'FROM scratch\nCOPPY . .\n' })
    expect(document.edits).toEqual([])
    expect(new Set(document.suggestions.map(({ safety }) => safety))).toEqual(new Set(['review']))
    expect(document.open).toMatchObject([{ at: { file: 'Dockerfile', line: 2 } }])
    expect(document.problems).not.toEqual([])
  })

  it('needs no repository, and says so of nothing', async () => {
    expect((await run('fix /app')).document.edits).not.toEqual([])
  })
})

describe('--write on a disk that does not take it', () => {
  const both = ['/app/.dockerignore', '/app/Dockerfile']
  /** Fails the given step of the file that is written as the nth. */
  const failing = (code: string, step: string, nth: number): MemoryOptions => {
    let seen = 0
    return {
      beforeWriteStep: (one) => {
        if (one === step && ++seen === nth) throw diskFault(code)
      },
    }
  }

  it('says so, and has written nothing, when it is full from the start', async () => {
    expect(await errorOf(() => run('fix --write /app', app, failing('ENOSPC', 'create', 1)))).toEqual(
      fails('NOT_WRITABLE', /^cannot write \.dockerignore: the disk is full$/),
    )
  })

  it('says which file is written when it is full at the next', async () => {
    expect(await errorOf(() => run('fix --write /app', app, failing('ENOSPC', 'create', 2)))).toEqual(
      fails('NOT_WRITABLE', /^cannot write Dockerfile: the disk is full; \.dockerignore is written$/),
    )
  })

  it('says so of a read-only one', async () => {
    expect(await errorOf(() => run('fix --write /app', app, failing('EROFS', 'create', 1)))).toEqual(
      fails('NOT_WRITABLE', /the disk is read-only/),
    )
  })

  it('leaves each file whole when it is killed at any step', async () => {
    const after = (await run('fix /app')).document.edits.map(({ after }) => after)
    for (let at = 1; at < 40; at++) {
      let step = 0
      const host = createMemoryHost(
        app,
        {},
        {
          beforeWriteStep: () => {
            if (++step === at) throw new Error('killed')
          },
        },
      )
      const options = readOptions(readArguments(['fix', '--write', '/app']), host)
      try {
        await runFix({ host, options, progress: null, output: null, input: '' })
      } catch (thrown) {
        expect(thrown).toMatchObject({ message: 'killed' })
      }
      for (const [index, path] of both.entries()) {
        const now = host.lstat(path) === null ? null : Buffer.from(host.readFile(path)).toString('utf8')
        expect([app[path] ?? null, after[index]]).toContain(now)
      }
    }
  })
})

describe('--write on a file that is not to be replaced', () => {
  it.each([
    ['a symbolic link', { type: 'symlink', target: '../shared' } as const, /symbolic link/],
    ['a file of two names', { type: 'hardlink', target: '/shared' } as const, /2 names/],
  ])('is refused before anything is written: %s', async (_, entry, message) => {
    const tree = { ...app, '/shared': '*.md\n', [ignoreFile]: entry }
    const host = createMemoryHost(tree)
    const options = readOptions(readArguments(['fix', '--write', '/app']), host)
    const error = await errorOf(() => runFix({ host, options, progress: null, output: null, input: '' }))
    expect(error).toMatchObject({ code: 'NOT_WRITABLE', message, hint: /nothing was written/ })
    expect(Buffer.from(host.readFile('/app/Dockerfile')).toString()).toBe(app['/app/Dockerfile'])
  })

  it('is one clear error: an ignore file that is a directory', async () => {
    const tree: MemoryTree = { ...app, [ignoreFile]: { type: 'dir' } }
    expect(await errorOf(() => run('ignore --write /app', tree))).toMatchObject({
      code: 'NOT_WRITABLE',
      message: '.dockerignore is a directory',
    })
  })
})

describe('--write on a tree that changes meanwhile', () => {
  it('writes nothing when the second look finds another tree', async () => {
    const memory = createMemoryHost({ ...app, [ignoreFile]: '*.md\n' })
    const text = (path: string) => Buffer.from(memory.readFile(path)).toString('utf8')
    const other = 'FROM scratch\nCOPY src /src\n'
    const host: Host = {
      ...memory,
      // Between the first look and the second it is asked whether standard output is the ignore file.
      identity: () => {
        memory.replaceFile('/app/Dockerfile', Buffer.from(other), {
          expected: memory.readFile('/app/Dockerfile'),
        })
        return 'another'
      },
    }
    const options = readOptions(readArguments(['fix', '--write', '/app']), host)
    const act = () => runFix({ host, options, progress: null, output: 'a pipe', input: '' })
    expect(await errorOf(act)).toMatchObject({ code: 'CHANGED_MEANWHILE', message: /nothing was written/ })
    expect([text(ignoreFile), text('/app/Dockerfile')]).toEqual(['*.md\n', other])
  })

  it('writes nothing over a file that somebody else has just changed', async () => {
    let host = createMemoryHost(app)
    let isChanged = false
    host = createMemoryHost(
      app,
      {},
      {
        beforeWriteStep: (step) => {
          if (step !== 'create' || isChanged) return
          isChanged = true
          host.replaceFile(ignoreFile, Buffer.from('theirs\n'), { expected: null })
        },
      },
    )
    const options = readOptions(readArguments(['fix', '--write', '/app']), host)
    const error = await errorOf(() => runFix({ host, options, progress: null, output: null, input: '' }))
    expect(error).toMatchObject({ code: 'CHANGED_MEANWHILE', message: /^\.dockerignore has changed/ })
    expect(Buffer.from(host.readFile(ignoreFile)).toString()).toBe('theirs\n')
  })
})
