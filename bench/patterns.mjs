// The ignore files of the cases.

/**
 * Thirty lines as they stand in real projects, none of which drops a directory whole: every entry is visited, and matched
 * against all. @balena/dockerignore reads each of them as docker does.
 */
const thirty = `# editors and systems
**/.DS_Store
**/Thumbs.db
**/*.swp
**/*~
.editorconfig
.gitattributes
# logs and caches
**/*.log
**/npm-debug.log*
**/*.tsbuildinfo
**/.eslintcache
**/.stylelintcache
# secrets
.env
.env.*
!.env.example
**/*.pem
**/*.key
# what is built
**/*.js.map
**/*.d.ts.map
**/*.tmp
**/*.bak
# documents
**/README.md
!README.md
**/CHANGELOG.md
*.md
# tests
**/*.test.js
**/*.spec.ts
**/__snapshots__/*.snap
docker-compose*.yml
**/Jenkinsfile
**/.nycrc
`

/** The usual: what is installed, built or history does not go along. */
const usual = `.git
**/node_modules
**/dist
**/coverage
**/*.log
.env*
`

/** The directories that the usual lines drop whole; a `/` is the root. */
export const prunedByUsual = ['/.git', 'node_modules', 'dist', 'coverage']

export const ignoreFiles = { none: '', thirty, usual }
