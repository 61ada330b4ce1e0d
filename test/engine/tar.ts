/** Reads the archives that an engine writes: USTAR with PAX records. */

export interface TarEntry {
  readonly path: string
  readonly type: 'file' | 'hardlink' | 'symlink' | 'dir' | 'fifo' | 'other'
  readonly target: string
  readonly content: Buffer
}

const types: Readonly<Record<string, TarEntry['type']>> = {
  '0': 'file',
  '\0': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'dir',
  '6': 'fifo',
}

export function untar(archive: Buffer): readonly TarEntry[] {
  const entries: TarEntry[] = []
  let records = new Map<string, string>()
  for (let at = 0; at + 512 <= archive.length; ) {
    const header = archive.subarray(at, at + 512)
    if (header.every((byte) => byte === 0)) break
    const text = (from: number, length: number) => {
      const field = header.subarray(from, from + length)
      const end = field.indexOf(0)
      return field.subarray(0, end < 0 ? length : end).toString('utf8')
    }
    const size = Number(records.get('size') ?? Number.parseInt(text(124, 12).trim() || '0', 8))
    const content = archive.subarray(at + 512, at + 512 + size)
    at += 512 + Math.ceil(size / 512) * 512
    const flag = text(156, 1) || '\0'
    if (flag === 'x') {
      records = paxRecords(content)
      continue
    }
    const prefix = text(345, 155)
    entries.push({
      path: records.get('path') ?? (prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`),
      type: types[flag] ?? 'other',
      target: records.get('linkpath') ?? text(157, 100),
      content,
    })
    records = new Map()
  }
  return entries
}

/** Records are `LENGTH key=value\n`, where the length counts bytes, its own digits included. */
function paxRecords(content: Buffer): Map<string, string> {
  const records = new Map<string, string>()
  for (let at = 0; at < content.length; ) {
    const blank = content.indexOf(' ', at)
    const length = Number(content.subarray(at, blank).toString('latin1'))
    if (!Number.isInteger(length) || length <= 0) break
    const record = content.subarray(blank + 1, at + length - 1).toString('utf8')
    const cut = record.indexOf('=')
    records.set(record.slice(0, cut), record.slice(cut + 1))
    at += length
  }
  return records
}
