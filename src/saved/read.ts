/** A saved report, which somebody else may have written or cut short: its bytes → the report, or what is wrong with it. */

import { fail } from '../lib/errors.ts'
import { visiblePath } from '../lib/path.ts'
import type { Report } from '../report.ts'
import { brokenAt, extentOf, positionOf, type TextPosition } from './json-place.ts'
import { reportShape } from './report-shape.ts'
import { type DocumentPath, isObject, type Misfit } from './shape.ts'

/** Bytes; a repository of a thousand images takes a tenth of it. */
export const largestReport = 32 << 20

/** Levels; a report has ten, and what its findings hold beside. */
const deepestReport = 64

/** A value takes more room in memory than in a text: `[{},{},…]` would take forty times as much. */
const mostValues = 2_000_000

/** The newest documents that are understood. */
const schemaVersion = 1

/** `name`: how the file was given. `version`: of this program. Throws REPORT_INVALID. */
export function readReport(bytes: Uint8Array, name: string, version: string): Report {
  const text = textOf(bytes, name)
  if (text.trim() === '')
    throw invalid(name, 'is empty', { hint: 'the run that should have written it ended before it could' })
  const { depth, values } = extentOf(text)
  if (depth > deepestReport) throw invalid(name, 'is nested deeper than any report')
  if (values > mostValues) throw invalid(name, 'holds more values than any report')
  const document = parse(text, name)
  if (!isObject(document)) throw notOurs(name)
  refuseOther(document, name)
  const misfit = reportShape.fits(document)
  if (misfit !== null) throw unfit(misfit, { text, name, document, version })
  // Every key that the type has was looked at.
  return document as unknown as Report
}

interface InvalidOptions {
  readonly hint?: string
  readonly at?: TextPosition
}

function invalid(name: string, message: string, { hint, at }: InvalidOptions = {}) {
  const place = at === undefined ? ' ' : `:${at.line}:${at.column}: `
  return fail('REPORT_INVALID', `${visiblePath(name)}${place}${message}`, hint === undefined ? {} : { hint })
}

/** The text without a byte order mark. */
function textOf(bytes: Uint8Array, name: string): string {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    throw invalid(name, 'is UTF-16, as PowerShell writes what it redirects', {
      hint: 'let ctxsize write it: ctxsize --format json=FILE',
    })
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid(name, 'is no UTF-8 text')
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    const at = brokenAt(text)
    if (at === null)
      throw invalid(name, 'ends in the middle of the document', {
        hint: 'it was cut off: the run was stopped, or the disk was full',
      })
    throw invalid(name, 'no JSON from here on', { at, hint: 'give what ctxsize --format json printed' })
  }
}

const notOurs = (name: string) =>
  invalid(name, 'is no report of ctxsize', { hint: 'give what ctxsize --format json printed' })

/** Documents of ctxsize that are no reports, by a key that no other has. */
const others: Readonly<Record<string, string>> = {
  entries: 'ls',
  reads: 'ls --reads',
  paths: 'why',
  comparisons: 'verify',
  builds: 'builds',
  since: 'affected',
  suggestions: 'fix',
  instructions: 'history',
  repositories: 'report',
  targets: 'diff',
}

function refuseOther(document: Readonly<Record<string, unknown>>, name: string): void {
  const { schemaVersion: found, error, contexts } = document
  if (typeof found !== 'number') throw notOurs(name)
  if (found > schemaVersion)
    throw invalid(
      name,
      `is of a newer ctxsize: its schemaVersion is ${found}, and ${schemaVersion} is understood`,
      {
        hint: 'update ctxsize',
      },
    )
  if (isObject(error)) {
    const said = typeof error['message'] === 'string' ? error['message'] : 'it does not say why'
    throw invalid(name, `tells of a run that could not finish: ${visiblePath(said)}`)
  }
  if (contexts !== undefined) return
  const key = Object.keys(others).find((one) => Object.hasOwn(document, one))
  if (key === undefined) throw notOurs(name)
  throw invalid(name, `is what ctxsize ${others[key]} prints, and no report`, {
    hint: 'give what ctxsize --format json printed',
  })
}

interface Read {
  readonly text: string
  readonly name: string
  readonly document: Readonly<Record<string, unknown>>
  readonly version: string
}

function unfit({ path, wanted }: Misfit, { text, name, document, version }: Read) {
  const { tool } = document
  const writer = isObject(tool) && typeof tool['version'] === 'string' ? tool['version'] : version
  return invalid(name, `${pathText(path)} has to be ${wanted} in a report of ctxsize`, {
    at: positionOf(text, path),
    hint:
      writer === version
        ? 'it was changed after ctxsize had written it'
        : `ctxsize ${visiblePath(writer)} wrote it, and this is ${version}`,
  })
}

/** `contexts[0].targets[2].transfer.bytes`. */
function pathText(path: DocumentPath): string {
  const texts = path.map((key, i) => (typeof key === 'number' ? `[${key}]` : i === 0 ? key : `.${key}`))
  return texts.join('')
}
