import { expect, it } from 'vitest'
import { landing } from '../../src/dockerfile/landing.ts'
import { planOf } from './plan-of.ts'

/** Where the one instruction puts the path, working in `/app`. */
function placeOf(instruction: string, path: string, directory: string | null = '/app'): string | null {
  const plan = planOf(`FROM scratch\n${instruction}\n`)
  const [read] = plan.reads
  if (!read) throw new Error(`${instruction} reads nothing`)
  return landing(read, directory, path)
}

it.each([
  ['COPY . .', 'a/b', '/app/a/b'],
  ['COPY . .', 'a', '/app/a'],
  ['COPY a /x', 'a', '/x'],
  ['COPY a /x/', 'a', '/x/a'],
  ['COPY a .', 'a', '/app/a'],
  ['COPY a /x/.', 'a', '/x/a'],
  ['COPY a b /x', 'b', '/x/b'],
  ['COPY a /x', 'a/b/c', '/x/b/c'],
  ['COPY a /x', 'ab', null],
  // The contents of each directory that matches, not the directory (moby/buildkit, convert_copy.go: CopyDirContentsOnly).
  ['COPY * ./', 'a/b', '/app/b'],
  ['COPY * ./', 'a', '/app/a'],
  ['COPY a/* ./', 'a/b/c', '/app/c'],
  ['COPY --parents a/b /x/', 'a/b/c', '/x/a/b/c'],
  ['COPY --parents a/./b /x/', 'a/b/c', '/x/b/c'],
  ['COPY --parents a/./b /x/', 'a/c', null],
  ['COPY --parents */./b /x/', 'a/b/c', '/x/b/c'],
  ['COPY --parents ./**/package.json /x/', 'a/b/package.json', '/x/a/b/package.json'],
  ['RUN --mount=type=bind,source=a,target=/m true', 'a/b', '/m/b'],
])('%s puts %s at %s', (instruction, path, place) => {
  expect(placeOf(instruction, path)).toBe(place)
})

it('is not known where only the base image knows the working directory', () => {
  expect(placeOf('COPY . .', 'a', null)).toBeNull()
  expect(placeOf('COPY . /x', 'a', null)).toBe('/x/a')
})
