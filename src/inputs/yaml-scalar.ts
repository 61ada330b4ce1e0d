/** What a scalar without quotes means to go-yaml 3 (resolve.go), and how Go prints it (`%v`). */

/** `merge` is the plain `<<`, `time` a date, which no configuration takes. */
export type ScalarType = 'string' | 'int' | 'float' | 'bool' | 'null' | 'time' | 'merge'

export interface ScalarMeaning {
  /** Null: it is not what its tag says. */
  readonly type: ScalarType | null
  readonly text: string
}

const words: ReadonlyMap<string, ScalarMeaning> = new Map(
  (
    [
      ['bool', 'true', 'true True TRUE'],
      ['bool', 'false', 'false False FALSE'],
      ['null', '<nil>', '~ null Null NULL'],
      ['null', '<nil>', ''],
      ['float', 'NaN', '.nan .NaN .NAN'],
      ['float', '+Inf', '.inf .Inf .INF +.inf +.Inf +.INF'],
      ['float', '-Inf', '-.inf -.Inf -.INF'],
      ['merge', '<<', '<<'],
    ] as const
  ).flatMap(([type, text, written]) => written.split(' ').map((word) => [word, { type, text }] as const)),
)

const tagTypes: Readonly<Record<string, ScalarType>> = {
  'tag:yaml.org,2002:int': 'int',
  'tag:yaml.org,2002:float': 'float',
  'tag:yaml.org,2002:bool': 'bool',
  'tag:yaml.org,2002:null': 'null',
  'tag:yaml.org,2002:merge': 'merge',
  'tag:yaml.org,2002:timestamp': 'time',
}

/** The meaning of a scalar as it stands; `isPlain`: without quotes and not a block; `tag` in full, null for none. */
export function plainScalar(source: string, isPlain: boolean, tag: string | null): ScalarMeaning {
  const wanted = tag === null ? null : (tagTypes[tag] ?? 'string')
  if (wanted === 'string' || (wanted === null && !isPlain)) return { type: 'string', text: source }
  const found = resolved(source)
  if (wanted === null || wanted === found.type) return found
  if (wanted === 'float' && found.type === 'int') return { type: 'float', text: found.text }
  return { type: null, text: source }
}

function resolved(source: string): ScalarMeaning {
  const word = words.get(source)
  if (word !== undefined) return word
  // The longest number that means anything has fewer digits than this, and a text of a megabyte is no number.
  if (source.length > 400 || !/^[-+.0-9]/.test(source)) return { type: 'string', text: source }
  if (isTimestamp(source)) return { type: 'time', text: source }
  const plain = source.startsWith('.') ? source : source.replaceAll('_', '')
  const integer = readInteger(plain)
  if (integer !== null) return { type: 'int', text: integer }
  if (/^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/.test(plain)) {
    const value = Number(plain)
    if (Number.isFinite(value)) return { type: 'float', text: goFloat(value) }
  }
  return { type: 'string', text: source }
}

/** As strconv.ParseInt with base 0 reads it, `010` as 8; null for what is none or does not fit 64 bits. */
function readInteger(text: string): string | null {
  const parts = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/.exec(text)
  if (!parts) return null
  const [, sign = '', hex, binary, octal, decimal] = parts
  const value =
    hex !== undefined
      ? BigInt(`0x${hex}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : octal !== undefined
          ? BigInt(`0o${octal}`)
          : BigInt(decimal ?? '0')
  const signed = sign === '-' ? -value : value
  return signed < -(2n ** 63n) || signed >= 2n ** 64n ? null : String(signed)
}

/** A float as Go's `%v` prints it: strconv's `g` with the fewest digits, an exponent from a million on. */
export function goFloat(value: number): string {
  const [digits = '0', power = '0'] = value.toExponential().split('e')
  const exponent = Number(power)
  if (exponent < -4 || exponent >= 6) return shortExponent(digits, exponent)
  return Object.is(value, -0) ? '-0' : String(value)
}

const shortExponent = (digits: string, exponent: number): string =>
  `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`

function isTimestamp(text: string): boolean {
  const parts =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?(?:Z|[-+]\d\d:\d\d))|(?: \d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)?))?$/.exec(
      text,
    )
  if (!parts) return false
  const [, year, month, day] = parts.map(Number)
  const date = new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day ?? 0))
  return date.getUTCMonth() === (month ?? 0) - 1 && date.getUTCDate() === day
}
