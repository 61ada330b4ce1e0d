/** The map: a treemap on a canvas that can be gone about with a pointer or with keys. */

import { dirKind, rootRow } from '../../context/table.ts'
import { humanSize } from '../../lib/amount.ts'
import { type Block, blockAt, bytesOfEntries, layOut, type Place, rangesOf } from '../layout.ts'
import { addShares, categoryAt, everything, isUnseen, looksAlike, type Scene } from '../scene.ts'
import { el, fill } from './dom.ts'
import { dark, light, type Palette, textOn } from './palette.ts'
import { filesText, nameOf, pathOf } from './words.ts'

export interface MapActions {
  readonly select: (chosen: Scene['choices']['selected']) => void
  readonly zoom: (place: Place) => void
}

export interface MapView {
  readonly element: HTMLElement
  readonly show: (scene: Scene) => void
  readonly focus: () => void
  /** Does all that painting takes, where nobody sees it. */
  readonly rehearse: (scene: Scene) => void
}

/** Of the window's preference, but for paper. */
export const paletteNow = (): Palette =>
  matchMedia('(prefers-color-scheme: dark)').matches && !matchMedia('print').matches ? dark : light

export function createMap(actions: MapActions): MapView {
  const canvas = el('canvas', { attributes: { 'aria-hidden': 'true' } })
  const said = el('p', { class: 'offscreen', attributes: { 'aria-live': 'polite' } })
  const empty = el('p', 'map-empty')
  const tip = el('p', { class: 'tip', attributes: { 'aria-hidden': 'true' } })
  const area = el(
    'div',
    {
      class: 'map',
      attributes: {
        tabindex: '0',
        role: 'application',
        'aria-roledescription': 'map',
        'aria-label':
          'Map of the context. Arrow keys go from block to block, Enter opens a directory, Backspace goes up. The table below has the same facts.',
      },
    },
    canvas,
    empty,
    tip,
  )
  const element = el('div', 'map-box', area, said)
  let scene: Scene | null = null
  let blocks: readonly Block[] = []
  let palette = paletteNow()
  const fonts = {
    headings: createLetters('600 11px system-ui, sans-serif'),
    names: createLetters('11px system-ui, sans-serif'),
  }
  let context: CanvasRenderingContext2D | null = null
  // Ahead of the scene by what happened since its frame, so that keys may come faster than frames.
  let selected: Scene['choices']['selected'] = null

  const isChosen = (block: Block): boolean => {
    return (
      selected !== null && selected.row === block.row && (selected.rows !== null) === (block.rest !== null)
    )
  }

  /** As it is told, and not asked for: to ask in the midst of changes has all of the page laid out at once. */
  let box: DOMRectReadOnly | null = null
  const paint = () => {
    if (scene === null || box === null || box.width === 0) return
    const { width, height } = box
    const ratio = Math.min(3, window.devicePixelRatio || 1)
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)]
    // To set either, even to what it is, makes a new picture of nothing, a megabyte or two that was never touched.
    if (canvas.width !== across || canvas.height !== down) {
      canvas.width = across
      canvas.height = down
    }
    context ??= canvas.getContext('2d', { alpha: false })
    if (context === null) return
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    blocks = blocksOf(scene, box)
    empty.hidden = blocks.length > 0
    if (blocks.length === 0) empty.textContent = emptyText(scene)
    paintBlocks(context, { scene, blocks, palette, ...fonts })
    const chosen = blocks.find(isChosen)
    if (chosen) frame(context, chosen, palette)
  }

  const at = (event: MouseEvent): Block | null => {
    const { left, top } = canvas.getBoundingClientRect()
    return blockAt(blocks, event.clientX - left, event.clientY - top)
  }
  const choose = (block: Block) => {
    selected = { row: block.row, rows: block.rest }
    actions.select(selected)
    if (scene) said.textContent = spoken(scene, block)
  }
  const open = (block: Block) => {
    if (scene === null) return
    if (block.rest !== null) actions.zoom({ row: block.row, rows: block.rest })
    else if (scene.tree.table.kind[block.row] === dirKind) actions.zoom({ row: block.row, rows: null })
  }
  const up = () => {
    if (scene === null) return
    const { row, rows } = scene.choices.place
    if (rows !== null) actions.zoom({ row, rows: null })
    else if (row !== rootRow) actions.zoom({ row: scene.tree.table.parent[row] ?? rootRow, rows: null })
  }

  canvas.addEventListener('click', (event) => {
    const block = at(event)
    if (block) choose(block)
  })
  canvas.addEventListener('dblclick', (event) => {
    const block = at(event)
    if (block) open(block)
  })
  canvas.addEventListener('mousemove', (event) => {
    const block = at(event)
    tip.hidden = block === null
    if (block === null || scene === null) return
    fill(tip, ...tipOf(scene, block))
    const { left, top, width } = area.getBoundingClientRect()
    const x = event.clientX - left
    tip.style.transform = `translate(${Math.round(x > width / 2 ? x - tip.offsetWidth - 12 : x + 12)}px, ${Math.round(event.clientY - top + 14)}px)`
  })
  canvas.addEventListener('mouseleave', () => {
    tip.hidden = true
  })
  area.addEventListener('keydown', (event) => {
    const current = blocks.find(isChosen) ?? null
    const direction = directions[event.key]
    if (direction) {
      const next = current === null ? largest(blocks) : neighbour(blocks, current, direction)
      if (next) choose(next)
    } else if (event.key === 'Enter' && current) open(current)
    else if (event.key === 'Backspace') up()
    else if (event.key === 'Home') actions.zoom(everything)
    else return
    event.preventDefault()
  })
  tip.hidden = true
  new ResizeObserver(([entry]) => {
    box = entry?.contentRect ?? null
    paint()
  }).observe(area)
  const repaint = () => {
    palette = paletteNow()
    paint()
  }
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint)
  matchMedia('print').addEventListener('change', repaint)
  return {
    element,
    show: (next) => {
      const isPainted = scene !== null && looksAlike(scene, next)
      scene = next
      selected = next.choices.selected
      if (!isPainted) paint()
    },
    focus: () => area.focus(),
    rehearse: (unseen) => {
      const context = el('canvas').getContext('2d')
      if (context !== null && box !== null)
        paintBlocks(context, { scene: unseen, blocks: blocksOf(unseen, box), palette, ...fonts })
    },
  }
}

