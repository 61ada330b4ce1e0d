/** What steps between a checkout and a build do not bring into the tree: data, each fact with the page it was taken from. */

/**
 * Ready-made steps that put nothing into the tree but what their inputs name. `*` ends a beginning. What each does is
 * said by the README of its repository, https://github.com/NAME.
 */
const actions: readonly string[] = [
  ...['actions/setup-*', 'actions/cache', 'actions/cache/*', 'actions/upload-artifact'],
  ...['docker/setup-*', 'docker/login-action', 'docker/metadata-action', 'docker/scout-action'],
  ...[
    'aws-actions/configure-aws-credentials',
    'aws-actions/amazon-ecr-login',
    'azure/login',
    'azure/docker-login',
    'superfly/flyctl-actions/setup-flyctl',
  ],
  ...['azure/setup-*', 'google-github-actions/setup-gcloud', 'hashicorp/setup-*'],
  ...[
    'pnpm/action-setup',
    'oven-sh/setup-bun',
    'denoland/setup-deno',
    'volta-cli/action',
    'astral-sh/setup-uv',
  ],
  ...['dtolnay/rust-toolchain', 'actions-rust-lang/setup-rust-toolchain', 'swatinem/rust-cache'],
  ...[
    'gradle/actions/setup-gradle',
    'gradle/wrapper-validation-action',
    'shivammathur/setup-php',
    'erlef/setup-beam',
  ],
  ...['hadolint/hadolint-action', 'sigstore/cosign-installer', 'step-security/harden-runner'],
  ...[
    'depot/setup-action',
    'crazy-max/ghaction-setup-docker',
    'crazy-max/ghaction-github-runtime',
    'dorny/paths-filter',
  ],
  ...[
    'jlumbroso/free-disk-space',
    'easimon/maximize-build-space',
    'iterative/setup-dvc',
    'iterative/setup-cml',
  ],
  ...[
    'actions/attest-build-provenance',
    'codecov/codecov-action',
    'tailscale/github-action',
    'webfactory/ssh-agent',
  ],
  // Steps of other services that only keep what is there.
  ...[
    'circleci-save_cache',
    'circleci-persist_to_workspace',
    'circleci-store_artifacts',
    'circleci-store_test_results',
    'azure-docker-push',
  ],
  // https://circleci.com/developer/orbs/orb/circleci/docker and its neighbours.
  ...['circleci/docker/check', 'circleci/docker/push', 'circleci/aws-ecr/ecr_login', 'circleci/aws-cli/*'],
  ...['circleci-setup_remote_docker', 'circleci-restore_cache', 'circleci-add_ssh_keys'],
]

/** Inputs by which these actions do more than their name says: an install that they run by themselves. */
const installs: Readonly<Record<string, string>> = {
  'pnpm/action-setup': 'run_install',
  'astral-sh/setup-uv': 'activate-environment',
}

/** Ready-made steps that write only below the paths which an input names. */
const confined: Readonly<Record<string, string>> = {
  // https://github.com/actions/download-artifact#inputs, https://github.com/actions/checkout#usage
  'actions/download-artifact': 'path',
  'actions/checkout': 'path',
  // What its recipe does besides stands in the steps after it.
  'make-target': 'path',
  // https://docs.gitlab.com/ci/jobs/job_artifacts/
  'gitlab-artifacts': 'paths',
  // https://support.atlassian.com/bitbucket-cloud/docs/use-artifacts-in-steps/
  'bitbucket-artifacts': 'paths',
}

/** The input that names all a step writes; null when there is none. Its paths are to be looked at by the caller. */
export function confiningInput(name: string): string | null {
  return confined[(name.split('@')[0] ?? '').toLowerCase()] ?? null
}

/** True for a ready-made step that brings nothing into the tree. The name may have its `@version`. */
export function isHarmlessAction(name: string, inputs: Readonly<Record<string, string>>): boolean {
  const plain = (name.split('@')[0] ?? '').toLowerCase()
  const more = installs[plain]
  if (more !== undefined && !['', 'false', undefined].includes(inputs[more])) return false
  return actions.some((known) =>
    known.endsWith('*') ? plain.startsWith(known.slice(0, -1)) : plain === known,
  )
}

/** True for a ready-made step that only keeps what is there, or brings back what it kept: an input of it makes nothing. */
export function isKeepingAction(name: string): boolean {
  return /(?:^|[/-])(?:cache|rust-cache|upload-artifact|save_cache|restore_cache|persist_to_workspace|store_\w+)(?:\/\w+)?(?:@|$)/i.test(
    name,
  )
}

