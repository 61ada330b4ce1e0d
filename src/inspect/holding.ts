/** Which RUNs cannot have put a file of the context into what they make: all that their commands do is known. Pure. */

import type { Step } from '../dockerfile/model.ts'
import { knownCommand } from '../ecosystems/index.ts'
import { baseName } from '../lib/path.ts'
import { readShell } from '../shell/read.ts'
import { type GoModule, mayEmbed } from './go.ts'

/** What `make` runs for some targets, none for the first of the file; null where that is not known. */
type MakeCalls = (makefile: string, targets: readonly string[]) => readonly (readonly string[])[] | null

/** They write no content of a file into another. */
const contentless =
  /^(?:mkdir|rmdir|chmod|chown|chgrp|touch|rm|unlink|ls|cd|set|true|:|export|strip|echo|printf|date|uname|pwd)$/

/** What of go makes nothing but of sources, dependencies and what they embed; `generate` runs anything. */
const ofSources = /^(?:build|install|mod|get|vet|fmt|env|version|list|clean)$/

/** What tells of commits, not of files. */
const asksGit = /^(?:describe|rev-parse|rev-list|symbolic-ref)$/

/** Says whether what a RUN makes may hold the file at a path of the context. `go`: what was read of the module; null: nothing is known of it. */
export function holding(go: GoModule | null, makeCalls: MakeCalls): (step: Step, path: string) => boolean {
  const commands = new Map<Step, Commands | null>()
  const isKnown = (words: readonly string[], path: string): boolean => {
    const [program = '', ...rest] = words
    if (contentless.test(program) || knownCommand(words)?.kind === 'system') return true
    if (go === null) return false
    const operands = rest.filter((word) => !word.startsWith('-'))
    if (program === 'git') return asksGit.test(operands[0] ?? '')
    // `$(shell …)` of a makefile.
    if (program === 'shell') return isKnown(rest, path)
    if (program === 'go') return ofSources.test(operands[0] ?? '') && !mayEmbed(go, path)
    const { makefile } = go
    if (program !== 'make' || makefile === null || operands.length < rest.length) return false
    const isTold = makefile.includes(baseName(path))
    const calls = isTold
      ? null
      : makeCalls(
          makefile,
          operands.filter((word) => !word.includes('=')),
        )
    return calls?.every((one) => one[0] !== 'make' && isKnown(one, path)) ?? false
  }
  return (step, path) => {
    const known = commands.get(step)
    const all = known === undefined ? commandsOf(step) : known
    commands.set(step, all)
    return all === null || !all.every((words) => isKnown(words, path))
  }
}

type Commands = readonly (readonly string[])[]

/** All of them, null where one is not understood, or takes what it reads or writes through the shell. */
function commandsOf({ instruction }: Step): Commands | null {
  if (instruction.json) return [instruction.words]
  if (instruction.heredocs.length > 0) return null
  const { commands, unread } = readShell(instruction.words.join(' '))
  const isPlain = commands.every(({ reads, writes }) => reads.length === 0 && writes.length === 0)
  return unread === null && isPlain ? commands.map(({ words, values }) => values ?? words) : null
}
