/** Values that BuildKit checks once variables are filled in, in stages that are built. */

import { quoted } from './suggest.ts'

/** What is wrong with a --chmod. dockerfile2llb/convert_copy.go, tonistiigi/dchapes-mode. */
export function modeProblem(mode: string): string | null {
  const octal = `invalid chmod parameter: '${mode}'. it should be octal string and between 0 and 07777`
  if (/^[0-7]+$/.test(mode)) return mode.length < 30 && Number.parseInt(mode, 8) <= 0o7777 ? null : octal
  if (/^[0-9]/.test(mode)) return octal
  return /^[ugoa]*(?:[-+=][rwxXstugo]*)+(?:,[ugoa]*(?:[-+=][rwxXstugo]*)+)*$/.test(mode)
    ? null
    : 'invalid syntax'
}

const signals = new Set(
  'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'.split(
    ' ',
  ),
)

/** What is wrong with a STOPSIGNAL. moby/sys/signal. */
export function signalProblem(signal: string): string | null {
  const invalid = `invalid signal: ${signal}`
  if (/^[-+]?[0-9]+$/.test(signal)) return Number(signal) === 0 ? invalid : null
  const name = signal.toUpperCase().replace(/^SIG/, '')
  const offset = /^RTM(IN\+|AX-)([0-9]+)$/.exec(name)
  if (offset !== null) {
    const count = Number(offset[2])
    const known = String(count) === offset[2] && count > 0 && count <= (offset[1] === 'IN+' ? 15 : 14)
    return known ? null : invalid
  }
  return signals.has(name) ? null : invalid
}

interface Range {
  readonly from: number
  readonly to: number
}

function portRange(text: string): Range | null {
  const [start = '', end = start] = text.includes('-')
    ? [text.slice(0, text.indexOf('-')), text.slice(text.indexOf('-') + 1)]
    : [text]
  if (!/^[+]?[0-9]+$/.test(start) || !/^[+]?[0-9]+$/.test(end)) return null
  const range = { from: Number(start), to: Number(end) }
  return range.from <= range.to && range.to <= 65_535 ? range : null
}

/** What is wrong with a port of EXPOSE. dockerfile2llb/convert_expose.go. */
export function exposedPortProblem(raw: string): string | null {
  const parts = raw.split(':')
  const last = parts.at(-1) ?? ''
  const host = parts.length > 1 ? (parts.at(-2) ?? '') : ''
  const address = parts
    .slice(0, -2)
    .join(':')
    .replace(/^\[(.*)\]$/, '$1')
  const slash = last.indexOf('/')
  const container = slash < 0 ? last : last.slice(0, slash)
  const protocol = slash < 0 ? '' : last.slice(slash + 1)
  if (container === '') return `invalid port: ${quoted(raw)}: no port specified`
  if (!['', 'tcp', 'udp', 'sctp'].includes(protocol.toLowerCase())) {
    return `invalid port: ${quoted(raw)}: invalid proto: ${protocol}`
  }
  const isAddress = /^(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*)$/.test(address)
  if (address !== '' && !isAddress) return `invalid IP address: ${address}`
  const inner = portRange(container)
  if (inner === null) return `invalid containerPort: ${container}`
  if (host === '') return null
  const outer = portRange(host)
  if (outer === null) return `invalid hostPort: ${host}`
  if (inner.to === inner.from || inner.to - inner.from === outer.to - outer.from) return null
  return `invalid ranges specified for container and host Ports: ${container} and ${host}`
}
