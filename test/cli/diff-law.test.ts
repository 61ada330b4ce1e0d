/** What `ctxsize diff` says of two commits is what two checkouts of them say, measured one by one. */

import * as fs from 'node:fs'
import * as os from 'node:os'
import * as path from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { listReads } from '../../src/answers/list.ts'
import type { Host } from '../../src/host/host.ts'
import { scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { newRepository } from './compared.ts'

const base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-diff-law-')))
afterAll(() => fs.rmSync(base, { recursive: true, force: true }))

const name = fc.constantFrom('a', 'b', 'c.log', 'd')
const file = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `${parts.join('/')}.x`)
const source = fc.constantFrom('.', 'a', 'b/', 'a/b', '*.x', 'c.log.x', '*/*', 'nothing*')
const instruction = fc.oneof(
  source.map((one) => `COPY ${one} /x/`),
  fc.tuple(source, fc.constantFrom('*.x', 'a')).map(([one, left]) => `COPY --exclude=${left} ${one} /x/`),
  source.map((one) => `RUN --mount=type=bind,source=${one.replace(/[*].*/, '.')},target=/m true`),
)
const line = fc.constantFrom('a', '**/b', '*.x', 'c.log.x', '!a/b', '!**/a.x', 'a/*', '#', 'd')
const side = fc.record({
  files: fc.dictionary(file, fc.integer({ min: 0, max: 40 }), { maxKeys: 10 }),
  ignore: fc.array(line, { maxLength: 4 }),
  instructions: fc.array(instruction, { minLength: 1, maxLength: 3 }),
})

type Side = typeof side extends fc.Arbitrary<infer T> ? T : never

const filesOf = ({ files, ignore, instructions }: Side) => ({
  ...files,
  Dockerfile: `# syntax=docker/dockerfile:1\nFROM scratch\n${instructions.join('\n')}\n`,
  '.dockerignore': `.git\n${ignore.join('\n')}\n`,
})

/** What a checkout of the commit is, measured by itself. */
function measured(host: Host, context: string) {
  const made = scan(host, { ...plainBuild, context })
  const [target] = made.report.contexts[0]?.targets ?? []
  const sizes = new Map(
    [...new Set(listReads(made).reads.flatMap(({ files }) => files))].map((one) => [
      one,
      fs.lstatSync(path.join(context, one)).size,
    ]),
  )
  return {
    sizes,
    transfer: target?.transfer,
    wire: target?.wire.buildkit,
    context: made.report.contexts[0]?.context,
  }
}

let cases = 0

it('of any two trees, ignore files and Dockerfiles', async () => {
  await fc.assert(
    fc.asyncProperty(side, side, async (one, other) => {
      const place = path.join(base, `case-${cases++}`)
      const repo = newRepository(path.join(place, 'repo'))
      repo.commit(filesOf(one))
      const gone = Object.keys(filesOf(one)).filter((path) => !(path in filesOf(other)))
      for (const path of gone) repo.git('rm', '-q', path)
      repo.commit(filesOf(other))
      for (const [tree, ref] of [
        ['before', 'HEAD~1'],
        ['after', 'HEAD'],
      ] as const)
        repo.git('worktree', 'add', '-q', '--detach', path.join(place, tree), ref)
      const before = measured(repo.host(), path.join(place, 'before'))
      const after = measured(repo.host(), path.join(place, 'after'))
      const report = await repo.diff('HEAD~1')
      const [target] = report.targets
      const [was, is] = [before.sizes, after.sizes]
      const paths = (list: readonly { readonly path: string }[] | null | undefined) =>
        list?.map((each) => each.path).sort()
      expect(target?.state).toBe('compared')
      expect(paths(target?.entered)).toEqual([...is.keys()].filter((path) => !was.has(path)).sort())
      expect(paths(target?.left)).toEqual([...was.keys()].filter((path) => !is.has(path)).sort())
      expect(target?.resized?.map((each) => [each.path, each.before, each.after])).toEqual(
        (target?.resized ?? []).map(({ path }) => [path, was.get(path), is.get(path)]),
      )
      expect(paths(target?.resized)).toEqual(
        [...is.keys()].filter((path) => was.has(path) && was.get(path) !== is.get(path)).sort(),
      )
      for (const each of target?.left ?? [])
        expect([each.path, each.reason === 'deleted', each.lost]).toEqual([
          each.path,
          !fs.existsSync(repo.at(each.path)),
          fs.existsSync(repo.at(each.path)),
        ])
      expect(target?.transfer).toEqual({ before: before.transfer, after: after.transfer })
      expect(target?.wire).toEqual({ before: before.wire, after: after.wire })
      expect(report.context).toEqual({ before: before.context, after: after.context })
      expect(target?.untracked).toEqual([])
      fs.rmSync(place, { recursive: true })
    }),
    { numRuns: 20 },
  )
}, 240_000)
