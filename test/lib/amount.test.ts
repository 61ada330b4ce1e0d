import { describe, expect, it } from 'vitest'
import {
  buildkitSize,
  classicSize,
  groupedCount,
  humanSize,
  parseSize,
  roomFor,
} from '../../src/lib/amount.ts'

describe('a size as docker prints it', () => {
  it.each([
    [0, '0B', '0B'],
    [2, '2B', '2B'],
    [105, '105B', '105B'],
    [999, '999B', '999B'],
    [1000, '1.00kB', '1kB'],
    [6144, '6.14kB', '6.144kB'],
    [18_944, '18.94kB', '18.94kB'],
    [100_150, '100.15kB', '100.2kB'],
    [999_999, '1000.00kB', '1000kB'],
    [231_000_000, '231.00MB', '231MB'],
    [1_234_567_890, '1.23GB', '1.235GB'],
  ])('%d bytes are %s for BuildKit and %s for the classic client', (bytes, buildkit, classic) => {
    expect([buildkitSize(bytes), classicSize(bytes)]).toEqual([buildkit, classic])
  })
})

describe('a size for people', () => {
  it.each([
    [0, '0B', '0B'],
    [999, '999B', '999B'],
    [1000, '1.00kB', '1000B'],
    [1024, '1.02kB', '1.00KiB'],
    [3_120_000, '3.12MB', '2.98MiB'],
    [231_000_000, '231MB', '220MiB'],
    [999_499, '999kB', '976KiB'],
    [999_500, '1.00MB', '976KiB'],
    [1_048_063, '1.05MB', '1023KiB'],
    [1_048_064, '1.05MB', '1.00MiB'],
    [-1500, '-1.50kB', '-1.46KiB'],
  ])('%d bytes are %s, or %s in binary units', (bytes, decimal, binary) => {
    expect([humanSize(bytes), humanSize(bytes, 'binary')]).toEqual([decimal, binary])
  })
})

describe('a size with room above', () => {
  it.each([
    [0, '10kB'],
    [9000, '11kB'],
    [214_000, '250kB'],
    [3_120_000, '4MB'],
    [43_478_260, '50MB'],
    [78_900_000, '95MB'],
    [87_000_000, '110MB'],
    [1_000_000_000, '1.2GB'],
  ])('%d bytes are given %s', (bytes, room) => {
    expect([roomFor(bytes), (parseSize(room) ?? 0) > bytes]).toEqual([room, true])
  })
})

describe('a size that somebody typed', () => {
  it.each([
    ['1200', 1200],
    ['50MB', 50_000_000],
    ['50MiB', 52_428_800],
    ['1.5 GB', 1_500_000_000],
    ['2k', 2000],
    ['2Ki', 2048],
    ['7b', 7],
    [' 1kb ', 1000],
    ['0.1kB', 100],
    ['', null],
    ['MB', null],
    ['-1MB', null],
    ['1e6', null],
    ['5 apples', null],
    ['1.MB', null],
    ['99999999EB', null],
  ])('%j is %j bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes)
  })
})

it('groups a count by thousands whatever the locale', () => {
  expect([0, 999, 1000, 1_234_567].map(groupedCount)).toEqual(['0', '999', '1,000', '1,234,567'])
})
