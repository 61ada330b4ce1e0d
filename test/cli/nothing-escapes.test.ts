/** What a stranger's repository must not bring to a terminal, a log or a report: every verb in every format. */

import { describe, expect, it } from 'vitest'
import { createMemoryHost, type MemoryTree, rawName } from '../../src/host/memory.ts'
import { formats } from '../../src/verbs/formats.ts'
import { verbLines } from '../verb-lines.ts'
import { runOn } from './world.ts'

// Put together here, so that nobody who looks for keys in this repository finds them.
const secrets = [
  `AKIA${'QWERTYUIOPASDFGH'}`,
  `ghp_${'aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5'}`,
  `sk_live_${'4eC39HqLyjWDarjtT1zdp7dc'}`,
  'MIIEpAIBAAKCAQEAx7fGq1n2oR9Zk3Q8vLhT5mYw0pJcE6sD4uBa',
  'hunter2-correct-horse-battery',
]
const [aws = '', github = '', stripe = '', key = '', password = ''] = secrets

const bell = '\x07'
const names = [
  `\x1b[2J\x1b]0;owned${bell}`,
  `a\u202egnp.exe`,
  `\u2066x\u2069\u200b`,
  `raw${rawName(0xff, 0x9b)}`,
  'x'.repeat(255),
  '<img src=x onerror=alert(1)>',
  '</script><script>alert(1)</script>',
  '::error file=a,line=1::owned',
  'line\n::set-output name=x::owned',
  '`$(id)`|[x](javascript:alert(1))',
  ']]><x/>&amp;"',
  '=cmd|calc',
  ']8;;http://x\x1b\\link',
]

const tree: MemoryTree = {
  '/app/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCOPY nothing /x\n',
  '/app/package.json': '{"name":"app"}',
  '/app/package-lock.json': '{"name":"app","lockfileVersion":3,"packages":{}}',
  '/app/compose.yaml': `services:\n  a:\n    build:\n      context: .\n      args: {MODE: production}\n`,
  '/app/.env': `AWS_ACCESS_KEY_ID=${aws}\nGITHUB_TOKEN=${github}\nDB_PASSWORD=${password}\n`,
  '/app/config/production.json': `{"stripe":{"secretKey":"${stripe}"}}`,
  '/app/id_rsa': `-----BEGIN RSA PRIVATE KEY-----\n${key}\n-----END RSA PRIVATE KEY-----\n`,
  '/app/.npmrc': `//registry.example.com/:_authToken=${github}\n`,
  '/app/src/a.js': `const token = "${github}"\n`,
  '/app/node_modules/x/y.js': 1000,
  ...Object.fromEntries(names.map((name) => [`/app/odd/${name}/file`, 1])),
  ...Object.fromEntries(names.map((name) => [`/app/dist-${name.slice(0, 200)}.log`, 1])),
}

/** What a terminal or a reader could take for something else, the line breaks and blanks of a text left out. */
const dangerous =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/

describe('whatever a repository holds', () => {
  for (const [verb, words] of verbLines('/app'))
    for (const format of formats[verb])
      it(`is safe to print: ctxsize ${verb} --format ${format}`, async () => {
        const host = createMemoryHost(tree)
        for (const more of [[], ['-v']]) {
          const { stdout, stderr } = await runOn(host, [...words, '--format', format, ...more], {
            input: '',
            // What is piped on is a patch or a file, byte by byte.
            ...(format === 'table' ? { columns: 80 } : {}),
          })
          // Colours and the line that tells of progress are our own.
          const said = (stdout + stderr).replace(/\x1b\[\d*m|\r\x1b\[K/g, '')
          expect(said).not.toBe('')
          expect(secrets.filter((secret) => said.includes(secret))).toEqual([])
          expect(dangerous.exec(said)?.[0] ?? null).toBeNull()
          // A command for GitHub begins a line.
          if (format !== 'github') expect(said).not.toMatch(/^\s*::(?:error|set-output)/m)
          else expect(said).not.toMatch(/^::set-output|^::error file=a,line=1::owned/m)
          if (['html', 'junit'].includes(format)) expect(said).not.toMatch(/<img src=x|<script>alert/)
        }
      }, 60_000)

  it('finds the keys that it does not print', async () => {
    const { stdout } = await runOn(createMemoryHost(tree), ['--format', 'json', '/app'])
    const { findings } = JSON.parse(stdout).contexts[0]
    expect(
      findings.filter(({ rule }: { readonly rule: string }) => rule === 'secret-ships').length,
    ).toBeGreaterThan(0)
  })
})
