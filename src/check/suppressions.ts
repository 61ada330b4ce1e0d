/** Comments that suppress findings: `# ctxsize ignore=RULE[,RULE] reason="…"`, a line of its own in a Dockerfile or an ignore file. */

import type { ReportPart } from '../analyse/report.ts'
import type { Dockerfile } from '../dockerfile/model.ts'
import type { IgnoreFile } from '../ignore/parse.ts'
import { nearest } from '../lib/distance.ts'
import { visiblePath, wellFormed } from '../lib/path.ts'
import type { Finding, Severity } from '../report.ts'
import { knownRules, type suppressionRules } from './rule-ids.ts'

/** One comment. */
export interface SuppressionComment {
  /** As findings name it. */
  readonly file: string
  /** Where the comment stands. */
  readonly line: number
  /** The lines it is about: the instruction or pattern that follows, or that it stands in. Null: nothing follows. */
  readonly lines: { readonly from: number; readonly to: number } | null
  /** None: it cannot be read. */
  readonly rules: readonly string[]
  readonly reason: string | null
}

/** The comments in the texts of the builds of one context. */
export function suppressionsIn(parts: readonly ReportPart[]): readonly SuppressionComment[] {
  const seen = new Set<string>()
  const once = (file: string, found: () => readonly SuppressionComment[]) => {
    if (seen.has(file)) return []
    seen.add(file)
    return found()
  }
  return parts.flatMap(({ measured: { dockerfile, main } }) => {
    const { ignore } = main.context
    return [
      ...once(dockerfile.file, () => inDockerfile(dockerfile)),
      ...(ignore === null ? [] : once(ignore.file, () => inIgnoreFile(ignore.parsed, ignore.file))),
    ]
  })
}

/** A comment may stand among the lines of an instruction; docker takes it out (frontend/dockerfile/parser/parser.go). */
function inDockerfile({ text, file, instructions }: Dockerfile): readonly SuppressionComment[] {
  return commentsIn(text, /^[ \t]*#/, (line) => {
    const next = instructions.find(({ endLine }) => endLine >= line)
    return next === undefined ? null : { from: next.line, to: next.endLine }
  }).map((comment) => ({ ...comment, file }))
}

/** Only what begins with the mark is a comment here (moby/patternmatcher, ignorefile/ignorefile.go). */
function inIgnoreFile({ text, lines }: IgnoreFile, file: string): readonly SuppressionComment[] {
  return commentsIn(text, /^#/, (line) => {
    const next = lines.find((one) => one.line > line)
    return next === undefined ? null : { from: next.line, to: next.line }
  }).map((comment) => ({ ...comment, file: wellFormed(file) }))
}

function commentsIn(
  text: string,
  mark: RegExp,
  linesAfter: (line: number) => SuppressionComment['lines'],
): readonly Omit<SuppressionComment, 'file'>[] {
  if (!text.includes('ctxsize')) return []
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .flatMap((written, index) => {
      const said = mark.test(written) ? readComment(written.trim()) : null
      return said === null ? [] : [{ ...said, line: index + 1, lines: linesAfter(index + 1) }]
    })
}

/** Null for a comment that only mentions the program. */
function readComment(comment: string): Pick<SuppressionComment, 'rules' | 'reason'> | null {
  const rest = /^#\s*ctxsize(?::|\s)\s*(.*)$/.exec(comment)?.[1]
  if (rest === undefined) return null
  const found = /^ignore\s*=\s*([\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+reason\s*=\s*(\S.*))?$/.exec(rest)
  if (found) {
    const [, rules = '', reason = ''] = found
    const plain = unquoted(reason.trim()).trim()
    return { rules: rules.split(',').map((one) => one.trim()), reason: plain === '' ? null : plain }
  }
  const [word = ''] = /^\w+/.exec(rest) ?? []
  const isMeant = nearest(word.toLowerCase(), ['ignore']) !== null || /^\w+\s*=/.test(rest)
  return isMeant ? { rules: [], reason: null } : null
}

const unquoted = (text: string): string => /^(["'])(.*)\1$/.exec(text)?.[2] ?? text

/** True when the comment is about the finding. */
export function suppresses(
  { file, lines, rules }: SuppressionComment,
  { at, rule, family }: Finding,
): boolean {
  return (
    at !== null &&
    lines !== null &&
    at.file === file &&
    at.line >= lines.from &&
    at.line <= lines.to &&
    rules.some((one) => one === rule || one === family)
  )
}

/** What is to be said of a comment; `used`: the rules of it that suppressed something. */
export function remarksOn(comment: SuppressionComment, used: ReadonlySet<string>): readonly Finding[] {
  const { file, line, rules, reason } = comment
  const remark = (
    rule: (typeof suppressionRules)[number],
    severity: Severity,
    said: { readonly message: string; readonly hint: string | null },
  ): Finding => ({
    rule,
    severity,
    confidence: 'high',
    ...said,
    at: { file, line },
    bytes: 0,
    data: { rules: rules.map(visiblePath) },
  })
  const form = '# ctxsize ignore=RULE reason="…"'
  if (rules.length === 0)
    return [
      remark('suppression-unreadable', 'warning', {
        message: 'this comment suppresses nothing, as it cannot be read',
        hint: `write ${form}, several rules with commas between them`,
      }),
    ]
  const unknown = rules.filter((one) => !knownRules.includes(one))
  const unused = rules.filter((one) => !unknown.includes(one) && !used.has(one))
  return [
    ...unknown.map((one) => {
      const meant = nearest(one, knownRules)
      return remark('suppression-unknown-rule', 'warning', {
        message: `there is no rule ${visiblePath(one)} to suppress`,
        hint: meant === null ? 'the rule of a finding stands in --format json' : `did you mean ${meant}?`,
      })
    }),
    ...(reason === null && unknown.length < rules.length
      ? [
          remark('suppression-without-reason', 'warning', {
            message: `${rules.join(', ')} is suppressed without a reason`,
            hint: `write ${form}`,
          }),
        ]
      : []),
    ...unused.map((one) =>
      remark('suppression-unused', 'info', {
        message: `nothing is found here that ${one} could be suppressed for`,
        hint: 'remove the comment',
      }),
    ),
  ]
}
