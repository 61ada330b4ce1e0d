/** Who names what may go: the texts that git tracks, searched once for all that is asked about. */

import type { EntryTable } from '../context/table.ts'
import type { Host } from '../host/host.ts'
import { groupedBy } from '../lib/grouped.ts'
import { baseName, joinPath, parentPath } from '../lib/path.ts'
import { verbatim } from '../lib/verbatim.ts'
import { type AboutProject, aboutProject } from './about-project.ts'
import {
  askMentions,
  type MentionQuestion,
  type MentionsAhead,
  mostCharacters,
  mostMentions,
  searchMentions,
} from './mentions.ts'
import type { Mention } from './model.ts'
import { isWordList, withoutOtherNames } from './other-names.ts'
import type { Stake } from './stakes.ts'
import { relativePlace, type ToContext } from './to-context.ts'

export interface NameQuestion {
  /** Top of the repository, absolute. */
  readonly base: string
  /** What git tracks, relative to it. */
  readonly files: readonly string[]
  readonly table: EntryTable
  readonly stakes: readonly Stake[]
  readonly thorough: boolean
  /** What {@link askNames} began. */
  readonly ahead?: NamesAhead | null
}

/** What is looked for, and what git is asked about it. */
export interface NamesAhead {
  readonly wanted: WantedNames
  readonly asked: MentionsAhead | null
}

/** Logs that are looked for by their names. */
const mostLogs = 20

/** Of one name; where more want to know of it, no place is passed over before they are asked. */
const mostAskers = 10

/** A search among so few files is over in some milliseconds. */
const quickSearch = 2000

/** Has git begin to look for the same, where that is worth it. */
export function askNames(host: Host, question: NameQuestion): NamesAhead | null {
  const wanted = wantedNames(question)
  if (wanted === null) return null
  if (wanted.names.length === 0) return { wanted, asked: null }
  return { wanted, asked: askMentions(host, searchFor(question, wanted)) }
}

const searchFor = ({ base, files }: NameQuestion, { names }: WantedNames): MentionQuestion => ({
  ...{ top: base, tracked: files, names },
  ...{ common: 'git', skip: saysNothing },
})

interface WantedNames {
  readonly asked: readonly Stake[]
  readonly about: readonly AboutProject[]
  readonly names: readonly string[]
}

/** Null where nobody looks. */
function wantedNames({ files, table, stakes, thorough }: NameQuestion): WantedNames | null {
  const logs = stakes.filter(({ junk, isDirectory }) => junk?.what === 'log' && !isDirectory)
  const asked = stakes.filter(
    ({ junk, stray }) =>
      junk === null ||
      junk.what === 'report' ||
      junk.what === 'output' ||
      junk.what === 'dump' ||
      junk.what === 'environment' ||
      stray !== null ||
      // More of them are what programs wrote, not what one reads.
      (junk.what === 'log' && logs.length <= mostLogs),
  )
  if (!thorough && asked.length === 0) return { asked, about: [], names: [] }
  if (!thorough && files.length > quickSearch) return null
  const about = aboutProject(table)
  const isHistoryAsked = stakes.some(({ junk }) => junk?.what === 'history')
  const names = new Set([
    ...asked.flatMap(namesOf),
    ...about.flatMap((one) => one.names),
    ...(isHistoryAsked ? gitWords : []),
  ])
  return { asked, about, names: [...names] }
}

/**
 * By path: stakes whose names say something, what is about the project rather than of it (`docs`), and `.git` for the
 * code that asks git. Null when nobody looked, or not everywhere. Names of caches and packages stand everywhere and
 * say nothing.
 */
export function namedInTexts(
  host: Host,
  question: NameQuestion,
  to: ToContext,
): ReadonlyMap<string, readonly Mention[]> | null {
  const { ahead = null } = question
  const wanted = ahead?.wanted ?? wantedNames(question)
  if (wanted === null || wanted.names.length === 0) return wanted && new Map()
  const askers = askersFor(wanted, question)
  const askersOf = groupedBy(
    askers.flatMap((asker) => asker.names.map((name) => ({ name, asker }))),
    ({ name }) => name,
  )
  const isMeant = (mention: Mention, name: string): boolean => {
    const all = askersOf.get(name) ?? []
    return all.length > mostAskers || all.some(({ asker }) => asker.isMeant(mention, name))
  }
  const search = { ...searchFor(question, wanted), isMeant }
  const { found, unread } = searchMentions(host, search, ahead?.asked)
  // What was not found may stand in what was not looked into.
  if (unread !== null) return null
  const mentions = new Map<string, readonly Mention[]>()
  for (const asker of askers) {
    const here = asker.names.flatMap((name) => {
      const all = found.get(name) ?? []
      const meant = all.filter((mention) => asker.isMeant(mention, name))
      // Where there may be more than were looked at, one of those may be meant.
      return meant.length > 0 || all.length < mostMentions ? meant : all
    })
    const placed = here.map(({ at, text }) => ({ at: relativePlace(at, to), text }))
    if (placed.length > 0) mentions.set(asker.path, [...(mentions.get(asker.path) ?? []), ...placed])
  }
  return mentions
}

