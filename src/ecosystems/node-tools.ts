/** What bundlers, frameworks and runners of scripts do; part of `node`. */

import type { KnownCommand, Made } from './model.ts'
import { command, erasedUnless, made, madeOnly, outputs, withOption } from './row.ts'

const builds = { reads: 'sources', git: 'plugins' } as const
const anything = made('merges', '*')
/** Where it writes is up to configuration. */
const writesAnywhere = { ...builds, makes: anything } as const
/** Nothing is written but caches and reports. */
const checks = { ...builds, makes: made('merges', 'node_modules/.cache', 'coverage') } as const

/** Where a manifest asks for one of these versions of Strapi, or says another of these words. */
const strapi = (majors: readonly string[], ...others: readonly string[]): NonNullable<Made['only']> => ({
  files: ['package.json'],
  texts: [
    ...others,
    ...majors.flatMap((major) =>
      ['', '^', '~'].flatMap((range) => [
        `"@strapi/strapi": "${range}${major}`,
        `"@strapi/strapi":"${range}${major}`,
      ]),
    ),
  ],
})

/** Commands of tools from the registry, started as `npx NAME`, `yarn NAME` or `node_modules/.bin/NAME`. */
export const nodeTools: readonly KnownCommand[] = [
  // Everything in distDir goes but `cache`, unless the pages of an earlier compile are generated
  // (vercel/next.js, packages/next/src/build/index.ts: cleanDistDir); `next dev` may have a directory of its own there.
  command('next build', 'build', 'https://nextjs.org/docs/app/api-reference/cli/next', {
    ...builds,
    makes: [
      ...made('merges', '.next/cache', '.next/dev'),
      ...erasedUnless('.next', 'next.config.*', 'distDir cleanDistDir'),
      ...madeOnly('merges', 'out', 'next.config.*', '\'export\' "export"'),
      ...made('overwrites', 'next-env.d.ts', 'tsconfig.json'),
    ],
    variants: [withOption(['--experimental-build-mode=generate'], { makes: made('merges', '.next', 'out') })],
  }),
  command('next lint|typegen|telemetry|info', 'build', 'https://nextjs.org/docs/app/api-reference/cli/next', {
    ...checks,
    makes: made('merges', '.next'),
  }),
  command('nuxt|nuxi build|generate', 'build', 'https://nuxt.com/docs/api/commands/build', {
    ...builds,
    makes: [
      ...erasedUnless('.nuxt', 'nuxt.config.*', 'buildDir'),
      ...erasedUnless('.output', 'nuxt.config.*', 'nitro output'),
      ...made('merges', 'dist'),
    ],
  }),
  command('nuxt|nuxi prepare', 'build', 'https://nuxt.com/docs/api/commands/prepare', {
    ...builds,
    makes: made('merges', '.nuxt'),
  }),
  // Empties outDir when that lies below the root, but for a `.git` in it.
  command('vite build', 'build', 'https://vite.dev/config/build-options#build-emptyoutdir', {
    ...builds,
    makes: [
      ...erasedUnless(
        'dist',
        'vite.config.*',
        'outDir emptyOutDir root sveltekit remix reactRouter ssr laravel symfony wordpress ruby rails',
      ),
      ...made('merges', 'node_modules/.vite'),
      ...madeOnly('merges', 'public/build', 'vite.config.*', 'laravel-vite-plugin'),
    ],
    outputs: outputs({
      options: ['--outDir'],
      files: ['vite.config.*'],
      settings: ['outDir', 'buildDirectory'],
      blind: ['root'],
    }),
    variants: [
      withOption(['--outDir', '--config', '-c'], { makes: anything }),
      withOption(['--emptyOutDir=false', '--no-emptyOutDir'], { makes: made('merges', 'dist') }),
    ],
  }),
  command('svelte-kit sync', 'build', 'https://svelte.dev/docs/kit/cli', {
    ...builds,
    makes: made('merges', '.svelte-kit'),
  }),
  command('astro build', 'build', 'https://docs.astro.build/en/reference/cli-reference/#astro-build', {
    ...builds,
    makes: [
      ...erasedUnless('dist', 'astro.config.*', 'outDir emptyOutDir adapter'),
      ...made('merges', '.astro', 'node_modules/.astro'),
    ],
    variants: [withOption(['--config', '--outDir', '--root'], { makes: anything })],
  }),
  // deleteOutputPath empties the directory of the one project that is built.
  command('ng build|b', 'build', 'https://angular.dev/cli/build', {
    ...builds,
    makes: made('merges', '.angular', 'dist', '*'),
  }),
  command('gatsby build', 'build', 'https://www.gatsbyjs.com/docs/reference/gatsby-cli/#build', {
    ...builds,
    makes: made('merges', 'public', '.cache'),
  }),
  command('gatsby clean', 'build', 'https://www.gatsbyjs.com/docs/reference/gatsby-cli/#clean', {
    makes: made('erases', 'public', '.cache'),
  }),
  command('parcel build', 'build', 'https://parceljs.org/features/cli/', {
    ...builds,
    makes: made('merges', 'dist', '.parcel-cache'),
  }),
  command('react-scripts build', 'build', 'https://create-react-app.dev/docs/production-build/', {
    ...builds,
    makes: erasedUnless('build', '.env .env.* package.json', 'BUILD_PATH'),
  }),
  command('vue-cli-service build', 'build', 'https://cli.vuejs.org/guide/cli-service.html', {
    ...builds,
    makes: erasedUnless('dist', 'vue.config.* package.json', 'outputDir'),
    variants: [withOption(['--no-clean', '--dest'], { makes: anything })],
  }),
  command('storybook|build-storybook build', 'build', 'https://storybook.js.org/docs/api/cli-options', {
    ...builds,
    makes: made('erases', 'storybook-static'),
    variants: [withOption(['-o', '--output-dir'], { makes: anything })],
  }),
  command('docusaurus build', 'build', 'https://docusaurus.io/docs/cli', {
    ...builds,
    makes: [...made('erases', 'build'), ...made('merges', '.docusaurus')],
    variants: [withOption(['--out-dir'], { makes: anything })],
  }),
  command('remix vite:build|build', 'build', 'https://remix.run/docs/en/main/other-api/dev', {
    ...builds,
    makes: made('merges', 'build', 'public/build'),
  }),
  command('react-router build', 'build', 'https://reactrouter.com/api/other-api/dev', {
    ...builds,
    makes: made('merges', 'build', '.react-router'),
  }),
  command('vitepress build', 'build', 'https://vitepress.dev/reference/cli', {
    ...builds,
    makes: [...made('merges', '**/.vitepress/dist', '**/.vitepress/cache'), ...anything],
  }),
  command('nest build', 'build', 'https://docs.nestjs.com/cli/usages', {
    ...builds,
    makes: made('merges', 'dist'),
  }),
  // Leaves every file it does not write itself; with `incremental` it leaves those too (tsbuildinfo).
  command('tsc|vue-tsc', 'build', 'https://www.typescriptlang.org/docs/handbook/compiler-options.html', {
    ...writesAnywhere,
    git: 'never',
    variants: [withOption(['--noEmit'], { makes: [] })],
    outputs: outputs({
      options: ['--outDir', '--declarationDir'],
      files: ['tsconfig.json'],
      settings: ['outDir', 'declarationDir'],
      remembers: ['**/*.tsbuildinfo'],
    }),
  }),
  command('esbuild', 'build', 'https://esbuild.github.io/api/#outdir', {
    ...writesAnywhere,
    outputs: outputs({ options: ['--outdir'], fileOptions: ['--outfile'] }),
  }),
  command('swc|babel', 'build', 'https://babeljs.io/docs/babel-cli', {
    ...writesAnywhere,
    outputs: outputs({ options: ['-d', '--out-dir'], fileOptions: ['-o', '--out-file'] }),
  }),
  command('tsup|tsdown', 'build', 'https://tsup.egoist.dev/#usage', {
    ...writesAnywhere,
    outputs: outputs({
      options: ['-d', '--out-dir'],
      files: ['tsup.config.*', 'tsdown.config.*', 'package.json'],
      settings: ['outDir'],
      otherwise: 'dist',
    }),
  }),
  command('ncc build', 'build', 'https://github.com/vercel/ncc#usage', {
    ...writesAnywhere,
    outputs: outputs({ options: ['-o', '--out'], otherwise: 'dist' }),
  }),
  command(
    'tsc-alias|unbuild|ncc|pkg|microbundle',
    'build',
    'https://github.com/unjs/unbuild',
    writesAnywhere,
  ),
  // output.clean is off by default.
  command('webpack|webpack-cli|rspack', 'build', 'https://webpack.js.org/configuration/output/#outputpath', {
    ...writesAnywhere,
    outputs: outputs({
      options: ['-o', '--output-path'],
      files: ['webpack.config.*', 'rspack.config.*'],
      settings: ['output.path'],
      otherwise: 'dist',
    }),
  }),
  command(
    'encore dev|prod|production',
    'build',
    'https://symfony.com/doc/current/frontend/encore/index.html',
    {
      ...writesAnywhere,
      outputs: outputs({ files: ['webpack.config.*'], settings: ['setOutputPath'] }),
    },
  ),
  command('rollup|rolldown', 'build', 'https://rollupjs.org/configuration-options/#output-dir', {
    ...writesAnywhere,
    outputs: outputs({
      options: ['-d', '--dir'],
      fileOptions: ['-o', '--file'],
      files: ['rollup.config.*'],
      settings: ['dir', 'file'],
    }),
  }),
  command('rsbuild', 'build', 'https://rsbuild.rs/config/output/dist-path', writesAnywhere),
  command(
    'gulp|grunt|ember',
    'build',
    'https://gulpjs.com/docs/en/getting-started/quick-start',
    writesAnywhere,
  ),
  command(
    'tailwindcss|@tailwindcss/cli|sass|postcss|lessc',
    'build',
    'https://tailwindcss.com/docs/installation/tailwind-cli',
    {
      ...writesAnywhere,
      git: 'never',
      outputs: outputs({ fileOptions: ['-o', '--output'] }),
    },
  ),
  command(
    'prisma generate',
    'build',
    'https://www.prisma.io/docs/orm/reference/prisma-cli-reference#generate',
    {
      reads: 'manifests',
      manifests: [['schema.prisma', 'prisma/schema.prisma', 'prisma/schema/', 'prisma.config.ts']],
      alsoReads: ['package.json', 'prisma/', 'prisma.config.*', '.config/prisma.*', '.env', 'prisma/.env'],
      // The client, in the packages that somebody else has installed; or where the schema says.
      makes: made('merges', 'node_modules/.prisma', 'node_modules/@prisma', '*'),
      fileOptions: ['--schema'],
    },
  ),
  // Version 4 makes the admin panel in `build`, version 5 in `dist`, where both put what they compile of TypeScript.
  command('strapi build', 'build', 'https://docs.strapi.io/cms/cli#strapi-build', {
    reads: 'sources',
    makes: [
      ...['build', '.cache'].map((path) => ({ path, existing: 'merges' as const, only: strapi(['4']) })),
      { path: '.strapi', existing: 'merges', only: strapi(['5']) },
      { path: 'dist', existing: 'merges', only: strapi(['5'], '"typescript"') },
    ],
  }),
  command('prisma', 'build', 'https://www.prisma.io/docs/orm/reference/prisma-cli-reference', writesAnywhere),
  command('patch-package', 'install', 'https://www.npmjs.com/package/patch-package', {
    reads: 'manifests',
    manifests: [['package.json']],
    alsoReads: ['patches/', 'package-lock.json', 'yarn.lock', 'npm-shrinkwrap.json'],
    makes: made('merges', 'node_modules'),
  }),
  // Writes .git/hooks or core.hooksPath; says so and goes on where there is no .git.
  command('husky', 'build', 'https://typicode.github.io/husky/', {
    git: 'uses',
    makes: made('merges', '.husky'),
  }),
  command('simple-git-hooks|lefthook', 'build', 'https://www.npmjs.com/package/simple-git-hooks', {
    git: 'uses',
    reads: 'manifests',
    manifests: [['package.json']],
    alsoReads: ['lefthook.yml', '.simple-git-hooks.*'],
  }),
  command(
    'eslint|prettier|stylelint|biome|tslint|standard|knip|depcheck',
    'build',
    'https://eslint.org/docs/latest/use/command-line-interface',
    checks,
  ),
  command('jest|vitest|mocha|ava|nyc|c8|cypress|tap', 'build', 'https://jestjs.io/docs/cli', {
    ...builds,
    makes: made('merges', '*'),
  }),
  // Of the version that is installed, which looks for no others.
  command('playwright install|install-deps', 'system', 'https://playwright.dev/docs/browsers', {
    reads: 'manifests',
    manifests: [['package.json']],
  }),
  command('playwright test', 'build', 'https://playwright.dev/docs/test-cli', {
    ...builds,
    makes: made('merges', 'test-results', 'playwright-report', '*'),
  }),
  command(
    'rimraf|del-cli|mkdirp|cpy|shx|cross-env-shell|wait-on',
    'plain',
    'https://www.npmjs.com/package/rimraf',
    { reads: 'arguments' },
  ),
  // Both ask git which files there are and what changed.
  command('turbo', 'build', 'https://turborepo.com/docs/reference/run', {
    ...writesAnywhere,
    git: 'uses',
    operands: 'none',
  }),
  command('turbo prune', 'build', 'https://turborepo.com/docs/reference/prune', {
    ...builds,
    git: 'uses',
    makes: made('merges', 'out'),
  }),
  command('turbo login|logout|link|unlink|telemetry|bin', 'plain', 'https://turborepo.com/docs/reference', {
    alsoReads: ['turbo.json'],
  }),
  command('turbo run', 'build', 'https://turborepo.com/docs/reference/run', {
    ...writesAnywhere,
    git: 'uses',
    runsScript: '*',
  }),
  command('turbo', 'build', 'https://turborepo.com/docs/reference/run', {
    ...writesAnywhere,
    git: 'uses',
    runsScript: '*',
  }),
  // Where each target of each project writes is said of that project; which of them a command builds, it does not tell.
  command('nx', 'build', 'https://nx.dev/reference/project-configuration#outputs', {
    ...writesAnywhere,
    git: 'uses',
    outputs: outputs({
      files: ['project.json', 'angular.json', 'workspace.json'],
      settings: ['outputPath', 'outputs'],
      blind: ['targets', 'projects'],
    }),
  }),
  command('lerna run', 'build', 'https://lerna.js.org/docs/api-reference/commands', {
    ...writesAnywhere,
    git: 'uses',
    runsScript: '*',
  }),
  command('lerna', 'build', 'https://lerna.js.org/docs/api-reference/commands', {
    ...writesAnywhere,
    git: 'uses',
  }),
  command(
    'semantic-release|standard-version|release-it|changeset|lint-staged|commitlint',
    'build',
    'https://semantic-release.gitbook.io/semantic-release',
    { ...writesAnywhere, git: 'uses' },
  ),
]
