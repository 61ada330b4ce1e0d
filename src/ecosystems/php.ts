import type { Ecosystem } from './model.ts'
import { command, junk, made, program, startsGit, versionTool, withOption } from './row.ts'

const composer = 'https://getcomposer.org/doc/03-cli.md'
const files = [
  'composer.json',
  'composer.lock',
  'auth.json',
  'symfony.lock',
  'patches/',
  'patches.json',
  'patches.lock.json',
]

/** Scripts of composer.json: getcomposer.org/doc/articles/scripts.md. */
const scripts = [
  'pre-install-cmd',
  'post-install-cmd',
  'pre-update-cmd',
  'post-update-cmd',
  'pre-autoload-dump',
  'post-autoload-dump',
  'post-root-package-install',
  'post-create-project-cmd',
]
const builds = { reads: 'sources', git: 'plugins', makes: made('merges', '*') } as const
const installs = {
  // Dumping the autoloader walks classmaps and, optimised, every source.
  reads: 'sources',
  manifests: [['composer.json']],
  alsoReads: files,
  scripts,
  // The version of the root package is guessed from .git where composer.json has none, and stands in
  // vendor/composer/installed.php (getcomposer.org/doc/articles/versions.md).
  git: 'stamps',
  makes: [...made('merges', 'vendor'), ...made('overwrites', 'composer.lock')],
} as const
const fewer = [
  withOption(['--no-scripts'], { scripts: [] }),
  withOption(['--no-autoloader'], { reads: 'manifests' }),
] as const

