/** The page put together: what was chosen, and everything that follows from it, once a frame. */

import { flag, type Row, rootRow } from '../../context/table.ts'
import { buildkitSize, classicSize, humanSize } from '../../lib/amount.ts'
import type { Report } from '../../report.ts'
import { buildkitWire, classicWire, type Outcome } from '../outcome.ts'
import type { PageData } from '../packed.ts'
import { proveChange } from '../proof.ts'
import {
  addShares,
  type Choices,
  type Colouring,
  createStage,
  everything,
  firstColouring,
  looksAlike,
  type Mode,
  type Scene,
} from '../scene.ts'
import { createDetails } from './details.ts'
import { button, el, fill, put, say } from './dom.ts'
import { createMap, paletteNow } from './map.ts'
import type { Palette } from './palette.ts'
import { createSections } from './sections.ts'
import { createTable } from './table.ts'
import { createWhatIf } from './what-if.ts'
import { buildText, filesText, nameOf, pathOf, shortened, shownPath } from './words.ts'

const modes: readonly { readonly id: Mode; readonly label: string; readonly what: string }[] = [
  { id: 'disk', label: 'On disk', what: 'all that was seen, ignored or not' },
  { id: 'context', label: 'Context', what: 'what the ignore file leaves' },
  { id: 'transfer', label: 'Transfer', what: 'what BuildKit asks for' },
]

const colourings: readonly { readonly id: Colouring; readonly label: string }[] = [
  { id: 'answer', label: 'what can go' },
  { id: 'state', label: 'read or not' },
  { id: 'instruction', label: 'instruction that reads it' },
  { id: 'kind', label: 'kind of file' },
  { id: 'losses', label: 'caches it took' },
]

/** Milliseconds of quiet after which the slow figures are worked out again. */
const settled = 150

/** Fills the page. */
export function createApp(page: Element, data: PageData): void {
  const stage = createStage(data)
  let choices: Choices = {
    context: 0,
    target: 0,
    mode: 'context',
    colouring: firstColouring(data.trees[0]),
    place: everything,
    selected: null,
    query: '',
    text: null,
  }
  let frame = 0
  let rest = 0
  let timer = 0
  /** The outcome that is drawn, and what the rest was drawn of. */
  let drawn: Outcome | null = null
  let told: Scene | null = null
  let rested: { readonly scene: Scene; readonly palette: Palette } | null = null
  const change = (part: Partial<Choices>) => {
    choices = { ...choices, ...part }
    // One picture a frame, however fast somebody types; of the first key since the last all is known when the frame comes.
    if (frame !== 0) return
    frame = requestAnimationFrame(draw)
    stage.show(choices)
  }
  const open = (row: Row) => change({ place: { row, rows: null }, selected: null })
  const answerOf = stage.answerOf
  const map = createMap({
    select: (selected) => change({ selected }),
    zoom: (place) => change({ place, selected: null }),
  })
  const whatIf = createWhatIf((text) => change({ text }))
  const select = (row: Row) => change({ selected: { row, rows: null } })
  const details = createDetails({ open, select, answerOf, tryLine: (line) => whatIf.add(line) })
  const table = createTable({ open, answerOf, select })
  const sections = createSections({
    tryText: (text) => {
      whatIf.replace(text)
      whatIf.element.scrollIntoView({ block: 'nearest' })
    },
  })
  const header = createHeader(data.report, (context, target) => {
    change({ context, target, place: everything, selected: null, text: null })
  })
  const amounts = createAmounts((mode) => change({ mode }))
  const tools = createTools(change)
  const legend = el('ul', { class: 'legend', attributes: { 'aria-label': 'Colours' } })
  put(
    page,
    header.element,
    el(
      'main',
      {},
      amounts.element,
      el(
        'div',
        'board',
        el(
          'section',
          { class: 'panel map-panel', attributes: { 'aria-label': 'Map' } },
          tools.element,
          map.element,
          legend,
        ),
        el('div', 'side', details.element, whatIf.element),
      ),
      el(
        'div',
        'columns',
        ...sections.map((column) => el('div', 'column', ...column.map(({ element }) => element))),
      ),
      table.element,
    ),
    el('footer', 'quiet', `ctxsize ${data.report.tool.version}`),
  )

  function draw(): void {
    frame = 0
    const scene = stage.show(choices)
    header.show(scene)
    amounts.show(scene)
    tools.show(scene)
    map.show(scene)
    whatIf.show(scene)
    // What somebody types shows first where it is looked for, and in the rest when that is painted.
    clearTimeout(rest)
    if (drawn !== null && drawn !== scene.now) rest = window.setTimeout(() => drawRest(scene))
    else drawRest(scene)
    drawn = scene.now
    clearTimeout(timer)
    if (told?.tree !== scene.tree || told.target !== scene.target || told.now.table !== scene.now.table)
      timer = window.setTimeout(() => {
        header.tell(scene)
        told = scene
      }, settled)
  }

  function drawRest(scene: Scene): void {
    const isShown = rested !== null && looksAlike(rested.scene, scene)
    if (!isShown || rested?.palette !== paletteNow()) legendOf(legend, scene)
    if (!isShown) table.show(scene)
    rested = { scene, palette: paletteNow() }
    details.show(scene)
    whatIf.showEffects(scene)
    for (const one of sections.flat()) one.show(scene)
  }

  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement
    if (event.key === '/' && !isTyping) {
      event.preventDefault()
      tools.search()
    } else if (event.key === 'Escape' && choices.query !== '') tools.clear()
  })
  // Colours in the legend are those of the map, which paints itself.
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => change({}))
  draw()
  const rehearse = (lines: readonly string[]) => {
    const [line, ...others] = lines
    // Somebody was quicker.
    if (choices.text !== null) return
    const text = data.trees[choices.context]?.ignore?.text ?? ''
    const scene = stage.show({ ...choices, text: line === undefined ? null : `${text}\n${line}` })
    if (line === undefined) return
    map.rehearse(scene)
    proveChange(scene.tree, scene.before, scene.now)
    window.setTimeout(() => rehearse(others), pause)
  }
  if (data.trees.some(({ table }) => table.count > rehearsedFrom))
    window.setTimeout(() => rehearse(rehearsal), pause)
}

