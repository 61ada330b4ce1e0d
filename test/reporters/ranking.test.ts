import { describe, expect, it } from 'vitest'
import { rankingMarkdown } from '../../src/reporters/markdown/ranking.ts'
import { rankingText } from '../../src/reporters/screen/ranking.ts'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import { rank } from '../../src/saved/rank.ts'
import { manyBuilds, sample } from './samples.ts'
import { plainStyle } from './style.ts'

const history = {
  commits: 150,
  compared: 149,
  rebuilt: { now: 143, afterFix: 9, withReview: 9 },
  instructions: [],
  steps: [],
}
const junk = sample('node-junk')
const ranking = rank(
  [
    { file: 'reports/a-team/payments-service.json', report: manyBuilds() },
    {
      file: 'reports/a-team/ランキング.json',
      report: {
        ...junk,
        contexts: junk.contexts.map((context) => ({
          ...context,
          targets: context.targets.map((target) => ({ ...target, history })),
        })),
      },
    },
    { file: 'reports/clean.json', report: sample('clean') },
  ],
  'bytes',
  [],
)

describe('the table of many reports', () => {
  it('is as reviewed', () => {
    expect(rankingText(ranking, plainStyle)).toMatchInlineSnapshot(`
      "3 repositories, 5 builds: 2.84GB sent, 2.65GB of it or more may go; 1 build cannot
      succeed

        repository          sent  may go  needless rebuilds  secrets  errors  broken
        payments-service  1.43GB  1.33GB                           -       1       6
        ランキング        1.41GB  1.33GB         134 of 149        -       -       -
        clean             3.10MB       -                           -       -       -
      3 columns more with --format csv
      "
    `)
  })

  it('has more columns with -v, where there is room', () => {
    const text = rankingText(ranking, { ...plainStyle, verbose: true, width: 200 })
    expect(text).toMatch(/builds +sent +context +transfer +unread +may go/)
  })

  it.each([40, 50, 60, 70, 84])('stays within %i columns, and says what it left out', (width) => {
    const lines = rankingText(ranking, { ...plainStyle, width, verbose: true }).split('\n')
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([])
    expect(lines.join('\n')).toMatch(/\d columns? more with --format csv\n$/)
    expect(lines.join('\n')).toMatch(/sent .*may go/)
  })

  it('is a sentence where that is all that is wanted', () => {
    expect(rankingText(ranking, { ...plainStyle, quiet: true })).toMatchInlineSnapshot(`
      "3 repositories, 5 builds: 2.84GB sent, 2.65GB of it or more may go; 1 build cannot
      succeed
      "
    `)
  })

  it('is the same in Markdown', () => {
    expect(rankingMarkdown(ranking, plainStyle)).toMatchInlineSnapshot(`
      "<!-- ctxsize ranking bytes -->
      ### 3 repositories, 5 builds: 2.84GB sent, 2.65GB of it or more may go; 1 build cannot succeed

      | repository | builds | sent | context | may go | needless rebuilds | secrets | errors | warnings | broken |
      | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
      | <code>payments-service</code> | 3 | 1.43GB | 1.44GB | 1.33GB |  | - | 1 | 1 | 6 |
      | <code>ランキング</code> | 1 | 1.41GB | 1.41GB | 1.33GB | 134 of 149 | - | - | - | - |
      | <code>clean</code> | 1 | 3.10MB | 3.10MB | - |  | - | - | - | - |
      "
    `)
  })
})
