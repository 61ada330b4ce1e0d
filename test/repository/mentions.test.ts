import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { Git, GitResult, Host } from '../../src/host/host.ts'
import { createMemoryHost, type MemoryTree, rawName } from '../../src/host/memory.ts'
import { createNodeHost } from '../../src/host/node.ts'
import { encodePath } from '../../src/lib/path.ts'
import { type MentionQuestion, type Mentions, searchMentions } from '../../src/repository/mentions.ts'
import { git, gitEnvironment } from '../git.ts'

const ask = (host: Host, names: readonly string[], more: Partial<MentionQuestion> = {}): Mentions =>
  searchMentions(host, { top: '/r', tracked: [], names, skip: () => false, ...more })
const search = (tree: MemoryTree, names: readonly string[], more: Partial<MentionQuestion> = {}) => {
  const below = Object.fromEntries(Object.entries(tree).map(([file, entry]) => [`r/${file}`, entry]))
  return ask(createMemoryHost(below), names, { tracked: Object.keys(tree), ...more })
}
/** `file:line` of every mention. */
const places = (mentions: Mentions, name: string) =>
  (mentions.found.get(name) ?? []).map(({ at }) => `${at.file}:${at.line}`)

describe('a name in a text', () => {
  const counts = (text: string, name = 'dist') => search({ f: text }, [name]).found.has(name)

  it.each([
    ...[
      'dist',
      './dist/',
      '"dist"',
      "'dist'",
      'dist/worker.js',
      'a/dist',
      'COPY dist /app',
      'see dist.',
      '../dist',
      '(dist)',
    ],
    ...[
      '--dist',
      '--out=dist',
      '`dist`',
      'dist,',
      '$dist',
      '...dist',
      'dist: x',
      'dist...',
      'dist-',
      '«dist»',
      'distフォルダ',
    ],
  ])('counts in %s', (text) => expect(counts(text)).toBe(true))

  it.each([
    ...[
      'distance',
      'redist',
      'dist.js',
      'my-dist',
      'dist-tools',
      'dist_old',
      '_dist',
      '.dist',
      'x.dist',
      'Dist',
      'dist2',
    ],
  ])('does not count in %s', (text) => expect(counts(text)).toBe(false))

  it('counts with a dot in front as that name only', () => {
    expect(
      ['.env', './.env', 'a/.env', 'x.env', 'process.env', '.env.local', '.envrc'].map((text) =>
        counts(text, '.env'),
      ),
    ).toEqual([...[true, true, true, false, false, false, false]])
  })

  it('counts as a path of several components', () => {
    const mentions = search({ f: 'open("app/data/species.csv")' }, [
      'data/species.csv',
      'species.csv',
      'data',
      'pp/data',
      'ata',
    ])
    expect([...mentions.found.keys()].sort()).toEqual(['data', 'data/species.csv', 'species.csv'])
  })

  it('is told with its line, trimmed, once a line', () => {
    const mentions = search({ f: 'a\n  cp dist dist2 dist/x  \r\n\nrm dist' }, ['dist'])
    expect(mentions.found.get('dist')).toEqual([
      { at: { file: 'f', line: 2 }, text: 'cp dist dist2 dist/x' },
      { at: { file: 'f', line: 4 }, text: 'rm dist' },
    ])
  })

  it('is shown with what stands around it where the line is long', () => {
    const [mention] =
      search({ f: `${'ü'.repeat(5000)} dist ${'y'.repeat(5000)}` }, ['dist']).found.get('dist') ?? []
    expect(mention?.text).toMatch(/^ü+ dist y+$/)
    expect(mention?.text.length).toBeLessThanOrEqual(200)
  })

  it('is told at most 20 times, by the order of paths', () => {
    const tree = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`f${29 - i}`, 'dist']))
    const found = places(search(tree, ['dist']), 'dist')
    expect([found.length, found.slice(0, 3)]).toEqual([20, ['f0:1', 'f1:1', 'f10:1']])
  })
})

