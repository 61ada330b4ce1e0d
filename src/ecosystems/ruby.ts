import type { Ecosystem } from './model.ts'
import { command, junk, made, madeOnly, program, startsGit, versionTool, withOption } from './row.ts'

const bundler = 'https://bundler.io/man/bundle-install.1.html'
const files = [
  'Gemfile.lock',
  'gems.locked',
  '.ruby-version',
  '.tool-versions',
  '.bundle/',
  '*.gemspec',
  'vendor/cache/',
  'Gemfile',
  'gems.rb',
]
const installs = {
  reads: 'manifests',
  manifests: [['Gemfile'], ['gems.rb']],
  alsoReads: files,
  // A gemspec that the Gemfile names is a program and likes to ask `git ls-files`.
  git: 'plugins',
  // Where `path` is configured gems lie there, else outside of the project; those that are there are skipped.
  makes: [
    ...made('skips', 'vendor/bundle'),
    ...made('merges', '.bundle'),
    ...made('overwrites', 'Gemfile.lock'),
  ],
} as const
const builds = { reads: 'sources', git: 'plugins', makes: made('merges', '*') } as const

/** Ruby: bundler, rails. */
export const ruby: Ecosystem = {
  id: 'ruby',
  title: 'Ruby',
  manifests: ['Gemfile', 'gems.rb', '*.gemspec', 'Rakefile'],
  lockfiles: ['Gemfile.lock', 'gems.locked'],
  programs: [
    program('bundle bundler', {
      valued: [
        '-j',
        '--jobs',
        '--retry',
        '--path',
        '--without',
        '--with',
        '--binstubs',
        '--shebang',
        '--standalone',
        '--cache-path',
      ],
      manifest: ['--gemfile'],
    }),
    program('gem', {
      valued: ['-v', '--version', '-i', '--install-dir', '-n', '--bindir', '-s', '--source'],
      directory: ['-C'],
    }),
    program('rails rake', { valued: ['-e', '--environment', '-f', '--rakefile'] }),
  ],
  junk: [
    // It holds the configuration as well, which an image may rely on (BUNDLE_PATH, private sources).
    junk(
      '.bundle/',
      'cache',
      'what bundler was told on this machine',
      'https://bundler.io/man/bundle-config.1.html',
      { disposable: 'never', beside: ['Gemfile', 'gems.rb'] },
    ),
    junk(
      'vendor/bundle/',
      'packages',
      'gems as they were installed for this machine',
      'https://bundler.io/man/bundle-config.1.html',
      { disposable: 'rebuilt', guard: true },
    ),
    junk(
      'vendor/cache/',
      'packages',
      'gems that bundle cache keeps for installs without a network',
      'https://bundler.io/man/bundle-cache.1.html',
      { disposable: 'never', beside: ['Gemfile', 'gems.rb'] },
    ),
    junk(
      'tmp/cache/',
      'cache',
      'the cache of rails',
      'https://guides.rubyonrails.org/caching_with_rails.html',
      { beside: ['config.ru', 'Gemfile'] },
    ),
    // Rails wants tmp and tmp/pids to be there.
    junk(
      'tmp/',
      'cache',
      'what rails keeps while it runs; the directories must be there',
      'https://guides.rubyonrails.org/initialization.html',
      { disposable: 'never', beside: ['config.ru'] },
    ),
    junk(
      'log/',
      'log',
      'logs of rails; the directory must be there',
      'https://guides.rubyonrails.org/debugging_rails_applications.html',
      { disposable: 'never', beside: ['config.ru'] },
    ),
    junk(
      'storage/',
      'output',
      'files that Active Storage keeps on the disk',
      'https://guides.rubyonrails.org/active_storage_overview.html',
      { disposable: 'never', beside: ['config.ru'] },
    ),
    junk(
      'public/assets/',
      'output',
      'assets as they were precompiled',
      'https://guides.rubyonrails.org/asset_pipeline.html',
      {
        disposable: 'rebuilt',
        beside: ['assets'],
        holds: '.manifest.json|.sprockets-manifest-*.json|manifest-*.json',
      },
    ),
    junk(
      'app/assets/builds/',
      'output',
      'scripts and styles as their bundler made them',
      'https://github.com/rails/jsbundling-rails',
      { disposable: 'rebuilt' },
    ),
    junk('public/vite/', 'output', 'assets as vite made them', 'https://vite-ruby.netlify.app/config/', {
      disposable: 'rebuilt',
    }),
    junk('public/packs/', 'output', 'assets as webpacker made them', 'https://github.com/rails/webpacker', {
      disposable: 'rebuilt',
    }),
    junk(
      'public/packs-test/',
      'output',
      'assets as webpacker made them for tests',
      'https://github.com/rails/webpacker',
    ),
    junk(
      '.byebug_history',
      'editor',
      'what was typed at a debugger',
      'https://github.com/deivid-rodriguez/byebug',
    ),
    junk(
      '.rspec_status',
      'cache',
      'how the tests went last',
      'https://rspec.info/features/3-13/rspec-core/command-line/only-failures/',
    ),
    junk(
      'spec/examples.txt',
      'cache',
      'how the tests went last',
      'https://rspec.info/features/3-13/rspec-core/command-line/only-failures/',
      { beside: ['Gemfile', '*.gemspec'] },
    ),
    junk('.irb_history', 'editor', 'what was typed at irb', 'https://github.com/ruby/irb#history'),
    junk('.pry_history', 'editor', 'what was typed at pry', 'https://github.com/pry/pry/wiki/History'),
    junk(
      '.rdbg_history',
      'editor',
      'what was typed at a debugger',
      'https://github.com/ruby/debug#configuration-list',
    ),
    junk(
      '.ruby-lsp/',
      'editor',
      'what the language server of Ruby keeps',
      'https://shopify.github.io/ruby-lsp/composed-bundle.html',
    ),
    junk('.yardoc/', 'cache', 'the cache of yard', 'https://yardoc.org/'),
    junk(
      'coverage/',
      'report',
      'a coverage report of the tests',
      'https://github.com/simplecov-ruby/simplecov',
      { beside: ['Gemfile', '*.gemspec'], holds: '.last_run.json|.resultset.json' },
    ),
    junk('_site/', 'output', 'pages that jekyll made', 'https://jekyllrb.com/docs/structure/', {
      disposable: 'rebuilt',
      beside: ['_config.yml'],
    }),
    junk('.jekyll-cache/', 'cache', 'the cache of jekyll', 'https://jekyllrb.com/docs/structure/'),
    junk(
      '.jekyll-metadata',
      'cache',
      'what jekyll remembers of its last run',
      'https://jekyllrb.com/docs/structure/',
    ),
    junk('*.gem', 'output', 'a gem as it was built', 'https://guides.rubygems.org/make-your-own-gem/', {
      disposable: 'rebuilt',
      beside: ['*.gemspec'],
    }),
  ],
  commands: [
    command('bundle|bundler install|i|update', 'install', bundler, {
      ...installs,
      variants: [
        withOption(['--frozen', '--deployment'], { makes: made('merges', 'vendor/bundle', '.bundle') }),
      ],
    }),
    command('bundle|bundler', 'install', bundler, { ...installs, operands: 'none' }),
    command(
      'bundle|bundler lock|check|outdated|list|info|show|package|cache|pack|binstubs|clean',
      'install',
      'https://bundler.io/man/bundle-lock.1.html',
      {
        ...installs,
        makes: made('merges', 'Gemfile.lock', 'vendor/cache', 'vendor/bundle', 'bin', '.bundle'),
      },
    ),
    command(
      'bundle|bundler config|version|env|help|init|platform|doctor',
      'plain',
      'https://bundler.io/man/bundle-config.1.html',
      {
        alsoReads: ['Gemfile', 'Gemfile.lock', '.bundle/'],
        makes: made('merges', '.bundle'),
      },
    ),
    command('bundle|bundler exec', 'build', 'https://bundler.io/man/bundle-exec.1.html', builds),
    command(
      'gem install|update|uninstall|sources|cleanup|list|env|environment',
      'system',
      'https://guides.rubygems.org/command-reference/',
      {
        fileOperands: 'paths',
        fileOptions: ['-g', '--file'],
      },
    ),
    command('gem build', 'build', 'https://guides.rubygems.org/command-reference/#gem-build', builds),
    // The bundlers of jsbundling-rails and cssbundling-rails run before it: their railties add to the task.
    command('rails|rake assets:precompile', 'build', 'https://guides.rubyonrails.org/asset_pipeline.html', {
      ...builds,
      makes: [
        ...made('merges', 'public/assets', 'tmp/cache'),
        ...['jsbundling-rails', 'cssbundling-rails', 'tailwindcss-rails', 'dartsass-rails'].flatMap((gem) =>
          madeOnly('merges', 'app/assets/builds', 'Gemfile', gem),
        ),
        ...madeOnly('merges', 'public/vite', 'Gemfile', 'vite_rails vite_ruby'),
        ...['webpacker', 'shakapacker'].flatMap((gem) => madeOnly('merges', 'public/packs', 'Gemfile', gem)),
        ...made('merges', '*'),
      ],
    }),
    command(
      'rails|rake javascript:build|css:build|tailwindcss:build',
      'build',
      'https://github.com/rails/jsbundling-rails',
      {
        ...builds,
        makes: made('merges', 'app/assets/builds', '*'),
      },
    ),
    command(
      'rails assets:clobber|assets:clean|webpacker:compile|runner|db:*|zeitwerk:check',
      'build',
      'https://guides.rubyonrails.org/asset_pipeline.html',
      builds,
    ),
    command('rake', 'build', 'https://ruby.github.io/rake/', builds),
    command('bootsnap precompile', 'build', 'https://github.com/Shopify/bootsnap', {
      ...builds,
      makes: made('merges', 'tmp/cache'),
    }),
    command('jekyll build|b', 'build', 'https://jekyllrb.com/docs/usage/', {
      ...builds,
      makes: made('merges', '_site', '.jekyll-cache'),
    }),
    command('rspec|rubocop', 'build', 'https://rspec.info/', builds),
    command('middleman build', 'build', 'https://middlemanapp.com/', builds),
  ],
  versionTools: [
    ...['git ls-files', 'git describe', 'git rev-parse', 'git log'].map((text) =>
      versionTool(
        ['*.gemspec', 'Gemfile', 'gems.rb', 'Rakefile', 'version.rb'],
        text,
        text,
        'https://bundler.io/guides/creating_gem.html',
      ),
    ),
    ...startsGit(['*.gemspec', 'Gemfile', 'gems.rb', 'Rakefile', 'application.rb', 'version.rb']),
    versionTool(
      ['*.gemspec', 'Gemfile'],
      'jekyll-last-modified-at',
      'jekyll-last-modified-at',
      'https://github.com/gjtorikian/jekyll-last-modified-at',
    ),
  ],
}
