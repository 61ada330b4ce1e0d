import { dirKind, type EntryTable, type Row } from '../context/table.ts'
import type { Step } from '../dockerfile/model.ts'
import { hasWildcard } from '../lib/glob.ts'
import { baseName, cleanPath, rootedPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild, ResolvedRead } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** `COPY Gemfile vendor ./`: of a directory only the contents are copied, https://docs.docker.com/reference/dockerfile/#copy. */
export const copyDirectoryContents: Rule = {
  id: 'copy-directory-contents',
  check: (build) =>
    build.reads.flatMap((read) => {
      const finding = contentsOf(build, read)
      return finding === null ? [] : [finding]
    }),
}

/** Entries of a directory that are named in the data. */
const mostNames = 10

function contentsOf(build: MeasuredBuild, { instruction, survey }: ResolvedRead): Finding | null {
  const { localSources, line } = instruction
  if (!survey || instruction.mount || instruction.parents || localSources.length < 2) return null
  const { table } = survey
  const step = build.plan.steps.find((one) => one.line === line && one.stageIndex === instruction.stageIndex)
  const directories = localSources.flatMap((source) => {
    const path = rootedPath(source)
    const row = isWhole(source) || path === '' ? null : table.find(path)
    return row !== null && table.kind[row] === dirKind ? [{ path, row }] : []
  })
  const [first] = directories
  if (!first) return null
  // Directories alone, put together at a place of their own, are an overlay.
  const hasFiles = directories.length < localSources.length
  if (instruction.dest === null) return null
  const dest = cleanPath(instruction.dest)
  if ((!hasFiles && !isWorkingDirectory(dest, step)) || dest === '/') return null
  // `COPY src extra.conf ./src/`: that is where it was meant to go.
  if (directories.some(({ path }) => baseName(path) === baseName(dest))) return null
  const entries = directories.flatMap(({ row }) => namesBelow(table, row))
  const [entry] = entries
  const into = instruction.dest.endsWith('/') ? instruction.dest : `${instruction.dest}/`
  const shown = directories.map(({ path }) => `${visiblePath(path)}/`).join(' and ')
  const example =
    entry === undefined
      ? ''
      : `: ${visiblePath(first.path)}/${visiblePath(entry)} lands at ${visiblePath(into === './' ? '' : into)}${visiblePath(entry)}`
  return {
    ...plain,
    rule: 'copy-directory-contents',
    severity: 'warning',
    message: `${instruction.instruction} puts the contents of ${shown} into ${visiblePath(instruction.dest)}, not the director${directories.length > 1 ? 'ies' : 'y'}${example}`,
    hint: `if the directory was meant, give it a line of its own: \`COPY ${visiblePath(first.path)} ${visiblePath(into)}${visiblePath(baseName(first.path))}/\``,
    at: { file: build.build.dockerfile.file, line },
    data: {
      fails: false,
      directories: directories.map(({ path }) => wellFormed(path)),
      dest: wellFormed(instruction.dest),
      entries: entries.slice(0, mostNames).map(wellFormed),
    },
  }
}

/** True where the author says that the contents are meant, or lets a pattern choose. */
const isWhole = (source: string): boolean => /\/\.?$/.test(source) || hasWildcard(source)

const isWorkingDirectory = (dest: string, step: Step | undefined): boolean =>
  dest === '.' || (step?.directory != null && dest === cleanPath(step.directory))

function namesBelow(table: EntryTable, row: Row): readonly string[] {
  const names: string[] = []
  const end = table.end[row] ?? row + 1
  for (let at = row + 1; at < end && names.length <= mostNames; at = table.end[at] ?? at + 1)
    names.push(table.name(at))
  return names
}
