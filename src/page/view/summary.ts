/** A report without its trees, as it comes out of a saved document: everything but the map. */

import { humanSize } from '../../lib/amount.ts'
import type { ContextReport, Report } from '../../report.ts'
import { el, put } from './dom.ts'
import { checks, findings, leftAlone, suggestions } from './sections.ts'
import { amountText, shownPath } from './words.ts'

/** Says of each context what its document says, and why there is no map. */
export function createSummary(page: Element, report: Report): void {
  put(
    page,
    el(
      'header',
      {},
      el('div', 'top', el('span', 'brand', 'ctxsize')),
      el('h1', {}, report.contexts.length === 0 ? 'This report holds no context.' : 'A saved report'),
      el(
        'p',
        'quiet',
        'A saved document holds totals and no tree, so there is no map and nothing to try. ctxsize --format html draws both.',
      ),
      ...report.problems.map(({ message }) => el('p', 'verdict bad', shownPath(message))),
    ),
    el(
      'main',
      {},
      ...report.contexts.map((one) => {
        const { root, context, unread, targets, largest } = one
        return el(
          'section',
          'panel',
          el(
            'h2',
            {},
            root === '.'
              ? targets.map(({ dockerfile }) => shownPath(dockerfile)).join(', ')
              : shownPath(root),
          ),
          el(
            'p',
            {},
            `${amountText(context)} in the context, ${humanSize(unread.bytes)} of it read by nobody.`,
          ),
          el(
            'table',
            {},
            el(
              'thead',
              {},
              el(
                'tr',
                {},
                ...['Name', 'Size', 'State', 'Can it go?'].map((one) =>
                  el('th', { attributes: { scope: 'col' } }, one),
                ),
              ),
            ),
            el(
              'tbody',
              {},
              ...largest.map(({ path, type, bytes, state, canGo }) =>
                el(
                  'tr',
                  {},
                  el('th', { attributes: { scope: 'row' } }, shownPath(path) + (type === 'dir' ? '/' : '')),
                  el('td', 'number', humanSize(bytes)),
                  el('td', {}, state),
                  el('td', {}, canGo === null ? '' : `${canGo.answer}: ${canGo.because}`),
                ),
              ),
            ),
          ),
          ...parts(one).flatMap(([title, nodes]) =>
            nodes.length === 0 ? [] : [el('h3', {}, title), ...nodes],
          ),
        )
      }),
    ),
  )
}

/** What of a context needs no tree. */
function parts(report: ContextReport): readonly (readonly [title: string, nodes: readonly Node[]])[] {
  return [
    ['Checks', checks(report, report.targets)],
    ['What to change', suggestions(report, { tree: null, target: null }, { tryText: () => {} })],
    ['Findings', findings(report)],
    ['Left alone', leftAlone(report)],
  ]
}
