/** An example in the parts that both of its forms print. */

import type { ExampleReport, RuleReport } from '../../report/rules.ts'

export interface ExampleParts {
  /** Files whose texts are to be seen. */
  readonly texts: readonly { readonly path: string; readonly lines: readonly string[] }[]
  /** `a.txt, b.txt (git does not track it)`; '' where all there is was shown. */
  readonly others: string
}

/** `before`: what the reader has seen already, of which only what differs is told. */
export function partsOf(
  { files, remarks }: ExampleReport,
  before: ExampleReport | null = null,
): ExampleParts {
  const isNews = (path: string) =>
    before === null || files[path] !== before.files[path] || remarks[path] !== before.remarks[path]
  const paths = [...new Set([...Object.keys(files), ...Object.keys(remarks)])].filter(isNews)
  const [shown, named] = [paths.filter((path) => files[path]), paths.filter((path) => !files[path])]
  return {
    texts: shown.map((path) => ({ path, lines: (files[path] ?? '').trimEnd().split('\n') })),
    others: named.map((path) => path + (remarks[path] ? ` (${remarks[path]})` : '')).join(', '),
  }
}

/** What the good example has no more of the bad one. */
export const goneFrom = ({ bad, good }: RuleReport): readonly string[] =>
  Object.keys(bad.files).filter((path) => !(path in good.files))
