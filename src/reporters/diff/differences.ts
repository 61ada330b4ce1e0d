/** What `ctxsize diff` found, put together as a person can take it in: by cause, and what several builds share once. */

import { groupedCount } from '../../lib/amount.ts'
import { cleanPath, joinPath, visiblePath } from '../../lib/path.ts'
import type { Place } from '../../lib/source.ts'
import type { DiffReport, DiffTarget, EnteredEntry, LeftEntry, UntrackedPart } from '../../report/diff.ts'
import { buildName } from '../screen/words.ts'

export type Section = 'lost' | 'entered' | 'left' | 'grew' | 'shrank'

/** A file, or all files of a directory, that came or went for one reason. Texts are safe to print. */
export interface Difference {
  readonly section: Section
  readonly what: string
  readonly files: number
  /** What grew: by how much. */
  readonly bytes: number
  readonly why: string
  /** What is left after the largest directories. */
  readonly isRest: boolean
  /** Lost to a line of an ignore file, which its author may not have meant. */
  readonly isIgnored: boolean
  /** The builds it is told of, in their order. */
  readonly builds: readonly string[]
}

/** How a build is called among others. */
export const nameOf = (target: DiffTarget): string => buildName(target, target)

/** Directories told of one cause before the rest is summed up. */
const mostParts = 3

/** Those of all builds; within a section the largest first. `all`: each file by itself. */
export function differences(report: DiffReport, all: boolean): readonly Difference[] {
  const found = new Map<string, Difference>()
  const isMany = report.targets.length > 1
  for (const target of report.targets)
    for (const one of ofTarget(target, { all, isMany })) {
      const key = JSON.stringify([target.root, one.section, one.what, one.files, one.bytes, one.why])
      const known = found.get(key)
      found.set(key, known ? { ...known, builds: [...known.builds, ...one.builds] } : one)
    }
  return [...found.values()].sort((a, b) => Number(a.isRest) - Number(b.isRest) || b.bytes - a.bytes)
}

interface File {
  readonly path: string
  readonly bytes: number
}

interface Telling {
  readonly all: boolean
  /** Several builds read a new file, each by an instruction of its own: which is not told. */
  readonly isMany: boolean
}

function ofTarget(target: DiffTarget, { all, isMany }: Telling): readonly Difference[] {
  const { root } = target
  const builds = [nameOf(target)]
  const groups = new Map<
    string,
    { readonly as: Pick<Difference, 'section' | 'why' | 'isIgnored'>; readonly files: File[] }
  >()
  const add = (as: Pick<Difference, 'section' | 'why' | 'isIgnored'>, file: File) => {
    const key = `${as.section} ${as.why}`
    const known = groups.get(key)
    if (known) known.files.push(file)
    else groups.set(key, { as, files: [file] })
  }
  for (const one of target.entered ?? [])
    add(
      {
        section: 'entered',
        why: isMany && one.because === 'new' ? 'new' : whyText(one.because, one, root),
        isIgnored: false,
      },
      fileOf(one),
    )
  for (const one of target.left ?? []) {
    const isIgnored = one.reason === 'ignored'
    add({ section: one.lost ? 'lost' : 'left', why: whyText(one.reason, one, root), isIgnored }, fileOf(one))
  }
  const resized = (target.resized ?? []).map((one): Difference => {
    const bytes = one.after - one.before
    return {
      section: bytes > 0 ? 'grew' : 'shrank',
      what: fileOf({ ...one, bytes }).path,
      files: 1,
      bytes: Math.abs(bytes),
      why: '',
      isRest: false,
      isIgnored: false,
      builds,
    }
  })
  return [
    ...[...groups.values()].flatMap(({ as, files }) =>
      partsOf(files, all).map((part): Difference => ({ ...as, ...part, builds })),
    ),
    ...resized,
  ]
}

const fileOf = (one: {
  readonly path: string
  readonly context: string | null
  readonly bytes: number
}): File => ({
  path: visiblePath(one.context === null ? one.path : `${one.context}:${one.path}`),
  bytes: one.bytes,
})

/** A few files by their names; of more, the directories below the one that they have in common, the largest first. */
function partsOf(files: readonly File[], all: boolean): readonly Part[] {
  if (all || files.length <= mostParts)
    return files.map(({ path, bytes }) => ({ what: path, files: 1, bytes, isRest: false }))
  const common = commonDirectory(files.map(({ path }) => path))
  const groups = new Map<string, { files: number; bytes: number }>()
  for (const { path, bytes } of files) {
    const cut = path.indexOf('/', common.length)
    const what = cut < 0 ? path : path.slice(0, cut + 1)
    const group = groups.get(what) ?? { files: 0, bytes: 0 }
    groups.set(what, { files: group.files + 1, bytes: group.bytes + bytes })
  }
  const parts = [...groups]
    .map(([what, amount]) => ({ what, ...amount, isRest: false }))
    .sort((a, b) => b.bytes - a.bytes)
  // Many things of one directory are best called by it.
  const areFiles = parts.every(({ what }) => !what.endsWith('/'))
  if (common !== '' && (areFiles || parts.length > mostParts + 1))
    return [{ ...summed(common, parts), isRest: false }]
  if (parts.length <= mostParts + 1) return parts
  const rest = parts.slice(mostParts)
  return [
    ...parts.slice(0, mostParts),
    { ...summed(`${groupedCount(rest.length)} more`, rest), isRest: true },
  ]
}

type Part = Pick<Difference, 'what' | 'files' | 'bytes' | 'isRest'>

const summed = (what: string, parts: readonly Part[]) => ({
  what,
  files: parts.reduce((sum, { files }) => sum + files, 0),
  bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0),
})

/** With its `/`; '' where there is none. */
function commonDirectory(paths: readonly string[]): string {
  let common = paths[0]?.slice(0, paths[0].lastIndexOf('/') + 1) ?? ''
  for (const path of paths)
    while (!path.startsWith(common)) common = common.slice(0, common.lastIndexOf('/', common.length - 2) + 1)
  return common
}

type Reason = EnteredEntry['because'] | LeftEntry['reason'] | UntrackedPart['because']

/** With the line where it stands; '' for what is as it was. */
export function whyText(
  reason: Reason,
  { at, text }: Pick<UntrackedPart, 'at' | 'text'>,
  root: string,
): string {
  if (reason === null || reason === 'deleted') return reason ?? ''
  if (at === null) return reason
  const place = placeIn(at, root)
  if (reason === 'ignored' || reason === 'no longer ignored')
    return `${reason} by ${place} \`${visiblePath(text ?? '')}\``
  const shown = visiblePath((text ?? '').replace(/\s+/g, ' '))
  const short = shown.length > longestInstruction ? `${shown.slice(0, longestInstruction - 1)}…` : shown
  return `${reason === 'new' ? 'new, read' : reason} by ${place} ${short}`
}

const longestInstruction = 48

/** From the directory that was asked about. */
const placeIn = ({ file, line }: Place, root: string): string =>
  `${visiblePath(cleanPath(joinPath(root, file)))}:${line}`
