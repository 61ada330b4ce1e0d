/** Changes of Dockerfiles followed on a tree in memory, for tests: the context is /ctx, with no repository around it. */

import type { MemoryTree } from '../../src/host/memory.ts'
import { type ProposedScan, propose } from '../../src/propose.ts'
import { scan } from '../../src/scan.ts'
import type { Suggestion } from '../../src/suggest/edits/suggestion.ts'
import { accepted, editsOf } from '../../src/suggest/report.ts'
import { contextHost, plainBuild } from '../scan-tree.ts'

/** Scans the tree and thinks out its proposals. */
export function proposeTree(tree: MemoryTree): ProposedScan {
  const host = contextHost(tree)
  return propose(host, scan(host, plainBuild), { thorough: true })
}

/** A tree whose Dockerfile is these lines. */
export const withDockerfile = (lines: readonly string[], tree: MemoryTree): MemoryTree => ({
  ...tree,
  Dockerfile: `${lines.join('\n')}\n`,
})

/** The suggestions whose ids begin with the word. */
export const suggestionsOf = (tree: MemoryTree, kind: string): readonly Suggestion[] =>
  proposeTree(tree).proposals.suggestions.filter(({ id }) => id.startsWith(`${kind} `))

/** What is said of a change that is not made: `npm ci (Dockerfile:3): npm ci has no lockfile to go by`. */
export const refusalsOf = (tree: MemoryTree): readonly string[] =>
  proposeTree(tree).proposals.refusals.map(({ subject, reason }) => `${subject}: ${reason.text}`)

/** The tree once the suggestions of one kind are followed; `null`: all that need no decision. */
export function followed(tree: MemoryTree, kind: string | null): MemoryTree {
  const { proposals } = proposeTree(tree)
  const wanted =
    kind === null
      ? accepted(proposals, false)
      : accepted(
          { ...proposals, suggestions: proposals.suggestions.filter(({ id }) => id.startsWith(`${kind} `)) },
          true,
        )
  return {
    ...tree,
    ...Object.fromEntries(editsOf(wanted, proposals).map(({ file, after }) => [file, after])),
  }
}

/** The Dockerfile's lines once the suggestions of one kind are followed; null when nothing of it changes. */
export function rewritten(tree: MemoryTree, kind: string): readonly string[] | null {
  const after = followed(tree, kind)['Dockerfile']
  return typeof after !== 'string' || after === tree['Dockerfile']
    ? null
    : after.replace(/\n$/, '').split('\n')
}

/** The lines of the ignore file that the suggestions of one kind write, comments left out. */
export const ignoresOf = (tree: MemoryTree, kind: string): readonly string[] =>
  suggestionsOf(tree, kind).flatMap(({ ignores }) => ignores.flatMap(({ lines }) => lines))
