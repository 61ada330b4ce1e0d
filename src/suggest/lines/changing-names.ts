/** Names that will be others tomorrow: what of them stays, so that a line is for the next one too. */

/** What stands around the part that changes; the line for it is `before`, `star` and `after`. */
export interface LastingName {
  readonly before: string
  /** `[0-9]*` where what changes is a number or a date, as the next one will be. */
  readonly star: '*' | '[0-9]*'
  readonly after: string
}

/** A part that whatever writes the name makes anew. */
interface Changing {
  readonly part: RegExp
  /** Of what `part` finds; left out: all of it. */
  readonly isOne?: (text: string) => boolean
}

const year = '(?:19|20)\\d\\d'
const month = '(?:0[1-9]|1[0-2])'
const monthName = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}'
const day = '(?:0[1-9]|[12]\\d|3[01])'
/** Behind a date, with or without a zone: `T12:30:00Z`, `_123000`, ` at 10.11.12`. */
const time =
  '(?:(?: at |[T_ -]?)(?:[01]\\d|2[0-3])(?:[-_:.]?[0-5]\\d){1,2}(?:[.,]\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?(?!\\d))?'
const dated = (...parts: readonly string[]): Changing => ({
  part: new RegExp(`(?<!\\d)(?:${parts.join('|')})(?![a-z]?\\d)`, 'gi'),
})
const unreleased = '(?:[-+.]?(?:rc|beta|alpha|dev|post|pre|snapshot)[-.\\d]*)?'

/** How often letters and digits take turns: seldom in what people write. */
const turns = (token: string): number => (token.match(/\d+|\D+/g)?.length ?? 1) - 1

/** `MyPage12`: words, and a number at the end. */
const spoken = /^[A-Z]?[a-z]+(?:[A-Z][a-z]+|[-_][a-z]+)*\d*$|^[A-Z]+\d*$/

/**
 * True for what a program made of the contents of a file, in hexadecimal or with all letters. In words a number stands at an end
 * (`utf8`, `cafe2024`), or there is none (`deadbeef`, `facade`).
 */
function isDigest(token: string): boolean {
  const digits = token.replace(/\D/g, '').length
  if (digits === 0 || digits === token.length) return false
  if (/^(?:[0-9a-f]{32,}|[0-9A-F]{32,})$/.test(token)) return true
  if (/^(?:[0-9a-f]{6,}|[0-9A-F]{6,})$/.test(token)) return digits > 1 && turns(token) > 1
  if (/^[0-9A-Z]{8,}$/.test(token)) return turns(token) > 1 && !spoken.test(token)
  if (/^[0-9a-z]{8,}$/.test(token)) return digits > 1 && turns(token) > 3
  return /^[0-9A-Za-z]{12,}$/.test(token) && turns(token) > 3
}

const isOfAllCases = (token: string): boolean =>
  /\d/.test(token) && /[a-z]/.test(token) && /[A-Z]/.test(token) && !spoken.test(token)

const numbers: readonly Changing[] = [
  dated(
    `${year}([-_.]?)${month}\\1${day}${time}`,
    `${day}([-_.])${day}\\2${year}${time}`,
    `\\d{1,2}[-_. ]?${monthName}[-_. ]?${year}${time}`,
    `${year}[-_. ]?${monthName}[-_. ]?\\d{1,2}${time}`,
    `(?<![a-z])${monthName}[-_. ]?\\d{1,2}[-_., ]{1,2}${year}${time}`,
    // Without a day only with something between: 202610 may be any number.
    `${year}(?:[-_]${month}|-?W[0-5]\\d|[-_]?Q[1-4])(?![a-z])`,
  ),
  // Seconds since 1970, and what is finer.
  { part: /(?<!\d)\d{7,}(?:\.\d+)?(?!\d)/g },
  { part: /(?<=(?:^|[^a-z])pid[-_.]?)\d+/gi },
  { part: /(?<=^core\.)\d+$/g },
  // What was rotated.
  { part: /(?<=\.(?:log|out|err|bak|old|orig|dump|trace|save)[-.~]?)\d+(?=$|\.)/gi },
  // A section of a book has two numbers as well; of what is packed they are a version.
  { part: new RegExp(`(?<=[-_@])v?\\d+(?:\\.\\d+){2,3}${unreleased}(?=$|[-_+.])`, 'gi') },
  {
    part: new RegExp(
      `(?<=[-_@])v?\\d+\\.\\d+${unreleased}(?=\\.(?:tgz|tar\\.\\w+|zip|whl|jar|war|gem|nupkg|deb|rpm|vsix|crate|phar|apk|msi)$)`,
      'gi',
    ),
  },
]

