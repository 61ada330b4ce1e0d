import type { DirectoryState } from '../ignore/matcher.ts'
import { hasWildcard } from '../lib/glob.ts'
import { baseName, parentPath, rootedPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import type { CiBuild } from '../repository/ci-builds.ts'
import { coverage } from '../resolve/reads.ts'
import { type CiRule, oncePer, plain, shortText } from './rule.ts'

/** Whether CI makes the image of other files than a build of the checkout would: BuildKit reads no ignore file of what it fetches. */
export const ciGitContext: CiRule = {
  id: 'ci-git-context',
  codes: ['ci-git-context-lacks'],
  check: (build, inCi) => {
    const fetched = inCi.filter(({ isFetched, context }) => isFetched && context === '.')
    if (fetched.length === 0 || !build.tracked) return []
    const lacking = missing(build, build.tracked)
    const added = ignored(build, build.tracked)
    // A workflow builds for each platform and each variant with a step of its own, and all are put right alike.
    return oncePer(fetched, ({ at, step }) => `${at.file} ${step.inputs?.['context'] ?? ''}`).flatMap(
      (one) => {
        const lines = new Set(fetched.filter(({ at }) => at.file === one.at.file).map(({ at }) => at.line))
        const others = lines.size - 1
        const alike = others > 1 ? `${others} more steps of this file do` : '1 more step of this file does'
        return [...lacking, ...added].map((each) => ({
          ...each,
          message: others > 0 ? `${each.message}; ${alike} the same` : each.message,
          hint: hintFor(one),
          at: one.at,
        }))
      },
    )
  },
}

/** What an instruction names and git does not have: the build stops there. Submodules are fetched too, and links lead anywhere. */
function missing(
  { plan }: MeasuredBuild,
  tracked: ReadonlySet<string>,
): readonly Omit<Finding, 'at' | 'hint'>[] {
  if (tracked.has('.gitmodules')) return []
  const directories = new Set([...tracked].flatMap(parents))
  for (const { origin, line, text, localSources, problem } of plan.reads) {
    if (origin.kind !== 'main' || problem !== null) continue
    const absent = localSources.find((source) => {
      const path = rootedPath(source)
      const isThere = [path, ...parents(path)].some((at) => tracked.has(at)) || directories.has(path)
      return path !== '' && !hasWildcard(source) && !isThere
    })
    if (absent === undefined) continue
    return [
      {
        ...plain,
        rule: 'ci-git-context-lacks',
        severity: 'warning',
        confidence: 'medium',
        message: `CI builds what BuildKit fetches from git, which lacks ${visiblePath(rootedPath(absent))}: ${shortText(text)} (line ${line}) finds nothing there, whatever a step before it makes`,
        data: { fails: false, path: wellFormed(rootedPath(absent)), line },
      },
    ]
  }
  return []
}

/** What the ignore file drops and git tracks, where an instruction would take it. */
function ignored(
  { plan, main, build }: MeasuredBuild,
  tracked: ReadonlySet<string>,
): readonly Omit<Finding, 'at' | 'hint'>[] {
  const { ignore, patterns } = main.context
  const own = plan.reads.filter(({ origin }) => origin.kind === 'main')
  if (ignore === null || own.length === 0) return []
  // Many drop these two, and nobody misses them.
  const usual = new Set([build.dockerfile.file, ignore.file])
  const states = new Map([['', patterns.root]])
  const stateOf = (directory: string): DirectoryState => {
    const known = states.get(directory)
    if (known !== undefined) return known
    const state = patterns.enter(stateOf(parentPath(directory)), baseName(directory))
    states.set(directory, state)
    return state
  }
  const isIgnored = (path: string) =>
    patterns.matched(patterns.decide(stateOf(parentPath(path)), baseName(path)))
  const isTaken = (path: string) => own.some((read) => coverage(read, path) !== 'none')
  const taken = [...tracked].filter((path) => !usual.has(path) && isIgnored(path) && isTaken(path))
  const [first] = taken
  const by = first === undefined ? undefined : own.find((read) => coverage(read, first) !== 'none')
  if (first === undefined || by === undefined) return []
  const named = taken.slice(0, 3).map(visiblePath).join(', ')
  const count = taken.length === 1 ? '1 file' : `${taken.length} files`
  return [
    {
      ...plain,
      rule: 'ci-git-context',
      severity: 'warning',
      message: `CI builds what BuildKit fetches from git, where ${visiblePath(ignore.file)} is not read: ${shortText(by.text)} (line ${by.line}) takes ${count} that it drops (${named}${taken.length > 3 ? ', …' : ''})`,
      data: { fails: false, files: taken.length, paths: taken.slice(0, 20).map(wellFormed) },
    },
  ]
}

function parents(path: string): readonly string[] {
  const found: string[] = []
  for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
    found.push(path.slice(0, cut))
  return found
}

function hintFor({ step: { action = '', inputs = {} }, checkout }: CiBuild): string {
  const after = checkout === null ? ', and actions/checkout before it' : ''
  if (action.endsWith('bake-action')) return `build the checkout: source: . below with:${after}`
  const [, directory = ''] = /\}\}:(.*)$/.exec(inputs['context'] ?? '') ?? []
  return action === ''
    ? `build the checkout: give docker build the directory instead of the address${after}`
    : `build the checkout: context: ${directory === '' ? '.' : directory} below with:${after}`
}