/**
 * Rows from which on a first letter would be noticed: a browser compiles what has run a few times, and until then it is
 * several times as slow. So it runs before anybody types, between two frames and unseen.
 */
const rehearsedFrom = 20_000
const rehearsal = [
  '**/a',
  '*',
  '**/*.b',
  '**/*e*',
  '**',
  '**/c',
  '**/s*',
  '!**/d',
  '**/*s',
  '**/e*',
  '[a-m]*',
  '**/*.*',
  's*',
  '**/m',
  '**/*.js',
  '!**/n',
  '**/t*s',
  '**/*a*',
  '*s',
  '**/l',
]
const pause = 50

interface Part {
  readonly element: HTMLElement
  readonly show: (scene: Scene) => void
}

/** Which build it is, and what is to be said of it first. */
function createHeader(
  report: Report,
  choose: (context: number, target: number) => void,
): Part & { readonly tell: (scene: Scene) => void } {
  const builds = report.contexts.flatMap(({ root, targets }, context) =>
    targets.map((target, index) => ({
      context,
      index,
      label: [target.name, root === '.' ? null : `${root}/`, target.dockerfile, target.target]
        .filter((one) => one !== null)
        .map((one) => shownPath(one))
        .join('  '),
    })),
  )
  const picker = el('select', {
    attributes: { 'aria-label': 'Build' },
    on: {
      change: () => {
        const chosen = builds[picker.selectedIndex]
        if (chosen) choose(chosen.context, chosen.index)
      },
    },
  })
  for (const { label } of builds) picker.append(el('option', {}, label))
  const facts = el('p', 'facts')
  const verdict = el('h1')
  const prints = el('p', { class: 'prints quiet', attributes: { 'aria-live': 'polite' } })
  const problems = el('div', 'problems')
  const element = el(
    'header',
    {},
    el('div', 'top', el('span', 'brand', 'ctxsize'), builds.length > 1 && picker, facts),
    verdict,
    prints,
    problems,
  )
  return {
    element,
    show: (scene) => {
      const { report: context, target, now, tree } = scene
      const patterns = context.ignorePatterns
      const ignore =
        context.ignoreFile === null
          ? 'no .dockerignore'
          : `${shownPath(context.ignoreFile)}, ${patterns === 1 ? '1 line' : `${patterns} lines`}`
      const builder = { buildkit: 'BuildKit', classic: 'classic builder', podman: 'podman' }[tree.builder]
      say(facts, [buildText(target), ignore, builder].join('   '))
      const title = `${shownPath(target.name ?? target.dockerfile)}, ctxsize`
      if (document.title !== title) document.title = title
      const failure = failureOf(scene)
      say(verdict, failure === null ? verdictOf(scene) : `This build cannot succeed: ${failure}.`)
      verdict.classList.toggle('bad', failure !== null)
      const said = [
        ...report.problems.map(
          ({ message, at }) => `${at ? `${shownPath(at.file)}:${at.line}: ` : ''}${shownPath(message)}`,
        ),
      ]
      fill(problems, ...said.map((one) => el('p', 'verdict bad', one)))
      element.classList.toggle('tried', now !== scene.before)
    },
    tell: ({ target, tree, now }) => {
      if (tree.builder === 'classic') {
        const bytes = classicWire(tree, now)
        prints.textContent =
          bytes === null ? '' : `docker prints  Sending build context to Docker daemon  ${classicSize(bytes)}`
      } else if (target.prints.buildkit === null || tree.builder === 'podman') prints.textContent = ''
      else {
        const { cold, warm } = buildkitWire(tree, now)
        prints.textContent = `docker prints  transferring context: ${target.exact ? '' : 'about '}${buildkitSize(cold)}   (${buildkitSize(warm)} if nothing changed)`
      }
    },
  }
}

