/** Names that tools give to what they make, anywhere in a tree: a line with one of them was meant for every depth. */

/** Directories and files that nobody writes by hand, as the ignore templates of their tools list them. */
const junkNames: readonly string[] = [
  ...['.DS_Store', 'Thumbs.db', 'desktop.ini', '.idea', '.vscode', '.vs', '.history', '.fleet'],
  ...['node_modules', '.npm', '.pnpm-store', '.next', '.nuxt', '.turbo', '.parcel-cache', '.nyc_output'],
  ...['.angular', '.svelte-kit', '.eslintcache', '.stylelintcache', '.cache', '.vite', 'bower_components'],
  ...['__pycache__', '.venv', '.tox', '.nox', '.pytest_cache', '.mypy_cache', '.ruff_cache', '.eggs'],
  ...['.ipynb_checkpoints', '.hypothesis', '.pytype', '.gradle', '.terraform', '.bundle', '.sass-cache'],
  ...['.git', '.svn', '.hg', '.coverage', 'htmlcov', 'npm-debug.log', '.serverless', '.dart_tool'],
]
/** Endings of files of that kind, as the pattern `*` and the ending. */
const junkEndings: readonly string[] = [
  ...['.log', '.pyc', '.pyo', '.pyd', '.py[co]', '.py[cod]', '.swp', '.swo', '.tmp', '.bak', '.orig'],
  ...['.class', '.o', '.obj', '.iml', '.tsbuildinfo', '.egg-info', '.stackdump', '~', '.pid'],
]
/** Known names that are junk in one place and somebody's work in another: only never a slip of the finger. */
const usualNames: readonly string[] = [
  ...['build', 'dist', 'out', 'bin', 'obj', 'lib', 'target', 'vendor', 'coverage', 'tmp', 'temp', 'log'],
  ...['logs', 'cache', 'venv', 'env', '.env', '.github', '.gitignore', '.gitattributes', '.gitmodules'],
  ...['.dockerignore', 'Dockerfile', 'docker-compose.yml', 'docker-compose.yaml', '.editorconfig'],
  ...['docs', 'doc', 'e2e', 'spec', '.circleci', '.travis.yml', '.gitlab-ci.yml', 'LICENSE', 'Makefile'],
]

const junk: ReadonlySet<string> = new Set([...junkNames, ...junkEndings.map((ending) => `*${ending}`)])
const usual: ReadonlySet<string> = new Set([...junkNames, ...usualNames])

/** True for a pattern of one name that is meant for what tools leave behind, wherever that lies. */
export function isJunkPattern(text: string): boolean {
  return junk.has(text)
}

/** True for a name that people know and do not mistype into another by chance. */
export function isUsualName(name: string): boolean {
  return usual.has(name)
}
