/** The colours of the map. Told apart without red and green; each carries its own text in enough contrast. */

import type { Colouring } from '../scene.ts'

export interface Palette {
  readonly background: string
  readonly frame: string
  readonly text: string
  readonly focus: string
  readonly colours: Readonly<Record<Colouring, readonly string[]>>
}

export const light: Palette = {
  background: '#ffffff',
  frame: '#eef0f3',
  text: '#22272e',
  focus: '#111827',
  colours: {
    answer: ['#247b53', '#e3a23c', '#7a6aa8', '#5b8cbf', '#c98a2b', '#d3d8de'],
    state: ['#3a74b0', '#8fb7c9', '#e3a23c', '#d3d8de'],
    instruction: [
      ...['#3a74b0', '#247b53', '#a04a86', '#5fb3d4', '#c7b53c', '#8a6a52', '#5c5fa8', '#7a8d9b'],
      ...['#e8a862', '#d3d8de'],
    ],
    kind: [
      ...['#3a74b0', '#5fb3d4', '#9fb0bf', '#a04a86', '#e3a23c', '#55497a', '#c7b53c', '#7d2f57', '#c9d0d7'],
    ],
    losses: ['#dfe6ec', '#f3d9a5', '#eaa553', '#cf6a2a', '#93340f', '#eceef1'],
  },
}

export const dark: Palette = {
  background: '#15181d',
  frame: '#22272f',
  text: '#e4e8ee',
  focus: '#ffffff',
  colours: {
    answer: ['#3f9e72', '#d9953a', '#8f7fc0', '#456f9c', '#b57f38', '#3a414b'],
    state: ['#4d8ccb', '#3f6f80', '#d9953a', '#3a414b'],
    instruction: [
      ...['#4d8ccb', '#3f9e72', '#b866a0', '#4ea3c4', '#b3a23a', '#a38168', '#7f82cc', '#93a5b3'],
      ...['#d9953a', '#3a414b'],
    ],
    kind: [
      ...['#4d8ccb', '#4ea3c4', '#7c8b99', '#b866a0', '#d9953a', '#8a7cba', '#b3a23a', '#b0567f', '#4a525d'],
    ],
    losses: ['#2f3742', '#6b5426', '#b57f38', '#d9853f', '#f4b183', '#262b33'],
  },
}

/** Text on a colour: whichever of the two is further away (WCAG 2.2, relative luminance). */
export function textOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
  return luminance > 0.19 ? '#14181f' : '#ffffff'
}
