import type { Ecosystem, KnownCommand, Program } from './model.ts'
import { command, erasedUnless, junk, made, program, startsGit, versionTool, withOperand } from './row.ts'

const maven = 'https://maven.apache.org/guides/introduction/introduction-to-the-lifecycle.html'
const gradle = 'https://docs.gradle.org/current/userguide/command_line_interface.html'
const mavenFiles = ['pom.xml', '.mvn/', 'mvnw', 'settings.xml', 'lombok.config']
const gradleFiles = [
  'settings.gradle',
  'settings.gradle.kts',
  'build.gradle',
  'build.gradle.kts',
  'gradle.properties',
  'gradle/',
  'gradlew',
  'gradle.lockfile',
  'buildSrc/',
  'build-logic/',
  'versions.properties',
]

/** Both compile only what changed since what lies there was made. */
const mavenBuilds = {
  reads: 'sources',
  git: 'plugins',
  makes: made('merges', 'target', '**/target'),
} as const
const gradleBuilds = {
  reads: 'sources',
  git: 'plugins',
  makes: made('merges', 'build', '**/build', '.gradle'),
} as const
const offline = [
  'dependency:go-offline',
  'dependency:resolve',
  'dependency:resolve-plugins',
  'dependency:copy-dependencies',
  'de.qaware.maven:go-offline-maven-plugin:resolve-dependencies',
  'org.apache.maven.plugins:maven-dependency-plugin:*',
  'wrapper:wrapper',
]

const commands: readonly KnownCommand[] = [
  command(
    'mvn|mvnw|mvnd',
    'install',
    'https://maven.apache.org/plugins/maven-dependency-plugin/go-offline-mojo.html',
    {
      operands: offline,
      reads: 'manifests',
      manifests: [['pom.xml']],
      alsoReads: mavenFiles,
      // Plugins that set a version from git (extensions of .mvn among them) run before anything else.
      git: 'plugins',
      makes: made('merges', 'target'),
    },
  ),
  command('mvn|mvnw|mvnd', 'build', 'https://maven.apache.org/plugins/maven-clean-plugin/', {
    operands: ['clean', 'clean:clean'],
    reads: 'manifests',
    manifests: [['pom.xml']],
    alsoReads: mavenFiles,
    git: 'plugins',
    makes: made('erases', 'target', '**/target'),
  }),
  command('mvn|mvnw|mvnd', 'build', maven, {
    ...mavenBuilds,
    variants: [withOperand(['clean', 'clean:clean'], { makes: made('erases', 'target', '**/target') })],
  }),
  // Configuring runs the build scripts of every project, which settings.gradle names.
  command('gradle|gradlew', 'install', gradle, {
    operands: [
      'dependencies',
      'resolveDependencies',
      'downloadDependencies',
      'help',
      'wrapper',
      'tasks',
      ':*:dependencies',
      'buildEnvironment',
    ],
    reads: 'manifests',
    manifests: [['settings.gradle', 'settings.gradle.kts', 'build.gradle', 'build.gradle.kts']],
    alsoReads: gradleFiles,
    git: 'plugins',
    makes: made('merges', '.gradle', 'build'),
  }),
  command('gradle|gradlew', 'build', gradle, {
    ...gradleBuilds,
    // `clean` deletes the build directory; .gradle stays.
    variants: [
      withOperand(['clean'], {
        makes: [
          ...erasedUnless('build', 'build.gradle build.gradle.kts', 'buildDir buildDirectory'),
          ...erasedUnless('**/build', '*.gradle *.gradle.kts', 'buildDir buildDirectory'),
          ...made('merges', '.gradle'),
        ],
      }),
    ],
  }),
  // Loading a build compiles what `project` says of it; what it depends on is resolved without the sources.
  command('sbt', 'install', 'https://www.scala-sbt.org/1.x/docs/Command-Line-Reference.html', {
    operands: ['update', '*/update'],
    reads: 'manifests',
    manifests: [['build.sbt'], ['project/build.properties']],
    alsoReads: ['*.sbt', 'project/', '.sbtopts', '.jvmopts'],
    git: 'plugins',
    makes: made('merges', 'target', '**/target'),
  }),
  command('sbt', 'build', 'https://www.scala-sbt.org/1.x/docs/', {
    reads: 'sources',
    git: 'plugins',
    makes: made('merges', 'target', '**/target'),
  }),
  command('ant', 'build', 'https://ant.apache.org/manual/', {
    reads: 'sources',
    git: 'plugins',
    makes: made('merges', '*'),
  }),
  command(
    'javac|jar|jlink|jdeps|kotlinc|native-image',
    'build',
    'https://docs.oracle.com/en/java/javase/21/docs/specs/man/javac.html',
    {
      reads: 'arguments',
      makes: made('merges', '*'),
    },
  ),
  command('keytool', 'plain', 'https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html', {
    reads: 'arguments',
  }),
]

