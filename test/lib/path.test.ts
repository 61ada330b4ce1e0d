import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  baseName,
  byteLength,
  cleanPath,
  compareBytes,
  decodePath,
  encodePath,
  hasRawBytes,
  joinPath,
  jsonPath,
  outermost,
  parentPath,
  rootedPath,
  visiblePath,
  wellFormed,
} from '../../src/lib/path.ts'

const raw = (...bytes: readonly number[]) => decodePath(Uint8Array.from(bytes))

describe('cleaning a path', () => {
  it.each([
    ['', '.'],
    ['.', '.'],
    ['./', '.'],
    ['a', 'a'],
    ['a/', 'a'],
    ['a/.', 'a'],
    ['./a', 'a'],
    ['a//b', 'a/b'],
    ['a/../b', 'b'],
    ['a/..', '.'],
    ['..', '..'],
    ['../a', '../a'],
    ['../../a', '../../a'],
    ['a/../../b', '../b'],
    ['/', '/'],
    ['//a', '/a'],
    ['/..', '/'],
    ['/../a', '/a'],
    ['/a/../..', '/'],
    ['...', '...'],
    ['a/.../b', 'a/.../b'],
  ])('makes %j %j, as path.Clean does', (given, cleaned) => {
    expect(cleanPath(given)).toBe(cleaned)
  })

  it('is done once and for all', () => {
    const piece = fc.constantFrom('a', '.', '..', '/', '//', 'b')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = cleanPath(pieces.join('/'))
        expect(cleanPath(once)).toBe(once)
      }),
    )
  })
})

describe('a source as a Dockerfile gives it', () => {
  it.each([
    ['.', ''],
    ['/', ''],
    ['', ''],
    ['..', ''],
    ['../a', 'a'],
    ['/a/', 'a'],
    ['l/../g', 'g'],
    ['a/./b', 'a/b'],
  ])('%j is %j from the root of the context', (given, rooted) => {
    expect(rootedPath(given)).toBe(rooted)
  })
})

describe('the parts of a path', () => {
  it.each([
    ['a', '', 'a'],
    ['a/b', 'a', 'b'],
    ['a/b/c', 'a/b', 'c'],
  ])('%j lies in %j under the name %j', (path, parent, name) => {
    expect([parentPath(path), baseName(path), joinPath(parent, name)]).toEqual([parent, name, path])
  })

  it('joins with the root on either side', () => {
    expect([joinPath('', 'a'), joinPath('a', ''), joinPath('', '')]).toEqual(['a', 'a', ''])
  })
})

describe('the outermost of paths', () => {
  it('are those that lie in no other, each once', () => {
    expect(outermost(['a/b/c', 'a', 'ab', 'd/e', 'a', 'd/e/f/g', 'd/ef'])).toEqual(['a', 'ab', 'd/e', 'd/ef'])
  })
})

describe('a name that is not UTF-8', () => {
  it('comes back as the very same bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (bytes) => {
        expect([...encodePath(decodePath(bytes))]).toEqual([...bytes])
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['an overlong slash', [0xc0, 0xaf], 2],
    ['a surrogate written in UTF-8', [0xed, 0xa0, 0x80], 3],
    ['a sequence that is cut off', [0x61, 0xe2, 0x82], 3],
    ['a code point beyond Unicode', [0xf4, 0x90, 0x80, 0x80], 4],
    ['a raw byte behind a pair of surrogates', [0xf0, 0x9f, 0x98, 0x80, 0x80], 2],
    ['a euro sign', [0xe2, 0x82, 0xac], 1],
  ])('counts each stray byte of %s as one character', (_, bytes, characters) => {
    expect([...raw(...bytes)]).toHaveLength(characters)
    expect(byteLength(raw(...bytes))).toBe(bytes.length)
  })

  it('is told from one that is', () => {
    expect([raw(0x80), 'é', '\u{1F600}', 'a'].map(hasRawBytes)).toEqual([true, false, false, false])
  })

  it('keeps a byte order mark at its start', () => {
    expect(decodePath(Uint8Array.of(0xef, 0xbb, 0xbf, 0x61))).toBe('\uFEFFa')
  })
})

describe('the order of names', () => {
  it.each([
    ['a', 'b'],
    ['a', 'ab'],
    ['Z', 'a'],
    ['a-b', 'a.b'],
    ['a.b', 'a0'],
    ['z', 'é'],
    ['\uFFFD', '\u{10000}'],
    ['\uD7FF', '\uE000'],
    ['z', raw(0x80)],
    [raw(0x80), 'é'],
    ['é', raw(0xff)],
    ['é', raw(0xc4)],
    ['\u{10000}', raw(0xff)],
    [raw(0x80), raw(0x81)],
  ])('puts %j before %j', (first, second) => {
    expect(compareBytes(first, second)).toBeLessThan(0)
    expect(compareBytes(second, first)).toBeGreaterThan(0)
  })

  it('is the order of the bytes', () => {
    const name = fc.uint8Array({ minLength: 1, maxLength: 5 })
    const near = fc.array(fc.constantFrom(0x61, 0x80, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0xff), {
      minLength: 1,
      maxLength: 6,
    })
    const bytes = fc.oneof(
      name,
      near.map((each) => Uint8Array.from(each)),
    )
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Math.sign(compareBytes(decodePath(a), decodePath(b)))).toBe(Buffer.compare(a, b))
      }),
      { numRuns: 5000 },
    )
  })
})

describe('a hostile name', () => {
  it.each([
    ['a\nb', 'a\\nb'],
    ['a\tb\r', 'a\\tb\\r'],
    ['\u001b[31mred', '\\x1b[31mred'],
    ['\u001b]0;title\u0007', '\\x1b]0;title\\x07'],
    ['\u009b2J', '\\x9b2J'],
    ['\u0000', '\\x00'],
    ['\u007f', '\\x7f'],
    ['evil\u202Egnp.exe', 'evil\\u202egnp.exe'],
    ['\u2066x\u2069', '\\u2066x\\u2069'],
    ['a\u200Bb', 'a\\u200bb'],
    ['\uFEFFa', '\\ufeffa'],
    ['soft\u00ADhyphen', 'soft\\xadhyphen'],
    ['\u2028', '\\u2028'],
    ['\u{E0041}', '\\u{e0041}'],
    [raw(0x61, 0xff), 'a\\xff'],
    [raw(0x80), '\\x80'],
    ['é', 'é'],
    ['日本', '日本'],
    ['\u{1F600}', '\u{1F600}'],
  ])('%j is shown as %j', (path, shown) => {
    expect(visiblePath(path)).toBe(shown)
  })

  it('never brings a control character or a lone surrogate to the terminal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 20 }), (bytes) => {
        const shown = visiblePath(decodePath(bytes))
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        expect(shown).toBe(wellFormed(shown))
      }),
      { numRuns: 2000 },
    )
  })
})

describe('a path in JSON', () => {
  it('has no second form while it is UTF-8', () => {
    expect(jsonPath('a/é')).toEqual({ path: 'a/é' })
  })

  it('has its exact bytes beside it when it is not', () => {
    expect(jsonPath(raw(0x61, 0xff))).toEqual({ path: 'a\uFFFD', pathBase64: 'Yf8=' })
  })
})
