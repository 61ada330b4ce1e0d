/** What `ctxsize explain` says of rules. */

/** A context in which a rule speaks, or the same put right. */
export interface ExampleReport {
  /** Texts by path; an empty text stands for a file whose content says nothing. */
  readonly files: Readonly<Record<string, string>>
  /** What else is to be known of single paths: `link to v2`, `git does not track it`. */
  readonly remarks: Readonly<Record<string, string>>
  /** What is typed there. */
  readonly command: string
}

export interface RuleReport {
  /** As findings, configurations and comments name it. */
  readonly id: string
  /** One line, without a full stop. */
  readonly title: string
  /** Why it matters and what to do. */
  readonly help: string
  readonly bad: ExampleReport
  /** What it says there, a finding each. */
  readonly says: readonly string[]
  readonly good: ExampleReport
  /** A comment above the line leaves it out; false for what stands in files of others, as workflows. */
  readonly byComment: boolean
}

/** `ctxsize explain --format json`. */
export interface RulesReport {
  readonly schemaVersion: 1
  /** Those asked for, in that order; all of them where none was. */
  readonly rules: readonly RuleReport[]
}
