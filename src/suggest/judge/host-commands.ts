/** What commands of recipes do, with what the configurations beside them say about where they write. */

import { knownCommand, withConfiguration } from '../../ecosystems/index.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import { withoutWrappers } from '../../repository/calls.ts'
import type { Repository } from '../../repository/model.ts'
import type { MeaningOf } from '../../repository/provenance.ts'

/** As {@link knownCommand} knows it, in a directory of the repository whose manifests were read. */
export const hostMeanings = ({ manifests, below }: Repository): MeaningOf => {
  const known = [...manifests].map(([path, text]) => {
    const whole = joinPath(below ?? '', path)
    return { directory: parentPath(whole), name: baseName(whole), text }
  })
  return (words, directory) => {
    const meaning = knownOnHost(words)
    if (meaning === null || directory === null) return meaning
    const at = joinPath(directory, meaning.directory ?? '').replace(/\/+$/, '')
    return withConfiguration(meaning, (glob) =>
      known.flatMap((one) =>
        one.directory === at && matchGlob(glob, one.name) === 'match' ? [one.text] : [],
      ),
    )
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
