/** Judges the bytes of one file: which of its values look like credentials. Pure. */

import { baseName } from '../lib/path.ts'
import type { Confidence } from '../report.ts'
import { type Assignment, assignmentsIn, wordsOf } from './assignments.ts'
import type { SecretValue } from './model.ts'
import { isAlone, isForTests } from './names.ts'
import { isPlausiblePassword, isPlausibleToken } from './plausible.ts'
import { awsKeyId, connectionPassword, privateKeyLine, tokenForms, urlPassword } from './tokens.ts'

/** A value by where it stands in the text. */
interface Found {
  readonly at: number
  readonly end: number
  readonly kind: string
  readonly confidence: Confidence
}

/**
 * The values of one file that look like credentials, by line. `bytes` is its beginning; what lies beyond is not known. `isKept`: a program
 * keeps it, so that only names which say what a value opens are believed.
 */
export function secretsIn(
  path: string,
  bytes: Uint8Array,
  { isKept = false }: { readonly isKept?: boolean } = {},
): readonly SecretValue[] {
  const text = decode(bytes)
  const all = assignmentsIn(text)
  const assignments = isKept ? all.filter(({ name }) => opening.test(wordsOf(name).join('_'))) : all
  const found = distinct([
    ...privateKeys(text),
    ...tokens(text),
    ...passwordsInUrls(text),
    ...ofFormat(baseName(path).toLowerCase(), path.toLowerCase(), text),
    ...assigned(assignments),
  ])
  const withIds = [...found, ...(found.some(({ kind }) => kind === awsSecret) ? keyIds(text, found) : [])]
  const lineOf = lines(text)
  const nameOf = names(assignments, withIds)
  const forTests = isForTests(path)
  return withIds
    .sort((a, b) => a.at - b.at)
    .map(({ at, kind, confidence }) => ({
      line: lineOf(at),
      kind,
      variable: nameOf(at),
      confidence: forTests ? 'low' : confidence,
    }))
}

/** One character a byte, as all that is looked for is ASCII; Windows PowerShell writes UTF-16 with a mark. */
function decode(bytes: Uint8Array): string {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
  return wide ? new TextDecoder('utf-16le').decode(bytes) : Buffer.from(bytes).toString('latin1')
}

/** Those that lie in none before them. */
function distinct(all: readonly Found[]): readonly Found[] {
  const kept: Found[] = []
  for (const one of all.toSorted((a, b) => a.at - b.at || b.end - a.end)) {
    const last = kept.at(-1)
    if (!last || one.at >= last.end) kept.push(one)
    // What is told by its form says more than the name it is assigned to.
    else if (last.kind === plainValue && one.kind !== plainValue)
      kept[kept.length - 1] = { ...one, at: last.at }
  }
  return kept
}

function privateKeys(text: string): readonly Found[] {
  const found: Found[] = []
  for (const { 0: first, 1: kind = '', index } of text.matchAll(privateKeyLine)) {
    const start = index + first.length
    const close = text.indexOf('-----', start)
    const end = close < 0 ? text.length : close
    // In JSON and .env files the line breaks are written out.
    const head = text
      .slice(start, Math.min(end, start + 2048))
      .replaceAll('\\r', '')
      .replaceAll('\\n', '\n')
    const isLocked = kind.startsWith('ENCRYPTED') || head.includes('Proc-Type: 4,ENCRYPTED')
    const body = head.split('\n').filter((line) => !line.includes(':'))
    // An Ed25519 key, the shortest, has 64. Text about keys has dots.
    if (body.join('').replace(/[^A-Za-z0-9+/=]/g, '').length < 40 || body.join('').includes('...')) continue
    found.push(
      isLocked
        ? { at: index, end, kind: 'a private key under a passphrase', confidence: 'medium' }
        : { at: index, end, kind: 'a private key', confidence: 'high' },
    )
  }
  return found
}

function tokens(text: string): readonly Found[] {
  return tokenForms
    .filter(({ mark }) => text.includes(mark))
    .flatMap(({ kind, pattern, confidence }) =>
      [...text.matchAll(pattern)]
        .filter(([token]) => !/x{6}|example|0{8}|1234567/i.test(token))
        .map(({ 0: token, index }) => ({ at: index, end: index + token.length, kind, confidence })),
    )
}

/** Hosts that nobody else reaches. */
const isLocalHost = (host: string) =>
  /^(?:localhost|127\.[\d.]+|0\.0\.0\.0|\[::1?\]|host\.docker\.internal)$/i.test(host)

function passwordsInUrls(text: string): readonly Found[] {
  const found: Found[] = []
  const add = (whole: string, index: number, password: string, kind: string) => {
    if (!isPlausiblePassword(password)) return
    const at = index + whole.indexOf(password, 1)
    found.push({ at, end: at + password.length, kind, confidence: 'high' })
  }
  if (text.includes('://'))
    for (const { 0: whole, 1: password = '', 2: host = '', index } of text.matchAll(urlPassword))
      if (!isLocalHost(host)) add(whole, index, password, 'a password in a URL')
  for (const { 0: whole, 1: password = '', index } of text.matchAll(connectionPassword))
    add(whole, index, password, 'a password in a connection string')
  return found
}

