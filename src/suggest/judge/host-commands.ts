/** What commands of recipes do, with what the configurations beside them say about where they write. */

import { knownCommand, withConfiguration } from '../../ecosystems/index.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { matchGlob } from '../../lib/glob.ts'
import { groupedBy } from '../../lib/grouped.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import { withoutWrappers } from '../../repository/calls.ts'
import type { Repository } from '../../repository/model.ts'
import { writtenBy } from '../../repository/named-paths.ts'
import type { MeaningOf, WrittenOf } from '../../repository/provenance.ts'

/** As {@link knownCommand} knows it, in a directory of the repository whose manifests were read. */
export const hostMeanings = ({ manifests, below }: Repository): MeaningOf => {
  const known = groupedBy(
    [...manifests].map(([path, text]) => {
      const whole = joinPath(below ?? '', path)
      return { directory: parentPath(whole), name: baseName(whole), text }
    }),
    ({ directory }) => directory,
  )
  const read = (words: readonly string[], directory: string | null): CommandMeaning | null => {
    const meaning = knownOnHost(words)
    if (meaning === null || directory === null) return meaning
    const beside = known.get(joinPath(directory, meaning.directory ?? '').replace(/\/+$/, '')) ?? []
    return withConfiguration(meaning, (glob) =>
      beside.flatMap(({ name, text }) => (matchGlob(glob, name) === 'match' ? [text] : [])),
    )
  }
  // Every stake asks about every command of every recipe.
  const meanings = new WeakMap<readonly string[], Map<string | null, CommandMeaning | null>>()
  return (words, directory) => {
    const here = meanings.get(words) ?? new Map<string | null, CommandMeaning | null>()
    meanings.set(words, here)
    const meaning = here.has(directory) ? (here.get(directory) ?? null) : read(words, directory)
    here.set(directory, meaning)
    return meaning
  }
}

/** {@link writtenBy}, worked out once a command: every stake asks about every command of every recipe. */
export function hostWrites(): WrittenOf {
  const known = new WeakMap<Parameters<WrittenOf>[0], ReturnType<WrittenOf>>()
  return (command) => {
    const written = known.get(command) ?? writtenBy(command)
    known.set(command, written)
    return written
  }
}

/** What `uv run` starts, with what it makes of the environment before: https://docs.astral.sh/uv/reference/cli/#uv-run. */
function knownOnHost(words: readonly string[]): CommandMeaning | null {
  const behind = words[0] === 'uv' && words[1] === 'run' ? withoutWrappers(words) : words
  const meaning = knownCommand(behind)
  if (meaning === null || behind.length === words.length) return meaning
  const synced = ['.venv', 'uv.lock'].map((path) => ({ path, existing: 'merges' as const }))
  return { ...meaning, makes: [...meaning.makes, ...synced] }
}
