import { compilePattern } from '../ignore/pattern.ts'
import { rootedPath, visiblePath } from '../lib/path.ts'
import { plain, type Rule } from './rule.ts'

/** A source that the client cannot compile as an include pattern, so that the transfer fails before any instruction runs. */
export const sourcePatternRefused: Rule = {
  id: 'source-pattern-refused',
  check: ({ main, build, reads }) => {
    if (main.refused === null) return []
    const blamed = reads.find(
      ({ instruction, survey }) => survey === main && instruction.localSources.some(isRefused),
    )
    return [
      {
        ...plain,
        rule: 'source-pattern-refused',
        severity: 'error',
        message: visiblePath(main.refused),
        hint: 'a source becomes a pattern for the transfer: escape or remove the bracket',
        at: { file: build.dockerfile.file, line: blamed?.instruction.line ?? 1 },
        data: { fails: true },
      },
    ]
  },
}

/** True for a source that docker refuses at once, or when it is first tried. */
function isRefused(source: string): boolean {
  const pattern = compilePattern(rootedPath(source))
  return pattern !== null && ('refused' in pattern || pattern.invalid)
}
