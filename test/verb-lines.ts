/** A command line of every verb, for what has to hold of all of them. */

import { type VerbName, verbUsage } from '../src/verbs/usage.ts'

/** What a verb needs besides a context; a verb that is not named here is asked about the context alone, so that a new one is covered too. */
const words: Readonly<Partial<Record<VerbName, readonly string[]>>> = {
  why: ['node_modules/x', '-C'],
  affected: ['--since', 'HEAD'],
  diff: ['HEAD'],
}
/** Verbs that are asked about no context. */
const alone: Readonly<Partial<Record<VerbName, readonly string[]>>> = {
  plugin: ['install', '--dir', '/plugins'],
  completion: ['bash'],
}

/** In the order of the help; `directory` is the context. */
export function verbLines(directory: string): readonly (readonly [VerbName, readonly string[]])[] {
  // The keys of a table of our own.
  const names = Object.keys(verbUsage) as VerbName[]
  return names.map((verb) => [verb, [verb, ...(alone[verb] ?? [...(words[verb] ?? []), directory])]])
}