const digests: readonly Changing[] = [
  { part: /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi },
  { part: /[0-9A-Za-z]+/g, isOne: isDigest },
  // Base64url, which may have a dash in it: https://rollupjs.org/configuration-options/#output-assetfilenames.
  { part: /(?<=\w[-.])[\w-]{8}(?=\.\w+(?:\.(?:map|gz|br))?$)/g, isOne: isOfAllCases },
  // https://www.gnu.org/software/coreutils/manual/html_node/mktemp-invocation.html
  { part: /(?<=^tmp\.)[A-Za-z0-9]{10}$/g, isOne: isOfAllCases },
]

/** A longer name is no file's. */
const longestName = 255

/**
 * The name around all that changes in it, from the first to the last; null where nothing does, or where what stays would not
 * tell it from others.
 */
export function lastingName(name: string): LastingName | null {
  if (name.length > longestName) return null
  const isOf = (all: readonly Changing[]) =>
    all.flatMap(({ part, isOne = () => true }) =>
      [...name.matchAll(part)]
        .filter(({ 0: text }) => isOne(text))
        .map(({ 0: text, index }) => ({ from: index, to: index + text.length })),
    )
  const counted = isOf(numbers)
  const made = isOf(digests)
  const found = [...counted, ...made]
  if (found.length === 0) return null
  const from = Math.min(...found.map((one) => one.from))
  const to = Math.max(...found.map((one) => one.to))
  // The digits of a digest are no number, wherever they stand in it.
  const endOf = (all: typeof found) =>
    Math.max(0, ...all.filter((one) => one.from === from).map((one) => one.to))
  const isNumber = /\d/.test(name.charAt(from)) && endOf(counted) >= endOf(made)
  return around(name, { from, to, isNumber })
}

/** Of two names that differ in one number alone: what it counts. */
export function countingName(name: string, other: string): LastingName | null {
  if (name === other || name.length > longestName) return null
  let from = 0
  while (from < name.length && name[from] === other[from]) from++
  while (/\d/.test(name.charAt(from - 1))) from--
  const [number = ''] = /^\d*/.exec(name.slice(from)) ?? []
  const [another = ''] = /^\d*/.exec(other.slice(from)) ?? []
  const to = from + number.length
  if (number === '' || another === '' || name.slice(to) !== other.slice(from + another.length)) return null
  return around(name, { from, to, isNumber: true })
}

function around(
  name: string,
  { from, to, isNumber }: { readonly from: number; readonly to: number; readonly isNumber: boolean },
): LastingName | null {
  const before = name.slice(0, from)
  const after = name.slice(to)
  const stem = before + after.replace(/\.[^.]*$/, '')
  const letters = stem.match(/\p{L}/gu)?.length ?? 0
  return isNumber || letters > 1 ? { before, star: isNumber ? '[0-9]*' : '*', after } : null
}

/** True where what the star of a glob stands for in the name is a number or a digest: whoever wrote it knew that it changes. */
export function standsForNumber(glob: string, name: string): boolean {
  const [before, after, more] = glob.split('*')
  if (before === undefined || after === undefined || more !== undefined || /[?[\]\\]/.test(glob)) return false
  if (name.length < before.length + after.length || !name.startsWith(before) || !name.endsWith(after))
    return false
  const stood = name.slice(before.length, name.length - after.length)
  return /^[-_.]?\d+$/.test(stood) || isDigest(stood)
}
