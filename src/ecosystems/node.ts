import type { Ecosystem, KnownCommand } from './model.ts'
import { nodeJunk } from './node-junk.ts'
import { nodeTools } from './node-tools.ts'
import { command, made, outputs, program, startsGit, versionTool, withOption, withPath } from './row.ts'

const npm = 'https://docs.npmjs.com/cli/v11/commands/'
const yarn = 'https://yarnpkg.com/cli/'
const pnpm = 'https://pnpm.io/cli/'
const bun = 'https://bun.sh/docs/'

/**
 * Scripts of the project that `npm install` and `npm ci` run, also with `--omit=dev`.
 * Source: npm 11, lib/commands/install.js and ci.js.
 */
const npmScripts = [
  'preinstall',
  'install',
  'postinstall',
  'prepublish',
  'preprepare',
  'prepare',
  'postprepare',
]
const noScripts = withOption(['--ignore-scripts'], { scripts: [] })
const anything = made('merges', '*')
const lockfiles = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
]

const npmReads = {
  reads: 'manifests',
  manifests: [['package.json']],
  // binding.gyp: npm compiles it when the project has no install script (docs.npmjs.com, using-npm/scripts).
  alsoReads: ['package-lock.json', 'npm-shrinkwrap.json', '.npmrc', 'binding.gyp', 'patches/'],
  scripts: npmScripts,
} as const

const yarnReads = {
  reads: 'manifests',
  manifests: [['package.json']],
  alsoReads: [
    'yarn.lock',
    '.yarnrc',
    '.yarnrc.yml',
    '.npmrc',
    '.yarn/releases/',
    '.yarn/plugins/',
    '.yarn/patches/',
    '.yarn/cache/',
    '.yarn/versions/',
    '.pnp.cjs',
    '.pnp.loader.mjs',
    'patches/',
  ],
  // Classic runs all of them, berry only the first three of each workspace (yarnpkg.com/advanced/lifecycle-scripts).
  scripts: ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'],
  makes: [
    ...made('merges', 'node_modules', '**/node_modules', '.yarn/cache'),
    ...made('overwrites', '.yarn/install-state.gz'),
    // https://yarnpkg.com/configuration/yarnrc#nodeLinker
    ...[...made('merges', '.yarn/unplugged'), ...made('overwrites', '.pnp.cjs', '.pnp.loader.mjs')].map(
      (one) => ({
        ...one,
        unless: { files: ['.yarnrc.yml'], texts: ['nodeLinker: node-modules', 'nodeLinker: pnpm'] },
      }),
    ),
  ],
  variants: [
    withOption(['--ignore-scripts', '--mode=skip-build', '--skip-builds'], { scripts: [] }),
    withOption(['--production', '--prod'], { scripts: ['preinstall', 'install', 'postinstall'] }),
  ],
} as const

const pnpmReads = {
  reads: 'manifests',
  manifests: [['package.json']],
  alsoReads: [
    'pnpm-lock.yaml',
    'pnpm-workspace.yaml',
    '.npmrc',
    '.pnpmfile.cjs',
    '.pnpmfile.mjs',
    'pnpmfile.js',
    'patches/',
  ],
  scripts: ['pnpm:devPreinstall', ...npmScripts.filter((name) => name !== 'prepublish')],
  makes: made('merges', 'node_modules', '**/node_modules', '.pnpm-store'),
  variants: [noScripts],
} as const

const bunReads = {
  reads: 'manifests',
  manifests: [['package.json']],
  alsoReads: ['bun.lock', 'bun.lockb', 'bunfig.toml', '.npmrc', 'patches/'],
  scripts: npmScripts.filter((name) => name !== 'prepublish'),
  makes: made('merges', 'node_modules', '**/node_modules'),
  variants: [noScripts],
} as const

const script = { reads: 'sources', makes: anything, git: 'plugins' } as const