/** Why the build is certain to fail with the file that is tried; null: it is not. */
function failureOf({ now, before, report, target }: Scene): string | null {
  // What no ignore file changes comes first: what is no instruction fails before any of them is run.
  const fatal = report.findings.find(
    ({ data, at }) =>
      data['fails'] === true && data['source'] === undefined && at?.file === target.dockerfile,
  )
  if (fatal && target.buildFails) return shownPath(fatal.message)
  for (const [index, one] of now.reads.entries()) {
    const instruction = target.instructions[index]
    if (one?.failure && instruction)
      return `line ${instruction.line}, ${shortened(instruction.text)}, does not find ${shownPath(one.failure.path || one.failure.source)}`
  }
  // Where nothing is missing any more, what the file on the disk kept out has come in.
  const isLetIn = before.reads.some((one) => one?.failure)
  return target.buildFails && !isLetIn ? 'docker refuses it' : null
}

function verdictOf({ now, tree, target }: Scene): string {
  const { transfer, context, unread } = now.amounts
  const amount = tree.builder === 'buildkit' ? transfer : context
  if (tree.builder === 'buildkit' && !target.requested)
    return 'No instruction of this build reads its context.'
  const sends = tree.builder === 'podman' ? 'reads from' : 'sends'
  if (amount.files === 0) return `This build ${sends} nothing.`
  const all = `This build ${sends} ${humanSize(amount.bytes)} in ${filesText(amount.files)}`
  return unread.bytes * 100 < context.bytes
    ? `${all}.`
    : `${all}; ${humanSize(unread.bytes)} of the context is read by nobody.`
}

/** The three amounts, which choose what the map weighs by. */
function createAmounts(choose: (mode: Mode) => void): Part {
  const cards = modes.map(({ id, label, what }) => {
    const input = el('input', {
      attributes: { type: 'radio', name: 'mode', id: `mode-${id}`, value: id },
      on: { change: () => choose(id) },
    })
    const size = el('span', 'size')
    const files = el('span', 'files')
    const card = el(
      'label',
      { class: 'card', title: what, attributes: { for: `mode-${id}` } },
      input,
      el('span', 'card-label', label),
      size,
      files,
    )
    return { id, input, size, files, card }
  })
  const element = el(
    'fieldset',
    'amounts',
    el('legend', 'offscreen', 'What the map shows'),
    ...cards.map(({ card }) => card),
  )
  let counted: { readonly tree: Scene['tree'] | null; readonly unseen: number } = { tree: null, unseen: 0 }
  return {
    element,
    show: ({ choices, before, now, tree }) => {
      if (counted.tree !== tree) counted = { tree, unseen: unseenIn(tree) }
      const { unseen } = counted
      for (const { id, input, size, files, card } of cards) {
        input.checked = choices.mode === id
        const of = ({ amounts }: Scene['now']) =>
          id === 'disk' ? sum(amounts.context, amounts.ignored, measured(tree)) : amounts[id]
        const [old, amount] = [of(before), of(now)]
        say(size, humanSize(amount.bytes))
        const isAll = id !== 'disk' || unseen === 0
        say(
          files,
          old.bytes === amount.bytes
            ? `${filesText(amount.files)}${isAll ? '' : ' seen'}`
            : `was ${humanSize(old.bytes)}`,
        )
        if (!isAll)
          card.title = `${unseen} ${unseen === 1 ? 'directory is' : 'directories are'} dropped whole, and nobody looked into ${unseen === 1 ? 'it' : 'them'}: ctxsize --measure-ignored does`
      }
    },
  }
}

