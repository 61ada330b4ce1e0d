import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isForTests,
  isKeeping,
  keptBy,
  keptEndings,
  maySuggest,
  suspectEndings,
  suspectOf,
} from '../../src/inspect/names.ts'

const looked = [
  ...['.env', '.env.local', '.env.production', 'a/.envrc', 'prod.env', '.ENV', '.flaskenv'],
  ...['server.pem', 'tls.key', 'id_rsa', 'home/.ssh/id_ed25519', 'id_ed25519_work', 'me.ppk', 'vpn.ovpn'],
  ...['.npmrc', '.yarnrc.yml', '.pypirc', 'pip.conf', 'NuGet.Config', '.netrc', '_netrc', '.git-credentials'],
  ...['.pgpass', '.my.cnf', '.s3cfg', '.boto', '.htpasswd', '.vault-token', '.dockercfg', 'kubeconfig'],
  ...[
    '.git/config',
    'sub/.git/config',
    '.docker/config.json',
    '.kube/config',
    '.dvc/config.local',
    '.bundle/config',
  ],
  ...['credentials', '.aws/credentials', 'credentials.json', 'service-account-prod.json', 'gcp-key.json'],
  ...['app-firebase-adminsdk-x1.json', 'client_secret_1.json', 'application_default_credentials.json'],
  ...['secrets.yml', 'secret.json', 'prod.tfvars', 'terraform.tfstate', 'terraform.tfstate.backup'],
  ...['wp-config.php', 'config/database.yml', 'application-prod.yaml', 'application.properties'],
  ...['local.settings.json', 'appsettings.Production.json', 'auth.json', 'settings.xml', 'gradle.properties'],
  ...['android/key.properties', 'keystore.properties'],
  ...['bootstrap/cache/config.php', 'api/bootstrap/cache/config.php', 'config/prod.secret.exs'],
  ...['secret.txt', 'APIKEY.txt', 'var/session-key.txt', 'db_password.txt', 'app.auth-tokens.txt'],
  ...['config/master.key', 'default.key', 'example.pem'],
]

describe('the name of a file', () => {
  it.each(looked)('%s suggests credentials', (path) => {
    expect(suspectOf(path)).toMatchObject({ kind: 'text' })
  })

  it.each([
    ...['.env.example', '.env.sample', '.env.template', '.env.dist', '.env.vault', '.env.local.example'],
    ...['notes.txt', 'secretary.txt', 'monkey.txt', 'robots.txt', 'secret.example.txt'],
    ...['id_rsa.pub', 'environment.ts', 'env', 'keys.ts', 'monkey', 'package.json', 'config.json', 'config'],
    ...['.gitconfig', 'secrets.ts', 'secrets.md', 'credentials.yml.enc', 'key', 'pem', 'schema.graphql'],
    ...['node_modules/a/.env', 'node_modules/a/test/server.key', 'x/.venv/lib/site-packages/certifi/a.pem'],
    ...[
      'vendor/a/b/id_rsa',
      'third_party/a/server.key',
      'internal/testdata/tls.key',
      'application.js',
      'secrets.example.yml',
    ],
  ])('%s suggests none, or those of everybody', (path) => {
    expect(suspectOf(path)).toBeNull()
  })

  it.each([
    ['a.p12', 'medium'],
    ['a.PFX', 'medium'],
    ['a.kdbx', 'medium'],
    ['release.jks', 'low'],
    ['upload.keystore', 'low'],
  ])('%s is a store that goes by its name', (path, confidence) => {
    expect(suspectOf(path)).toMatchObject({ kind: 'store', confidence })
  })

  it.each(['debug.keystore', 'truststore.jks', 'cacerts.jks'])(
    '%s is a store with nothing secret',
    (path) => {
      expect(suspectOf(path)).toBeNull()
    },
  )

  it('ends in letters by which it is found, or starts so', () => {
    for (const path of [...looked, 'a.p12', 'a.pfx', 'a.kdbx', 'a.jks', 'a.keystore']) {
      const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
      expect(maySuggest(name)).toBe(true)
      const isFound = /^(?:[._]|id_)/.test(name) || suspectEndings.includes(name.slice(-3))
      expect([name, isFound]).toEqual([name, true])
    }
  })

  it('tells what a program keeps for itself, by the directory or by itself', () => {
    for (const directory of ['data', 'a/test-datastore', 'var/app_storage/x', 'Config'])
      expect([directory, isKeeping(directory)]).toEqual([directory, true])
    for (const directory of ['', 'src', 'database', 'metadata', 'restore'])
      expect([directory, isKeeping(directory)]).toEqual([directory, false])
    expect(keptBy('anything.json', true)).toBe(true)
    expect(keptBy('proxies.example.json', true)).toBe(false)
    for (const name of ['proxies.json', 'app-settings.yml', 'Users.json', 'config.toml']) {
      expect([name, keptBy(name, false)]).toEqual([name, true])
      expect(keptEndings).toContain(name.slice(-3))
    }
    for (const name of ['package.json', 'tsconfig.json', 'anything.json', 'users.txt'])
      expect([name, keptBy(name, false)]).toEqual([name, false])
  })

  it.each([
    ...['.env.production~', 'server.key.bak', 'wp-config.php~', 'secrets.yml.orig', 'prod.tfvars.old'],
    ...['config/database.yml.bak', 'credentials.json.save', 'secret.txt~', '.npmrc.bak'],
  ])('%s is looked at as what it is a copy of', (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1)
    expect(suspectOf(path)).toMatchObject({ kind: 'text' })
    expect(maySuggest(name)).toBe(true)
    expect(/^[._]/.test(name) || suspectEndings.includes(name.slice(-3))).toBe(true)
  })

  it('tells settings by the copy that is kept of them, and no other copy', () => {
    for (const name of ['config.json.bak', 'users.yml~', 'app-settings.toml.orig']) {
      expect([name, keptBy(name, false)]).toEqual([name, true])
      expect(keptEndings).toContain(name.slice(-3))
    }
    for (const name of ['notes.txt.bak', 'main.py~', '.bak', '~'])
      expect([name, keptBy(name, false), suspectOf(name)]).toEqual([name, false, null])
  })

  it('says when keys are for tests', () => {
    for (const path of ['test/a.key', 'a/__tests__/b.pem', 'dev-key.pem', 'certs/localhost.key', '.env.test'])
      expect([path, isForTests(path)]).toEqual([path, true])
    for (const path of ['.env', 'contest/a.key', 'latest.pem', 'device.key', '.env.production'])
      expect([path, isForTests(path)]).toEqual([path, false])
  })

  it('is judged at once, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('.', '-', 'key', 'service', 'gcp', 'a', '_'),
        fc.nat(255),
        (unit, times) => {
          const start = performance.now()
          suspectOf(unit.repeat(times))
          expect(performance.now() - start).toBeLessThan(100)
        },
      ),
    )
  })
})
