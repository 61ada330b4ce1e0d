import { describe, expect, it } from 'vitest'
import { readGitIgnores } from '../../src/context/git-ignored.ts'
import { makeRules } from '../../src/context/rules.ts'
import { walkContext } from '../../src/context/walk.ts'
import { createMemoryHost, type MemoryTree } from '../../src/host/memory.ts'
import { compilePatterns } from '../../src/ignore/matcher.ts'

/** What is ignored of the context at /r/apps/web. */
function rulesWith(tree: MemoryTree) {
  const host = createMemoryHost({ '/r/.git/HEAD': '', '/r/apps/web/db/a.log': 1, ...tree })
  const rules = makeRules({ ignore: compilePatterns([]), classic: null, includes: null })
  const root = '/r/apps/web'
  const { table } = walkContext(host, { root, rules, measureIgnored: false, progress: null })
  const git = readGitIgnores(host, root, table)
  if (git === null) throw new Error('the context is in a repository')
  return git.rules
}

describe('the line by which git leaves something out', () => {
  const rule = (file: string, pattern: string) =>
    rulesWith({ [`/r/${file}.gitignore`]: `${pattern}\n` }).ruleFor('db/a.log', false)

  it.each([
    ['', '*.log', { glob: '*.log', directory: '', anywhere: true }],
    ['', '/apps/*/db/*.log', { glob: 'db/*.log', directory: '', anywhere: false }],
    ['apps/', 'web/db/', { glob: 'db', directory: '', anywhere: false }],
    ['', '**/db/*.log', { glob: 'db/*.log', directory: '', anywhere: true }],
    ['', 'apps/**/a.log', null],
    ['apps/web/', '/db/*.log  ', { glob: 'db/*.log', directory: '', anywhere: false }],
    ['apps/web/db/', '*.log', { glob: '*.log', directory: 'db', anywhere: true }],
    ['', '/apps', null],
    ['', '*.txt', null],
  ])('in %j: %s', (file, pattern, expected) => {
    expect(rule(file, pattern)).toEqual(expected)
  })

  it('is told of those that let something in too', () => {
    const { exceptions } = rulesWith({
      '/r/.gitignore': '*.log\n!keep.log\n!/other/a.log\n',
      '/r/apps/web/db/.gitignore': '!/b.log\r\n',
    })
    expect(exceptions).toEqual([
      { glob: 'keep.log', directory: '', anywhere: true },
      { glob: 'b.log', directory: 'db', anywhere: false },
    ])
  })
})
