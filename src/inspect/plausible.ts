/** Whether a value could be a real credential, or is what people write in its place. */

/** Bits of each character, were they drawn by how often they stand there. Of the first 256. */
function entropy(text: string): number {
  const counts = new Map<string, number>()
  const length = Math.min(text.length, 256)
  for (let i = 0; i < length; i++) counts.set(text[i] ?? '', (counts.get(text[i] ?? '') ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= (count / length) * Math.log2(count / length)
  return bits
}

/** What a value starts with that stands for another: references, templates, encrypted values, paths. */
const stands =
  /^(?:\$|%|<|\{\{|\[|\*|\.\.\.|…|op:|vault:|ref\+|arn:|file:|env:|secret:|kms:|enc[[:]|encrypted:|!vault|https?:\/\/[^:@]{1,256}$)/i

/** Words of somebody who did not mean a real one. */
const pretends =
  /change.?(?:me|this|it)|replace|placeholder|example|sample|dummy|insert|your.?(?:own)?[-_ ]|xxxx|\.\.\.|todo|fixme|(?:^|[-_])(?:fake|test|testing|demo|local|localhost|dev|development|secret|password|passwd|default|foobar|none|null|undefined|true|false)(?:$|[-_0-9])|^(?:my|some|the|an?|put|enter|add|your)[-_ ]|12345678|abcdefgh|qwerty|hunter2|letmein|deadbeef|00000000/i

const words = /^(?:[a-z._ -]+|[A-Z._ -]+)$/
const printable = /^[\x21-\x7e]+$/

function isPath(value: string): boolean {
  return /^(?:\.{1,2}|~)?\/[\w./-]*$/.test(value) && entropy(value) < 4.2
}

const isPlain = (value: string) =>
  value !== '' && !stands.test(value) && !pretends.test(value.slice(0, 256)) && !isPath(value)

/** True for what a generator of tokens or keys could have made: long enough, with digits among other characters. */
export function isPlausibleToken(value: string): boolean {
  return (
    value.length >= 16 &&
    printable.test(value) &&
    isPlain(value) &&
    // Of 32 random letters and digits, one string in 280 has no digit; identifiers (`DescribeInstances`) hardly have any.
    /\d/.test(value) &&
    !/^[\d.:,-]+$/.test(value) &&
    entropy(value) >= 3
  )
}

/** True for a password that is hardly the default of a development database: at least eight characters of two kinds. */
export function isPlausiblePassword(value: string): boolean {
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z\d]/].filter((kind) => kind.test(value)).length
  return (
    value.length >= 8 &&
    printable.test(value) &&
    isPlain(value) &&
    !/^\d+$/.test(value) &&
    !(words.test(value) && value.length < 20) &&
    (kinds > 1 || value.length >= 20) &&
    entropy(value) >= 2.5
  )
}
