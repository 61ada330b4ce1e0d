import { describe, expect, it } from 'vitest'
import { reachOfBuildkit, reachOfClassic } from '../../src/ignore/reach.ts'

const directories = ['a', 'a/b', 'a/b/c', 'ab', 'b']

describe('where something below a directory could still match', () => {
  it.each([
    [[], [], []],
    [['a/b'], ['a', 'a/b'], ['a', 'a/b']],
    [['a/b/c/d'], ['a', 'a/b', 'a/b/c'], ['a', 'a/b', 'a/b/c']],
    [['a/b/**'], ['a', 'a/b'], ['a', 'a/b']],
    [['a/b/*'], ['a', 'a/b'], ['a', 'a/b']],
    [['a/*/**'], ['a'], ['a']],
    [['a/**/*'], directories, ['a']],
    [['**/x'], directories, []],
    [['a/b', '*.log'], directories, ['a', 'a/b']],
    [['a/[b]'], directories, ['a']],
    [['a\\b'], directories, []],
    [['^a'], directories, []],
    [['x'], [], []],
  ])('by %j: %j for BuildKit, %j for the classic client', (texts, buildkit, classic) => {
    expect(directories.filter(reachOfBuildkit(texts))).toEqual(buildkit)
    expect(directories.filter(reachOfClassic(texts))).toEqual(classic)
  })
})
