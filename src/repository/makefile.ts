/** Makefiles as far as they are plain: rules, prerequisites, variables with literal values. */

import { joinPath } from '../lib/path.ts'
import type { RecipeStep } from './model.ts'
import { shellSteps } from './shell-steps.ts'

interface Rule {
  readonly prerequisites: string[]
  /** Logical lines of its recipe with the line of the file they begin on, from 1. */
  readonly recipe: { readonly text: string; readonly line: number }[]
  readonly line: number
  /** Where it stands, when that is another file than the makefile itself. */
  readonly file?: string
}

/** A makefile that has been read. */
export interface Makefile {
  readonly file: string
  /** In the order in which they stand; pattern rules and special targets (`.PHONY`) left out. */
  readonly rules: ReadonlyMap<string, Rule>
  readonly variables: ReadonlyMap<string, string>
  /** Rules with a `%` in their target. */
  readonly patterns: readonly { readonly target: string; readonly rule: Rule }[]
  /** Targets that are no files. */
  readonly phony: ReadonlySet<string>
  /** The target of a bare `make`; null when there is none. */
  readonly first: string | null
  /** Files that it includes, as written, where that can be told. */
  readonly includes: readonly string[]
}

const mostRules = 500
const mostLines = 500
const mostPatterns = 50
const mostLookUps = 2_000
const mostExpansion = 20_000
const mostReplacements = 2_000
const mostDepth = 20
const mostSteps = 2_000

/** Reads what is plain of it; conditionals are read as if every branch applied. */
export function readMakefile(text: string, file: string): Makefile {
  const rules = new Map<string, Rule>()
  const variables = new Map<string, string>()
  const includes: string[] = []
  const patterns: { readonly target: string; readonly rule: Rule }[] = []
  const phony = new Set<string>()
  let first: string | null = null
  let open: Rule[] = []
  let inDefine = false
  for (const { text: line, number } of logicalLines(text)) {
    if (inDefine) {
      if (/^\s*endef\b/.test(line)) inDefine = false
      continue
    }
    if (line.startsWith('\t')) {
      for (const rule of open)
        if (rule.recipe.length < mostLines) rule.recipe.push({ text: line.slice(1), line: number })
      continue
    }
    const plain = line.replace(/(?:^|\s)#.*$/, '').trim()
    if (plain === '') continue
    if (/^(?:override\s+)?define\b/.test(plain)) {
      inDefine = true
      continue
    }
    const assigned = /^(?:export\s+|override\s+)*([A-Za-z_][\w.-]*)\s*(\?=|:{0,3}=|\+=|!=)\s*(.*)$/.exec(
      plain,
    )
    if (assigned) {
      const [, name = '', operator = '', value = ''] = assigned
      const known = variables.get(name)
      if (operator === '+=') variables.set(name, known === undefined ? value : `${known} ${value}`)
      else if (operator === '!=') variables.set(name, `$(shell ${value})`)
      else if (operator !== '?=' || known === undefined) variables.set(name, value)
      continue
    }
    const include = /^[-s]?include\s+(.*)$/.exec(plain)
    if (include) {
      for (const name of (include[1] ?? '').split(/\s+/)) if (!/[$*]/.test(name)) includes.push(name)
      continue
    }
    const colon = colonOf(plain)
    if (colon < 0) continue
    const names = expandVariables(plain.slice(0, colon), variables).split(/\s+/).filter(Boolean)
    const [left = '', inline] = splitOnce(plain.slice(colon).replace(/^:+/, ''), ';')
    // `target: NAME = value` sets a variable for it.
    if (/^\s*(?:export\s+)?[A-Za-z_]\w*\s*[:?+]?=/.test(left)) continue
    open = []
    if (names.includes('.PHONY'))
      for (const name of left.split(/\s+/)) if (phony.size < mostRules) phony.add(name)
    for (const name of names) {
      if (name.includes('%') && patterns.length < mostPatterns) {
        const rule = {
          prerequisites: left
            .split(/[\s|]+/)
            .filter(Boolean)
            .slice(0, 20),
          recipe: [],
          line: number,
        }
        patterns.push({ target: name, rule })
        open.push(rule)
      }
      if (name.includes('%') || /^\.[A-Z_]+$/.test(name) || rules.size >= mostRules) continue
      const rule = rules.get(name) ?? { prerequisites: [], recipe: [], line: number }
      rules.set(name, rule)
      if (first === null && !name.startsWith('.')) first = name
      if (rule.prerequisites.length < mostLines)
        rule.prerequisites.push(
          ...expandVariables(left, variables)
            .split(/[\s|]+/)
            .filter(Boolean)
            .slice(0, mostLines),
        )
      if (inline !== undefined && rule.recipe.length < mostLines)
        rule.recipe.push({ text: inline, line: number })
      open.push(rule)
    }
  }
  return { file, rules, patterns, phony, variables, first, includes }
}

/**
 * What `make TARGET` does, in order: prerequisites before the target, each once. A target that is a file is told by a step
 * `make-target` with its `path`, as its recipe need not name it. `directory`: where make runs, relative
 * to the repository's root. `overrides`: variables set on the command line.
 */
export function makeSteps(
  makefile: Makefile,
  target: string,
  {
    directory,
    overrides = new Map(),
  }: { readonly directory: string | null; readonly overrides?: ReadonlyMap<string, string> },
): readonly RecipeStep[] {
  const steps: RecipeStep[] = []
  const done = new Set<string>()
  const variables = new Map([...makefile.variables, ...overrides])
  let lines = 0
  let lookUps = 0
  const visit = (name: string, depth: number): void => {
    if (done.has(name) || done.size >= mostRules || depth > mostDepth || ++lookUps > mostLookUps) return
    const found = ruleFor(makefile, name)
    if (found === null) return
    done.add(name)
    const { rule, prerequisites, stem } = found
    for (const prerequisite of prerequisites) visit(prerequisite, depth + 1)
    const file = rule.file ?? makefile.file
    if (rule.recipe.length > 0 && isFile(makefile, name))
      steps.push({
        kind: 'action',
        at: { file, line: rule.line },
        name: 'make-target',
        inputs: { path: joinPath(directory ?? '', name) },
      })
    const local = new Map([
      ...variables,
      ...([
        ['@', name],
        ['<', prerequisites[0] ?? ''],
        ['^', prerequisites.join(' ')],
        ['*', stem],
      ] as const),
    ])
    for (const { text, line } of rule.recipe) {
      if (steps.length >= mostSteps || ++lines > mostSteps) return
      const command = expandVariables(text.replace(/^[\s@+-]+/, ''), local)
      steps.push(...shellSteps(command, { file, line, directory }))
    }
  }
  visit(target, 0)
  return steps
}

interface Found {
  readonly rule: Rule
  readonly prerequisites: readonly string[]
  readonly stem: string
}

/** The rule of a target: its own, else the first pattern that fits. */
function ruleFor({ rules, patterns }: Makefile, name: string): Found | null {
  const own = rules.get(name)
  if (own !== undefined && own.recipe.length > 0)
    return { rule: own, prerequisites: own.prerequisites, stem: '' }
  for (const { target, rule } of patterns) {
    const [before = '', after = ''] = target.split('%')
    if (name.length < before.length + after.length || !name.startsWith(before) || !name.endsWith(after))
      continue
    // A bare `%` fits every source file too.
    if (before === '' && (after === '' || own === undefined)) continue
    const stem = name.slice(before.length, name.length - after.length)
    const prerequisites = rule.prerequisites.map((one) => one.replaceAll('%', () => stem))
    return { rule, prerequisites: [...prerequisites, ...(own?.prerequisites ?? [])], stem }
  }
  return own === undefined ? null : { rule: own, prerequisites: own.prerequisites, stem: '' }
}

/** Names that people give to what is built; others without a `/` or `.` are as likely names of tasks. */
const outputs = /[/.]|^(?:dist|build|out|target|public|bin|vendor|static|assets|node_modules)$/

const isFile = ({ phony }: Makefile, name: string): boolean => !phony.has(name) && outputs.test(name)

/**
 * The text with `$(NAME)` and `${NAME}` replaced, where their value is there; `$$` is one `$`. Functions and unknown names
 * stay as shell text: `$(shell …)` becomes `$(…)`, an unknown name `${NAME}`. At most 20,000 characters come of it.
 */
function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return expand(text, variables, 0, { replacements: mostReplacements })
}

