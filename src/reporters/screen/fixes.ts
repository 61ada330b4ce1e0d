/** What to change, the best first, with what it saves; and what was left alone, as a refusal is a reason to trust the rest. */

import { humanSize } from '../../lib/amount.ts'
import { groupedBy } from '../../lib/grouped.ts'
import { visiblePath } from '../../lib/path.ts'
import type {
  Amount,
  ContextReport,
  Finding,
  LeftAloneReport,
  notLookedFor,
  OpenReport,
  SuggestionReport,
} from '../../report.ts'
import { type Cell, grid } from './grid.ts'
import { shownParts } from './largest.ts'
import { paint } from './paint.ts'
import { ranText } from './ran-text.ts'
import type { FixCourse } from './rebuilds.ts'
import { taken, type View } from './view.ts'
import { besideOpen, closing, counted, paragraph, placeText } from './words.ts'

/** Lines of the table where nobody asked for all. */
export const mostFixes = 4
const mostLeft = 3
const mostOpen = 2
/** Reasons told of one line of the table. */
const mostReasons = 2

/** A line of the table: one suggestion, or all lines of the ignore file that may go in without a question. */
export interface Fix {
  readonly title: string
  readonly suggestions: readonly SuggestionReport[]
  readonly saves: number
  /** What leaves the context, which for BuildKit may be more than what it sends less. */
  readonly savesContext: number
  /** What is sent once this and all above it are followed. */
  readonly leaves: number
  readonly safety: string
  readonly speeds: string | null
}

const unsought: typeof notLookedFor = 'whether a text names it was not looked for: ctxsize fix does'

/** What the table says of how sure one is: what fix may call safe, which looks further, is nobody's to decide yet. */
const safetyOf = ({ safety, because }: SuggestionReport): string =>
  safety !== 'review' ? safety : because === unsought ? 'fix tells' : 'you decide'

/** The fixes in the order in which they are told: what needs a decision last. */
export function fixesOf({ context }: View): readonly Fix[] {
  const { suggestions } = context
  const plain = suggestions.filter(isPlain)
  const merged = plain.length === 0 ? [] : [mergedFix(plain, context.ignoreFile)]
  const single = (one: SuggestionReport): Fix => ({
    title: visiblePath(one.title),
    suggestions: [one],
    saves: one.saves.bytes,
    savesContext: one.savesContext.bytes,
    leaves: one.leaves.bytes,
    safety: safetyOf(one),
    speeds: one.speeds?.text ?? null,
  })
  const together = (all: readonly SuggestionReport[]): readonly Fix[] =>
    alike(all).map(([first, ...more]) =>
      more.length === 0
        ? single(first)
        : {
            ...single(first),
            title: togetherTitle([first, ...more]),
            suggestions: [first, ...more],
            saves: first.saves.bytes + more.reduce((sum, { saves }) => sum + saves.bytes, 0),
            savesContext:
              first.savesContext.bytes + more.reduce((sum, { savesContext }) => sum + savesContext.bytes, 0),
            leaves: Math.min(first.leaves.bytes, ...more.map(({ leaves }) => leaves.bytes)),
          },
    )
  const rest = suggestions.filter((one) => !isPlain(one))
  const certain = together(rest.filter(({ safety }) => safety !== 'review'))
  const asked = together(rest.filter(({ safety }) => safety === 'review'))
  return merged.some(({ savesContext }) => savesContext > 0)
    ? [...merged, ...certain, ...asked]
    : [...certain, ...merged, ...asked]
}

/** Sixteen Dockerfiles of one house need one and the same change: it is one line to read. */
function alike(
  suggestions: readonly SuggestionReport[],
): readonly (readonly [SuggestionReport, ...SuggestionReport[]])[] {
  const keyOf = (one: SuggestionReport) =>
    `${one.title} ${changedDockerfile(one) === null ? one.because : ''}`
  return [...groupedBy(suggestions, keyOf).values()]
}

function togetherTitle(all: readonly [SuggestionReport, ...SuggestionReport[]]): string {
  const files = new Set(all.map(changedDockerfile))
  const title = visiblePath(all[0].title)
  return files.size === 1 ? `${title}, in ${all.length} places` : `${files.size} Dockerfiles: ${title}`
}

/** The Dockerfile that the suggestion edits; null when it edits none. */
const changedDockerfile = ({ edits, speeds }: SuggestionReport): string | null =>
  speeds === null ? null : (edits.find(({ removes }) => removes.length > 0)?.file ?? edits[0]?.file ?? null)

/** Lines for the ignore file that nobody has to think about. */
function isPlain({ safety, speeds, edits }: SuggestionReport): boolean {
  return safety !== 'review' && speeds === null && edits.every((edit) => edit.removes.length === 0)
}