interface Format {
  readonly applies: (name: string, path: string) => boolean
  /** Group 1 is the value. */
  readonly pattern: RegExp
  readonly kind: string
  readonly isReal: (value: string) => boolean
  readonly confidence: Confidence
  readonly source: string
}

const anyValue = (value: string) => value.length >= 6 && !/[$<{*]|\bexample\b|change.?me/i.test(value)

/** Files with a place for a credential that needs no telling name. */
const formats: readonly Format[] = [
  {
    applies: (name) => name === '.npmrc',
    pattern: /:_(?:authToken|password|auth)[ \t]{0,4}=[ \t]{0,4}"?([^\s"]{1,512})/g,
    kind: 'an npm credential',
    isReal: isPlausibleToken,
    confidence: 'high',
    source: 'https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration',
  },
  {
    applies: (name) => name === '.netrc' || name === '_netrc',
    pattern: /\bpassword\s{1,16}(\S{1,512})/g,
    kind: 'a password',
    isReal: anyValue,
    confidence: 'high',
    source: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
  },
  {
    applies: (name) => name === '.pgpass',
    pattern: /^[^#:\n]{1,255}:[^:\n]{1,16}:[^:\n]{1,128}:[^:\n]{1,128}:([^\n\r]{1,512})/gm,
    kind: 'a password',
    isReal: anyValue,
    confidence: 'high',
    source: 'https://www.postgresql.org/docs/current/libpq-pgpass.html',
  },
  {
    applies: (name) => name === '.htpasswd',
    pattern: /^[^:\s]{1,255}:((?:\$apr1\$|\$2[aby]\$|\$[56]\$|\{SHA\})\S{10,200})/gm,
    kind: 'the hash of a password',
    isReal: () => true,
    confidence: 'medium',
    source: 'https://httpd.apache.org/docs/2.4/misc/password_encryptions.html',
  },
  {
    applies: (name, path) =>
      name === '.dockercfg' || name === '.dockerconfigjson' || path.endsWith('.docker/config.json'),
    pattern: /"(?:auth|identitytoken|registrytoken)"\s{0,64}:\s{0,64}"([A-Za-z0-9+/=._-]{8,4096})"/g,
    kind: 'the login to a registry',
    isReal: () => true,
    confidence: 'high',
    source: 'https://docs.docker.com/reference/cli/docker/login/#default-behavior',
  },
  {
    applies: (name, path) => name.endsWith('kubeconfig') || path.endsWith('.kube/config'),
    pattern: /\b(?:client-key-data|token)["']?[ \t]{0,8}:[ \t]{0,8}["']?([A-Za-z0-9+/=._-]{40,8192})/g,
    kind: 'the login to a cluster',
    isReal: () => true,
    confidence: 'high',
    source: 'https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/',
  },
  {
    // config/master.key and config/credentials/production.key: 32 hex digits and nothing else.
    applies: (_, path) => /(?:^|\/)config\/(?:master|credentials\/[^/]+)\.key$/.test(path),
    pattern: /^([0-9a-f]{32})\s{0,4}$/g,
    kind: 'the master key of a Rails application',
    isReal: () => true,
    confidence: 'high',
    source: 'https://guides.rubyonrails.org/security.html#custom-credentials',
  },
  {
    // What is written there by itself, and nothing else.
    applies: isAlone,
    pattern: /^\s{0,4}([\w+/=.~-]{16,512})\s{0,4}$/g,
    kind: 'a value that looks like a key',
    isReal: isPlausibleToken,
    confidence: 'medium',
    source: 'https://docs.docker.com/compose/how-tos/use-secrets/',
  },
  {
    applies: (name) => name === '.vault-token',
    pattern: /^(\S{20,512})\s{0,4}$/g,
    kind: 'a Vault token',
    isReal: () => true,
    confidence: 'high',
    source: 'https://developer.hashicorp.com/vault/docs/commands/token-helper',
  },
  {
    // A host stands with two underscores for each dot; BUNDLE_BUILD__, BUNDLE_MIRROR__ and the like are settings.
    applies: (_, path) => path.endsWith('.bundle/config'),
    pattern:
      /^BUNDLE_(?!BUILD__|MIRROR__|LOCAL__|DISABLE__|PATH__|GEM__|GITHUB__HTTPS)\w{1,120}__\w{1,60}:[ \t]{0,4}["']?([^\s"']{6,512})/gm,
    kind: 'the login to a source of gems',
    isReal: (value) => anyValue(value) && !/^(?:-|\/|https?:|true$|false$)/.test(value),
    confidence: 'high',
    source: 'https://bundler.io/man/bundle-config.1.html#CREDENTIALS-FOR-GEM-SOURCES',
  },
  {
    applies: (name) => name.endsWith('.ppk'),
    pattern: /^(PuTTY-User-Key-File-\d)/g,
    kind: 'a private key',
    isReal: () => true,
    confidence: 'high',
    source: 'https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html',
  },
]

function ofFormat(name: string, path: string, text: string): readonly Found[] {
  return formats
    .filter(({ applies }) => applies(name, path))
    .flatMap(({ pattern, kind, confidence, isReal }) =>
      [...text.matchAll(pattern)].flatMap(({ 0: whole, 1: value = '', index }) => {
        if (!isReal(value)) return []
        const at = index + whole.lastIndexOf(value)
        return [{ at, end: at + value.length, kind, confidence }]
      }),
    )
}

/** Of data: `key` and `token` alone, `page_token` and `object_key` only name something. */
const opening =
  /PASSWORD$|PASSWD$|PASSPHRASE$|SECRET$|(?:^|_)(?:API|ACCESS|AUTH|BEARER|REFRESH|SECRET|PRIVATE|CLIENT|SESSION|BOT|WEBHOOK|SIGNING|ENCRYPTION)(?:_[A-Z\d]+)*_(?:TOKEN|KEY)$|APIKEY$/

/** Digests of the usual lengths, and crypt(5) with its relatives. */
const hashed =
  /^(?:[\da-f]{40}|[\da-f]{64}|[\da-f]{96}|[\da-f]{128}|\$(?:1|2[abxy]|5|6|7|y|argon2id?|scrypt|pbkdf2[\w-]{0,16})\$\S{20,256}|(?:pbkdf2|scrypt|argon2)[\w:-]{0,24}\$\S{20,256})$/

const plainValue = 'a value that looks like a key'
const awsSecret = 'an AWS secret access key'

function assigned(assignments: readonly Assignment[]): readonly Found[] {
  return assignments.flatMap(({ name, value, at }): readonly Found[] => {
    const role = roleOf(wordsOf(name))
    if (role === null) return []
    const end = at + value.length
    if (role === 'password' && hashed.test(value))
      return [{ at, end, kind: 'the hash of a password', confidence: 'medium' }]
    if (role === 'password')
      return isPlausiblePassword(value) ? [{ at, end, kind: 'a password', confidence: 'medium' }] : []
    if (!isPlausibleToken(value)) return []
    const isAws = /^[A-Za-z0-9/+]{40}$/.test(value) && /secret_?access_?key/i.test(name)
    return isAws
      ? [{ at, end, kind: awsSecret, confidence: 'high' }]
      : [{ at, end, kind: plainValue, confidence: 'medium' }]
  })
}

/** Put into pages by the frameworks that read them, so no secret; keys that only name something. */
const open = new Set([
  'PUBLIC',
  'PUB',
  'VITE',
  'PUBLISHABLE',
  'CACHE',
  'SORT',
  'PRIMARY',
  'FOREIGN',
  'SITE',
  'ROUTING',
])

/** What the last words of a name promise; null when they promise no credential. */
function roleOf(words: readonly string[]): 'password' | 'token' | null {
  if (words.some((word) => open.has(word)) || (words[0] === 'REACT' && words[1] === 'APP')) return null
  const last = words.at(-1) ?? ''
  if (/^(?:\w{0,20}PASSWORD|PASSWD|PASSPHRASE|PASS|PWD)$/.test(last)) return 'password'
  const isBase = last === 'BASE' && words.at(-2) === 'KEY'
  return isBase || /^(?:\w{0,20}TOKEN|\w{0,20}SECRET|KEY|APIKEY|SECRETKEY|CREDENTIALS?)$/.test(last)
    ? 'token'
    : null
}

function keyIds(text: string, taken: readonly Found[]): readonly Found[] {
  return [...text.matchAll(awsKeyId)]
    .map(
      ({ 0: id, index }): Found => ({
        at: index,
        end: index + id.length,
        kind: 'an AWS key id',
        confidence: 'high',
      }),
    )
    .filter(({ at }) => !taken.some((other) => at >= other.at && at < other.end))
}

/** Offset → line, from 1. */
function lines(text: string): (at: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (at) => {
    const index = lastAtOrBefore(starts, at)
    return index + 1
  }
}

/** Offset → the name that the value there is assigned to. A name within which something was found is not told. */
function names(assignments: readonly Assignment[], found: readonly Found[]): (at: number) => string | null {
  const starts = assignments.map(({ at }) => at)
  return (at) => {
    const assignment = assignments[lastAtOrBefore(starts, at)]
    if (!assignment || at > assignment.at + assignment.value.length) return null
    const { name, nameAt } = assignment
    const holds = found.some((one) => one.at >= nameAt && one.at < assignment.at)
    return holds || name.length > 64 ? null : name
  }
}

/** Index of the last of the ascending numbers that is not beyond; -1 when all are. */
function lastAtOrBefore(ascending: readonly number[], at: number): number {
  let from = 0
  let to = ascending.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ascending[middle] ?? 0) <= at) from = middle + 1
    else to = middle
  }
  return from - 1
}
