import { expect, it } from 'vitest'
import { CtxsizeError, fail } from '../../src/lib/errors.ts'

it('gives an error the advice that goes with its code', () => {
  const error = fail('CONTEXT_NOT_FOUND', 'no such directory: x')
  expect(error).toBeInstanceOf(CtxsizeError)
  expect([error.code, error.message, error.hint, error.at]).toEqual([
    'CONTEXT_NOT_FOUND',
    'no such directory: x',
    'give the directory that you would give to docker build',
    null,
  ])
})

it('lets a case give better advice and a place', () => {
  const at = { file: '.dockerignore', line: 3 }
  const error = fail('IGNORE_FILE_REFUSED', 'x', { hint: 'mend it', at })
  expect([error.hint, error.at]).toEqual(['mend it', at])
})
