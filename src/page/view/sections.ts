/** The parts of the report that are not the tree: what to change, the cache, what its owner should know. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import type {
  ContextReport,
  InstructionHistory,
  LossesReport,
  SuggestionReport,
  TargetReport,
} from '../../report.ts'
import { assertionText, budgetDetail, budgetText } from '../../reporters/screen/check-words.ts'
import { ranText } from '../../reporters/screen/ran-text.ts'
import type { PageTree } from '../packed.ts'
import type { Scene } from '../scene.ts'
import { button, copyButton, el, fill, svg } from './dom.ts'
import { filesText, placeText, safetyWords, shortened, shownPath } from './words.ts'

export interface SectionActions {
  /** Tries what a suggestion makes of the ignore file. */
  readonly tryText: (text: string) => void
}

interface Section {
  readonly element: HTMLElement
  readonly show: (scene: Scene) => void
}

/** Two columns; each section shows itself where it has something to say. */
export function createSections(actions: SectionActions): readonly (readonly Section[])[] {
  return [
    [
      section('What to change', ({ report, tree, target }) => suggestions(report, { tree, target }, actions)),
      section('Left alone', ({ report }) => leftAlone(report)),
    ],
    [
      section('Checks', ({ report, target }) => checks(report, [target])),
      section('Findings', ({ report }) => findings(report)),
      section('The cache', cache),
    ],
  ]
}

function section(title: string, draw: (scene: Scene) => readonly Node[]): Section {
  const id = `section-${title.toLowerCase().replaceAll(' ', '-')}`
  const body = el('div', 'section-body')
  const element = el(
    'section',
    { class: 'panel', attributes: { 'aria-labelledby': id } },
    el('h2', { attributes: { id } }, title),
    body,
  )
  // Nothing in them hangs on what is chosen in the map.
  let drawn: unknown[] = []
  return {
    element,
    show: (scene) => {
      const from = [scene.report, scene.target]
      if (from.every((one, index) => one === drawn[index])) return
      drawn = from
      const nodes = draw(scene)
      element.hidden = nodes.length === 0
      fill(body, ...nodes)
    },
  }
}

/** What its owner should know. */
export function findings(report: ContextReport): readonly Node[] {
  const rank = { error: 0, warning: 1, info: 2 }
  const shown = report.findings
    .filter(({ suppressed }) => suppressed === undefined)
    .sort((a, b) => rank[a.severity] - rank[b.severity])
  if (shown.length === 0) return []
  return [
    el(
      'ul',
      'findings ruled',
      ...shown.map(({ severity, message, hint, at, rule }) =>
        el(
          'li',
          severity,
          el('span', `badge ${severity}`, severity),
          el(
            'span',
            'said',
            el('span', {}, shownPath(message)),
            hint !== null && el('span', 'quiet', shownPath(hint)),
            el('span', 'quiet', [placeText(at), rule].filter((one) => one !== '').join('  ')),
          ),
        ),
      ),
    ),
  ]
}

/** What suggestions are about. */
interface About {
  /** Null, as of a saved report: there is nothing to try them on. */
  readonly tree: PageTree | null
  /** Null where it is of no one build. */
  readonly target: TargetReport | null
}

export function suggestions(report: ContextReport, about: About, actions: SectionActions): readonly Node[] {
  if (report.suggestions.length === 0) {
    return [
      el(
        'p',
        'quiet',
        report.unread.files === 0
          ? 'Nothing: every file of the context is read.'
          : 'Nothing that could be told for certain.',
      ),
    ]
  }
  const [first] = report.suggestions
  // What is left of it after the first is what the first saves less.
  const sends = first ? first.leaves.bytes + first.saves.bytes : 0
  let before = sends
  return [
    el(
      'ol',
      'suggestions ruled',
      ...report.suggestions.map((one) => {
        const made = suggestion(about, one, { before, sends }, actions)
        before = one.leaves.bytes
        return made
      }),
    ),
    el(
      'p',
      'quiet',
      'ctxsize fix shows these as a diff; ctxsize fix --write makes those that are proven or safe.',
    ),
  ]
}

function suggestion(
  { tree, target }: About,
  one: SuggestionReport,
  { before, sends }: { readonly before: number; readonly sends: number },
  actions: SectionActions,
): HTMLElement {
  const after = one.leaves.bytes
  const file = tree?.ignore?.file ?? '.dockerignore'
  const edit = one.edits.find((each) => each.file === file)
  const canTry = edit !== undefined && tree !== null && !tree.isArchive
  return el(
    'li',
    {},
    el(
      'div',
      'suggestion-head',
      el('strong', {}, shownPath(one.title)),
      el('span', `badge ${one.safety}`, safetyWords[one.safety]),
      el('span', 'effect', effectOf(one, before, target)),
    ),
    before !== after && bar(before, after, sends),
    el(
      'div',
      'reason',
      el('p', {}, shownPath(one.because)),
      canTry && button('Try it', () => actions.tryText(withEdit(tree.ignore?.text ?? '', edit))),
    ),
    el(
      'details',
      'edits',
      el('summary', {}, one.edits.length === 1 ? 'The change' : `${one.edits.length} changes`),
      ...one.edits.map((each) => diffOf(each)),
      el(
        'p',
        'actions',
        copyButton('Copy the lines', () => one.edits.flatMap(({ adds }) => adds).join('\n')),
      ),
    ),
  )
}

