/**
 * What BuildKit refuses in an instruction before any variable is known, in every stage, reached or not.
 * moby/buildkit frontend/dockerfile/instructions/parse.go, bflag.go.
 */

import { trimSpace } from '../lib/space.ts'
import type { Flag } from './model.ts'
import { checkMount, csvFields } from './mount.ts'
import { didYouMean, nearest, quoted } from './suggest.ts'
import { parseHeredocMark } from './words.ts'

/** Why an instruction is refused: BuildKit's words without the line, and advice. */
export interface Refusal {
  readonly code: string
  readonly message: string
  readonly hint: string | null
}

/** What the checks look at. `args`: the arguments as BuildKit counts them; `flags`: as written, `--from=x`. */
export interface RawInstruction {
  readonly keyword: string
  readonly written: string
  readonly flags: readonly string[]
  readonly args: readonly string[]
  readonly json: boolean
}

type FlagKind = 'bool' | 'string' | 'strings'
type FlagTable = Readonly<Record<string, FlagKind>>

const none: FlagTable = {}

/** The flags of each instruction; null: they are never looked at. */
const flagTables: Readonly<Record<string, FlagTable | null>> = {
  ADD: {
    chown: 'string',
    chmod: 'string',
    link: 'bool',
    'keep-git-dir': 'bool',
    checksum: 'string',
    unpack: 'bool',
    exclude: 'strings',
  },
  ARG: null,
  CMD: none,
  COPY: {
    chown: 'string',
    from: 'string',
    chmod: 'string',
    link: 'bool',
    exclude: 'strings',
    parents: 'bool',
  },
  ENTRYPOINT: none,
  ENV: none,
  EXPOSE: none,
  FROM: { platform: 'string' },
  HEALTHCHECK: {
    interval: 'string',
    timeout: 'string',
    'start-period': 'string',
    'start-interval': 'string',
    retries: 'string',
  },
  LABEL: none,
  MAINTAINER: none,
  ONBUILD: none,
  RUN: { device: 'strings', mount: 'strings', network: 'string', security: 'string' },
  SHELL: none,
  STOPSIGNAL: null,
  USER: none,
  VOLUME: none,
  WORKDIR: none,
}

const keywords = Object.keys(flagTables)

/** The names of an instruction's flags. */
export function flagNames(keyword: string): readonly string[] {
  return Object.keys(flagTables[keyword] ?? none)
}

/** True for a flag that needs no value. */
export function isBoolFlag(keyword: string, name: string): boolean {
  return flagTables[keyword]?.[name] === 'bool'
}

/** The keyword that an unknown one was meant to be, null when none is near. */
export function meantKeyword(written: string): string | null {
  return nearest(written.toUpperCase(), keywords)
}

/** A flag taken apart at its first `=`. */
export function readFlag(written: string): Flag {
  const at = written.indexOf('=')
  const name = written.slice(2, at < 0 ? undefined : at)
  return { name, value: at < 0 ? null : written.slice(at + 1) }
}

function refuse(code: string, message: string, hint: string | null = null): Refusal {
  return { code, message, hint }
}

function checkFlags(keyword: string, flags: readonly string[]): Refusal | null {
  const table = flagTables[keyword] ?? none
  const used = new Set<string>()
  for (const written of flags) {
    const { name, value } = readFlag(written)
    const kind = Object.hasOwn(table, name) ? table[name] : undefined
    if (kind === undefined) {
      const names = Object.keys(table)
      const known =
        names.length === 0 ? 'takes no flags' : `takes ${names.map((flag) => `--${flag}`).join(', ')}`
      return refuse(
        'unknown-flag',
        `unknown flag: --${name}${didYouMean(name, names)}`,
        `${keyword} ${known}`,
      )
    }
    if (used.has(name) && kind !== 'strings') {
      return refuse('duplicate-flag', `duplicate flag specified: --${name}`, 'keep one of them')
    }
    used.add(name)
    const wanted = kind === 'bool' ? value === '' : value === null
    if (wanted) {
      return refuse(
        'flag-value',
        `missing a value on flag: --${name}`,
        `write --${name}=${kind === 'bool' ? 'true' : '…'}`,
      )
    }
    if (kind === 'bool' && value !== null && !['true', 'false'].includes(value.toLowerCase())) {
      const message = `expecting boolean value for flag --${name}, not: ${value}`
      return refuse('flag-value', message, 'write true or false')
    }
  }
  return null
}

function flagValue(flags: readonly string[], name: string): string | null {
  for (const written of flags) {
    const flag = readFlag(written)
    if (flag.name === name) return flag.value
  }
  return null
}

function missing(message: string): Refusal {
  return refuse('missing-arguments', message)
}