type Amount = Scene['now']['amounts']['context']

const sum = (...amounts: readonly Amount[]): Amount => ({
  files: amounts.reduce((all, { files }) => all + files, 0),
  bytes: amounts.reduce((all, { bytes }) => all + bytes, 0),
})

/** Directories that were dropped whole and not measured. */
function unseenIn({ table, prunedAmounts }: Scene['tree']): number {
  let unseen = 0
  for (let row = 0; row < table.count; row++)
    if (((table.flags[row] ?? 0) & flag.pruned) !== 0 && !prunedAmounts.has(row)) unseen++
  return unseen
}

const measured = (tree: Scene['tree']): Amount => sum(...tree.prunedAmounts.values())

/** The way to the open directory, the search, the colours. */
function createTools(change: (part: Partial<Choices>) => void): Part & {
  readonly search: () => void
  readonly clear: () => void
} {
  const way = el('ol', 'way')
  const search = el('input', {
    attributes: {
      type: 'search',
      placeholder: 'Search names',
      'aria-label': 'Search names',
      spellcheck: 'false',
    },
    on: { input: () => change({ query: search.value.trim() }) },
  })
  const colours = el('select', {
    attributes: { id: 'colours' },
    on: { change: () => change({ colouring: colourings[colours.selectedIndex]?.id ?? 'state' }) },
  })
  const options = colourings.map(({ label }) => el('option', {}, label))
  put(colours, ...options)
  const element = el(
    'div',
    'tools',
    el('nav', { attributes: { 'aria-label': 'Open directory' } }, way),
    el('span', 'spacer'),
    search,
    el('label', 'colours', el('span', {}, 'Coloured by'), colours),
  )
  let shown: (Pick<Scene, 'tree'> & Pick<Choices, 'place'>) | null = null
  return {
    element,
    search: () => search.focus(),
    clear: () => {
      search.value = ''
      change({ query: '' })
    },
    show: (scene) => {
      const last = options.at(-1)
      colours.selectedIndex = colourings.findIndex(({ id }) => id === scene.choices.colouring)
      // Where there is no history, no cache was seen to be lost.
      if (last) last.hidden = scene.target.history === undefined
      const { place } = scene.choices
      if (shown?.tree === scene.tree && shown.place === place) return
      shown = { tree: scene.tree, place }
      const rows: Row[] = []
      for (let row = place.row; row !== rootRow; row = scene.tree.table.parent[row] ?? rootRow)
        rows.unshift(row)
      const step = (label: string, row: Row, title: string) => {
        const made = button(label, () => change({ place: { row, rows: null }, selected: null }))
        made.title = title
        if (row === place.row && place.rows === null) made.setAttribute('aria-current', 'location')
        return el('li', {}, made)
      }
      fill(
        way,
        step(
          scene.report.root === '.' ? 'context' : `${shownPath(scene.report.root)}/`,
          rootRow,
          'All of the context',
        ),
        ...rows.map((row) => step(shortened(nameOf(scene, row), 32), row, pathOf(scene, row))),
        place.rows !== null && el('li', {}, `${place.rows.length} smaller`),
      )
    },
  }
}

/** The colours that there are in what is shown, with what they weigh. */
function legendOf(list: HTMLElement, scene: Scene): void {
  const { categories, tree, choices } = scene
  const sums = new Float64Array(categories.length)
  const { row: open } = choices.place
  addShares(
    scene,
    { from: open + 1, to: open === rootRow ? tree.table.count : (tree.table.end[open] ?? 0) },
    sums,
  )
  const colours = paletteNow().colours[choices.colouring]
  fill(
    list,
    ...categories.map(({ label, colour }, index) => {
      if ((sums[index] ?? 0) === 0) return null
      const swatch = el('i', 'swatch')
      swatch.style.backgroundColor = colours[colour] ?? ''
      return el('li', {}, swatch, shortened(label, 48), el('span', 'quiet', humanSize(sums[index] ?? 0)))
    }),
  )
}
