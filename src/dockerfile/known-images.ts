/** What well-known public images set for those that build on them: paths in their variables, and where they work. */

import { matchGlob } from '../lib/glob.ts'
import { parseImageName } from './reference.ts'

/** Only what is written down for every tag that it is said of. */
export interface KnownImage {
  /** As docker shows the name, without tag: globs. */
  readonly names: readonly string[]
  /** What the tag must match; null: whatever it is. */
  readonly tag: RegExp | null
  /** The working directory, absolute; null: not known. */
  readonly directory: string | null
  /** Variables that hold a path. */
  readonly variables: Readonly<Record<string, string>>
  /** Where that is written. */
  readonly source: string
}

const library = 'https://github.com/docker-library'

/** The first row that matches counts. */
export const knownImages: readonly KnownImage[] = [
  {
    names: ['public.ecr.aws/lambda/*', 'amazon/aws-lambda-*'],
    tag: null,
    directory: '/var/task',
    variables: { LAMBDA_TASK_ROOT: '/var/task', LAMBDA_RUNTIME_DIR: '/var/runtime' },
    source: 'https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html',
  },
  {
    names: ['mcr.microsoft.com/azure-functions/*'],
    tag: null,
    directory: null,
    variables: { AzureWebJobsScriptRoot: '/home/site/wwwroot' },
    source: 'https://learn.microsoft.com/en-us/azure/azure-functions/functions-how-to-custom-container',
  },
  {
    // It works in /go, where no module may lie: whoever copies there has something else in mind.
    names: ['golang'],
    tag: null,
    directory: null,
    variables: { GOPATH: '/go' },
    source: `${library}/golang`,
  },
  {
    names: ['rust'],
    tag: null,
    directory: '/',
    variables: { CARGO_HOME: '/usr/local/cargo', RUSTUP_HOME: '/usr/local/rustup' },
    source: 'https://github.com/rust-lang/docker-rust',
  },
  {
    names: ['ruby'],
    tag: null,
    directory: '/',
    variables: { GEM_HOME: '/usr/local/bundle', BUNDLE_APP_CONFIG: '/usr/local/bundle' },
    source: `${library}/ruby`,
  },
  {
    names: ['php'],
    tag: /(?:^|-)(?:apache|fpm)(?:-|$)/,
    directory: '/var/www/html',
    variables: { PHP_INI_DIR: '/usr/local/etc/php' },
    source: `${library}/php`,
  },
  {
    names: ['php'],
    tag: null,
    directory: null,
    variables: { PHP_INI_DIR: '/usr/local/etc/php' },
    source: `${library}/php`,
  },
  {
    names: ['composer'],
    tag: null,
    directory: '/app',
    variables: { COMPOSER_HOME: '/tmp' },
    source: 'https://github.com/composer/docker',
  },
  {
    names: ['httpd'],
    tag: null,
    directory: '/usr/local/apache2',
    variables: { HTTPD_PREFIX: '/usr/local/apache2' },
    source: `${library}/httpd`,
  },
  {
    names: ['tomcat'],
    tag: null,
    directory: '/usr/local/tomcat',
    variables: { CATALINA_HOME: '/usr/local/tomcat' },
    source: `${library}/tomcat`,
  },
  {
    names: ['gradle'],
    tag: null,
    directory: '/home/gradle',
    variables: { GRADLE_HOME: '/opt/gradle' },
    source: 'https://github.com/keeganwitt/docker-gradle',
  },
  {
    names: ['oven/bun'],
    tag: null,
    directory: '/home/bun/app',
    variables: {},
    source: 'https://github.com/oven-sh/bun/tree/main/dockerhub',
  },
  {
    names: ['apache/airflow'],
    tag: null,
    directory: '/opt/airflow',
    variables: { AIRFLOW_HOME: '/opt/airflow' },
    source: 'https://airflow.apache.org/docs/docker-stack/entrypoint.html',
  },
  {
    names: ['jupyter/*-notebook', 'quay.io/jupyter/*-notebook'],
    tag: null,
    directory: '/home/jovyan',
    variables: { HOME: '/home/jovyan', CONDA_DIR: '/opt/conda' },
    source: 'https://jupyter-docker-stacks.readthedocs.io/en/latest/using/common.html',
  },
  {
    names: ['node', 'python', 'nginx', 'alpine', 'debian', 'ubuntu', 'busybox', 'buildpack-deps', 'elixir'],
    tag: null,
    directory: '/',
    variables: {},
    source: 'https://github.com/docker-library/official-images',
  },
  {
    names: [
      'mcr.microsoft.com/dotnet/sdk',
      'mcr.microsoft.com/dotnet/aspnet',
      'mcr.microsoft.com/dotnet/runtime',
    ],
    tag: null,
    directory: '/',
    variables: {},
    source: 'https://github.com/dotnet/dotnet-docker',
  },
]

/** What is known of the image that a FROM names, for a platform; null: nothing is. Images for Windows are others of the same name. */
export function knownImage(reference: string, platform: string): KnownImage | null {
  const name = parseImageName(reference)
  if (name.kind === 'error' || platform.startsWith('windows')) return null
  const [named = ''] = name.familiar.split('@')
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  const path = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? 'latest' : named.slice(colon + 1)
  return (
    knownImages.find(
      (one) => one.names.some((glob) => matchGlob(glob, path) === 'match') && (one.tag?.test(tag) ?? true),
    ) ?? null
  )
}
