import { describe, expect, it } from 'vitest'
import { dark, light, textOn } from '../../src/page/view/palette.ts'

/** WCAG 2.2: relative luminance, and the contrast of two colours. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y)
  return (high + 0.05) / (low + 0.05)
}

describe.each([
  ['light', light],
  ['dark', dark],
])('the colours of the map, %s', (_, palette) => {
  const all = [...new Set(Object.values(palette.colours).flat())]

  it.each(all)('%s carries its text in a contrast of 4.5', (colour) => {
    expect(contrast(colour, textOn(colour))).toBeGreaterThanOrEqual(4.5)
  })

  it('carries the names of directories', () => {
    expect(contrast(palette.frame, palette.text)).toBeGreaterThanOrEqual(4.5)
  })

  it.each(Object.entries(palette.colours))('%s has no colour twice', (_name, colours) => {
    expect(new Set(colours).size).toBe(colours.length)
  })
})
