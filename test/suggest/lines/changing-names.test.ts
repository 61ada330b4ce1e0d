import { describe, expect, it } from 'vitest'
import { countingName, lastingName, standsForNumber } from '../../../src/suggest/lines/changing-names.ts'

/** As a line has it. */
const lasting = (name: string): string | null => {
  const found = lastingName(name)
  return found && `${found.before}${found.star}${found.after}`
}

describe('what lasts of a name', () => {
  it.each([
    ['codimd-2026-10-03.log', 'codimd-[0-9]*.log'],
    ['2026-10-03.log', '[0-9]*.log'],
    ['app.2026_10_03.log', 'app.[0-9]*.log'],
    ['app20261003.log', 'app[0-9]*.log'],
    ['app-20261003T123000Z.log', 'app-[0-9]*.log'],
    ['app-2026-10-03T12:30:00.123+02:00.log', 'app-[0-9]*.log'],
    ['Screenshot 2026-10-03 at 10.11.12.png', 'Screenshot [0-9]*.png'],
    ['dump_03-10-2026.sql', 'dump_[0-9]*.sql'],
    ['dump-10.31.2026.sql', 'dump-[0-9]*.sql'],
    ['backup-03Oct2026.tar.gz', 'backup-[0-9]*.tar.gz'],
    ['backup-2026-Oct-03.tgz', 'backup-[0-9]*.tgz'],
    ['backup-October-3-2026.tgz', 'backup-*.tgz'],
    ['report-2026-10.csv', 'report-[0-9]*.csv'],
    ['report-2026-W40.csv', 'report-[0-9]*.csv'],
    ['report-2026Q3.pdf', 'report-[0-9]*.pdf'],
  ])('is what stands around a date: %s', (name, line) => {
    expect(lasting(name)).toBe(line)
  })

  it.each([
    ['main.c1fbb61b.css', 'main.*.css'],
    ['main.c1fbb61b.chunk.css.map', 'main.*.chunk.css.map'],
    ['102.1a2cd70a20.chunk.js', '102.*.chunk.js'],
    ['icons-6B4E5072.digested.woff2', 'icons-*.digested.woff2'],
    ['chunk-KJ3M7QXA.js', 'chunk-*.js'],
    ['index-BxY12_aZ.js', 'index-*.js'],
    ['index-B-Y12_aZ.js.map', 'index-*.js.map'],
    ['index-k3j9x2m1.js', 'index-*.js'],
    [`app-${'6b86b273ff34fce1'.repeat(4)}.js`, 'app-*.js'],
    ['upload-3f2504e0-4f89-11d3-9a0c-0305e82c3301.png', 'upload-*.png'],
    ['tmp.Ab3dE9XyZ1', 'tmp.*'],
  ])('is what stands around a digest: %s', (name, line) => {
    expect(lasting(name)).toBe(line)
  })

  it.each([
    ['__debug_bin2871634', '__debug_bin[0-9]*'],
    ['vite.config.ts.timestamp-1730712345678-3f1c9a7be5d2c.mjs', 'vite.config.ts.timestamp-[0-9]*.mjs'],
    ['session-1730712345.json', 'session-[0-9]*.json'],
    ['hs_err_pid1234.log', 'hs_err_pid[0-9]*.log'],
    ['core.4711', 'core.[0-9]*'],
    ['app.log.3', 'app.log.[0-9]*'],
    ['app-1.2.3.tgz', 'app-[0-9]*.tgz'],
    ['app-1.0-SNAPSHOT.jar', 'app-[0-9]*.jar'],
    ['node-v20.11.1-linux-x64.tar.xz', 'node-*-linux-x64.tar.xz'],
  ])('is what stands around a number that counts: %s', (name, line) => {
    expect(lasting(name)).toBe(line)
  })

  it.each([
    ...['utf8.js', 'deadbeef.c', '2048.html', 'face.png', 'facade.css', 'cafe2024.html', 'face2face.png'],
    ...['x86amd64.so', 'win32x64.dll', 'sha256sum.txt', 'utf8utf16.c', 'es2015to2020.js', 'base64url.go'],
    ...['README22.md', 'ISO8859X.c', 'db.sqlite3', 'v1beta1.yaml', 'localhost-8443.pem', 'rfc2616.txt'],
    ...[
      'section-1.2.md',
      'data-1999.csv',
      'index-MyPage12.js',
      'index-Settings.js',
      '3dec2bin.c',
      'mp3.h264',
    ],
    ...['add2cart.js', 'march-2026.md', 'Dockerfile', 'a', ''],
  ])('is the name itself where only somebody called it so: %s', (name) => {
    expect(lasting(name)).toBeNull()
  })

  it.each([
    ['a digest alone', '1a2cd70a20.js'],
    ['a digest that begins with digits', '1234567abcdef012345678901234567890.png'],
    ['a number for each file', '3f2504e0-4f89-11d3-9a0c-0305e82c3301'],
    ['a name that no file has', `${'a'.repeat(300)}-2026-10-03`],
  ])('is nothing of %s', (_, name) => {
    expect(lasting(name)).toBeNull()
  })

  it.each(['-', '1a', 'ab1', 'a-', '1.', '2026-', ' at ', 'Oct'])(
    'is found at once in a long name of %j',
    (part) => {
      const before = process.cpuUsage()
      for (let length = 200; length < 256; length++) lastingName(part.repeat(128).slice(0, length))
      expect(process.cpuUsage(before).user).toBeLessThan(300_000)
    },
  )
})

describe('what two names count', () => {
  it.each([
    ['backup-1.sql', 'backup-2.sql', 'backup-[0-9]*.sql'],
    ['backup-1.sql', 'backup-12.sql', 'backup-[0-9]*.sql'],
    ['run9', 'run10', 'run[0-9]*'],
    ['mp3-1.ogg', 'mp3-2.ogg', 'mp3-[0-9]*.ogg'],
    ['1.json', '2.json', '[0-9]*.json'],
  ])('%s and %s', (one, other, line) => {
    const found = countingName(one, other)
    expect(found && `${found.before}${found.star}${found.after}`).toBe(line)
  })

  it.each([
    ['a1b1.c', 'a2b2.c'],
    ['a.c', 'b.c'],
    ['a1.c', 'a.c'],
    ['a1.c', 'a1.c'],
    ['a1.c', 'a1x.c'],
  ])('is nothing between %s and %s', (one, other) => {
    expect(countingName(one, other)).toBeNull()
  })
})

describe('a star', () => {
  it.each([
    ['__debug_bin*', '__debug_bin123', true],
    ['*.dump', '17.dump', true],
    ['core.*', 'core.a1b2c3d4', true],
    ['*.log', 'build.log', false],
    ['*.*', '1.2', false],
    ['[0-9]*', '12', false],
    ['ab*ba', 'aba', false],
    ['a*', 'b1', false],
  ])('stands for a number in %s: %s %s', (glob, name, is) => {
    expect(standsForNumber(glob, name)).toBe(is)
  })
})
