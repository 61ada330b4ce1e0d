import { rootedPath, visiblePath, wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** BuildKit's own lint of that name, where the Dockerfile makes it an error. */
export const copyIgnoredFile: Rule = {
  id: 'copy-ignored-file',
  check: ignoredByCheck,
}

/**
 * `# check=error=true` turns BuildKit's lint CopyIgnoredFile into a failure: a source that a list without negations
 * matches by path (moby/buildkit frontend/dockerfile/dockerfile2llb/convert.go, validateCopySourcePath).
 */
function ignoredByCheck({ dockerfile, reads, main, build }: MeasuredBuild): readonly Finding[] {
  const settings = (dockerfile.directives.check ?? '').split(';').map((part) => part.trim().toLowerCase())
  const skipped = settings.some((part) => /^skip=(.*,)?\s*(all|copyignoredfile)\s*(,|$)/.test(part))
  const { patterns } = main.context.patterns
  if (!settings.includes('error=true') || skipped || patterns.some((pattern) => pattern.negated)) return []
  return reads
    .filter(({ instruction, survey }) => survey === main && !instruction.mount)
    .flatMap(({ instruction }) => {
      const source = instruction.localSources.find((path) =>
        main.context.patterns.judgeByPath(rootedPath(path) || '.'),
      )
      if (source === undefined) return []
      return [
        {
          ...plain,
          rule: 'copy-ignored-file',
          severity: 'error',
          message: `lint violation found for rules: CopyIgnoredFile (${visiblePath(source)}), and # check=error=true makes it fail`,
          hint: 'drop the line from the ignore file, or the source from the instruction',
          at: { file: build.dockerfile.file, line: instruction.line },
          data: { fails: true, source: wellFormed(source) },
        } as const,
      ]
    })
}
