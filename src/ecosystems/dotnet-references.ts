/** What projects of .NET refer to: https://learn.microsoft.com/en-us/visualstudio/msbuild/common-msbuild-project-items. */

import { cleanPath, joinPath, parentPath } from '../lib/path.ts'

/** True for a file of a project, by its name. */
export const isProject = (path: string): boolean => /\.(?:cs|fs|vb)proj$/.test(path)

/** Of the operands of dotnet those that name something; `/p:UseAppHost=false` is a switch: https://learn.microsoft.com/en-us/visualstudio/msbuild/msbuild-command-line-reference. */
export const namesOf = (operands: readonly string[]): readonly string[] =>
  operands.filter((one) => !/^\/[A-Za-z]+:/.test(one))

export interface Referred {
  /** The projects themselves and all that they refer to. */
  readonly projects: ReadonlySet<string>
  /** What else they name outside of their directories; a pattern as the directory that it begins with, `.` for the root. */
  readonly reaches: readonly string[]
}

/** What is referred to from these projects on, where `manifests` are the texts of all by their paths; null where only a build can tell. */
export function referredTo(from: readonly string[], manifests: ReadonlyMap<string, string>): Referred | null {
  const projects = new Set(from)
  const reaches = new Set<string>()
  // A set gives what is added while it is gone through.
  for (const path of projects) {
    const text = manifests.get(path)
    if (text === undefined) return null
    const texts = [{ text, dir: parentPath(path) }]
    for (const [other, shared] of manifests)
      if (
        /^Directory\.\w+\.(?:props|targets)$/.test(other.slice(other.lastIndexOf('/') + 1)) &&
        isAbove(other, path)
      )
        texts.push({ text: shared, dir: parentPath(other) })
    for (const { text: one, dir } of texts)
      for (const [, item = '', typed = ''] of one.matchAll(
        /<(\w+)\s[^<>]*?\b(?:Include|Project)\s*=\s*"([^"]+)"/g,
      )) {
        const bare = typed.replaceAll('\\', '/').replace(/\$\(MSBuildThisFileDirectory\)\/?/g, './')
        const isReference = item === 'ProjectReference'
        if (/[$*?;]/.test(bare) && isReference) return null
        const named = cleanPath(joinPath(dir, bare.replace(/\/?[^/]*[*?;$].*$/, '')))
        if (isReference) projects.add(named)
        else if (bare.startsWith('../') || bare.startsWith('./')) reaches.add(named)
      }
  }
  return { projects, reaches: [...reaches].filter((path) => !path.startsWith('..')) }
}

const isAbove = (settings: string, project: string): boolean => {
  const dir = parentPath(settings)
  return dir === '' || project.startsWith(`${dir}/`)
}
