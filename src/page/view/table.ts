/** The facts of the map as a table: of the directory that is open, or of what a search found. */

import { anyWithin } from '../../analyse/amounts.ts'
import { dirKind, type Row, rootRow } from '../../context/table.ts'
import { groupedCount, humanSize } from '../../lib/amount.ts'
import { entriesOf } from '../layout.ts'
import { standing } from '../outcome.ts'
import { isUnseen, type Scene } from '../scene.ts'
import { button, el, fill } from './dom.ts'
import { answerWords, nameOf, pathOf, shortened } from './words.ts'

export interface TableActions {
  readonly open: (row: Row) => void
  readonly select: (row: Row) => void
  readonly answerOf: (
    scene: Scene,
    row: Row,
  ) => { readonly answer: 'yes' | 'ask' | 'keep'; readonly because: string } | null
}

type Column = 'name' | 'bytes' | 'files' | 'state' | 'reads' | 'answer'

const columns: readonly { readonly id: Column; readonly label: string; readonly isNumber: boolean }[] = [
  { id: 'name', label: 'Name', isNumber: false },
  { id: 'bytes', label: 'Size', isNumber: true },
  { id: 'files', label: 'Files', isNumber: true },
  { id: 'state', label: 'State', isNumber: false },
  { id: 'reads', label: 'Read by lines', isNumber: false },
  { id: 'answer', label: 'Can it go?', isNumber: false },
]

/** A row of the table: the texts that are shown, and what it is sorted by. */
interface Entry {
  readonly row: Row
  readonly keys: Readonly<Record<Column, string | number>>
  readonly because: string
}

const pageSize = 100

export function createTable(actions: TableActions): {
  readonly element: HTMLElement
  readonly show: (scene: Scene) => void
} {
  let scene: Scene | null = null
  let sorted: { readonly by: Column; readonly isDescending: boolean } = { by: 'bytes', isDescending: true }
  let most = pageSize
  let shownFor: unknown = null
  const caption = el('caption')
  const head = el('tr')
  const body = el('tbody')
  const more = button('', () => {
    most += 10 * pageSize
    draw()
  })
  const element = el(
    'section',
    { class: 'panel entries', attributes: { 'aria-labelledby': 'table-title' } },
    el('h2', { attributes: { id: 'table-title' } }, 'Files'),
    el(
      'div',
      { class: 'table-box', attributes: { tabindex: '0', role: 'region', 'aria-label': 'Table of files' } },
      el('table', {}, caption, el('thead', {}, head), body),
    ),
    el('p', 'actions', more),
  )
  const headers = columns.map(({ id, label, isNumber }) => {
    const sort = button(
      label,
      () => {
        const isSame = sorted.by === id
        sorted = { by: id, isDescending: isSame ? !sorted.isDescending : isNumber }
        draw()
      },
      'sort',
    )
    const cell = el('th', { class: isNumber ? 'number' : '', attributes: { scope: 'col' } }, sort)
    head.append(cell)
    return { id, cell }
  })

  function draw(): void {
    if (scene === null) return
    const { choices, found } = scene
    const rows = found === null ? entriesOf(scene.tree.table, choices.place) : foundRows(found)
    const entries = sortedEntries(scene, rows, sorted, most, actions)
    for (const { id, cell } of headers)
      cell.setAttribute(
        'aria-sort',
        sorted.by !== id ? 'none' : sorted.isDescending ? 'descending' : 'ascending',
      )
    const where =
      found === null
        ? `In ${choices.place.row === rootRow ? 'the context' : pathOf(scene, choices.place.row)}`
        : `Found for “${shortened(choices.query, 40)}”`
    caption.textContent = `${where}: ${groupedCount(rows.length)} ${rows.length === 1 ? 'entry' : 'entries'}`
    const isFlat = found === null
    fill(body, ...entries.map((entry) => rowElement(entry, isFlat)))
    if (entries.length === 0)
      fill(
        body,
        el(
          'tr',
          {},
          el(
            'td',
            { class: 'quiet', attributes: { colspan: String(columns.length) } },
            found === null ? 'There is nothing in it.' : 'Nothing has such a name.',
          ),
        ),
      )
    const left = rows.length - entries.length
    more.hidden = left === 0
    more.textContent = `Show ${groupedCount(Math.min(left, 10 * pageSize))} more`
  }

  function rowElement({ row, keys, because }: Entry, isFlat: boolean): HTMLElement {
    const of = scene
    if (of === null) return el('tr')
    const isDirectory = of.tree.table.kind[row] === dirKind
    const canOpen = isDirectory && (of.tree.table.end[row] ?? 0) > row + 1
    const name = button(
      isFlat ? nameOf(of, row) : pathOf(of, row),
      () => (canOpen ? actions.open(row) : actions.select(row)),
      'name',
    )
    const isChosen = of.choices.selected?.row === row && of.choices.selected.rows === null
    return el(
      'tr',
      {
        class: isChosen ? 'chosen' : '',
        on: { click: (event) => event.target !== name && actions.select(row) },
      },
      el('th', { attributes: { scope: 'row' } }, name),
      el('td', 'number', isUnseen(of, row) ? 'not measured' : humanSize(Number(keys.bytes))),
      el('td', 'number', isDirectory ? groupedCount(Number(keys.files)) : ''),
      el('td', 'aside state', String(keys.state)),
      el('td', 'aside readers', String(keys.reads)),
      el('td', { class: 'aside', title: because }, String(keys.answer)),
    )
  }

  return {
    element,
    show: (next) => {
      scene = next
      const { context, target, place, query } = next.choices
      const key = JSON.stringify([context, target, place.row, place.rows?.length, query])
      if (key !== shownFor) most = pageSize
      shownFor = key
      draw()
    },
  }
}

