/** Names of files that hold credentials as a rule. What is in them decides; only stores that cannot be read go by name. */

import { baseName } from '../lib/path.ts'
import type { Confidence } from '../report.ts'

/**
 * `text`: its contents are looked at. The others are stores of keys in a format of their own. Rank 2: what a program keeps for itself; 3:
 * somebody's own settings.
 */
export type Suspect =
  | { readonly kind: 'text'; readonly rank: 0 | 1 | 2 | 3 }
  | { readonly kind: 'store'; readonly rank: 0; readonly says: string; readonly confidence: Confidence }

/** What a program calls a file in which it keeps one credential and nothing else. */
const alone =
  '(?:secret|token|password|passwd|(?:api|session|secret|access|auth|signing|encryption)[-_.]?(?:key|token))'

const aloneName = new RegExp(`^(?:.+[-_.])?${alone}s?\\.txt$`)

/** True for the name of a file, lower case, in which one credential stands by itself. */
export const isAlone = (name: string): boolean => aloneName.test(name)

/** Names, lower case: whose whole purpose is to hold credentials (rank 0), and settings that may (rank 1). */
const purpose = new RegExp(
  `^(?:${[
    String.raw`\.env(?:\..+|rc)?`,
    String.raw`.+\.env`,
    String.raw`\.flaskenv`,
    String.raw`.+\.(?:pem|key|ppk|ovpn)`,
    `id_(?:rsa|dsa|ecdsa|ed25519|ecdsa_sk|ed25519_sk)(?:[._-][^.]{1,40})?`,
    String.raw`\.npmrc|\.yarnrc(?:\.yml)?|\.pypirc|\.?pip\.conf|pip\.ini|nuget\.config`,
    String.raw`\.netrc|_netrc|\.git-credentials|\.pgpass|\.my\.cnf|\.s3cfg|\.boto|\.htpasswd|\.vault-token`,
    String.raw`\.dockercfg|\.dockerconfigjson|kubeconfig|.+\.kubeconfig`,
    String.raw`client_secrets?.*\.json|.*service[-_]?account.*\.json|.*firebase-adminsdk.*\.json|gcp.*key.*\.json|gcloud.*\.json|application_default_credentials\.json`,
    String.raw`credentials(?:\.(?:json|ya?ml|ini|toml|properties|csv))?`,
    String.raw`secrets?\.(?:ya?ml|json|toml|ini|env|properties|php)|.+\.secret\.exs`,
    aloneName.source.slice(1, -1),
    String.raw`.+\.tfvars(?:\.json)?|.+\.tfstate(?:\.backup)?|\.terraformrc|terraform\.rc`,
  ].join('|')})$`,
)
const settings =
  /^(?:wp-config\.php|database\.ya?ml|local\.settings\.json|appsettings\..+\.json|application(?:-.+)?\.(?:ya?ml|properties)|auth\.json|settings\.xml|gradle\.properties|local\.properties|key(?:store)?\.properties|(?:.+[-_.])?(?:settings?|config)[-_.](?:local|me|private|prod|production)\.(?:ya?ml|json|toml|ini)|.+[-_.](?:local|private|secrets?)\.(?:ya?ml|json|toml|ini))$/

/** Names, lower case, of what programs keep as they run: their settings, and whom they know. */
const kept =
  /^(?:.+[-_.])?(?:settings?|config|configuration|preferences|prefs|proxies|accounts?|users|sessions?|notifications?|webhooks|integrations|connections|state|store|db)\.(?:json|ya?ml|toml|ini)$/
/** Directories in which they do. */
const keeping =
  /(?:^|[/._-])(?:data|datastore|storage|store|state|settings|config|conf|instance|appdata|userdata)\//

/** Names, lower case, that mean something only where they lie, and the ends of their paths. */
const placed = /^config(?:\.json|\.local|\.php)?$/
const places =
  /(?:^|\/)(?:\.git\/config|\.docker\/config\.json|\.kube\/config|\.dvc\/config\.local|\.bundle\/config|bootstrap\/cache\/config\.php)$/

