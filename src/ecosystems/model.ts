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
    | 'dump'
    | 'editor'
    | 'system'
    | 'history'
  /**
   * `always`: the tool's own documentation calls it disposable, wherever it lies. `rebuilt`: worthless only where the
   * image itself makes it anew. `never`: useless to most, but nothing proves it.
   */
  readonly disposable: 'always' | 'rebuilt' | 'never'
  /** Base names (globs, `%` for its own name without the extension) one of which must lie beside it for it to be what its name says; empty: none need. */
  readonly beside: readonly string[]
  /** Paths in it, parted by `|`, without one of which it is something else: `pyvenv.cfg` for `.venv`; null: its name is enough. */
  readonly holds: string | null
  /** The program that refuses one which was made at another place, as it holds absolute paths; null: none does. */
  readonly bound: string | null
  /** True when a developer's tree of this ecosystem is sure to grow it: worth a line before it is there. */
  readonly guard: boolean
  /** Half a sentence after the path: `what Python compiles, made anew whenever it is missing`. */
  readonly says: string
  /** A page of the tool's documentation. */
  readonly source: string
}

/** What a command does to a path below its working directory. */
export interface Made {
  /** `node_modules`; with two stars and a slash before it: those in directories further down, of workspaces; `*` for anything. */
  readonly path: string
  /** What becomes of what lies there already. */
  readonly existing: 'erases' | 'overwrites' | 'merges' | 'skips'
  /** Files (base names, globs) one of whose texts may say otherwise, where it holds one of these words: then nothing is known of the path. */
  readonly unless?: { readonly files: readonly string[]; readonly texts: readonly string[] }
  /** Files of which one has to hold one of these words: otherwise it is not made there. */
  readonly only?: { readonly files: readonly string[]; readonly texts: readonly string[] }
}

/** Where it is said what a command writes to. */
export interface Outputs {
  /** Options whose values are directories. */
  readonly options: readonly string[]
  /** Options whose values are files. */
  readonly fileOptions: readonly string[]
  /** Files (globs) beside where it runs, and the names of the settings in them whose values are directories or files: `outDir`. */
  readonly files: readonly string[]
  readonly settings: readonly string[]
  /** Settings with which the others mean something else. */
  readonly blind: readonly string[]
  /** Where neither says anything; null: wherever the sources lie, or nobody knows. */
  readonly otherwise: string | null
  /** What it writes remembers. */
  readonly remembers: readonly string[]
}

/** What a form of a command does. */
export interface Effect {
  /**
   * `install`: fetches dependencies that manifests name. `build`: makes something of the sources. `system`: reads nothing
   * of the context (apt-get), but for one that `reads` manifests by way of what an install has made of them. `plain`: touches what its operands name and nothing else (echo, chmod, mkdir).
   */
  readonly kind: 'install' | 'build' | 'system' | 'plain'
  /** Below the directory it runs in; what a `plain` command writes stands in its operands and is not repeated here. */
  readonly makes: readonly Made[]
  readonly reads: 'nothing' | 'arguments' | 'manifests' | 'sources'
  /** Base names (globs) that it must find beside it to work as in the whole tree, for `reads: 'manifests'`; the first group with a file that is there. */
  readonly manifests: readonly (readonly string[])[]
  /** Base names or paths (globs; a final `/`: a directory) that it reads where they are there. */
  readonly alsoReads: readonly string[]
  /** Names of scripts in package.json or composer.json that it runs by itself. */
  readonly scripts: readonly string[]
  /**
   * `uses`: looks at .git by itself; `stamps`: writes the commit into what it makes where there is a .git, and does
   * without; `plugins`: only where a manifest or configuration asks for it (see `versionTools`).
   */
  readonly git: 'never' | 'plugins' | 'stamps' | 'uses'
}

/** What changes when one of these stands among the words. */
export interface Variant {
  /** `--no-root` stands for `--no-root=true` too and not for `--no-root=false`; `--mode=skip-build` for just that. */
  readonly options: readonly string[]
  /** Operands, as globs. */
  readonly operands: readonly string[]
  /** True: any operand that is a path rather than the name of a package. */
  readonly paths: boolean
  readonly then: Partial<Effect>
}

