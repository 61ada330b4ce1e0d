/** What builds of .NET and of the JVM take of the tree into what they make: their projects, and what these name. Pure. */

import { isProject, namesOf, referredTo } from '../ecosystems/dotnet-references.ts'
import { knownCommand } from '../ecosystems/index.ts'
import { cleanPath, joinPath, parentPath } from '../lib/path.ts'

/** Ends of the names below, three characters each. */
export const projectEndings = ['roj', 'ops', 'ets', 'sln', 'lnx', 'xml', 'dle', 'kts', 'sbt']

export const isSolution = (name: string): boolean => /\.slnx?$/.test(name)

/** True for the name of a file that says how a project is built. */
export const isProjectFile = (name: string): boolean =>
  isProject(name) ||
  isSolution(name) ||
  /^Directory\.\w+\.(?:props|targets)$|^pom\.xml$|\.gradle(?:\.kts)?$|\.sbt$/.test(name)

/** Where a command stands to a file: directories from the root of the context. */
interface Standing {
  readonly path: string
  readonly directory: string
}

/** True unless it is known that what the words make of the projects (texts by path) does not hold the file at the path. */
export function mayPack(
  projects: ReadonlyMap<string, string>,
  words: readonly string[],
  standing: Standing,
): boolean {
  const meaning = knownCommand(words)
  if (meaning?.ecosystem === 'dotnet') return mayPublish(projects, meaning.operands, { ...standing, words })
  if (meaning?.ecosystem !== 'java' || !/^(?:\.\/)?(?:mvnw?|mvnd|gradlew?|sbt)$/.test(words[0] ?? ''))
    return true
  return mayBeInJar(projects, standing.path)
}

/** A project publishes what lies in its directory, and in those of what it refers to: https://learn.microsoft.com/en-us/dotnet/core/project-sdk/overview#default-includes-and-excludes */
function mayPublish(
  projects: ReadonlyMap<string, string>,
  operands: readonly string[],
  { path, directory, words }: Standing & { readonly words: readonly string[] },
): boolean {
  if (words[1] === 'restore') return false
  const [operand = '', ...more] = namesOf(operands)
  if (!/^(?:build|publish|pack|msbuild|test)$/.test(words[1] ?? '') || more.length > 0) return true
  if (/^\/|[$`*]/.test(operand)) return true
  const at = cleanPath(joinPath(directory, operand)).replace(/^\.$/, '')
  const here = [...projects.keys()].filter((one) => parentPath(one) === at)
  const [started, ...others] = isProject(at) ? [at] : here.filter((one) => isProject(one) || isSolution(one))
  if (started === undefined || others.length > 0) return true
  const all = isSolution(started) ? [...projects.keys()].filter(isProject) : [started]
  const referred = referredTo(all, projects)
  return (
    referred === null ||
    [...[...referred.projects].map(parentPath), ...referred.reaches].some((dir) => isWithin(path, dir))
  )
}

/** Directories that are packed by custom, or without anybody naming them. */
const packedByCustom = /(?:^|\/)(?:src|resources|webapp|conf|public|app)\//

/** The directory of a project or of all of them, in a string too, and nothing below it: `"${project.rootDir}"`. */
const ofProject = String.raw`(?:["']\$\{?)?(?:\w+\.)*(?:projectDir|rootDir|projectDirectory)\b(?!\}?\/\w)`

/** What takes a whole project: `<directory>${basedir}</directory>`, `from(projectDir)`, an assembly that says for itself what it takes. */
const takesAll = new RegExp(
  [
    String.raw`<directory>\s*(?:\.|\$\{[^}]*basedir\})\/?\s*<`,
    '<descriptor>',
    String.raw`\bfrom\s*\(?\s*(?:["']\.?\/?["']|${ofProject})`,
    String.raw`\bfrom\s*\(?\s*(?:\w+\.)*(?:files?|fileTree)\s*\(\s*(?:dir\s*[:=]\s*)?(?:["']\.|${ofProject})`,
    String.raw`\bapply\s+from`,
    String.raw`enablePlugins\(\s*\w*Play`,
  ].join('|'),
)

/**
 * A jar or a war holds what lies below `src`, and what a build file names: https://maven.apache.org/guides/introduction/introduction-to-the-standard-directory-layout.html,
 * https://docs.gradle.org/current/userguide/java_plugin.html#sec:java_project_layout
 */
function mayBeInJar(projects: ReadonlyMap<string, string>, path: string): boolean {
  if (packedByCustom.test(path)) return true
  if (projects.size === 0) return true
  const parts = path.split('/')
  return [...projects.values()].some(
    (text) => takesAll.test(text) || parts.some((part) => text.includes(part)),
  )
}

const isWithin = (path: string, dir: string): boolean =>
  /^\.?$/.test(dir) || path === dir || path.startsWith(`${dir}/`)
