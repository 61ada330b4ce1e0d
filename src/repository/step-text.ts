/** Steps in words that people recognise. */

import type { ShellCommand } from '../shell/model.ts'
import type { Mention, RecipeStep } from './model.ts'

const mostText = 200

/** The command as one would type it, at most 200 characters. */
export function commandText({ assignments, words, writes }: ShellCommand): string {
  const parts: string[] = []
  let length = 0
  for (const part of [
    ...assignments.slice(0, 8),
    ...words.slice(0, mostText),
    ...writes.slice(0, 8).map((target) => `> ${target}`),
  ]) {
    parts.push(part)
    length += part.length + 1
    if (length > mostText) break
  }
  return clipped(parts.join(' '))
}

/** What stands at the step: a command, the name of an action. */
function stepText(step: RecipeStep): string {
  switch (step.kind) {
    case 'command':
      return commandText(step.command)
    case 'action':
      return clipped(step.name === 'make-target' ? `make ${step.inputs['path'] ?? ''}` : `uses: ${step.name}`)
    case 'build':
      return step.command === undefined ? 'docker build' : commandText(step.command)
    case 'checkout':
      return 'checkout'
    case 'unread':
      return clipped(step.why)
  }
}

/** The line of the recipe's own file that has the step done. */
export function mentionOf(step: RecipeStep): Mention {
  return step.called ?? { at: step.at, text: stepText(step) }
}

function clipped(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > mostText ? `${line.slice(0, mostText - 1)}…` : line
}
