import type { Ecosystem } from './model.ts'
import { command, junk, made, program, startsGit, versionTool, withOption } from './row.ts'

const dotnet_ = 'https://learn.microsoft.com/en-us/dotnet/core/tools/'
const projects = ['*.csproj', '*.fsproj', '*.vbproj', '*.vcxproj', '*.sln', '*.slnx', '*.proj']
/** As NuGet looks for them where names differ by case: https://learn.microsoft.com/nuget/consume-packages/configuring-nuget-behavior. */
const nuget = ['nuget.config', 'NuGet.Config', 'NuGet.config']
const files = [
  ...projects,
  ...nuget,
  'Directory.*.props',
  'Directory.*.targets',
  'global.json',
  'packages.lock.json',
  '*.slnf',
  '.config/',
]

/**
 * Files in obj decide what restore and the compiler take for up to date, and name paths and packages of the machine
 * that wrote them. The SDK asks .git for the commit to stamp (Source Link, part of it since .NET 8); without a .git it
 * leaves that out.
 */
const builds = {
  reads: 'sources',
  git: 'stamps',
  makes: made('merges', 'obj', 'bin', '**/obj', '**/bin'),
  fileOperands: 'paths',
  variants: [
    // What is compiled on the way to another place lies where it always does.
    withOption(['-o', '--output'], { makes: made('merges', '*', 'obj', 'bin', '**/obj', '**/bin') }),
    withOption(['--artifacts-path'], { makes: made('merges', '*') }),
    // What a restore wrote has to be there, wherever the rest goes.
    withOption(['--no-restore'], {
      makes: [...made('skips', 'obj', '**/obj'), ...made('merges', '*', 'bin', '**/bin')],
    }),
    // What was compiled before is taken as it lies there.
    withOption(['--no-build'], { makes: made('merges', '*') }),
  ],
} as const

