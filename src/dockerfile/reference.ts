/** Names of images, git repositories and platforms, as far as they decide what a build reads. */

import { quoted } from './suggest.ts'

/** An image's name as docker shows it: `docker.io/library/alpine:latest` is `alpine`. Or why it is none. */
export type ImageName =
  | { readonly kind: 'name'; readonly familiar: string }
  | { readonly kind: 'error'; readonly error: string }

const domainForm =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/
const pathForm = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/
const tagForm = /^\w[\w.-]{0,127}$/
const digestForm = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/

function splitDomain(name: string): readonly [string, string] {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(0, slash))
  const isDomain = slash >= 0 && (first === 'localhost' || /[.:A-Z]/.test(first))
  const domain = !isDomain || first === 'index.docker.io' ? 'docker.io' : first
  const rest = isDomain ? name.slice(slash + 1) : name
  return [domain, domain === 'docker.io' && !rest.includes('/') ? `library/${rest}` : rest]
}

/** distribution/reference normalize.go ParseNormalizedNamed and FamiliarString, without `:latest`. */
export function parseImageName(text: string): ImageName {
  const error = (message: string): ImageName => ({ kind: 'error', error: message })
  if (/^[a-f0-9]{64}$/.test(text)) {
    return error(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`)
  }
  const [domain, rest] = splitDomain(text)
  const beforeColon = rest.split(':')[0] ?? ''
  if (beforeColon !== beforeColon.toLowerCase()) {
    return error(`invalid reference format: repository name (${beforeColon}) must be lowercase`)
  }
  const at = rest.indexOf('@')
  const named = at < 0 ? rest : rest.slice(0, at)
  const colon = named.indexOf(':')
  const path = colon < 0 ? named : named.slice(0, colon)
  const tag = colon < 0 ? '' : named.slice(colon + 1)
  const digest = at < 0 ? '' : rest.slice(at + 1)
  const valid =
    domainForm.test(domain) &&
    pathForm.test(path) &&
    (colon < 0 || tagForm.test(tag)) &&
    (at < 0 || digestForm.test(digest))
  if (!valid) return error('invalid reference format')
  if (domain.length + 1 + path.length > 255)
    return error('repository name must not be more than 255 characters')
  const short = domain === 'docker.io' ? path.replace(/^library\/(?=[^/]*$)/, '') : `${domain}/${path}`
  const shownTag = tag === '' || (tag === 'latest' && digest === '') ? '' : `:${tag}`
  return { kind: 'name', familiar: `${short}${shownTag}${digest === '' ? '' : `@${digest}`}` }
}

const webScheme = /^https?:\/\//

/** What a source is besides a path. `error`: a git address whose query docker refuses. */
export type Remote =
  | { readonly kind: 'none' }
  | { readonly kind: 'web' }
  | { readonly kind: 'git' }
  | { readonly kind: 'error'; readonly error: string }

/**
 * Tells whether a COPY or ADD source is fetched. frontend/dockerfile/dfgitutil/git_ref.go, util/gitutil/git_url.go,
 * util/sshutil/scpurl.go, dockerfile2llb/convert_copy.go; `github.com/x` is a path there.
 */
export function remoteSource(source: string): Remote {
  const git = gitQuery(source)
  if (git === null) return { kind: webScheme.test(source) ? 'web' : 'none' }
  const error = checkGitQuery(git)
  if (error !== null) return { kind: 'error', error }
  return { kind: source.startsWith('github.com/') ? 'none' : 'git' }
}

/** The query of a git address ('' for none), null when the text is no git address. */
function gitQuery(source: string): string | null {
  if (source.startsWith('./') || source.startsWith('../')) return null
  const scheme = /^([a-zA-Z0-9]+):\/\//.exec(source)?.[1]?.toLowerCase() ?? ''
  if (scheme !== '' || source.startsWith('github.com/')) {
    const [address = '', ...fragments] = source.split('#')
    // Go's net/url refuses control characters and blanks in the host.
    if (/[\0-\x1F\x7F]/.test(address) || fragments.join('').includes('\0')) return null
    const mark = address.indexOf('?')
    const path = mark < 0 ? address : address.slice(0, mark)
    const query = mark < 0 ? '' : address.slice(mark + 1)
    if (scheme === '' || scheme === 'ssh' || scheme === 'git') return query
    if (scheme !== 'http' && scheme !== 'https') return null
    return /^[^:]+:\/\/[^/]*\/.*\.git$/.test(path) ? query : null
  }
  const found = /^[a-zA-Z0-9-_]+@[a-zA-Z0-9-.]+:([^\n]*)$/.exec(source)
  if (found === null) return null
  const rest = (found[1] ?? '').split('#')[0] ?? ''
  const mark = rest.indexOf('?')
  return mark < 0 ? '' : rest.slice(mark + 1)
}

const gitKeys = [
  'ref',
  'tag',
  'branch',
  'subdir',
  'checksum',
  'commit',
  'keep-git-dir',
  'submodules',
  'mtime',
  'fetch-by-commit',
]

function checkGitQuery(query: string): string | null {
  const seen = new Set<string>()
  for (const [key, value] of new URLSearchParams(query)) {
    const bare = ['keep-git-dir', 'submodules', 'fetch-by-commit'].includes(key)
    if (seen.has(key)) return `query ${quoted(key)} has multiple values`
    seen.add(key)
    if (value === '' && !bare) return `query ${quoted(key)} has no value`
    if (!gitKeys.includes(key)) return `unexpected query ${quoted(key)}`
  }
  return null
}

/** True when the value of a `--build-context` names a directory of this machine. docker/buildx build/build.go loadInputs. */
export function isLocalContext(value: string): boolean {
  if (/^(?:docker-image|oci-layout):\/\/|^(?:target|input|service):/.test(value)) return false
  return !value.startsWith('github.com/') && remoteSource(value).kind === 'none'
}

/** A digest as `ADD --checksum` takes it; null when it is one. opencontainers/go-digest. */
export function digestProblem(text: string): string | null {
  if (!/^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-zA-Z0-9=_-]+$/.test(text)) return 'invalid checksum digest format'
  const [algorithm = '', hex = ''] = text.split(':')
  const length = new Map([
    ['sha256', 64],
    ['sha384', 96],
    ['sha512', 128],
  ]).get(algorithm)
  if (length === undefined) return 'unsupported digest algorithm'
  if (hex.length !== length) return 'invalid checksum digest length'
  return /^[a-f0-9]+$/.test(hex) ? null : 'invalid checksum digest format'
}

export interface Platform {
  readonly os: string
  readonly architecture: string
  readonly variant: string
}

const operatingSystems =
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris windows zos'.split(
    ' ',
  )
const architectures =
  '386 amd64 amd64p32 arm armbe arm64 arm64be ppc64 ppc64le loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc riscv riscv64 s390 s390x sparc sparc64 wasm'.split(
    ' ',
  )

/** `linux/arm64/v8`, `linux`, `arm64`… normalized; null when it is no platform. containerd/platforms Parse, Normalize. */
export function parsePlatform(text: string): Platform | null {
  const parts = text.split('/')
  if (parts.length > 3 || parts.some((part) => !/^[A-Za-z0-9_.-]+(?:\([^)]*\))?$/.test(part))) return null
  const [first = '', second, third = ''] = parts.map((part) => part.replace(/\(.*/, '').toLowerCase())
  const os = first === 'macos' ? 'darwin' : first
  if (second === undefined) {
    if (operatingSystems.includes(os)) return { os, architecture: 'amd64', variant: '' }
    const platform = normalized('linux', first, '')
    return architectures.includes(platform.architecture) ? platform : null
  }
  return normalized(os, second, third)
}

function normalized(os: string, written: string, variant: string): Platform {
  switch (written) {
    case 'i386':
      return { os, architecture: '386', variant: '' }
    case 'x86_64':
    case 'x86-64':
    case 'amd64':
      return { os, architecture: 'amd64', variant: variant === 'v1' ? '' : variant }
    case 'aarch64':
    case 'arm64':
      return { os, architecture: 'arm64', variant: variant === '8' || variant === 'v8' ? '' : variant }
    case 'armhf':
      return { os, architecture: 'arm', variant: 'v7' }
    case 'armel':
      return { os, architecture: 'arm', variant: 'v6' }
    case 'arm':
      return { os, architecture: 'arm', variant: variant === '' ? 'v7' : variant.replace(/^(?=[5-8]$)/, 'v') }
    default:
      return { os, architecture: written, variant }
  }
}

/** `linux/arm/v7`. */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return variant === '' ? `${os}/${architecture}` : `${os}/${architecture}/${variant}`
}
