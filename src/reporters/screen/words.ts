/** The small phrases that every screen says the same way. */

import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath } from '../../lib/path.ts'
import { type Place, placeText } from '../../lib/source.ts'
import type {
  Amount,
  BuilderName,
  ContextReport,
  InstructionReport,
  OpenReport,
  TargetReport,
} from '../../report.ts'
import type { Style } from '../style.ts'
import { displayWidth, shorten, wrap } from './width.ts'

export { placeText }

/** `1 file`, `1,203 files`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${groupedCount(count)} ${count === 1 ? noun : plural}`
}

/** `17.5MB from 1,203 files` with another word between when asked for. */
export function amountText(amount: Amount, style: Style): string {
  return `${humanSize(amount.bytes, style.units)} from ${counted(amount.files, 'file')}`
}

export function builderText(builder: BuilderName): string {
  return { buildkit: 'BuildKit', classic: 'classic builder', podman: 'podman' }[builder]
}

/** An instruction on one line, at most `columns` of it. */
export function instructionText(
  one: Pick<InstructionReport, 'sources' | 'text'> & { readonly instruction: string },
  columns: number,
): string {
  // The text of a RUN begins with any of its mounts; the one that is meant here is told by its source.
  const text = one.instruction === 'RUN' ? `RUN, bind mount of ${one.sources[0] || '.'}` : one.text
  return shorten(visiblePath(text.replace(/\s+/g, ' ').trim()), columns)
}

/**
 * The beginning of an instruction, to be followed by its line: whole when it fits, else keyword and first source, a long
 * path cut after a `/`. `COPY . .`, `COPY apps/…`, `RUN, mount of go.mod`.
 */
export function shortInstruction(one: InstructionReport, columns: number): string {
  const whole = instructionText(one, Number.POSITIVE_INFINITY)
  if (displayWidth(whole) <= columns) return whole
  const source = visiblePath(one.sources[0] || '.')
  if (one.instruction === 'RUN')
    return columns < 18 ? 'RUN, mount' : `RUN, mount of ${shortPath(source, columns - 14)}`
  const cut = shortPath(source, columns - one.instruction.length - 3)
  return `${one.instruction} ${cut}${cut.endsWith('…') ? '' : ' …'}`
}

function shortPath(path: string, columns: number): string {
  if (displayWidth(path) <= columns) return path
  const slash = path.lastIndexOf('/', columns - 2)
  return slash > 0 ? `${path.slice(0, slash)}/…` : shorten(path, Math.max(6, columns))
}

/** `api`, `services/api/Dockerfile → prod`: a build among others. */
export function buildName(
  { root }: Pick<ContextReport, 'root'>,
  { name, dockerfile, target }: Pick<TargetReport, 'name' | 'dockerfile' | 'target'>,
): string {
  if (name !== null) return visiblePath(name)
  const file = root === '.' ? dockerfile : `${root}/${dockerfile}`
  return visiblePath(target === null ? file : `${file} → ${target}`)
}

/** `context services/api/`. */
export function contextName({ root }: Pick<ContextReport, 'root'>): string {
  return root === '.' ? 'context .' : `context ${visiblePath(root)}/`
}

/** Why a build is certain to fail, with the line: the first reason that its Dockerfile holds. */
export function whyFails({ findings }: Pick<ContextReport, 'findings'>, target: TargetReport): string {
  const cause = findings.find(
    ({ severity, data, at }) =>
      severity === 'error' && data['fails'] === true && at?.file === target.dockerfile,
  )
  if (cause) return visiblePath(cause.message) + (cause.at ? ` (${placeText(cause.at)})` : '')
  const own = target.instructions.find(({ problem }) => problem !== null)
  if (!own?.problem) return 'docker refuses it'
  return `${visiblePath(own.problem.message)} (${placeText({ file: target.dockerfile, line: own.line })})`
}

/** Columns of a sentence: where lines are longer, the eye does not find the next. */
const measure = 84

const proseColumns = (mark: string, style: Style): number =>
  Math.max(20, Math.min(measure, style.width) - mark.length)

/** Columns for an instruction in a table that has more to tell: of a wide screen half of what is more than usual. */
export const instructionColumns = (usual: number, style: Style): number =>
  usual + Math.max(0, Math.floor((style.width - measure) / 2))

/** Columns for an instruction that is folded where there is no room for it on one line. */
export const foldedColumns = 80

/** One paragraph of phrases with blanks between them, none of which is broken where it fits a line of its own. */
export function phrases(mark: string, texts: readonly string[], style: Style): string[] {
  const columns = proseColumns(mark, style)
  const lines: string[] = []
  for (const text of texts) {
    const last = lines.at(-1)
    if (last !== undefined && displayWidth(last) + 1 + displayWidth(text) <= columns)
      lines[lines.length - 1] = `${last} ${text}`
    else lines.push(...wrap(text.trimStart(), columns))
  }
  return lines.map((line, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + line)
}

/** Parts three blanks apart, on as many lines as they take. */
export function besideOneAnother([first = '', ...others]: readonly string[], style: Style): string[] {
  const lines = wrap(first, style.width)
  for (const part of others) {
    const last = lines.at(-1) ?? ''
    if (displayWidth(last) + 3 + displayWidth(part) <= style.width)
      lines[lines.length - 1] = `${last}   ${part}`
    else lines.push(...wrap(part, style.width - 2).map((line) => `  ${line}`))
  }
  return lines
}

/** One paragraph, at most as wide as can be read well: the first line after `mark`, the others under its text. */
export function paragraph(mark: string, text: string, style: Style): string[] {
  return wrap(text, proseColumns(mark, style)).map(
    (line, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + line,
  )
}

/** A word for a POSIX shell: quoted only where it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A reason without the open place that it ends with: what is open is told once, for all of them. */
export function besideOpen(because: string, open: readonly OpenReport[]): string {
  const told = open
    .map((one) => `; but ${one.at === null ? '' : `${placeText(one.at)}: `}${one.because}`)
    .find((end) => because.endsWith(end))
  return told === undefined ? because : because.slice(0, -told.length)
}

/** What closes the first places in ctxsize.config.yaml: `closed: [{ file: ci.yml, line: 4, reason: … }]`; null where none has one. */
export function closing(open: readonly OpenReport[]): string | null {
  const named = ({ file, line }: Place): string =>
    `{ file: ${/^[\w./-]+$/.test(file) ? file : JSON.stringify(visiblePath(file))}, line: ${line}, reason: … }`
  const places = open.flatMap(({ at }) => (at === null ? [] : [named(at)])).slice(0, mostClosed)
  return places.length === 0 ? null : `closed: [${places.join(', ')}]`
}

/** Of more of them the first ones tell how it is written. */
const mostClosed = 2
