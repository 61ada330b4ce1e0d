import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { secretsIn } from '../../src/inspect/secrets.ts'
import { made, pemLine, privateKey } from './made-up.ts'

const see = (path: string, text: string) => secretsIn(path, new TextEncoder().encode(text))
const kinds = (path: string, text: string) => see(path, text).map(({ kind }) => kind)

describe('a token is known by its form', () => {
  it.each<[string, string]>([
    ['a GitHub token', `ghp${'_'}${made(36)}`],
    ['a GitHub token', `gho${'_'}${made(36)}`],
    ['a GitHub token', `ghu${'_'}${made(36)}`],
    ['a GitHub token', `ghs${'_'}${made(36)}`],
    ['a GitHub token', `ghr${'_'}${made(76)}`],
    ['a GitHub token', `github${'_'}pat_${made(22)}_${made(59)}`],
    ['a GitLab token', `glpat${'-'}${made(20)}`],
    ['a Slack token', `xoxb${'-'}123451234512-${made(24)}`],
    ['a Slack token', `xoxp${'-'}123451234512-${made(24)}`],
    ['a Slack webhook', `https://hooks.slack.com/${'services'}/T${made(9, 26)}/B${made(9, 26)}/${made(24)}`],
    ['a Discord webhook', `https://discord.com/${'api/webhooks'}/102938475610293847/${made(68)}`],
    ['a Telegram token', `918${'273645'}:A${'A'}${made(33)}`],
    ['a Telegram token', `tgram${'://'}918273645:${made(35)}/-100200300`],
    ['a Google API key', `AI${'za'}${made(35)}`],
    ['a Stripe key', `sk_${'live'}_${made(24)}`],
    ['a Stripe key', `rk_${'live'}_${made(24)}`],
    ['an npm token', `npm${'_'}${made(36)}`],
    ['a PyPI token', `pypi${'-'}AgE${made(80)}`],
    ['a RubyGems key', `rubygems${'_'}${'a9b8c7d6e5f40312'.repeat(3)}`],
    ['a SendGrid key', `SG${'.'}${made(22)}.${made(43)}`],
    ['an Anthropic key', `sk-${'ant'}-api03-${made(93)}`],
    ['an OpenAI key', `sk-${made(20)}T3Blbk${'FJ'}${made(20)}`],
    ['a Docker Hub token', `dckr${'_'}pat_${made(27)}`],
    ['a DigitalOcean token', `dop${'_'}v1_${'a9b8c7d6e5f40312'.repeat(4)}`],
    ['an age key', `AGE-SECRET${'-'}KEY-1${made(58, 32)}`],
    ['an Azure storage key', `DefaultEndpointsProtocol=https;AccountKey=${made(86)}==`],
  ])('%s', (kind, token) => {
    const [found, ...others] = see('.env', `PORT=3000\nSERVICE=${token}\n`)
    expect(found).toMatchObject({ line: 2, kind, variable: 'SERVICE' })
    expect(others).toEqual([])
    // Cut short, it is none.
    expect(kinds('x.pem', `see ${token.slice(0, 14)}`)).toEqual([])
  })

  it('but not where it stands for one', () => {
    expect(kinds('.env', `T=ghp${'_'}${'x'.repeat(36)}\n`)).toEqual([])
    expect(kinds('.env', `AWS_KEY=AKIA${'IOSFODNN7EXAMPLE'}\n`)).toEqual([])
  })
})

describe('what a program keeps', () => {
  const keeps = (text: string, isKept = true) =>
    secretsIn('data/app.json', new TextEncoder().encode(text), { isKept }).map(({ kind, variable }) => [
      variable,
      kind,
    ])

  it.each(['api_access_token', 'client_secret', 'apiKey', 'authToken', 'sessionSecret', 'bot-token'])(
    'holds a key where its name says what it opens: %s',
    (name) => {
      expect(keeps(`{"${name}": "${made(32)}"}`)).toEqual([[name, 'a value that looks like a key']])
    },
  )

  it.each(['next_page_token', 'token', 'key', 'object_key', 'sortKey', 'csrf', 'id', 'public_access_key'])(
    'holds none by a name that only tells one from another: %s',
    (name) => {
      expect(keeps(`{"${name}": "${made(32)}"}`)).toEqual([])
    },
  )

  it('holds passwords, and hashes of them, which say so', () => {
    expect(keeps(`{"password": "${made(14)}"}`)).toEqual([['password', 'a password']])
    for (const hash of [
      '0f1e2d3c4b5a6978'.repeat(4),
      `$2b$12$${made(53)}`,
      `$argon2id$v=19$m=65536,t=3,p=4$${made(22)}$${made(43)}`,
      `pbkdf2_sha256$600000$${made(22)}$${made(43)}`,
    ])
      expect(keeps(`{"password": "${hash}"}`)).toEqual([['password', 'the hash of a password']])
    expect(keeps('{"password": "$DB_PASSWORD"}')).toEqual([])
  })

  it.each(['socks5', 'mailto', 'amqp', 'postgres', 'mongodb+srv', 'redis'])(
    'holds a password in a URL of any scheme: %s',
    (scheme) => {
      const password = made(14)
      expect(keeps(`{"urls": ["${scheme}://bob:${password}@mail.corp.net:25"]}`)).toEqual([
        [null, 'a password in a URL'],
      ])
      expect(keeps(`{"urls": ["${scheme}://:${password}@mail.corp.net/0"]}`)).toHaveLength(1)
      expect(keeps(`{"urls": ["${scheme}://bob:$PASSWORD@mail.corp.net"]}`)).toEqual([])
    },
  )
})

