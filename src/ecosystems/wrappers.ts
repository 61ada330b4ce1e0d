/** Programs that start the command named after them. */

/** How a program is passed over to get at the command behind it. */
export interface Wrapper {
  /** The program and the words of it before the command, `|` parting alternatives. */
  readonly words: readonly string[]
  /** Its options with a value in the next word. */
  readonly valued: readonly string[]
  /** How many operands of its own stand before the command: a duration, a user. */
  readonly operands: number
  /** With one of these it does something else, or what it starts cannot be told. */
  readonly unless: readonly string[]
  /** `NAME=VALUE` may stand before the command. */
  readonly assigns: boolean
  /** The command is a package and may have its version behind an `@`. */
  readonly fetches: boolean
  /** The command is a module of Python after `-m`, or a script. */
  readonly module: boolean
  readonly source: string
}

function wrapper(words: string, source: string, rest: Partial<Wrapper> = {}): Wrapper {
  return {
    words: words.split(' '),
    source,
    valued: [],
    operands: 0,
    unless: [],
    assigns: false,
    fetches: false,
    module: false,
    ...rest,
  }
}

const npx = {
  fetches: true,
  valued: ['-p', '--package', '-w', '--workspace'],
  unless: ['-c', '--call'],
} as const

/** All that are known. A program with a form of its own (`corepack enable`) is looked up there when this leads nowhere. */
export const wrappers: readonly Wrapper[] = [
  wrapper('sudo|doas', 'https://www.sudo.ws/docs/man/sudo.man/', {
    assigns: true,
    valued: ['-u', '--user', '-g', '--group', '-h', '--host', '-p', '--prompt', '-C', '-r', '-t', '-T', '-U'],
    unless: ['-s', '-i', '--shell', '--login', '-e', '-D', '--chdir', '-R', '--chroot'],
  }),
  wrapper('env', 'https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html', {
    assigns: true,
    valued: ['-u', '--unset', '--argv0', '-a'],
    unless: ['-S', '--split-string', '-C', '--chdir'],
  }),
  wrapper('command', 'https://pubs.opengroup.org/onlinepubs/9799919799/utilities/command.html', {
    unless: ['-v', '-V'],
  }),
  wrapper('exec', 'https://www.gnu.org/software/bash/manual/bash.html', { valued: ['-a'] }),
  wrapper(
    'builtin|nohup|time|eatmydata|setarch|linux32|linux64|tini|catchsegv',
    'https://www.gnu.org/software/coreutils/manual/html_node/nohup-invocation.html',
  ),
  wrapper(
    'nice|ionice|stdbuf|xvfb-run',
    'https://www.gnu.org/software/coreutils/manual/html_node/nice-invocation.html',
    {
      valued: ['-n', '--adjustment', '-c', '--class', '-o', '-e', '-i', '-s', '--server-args'],
    },
  ),
  wrapper('timeout', 'https://www.gnu.org/software/coreutils/manual/html_node/timeout-invocation.html', {
    operands: 1,
    valued: ['-s', '--signal', '-k', '--kill-after'],
  }),
  wrapper('dumb-init', 'https://github.com/Yelp/dumb-init', { valued: ['-r', '--rewrite'] }),
  wrapper('gosu|su-exec', 'https://github.com/tianon/gosu', { operands: 1 }),
  wrapper('cross-env', 'https://www.npmjs.com/package/cross-env', { assigns: true }),
  wrapper('dotenv', 'https://www.npmjs.com/package/dotenv-cli', { valued: ['-e', '-c', '-v'] }),

  wrapper('npx|bunx', 'https://docs.npmjs.com/cli/v11/commands/npx', npx),
  wrapper('npm exec|x', 'https://docs.npmjs.com/cli/v11/commands/npm-exec', npx),
  wrapper('pnpm exec|dlx', 'https://pnpm.io/cli/exec', {
    ...npx,
    valued: ['--package', '--filter', '-F'],
    unless: ['-c', '--shell-mode', '-C', '--dir', '-r', '--recursive'],
  }),
  wrapper('yarn exec|dlx', 'https://yarnpkg.com/cli/exec', npx),
  wrapper('bun x', 'https://bun.sh/docs/cli/bunx', npx),
  wrapper('corepack', 'https://github.com/nodejs/corepack', { fetches: true }),
  // A script that it names is looked up like a program: `node_modules/.bin/next`.
  wrapper('node|nodejs', 'https://nodejs.org/api/cli.html', {
    unless: ['-e', '--eval', '-p', '--print', '-r', '--require'],
  }),

  wrapper('python|python[0-9]*|pypy[0-9]*', 'https://docs.python.org/3/using/cmdline.html', {
    module: true,
    valued: ['-W', '-X'],
    unless: ['-c'],
  }),
  wrapper('poetry|pipenv|pdm run', 'https://python-poetry.org/docs/cli/#run', {
    unless: ['-C', '--directory', '-P', '--project'],
  }),
  wrapper('coverage run', 'https://coverage.readthedocs.io/en/latest/cmd.html', {
    module: true,
    unless: ['--rcfile'],
  }),
  wrapper('conda|mamba|micromamba run', 'https://docs.conda.io/projects/conda/en/stable/commands/run.html', {
    valued: ['-n', '--name', '-p', '--prefix'],
    unless: ['--cwd'],
  }),
  wrapper('bundle|bundler exec', 'https://bundler.io/man/bundle-exec.1.html', { unless: ['--gemfile'] }),
  wrapper('ruby', 'https://docs.ruby-lang.org/en/master/ruby/options_md.html', {
    unless: ['-e', '-C', '-r', '-S'],
  }),
  wrapper('php', 'https://www.php.net/manual/en/features.commandline.options.php', {
    valued: ['-d', '-c'],
    unless: ['-r', '-B', '-R', '-F', '-S'],
  }),
  wrapper('dotnet tool run', 'https://learn.microsoft.com/en-us/dotnet/core/tools/dotnet-tool-run'),
]
