/** Three bytes as one number, capitals as small letters: names in an arena are told apart by their ends without a text of each. */
export function packed(bytes: Uint8Array, at: number): number {
  let value = 0
  for (let i = at; i < at + 3; i++) {
    const byte = bytes[i] ?? 0
    value = (value << 8) | (byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte)
  }
  return value
}

/** Of texts of three letters. */
export const packedAll = (texts: readonly string[]): ReadonlySet<number> =>
  new Set(texts.map((text) => packed(new TextEncoder().encode(text), 0)))