/** What it comes to, once all above it is followed. */
function effectOf(one: SuggestionReport, before: number, target: TargetReport | null): string {
  const after = one.leaves.bytes
  if (one.speeds !== null) {
    const ran = target?.history ? ranText(target.history, one) : null
    return ran ?? `helps line ${one.speeds.line}, ${shortened(one.speeds.text)}`
  }
  if (before === after) return one.guard ? 'a guard: keeps out what a tree grows' : 'sends the same'
  const [from, to] = [humanSize(before), humanSize(after)]
  return from === to ? `${humanSize(before - after)} less` : `${from} → ${to}`
}

/** The text after an edit of a suggestion; its lines are counted from 1. */
function withEdit(text: string, { line, removes, adds }: SuggestionReport['edits'][number]): string {
  const lines = text === '' ? [] : text.split(/(?<=\n)/)
  const ended = lines.map((one, index) =>
    index === lines.length - 1 && !one.endsWith('\n') ? `${one}\n` : one,
  )
  return [
    ...ended.slice(0, line - 1),
    ...adds.map((one) => `${one}\n`),
    ...ended.slice(line - 1 + removes.length),
  ].join('')
}

function diffOf({ file, line, removes, adds }: SuggestionReport['edits'][number]): HTMLElement {
  return el(
    'pre',
    { class: 'diff', attributes: { tabindex: '0', 'aria-label': `Change of ${shownPath(file)}` } },
    el('span', 'quiet', `${shownPath(file)}:${line}\n`),
    ...removes.map((one) => el('span', 'removed', `− ${shownPath(one)}\n`)),
    ...adds.map((one) => el('span', 'added', `+ ${shownPath(one)}\n`)),
  )
}