/** Who wants to know of names, and what a place says to that. */
interface Asker {
  /** Under which the answer is put down. */
  readonly path: string
  readonly names: readonly string[]
  /** False only where the name is known to mean something else there, or to say nothing. */
  readonly isMeant: (mention: Mention, name: string) => boolean
}

function askersFor({ asked, about }: WantedNames, question: NameQuestion): readonly Asker[] {
  const isThere = createThere(question)
  return [
    ...asked.map((stake): Asker => {
      const isMade = stake.junk !== null || stake.stray !== null
      return {
        path: stake.path,
        names: namesOf(stake),
        isMeant: ({ at, text }, name) =>
          !isComment(text, at.file) &&
          !isOfPages(at.file, text) &&
          !isLabel(at.file, text) &&
          !isVerb(text, name) &&
          !(isMade && settings.test(at.file)) &&
          !isOther({ at, text }, name, { path: stake.path, isThere }),
      }
    }),
    ...about.map(
      ({ path, named, names }): Asker => ({
        path,
        names,
        isMeant: ({ at, text }, name) =>
          !isComment(text, at.file) &&
          !isOfPages(at.file, text) &&
          (named === 'any' ||
            (isCode(at.file) && (isModule(name, path) || standsAsPath(withoutPages(text), name)))),
      }),
    ),
    {
      path: '.git',
      names: gitWords,
      isMeant: ({ at, text }, word) => isCode(at.file) && !isComment(text, at.file) && asksGit(word, text),
    },
  ]
}

/** `shop.tests.data`, which is no word of any sentence. */
const isModule = (name: string, path: string): boolean => name !== path && name.includes('.')

const namesOf = ({ path, isDirectory, junk }: Stake): readonly string[] => {
  const name = baseName(path)
  // `samples/*.log` reads all of them.
  if (junk?.what === 'log' && !isDirectory && path.includes('/'))
    return [path, name, `${parentPath(path)}/*${/\.\w+$/.exec(name)?.[0] ?? ''}`]
  return isDirectory && !path.includes('/') ? [name] : name.length < 5 ? [path] : [path, name]
}

/** By which a program finds the commit that `go build` has written into it: https://pkg.go.dev/runtime/debug#BuildSetting. */
const stamp = 'vcs.revision'

/** What code says that asks git for the version it was built of, or for the history of a file. */
const gitWords = [
  'rev-parse',
  'git describe',
  '"describe"',
  "'describe'",
  'fetch_git_sha',
  ...['.git/HEAD', '.git/refs', '.git/logs', '.git/packed-refs'],
  stamp,
  ...[
    'log',
    'show',
    'status',
    'rev-list',
    'ls-files',
    'shortlog',
    'branch',
    'pull',
    'fetch',
    'diff',
    'tag',
    'blame',
  ].map((verb) => `git ${verb}`),
  '"git"',
  "'git'",
  '`git`',
  'simple-git',
  'simpleGit',
  'isomorphic-git',
  'nodegit',
]

/** `execFile('git', ['log'`, `["git", "log"]`, `exec.Command("git"`: not the word in a list of others. */
const startsGit =
  /["'`]git["'`],\s*\[?\s*["'`](?:-|[a-z]+)|(?:exec|spawn|command|popen|run|process)[\w.:]*\W+["'`]git\b/i

