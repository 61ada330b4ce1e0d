/** What is known while a script is gone through: the directory, the variables. */

/** What a variable holds: one text, the items of an array, or (null) what only a run can tell. */
export type Value = { readonly text: string } | { readonly items: readonly string[] } | null

/** Variables assigned since the scope began; those before are found in its parent. */
export interface Scope {
  readonly parent: Scope | null
  readonly own: Map<string, Value>
  /** Functions by name, as the walk numbers them; several where a branch may have defined another. */
  readonly functions: Map<string, readonly number[]>
}

/** A stack of directories as `pushd` keeps it. */
export interface Stack {
  readonly top: string | null
  readonly below: Stack | null
}

/** Mutable; a subshell works on a copy. */
export interface State {
  /** See `location.ts`; null when it cannot be told. */
  directory: string | null
  /** For `cd -`. */
  previous: string | null
  stack: Stack | null
  scope: Scope
  /** True when the directory hangs on where the loop or function around it began. */
  floating: boolean
  /** After `return`, `break` and their like: the block. After `exit`: the script. */
  ended: 'no' | 'block' | 'script'
  /** What was printed as far as it is known: '' for nothing. */
  output: string | null
}

/** The state in which a text begins. */
export function beginning(): State {
  return {
    directory: '',
    previous: null,
    stack: null,
    scope: { parent: null, own: new Map(), functions: new Map() },
    floating: false,
    ended: 'no',
    output: '',
  }
}

/** A copy whose changes do not show in the state it was made of. */
export function forked(state: State): State {
  return { ...state, scope: { parent: state.scope, own: new Map(), functions: new Map() }, output: '' }
}

/** Undefined for a variable that the text never assigns. */
export function lookUp(scope: Scope, name: string): Value | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const value = at.own.get(name)
    if (value !== undefined) return value
  }
  return undefined
}

/** True when both are known, or both never assigned, and the same. */
export function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (a === b) return true
  return a != null && b != null && 'text' in a && 'text' in b && a.text === b.text
}

/** The functions that a name may mean; none for a name that is no function. */
export function functionsNamed(scope: Scope, name: string): readonly number[] {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.functions.get(name)
    if (found !== undefined) return found
  }
  return []
}

/** Forgets what was assigned where it may not have been. */
export function forget(scope: Scope, doubtful: Scope): void {
  for (const [name, value] of doubtful.own) if (!isSame(lookUp(scope, name), value)) scope.own.set(name, null)
  for (const [name, bodies] of doubtful.functions)
    scope.functions.set(name, [...new Set([...functionsNamed(scope, name), ...bodies])])
}

/** After one of several ways: what they assigned holds only where it changed nothing, and the directory where all agree. */
export function join(state: State, ways: readonly State[]): void {
  const going = ways.filter((way) => way.ended === 'no')
  const [first, ...others] = going
  if (first === undefined) {
    state.ended = ways.every((way) => way.ended === 'script') ? 'script' : 'block'
    return
  }
  for (const way of going) forget(state.scope, way.scope)
  state.directory = others.every((way) => way.directory === first.directory) ? first.directory : null
  state.previous = others.every((way) => way.previous === first.previous) ? first.previous : null
  state.stack = others.every((way) => way.stack === first.stack) ? first.stack : null
  state.floating = going.some((way) => way.floating)
}