const stores: readonly (readonly [RegExp, string, Confidence])[] = [
  [/\.(?:p12|pfx)$/, 'a PKCS #12 store, which as a rule holds a private key', 'medium'],
  [/\.kdbx$/, 'a password database', 'medium'],
  // The keystores of Android for debugging and the lists of authorities in Java hold nothing secret.
  [
    /^(?!.*(?:trust|cacerts|debug)).*\.(?:jks|keystore)$/,
    'a Java keystore, which may hold private keys',
    'low',
  ],
]

/** Templates, to be copied and filled in; `.env.vault` is encrypted. */
const template =
  /(?:^|[._-])(?:examples?|samples?|templates?|tmpl|tpl|dist|schema|enc|age|gpg|pub|crt)(?:$|[._-])|^\.env\.(?:vault|defaults?)$/

/** Directories of what others have published: keys in there are as public as the package. */
const published =
  /(?:^|\/)(?:node_modules|bower_components|site-packages|dist-packages|\.pnpm-store|\.yarn|vendor|pods|\.cargo|\.m2\/repository|\.venv|venv|\.tox|testdata|third[_-]party)\//

/** The name of a file without what people and editors put behind that of one they keep before they change it: what is in it is the same. */
const withoutBackup = (name: string): string =>
  name.replace(/(?<=[^.])(?:\.(?:bak|old|orig|save|backup)|~)$/, '')

/** True for a path of what came with a package. */
export const isPublished = (path: string): boolean => published.test(path.toLowerCase())

/** False for a name of which {@link suspectOf} makes nothing, wherever it lies. */
export function maySuggest(name: string): boolean {
  const lower = withoutBackup(name.toLowerCase())
  return (
    purpose.test(lower) ||
    settings.test(lower) ||
    placed.test(lower) ||
    stores.some(([pattern]) => pattern.test(lower))
  )
}

/** What the name of a file suggests; null when it suggests nothing, or a template, or that it came with a package. */
export function suspectOf(path: string): Suspect | null {
  const lower = withoutBackup(path.toLowerCase())
  const name = baseName(lower)
  const inPlace = places.test(lower)
  const rank = inPlace || purpose.test(name) ? 0 : settings.test(name) ? 1 : null
  const store = rank === null ? stores.find(([pattern]) => pattern.test(name)) : undefined
  if (rank === null && !store) return null
  const isKey = /\.(?:pem|key)$/.test(name)
  if ((template.test(name) && !isKey) || isPublished(lower)) return null
  if (rank !== null) return { kind: 'text', rank }
  const [, says = '', confidence = 'low'] = store ?? []
  return { kind: 'store', rank: 0, says, confidence }
}

/** The last three bytes of copies that are kept of a file before it is changed. */
const backupEndings = 'bak old rig ave kup nv~ em~ ey~ on~ ml~ ni~ fg~ nf~ es~ rc~ hp~ rs~ xt~'.split(' ')

/** The last three bytes of names that {@link keptBy} may know. */
export const keptEndings: readonly string[] = [
  ...['son', 'yml', 'aml', 'oml', 'ini', 'cfg', 'onf', 'ies'],
  ...backupEndings,
]

/** Words in the names of settings that are for one machine, one place or one account, or that say what they open. */
const ownWord = new RegExp(
  `(?:^|[-_. ])(?:${[
    'conf|config|settings?|values|vars|env|properties|options',
    'auth|oauth2?|sso|ldap|saml|creds?|credentials?|secrets?|passwords?|passwd|passphrase|tokens?|keys?|apikeys?|login|vault',
    'accounts?|users?|sa|smtp|e?mail|imap|db|database|connections?|webhooks?|slack|telegram|discord|bot',
    'gcp|gcloud|google|firebase|aws|azure|s3|minio|cloud|cluster',
    'private|local|personal|my|me|mine|own|real|live|prod|production|staging|stage|preprod',
  ].join('|')})(?=[-_. ].*)`,
)
const settingsEnding = /\.(?:json|ya?ml|toml|ini|cfg|conf|properties)$/
/** Written by tools for tools, and all there is in some trees. */
const ofTools = /^(?:tsconfig.*|jsconfig|.*\.runtimeconfig|.*\.config|\..*)\.json$/

