/** `ctxsize explain`: the rules there are, or the page of one. */

import type { ExampleReport, RuleReport, RulesReport } from '../../report/rules.ts'
import { goneFrom, partsOf } from '../rules/parts.ts'
import type { Style } from '../style.ts'
import { grid } from './grid.ts'
import { paint } from './paint.ts'
import { paragraph } from './words.ts'

/** `isList`: a line for each instead of its page. */
export function rulesText({ rules }: RulesReport, isList: boolean, style: Style): string {
  const lines = isList ? listOf(rules, style) : rules.flatMap((rule) => [...pageOf(rule, style), ''])
  return `${lines.join('\n').trimEnd()}\n`
}

function listOf(rules: readonly RuleReport[], style: Style): readonly string[] {
  const rows = rules.map(({ id, title }) => [{ text: id, tone: 'bold' } as const, title])
  const more = paragraph(
    '→ ',
    'ctxsize explain RULE: why it matters, an example, and the same put right',
    style,
  )
  return [...grid(rows, [{}, { flexible: true }], style), '', ...more]
}

function pageOf(rule: RuleReport, style: Style): readonly string[] {
  const { id, title, help, bad, says, good } = rule
  const head = (text: string) => paint(style, 'bold', text)
  const gone = goneFrom(rule)
  return [
    ...paragraph('', `${id}: ${title}`, style).map(head),
    '',
    ...paragraph('  ', help, style),
    '',
    head('An example'),
    ...exampleOf(bad, null, style),
    `  $ ${bad.command}`,
    ...says.flatMap((text) => paragraph('  ! ', text, style)).map((line) => paint(style, 'yellow', line)),
    '',
    head('Put right'),
    ...(gone.length > 0 ? paragraph('  ', `without ${gone.join(', ')}`, style) : []),
    ...exampleOf(good, bad, style),
    ...(good.command === bad.command ? [] : [`  $ ${good.command}`]),
    '',
    head('Leave it out'),
    ...(rule.byComment
      ? [
          `  # ctxsize ignore=${id} reason="…"`,
          ...paragraph('  ', 'above the line; for a project, in its configuration:', style),
        ]
      : ['  in the configuration of the project:']),
    `  rules: { ${id}: off }`,
  ]
}

function exampleOf(example: ExampleReport, before: ExampleReport | null, style: Style): readonly string[] {
  const { texts, others } = partsOf(example, before)
  return [
    ...texts.flatMap(({ path, lines }) => [
      `  ${paint(style, 'dim', path)}`,
      ...lines.map((line) => `      ${line}`),
    ]),
    ...(others === '' ? [] : paragraph('  ', `and ${others}`, style)),
  ]
}
