import { deletions } from '../inspect/deeds.ts'
import { followFiles } from '../inspect/ships.ts'
import type { CiBuild } from '../repository/ci-builds.ts'
import { coverage } from '../resolve/reads.ts'
import { type CiRule, oncePer, plain, shortText } from './rule.ts'

/** Whether a build in CI takes `.git` with it: another one in each run, and with the token of the job in it. */
export const ciSendsGit: CiRule = {
  id: 'ci-sends-git',
  codes: ['ci-ships-token'],
  check: ({ plan, main }, inCi) => {
    const { patterns } = main.context
    const config = '.git/config'
    const by = plan.reads.filter((read) => read.origin.kind === 'main' && coverage(read, config) !== 'none')
    const [first] = by
    if (first === undefined || plan.target === null) return []
    const { verdict } = patterns.judge(config)
    if (patterns.matched(verdict)) return []
    // Somebody has let it in.
    const isMeant = patterns.patterns[verdict]?.negated === true
    const sent = inCi.filter((one) => !one.isFetched && one.context === '.' && one.isTop && !removesGit(one))
    const { reach } = followFiles(plan, deletions())(config, by)
    const ships = reach === 'image' || reach === 'deleted' || reach === 'maybe'
    const copy = `${shortText(first.text)} (line ${first.line})`
    return oncePer(sent, ({ at }) => at.file).map(({ at, checkout }) => {
      const token = ships ? tokenOf(checkout) : null
      return token === null
        ? {
            ...plain,
            rule: 'ci-sends-git',
            severity: 'info',
            message: `this build in CI takes .git${isDeep(checkout) ? ' with all of its history' : ''}, which is another in every run: ${copy} and all after it run every time`,
            hint: isMeant ? null : `copy less; ${dropping}`,
            at,
            data: { fails: false, reach },
          }
        : {
            ...plain,
            rule: 'ci-ships-token',
            severity: 'warning',
            confidence: token,
            message: `this build in CI puts .git into the image, ${copy}, and actions/checkout leaves the token of the job in .git/config`,
            hint: `give actions/checkout persist-credentials: false${isMeant ? '' : `; ${dropping}`}`,
            at,
            data: { fails: false, reach },
          }
    })
  },
}

/** Whether anything does, a rule does not know: `fix` looks it up. */
const dropping = 'where nothing in the build asks git, drop .git with a line in the ignore file'

type Checkout = CiBuild['checkout']

const isDeep = (checkout: Checkout): boolean => checkout?.inputs?.['fetch-depth'] === '0'

/**
 * How sure it is that the checkout leaves a token in `.git/config`; null when it does not. Since version 6 the token is kept elsewhere:
 * actions/checkout, README.md, "Checkout v6". A version that is a commit may be any, unless a remark calls it by its name.
 */
function tokenOf(checkout: Checkout): 'high' | 'low' | null {
  const { uses = '', inputs = {} } = checkout ?? {}
  if (!uses.startsWith('actions/checkout@') || inputs['persist-credentials'] === 'false') return null
  const major = /[@ ]v(\d+)/.exec(uses)?.[1]
  if (major === undefined) return 'low'
  return Number(major) < 6 ? 'high' : null
}

const removesGit = ({ recipe }: CiBuild): boolean =>
  recipe.steps.some(
    (step) =>
      step.kind === 'command' &&
      step.command.words[0] === 'rm' &&
      step.command.words.some((word) => /^(?:\.\/)?\.git\/?$/.test(word)),
  )
