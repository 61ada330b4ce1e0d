/** Builds by kaniko, whose executor is started with options instead of a context at the end. */

/** Where the tree of a job lies in its container. */
const workspace =
  /^(?:dir:\/\/)?(?:\$\{?(?:CI_PROJECT_DIR|GITHUB_WORKSPACE|WORKSPACE|PWD)\}?|\/workspace)(?=\/|$)/

/**
 * The same build as words of `docker build`, to be run at the repository's root; null for another program. A relative
 * Dockerfile is taken from the context. https://github.com/GoogleContainerTools/kaniko#additional-flags
 */
export function kanikoAsDocker(words: readonly string[]): readonly string[] | null {
  if (!/(?:^|\/)kaniko\/executor$/.test(words[0] ?? '')) return null
  let context = '/workspace'
  let file: string | null = null
  let sub = ''
  const rest: string[] = []
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? ''
    const cut = word.indexOf('=')
    const name = cut > 0 ? word.slice(0, cut) : word
    const value = () => (cut > 0 ? word.slice(cut + 1) : (words[++i] ?? ''))
    if (name === '--context' || name === '-c') context = value()
    else if (name === '--context-sub-path') sub = value()
    else if (name === '--dockerfile' || name === '-f') file = value()
    else if (name === '--target' || name === '--build-arg') rest.push(name, value())
  }
  const root = here(sub === '' ? context : `${context}/${sub}`)
  const path = file === null ? null : /^[/$]/.test(file) ? here(file) : `${root}/${file}`
  return ['docker', 'build', ...rest, ...(path === null ? [] : ['-f', path]), root]
}

const here = (path: string): string => path.replace(workspace, '.').replace(/^dir:\/\//, '')
