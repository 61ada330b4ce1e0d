/** What is about a project, not of it: an image hardly needs it. */

import { dirKind, type EntryTable, fileKind, flag, type Row } from '../context/table.ts'
import { matchGlob } from '../lib/glob.ts'
import { joinPath } from '../lib/path.ts'

/** A part of the tree that may be one, with what a text would call it by that needs it. */
export interface AboutProject {
  readonly row: Row
  readonly path: string
  /** `code`: only a path in code counts, as the name is a word; `any`: wherever it stands. */
  readonly named: 'code' | 'any'
  readonly names: readonly string[]
  /** The directory it lies in, where that is one of them; null: none is. */
  readonly within: string | null
}

/** At the root, by their names. Lower case; globs. */
const directories = [
  '.github',
  '.gitlab',
  '.circleci',
  '.woodpecker',
  'docs',
  'doc',
  'test',
  'tests',
  '__tests__',
  'spec',
  'e2e',
  'cypress',
  'screenshots',
  '.devcontainer',
  '.vscode',
  '.idea',
  '.husky',
  '.changeset',
  '.storybook',
  'notebooks',
]
const files = [
  ...[
    'readme.md',
    'readme.rst',
    'changelog.md',
    'changes.md',
    'contributing.md',
    'code_of_conduct.md',
    'security.md',
    'architecture.md',
    'roadmap.md',
    'upgrading.md',
    'development.md',
  ],
  ...[
    'compose.y*ml',
    'compose.*.y*ml',
    'docker-compose*.y*ml',
    '.gitlab-ci.yml',
    'bitbucket-pipelines.yml',
    'azure-pipelines.yml',
    'jenkinsfile',
    'skaffold.yaml',
    'tiltfile',
    '.travis.yml',
    'renovate.json',
  ],
  ...['.editorconfig', '.pre-commit-config.yaml', '.gitignore', '.gitattributes', 'docker-bake.hcl'],
  ...['makefile', 'justfile', 'taskfile.y*ml'],
]

/** At the root, where nothing but what describes machines lies in them: charts may be pictures too. */
const descriptions = [
  'deploy',
  'deployment',
  'deployments',
  'k8s',
  'kubernetes',
  'helm',
  'charts',
  'terraform',
  'ansible',
]
const ofDescriptions =
  /\.(?:ya?ml|tf|tfvars|hcl|json|md|tpl|j2|env|service|conf|ini|cfg|sh|txt)$|^(?:\.[\w.-]+|Dockerfile.*|NOTES\.txt|Makefile|inventory|hosts|README)$/
const telling = /\.(?:ya?ml|tf|hcl)$/

/** Documents and drawings that people exchange: what serves or reads one names it, or keeps it where things are served from. */
const documents = /\.(?:pdf|psd|ai|sketch|fig|xd|drawio|vsdx|pptx?|docx?|xlsx?|key|mov|mp4|mkv|avi|blend)$/i
const served =
  /^(?:public|static|assets|media|www|web|site|content|resources|templates|fixtures|testdata|data|samples?)$/i
const leastBytes = 1_000_000

/** Directories that hold tests wherever they lie, if one of their files says so too. */
const tests = /^(?:tests|__tests__)$/
const testFile = /^test_.*\.py$|_test\.(?:py|rb|exs|dart)$|\.(?:test|spec)\.[cm]?[jt]sx?$/

/** Where what tests work with lies, and what is no data there. */
const ofTests = /^(?:testdata|tests?|__tests__|spec|e2e)$/
const code =
  /\.(?:[cm]?[jt]sx?|py|rb|php|rs|go|java|kts?|scala|groovy|cs|fs|vb|exs?|erl|swift|cc?|cpp|cxx|h|hpp|sh|pl|lua|dart)$/

const foreign = /^(?:node_modules|vendor|\.git|\.venv|venv|site-packages|third_party)$/
const mostRows = 20_000
const mostParts = 20

