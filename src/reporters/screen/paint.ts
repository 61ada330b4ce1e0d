import type { Style } from '../style.ts'

/** The SGR codes that switch a tone on and off. Only the eight basic colours: the terminal's theme decides what they are. */
const tones = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
} as const

export type Tone = keyof typeof tones

/** The text in a tone, each line on its own so that lines can be set beside others; plain where the style has no colour. */
export function paint(style: Style, tone: Tone, text: string): string {
  if (!style.color) return text
  const [on, off] = tones[tone]
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : `\x1b[${on}m${line}\x1b[${off}m`))
    .join('\n')
}
