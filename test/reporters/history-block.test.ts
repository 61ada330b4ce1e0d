import { describe, expect, it } from 'vitest'
import type { HistoryReport, InstructionHistory, LossesReport } from '../../src/report.ts'
import { historyText, strip } from '../../src/reporters/screen/history.ts'
import { headline, historyBlock, installSentence } from '../../src/reporters/screen/history-words.ts'
import { ranText } from '../../src/reporters/screen/ran-text.ts'
import { displayWidth } from '../../src/reporters/screen/width.ts'
import { plainStyle as style } from './style.ts'

const losses = (own: number, lost: number): LossesReport => ({ own, lost, mayLose: lost })

function instruction(line: number, text: string, more: Partial<InstructionHistory>): InstructionHistory {
  const [word] = text.split(' ')
  return {
    line,
    instruction: word === 'RUN' ? 'RUN' : 'COPY',
    stage: '0',
    text,
    installs: null,
    seconds: null,
    ...losses(0, 0),
    atMost: false,
    byPath: [],
    afterFix: null,
    recent: '',
    ...more,
  }
}

const step = (id: string, safety: 'safe' | 'review', together: readonly LossesReport[]) => ({
  suggestions: [id],
  title: id,
  safety,
  alone: together,
  together,
  rebuilt: 0,
})

const report: HistoryReport = {
  schemaVersion: 1,
  build: { root: '.', dockerfile: 'Dockerfile', target: null },
  commits: 150,
  compared: 150,
  shallow: false,
  newest: null,
  oldest: null,
  rebuilt: { now: 150, afterFix: 143, withReview: 143 },
  instructions: [
    instruction(4, 'COPY . .', { ...losses(150, 150), byPath: [{ path: '.git/', commits: 150, only: 7 }] }),
    instruction(5, 'RUN npm ci', { ...losses(0, 150), installs: 'npm ci' }),
    instruction(6, 'RUN npm run build', losses(0, 150)),
  ],
  cost: null,
  steps: [
    step('git', 'safe', [losses(143, 143), losses(0, 143), losses(0, 143)]),
    step('guard', 'safe', [losses(143, 143), losses(0, 143), losses(0, 143)]),
    step('first', 'safe', [losses(143, 143), losses(0, 9), losses(0, 143)]),
    step('docs', 'review', [losses(82, 82), losses(0, 9), losses(0, 82)]),
  ],
  best: null,
  untracked: [],
  ci: [],
  notes: [],
  problems: [],
}
const labels: Readonly<Record<string, number>> = { git: 1, guard: 2, first: 3, docs: 4 }
const labelOf = ([id = '']: readonly string[]) => labels[id] ?? null

