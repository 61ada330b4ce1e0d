import type { Ecosystem } from './model.ts'
import { command, junk, made, program } from './row.ts'

const guide = 'https://docs.swift.org/swiftpm/documentation/packagemanagerdocs/'
const beside = ['Package.swift']

/** Swift: the package manager, and what Xcode leaves. */
export const swift: Ecosystem = {
  id: 'swift',
  title: 'Swift',
  manifests: beside,
  lockfiles: ['Package.resolved'],
  programs: [
    program('swift', {
      valued: [
        '-c',
        '--configuration',
        '--product',
        '--target',
        '--scratch-path',
        '--cache-path',
        '-j',
        '--jobs',
        '-Xswiftc',
        '-Xlinker',
        '-Xcc',
        '--swift-sdk',
      ],
      directory: ['--package-path'],
    }),
  ],
  junk: [
    junk('.build/', 'output', 'what swift makes of the sources', guide, {
      disposable: 'rebuilt',
      beside,
      guard: true,
    }),
    junk('.swiftpm/', 'editor', 'what Xcode keeps of a package', guide, { beside }),
    junk(
      'DerivedData/',
      'output',
      'what Xcode makes of the sources',
      'https://developer.apple.com/documentation/xcode',
    ),
    junk(
      'xcuserdata/',
      'editor',
      'settings of one developer',
      'https://developer.apple.com/documentation/xcode',
    ),
    junk(
      'Pods/',
      'packages',
      'packages as CocoaPods installed them',
      'https://guides.cocoapods.org/using/using-cocoapods.html',
      { disposable: 'rebuilt', beside: ['Podfile'] },
    ),
  ],
  commands: [
    command('swift package resolve|update', 'install', guide, {
      reads: 'manifests',
      manifests: [beside],
      alsoReads: ['Package.resolved', 'Package@swift-*.swift', '.swift-version', '.swiftpm/'],
      makes: made('merges', '.build', 'Package.resolved'),
    }),
    // Package plugins are programs that may start anything.
    command('swift build|test|run|package', 'build', guide, {
      reads: 'sources',
      git: 'plugins',
      makes: made('merges', '.build'),
    }),
  ],
  versionTools: [
    {
      files: beside,
      text: 'Context.gitInformation',
      name: 'Context.gitInformation',
      instead: null,
      source: 'https://developer.apple.com/documentation/packagedescription/context/gitinformation',
    },
  ],
}
