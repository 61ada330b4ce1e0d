/** A line of a .gitignore in docker's words. */

/** From a directory of the context; `anywhere`: at any depth below it. */
interface GitLine {
  readonly glob: string
  readonly directory: string
  readonly anywhere: boolean
}

/** What means the same to git and to docker, and stands in no regular expression for anything else: moby/patternmatcher escapes little. */
const common = /^[\w.@~ ,=%#/*?[\]^-]+$/

/**
 * The same paths, for a file in the root of the context; null for what docker would read otherwise. Git's slash at the end,
 * which is for directories alone, docker does not have.
 */
export function lineFromGit({ glob, directory, anywhere }: GitLine): string | null {
  const text = [...(directory === '' ? [] : [directory]), ...(anywhere ? ['**'] : []), glob]
    .join('/')
    .replaceAll('[!', '[^')
  // Docker's two stars go on through slashes, git's are one beside anything else.
  const isAlike = text.split('/').every((name) => name === '**' || (name !== '' && !name.includes('**')))
  return isAlike && common.test(text) && !/^[#\s]|\s$|\[\^?\]|\[[^\]]*[[/]/.test(text) ? text : null
}