/** PHP: composer, laravel, symfony. */
export const php: Ecosystem = {
  id: 'php',
  title: 'PHP',
  manifests: ['composer.json', 'artisan'],
  lockfiles: ['composer.lock', 'symfony.lock'],
  programs: [
    program('composer composer.phar', {
      valued: [
        '--prefer-install',
        '--apcu-autoloader-prefix',
        '--ignore-platform-req',
        '--format',
        '--stability',
      ],
      directory: ['-d', '--working-dir'],
    }),
    program('artisan console', { valued: ['-e', '--env'], local: true }),
  ],
  junk: [
    junk(
      'vendor/',
      'packages',
      'packages as composer installed them',
      'https://getcomposer.org/doc/01-basic-usage.md',
      { disposable: 'rebuilt', beside: ['composer.json'], guard: true },
    ),
    junk('composer.phar', 'output', 'composer itself', 'https://getcomposer.org/doc/00-intro.md', {
      disposable: 'never',
    }),
    junk(
      '.phpunit.cache/',
      'cache',
      'the cache of phpunit',
      'https://docs.phpunit.de/en/11.5/configuration.html',
    ),
    junk(
      '.phpunit.result.cache',
      'cache',
      'what phpunit remembers of its last run',
      'https://docs.phpunit.de/en/9.6/configuration.html',
      { guard: true },
    ),
    junk(
      '.php-cs-fixer.cache',
      'cache',
      'the cache of php-cs-fixer',
      'https://cs.symfony.com/doc/usage.html',
    ),
    junk('.php_cs.cache', 'cache', 'the cache of php-cs-fixer', 'https://cs.symfony.com/doc/usage.html'),
    junk('.phpstan.cache/', 'cache', 'the cache of phpstan', 'https://phpstan.org/user-guide/result-cache'),
    junk('.psalm/', 'cache', 'the cache of psalm', 'https://psalm.dev/docs/running_psalm/configuration/', {
      beside: ['psalm.xml', 'psalm.xml.dist'],
    }),
    junk(
      'var/cache/',
      'cache',
      'what symfony compiles, made anew whenever it is missing',
      'https://symfony.com/doc/current/reference/configuration/kernel.html#kernel-cache-dir',
      { disposable: 'rebuilt', beside: ['var'], holds: 'dev|prod|test' },
    ),
    junk('var/log/', 'log', 'logs of symfony', 'https://symfony.com/doc/current/logging.html', {
      disposable: 'never',
      beside: ['var'],
    }),
    // All of these must be there, and artisan wants to write in them.
    junk(
      'storage/framework/',
      'cache',
      'what laravel keeps while it runs; the directories must be there',
      'https://laravel.com/docs/structure#the-storage-directory',
      { disposable: 'never' },
    ),
    junk(
      'storage/logs/',
      'log',
      'logs of laravel; the directory must be there',
      'https://laravel.com/docs/structure#the-storage-directory',
      { disposable: 'never' },
    ),
    junk(
      'bootstrap/cache/',
      'cache',
      'configuration of laravel as it was compiled here; the directory must be there',
      'https://laravel.com/docs/structure#the-root-bootstrap-directory',
      { disposable: 'never' },
    ),
    junk(
      'public/hot',
      'system',
      'says that vite is running on this machine',
      'https://laravel.com/docs/vite#running-vite',
    ),
    // Each makes its directory where there is none.
    junk(
      'storage/debugbar/',
      'cache',
      'requests that the debug bar of laravel recorded',
      'https://laraveldebugbar.com/storage/',
    ),
    junk(
      'storage/clockwork/',
      'cache',
      'requests that Clockwork recorded',
      'https://underground.works/clockwork/',
    ),
    ...['_ide_helper.php', '_ide_helper_models.php', '.phpstorm.meta.php'].map((name) =>
      junk(
        name,
        'editor',
        'what an editor is told of laravel',
        'https://github.com/barryvdh/laravel-ide-helper',
        { beside: ['artisan'] },
      ),
    ),
    junk(
      'clover.xml',
      'report',
      'a coverage report of the tests',
      'https://docs.phpunit.de/en/11.5/code-coverage.html',
    ),
    ...['cachegrind.out.*', '*.cachegrind.out.*'].map((name) =>
      junk(name, 'report', 'a profile of Xdebug', 'https://xdebug.org/docs/profiler'),
    ),
    junk(
      '.vagrant/',
      'system',
      'what vagrant keeps of its machines',
      'https://developer.hashicorp.com/vagrant/docs',
    ),
  ],
  commands: [
    command('composer|composer.phar install|i', 'install', `${composer}#install-i`, {
      ...installs,
      variants: fewer,
    }),
    command('composer|composer.phar update|u|upgrade', 'install', `${composer}#update-u-upgrade`, {
      ...installs,
      variants: fewer,
    }),
    command('composer|composer.phar require|r|remove|rm', 'install', `${composer}#require-r`, {
      ...installs,
      makes: [...made('merges', 'vendor'), ...made('overwrites', 'composer.json', 'composer.lock')],
      variants: fewer,
    }),
    command('composer|composer.phar global', 'system', `${composer}#global`),
    command(
      'composer|composer.phar dump-autoload|dumpautoload',
      'build',
      `${composer}#dump-autoload-dumpautoload`,
      {
        ...installs,
        scripts: ['pre-autoload-dump', 'post-autoload-dump'],
        makes: made('merges', 'vendor'),
        variants: [withOption(['--no-scripts'], { scripts: [] })],
      },
    ),
    command(
      'composer|composer.phar config|clear-cache|clearcache|cc|self-update|selfupdate|diagnose|about|show|check-platform-reqs|validate|licenses|audit',
      'plain',
      `${composer}#config`,
      {
        reads: 'manifests',
        manifests: [['composer.json']],
        alsoReads: files,
        makes: made('overwrites', 'composer.json', 'auth.json'),
      },
    ),
    // A script of composer.json, not of package.json.
    command(
      'composer|composer.phar run-script|run|exec|dump-env|auto-scripts|symfony:dump-env',
      'build',
      `${composer}#run-script-run`,
      builds,
    ),
    command(
      'artisan filament:upgrade|filament:assets',
      'build',
      'https://filamentphp.com/docs/3.x/support/assets',
      {
        ...builds,
        makes: made('merges', 'public/css', 'public/js', 'public/fonts'),
      },
    ),
    command(
      'artisan module:enable|module:disable',
      'build',
      'https://laravelmodules.com/docs/12/basic-usage/module-console-commands',
      {
        ...builds,
        makes: made('merges', 'modules_statuses.json'),
      },
    ),
    command('artisan storage:link', 'build', 'https://laravel.com/docs/filesystem#the-public-disk', {
      ...builds,
      makes: made('skips', 'public/storage'),
    }),
    command('artisan', 'build', 'https://laravel.com/docs/artisan', builds),
    command(
      'console cache:clear|cache:warmup|assets:install|asset-map:compile|importmap:install|doctrine:*|tailwind:build|sass:build',
      'build',
      'https://symfony.com/doc/current/deployment.html',
      builds,
    ),
    command(
      'phpunit|pest|phpstan|psalm|phpcs|php-cs-fixer|rector',
      'build',
      'https://docs.phpunit.de/en/11.5/',
      builds,
    ),
    command(
      'docker-php-ext-install|docker-php-ext-enable|docker-php-ext-configure|docker-php-source|pecl|pear|install-php-extensions|phpize',
      'system',
      'https://github.com/docker-library/docs/tree/master/php',
    ),
  ],
  versionTools: [
    ...[
      'sebastian/version',
      'jean85/pretty-package-versions',
      'pragmarx/version',
      'git describe',
      'git rev-parse',
    ].map((text) =>
      versionTool(['composer.json'], text, text, 'https://getcomposer.org/doc/articles/versions.md'),
    ),
    ...startsGit(['artisan', 'deploy.php']),
  ],
}
