/** What is fuzzed: each reader of texts that strangers write, with words of its language, seeds, and what has to hold. */

import { readBuildLog } from '../src/answers/build-log.ts'
import { readConfig } from '../src/config/read.ts'
import { readGitIgnores } from '../src/context/git-ignored.ts'
import { makeRules } from '../src/context/rules.ts'
import { walkContext } from '../src/context/walk.ts'
import { parseDockerfile } from '../src/dockerfile/parse.ts'
import { planBuild } from '../src/dockerfile/plan.ts'
import { readFingerprint } from '../src/history/fingerprint.ts'
import { secondsOf } from '../src/history/timings.ts'
import { createMemoryHost } from '../src/host/memory.ts'
import { createTarHost } from '../src/host/tar.ts'
import { compilePatterns } from '../src/ignore/matcher.ts'
import { parseIgnoreFile } from '../src/ignore/parse.ts'
import { parsePodmanIgnoreFile } from '../src/ignore/podman.ts'
import { readBake } from '../src/inputs/bake.ts'
import { readCompose } from '../src/inputs/compose.ts'
import { CtxsizeError } from '../src/lib/errors.ts'
import { matchGlob } from '../src/lib/glob.ts'
import { decodePath, encodePath, visiblePath } from '../src/lib/path.ts'
import type { Report } from '../src/report.ts'
import { csv } from '../src/reporters/csv.ts'
import { github } from '../src/reporters/github.ts'
import { gitlab } from '../src/reporters/gitlab.ts'
import { json } from '../src/reporters/json.ts'
import { junit } from '../src/reporters/junit.ts'
import { markdown } from '../src/reporters/markdown.ts'
import { sarif } from '../src/reporters/sarif.ts'
import { table } from '../src/reporters/table.ts'
import { readIndex } from '../src/repository/git-index.ts'
import { readGitlab } from '../src/repository/gitlab.ts'
import { makeSteps, readMakefile } from '../src/repository/makefile.ts'
import { readPipeline } from '../src/repository/pipelines.ts'
import { readWorkflow } from '../src/repository/workflows.ts'
import { readReport } from '../src/saved/read.ts'
import { readShell } from '../src/shell/read.ts'
import { judgeFromAncestors, referencePattern } from '../test/laws/reference.ts'
import type { Language } from './inputs.ts'
import { checkProposals, language as ofProposals } from './proposals.ts'
import * as seeds from './seeds.ts'

export interface Target extends Language {
  /** Throws where something does not hold; a CtxsizeError is an answer. */
  readonly check: (text: string) => void
}

const spaces = [' ', '\n', '\n', '\t', '  ']
const wordsOf = (text: string): readonly string[] => [...text.split(' '), ...spaces]

function hold(claim: boolean, what: string): void {
  if (!claim) throw new Error(`does not hold: ${what}`)
}

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1')

const request = {
  target: null,
  buildArgs: new Map(),
  platform: 'linux/amd64',
  buildPlatform: 'linux/amd64',
  namedContexts: new Map(),
}

function checkIgnoreFile(text: string, parse: typeof parseIgnoreFile): void {
  const bytes = encodePath(text)
  const file = parse(bytes, '.dockerignore')
  hold(encodePath(file.text).equals(bytes), 'the text is kept')
  let printed = ''
  let at = 0
  for (const { start, end, written } of file.lines) {
    printed += file.text.slice(at, start) + written
    at = end
  }
  hold(printed + file.text.slice(at) === file.text, 'lines stand where they say')
}

/** A line of 64 kB with a `**` at every third byte takes a third of a second to be evaluated first: see docs/reliability.md. */
const longestPatterns = 8 << 10

