/** `ctxsize report A B… --format markdown`: the table, for a page or an issue about many repositories. */

import { groupedCount } from '../../lib/amount.ts'
import type { RankingReport } from '../../report.ts'
import { rankingColumns, rankingSentence } from '../screen/ranking.ts'
import type { Style } from '../style.ts'
import { code, fitted, marker, tableHead, tableRow } from './text.ts'

export function rankingMarkdown({ repositories, sort }: RankingReport, style: Style): string {
  const columns = rankingColumns(repositories, style)
  const head = tableHead([['repository', 'left'], ...columns.map(({ title }) => [title, 'right'] as const)])
  return fitted([
    {
      head: `${marker(['ranking', sort])}\n### ${rankingSentence(repositories, style)}\n\n${head}`,
      blocks: repositories.map((one) => tableRow([code(one.name), ...columns.map(({ text }) => text(one))])),
      more: (left) => tableRow([`… ${groupedCount(left)} more`, ...columns.map(() => '')]),
    },
  ])
}
