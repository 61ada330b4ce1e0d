import type { Ecosystem } from './model.ts'
import { command, junk, made, outputs, program, startsGit, versionTool, withOperand } from './row.ts'

const cmake = 'https://cmake.org/cmake/help/latest/manual/cmake.1.html'
const sources = ['*.c', '*.cc', '*.cpp', '*.cxx', '*.h', '*.hpp', '*.s', '*.S', '*.f90', 'Makefile']
const builds = { reads: 'sources', git: 'plugins', makes: made('merges', '*') } as const
const rebuilt = { disposable: 'rebuilt' } as const

/** C and C++: what compilers and their build systems leave. Not here: `make`, which runs what its Makefile says. */
export const c: Ecosystem = {
  id: 'c',
  title: 'C and C++',
  manifests: ['CMakeLists.txt', 'meson.build', 'configure.ac', 'conanfile.txt', 'conanfile.py', 'vcpkg.json'],
  lockfiles: ['conan.lock', 'vcpkg-configuration.json'],
  programs: [
    program('cmake', {
      valued: [
        '-S',
        '-B',
        '-G',
        '-D',
        '-C',
        '-A',
        '-T',
        '--build',
        '--install',
        '--preset',
        '--target',
        '-j',
      ],
    }),
    program('meson ninja', { valued: ['-D', '-j'], directory: ['-C'] }),
  ],
  junk: [
    // An object file is newer than its source for make, and of this machine for the linker.
    junk(
      '*.o',
      'output',
      'a source as it was compiled for this machine',
      'https://gcc.gnu.org/onlinedocs/gcc/Overall-Options.html',
      { ...rebuilt, beside: sources },
    ),
    junk(
      '*.obj',
      'output',
      'a source as it was compiled for this machine',
      'https://learn.microsoft.com/en-us/cpp/build/reference/output-file-f-options',
      { ...rebuilt, beside: sources.slice(0, 4) },
    ),
    junk(
      '*.gch',
      'cache',
      'a header as it was compiled for this machine',
      'https://gcc.gnu.org/onlinedocs/gcc/Precompiled-Headers.html',
    ),
    junk(
      '*.dSYM/',
      'output',
      'symbols for a debugger of macOS',
      'https://developer.apple.com/documentation/xcode/building-your-app-to-include-debugging-information',
    ),
    junk(
      '*.gcda',
      'report',
      'what a test measured',
      'https://gcc.gnu.org/onlinedocs/gcc/Gcov-Data-Files.html',
    ),
    junk(
      '*.gcno',
      'report',
      'what a test measured',
      'https://gcc.gnu.org/onlinedocs/gcc/Gcov-Data-Files.html',
    ),
    junk('CMakeFiles/', 'output', 'what cmake keeps of a build, with paths of this machine in it', cmake, {
      ...rebuilt,
      beside: ['CMakeCache.txt'],
    }),
    junk('CMakeCache.txt', 'output', 'what cmake keeps of a build, with paths of this machine in it', cmake, {
      ...rebuilt,
      beside: ['CMakeFiles'],
    }),
    junk(
      'cmake-build-*/',
      'output',
      'what CLion makes of the sources',
      'https://www.jetbrains.com/help/clion/cmake-profile.html',
      { holds: 'CMakeCache.txt' },
    ),
    ...['build/', 'build-*/', 'build_*/', '_build/', '_build_*/', '_build-*/', '*-build/', 'out/'].map(
      (name) =>
        junk(name, 'output', 'what cmake makes of the sources, with paths of this machine in it', cmake, {
          ...rebuilt,
          beside: ['CMakeLists.txt'],
          holds: 'CMakeCache.txt|*/CMakeCache.txt',
          bound: 'cmake',
        }),
    ),
    ...['build/', 'builddir/'].map((name) =>
      junk(name, 'output', 'what meson makes of the sources', 'https://mesonbuild.com/Running-Meson.html', {
        ...rebuilt,
        beside: ['meson.build'],
        holds: 'build.ninja|meson-info',
        bound: 'meson',
      }),
    ),
    junk(
      'compile_commands.json',
      'cache',
      'how each source is compiled on this machine, for language servers',
      'https://clang.llvm.org/docs/JSONCompilationDatabase.html',
      { beside: ['CMakeLists.txt', 'meson.build', 'Makefile', 'configure.ac'] },
    ),
    junk(
      'CMakeUserPresets.json',
      'editor',
      'presets of cmake for this machine',
      'https://cmake.org/cmake/help/latest/manual/cmake-presets.7.html',
      { beside: ['CMakeLists.txt'] },
    ),
    junk(
      'Testing/',
      'report',
      'what ctest said of its last run',
      'https://cmake.org/cmake/help/latest/manual/ctest.1.html',
      {
        holds: 'Temporary|TAG',
      },
    ),
    junk(
      'vcpkg_installed/',
      'packages',
      'packages as vcpkg installed them for this machine',
      'https://learn.microsoft.com/en-us/vcpkg/concepts/manifest-mode',
      { ...rebuilt, beside: ['vcpkg.json'] },
    ),
    junk(
      '.ccls-cache/',
      'cache',
      'the cache of a language server',
      'https://github.com/MaskRay/ccls/wiki/Customization',
    ),
    junk('.clangd/', 'cache', 'the cache of a language server', 'https://clangd.llvm.org/design/indexing', {
      holds: 'index',
    }),
    junk(
      '.cache/clangd/',
      'cache',
      'the cache of a language server',
      'https://clangd.llvm.org/design/indexing',
    ),
  ],
  commands: [
    // A cache of another directory is refused, by its first line.
    command('cmake', 'build', cmake, {
      ...builds,
      outputs: outputs({ options: ['-B', '--build'] }),
      variants: [withOperand(['..', '../*', '../../*'], { makes: made('merges', '.') })],
    }),
    command('ctest|cpack', 'build', cmake, builds),
    command('meson setup', 'build', 'https://mesonbuild.com/Commands.html#setup', {
      ...builds,
      variants: ['build', 'builddir', 'buildDir'].map((name) =>
        withOperand([name], { makes: made('merges', name) }),
      ),
    }),
    command('meson|ninja|bazel|bazelisk|scons', 'build', 'https://mesonbuild.com/Commands.html', builds),
    command(
      'autoreconf|autoconf|automake|libtoolize|aclocal',
      'build',
      'https://www.gnu.org/software/autoconf/manual/',
      builds,
    ),
    command(
      'gcc|g++|cc|c++|clang|clang++|ld|as',
      'build',
      'https://gcc.gnu.org/onlinedocs/gcc/Invoking-GCC.html',
      {
        reads: 'arguments',
        makes: made('merges', '*'),
      },
    ),
    command('conan install', 'install', 'https://docs.conan.io/2/reference/commands/install.html', {
      reads: 'manifests',
      manifests: [['conanfile.py', 'conanfile.txt']],
      alsoReads: ['conan.lock', 'profiles/'],
      git: 'plugins',
      makes: made('merges', '*'),
    }),
  ],
  versionTools: [
    ...[
      'git describe',
      'git rev-parse',
      'find_package(Git',
      'GIT_EXECUTABLE',
      'GetGitRevisionDescription',
      'git-version-gen',
      'vcs_tag(',
    ].map((text) =>
      versionTool(
        ['CMakeLists.txt', '*.cmake', 'meson.build', 'configure.ac', 'conanfile.py'],
        text,
        text,
        'https://cmake.org/cmake/help/latest/module/FindGit.html',
      ),
    ),
    ...startsGit(['meson.build', 'conanfile.py', 'SConstruct']),
  ],
}
