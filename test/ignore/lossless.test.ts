import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseIgnoreFile } from '../../src/ignore/parse.ts'
import { encodePath } from '../../src/lib/path.ts'

const piece = fc.constantFrom(
  'a',
  '!b',
  '# c',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\r',
  '/x/',
  '**',
  '\uFEFF',
  'é',
  '\u00a0',
)
const bytes = fc.oneof(
  fc.array(piece).map((pieces) => new TextEncoder().encode(pieces.join(''))),
  fc.uint8Array({ maxLength: 60 }),
)

it('keeps an ignore file byte for byte, and says where in it each pattern stands', () => {
  fc.assert(
    fc.property(bytes, (file) => {
      const { text, lines } = parseIgnoreFile(file)
      expect(encodePath(text)).toEqual(Buffer.from(file))
      let printed = ''
      let at = 0
      for (const { start, end, written, line } of lines) {
        expect(text.slice(start, end)).toBe(written)
        expect(text.slice(0, start).split('\n')).toHaveLength(line)
        printed += text.slice(at, start) + written
        at = end
      }
      expect(printed + text.slice(at)).toBe(text)
    }),
    { numRuns: 2000 },
  )
})