function checkCopy(raw: RawInstruction): Refusal | null {
  const { keyword, args, flags } = raw
  if (args.length < 2) {
    const message = `${keyword} requires at least two arguments, but only one was provided. Destination could not be determined`
    return refuse('missing-arguments', message, `write ${keyword} SOURCE… DESTINATION`)
  }
  const refusal = checkFlags(keyword, flags)
  if (refusal !== null) return refusal
  if (parseHeredocMark(args.at(-1) ?? '') === null) return null
  return refuse(
    'heredoc-destination',
    `${keyword} cannot accept a heredoc as a destination`,
    'name the file to write',
  )
}

function checkFrom({ args, flags }: RawInstruction): Refusal | null {
  const [, as, name] = args
  if (args.length === 3 && as?.toLowerCase() === 'as' && name !== undefined) {
    if (!/^[a-z][a-z0-9-_.]*$/.test(name.toLowerCase())) {
      const message = `invalid name for build stage: ${quoted(name)}, name can't start with a number or contain symbols`
      return refuse('invalid-stage-name', message, 'start it with a letter; use letters, digits, - _ .')
    }
  } else if (args.length !== 1) {
    return refuse(
      'from-arguments',
      'FROM requires either one or three arguments',
      'write FROM IMAGE or FROM IMAGE AS NAME',
    )
  }
  return checkFlags('FROM', flags)
}

function checkRun(flags: readonly string[]): Refusal | null {
  const refusal = checkFlags('RUN', flags)
  if (refusal !== null) return refusal
  for (const written of flags) {
    const { name, value } = readFlag(written)
    if (name === 'device') {
      const fields = csvFields(value ?? '')
      if ('error' in fields) return refuse('invalid-device', `failed to parse csv devices: ${fields.error}`)
    } else if (name === 'mount') {
      const mount = checkMount(value ?? '')
      if ('error' in mount) return refuse('invalid-mount', mount.error)
    }
  }
  const network = flagValue(flags, 'network')
  if (network !== null && !['default', 'none', 'host'].includes(network)) {
    return refuse('flag-value', `invalid network mode ${quoted(network)}`, 'write default, none or host')
  }
  const security = flagValue(flags, 'security')
  if (security !== null && !['insecure', 'sandbox'].includes(security)) {
    return refuse('flag-value', `security ${quoted(security)} is not valid`, 'write insecure or sandbox')
  }
  return null
}

function checkOnbuild(raw: RawInstruction): Refusal | null {
  const first = raw.args[0]
  if (first === undefined) return missing('ONBUILD requires at least one argument')
  const refusal = checkFlags('ONBUILD', raw.flags)
  if (refusal !== null) return refusal
  const trigger = trimSpace(first).toUpperCase()
  if (trigger === 'ONBUILD') {
    return refuse('onbuild-trigger', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
  }
  if (trigger === 'MAINTAINER' || trigger === 'FROM') {
    return refuse('onbuild-trigger', `${trigger} isn't allowed as an ONBUILD trigger`)
  }
  return null
}

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 6e10,
  h: 3.6e12,
}

/** Go's time.ParseDuration, in nanoseconds, or its words for what is wrong. */
function parseDuration(text: string): number | { readonly error: string } {
  const invalid = { error: `time: invalid duration ${quoted(text)}` }
  const sign = text.startsWith('-') ? -1 : 1
  let rest = text.replace(/^[-+]/, '')
  if (rest === '0') return 0
  if (rest === '') return invalid
  let total = 0
  while (rest !== '') {
    const found = /^(\d+\.?\d*|\.\d+)([^.\d]*)/.exec(rest)
    if (found === null) return invalid
    const unit = found[2] ?? ''
    if (unit === '') return { error: `time: missing unit in duration ${quoted(text)}` }
    const scale = Object.hasOwn(nanoseconds, unit) ? nanoseconds[unit] : undefined
    if (scale === undefined)
      return { error: `time: unknown unit ${quoted(unit)} in duration ${quoted(text)}` }
    total += Number(found[1]) * scale
    rest = rest.slice(found[0].length)
  }
  return total > 2 ** 63 ? invalid : sign * total
}