describe('a file for one credential', () => {
  it('holds it and nothing else', () => {
    expect(see('var/APIKEY.txt', `${made(40)}\n`)).toMatchObject([
      { line: 1, kind: 'a value that looks like a key', confidence: 'medium' },
    ])
    for (const text of ['changeme\n', `${made(40)}\n${made(40)}\n`, 'a list of words', `bob:${made(20)}`])
      expect(kinds('secret.txt', text)).toEqual([])
    expect(kinds('notes.txt', made(40))).toEqual([])
  })
})

describe('a private key', () => {
  it.each([[['RSA']], [['EC']], [['OPENSSH']], [['DSA']], [[]]])('is known by its first line, %s', (kind) => {
    expect(see('any.pem', privateKey(...kind))).toEqual([
      { line: 1, kind: 'a private key', variable: null, confidence: 'high' },
    ])
  })

  it('under a passphrase is less certain to be of use', () => {
    const old = privateKey('RSA').replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n')
    for (const text of [privateKey('ENCRYPTED'), old])
      expect(see('any.key', text)).toMatchObject([
        { kind: 'a private key under a passphrase', confidence: 'medium' },
      ])
  })

  it('is known with its line breaks written out, as in the JSON of a service account', () => {
    const text = JSON.stringify({ type: 'service_account', private_key: privateKey() }, null, 2)
    expect(see('service-account.json', text)).toMatchObject([
      { line: 3, kind: 'a private key', variable: 'private_key' },
    ])
    expect(kinds('.env', `KEY="${privateKey('RSA').replaceAll('\n', '\\n')}"\n`)).toEqual(['a private key'])
  })

  it('is no certificate, no public key, no parameters and no sentence about keys', () => {
    for (const kind of [['CERTIFICATE'], ['PUBLIC', 'KEY'], ['RSA', 'PUBLIC', 'KEY'], ['DH', 'PARAMETERS']])
      expect(kinds('a.pem', `${pemLine('BEGIN', ...kind)}\n${made(64)}\n${made(64)}\n`)).toEqual([])
    expect(kinds('a.pem', `${pemLine('BEGIN', 'PRIVATE', 'KEY')}\n...\n`)).toEqual([])
  })

  it('that lies among tests is hardly one', () => {
    expect(see('test/fixtures/server.key', privateKey())).toMatchObject([{ confidence: 'low' }])
    expect(see('internal/web/dev-key.pem', privateKey())).toMatchObject([{ confidence: 'low' }])
  })
})