const asksGit = (word: string, text: string): boolean =>
  /^["'`]git/.test(word) ? startsGit.test(text) : /git/i.test(text) || word === stamp

/** Sources of the program: not its tests, nor what is called by hand or by CI. */
function isCode(file: string): boolean {
  return (
    /(?:^|\/)CMakeLists\.txt$|\.(?:[cm]?[jt]sx?|py|rb|php|rs|go|java|kts?|scala|gradle|groovy|cs|fs|vb|exs?|erl|swift|cc?|cpp|cxx|h|hpp|cmake|pl|lua)$/.test(
      file,
    ) &&
    !/(?:^|\/)(?:scripts?|ci|hack|tests?|__tests__|specs?|e2e|cypress|docs?|examples?|\.github|\.circleci)\//.test(
      file,
    ) &&
    !/_test\.(?:go|py|rb|exs|dart)$|\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)test_[^/]*\.py$/.test(file) &&
    !settings.test(file) &&
    !ofOtherEnvironments.test(file)
  )
}

/** What rails and phoenix read where they do not run in production: https://guides.rubyonrails.org/configuring.html, https://hexdocs.pm/elixir/Config.html. */
const ofOtherEnvironments = /(?:^|\/)config\/(?:environments\/(?:development|test)\.rb|(?:dev|test)\.exs)$/

