import { expect, it } from 'vitest'
import type { Host } from '../../src/host/host.ts'
import { runOn } from '../cli/world.ts'
import { repoHost } from '../suggest/propose-tree.ts'

/** A repository of so many images, each with a context of its own, that one compose file names. */
function images(count: number): { readonly host: Host; readonly reads: (path: RegExp) => number } {
  const names = Array.from({ length: count }, (_, i) => `s${i}`)
  const host = repoHost({
    tracked: {
      'compose.yaml': `services:\n${names.map((name) => `  ${name}:\n    build: ${name}\n`).join('')}`,
      ...Object.fromEntries(
        names.flatMap((name) => [
          [`${name}/Dockerfile`, 'FROM scratch\nCOPY a /\n'],
          [`${name}/a`, 'a'],
        ]),
      ),
    },
    untracked: Object.fromEntries(names.map((name) => [`${name}/coverage/lcov.info`, 'made by a test'])),
  })
  const paths: string[] = []
  const noted =
    <Rest extends readonly unknown[]>(read: (path: string, ...rest: Rest) => Uint8Array) =>
    (path: string, ...rest: Rest) => {
      paths.push(path)
      return read(path, ...rest)
    }
  return {
    host: { ...host, readFile: noted(host.readFile), readStart: noted(host.readStart) },
    reads: (path) => paths.filter((one) => path.test(one)).length,
  }
}

it('what a repository says is read as often for many contexts as for one', async () => {
  const few = images(1)
  const many = images(20)
  for (const verb of ['check', 'fix']) {
    const ran = await runOn(few.host, [verb, '--format', 'json', '/ctx'])
    expect(ran.code).toBe(0)
    expect((await runOn(many.host, [verb, '--format', 'json', '/ctx'])).code).toBe(0)
  }
  for (const path of [/compose\.yaml$/, /\.git\/index$/]) {
    expect(few.reads(path)).toBeGreaterThan(0)
    expect(many.reads(path)).toBe(few.reads(path))
  }
})