describe('a place in which a name means something else', () => {
  const isMeant: MentionQuestion['isMeant'] = ({ text }) => !text.startsWith('#')

  it('is passed over, and hides none that comes later', () => {
    const text = `${'# dist\n'.repeat(30)}cp dist x\n# dist\n`
    expect(places(search({ f: text }, ['dist'], { isMeant }), 'dist')).toEqual(['f:31'])
    expect(search({ f: '# dist' }, ['dist'], { isMeant }).found.has('dist')).toBe(false)
  })

  it('is asked of each name by itself', () => {
    const names: string[] = []
    search({ f: 'a b\na' }, ['a', 'b'], { isMeant: ({ at }, name) => names.push(`${name}${at.line}`) < 9 })
    expect(names).toEqual(['a1', 'b1', 'a2'])
  })

  it('counts where there are too many of them', () => {
    const mentions = search({ f: '# dist\n'.repeat(5003) }, ['dist'], { isMeant })
    expect(places(mentions, 'dist')).toEqual(['f:5001', 'f:5002', 'f:5003'])
  })
})

describe('the files that are searched', () => {
  it('are no lock files, minified, binary, large, linked or skipped ones', () => {
    const tree: MemoryTree = {
      'package-lock.json': 'dist',
      'a/Cargo.lock': 'dist',
      'x.min.js': 'dist',
      'x.js.map': 'dist',
      binary: 'dist\0',
      large: `dist ${' '.repeat(256 << 10)}`,
      link: { type: 'symlink', target: 'kept' },
      'linked-dir': { type: 'symlink', target: 'a' },
      'a/in': 'dist',
      skipped: 'dist',
      kept: 'dist',
      dir: { type: 'dir' },
    }
    const mentions = search(tree, ['dist'], {
      tracked: [
        ...Object.keys(tree),
        'linked-dir/in',
        '../outside',
        '/etc/passwd',
        '.git/config',
        'gone',
        '',
      ],
      skip: (file) => file === 'skipped',
    })
    expect([places(mentions, 'dist'), mentions.unread]).toEqual([['a/in:1', 'kept:1'], null])
  })

  it('are none where nobody knows which are tracked, and that is said', () => {
    expect(search({ f: 'dist' }, ['dist'], { tracked: null }).unread).not.toBeNull()
  })

  it('are bounded in number and bytes, and that is said', () => {
    const many = Object.fromEntries(Array.from({ length: 2001 }, (_, i) => [`f${i}`, 'x']))
    expect(search(many, ['dist']).unread).toContain('2000 files')
    const big = Object.fromEntries(Array.from({ length: 129 }, (_, i) => [`f${i}`, 256 << 10]))
    expect(search(big, ['dist']).unread).toContain('32 MB')
    expect(search({ f: { type: 'file', content: 'dist', denied: true } }, ['dist']).unread).toContain('f')
  })

  it('are not opened at all for no name', () => {
    expect(search({ f: { type: 'file', content: 'dist', denied: true } }, ['', 'a\nb', 'a\0b'])).toEqual({
      found: new Map(),
      unread: null,
    })
  })
})

