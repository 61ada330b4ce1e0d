/** Whether a manifest needs what is otherwise about the project: without it an install or a build fails. */

import { readPackage } from '../../ecosystems/package-json.ts'
import { baseName } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import { isValue } from '../../repository/other-names.ts'

/** A path of the context. */
export interface NamedQuestion {
  readonly path: string
  readonly isDirectory: boolean
  /** Its name says that tests lie there. */
  readonly isTest: boolean
}

/** Where one of the manifests (texts by path) names it as a part of what is made: a member, a target, a package, a description. */
export function namedByManifest(
  question: NamedQuestion,
  manifests: ReadonlyMap<string, string>,
): Place | null {
  for (const [file, written] of manifests) {
    const text = written.includes('\\') ? written.replaceAll('\\', '/') : written
    const at = text.indexOf(question.path)
    // From further down only a path that leads up can mean it.
    if (at >= 0 && (file.includes('/') ? leadsUp(text, question) : needs(baseName(file), text, question)))
      return { file, line: text.slice(0, at).split('\n').length }
  }
  return null
}

/** Settings of programs that nobody runs while an image is built, or that do without. */
const besides = /^(?:Rakefile|.*\.config\.\w+|webpack\..*)$/

function needs(name: string, text: string, question: NamedQuestion): boolean {
  const { path, isDirectory, isTest } = question
  switch (name) {
    case 'package.json':
      return packageNeeds(text, path)
    case 'composer.json':
      return composerNeeds(text, path)
    case 'tsconfig.json':
      return linesNaming(text, question).some((line) => /"path"\s*:/.test(line))
    case 'Package.swift':
      // A target without its sources is an error (SwiftPM), and they lie in `Tests` unless it says otherwise.
      if (isTest) return text.includes('testTarget')
      break
    case 'Cargo.toml':
      // As is one of cargo, which looks in `tests` too: doc.rust-lang.org/cargo/reference/cargo-targets.html.
      if (isTest && text.includes('[[test]]')) return true
      break
  }
  if (isTest && besides.test(name)) return false
  if (/^\.env(?:\.|$)/.test(name)) return linesNaming(text, question).some((line) => !isValue(line, path))
  const lines = linesNaming(/\.(?:toml|cfg)$/.test(name) ? withoutSettings(text) : text, question)
  return lines.some((line) => !(isDirectory && leavesOut.test(line)))
}

/** Lines that say what does not belong to a package, or what only its tests are made of. */
const leavesOut = /\bexclude|\btest_suite\b|\btests_require\b|:test\b|testpaths/

/** Tables of a manifest that tell other programs than the one that builds: pytest, coverage, ruff. */
const settings =
  /^\[+(?:tool[.:](?!setuptools|hatch\.(?:build|version)|poetry\b|flit|pdm\b|maturin|scikit-build|uv\b)|tool\.poetry\.(?:group|extras)|tool\.uv\.(?:index)|dependency-groups|project\.optional-dependencies|project\.urls|options\.extras_require|flake8|coverage|isort|mypy|pylint|pycodestyle|pydocstyle|tox|testenv|bdist)/

function withoutSettings(text: string): string {
  let isOut = false
  return text
    .split('\n')
    .filter((line) => {
      if (line.startsWith('[') && /^\[+[\w."': -]+\]+\s*(?:#.*)?$/.test(line)) {
        isOut = settings.test(line)
        return false
      }
      return !isOut
    })
    .join('\n')
}

/** Lines on which it stands as a path from there: `tests/x`, `'tests'`, `(tests)`, `>tests<`; a file wherever its name stands. */
function linesNaming(text: string, { path, isDirectory }: NamedQuestion): readonly string[] {
  return text.split('\n').filter((full) => {
    const line = full.replace(/\b[a-z]+:\/\/\S+/g, '').replace(/(?:^|\s)(?:#|\/\/).*$/, '')
    for (let at = line.indexOf(path); at >= 0; at = line.indexOf(path, at + 1)) {
      const before = line.slice(0, at)
      const after = line.slice(at + path.length)
      // `./tests`, `${basedir}/tests`; not `src/tests`, `my-tests`.
      if (
        /[\w.-]$/.test(before) ||
        (before.endsWith('/') && !/(?:^|[\s"'(=:>,])(?:\.\/)+$|\}\/$/.test(before))
      )
        continue
      if (!isDirectory) {
        if (!/^[\w-]/.test(after)) return true
        continue
      }
      // Not the key of a table: `tests = […]`, `'test': […]`.
      if (/^["']?\s*(?:=(?!=)|:)/.test(after)) continue
      if (after.startsWith('/') || (/["'(>:]$/.test(before) && /^["')<,]/.test(after))) return true
      if (/^\s*-\s+["']?$/.test(before) && /^["']?\s*$/.test(after)) return true
    }
    return false
  })
}

/** `../docs/x`, whichever slashes it is written with. */
const leadsUp = (text: string, { path }: NamedQuestion): boolean => text.includes(`../${path}`)

/** Scripts of a package that are there for those who work on it. */
const ofDevelopers = /test|lint|format|e2e|cypress|playwright|storybook|docs?\b|release|spec/

/** Workspaces, packages that lie there, and scripts that an install or a build runs. */
function packageNeeds(text: string, path: string): boolean {
  const { workspaces, dependencies = {}, devDependencies = {}, optionalDependencies = {} } = objectIn(text)
  const members = Array.isArray(workspaces) ? workspaces : Object.values(Object(workspaces)).flat()
  const versions = [dependencies, devDependencies, optionalDependencies].flatMap((one) =>
    Object.values(Object(one)).filter((value) => /^(?:file|link|portal):/.test(String(value))),
  )
  if ([...members, ...versions].some((value) => leadsThere(value, path))) return true
  for (const [name, script] of readPackage(text)?.scripts ?? [])
    if (!ofDevelopers.test(name) && script.split(/[\s"'=:,;()]+/).some((word) => leadsThere(word, path)))
      return true
  return false
}

/** True for the path itself, what lies in it, and a wildcard below it. */
function leadsThere(value: unknown, path: string): boolean {
  if (typeof value !== 'string') return false
  const plain = value.replace(/^(?:file|link|portal):/, '').replace(/^\.\//, '')
  return plain === path || plain.startsWith(`${path}/`)
}

/** What is loaded or scanned by its path; what is only looked up there may be missing (getcomposer.org/doc/04-schema.md#autoload). */
function composerNeeds(text: string, path: string): boolean {
  const { autoload, 'autoload-dev': dev, repositories } = objectIn(text)
  const { classmap = [], files = [], 'psr-4': psr4 = {} } = Object(autoload)
  const { classmap: devMap = [], files: devFiles = [] } = Object(dev)
  const places = [classmap, files, Object.values(Object(psr4)).flat(), devMap, devFiles].flat()
  const local = Object.values(Object(repositories)).map((one) => Object(one)['url'])
  return [...places, ...local].some((value) => leadsThere(value, path))
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
