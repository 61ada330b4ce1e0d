import fs from 'node:fs'
import path from 'node:path'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { sarif } from '../../src/reporters/sarif.ts'
import { hostileReport, hostileTexts, manyBuilds, sample, samples } from './samples.ts'

interface Rule {
  readonly id: string
  readonly name: string
  readonly shortDescription: { readonly text: string }
  readonly fullDescription: { readonly text: string }
  readonly help: { readonly text: string; readonly markdown: string }
  readonly properties: { readonly tags: readonly string[]; readonly 'security-severity'?: string }
}

interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: { readonly text: string }
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string; readonly uriBaseId: string }
      readonly region: Readonly<Record<'startLine' | 'startColumn' | 'endLine' | 'endColumn', number>>
    }
  }[]
  readonly partialFingerprints: Readonly<Record<string, string>>
}

interface Run {
  readonly tool: { readonly driver: { readonly name: string; readonly rules: readonly Rule[] } }
  readonly automationDetails: { readonly id: string }
  readonly invocations: readonly { readonly executionSuccessful: boolean }[]
  readonly results: readonly Result[]
}

function runOf(report: Report): Run {
  // Its shape is what the schema below checks.
  const log = JSON.parse(sarif(report)) as { readonly runs: readonly Run[] }
  const [run] = log.runs
  if (run === undefined || log.runs.length !== 1) throw new Error('one run was expected')
  return run
}