function expand(
  text: string,
  variables: ReadonlyMap<string, string>,
  depth: number,
  left: { replacements: number },
): string {
  if (!text.includes('$')) return text
  let out = ''
  for (let i = 0; i < text.length && out.length < mostExpansion; i++) {
    if (text[i] !== '$') {
      const next = text.indexOf('$', i)
      out += text.slice(i, next < 0 ? text.length : next)
      i = (next < 0 ? text.length : next) - 1
      continue
    }
    const c = text[i + 1] ?? ''
    if (c === '$') {
      out += '$'
      i++
      continue
    }
    if (c !== '(' && c !== '{') {
      out += variables.get(c) ?? `$${c}`
      i++
      continue
    }
    const end = closing(text, i + 1)
    if (end < 0) return out + text.slice(i, i + mostExpansion)
    const inner = text.slice(i + 2, end)
    i = end
    const value = variables.get(inner)
    if (value !== undefined && depth < mostDepth && --left.replacements > 0)
      out += expand(value, variables, depth + 1, left)
    else if (inner.startsWith('shell ') && depth < mostDepth)
      out += `$(${expand(inner.slice(6), variables, depth + 1, left)})`
    else if (inner === 'CURDIR' || inner === 'PWD') out += '.'
    else if (inner === 'MAKE') out += 'make'
    else if (/^\w+$/.test(inner)) out += `\${${inner}}`
    // A function of make: some text, which a shell variable stands for as well.
    else out += '${MAKE_FUNCTION}'
  }
  return out.slice(0, mostExpansion)
}

function closing(text: string, open: number): number {
  const left = text[open]
  const right = left === '(' ? ')' : '}'
  let depth = 0
  for (let i = open; i < text.length && i < open + 4000; i++) {
    if (text[i] === left) depth++
    else if (text[i] === right && --depth === 0) return i
  }
  return -1
}

/** The colon of a rule: outside `$(…)`; -1 when the line has none. */
function colonOf(line: string): number {
  let depth = 0
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (c === '(' || c === '{') depth++
    else if (c === ')' || c === '}') depth--
    else if (c === ':' && depth <= 0) return line[i + 1] === '=' ? -1 : i
  }
  return -1
}

function splitOnce(text: string, by: string): readonly [string, string?] {
  const at = text.indexOf(by)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** Lines with those that end in `\` joined to the next: in recipes as the shell sees them, elsewhere as one. */
function* logicalLines(text: string): Generator<{ readonly text: string; readonly number: number }> {
  const lines = text.split(/\r?\n/)
  for (let i = 0; i < lines.length; i++) {
    const number = i + 1
    const parts = [lines[i] ?? '']
    const recipe = parts[0]?.startsWith('\t') === true
    while ((lines[i] ?? '').endsWith('\\') && i + 1 < lines.length) {
      i++
      parts.push(lines[i] ?? '')
    }
    yield {
      text: recipe ? parts.join('\n') : parts.map((part) => part.replace(/\\$/, ' ')).join(' '),
      number,
    }
  }
}
