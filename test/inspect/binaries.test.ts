import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { binaryOf, headBytes, isForeign, suggestsBinary } from '../../src/inspect/binaries.ts'
import { elf, javaClass, machO, universal, windows } from './heads.ts'

describe('the first bytes of a file', () => {
  it.each<[string, Uint8Array, string, string | null]>([
    ['a program of macOS', machO(), 'macOS', null],
    ['one of 32 bits', machO(0xfeedface), 'macOS', null],
    ['one of the other byte order', machO(0xcefaedfe), 'macOS', null],
    ['several of macOS in one', universal(2), 'macOS', null],
    ['a program of Windows', windows(), 'Windows', null],
    ['one of 32 bits for Windows', windows({ wide: false }), 'Windows', null],
    ['a program of Linux', elf(62), 'Linux', 'amd64'],
    ['one for ARM', elf(183), 'Linux', 'arm64'],
    ['one for the mainframe', elf(22, false), 'Linux', 's390x'],
    ['one for POWER, little endian', elf(21), 'Linux', 'ppc64le'],
    ['one for POWER, big endian', elf(21, false), 'Linux', 'ppc64'],
    ['one for what has no name', elf(247), 'Linux', null],
  ])('tell %s', (_, head, system, arch) => {
    expect(binaryOf(head)).toEqual({ system, arch })
  })

  it.each<[string, Uint8Array]>([
    ['a Java class', javaClass(65)],
    ['the oldest of them', javaClass(45)],
    ['an assembly of .NET', windows({ managed: true })],
    ['one of 32 bits of .NET', windows({ managed: true, wide: false })],
    ['a text that starts with MZ', new TextEncoder().encode(`MZ${' '.repeat(200)}`)],
    ['a script', new TextEncoder().encode('#!/bin/sh\nexec true\n')],
    ['nothing', new Uint8Array()],
    ['too little', machO().subarray(0, 8)],
    ['an archive', Uint8Array.from([0x50, 0x4b, 3, 4, ...new Uint8Array(60)])],
  ])('are of no program: %s', (_, head) => {
    expect(binaryOf(head)).toBeNull()
  })

  it('may be any', () => {
    const starts = fc.constantFrom(machO(), windows(), elf(62), javaClass(50), new Uint8Array())
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: headBytes }), fc.nat(80), (start, rest, length) => {
        const head = Uint8Array.from([...start.subarray(0, length), ...rest])
        expect(() => binaryOf(head)).not.toThrow()
      }),
    )
  })
})

describe('a platform', () => {
  const of = (system: 'macOS' | 'Windows' | 'Linux', arch: string | null = null) => ({ system, arch })
  it.each([
    [of('macOS'), 'linux/amd64', true],
    [of('Windows'), 'linux/arm64', true],
    [of('Windows'), 'windows/amd64', false],
    [of('macOS'), 'windows/amd64', true],
    [of('Linux', 'amd64'), 'linux/amd64', false],
    [of('Linux', 'arm64'), 'linux/arm64/v8', false],
    [of('Linux', 'arm64'), 'linux/amd64', true],
    [of('Linux', 'amd64'), 'linux/arm64', true],
    [of('Linux', '386'), 'linux/amd64', false],
    [of('Linux', 'arm'), 'linux/arm64', false],
    [of('Linux'), 'linux/amd64', false],
  ])('%o on %s is foreign: %s', (binary, platform, foreign) => {
    expect(isForeign(binary, platform)).toBe(foreign)
  })
})

describe('a name', () => {
  it.each([
    ['a.node', 0o644, false, true],
    ['liba.so', 0o644, false, true],
    ['liba.so.1.2', 0o644, false, true],
    ['liba.dylib', 0o644, false, true],
    ['pg_ext.bundle', 0o755, false, true],
    ['A.DLL', 0o644, false, true],
    ['tool', 0o755, false, true],
    ['tool', 0o644, true, true],
    ['tool-linux-arm64', 0o755, false, true],
    ['tool', 0o644, false, false],
    ['tool.sh', 0o755, true, false],
    ['a.socket', 0o644, false, false],
  ])('%s (%d, in bin: %s) suggests a binary: %s', (name, mode, isInBin, suggests) => {
    expect(suggestsBinary(name, mode, isInBin)).toBe(suggests)
  })
})