describe('hostile names and texts', () => {
  it('are searched for as they are', () => {
    const names = [
      '-e',
      '--',
      '*.log',
      '[a',
      '(?=',
      '\\',
      "'; x",
      rawName(0xff, 0x41),
      '$&',
      '__proto__',
      'constructor',
    ]
    const mentions = search({ f: encodePath(names.map((name) => ` ${name} `).join('\n')) }, names)
    for (const [i, name] of names.entries()) expect(places(mentions, name)).toContain(`f:${i + 1}`)
  })

  it('cost no more than they are long', () => {
    const spaced = Array.from({ length: 150 }, (_, i) => '- '.repeat(i + 1).trim())
    const text = '- '.repeat(120_000)
    const tree = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`f${i}`, text]))
    const start = performance.now()
    const mentions = search(tree, spaced)
    expect(performance.now() - start).toBeLessThan(5000)
    expect(mentions.unread).toBe('the names stand in too many places')
    expect(
      search(
        { f: 'x' },
        Array.from({ length: 20_000 }, (_, i) => `name-${i}`),
      ).unread,
    ).not.toBeNull()
  })

  it('are found where a slow search finds them', () => {
    const piece = fc.constantFrom('a', 'b', 'ab', '.', '-', '/', '_', ' ', '\n', 'ü', '"')
    const word = fc.array(fc.constantFrom('a', 'b', '.', '-', '/', 'ü'), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), fc.array(word, { maxLength: 6 }), (pieces, words) => {
        const text = pieces.join('')
        const names = words.map((parts) => parts.join(''))
        const mentions = search({ f: text }, names)
        for (const name of names) {
          const lines = text.split('\n').flatMap((line, i) => (slowly(line, name) ? [`f:${i + 1}`] : []))
          expect(places(mentions, name)).toEqual(lines.slice(0, 20))
        }
      }),
    )
  })
})

/** The rule again, by looking at each place of a line. */
function slowly(line: string, name: string): boolean {
  for (let at = line.indexOf(name); at >= 0; at = line.indexOf(name, at + 1)) {
    const before = line.slice(0, at)
    const after = line.slice(at + name.length)
    if (/[A-Za-z0-9_]$/.test(before) || /^[A-Za-z0-9_]/.test(after)) continue
    if (!name.startsWith('.') && /(?:^|[^.])\.$/.test(before)) continue
    if (/[A-Za-z0-9_]-$/.test(before) || /^[.-][A-Za-z0-9_]/.test(after)) continue
    return true
  }
  return false
}

