import { findingOf, type Rule } from './rule.ts'

/** Text that docker takes, but not for what its author hardly meant: `COPY ..from=exec`. */
export const dockerfileDoubtful: Rule = {
  id: 'dockerfile-doubtful',
  codes: ['mistyped-flag', 'undefined-variable'],
  check: ({ build, plan }) =>
    build.dockerfile.problem ? [] : plan.warnings.map((problem) => findingOf(problem, 'warning')),
}