function mergedFix(plain: readonly SuggestionReport[], ignoreFile: string | null): Fix {
  const all = new Set(
    plain.flatMap(({ edits }) =>
      edits.flatMap(({ adds }) => adds.filter((line) => line.trim() !== '' && !line.startsWith('#'))),
    ),
  )
  // `tests/a/obj` is not written beside a line for every `obj`.
  const lines = [...all].filter(
    (line) =>
      line.startsWith('**/') ||
      !line.split('/').some((_, i, parts) => all.has(`**/${parts.slice(i).join('/')}`)),
  )
  const name = visiblePath(ignoreFile ?? '.dockerignore')
  const sum = (bytes: (one: SuggestionReport) => number) => plain.reduce((all, one) => all + bytes(one), 0)
  return {
    title:
      ignoreFile === null
        ? `write ${name}, ${counted(lines.length, 'line')}`
        : `add ${counted(lines.length, 'line')} to ${name}`,
    suggestions: plain,
    saves: sum(({ saves }) => saves.bytes),
    savesContext: sum(({ savesContext }) => savesContext.bytes),
    leaves: Math.min(...plain.map(({ leaves }) => leaves.bytes)),
    safety: plain.every(({ safety }) => safety === 'proven') ? 'proven' : 'safe',
    speeds: null,
  }
}

/** What is known of a context as one of many. */
export interface Among {
  readonly course: (fixes: readonly Fix[]) => readonly FixCourse[]
}

/** `among`: what holds for all contexts is told elsewhere. */
export function fixes(view: View, among: Among | null = null): string[] {
  const { context, style, clean } = view
  const all = fixesOf(view)
  if (clean && !style.verbose) return small(view)
  const shown = style.verbose ? all : all.slice(0, mostFixes)
  const lines = shown.length === 0 ? [] : rowsOf(shown, among?.course(shown) ?? [], view)
  if (shown.length < all.length)
    lines.push(paint(style, 'dim', `     … ${all.length - shown.length} more: ctxsize fix`))
  const leftAlone = untold(view)
  if (leftAlone.length > 0) {
    const texts = leftAlone
      .slice(0, style.verbose ? leftAlone.length : mostLeft)
      .map(({ path, because, at }) => {
        const place = at === null || `${because} ${path}`.includes(`:${at.line}`) ? '' : `, ${placeText(at)}`
        return `${visiblePath(path)} (${visiblePath(because)}${place})`
      })
    const more = leftAlone.length > texts.length ? `, and ${leftAlone.length - texts.length} more` : ''
    lines.push(...paragraph('  Not touched: ', `${texts.join('; ')}${more}`, style))
  }
  lines.push(...coldLines(shown, view))
  return among !== null
    ? lines
    : [...lines, ...(all.length === 0 ? [] : openLines(context.open, heldBack(context), view))]
}

/** What a step found in a cache is worth is nothing to a build in CI that keeps none: the numbers above are not of it. With -v it is a remark. */
function coldLines(shown: readonly Fix[], { context: { findings }, style }: View): string[] {
  const cached = shown.flatMap(({ speeds }, i) => (speeds === null ? [] : [String(i + 1)]))
  const [place, ...more] = coldBuilds(findings)
  if (cached.length === 0 || place === undefined || style.verbose) return []
  const others = more.length === 0 ? '' : ` and ${counted(more.length, 'other workflow')}`
  const text = `${place}${others} ${more.length === 0 ? 'keeps' : 'keep'} no layers, so ${cached.length === 1 ? 'fix' : 'fixes'} ${cached.join(' and ')} ${cached.length === 1 ? 'saves' : 'save'} nothing there (ctxsize explain ci-no-cache)`
  return paragraph('  In CI: ', text, style).map((line) => paint(style, 'yellow', line))
}

/** The builds in CI that find no layer of an earlier one, one of each workflow. */
export const coldBuilds = (findings: readonly Finding[]): readonly string[] =>
  findings.flatMap(({ rule, at, data, suppressed }) =>
    rule === 'ci-no-cache' && at !== null && !suppressed && data['keepsLast'] !== true ? [placeText(at)] : [],
  )

/** How many changes would be proven or safe but for the builds that cannot be read. */
export const heldBack = ({ suggestions, open }: Pick<ContextReport, 'suggestions' | 'open'>): number =>
  suggestions.filter(({ because }) => besideOpen(because, open) !== because).length

/** Builds that cannot be read, which are why nothing is certain; how many changes would be, and how to say that they are none of this context. */
export function openLines(
  open: readonly OpenReport[],
  certain: number,
  { failures, style }: Pick<View, 'failures' | 'style'>,
): string[] {
  const isFailure = ({ at }: OpenReport) =>
    failures.some(({ place }) => place?.file === at?.file && place?.line === at?.line)
  const told = open.filter((one) => !isFailure(one))
  const lines = (style.verbose ? told : told.slice(0, mostOpen)).flatMap(({ because, at }) =>
    paragraph(
      '? ',
      `${at === null ? '' : `${placeText(at)}  `}${visiblePath(because)}; so nothing is called proven or safe until it is listed, or closed`,
      style,
    ),
  )
  const closed = closing(told)
  const would = certain === 0 ? '' : `${counted(certain, 'change')} would be proven or safe without. `
  const how =
    closed === null
      ? []
      : paragraph('  ', `${would}If it builds nothing of this, ctxsize.config.yaml says so: ${closed}`, style)
  return [...lines, ...how].map((line) => paint(style, 'yellow', line))
}

