/** Ports in their short form (docker/go-connections nat/nat.go): `8080:80`, `127.0.0.1:80-81:80-81/udp`. */

/** What compose says of a port that it refuses; null for one that it takes. */
export function portMistake(text: string): string | null {
  const slash = text.lastIndexOf('/')
  const protocol = slash < 0 ? 'tcp' : text.slice(slash + 1).toLowerCase()
  const numbers = slash < 0 ? text : text.slice(0, slash)
  if (!/^(?:tcp|udp|sctp)$/.test(protocol)) return `Invalid proto: ${protocol}`
  const parts = numbers.split(':')
  const container = parts.at(-1) ?? ''
  const host = parts.length > 1 ? (parts.at(-2) ?? '') : ''
  const address = parts.slice(0, -2).join(':')
  if (address !== '' && !isAddress(address)) return `Invalid ip address: ${address}`
  if (container === '') return `No port specified: ${text}<empty>`
  const inside = readRange(container)
  if (inside === null) return `Invalid containerPort: ${container}`
  if (host === '') return null
  const outside = readRange(host)
  if (outside === null) return `Invalid hostPort: ${host}`
  const length = ([from, to]: Range): number => to - from
  return length(inside) !== length(outside) && length(inside) !== 0
    ? `Invalid ranges specified for container and host Ports: ${container} and ${host}`
    : null
}

type Range = readonly [from: number, to: number]

function readRange(text: string): Range | null {
  const parts = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text)
  if (!parts) return null
  const from = Number(parts[1])
  const to = parts[2] === undefined ? from : Number(parts[2])
  return from > 65_535 || to > 65_535 || to < from ? null : [from, to]
}

const isAddress = (text: string): boolean =>
  /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text)
    ? text.split('.').every((part) => Number(part) < 256)
    : /^\[?[0-9a-fA-F:]*:[0-9a-fA-F:.]*\]?(?:%\w+)?$/.test(text)
