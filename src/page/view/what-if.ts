/** The ignore file as it could be: lines switched off, lines added, and what comes of it, as fast as it is typed. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { type Decided, decidedBy } from '../outcome.ts'
import { type Loss, type Proof, proveChange } from '../proof.ts'
import type { Scene } from '../scene.ts'
import { button, copyButton, el, fill, put, say } from './dom.ts'
import { amountText, filesText, pathOf, shortened, shownPath } from './words.ts'

export interface WhatIf {
  readonly element: HTMLElement
  readonly show: (scene: Scene) => void
  /** What each line decides about, of the scene that is shown. */
  readonly showEffects: (scene: Scene) => void
  /** Adds a line to those that are tried. */
  readonly add: (line: string) => void
  /** Takes a text for the file that is tried. */
  readonly replace: (text: string) => void
}

/** A line as it stands, with its line end. */
interface Line {
  readonly text: string
  readonly isPattern: boolean
  isOn: boolean
}

/** `change`: the text to be tried; null: as it was. */
export function createWhatIf(change: (text: string | null) => void): WhatIf {
  let original = ''
  let lines: Line[] = []
  let shown: readonly HTMLElement[] = []
  const list = el('ol', { class: 'lines', attributes: { 'aria-label': 'Lines of the ignore file' } })
  const added = el('textarea', {
    attributes: {
      id: 'added',
      rows: '3',
      spellcheck: 'false',
      autocapitalize: 'off',
      autocomplete: 'off',
      placeholder: '**/*.map',
    },
    on: { input: () => tell() },
  })
  const result = el('div', { class: 'result', attributes: { 'aria-live': 'polite' } })
  const title = el('h2', { attributes: { id: 'what-if-title' } }, 'What if?')
  const file = el('span', 'quiet')
  const reset = button('Reset', () => {
    load(original)
    tell()
  })
  const copy = copyButton('Copy the file', text)
  const element = el(
    'section',
    { class: 'panel what-if', attributes: { 'aria-labelledby': 'what-if-title' } },
    el('div', 'panel-head', title, file),
    list,
    el('label', { attributes: { for: 'added' } }, 'Lines to add'),
    added,
    result,
    el('p', 'actions', copy, reset),
  )

  function text(): string {
    const kept = lines
      .filter(({ isOn }) => isOn)
      .map((line) => line.text)
      .join('')
    if (added.value.trim() === '') return kept
    const joint = kept === '' || kept.endsWith('\n') ? '' : '\n'
    return `${kept}${joint}${added.value}${added.value.endsWith('\n') ? '' : '\n'}`
  }
  const isChanged = () => text() !== original
  function tell(): void {
    change(isChanged() ? text() : null)
  }
  function draw(): void {
    shown = lines.map((line, index) => lineElement(line, index, tell))
    fill(list, ...shown)
    list.hidden = lines.length === 0
  }
  function load(from: string): void {
    original = from
    lines = linesOf(from)
    added.value = ''
    draw()
  }
  load('')

  return {
    element,
    show: (scene) => {
      const { tree, choices } = scene
      const from = tree.ignore?.text ?? ''
      // Another build, perhaps with the same file: what was tried was tried on the one before.
      if (from !== original || (choices.text === null && isChanged())) load(from)
      element.hidden = tree.isArchive
      say(file, tree.ignore === null ? 'a new .dockerignore' : shownPath(tree.ignore.file))
      reset.disabled = !isChanged()
      copy.disabled = !isChanged()
      fill(result, ...resultOf(scene))
      element.classList.toggle('changed', choices.text !== null)
    },
    showEffects: (scene) => effects(scene, lines, shown),
    add: (line) => {
      const before = added.value
      added.value = before.trim() === '' ? line : `${before.replace(/\n*$/, '\n')}${line}`
      tell()
    },
    replace: (given) => {
      const kept = original === '' || original.endsWith('\n') ? original : `${original}\n`
      const isMore = given.startsWith(kept)
      // Lines that stand in the midst are tried at the place they have.
      lines = linesOf(isMore ? original : given)
      added.value = isMore ? given.slice(kept.length).trim() : ''
      draw()
      tell()
    },
  }
}

function linesOf(text: string): Line[] {
  return text.split(/(?<=\n)/).flatMap((line, index) => {
    if (line === '') return []
    const shown = index === 0 ? line.replace(/^\uFEFF/, '') : line
    return [{ text: line, isPattern: shown.trim() !== '' && !shown.startsWith('#'), isOn: true }]
  })
}

function lineElement(line: Line, index: number, tell: () => void): HTMLElement {
  const written = line.text.replace(/\r?\n$/, '')
  if (!line.isPattern)
    return el(
      'li',
      'comment',
      el('span', 'number', String(index + 1)),
      el('span', 'written', shownPath(written)),
    )
  const box = el('input', {
    attributes: { type: 'checkbox', id: `line-${index}` },
    on: {
      change: () => {
        line.isOn = box.checked
        tell()
      },
    },
  })
  box.checked = line.isOn
  return el(
    'li',
    {},
    el('span', 'number', String(index + 1)),
    box,
    el('label', { class: 'written', attributes: { for: `line-${index}` } }, shownPath(written)),
    el('span', 'effect'),
  )
}

