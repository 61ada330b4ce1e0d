/** Names at the root of a project that are about the project, not of it: an image hardly needs them. */

import { dirKind, type EntryTable, type Row } from '../context/table.ts'
import { matchGlob } from '../lib/glob.ts'

/** Lower case; globs. */
const directories = [
  '.github',
  '.gitlab',
  '.circleci',
  '.woodpecker',
  'docs',
  'doc',
  'test',
  'tests',
  '__tests__',
  'spec',
  'e2e',
  'cypress',
  'screenshots',
  '.devcontainer',
  '.husky',
  'notebooks',
]
const files = [
  ...[
    'readme.md',
    'readme.rst',
    'changelog.md',
    'changes.md',
    'contributing.md',
    'code_of_conduct.md',
    'security.md',
  ],
  ...[
    'compose.y*ml',
    'compose.*.y*ml',
    'docker-compose*.y*ml',
    '.gitlab-ci.yml',
    'bitbucket-pipelines.yml',
    'azure-pipelines.yml',
    'jenkinsfile',
    'skaffold.yaml',
    'tiltfile',
  ],
  ...['.editorconfig', '.pre-commit-config.yaml', '.gitignore', '.gitattributes', 'docker-bake.hcl'],
]

/** True for a row at the root that is such a directory or file by its name. */
export function isAboutProject(table: EntryTable, row: Row): boolean {
  const name = table.name(row).toLowerCase()
  return (table.kind[row] === dirKind ? directories : files).some((glob) => matchGlob(glob, name) === 'match')
}
