import { describe, expect, it } from 'vitest'
import { lineFromGit } from '../../src/ignore/from-git.ts'

const line = (glob: string, directory = '', anywhere = !glob.includes('/')) =>
  lineFromGit({ glob, directory, anywhere })

describe('a line of a .gitignore in docker’s words', () => {
  it.each([
    ['*.log', '', '**/*.log'],
    ['*.log', 'api', 'api/**/*.log'],
    ['logs/*.log', '', 'logs/*.log'],
    ['logs/*.log', 'api', 'api/logs/*.log'],
    ['**/tmp/*', '', '**/tmp/*'],
    ['a/**/b', '', 'a/**/b'],
    ['[Bb]in', '', '**/[Bb]in'],
    ['[!a]*', '', '**/[^a]*'],
    ['a b-@~,=%#?', '', '**/a b-@~,=%#?'],
  ])('%s in %j is %s', (glob, directory, expected) => {
    expect(line(glob, directory)).toBe(expected)
  })

  it.each([
    'a**b',
    '\\*.log',
    'a+b',
    '(a)',
    '{a,b}',
    'a|b',
    '$a',
    '[[:alpha:]]',
    '[]a]',
    'a//b',
    '[a/b]',
    'é',
  ])('%s is none, as docker may read it otherwise', (glob) => {
    expect(line(glob)).toBeNull()
  })

  it.each(['#a', ' a', 'a '])('%j at the root is none, as the file is trimmed and has comments', (glob) => {
    expect(line(glob, '', false)).toBeNull()
  })
})