/** What was left alone and is not told, with its place, by the table of the largest parts. */
function untold(view: View): readonly LeftAloneReport[] {
  const parts = shownParts(view)
  return view.context.leftAlone.filter(
    ({ path, because, at }) =>
      (at !== null && !because.includes(`:${at.line}`)) ||
      !parts.some((part) => part.path === path && part.canGo?.because === because),
  )
}

/** For a project that has nothing worth a table: one line, or none. */
function small({ context: { suggestions }, style }: View): string[] {
  if (suggestions.length === 0) return []
  const bytes = suggestions.reduce((sum, { saves }) => sum + saves.bytes, 0)
  const review = suggestions.every(({ safety }) => safety === 'review') ? ' --include review' : ''
  const what = counted(suggestions.length, 'small change')
  const amount = bytes === 0 ? '' : `, ${humanSize(bytes, style.units)}`
  return paragraph('  ', `${what} could be made${amount}: ctxsize fix${review}`, style)
}

/** The table; under each line its reason, where the parts above do not tell it. */
function rowsOf(shown: readonly Fix[], course: readonly FixCourse[], view: View): string[] {
  const { style } = view
  const told = new Set(shownParts(view).flatMap(({ canGo }) => (canGo === null ? [] : [canGo.because])))
  let left: Amount['bytes'] = taken(view).bytes
  const head: Cell[] = ['', 'fix', 'sends', 'safety'].map((text) => ({ text, tone: 'dim' }))
  const rows = shown.map((fix, i): Cell[] => {
    const before = left
    left = Math.min(left, fix.leaves)
    const tone = /^(?:proven|safe)$/.test(fix.safety) ? 'green' : 'yellow'
    const { images = null, installs = null } = course[i] ?? {}
    const sends =
      fix.speeds !== null && installs !== null
        ? `${visiblePath(fix.speeds)} ${installs} a commit`
        : effect(fix, before, left, view)
    const does =
      images === null ? sends : `${sends === nothingSent ? '' : `${sends}, `}${images} images a commit`
    return [String(i + 1), fix.title, does, { text: fix.safety, tone }]
  })
  const lines = grid([head, ...rows], [{ align: 'right' }, { flexible: true }, { flexible: true }, {}], style)
  // The first column is empty but in the first line of a row.
  const starts = lines.flatMap((line, i) => (/^ *\d/.test(line.slice(0, 5)) ? [i] : []))
  return lines.flatMap((line, i) => {
    const row = starts.findLastIndex((start) => start <= i)
    const fix = shown[row]
    const isLast = fix !== undefined && (starts[row + 1] ?? lines.length) === i + 1
    return [line, ...(isLast ? reasons(fix, told, view) : [])]
  })
}

const nothingSent = 'as before'

function effect(fix: Fix, before: number, after: number, { style, target }: View) {
  const { saves, savesContext, speeds, suggestions } = fix
  const size = (bytes: number) => humanSize(bytes, style.units)
  if (saves > 0 && after < before) {
    const [from, to] = [size(before), size(after)]
    return from === to ? `${size(before - after)} less` : `${from} → ${to}`
  }
  if (speeds !== null) {
    const [first] = suggestions
    const ran = first && target?.history && ranText(target.history, first)
    return ran ?? `${visiblePath(speeds)} stays cached`
  }
  if (savesContext > saves) return `as before; context ${size(savesContext)} less`
  return nothingSent
}

function reasons({ suggestions }: Fix, told: ReadonlySet<string>, { context, style }: View): string[] {
  const isAlone = suggestions.length === 1
  const [first, ...more] = suggestions
  const others = [...new Set(more.flatMap((one) => changedDockerfile(one) ?? []))].filter(
    (file) => first === undefined || file !== changedDockerfile(first),
  )
  if (first && more.length > 0 && changedDockerfile(first) !== null) {
    const where = others.length === 0 ? 'further down' : `in ${others.map(visiblePath).join(', ')}`
    const text = `${visiblePath(besideOpen(first.because, context.open))}; the same ${where}`
    return paragraph('     ', text, style).map((line) => paint(style, 'dim', line))
  }
  const groups = new Map<string, string[]>()
  let bytes = 0
  // Of many lines those count that are about most.
  const bySize = suggestions.toSorted((a, b) => b.savesContext.bytes - a.savesContext.bytes)
  for (const { title, because, savesContext } of bySize) {
    if (told.has(because)) continue
    bytes += savesContext.bytes
    groups.set(because, [...(groups.get(because) ?? []), visiblePath(title.replace(/^drop /, ''))])
  }
  // A remainder of small things is not worth a line beside what the table has told.
  const all = suggestions.reduce((sum, one) => sum + one.savesContext.bytes, 0)
  if (groups.size === 0 || (!isAlone && bytes * 20 < all)) return []
  const texts = [...groups]
    .slice(0, mostReasons)
    .map(
      ([because, titles]) =>
        `${isAlone ? '' : `${titles.join(', ')}: `}${visiblePath(besideOpen(because, context.open))}`,
    )
  return paragraph('     ', texts.join('; '), style).map((line) => paint(style, 'dim', line))
}
