import type { Ecosystem } from './model.ts'
import { command, junk, made, outputs, program, versionTool, withOption } from './row.ts'

const hugo = 'https://gohugo.io/'
const beside = [
  'hugo.toml',
  'hugo.yaml',
  'hugo.yml',
  'hugo.json',
  'config/_default/hugo.*',
  'config/_default/config.*',
]
/** The name that every configuration had before 0.110, and that those of others have too. */
const older = ['config.toml', 'config.yaml', 'config.yml']
const configurations = [...beside.slice(0, 4), ...older]

/** Hugo. What is published stays where it was published unless it is told to clean up. */
export const hugoSites: Ecosystem = {
  id: 'hugo',
  title: 'Hugo',
  manifests: beside.slice(0, 4),
  lockfiles: [],
  programs: [
    program('hugo', {
      valued: ['-d', '--destination', '-e', '--environment', '-b', '--baseURL', '--config', '-t', '--theme'],
      directory: ['-s', '--source'],
    }),
  ],
  junk: [
    junk('public/', 'output', 'pages that hugo made', `${hugo}configuration/all/#publishdir`, {
      disposable: 'rebuilt',
      beside,
    }),
    junk('public/', 'output', 'pages that hugo made', `${hugo}configuration/all/#publishdir`, {
      disposable: 'rebuilt',
      beside: older,
      holds: 'sitemap.xml|index.xml',
    }),
    junk(
      'resources/_gen/',
      'cache',
      'images and styles as hugo worked them up',
      `${hugo}configuration/caches/`,
      {
        disposable: 'rebuilt',
      },
    ),
    junk('.hugo_build.lock', 'cache', 'the lock of a build', `${hugo}commands/hugo_build/`),
    junk(
      'hugo_stats.json',
      'output',
      'the names of styles that the pages use',
      `${hugo}configuration/build/`,
      {
        disposable: 'rebuilt',
        beside: configurations,
      },
    ),
  ],
  commands: [
    command('hugo', 'build', `${hugo}commands/hugo/`, {
      operands: 'none',
      reads: 'sources',
      git: 'plugins',
      makes: made('merges', '*', 'resources/_gen', 'hugo_stats.json'),
      outputs: outputs({
        options: ['-d', '--destination'],
        files: configurations,
        settings: ['publishDir'],
        otherwise: 'public',
      }),
      variants: [withOption(['--cleanDestinationDir'], { makes: made('erases', 'public') })],
    }),
    command('hugo build', 'build', `${hugo}commands/hugo_build/`, {
      reads: 'sources',
      git: 'plugins',
      makes: made('merges', 'public', 'resources/_gen', 'hugo_stats.json'),
    }),
    command('hugo mod', 'install', `${hugo}commands/hugo_mod/`, {
      reads: 'manifests',
      manifests: [['go.mod']],
      alsoReads: ['go.sum', ...configurations],
    }),
    command('hugo version|env|help|config|list', 'plain', `${hugo}commands/hugo/`),
    command('hugo', 'build', `${hugo}commands/hugo/`, {
      reads: 'sources',
      git: 'plugins',
      makes: made('merges', '*'),
    }),
  ],
  versionTools: [
    ...[' = ', '=', ': ', '": '].map((sign) =>
      versionTool(
        configurations,
        `enableGitInfo${sign}true`,
        'hugo, for the time of the last change',
        `${hugo}methods/page/gitinfo/`,
      ),
    ),
  ],
}
