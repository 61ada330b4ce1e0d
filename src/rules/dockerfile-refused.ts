import { findingOf, type Rule } from './rule.ts'

/** Text that BuildKit refuses, with its own words and the code of the mistake as the finding's rule. */
export const dockerfileRefused: Rule = {
  id: 'dockerfile-refused',
  check: ({ build, plan }) =>
    (build.dockerfile.problem ? [build.dockerfile.problem] : plan.problems).map((problem) =>
      findingOf(problem, 'error'),
    ),
}