const blocksOf = ({ tree, weights, choices }: Scene, { width, height }: DOMRectReadOnly): readonly Block[] =>
  layOut(tree.table, weights, choices.place, { x: 0, y: 0, width: width + 1, height: height + 1 })

/** By key: where to look, from the middle of a block. */
const directions: Readonly<Record<string, readonly [number, number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
}

/** The nearest block in a direction; what lies aside counts double. Frames of open directories are passed over. */
function neighbour(blocks: readonly Block[], from: Block, [dx, dy]: readonly [number, number]): Block | null {
  const middle = ({ x, y, width, height }: Block) => [x + width / 2, y + height / 2] as const
  const [fromX, fromY] = middle(from)
  let best: Block | null = null
  let least = Number.POSITIVE_INFINITY
  for (const block of blocks) {
    if (block === from || block.isOpen) continue
    const [x, y] = middle(block)
    const along = (x - fromX) * dx + (y - fromY) * dy
    const aside = Math.abs((x - fromX) * dy) + Math.abs((y - fromY) * dx)
    if (along <= 1) continue
    const distance = along + 2 * aside
    if (distance < least) {
      least = distance
      best = block
    }
  }
  return best
}

/** Where the keys begin. */
function largest(blocks: readonly Block[]): Block | null {
  const size = ({ width, height, isOpen }: Block) => (isOpen ? 0 : width * height)
  return blocks.reduce<Block | null>((best, one) => (size(one) > (best ? size(best) : 0) ? one : best), null)
}

interface Painting {
  readonly scene: Scene
  readonly blocks: readonly Block[]
  readonly palette: Palette
  readonly headings: Letters
  readonly names: Letters
}

/** What does not match a search is drawn this faint. */
const faint = 0.18

function paintBlocks(context: CanvasRenderingContext2D, painting: Painting): void {
  const { scene, blocks, palette } = painting
  context.fillStyle = palette.background
  context.fillRect(0, 0, 1e4, 1e4)
  context.textBaseline = 'middle'
  const sums = new Float64Array(scene.categories.length)
  for (const block of blocks) {
    const { x, y, width, height } = block
    if (width <= 0 || height <= 0) continue
    if (block.isOpen) {
      context.fillStyle = palette.frame
      context.fillRect(x, y, width, height)
      if (block.header > 0) {
        context.fillStyle = palette.text
        const size = humanSize(scene.weights.bytes(block.row))
        label(context, painting.headings, chainName(scene, block), {
          x: x + 5,
          y: y + 10,
          room: width - 10,
          size,
        })
      }
      continue
    }
    paintLeaf(context, painting, { block, sums })
  }
}

