import { listed, shownPattern } from '../analyse/line-words.ts'
import { type EntryTable, fileKind, flag, type Row, symlinkKind } from '../context/table.ts'
import { baseName, joinPath, parentPath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/**
 * Files that look like ignore files and that docker does not read: it reads `<Dockerfile>.dockerignore` beside the
 * Dockerfile or `.dockerignore` at the root of the context (moby/buildkit, frontend/dockerui/config.go), podman also
 * `.containerignore` (containers/buildah, docs/buildah-build.1.md).
 */
export const dockerignoreNeverRead: Rule = {
  id: 'dockerignore-never-read',
  ofWhole: true,
  check: (build) => [...unreadFiles(build), ...misnamedFiles(build), ...byBuilder(build)],
}

const ending = '.dockerignore'
/** Where packages bring the ignore files of their authors along. */
const foreign =
  /(?:^|\/)(?:node_modules|vendor|site-packages|\.git|\.venv|venv|bower_components|\.tox|Pods)\//

/** Ignore files below the root that no build of this context reads. */
function unreadFiles({ main, build }: MeasuredBuild): readonly Finding[] {
  const { table, gitIgnored, context } = main
  const own = parentPath(build.dockerfile.file)
  const files: { readonly path: string; readonly isBeside: boolean }[] = []
  for (const row of ignoreFileRows(table)) {
    const path = table.path(row)
    if (path === context.ignore?.file || path === ending) continue
    if (foreign.test(path) || gitIgnored?.(path, false)) continue
    const directory = parentPath(path)
    const name = baseName(path)
    if (name === ending) {
      const isBeside = directory === own
      // A directory with a Dockerfile of its own may be a context of its own.
      if (isBeside || !hasDockerfile(table, directory)) files.push({ path, isBeside })
    } else if (table.find(joinPath(directory, name.slice(0, -ending.length))) === null)
      files.push({ path, isBeside: false })
  }
  const [first] = files
  if (!first) return []
  const beside = files.find(({ isBeside }) => isBeside)
  const dockerfile = baseName(build.dockerfile.file)
  return [
    {
      ...plain,
      rule: 'dockerignore-never-read',
      severity: 'info',
      message:
        files.length === 1
          ? `${shownPattern(first.path)} is not read: ${
              baseName(first.path) === ending
                ? 'a .dockerignore counts at the root of the context only'
                : 'there is no Dockerfile of that name beside it'
            }`
          : `${files.length} ignore files are not read, as only those at the root of the context or named after a Dockerfile are: ${listed(
              files.map(({ path }) => shownPattern(path)),
            )}`,
      hint: beside
        ? `BuildKit reads ${shownPattern(joinPath(own, dockerfile + ending))}, with paths from the root of the context`
        : null,
      at: null,
      data: { files: files.map(({ path }) => wellFormed(path)) },
    },
  ]
}

/** A file at the root whose name is nearly that of an ignore file, while none is read. */
function misnamedFiles({ main }: MeasuredBuild): readonly Finding[] {
  if (main.context.ignore) return []
  const { table } = main
  const wrong =
    /^(?:dockerignore|\.?docker-?ignore(?:\.txt)?|\.dockeringore|\.dockerignroe|\.dokcerignore|\.dockerignores|\.containerignore)$/i
  for (let row = 0; row < table.count; row = table.end[row] ?? row + 1) {
    const name = table.name(row)
    if (table.kind[row] !== fileKind || name === ending || !wrong.test(name)) continue
    return [
      {
        ...plain,
        rule: 'dockerignore-never-read',
        severity: 'warning',
        message:
          name === '.containerignore'
            ? 'docker does not read `.containerignore`, which podman does: nothing is ignored'
            : `docker does not read ${shownPattern(name)}: nothing is ignored`,
        hint:
          name === '.containerignore'
            ? 'podman reads `.dockerignore` too where there is no other'
            : 'name it `.dockerignore`',
        at: null,
        data: { files: [wellFormed(name)] },
      },
    ]
  }
  return []
}

/** What one builder reads and another does not. */
function byBuilder({ main, build }: MeasuredBuild): readonly Finding[] {
  const { ignore } = build.main
  const findings: Finding[] = []
  if (ignore && ignore.file !== ending && main.table.find(ending) !== null)
    findings.push({
      ...plain,
      rule: 'dockerignore-never-read',
      severity: 'info',
      message: `BuildKit reads ${shownPattern(ignore.file)} in place of \`.dockerignore\`, the classic builder the other way round`,
      hint: 'a line that both should heed has to be in both',
      at: null,
      data: { files: [ending] },
    })
  else if (ignore && ignore.file !== ending)
    findings.push({
      ...plain,
      rule: 'dockerignore-never-read',
      severity: 'info',
      message: `the classic builder does not read ${shownPattern(ignore.file)}, and ignores nothing`,
      hint: null,
      at: null,
      data: { files: [wellFormed(ignore.file)] },
    })
  if (ignore?.file === ending && main.table.find('.containerignore') !== null)
    findings.push({
      ...plain,
      rule: 'dockerignore-never-read',
      severity: 'info',
      message: 'podman reads `.containerignore` in place of `.dockerignore`; docker does not know it',
      hint: 'a line that both should heed has to be in both',
      at: null,
      data: { files: ['.containerignore'] },
    })
  return findings
}

/** Rows of files below the root whose name ends in `.dockerignore`, found by bytes before any name is put together. */
function ignoreFileRows(table: EntryTable): readonly Row[] {
  const { count, kind, flags, nameStart, arena } = table
  const [last, beforeLast] = [...new TextEncoder().encode(ending)].reverse()
  const rows: Row[] = []
  for (let row = 0; row < count; row++) {
    const end = nameStart[row + 1] ?? 0
    if (arena[end - 1] !== last || arena[end - 2] !== beforeLast) continue
    if (kind[row] !== fileKind && kind[row] !== symlinkKind) continue
    if (((flags[row] ?? 0) & flag.ignored) === 0 && table.name(row).endsWith(ending)) rows.push(row)
  }
  return rows
}

/** True when the directory has a file that looks like a Dockerfile. */
function hasDockerfile(table: EntryTable, directory: string): boolean {
  const parent = table.find(directory)
  if (parent === null) return false
  for (let row = parent + 1; row < (table.end[parent] ?? 0); row = table.end[row] ?? row + 1)
    if (/^(?:Dockerfile(?:\..+)?|dockerfile|Containerfile|.+\.Dockerfile)$/.test(table.name(row)))
      if (!table.name(row).endsWith(ending)) return true
  return false
}