const {
  id: _,
  $schema: __,
  ...schema
} = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../schemas/sarif-2.1.0-rtm.5.json'), 'utf8'))
// Draft 4, whose only keywords of its own are left out above.
const isValid = new Ajv({
  strict: false,
  allErrors: true,
  // One of its patterns has a bracket too many.
  unicodeRegExp: false,
  formats: {
    uri: /^[a-z][a-z0-9+.-]*:[\w\-.~:/?#[\]@!$&'()*+,;=%]*$/i,
    'uri-reference': /^(?:%[0-9A-F]{2}|[\w\-.~:/?#[\]@!$&'()*+,;=])*$/,
    'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
  },
}).compile(schema)

const faults = (report: Report) => {
  isValid(JSON.parse(sarif(report)))
  return isValid.errors ?? []
}

const hostile = Object.entries(hostileTexts).map(([name, text]) => [name, hostileReport(text)] as const)
const all = [...Object.entries(samples), ...hostile]

describe('SARIF', () => {
  it('is refused by the schema where something is wrong', () => {
    const log = JSON.parse(sarif(sample('checked')))
    log.runs[0].results[0].level = 'fatal'
    log.runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri = 'a b'
    isValid(log)
    expect(isValid.errors?.map(({ keyword }) => keyword).sort()).toEqual(['enum', 'format'])
  })

  it.each(all)('fits the schema: %s', (_, report) => {
    expect(faults(report)).toEqual([])
  })

  // docs.github.com, SARIF support for code scanning: what is required there and not in the schema.
  it.each(all)('has what GitHub asks for: %s', (_, report) => {
    const { tool, results } = runOf(report)
    const { rules } = tool.driver
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
    for (const { id, name, shortDescription, fullDescription, help } of rules) {
      expect([id, shortDescription.text, fullDescription.text, help.text, help.markdown]).not.toContain('')
      expect(name.length).toBeLessThanOrEqual(255)
      expect(Math.max(shortDescription.text.length, fullDescription.text.length)).toBeLessThanOrEqual(1024)
    }
    for (const { ruleId, ruleIndex, message, locations, partialFingerprints } of results) {
      expect(rules[ruleIndex]?.id).toBe(ruleId)
      expect(message.text).not.toBe('')
      expect(locations.length).toBe(1)
      const [location] = locations
      const { uri, uriBaseId } = location?.physicalLocation.artifactLocation ?? { uri: '', uriBaseId: '' }
      expect([uriBaseId, uri.length > 0]).toEqual(['%SRCROOT%', true])
      const { startLine, startColumn, endLine, endColumn } = location?.physicalLocation.region ?? {}
      expect([startColumn, endLine]).toEqual([1, startLine])
      expect(startLine).toBeGreaterThanOrEqual(1)
      expect(endColumn).toBeGreaterThan(1)
      expect(partialFingerprints['primaryLocationLineHash']).toMatch(/^[0-9a-f]{16}:\d+$/)
    }
    const names = results.map((result) => JSON.stringify(result.partialFingerprints))
    expect(new Set(names).size).toBe(names.length)
  })

  it.each(all)(
    'names no file outside of the repository, and none from the root of the disk: %s',
    (_, report) => {
      const uris = runOf(report).results.map(
        ({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri ?? '',
      )
      expect(uris.filter((uri) => uri === '' || /^\/|^\.\.(?:\/|$)|^[a-z]+:/i.test(uri))).toEqual([])
    },
  )

  it('names files from the top of the repository, with what a URI has no room for escaped', () => {
    const uris = new Set(
      runOf(manyBuilds()).results.map(({ locations }) => locations[0]?.physicalLocation.artifactLocation.uri),
    )
    expect([...uris].sort()).toEqual([
      'deploy/compose.yaml',
      'deploy/ctxsize.config.yaml',
      'deploy/docker/app.Dockerfile',
      'deploy/docker/app.Dockerfile.dockerignore',
    ])
    const [, uri] = /"uri": "(%E3.*)"/.exec(sarif(hostileReport('データ b?#%'))) ?? []
    expect(uri).toBe('%E3%83%87%E3%83%BC%E3%82%BF%20b%3F%23%25/%E3%83%87%E3%83%BC%E3%82%BF%20b%3F%23%25')
  })

  it('tells the reports of two directories apart, so that neither takes the place of the other', () => {
    expect([runOf(manyBuilds()).automationDetails.id, runOf(sample('checked')).automationDetails.id]).toEqual(
      ['ctxsize/deploy/', 'ctxsize/'],
    )
  })

  it('says when the run could not finish', () => {
    expect(runOf(manyBuilds()).invocations).toEqual([{ executionSuccessful: false }])
    expect(runOf(sample('clean')).invocations).toEqual([{ executionSuccessful: true }])
  })

  it('leaves out what is suppressed, which GitHub would open an alert for', () => {
    expect(runOf(sample('checked')).results.map(({ ruleId }) => ruleId)).not.toContain('instruction-typo')
  })

  it('marks what is a matter of security, and nothing else', () => {
    const [context] = sample('checked').contexts
    const [finding] = context?.findings ?? []
    if (!context || !finding) throw new Error('the sample has a finding')
    const findings = [{ ...finding, rule: 'secret-ships' }, finding]
    const { rules } = runOf({ ...sample('checked'), contexts: [{ ...context, findings }] }).tool.driver
    const marked = rules.filter(({ properties }) => properties['security-severity'] !== undefined)
    expect(marked.map(({ id }) => id)).toEqual(['secret-ships'])
  })
})

describe('a fingerprint', () => {
  const named = (report: Report) =>
    runOf(report).results.map(({ ruleId, partialFingerprints }) => [
      ruleId,
      partialFingerprints['primaryLocationLineHash'],
    ])

  /** The sample with two lines more above everything, and other amounts. */
  function moved(): Report {
    const text = JSON.stringify(sample('checked'))
      .replace(/"line":(\d+)/g, (_, line: string) => `"line":${Number(line) + 2}`)
      .replaceAll('"actual":8120334', '"actual":9120334')
      .replaceAll('"over":120334', '"over":1120334')
    // Nothing but numbers has changed.
    return JSON.parse(text) as Report
  }

  it('stays when lines move and amounts change', () => {
    expect(sarif(moved())).not.toBe(sarif(sample('checked')))
    expect(named(moved()).sort()).toEqual(named(sample('checked')).sort())
  })

  it('is another for another file', () => {
    const text = JSON.stringify(sample('checked')).replaceAll('app.Dockerfile', 'api.Dockerfile')
    const names = new Set(named(JSON.parse(text) as Report).map(String))
    expect(
      named(sample('checked')).filter((one) => names.has(String(one)) && !/budget/.test(String(one))),
    ).toEqual([])
  })
})
