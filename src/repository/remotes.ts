/** What the settings of a clone say of where it is from. */

/**
 * `owner/name` of each remote in a text of `.git/config`, in lower case, for a host that takes names so; none where it has no remote. Source:
 * https://git-scm.com/docs/git-config#Documentation/git-config.txt-remotenameurl.
 */
export function remoteNames(config: string): readonly string[] {
  const names: string[] = []
  let isRemote = false
  for (const line of config.split('\n')) {
    const section = /^\s{0,99}\[\s{0,9}([\w.-]+)/.exec(line)
    if (section !== null) isRemote = section[1]?.toLowerCase() === 'remote'
    const url = isRemote ? /^\s{0,99}url\s{0,99}=\s{0,99}"?([^"\s]+)/i.exec(line)?.[1] : undefined
    if (url !== undefined) names.push(nameIn(url))
  }
  return names
}

/** The last two parts: `https://github.com/acme/app.git`, `git@github.com:acme/app`; the address itself where it has no two. */
const nameIn = (url: string): string => {
  const address = url
    .toLowerCase()
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
  return address.split(/[/:]/).slice(-2).join('/')
}
