/** First bytes of programs, for tests. */

function head(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length)
  fill(new DataView(bytes.buffer))
  return bytes
}

/** A Mach-O file; by default of 64 bits in little-endian order, as on every Mac. */
export const machO = (magic = 0xcffaedfe): Uint8Array => head(64, (view) => view.setUint32(0, magic))

/** Several Mach-O files in one. */
export const universal = (count: number): Uint8Array =>
  head(64, (view) => {
    view.setUint32(0, 0xcafebabe)
    view.setUint32(4, count)
  })

export const javaClass = (version: number): Uint8Array => universal(version)

/** An ELF file for the machine. */
export const elf = (machine: number, isLittle = true): Uint8Array =>
  head(64, (view) => {
    view.setUint32(0, 0x7f454c46)
    view.setUint8(4, 2)
    view.setUint8(5, isLittle ? 1 : 2)
    view.setUint16(18, machine, isLittle)
  })

/** A PE file; `managed`: with the header of .NET. */
export const windows = ({ managed = false, wide = true } = {}): Uint8Array =>
  head(512, (view) => {
    view.setUint16(0, 0x4d5a)
    view.setUint32(0x3c, 0x80, true)
    view.setUint32(0x80, 0x50450000)
    view.setUint16(0x98, wide ? 0x20b : 0x10b, true)
    view.setUint32(0x98 + (wide ? 112 : 96) + 14 * 8, managed ? 0x2008 : 0, true)
  })
