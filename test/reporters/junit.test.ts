import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Finding, Report } from '../../src/report.ts'
import { junit } from '../../src/reporters/junit.ts'
import { hostileReport, hostileTexts, manyBuilds, sample, samples } from './samples.ts'
import { readXml, type XmlElement } from './xml.ts'

const hostile = Object.entries(hostileTexts).map(([name, text]) => [name, hostileReport(text)] as const)
const all = [...Object.entries(samples), ...hostile]

const schema = path.join(import.meta.dirname, '../schemas/junit.xsd')
const place = fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-junit-'))
afterAll(() => fs.rmSync(place, { recursive: true }))

const validator = spawnSync('xmllint', ['--version'], { encoding: 'utf8' })
const hasValidator = validator.error === undefined && validator.status === 0
/** In .ci/run it may not be missing. */
const isRequired = process.env['CTXSIZE_XMLLINT'] === 'required'
if (!hasValidator && !isRequired)
  console.log('no xmllint (Debian: libxml2-utils): JUnit XML is not held against its schema')

function schemaFaults(text: string): string {
  const file = path.join(place, 'report.xml')
  fs.writeFileSync(file, text)
  const { status, stderr } = spawnSync('xmllint', ['--nonet', '--noout', '--schema', schema, file], {
    encoding: 'utf8',
  })
  return status === 0 ? '' : stderr
}

const casesOf = (root: XmlElement): readonly XmlElement[] => root.children.flatMap(({ children }) => children)
const outcomeOf = ({ children }: XmlElement): string => children[0]?.name ?? 'nothing'
const outcomes = (report: Report): Readonly<Record<string, string>> =>
  Object.fromEntries(casesOf(readXml(junit(report))).map((one) => [one.attributes['name'], outcomeOf(one)]))

/** The sample with one finding. */
function withFinding(change: Partial<Finding>, more: Partial<Report> = {}): Report {
  const report = sample('clean')
  const [finding] = sample('checked').contexts[0]?.findings ?? []
  if (!finding) throw new Error('the sample has a finding')
  const one = { ...finding, at: null, ...change }
  return { ...report, ...more, contexts: report.contexts.map((context) => ({ ...context, findings: [one] })) }
}

describe('JUnit XML', () => {
  it.skipIf(!hasValidator && !isRequired).each(all)('fits the schema: %s', (_, report) => {
    expect(schemaFaults(junit(report))).toBe('')
  })

  it.skipIf(!hasValidator && !isRequired)('is refused by the schema where something is wrong', () => {
    expect(schemaFaults(junit(sample('clean')).replace('<testcase ', '<testcase wrong="1" '))).toContain(
      'wrong',
    )
  })

  it.each(all)('is well-formed, counts what it holds, and names each case once: %s', (_, report) => {
    const root = readXml(junit(report))
    const count = (cases: readonly XmlElement[], name: string): string =>
      String(cases.filter((one) => outcomeOf(one) === name).length)
    expect([root.name, root.text.trim()]).toEqual(['testsuites', ''])
    expect(root.attributes).toMatchObject({
      tests: String(casesOf(root).length),
      failures: count(casesOf(root), 'failure'),
    })
    for (const { name, attributes, children } of root.children) {
      expect(name).toBe('testsuite')
      expect(attributes).toMatchObject({
        tests: String(children.length),
        failures: count(children, 'failure'),
        skipped: count(children, 'skipped'),
      })
      const names = children.map((one) => one.attributes['name'])
      expect(new Set(names).size).toBe(names.length)
    }
  })

  it('gives back what was put into it', () => {
    const message = `a ]]> b <c d="e"> & 'f' \u{1F389}`
    const found = casesOf(readXml(junit(withFinding({ message })))).find(
      ({ children }) => children.length > 0,
    )
    expect(found?.children[0]?.attributes['message']).toBe(message)
    expect(found?.children[0]?.text.split('\n')[0]).toBe(message)
  })

  it('has a case for each build, so that there always is one', () => {
    const builds = readXml(junit(manyBuilds())).children[0]
    expect(builds?.children.map(({ attributes }) => attributes['name'])).toEqual([
      'docker/app.Dockerfile → prod',
      'node-junk image',
      'hostile-names image',
    ])
    expect(outcomes(sample('clean'))).toMatchObject({ Dockerfile: 'nothing' })
  })

  it.each([
    ['error', undefined, 'failure'],
    ['warning', undefined, 'system-out'],
    ['warning', 'warning', 'failure'],
    ['info', 'warning', 'system-out'],
    ['error', 'never', 'system-out'],
  ] as const)(
    'fails for a finding that makes check fail: %s with --fail-on %s',
    (severity, failOn, outcome) => {
      const report = withFinding({ severity }, failOn === undefined ? {} : { failOn })
      expect(Object.values(outcomes(report))).toContain(outcome)
    },
  )

  it('passes over what is suppressed, with the reason', () => {
    const suppressed = { by: 'comment', reason: 'known', at: { file: 'Dockerfile', line: 1 } } as const
    const skipped = casesOf(readXml(junit(withFinding({ suppressed })))).find(
      (one) => outcomeOf(one) === 'skipped',
    )
    expect(skipped?.children[0]?.text).toContain('suppressed: known')
  })

  it('keeps the names of cases when lines move', () => {
    const text = JSON.stringify(sample('checked')).replace(/"line":\d+/g, '"line":99')
    const names = (report: Report) =>
      casesOf(readXml(junit(report))).map(({ attributes }) => attributes['name'])
    expect(names(JSON.parse(text) as Report)).toEqual(names(sample('checked')))
  })
})
