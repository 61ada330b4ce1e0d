/** Whether something below a directory could still match: what lets the builders leave out whole directories. */

/** True when a path below the directory (clean, not the root) could match one of the patterns. */
export type CouldMatchBelow = (directory: string) => boolean

const never: CouldMatchBelow = () => false
/** What is visited where nothing is left out. */
export const everywhere: CouldMatchBelow = () => true

/** tonistiigi/fsutil filter.go: a trailing `/**` and then `/*` are dropped; one wildcard elsewhere, and everything is visited. */
export function reachOfBuildkit(texts: readonly string[]): CouldMatchBelow {
  if (texts.length === 0) return never
  const stripped = texts.map((text) => text.replace(/\/\*\*$/, '').replace(/\/\*$/, ''))
  return stripped.some((text) => /[*[\]?^\\]/.test(text)) ? everywhere : prefixes(stripped)
}

/** docker/cli and moby/go-archive: the negations' bare text, wildcards not understood. */
export function reachOfClassic(texts: readonly string[]): CouldMatchBelow {
  return texts.length === 0 ? never : prefixes(texts)
}

/** containers/buildah copier/copier.go: as the classic client, but names are cut anywhere, so that `!bc/d` has `b` entered too. */
export function reachOfPodman(texts: readonly string[]): CouldMatchBelow {
  return texts.length === 0 ? never : (directory) => texts.some((text) => `${text}/`.startsWith(directory))
}

/** `text + "/"` starts with `directory + "/"`: the directory is the text itself or one of its parents. */
function prefixes(texts: readonly string[]): CouldMatchBelow {
  const known = new Set<string>()
  for (const text of texts)
    for (let end = text.length; end >= 0; end = end === 0 ? -1 : text.lastIndexOf('/', end - 1))
      known.add(text.slice(0, end))
  return (directory) => known.has(directory)
}
