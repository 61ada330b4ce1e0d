/** A page for each kind of issue. */

import { type RuleWords, ruleWords } from '../../rule-words.ts'
import type { Issue } from './issue.ts'

const pages: ReadonlyMap<string, RuleWords> = new Map(Object.entries(ruleWords))

const budget: RuleWords = {
  title: 'a budget is broken',
  help: 'The configuration, or the command line, sets a limit, and this build is beyond it. Mend what grew, or what is missing where it is a minimum; or change the limit, and say why in the commit.',
}

const mustShip: RuleWords = {
  title: 'a file that must ship does not',
  help: 'The configuration lists what this build has to read. A line of the ignore file drops a part of it, no instruction copies it, or it is not there.',
}

const neverShip: RuleWords = {
  title: 'a file that must never ship does',
  help: 'The configuration lists what no image may hold. Keep it out with a line in the ignore file, or copy less.',
}

const stillShips: RuleWords = {
  title: 'the image would miss a file that it had',
  help: 'The base has a build that read it, and it is still in the tree. A line of the ignore file drops it now, or no instruction copies it any more. Where that is meant, --may-lose or mayLose of the configuration says so.',
}

const problem: RuleWords = {
  title: 'a build cannot be measured',
  help: 'What could be said of the rest is said all the same. The message tells what is missing or cannot be read.',
}

const unknown: RuleWords = {
  title: 'a finding',
  help: 'Another version of ctxsize knows more of it.',
}

/** The codes of what docker refuses are many, and have one page. */
export function wordsOf({ kind, rule, family, fails, severity }: Issue): RuleWords {
  switch (kind) {
    case 'budget':
      return budget
    case 'assertion':
      return rule === 'must-ship' ? mustShip : rule === 'still-ships' ? stillShips : neverShip
    case 'problem':
      return problem
    case 'finding':
      return (
        pages.get(rule) ??
        pages.get(family ?? '') ??
        (fails
          ? ruleWords['dockerfile-refused']
          : severity === 'info'
            ? unknown
            : ruleWords['dockerfile-doubtful'])
      )
  }
}
