/** Every name by which findings can be told from each other in a configuration and in comments. */

import { ciRules, rules } from '../rules/index.ts'

/** What is found in the comments that suppress findings. */
export const suppressionRules = [
  'suppression-unreadable',
  'suppression-unknown-rule',
  'suppression-without-reason',
  'suppression-unused',
] as const

/** The rules, what their findings call themselves, and what is found in suppressions. */
export const knownRules: readonly string[] = [
  ...[...rules, ...ciRules].flatMap(({ id, codes = [] }) => [id, ...codes]),
  ...suppressionRules,
]
