import { visiblePath } from '../lib/path.ts'
import { plain, type Rule } from './rule.ts'

/** A source that the client cannot compile as an include pattern, so that the transfer fails before any instruction runs. */
export const sourcePatternRefused: Rule = {
  id: 'source-pattern-refused',
  title: 'a source is no pattern',
  check: ({ main, build }) =>
    main.refused === null
      ? []
      : [
          {
            ...plain,
            rule: 'source-pattern-refused',
            severity: 'error',
            message: visiblePath(main.refused),
            hint: 'a source becomes a pattern for the transfer: escape or remove the bracket',
            at: { file: build.dockerfile.file, line: 1 },
            data: { fails: true },
          },
        ],
}