/** What is sent before and after, of all that is sent today. */
function bar(before: number, after: number, sends: number): SVGElement {
  const share = (bytes: number) => String(sends === 0 ? 0 : Math.max(0.3, (100 * bytes) / sends))
  return svg(
    'svg',
    { class: 'bar', viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
    svg('rect', { class: 'bar-all', width: '100', height: '4' }),
    svg('rect', { class: 'bar-before', width: share(before), height: '4' }),
    svg('rect', { class: 'bar-after', width: share(after), height: '4' }),
  )
}

function cache({ target, tree, choices }: Scene): readonly Node[] {
  const { history } = target
  if (!history) {
    const takes = target.instructions.map(({ line, text, takes: amount, stage, problem }) =>
      el(
        'li',
        {},
        el('span', 'line', String(line)),
        el(
          'span',
          'said',
          el('code', {}, shortened(text)),
          el(
            'span',
            'quiet',
            problem
              ? shownPath(problem.message)
              : `takes ${humanSize(amount.bytes)} from ${filesText(amount.files)} in ${stage}`,
          ),
        ),
      ),
    )
    const why = 'There is no git history to replay, or too little of it; ctxsize history says which.'
    return [el('p', 'quiet', why), ...(takes.length > 0 ? [el('ul', 'instructions ruled', ...takes)] : [])]
  }
  const { commits, rebuilt, instructions } = history
  const traces = tree.targets[choices.target]?.traces ?? []
  const saved =
    rebuilt.afterFix !== null && rebuilt.afterFix < rebuilt.now
      ? `, ${groupedCount(rebuilt.afterFix)} with what is proven or safe`
      : ''
  return [
    el(
      'p',
      {},
      `Of the last ${groupedCount(commits)} commits, ${groupedCount(rebuilt.now)} make something of this build again${saved}.`,
    ),
    el(
      'ul',
      'instructions ruled',
      ...instructions.flatMap((one, index) =>
        one.lost > 0 ? [instructionLine(one, commits, traces[index]?.recent ?? '')] : [],
      ),
    ),
    ...othersText(instructions).map((text) => el('p', 'quiet', text)),
    ...(traces.length > 0 ? [legend()] : []),
  ]
}

/** What is told of instructions that were not lost for certain. */
function othersText(instructions: readonly LossesReport[]): readonly string[] {
  const rest = instructions.filter(({ lost }) => lost === 0)
  const following = rest.filter(({ mayLose }) => mayLose > 0)
  const most = Math.max(0, ...following.map(({ mayLose }) => mayLose))
  const count = (of: number) => (of === 1 ? '1 instruction' : `${of} instructions`)
  const said: string[] = []
  if (following.length > 0)
    said.push(
      `${count(following.length)} that ${following.length === 1 ? 'copies' : 'copy'} from other stages: at most ${groupedCount(most)} times.`,
    )
  const never = rest.length - following.length
  if (never > 0) said.push(`${count(never)} never lost ${never === 1 ? 'its' : 'their'} cache.`)
  return said
}

type Told = Omit<InstructionHistory, 'seconds' | 'recent'>

function instructionLine(one: Told, commits: number, recent: string): HTMLElement {
  const { line, text, byPath, afterFix } = one
  const [first] = byPath
  const cause = first
    ? `most often for ${shownPath(first.path)}, ${first.commits} times`
    : one.lost > 0
      ? 'each time for what came before it'
      : 'never lost'
  return el(
    'li',
    {},
    el('span', 'line', String(line)),
    el('span', 'said', el('code', {}, shortened(text)), el('span', 'quiet', cause)),
    el('span', 'losses', ...lossesText(one, afterFix, commits)),
    recent !== '' && strip(recent, `Line ${line}: lost ${one.lost} times in ${commits} commits`),
  )
}

function lossesText(
  now: LossesReport,
  after: LossesReport | null,
  commits: number,
): readonly (Node | string)[] {
  const share = el('strong', {}, groupedCount(now.lost))
  const changed =
    after !== null && after.lost !== now.lost ? [' → ', el('strong', 'better', groupedCount(after.lost))] : []
  return [share, ...changed, el('span', 'quiet', ` of ${groupedCount(commits)}`)]
}

const fates: Readonly<Record<string, string>> = { o: 'own', l: 'lost', m: 'maybe', '.': 'kept', '-': 'none' }

/** One mark a commit, the newest at the right. */
function strip(recent: string, label: string): SVGElement {
  const marks: SVGElement[] = []
  for (let from = 0; from < recent.length; ) {
    let to = from
    while (recent[to] === recent[from]) to++
    marks.push(
      svg('rect', {
        class: `fate-${fates[recent[from] ?? '-'] ?? 'none'}`,
        x: String(from),
        width: String(to - from),
        height: '10',
      }),
    )
    from = to
  }
  return svg(
    'svg',
    {
      class: 'strip',
      viewBox: `0 0 ${recent.length} 10`,
      preserveAspectRatio: 'none',
      role: 'img',
      'aria-label': label,
    },
    ...marks,
  )
}

function legend(): HTMLElement {
  const items = [
    ['own', 'lost by what it reads'],
    ['lost', 'lost by what came before'],
    ['maybe', 'perhaps'],
    ['kept', 'from the cache'],
  ] as const
  return el(
    'p',
    'strip-legend',
    ...items.map(([fate, label]) => el('span', {}, el('i', `swatch fate-${fate}`), label)),
    el('span', 'quiet', 'the newest commit at the right'),
  )
}

/** What `ctxsize check` found of limits and of what must ship; nothing where nobody asked. */
export function checks(report: ContextReport, targets: readonly TargetReport[]): readonly Node[] {
  const budgets = [...(report.budgets ?? []), ...targets.flatMap(({ budgets: own }) => own ?? [])]
  const assertions = targets.flatMap(({ assertions: own }) => own ?? [])
  if (budgets.length === 0 && assertions.length === 0) return []
  const line = (ok: boolean, text: string, more: string | null) =>
    el(
      'li',
      {},
      el('span', `badge ${ok ? 'yes' : 'error'}`, ok ? 'kept' : 'broken'),
      el(
        'span',
        'said',
        el('span', {}, shownPath(text)),
        more !== null && el('span', 'quiet', shownPath(more)),
      ),
    )
  return [
    el(
      'ul',
      'findings ruled',
      ...budgets.map((one) => line(one.ok, budgetText(one), budgetDetail(one))),
      ...assertions.map((one) => line(one.ok, assertionText(one), one.note)),
    ),
  ]
}

/** What looks useless and stays, and what cannot be read. */
export function leftAlone(report: ContextReport): readonly Node[] {
  const { leftAlone: left, open } = report
  if (left.length === 0 && open.length === 0) return []
  return [
    el(
      'ul',
      'left ruled',
      ...left
        .slice(0, 40)
        .map(({ path, bytes, because, at }) =>
          el(
            'li',
            {},
            el(
              'span',
              'said',
              el('code', {}, shownPath(path)),
              el(
                'span',
                'quiet',
                `${bytes > 0 ? `${humanSize(bytes)}, ` : ''}${shownPath(because)}${at ? ` (${placeText(at)})` : ''}`,
              ),
            ),
          ),
        ),
      ...open.map(({ because, at }) =>
        el(
          'li',
          {},
          el(
            'span',
            'said',
            el('span', {}, 'Nothing is called proven or safe:'),
            el('span', 'quiet', `${shownPath(because)}${at ? ` (${placeText(at)})` : ''}`),
          ),
        ),
      ),
    ),
  ]
}
