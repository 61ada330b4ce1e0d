/** What goreleaser makes images of. */

import { type Host, isFactOfPath } from '../host/host.ts'
import { baseName, cleanPath, decodePath, joinPath } from '../lib/path.ts'
import { child, itemsOf, readYaml, textOf } from './yaml-tree.ts'

const configuration = /^\.?goreleaser[^/]*\.ya?ml$/
/** Of one file; nobody writes a longer one. */
const mostBytes = 262_144

/**
 * Dockerfiles that it builds in a directory of its own, with what it has compiled and its `extra_files` beside them: this
 * directory is no context of theirs. `files` and the result are relative to the directory. Source:
 * https://goreleaser.com/customization/docker/ ("files that get copied into the build context").
 */
export function releasedDockerfiles(
  host: Host,
  directory: string,
  files: readonly string[],
): ReadonlySet<string> {
  const found = files
    .filter((file) => configuration.test(baseName(file)))
    .flatMap((file) => readYaml(textAt(host, joinPath(directory, file))) ?? [])
    .flatMap((document) => ['dockers', 'dockers_v2'].flatMap((key) => itemsOf(child(document, key))))
    .flatMap((docker) => textOf(child(docker, 'dockerfile')) ?? [])
  return new Set(found.map(cleanPath))
}

function textAt(host: Host, file: string): string {
  try {
    const bytes = host.readStart(file, mostBytes)
    return bytes.length < mostBytes ? decodePath(bytes) : ''
  } catch (thrown) {
    if (isFactOfPath(thrown)) return ''
    throw thrown
  }
}
