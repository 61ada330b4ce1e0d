/**
 * What images would hold, by the plainest of models: every COPY lays its files down over what is there, an install erases
 * what it makes and puts its own in the place. Nothing is run.
 */

import type { EntryTable } from '../../src/context/table.ts'
import type { BuildRequest, ReadInstruction } from '../../src/dockerfile/model.ts'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'
import { planBuild } from '../../src/dockerfile/plan.ts'
import { hasWildcard, matchGlob } from '../../src/lib/glob.ts'
import { baseName, cleanPath, rootedPath } from '../../src/lib/path.ts'
import { resolveReads } from '../../src/resolve/reads.ts'
import type { Selection } from '../../src/resolve/selection.ts'

export interface Tree {
  readonly table: EntryTable
  readonly sent: Selection
}

/** Stage index → absolute path → what is there: the path of the context it came from, or the command that made it. */
export function imagesOf(
  text: string,
  request: BuildRequest,
  { table, sent }: Tree,
): readonly Readonly<Record<string, string>>[] {
  const dockerfile = parseDockerfile(text, 'Dockerfile')
  const plan = planBuild(dockerfile, { ...request, target: null, everyStage: true })
  const stages = plan.stages.map(() => new Map<string, string>())
  for (const step of plan.steps) {
    const files = stages[step.stageIndex]
    if (!files) continue
    const directory = step.directory ?? '/unknown'
    for (const read of plan.reads)
      if (
        read.stageIndex === step.stageIndex &&
        read.line === step.line &&
        read.origin.kind === 'main' &&
        !read.mount
      )
        // One source after the other: the last that has something for a place wins.
        for (const source of read.localSources) {
          const own = { ...read, sources: [source], localSources: [source] }
          const many = read.localSources.length > 1
          for (const row of resolveReads(table, sent, own).rows) {
            const path = table.path(row)
            files.set(placeOf(own, directory, path, { many, isDir: isDirectory(table) }), path)
          }
        }
    if (step.instruction.keyword === 'RUN') runIn(files, directory, step.instruction.text)
  }
  return stages.map((files) => Object.fromEntries([...files].sort(([a], [b]) => (a < b ? -1 : 1))))
}

const isDirectory = (table: EntryTable) => (path: string) => {
  const row = table.find(path)
  return row !== null && (table.end[row] ?? row + 1) > row + 1
}

function placeOf(
  { localSources, dest: written, parents }: ReadInstruction,
  directory: string,
  path: string,
  { many, isDir }: { readonly many: boolean; readonly isDir: (path: string) => boolean },
): string {
  const dest = written ?? '.'
  const base = dest.startsWith('/') ? dest : `${directory}/${dest}`
  const parts = path.split('/')
  for (const source of localSources) {
    const wanted = rootedPath(source)
    for (let length = 0; length <= parts.length; length++) {
      const at = parts.slice(0, length).join('/')
      if (!(at === wanted || (length > 0 && hasWildcard(wanted) && matchGlob(wanted, at) === 'match')))
        continue
      if (parents) return cleanPath(`${base}/${path}`)
      if (length < parts.length) return cleanPath(`${base}/${parts.slice(length).join('/')}`)
      const into = dest.endsWith('/') || dest === '.' || many || hasWildcard(wanted)
      return cleanPath(into && !isDir(at) ? `${base}/${baseName(at)}` : base)
    }
  }
  return cleanPath(`${base}/${path}`)
}

/** The commands that the laws know of, as far as they change files of the project. What each made hangs on what it found. */
function runIn(files: Map<string, string>, directory: string, text: string): void {
  const within = (prefix: string) => [...files].filter(([path]) => path.startsWith(prefix))
  const base = directory === '/' ? '/' : `${directory}/`
  const erase = (prefix: string) => {
    for (const [path] of within(prefix)) files.delete(path)
  }
  const found = (names: readonly string[]) =>
    names.flatMap((name) => {
      const from = files.get(base + name)
      return from === undefined ? [] : [`${name}=${from}`]
    })
  for (const command of text
    .replace(/^RUN\s+(?:--\S+\s+)*/, '')
    .split('&&')
    .map((one) => one.trim())) {
    if (/^npm (?:ci|install)/.test(command)) {
      if (command.startsWith('npm ci')) erase(`${base}node_modules/`)
      files.set(
        `${base}node_modules/x/index.js`,
        `${command} of ${found(['package.json', 'package-lock.json', '.npmrc'])}`,
      )
    } else if (/^pip install -/.test(command))
      files.set('/usr/lib/python/flask', `${command} of ${found(['requirements.txt'])}`)
    else if (/^go mod download/.test(command)) files.set('/go/pkg/x', found(['go.mod', 'go.sum']).join())
    else if (/^(?:apt-get|apk)/.test(command)) files.set(`/usr/bin/${command.split(' ').at(-1)}`, command)
    else if (/^(?:npm run build|next build|go build|pip install \.|make|\.\/unknown)/.test(command)) {
      // It finds the project, and whatever programs there are; go fetches what nobody has fetched before.
      if (command.startsWith('go build')) files.set('/go/pkg/x', found(['go.mod', 'go.sum']).join())
      files.set(
        `/made by ${command}`,
        [...new Set([...within(base), ...within('/usr/bin/')].map((pair) => pair.join('<')))].sort().join(),
      )
    } else if (/^rm -rf /.test(command)) erase(`${base}node_modules/`)
  }
}
