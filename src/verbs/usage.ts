/** What can be typed: verbs and options with their help, as data. The command line is parsed and its help made from it. */

export interface OptionUsage {
  readonly short?: string
  /** What stands for the value in the help; left out: a switch. */
  readonly value?: string
  readonly choices?: readonly string[]
  readonly group: 'Build' | 'Listing' | 'Proposing' | 'Checking' | 'Measuring' | 'Plugin' | 'Output'
  /** Verbs that take it; left out: all. */
  readonly verbs?: readonly string[]
  readonly describe: string
}

export const optionUsage = {
  file: {
    short: 'f',
    value: 'PATH',
    group: 'Build',
    describe: 'the Dockerfile (default: Dockerfile in the context)',
  },
  target: { value: 'STAGE', group: 'Build', describe: 'the stage to build (default: the last)' },
  'build-arg': {
    value: 'NAME[=VALUE]',
    group: 'Build',
    describe: 'value of an ARG; NAME alone takes it from the environment; repeatable',
  },
  'build-context': { value: 'NAME=DIR', group: 'Build', describe: 'a named context; repeatable' },
  platform: {
    value: 'OS/ARCH',
    group: 'Build',
    describe: 'platform to build for (default: linux on this machine)',
  },
  builder: {
    value: 'NAME',
    choices: ['buildkit', 'classic', 'podman'],
    group: 'Build',
    describe: 'whose view leads: buildkit (default), classic or podman',
  },
  at: {
    value: 'REF',
    group: 'Build',
    describe: 'the build as it is at a commit of this repository, nothing checked out',
  },
  context: { short: 'C', value: 'DIR', group: 'Build', describe: 'the context directory (default: .)' },
  unread: { group: 'Listing', verbs: ['ls'], describe: 'files in the context that no instruction reads' },
  ignored: {
    group: 'Listing',
    verbs: ['ls'],
    describe: 'what the ignore file drops, with the line that decided',
  },
  reads: { group: 'Listing', verbs: ['ls'], describe: 'the files that each instruction reads' },
  long: { short: 'l', group: 'Listing', verbs: ['ls'], describe: 'sizes too' },
  null: { short: '0', group: 'Listing', verbs: ['ls'], describe: 'raw names, each ended by a NUL byte' },
  since: {
    value: 'REF',
    group: 'Build',
    verbs: ['affected', 'history'],
    describe: 'a branch, tag or commit: what changed since the last commit in common; for history a date',
  },
  base: {
    value: 'REF',
    group: 'Checking',
    verbs: ['check'],
    describe: 'a branch, tag or commit: what its image had and this one would miss is an error',
  },
  'exact-base': {
    group: 'Build',
    verbs: ['diff', 'check'],
    describe: 'compare with the base itself, not with the last commit in common with it',
  },
  commits: {
    short: 'n',
    value: 'COUNT',
    group: 'Build',
    verbs: ['history'],
    describe: 'how many commits to replay, the newest first (default: 150)',
  },
  timings: {
    value: 'FILE',
    group: 'Build',
    verbs: ['history'],
    describe: 'what docker build --progress=rawjson printed: weighs each loss by the seconds of the step',
  },
  remember: {
    group: 'Measuring',
    verbs: ['scan', 'why'],
    describe: 'keep what each instruction reads in your cache folder, for ctxsize why --rebuilt',
  },
  rebuilt: {
    group: 'Measuring',
    verbs: ['why'],
    describe: 'instead of paths: what changed since --remember, and what runs again for it',
  },
  'max-context': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the most that the ignore file may leave: 50MB, 50MiB',
  },
  'max-transfer': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the most that BuildKit may ask for',
  },
  'max-unread': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the most that lies there and no instruction reads',
  },
  'max-largest-file': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the most that one file of the context may have',
  },
  'max-files': {
    value: 'COUNT',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the most files in the context',
  },
  'max-cache-loss': {
    value: 'COUNT',
    group: 'Checking',
    verbs: ['check'],
    describe: 'of the last 150 commits, the most after which an install step lost its cache',
  },
  'max-growth': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the most by which what BuildKit asks for may grow since --base',
  },
  'min-context': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the least that the ignore file must leave',
  },
  'min-transfer': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the least that BuildKit must ask for',
  },
  'min-unread': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the least that lies there and no instruction reads',
  },
  'min-largest-file': {
    value: 'SIZE',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the least that the largest file must have',
  },
  'min-files': {
    value: 'COUNT',
    group: 'Checking',
    verbs: ['check'],
    describe: 'the fewest files in the context',
  },
  'must-ship': {
    value: 'PATTERN',
    group: 'Checking',
    verbs: ['check'],
    describe: 'files that an instruction must read; as in .dockerignore, ! for exceptions; repeatable',
  },
  'never-ship': {
    value: 'PATTERN',
    group: 'Checking',
    verbs: ['check'],
    describe: 'files that no instruction may read; repeatable',
  },
  'may-lose': {
    value: 'PATTERN',
    group: 'Checking',
    verbs: ['check'],
    describe: 'files that an image may miss although --base had them; repeatable',
  },
  'fail-on': {
    value: 'SEVERITY',
    choices: ['error', 'warning', 'info', 'never'],
    group: 'Checking',
    verbs: ['scan', 'check'],
    describe: 'end with 1 for findings from error, warning or info on; never (default: check error)',
  },
  matrix: { group: 'Output', verbs: ['affected'], describe: 'as a matrix for a GitHub workflow' },
  write: {
    group: 'Proposing',
    verbs: ['ignore', 'fix', 'init'],
    describe: 'make the changes that are proven or safe; init: write the file',
  },
  include: {
    value: 'CLASS',
    choices: ['review'],
    group: 'Proposing',
    verbs: ['ignore', 'fix', 'history'],
    describe: 'review: also what somebody has to decide',
  },
  style: {
    value: 'KIND',
    choices: ['deny', 'allow'],
    group: 'Proposing',
    verbs: ['ignore'],
    describe: 'deny: lines that drop; allow: everything but what is let in (default: as the file is)',
  },
  'measure-ignored': {
    group: 'Measuring',
    describe: 'measure directories that builders never enter as well',
  },
  xattrs: {
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    group: 'Measuring',
    describe: 'read extended attributes with getfattr: auto (default), always, never',
  },
  dir: {
    value: 'DIR',
    group: 'Plugin',
    verbs: ['plugin'],
    describe: 'where docker looks for plugins (default: cli-plugins in your docker configuration)',
  },
  format: {
    value: 'FORMAT',
    group: 'Output',
    // What there is to choose from is told of each verb: formats.ts.
    describe: '',
  },
  output: {
    short: 'o',
    value: 'FILE',
    group: 'Output',
    describe: 'write to FILE instead of standard output',
  },
  sort: {
    value: 'KEY',
    choices: [
      ...[
        'bytes',
        'context',
        'transfer',
        'unread',
        'safe',
        'rebuilds',
        'secrets',
        'errors',
        'findings',
        'name',
      ],
    ],
    group: 'Output',
    verbs: ['report'],
    describe:
      'what ranks them: bytes that are sent (default), context, transfer, unread, safe (what may go), rebuilds, secrets, errors, findings, name',
  },
  open: {
    group: 'Output',
    verbs: ['scan', 'check', 'report'],
    describe: 'open the page that --format html writes in your browser',
  },
  units: {
    value: 'KIND',
    choices: ['decimal', 'binary'],
    group: 'Output',
    describe: 'decimal, as docker prints (default), or binary',
  },
  color: { group: 'Output', describe: 'colours even where there is no terminal' },
  'no-color': { group: 'Output', describe: 'no colours' },
  config: {
    value: 'FILE',
    group: 'Output',
    describe: 'configuration to read (default: the nearest one)',
  },
  'no-config': { group: 'Output', describe: 'read no configuration' },
  quiet: { short: 'q', group: 'Output', describe: 'only the verdict' },
  verbose: {
    short: 'v',
    group: 'Output',
    describe: 'every instruction, every ignore line, the other builder',
  },
  help: { short: 'h', group: 'Output', describe: 'this text' },
  version: { group: 'Output', verbs: ['scan'], describe: 'the version' },
} as const satisfies Record<string, OptionUsage>

