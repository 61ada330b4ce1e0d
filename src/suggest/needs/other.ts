/** What bundler, composer, dotnet, mix, maven and gradle read besides the manifest beside which they run. */

import { dirKind } from '../../context/table.ts'
import { isProject, referredTo } from '../../ecosystems/dotnet-references.ts'
import type { CommandMeaning } from '../../ecosystems/model.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../../lib/path.ts'
import { verbatim } from '../../lib/verbatim.ts'
import type { Reason } from '../group/model.ts'
import { isKept, matching } from '../group/whereabouts.ts'
import { versionTool } from '../image/git-use.ts'
import type { NeedsPlace, NeedsRoom } from './room.ts'

/** Their manifests are programs, or name files that only the tool could find: whoever follows should look first. */
const tools: Readonly<Record<string, { readonly lock: string | null; readonly more: More }>> = {
  ruby: { lock: 'Gemfile.lock', more: rubyNeeds },
  php: { lock: 'composer.lock', more: () => null },
  dotnet: { lock: null, more: dotnetNeeds },
  elixir: { lock: 'mix.lock', more: elixirNeeds },
  java: { lock: null, more: javaNeeds },
}

type More = (dir: string, room: NeedsRoom, files: readonly string[]) => Reason | null

/** Adds what they read; null when that is all. */
export function otherNeeds(
  meaning: CommandMeaning,
  { dir, files }: NeedsPlace,
  room: NeedsRoom,
): Reason | null {
  const tool = tools[meaning.ecosystem]
  if (!tool) return null
  if (tool.lock !== null && !isKept(room, joinPath(dir, tool.lock)))
    return { text: `${meaning.title} has no lockfile to go by`, at: null }
  const asks = isKept({ table: room.table }, '.git') ? askingManifest(meaning, room) : null
  if (asks !== null) return asks
  room.doubts.push(`whether ${meaning.title} finds all it needs in these files, only a build can tell`)
  return tool.more(dir, room, files) ?? pathNeeds(room)
}

/** A manifest that is a program and asks git, which is not there before the copy. */
function askingManifest(
  { ecosystem, git, title }: CommandMeaning,
  { repository, paths }: NeedsRoom,
): Reason | null {
  // What counts versions for .NET does so when it compiles: https://github.com/adamralph/minver, where restoring reads manifests.
  if (git === 'never' || title === 'dotnet restore') return null
  const manifests = new Map([...repository.manifests].filter(([path]) => paths.has(path)))
  const tool = versionTool(ecosystem, { ...repository, manifests })
  return tool && { text: `${tool.text}, and the history is copied only after it`, at: tool.at }
}

/** Dependencies that lie in the repository: `path: "libs/x"`, `:path => 'x'`, `"type": "path", "url": "x"`. */
function pathNeeds(room: NeedsRoom): Reason | null {
  for (const file of [...room.paths].filter((path) =>
    /(?:^|\/)(?:Gemfile|gems\.rb|mix\.exs|composer\.json)$/.test(path),
  )) {
    const text = room.repository.manifests.get(file) ?? ''
    const named = file.endsWith('.json')
      ? text.matchAll(/"type"\s*:\s*"path"\s*,\s*"url"\s*:\s*"([^"]+)"/g)
      : text.matchAll(/\bpath:?\s*(?:=>)?\s*["']([^"']+)["']/g)
    for (const [found, typed = ''] of named) {
      const path = cleanPath(joinPath(parentPath(file), typed.replace(/\/\*$/, '')))
      const line = text.slice(0, text.indexOf(found)).split('\n').length
      if (path === '.' || path.startsWith('..') || path.startsWith('/') || !isKept(room, path))
        return { text: `it depends on ${typed}, which needs the sources`, at: { file, line } }
      room.paths.add(path)
    }
  }
  return null
}

