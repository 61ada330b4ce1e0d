import { describe, expect, it } from 'vitest'
import { propose } from '../../src/propose.ts'
import { scan } from '../../src/scan.ts'
import { made } from '../inspect/made-up.ts'
import { plainBuild } from '../scan-tree.ts'
import { outcomeOf, type Repo, repoHost } from './propose-tree.ts'

const secret = `API_TOKEN=${made(32)}\n`

/** What is said of the credentials that ship, with what is proposed beside it. */
function tell(repo: Repo) {
  const host = repoHost(repo)
  const proposed = propose(host, scan(host, plainBuild), { thorough: true })
  const hints = proposed.part.remarks.findings.flatMap(({ rule, hint }) =>
    rule === 'secret-ships' ? [hint ?? ''] : [],
  )
  return { ...outcomeOf(proposed), hints }
}

const node = (scripts: Readonly<Record<string, string>>, more: readonly string[] = []): Repo => ({
  tracked: {
    Dockerfile: ['FROM node', 'WORKDIR /a', 'COPY . .', ...more, ''].join('\n'),
    'package.json': `${JSON.stringify({ scripts }, null, 1)}\n`,
    '.gitignore': '.env*\n',
  },
  untracked: { '.env.staging': secret },
})

describe('credentials that ship, and that somebody names', () => {
  it('are to be decided where only people who work on the project ask for them', () => {
    const { because, left } = tell(node({ 'db:studio': 'dotenv -e .env.staging -- drizzle-kit studio' }))
    expect(because).toContain('review .env.staging: 1 value looks like a key; package.json:3 asks for it')
    expect(left).toEqual([])
  })

  it.each<[string, Repo]>([
    ['to build', node({ compile: 'dotenv -e .env.staging -- vite build' }, ['RUN npm run compile'])],
    ['to start', node({ start: 'node --env-file=.env.staging server.js' }, ['CMD ["npm", "start"]'])],
  ])('stay where the image asks for them %s, and no hint says otherwise', (_, repo) => {
    const { lines, left, hints } = tell(repo)
    expect(left).toEqual(['.env.staging: package.json:3 asks for it'])
    expect(lines.filter((line) => line.includes('.env'))).toEqual([])
    expect(hints).toEqual([
      'a line in the ignore file would take it from the build (package.json:3 asks for it): give it to the container when it runs, or with --mount=type=secret to the one RUN that needs it',
    ])
  })

  it('are no part of a list of what lies beside them', () => {
    const { because } = tell({
      tracked: {
        Dockerfile: 'FROM node\nCOPY tools /a\nRUN node /a/x.js\n',
        'tools/x.js': '',
        '.gitignore': '/tools/*.old\n/tools/*.txt\n',
      },
      untracked: {
        ...{ 'tools/a.old': 'a', 'tools/b.old': 'a', 'tools/c.old': 'a', 'tools/d.old': 'a' },
        'tools/github_oauth_token.txt': `ghp_${made(36)}\n`,
      },
    })
    expect(because).toContain(
      'review tools/github_oauth_token.txt: 1 value looks like a key; nothing names it',
    )
  })

  it('stay where CI makes them for this image, and no hint says otherwise', () => {
    const { left, hints } = tell({
      tracked: {
        Dockerfile: 'FROM php\nCOPY . /a\n',
        '.gitignore': '.env\n',
        '.github/workflows/a.yml':
          'on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: cp .env.production .env\n      - run: docker build -t a .\n',
        '.env.production': 'A=1\n',
      },
      untracked: { '.env': secret },
    })
    expect(left).toEqual(['.env: .github/workflows/a.yml:6 makes it on the host for this image'])
    expect(hints).toEqual([expect.stringMatching(/^a line in the ignore file would take it from the build/)])
  })

  it('are told with a hint to leave them out where a line does so', () => {
    const { hints } = tell(node({}))
    expect(hints).toEqual([expect.stringMatching(/keep it out with a line in the ignore file/)])
  })

  it('of which no value was read are not said to look like keys', () => {
    const { because } = tell({
      tracked: { Dockerfile: 'FROM a\nCOPY . /a\n', '.gitignore': '*.p12\n' },
      untracked: { 'sign.p12': 9 },
    })
    expect(because).toContain(
      'review sign.p12: a PKCS #12 store, which as a rule holds a private key; nothing names it',
    )
  })
})