export type OptionName = keyof typeof optionUsage

export interface VerbUsage {
  /** After `ctxsize `. */
  readonly line: string
  readonly describe: string
  readonly examples: readonly (readonly [command: string, what: string])[]
  /** What the words after it are, or one of which it has to be; left out: one directory, the context. */
  readonly words?: 'path' | 'build' | 'file' | 'rule' | readonly string[]
  /** The options it takes, where it does not take all that are for every verb. */
  readonly options?: readonly string[]
}

export const verbUsage = {
  scan: {
    line: '[context]',
    describe: 'Measure what docker build sends, and say who reads it.',
    examples: [
      ['ctxsize', 'the build of this directory'],
      ['ctxsize -f docker/Dockerfile --target prod .', 'the build that docker build would make of these'],
      ['tar -c . | ctxsize -', 'the build that docker build - would make of the same'],
      ['ctxsize --format json . | jq .contexts[0].unread', 'for programs'],
    ],
  },
  ls: {
    line: 'ls [context]',
    describe:
      'List the files that are sent, in the order they are sent; or those that are unread, ignored, or read.',
    examples: [
      ['ctxsize ls -l', 'what BuildKit asks for, with sizes'],
      ['ctxsize ls --unread --null | xargs -0 du -ch', 'what nobody reads'],
      ['ctxsize ls --ignored', 'what the ignore file drops, and by which line'],
    ],
  },
  why: {
    line: 'why <path...>',
    describe:
      'Say what becomes of a path and why: the line that decided, who reads it, what would change it.',
    examples: [
      ['ctxsize why node_modules/react', 'a path relative to the context'],
      ['ctxsize why -C services/api .env', 'in another context'],
      ['ctxsize why --rebuilt', 'why it was built again: what changed since ctxsize --remember'],
    ],
    words: 'path',
  },
  verify: {
    line: 'verify [context]',
    describe: 'Compare what docker build printed (on standard input) with the prediction.',
    examples: [
      ['docker build --progress=plain . 2>&1 | ctxsize verify', 'the build of this directory'],
      ['ctxsize verify -f prod.Dockerfile . < build.log', 'a log that was saved'],
    ],
  },
  builds: {
    line: 'builds [context] [name...]',
    describe:
      'List the builds of compose files, bake files and Dockerfiles; -f names a file and may be repeated.',
    examples: [
      ['ctxsize builds', 'what lies in this directory'],
      ['ctxsize builds -f compose.yaml -f prod.yaml web', 'one service of files that compose would merge'],
      ['ctxsize builds --format json | jq -r .builds[].context', 'for programs'],
    ],
    words: 'build',
    options: [
      'file',
      'context',
      'format',
      'output',
      'color',
      'no-color',
      'config',
      'no-config',
      'quiet',
      'verbose',
      'help',
    ],
  },
  affected: {
    line: 'affected --since REF',
    describe: 'List the builds whose inputs a change touches; -f names compose or bake files.',
    examples: [
      ['ctxsize affected --since origin/main', 'the images that a branch has to build again'],
      ['ctxsize affected --since HEAD~1 --matrix', 'as a matrix for a GitHub workflow'],
    ],
    options: [
      ...['file', 'context', 'since', 'matrix', 'format', 'output', 'color', 'no-color'],
      ...['config', 'no-config', 'quiet', 'verbose', 'help'],
    ],
  },
  diff: {
    line: 'diff BASE [context]',
    describe:
      'Compare the working tree with a branch, tag or commit, or with a saved report: what came in, what is gone, why.',
    examples: [
      ['ctxsize diff origin/main', 'what this branch changes: against the last commit in common'],
      ['ctxsize diff --exact-base v1.2', 'against that very commit'],
      ['ctxsize diff HEAD --format json | jq .targets[].left', 'for programs'],
    ],
    options: [
      ...['file', 'target', 'build-arg', 'build-context', 'platform', 'builder', 'context', 'exact-base'],
      ...['measure-ignored', 'xattrs', 'format', 'output', 'units', 'color', 'no-color'],
      ...['config', 'no-config', 'quiet', 'verbose', 'help'],
    ],
  },
  history: {
    line: 'history [context]',
    describe:
      'Replay git history: how often each instruction lost its cache, because of what, and what would help.',
    examples: [
      ['ctxsize history', 'the last 150 commits'],
      ['ctxsize history -n 1000 --target test', 'more of them, of another target'],
      ["ctxsize history --since '3 months ago' --format json | jq .best", 'which one change would help most'],
    ],
  },
  check: {
    line: 'check [context]',
    describe: 'Hold budgets, assertions and findings of every build, for CI: exit code 1 when one is broken.',
    examples: [
      ['ctxsize check', 'what ctxsize.config.yaml says; ctxsize init writes one'],
      ['ctxsize check --max-transfer 5MB --max-files 500', 'without any configuration'],
      [
        "ctxsize check --must-ship 'src/**' --never-ship '**/*.pem'",
        'what an image needs, and what it must not have',
      ],
    ],
  },
  init: {
    line: 'init [context]',
    describe:
      'Print a configuration of the builds that are found, with budgets a little above today; --write keeps it.',
    examples: [
      ['ctxsize init', 'what would be written'],
      ['ctxsize init --write', 'write it; from now on ctxsize check holds it'],
    ],
    options: [
      ...['file', 'target', 'build-arg', 'build-context', 'platform', 'builder', 'context', 'write'],
      ...['xattrs', 'format', 'output', 'color', 'no-color', 'no-config', 'quiet', 'verbose', 'help'],
    ],
  },
  ignore: {
    line: 'ignore [context]',
    describe:
      'Print a .dockerignore for this context, each line with its reason; --write updates the one there is.',
    examples: [
      ['ctxsize ignore > .dockerignore', 'where there is none'],
      ['ctxsize ignore --write', 'keep every line there is, add what is missing'],
    ],
  },
  fix: {
    line: 'fix [context]',
    describe: 'Print proposed changes of .dockerignore and Dockerfile as one diff, each with its proof.',
    examples: [
      ['ctxsize fix', 'what would change, and why it may'],
      ['ctxsize fix --write', 'make the changes that are proven or safe'],
      ['ctxsize fix | git apply', 'the same by hand'],
    ],
  },
  report: {
    line: 'report <file...>',
    describe: 'Print a saved report again, in any format; or rank those of many repositories in one table.',
    examples: [
      ['ctxsize report build.json --format markdown', 'what the run that wrote it would have printed'],
      ['ctxsize report reports/*.json --sort secrets', 'many repositories in one table'],
      ['ctxsize --format json | ctxsize report - --format sarif', 'from a pipe'],
    ],
    words: 'file',
    options: [...['format', 'output', 'sort', 'units', 'color', 'no-color', 'quiet', 'verbose', 'help']],
  },
  plugin: {
    line: 'plugin <action>',
    describe: 'install: let the docker client find this program, for docker ctxsize; uninstall: no longer.',
    examples: [
      ['ctxsize plugin install', 'for you: a link in ~/.docker/cli-plugins'],
      ['sudo ctxsize plugin install --dir /usr/local/lib/docker/cli-plugins', 'for everybody'],
    ],
    words: ['install', 'uninstall'],
    options: ['dir', 'format', 'output', 'help'],
  },
  explain: {
    line: 'explain [rule...]',
    describe: 'Say what a rule is about: why it matters, an example, and the same put right.',
    examples: [
      ['ctxsize explain', 'the rules there are'],
      ['ctxsize explain dockerignore-root-only', 'one of them'],
    ],
    words: 'rule',
    options: ['format', 'output', 'color', 'no-color', 'help'],
  },
  completion: {
    line: 'completion <shell>',
    describe: 'Print what lets bash, zsh or fish complete command lines of ctxsize.',
    examples: [
      ['eval "$(ctxsize completion bash)"', 'in ~/.bashrc'],
      ['source <(ctxsize completion zsh)', 'in ~/.zshrc, after compinit'],
      ['ctxsize completion fish > ~/.config/fish/completions/ctxsize.fish', 'once'],
    ],
    words: ['bash', 'zsh', 'fish'],
    options: ['output', 'help'],
  },
} as const satisfies Record<string, VerbUsage>

export type VerbName = keyof typeof verbUsage

/** True for the first word of a command line that names a verb. */
export function isVerb(word: string | undefined): word is VerbName {
  return word !== undefined && Object.hasOwn(verbUsage, word)
}

/** What the words after a verb are. */
export function wordsOf(verb: VerbName): 'context' | 'path' | 'build' | 'file' | 'rule' | readonly string[] {
  const { words }: VerbUsage = verbUsage[verb]
  return words ?? 'context'
}

/** The options that a verb takes. */
export function optionsOf(verb: VerbName): OptionName[] {
  const { options }: VerbUsage = verbUsage[verb]
  return Object.entries(optionUsage).flatMap(([name, usage]: [string, OptionUsage]) =>
    isOption(name) &&
    (usage.verbs === undefined || usage.verbs.includes(verb)) &&
    (options === undefined || options.includes(name))
      ? [name]
      : [],
  )
}

export function isOption(name: string): name is OptionName {
  return Object.hasOwn(optionUsage, name)
}