/** Adding packages by name: the manifest is read and written. Without `-g`, what else it names is installed as well. */
const adds = {
  reads: 'manifests',
  manifests: [['package.json']],
  scripts: [],
} as const

/** A global install touches nothing of the project, unless it is given a path. */
const globally = (source: string, words: string): KnownCommand =>
  command(words, 'install', source, {
    ...adds,
    alsoReads: [
      ...lockfiles,
      '.npmrc',
      '.yarnrc',
      '.yarnrc.yml',
      '.yarn/releases/',
      '.yarn/plugins/',
      'pnpm-workspace.yaml',
      '.pnpmfile.cjs',
      'bunfig.toml',
    ],
    makes: [
      ...made('merges', 'node_modules'),
      ...made('overwrites', 'package.json', 'package-lock.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock'),
    ],
    fileOperands: 'paths',
    variants: [
      withOption(['-g', '--global', '--location=global'], {
        kind: 'system',
        reads: 'nothing',
        makes: [],
        manifests: [],
        alsoReads: ['.npmrc'],
      }),
      withPath({ kind: 'build', reads: 'sources', git: 'plugins' }),
    ],
  })

const globalAlone = withOption(['-g', '--global', '--location=global'], {
  kind: 'build',
  reads: 'sources',
  git: 'plugins',
})