/** Patterns, an empty line, paths. */
function checkMatcher(text: string): void {
  const [head = '', ...rest] = text.slice(0, longestPatterns).split('\n\n')
  const patterns = head.split('\n').slice(0, 12)
  const list = compilePatterns(patterns)
  const clean = (path: string) => /^[!-~]+(?:\/[!-~]+)*$/.test(path) && !/(?:^|\/)\.{0,2}(?:\/|$)/.test(path)
  const paths = rest.join('\n').split('\n').filter(clean).slice(0, 8)
  // The reference is for what means the same to both languages of regular expressions.
  const isCommon = patterns.every(
    (one) => /^[ -~]*$/.test(one) && !/\\[^*?[\].]|\\$|[{}|^]|\[\]|\[[^\]]*[\\[]/.test(one),
  )
  const reference = isCommon ? patterns.map(referencePattern).filter((one) => one !== null) : null
  for (const path of paths) {
    const asked = answer(() => list.matched(list.judge(path).verdict))
    if (reference !== null && path.length < 200 && head.length < 500)
      hold(asked === answer(() => judgeFromAncestors(reference, path).ignored), `${path} is ${asked}`)
  }
}

function answer(ask: () => boolean): boolean | 'refused' {
  try {
    return ask()
  } catch (thrown) {
    // Both refuse in words of their own.
    if (thrown instanceof RangeError || thrown instanceof TypeError) throw thrown
    return 'refused'
  }
}

function checkGitIgnores(text: string): void {
  const host = createMemoryHost({
    '/r/.git/HEAD': '',
    '/r/.gitignore': encodePath(text),
    '/r/a/.gitignore': encodePath(text.slice(text.length >> 1)),
    '/r/a/b.log': 1,
    '/r/dist/x': 1,
    '/r/c': 1,
  })
  const rules = makeRules({ ignore: compilePatterns([]), classic: null, includes: null })
  const { table } = walkContext(host, { root: '/r', rules, measureIgnored: false, progress: null })
  readGitIgnores(host, '/r', table)
}

/** A header whose sum is right again, so that damage reaches what is behind that check. */
function summed(bytes: Buffer): Buffer {
  for (let at = 0; at + 512 <= bytes.length; at += 512) {
    if (bytes.toString('latin1', at + 257, at + 262) !== 'ustar') continue
    bytes.fill(32, at + 148, at + 156)
    let sum = 0
    for (let i = at; i < at + 512; i++) sum += bytes[i] ?? 0
    bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, at + 148, 'latin1')
  }
  return bytes
}

const definitions = (files: Readonly<Record<string, string>>) => createMemoryHost(files, { TAG: '1' })

const shellWords = wordsOf(
  'cd docker build -t x . -f Dockerfile && || ; | ( ) { } $( ) ` " \' $X ${X:-a} ${X%%/*} $((1+ 2)) <<EOF EOF <<- if then fi for i in do done case esac *) ;; while function f() sh -c eval "$@" \\ # > 2>&1 export A=b',
)

/** The screens that a saved report is printed on again. */
const printers = { table, markdown, github, sarif, junit, gitlab, csv, json }
const plainStyle = {
  color: false,
  width: 84,
  units: 'decimal',
  verbose: true,
  quiet: false,
  builder: 'buildkit',
  again: { context: '.', options: [] },
} as const

function printAgain(report: Report): void {
  for (const [name, print] of Object.entries(printers)) {
    const printed = print(report, plainStyle)
    hold(!/[\0-\x08\v\f\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]/.test(printed), `${name} is safe to print`)
  }
}

/** What no report says, and what no text of one should do. */
const oddValues = [
  ...[null, true, 0, -1, 1.5, 1e308, '', '\u001b[2J', '\u202e\u2066', '](x) <b> | `', '::error::x', '%0A'],
  ...[[], [[]], {}, [null], { __proto__: 1 }, '\ud800', 2 ** 53, 'a'.repeat(5000)],
]

/** The text as it is, and a sound report in which one value is another: which, the text decides. */
function checkReport(text: string): void {
  let hash = 2166136261
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619) >>> 0
  const odd = oddValues[hash % oddValues.length]
  const seed = seeds.reports[(hash >>> 5) % seeds.reports.length] ?? ''
  const wanted = (hash >>> 7) % (seed.split(',').length + 1)
  let seen = 0
  const changed: unknown = JSON.parse(seed, (_, value) => (seen++ === wanted ? odd : value))
  for (const one of [text, JSON.stringify(changed)])
    try {
      printAgain(readReport(encodePath(one), 'a.json', '0.1.0'))
    } catch (thrown) {
      if (!(thrown instanceof CtxsizeError)) throw thrown
    }
}