/** `a/b/c/` for directories that are drawn as one. */
function chainName(scene: Scene, { row, inner }: Block): string {
  const { parent } = scene.tree.table
  let name = nameOf(scene, inner)
  for (let at = inner; at !== row; ) {
    at = parent[at] ?? rootRow
    name = nameOf(scene, at) + name
  }
  return name
}

/** Filled with the colours of what it holds, each as wide as its share. `sums`: room for a number of each category. */
function paintLeaf(
  context: CanvasRenderingContext2D,
  painting: Painting,
  { block, sums }: { readonly block: Block; readonly sums: Float64Array },
): void {
  const { scene, palette, names } = painting
  const { x, y, width, height } = block
  const colours = palette.colours[scene.choices.colouring]
  const colourOf = (category: number) => colours[scene.categories[category]?.colour ?? 0] ?? palette.frame
  const isWide = width >= height
  const found = scene.found
  context.globalAlpha = found === null || holdsFound(scene, found, block) ? 1 : faint
  let first = palette.frame
  let most = 1
  if (block.rest === null && scene.tree.table.kind[block.row] !== dirKind) {
    // Nearly all blocks are files, which are of one colour.
    first = colourOf(categoryAt(scene, block.row))
    context.fillStyle = first
    context.fillRect(x, y, width, height)
  } else {
    const total = sumUp(scene, block, sums)
    let done = 0
    for (let category = largestOf(sums); category >= 0; category = largestOf(sums)) {
      const share = (sums[category] ?? 0) / total
      const colour = colourOf(category)
      context.fillStyle = colour
      if (isWide) context.fillRect(x + done * width, y, share * width, height)
      else context.fillRect(x, y + done * height, width, share * height)
      if (done === 0) {
        first = colour
        most = share
      }
      done += share
      sums[category] = 0
    }
  }
  if (width > 44 && height > 16) {
    context.fillStyle = textOn(first)
    const name = block.rest === null ? nameOf(scene, block.row) : `${block.rest.length} smaller`
    const room = (isWide ? width * most : width) - 8
    if (height > 32 && (isWide || height * most > 32)) {
      label(context, names, name, { x: x + 4, y: y + 11, room, size: '' })
      context.globalAlpha *= 0.85
      label(context, names, humanSize(weightOf(scene, block)), { x: x + 4, y: y + 25, room, size: '' })
    } else if (isWide || height * most > 16)
      label(context, names, name, { x: x + 4, y: y + Math.min(11, height / 2), room, size: '' })
  }
  context.globalAlpha = 1
}

interface Room {
  readonly x: number
  readonly y: number
  readonly room: number
  /** Stands at the right where there is room for it. */
  readonly size: string
}

function label(
  context: CanvasRenderingContext2D,
  letters: Letters,
  text: string,
  { x, y, room, size }: Room,
): void {
  if (room < 14) return
  letters.use(context)
  let left = room
  if (size !== '') {
    const width = letters.widthOf(context, size)
    if (width + 60 < room) {
      const { globalAlpha } = context
      context.globalAlpha *= 0.7
      context.fillText(size, x + room - width, y)
      context.globalAlpha = globalAlpha
      left -= width + 10
    }
  }
  // A long name is not measured letter by letter.
  const most = Math.ceil(left / 3)
  let shown = text.length > most ? `${text.slice(0, most)}…` : text
  let width = letters.widthOf(context, shown)
  while (shown.length > 2 && width > left) {
    const cut = Math.max(1, Math.min(shown.length - 2, Math.floor((shown.length * left) / width)))
    shown = `${shown.slice(0, cut)}…`
    width = letters.widthOf(context, shown)
  }
  if (width <= left) context.fillText(shown, x, y)
}

/** A font, and how wide texts are in it: the same few thousand names are painted again and again. */
interface Letters {
  readonly use: (context: CanvasRenderingContext2D) => void
  readonly widthOf: (context: CanvasRenderingContext2D, text: string) => number
}

/** Texts whose widths are remembered. */
const mostMeasured = 20_000

