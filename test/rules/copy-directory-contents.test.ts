import { describe, expect, it } from 'vitest'
import { scanTree } from '../scan-tree.ts'

const tree = {
  Gemfile: 1,
  'vendor/bundle/a.rb': 1,
  'vendor/cache/b.gem': 1,
  'src/index.js': 1,
  'lib/index.js': 1,
  'package.json': 1,
}

function look(...copies: readonly string[]) {
  const text = ['FROM ruby', 'WORKDIR /app', ...copies, ''].join('\n')
  return scanTree({ ...tree, Dockerfile: text }).findings.filter(
    ({ rule }) => rule === 'copy-directory-contents',
  )
}

describe('a directory among other sources', () => {
  it('is told of, with what lands where', () => {
    expect(look('COPY Gemfile vendor ./')).toMatchObject([
      {
        severity: 'warning',
        at: { line: 3 },
        data: { fails: false, directories: ['vendor'], dest: './', entries: ['bundle', 'cache'] },
      },
    ])
    expect(look('COPY Gemfile vendor ./')[0]?.message).toBe(
      'COPY puts the contents of vendor/ into ./, not the directory: vendor/bundle lands at bundle',
    )
    expect(look('COPY src package.json /srv/')[0]?.message).toBe(
      'COPY puts the contents of src/ into /srv/, not the directory: src/index.js lands at /srv/index.js',
    )
  })

  it('is told of beside another directory that goes to the working directory', () => {
    for (const dest of ['.', './', '/app', '/app/'])
      expect(look(`COPY src lib ${dest}`)[0]?.data).toMatchObject({ directories: ['src', 'lib'] })
  })

  it('comes with a line that does what was meant', () => {
    expect(look('COPY package.json src ./')[0]?.hint).toContain('`COPY src ./src/`')
  })

  it.each([
    'COPY src ./',
    'COPY . .',
    'COPY Gemfile package.json ./',
    'COPY src lib /srv/site/',
    'COPY package.json src/ ./',
    'COPY package.json src/. ./',
    'COPY package.json src* ./',
    'COPY src package.json ./src/',
    'COPY src lib /',
    'COPY --from=other src package.json ./',
  ])('is nothing to tell of in %s', (copy) => {
    expect(look(copy)).toEqual([])
  })
})
