/** Whatever fits the shape of a report can be printed: a saved one is not asked for more than that. */

import { describe, expect, it } from 'vitest'
import type { Report } from '../../src/report.ts'
import { type FormatName, reporters } from '../../src/reporters/index.ts'
import { rank } from '../../src/saved/rank.ts'
import { reportShape } from '../../src/saved/report-shape.ts'
import { manyBuilds } from '../reporters/samples.ts'
import { plainStyle } from '../reporters/style.ts'

type Key = string | number

/** Every value in a document by its path, those of lists by their first two elements. */
function valuesOf(
  value: unknown,
  path: readonly Key[] = [],
): readonly (readonly [readonly Key[], unknown])[] {
  const inner: readonly (readonly [Key, unknown])[] = Array.isArray(value)
    ? value.slice(0, 2).map((one, i) => [i, one] as const)
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : []
  return [[path, value], ...inner.flatMap(([key, one]) => valuesOf(one, [...path, key]))]
}

function withValue(document: unknown, [key, ...rest]: readonly Key[], value: unknown): unknown {
  if (key === undefined) return value
  if (Array.isArray(document))
    return document.map((one, i) => (i === key ? withValue(one, rest, value) : one))
  // A path of the document itself leads through objects and lists only.
  const object = document as Readonly<Record<string, unknown>>
  return { ...object, [key]: withValue(object[key], rest, value) }
}

const changes: Readonly<Record<string, (value: unknown) => unknown>> = {
  'without what a list holds': (value) => (Array.isArray(value) ? [] : undefined),
  'with nothing where that is allowed': (value) => (value === null ? undefined : null),
  'with zeros': (value) => (typeof value === 'number' ? 0 : undefined),
  'with ones': (value) => (typeof value === 'number' ? 1 : undefined),
  'with the largest numbers': (value) => (typeof value === 'number' ? Number.MAX_SAFE_INTEGER : undefined),
  'with empty texts': (value) => (typeof value === 'string' ? '' : undefined),
  'turned round': (value) => (typeof value === 'boolean' ? !value : undefined),
}

describe('a report', () => {
  const report = manyBuilds()
  const values = valuesOf(report)

  for (const [kind, change] of Object.entries(changes))
    it(`can be printed ${kind}`, async () => {
      const variants = values
        .map(([path, value]) => withValue(report, path, change(value)))
        .filter((one): one is Report => reportShape.fits(one) === null)
      expect(variants.length).toBeGreaterThan(10)
      for (const format of Object.keys(reporters) as FormatName[]) {
        const print = await reporters[format]()
        for (const one of variants) expect(typeof (await print(one, plainStyle, () => []))).toBe('string')
      }
      expect(
        rank(
          variants.map((one, i) => ({ file: `${i}`, report: one })),
          'safe',
          [],
        ).repositories.length,
      ).toBe(variants.length)
    })

  it('is safe to print whichever of its texts is a command to a terminal', async () => {
    const variants = values
      .filter(([, value]) => typeof value === 'string' || value === null)
      .map(([path]) => withValue(report, path, 'a\u001b[2J\u202e\u0007'))
      .filter((one): one is Report => reportShape.fits(one) === null)
    expect(variants.length).toBeGreaterThan(50)
    for (const format of Object.keys(reporters) as FormatName[]) {
      const print = await reporters[format]()
      for (const one of variants)
        for (const verbose of format === 'table' ? [false, true] : [false])
          expect(await print(one, { ...plainStyle, verbose }, () => [])).not.toMatch(
            /[\0-\x08\v\f\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/,
          )
    }
  })
})
