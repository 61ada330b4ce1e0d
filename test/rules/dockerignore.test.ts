import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import { compilePatterns, createPatternList, type PatternList } from '../../src/ignore/matcher.ts'
import type { Finding } from '../../src/report.ts'
import type { ScanOptions } from '../../src/scan.ts'
import { scanTree } from '../scan-tree.ts'

const find = (rule: string, tree: MemoryTree, options: Partial<ScanOptions> = {}): readonly Finding[] =>
  (scanTree(tree, options).report.contexts[0]?.findings ?? []).filter(
    (finding) => finding.rule === `dockerignore-${rule}`,
  )

/** `[severity, line numbers, what to write]` of the one finding there may be. */
function lines(rule: string, tree: MemoryTree) {
  const found = find(rule, tree)
  expect(found.length).toBeLessThanOrEqual(1)
  const [finding] = found
  if (!finding) return null
  const listed = finding.data['lines'] as readonly Record<string, unknown>[]
  expect(finding.at).toEqual({ file: '.dockerignore', line: expect.any(Number) })
  return { severity: finding.severity, lines: listed.map(({ line, instead }) => [line, instead]) }
}

const ignoring = (...texts: string[]): MemoryTree => ({ '.dockerignore': texts.join('\n'), 'src/a': 1 })

describe('lines for another program', () => {
  it.each<[string, string, readonly string[]]>([
    ['a comment behind a pattern', 'coverage/   # nightly', ['coverage/']],
    ['a comment behind a pattern without a blank in it', 'coverage #nightly', ['coverage']],
    ['a comment with slashes behind a pattern', '*.log // logs', ['*.log']],
    ['a comment behind an exception', '!a  # keep', ['!a']],
    ['a comment after a blank', '  # logs', ['# logs']],
    ['a comment with slashes', '// editors', ['# editors']],
    ['a comment of C', '/* editors */', ['# editors']],
    ['a semicolon', '; editors', ['# editors']],
    ['double quotes', '"my dir"', ['my dir']],
    ['single quotes', "'dist/*.map'", ['dist/*.map']],
    ['separators of Windows', 'logs\\debug\\test', ['logs/debug/test']],
    ['separators of Windows and stars', '**\\data', ['**/data']],
    ['a variable', '${BUILD_DIR}/x', []],
    ['a bare variable', '$HOME/x', []],
    ['a home directory', '~/cache', []],
    ['the path on the host', '/ctx/build/x', ['build/x']],
    ["somebody's path on the host", '/home/me/app/build', []],
    ['a drive', 'C:/app/build', []],
    ['braces', '*.{js,css}', ['*.js', '*.css']],
    ['several braces', '{a,b}/{c,d}', ['a/c', 'a/d', 'b/c', 'b/d']],
    ['braces in braces', '{a,{b,c}}', ['a', 'b', 'a', 'c']],
    ['an item of a list', '- node_modules', ['node_modules']],
    ['a class negated as in a shell', 'x[!a]', ['x[^a]']],
    ['a star in a class', 'x[*]y', ['x\\*y']],
  ])('%s is told, with the line to write', (name, text, instead) => {
    const expected = name === 'braces in braces' ? expect.any(Array) : instead
    expect(lines('git-syntax', ignoring('keep', text))).toEqual({
      severity: 'warning',
      lines: [[2, expected]],
    })
  })

  it.each([
    ['/build'],
    ['./build'],
    ['build/'],
    ['**/build/**'],
    ['a b'],
    ['a#b'],
    ['x[^a]'],
    ['[[:alpha:]]'],
    ['\\#a'],
    ['\\!a'],
    ['a\\.txt'],
    ['a\\*'],
    ['$RECYCLE.BIN/'],
    ['{a}'],
    ['*~'],
    ['~$*'],
    ['/var/cache'],
    ['!x'],
    ['a//b'],
  ])('%s is fine', (text) => {
    expect(lines('git-syntax', ignoring(text))).toBeNull()
  })

  it('believes a name that is really there', () => {
    expect(find('git-syntax', { ...ignoring('a # b'), 'a # b': 1 })).toEqual([])
    // But a class with ! takes other names than it was written for.
    expect(lines('git-syntax', { ...ignoring('[!b]'), b: 1 })?.lines).toEqual([[1, ['[^b]']]])
  })

  it('tells all lines of a file at once', () => {
    const [finding, ...more] = find('git-syntax', ignoring('# fine', 'a # x', '"b"', 'c', 'd # y'))
    expect(more).toEqual([])
    expect(finding?.at?.line).toBe(2)
    expect(finding?.message).toContain('3 lines')
    expect(finding?.hint).toBe('write `a` on line 2, `b` on line 3, `d` on line 5')
  })

  it('is soon done with hostile lines', () => {
    const before = performance.now()
    const hostile = [
      ' '.repeat(500),
      '{,'.repeat(300),
      `a${' '.repeat(900)}b`,
      '\\a'.repeat(480),
      '#'.repeat(900),
    ]
    find('git-syntax', ignoring(...Array.from({ length: 1000 }, (_, i) => `x${hostile[i % 5]}`)))
    expect(performance.now() - before).toBeLessThan(8000)
  })
})

