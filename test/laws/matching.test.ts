import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compilePatterns,
  createPatternList,
  type DirectoryState,
  type PatternList,
} from '../../src/ignore/matcher.ts'
import { compilePattern, type Pattern } from '../../src/ignore/pattern.ts'
import { patterns, patternsWithBroken, relativePath } from './arbitrary.ts'
import { judgeAlone, judgeFromAncestors, type ReferencePattern, referencePattern } from './reference.ts'

type Answer = boolean | 'refused'

const answer = (ask: () => boolean): Answer => {
  try {
    return ask()
  } catch {
    return 'refused'
  }
}

const referenced = (texts: readonly string[]): readonly ReferencePattern[] =>
  texts.map(referencePattern).filter((pattern) => pattern !== null)

/** The verdict of a walk that goes down to the path with what each directory hands on. */
function walkTo(list: PatternList, path: string): boolean {
  const parts = path.split('/')
  let state: DirectoryState = list.root
  for (const part of parts.slice(0, -1)) state = list.enter(state, part)
  return list.matched(list.decide(state, parts.at(-1) ?? ''))
}

function agree(texts: readonly string[], path: string): void {
  const list = compilePatterns(texts)
  const reference = referenced(texts)
  const wanted = answer(() => judgeFromAncestors(reference, path).ignored)
  expect(answer(() => walkTo(list, path))).toBe(wanted)
  expect(answer(() => list.matched(list.judge(path).verdict))).toBe(wanted)
}

describe('walking with what the parents hand down', () => {
  it('decides as matching each path from its ancestors does', () => {
    fc.assert(fc.property(patterns, relativePath, agree), { numRuns: 20_000 })
  })

  it('decides the same where a pattern cannot be evaluated, failure included', () => {
    fc.assert(fc.property(patternsWithBroken, relativePath, agree), { numRuns: 10_000 })
  })

  it('has the same verdict as a directory and as a file', () => {
    fc.assert(
      fc.property(patterns, relativePath, (texts, path) => {
        const list = compilePatterns(texts)
        let state = list.root
        for (const part of path.split('/')) state = list.enter(state, part)
        expect(state.verdict).toBe(list.judge(path).verdict)
        expect(state.prefix).toBe(`${path}/`)
      }),
      { numRuns: 2000 },
    )
  })

  it.each<[readonly string[], string]>([
    [['b/*.log', '!b'], 'b/a.log'],
    [['**/**/[ab]', '!?/*', 'a*'], 'a/c'],
    [['a', '!a/b', 'a/b/c'], 'a/b/c'],
    [['[*]', '![?]'], 'a'],
  ])('agrees on %j and %s', agree)
})

describe('looking at each path alone', () => {
  it('decides as the algorithm of older builders does', () => {
    fc.assert(
      fc.property(patterns, relativePath, (texts, path) => {
        expect(compilePatterns(texts).judgeByPath(path)).toBe(judgeAlone(referenced(texts), path))
      }),
      { numRuns: 10_000 },
    )
  })
})

describe('a word boundary', () => {
  it('is found beside the automaton as JavaScript finds it', () => {
    const piece = fc.constantFrom('a', '.', '-', '*', '?', '\\b', '\\B', '/', '**/', '[^a]')
    const text = fc.array(piece, { minLength: 1, maxLength: 7 }).map((parts) => parts.join(''))
    const path = fc
      .stringMatching(/^[a.-]{1,4}(\/[a.-]{1,3}){0,2}$/)
      .filter((each) => !/(^|\/)\.{1,2}(\/|$)/.test(each))
    const compiled = (each: string): Pattern[] => {
      const pattern = compilePattern(each)
      return pattern === null || 'refused' in pattern || pattern.invalid || pattern.negated ? [] : [pattern]
    }
    fc.assert(
      fc.property(text, path, (each, name) => {
        const [pattern] = compiled(each)
        fc.pre(pattern !== undefined && each.includes('\\b'))
        if (pattern === undefined) return
        expect(createPatternList([pattern]).matching(name).length > 0).toBe(
          referencePattern(each)?.matches(name),
        )
      }),
      { numRuns: 5000 },
    )
  })
})