const rebuilt = { disposable: 'rebuilt' } as const
const scripts = ['build.gradle', 'build.gradle.kts', 'settings.gradle', 'settings.gradle.kts']
const poms = ['pom.xml', 'extensions.xml']
const gradleTools: readonly (readonly [text: string, source: string])[] = [
  ['gradle-git-properties', 'https://github.com/n0mer/gradle-git-properties'],
  ['axion-release', 'https://axion-release-plugin.readthedocs.io/en/latest/'],
  ['nebula.release', 'https://github.com/nebula-plugins/nebula-release-plugin'],
  ['jgitver', 'https://jgitver.github.io/'],
  ['palantir.git-version', 'https://github.com/palantir/gradle-git-version'],
  ['gradle-git-version', 'https://github.com/palantir/gradle-git-version'],
  ['me.qoomon.git-versioning', 'https://github.com/qoomon/gradle-git-versioning-plugin'],
  ['org.ajoberstar.grgit', 'https://ajoberstar.org/grgit/main/index.html'],
  ['org.ajoberstar.reckon', 'https://github.com/ajoberstar/reckon'],
  ['org.shipkit.shipkit-auto-version', 'https://github.com/shipkit/shipkit-auto-version'],
  ['git-semver', 'https://github.com/jmongard/Git.SemVersioning.Gradle'],
  ['fr.brouillard.oss.gradle', 'https://github.com/jgitver/gradle-jgitver-plugin'],
  ['net.nemerosa.versioning', 'https://github.com/nemerosa/versioning'],
]
const mavenTools: readonly (readonly [text: string, source: string])[] = [
  ['git-commit-id', 'https://github.com/git-commit-id/git-commit-id-maven-plugin'],
  ['buildnumber-maven-plugin', 'https://www.mojohaus.org/buildnumber-maven-plugin/'],
  ['jgitver', 'https://jgitver.github.io/'],
  ['maven-git-versioning-extension', 'https://github.com/qoomon/maven-git-versioning-extension'],
  ['maven-scm-plugin', 'https://maven.apache.org/scm/maven-scm-plugin/'],
  ['jgit-buildnumber', 'https://github.com/elab/jgit-buildnumber'],
  [
    'gitflow-incremental-builder',
    'https://github.com/gitflow-incremental-builder/gitflow-incremental-builder',
  ],
  ['ratchetFrom', 'https://github.com/diffplug/spotless/tree/main/plugin-maven#ratchet'],
]

/** A wrapper hands its words on as they are. */
const mavenWords: Partial<Program> = {
  valued: [
    '-P',
    '--activate-profiles',
    '-pl',
    '--projects',
    '-D',
    '--define',
    '-s',
    '--settings',
    '-gs',
    '--global-settings',
    '-T',
    '--threads',
    '-l',
    '--log-file',
    '-rf',
    '--resume-from',
    '-t',
    '--toolchains',
    '-b',
    '--builder',
  ],
  manifest: ['-f', '--file'],
}
const gradleWords: Partial<Program> = {
  valued: [
    '-x',
    '--exclude-task',
    '-I',
    '--init-script',
    '-g',
    '--gradle-user-home',
    '-P',
    '-D',
    '--console',
    '--tests',
    '--configuration',
    '--project-cache-dir',
    '--gradle-version',
    '--distribution-type',
    '-c',
    '--settings-file',
    '--max-workers',
    '--include-build',
  ],
  directory: ['-p', '--project-dir'],
  manifest: ['-b', '--build-file'],
}

