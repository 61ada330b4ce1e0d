import { CtxsizeError } from '../src/lib/errors.ts'

/** The error with which the call refuses. */
export function refusal(call: () => unknown): CtxsizeError {
  try {
    call()
  } catch (thrown) {
    if (thrown instanceof CtxsizeError) return thrown
    throw thrown
  }
  throw new Error('it was not refused')
}
