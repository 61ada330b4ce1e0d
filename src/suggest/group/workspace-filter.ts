/** Which packages of a workspace a command line is about. */

import { verbatim } from '../../lib/verbatim.ts'
import type { WorkspacePackage } from './workspaces.ts'

/** A package by what a filter may call it. */
export interface NamedPackage {
  readonly dir: string
  readonly name: string | null
}

/** The words from the runner on that npx or a package manager starts: `yarn lerna run build`, `pnpm exec turbo build`; else all of them. */
export function startedWords(words: readonly string[]): readonly string[] {
  if (words[0] === 'npx') return words.slice(1)
  if (!/^(?:npm|yarn|pnpm|bun|bunx)$/.test(words[0] ?? '')) return words
  const at = /^(?:exec|x|dlx|run)$/.test(words[1] ?? '') ? 2 : 1
  return /^(?:turbo|lerna|nx)$/.test(words[at] ?? '') ? words.slice(at) : words
}

/** What options and subcommands of package managers and runners say of the package that is meant, as written. */
export function filtersOf(words: readonly string[]): readonly string[] {
  const [program = '', ...rest] = startedWords(words)
  const found: string[] = []
  for (const [i, word] of rest.entries()) {
    const joined = /^(?:--(?:filter|filter-prod|workspace|scope|projects?)|-[Fwp])=(.+)$/.exec(word)?.[1]
    if (joined !== undefined) found.push(...joined.split(','))
    else if (/^(?:--(?:filter|filter-prod|workspace|scope)|-[Fw])$/.test(word)) found.push(rest[i + 1] ?? '*')
  }
  if (program === 'yarn' && rest[0] === 'workspace') found.push(rest[1] ?? '*')
  if (/(?:^|\/)nx$/.test(program)) {
    const [verb = '', project] = rest.filter((word) => !word.startsWith('-'))
    if (verb === 'run') found.push((project ?? '*').split(':')[0] ?? '*')
    else if (/^(?:build|serve|test|lint)$/.test(verb) && project !== undefined) found.push(project)
  }
  return found.map((name) => name.replace(/^["']|["']$/g, ''))
}

/** The package that a filter means: https://pnpm.io/filtering, https://turborepo.com/docs/reference/run#--filter-string. Null for more than one. */
export function packageNamed<T extends NamedPackage>(filter: string, packages: readonly T[]): T | null {
  const plain = filter
    .replace(/^\.\.\.|\^?\.\.\.$/g, '')
    .replace(/^\{(.*)\}$/, '$1')
    .replace(/^\.\//, '')
    .replace(/\/$/, '')
  if (/[*![\]$^{}]/.test(plain)) return null
  const found = packages.filter(
    ({ dir, name }) => name === plain || dir === plain || (name ?? '').replace(/^@[^/]+\//, '') === plain,
  )
  return found.length === 1 ? (found[0] ?? null) : null
}

/** True for a filter that takes what depends on the package too: `...api`. */
export const takesDependents = (filter: string): boolean => filter.startsWith('...')

/**
 * The packages (of `packages`, the root not among them) in which a command runs a script, what others are built with before them;
 * null where that cannot be told. `turbo`: the text of turbo.json.
 * https://pnpm.io/filtering, https://docs.npmjs.com/cli/commands/npm-run-script#workspaces, https://turborepo.com/docs/reference/run
 */
export function packagesMeant(
  given: readonly string[],
  script: string,
  packages: readonly WorkspacePackage[],
  turbo: string | null,
): readonly WorkspacePackage[] | null {
  const words = startedWords(given)
  const [program = ''] = words
  const isStrict = program === 'pnpm'
  const below = (from: readonly WorkspacePackage[]) => builtBefore(from, packages, isStrict)
  const filters = filtersOf(given)
  if (words.some((word) => /^--filter-prod/.test(word))) return null
  const isBelow =
    program === 'lerna'
      ? words.includes('--include-dependencies')
      : program === 'turbo' && dependsOnSame(turbo, script)
  if (filters.length === 0) return isForAll(words) ? below(packages) : null
  const meant = new Set<WorkspacePackage>()
  for (const filter of filters) {
    const [, up, without, name = '', only, down] = /^(\.\.\.)?(\^)?(.*?)(\^)?(\.\.\.)?$/.exec(filter) ?? []
    const found = packageNamed(name, packages)
    if (found === null) return null
    const isWithout = without !== undefined || only !== undefined
    if (!isWithout) meant.add(found)
    if (down !== undefined) for (const one of below([found])) if (one !== found) meant.add(one)
    if (up !== undefined)
      for (const one of packages) if (one !== found && below([one]).includes(found)) meant.add(one)
  }
  const order = below([...meant])
  return isBelow ? order : order.filter((one) => meant.has(one))
}

/** Where nothing narrows it to some. */
function isForAll([program = '', ...rest]: readonly string[]): boolean {
  const has = (...options: readonly string[]) => options.some((option) => rest.includes(option))
  switch (program) {
    case 'npm':
      return has('-ws', '--workspaces') && !has('--include-workspace-root')
    case 'pnpm':
      return has('-r', '--recursive')
    case 'yarn':
      return rest[0] === 'workspaces' && (rest[1] === 'run' || has('-A', '--all'))
    default:
      return (
        (program === 'turbo' || program === 'lerna') &&
        !rest.some((word) => /^--(?:since|affected)/.test(word))
      )
  }
}

/** These and what they are built with among the packages, before them. `isStrict`: only what is said to lie there. */
function builtBefore(
  from: readonly WorkspacePackage[],
  packages: readonly WorkspacePackage[],
  isStrict: boolean,
): readonly WorkspacePackage[] {
  const byName = new Map(packages.flatMap((one) => (one.name === null ? [] : [[one.name, one] as const])))
  const order: WorkspacePackage[] = []
  const seen = new Set<WorkspacePackage>()
  const visit = (one: WorkspacePackage) => {
    if (seen.has(one)) return
    seen.add(one)
    for (const [name, version] of one.builtWith) {
      const other = byName.get(name)
      if (other && (!isStrict || /^(?:workspace|link|file):/.test(version))) visit(other)
    }
    order.push(one)
  }
  for (const one of from) visit(one)
  return order
}

/** True where turbo runs the same task of what a package is built with before its own: `"build": { "dependsOn": ["^build"] }`. */
function dependsOnSame(turbo: string | null, task: string): boolean {
  const name = verbatim(task)
  const said = new RegExp(`"${name}"\\s*:\\s*\\{[^{}]*?"dependsOn"\\s*:\\s*\\[([^\\]]*)\\]`).exec(
    turbo ?? '',
  )?.[1]
  return said?.includes(`"^${task}"`) ?? false
}
