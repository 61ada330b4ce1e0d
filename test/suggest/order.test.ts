import { expect, it } from 'vitest'
import { propose } from '../../src/propose.ts'
import { scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { repoHost } from './propose-tree.ts'

const megabyte = 1_000_000

it('what somebody has to decide begins with what is large, then steps that are cached again, then what is small', () => {
  const host = repoHost({
    tracked: {
      Dockerfile: 'FROM maven:3\nWORKDIR /a\nCOPY . .\nRUN mvn package\n',
      'pom.xml': '<project/>',
      'src/main/java/A.java': 'class A {}',
      'README.md': 'x',
      '.gitignore': 'small.dat\nlarge.dat\nlarger.dat\n',
    },
    untracked: {
      'small.dat': 2000,
      'large.dat': 20 * megabyte,
      'larger.dat': 30 * megabyte,
      'notes.bak': 10,
    },
  })
  const { proposals } = propose(host, scan(host, plainBuild), { thorough: true })
  const asked = proposals.suggestions.filter(({ safety }) => safety === 'review')
  expect(asked.map(({ title }) => title)).toEqual([
    'drop larger.dat',
    'drop large.dat',
    'fetch dependencies before the copy: mvn dependency:go-offline',
    'drop small.dat',
    'drop .gitignore, README.md',
    'drop notes.bak',
  ])
})
