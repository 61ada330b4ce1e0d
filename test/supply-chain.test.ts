import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, it } from 'vitest'

const top = path.join(import.meta.dirname, '..')
const read = (name: string): string => fs.readFileSync(path.join(top, name), 'utf8')

interface Locked {
  readonly hasInstallScript?: boolean
  readonly integrity?: string
  readonly resolved?: string
  readonly link?: boolean
  readonly license?: string
}
const locked: readonly (readonly [string, Locked])[] = Object.entries<Locked>(
  JSON.parse(read('package-lock.json')).packages,
).filter(([name]) => name !== '')
const names = (wrong: (one: Locked) => boolean) => locked.flatMap(([name, one]) => (wrong(one) ? [name] : []))

describe('what is installed to build it', () => {
  it('runs nothing when it is installed', () => {
    expect(locked.length).toBeGreaterThan(50)
    expect(names(({ hasInstallScript }) => hasInstallScript === true)).toEqual([])
  })

  it('is held to its bytes, and to no address', () => {
    expect(names(({ integrity }) => !integrity?.startsWith('sha512-'))).toEqual([])
    expect(names(({ resolved, link }) => resolved !== undefined || link === true)).toEqual([])
  })

  it('has a licence that lets it be bundled', () => {
    const free =
      /^\(?(?:MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|BlueOak-1\.0\.0|MIT-0|CC0-1\.0|Python-2\.0|MPL-2\.0|Unlicense|CC-BY-4\.0)\b/
    expect(names(({ license }) => license !== undefined && !free.test(license))).toEqual([])
  })
})

describe('the workflows', () => {
  const folder = '.github/workflows'
  const workflows = fs
    .readdirSync(path.join(top, folder))
    .map((name) => [name, read(`${folder}/${name}`)] as const)

  it('use nothing whose version is left open', () => {
    const used = workflows.flatMap(([, text]) =>
      [...text.matchAll(/uses:\s*(\S+)/g)].map(([, action]) => action),
    )
    expect(used.length).toBeGreaterThan(1)
    expect(
      used.filter((action) => !/^(?:\.\/|[^@]+@(?:v\d+\.\d+\.\d+|[0-9a-f]{40})$)/.test(action ?? '')),
    ).toEqual([])
  })

  it('may do nothing but what a job asks for', () => {
    expect(
      workflows
        .filter(([, text]) => !/^permissions:(?: \{\}|\n {2}contents: read\n(?! {2}\w))/m.test(text))
        .map(([name]) => name),
    ).toEqual([])
  })

  it('publish with provenance and without a token', () => {
    const release = read(`${folder}/release.yml`)
    expect(release).toMatch(/npm publish --provenance/)
    expect(release).toMatch(/id-token: write/)
    expect(release).not.toMatch(/secrets\.|_TOKEN/)
  })
})
