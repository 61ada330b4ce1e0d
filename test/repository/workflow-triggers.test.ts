import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { letsThrough, triggersOf } from '../../src/repository/workflow-triggers.ts'
import { child, readYaml } from '../../src/repository/yaml-tree.ts'

const on = (text: string) => triggersOf(child(readYaml(text)?.[0], 'on'), 'ci.yml')
const filter = (kind: 'paths' | 'paths-ignore', ...patterns: readonly string[]) => ({
  kind,
  file: 'ci.yml',
  patterns: patterns.map((text, i) => ({ text, line: i + 1 })),
})

describe('what starts a workflow', () => {
  it.each([
    ['on: push', ['push']],
    ['on: [push, pull_request]', ['push', 'pull_request']],
    ['on: {push: {branches: [main]}, workflow_dispatch: }', ['push', 'workflow_dispatch']],
    ['on: {push: {tags: [v*], paths: [src/**]}}', ['tag']],
    ['on: {push: {tags: [v*], branches: [main]}}', ['push']],
    ['jobs: {}', []],
  ])('is read: %s', (text, events) => {
    expect(on(text).map(({ event }) => event)).toEqual(events)
  })

  it('has its filter, with the line of each pattern', () => {
    expect(
      on(
        'on:\n  push:\n    paths:\n      - src/**\n      - Dockerfile\n  pull_request:\n    paths-ignore: [docs/**]\n',
      ),
    ).toEqual([
      {
        event: 'push',
        filter: {
          kind: 'paths',
          file: 'ci.yml',
          patterns: [
            { text: 'src/**', line: 4 },
            { text: 'Dockerfile', line: 5 },
          ],
        },
      },
      {
        event: 'pull_request',
        filter: { kind: 'paths-ignore', file: 'ci.yml', patterns: [{ text: 'docs/**', line: 7 }] },
      },
    ])
  })
})

describe('a filter of paths', () => {
  // The examples of the cheat sheet, and names that the rules are about.
  it.each([
    ['*', 'README.md', true],
    ['*', '.dockerignore', true],
    ['*', 'docs/x', false],
    ['**', 'all/the/files.md', true],
    ['*.js', 'index.js', true],
    ['*.js', 'js/index.js', false],
    ['**.js', 'src/js/app.js', true],
    ['*.jsx?', 'page.js', true],
    ['*.jsx?', 'page.jsx', true],
    ['docs/*', 'docs/README.md', true],
    ['docs/*', 'docs/a/b.md', false],
    ['docs/**/*.md', 'docs/README.md', true],
    ['docs/**/*.md', 'docs/a/markdown/file.md', true],
    ['**/docs/**', 'dir/docs/my-file.txt', true],
    ['**/docs/**', 'docs/hello.md', true],
    ['**/README.md', 'README.md', true],
    ['**/README.md', 'js/README.md', true],
    ['**/README.md', 'XREADME.md', false],
    ['**/*src/**', 'a/src/app.js', true],
    ['**/*src/**', 'my-src/code/js/app.js', true],
    ['**/*-post.md', 'path/their-post.md', true],
    ['**/migrate-*.sql', 'db/sept/migrate-v1.sql', true],
    ['**/Dockerfile*', 'services/api/Dockerfile.prod', true],
    ['ab+c', 'abbbc', true],
    ['ab+c', 'ac', false],
    ['v[12].[0-9]+', 'v2.17', true],
    ['v[12].[0-9]+', 'v3.1', false],
    ['a\\*b', 'a*b', true],
    ['src', 'src/a.ts', false],
  ])('%s and %s: %s', (pattern, path, expected) => {
    expect(letsThrough(filter('paths', pattern), path)).toBe(expected)
    expect(letsThrough(filter('paths-ignore', pattern), path)).toBe(!expected)
  })

  it.each([
    [['sub/**', '!sub/docs/**'], 'sub/a', true],
    [['sub/**', '!sub/docs/**'], 'sub/docs/a', false],
    [['sub/**', '!sub/docs/**', 'sub/docs/keep'], 'sub/docs/keep', true],
    [['!sub/**'], 'sub/a', false],
  ])('has its last word decide: %j on %s', (patterns, path, expected) => {
    expect(letsThrough(filter('paths', ...patterns), path)).toBe(expected)
  })

  it('takes a plain path for itself and for nothing else', () => {
    const name = fc.stringMatching(/^[a-z./-]{1,12}$/)
    fc.assert(
      fc.property(name, name, (pattern, path) => {
        expect(letsThrough(filter('paths', pattern), path)).toBe(pattern === path)
      }),
    )
  })

  it('takes no time over a pattern that multiplies', () => {
    const started = performance.now()
    letsThrough(filter('paths', `${'**a*'.repeat(200)}b`), 'a'.repeat(400))
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
