import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { flag } from '../../src/context/table.ts'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { buildkitWire, classicWire, createTrial } from '../../src/page/outcome.ts'
import { patterns, tree } from '../laws/arbitrary.ts'
import { scanTree } from '../scan-tree.ts'
import { treeOf } from './page-tree.ts'

const sources = fc.array(fc.constantFrom('.', 'a', 'b/a', '*.log', 'a*', 'ab/', '.a/b'), {
  minLength: 1,
  maxLength: 3,
})

/** A comment as long as the text, so that both trees hold an ignore file of the same size. */
const standsFor = (text: string) => `#${'x'.repeat(Math.max(0, text.length - 1))}`

describe('what the page makes of an ignore file', () => {
  it('is what a scan of a disk with that file says, whatever was tried before', () => {
    fc.assert(
      fc.property(
        tree,
        patterns,
        fc.array(patterns, { maxLength: 4 }),
        sources,
        (files, lines, tried, copied) => {
          const text = `${lines.join('\n')}\n`
          // What is a pattern by itself may be none as a line: `/!`.
          fc.pre(parseIgnoreFile(text).problems.length === 0)
          const dockerfile = `FROM scratch\n${copied.map((one) => `COPY ${one} /x/\n`).join('')}`
          const scanned = scanTree({ ...files, Dockerfile: dockerfile, '.dockerignore': text })
          const before = scanTree({ ...files, Dockerfile: dockerfile, '.dockerignore': standsFor(text) })
          const page = treeOf(before)
          const trial = createTrial(page)
          // Lines that come again at another place, and letter by letter.
          for (const others of tried) trial(0, `${others.join('\n')}\n${text}`)
          for (let length = Math.max(0, text.length - 4); length < text.length; length++)
            trial(0, text.slice(0, length))
          const { outcome } = trial(0, text)
          if (!outcome) throw new Error('docker takes these patterns')
          const [context] = scanned.report.contexts
          const [target] = context?.targets ?? []
          expect(outcome.amounts).toMatchObject({
            context: context?.context,
            unread: context?.unread,
            transfer: target?.transfer,
          })
          expect(buildkitWire(page, outcome)).toEqual(target?.wire.buildkit)
          expect(classicWire(page, outcome)).toEqual(target?.wire.classic ?? null)
          expect(
            outcome.reads.map((reads) => [
              [...(reads?.rows ?? [])].map((row) => outcome.table.path(row)),
              reads?.failure?.message ?? null,
            ]),
          ).toEqual(
            scanned.reads.map(({ reads }) => [
              [...reads.rows].map((row) => scanned.main.table.path(row)),
              reads.failure?.message ?? null,
            ]),
          )
          // Every row that the scan came to has the verdict that it has here.
          const { table } = scanned.main
          for (let row = 0; row < table.count; row++) {
            const here = outcome.table.find(table.path(row))
            if (here === null) throw new Error('both walked the same tree')
            const bits = flag.ignored | flag.withheld
            expect([table.path(row), outcome.verdicts()[here]]).toEqual([table.path(row), table.verdict[row]])
            if (table.kind[row] !== 1)
              expect((outcome.table.flags[here] ?? 0) & bits).toBe((table.flags[row] ?? 0) & bits)
          }
        },
      ),
      { numRuns: 150 },
    )
  })

  it('names the line that a scan names where none but podman enters a dropped directory', () => {
    const text = 'a/**a\na\n!a-b\n'
    const { table } = scanTree({ 'a/a': 0, '.dockerignore': text }).main
    const page = treeOf(scanTree({ 'a/a': 0, '.dockerignore': standsFor(text) }))
    const verdicts = createTrial(page)(0, text).outcome?.verdicts()
    expect([table.path(3), table.verdict[3]]).toEqual(['a/a', 0])
    expect(verdicts?.[page.table.find('a/a') ?? -1]).toBe(0)
  })

  it('judges each path alone where a line looks at whole paths, and then by names again', () => {
    const trial = createTrial(treeOf(scanTree({ 'a/b.log': 1, 'a/c': 20, 'log-b': 300 })))
    const kept = (text: string) => trial(0, text).outcome?.amounts.context.bytes
    // The Dockerfile has 22 bytes.
    expect([kept('a/*.log\n'), kept('**/log\\b*\n'), kept('a\n!a/b.log\n')]).toEqual([342, 43, 323])
  })

  it('refuses with the words of the parser, and the line', () => {
    const page = treeOf(scanTree({ a: 1 }))
    const { problems } = parseIgnoreFile('a\n[\n')
    expect(createTrial(page)(0, 'a\n[\n').refusals).toEqual([{ line: 2, message: problems[0]?.message }])
    expect(createTrial(page)(0, '[b-a]\n').refusals).toEqual([
      { line: null, message: 'syntax error in pattern: [b-a]' },
    ])
  })

  it('names directories that nobody looked into and that come in, or may', () => {
    const page = treeOf(scanTree({ '.dockerignore': 'a\nb\n', 'a/x': 1, 'b/x': 1 }))
    const unknown = (text: string) => {
      const { outcome } = createTrial(page)(0, text)
      return outcome?.unknown.map((row) => page.table.path(row))
    }
    expect(unknown('a\nb\n')).toEqual([])
    expect(unknown('b\n')).toEqual(['a'])
    expect(unknown('a\nb\n!a/x\n')).toEqual(['a'])
  })

  it.each(['classic', 'podman'] as const)('is what %s makes of it where that leads', (builder) => {
    const files = { Dockerfile: 'FROM scratch\nCOPY . /\n', 'a/b': 1, 'a/c': 20, 'd.log': 300 }
    const text = 'a\n!a/b\n*.log\n'
    const scanned = scanTree({ ...files, '.dockerignore': text }, { builder })
    const page = treeOf(scanTree({ ...files, '.dockerignore': standsFor(text) }, { builder }))
    const { outcome } = createTrial(page)(0, text)
    expect(outcome?.amounts.context).toEqual(scanned.report.contexts[0]?.context)
    expect(outcome?.amounts.unread).toEqual(scanned.report.contexts[0]?.unread)
  })
})
