/** What the repository around a context says about the files in it: read once, before anything is concluded from it. */

import type { BuildTarget, OpenBuild } from '../inputs/target.ts'
import type { Place } from '../lib/source.ts'
import type { ShellCommand } from '../shell/model.ts'
import type { ContextBuilds } from './context-builds.ts'
import type { Stake, TrackedRows } from './stakes.ts'

/**
 * A step of a recipe, in order. Every `at.file` here is relative to the context's root, `../` when outside. `called`: the
 * line of the recipe's own file that leads to a step which stands in another script, make target or package script.
 */
export type RecipeStep =
  /** Puts a clean checkout there (actions/checkout, the start of a GitLab job). */
  | {
      readonly kind: 'checkout'
      readonly at: Place
      /** `actions/checkout@v4`, `actions/checkout@COMMIT # v4`, with its inputs; absent elsewhere. */
      readonly uses?: string
      readonly inputs?: Readonly<Record<string, string>>
      readonly called?: Mention
    }
  /** One command. `directory`: where it runs, relative to the repository's root ('' there); null when it cannot be told. */
  | {
      readonly kind: 'command'
      readonly at: Place
      readonly command: ShellCommand
      readonly directory: string | null
      readonly called?: Mention
    }
  /** A ready-made step: `uses: actions/download-artifact@v4` with its inputs. */
  | {
      readonly kind: 'action'
      readonly at: Place
      readonly name: string
      readonly inputs: Readonly<Record<string, string>>
      readonly called?: Mention
    }
  /** A docker build, however it is spelt; `builds` is what it makes, null when that cannot be read. */
  | {
      readonly kind: 'build'
      readonly at: Place
      readonly builds: readonly BuildTarget[] | null
      /** What could not be told of it; null or absent when nothing is in the way, or a compose or bake file has the builds. */
      readonly why?: string | null
      /** A call of compose or bake: which of their builds the files say. Files relative to the repository's root. */
      readonly compose?: {
        readonly files: readonly string[]
        readonly services: readonly string[]
        readonly profiles: readonly string[]
        readonly projectDirectory: string | null
      }
      readonly bake?: {
        readonly files: readonly string[]
        readonly targets: readonly string[]
        /** Values of `--set`. */
        readonly overrides: readonly string[]
        /** Only a run can tell which of the targets it makes: each may be, none has to. */
        readonly anyTarget?: true
      }
      /** Context and Dockerfile as typed where a variable decides, see `inputs/command-line.ts`. */
      readonly hanging?: { readonly context: string | null; readonly file: string }
      /** The command it was spelt as; absent for a ready-made step. */
      readonly command?: ShellCommand
      /** Where the command runs, as for a command. */
      readonly directory?: string | null
      /** BuildKit fetches the repository for it, whatever its files say of contexts. */
      readonly fetches?: true
      /** The compose or bake files that it reads say from where its layers may come. */
      readonly namesCache?: true
      /** The service that it is deployed to, which builds with a cache of its own: `Fly.io`, see deployments.ts. */
      readonly service?: string
      /** The ready-made step, without its version, and its inputs. */
      readonly action?: string
      readonly inputs?: Readonly<Record<string, string>>
      readonly called?: Mention
    }
  /** Something that was not understood: anything may have happened. */
  | { readonly kind: 'unread'; readonly at: Place; readonly why: string; readonly called?: Mention }

export type BuildStep = RecipeStep & { readonly kind: 'build' }
export type CheckoutStep = RecipeStep & { readonly kind: 'checkout' }

/** A job of a workflow, a script, a target of a Makefile, a script of package.json: steps that run one after the other. */
export interface Recipe {
  /** `ci`: begins on a machine that has nothing but a checkout. `host`: on whatever tree is there. */
  readonly kind: 'ci' | 'host'
  readonly at: Place
  /** `image`, `make release`, `npm run build`; null for a script as a whole. */
  readonly name: string | null
  /** Those of scripts, make targets and package scripts that it calls are put in the place of the call. */
  readonly steps: readonly RecipeStep[]
  /** What starts it; only of GitHub workflows. */
  readonly triggers?: readonly Trigger[]
  /** It begins on a machine of GitHub's, or with a docker of its own, which nobody used before and which builds with BuildKit; absent where that cannot be told. */
  readonly isFresh?: true
}

