import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { ScanOptions } from '../../src/scan.ts'
import { scanTree } from '../scan-tree.ts'

const from = 'FROM scratch\n'
const link = (target: string) => ({ type: 'symlink', target }) as const

function look(tree: MemoryTree, options: Partial<ScanOptions> = {}) {
  const scanned = scanTree(tree, options)
  const [context] = scanned.report.contexts
  return {
    findings: context?.findings ?? [],
    fails: context?.targets[0]?.buildFails,
    fatal: scanned.fatal.map(({ code }) => code),
  }
}

describe('what is certain to fail', () => {
  it.each<[string, MemoryTree, string, number, string]>([
    [
      'an ignored source',
      { 'src/app.jar': 1, '.dockerignore': 'x\n*/*.jar\n', Dockerfile: `${from}\nCOPY src/app.jar /\n` },
      'copy-source-ignored',
      3,
      'COPY src/app.jar: ignored by .dockerignore:2 `*/*.jar`',
    ],
    [
      'a source in an ignored directory',
      { 'd/e/f': 1, '.dockerignore': 'd', Dockerfile: `${from}COPY d/e/f /\n` },
      'copy-source-ignored',
      2,
      'COPY d/e/f: ignored by .dockerignore:1 `d`',
    ],
    [
      'a pattern that finds nothing, in a directory from which an exception would let it in',
      { 'o/a.txt': 1, '.dockerignore': '*\n!o/*-runner\n', Dockerfile: `${from}COPY o/*-runner /\n` },
      'copy-source-missing',
      2,
      'COPY o/*-runner: no such file or directory in the context',
    ],
    [
      'a pattern of which all that it finds is ignored',
      { 'o/a-runner': 1, '.dockerignore': '*\n!o/b*\n', Dockerfile: `${from}COPY o/*-runner /\n` },
      'copy-source-ignored',
      2,
      'COPY o/*-runner: ignored by .dockerignore:1 `*`',
    ],
    [
      'a pattern in a directory that is ignored whole',
      { 'o/a': 1, '.dockerignore': 'o\n', Dockerfile: `${from}COPY o/*-runner /\n` },
      'copy-source-ignored',
      2,
      'COPY o/*-runner: ignored by .dockerignore:1 `o`',
    ],
    [
      'a missing source',
      { a: 1, Dockerfile: `${from}COPY nope /\n` },
      'copy-source-missing',
      2,
      'COPY nope: no such file or directory in the context',
    ],
    [
      'a missing source that a pattern would ignore',
      { a: 1, '.dockerignore': 'no*', Dockerfile: `${from}COPY nope /\n` },
      'copy-source-missing',
      2,
      'COPY nope: no such file or directory in the context',
    ],
    [
      'a dangling link',
      { a: link('b'), Dockerfile: `${from}COPY a /\n` },
      'copy-source-missing',
      2,
      'COPY a: the link a leads to b, which is not in the context',
    ],
    [
      'links round in circles',
      { a: link('b'), b: link('a'), Dockerfile: `${from}COPY a /\n` },
      'source-link-loop',
      2,
      'COPY a: failed to calculate checksum of ref: too many links',
    ],
    [
      'a broken --exclude',
      { 'a/b': 1, Dockerfile: `${from}COPY --exclude=[ a /\n` },
      'exclude-pattern-refused',
      2,
      'COPY a: failed to calculate checksum of ref: invalid excludepatterns: [[]: syntax error in pattern',
    ],
    [
      'a source that hides in escapes',
      { Dockerfile: `${from}COPY ["\\u001b]0;x", "/"]\n` },
      'copy-source-missing',
      2,
      'COPY \\x1b]0;x: no such file or directory in the context',
    ],
  ])('is %s', (_, tree, rule, line, message) => {
    const { findings, fails, fatal } = look(tree)
    const [finding] = findings
    expect(finding).toMatchObject({
      rule,
      severity: 'error',
      confidence: 'high',
      message,
      at: { file: 'Dockerfile', line },
    })
    expect([fails, fatal]).toEqual([true, []])
  })

  it('has a hint that helps with another case of a letter', () => {
    const { findings } = look({ 'README.md': 1, Dockerfile: `${from}COPY readme.md /\n` })
    expect(findings[0]?.hint).toContain('there is README.md')
  })

  it('is said once for each instruction, whatever the number of its sources', () => {
    expect(
      look({ Dockerfile: `${from}COPY a b /z/\nCOPY c /\n` }).findings.map(({ at }) => at?.line),
    ).toEqual([2, 3])
  })

  it('does not come from a stage that the target does not need', () => {
    const tree = { a: 1, Dockerfile: 'FROM scratch AS x\nCOPY nope /\nFROM scratch\nCOPY a /\n' }
    expect(look(tree)).toMatchObject({ fails: false, findings: [] })
  })
})

