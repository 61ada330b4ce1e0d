import type { Ecosystem } from './model.ts'
import { command, junk, made, program, startsGit, versionTool, withOperand, withOption } from './row.ts'

const cargo = 'https://doc.rust-lang.org/cargo/commands/'
const config = ['.cargo/', 'rust-toolchain', 'rust-toolchain.toml', 'vendor/']

/** Reuses what its fingerprints call fresh (doc.rust-lang.org/cargo/reference/build-cache.html); build.rs is a program. */
const builds = { reads: 'sources', git: 'plugins', makes: made('merges', 'target') } as const
const elsewhere = withOption(['--target-dir'], { makes: made('merges', '*') })

/** Rust. Cargo refuses a manifest whose targets are missing, so that even `fetch` wants `src/main.rs` or `src/lib.rs`. */
export const rust: Ecosystem = {
  id: 'rust',
  title: 'Rust',
  manifests: ['Cargo.toml'],
  lockfiles: ['Cargo.lock'],
  programs: [
    program('cargo', {
      valued: [
        '-p',
        '--package',
        '--target',
        '--features',
        '-F',
        '--profile',
        '--bin',
        '--example',
        '-j',
        '--jobs',
        '--target-dir',
        '--config',
        '--color',
        '--root',
        '--git',
        '--branch',
        '--tag',
        '--rev',
        '--version',
        '--recipe-path',
        '--path',
        '--exclude',
        '-Z',
        '--index',
        '--registry',
      ],
      directory: ['-C'],
      manifest: ['--manifest-path'],
    }),
    program('trunk', { valued: ['--dist', '-d', '--public-url'] }),
  ],
  junk: [
    junk(
      'target/',
      'output',
      'what cargo makes of the sources',
      'https://doc.rust-lang.org/cargo/reference/build-cache.html',
      { disposable: 'rebuilt', beside: ['Cargo.toml'], guard: true },
    ),
    junk(
      'target/',
      'output',
      'what cargo makes of the sources',
      'https://doc.rust-lang.org/cargo/reference/build-cache.html',
      { disposable: 'rebuilt', holds: '.rustc_info.json' },
    ),
    junk('*.rs.bk', 'editor', 'a copy that an old rustfmt kept', 'https://github.com/rust-lang/rustfmt'),
    junk(
      '*.profraw',
      'report',
      'what a test measured',
      'https://doc.rust-lang.org/rustc/instrument-coverage.html',
    ),
    junk('lcov.info', 'report', 'what a test measured', 'https://github.com/taiki-e/cargo-llvm-cov', {
      beside: ['Cargo.toml'],
    }),
    junk(
      'tarpaulin-report.html',
      'report',
      'a coverage report of the tests',
      'https://github.com/xd009642/tarpaulin',
    ),
  ],
  commands: [
    // Cargo parses the manifests of all members and of path dependencies, and looks for the files of their targets.
    command('cargo fetch', 'install', `${cargo}cargo-fetch.html`, {
      reads: 'sources',
      manifests: [['Cargo.toml']],
      alsoReads: ['Cargo.lock', ...config],
      makes: made('merges', 'Cargo.lock'),
    }),
    command('cargo vendor', 'install', `${cargo}cargo-vendor.html`, {
      reads: 'sources',
      manifests: [['Cargo.toml']],
      alsoReads: ['Cargo.lock', ...config],
      makes: made('merges', 'vendor'),
    }),
    command(
      'cargo generate-lockfile|update|metadata|tree',
      'install',
      `${cargo}cargo-generate-lockfile.html`,
      {
        reads: 'sources',
        manifests: [['Cargo.toml']],
        alsoReads: ['Cargo.lock', ...config],
        makes: made('overwrites', 'Cargo.lock'),
      },
    ),
    command('cargo chef prepare', 'build', 'https://github.com/LukeMathWalker/cargo-chef', {
      reads: 'sources',
      makes: made('overwrites', 'recipe.json'),
    }),
    command('cargo chef cook', 'build', 'https://github.com/LukeMathWalker/cargo-chef', {
      reads: 'manifests',
      manifests: [['recipe.json']],
      alsoReads: config,
      fileOptions: ['--recipe-path'],
      makes: made('merges', 'target', '*'),
    }),
    // With a name it comes from the registry and the project is not looked at.
    command('cargo install', 'system', `${cargo}cargo-install.html`, {
      alsoReads: ['.cargo/', 'rust-toolchain', 'rust-toolchain.toml'],
      variants: [
        withOption(['--path'], {
          kind: 'build',
          reads: 'sources',
          git: 'plugins',
          makes: made('merges', 'target'),
        }),
      ],
      fileOptions: [],
    }),
    command(
      'cargo build|b|check|c|rustc|bench|test|t|run|r|doc|d|clippy|fix|nextest|zigbuild|auditable|leptos|component|llvm-cov|fmt',
      'build',
      `${cargo}cargo-build.html`,
      {
        ...builds,
        variants: [elsewhere],
      },
    ),
    // Both ask git which files there are and whether they are committed.
    command('cargo package|publish', 'build', `${cargo}cargo-package.html`, { ...builds, git: 'uses' }),
    command('cargo clean', 'build', `${cargo}cargo-clean.html`, {
      reads: 'manifests',
      manifests: [['Cargo.toml']],
      makes: made('erases', 'target'),
      variants: [
        withOption(['-p', '--package', '--release', '--profile', '--doc', '--target'], {
          makes: made('merges', 'target'),
        }),
      ],
    }),
    command(
      'cargo new|init|login|search|version|help|binstall|add|remove',
      'plain',
      'https://doc.rust-lang.org/cargo/commands/',
      {
        alsoReads: ['Cargo.toml', ...config],
        makes: made('merges', 'Cargo.toml', 'src'),
        // cargo init makes a repository where there is none.
        git: 'never',
        variants: [withOperand(['init'], { git: 'uses' })],
      },
    ),
    command('cargo|rustc', 'plain', `${cargo}cargo.html`, {
      operands: 'none',
      alsoReads: ['rust-toolchain', 'rust-toolchain.toml'],
    }),
    command('rustup', 'system', 'https://rust-lang.github.io/rustup/', {
      alsoReads: ['rust-toolchain', 'rust-toolchain.toml'],
    }),
    command('wasm-pack build', 'build', 'https://rustwasm.github.io/docs/wasm-pack/commands/build.html', {
      ...builds,
      makes: made('merges', 'pkg', 'target'),
    }),
    command('trunk build', 'build', 'https://trunkrs.dev/', {
      ...builds,
      makes: made('merges', 'dist', 'target', '*'),
    }),
  ],
  versionTools: [
    ...['vergen', 'shadow-rs', 'git-version', 'git-testament', 'build-info', 'build-data', 'git_version'].map(
      (text) =>
        versionTool(
          ['Cargo.toml'],
          text,
          text.split(' ')[0] ?? text,
          'https://docs.rs/vergen/latest/vergen/',
        ),
    ),
    // `built` says nothing of git unless its feature is on; its one word is too common to look for alone.
    versionTool(['build.rs'], 'built::', 'built', 'https://docs.rs/built/latest/built/'),
    versionTool(['build.rs'], 'vergen', 'vergen', 'https://docs.rs/vergen/latest/vergen/'),
    versionTool(['build.rs'], 'git2', 'git2 in build.rs', 'https://docs.rs/git2/latest/git2/'),
    versionTool(['build.rs'], 'gix', 'gix in build.rs', 'https://docs.rs/gix/latest/gix/'),
    versionTool(
      ['build.rs'],
      '.git/',
      'build.rs that reads .git',
      'https://doc.rust-lang.org/cargo/reference/build-scripts.html',
    ),
    ...startsGit(['build.rs']),
  ],
}