export interface Trigger {
  /** `push` (to branches), `tag`, `pull_request`, `schedule`, `workflow_call`… */
  readonly event: string
  /** Which changes start it; null: any. */
  readonly filter: PathFilter | null
}

/** `paths:` or `paths-ignore:` of an event. Patterns are about paths from the root of the repository. */
export interface PathFilter {
  readonly kind: 'paths' | 'paths-ignore'
  /** Relative to the context's root, as every place here. */
  readonly file: string
  /** At least one. */
  readonly patterns: readonly { readonly text: string; readonly line: number }[]
}

/** Where a text of the repository names a path. */
export interface Mention {
  readonly at: Place
  /** The line, trimmed and at most 200 characters. */
  readonly text: string
}

/** A path that a development tool copies into running containers, relative to the context's root; '' when it is all of it. */
export interface Watched extends Mention {
  readonly path: string
}

/** A manifest or another file that was read for what it says; by its path relative to the context's root. */
export type Texts = ReadonlyMap<string, string>

/** What the owner of a repository says of its builds, beside what can be read. */
export interface Declared {
  /** Absolute and without links: what the paths are relative to. */
  readonly base: string
  readonly builds: readonly BuildTarget[]
  readonly closed: readonly ClosedPlace[]
}

/** A place that looks as if it built an image, and builds nothing that has to be known. */
export interface ClosedPlace {
  readonly file: string
  /** Null: wherever in the file. */
  readonly line: number | null
}

export interface Repository {
  /** Path of the context within the repository: '' when it is its root; null when there is no repository. */
  readonly below: string | null
  /** Paths that git tracks, relative to the context's root, those outside of it left out; null when that cannot be told. */
  readonly tracked: ReadonlySet<string> | null
  /** True when git tracks a file whose name the glob matches, wherever it lies; false when that cannot be told. */
  readonly tracksName: (glob: string) => boolean
  /** Directories that hold repositories of their own, relative to the context's root. */
  readonly submodules: ReadonlySet<string>
  /** The rows of the context's table that git tracks. */
  readonly rows: TrackedRows
  /** Parts of the context that stand or fall as one, in the order of the rows. */
  readonly stakes: readonly Stake[]
  /** Paths that a commit of the last months touched and git does not track any more; none where nobody looked. */
  readonly past: readonly string[]
  readonly recipes: readonly Recipe[]
  /** Every build that was found, looked up by what has to do with the context. */
  readonly builds: ContextBuilds
  readonly open: readonly OpenBuild[]
  /** Relative to the context's root: what is open there is not. */
  readonly closed: readonly ClosedPlace[]
  /** Dockerfiles that lie in the context or that a build names, by their path relative to the context's root. */
  readonly dockerfiles: Texts
  /** Shell scripts, as Dockerfiles may run them. */
  readonly scripts: Texts
  /**
   * Where texts of the repository name a stake or what is about the project, by its path, and by `.git` where code asks
   * git; null when nobody looked.
   */
  readonly mentions: ReadonlyMap<string, readonly Mention[]> | null
  /** What development tools copy into running containers. */
  readonly watched: readonly Watched[]
  /** What compose files mount into containers. */
  readonly mounted: readonly Watched[]
  /** Files of variables that compose reads for containers. */
  readonly variables: readonly Watched[]
  /** Command lines with which compose files start containers of images that are built here. */
  readonly starts: readonly (readonly string[])[]
  /** Makefiles, where a Dockerfile calls make. */
  readonly makefiles: Texts
  /** Manifests at the places where the context has them. */
  readonly manifests: Texts
  /** Programs of the project that a Dockerfile or a package script names: see `programs.ts`. */
  readonly programs: ReadonlyMap<string, ProgramFiles>
  /** Files that such programs may read their settings from; null when there are more than are read. */
  readonly settings: Texts | null
}

/** A program of the project with what it is made of, as paths of the context. */
export interface ProgramFiles {
  /** It and all that it imports of the project, sorted. */
  readonly files: readonly string[]
  /** Files and directories that strings in these name: what they may open. */
  readonly names: readonly string[]
  /** Files that these import and that are not there: what a build makes. */
  readonly missing: readonly string[]
  /** What imports something that only a run can tell, or was not read; null: all of it was followed. */
  readonly open: Place | null
}
