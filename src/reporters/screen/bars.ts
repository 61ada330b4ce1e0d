const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar for a share from 0 to 1 in eighths of a column, `columns` long at 1; nothing only for nothing. */
export function bar(share: number, columns: number): string {
  if (!(share > 0)) return ''
  const steps = Math.max(1, Math.round(Math.min(1, share) * columns * 8))
  return '█'.repeat(steps >> 3) + (eighths[steps & 7] ?? '')
}