describe('a value is judged by its name and by itself', () => {
  const random = made(32)
  it.each([
    ['API_TOKEN', random],
    ['SECRET_KEY_BASE', made(64)],
    ['clientSecret', random],
    ['jwt.secret', random],
    ['STRIPE_API_KEY', random],
    ['S3_OAUTH2_CLIENT_SECRET', random],
  ])('%s is a key', (name, value) => {
    expect(see('.env', `${name}=${value}`)).toMatchObject([{ line: 1, variable: name, confidence: 'medium' }])
  })

  it.each([
    ['PORT', '3000'],
    ['NODE_ENV', 'production'],
    ['API_TOKEN', ''],
    ['API_TOKEN', '$TOKEN_FROM_VAULT_AT_RUN_TIME9'],
    ['API_TOKEN', '${TOKEN_FROM_VAULT_1}'],
    ['API_TOKEN', 'changeme-changeme-123'],
    ['API_TOKEN', 'your-token-goes-here-1'],
    ['API_TOKEN', 'xxxxxxxxxxxxxxxxxxxx1'],
    ['API_TOKEN', '<paste the token here>'],
    ['API_TOKEN', 'op://vault/item/field1'],
    ['API_TOKEN', `ENC[AES256_GCM,data:${random}]`],
    ['API_TOKEN', `encrypted:${random}`],
    ['API_TOKEN', '1234123412341234123'],
    ['API_TOKEN', 'a-token-for-the-build'],
    ['RESULT_KEY', 'DescribeLoadBalancersResult'],
    ['NEXT_PUBLIC_API_KEY', random],
    ['VITE_API_KEY', random],
    ['REACT_APP_API_KEY', random],
    ['SSH_PUBLIC_KEY', random],
    ['RECAPTCHA_SITE_KEY', random],
    ['TOKEN_FILE', '/run/secrets/token1'],
    ['API_KEY', '/run/secrets/api_key_1'],
    ['SECRET_NAME', random],
    ['GIT_COMMIT', random],
    ['DB_PASSWORD', 'postgres'],
    ['DB_PASSWORD', 'password123'],
    ['DB_PASSWORD', 'secret'],
    ['DB_PASSWORD', 'dev-1234'],
    ['DB_PASSWORD', '12345678901'],
    ['PASSWORD_MIN_LENGTH', '12'],
  ])('%s=%s is none', (name, value) => {
    expect(see('.env', `${name}=${value}\n`)).toEqual([])
  })

  it('of a password less is asked than of a token', () => {
    expect(kinds('.env', `DB_PASSWORD=${made(12)}`)).toEqual(['a password'])
    expect(kinds('.env', `DB_TOKEN=${made(12)}`)).toEqual([])
  })

  it('in comments it is none', () => {
    expect(see('.env', `# API_TOKEN=${random}\n`)).toEqual([])
    expect(see('.env', `API_TOKEN= # ${random} was the old one\n`)).toEqual([])
  })

  it.each([
    ['quoted', '.env', `export API_TOKEN="${random}" # for the feed\n`],
    ['YAML', 'secrets.yml', `api:\n  API_TOKEN: '${random}'\n`],
    ['JSON on one line', 'local.settings.json', `{"a":{"x":1,"API_TOKEN":"${random}"}}`],
    ['properties', 'application-prod.properties', `API_TOKEN = ${random}\r\n`],
    ['HCL', 'prod.tfvars', `API_TOKEN = "${random}"\n`],
    ['PHP', 'wp-config.php', `<?php\ndefine( 'API_TOKEN', '${random}' );\n`],
    [
      'an array of PHP',
      'bootstrap/cache/config.php',
      `<?php return array (\n  'API_TOKEN' => '${random}',\n);`,
    ],
    ['Elixir', 'config/prod.secret.exs', `config :a, A,\n  API_TOKEN: "${random}"\n`],
    ['XML', 'settings.xml', `<settings><API_TOKEN>${random}</API_TOKEN></settings>`],
    ['attributes', 'nuget.config', `<a>\n<add key="API_TOKEN" value="${random}" />\n</a>`],
  ])('it is found in settings of every kind: %s', (_, path, text) => {
    expect(see(path, text)).toMatchObject([{ variable: 'API_TOKEN' }])
  })

  it('it is found in UTF-16, as Windows PowerShell writes', () => {
    const bytes = Buffer.concat([Buffer.of(0xff, 0xfe), Buffer.from(`A=1\nAPI_TOKEN=${random}\n`, 'utf16le')])
    expect(secretsIn('.env', bytes)).toMatchObject([{ line: 2, variable: 'API_TOKEN' }])
  })
})

describe('a URL', () => {
  it('with a real password holds a secret', () => {
    expect(see('.env', `DATABASE_URL=postgresql://birds:${made(18)}@db.example.org/birds\n`)).toEqual([
      { line: 1, kind: 'a password in a URL', variable: 'DATABASE_URL', confidence: 'high' },
    ])
    expect(kinds('.git/config', `\turl = https://me:${made(30)}@git.example.org/x.git\n`)).toEqual([
      'a password in a URL',
    ])
  })

  it('of this machine, without a password or with that of everybody holds none', () => {
    for (const url of [
      `postgres://a:${made(18)}@localhost/x`,
      `redis://:${made(18)}@127.0.0.1:6379`,
      'postgres://postgres:postgres@db:5432/app',
      'https://git@example.org/a.git',
      'https://example.org/a:b',
    ])
      expect(kinds('.env', `U=${url}\n`)).toEqual([])
  })
})

describe('an AWS key', () => {
  const id = `AKIA${made(16, 32)}`
  it('is a pair', () => {
    expect(
      see('.aws/credentials', `[x]\naws_access_key_id = ${id}\naws_secret_access_key = ${made(40)}\n`),
    ).toMatchObject([
      { line: 2, kind: 'an AWS key id', variable: 'aws_access_key_id' },
      { line: 3, kind: 'an AWS secret access key', confidence: 'high' },
    ])
  })

  it('is none without the secret', () => {
    expect(see('.env', `AWS_ACCESS_KEY_ID=${id}\n`)).toEqual([])
  })
})