function rubyNeeds(dir: string, room: NeedsRoom): Reason | null {
  const file = joinPath(dir, 'Gemfile')
  const text = room.repository.manifests.get(file) ?? ''
  const gemspec = /^[ \t]*gemspec\b/m.exec(text)
  if (gemspec)
    return {
      text: 'its gemspec is a program that may read the sources',
      at: { file, line: text.slice(0, gemspec.index + 1).split('\n').length },
    }
  for (const [, typed = ''] of text.matchAll(
    /(?:eval_gemfile\s*\(?|file:\s*|File\.read\()\s*["']([^"']+)["']/g,
  )) {
    const path = cleanPath(joinPath(dir, typed))
    if (isKept(room, path)) room.paths.add(path)
  }
  for (const name of ['.ruby-version', '.tool-versions'])
    if (text.includes(name) && isKept(room, joinPath(dir, name))) room.paths.add(joinPath(dir, name))
  return null
}

/** A file as it is; of a directory that is named the project in it, unless a solution lies beside it. */
function projectsAt(file: string, room: NeedsRoom): readonly string[] {
  if (/\.(?:\w+proj|slnx?)$/.test(file)) return [file]
  const own = ['*.sln', '*.slnx', '*.*proj'].flatMap((name) => matching(room, file, name))
  return own.length === 1 && isProject(own[0] ?? '') ? own : [file]
}

/** A solution names its projects, and projects one another: all that are meant, with the settings above them. */
function dotnetNeeds(dir: string, room: NeedsRoom, files: readonly string[]): Reason | null {
  for (const path of [...room.paths])
    if (room.table.kind[room.table.find(path) ?? -1] === dirKind && !path.endsWith('.config'))
      room.paths.delete(path)
  const own =
    files.length > 0
      ? files.flatMap((file) => projectsAt(file, room))
      : [...room.paths].filter((path) => /\.(?:\w+proj|slnx?)$/.test(path))
  const referred = own.length > 0 && own.every(isProject) ? referredTo(own, room.repository.manifests) : null
  if (referred !== null)
    for (const path of [...room.paths])
      if (/\.(?:\w+proj|slnx?)$/.test(path) && !referred.projects.has(path)) room.paths.delete(path)
  for (const path of referred?.projects ?? room.repository.manifests.keys())
    if (isProject(path) && isKept(room, path)) room.paths.add(path)
  for (const path of [...room.paths].filter((one) => /proj$/.test(one)))
    for (const name of ['packages.lock.json', 'Directory.*.props', 'Directory.*.targets'])
      for (let at = parentPath(path); ; at = parentPath(at)) {
        for (const found of matching(room, at, name)) room.paths.add(found)
        if (at === '' || name === 'packages.lock.json') break
      }
  for (const name of [
    'Directory.*.props',
    'Directory.*.targets',
    'global.json',
    'NuGet.config',
    'NuGet.Config',
    'nuget.config',
  ])
    for (const found of matching(room, dir, name)) room.paths.add(found)
  for (const path of [...room.paths].filter((one) => /^nuget\.config$/i.test(baseName(one)))) {
    const reason = addFeeds(path, room)
    if (reason !== null) return reason
  }
  return null
}

/** Directories of packages that settings of NuGet name: https://learn.microsoft.com/nuget/reference/nuget-config-file#packagesources. */
function addFeeds(file: string, room: NeedsRoom): Reason | null {
  const text = room.repository.manifests.get(file) ?? ''
  const [sources = ''] = /<packageSources>[\s\S]*?<\/packageSources>/.exec(text) ?? []
  for (const [, typed = ''] of sources.matchAll(/<add\s[^<>]*?\bvalue\s*=\s*"([^"]*)"/g)) {
    if (/^[a-z]+:\/\/|^[A-Za-z]:|^\/|^%/.test(typed)) continue
    const path = cleanPath(joinPath(parentPath(file), typed.replaceAll('\\', '/')))
    if (path === '.' || path.startsWith('..') || !isKept(room, path))
      return {
        text: `it takes packages from ${typed}, which is not copied as it stands`,
        at: { file, line: text.slice(0, text.indexOf(`"${typed}"`)).split('\n').length },
      }
    room.paths.add(path)
  }
  return null
}

/** An umbrella's applications: https://hexdocs.pm/elixir/dependencies-and-umbrella-projects.html. */
function elixirNeeds(dir: string, room: NeedsRoom): Reason | null {
  const inside = new RegExp(`^${dir === '' ? '' : `${verbatim(dir)}/`}apps/[^/]+/mix\\.exs$`)
  for (const path of room.repository.manifests.keys())
    if (inside.test(path) && isKept(room, path)) room.paths.add(path)
  return null
}

/** What other modules and projects say: https://maven.apache.org/guides/mini/guide-multiple-modules.html. */
function javaNeeds(dir: string, room: NeedsRoom): Reason | null {
  for (const [path, text] of room.repository.manifests)
    if (/(?:^|\/)(?:pom\.xml|(?:build|settings)\.gradle(?:\.kts)?)$/.test(path) && parentPath(path) === dir) {
      if (/<modules>/.test(text) || /^[ \t]*include\b/m.test(text))
        return {
          text: 'it consists of several modules, of which one may need what another is built from',
          at: {
            file: path,
            line: text.slice(0, text.search(/<modules>|^[ \t]*include\b/m)).split('\n').length,
          },
        }
    }
  addParents(joinPath(dir, 'pom.xml'), room)
  return null
}

/** The poms that a pom inherits from and that lie in the repository: https://maven.apache.org/pom.html#Inheritance. */
function addParents(pom: string, room: NeedsRoom): void {
  const seen = new Set<string>()
  for (let at = pom; !seen.has(at); ) {
    seen.add(at)
    const parent = parentIn(room.repository.manifests.get(at) ?? '')
    if (parent === null || /<relativePath\s*\/>/.test(parent)) return
    const typed = /<relativePath>\s*([^<\s]*)\s*<\/relativePath>/.exec(parent)?.[1] ?? '../pom.xml'
    const named = cleanPath(joinPath(parentPath(at), typed))
    at = /\.xml$/.test(named) ? named : joinPath(named, 'pom.xml')
    if (typed === '' || named.startsWith('..') || !isKept(room, at)) return
    room.paths.add(at)
  }
}

function parentIn(pom: string): string | null {
  const from = pom.indexOf('<parent>')
  const end = from < 0 ? -1 : pom.indexOf('</parent>', from)
  return end < 0 ? null : pom.slice(from, end)
}
