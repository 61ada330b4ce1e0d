/** What one reading of compose files shares: the disk, the directory that paths are told from, the texts already read. */

import type { Host } from '../../host/host.ts'
import { cleanPath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import { relativePath } from '../load.ts'
import { readYaml, type YamlValue } from '../yaml.ts'
import { readText } from './environment.ts'
import { Refusal, refused } from './refusal.ts'
import type { Violation } from './validate.ts'

export interface Session {
  readonly host: Host
  /** Absolute. */
  readonly workingDirectory: string
  readonly problems: Problem[]
  /** What the schema refuses, with the path at which it does. */
  readonly violations: Violation[]
  /** The documents of a file; throws a Refusal for what is not YAML or cannot be read. */
  readonly documents: (path: string) => readonly YamlValue[]
  /** An absolute path as places and builds name it. */
  readonly shown: (path: string) => string
}

/** Every document is merged into those before it and checked with them. */
const mostDocuments = 100

export function createSession(host: Host, workingDirectory: string): Session {
  const known = new Map<string, readonly YamlValue[]>()
  const shown = (path: string): string => relativePath(workingDirectory, path)
  return {
    host,
    workingDirectory,
    problems: [],
    violations: [],
    shown,
    documents: (path) => {
      const before = known.get(path)
      if (before !== undefined) return before
      const file = shown(path)
      const { documents, problem } = readYaml(readText(host, path, file), file)
      if (problem !== null) throw new Refusal(problem)
      if (documents.length > mostDocuments)
        throw new Refusal(refused('too many documents in one file', documents[mostDocuments]?.at ?? null))
      known.set(path, documents)
      return documents
    },
  }
}

/** A path as written, taken from a directory that is given absolute. */
export function absoluteFrom(directory: string, written: string): string {
  return cleanPath(written.startsWith('/') ? written : `${directory}/${written}`)
}

/** The directory that holds an absolute path. */
export function directoryOf(path: string): string {
  return cleanPath(`${path}/..`)
}
