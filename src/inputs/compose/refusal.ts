/** How a compose file that cannot be read any further is given up: thrown within this folder, caught by its entrance. */

import type { Place, Problem } from '../../lib/source.ts'

export class Refusal extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

/** What compose would not accept, in one sentence. */
export function refused(message: string, at: Place | null, hint: string | null = null): Problem {
  return { code: 'compose-refused', message, at, hint }
}