/** Directories of caches, reports and outputs: what lies there is made of what lies elsewhere. */
const made =
  /(?:^|\/)(?:\.[^/]*(?:cache|checkpoints)|\.(?:git|next|nuxt|output|svelte-kit|terraform|gradle|idea|vscode|vs|eggs|parcel|turbo|nx)|__pycache__|coverage|htmlcov|target|build|dist|out|obj|bin|wheels|tmp|[^/]*\.egg-info)\//

/** True for a directory (relative, '' for the root) whose settings are nobody's own. */
export const isMadeOrPublished = (directory: string): boolean => {
  const lower = `${directory.toLowerCase()}/`
  return made.test(lower) || published.test(lower)
}

/** True for a file of settings by its ending that is of somebody's own by a word in its name, `config-live.json`, `my-values.yaml`. */
export function isOwnSettings(name: string): boolean {
  const lower = withoutBackup(name.toLowerCase())
  return isSettings(lower) && ownWord.test(lower)
}

/** True for a file of settings by its ending, whatever it is called. */
export function isSettings(name: string): boolean {
  const lower = withoutBackup(name.toLowerCase())
  return settingsEnding.test(lower) && !ofTools.test(lower) && !template.test(lower)
}

/** Directories that are called for what is kept in them. */
const credentials = /(?:^|\/)\.?(?:secrets?|credentials?|creds)\//

/** True for a directory (relative) that holds credentials by its name. */
export const isForCredentials = (directory: string): boolean =>
  credentials.test(`${directory.toLowerCase()}/`)

/** True for a directory (relative, '' for the root) in which programs keep what they need. */
export const isKeeping = (directory: string): boolean => keeping.test(`${directory.toLowerCase()}/`)

/**
 * True for what a program keeps for itself, by its name or, `inKeeping`, by its directory: settings, accounts, where it reports to. Worth
 * a look where git knows nothing of the file; what is tracked is data of the project.
 */
export function keptBy(name: string, inKeeping: boolean): boolean {
  const lower = withoutBackup(name.toLowerCase())
  return (inKeeping || kept.test(lower)) && !template.test(lower)
}

/** Files in which the password of a store of keys stands as a rule: of its name, beside it. Empty for all that is no store. */
export function besideStore(path: string): readonly string[] {
  const suspect = suspectOf(path)
  if (suspect?.kind !== 'store') return []
  const stem = path.slice(0, path.lastIndexOf('.'))
  return ['properties', 'conf', 'ini', 'json', 'yml', 'yaml', 'txt'].map((ending) => `${stem}.${ending}`)
}

/** True where keys are as a rule made up: below tests and examples, or named for development. */
export function isForTests(path: string): boolean {
  return /(?:^|[/._-])(?:tests?|specs?|__tests__|fixtures?|examples?|samples?|mocks?|demo|dev|development|dummy|snakeoil|localhost|selfsigned|self-signed)(?:$|[/._-])/.test(
    path.toLowerCase(),
  )
}

/** The last three bytes of every name that {@link suspectOf} knows, but for names that start with `.` or `_` or hold `id_`. */
export const suspectEndings: readonly string[] = [
  ...[
    'env',
    'pem',
    'key',
    'ppk',
    'vpn',
    'onf',
    'ini',
    'fig',
    'son',
    'als',
    'yml',
    'aml',
    'oml',
    'ies',
    'csv',
  ],
  ...backupEndings,
  ...['txt', 'php', 'ars', 'ate', '.rc', 'xml', 'p12', 'pfx', 'dbx', 'jks', 'ore', 'cal', 'exs'],
]
