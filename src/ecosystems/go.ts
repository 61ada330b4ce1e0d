import type { Ecosystem, KnownCommand } from './model.ts'
import { command, junk, made, program, versionTool, withOperand, withOption } from './row.ts'

const go = 'https://pkg.go.dev/cmd/go'
const modules = ['go.mod', 'go.sum', 'go.work', 'go.work.sum']

/**
 * A main package is stamped with the commit when .git and a git program are there (`-buildvcs=auto`); nothing is stamped,
 * and nothing fails, where they are not. Source: `go help build`.
 */
const stamps = { reads: 'sources', git: 'stamps', makes: made('merges', '*') } as const
/** Its configuration alone asks nobody: most run it where they release, in no image. https://goreleaser.com/customization/git/ */
const releases = withOperand(['goreleaser', 'github.com/goreleaser/*', 'github.com/goreleaser/*/*'], {
  git: 'uses',
})
const noStamp = withOption(['-buildvcs=false', '--buildvcs=false'], { git: 'never' })

const commands: readonly KnownCommand[] = [
  command('go mod download|verify', 'install', 'https://go.dev/ref/mod#go-mod-download', {
    reads: 'manifests',
    manifests: [['go.mod'], ['go.work']],
    alsoReads: modules,
  }),
  // Both follow the imports of the sources.
  command('go mod tidy', 'build', 'https://go.dev/ref/mod#go-mod-tidy', {
    reads: 'sources',
    makes: made('overwrites', 'go.mod', 'go.sum'),
  }),
  command('go mod vendor', 'build', 'https://go.dev/ref/mod#go-mod-vendor', {
    reads: 'sources',
    makes: made('erases', 'vendor'),
  }),
  command('go mod edit|init|graph|why', 'plain', 'https://go.dev/ref/mod', {
    reads: 'manifests',
    manifests: [['go.mod']],
    alsoReads: modules,
    makes: made('overwrites', 'go.mod'),
  }),
  command('go work', 'plain', 'https://go.dev/ref/mod#workspaces', {
    reads: 'manifests',
    manifests: [['go.work'], ['go.mod']],
    alsoReads: modules,
    makes: made('overwrites', 'go.work', 'go.work.sum'),
  }),
  command('go get', 'install', 'https://go.dev/ref/mod#go-get', {
    reads: 'sources',
    makes: made('overwrites', 'go.mod', 'go.sum'),
  }),
  // `go install path@version` takes no notice of the module it stands in.
  command('go install', 'system', 'https://go.dev/ref/mod#go-install', {
    operands: ['*@*', '*/*@*', '*/*/*@*', '*/*/*/*@*', '*/*/*/*/*@*', '*/*/*/*/*/*@*', '*/*/*/*/*/*/*@*'],
  }),
  command('go install|build', 'build', go, {
    ...stamps,
    // Asked for by name, it fails where there is no .git.
    variants: [
      withOption(['-buildvcs', '--buildvcs'], { git: 'uses' }),
      withOption(['-buildvcs=auto', '--buildvcs=auto'], { git: 'stamps' }),
      noStamp,
    ],
  }),
  // Not stamped unless asked to be.
  command('go run|test|vet|tool', 'build', go, {
    ...stamps,
    git: 'never',
    variants: [withOption(['-buildvcs', '--buildvcs'], { git: 'uses' }), noStamp, releases],
  }),
  // Runs whatever the sources say.
  command('go generate', 'build', 'https://go.dev/blog/generate', { ...stamps, git: 'uses' }),
  command('go list', 'build', go, { reads: 'sources' }),
  command('go fmt|fix', 'build', go, { reads: 'sources', makes: made('overwrites', '*') }),
  command('gofmt|golangci-lint|staticcheck', 'build', 'https://golangci-lint.run/docs/', {
    reads: 'sources',
  }),
  command('go clean|env|version|help|doc|telemetry', 'plain', go, { alsoReads: ['go.mod', 'go.work'] }),
  command('goreleaser', 'build', 'https://goreleaser.com/', { ...stamps, git: 'uses' }),
  command('mage', 'build', 'https://magefile.org/', { ...stamps, git: 'uses' }),
]

/** Go. Its caches lie outside of the project. */
export const golang: Ecosystem = {
  id: 'go',
  title: 'Go',
  manifests: ['go.mod', 'go.work'],
  lockfiles: ['go.sum', 'go.work.sum'],
  programs: [
    program('go', {
      valued: [
        '-o',
        '-ldflags',
        '-gcflags',
        '-asmflags',
        '-tags',
        '-p',
        '-run',
        '-count',
        '-timeout',
        '-pkgdir',
        '-installsuffix',
        '-toolexec',
        '-coverprofile',
        '-modfile',
        '-overlay',
        '-pgo',
        '-exec',
        '-f',
      ],
      directory: ['-C'],
    }),
  ],
  junk: [
    junk(
      '*.test',
      'output',
      'a test as a program, from go test -c',
      'https://pkg.go.dev/cmd/go#hdr-Testing_flags',
      { disposable: 'never', beside: ['*.go'] },
    ),
    junk('cover.out', 'report', 'what go test measured', 'https://go.dev/blog/cover', { beside: ['go.mod'] }),
    junk('coverage.out', 'report', 'what go test measured', 'https://go.dev/blog/cover', {
      beside: ['go.mod'],
    }),
    junk('*.coverprofile', 'report', 'what go test measured', 'https://go.dev/blog/cover'),
    junk('cpu.prof', 'report', 'a profile', 'https://go.dev/blog/pprof'),
    junk('mem.prof', 'report', 'a profile', 'https://go.dev/blog/pprof'),
    junk(
      '__debug_bin*',
      'output',
      'a program that the debugger built',
      'https://github.com/golang/vscode-go/wiki/debugging',
    ),
    junk(
      'bin/',
      'output',
      'programs that were built for this machine',
      'https://github.com/golang/go/wiki/Modules',
      { disposable: 'rebuilt', beside: ['go.mod'] },
    ),
    ...['main', 'main.exe'].map((name) =>
      junk(
        `tmp/${name}`,
        'output',
        'a program that air built while somebody worked',
        'https://github.com/air-verse/air',
        {
          beside: ['.air.toml', '.air.conf', 'go.mod'],
        },
      ),
    ),
    // Read by the build as soon as it is there, and often in git.
    junk(
      'vendor/',
      'packages',
      'modules as go mod vendor wrote them, which the build reads',
      'https://go.dev/ref/mod#vendoring',
      { disposable: 'never', beside: ['go.mod'], holds: 'modules.txt' },
    ),
    junk('dist/', 'output', 'what goreleaser built', 'https://goreleaser.com/customization/dist/', {
      disposable: 'rebuilt',
      beside: ['.goreleaser.y*ml'],
    }),
  ],
  commands,
  versionTools: [
    versionTool(['magefile.go'], 'git', 'mage, with git in its targets', 'https://magefile.org/'),
  ],
}
