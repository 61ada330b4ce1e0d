/** The page of a rule as Markdown; several under one another. Their texts are the program's own, so that nothing is escaped. */

import type { ExampleReport, RuleReport, RulesReport } from '../../report/rules.ts'
import { goneFrom, partsOf } from './parts.ts'

export function rulesMarkdown({ rules }: RulesReport): string {
  return rules.map(pageOf).join('\n')
}

function pageOf(rule: RuleReport): string {
  const { id, title, help, bad, says, good } = rule
  const gone = goneFrom(rule)
  return [
    `# ${id}`,
    '',
    `**${title[0]?.toUpperCase()}${title.slice(1)}.** ${help}`,
    '',
    '## An example',
    '',
    ...blocks(bad, null),
    '```console',
    `$ ${bad.command}`,
    '```',
    '',
    ...says.flatMap((text) => [`> ${text}`, '']),
    '## Put right',
    '',
    ...(gone.length > 0 ? [`Without ${gone.map((path) => `\`${path}\``).join(', ')}.`, ''] : []),
    ...blocks(good, bad),
    ...(good.command === bad.command ? [] : ['```console', `$ ${good.command}`, '```', '']),
    '## Leave it out',
    '',
    `${rule.byComment ? `For one line, above it: \`# ctxsize ignore=${id} reason="…"\`. For` : 'For'} a project, in its configuration: \`rules: { ${id}: off }\`.`,
    '',
  ].join('\n')
}

function blocks(example: ExampleReport, before: ExampleReport | null): readonly string[] {
  const { texts, others } = partsOf(example, before)
  return [
    ...texts.flatMap(({ path, lines }) => [
      `\`${path}\`:`,
      '',
      path.includes('Dockerfile') ? '```dockerfile' : '```',
      ...lines,
      '```',
      '',
    ]),
    ...(others === '' ? [] : [`${texts.length === 0 ? 'There is' : 'Beside it'}: ${others}.`, '']),
  ]
}