/** What changes by what a TOML file beside it says; compared without blanks and remarks. */
export interface Configured {
  /** Its base name. */
  readonly file: string
  /** Has to stand in it; null: nothing has to. */
  readonly holds: string | null
  /** None of these may. */
  readonly lacks: readonly string[]
  readonly effect: Partial<Effect>
}

/** A form of a command. */
export interface KnownCommand extends Effect {
  /**
   * Program and subcommands; `|` parts alternatives, which may hold wildcards: `['npm', 'ci|clean-install']`. Options
   * are passed over when it is compared.
   */
  readonly words: readonly string[]
  /** What may stand after the words: anything, nothing, or at least one and only such (globs). */
  readonly operands: 'any' | 'none' | readonly string[]
  /** Options whose values are files it reads: `-r`. */
  readonly fileOptions: readonly string[]
  /** Operands that are files it reads: none, all, or those that look like paths. */
  readonly fileOperands: 'none' | 'all' | 'paths'
  /** The script of package.json that it runs: `test`; `*`: the one that its first operand names; null: none. */
  readonly runsScript: string | null
  /** In order: a later one has the last word. */
  readonly variants: readonly Variant[]
  /** In order, as `variants`, and after them. */
  readonly configured: readonly Configured[]
  /** Null: nobody but `makes`. */
  readonly outputs: Outputs | null
  readonly source: string
}

/** How the words of a program are told apart. */
export interface Program {
  /** Base names, with wildcards. */
  readonly names: readonly string[]
  /** Options with a value in the next word; `--name=value` needs no mention. */
  readonly valued: readonly string[]
  /** Those of them that name the directory to run in. */
  readonly directory: readonly string[]
  /** Those of them that name a manifest (or its directory), in whose directory it then runs. */
  readonly manifest: readonly string[]
  /** True for a file of the project itself, like `mvnw`, wherever it lies. */
  readonly local: boolean
}

/** What a command line does, as far as it is known; `makes`, `reads`, … as they are for these very words. */
export interface CommandMeaning extends Effect {
  readonly command: KnownCommand
  /** Id of the ecosystem. */
  readonly ecosystem: string
  /** Program and subcommands without options: `npm ci`, `mvn clean package`. */
  readonly title: string
  /** The script of package.json that it runs, as written (it may hold a `$`); when there is no such script, the rest of the meaning holds. */
  readonly runsScript: string | null
  /** True when scripts or manifests of other packages of the workspace are meant, not those of the directory. */
  readonly inWorkspaces: boolean
  /** Files that its arguments name, relative to where it runs. */
  readonly files: readonly string[]
  /** Relative to where it runs: that of `-C`, `--prefix`, `--cwd`; null: there. Everything but `files` is meant from here. */
  readonly directory: string | null
  /** As `--name=value`, `-r=file`, `--flag`. */
  readonly options: readonly string[]
  /** What is neither an option nor one of the command's words. */
  readonly operands: readonly string[]
}

/** A word in a manifest that means: the build asks git for its version or its list of files. */
export interface VersionTool {
  /** Base names (globs) of the manifests. */
  readonly files: readonly string[]
  /** What must stand in the text; matched without regard to case. */
  readonly text: string
  readonly name: string
  /** A variable or property that gives it the version, so that it asks nobody, as its `source` says; null: there is none. */
  readonly instead: string | null
  readonly source: string
}

export interface Ecosystem {
  /** The name of its file. */
  readonly id: string
  readonly title: string
  /** Base names (globs) that say a directory is a project of this kind; empty: applies everywhere. */
  readonly manifests: readonly string[]
  readonly lockfiles: readonly string[]
  readonly programs: readonly Program[]
  readonly junk: readonly Junk[]
  readonly commands: readonly KnownCommand[]
  readonly versionTools: readonly VersionTool[]
}