it('shows no escape sequence where a source is refused as a pattern', () => {
  const [finding] = look({ Dockerfile: `${from}COPY ["\\u001b[2Jx", "/"]\n` }).findings
  expect(finding).toMatchObject({ rule: 'source-pattern-refused', at: { line: 2 }, data: { fails: true } })
  expect(finding?.message).toBe('invalid includepatterns: [\\x1b[2Jx]: syntax error in pattern')
})

describe('what ends the run although there is something to say', () => {
  it.each<[string, MemoryTree, Partial<ScanOptions>, string]>([
    ['no such target', { Dockerfile: from }, { target: 'nope' }, 'target-not-found'],
    ['no Dockerfile', { Dockerfile: link('gone') }, {}, 'dockerfile-not-found'],
    [
      'an entry that cannot be read',
      { a: { type: 'file', denied: true, mode: 0o600 } },
      { builder: 'classic' },
      'entry-unreadable',
    ],
    [
      'a directory that cannot be listed',
      { a: { type: 'dir', denied: true }, 'a/b': 1 },
      {},
      'entry-unreadable',
    ],
  ])('is %s', (_, tree, options, code) => {
    expect(look(tree, options)).toMatchObject({ fatal: [code], fails: true })
  })

  it('is an unreadable file with BuildKit too, which sends it empty and does not fail', () => {
    // Seen on Engine 20.10 with a file of 7 bytes that the client may not open: it printed what is predicted here.
    const s = { type: 'file', content: 'secret\n', denied: true, mode: 0o600 } as const
    const whole = scanTree({ s, x: 'x\n' })
    expect(look({ s, x: 'x\n' })).toMatchObject({ fatal: ['file-unreadable'], fails: false })
    const read = scanTree({ s: { ...s, denied: false }, x: 'x\n' })
    expect(read.main.wire.cold - whole.main.wire.cold).toBe('secret\n'.length + 6)
  })

  it('is not an unreadable entry that nobody asks BuildKit for', () => {
    const tree: MemoryTree = {
      a: { type: 'file', denied: true, mode: 0o600 },
      b: 1,
      Dockerfile: `${from}COPY b /\n`,
    }
    expect(look(tree)).toMatchObject({ fatal: [], fails: false })
    expect(look(tree, { builder: 'classic' })).toMatchObject({ fatal: ['entry-unreadable'], fails: true })
  })
})

it('tells of files that BuildKit sends without content because of the ignore file', () => {
  const tree: MemoryTree = { 'a/c': 'content', b: 1, '.dockerignore': 'a\n!a/c\na\n' }
  const [finding, ...others] = look(tree).findings
  expect(others.map(({ rule }) => rule)).toEqual(['builders-differ'])
  expect(finding).toMatchObject({
    rule: 'sent-empty',
    severity: 'warning',
    at: { file: '.dockerignore', line: 3 },
    data: { path: 'a/c', files: 1 },
  })
  expect(look({ ...tree, '.dockerignore': 'a\n!a/c\n' }).findings).toEqual([])
})

describe('what only other builders refuse', () => {
  it('is --parents for an older built-in frontend', () => {
    const tree = { 'a/b': 1, Dockerfile: `${from}COPY --parents a/b /\n` }
    expect(look(tree).findings.map(({ rule }) => rule)).toContain('parents-needs-syntax')
    const syntax = look({ ...tree, Dockerfile: `# syntax=docker/dockerfile:1\n${tree.Dockerfile}` })
    expect(syntax.findings.map(({ rule }) => rule)).not.toContain('parents-needs-syntax')
  })

  it('is a source that leads out of the context for the classic builder', () => {
    const tree = { a: 1, Dockerfile: `${from}COPY ../a /\n` }
    expect(look(tree)).toMatchObject({
      fails: false,
      findings: [{ rule: 'classic-builder-refuses', severity: 'info' }],
    })
  })
})

it('says nothing of a build with which nothing is wrong', () => {
  expect(look({ a: 1, '.dockerignore': 'b\n', Dockerfile: `${from}COPY a /\n` })).toEqual({
    findings: [],
    fails: false,
    fatal: [],
  })
})