/** .NET. */
export const dotnet: Ecosystem = {
  id: 'dotnet',
  title: '.NET',
  manifests: [...projects, 'global.json', 'Directory.Build.props', ...nuget],
  lockfiles: ['packages.lock.json'],
  programs: [
    program('dotnet', {
      valued: [
        '-c',
        '--configuration',
        '-o',
        '--output',
        '-r',
        '--runtime',
        '-f',
        '--framework',
        '-s',
        '--source',
        '--configfile',
        '-v',
        '--verbosity',
        '--packages',
        '-a',
        '--arch',
        '--os',
        '--version',
        '--tool-path',
        '--add-source',
        '--project',
        '--artifacts-path',
        '--logger',
        '--lock-file-path',
        '--version-suffix',
        '--self-contained',
        '--sc',
        '--filter',
        '--results-directory',
        '--collect',
      ],
    }),
  ],
  junk: [
    junk(
      'obj/',
      'output',
      'what .NET keeps between builds, with paths of this machine in it',
      'https://learn.microsoft.com/en-us/visualstudio/msbuild/common-msbuild-project-properties',
      { disposable: 'rebuilt', beside: ['*.csproj', '*.fsproj', '*.vbproj'], guard: true },
    ),
    junk(
      'bin/',
      'output',
      'what .NET makes of the sources',
      'https://learn.microsoft.com/en-us/visualstudio/msbuild/common-msbuild-project-properties',
      { disposable: 'rebuilt', beside: ['*.csproj', '*.fsproj', '*.vbproj'], guard: true },
    ),
    junk(
      'artifacts/',
      'output',
      'what .NET makes of the sources',
      'https://learn.microsoft.com/en-us/dotnet/core/sdk/artifacts-output',
      { disposable: 'rebuilt', beside: ['Directory.Build.props'], holds: 'bin|obj' },
    ),
    junk('publish/', 'output', 'what dotnet publish made', `${dotnet_}dotnet-publish`, {
      disposable: 'rebuilt',
      beside: ['*.csproj', '*.sln', '*.slnx'],
    }),
    junk(
      '.vs/',
      'editor',
      'what Visual Studio keeps of a solution',
      'https://learn.microsoft.com/en-us/visualstudio/extensibility/internals/solution-user-options-dot-suo-file',
      { guard: true },
    ),
    junk(
      '*.user',
      'editor',
      'settings of one developer',
      'https://learn.microsoft.com/en-us/visualstudio/msbuild/common-msbuild-project-properties',
      { beside: [...projects] },
    ),
    junk(
      '*.suo',
      'editor',
      'settings of one developer',
      'https://learn.microsoft.com/en-us/visualstudio/extensibility/internals/solution-user-options-dot-suo-file',
    ),
    junk(
      '*.DotSettings.user',
      'editor',
      'settings of one developer',
      'https://www.jetbrains.com/help/resharper/Sharing_Configuration_Options.html',
    ),
    junk(
      '_ReSharper*/',
      'editor',
      'the cache of ReSharper',
      'https://www.jetbrains.com/help/resharper/Configuring_Caches_Location.html',
    ),
    junk('TestResults/', 'report', 'results of the tests', `${dotnet_}dotnet-test`, { beside: projects }),
    junk(
      'packages/',
      'packages',
      'packages as NuGet installed them',
      'https://learn.microsoft.com/en-us/nuget/reference/packages-config',
      { disposable: 'rebuilt', beside: ['packages.config', '*.sln'], holds: 'repositories.config|*/*.nupkg' },
    ),
    junk(
      'project.assets.json',
      'output',
      'what dotnet restore found',
      'https://learn.microsoft.com/en-us/nuget/concepts/package-versioning',
      { disposable: 'rebuilt' },
    ),
  ],
  commands: [
    command('dotnet restore', 'install', `${dotnet_}dotnet-restore`, {
      reads: 'manifests',
      manifests: [['*.sln', '*.slnx'], projects],
      alsoReads: files,
      fileOperands: 'all',
      fileOptions: ['--configfile'],
      git: 'plugins',
      makes: made('merges', 'obj', '**/obj'),
    }),
    command('dotnet tool restore', 'install', `${dotnet_}dotnet-tool-restore`, {
      reads: 'manifests',
      manifests: [['dotnet-tools.json', '.config/dotnet-tools.json']],
      alsoReads: ['.config/', ...nuget, 'global.json'],
    }),
    command('dotnet workload restore', 'install', `${dotnet_}dotnet-workload-restore`, {
      reads: 'manifests',
      manifests: [projects],
      alsoReads: files,
      git: 'plugins',
    }),
    command('dotnet tool|workload|nuget|new|dev-certs|sdk|help', 'system', `${dotnet_}dotnet-tool-install`, {
      alsoReads: ['global.json', ...nuget, '.config/'],
    }),
    command(
      'dotnet build|publish|pack|test|run|msbuild|vstest|format|ef',
      'build',
      `${dotnet_}dotnet-publish`,
      builds,
    ),
    command('dotnet clean', 'build', `${dotnet_}dotnet-clean`, { ...builds, git: 'plugins' }),
    command('dotnet', 'plain', `${dotnet_}dotnet`, { operands: 'none', alsoReads: ['global.json'] }),
    command(
      'nuget restore',
      'install',
      'https://learn.microsoft.com/en-us/nuget/reference/cli-reference/cli-ref-restore',
      {
        reads: 'manifests',
        manifests: [['*.sln'], ['packages.config'], projects],
        alsoReads: [...files, 'packages.config'],
        fileOperands: 'all',
        makes: made('merges', 'packages', 'obj', '**/obj'),
      },
    ),
    command(
      'msbuild|xbuild',
      'build',
      'https://learn.microsoft.com/en-us/visualstudio/msbuild/msbuild-command-line-reference',
      builds,
    ),
  ],
  versionTools: [
    ...(
      [
        ['MinVer', 'https://github.com/adamralph/minver', 'MinVerVersionOverride'],
        ['Nerdbank.GitVersioning', 'https://dotnet.github.io/Nerdbank.GitVersioning/'],
        ['GitVersion', 'https://gitversion.net/docs/'],
        ['GitInfo', 'https://github.com/devlooped/GitInfo'],
        ['SourceLink', 'https://github.com/dotnet/sourcelink'],
        ['Ubiquity.NET.Versioning', 'https://github.com/UbiquityDotNET/CSemVer.GitBuild'],
        ['Verlite', 'https://github.com/ashleigh-adams/verlite'],
        ['ThisAssembly.Git', 'https://github.com/devlooped/ThisAssembly'],
        ['git describe', 'https://git-scm.com/docs/git-describe'],
        ['git rev-parse', 'https://git-scm.com/docs/git-rev-parse'],
      ] as readonly (readonly [text: string, source: string, instead?: string])[]
    ).map(([text, source, instead]) =>
      versionTool(
        [...projects, 'Directory.*.props', 'Directory.*.targets', 'dotnet-tools.json'],
        text,
        text,
        source,
        instead,
      ),
    ),
    // What refers to it may stand in a file that all projects of a house import.
    versionTool(
      ['version.json'],
      'Nerdbank.GitVersioning',
      'Nerdbank.GitVersioning',
      'https://dotnet.github.io/Nerdbank.GitVersioning/docs/versionJson.html',
    ),
    versionTool(['GitVersion.yml'], '', 'GitVersion', 'https://gitversion.net/docs/reference/configuration'),
    ...startsGit(['build.cake', '*.fsx', 'build.ps1']),
  ],
}
