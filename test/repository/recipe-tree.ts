/** Recipes of a repository in memory, for tests: everything lies below /repo. */

import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { createMemoryHost } from '../../src/host/memory.ts'
import type { RecipeStep } from '../../src/repository/model.ts'
import { isRecipeFile, type RecipesRead, readRecipes } from '../../src/repository/recipes.ts'

/** Reads all files of the tree that may be recipes. */
export function recipesIn(tree: Readonly<Record<string, string>>): RecipesRead {
  const host = createMemoryHost(
    Object.fromEntries(Object.entries(tree).map(([name, text]) => [`/repo/${name}`, text])),
  )
  return readRecipes(host, '/repo', Object.keys(tree).filter(isRecipeFile))
}

/** The files of one of the fixture projects, as git has them. */
export function fixtureTree(project: string): Readonly<Record<string, string>> {
  const root = path.join(import.meta.dirname, '../../fixtures/projects', project)
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
  return Object.fromEntries(
    names.map((name) => [path.relative(root, name).replaceAll(path.sep, '/'), readFileSync(name, 'utf8')]),
  )
}

/** A step in a few words, with its line: `command npm ci @3`. */
export function shown(step: RecipeStep): string {
  const at = `@${step.at.line}`
  switch (step.kind) {
    case 'command':
      return `${step.command.words.join(' ')} ${at}${step.directory === '' ? '' : ` in ${step.directory}`}`
    case 'build':
      return `build ${step.builds === null ? '?' : step.builds.map((build) => `${build.context} ${build.dockerfile}`).join(', ')} ${at}`
    case 'action':
      return `uses ${step.name} ${at}`
    case 'checkout':
      return `checkout ${at}`
    case 'unread':
      return `unread ${at}`
  }
}
