/**
 * Compose files of the first version, which have services where later ones have keys: what compose of today refuses, and docker-compose 1 built.
 * Source: docs.docker.com/reference/compose-file/legacy-versions; compose 1.29, config/config_schema_v1.json.
 */

import type { BuildTarget } from '../inputs/target.ts'
import { cleanPath } from '../lib/path.ts'
import { child, readYaml, textOf } from './yaml-tree.ts'

/** The builds of such a file, with paths from its directory; null for any other file, and where a build cannot be told. */
export function version1Builds(text: string, file: string): readonly BuildTarget[] | null {
  const [root = null, ...more] = readYaml(text) ?? []
  if (root?.kind !== 'map' || root.entries.size === 0 || more.length > 0) return null
  const builds: BuildTarget[] = []
  for (const service of root.entries.values()) {
    const build = child(service, 'build')
    if (build === null) {
      if (textOf(child(service, 'image')) === null) return null
      continue
    }
    const context = textOf(build)
    const dockerfile = textOf(child(service, 'dockerfile')) ?? 'Dockerfile'
    if (context === null || /\$|:\/\//.test(`${context} ${dockerfile}`)) return null
    builds.push({
      name: null,
      context: cleanPath(context),
      dockerfile,
      inline: null,
      target: null,
      args: {},
      namedContexts: {},
      platforms: [],
      foundIn: { file, line: build.line },
      guessed: false,
    })
  }
  return builds
}
