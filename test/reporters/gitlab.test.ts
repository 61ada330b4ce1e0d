import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { gitlab } from '../../src/reporters/gitlab.ts'
import { hostileReport, hostileTexts, manyBuilds, sample, samples } from './samples.ts'

interface Entry {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: string
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
}

// Its shape is what the first test below checks.
const read = (report: Report) => JSON.parse(gitlab(report)) as readonly Entry[]

const hostile = Object.entries(hostileTexts).map(([name, text]) => [name, hostileReport(text)] as const)

describe('the code quality report', () => {
  it.each([...Object.entries(samples), ...hostile])(
    'has every field that GitLab asks for: %s',
    (_, report) => {
      const entries = read(report)
      for (const entry of entries) {
        expect(Object.keys(entry)).toEqual([
          'description',
          'check_name',
          'fingerprint',
          'severity',
          'location',
        ])
        expect(['info', 'minor', 'major', 'critical', 'blocker']).toContain(entry.severity)
        expect(entry.fingerprint).toMatch(/^[0-9a-f]{16}:\d+$/)
        expect(entry.location.path).not.toMatch(/^\.?\/|^$|^\.\.(?:\/|$)/)
        expect(entry.location.lines.begin).toBeGreaterThanOrEqual(1)
      }
      expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length)
    },
  )

  it('is an empty list where there is nothing to say, and begins with no mark', () => {
    expect(gitlab({ ...sample('clean'), contexts: [], problems: [] })).toBe('[]\n')
  })

  it('weighs what makes a build fail most', () => {
    const severities = read(manyBuilds()).map(({ check_name, severity }) => [check_name, severity])
    expect(severities).toContainEqual(['CONTEXT_NOT_FOUND', 'blocker'])
    expect(severities).toContainEqual(['budget-context', 'critical'])
    expect(severities).toContainEqual(['copy-source', 'major'])
  })

  it('names a file as it is called, from the top of the repository', () => {
    const [entry] = read(hostileReport('データ b'))
    expect(entry?.location.path).toBe('データ b/データ b')
  })
})