export const targets = {
  path: {
    words: wordsOf('a b / . .. ~ é \u0000 \udc80 \ud83d \udc33 \u202e'),
    seeds: ['a/b/c.txt', 'src/\u{1F433}/é', 'a\udcffb'],
    check: (text) => {
      const bytes = bytesOf(text)
      hold(encodePath(decodePath(bytes)).equals(bytes), 'bytes come back')
      const shown = visiblePath(decodePath(bytes))
      hold(
        !/[\0-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\udc80-\udcff]/.test(shown),
        'nothing invisible is shown',
      )
    },
  },
  glob: {
    words: wordsOf('a b * ? [ ] [a-z] [^a] - \\ / ** é'),
    seeds: ['*.txt\na.txt', '[a-c]?/*\nb1/x', '\\*\\?\n*?'],
    check: (text) => {
      const [pattern = '', name = ''] = text.split('\n')
      matchGlob(pattern, name)
    },
  },
  dockerignore: {
    words: wordsOf('a b / ** * ? [a-z] [^b] ! # \\ . .. node_modules *.log **/x/** é { } ( ) + $ ^ |'),
    seeds: seeds.ignoreFiles,
    check: (text) => checkIgnoreFile(text, parseIgnoreFile),
  },
  'dockerignore-podman': {
    words: wordsOf('a b / ** * ? [a-z] [^b] ! # \\ . .. node_modules *.log **/x/** é { } ( ) + $ ^ |'),
    seeds: seeds.ignoreFiles,
    check: (text) => checkIgnoreFile(text, (bytes, file = '') => parsePodmanIgnoreFile(bytes, file)),
  },
  matcher: {
    words: [
      ...'a b ab .a c 1 * ** ? / / /** **/ */ . [ab] [^a] [a-c] ! ! ( $ + \\* \\. a/b'.split(' '),
      '\n',
      '\n',
      '\n\n',
    ],
    seeds: [
      '**/*.log\n!a/b\n*\n\na/b\na/x.log\nc/d/e',
      'a/**/b\n![ab]\n\na/b\na/c/b',
      '*\n!a\n!b/*\n\na\nb/c\nb',
    ],
    check: checkMatcher,
  },
  dockerfile: {
    words: wordsOf(
      'FROM scratch AS a b COPY --from=a . / ADD ARG X=1 ENV ${X} ${X:-y} ${X#a} ${X//b/c} $X RUN --mount=type=bind,source=a,target=/b --mount=type=cache <<EOF EOF [ "a" , ] \\ # syntax=x # escape=` ONBUILD WORKDIR USER VOLUME EXPOSE HEALTHCHECK CMD ENTRYPOINT LABEL a="b" --chown=1:1 --parents --exclude=*.md --link --platform=$BUILDPLATFORM *.go https://a/b git@a:b',
    ),
    seeds: seeds.dockerfiles,
    check: (text) => {
      planBuild(parseDockerfile(text, 'Dockerfile'), request)
    },
  },
  shell: {
    words: shellWords,
    seeds: seeds.scripts,
    check: (text) => {
      readShell(text)
    },
  },
  makefile: {
    words: [
      ...shellWords,
      ':',
      ':=',
      '?=',
      '$(X)',
      '$@',
      '$<',
      'define',
      'endef',
      'ifeq',
      'include',
      '.PHONY',
      '%',
      '\n\t',
    ],
    seeds: seeds.makefiles,
    check: (text) => {
      const makefile = readMakefile(text, 'Makefile')
      for (const target of [...makefile.rules.keys()].slice(0, 5))
        makeSteps(makefile, target, { directory: '' })
    },
  },
  'build-log': {
    words: wordsOf(
      '#1 #2 [internal] load build context transferring context: 1.2MB 0.1s done DONE CACHED ERROR: Sending build context to Docker daemon 2.048kB Step 1/3 : \r => => 12.3B',
    ),
    seeds: seeds.buildLogs,
    check: (text) => {
      readBuildLog(text)
    },
  },
  timings: {
    words: wordsOf(
      '{ } [ ] "vertexes" : , "digest" "sha256:a" "name" "started" "completed" "2024-01-01T00:00:00Z" "cached" true null 1e999 "[a 1/2] RUN x"',
    ),
    seeds: seeds.rawLogs,
    check: (text) => {
      secondsOf(text, [])
    },
  },
  fingerprint: {
    words: wordsOf(
      '{ } [ ] "version" : , 1 2 "files" "instructions" "entries" null true "a" "__proto__" 1e308 -0',
    ),
    seeds: seeds.fingerprints,
    check: (text) => {
      readFingerprint(encodePath(text))
    },
  },
  report: {
    words: wordsOf(
      '{ } [ ] "schemaVersion" : , 1 2 "contexts" "targets" "findings" "a" null true 1e999 "\\u001b[2J" "\\ud800" "__proto__" -1',
    ),
    seeds: seeds.reports,
    check: checkReport,
  },
  'git-index': {
    words: ['DIRC', '\0\0\0\x02', '\0\0\0\x01', '\0'.repeat(20), 'a/b', 'TREE', 'link', '\x7f', '\xff'],
    seeds: seeds.indexes,
    check: (text) => {
      readIndex(bytesOf(text))
    },
  },
  tar: {
    words: [
      'ustar\x0000',
      'ustar  \0',
      'a/../b',
      '0000644\0',
      '\0'.repeat(512),
      'x',
      'L',
      'K',
      'g',
      '5',
      '30 mtime=1.5\n',
      '\x80\0\0\0\0\0\0\x01',
    ],
    seeds: seeds.archives,
    check: (text) => {
      const host = createTarHost(summed(bytesOf(text)), createMemoryHost({}))
      const list = (at: string, depth: number): void => {
        for (const name of host.list(at)) {
          const path = `${at}/${name}`
          hold(name !== '' && name !== '.' && name !== '..' && !name.includes('/'), 'names are names')
          if (depth < 5 && ((host.lstat(path)?.mode ?? 0) & 0o170000) === 0o040000) list(path, depth + 1)
        }
      }
      list('/dev/stdin', 0)
    },
  },
  gitignore: {
    words: wordsOf('a b / ** * ? [a-z] [^b] ! # \\ . .. dist *.log **/x/** é'),
    seeds: seeds.ignoreFiles,
    check: checkGitIgnores,
  },
  compose: {
    words: [
      ...wordsOf(
        'services: build: context: . a: &a *a <<: dockerfile: args: [ ] { } - ${TAG} ${TAG:-x} ${TAG:?e} $$ include: extends: file: profiles: "x" \' | > ? ! !reset null target: platforms: additional_contexts:',
      ),
      '\n  ',
      '\n    ',
      '\n      ',
    ],
    seeds: seeds.composeFiles,
    check: (text) => {
      readCompose(definitions({ '/w/compose.yaml': text }), {
        files: [],
        services: [],
        profiles: [],
        workingDirectory: '/w',
      })
    },
  },
  'bake-hcl': {
    words: wordsOf(
      'target "a" { } group variable "TAG" = default context dockerfile [ ] "x${TAG}" "%{if true}" "%{endif}" for x in : ? function params result upper( ) <<EOF EOF inherits matrix // /* */ # 1e3 && || ! == . * ... null',
    ),
    seeds: seeds.bakeFiles,
    check: (text) => {
      readBake(definitions({ '/w/docker-bake.hcl': text }), {
        files: [],
        targets: [],
        workingDirectory: '/w',
      })
    },
  },
  'bake-json': {
    words: wordsOf(
      '{ } [ ] "target" "default" "group" "context" "." : , "${TAG}" null true 1 "//" "variable" "matrix" "\\u00e9"',
    ),
    seeds: seeds.bakeJsonFiles,
    check: (text) => {
      readBake(definitions({ '/w/docker-bake.json': text }), {
        files: [],
        targets: [],
        workingDirectory: '/w',
      })
    },
  },
  config: {
    words: [
      ...wordsOf(
        'budgets: context: 50MB { } [ ] max: min: rules: off error builds: - "x" & * << ! | > ships: forbid: *.pem directories: baseline: null 1e999 # suppress:',
      ),
      '\n  ',
      '\n    ',
    ],
    seeds: seeds.configs,
    check: (text) => {
      const read = readConfig({ text, file: 'ctxsize.yaml', under: null, rules: ['secret-ships'] })
      const told = read.kind === 'wrong' ? read.mistakes.map(({ message }) => message).join('\n') : ''
      hold(!/[\x1b\u202e\0]/.test(told), 'mistakes are safe to print')
    },
  },
  workflow: {
    words: [
      ...wordsOf(
        'jobs: steps: - run: uses: docker/build-push-action@v6 with: context: file: ${{ matrix.a }} ${{ env.X || github.sha }} matrix: include: strategy: & * << | > defaults: working-directory: docker build .',
      ),
      '\n  ',
      '\n    ',
      '\n      ',
    ],
    seeds: seeds.workflows,
    check: (text) => {
      readWorkflow(text, '.github/workflows/ci.yml', () => null)
    },
  },
  gitlab: {
    words: [
      ...wordsOf(
        'stages: a: script: - docker build . extends: .b include: local: variables: X: before_script: !reference [ ] & * << | parallel: matrix: image: default:',
      ),
      '\n  ',
      '\n    ',
    ],
    seeds: seeds.pipelines,
    check: (text) => {
      readGitlab(['.gitlab-ci.yml'], () => text)
      readPipeline('just', text, 'justfile')
    },
  },
  proposals: { ...ofProposals, check: (text) => printAgain(checkProposals(text)) },
} as const satisfies Readonly<Record<string, Target>>

export type TargetName = keyof typeof targets
