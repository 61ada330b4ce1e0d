/** What commands of recipes do, with what the configurations beside them say about where they write. */

import { knownCommand, withConfiguration } from '../../ecosystems/index.ts'
import { matchGlob } from '../../lib/glob.ts'
import { baseName, joinPath, parentPath } from '../../lib/path.ts'
import type { Repository } from '../../repository/model.ts'
import type { MeaningOf } from '../../repository/provenance.ts'

/** As {@link knownCommand} knows it, in a directory of the repository whose manifests were read. */
export const hostMeanings = ({ manifests, below }: Repository): MeaningOf => {
  const known = [...manifests].map(([path, text]) => {
    const whole = joinPath(below ?? '', path)
    return { directory: parentPath(whole), name: baseName(whole), text }
  })
  return (words, directory) => {
    const meaning = knownCommand(words)
    if (meaning === null || directory === null) return meaning
    const at = joinPath(directory, meaning.directory ?? '').replace(/\/+$/, '')
    return withConfiguration(meaning, (glob) =>
      known.flatMap((one) =>
        one.directory === at && matchGlob(glob, one.name) === 'match' ? [one.text] : [],
      ),
    )
  }
}
