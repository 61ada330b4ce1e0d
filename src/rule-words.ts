/** What each rule is about, in the words of a page about it: for formats that describe their rules, and for who looks one up. */

export interface RuleWords {
  /** One line, without what a finding of it names. */
  readonly title: string
  /** Why it matters and what to do, in a few sentences. */
  readonly help: string
}

/** By the id that a finding carries; where a rule's findings carry several, by each of them and by its own. */
export const ruleWords = {
  'archive-unfiltered': {
    title: 'no ignore file is read for an archive',
    help: 'A context that comes as an archive is unpacked by the builder as it is. Leave out of the archive what the ignore file would drop, or give docker build the directory.',
  },
  'builders-differ': {
    title: 'builders do not agree about a file',
    help: 'BuildKit, the classic builder and podman read patterns differently, so the same Dockerfile gets other files from one than from another. Write the line of the ignore file in a way that all of them read alike.',
  },
  'ci-git-context': {
    title: 'CI builds from git, where no ignore file is read',
    help: 'BuildKit fetches the repository by itself when it is given an address, which docker/build-push-action does where it has no context: and docker/bake-action since version 6. It then reads no ignore file, so the image is made of files that a build of the checkout leaves out. Give it the directory: context: . after actions/checkout.',
  },
  'ci-git-context-lacks': {
    title: 'CI builds from git, which lacks a source',
    help: 'BuildKit fetches the repository by itself when it is given an address, and finds only what git tracks: nothing that a step before the build has made. Give it the directory: context: . after actions/checkout.',
  },
  'ci-no-cache': {
    title: 'CI keeps no layer cache',
    help: 'The job begins on a machine that nobody used before, and names no cache, so every run makes all layers of the image again and no order of instructions helps there. Name one that is kept: cache-from and cache-to with type=gha, or a registry. An image named by --cache-from is one only where it was built with BUILDKIT_INLINE_CACHE=1, and a cache of type=gha only holds what was written last: each image needs a scope of its own. Without mode=max a cache holds the layers of the last stage and none of those that it takes files of.',
  },
  'ci-path-filter': {
    title: 'CI does not see a change of the Dockerfile or the ignore file',
    help: 'The workflow that builds the image starts only when certain paths change, and these files are not among them: the image stays as it was until something else changes. Add them to paths, or take them out of paths-ignore.',
  },
  'ci-sends-git': {
    title: 'CI takes the history into the build',
    help: 'No line of the ignore file drops .git, and an instruction takes it. It is another in every run, so that this instruction and all after it never come from the cache. Where nothing in the build asks git, drop .git with a line in the ignore file; else copy less.',
  },
  'ci-ships-token': {
    title: 'CI puts the token of the job into the image',
    help: 'Before version 6 actions/checkout leaves the token of the job in .git/config, and an instruction takes .git into the image, where everybody who has the image can read it. Drop .git with a line in the ignore file, or set persist-credentials: false.',
  },
  'classic-builder-refuses': {
    title: 'the classic builder refuses an instruction',
    help: 'The builder that DOCKER_BUILDKIT=0 selects knows no mounts, heredocs and newer flags. Build with BuildKit, or do without them where the classic builder is used.',
  },
  'copy-directory-contents': {
    title: 'the contents of a directory are copied where the directory was meant',
    help: 'Of a directory COPY takes what is in it, not the directory itself, also when it stands among files. Give the directory an instruction of its own, with its name in the destination.',
  },
  'copy-ignored-file': {
    title: 'a lint that the Dockerfile makes fatal',
    help: 'The Dockerfile says check=error=true, so BuildKit refuses the build where a source is ignored. Let the source in, or skip CopyIgnoredFile in the check directive.',
  },
  'copy-source': {
    title: 'an instruction cannot find its source',
    help: 'The build stops at this instruction: what it names is not in the context. Put the file there, mend the path, or let it in past the ignore file.',
  },
  'copy-source-ignored': {
    title: 'an instruction names what the ignore file drops',
    help: 'The file lies on the disk, and a line of the ignore file keeps it from the builder, so that the build stops here. Let it in with an exception below that line, or drop the line.',
  },
  'copy-source-missing': {
    title: 'an instruction names what is not there',
    help: 'The build stops at this instruction. Paths are taken from the root of the context, not from where the Dockerfile lies; what a step before the build makes has to be made first.',
  },
  'database-ships': {
    title: 'data of a database is in the image',
    help: 'A dump, a SQLite file or the directory of a server that git does not track goes into the image with a copy of all that lies there, and who has the image has the data. Keep it out with a line in the ignore file; where the image is to have it, name it in a COPY of its own, or let git track it.',
  },
  'dockerfile-doubtful': {
    title: 'docker takes a word for something else than was meant',
    help: 'The build goes on, and does something else than the line seems to say. Mend the line.',
  },
  'dockerfile-refused': {
    title: 'docker refuses the Dockerfile',
    help: 'The build stops before anything of it is run. The message is what docker says; mend the line.',
  },
  'dockerignore-git-syntax': {
    title: 'a line of the ignore file is written for another program',
    help: 'Trailing comments, backslashes and the like mean something to git, to a shell or to Windows; docker takes them for part of a name that nothing has. Write the line as docker reads it.',
  },
  'dockerignore-near-miss': {
    title: 'a line of the ignore file nearly names something in the context',
    help: 'The line matches nothing, and the context holds a name that differs from it by a letter. One of the two is a slip.',
  },
  'dockerignore-never-read': {
    title: 'an ignore file that this build does not read',
    help: 'Docker reads one ignore file: <Dockerfile>.dockerignore beside the Dockerfile, or else .dockerignore at the root of the context. Lines in any other do nothing.',
  },
  'dockerignore-no-effect': {
    title: 'a line of the ignore file can have no effect',
    help: 'Whatever the tree holds, this line changes nothing: the last line that matches a path decides. Most such lines are exceptions above the line that they should make an exception of.',
  },
  'dockerignore-root-only': {
    title: 'a line of the ignore file works at the root only, and the same lies deeper',
    help: 'To docker a name means the one at the root of the context; only git takes it for every directory of that name. Write **/ before it where all of them are meant.',
  },
  'dockerignore-subsumed': {
    title: 'another line of the ignore file does all that a line does',
    help: 'The line could go without any difference, on this tree and on any other.',
  },
  'exclude-pattern-refused': {
    title: 'an --exclude is no pattern',
    help: 'The build stops at this instruction, as docker cannot read the pattern. Escape or remove the bracket.',
  },
  'foreign-binaries': {
    title: 'binaries of another system are copied',
    help: 'Programs and libraries that were built for this machine come into an image that cannot run them. Leave them out with a line in the ignore file, and let the image install or build its own.',
  },
  'host-over-install': {
    title: 'packages of this machine land on those that the image installed',
    help: 'A COPY after the install puts the packages of this machine over those that were installed for the image, or over what a COPY --from brought of another stage. Leave them out with a line in the ignore file.',
  },
  'mistyped-flag': {
    title: 'docker takes a misspelt flag for a path',
    help: 'The build goes on, and copies or runs something else than the line seems to say. Write the flag with two hyphens.',
  },
  'not-in-checkout': {
    title: 'files go into the image that a clean checkout lacks',
    help: 'The image that is built here is not the one that CI builds. Let git track the files, have the Dockerfile make them, or leave them out with a line in the ignore file.',
  },
  'parents-needs-syntax': {
    title: 'COPY --parents without a syntax line',
    help: 'Older engines refuse the flag with the frontend that they have built in. The line `# syntax=docker/dockerfile:1` at the top makes them take a newer one.',
  },
  'removed-later': {
    title: 'a later layer deletes what a copy has put into the image',
    help: 'A layer keeps what a later one deletes: the image is as large as before, and whoever has it can read the files. Keep them out with a line in the ignore file. What a step needs and the image does not is given to that step with --mount=type=bind, and left out of the copy with --exclude; or it is used in a stage of which only the rest is copied.',
  },
  'secret-printed': {
    title: 'credentials are printed into the log of the build',
    help: 'A RUN writes the file out, so that its values stand in the log of every build, and whoever reads the log of CI reads them. Take the RUN out, or have it print names only, and replace what others have read.',
  },
  'secret-ships': {
    title: 'credentials are in the image, or on their way to it',
    help: 'Who has the image, or the build cache, can read them; a layer keeps what a later one deletes. Keep the file out with a line in the ignore file, give the value to the container when it runs or with --mount=type=secret to the one RUN that needs it, and replace what has been published.',
  },
  'sent-empty': {
    title: 'BuildKit sends files without their content',
    help: 'The ignore file keeps these files on the walk and drops them by their paths, so that BuildKit sends them empty and does not say so. Let them in with a line of their own at the end of the ignore file.',
  },
  'source-link-loop': {
    title: 'a source leads round in a circle of links',
    help: 'The build stops at this instruction. Mend the links.',
  },
  'source-pattern-refused': {
    title: 'a source is no pattern',
    help: 'BuildKit takes a source for a pattern when it asks for files, and cannot read this one. Escape or remove the bracket.',
  },
  'suppression-unknown-rule': {
    title: 'a comment suppresses a rule that there is not',
    help: 'The name after ignore= is no rule, so the comment does nothing. The rule of a finding stands beside it in every format but the screen of an ordinary run.',
  },
  'suppression-unreadable': {
    title: 'a comment was meant to suppress something and cannot be read',
    help: 'Write ctxsize ignore=RULE reason="…" on a line of its own, several rules with commas between them, above the instruction or the pattern that it is about.',
  },
  'suppression-unused': {
    title: 'a comment suppresses what is not found',
    help: 'Nothing is found on the instruction or pattern below it. Remove the comment, so that the next finding there is not suppressed for a reason of long ago.',
  },
  'suppression-without-reason': {
    title: 'a comment suppresses a finding without a reason',
    help: 'It works, and the next reader does not know why. Add reason="…".',
  },
  'undefined-variable': {
    title: 'a variable has no value where it is used',
    help: 'Docker puts nothing in its place and goes on. Declare it with ARG or ENV in this stage, or mend its name.',
  },
} as const satisfies Record<string, RuleWords>
