/** What is known of package managers, build tools and editors: data, each fact with the page it was taken from. */

/** Something that tools leave in a tree and no repository should hold. */
export interface Junk {
  /** One name, or two with a `/` between; wildcards as Go's filepath.Match: `node_modules`, `*.log`, `.next/cache`. */
  readonly name: string
  readonly type: 'dir' | 'file'
  readonly what:
    | 'packages'
    | 'cache'
    | 'report'
    | 'environment'
    | 'output'
    | 'log'
    | 'editor'
    | 'system'
    | 'history'
  /**
   * `always`: the tool's own documentation calls it disposable, wherever it lies. `rebuilt`: worthless only where the
   * image itself makes it anew. `never`: useless to most, but nothing proves it.
   */
  readonly disposable: 'always' | 'rebuilt' | 'never'
  /** Base names (globs) one of which must lie beside it for it to be what its name says; empty: none need. */
  readonly beside: readonly string[]
  /** A path in it without which it is something else: `pyvenv.cfg` for `.venv`; null: its name is enough. */
  readonly holds: string | null
  /** True when a developer's tree of this ecosystem is sure to grow it: worth a line before it is there. */
  readonly guard: boolean
  /** Half a sentence after the path: `what Python compiles, made anew whenever it is missing`. */
  readonly says: string
  /** A page of the tool's documentation. */
  readonly source: string
}

/** What a command does to a path below its working directory. */
export interface Made {
  /** `node_modules`; `*` for anything. */
  readonly path: string
  /** What becomes of what lies there already. */
  readonly existing: 'erases' | 'overwrites' | 'merges' | 'skips'
}

/** A form of a command. */
export interface KnownCommand {
  /** Program and subcommands; `|` parts alternatives: `['npm', 'ci|clean-install']`. Options are passed over when it is compared. */
  readonly words: readonly string[]
  /**
   * `install`: fetches dependencies that manifests name. `build`: makes something of the sources. `system`: reads nothing
   * of the context (apt-get). `plain`: does what its arguments say and nothing else (echo, chmod, mkdir).
   */
  readonly kind: 'install' | 'build' | 'system' | 'plain'
  readonly makes: readonly Made[]
  readonly reads: 'nothing' | 'arguments' | 'manifests' | 'sources'
  /** Base names that it must find beside it to work as in the whole tree, for `reads: 'manifests'`; the first group with a file that is there. */
  readonly manifests: readonly (readonly string[])[]
  /** Base names (or paths) that it reads where they are there. */
  readonly alsoReads: readonly string[]
  /** Names of scripts in package.json that it runs by itself. */
  readonly scripts: readonly string[]
  /** `uses`: looks at .git by itself; `plugins`: only where a manifest asks for it (see `versionTools`). */
  readonly git: 'never' | 'plugins' | 'uses'
  readonly source: string
}

/** A word in a manifest that means: the build asks git for its version or its list of files. */
export interface VersionTool {
  /** Base names (globs) of the manifests. */
  readonly files: readonly string[]
  /** What must stand in the text; matched without regard to case. */
  readonly text: string
  readonly name: string
  readonly source: string
}

export interface Ecosystem {
  /** The name of its file. */
  readonly id: string
  readonly title: string
  /** Base names (globs) that say a directory is a project of this kind; empty: applies everywhere. */
  readonly manifests: readonly string[]
  readonly lockfiles: readonly string[]
  readonly junk: readonly Junk[]
  readonly commands: readonly KnownCommand[]
  readonly versionTools: readonly VersionTool[]
}
