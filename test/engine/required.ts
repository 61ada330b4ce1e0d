/** What a test needs that this machine may lack: null with a line that says why, unless `CTXSIZE_ENGINE=required`. */
export function orSkip<T extends object>(
  started: T | string,
  tests: 'engine' | 'podman' | 'browser',
): T | null {
  if (typeof started !== 'string') return started
  if (process.env['CTXSIZE_ENGINE'] === 'required')
    throw new Error(`the ${tests} tests are required here: ${started}`)
  console.warn(`${tests} tests skipped: ${started}`)
  return null
}
