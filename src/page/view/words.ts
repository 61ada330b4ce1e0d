/** What is said of parts of a context, as texts. */

import { type Row, rootRow } from '../../context/table.ts'
import { groupedCount, humanSize } from '../../lib/amount.ts'
import { visiblePath, wellFormed } from '../../lib/path.ts'
import type { Amount, TargetReport } from '../../report.ts'
import type { Scene } from '../scene.ts'

/** A path that can be shown: nothing in it is invisible or turns the text round. */
export const shownPath = (path: string): string => visiblePath(wellFormedBytes(path))

/** Raw bytes are shown as such by `visiblePath`; other halves of pairs are nothing that could be shown. */
const wellFormedBytes = (path: string): string => (/[\uDC80-\uDCFF]/.test(path) ? path : wellFormed(path))

/** The path of a row, with a `/` behind a directory. */
export function pathOf({ tree }: Scene, row: Row): string {
  if (row === rootRow) return '.'
  const { table } = tree
  return shownPath(table.path(row)) + (table.kind[row] === 1 ? '/' : '')
}

/** The last part of it. */
export function nameOf({ tree }: Scene, row: Row): string {
  const { table } = tree
  return shownPath(table.name(row)) + (table.kind[row] === 1 ? '/' : '')
}

export const filesText = (files: number): string => (files === 1 ? '1 file' : `${groupedCount(files)} files`)

export const amountText = ({ bytes, files }: Amount): string => `${humanSize(bytes)} in ${filesText(files)}`

/** `COPY . .` cut where it gets long. */
export const shortened = (text: string, most = 64): string => {
  const line = visiblePath(text.replace(/\s+/g, ' '))
  return line.length > most ? `${line.slice(0, most - 1)}…` : line
}

/** `Dockerfile → runtime (node:22-slim)`, and of a stage without a name which one it is. */
export function buildText({ dockerfile, stage, target, base }: TargetReport): string {
  if (stage === null) return shownPath(dockerfile)
  const isNamed = !/^\d+$/.test(stage)
  const name = isNamed ? shownPath(stage) : target === null ? 'final stage' : `stage ${stage}`
  return `${shownPath(dockerfile)} → ${name}${base === null ? '' : ` (${shownPath(base)})`}`
}

/** `Dockerfile:4` */
export const placeText = (place: { readonly file: string; readonly line: number } | null): string =>
  place === null ? '' : `${shownPath(place.file)}:${place.line}`

export const safetyWords: Readonly<Record<'proven' | 'safe' | 'review', string>> = {
  proven: 'proven',
  safe: 'safe',
  review: 'you decide',
}

export const answerWords: Readonly<Record<'yes' | 'ask' | 'keep', string>> = {
  yes: 'can go',
  ask: 'ask',
  keep: 'keep',
}
