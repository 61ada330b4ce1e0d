import type { Ecosystem } from './model.ts'
import { command, junk, made, program, startsGit, versionTool } from './row.ts'

const mix = 'https://hexdocs.pm/mix/'
const beside = ['mix.exs']
const builds = { reads: 'sources', git: 'plugins', makes: made('merges', '_build', '*') } as const
const files = ['mix.exs', 'mix.lock', 'config/', '.formatter.exs', '.tool-versions']

/** Elixir: mix. Its configuration is read by every task, so `config/` goes with the manifests. */
export const elixir: Ecosystem = {
  id: 'elixir',
  title: 'Elixir',
  manifests: beside,
  lockfiles: ['mix.lock'],
  programs: [program('mix', { valued: ['--only', '--target'] })],
  junk: [
    junk('_build/', 'output', 'what mix makes of the sources', `${mix}Mix.Project.html`, {
      disposable: 'rebuilt',
      beside,
      guard: true,
    }),
    junk('deps/', 'packages', 'packages as mix fetched them', `${mix}Mix.Tasks.Deps.html`, {
      disposable: 'rebuilt',
      beside,
      guard: true,
    }),
    junk(
      '.elixir_ls/',
      'editor',
      'what the language server of Elixir keeps',
      'https://github.com/elixir-lsp/elixir-ls',
      { guard: true },
    ),
    junk(
      '.lexical/',
      'editor',
      'what the language server of Elixir keeps',
      'https://github.com/lexical-lsp/lexical',
    ),
    junk(
      '.expert/',
      'editor',
      'what the language server of Elixir keeps',
      'https://github.com/elixir-lang/expert',
    ),
    junk(
      'priv/plts/',
      'cache',
      'what dialyzer remembers of the sources',
      'https://hexdocs.pm/dialyxir/readme.html#ci-and-cache',
    ),
    junk(
      '*.plt',
      'cache',
      'what dialyzer remembers of the sources',
      'https://hexdocs.pm/dialyxir/readme.html#plt',
      { beside },
    ),
    junk('.fetch', 'cache', 'where mix remembers what it fetched', `${mix}Mix.Tasks.Deps.html`, { beside }),
    junk(
      'erl_crash.dump',
      'report',
      'a dump of a crash',
      'https://www.erlang.org/doc/apps/erts/crash_dump.html',
    ),
    junk('cover/', 'report', 'a coverage report of the tests', `${mix}Mix.Tasks.Test.html`, { beside }),
    junk('doc/', 'output', 'documentation as pages', 'https://hexdocs.pm/ex_doc/readme.html', {
      disposable: 'rebuilt',
      beside,
      holds: 'index.html|.build',
    }),
    junk(
      'priv/static/assets/',
      'output',
      'assets as mix built them',
      'https://hexdocs.pm/phoenix/asset_management.html',
      { disposable: 'rebuilt' },
    ),
    junk('*.ez', 'output', 'an archive that mix built', `${mix}Mix.Tasks.Archive.Build.html`, {
      disposable: 'rebuilt',
      beside,
    }),
  ],
  commands: [
    command(
      'mix deps.get|deps.update|deps.unlock|deps.clean|deps',
      'install',
      `${mix}Mix.Tasks.Deps.Get.html`,
      {
        reads: 'manifests',
        manifests: [beside],
        alsoReads: files,
        git: 'plugins',
        makes: [...made('merges', 'deps'), ...made('overwrites', 'mix.lock')],
      },
    ),
    command('mix deps.compile', 'install', `${mix}Mix.Tasks.Deps.Compile.html`, {
      reads: 'manifests',
      manifests: [beside],
      alsoReads: files,
      git: 'plugins',
      makes: made('merges', '_build', 'deps'),
    }),
    command(
      'mix local.hex|local.rebar|local|archive.install|escript.install|hex.*',
      'system',
      `${mix}Mix.Tasks.Local.Hex.html`,
      {
        alsoReads: beside,
      },
    ),
    command('mix do', 'build', `${mix}Mix.Tasks.Do.html`, builds),
    command(
      'mix compile|release|phx.digest|assets.deploy|assets.build|assets.setup|test|format|ecto.*|sentry.package_source_code|docs|dialyzer|credo|setup|phx.gen.release',
      'build',
      `${mix}Mix.Tasks.Release.html`,
      builds,
    ),
    command('rebar3', 'build', 'https://rebar3.org/docs/', builds),
  ],
  versionTools: [
    ...startsGit(['mix.exs', 'config.exs', 'runtime.exs', 'rebar.config', '*.app.src']),
    ...['git describe', 'git rev-parse', 'git_ops'].map((text) =>
      versionTool(['mix.exs', 'rebar.config', '*.app.src'], text, text, `${mix}Mix.Project.html`),
    ),
    // `{vsn, git}`, `{release, {shop, git}, …}`.
    ...[' git}', ',git}'].map((text) =>
      versionTool(
        ['rebar.config', '*.app.src'],
        text,
        'rebar3, for the version,',
        'https://rebar3.org/docs/configuration/configuration/#overriding-the-version',
      ),
    ),
  ],
}