const commands: readonly KnownCommand[] = [
  // npm since pull request 7490 empties the node_modules of workspaces too; before it left them alone.
  command('npm ci|clean-install|ic|install-clean|isntall-clean', 'install', `${npm}npm-ci`, {
    ...npmReads,
    manifests: [['package-lock.json'], ['npm-shrinkwrap.json']],
    alsoReads: ['package.json', '.npmrc', 'binding.gyp', 'patches/'],
    operands: 'none',
    makes: [...made('erases', 'node_modules'), ...made('merges', '**/node_modules')],
    variants: [noScripts, withOption(['--dry-run'], { makes: [] })],
  }),
  command('npm install-ci-test|cit|clean-install-test|sit', 'build', `${npm}npm-install-ci-test`, {
    ...script,
    runsScript: 'test',
    makes: [...made('erases', 'node_modules'), ...anything],
    scripts: npmScripts,
    variants: [noScripts],
  }),
  command('npm install-test|it', 'build', `${npm}npm-install-test`, {
    ...script,
    runsScript: 'test',
    scripts: npmScripts,
    variants: [noScripts],
  }),
  command(
    'npm install|i|in|ins|inst|insta|instal|isnt|isnta|isntal|isntall',
    'install',
    `${npm}npm-install`,
    {
      ...npmReads,
      operands: 'none',
      makes: [
        ...made('merges', 'node_modules', '**/node_modules'),
        ...made('overwrites', 'package-lock.json'),
      ],
      variants: [noScripts, globalAlone],
    },
  ),
  globally(`${npm}npm-install`, 'npm install|i|add'),
  command('npm rebuild|rb', 'install', `${npm}npm-rebuild`, {
    ...npmReads,
    scripts: ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'],
    makes: made('merges', 'node_modules'),
    variants: [noScripts],
  }),
  command('npm prune', 'install', `${npm}npm-prune`, {
    ...npmReads,
    scripts: [],
    makes: made('merges', 'node_modules', '**/node_modules'),
  }),
  command('npm dedupe|ddp', 'install', `${npm}npm-dedupe`, {
    ...npmReads,
    makes: made('merges', 'node_modules', '**/node_modules'),
    variants: [noScripts],
  }),
  command('npm uninstall|un|remove|rm|r|unlink', 'install', `${npm}npm-uninstall`, {
    ...npmReads,
    scripts: [],
    makes: [
      ...made('merges', 'node_modules', '**/node_modules'),
      ...made('overwrites', 'package.json', 'package-lock.json'),
    ],
    variants: [
      withOption(['-g', '--global', '--location=global'], {
        kind: 'system',
        reads: 'nothing',
        makes: [],
        manifests: [],
        alsoReads: ['.npmrc'],
      }),
    ],
  }),
  command('npm run|run-script|rum|urn', 'build', `${npm}npm-run`, { ...script, runsScript: '*' }),
  command('npm test|tst|t', 'build', `${npm}npm-test`, { ...script, runsScript: 'test' }),
  command('npm start', 'build', `${npm}npm-start`, { ...script, runsScript: 'start' }),
  command('npm stop', 'build', `${npm}npm-stop`, { ...script, runsScript: 'stop' }),
  command('npm restart', 'build', `${npm}npm-restart`, { ...script, runsScript: 'restart' }),
  // Packs what `files` and .npmignore leave; runs prepack and prepare.
  command('npm pack', 'build', `${npm}npm-pack`, {
    ...script,
    scripts: ['prepack', 'prepare', 'postpack'],
    variants: [noScripts],
  }),
  // Commits and tags unless told not to.
  command('npm version', 'build', `${npm}npm-version`, {
    reads: 'manifests',
    manifests: [['package.json']],
    alsoReads: ['package-lock.json', 'npm-shrinkwrap.json', '.npmrc'],
    scripts: ['preversion', 'version', 'postversion'],
    makes: made('overwrites', 'package.json', 'package-lock.json'),
    git: 'uses',
    variants: [withOption(['--no-git-tag-version', '--git-tag-version=false'], { git: 'never' })],
  }),
  command('npm config|c|set|get', 'plain', `${npm}npm-config`, { alsoReads: ['.npmrc'] }),
  command('npm cache', 'plain', `${npm}npm-cache`),
  command('npm audit', 'install', `${npm}npm-audit`, {
    ...npmReads,
    scripts: [],
    variants: [],
    makes: made('merges', 'node_modules', 'package-lock.json'),
  }),
  command('npm root|prefix|bin|ping|whoami|view|info|show|v|help|doctor', 'plain', npm, {
    alsoReads: ['.npmrc'],
  }),
  command('npm pkg', 'plain', `${npm}npm-pkg`, {
    reads: 'manifests',
    manifests: [['package.json']],
    makes: made('overwrites', 'package.json'),
  }),

  command('yarn install', 'install', `${yarn}install`, { ...yarnReads, operands: 'none' }),
  command('yarn', 'install', `${yarn}install`, { ...yarnReads, operands: 'none' }),
  command('yarn workspaces focus', 'install', `${yarn}workspaces/focus`, yarnReads),
  globally('https://classic.yarnpkg.com/en/docs/cli/global', 'yarn add'),
  command('yarn global add', 'system', 'https://classic.yarnpkg.com/en/docs/cli/global', {
    alsoReads: ['.yarnrc', '.npmrc'],
    fileOperands: 'paths',
    variants: [withPath({ kind: 'build', reads: 'sources', git: 'plugins' })],
  }),
  // The package's own directory is where these run.
  command('yarn workspace *|*/* run', 'build', `${yarn}workspace`, { ...script, runsScript: '*' }),
  command('yarn workspace *|*/* add|remove|install', 'install', `${yarn}workspace`, yarnReads),
  command('yarn workspace *|*/*', 'build', `${yarn}workspace`, { ...script, runsScript: '*' }),
  command('yarn workspaces foreach run', 'build', `${yarn}workspaces/foreach`, {
    ...script,
    runsScript: '*',
    variants: [withOption(['--since'], { git: 'uses' })],
  }),
  command('yarn workspaces run', 'build', 'https://classic.yarnpkg.com/en/docs/cli/workspaces', {
    ...script,
    runsScript: '*',
  }),
  command('yarn remove', 'install', `${yarn}remove`, yarnReads),
  command('yarn rebuild|dedupe|unplug', 'install', `${yarn}rebuild`, yarnReads),
  command('yarn cache|config|help', 'plain', `${yarn}config`, {
    alsoReads: ['.yarnrc', '.yarnrc.yml', '.npmrc', '.yarn/releases/', '.yarn/plugins/'],
  }),
  command('yarn set|policies', 'plain', `${yarn}set/version`, {
    alsoReads: ['package.json', '.yarnrc', '.yarnrc.yml', '.yarn/releases/', '.yarn/plugins/'],
    makes: made('overwrites', '.yarnrc.yml', '.yarnrc', '.yarn/releases', 'package.json'),
  }),
  command('yarn plugin import', 'plain', `${yarn}plugin/import`, {
    alsoReads: ['.yarnrc.yml', '.yarn/releases/', '.yarn/plugins/'],
    makes: made('overwrites', '.yarnrc.yml', '.yarn/plugins'),
  }),
  command('yarn version', 'build', `${yarn}version`, { ...script, git: 'uses' }),
  command('yarn pack', 'build', `${yarn}pack`, {
    ...script,
    scripts: ['prepack', 'prepare', 'postpack'],
  }),
  command('yarn run', 'build', `${yarn}run`, { ...script, runsScript: '*' }),
  // `yarn NAME`: nothing above has taken it.
  command('yarn', 'build', `${yarn}run`, { ...script, runsScript: '*' }),

  // A node_modules of another store or layout is emptied where CI is set, and else, without a terminal, the install
  // fails (ERR_PNPM_ABORTED_REMOVE_MODULES_DIR_NO_TTY): pnpm/pnpm, pkg-manager/core/src/install/validateModules.ts.
  command('pnpm install|i', 'install', `${pnpm}install`, { ...pnpmReads, operands: 'none' }),
  command('pnpm install-test|it', 'build', `${pnpm}install-test`, {
    ...script,
    runsScript: 'test',
    scripts: pnpmReads.scripts,
    variants: [noScripts],
  }),
  // Needs no package.json: it fills the store from the lockfile.
  command('pnpm fetch', 'install', `${pnpm}fetch`, {
    reads: 'manifests',
    manifests: [['pnpm-lock.yaml']],
    alsoReads: [
      'pnpm-workspace.yaml',
      '.npmrc',
      '.pnpmfile.cjs',
      '.pnpmfile.mjs',
      'patches/',
      'package.json',
    ],
    makes: made('merges', 'node_modules'),
  }),
  globally(`${pnpm}add`, 'pnpm add|install|i'),
  command('pnpm remove|rm|uninstall|un', 'install', `${pnpm}remove`, pnpmReads),
  command('pnpm rebuild|rb', 'install', `${pnpm}rebuild`, {
    ...pnpmReads,
    scripts: ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'],
  }),
  command('pnpm prune', 'install', `${pnpm}prune`, { ...pnpmReads, scripts: [] }),
  command('pnpm dedupe', 'install', `${pnpm}dedupe`, pnpmReads),
  // Copies the files of a package with its dependencies.
  command('pnpm deploy', 'build', `${pnpm}deploy`, { ...script, scripts: pnpmReads.scripts }),
  command('pnpm run|run-script', 'build', `${pnpm}run`, { ...script, runsScript: '*' }),
  command('pnpm test|t|tst', 'build', `${pnpm}test`, { ...script, runsScript: 'test' }),
  command('pnpm start', 'build', `${pnpm}start`, { ...script, runsScript: 'start' }),
  command('pnpm config|c|store|setup|env|root|bin|help|self-update', 'plain', `${pnpm}config`, {
    alsoReads: ['.npmrc', 'pnpm-workspace.yaml'],
  }),
  command('pnpm pack', 'build', `${pnpm}pack`, { ...script, scripts: ['prepack', 'prepare', 'postpack'] }),
  command('pnpm', 'build', `${pnpm}run`, { ...script, runsScript: '*' }),

  command('bun install|i', 'install', `${bun}cli/install`, { ...bunReads, operands: 'none' }),
  command('bun ci', 'install', `${bun}cli/install`, bunReads),
  globally(`${bun}cli/add`, 'bun add|install|i'),
  command('bun remove|rm', 'install', `${bun}cli/remove`, bunReads),
  command('bun build', 'build', `${bun}bundler`, {
    ...script,
    outputs: outputs({ options: ['--outdir'], fileOptions: ['--outfile'] }),
  }),
  command('bun test', 'build', `${bun}cli/test`, script),
  command('bun pm|upgrade', 'plain', `${bun}cli/pm`, {
    alsoReads: ['package.json', 'bun.lock', 'bun.lockb'],
  }),
  command('bun run', 'build', `${bun}cli/run`, { ...script, runsScript: '*' }),
  command('bun', 'build', `${bun}cli/run`, { ...script, runsScript: '*' }),

  // Reads packageManager in package.json where there is one.
  command(
    'corepack enable|disable|prepare|install|use|up|pack|hydrate|cache',
    'plain',
    'https://github.com/nodejs/corepack',
    {
      alsoReads: ['package.json'],
    },
  ),
  ...nodeTools,
]