function createLetters(font: string): Letters {
  const widths = new Map<string, number>()
  return {
    use: (context) => {
      context.font = font
    },
    widthOf: (context, text) => {
      const known = widths.get(text)
      if (known !== undefined) return known
      if (widths.size >= mostMeasured) widths.clear()
      const { width } = context.measureText(text)
      widths.set(text, width)
      return width
    },
  }
}

/** The largest first. */
function sharesOf(
  scene: Scene,
  block: Block,
): readonly { readonly category: number; readonly share: number }[] {
  const { kind } = scene.tree.table
  if (block.rest === null && kind[block.row] !== dirKind)
    return scene.weights.bytes(block.row) > 0 ? [{ category: categoryAt(scene, block.row), share: 1 }] : []
  const sums = new Float64Array(scene.categories.length)
  const total = sumUp(scene, block, sums)
  return Array.from(sums, (sum, category) => ({ category, share: sum / total }))
    .filter(({ share }) => share > 0)
    .sort((a, b) => b.share - a.share || a.category - b.category)
}

/** Has `sums` hold what a block holds of each category; all of it comes back. */
function sumUp(scene: Scene, { rest, row }: Block, sums: Float64Array): number {
  sums.fill(0)
  rangesOf(scene.tree.table, rest ?? [row], (from, to) => addShares(scene, { from, to }, sums))
  let total = 0
  for (let category = 0; category < sums.length; category++) total += sums[category] ?? 0
  return total
}

/** The first of the categories with the largest sum; -1 where none has one. */
function largestOf(sums: Float64Array): number {
  let [found, most] = [-1, 0]
  for (let category = 0; category < sums.length; category++) {
    const sum = sums[category] ?? 0
    if (sum <= most) continue
    found = category
    most = sum
  }
  return found
}

function holdsFound({ tree: { table } }: Scene, found: Uint8Array, block: Block): boolean {
  for (const entry of block.rest ?? [block.row]) {
    for (let row = entry; row < (table.end[entry] ?? entry + 1); row++) if (found[row] === 1) return true
    for (let above = table.parent[entry] ?? -1; above >= 0; above = table.parent[above] ?? -1)
      if (found[above] === 1) return true
  }
  return false
}

function weightOf({ tree, weights }: Scene, block: Block): number {
  return block.rest === null ? weights.bytes(block.row) : bytesOfEntries(tree.table, weights, block.rest)
}

function frame(context: CanvasRenderingContext2D, { x, y, width, height }: Block, palette: Palette): void {
  context.lineWidth = 4
  context.strokeStyle = palette.background
  context.strokeRect(x + 1, y + 1, Math.max(2, width - 2), Math.max(2, height - 2))
  context.lineWidth = 2
  context.strokeStyle = palette.focus
  context.strokeRect(x + 1, y + 1, Math.max(2, width - 2), Math.max(2, height - 2))
}

function tipOf(scene: Scene, block: Block): readonly (Node | string)[] {
  const size = el('span', 'tip-size', `${humanSize(weightOf(scene, block))}, ${categoryText(scene, block)}`)
  return [el('strong', {}, titleOf(scene, block)), size]
}

const titleOf = (scene: Scene, block: Block): string =>
  block.rest === null
    ? pathOf(scene, block.row)
    : `${block.rest.length} smaller entries of ${pathOf(scene, block.row)}`

function categoryText(scene: Scene, block: Block): string {
  const shares = sharesOf(scene, block)
  return shares
    .slice(0, 3)
    .map(({ category, share }) => {
      const { label = '' } = scene.categories[category] ?? {}
      return shares.length === 1 ? label : `${Math.round(share * 100)}% ${label}`
    })
    .join(', ')
}

function spoken(scene: Scene, block: Block): string {
  const isDirectory = block.rest === null && scene.tree.table.kind[block.row] === dirKind
  const files = isDirectory ? `, ${filesText(scene.weights.files(block.row))}` : ''
  return `${titleOf(scene, block)}: ${humanSize(weightOf(scene, block))}${files}, ${categoryText(scene, block)}`
}

function emptyText(scene: Scene): string {
  const { mode, place } = scene.choices
  if (place.row !== rootRow && isUnseen(scene, place.row))
    return 'Builders never enter this directory, so nobody looked into it. ctxsize --measure-ignored does.'
  if (mode === 'transfer' && !scene.target.requested)
    return 'No instruction reads this context, so BuildKit asks for nothing of it.'
  return mode === 'disk'
    ? 'There is nothing here.'
    : `Nothing here is in the ${mode}. “On disk” shows what there is.`
}