describe('files with a place of their own for credentials', () => {
  it.each<[string, string, string]>([
    ['.npmrc', `//npm.example.org/:_authToken=${made(36)}\n`, 'an npm credential'],
    ['.netrc', `machine example.org\n  login me\n  password ${made(9)}\n`, 'a password'],
    ['.pgpass', `db.example.org:5432:*:me:${made(9)}\n`, 'a password'],
    ['.htpasswd', `me:$apr1$${made(8)}$${made(22)}\n`, 'the hash of a password'],
    ['.docker/config.json', `{"auths":{"r.example.org":{"auth":"${made(28)}"}}}`, 'the login to a registry'],
    ['.kube/config', `users:\n- user:\n    client-key-data: ${made(80)}\n`, 'the login to a cluster'],
    ['config/master.key', 'a9b8c7d6e5f40312a9b8c7d6e5f40312', 'the master key of a Rails application'],
    ['.vault-token', `hvs.${made(24)}`, 'a Vault token'],
    [
      '.bundle/config',
      `---\nBUNDLE_GEMS__EXAMPLE__COM: "${made(8)}:${made(8)}"\n`,
      'the login to a source of gems',
    ],
    ['me.ppk', 'PuTTY-User-Key-File-3: ssh-ed25519\n', 'a private key'],
    ['.pypirc', `[pypi]\npassword = ${made(30)}\n`, 'a password'],
    [
      'appsettings.Prod.json',
      `{"Db": "Server=x;Password=${made(14)};"}`,
      'a password in a connection string',
    ],
  ])('%s', (path, text, kind) => {
    expect(kinds(path, text)).toEqual([kind])
  })

  it.each([
    ['.npmrc', '//npm.example.org/:_authToken=${NPM_TOKEN_OF_THE_BUILD1}\n'],
    [
      '.bundle/config',
      'BUNDLE_PATH: "vendor/bundle"\nBUNDLE_BUILD__NOKOGIRI: "--use-system-libraries"\nBUNDLE_GEM__TEST: "minitest"\n',
    ],
    ['.docker/config.json', '{"auths":{"r.example.org":{}},"credsStore":"desktop"}'],
    ['.git/config', '[remote "origin"]\n\turl = git@example.org:me/x.git\n'],
    ['config/other.key', 'a9b8c7d6e5f40312a9b8c7d6e5f40312'],
  ])('%s without any holds none', (path, text) => {
    expect(kinds(path, text)).toEqual([])
  })
})

describe('whatever the bytes are', () => {
  it('no value is told, not even a part of it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            fc.constantFrom('', 'API_TOKEN=', 'export K_SECRET="', 'password: ', '//r/:_authToken=', 'x'),
            fc.constantFrom(
              `ghp${'_'}${made(36)}`,
              made(40),
              `p://u:${made(20)}@h.example.org`,
              privateKey(),
            ),
            fc.constantFrom('', '=1', '"', ': x', '\n'),
          ),
          { maxLength: 6 },
        ),
        (lines) => {
          const told = JSON.stringify(see('.env', lines.map((parts) => parts.join('')).join('\n')))
          for (const value of [made(36), made(40), made(20)])
            for (let i = 0; i + 6 <= value.length; i++) expect(told).not.toContain(value.slice(i, i + 6))
        },
      ),
    )
  })

  it('nothing is thrown, and lines ascend', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const found = secretsIn('.env', bytes).map(({ line }) => line ?? 0)
        expect(found).toEqual([...found].sort((a, b) => a - b))
      }),
    )
  })

  it.each<[string, string]>([
    ['one long word', 'a'],
    ['schemes', 'a://'],
    ['colons', '://a:'],
    ['quotes', '"a":"'],
    ['first lines of keys', `${pemLine('BEGIN', 'PRIVATE', 'KEY')}\n`],
    ['assignments', `A_TOKEN=${made(20)}\n`],
    ['marks of tokens', 'ghp_xoxb-AIzaSG.npm_'],
    ['tags', '<a>'],
    ['definitions', "define('A','"],
    ['blanks', ' '],
    ['AWS ids', `AKIA${made(16, 32)} `],
  ])('64 kB of %s take no time to speak of', (_, unit) => {
    for (const head of ['', '{', '<']) {
      const text = head + unit.repeat(Math.ceil(65_536 / unit.length))
      const start = performance.now()
      see('.npmrc', text)
      see('.docker/config.json', text)
      expect(performance.now() - start).toBeLessThan(1500)
    }
  })
})