describe('many files', () => {
  const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-mentions-')))
  afterAll(() => fs.rmSync(base, { recursive: true, force: true }))
  const host = createNodeHost(gitEnvironment(base), null)

  it('are searched by git with the same result', () => {
    git(base, 'init', '-q')
    const lines = [
      'cp dist x',
      'distance',
      './.env',
      'a "uploads" b',
      '-e',
      '- x',
      'see dist.',
      'my-dist',
      '日本dist',
      'x:dist:y',
    ]
    const tracked = Array.from({ length: 450 }, (_, i) => `d${i % 7}/f${i}${i === 3 ? '\n1:x' : ''}`)
    for (const [i, file] of tracked.entries()) {
      fs.mkdirSync(path.dirname(path.join(base, file)), { recursive: true })
      const text = lines.filter((_, n) => (i * 7 + n * 5) % 11 === 0).join('\n')
      fs.writeFileSync(path.join(base, file), `${i}\n${text}${i % 2 ? '\n' : ''}`)
    }
    fs.writeFileSync(path.join(base, 'package-lock.json'), 'dist')
    fs.writeFileSync(path.join(base, 'untracked'), '')
    git(base, 'add', '.')
    fs.writeFileSync(path.join(base, 'untracked-later'), 'dist')
    const question = {
      top: base,
      tracked: [...tracked, 'package-lock.json'],
      names: ['dist', '.env', 'uploads', '-e', rawName(0xff), 'nowhere', '日本dist'],
      skip: (file: string) => file.endsWith('/f0'),
    }
    let asked = 0
    const counting: Host = {
      ...host,
      git: (...given) => {
        asked++
        // A host of a real disk has it.
        return host.git?.(...given) as GitResult
      },
    }
    const byGit = searchMentions(counting, question)
    expect(asked).toBe(1)
    expect(byGit.found.get('dist')?.length).toBe(20)
    expect(byGit).toEqual(searchMentions({ ...host, git: null }, question))
    const many = {
      ...question,
      names: [...question.names, 'cp dist', 'see dist.', 'my-dist', '"uploads"', 'distance'],
    }
    expect(searchMentions(host, { ...many, common: 'dist' })).toEqual(searchMentions(host, many))
  })

  it('are searched by git with the same result, whichever names hold which others', () => {
    const top = path.join(base, 'names')
    fs.mkdirSync(top)
    git(top, 'init', '-q')
    const pieces = [
      'a',
      'ab',
      '_',
      '.',
      '..',
      '-',
      '/',
      ' ',
      '|',
      '(',
      '[',
      '*',
      '+',
      '\\',
      '$',
      '^',
      '{2}',
      'é',
      '日',
    ]
    const random = fc.sample(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 12 }), {
      numRuns: 4010,
      seed: 7,
    })
    const tracked = Array.from({ length: 401 }, (_, i) => `f${i}`)
    for (const [i, file] of tracked.entries())
      fs.writeFileSync(
        path.join(top, file),
        random
          .slice(i * 10, i * 10 + 10)
          .map((one) => one.join(''))
          .join('\n'),
      )
    git(top, 'add', '.')
    const name = fc
      .array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 4 })
      .map((one) => one.join(''))
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 12, maxLength: 40 }), (names) => {
        const question = { top, tracked, names, skip: () => false }
        const alone = searchMentions({ ...host, git: null }, question)
        expect(searchMentions(host, question)).toEqual(alone)
      }),
      { numRuns: 60 },
    )
  })

  it('are searched for a word in the place of the names that hold it, and for each where that is too much', () => {
    const tracked = Array.from({ length: 401 }, (_, i) => `f${i}`)
    const asked: string[] = []
    const git: Git = (_directory, _args, { input = new Uint8Array() } = {}) => {
      const words = Buffer.from(input).toString().trim().split(/[\n|]/)
      asked.push(words.join(', '))
      const trouble = words.includes('git') ? 'too-much' : null
      return { ok: trouble === null, stdout: new Uint8Array(), stderr: '', code: 0, trouble }
    }
    const host = createMemoryHost({ '/r/.git': { type: 'dir' } }, {}, { git })
    const names = ['git log', 'digit', "'git'", 'docs']
    const { unread } = searchMentions(host, { top: '/r', tracked, names, common: 'git', skip: () => false })
    expect(asked).toEqual(['digit, docs, git', "git log, digit, 'git', docs"])
    expect(unread).toBeNull()
  })

  it('are asked of git in a few expressions, none of them empty, however long the names are', () => {
    const tracked = Array.from({ length: 401 }, (_, i) => `f${i}`)
    let asked: readonly string[] = []
    const git: Git = (_directory, _args, { input = new Uint8Array() } = {}) => {
      asked = Buffer.from(input).toString().replace(/\n$/, '').split('\n')
      return { ok: true, stdout: new Uint8Array(), stderr: '', code: 0, trouble: null }
    }
    const long = 'a.'.repeat(2040)
    const names = [long, ...Array.from({ length: 500 }, (_, i) => `chunk-${i + 1000}.js`)]
    ask(createMemoryHost({ '/r/.git': { type: 'dir' } }, {}, { git }), names, { tracked })
    expect(asked.map((line) => line.split('|').length)).toEqual([1, 273, 227])
    expect(asked[0]).toBe('a\\.'.repeat(2040))
  })

  it('are read one by one where git does not answer, and what git could not finish is said', () => {
    const tree: MemoryTree = Object.fromEntries(Array.from({ length: 401 }, (_, i) => [`r/f${i}`, 'dist']))
    const answering = (result: GitResult) =>
      ask(createMemoryHost({ ...tree, 'r/.git': { type: 'dir' } }, {}, { git: () => result }), ['dist'], {
        tracked: Object.keys(tree).map((file) => file.slice(2)),
      })
    const result = { ok: false, stdout: Buffer.from('f9\0' + '7\0a dist\nf9\0'), stderr: '', code: null }
    expect(answering({ ...result, trouble: 'dubious-ownership' }).found.get('dist')?.length).toBe(20)
    const cut = answering({ ...result, trouble: 'too-much' })
    expect([places(cut, 'dist'), cut.unread]).toEqual([['f9:7'], 'the names stand in too many places'])
  })
})