/** What of the context may be about the project, in the order of its rows; in what is such a thing, only large documents and data. */
export function aboutProject(table: EntryTable): readonly AboutProject[] {
  const found: AboutProject[] = []
  let deep = 0
  let parts = 0
  let left = mostRows
  const visit = (from: Row, to: Row, dir: string, within: string | null) => {
    for (let row = from; row < to && --left > 0; row = table.end[row] ?? row + 1) {
      if (((table.flags[row] ?? 0) & flag.pruned) !== 0) continue
      const isKept = ((table.flags[row] ?? 0) & flag.ignored) === 0
      const name = table.name(row)
      const path = joinPath(dir, name)
      const isDirectory = table.kind[row] === dirKind
      const end = table.end[row] ?? row + 1
      const isPart =
        within === null &&
        (dir === ''
          ? isAtRoot(table, row)
          : isDirectory && tests.test(name) && hasTests(table, row) && ++parts > 0)
      if (isKept && isPart) {
        const names = dir === '' ? [path] : [path, ...modulesOf(table, row)]
        found.push({ row, path, named: 'code', names, within })
        visit(row + 1, end, path, path)
      } else if (isKept && isDocument(table, row, dir) && ++deep <= mostParts)
        found.push({ row, path, named: 'any', names: [name], within })
      else if (isKept && isDirectory && isTestData(table, row, path) && ++deep <= mostParts) {
        found.push({ row, path, named: 'code', names: [name], within })
        visit(row + 1, end, path, path)
      } else if (isDirectory && !foreign.test(name)) visit(row + 1, end, path, within)
    }
  }
  visit(0, table.count, '', null)
  // Of so many nobody lists some, and the others would stay.
  return parts > mostParts ? found.filter(({ row, path }) => !isPartsTests(table, row, path)) : found
}

/** True for a directory of tests in a part of the program. */
const isPartsTests = (table: EntryTable, row: Row, path: string): boolean =>
  path.includes('/') && table.kind[row] === dirKind && tests.test(table.name(row))

function isAtRoot(table: EntryTable, row: Row): boolean {
  const name = table.name(row).toLowerCase()
  if (table.kind[row] !== dirKind) return files.some((glob) => matchGlob(glob, name) === 'match')
  return directories.includes(name) || (descriptions.includes(name) && isOfDescriptions(table, row))
}

function isOfDescriptions(table: EntryTable, row: Row): boolean {
  let any = false
  for (let at = row + 1; at < (table.end[row] ?? row + 1); at++) {
    if (table.kind[at] !== fileKind) continue
    const name = table.name(at)
    if (!ofDescriptions.test(name)) return false
    any ||= telling.test(name)
  }
  return any
}

function hasTests(table: EntryTable, row: Row): boolean {
  for (let at = row + 1; at < (table.end[row] ?? row + 1); at++)
    if (table.kind[at] === fileKind && testFile.test(table.name(at))) return true
  return false
}

/** A large directory below one of tests, with nothing but data in it. */
function isTestData(table: EntryTable, row: Row, path: string): boolean {
  if (!path.split('/').some((part) => ofTests.test(part))) return false
  let bytes = 0
  for (let at = row + 1; at < (table.end[row] ?? row + 1); at++) {
    if (table.kind[at] !== fileKind) continue
    if (code.test(table.name(at))) return false
    bytes += table.size[at] ?? 0
  }
  return bytes >= leastBytes
}

/** As Python calls it, and what lies in it. */
function modulesOf(table: EntryTable, row: Row): readonly string[] {
  const names = [table.path(row)]
  for (let at = row + 1; at < (table.end[row] ?? row + 1) && names.length < mostParts; at++)
    if (table.name(at).endsWith('.py')) names.push(table.path(at).slice(0, -3))
  return names.map((name) => name.replaceAll('/', '.'))
}

const isDocument = (table: EntryTable, row: Row, dir: string): boolean =>
  table.kind[row] === fileKind &&
  (table.size[row] ?? 0) >= leastBytes &&
  documents.test(table.name(row)) &&
  !dir.split('/').some((part) => served.test(part))
