/** Credentials that are recognised by their form alone, wherever they stand. */

import type { Confidence } from '../report.ts'

/** A form of credential. Every pattern is linear: what repeats is bounded or cannot match what follows it. */
export interface TokenForm {
  /** Half a sentence with its article. */
  readonly kind: string
  /** Stands in every match: what is looked for first, because it is quick. */
  readonly mark: string
  readonly pattern: RegExp
  readonly confidence: Confidence
  /** Where the issuer, or failing that somebody who looks for them, describes the form. */
  readonly source: string
}

/** Nothing that could be part of the token stands before it. */
const start = '(?<![A-Za-z0-9_-])'
const end = '(?![A-Za-z0-9_-])'
const form = (text: string) => new RegExp(`${start}${text}${end}`, 'g')

export const tokenForms: readonly TokenForm[] = [
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map(
    (mark): TokenForm => ({
      kind: 'a GitHub token',
      mark,
      pattern: form(`${mark}[A-Za-z0-9]{36,255}`),
      confidence: 'high',
      source:
        'https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available/',
    }),
  ),
  {
    kind: 'a GitHub token',
    mark: 'github_pat_',
    pattern: form('github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
    confidence: 'high',
    source:
      'https://github.blog/security/application-security/introducing-fine-grained-personal-access-tokens-for-github/',
  },
  {
    kind: 'a GitLab token',
    mark: 'glpat-',
    pattern: form('glpat-[A-Za-z0-9_-]{20,300}'),
    confidence: 'high',
    source: 'https://docs.gitlab.com/security/tokens/#token-prefixes',
  },
  {
    kind: 'a Slack token',
    mark: 'xox',
    pattern: form('xox[abeoprs]-(?=[A-Za-z-]{0,20}[0-9])[A-Za-z0-9-]{20,255}'),
    confidence: 'high',
    source: 'https://docs.slack.dev/authentication/tokens',
  },
  {
    kind: 'a Slack webhook',
    mark: 'hooks.slack.com/services/',
    pattern: /hooks\.slack\.com\/services\/T[A-Z0-9]{6,14}\/B[A-Z0-9]{6,14}\/[A-Za-z0-9]{20,30}/g,
    confidence: 'high',
    source: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  },
  {
    kind: 'a Discord webhook',
    mark: '/api/webhooks/',
    pattern: /discord(?:app)?\.com\/api\/webhooks\/[0-9]{10,22}\/[A-Za-z0-9_-]{60,80}/g,
    confidence: 'high',
    source: 'https://discord.com/developers/docs/resources/webhook#execute-webhook',
  },
  {
    kind: 'a Telegram token',
    mark: ':AA',
    pattern: form('[0-9]{8,10}:AA[A-Za-z0-9_-]{33}'),
    confidence: 'high',
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
  },
  {
    // The token stands where others have their user and password, and no host follows.
    kind: 'a Telegram token',
    mark: 'tgram://',
    pattern: /tgram:\/\/(?:bot)?[A-Za-z0-9]{6,14}:[A-Za-z0-9_-]{30,64}(?![A-Za-z0-9_-])/g,
    confidence: 'high',
    source: 'https://github.com/caronc/apprise/wiki/Notify_telegram',
  },
  {
    // Keys for browsers have the same form and are no secret.
    kind: 'a Google API key',
    mark: 'AIza',
    pattern: form('AIza[A-Za-z0-9_-]{35}'),
    confidence: 'medium',
    source: 'https://cloud.google.com/docs/authentication/api-keys',
  },
  ...['sk_live_', 'rk_live_'].map(
    (mark): TokenForm => ({
      kind: 'a Stripe key',
      mark,
      pattern: form(`${mark}[A-Za-z0-9]{16,255}`),
      confidence: 'high',
      source: 'https://docs.stripe.com/keys',
    }),
  ),
  {
    kind: 'an npm token',
    mark: 'npm_',
    pattern: form('npm_[A-Za-z0-9]{36}'),
    confidence: 'high',
    source: 'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
  },
  {
    // A macaroon: the start says its version and that it is for the index (AgEI…, AgEN… for the index of tests).
    kind: 'a PyPI token',
    mark: 'pypi-AgE',
    pattern: form('pypi-AgE[A-Za-z0-9_-]{50,1000}'),
    confidence: 'high',
    source: 'https://packaging.python.org/en/latest/specifications/pypirc/',
  },
  {
    kind: 'a RubyGems key',
    mark: 'rubygems_',
    pattern: form('rubygems_[a-f0-9]{48}'),
    confidence: 'high',
    source: 'https://guides.rubygems.org/api-key-scopes/',
  },
  {
    kind: 'a SendGrid key',
    mark: 'SG.',
    pattern: form(String.raw`SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`),
    confidence: 'high',
    source: 'https://testpattern.dev/patterns/global-sendgrid-api-key',
  },
  {
    kind: 'an Anthropic key',
    mark: 'sk-ant-',
    pattern: form('sk-ant-[a-z0-9]{3,10}-[A-Za-z0-9_-]{40,200}'),
    confidence: 'high',
    source: 'https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml',
  },
  {
    kind: 'an OpenAI key',
    mark: 'T3BlbkFJ',
    pattern: form('sk-[A-Za-z0-9_-]{16,100}T3BlbkFJ[A-Za-z0-9_-]{16,100}'),
    confidence: 'high',
    source: 'https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml',
  },
  {
    kind: 'a Docker Hub token',
    mark: 'dckr_pat_',
    pattern: form('dckr_pat_[A-Za-z0-9_-]{27}'),
    confidence: 'high',
    source: 'https://docs.docker.com/security/access-tokens/',
  },
  {
    kind: 'a DigitalOcean token',
    mark: '_v1_',
    pattern: form('do[opr]_v1_[a-f0-9]{64}'),
    confidence: 'high',
    source: 'https://docs.digitalocean.com/reference/api/create-personal-access-token/',
  },
  {
    kind: 'an age key',
    mark: 'AGE-SECRET-KEY-1',
    pattern: form('AGE-SECRET-KEY-1[A-Z0-9]{58}'),
    confidence: 'high',
    source: 'https://github.com/FiloSottile/age',
  },
  {
    kind: 'an Azure storage key',
    mark: 'AccountKey=',
    pattern: /AccountKey=[A-Za-z0-9+/]{86}==/g,
    confidence: 'high',
    source: 'https://learn.microsoft.com/en-us/azure/storage/common/storage-configure-connection-string',
  },
]

/** An AWS key id: no secret by itself, and worth a word beside one. docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
export const awsKeyId = /(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z2-7]{16}(?![A-Z0-9])/g

/** The first line of a private key, RFC 7468 and its relatives; group 1 is the kind. Certificates and public keys are none. */
export const privateKeyLine = /-----BEGIN ([A-Z0-9 ]{0,24})PRIVATE KEY(?: BLOCK)?-----/g

/** `scheme://user:password@host`; groups: password, host. */
export const urlPassword =
  /(?<=[a-z0-9]):\/\/[^\s:@/"'<>]{0,128}:([^\s@/"'<>]{1,256})@([A-Za-z0-9._-]{1,255}|\[[0-9a-f:]{2,45}\])/gi

/** A password within a connection string: `Server=…;Password=…`. Group: the password. */
export const connectionPassword = /;[ \t]{0,4}(?:password|pwd)[ \t]{0,4}=[ \t]{0,4}([^;"'\s]{1,256})/gi
