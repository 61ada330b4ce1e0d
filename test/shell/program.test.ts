import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { programOf } from '../../src/shell/read.ts'

const behind = (text: string) => programOf(text.split(' ')).join(' ')

describe('the program behind its wrappers', () => {
  it.each([
    ['docker build .', 'docker build .'],
    ['sudo docker build .', 'docker build .'],
    ['sudo -E -u root A=b docker build .', 'docker build .'],
    ['/usr/bin/sudo -uroot -- docker build', 'docker build'],
    ['sudo --user root --preserve-env=A docker', 'docker'],
    ['env A=b C=d docker build .', 'docker build .'],
    ['env -i -u X PATH=/bin docker', 'docker'],
    ['exec -a name node x.js', 'node x.js'],
    ['time -p npm ci', 'npm ci'],
    ['nice -n 5 make -j4', 'make -j4'],
    ['nice -10 make', 'make'],
    ['command docker ps', 'docker ps'],
    ['nohup env A=b time make', 'make'],
    ['timeout -k 5 30s make -n', 'make -n'],
    ['xargs -0 -n 1 -P4 rm -rf', 'rm -rf'],
    ['xargs -I{} cp {} out', 'cp {} out'],
    ['xargs -I {} cp {} out', 'cp {} out'],
    ['stdbuf -oL tee log', 'tee log'],
  ])('of %s is %s', (text, program) => {
    expect(behind(text)).toBe(program)
  })

  it.each([
    'command -v docker',
    'sudo -l',
    'env',
    'exec',
    'sudo',
    'time',
    'xargs -0',
    'sudo -v',
    'timeout 5',
  ])('of %s, which runs nothing, is the wrapper itself', (text) => {
    expect(behind(text)).toBe(text)
  })

  it('is always the end of the words, and never nothing of something', () => {
    const word = fc.constantFrom(
      'sudo',
      'env',
      'A=b',
      '-u',
      '-',
      '--',
      'xargs',
      'time',
      '-n',
      'x',
      'timeout',
      '',
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (words) => {
        const program = programOf(words)
        expect(words.slice(words.length - program.length)).toEqual(program)
        expect(program.length === 0).toBe(words.length === 0)
      }),
    )
  })
})
