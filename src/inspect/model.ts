/** What was seen inside files of the contexts. Of a secret: where it stands and what it looks like, never the value or a part of it. */

import type { Row } from '../context/table.ts'
import type { Confidence } from '../report.ts'
import type { GoModule } from './go.ts'

/** One value that looks like a credential. */
export interface SecretValue {
  /** In the file, from 1; null for a store of keys, which has no lines. */
  readonly line: number | null
  /** Half a sentence with its article: `a GitHub token`. */
  readonly kind: string
  /** The name it is assigned to; null where it has none that is safe to print. */
  readonly variable: string | null
  readonly confidence: Confidence
}

/** A file that holds, or by its kind is sure to hold, credentials. */
export interface SecretFile {
  readonly row: Row
  readonly path: string
  /** By line, at least one. A store of keys that cannot be looked into counts as one. */
  readonly values: readonly SecretValue[]
}

/** Data of a database that git does not track. */
export interface DataFile {
  readonly row: Row
  /** Of a server: its directory. */
  readonly path: string
  /** Half a sentence with its article: `a dump of a database`. */
  readonly kind: string
}

/** A program or library that the platform of the image cannot run. */
export interface ForeignBinary {
  readonly row: Row
  readonly path: string
  readonly size: number
  readonly system: 'macOS' | 'Windows' | 'Linux'
  /** As GOARCH spells it, of a Linux program; null for the others. */
  readonly arch: string | null
}

/** What was found in one context. Only files that the leading builder takes were looked at. */
export interface InspectedContext {
  /** Null for the main context. */
  readonly name: string | null
  /** In the order of the rows. */
  readonly secrets: readonly SecretFile[]
  /** What calls itself a dump first, then the shortest paths. */
  readonly databases: readonly DataFile[]
  readonly binaries: readonly ForeignBinary[]
  /** Left out where the context is no module of Go, holds no secrets, or has more sources than are read. */
  readonly go?: GoModule
  /**
   * Texts of what RUNs call, by path: the shell scripts that they name and, where they call a tool of JavaScript, every package.json of the
   * project's own. Left out where the context holds no secrets, or more of them than are read.
   */
  readonly called?: ReadonlyMap<string, string>
  /**
   * Texts of what projects of .NET and of the JVM are built by, by path: `Api.csproj`, `pom.xml`, `build.gradle`. Left out where no RUN calls
   * such a tool, where the context holds no secrets, and where there are more of them than are read.
   */
  readonly projects?: ReadonlyMap<string, string>
  /** Files with a suspect name that were not opened: there are too many of them. */
  readonly notOpened: number
}

/** What was found in all contexts of a build. */
export interface Inspected {
  /** The platform that binaries were held against: `linux/amd64`. */
  readonly platform: string
  readonly contexts: readonly InspectedContext[]
}
