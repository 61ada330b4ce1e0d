/** Which package of a workspace a command line is about. */

/** A package by what a filter may call it. */
export interface NamedPackage {
  readonly dir: string
  readonly name: string | null
}

/** What options and subcommands of package managers and runners say of the package that is meant, as written. */
export function filtersOf(words: readonly string[]): readonly string[] {
  const [program = '', ...rest] = words[0] === 'npx' ? words.slice(1) : words
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
