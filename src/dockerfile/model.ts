/** What a Dockerfile says, as values: its text as instructions, and one build of it as the paths that build asks for. */

import type { Problem } from '../lib/source.ts'

/** The parser directives at the top of the file (`# syntax=`, `# escape=`, `# check=`); `syntax` is the image alone. */
export interface Directives {
  readonly syntax: string | null
  readonly escape: '\\' | '`'
  readonly check: string | null
}

/** One here-document of an instruction. */
export interface Heredoc {
  readonly name: string
  readonly expand: boolean
  /** With its line breaks; for `<<-` without leading tabs. */
  readonly body: string
}

/** A flag as written: `--from=build` is `{ name: 'from', value: 'build' }`, `--link` has value null. */
export interface Flag {
  readonly name: string
  readonly value: string | null
}

/** One instruction of the file, before any variable is expanded. */
export interface Instruction {
  /** Upper case: `COPY`. An unknown word is kept (upper case too) and has a problem. */
  readonly keyword: string
  /** The line it starts on, and the last line it takes (heredoc bodies included). From 1. */
  readonly line: number
  readonly endLine: number
  /** Offsets into the text (UTF-16), the end exclusive and without the final line break. */
  readonly start: number
  readonly end: number
  /** The logical line: continuations joined, comments within dropped; without heredoc bodies. */
  readonly text: string
  readonly flags: readonly Flag[]
  /**
   * The words of JSON form, else the words split at blanks (quotes still on them); for RUN, CMD… in shell form one word.
   * ENV and LABEL: `NAME=VALUE` each; in the old form `ENV NAME VALUE` two words, of which the first has no `=`.
   */
  readonly words: readonly string[]
  readonly json: boolean
  readonly heredocs: readonly Heredoc[]
  /** For ONBUILD: the instruction it holds. */
  readonly onbuild: Instruction | null
}

/** A Dockerfile read from its text. Everything readable is here even after a mistake. */
export interface Dockerfile {
  /** As reported: relative to the context root, `../` when outside. */
  readonly file: string
  readonly text: string
  readonly directives: Directives
  readonly instructions: readonly Instruction[]
  /**
   * What docker refuses whatever the target; the first is what docker prints. Not quite in file order: BuildKit goes
   * through the whole file for what stops its line parser before it looks at single instructions.
   */
  readonly problems: readonly Problem[]
  /** What docker accepts but the author hardly meant (`..from=exec` taken for a path). */
  readonly warnings: readonly Problem[]
}

/** The options of `docker build` that decide what is read. */
export interface BuildRequest {
  /** Stage name as given; null for the last stage. */
  readonly target: string | null
  readonly buildArgs: ReadonlyMap<string, string>
  /** Arguments that are given too, with values that nobody here knows. */
  readonly openArgs?: readonly string[]
  /** `linux/amd64`, `linux/arm64/v8`… */
  readonly platform: string
  /** The platform of the builder itself, for BUILDPLATFORM. */
  readonly buildPlatform: string
  /** `--build-context` names (lower case) → value as given. */
  readonly namedContexts: ReadonlyMap<string, string>
  /** True: every stage up to the target runs, needed or not, as the classic builder does it. Default false. */
  readonly everyStage?: boolean
}

/** Where a COPY, ADD or bind mount takes its files from. */
export type Origin =
  | { readonly kind: 'main' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'stage'; readonly index: number }
  | { readonly kind: 'image'; readonly reference: string }

/** One COPY, ADD or bind mount that the target reaches, after expansion. */
export interface ReadInstruction {
  readonly instruction: 'COPY' | 'ADD' | 'RUN'
  /** For an ONBUILD trigger: the FROM that fires it. */
  readonly line: number
  readonly endLine: number
  /** The logical text as written, for people. */
  readonly text: string
  /** Name of the stage it runs in, or the stage's index as a string. */
  readonly stage: string
  readonly stageIndex: number
  /** The --from value as written; null for the main context. */
  readonly from: string | null
  readonly origin: Origin
  /** All sources after expansion, in the order written: local paths, URLs, git references; heredocs left out. */
  readonly sources: readonly string[]
  /** Those of `sources` that are paths of the origin. */
  readonly localSources: readonly string[]
  /** After expansion; null where it hangs on a variable that only the base image knows. */
  readonly dest: string | null
  /** `--exclude` values as written. */
  readonly excludes: readonly string[]
  readonly parents: boolean
  /** ADD only: `--unpack` as given, null when it is not; COPY and RUN: null. */
  readonly unpack: boolean | null
  /** True for a RUN mount that takes files (bind, or cache with `from`): no wildcards, one path, '' for the root. */
  readonly mount: boolean
  /** Certain failure of this instruction that shows without looking at the tree. */
  readonly problem: Problem | null
}

/** What one build requests of one local context. */
export interface ContextRequest {
  /** Null for the main context, else the lower-case name given to --build-context. */
  readonly name: string | null
  /** Clean follow paths without leading `/`, sorted by bytes, wildcards kept; null: the whole context. SEMANTICS 5. */
  readonly followPaths: readonly string[] | null
}

export interface Stage {
  readonly index: number
  /** Lower case; null when it has none. */
  readonly name: string | null
  readonly line: number
  /** The FROM argument after expansion. */
  readonly base: string
  readonly baseOrigin: Origin | { readonly kind: 'scratch' }
  /** True when the target needs it, the target itself included. */
  readonly reachable: boolean
}

/** An instruction of a stage that runs, in the order in which it does. */
export interface Step {
  /** For an ONBUILD trigger, the instruction that is triggered. */
  readonly instruction: Instruction
  /** For an ONBUILD trigger: the FROM that fires it. */
  readonly line: number
  readonly stageIndex: number
  /** The working directory, absolute; null where only the base image knows it. WORKDIR itself: the one it sets. */
  readonly directory: string | null
}

/** One build of a Dockerfile: which stages run and what they ask of which context. Pure; no tree has been looked at. */
export interface BuildPlan {
  readonly stages: readonly Stage[]
  /** The stage that is built; null when it cannot be told (no such target, no stage). */
  readonly target: Stage | null
  /** In file order; several mounts of one RUN in the order written. */
  readonly reads: readonly ReadInstruction[]
  /** Everything that runs, stage by stage. */
  readonly steps: readonly Step[]
  /** Only contexts from which something is requested; the main context first, then by name. */
  readonly requests: readonly ContextRequest[]
  /** Certain failures, first to last: the file's own, then target and stage errors, then expansion. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  /** Reasons why the plan may differ from the builder's: a base image with settings of its own, a remote frontend. */
  readonly uncertain: readonly string[]
}
