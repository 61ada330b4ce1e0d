/** Reports that are too much for anybody: each format of them takes seconds, and what people read stays as long as people read. */

import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { csv } from '../../src/reporters/csv.ts'
import { github } from '../../src/reporters/github.ts'
import { gitlab } from '../../src/reporters/gitlab.ts'
import { json } from '../../src/reporters/json.ts'
import { junit } from '../../src/reporters/junit.ts'
import { markdown } from '../../src/reporters/markdown.ts'
import { sarif } from '../../src/reporters/sarif.ts'
import { table } from '../../src/reporters/table.ts'
import { scanTree } from '../scan-tree.ts'
import { plainStyle } from './style.ts'

const { report } = scanTree({ Dockerfile: 'FROM scratch\nCOPY nope /\nCOPY . /\n', a: 1 })
const context = report.contexts[0]
const finding = context?.findings[0]
const target = context?.targets[0]
if (!context || !finding || !target) throw new Error('nothing to be made more of')
const many = <T>(count: number, make: (i: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, i) => make(i))
const changedTo = (changed: Partial<typeof context>): Report => ({
  ...report,
  contexts: [{ ...context, ...changed }],
})

const reports: Readonly<Record<string, Report>> = {
  '100,000 findings': changedTo({
    findings: many(100_000, (i) => ({ ...finding, message: `one of many: ${i}` })),
  }),
  '10,000 builds and 2,000 findings': changedTo({
    targets: many(10_000, (i) => ({ ...target, dockerfile: `d${i}/Dockerfile` })),
    findings: many(2000, () => finding),
  }),
  '5,000 contexts': { ...report, contexts: many(5000, (i) => ({ ...context, root: `c${i}` })) },
}
const printers = { table, markdown, github, sarif, junit, gitlab, csv, json }

describe.each(Object.entries(reports))('%s', (_, large) => {
  it.each(Object.entries(printers))(
    'are printed in seconds as %s',
    (name, print) => {
      const before = process.cpuUsage()
      const text = print(large, plainStyle)
      const { user } = process.cpuUsage(before)
      expect(user / 1e6).toBeLessThan(10)
      // What GitHub shows of a comment or a summary ends soon after 65,536 characters.
      if (name === 'markdown') expect(text.length).toBeLessThan(65_536)
    },
    60_000,
  )
})

it('names of a megabyte are no reason to fall', () => {
  const long = 'n'.repeat(1 << 20)
  const large = changedTo({
    root: long,
    targets: [{ ...target, dockerfile: long }],
    findings: [{ ...finding, message: long, at: { file: long, line: 1 } }],
  })
  const before = process.cpuUsage()
  for (const print of Object.values(printers)) expect(print(large, plainStyle).length).toBeLessThan(20 << 20)
  expect(process.cpuUsage(before).user / 1e6).toBeLessThan(10)
})