/** Programs that write nothing into the directory they run in, whatever their arguments. POSIX.1-2024, Shell & Utilities. */
export const readers: ReadonlySet<string> = new Set([
  ...[
    ':',
    'true',
    'false',
    'test',
    '[',
    '[[',
    '((',
    'cd',
    'pushd',
    'popd',
    'echo',
    'printf',
    'export',
    'set',
    'unset',
    'exit',
  ],
  ...[
    'return',
    'shift',
    'read',
    'local',
    'declare',
    'readonly',
    'trap',
    'wait',
    'sleep',
    'date',
    'pwd',
    'which',
    'type',
  ],
  ...[
    'hash',
    'uname',
    'id',
    'whoami',
    'hostname',
    'nproc',
    'umask',
    'ulimit',
    'shopt',
    'break',
    'continue',
    'getopts',
    'let',
  ],
  ...[
    'ls',
    'cat',
    'head',
    'tail',
    'wc',
    'grep',
    'egrep',
    'fgrep',
    'rg',
    'cut',
    'tr',
    'nl',
    'tac',
    'rev',
    'paste',
  ],
  ...[
    'basename',
    'dirname',
    'realpath',
    'readlink',
    'stat',
    'file',
    'du',
    'df',
    'diff',
    'cmp',
    'sha256sum',
    'sha1sum',
  ],
  ...[
    'md5sum',
    'shasum',
    'cksum',
    'seq',
    'expr',
    'jq',
    'env',
    'printenv',
    'ps',
    'kill',
    'nc',
    'ping',
    'dig',
    'tput',
    'tree',
  ],
  ...[
    'rm',
    'rmdir',
    'unlink',
    'shred',
    'chmod',
    'chown',
    'chgrp',
    'free',
    'lscpu',
    'column',
    'bc',
    'od',
    'comm',
    'join',
  ],
  ...[
    'hadolint',
    'shellcheck',
    'actionlint',
    'yamllint',
    'cosign',
    'systemctl',
    'service',
    'usermod',
    'mktemp',
  ],
])

/** What these programs leave behind without being told to. */
export const checkers: readonly {
  readonly words: readonly string[]
  readonly makes: readonly string[]
  readonly source: string
}[] = [
  { words: ['go', 'test'], makes: [], source: 'https://pkg.go.dev/cmd/go#hdr-Test_packages' },
  {
    words: ['go', 'vet'],
    makes: [],
    source: 'https://pkg.go.dev/cmd/go#hdr-Report_likely_mistakes_in_packages',
  },
  { words: ['go', 'version'], makes: [], source: 'https://pkg.go.dev/cmd/go#hdr-Print_Go_version' },
  { words: ['golangci-lint', 'run'], makes: [], source: 'https://golangci-lint.run/docs/configuration/cli/' },
  {
    words: ['eslint'],
    makes: ['.eslintcache'],
    source: 'https://eslint.org/docs/latest/use/command-line-interface',
  },
  {
    words: ['ruff', 'check'],
    makes: ['.ruff_cache'],
    source: 'https://docs.astral.sh/ruff/settings/#cache-dir',
  },
  {
    words: ['ruff', 'format'],
    makes: ['.ruff_cache'],
    source: 'https://docs.astral.sh/ruff/settings/#cache-dir',
  },
  {
    words: ['mypy'],
    makes: ['.mypy_cache'],
    source: 'https://mypy.readthedocs.io/en/stable/command_line.html',
  },
  { words: ['flake8'], makes: [], source: 'https://flake8.pycqa.org/en/latest/user/options.html' },
  { words: ['prettier', '--check'], makes: [], source: 'https://prettier.io/docs/cli' },
  { words: ['cargo', 'fmt'], makes: [], source: 'https://doc.rust-lang.org/cargo/commands/cargo-fmt.html' },
  { words: ['npm', 'audit'], makes: [], source: 'https://docs.npmjs.com/cli/v11/commands/npm-audit' },
  { words: ['node', '--version'], makes: [], source: 'https://nodejs.org/api/cli.html' },
  { words: ['npm', '--version'], makes: [], source: 'https://docs.npmjs.com/cli/v11/using-npm/config' },
]

/** Subcommands of docker that write no file, except where an option names one. https://docs.docker.com/reference/cli/docker/ */
export const dockerReaders: ReadonlySet<string> = new Set([
  ...[
    'login',
    'logout',
    'push',
    'pull',
    'tag',
    'version',
    'info',
    'images',
    'inspect',
    'ps',
    'rm',
    'rmi',
    'kill',
    'stop',
  ],
  ...[
    'network',
    'volume',
    'manifest',
    'load',
    'import',
    'history',
    'logs',
    'system',
    'image',
    'context',
    'scout',
    'wait',
  ],
])

/** Subcommands of git that bring no untracked file. https://git-scm.com/docs */
export const gitReaders: ReadonlySet<string> = new Set([
  ...[
    'describe',
    'rev-parse',
    'rev-list',
    'status',
    'log',
    'show',
    'diff',
    'config',
    'fetch',
    'tag',
    'branch',
    'remote',
  ],
  ...[
    'ls-files',
    'ls-tree',
    'ls-remote',
    'add',
    'commit',
    'push',
    'clean',
    'rm',
    'version',
    'symbolic-ref',
    'cat-file',
  ],
  ...[
    'merge-base',
    'for-each-ref',
    'shortlog',
    'name-rev',
    'check-ignore',
    'update-index',
    'gc',
    'prune',
    'var',
    '--version',
  ],
])
