import type { Style } from '../../src/reporters/style.ts'

/** A screen of 84 columns without colour. */
export const plainStyle: Style = {
  color: false,
  width: 84,
  units: 'decimal',
  verbose: false,
  quiet: false,
  builder: 'buildkit',
  again: { context: '.', options: [] },
}
