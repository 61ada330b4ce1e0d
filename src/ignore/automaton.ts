/**
 * All patterns of a file in one automaton, so that a path costs one pass whatever the number of patterns.
 *
 * The patterns share a trie of tokens, read as a nondeterministic automaton; its subsets become states when a walk
 * first meets them, and are remembered up to a limit (after which steps are computed each time). A state after `dir/` is where every child of `dir` starts, so
 * a name costs its own length only. No pattern can make this exponential: a step visits each trie node at most once.
 */

import { hasBoundary } from './boundary.ts'
import type { Pattern } from './pattern.ts'
import type { CharSet, Token } from './regex.ts'

interface Node {
  readonly id: number
  readonly chars: Map<number, Node>
  readonly sets: Map<string, { readonly set: CharSet; readonly node: Node }>
  /** Nodes entered without a character: repetitions, and what follows an optional part. */
  readonly free: Node[]
  readonly keyed: Map<string, Node>
  /** Characters on which the node stays active. */
  loop: CharSet | null
  /** Where a `/` leads from a repetition of directories. */
  slash: Node | null
  readonly accepts: number[]
}

/** What has been matched so far. Valid for as long as somebody holds it. */
export interface State {
  readonly nodes: readonly Node[]
  /** Indices of the patterns that match the text read so far, ascending. */
  readonly accepts: readonly number[]
  /** True when no longer text can match any pattern. */
  readonly dead: boolean
  /** @internal successor by code point below 128, filled on demand */
  readonly next: (State | undefined)[]
  /** @internal successor by any other code point */
  readonly others: Map<number, State>
}

export interface Automaton {
  readonly start: State
  /** The state after the characters of `text` from index `from`. */
  readonly run: (state: State, text: string, from?: number) => State
  /** The same over bytes from one index to before another, without a text being made of them; null where one that counts is no ASCII. */
  readonly runAscii: (state: State, bytes: Uint8Array, from: number, to: number) => State | null
}

/**
 * Which printable ASCII characters but `/` may lead from a state to another, as bits of {@link letterBit}: of a name that
 * has none of them nothing more need be read.
 */
export function leadsOn(state: State): number {
  let letters = 0
  for (let code = 32; code < 127; code++) {
    if (code === slash) continue
    for (const { loop, chars, sets } of state.nodes)
      if (loop?.has(code) !== true || chars.has(code) || sets.size > 0) letters |= letterBit(code)
  }
  return letters
}

/** Every 32nd character has the same. */
export const letterBit = (code: number): number => 1 << (code & 31)

const slash = 47

/** What may be remembered, in nodes of states and in successors: some 50 MB at worst, which only hostile patterns reach. */
const maxNodes = 1 << 20
const maxSuccessors = 1 << 20
const none: readonly number[] = []

/** Builds the automaton over the patterns' indices. Patterns with a word boundary are matched beside it, see `matcher.ts`. */
export function createAutomaton(patterns: readonly Pattern[]): Automaton {
  let count = 0
  const makeNode = (): Node => ({
    id: count++,
    chars: new Map(),
    sets: new Map(),
    free: [],
    keyed: new Map(),
    loop: null,
    slash: null,
    accepts: [],
  })
  const root = makeNode()

  const extend = (node: Node, token: Token): Node => {
    switch (token.kind) {
      case 'char': {
        const found = node.chars.get(token.code) ?? makeNode()
        node.chars.set(token.code, found)
        return found
      }
      case 'set': {
        const found = node.sets.get(token.set.key) ?? { set: token.set, node: makeNode() }
        node.sets.set(token.set.key, found)
        return found.node
      }
      case 'optional': {
        const key = `optional ${token.set.key}`
        const found = node.sets.get(key) ?? { set: token.set, node: makeNode() }
        if (!node.sets.has(key)) node.free.push(found.node)
        node.sets.set(key, found)
        return found.node
      }
      case 'star':
      case 'directories': {
        const key = `${token.kind} ${token.set.key}`
        const found = node.keyed.get(key)
        if (found) return found
        const repeated = makeNode()
        repeated.loop = token.set
        node.free.push(repeated)
        const after = token.kind === 'star' ? repeated : makeNode()
        if (token.kind === 'directories') {
          repeated.slash = after
          node.free.push(after)
        }
        node.keyed.set(key, after)
        return after
      }
      case 'boundary':
        throw new Error('a word boundary has no place in the automaton')
    }
  }
  patterns.forEach((pattern, index) => {
    for (const sequence of pattern.alternatives) {
      if (hasBoundary(sequence)) continue
      let node = root
      for (const token of sequence) node = extend(node, token)
      if (!node.accepts.includes(index)) node.accepts.push(index)
    }
  })

  const states = new Map<string, State>()
  let remembered = 0
  let successors = 0
  const mark = new Int32Array(count)
  let generation = 0
  const add = (nodes: Node[], first: Node) => {
    const pending = [first]
    for (let node = pending.pop(); node; node = pending.pop()) {
      if (mark[node.id] === generation) continue
      mark[node.id] = generation
      nodes.push(node)
      for (const other of node.free) pending.push(other)
    }
  }
  const intern = (nodes: Node[]): State => {
    nodes.sort((a, b) => a.id - b.id)
    const key = nodes.map((node) => node.id).join()
    const known = states.get(key)
    if (known) return known
    // Number by number, as V8 has another kind of array for what comes out of a set, and the walk is compiled for one of them.
    const accepts: number[] = []
    for (const index of new Set(nodes.flatMap((node) => node.accepts))) accepts.push(index)
    const state: State = {
      nodes,
      accepts: accepts.length === 0 ? none : accepts.sort((a, b) => a - b),
      dead: nodes.length === 0,
      next: [],
      others: new Map(),
    }
    if (remembered < maxNodes) {
      states.set(key, state)
      // A state takes some space even when it has hardly a node.
      remembered += 16 + nodes.length
    }
    return state
  }
  const step = (state: State, code: number): State => {
    generation++
    const nodes: Node[] = []
    for (const node of state.nodes) {
      if (node.loop?.has(code)) add(nodes, node)
      if (code === slash && node.slash) add(nodes, node.slash)
      const literal = node.chars.get(code)
      if (literal) add(nodes, literal)
      for (const { set, node: to } of node.sets.values()) if (set.has(code)) add(nodes, to)
    }
    return intern(nodes)
  }

  /** Below 128, the first time. Who asks looks first, so that V8 need not compile all this into the loop that it is called from. */
  const learn = (state: State, code: number): State => {
    const next = step(state, code)
    if (remembered < maxNodes && successors++ < maxSuccessors) state.next[code] = next
    return next
  }

  generation++
  const first: Node[] = []
  add(first, root)
  const start = intern(first)
  return {
    start,
    runAscii: (state, bytes, from, to) => {
      let current = state
      for (let i = from; i < to; i++) {
        if (current.dead) return current
        const code = bytes[i] ?? 0
        if (code > 127) return null
        current = current.next[code] ?? learn(current, code)
      }
      return current
    },
    run: (state, text, from = 0) => {
      let current = state
      for (let i = from; i < text.length; i++) {
        if (current.dead) return current
        const code = text.charCodeAt(i)
        if (code < 128) {
          current = current.next[code] ?? learn(current, code)
          continue
        }
        const point = text.codePointAt(i) ?? code
        if (point > 0xffff) i++
        let next = current.others.get(point)
        if (!next) {
          next = step(current, point)
          if (remembered < maxNodes && successors++ < maxSuccessors) current.others.set(point, next)
        }
        current = next
      }
      return current
    },
  }
}
