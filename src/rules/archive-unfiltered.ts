import { fileKind } from '../context/table.ts'
import { groupedCount, humanSize } from '../lib/amount.ts'
import { visiblePath } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/**
 * A context that comes as an archive is unpacked by the builder, and nobody reads an ignore file for it: buildkit
 * frontend/dockerui/config.go, DockerIgnorePatterns, which has none where the context is no local directory; docker/cli
 * cli/command/image/build.go, which reads one for directories only. Observed on Engine 20.10 with both builders.
 */
export const archiveUnfiltered: Rule = {
  id: 'archive-unfiltered',
  check,
}

function check({ build, main, taken }: MeasuredBuild): readonly Finding[] {
  const { archive } = build.main
  if (!archive) return []
  const { table } = main
  let files = 0
  for (let row = 0; row < table.count; row++) if (taken[row] === 1 && table.kind[row] === fileKind) files++
  const { inContext } = build.dockerfile
  const names = ['.dockerignore', ...(inContext === null ? [] : [`${inContext}.dockerignore`])]
  const unheard = names.find((name) => table.find(name) !== null)
  const sent = `docker takes the archive whole: ${humanSize(archive.bytes)}, ${groupedCount(files)} ${files === 1 ? 'file' : 'files'}`
  return [
    {
      ...plain,
      rule: 'archive-unfiltered',
      severity: unheard === undefined ? 'info' : 'warning',
      message:
        unheard === undefined
          ? `${sent}; no ignore file is read for it`
          : `${sent}; ${visiblePath(unheard)} in it is not read`,
      hint:
        unheard === undefined ? null : 'build the directory itself, or leave files out with tar --exclude',
      at: null,
      bytes: archive.bytes,
      data: { fails: false, files, ignoreFile: unheard ?? null },
    },
  ]
}
