/** Where tools of JavaScript work that a command leads to: what they make holds of the project what lies there, and no more. Pure. */

import { type CommandMeaning, knownCommand, optionOf } from '../ecosystems/index.ts'
import { isTable, readPackage } from '../ecosystems/package-json.ts'
import { cleanPath } from '../lib/path.ts'
import { readShell } from '../shell/read.ts'

/** What a package.json says that matters here. */
export interface ScriptPackage {
  readonly name: string | null
  readonly scripts: ReadonlyMap<string, string>
  /** Names of what it depends on, whatever the kind. */
  readonly needs: readonly string[]
}

/** Calls followed in all: scripts that call each other end too. */
const mostCalls = 500

/** Reads the text of a package.json; null where it is none. */
export function packageOf(text: string): ScriptPackage | null {
  const read = readPackage(text)
  if (read === null) return null
  const { name, scripts, json } = read
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']
  const needs = kinds.flatMap((kind) => Object.keys(isTable(json[kind]) ? json[kind] : {}))
  return { name, scripts, needs }
}

/** What leads out of the context stops at its root, below which all lies. */
const within = (directory: string, path: string): string => cleanPath(`/${directory}/${path}`).slice(1)

/** Options that say which packages of a workspace are meant, and words that mean more than one name. */
const filterOptions = ['--filter', '-F', '--workspace', '-w', '--scope']
const several = /[*!{}[\]^]|^\.\.\./

/**
 * The directories (from the root of the context, '') in which the command, run in `directory`, and all that it calls has a tool make
 * something of what lies there; null where something else runs, or it cannot be told. `isHarmless`: of what makes nothing.
 * What a package depends on counts, whether or not it is built anew: https://pnpm.io/filtering, https://lerna.js.org/docs/features/run-tasks
 */
export function workedIn(
  packages: ReadonlyMap<string, ScriptPackage>,
  words: readonly string[],
  {
    directory,
    isHarmless,
  }: { readonly directory: string; readonly isHarmless: (words: readonly string[]) => boolean },
): ReadonlySet<string> | null {
  const found = new Set<string>()
  const seen = new Set<string>()
  /** False where it cannot be told. */
  const visit = (given: readonly string[], at: string): boolean => {
    const key = `${at}\0${given.join('\0')}`
    if (seen.has(key)) return true
    seen.add(key)
    if (seen.size > mostCalls) return false
    if (isHarmless(given)) return true
    const meaning = knownCommand(given)
    if (meaning?.ecosystem !== 'node' || meaning.directory?.includes('$')) return false
    const home = meaning.directory === null ? at : within(at, meaning.directory)
    const { kind, scripts, runsScript } = meaning
    if (kind === 'install') return scripts.every((name) => runAll([...packages.keys()], name))
    if (kind !== 'build') return false
    if (runsScript === null) {
      // It calls those of the packages itself, or what is set up for it does.
      if (scripts.length > 0 || meaning.inWorkspaces) return false
      found.add(home)
      return true
    }
    const meant = meaning.inWorkspaces ? packagesMeant(packages, meaning) : [home]
    const having = meant.filter((one) => packages.get(one)?.scripts.has(runsScript))
    // `yarn lerna run build`: no script, a program of the packages.
    if (having.length === 0) {
      const inner = given.slice(given.indexOf(runsScript))
      return inner.length < given.length && visit(inner, home)
    }
    return (
      runAll(having, `pre${runsScript}`) && runAll(having, runsScript) && runAll(having, `post${runsScript}`)
    )
  }
  const runAll = (directories: readonly string[], name: string): boolean =>
    directories.every((at) => {
      const text = packages.get(at)?.scripts.get(name)
      return text === undefined || runText(text, at)
    })
  const runText = (text: string, at: string): boolean => {
    const { commands, unread } = readShell(text)
    return (
      unread === null &&
      commands.every(
        ({ words: own, values, reads, writes, directory: below }) =>
          below !== null &&
          !below.startsWith('/') &&
          reads.length + writes.length === 0 &&
          (own.length === 0 || visit(values ?? own, within(at, below))),
      )
    )
  }
  return visit(words, directory) ? found : null
}

/** All of them where no option says which, or not by a plain name. */
function packagesMeant(
  packages: ReadonlyMap<string, ScriptPackage>,
  { options }: CommandMeaning,
): readonly string[] {
  const filters = options.map(optionOf).flatMap(({ name, value }) => {
    if (!filterOptions.includes(name)) return []
    return [(value ?? '*').replace(/\.\.\.$/, '').replace(/^\.\//, '')]
  })
  const all = [...packages]
  const named = (wanted: string) => all.filter(([at, { name }]) => name === wanted || at === wanted)
  const first = filters.map(named)
  if (
    filters.length === 0 ||
    filters.some((one) => several.test(one)) ||
    first.some(({ length }) => length !== 1)
  )
    return [...packages.keys()]
  const meant = new Set(first.flat().map(([at]) => at))
  for (const at of meant)
    for (const need of packages.get(at)?.needs ?? []) for (const [other] of named(need)) meant.add(other)
  return [...meant]
}