describe('lines that work at the root only', () => {
  it('tells of directories that tools make, with what lies in them', () => {
    const [finding] = find('root-only', {
      ...ignoring('node_modules', '*.log'),
      'node_modules/x': 9,
      'apps/a/node_modules/x': 10,
      'apps/a/node_modules/y/node_modules/z': 5,
      'apps/b/node_modules/x': 1,
      'logs/a.log': 7,
    })
    expect(finding).toMatchObject({ severity: 'warning', at: { line: 1 }, bytes: 23 })
    expect(finding?.data['lines']).toEqual([
      {
        line: 1,
        pattern: 'node_modules',
        entries: 2,
        files: 3,
        bytes: 16,
        example: 'apps/a/node_modules',
        instead: ['**/node_modules'],
      },
      expect.objectContaining({ line: 2, files: 1, bytes: 7, instead: ['**/*.log'] }),
    ])
  })

  it.each<[string, string, MemoryTree]>([
    ['nothing lies deeper', 'node_modules', { 'node_modules/x': 1 }],
    ['nothing is there at all', '**/x\nnode_modules', {}],
    ['what lies deeper is dropped by another line', 'node_modules\na', { 'a/node_modules/x': 1 }],
    ['the line is anchored by its author', '/node_modules', { 'a/node_modules/x': 1 }],
    ['the line has a directory', 'a/node_modules', { 'b/a/node_modules/x': 1 }],
    ['the line is for every depth', '**/node_modules\nb', { 'a/node_modules/x': 1 }],
    ['a plain name does its work at the root', 'docs', { 'docs/a': 1, 'src/docs/a': 1 }],
    ['it lies in a directory of git', '*.log', { '.git/x.log': 1 }],
    ['it lies among packages, which are none of its own', 'next', { 'node_modules/next/x': 1 }],
    ['all is dropped and some let in', '*\n!src', { 'src/x': 1 }],
    ['it is an exception', '!*.log', { 'src/x.log': 1 }],
  ])('says nothing where %s', (_, text, tree) => {
    expect(lines('root-only', { ...ignoring(text), ...tree })).toBeNull()
  })

  it('tells by the way of a name that may be a source elsewhere, and has no line to write', () => {
    expect(lines('root-only', { ...ignoring('build'), 'infra/build/images.sh': 1 })).toEqual({
      severity: 'info',
      lines: [[1, []]],
    })
  })

  it('warns of any name where git ignores all that lies deeper', () => {
    const tree = { ...ignoring('build'), '.git/HEAD': '', '.gitignore': 'build/\n', 'apps/web/build/x': 5 }
    expect(lines('root-only', tree)).toEqual({ severity: 'warning', lines: [[1, ['**/build']]] })
    expect(
      lines('root-only', { ...tree, '.gitignore': '/apps/*/build\n', 'infra/build/x': 1 })?.severity,
    ).toBe('info')
  })

  it('writes no line for what git ignores where the project has the same name for its own', () => {
    const tree = { '.git/HEAD': '', '.gitignore': '/lib/*/bin\n', 'lib/a/bin/x': 5, 'tools/bin/gen.sh': 1 }
    expect(lines('root-only', { ...ignoring('[Bb]in/'), ...tree })).toEqual({
      severity: 'warning',
      lines: [[1, []]],
    })
  })

  it('warns of a wildcard that matches nothing where it is', () => {
    expect(lines('root-only', { ...ignoring('*_test.go'), 'a/x_test.go': 1 })).toEqual({
      severity: 'warning',
      lines: [[1, ['**/*_test.go']]],
    })
    expect(lines('root-only', { ...ignoring('*.md'), 'README.md': 1, 'a/x.md': 1 })?.severity).toBe('info')
  })

  it('writes no line that would take what an instruction names, today or ever', () => {
    const deep = { 'apps/web/node_modules/x': 1 }
    const copy = (source: string) => ({ Dockerfile: `FROM scratch\nCOPY . /\nCOPY ${source} /x/\n` })
    const of = (source: string) =>
      lines('root-only', { ...ignoring('node_modules'), ...deep, 'p/y': 1, ...copy(source) })?.lines[0]?.[1]
    expect(of('p')).toEqual(['**/node_modules'])
    expect(of('apps/web/node_modules/x')).toEqual([])
    expect(of('apps/*/node_modules')).toEqual([])
    expect(of('tools/node_modules')).toEqual([])
  })

  it('writes no line that a later exception undoes', () => {
    const tree = { ...ignoring('*', 'node_modules', '!apps'), 'apps/web/node_modules/x': 1 }
    expect(lines('root-only', tree)?.lines).toEqual([[2, []]])
  })
})

