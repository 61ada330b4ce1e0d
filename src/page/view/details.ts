/** The chosen block: why it is in, who is to blame, whether it can go and because of what. */

import { dirKind, fileKind, type Row } from '../../context/table.ts'
import { asPattern } from '../../ignore/edit.ts'
import { groupedCount, humanSize } from '../../lib/amount.ts'
import { bytesOfEntries } from '../layout.ts'
import { standing } from '../outcome.ts'
import { isUnseen, type Scene } from '../scene.ts'
import { button, el, fill } from './dom.ts'
import { amountText, answerWords, filesText, pathOf, shortened } from './words.ts'

export interface DetailActions {
  readonly open: (row: Row) => void
  readonly select: (row: Row) => void
  readonly tryLine: (line: string) => void
  readonly answerOf: (
    scene: Scene,
    row: Row,
  ) => { readonly answer: 'yes' | 'ask' | 'keep'; readonly because: string } | null
}

export function createDetails(actions: DetailActions): {
  readonly element: HTMLElement
  readonly show: (scene: Scene) => void
} {
  const body = el('div', {
    class: 'details-body',
    attributes: { tabindex: '0', role: 'group', 'aria-labelledby': 'details-title' },
  })
  const element = el(
    'section',
    { class: 'panel details', attributes: { 'aria-labelledby': 'details-title' } },
    el('h2', { attributes: { id: 'details-title' } }, 'Why is it in?'),
    body,
  )
  return {
    element,
    show: (scene) => {
      const chosen = scene.choices.selected
      if (chosen === null) fill(body, ...largestParts(scene, actions))
      else if (chosen.rows !== null) fill(body, ...restDetails(scene, chosen.row, chosen.rows))
      else fill(body, ...rowDetails(scene, chosen.row, actions))
    },
  }
}

/** Where to begin: the parts that the report tells of first. */
function largestParts(scene: Scene, actions: DetailActions): readonly Node[] {
  const rows = scene.report.largest.slice(0, mostLargest).flatMap((part) => {
    const row = scene.tree.table.find(part.path)
    return row === null ? [] : [{ row, part }]
  })
  return [
    el(
      'p',
      'quiet',
      rows.length === 0
        ? 'Choose a block of the map or a row of the table.'
        : 'Choose a block of the map, a row of the table, or one of the largest:',
    ),
    el(
      'ul',
      'largest',
      ...rows.map(({ row, part: { bytes, canGo } }) =>
        el(
          'li',
          {},
          button(pathOf(scene, row), () => actions.select(row), 'name'),
          canGo === null ? el('span') : el('span', `badge ${canGo.answer}`, answerWords[canGo.answer]),
          el('span', 'effect', humanSize(bytes)),
        ),
      ),
    ),
  ]
}

const mostLargest = 5

function restDetails(scene: Scene, row: Row, rows: readonly Row[]): readonly Node[] {
  const bytes = bytesOfEntries(scene.tree.table, scene.weights, rows)
  return [
    el('p', 'path', `${groupedCount(rows.length)} smaller entries of ${pathOf(scene, row)}`),
    el('p', {}, `${humanSize(bytes)} together. Press Enter on the map, or double-click, to see each.`),
  ]
}

function rowDetails(scene: Scene, row: Row, actions: DetailActions): readonly Node[] {
  const { table } = scene.tree
  const isDirectory = table.kind[row] === dirKind
  const answer = actions.answerOf(scene, row)
  const path = table.path(row)
  const line =
    ((scene.now.standing[row] ?? 0) & standing.taken) !== 0 || isDirectory
      ? asPattern(path, { anywhere: false })
      : null
  const isIn = shareOf(scene, row, standing.taken).files > 0
  return [
    el('p', 'path', pathOf(scene, row)),
    el('p', 'sizes', sizeText(scene, row)),
    ...(answer
      ? [
          el(
            'div',
            'fact',
            el('span', 'term', 'Can it go?'),
            el(
              'span',
              'said',
              el(
                'span',
                {},
                el('span', `badge ${answer.answer}`, answerWords[answer.answer]),
                ` ${answer.because}`,
              ),
            ),
          ),
        ]
      : []),
    ...facts(scene, row).map(([term, ...lines]) =>
      el(
        'div',
        'fact',
        el('span', 'term', term),
        el('span', 'said', ...lines.map((one) => el('span', {}, one))),
      ),
    ),
    el(
      'p',
      'actions',
      isDirectory && (table.end[row] ?? 0) > row + 1 && button('Open', () => actions.open(row)),
      isIn && line !== null && button('What if it were ignored?', () => actions.tryLine(line)),
    ),
  ]
}

