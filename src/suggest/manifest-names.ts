/** Whether a manifest needs what is otherwise about the project: without it an install or a build fails. */

import { baseName } from '../lib/path.ts'
import { packageScripts } from './steps.ts'

/** A path at the root of the context. */
export interface NamedQuestion {
  readonly path: string
  readonly isDirectory: boolean
  /** Its name says that tests lie there. */
  readonly isTest: boolean
}

/** True when one of the manifests (texts by path) names it as a part of what is made: a member, a target, a description. */
export function isNamedByManifest(question: NamedQuestion, manifests: ReadonlyMap<string, string>): boolean {
  for (const [file, text] of manifests) {
    if (!text.includes(question.path)) continue
    const isBelow = file.includes('/')
    // From further down only a path that leads up can mean it.
    if (isBelow ? /\.\.[/\\]/.test(text) && leadsUp(text, question) : needs(baseName(file), text, question))
      return true
  }
  return false
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

/** Lines on which it stands as a path: `tests/x`, `tests\x`, `'tests'`, `(tests)`, `>tests<`; a file wherever its name stands. */
function linesNaming(text: string, { path, isDirectory }: NamedQuestion): readonly string[] {
  return text.split('\n').filter((full) => {
    const line = full.replace(/\b[a-z]+:\/\/\S+/g, '').replace(/(?:^|\s)(?:#|\/\/).*$/, '')
    for (let at = line.indexOf(path); at >= 0; at = line.indexOf(path, at + 1)) {
      const before = line[at - 1] ?? ''
      const after = line[at + path.length] ?? ''
      if (/[\w.-]/.test(before) && !/(?:^|[^\w.])\.[/\\]$/.test(line.slice(0, at))) continue
      if (!isDirectory) {
        if (!/[\w-]/.test(after)) return true
        continue
      }
      // Not the key of a table: `tests = […]`, `'test': […]`.
      if (/^["']?\s*(?:=(?!=)|:)/.test(line.slice(at + path.length))) continue
      if (/[/\\]/.test(after) || (/["'(>:]/.test(before) && /["')<,]/.test(after))) return true
      if (/^\s*-\s+["']?$/.test(line.slice(0, at)) && /^["']?\s*$/.test(line.slice(at + path.length)))
        return true
    }
    return false
  })
}

/** `../docs/x` and `..\..\docs\x`. */
const leadsUp = (text: string, { path }: NamedQuestion): boolean =>
  ['/', '\\'].some((slash) => text.includes(`..${slash}${path}`))

/** Scripts of a package that are there for those who work on it. */
const ofDevelopers = /test|lint|format|e2e|cypress|playwright|storybook|docs?\b|release|spec/

/** Workspaces, packages that lie there, and scripts that an install or a build runs. */
function packageNeeds(text: string, path: string): boolean {
  const isBelow = (value: string): boolean =>
    value
      .replace(/^(?:file|link|portal):/, '')
      .replace(/^\.\//, '')
      .split('/')[0] === path
  const { workspaces, dependencies = {}, devDependencies = {}, optionalDependencies = {} } = objectIn(text)
  const members = Array.isArray(workspaces) ? workspaces : Object.values(Object(workspaces)).flat()
  const versions = [dependencies, devDependencies, optionalDependencies].flatMap((one) =>
    Object.values(Object(one)).filter((value) => /^(?:file|link|portal):/.test(String(value))),
  )
  if ([...members, ...versions].some((value) => typeof value === 'string' && isBelow(value))) return true
  for (const [name, script] of packageScripts(text) ?? [])
    if (!ofDevelopers.test(name) && script.split(/[\s"'=:,;()]+/).some(isBelow)) return true
  return false
}

/** What is loaded or scanned by its path; what is only looked up there may be missing (getcomposer.org/doc/04-schema.md#autoload). */
function composerNeeds(text: string, path: string): boolean {
  const { autoload, 'autoload-dev': dev, repositories } = objectIn(text)
  const { classmap = [], files = [], 'psr-4': psr4 = {} } = Object(autoload)
  const { classmap: devMap = [], files: devFiles = [] } = Object(dev)
  const places = [classmap, files, Object.values(Object(psr4)).flat(), devMap, devFiles].flat()
  const local = Object.values(Object(repositories)).map((one) => Object(one)['url'])
  return [...places, ...local].some(
    (value) => typeof value === 'string' && value.replace(/^\.\//, '').split('/')[0] === path,
  )
}

function objectIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}