/** What each line decides about, at its end. */
function effects(scene: Scene, lines: readonly Line[], shown: readonly HTMLElement[]): void {
  const decided = decidedBy(scene.now)
  const byLine = new Map(scene.now.file.lines.map(({ line }, index) => [line, decided[index]]))
  let number = 0
  for (const [index, line] of lines.entries()) {
    if (line.isOn) number++
    const place = shown[index]?.querySelector('.effect')
    if (!place) continue
    say(place, line.isOn ? effectText(byLine.get(number)) : 'off')
    shown[index]?.classList.toggle('off', !line.isOn)
  }
}

function effectText(decided: Decided | undefined): string {
  if (!decided) return ''
  const { files, bytes, whole } = decided
  if (files > 0) return `${humanSize(bytes)}, ${groupedCount(files)}`
  return whole === 0
    ? 'nothing'
    : whole === 1
      ? '1 directory whole'
      : `${groupedCount(whole)} directories whole`
}

function resultOf(scene: Scene): readonly Node[] {
  const { before, now, refusals, choices } = scene
  if (refusals.length > 0)
    return refusals.map(({ line, message }) =>
      el(
        'p',
        'verdict bad',
        `${line === null ? '' : `Line ${line}: `}${shownPath(message)}. Docker refuses every build with it.`,
      ),
    )
  if (choices.text === null)
    return [
      el(
        'p',
        'quiet',
        `${before.file.lines.length === 0 ? 'Type a line.' : 'Switch a line off, or type one.'} Nothing on your disk changes.`,
      ),
    ]
  const proof = proveChange(scene.tree, before, now)
  const nodes: HTMLElement[] = [
    el(
      'dl',
      'change',
      ...change('Context', before.amounts.context.bytes, now.amounts.context.bytes),
      ...change('Transfer', before.amounts.transfer.bytes, now.amounts.transfer.bytes),
      ...change('Unread', before.amounts.unread.bytes, now.amounts.unread.bytes),
    ),
  ]
  for (const said of proofLines(scene, proof)) nodes.push(said)
  return nodes
}

function change(term: string, before: number, after: number): readonly HTMLElement[] {
  const said = el('dd', {}, humanSize(before))
  if (before !== after) {
    put(said, ' → ', el('strong', {}, humanSize(after)))
    put(said, el('span', 'quiet', `  ${after < before ? '−' : '+'}${humanSize(Math.abs(before - after))}`))
  }
  return [el('dt', {}, term), said]
}

function proofLines(scene: Scene, { broken, losses, gains, lines }: Proof): readonly HTMLElement[] {
  const { target, now } = scene
  const said: HTMLElement[] = broken.map(({ instruction, failure }) => {
    const one = target.instructions[instruction]
    return el(
      'p',
      'verdict bad',
      `Line ${one?.line}, ${shortened(one?.text ?? '')}, no longer finds ${shownPath(failure.path || failure.source)}: the build fails.`,
    )
  })
  for (const loss of losses) said.push(lossLine(scene, loss))
  if (gains.files > 0) said.push(el('p', 'verdict', `${amountText(gains)} come in.`))
  for (const row of now.unknown.slice(0, 5))
    said.push(
      el(
        'p',
        'verdict ask',
        `${pathOf(scene, row)} may come in too: it was dropped whole, so nobody looked into it.`,
      ),
    )
  if (now.unknown.length > 5)
    said.push(el('p', 'verdict ask', `So may ${now.unknown.length - 5} other directories.`))
  if (losses.length === 0 && gains.files === 0 && broken.length === 0 && now.unknown.length === 0)
    said.push(el('p', 'verdict', 'No file of this tree is concerned.'))
  const isOpen = scene.report.open.length > 0
  for (const { line, reader } of lines) {
    if (reader !== null) {
      const { file, instruction } = reader
      said.push(
        el(
          'p',
          'verdict quiet',
          `On other trees ${shortened(line, 30)} could take something from ${shortened(instruction.text, 40)} (${shownPath(file)}:${instruction.line}).`,
        ),
      )
    } else if (isOpen)
      said.push(
        el(
          'p',
          'verdict quiet',
          `No instruction that can be read names anything that ${shortened(line, 30)} matches; there are builds that cannot be read.`,
        ),
      )
    else
      said.push(
        el(
          'p',
          'verdict good',
          `Proven: no instruction reads anything that ${shortened(line, 30)} could ever match.`,
        ),
      )
  }
  return said
}

const lossClass = { unread: 'good', yes: 'good', ask: 'ask', keep: 'bad', read: 'ask' } as const

function lossLine(scene: Scene, loss: Loss): HTMLElement {
  const what =
    loss.files === 1 ? pathOf(scene, loss.example) : `${filesText(loss.files)}, ${humanSize(loss.bytes)},`
  const verb = loss.files === 1 ? 'leaves' : 'leave'
  const why = {
    unread: `${verb}: nobody reads ${loss.files === 1 ? 'it' : 'them'}.`,
    yes: `${verb}: safe, ${loss.because}.`,
    ask: `${verb}: you decide, ${loss.because}.`,
    keep: `${verb}, and should not: ${loss.because}.`,
    read: `${verb} that the build reads: the image changes.`,
  }[loss.kind]
  return el('p', `verdict ${lossClass[loss.kind]}`, `${what} ${why}`)
}
