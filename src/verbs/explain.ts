import { nearest } from '../lib/distance.ts'
import { fail } from '../lib/errors.ts'
import { visiblePath } from '../lib/path.ts'
import type { ExampleReport, RuleReport } from '../report/rules.ts'
import { type ContextExample, ruleExamples } from '../rule-examples.ts'
import { ruleWords } from '../rule-words.ts'
import type { Outcome, VerbInput } from './outcome.ts'

type RuleId = keyof typeof ruleWords

const ids = Object.keys(ruleWords) as readonly RuleId[]

/** `ctxsize explain [rule...]`: the pages of rules, or what rules there are. */
export function runExplain({ options: { rules } }: Pick<VerbInput, 'options'>): Outcome {
  const asked = rules.length === 0 ? ids : [...new Set(rules)].map(known)
  return {
    printable: {
      kind: 'rules',
      document: { schemaVersion: 1, rules: asked.map(reportOf) },
      isList: rules.length === 0,
    },
    fatal: [],
    exitCode: 0,
  }
}

function known(word: string): RuleId {
  const found = ids.find((id) => id === word.toLowerCase())
  if (found !== undefined) return found
  const meant = nearest(word.toLowerCase(), ids) ?? ids.find((id) => id.includes(word.toLowerCase())) ?? null
  throw fail('USAGE', `there is no rule ${visiblePath(word)}`, {
    hint: meant === null ? 'ctxsize explain lists them' : `did you mean ${meant}?`,
  })
}

function reportOf(id: RuleId): RuleReport {
  const { bad, says, good, command = 'ctxsize .' } = ruleExamples[id]
  const exampleOf = (example: ContextExample): ExampleReport => ({
    files: example.files,
    remarks: remarksOf(example),
    command: example.command ?? command,
  })
  const byComment = !id.startsWith('ci-')
  return { id, ...ruleWords[id], bad: exampleOf(bad), says, good: exampleOf(good), byComment }
}

function remarksOf({ untracked = [], macBinaries = [], keys = {}, links = {} }: ContextExample) {
  const each = (paths: readonly string[], text: (path: string) => string) =>
    paths.map((path) => [path, text(path)] as const)
  return Object.fromEntries([
    ...each(untracked, () => 'git does not track it'),
    ...each(macBinaries, () => 'a program for macOS'),
    ...each(Object.keys(keys), (path) => `${keys[path]}= and a value that looks like a key`),
    ...each(Object.keys(links), (path) => `a link to ${links[path]}`),
  ])
}