describe('lines that can have no effect', () => {
  const reasons = (...texts: string[]) =>
    find('no-effect', ignoring(...texts)).map(({ severity, data }) => [
      severity,
      ...(data['lines'] as readonly Record<string, unknown>[]).map(({ line, reason, other }) => [
        line,
        reason,
        other,
      ]),
    ])

  it('tells of an exception above the line that drops', () => {
    expect(reasons('x', '!keep.md', '*.md')).toEqual([['warning', [2, 'too early', 3]]])
  })

  it('tells of an exception that is dropped again', () => {
    expect(reasons('*.md', '!README.md', 'README*')).toEqual([['warning', [2, 'dropped again', 3]]])
    expect(reasons('*', '!src', '**')).toEqual([['warning', [2, 'dropped again', 3]]])
  })

  it('says nothing of an order that leaves a gap', () => {
    // The directory is dropped by line 1 before line 3 is tried, so what line 2 lets in stays in.
    expect(reasons('*', '!a/b', 'a')).toEqual([])
  })

  it('tells by the way of an exception to nothing', () => {
    expect(reasons('*.md', '!src')).toEqual([['info', [2, 'nothing to let in', null]]])
  })

  it.each(['../x', '.', './', '/', 'a/../..'])('tells of %s, which no path can match', (text) => {
    expect(reasons('a', text)).toEqual([['warning', [2, 'matches nothing', null]]])
  })

  it.each([
    [['*.md', '!README.md']],
    [['build', '!build/keep']],
    [['*', '!go.mod', '!**/*.sql', 'cmd/x']],
    [['a', '..b', '.c']],
    [['*', '!src', 'src/test', '!src/test/data']],
  ])('says nothing of %j', (texts) => {
    expect(reasons(...texts)).toEqual([])
  })
})