const configurations = [
  'next.config.*',
  'nuxt.config.*',
  'vite.config.*',
  'vitest.config.*',
  'astro.config.*',
  'svelte.config.*',
  'vue.config.*',
  'webpack.config.*',
  'webpack.*.js',
  'rollup.config.*',
  'rspack.config.*',
  'rsbuild.config.*',
  'tsup.config.*',
  'craco.config.*',
  'gatsby-config.*',
  'gatsby-node.*',
  'ember-cli-build.js',
  'docusaurus.config.*',
  'remix.config.*',
  'gulpfile.*',
  'Gruntfile.*',
]
const mentions = ['package.json', ...configurations]
const registry = 'https://www.npmjs.com/package/'

const pages = {
  docusaurus: 'https://docusaurus.io/docs/api/plugins/@docusaurus/plugin-content-docs',
  vitepress: 'https://vitepress.dev/reference/default-theme-last-updated',
  starlight: 'https://starlight.astro.build/reference/configuration/#lastupdated',
} as const

/** JavaScript and TypeScript: npm, yarn (classic and berry), pnpm, bun, and the tools around them. */
export const node: Ecosystem = {
  id: 'node',
  title: 'Node.js',
  manifests: ['package.json'],
  lockfiles,
  programs: [
    program('npm', {
      valued: [
        '-w',
        '--workspace',
        '--omit',
        '--include',
        '--registry',
        '--loglevel',
        '--cache',
        '--userconfig',
        '--globalconfig',
        '--script-shell',
        '--tag',
        '--location',
        '--install-strategy',
        '--cpu',
        '--os',
        '--libc',
        '--fetch-retries',
        '--fetch-timeout',
        '--maxsockets',
        '--before',
        '--audit-level',
        '--only',
      ],
      directory: ['--prefix', '-C'],
    }),
    program('yarn yarnpkg', {
      valued: [
        '--mode',
        '--include',
        '--exclude',
        '--from',
        '-j',
        '--jobs',
        '--modules-folder',
        '--cache-folder',
        '--preferred-cache-folder',
        '--global-folder',
        '--link-folder',
        '--registry',
        '--mutex',
        '--network-timeout',
        '--network-concurrency',
        '--use-yarnrc',
        '--otp',
      ],
      directory: ['--cwd'],
    }),
    program('pnpm', {
      valued: [
        '-F',
        '--filter',
        '--filter-prod',
        '--store-dir',
        '--virtual-store-dir',
        '--modules-dir',
        '--lockfile-dir',
        '--reporter',
        '--loglevel',
        '--registry',
        '--network-concurrency',
        '--workspace-concurrency',
        '--child-concurrency',
        '--package-import-method',
        '--global-dir',
        '--global-bin-dir',
        '--node-linker',
        '--use-node-version',
      ],
      directory: ['-C', '--dir', '--prefix'],
    }),
    program('bun', {
      valued: [
        '-F',
        '--filter',
        '-c',
        '--config',
        '--backend',
        '--cache-dir',
        '--registry',
        '--omit',
        '--linker',
        '--outdir',
        '--outfile',
        '--target',
      ],
      directory: ['--cwd'],
    }),
    program('next', { valued: ['--experimental-build-mode'] }),
    program('vite', { valued: ['--outDir', '--mode', '-m', '--config', '-c', '--base', '--logLevel', '-l'] }),
    program('tsc vue-tsc', {
      valued: ['--outDir', '--rootDir', '--target', '--module', '--lib'],
      manifest: ['-p', '--project'],
    }),
    program('esbuild', { valued: ['--outdir', '--outfile'] }),
    program('swc babel tsup tsdown', {
      valued: ['-d', '--out-dir', '-o', '--out-file', '--config', '--config-file', '--format', '--target'],
    }),
    program('ncc', { valued: ['-o', '--out'] }),
    program('webpack webpack-cli rspack', {
      valued: ['-o', '--output-path', '-c', '--config', '--mode', '--env', '--node-env'],
    }),
    program('rollup rolldown', {
      valued: ['-d', '--dir', '-o', '--file', '-f', '--format', '-i', '--input'],
    }),
    program('tailwindcss @tailwindcss/cli sass postcss lessc', {
      valued: ['-i', '--input', '-o', '--output', '-c', '--config'],
    }),
    program('turbo', {
      valued: ['--filter', '-F', '--concurrency', '--cache-dir', '--env-mode'],
      directory: ['--cwd'],
    }),
    program('nx', {
      valued: [
        '-t',
        '--target',
        '--targets',
        '-p',
        '--projects',
        '--exclude',
        '--base',
        '--head',
        '--configuration',
        '-c',
        '--parallel',
      ],
    }),
    program('lerna', { valued: ['--scope', '--ignore', '--concurrency', '--since'] }),
  ],
  junk: nodeJunk,
  commands,
  versionTools: [
    // Scripts of package.json are commands and judged as such; a tool there that only releases (semantic-release,
    // lint-staged, changesets) is in no way of an image until something runs it.
    ...startsGit(configurations),
    ...['git describe', 'git rev-parse'].map((text) =>
      versionTool(
        ['package.json', ...configurations],
        text,
        text,
        `https://git-scm.com/docs/${text.replace(' ', '-')}`,
      ),
    ),
    ...[
      'simple-git',
      'isomorphic-git',
      'git-last-commit',
      'git-repo-info',
      'git-describe',
      'git-commit-info',
      'git-repo-version',
    ].map((name) => versionTool(configurations, name, name, `${registry}${name}`)),
    ...[
      'git-rev-sync',
      'git-revision-webpack-plugin',
      'rollup-plugin-git-version',
      'unplugin-info',
      'gatsby-transformer-gitinfo',
    ].map((name) => versionTool(mentions, name, name, `${registry}${name}`)),
    ...['@sentry/webpack-plugin', '@sentry/vite-plugin', '@sentry/nextjs', 'withSentryConfig'].map((name) =>
      versionTool(
        configurations,
        name,
        'sentry, which names releases by commit',
        'https://docs.sentry.io/platforms/javascript/sourcemaps/',
      ),
    ),
    versionTool(['package.json'], 'nx affected', 'nx affected', 'https://nx.dev/ci/features/affected'),
    versionTool(
      ['package.json'],
      '[HEAD^',
      'turbo --filter with a commit',
      'https://turborepo.com/docs/reference/run',
    ),
    // Pages get the time of their last commit.
    ...(
      [
        [configurations, 'showLastUpdate', 'docusaurus', pages.docusaurus],
        [['config.mts', 'config.mjs', 'config.ts', 'config.js'], 'lastUpdated', 'vitepress', pages.vitepress],
        [['astro.config.*'], 'lastUpdated', 'starlight', pages.starlight],
      ] as const
    ).map(([files, text, name, source]) =>
      versionTool(files, text, `${name}, for the time of the last change`, source),
    ),
  ],
}