/** The largest are found first; to find more is to type more. */
const mostFound = 20_000

function foundRows(found: Uint8Array): readonly Row[] {
  const rows: Row[] = []
  for (let row = 0; row < found.length && rows.length < mostFound; row++) if (found[row] === 1) rows.push(row)
  return rows
}

interface Sorting {
  readonly by: Column
  readonly isDescending: boolean
}

/** What is costly to know is worked out for the rows that are shown; where it is sorted by, for all. */
function sortedEntries(
  scene: Scene,
  rows: readonly Row[],
  { by, isDescending }: Sorting,
  most: number,
  actions: TableActions,
): readonly Entry[] {
  const { weights } = scene
  const factor = isDescending ? -1 : 1
  const isCheap = by === 'bytes' || by === 'files'
  if (isCheap) {
    const amount = weights[by]
    return [...rows]
      .sort((a, b) => factor * (amount(a) - amount(b)) || a - b)
      .slice(0, most)
      .map((row) => entryOf(scene, row, actions))
  }
  if (by === 'name')
    return (isDescending ? [...rows].reverse() : [...rows])
      .slice(0, most)
      .map((row) => entryOf(scene, row, actions))
  return rows
    .map((row) => entryOf(scene, row, actions))
    .sort((a, b) => {
      const [x, y] = [a.keys[by], b.keys[by]]
      return (x < y ? -factor : x > y ? factor : 0) || a.row - b.row
    })
    .slice(0, most)
}

function entryOf(scene: Scene, row: Row, actions: TableActions): Entry {
  const answer = actions.answerOf(scene, row)
  return {
    row,
    because: answer?.because ?? '',
    keys: {
      name: row,
      bytes: scene.weights.bytes(row),
      files: scene.weights.files(row),
      state: stateOf(scene, row),
      reads: readersOf(scene, row),
      answer: answer ? `${answerWords[answer.answer]}: ${answer.because}` : '',
    },
  }
}

function stateOf({ now, tree: { table } }: Scene, row: Row): string {
  let [all, taken, read] = [0, 0, 0]
  for (let at = row; at < (table.end[row] ?? row + 1); at++) {
    if (table.kind[at] === dirKind) continue
    all++
    const bits = now.standing[at] ?? 0
    if ((bits & standing.taken) !== 0) taken++
    if ((bits & standing.read) !== 0) read++
  }
  if (all === 0) return ((now.standing[row] ?? 0) & standing.taken) !== 0 ? 'in, empty' : 'ignored'
  if (taken === 0) return 'ignored'
  const part = taken < all ? ', partly ignored' : ''
  return (read === 0 ? 'unread' : read === taken ? 'read' : 'partly read') + part
}

function readersOf({ now, target, tree: { table } }: Scene, row: Row): string {
  const end = table.end[row] ?? row + 1
  const lines = now.reads.flatMap((reads, index) => {
    const line = target.instructions[index]?.line
    return reads && line !== undefined && anyWithin(reads.rows, row, end) ? [line] : []
  })
  return [...new Set(lines)].join(', ')
}