describe('lines that add nothing', () => {
  it('are none where an exception below answers them, as generators write them', () => {
    // rails new, https://github.com/rails/rails/tree/main/railties/lib/rails/generators/rails/app/templates
    expect(
      pairs(
        '/log/*',
        '/tmp/*',
        '!/log/.keep',
        '!/tmp/.keep',
        '/tmp/pids/*',
        '!/tmp/pids/.keep',
        '/tmp/storage/*',
        '!/tmp/storage/.keep',
      ),
    ).toEqual([])
    expect(pairs('/tmp/*', '!/tmp/.keep', '/tmp/pids/*')).toEqual([[3, 1]])
  })

  const pairs = (...texts: string[]) =>
    find('subsumed', ignoring(...texts)).flatMap(({ data }) =>
      (data['lines'] as readonly Record<string, unknown>[]).map(({ line, by }) => [line, by]),
    )

  it.each<[readonly string[], readonly (readonly number[])[]]>([
    [['a', 'b', 'a/'], [[3, 1]]],
    [['*.log', '**/*.log'], [[1, 2]]],
    [
      ['logs', 'logs/*.log', 'logs/**'],
      [
        [2, 1],
        [3, 1],
      ],
    ],
    [['*', '!src', '!src/a'], [[3, 2]]],
    // Two that are equal: without the later one, the exception counts.
    [['*.md', '!a.md', '*.md'], []],
    [
      ['a', 'a', 'a'],
      [
        [2, 1],
        [3, 1],
      ],
    ],
    [['*.a', '*.b'], []],
    [['build', '!build/x', 'build/x/y'], []],
    [['*', '!a', '*'], []],
    [['\\bx', 'x'], []],
  ])('of %j are %j', (texts, expected) => {
    expect(pairs(...texts)).toEqual(expected)
  })

  it('never tells of a line without which something else would be dropped', () => {
    const [finding] = find('subsumed', { ...ignoring('*', '!src', '*.ts'), 'src/a.ts': 1 })
    expect(finding).toMatchObject({ severity: 'info', hint: null, at: { line: 3 } })
  })

  it('tells only of lines without which every path is treated as before', () => {
    const texts = fc.array(
      fc.constantFrom(
        ...['a', 'b', '*', '**/a', '!a', '!b', 'a/b', '!a/b', '*.b', '!*.b', '**/*.b', '!**/b', 'a/**'],
        ...['**', '!a/*', 'a*', '!a/b/c', 'b/a', '!**/a/b', '*/b'],
      ),
      { minLength: 2, maxLength: 7 },
    )
    const names = ['a', 'b', 'c', 'ab', '.b', 'a.b']
    const paths = names.flatMap((first) => [
      first,
      ...names.flatMap((second) => [
        `${first}/${second}`,
        ...names.map((third) => `${first}/${second}/${third}`),
      ]),
    ])
    fc.assert(
      fc.property(texts, (written) => {
        const gone = new Set(pairs(...written).map(([line]) => line))
        const all = compilePatterns(written).patterns
        const whole = createPatternList(all)
        const rest = createPatternList(all.filter((_, index) => !gone.has(index + 1)))
        for (const path of paths) {
          const drops = (list: PatternList) => [
            list.matched(list.judge(path).verdict),
            list.judgeByPath(path),
          ]
          expect([path, ...drops(rest)]).toEqual([path, ...drops(whole)])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('is soon done with a long file', () => {
    const before = performance.now()
    const texts = Array.from({ length: 480 }, (_, i) => (i % 7 === 0 ? `!x${i}/y` : `**/x${i}*`))
    find('subsumed', ignoring('*', ...texts))
    expect(performance.now() - before).toBeLessThan(20_000)
  }, 40_000)
})

describe('names nearly right', () => {
  const near = (text: string, ...names: string[]) =>
    lines('near-miss', { ...ignoring(text), ...Object.fromEntries(names.map((name) => [name, 1])) })

  it.each([
    ['node_module', 'node_modules/x', 'node_modules'],
    ['node_modlues', 'node_modules/x', 'node_modules'],
    ['.gti', '.git/HEAD', '.git'],
    ['__pycahe__', '__pycache__/x', '__pycache__'],
    ['.DS_store', '.DS_Store', '.DS_Store'],
  ])('warns of %s where %s is', (text, path, instead) => {
    expect(near(text, path)).toEqual({ severity: 'warning', lines: [[1, [instead]]] })
  })

  it.each([
    ['tests/', 'test/x', 'test/'],
    ['compose.yml', 'compose.yaml', 'compose.yaml'],
    ['readme.md', 'README.md', 'README.md'],
    ['uplaods', 'uploads/x', 'uploads'],
  ])('mentions %s where %s is', (text, path, instead) => {
    expect(near(text, path)).toEqual({ severity: 'info', lines: [[1, [instead]]] })
  })

  it.each([
    ['.venv', '.env'],
    ['dist', 'list/x'],
    ['v1', 'v2/x'],
    ['data1', 'data2/x'],
    ['node_modules', 'modules/x'],
    ['test', 'test/x'],
    ['*.yml', 'a.yaml'],
    ['!tests', 'test/x'],
    ['a/tests', 'a/test/x'],
  ])('says nothing of %s where %s is', (text, path) => {
    expect(near(text, path)).toBeNull()
  })

  it('says nothing where what is there is dropped already', () => {
    expect(near('tests\ntest', 'test/x')).toBeNull()
  })
})

describe('ignore files that are not read', () => {
  const unread = (tree: MemoryTree, options: Partial<ScanOptions> = {}) =>
    find('never-read', tree, options).map(({ severity, data }) => [severity, data['files']])

  it('tells of one below the root, unless a Dockerfile beside it makes that a context', () => {
    expect(unread({ 'a/.dockerignore': 'x', 'b/.dockerignore': 'x', 'b/Dockerfile': 'FROM a' })).toEqual([
      ['info', ['a/.dockerignore']],
    ])
  })

  it("tells of the one beside this build's own Dockerfile", () => {
    const tree = { 'b/.dockerignore': 'x', 'b/Dockerfile': 'FROM scratch\nCOPY . /\n' }
    const found = find('never-read', tree, { file: '/ctx/b/Dockerfile' })
    expect(found.map(({ data }) => data['files'])).toEqual([['b/.dockerignore']])
    expect(found[0]?.hint).toContain('`b/Dockerfile.dockerignore`')
  })

  it('says nothing of those that packages bring along, or git ignores', () => {
    const tree = { 'node_modules/x/.dockerignore': 'x', 'a/vendor/b/.dockerignore': 'x' }
    expect(unread(tree)).toEqual([])
    expect(unread({ '.git/HEAD': '', '.gitignore': 'out', 'out/.dockerignore': 'x' })).toEqual([])
  })

  it('tells of one whose Dockerfile is gone', () => {
    expect(unread({ 'prod.Dockerfile.dockerignore': 'x' })).toEqual([
      ['info', ['prod.Dockerfile.dockerignore']],
    ])
    expect(unread({ 'prod.Dockerfile.dockerignore': 'x', 'prod.Dockerfile': 'FROM a' })).toEqual([])
  })

  it('tells which builder reads which of two', () => {
    const dockerfile = { 'Dockerfile.dockerignore': 'x' }
    expect(unread({ ...dockerfile, '.dockerignore': 'y' })).toEqual([['info', ['.dockerignore']]])
    expect(unread(dockerfile)).toEqual([['info', ['Dockerfile.dockerignore']]])
    expect(unread({ '.containerignore': 'x', '.dockerignore': 'y' })).toEqual([
      ['info', ['.containerignore']],
    ])
  })

  it.each(['dockerignore', '.dockeringore', '.dockerignore.txt', '.DockerIgnore', '.containerignore'])(
    'warns of %s where there is no other',
    (name) => {
      expect(unread({ [name]: 'x' })).toEqual([['warning', [name]]])
      expect(unread({ [name]: 'x', '.dockerignore': '' }).map(([severity]) => severity)).not.toContain(
        'warning',
      )
    },
  )

  it('says nothing of an ordinary context', () => {
    expect(unread({ '.dockerignore': 'x', a: 1 })).toEqual([])
    expect(unread({ a: 1 })).toEqual([])
  })
})