describe('the history in the report of a build', () => {
  it('tells what was lost, and what is left after each step that is felt and needs no decision', () => {
    expect(historyBlock(report, style, labelOf).join('\n')).toMatchInlineSnapshot(`
      "     Last 150 commits        now  after 1  after 1-3
        4  COPY . .           lost 150      143        143  .git: 150 of 150 times
        5  RUN npm ci          ran 150      143          9
        6  RUN npm run build   ran 150      143        143"
    `)
  })

  it('fits a narrow terminal with all that it tells, a reason below its instruction', () => {
    const lines = historyBlock(report, { ...style, width: 60 }, labelOf)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60)
    expect(lines.join('\n')).toMatchInlineSnapshot(`
      "     Last 150 commits        now  after 1  after 1-3
        4  COPY . .           lost 150      143        143
           .git: 150 of 150 times
        5  RUN npm ci          ran 150      143          9
        6  RUN npm run build   ran 150      143        143"
    `)
  })

  it('folds an instruction on a narrow screen, where a wide one has more room, and cuts none of it', () => {
    const text = 'RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build'
    const path = 'packages/administration/components/名前-of-a-file.ts'
    const long = {
      ...report,
      instructions: [
        instruction(4, text, {
          ...losses(150, 150),
          byPath: [{ path, commits: 150, only: 7 }],
          recent: 'o'.repeat(30),
        }),
      ],
      steps: [],
    }
    const narrow = { ...style, width: 60 }
    for (const lines of [historyText(long, narrow).split('\n'), historyBlock(long, narrow, labelOf)]) {
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(60)
      // The headline only names it.
      const said = lines
        .slice(
          Math.max(
            0,
            lines.findIndex((line) => /lost/.test(line)),
          ),
        )
        .join('')
        .replace(/\s+/g, '')
      expect(said).not.toContain('…')
      for (const word of text.split(' ')) expect(said).toContain(word)
    }
    expect(historyText(long, narrow).replace(/\s+/g, '')).toContain('components/名前-of-a-file.ts')
    expect(historyText(long, narrow)).toMatch(/^ {2}4 {2}RUN npm ci --ignore-scripts +150 +█{15}$/m)
  })

  it.each([60, 72, 80, 84, 120, 160])(
    'cuts no instruction at %d columns, and says what each lost by itself',
    (width) => {
      const text = 'COPY --chown=app:app --from=build /app/packages/server/dist ./server'
      const long = {
        ...report,
        instructions: [instruction(7, text, { ...losses(29, 31), recent: 'o-'.repeat(40) })],
        steps: [],
      }
      const lines = historyText(long, { ...style, width }).split('\n')
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(width)
      const table = lines.slice(lines.findIndex((line) => /lost/.test(line))).join('\n')
      // The strip and the counts stand beside its first line.
      expect(table).toMatch(/^ {2}7 {2}COPY .* 31\b.*[█▄]{10}/m)
      const said = table.replace(/ +(?:31|29)\b|[▁-█·]/g, '').replace(/\s+/g, '')
      expect(said).toContain(text.replace(/\s+/g, ''))
      expect(table).toMatch(width < 72 ? /\(own\s+29\)/ : / 31 {3}29 /)
      // No line ends with the dashes of an option.
      expect(table).not.toMatch(/--\s*$/m)
    },
  )

  it('tells of many steps the first and where all of them lead', () => {
    const [git, guard, first, docs] = report.steps
    if (!git || !guard || !first || !docs) throw new Error('the sample has four steps')
    const between = { ...guard, together: [losses(140, 140), losses(0, 140), losses(0, 140)] }
    const lines = historyBlock({ ...report, steps: [git, between, first, docs] }, style, labelOf)
    expect(lines[0]).toMatch(/now {2}after 1 {2}after 1-3$/)
  })

  it('counts what a copy reads where it was lost for what is above it too', () => {
    const own = (times: number) =>
      instruction(4, 'COPY . .', {
        own: times,
        mayLose: 9,
        lost: 9,
        byPath: [{ path: 'a.ts', commits: times, only: times }],
      })
    const told = (times: number) =>
      historyBlock({ ...report, instructions: [own(times)], steps: [] }, style, labelOf)[1]
    expect(told(9)).toMatch(/lost 9 {2}a\.ts$/)
    expect(told(2)).toMatch(/lost 9 {2}a\.ts 2$/)
  })

  it('is silent where nothing was lost, and where there is nothing to compare with', () => {
    const quiet = { ...report, instructions: [instruction(4, 'COPY . .', {})] }
    expect(historyBlock(quiet, style, labelOf)).toEqual([])
    expect(historyBlock({ ...report, compared: 0 }, style, labelOf)).toEqual([])
  })

  it('is one sentence for a project in order', () => {
    const ordered = {
      ...report,
      instructions: [
        instruction(3, 'COPY package-lock.json ./', {
          ...losses(9, 9),
          byPath: [{ path: 'package-lock.json', commits: 9, only: 9 }],
        }),
        instruction(5, 'RUN npm ci', { ...losses(0, 9), installs: 'npm ci' }),
      ],
    }
    const sentence = 'npm ci ran in 9 of 150 commits, each time for package-lock.json'
    expect(installSentence(ordered)).toBe(sentence)
    expect(headline(ordered)).toEqual([
      '✓ npm ci (line 5) ran again in 9 of the last 150 commits, each time for package-lock.json.',
    ])
    expect(installSentence({ ...report, instructions: [] })).toBeNull()
  })
})

describe('what a fix does for a command', () => {
  it('is how often it ran before the step and after', () => {
    expect(ranText(report, { id: 'git', speeds: { line: 5, text: 'npm ci' } })).toBe('npm ci 150 → 143')
    expect(ranText(report, { id: 'first', speeds: { line: 5, text: 'npm ci' } })).toBe('npm ci 143 → 9')
  })

  it('is not told of a step or a command that the history does not know, nor where nothing is gained', () => {
    expect(ranText(report, { id: 'another', speeds: { line: 5, text: 'npm ci' } })).toBeNull()
    expect(ranText(report, { id: 'first', speeds: { line: 5, text: 'yarn' } })).toBeNull()
    expect(ranText(report, { id: 'first', speeds: { line: 9, text: 'npm ci' } })).toBeNull()
    expect(ranText(report, { id: 'guard', speeds: { line: 5, text: 'npm ci' } })).toBeNull()
  })
})

describe('a strip', () => {
  const of = (recent: string, columns: number) => strip(instruction(1, 'COPY . .', { recent }), columns)

  it('has a column for each commit where there is room, the newest at the right', () => {
    expect(of('-.olm', 10)).toBe(' ·██░')
  })

  it('stands for several commits a column, whole at the right, the higher the more of them lost it', () => {
    expect(of('o....oooo', 3)).toBe('▃▃█')
    expect(of('-..oo....', 4)).toBe('·▅·')
  })
})
