import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { explainPaths } from '../../src/answers/why.ts'
import { type MemoryTree, rawName } from '../../src/host/memory.ts'
import { scanTree } from '../scan-tree.ts'

const why = (tree: MemoryTree, path: string) => {
  const [answer] = explainPaths(scanTree(tree), [path]).paths
  if (!answer) throw new Error('one path has one answer')
  return answer
}

const some: MemoryTree = {
  'src/a.ts': 1,
  'src/gen/b.ts': 1,
  'docs/a.md': 1,
  'node_modules/x/i.js': 1,
  'keep.log': 1,
  'a.log': 1,
  '.dockerignore': '# what stays\nnode_modules\n*.log\n!keep.log\nsrc\n!src/*.ts\n',
  Dockerfile: 'FROM scratch AS one\nCOPY src docs /z/\nFROM one\n',
}

describe('why a path is where it is', () => {
  it.each([
    ['docs/a.md', 'read', null, null, true],
    ['docs', 'read', null, null, true],
    ['docs/new.md', 'read', null, null, false],
    ['src/a.ts', 'read', 6, null, true],
    ['src/gen/b.ts', 'ignored', 5, 'src', true],
    ['a.log', 'ignored', 3, null, true],
    ['b.log', 'ignored', 3, null, false],
    ['keep.log', 'unread', 4, null, true],
    ['node_modules', 'ignored', 2, null, true],
    ['node_modules/y/z', 'ignored', 2, 'node_modules', false],
    ['Dockerfile', 'unread', null, null, true],
    ['./docs//a.md', 'read', null, null, true],
    ['/ctx/docs/a.md', 'read', null, null, true],
    ['../x', 'outside', null, null, false],
    ['/etc/passwd', 'outside', null, null, false],
    ['docs/../../x', 'outside', null, null, false],
  ])('%s: %s by line %j, with its parent %j', (path, fate, line, parent, exists) => {
    const answer = why(some, path)
    expect([answer.fate, answer.decidedBy?.line ?? null, answer.droppedParent, answer.exists]).toEqual([
      fate,
      line,
      parent,
      exists,
    ])
  })

  it('names every line that matches it or a parent, in file order', () => {
    expect(
      why(some, 'src/a.ts').matches.map(({ line, matched, negated }) => [line, matched, negated]),
    ).toEqual([
      [5, 'src', false],
      [6, 'src/a.ts', true],
    ])
  })

  it('names who reads it', () => {
    expect(why(some, 'docs/a.md').reads).toMatchObject([
      { line: 2, instruction: 'COPY', stage: 'one', text: 'COPY src docs /z/', file: 'Dockerfile' },
    ])
  })

  it('knows the root of the context, which no pattern can drop', () => {
    expect(why({ a: 1, '.dockerignore': '*' }, '.')).toMatchObject({
      exists: true,
      type: 'dir',
      change: null,
    })
  })

  it('says where the classic builder differs', () => {
    const tree = { 'b/c/keep.log': 1, '.dockerignore': '*\n!**/keep.log\n' }
    expect(why(tree, 'b/c/keep.log').notes.join()).toContain('the classic builder does not send it')
  })

  it('says where older builders differ', () => {
    const tree = { 'b/a.log': 1, '.dockerignore': 'b/*.log\n!b\n' }
    expect(why(tree, 'b/a.log').notes.join()).toContain('podman and Docker clients up to 20.10 keep it')
  })

  it('says of a socket that the classic builder leaves it out', () => {
    expect(why({ s: { type: 'socket' } }, 's').notes).toEqual(['the classic builder leaves sockets out'])
  })

  it('counts what is let in again below a dropped directory', () => {
    expect(why({ 'd/a': 1, 'd/b': 1, 'd/c': 1, '.dockerignore': 'd\n!d/a\n!d/b\n' }, 'd').notes).toContain(
      '2 entries below it are let in again',
    )
  })
})

describe('the line that would change the answer', () => {
  const turned = (tree: MemoryTree, path: string) => {
    const before = why(tree, path)
    const add = before.change?.add
    if (typeof add !== 'string') return null
    const old = tree['.dockerignore']
    const after = why({ ...tree, '.dockerignore': `${typeof old === 'string' ? old : ''}\n${add}\n` }, path)
    return { add, before: before.fate === 'ignored', after: after.fate === 'ignored' }
  }

  it.each([
    ['docs/a.md', 'docs/a.md'],
    ['a.log', '!a.log'],
    ['keep.log', 'keep.log'],
    ['src/gen/b.ts', '!src/gen/b.ts'],
    ['node_modules/x/i.js', '!node_modules/x/i.js'],
    ['src', '!src'],
  ])('for %s is %s', (path, add) => {
    expect(turned(some, path)?.add).toBe(add)
  })

  it.each([
    'a',
    '#a',
    '!a',
    '[x]',
    'a*',
    'a?',
    'back\\slash',
    '^a',
    ' a',
    'a ',
    ' ',
    '\u00a0a',
    'a\u3000',
    'é',
    'two words',
    'new\nline',
    'tab\t',
    'return\r',
    '\u001b[31m',
    'a\u202Eb',
    'a\u200Bb',
    '\uFEFFa',
    `a${rawName(0xff)}`,
    '#',
    '!',
    '$(x)',
    'd/#a',
    'a\\n',
  ])('turns the answer of %j round when it is written into the file', (name) => {
    for (const ignore of ['', '*\n']) {
      const result = turned({ [name]: 1, '.dockerignore': ignore }, name)
      if (result) expect(result).toMatchObject({ before: ignore !== '', after: ignore === '' })
    }
  })

  it('turns every answer round, whatever the name', () => {
    const character = fc.oneof(
      fc.constantFrom(...'ab*?[]\\^!#. $-'),
      fc.constantFrom('\n', '\t', '\u00a0', 'é', '\u202e', '\u200b', '\uFEFF', rawName(0x80)),
    )
    const path = fc
      .array(character, { minLength: 1, maxLength: 5 })
      .map((characters) => characters.join(''))
      .filter((each) => !/^\.{1,2}$/.test(each))
    fc.assert(
      fc.property(path, fc.constantFrom('', '*', '*\n!*'), (each, ignore) => {
        const result = turned({ [each]: 1, '.dockerignore': ignore }, each)
        if (result) expect(result.after).toBe(!result.before)
      }),
      { numRuns: 500 },
    )
  })
})