function checkHealthcheck({ args, flags }: RawInstruction): Refusal | null {
  if (args[0] === undefined) return missing('HEALTHCHECK requires at least one argument')
  const type = args[0].toUpperCase()
  if (type === 'NONE') {
    return args.length > 1 ? refuse('healthcheck', 'HEALTHCHECK NONE takes no arguments') : null
  }
  const refusal = checkFlags('HEALTHCHECK', flags)
  if (refusal !== null) return refusal
  if (type !== 'CMD') {
    return refuse(
      'healthcheck',
      `Unknown type ${quoted(type)} in HEALTHCHECK (try CMD)`,
      'write HEALTHCHECK CMD … or HEALTHCHECK NONE',
    )
  }
  if (args.length < 2) return missing('Missing command after HEALTHCHECK CMD')
  for (const name of ['interval', 'timeout', 'start-period', 'start-interval']) {
    const value = flagValue(flags, name) ?? ''
    if (value === '') continue
    const duration = parseDuration(value)
    if (typeof duration !== 'number')
      return refuse('flag-value', duration.error, 'write a duration such as 30s or 1m30s')
    if (duration !== 0 && duration < 1e6) {
      return refuse('flag-value', `Interval "${name}" cannot be less than 1ms`)
    }
  }
  const retries = flagValue(flags, 'retries') ?? ''
  if (retries === '') return null
  const parsing = `strconv.ParseInt: parsing ${quoted(retries)}:`
  if (!/^[-+]?\d+$/.test(retries)) return refuse('flag-value', `${parsing} invalid syntax`, 'write a number')
  const count = Number(retries)
  if (count > 2 ** 31 - 1 || count < -(2 ** 31)) return refuse('flag-value', `${parsing} value out of range`)
  return count < 0 ? refuse('flag-value', `--retries cannot be negative (${count})`) : null
}

/** Flags first, then at least or exactly so many arguments. */
function checkCounted(raw: RawInstruction, count: 'any' | 'one' | 'some'): Refusal | null {
  const { keyword, args } = raw
  if (count === 'one' && args.length !== 1) return missing(`${keyword} requires exactly one argument`)
  if (count === 'some' && args.length === 0) return missing(`${keyword} requires at least one argument`)
  return checkFlags(keyword, raw.flags)
}

function checkPairs(raw: RawInstruction): Refusal | null {
  const { keyword, args } = raw
  const refusal = keyword === 'ARG' ? null : checkFlags(keyword, raw.flags)
  if (refusal !== null) return refusal
  if (args.length === 0) return missing(`${keyword} requires at least one argument`)
  // The old form, `ENV NAME VALUE`, has a name for certain, and its value may start with anything.
  const old = keyword !== 'ARG' && args[0]?.includes('=') === false
  if (old || !args.some((arg) => arg.startsWith('='))) return null
  return refuse('blank-name', `${keyword} names can not be blank`, 'write NAME=VALUE')
}

/** What is wrong with one instruction, null when nothing is. */
export function checkInstruction(raw: RawInstruction): Refusal | null {
  const { keyword, args } = raw
  switch (keyword) {
    case 'ADD':
    case 'COPY':
      return checkCopy(raw)
    case 'FROM':
      return checkFrom(raw)
    case 'RUN':
      return checkRun(raw.flags)
    case 'ONBUILD':
      return checkOnbuild(raw)
    case 'HEALTHCHECK':
      return checkHealthcheck(raw)
    case 'ARG':
    case 'ENV':
    case 'LABEL':
      return checkPairs(raw)
    case 'CMD':
    case 'ENTRYPOINT':
      return checkCounted(raw, 'any')
    case 'MAINTAINER':
    case 'USER':
    case 'WORKDIR':
      return checkCounted(raw, 'one')
    case 'STOPSIGNAL':
      return args.length === 1 ? null : missing('STOPSIGNAL requires exactly one argument')
    case 'EXPOSE':
      return checkCounted(raw, 'some')
    case 'VOLUME': {
      const refusal = checkCounted(raw, 'some')
      if (refusal !== null || args.every((arg) => trimSpace(arg) !== '')) return refusal
      return refuse('missing-arguments', 'VOLUME specified can not be an empty string')
    }
    case 'SHELL': {
      const refusal = checkFlags('SHELL', raw.flags)
      if (refusal !== null) return refusal
      if (args.length === 0) return missing('SHELL requires at least one argument')
      const message = 'SHELL requires the arguments to be in JSON form'
      return raw.json ? null : refuse('shell-form', message, 'write SHELL ["/bin/bash", "-c"]')
    }
    default: {
      const meant = meantKeyword(raw.written)
      const lower = raw.written === raw.written.toLowerCase()
      const shown = meant === null ? '' : ` (did you mean ${cased(meant, raw.written, lower)}?)`
      return refuse('unknown-instruction', `unknown instruction: ${raw.written}${shown}`)
    }
  }
}

/** util/suggest matchCase: all lower or all upper like the word it replaces, else lower. */
function cased(keyword: string, written: string, lower: boolean): string {
  return lower || written !== written.toUpperCase() ? keyword.toLowerCase() : keyword
}
