/** What is asked of each path of a history: who reads it, and by which beginning it is told. Each question once, whoever asks. */

import type { EntryTable } from '../context/table.ts'
import type { ReadInstruction } from '../dockerfile/model.ts'
import { createWatch, type Sends, type Watch } from './watch.ts'

/** A directory that the build takes files from, and where it lies in regard to the repository. */
export interface ReplayContext {
  /** Null for the main context. */
  readonly name: string | null
  /** Which of its paths get into the build. */
  readonly sends: Sends
  /** What lies there today, for links; null where nobody looked. */
  readonly table: EntryTable | null
  readonly toContext: (path: string) => string | null
  /** True for a directory of the repository that the context lies in, or is: some of it may be in the context, and some not. */
  readonly isWithin: (directory: string) => boolean
  /** The repository's own directory in this context; null when it lies elsewhere, or is no directory. */
  readonly gitDir: string | null
}

/** Null: the path does not matter. Else the cause to tell where it has changed, '' for none. */
export type Effect = string | null

export interface Question {
  readonly of: (path: string) => Effect
  /** The same of all that may lie below the directory; undefined where that is not all alike, or not known to be. */
  readonly below: (directory: string) => Effect | undefined
}

export interface Asked {
  /** Which of the questions it is. */
  readonly index: number
  readonly watch: Watch
}

export interface Questions {
  /** In the order in which they were first asked. */
  readonly all: readonly Question[]
  /** Does the instruction read it? Null for the instruction: does it get into the build at all? */
  readonly ask: (context: ReplayContext, read: ReadInstruction | null) => Asked
}

const everything: Watch = { reads: () => true, readsBelow: () => true, base: '' }

/** Several ways to build ask mostly the same: only what differs is looked at once more. */
export function createQuestions(): Questions {
  const all: Question[] = []
  const known = new Map<ReplayContext, Map<string, Asked>>()
  return {
    all,
    ask: (context, read) => {
      const own = known.get(context) ?? new Map<string, Asked>()
      known.set(context, own)
      const key =
        read === null ? '' : JSON.stringify([read.localSources, read.excludes, read.parents, read.mount])
      const found = own.get(key)
      if (found !== undefined) return found
      const watch = read === null ? everything : createWatch(read, context.table)
      const { name, sends, toContext, isWithin } = context
      const question: Question = {
        of: (path) => {
          const here = toContext(path)
          if (here === null || !sends.path(here) || !watch.reads(here)) return null
          return read === null ? '' : prefixOf(here, watch.base, name)
        },
        below: (directory) => {
          if (isWithin(directory)) return undefined
          const here = toContext(directory)
          if (here === null) return null
          const sent = sends.below(here)
          if (sent === false) return null
          const isRead = watch.readsBelow(here)
          if (isRead === false) return null
          if (sent === null || isRead === null) return undefined
          if (read === null) return ''
          // Where it holds all that is read, each entry of it is told by its own name.
          return `${watch.base}/`.startsWith(`${here}/`) ? undefined : prefixOf(`${here}/`, watch.base, name)
        },
      }
      const asked: Asked = { index: all.push(question) - 1, watch }
      own.set(key, asked)
      return asked
    },
  }
}

/** The shortest beginning of the path that does not hold all that is read. */
export function prefixOf(path: string, base: string, name: string | null): string {
  const from = base === '' ? 0 : path.startsWith(`${base}/`) ? base.length + 1 : 0
  const cut = path.indexOf('/', from)
  const prefix = cut < 0 ? path : path.slice(0, cut + 1)
  return name === null ? prefix : `${name}:${prefix}`
}