/** The line less what leads somewhere on the web, people to a text, or rails to a page: `https://example.com/docs/`, `See docs/x.md`, `layout: "docs"`. */
const withoutPages = (text: string): string =>
  text
    .replace(/\b[a-z]+:\/\/[^\s"'`<>]*/g, '')
    .replace(/\b[Ss]ee (?:the )?[\w./-]+/g, '')
    .replace(/\b(?:layout|template|partial|action):? ?(?:=> ?)?["'][\w/]+["']/g, '')

/** `docs/x.md`, `'docs'`, `"README.md"`: not the word in a sentence, nor `'/docs'`, which is a page. */
function standsAsPath(text: string, path: string): boolean {
  for (let at = text.indexOf(path); at >= 0; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1] ?? ''
    const after = text[at + path.length] ?? ''
    // Of a page the name has no ending.
    if (before === '/' && /["'`]/.test(text[at - 2] ?? '') && !/\.\w+$/.test(path)) continue
    // Of a sentence it is the first word.
    if (/["'`]/.test(before) && /^ [a-z]+ /.test(text.slice(at + path.length))) continue
    if (/["'`/ ]/.test(before) && (after === '/' || /["'`]/.test(before) || /["'`]/.test(after))) return true
    if (text.startsWith('//go:embed')) return true
  }
  return false
}

/** Settings of what checks sources, keeps them up to date or starts them anew on a developer's machine: what they name they look at or pass over. */
const besides =
  /(?:^|\/)(?:\.(?:golangci|rubocop|stylelint|markdownlint|yamllint|codespell|hadolint|licenserc|pre-commit)[\w.-]*|licenserc\.toml|typos\.toml|codecov\.ya?ml|\.codecov\.ya?ml|renovate\.json5?|REUSE\.toml|dep5|\.mcp\.json|\.air\.toml|sonar-project\.properties|\.?cspell[\w.-]*|\.github\/(?:dependabot|labeler|stale)\.ya?ml|\.github\/ISSUE_TEMPLATE\/[^/]*)$/

/** Programs of yarn that are kept in the repository, and changes of packages: https://yarnpkg.com/getting-started/qa#which-files-should-be-gitignored. */
const ofPackages =
  /(?:^|\/)(?:\.yarn\/(?:releases|plugins|sdks|patches)\/|\.pnp\.(?:cjs|loader\.mjs)$)|\.patch$/

/** What editors keep of a project, which excludes there what is built; texts that people read, in their languages and as pages; what tests are fed with. */
const forPeople =
  /(?:^|\/)\.(?:idea|vscode|zed|fleet|cursor|claude|agents)\/|\.(?:iml|ipr|iws|code-workspace|sublime-(?:project|workspace)|mdc|ftl|pot?|xliff?|arb)$|(?:^|\/)(?:langs?|locales?|i18n|translations?)\/.*\.(?:php|json|ya?ml|properties|strings)$|(?:^|\/)docs?\/.*\.(?:html?|ya?ml|json)$|(?:^|\/)(?:fixtures|testdata|test_data|__snapshots__)\/.*\.(?:html?|xml|svg|json|ya?ml|csv|snap)$/

/** Files that name a path to make it, to ignore it or to talk about it: none of them needs it. */
const saysNothing = (path: string): boolean =>
  besides.test(path) ||
  ofPackages.test(path) ||
  forPeople.test(path) ||
  (/(?:^|\/)(?:(?:docker-)?compose[^/]*\.ya?ml|docker-bake[^/]*|[^/]*[Dd]ockerfile[^/]*|Containerfile[^/]*|\.gitignore|\.dockerignore|[^/]*\.dockerignore|\.containerignore|\.npmignore|\.prettierignore|\.eslintignore|\.gitattributes|\.editorconfig|LICENSE(?:-[^/]*)?|CHANGELOG|CODEOWNERS)$|\.(?:md|mdx|rst|adoc|txt)$/i.test(
    path,
  ) &&
    !/(?:^|\/)(?:CMakeLists|requirements[^/]*|constraints[^/]*)\.txt$/.test(path))

/** Where tools are told what to write, and what to pass over. */
const settings =
  /(?:^|\/)(?:package\.json|tsconfig[^/]*\.json|jsconfig\.json|[^/]*\.config\.[cm]?[jt]s|\.[^/]*rc(?:\.\w+)?|pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|noxfile\.py|\.coveragerc|(?:cypress|jest[\w.-]*)\.json|[^/]*\.conf\.[cm]?[jt]s|biome\.jsonc?|Makefile|[^/]+\.ya?ml)$/

/**
 * Not `//go:embed`, `#include`, `#[folder = …]` and the option `--find-links ./wheels` of a requirements file, which are none; the files
 * of laravel have a bar before each line of theirs.
 */
const isComment = (text: string, file: string): boolean =>
  /^(?:#(?!include|embed|import|\[)|\/\/(?!go:embed)|\/?\*|--(?![a-z-]+[ =]\S+$)|<!--)/.test(text) ||
  (file.endsWith('.php') && /^\| \S/.test(text))

/** What a browser is given, in lines that nobody wrote: it opens no file of the image. */
const isOfPages = (file: string, text: string): boolean =>
  text.length >= mostCharacters &&
  (/(?:^|\/)(?:public|static|www)\/.*\.[cm]?js$/.test(file) || file.endsWith('.css'))

/** What goreleaser calls what it makes: https://goreleaser.com/customization/builds/go/. */
const released = /^(?:- )?(?:id|ids|binary|project_name|name|package_name|repository|owner|formats?|builds): /

/** A name that stands for itself: what a package of Go is called, a key of YAML or of JSON, a stage of GitLab, a target that is no file. */
const isLabel = (file: string, text: string): boolean =>
  (/(?:^|\/)(?:GNU)?[Mm]akefile$|\.mk$/.test(file) && /^\.PHONY\s*:/.test(text)) ||
  (/(?:^|\/)\.?goreleaser\.ya?ml$/.test(file) && released.test(text)) ||
  (file.endsWith('.go') && /^package \w+$/.test(text)) ||
  (/\.jsonc?$/.test(file) && /^"[\w-]+": ?[[{]$/.test(text)) ||
  (/\.(?:xml|xml\.dist)$/.test(file) && /^<\/?[\w-]+\s*\/?>$/.test(text)) ||
  (/\.ya?ml$/.test(file) && /^[\w.-]+:(?:\s+#.*)?$/.test(text)) ||
  (/(?:^|\/)\.github\/workflows\//.test(file) && /^(?:- )?name: [^/]*$/.test(text)) ||
  (/(?:^|\/)\.gitlab-ci[^/]*\.ya?ml$/.test(file) &&
    /^(?:- |stage: |needs: ?\[?|stages: ?\[)["'\w, \]-]*$/.test(text))

/**
 * True where each name in the line is that of something else: what {@link withoutOtherNames} knows, the option `--coverage` (its value is none), the images
 * `ghcr.io/org/coverage` and `app/coverage:1.2`, `conda env create`, the sources in `cmd/coverage`, `bin/coverage`, of `/opt/a/config.php` no `cache/config.php`, the package that an `apps.py` of Django lies
 * in. False for a line that may go on.
 */
function isOther(
  { at, text }: Mention,
  name: string,
  { path, isThere }: { readonly path: string; readonly isThere: (path: string) => boolean },
): boolean {
  if (isWordList(text, at.file)) return true
  if (text.length >= mostCharacters) return false
  const plain = verbatim(name)
  const end = '(?![\\w./*?-])'
  const others = [
    new RegExp(`(?<![\\w./-])--${plain}${end}`, 'g'),
    new RegExp(`(?<![\\w./@-])${registries}(?:/[\\w.-]+)+/${plain}${end}`, 'g'),
    ...(at.file.endsWith('.go') ? [importedBut(path)] : []),
    ...(aboutImages.test(text)
      ? [new RegExp(`(?<![\\w./@-])(?:[\\w.-]+/)*${plain}(?::\\w[\\w.-]*|@sha256:\\w+)(?![\\w./-])`, 'g')]
      : []),
  ]
  const file = `/${at.file}`
  const isOfApp = file.endsWith(`/${name}/apps.py`) && path !== name && !file.includes(`/${path}/`)
  if (isOfApp && /^name = (["'])[\w.]+\1$/.test(text)) return true
  const longer = new RegExp(`(?<![\\w./@-])(?:\\./)?((?:[\\w-][\\w.-]*/)+${plain})(?![\\w.*?-])`, 'g')
  const rest = others
    .reduce((left, one) => left.replace(one, ''), withoutOtherNames(text, name, at.file))
    .replace(condaEnv, '')
    .replace(longer, (all, other: string) =>
      `/${path}`.endsWith(`/${other}`) || !(isThere(other) || isThere(joinPath(parentPath(at.file), other)))
        ? all
        : '',
    )
  const elsewhere = new RegExp(
    `(?<![\\w.~$})\\]/-])(?:/[\\w-][\\w.-]*)*(/[\\w-][\\w.-]*/${plain})(?![\\w.*?/-])`,
    'g',
  )
  const left = path.includes('/')
    ? rest.replace(elsewhere, (all, end: string) => (`/${path}`.endsWith(end) ? all : ''))
    : rest
  return left !== text && !new RegExp(`(?<!\\w|[\\w)]\\.)${plain}(?![\\w]|\\.\\w)`).test(left)
}

/** Whether git tracks a path of the repository, or something in it, or the context has a directory for it; each asked for once. */
function createThere({ files, table }: NameQuestion): (path: string) => boolean {
  const known = new Map<string, boolean>()
  const find = (path: string) =>
    table.find(parentPath(path)) !== null ||
    files.some((file) => file === path || file.startsWith(`${path}/`))
  return (path) => {
    const answer = known.get(path) ?? find(path)
    known.set(path, answer)
    return answer
  }
}

/**
 * A package of Go by its path, but one that ends with that of the stake, or goes on below it: the module's own may. Of a directory at the top it has to be
 * all that follows a repository's name. https://go.dev/ref/mod#module-path
 */
function importedBut(path: string): RegExp {
  const own = path.includes('/') ? `[^"\\s]*/${verbatim(path)}["/]` : `[^"/\\s]+/[^"/\\s]+/${verbatim(path)}"`
  return new RegExp(`"[\\w-]+(?:\\.[\\w-]+)*\\.(?:com|org|net|io|dev|in|sh)/(?!${own})[^"\\s]+"`, 'g')
}

/** Where `tmp/app:1.2` is an image and its tag, and not a path: https://pkg.go.dev/github.com/distribution/reference. */
const aboutImages = /(?:^|[\s"'])image["']?\s*[:=]|\b(?:docker|podman|nerdctl|skopeo|crane)\b/

/** Hosts that hold images and nothing else, or that no directory is called like. */
const registries =
  '(?:(?:docker|ghcr|quay|gcr)\\.io|[\\w-]+\\.gcr\\.io|[\\w-]+\\.pkg\\.dev|[\\w-]+\\.azurecr\\.io|registry\\.gitlab\\.com|\\d+\\.dkr\\.ecr\\.[\\w-]+\\.amazonaws\\.com)'

/** https://docs.conda.io/projects/conda/en/stable/commands/env/index.html. */
export const condaEnv = /\b(?:conda|mamba|micromamba) env(?= (?:create|update|list|export|remove|config)\b)/g

/** `docker build -t app .`: what a program is told to do, and nothing else in the line is called so. */
function isVerb(text: string, name: string): boolean {
  const commands =
    /\b(?:docker(?: buildx| compose)?|podman|buildah|(?:npm|pnpm|yarn|bun) run|yarn|pnpm|make|go|cargo|dotnet|mvn|gradle) ([\w:-]+)(?![\w/.])/g
  const rest = text.replace(commands, (all, verb) => (verb === name ? '' : all))
  return rest !== text && !new RegExp(`(?<![\\w-])${verbatim(name)}(?![\\w-])`).test(rest)
}