function sizeText(scene: Scene, row: Row): string {
  const { table } = scene.tree
  if (table.kind[row] !== dirKind) return humanSize(table.size[row] ?? 0)
  if (isUnseen(scene, row)) return 'dropped whole: nobody looked into it'
  const all = shareOf(scene, row, null)
  const taken = shareOf(scene, row, standing.taken)
  if (taken.files === all.files) return amountText(all)
  return `${amountText(all)}; ${taken.files === 0 ? 'none' : amountText(taken)} in the context`
}

/** Regular files of the row's subtree, of those that stand in a way; null: all. */
function shareOf({ tree: { table }, now }: Scene, row: Row, bit: number | null) {
  let [files, bytes] = [0, 0]
  for (let at = row; at < (table.end[row] ?? row + 1); at++)
    if (table.kind[at] === fileKind && (bit === null || ((now.standing[at] ?? 0) & bit) !== 0)) {
      files++
      bytes += table.size[at] ?? 0
    }
  return { files, bytes }
}

function facts(scene: Scene, row: Row): readonly (readonly [string, ...string[]])[] {
  const found: [string, ...string[]][] = [['Ignore file', decision(scene, row)]]
  const others = otherLines(scene, row)
  if (others !== null) found.push(['Also matched by', others])
  const readers = readersOf(scene, row)
  if (readers.length > 0) found.push(['Read by', ...readers])
  else if (shareOf(scene, row, standing.taken).files > 0) {
    const isOther = shareOf(scene, row, standing.readByAny).files > 0
    const isSent = shareOf(scene, row, standing.sent).files > 0
    const by = isOther ? 'another build of this report' : 'nobody'
    found.push(['Read by', isSent && !isOther ? `${by}, and BuildKit transfers it all the same` : by])
  }
  const losses = lossesOf(scene, row)
  if (losses.length > 0) found.push(['Cache', ...losses])
  return found
}

function decision({ now, tree }: Scene, row: Row): string {
  const { table, file, patterns } = now
  const verdict = now.verdicts()
  const index = verdict[row] ?? -1
  const line = file.lines[index]
  const name = tree.ignore?.file ?? '.dockerignore'
  if (!line)
    return tree.ignore === null && file.lines.length === 0
      ? 'there is none'
      : `no line of ${name} decides about it`
  const does = patterns.matched(index) ? 'drops it' : 'lets it in'
  const above = table.parent[row] ?? -1
  const isHandedDown = above >= 0 && verdict[above] === index
  return `line ${line.line}, ${shortened(line.written)}, ${does}${isHandedDown ? ' with the directory above' : ''}`
}

function otherLines({ now, tree }: Scene, row: Row): string | null {
  const path = tree.table.path(row)
  const lines = now.patterns
    .matching(path)
    .filter((index) => index !== now.verdicts()[row])
    .flatMap((index) => now.file.lines[index] ?? [])
  return lines.length === 0
    ? null
    : lines.map(({ line, written }) => `line ${line}, ${shortened(written, 30)}`).join('; ')
}

function readersOf({ now, target, tree }: Scene, row: Row): readonly string[] {
  const end = tree.table.end[row] ?? row + 1
  return now.reads.flatMap((reads, index) => {
    const instruction = target.instructions[index]
    if (!reads || !instruction) return []
    const files = reads.rows.reduce((sum, one) => (one >= row && one < end ? sum + 1 : sum), 0)
    if (files === 0) return []
    const part = tree.table.kind[row] === dirKind ? `, ${filesText(files)}` : ''
    return [`line ${instruction.line}, ${shortened(instruction.text)} in ${instruction.stage}${part}`]
  })
}

function lossesOf({ target, tree, choices }: Scene, row: Row): readonly string[] {
  const { history } = target
  if (!history) return []
  const traces = tree.targets[choices.target]?.traces ?? []
  const path = tree.table.path(row)
  return history.instructions.flatMap(({ line }, index) =>
    (traces[index]?.byPath ?? [])
      .filter((one) => {
        const cause = one.path.replace(/\/$/, '')
        return path === cause || path.startsWith(`${cause}/`)
      })
      .map(
        (one) =>
          `${one.path} took the cache of line ${line} in ${one.commits} of ${history.compared} commits`,
      ),
  )
}