/** Java, Kotlin and Scala: maven and gradle with their wrappers, sbt. */
export const java: Ecosystem = {
  id: 'java',
  title: 'Java',
  manifests: ['pom.xml', ...scripts, 'build.sbt', 'build.xml'],
  lockfiles: ['gradle.lockfile'],
  programs: [
    program('mvn mvnd', mavenWords),
    program('mvnw', { ...mavenWords, local: true }),
    program('gradle', gradleWords),
    program('gradlew', { ...gradleWords, local: true }),
  ],
  junk: [
    junk(
      'target/',
      'output',
      'what maven makes of the sources',
      'https://maven.apache.org/guides/introduction/introduction-to-the-standard-directory-layout.html',
      { ...rebuilt, beside: ['pom.xml'], guard: true },
    ),
    junk(
      'target/',
      'output',
      'what sbt makes of the sources',
      'https://www.scala-sbt.org/1.x/docs/Directories.html',
      { ...rebuilt, beside: ['build.sbt', 'build.properties'] },
    ),
    junk(
      'build/',
      'output',
      'what gradle makes of the sources',
      'https://docs.gradle.org/current/userguide/directory_layout.html',
      { ...rebuilt, beside: scripts, guard: true },
    ),
    junk(
      '.gradle/',
      'cache',
      'what gradle keeps between builds',
      'https://docs.gradle.org/current/userguide/directory_layout.html',
      { guard: true },
    ),
    junk(
      '.kotlin/',
      'cache',
      'what the compiler of Kotlin keeps between builds',
      'https://kotlinlang.org/docs/whatsnew20.html',
    ),
    junk(
      '.bsp/',
      'editor',
      'how editors reach the build server',
      'https://build-server-protocol.github.io/docs/overview/server-discovery',
      { beside: ['build.sbt', 'build.sc', ...scripts, 'pom.xml'] },
    ),
    junk('.bloop/', 'cache', 'what bloop keeps between builds', 'https://scalacenter.github.io/bloop/docs/'),
    junk(
      '.metals/',
      'editor',
      'what the language server of Scala keeps',
      'https://scalameta.org/metals/docs/',
    ),
    junk(
      '*.iml',
      'editor',
      'what IntelliJ writes of a module',
      'https://www.jetbrains.com/help/idea/creating-and-managing-modules.html',
    ),
    junk(
      '*.ipr',
      'editor',
      'a project of IntelliJ',
      'https://www.jetbrains.com/help/idea/creating-and-managing-projects.html',
    ),
    junk(
      '*.iws',
      'editor',
      'a workspace of IntelliJ',
      'https://www.jetbrains.com/help/idea/creating-and-managing-projects.html',
    ),
    junk(
      'out/',
      'output',
      'what IntelliJ makes of the sources',
      'https://www.jetbrains.com/help/idea/compiling-applications.html',
      { ...rebuilt, beside: [...scripts, 'pom.xml', '*.iml'] },
    ),
    junk(
      '.classpath',
      'editor',
      'what Eclipse writes of a project',
      'https://help.eclipse.org/latest/topic/org.eclipse.jdt.doc.user/concepts/concept-build-classpath.htm',
      { beside: ['.project'] },
    ),
    junk(
      'hs_err_pid*.log',
      'log',
      'the log of a crash of the virtual machine',
      'https://docs.oracle.com/en/java/javase/21/troubleshoot/fatal-error-log.html',
    ),
    junk(
      'replay_pid*.log',
      'log',
      'the log of a crash of the virtual machine',
      'https://docs.oracle.com/en/java/javase/21/troubleshoot/fatal-error-log.html',
    ),
    junk(
      '*.hprof',
      'report',
      'a dump of the heap',
      'https://docs.oracle.com/en/java/javase/21/troubleshoot/diagnostic-tools.html',
    ),
    junk(
      'dependency-reduced-pom.xml',
      'output',
      'what the shade plugin writes',
      'https://maven.apache.org/plugins/maven-shade-plugin/shade-mojo.html',
      { ...rebuilt, beside: ['pom.xml'] },
    ),
    junk(
      'pom.xml.versionsBackup',
      'editor',
      'a copy that the versions plugin kept',
      'https://www.mojohaus.org/versions/versions-maven-plugin/',
      { beside: ['pom.xml'] },
    ),
    junk(
      'pom.xml.releaseBackup',
      'editor',
      'a copy that the release plugin kept',
      'https://maven.apache.org/maven-release/maven-release-plugin/',
      { beside: ['pom.xml'] },
    ),
  ],
  commands,
  versionTools: [
    ...mavenTools.map(([text, source]) => versionTool(poms, text, text, source)),
    ...gradleTools.map(([text, source]) => versionTool([...scripts, '*.versions.toml'], text, text, source)),
    versionTool(
      scripts,
      'ratchetFrom',
      'spotless with ratchetFrom',
      'https://github.com/diffplug/spotless/tree/main/plugin-gradle#ratchet',
    ),
    ...startsGit(scripts),
    ...['git describe', 'git rev-parse', '"rev-parse"', '"describe"', "'rev-parse'", "'describe'"].map(
      (text) =>
        versionTool(
          [...scripts, ...poms, 'build.sbt', 'build.xml'],
          text,
          'git, started by the build',
          'https://git-scm.com/docs',
        ),
    ),
    ...['sbt-git', 'sbt-dynver', 'sbt-ci-release'].map((text) =>
      versionTool(['plugins.sbt', 'build.sbt'], text, text, 'https://github.com/sbt/sbt-dynver'),
    ),
  ],
}
