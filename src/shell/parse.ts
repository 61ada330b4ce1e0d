/** A shell text → its commands as a tree. POSIX.1-2024 XCU 2.10; bash 5.2 manual 3.2. */

import {
  createSource,
  deeper,
  ended,
  mostCommands,
  type PendingDocument,
  type Source,
  sees,
  skipBlanks,
  stop,
  type Trouble,
  take,
} from './source.ts'
import type {
  AndOr,
  Assignment,
  Branch,
  CaseArm,
  Command,
  Compound,
  List,
  Pipeline,
  Position,
  Redirect,
  Word,
} from './tree.ts'
import { isLiteral, textOf } from './tree.ts'
import { isArithmetic, readWord } from './word.ts'

/** A plain word of at most a keyword's length, up to a blank or an operator. */
const shortWord = /[a-z!{}[\]]{1,8}(?=[\s;&|()<>]|\\\n|$)/y
/** What no command can begin with: it ends the list it stands in. */
const closers = new Set(['then', 'elif', 'else', 'fi', 'do', 'done', 'esac', '}'])
const functionName = /([^\s;&|()<>"'`$\\#=]{1,200})[ \t]*\([ \t]*\)/y
const assignment = /([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]\n]{0,200}\])?(\+?=)/y
const redirection =
  /(?:[0-9]{1,9}|\{[A-Za-z_][A-Za-z0-9_]{0,60}\})?(<<<|<<-|<<|<>|<&|<(?!\()|>>|>&|>\||>(?!\())|(&>>|&>)/y

/**
 * The commands of a text up to its end, or up to where it stops making sense, which `trouble` then tells. `host`: where
 * the text stands in another one, `depth` levels deep.
 */
export function parseShell(
  text: string,
  trouble: Trouble,
  options: { readonly host?: Position | null; readonly depth?: number } = {},
): List {
  const source = createSource(text, trouble, options)
  const list = readList(source)
  if (!ended(source)) stop(source, `unexpected ${take(source, /[a-z]+|[\s\S]/y)?.[0] ?? ''}`)
  const unmet = source.pending[0]
  if (unmet !== undefined) stop(source, `the here-document ${unmet.delimiter} has no lines`)
  return list
}

function readList(source: Source): List {
  const items: AndOr[] = []
  // Empty substitutions cost as much as commands.
  if (++source.trouble.commands > mostCommands) stop(source, 'there are too many commands')
  for (;;) {
    skipSeparators(source)
    if (ended(source) || sees(source, /[);]/y) || closers.has(peekKeyword(source))) return { items }
    const before = source.at
    const { first, rest } = readAndOr(source)
    skipBlanks(source)
    const background = sees(source, /&(?![&>])/y)
    if (background) source.at++
    items.push({ first, rest, background })
    if (source.at === before) {
      stop(source, `unexpected ${source.text.charAt(source.at)}`)
      return { items }
    }
  }
}

/** Newlines and single `;`; at a newline the here-documents that were announced are read. */
function skipSeparators(source: Source): void {
  for (;;) {
    skipBlanks(source)
    if (source.text.charAt(source.at) === '\n') newline(source)
    else if (sees(source, /;(?![;&])/y)) source.at++
    else return
  }
}

function skipNewlines(source: Source): void {
  for (skipBlanks(source); source.text.charAt(source.at) === '\n'; skipBlanks(source)) newline(source)
}

function newline(source: Source): void {
  source.at++
  for (const document of source.pending.splice(0)) readDocument(source, document)
}

function readDocument(source: Source, { delimiter, expand, chomp, into }: PendingDocument): void {
  const { text, at: from } = source
  const lines: string[] = []
  for (;;) {
    if (ended(source)) {
      stop(source, `the here-document ${delimiter} is not closed`, from - 1)
      return
    }
    const end = text.indexOf('\n', source.at)
    const line = text.slice(source.at, end < 0 ? text.length : end)
    source.at = end < 0 ? text.length : end + 1
    const content = chomp ? line.replace(/^\t+/, '') : line
    if (content === delimiter) break
    lines.push(content)
  }
  const body = lines.map((line) => `${line}\n`).join('')
  const at = source.position(from)
  if (expand) {
    const inner = createSource(body, source.trouble, { host: at, depth: source.depth })
    into.body = deeper(inner, () => readWord(inner, readList, 'document'), null)
  } else into.body = { parts: [{ kind: 'text', text: body, quoted: true }], at, quoted: true }
  // The newline before the next command has been read with the last line.
}

function peekKeyword(source: Source): string {
  shortWord.lastIndex = source.at
  return shortWord.exec(source.text)?.[0] ?? ''
}

/** Takes the keyword if it is next, blanks before it included. */
function keyword(source: Source, wanted: string): boolean {
  skipSeparators(source)
  if (peekKeyword(source) !== wanted) return false
  source.at += wanted.length
  return true
}

function expectKeyword(source: Source, wanted: string, opened: string, from: number): void {
  if (!keyword(source, wanted)) stop(source, `${opened} without ${wanted}`, from)
}

function readAndOr(source: Source): Pick<AndOr, 'first' | 'rest'> {
  const first = readPipeline(source)
  const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = []
  for (;;) {
    skipBlanks(source)
    const operator = take(source, /&&|\|\|/y)?.[0]
    if (operator === undefined) return { first, rest }
    skipNewlines(source)
    const before = source.at
    const pipeline = readPipeline(source)
    if (source.at === before) stop(source, `nothing follows ${operator}`)
    rest.push({ operator: operator === '&&' ? '&&' : '||', pipeline })
  }
}

function readPipeline(source: Source): Pipeline {
  const commands: Command[] = []
  for (;;) {
    skipBlanks(source)
    while (peekKeyword(source) === '!') {
      source.at++
      skipBlanks(source)
    }
    // `time` before a simple command is one of its words; see program.ts.
    if (sees(source, /time[ \t]+(?:[({]|if|for|while|until|case)[\s(]/y)) take(source, /time[ \t]+/y)
    const before = source.at
    const command = readCommand(source)
    if (command !== null) commands.push(command)
    else if (commands.length > 0 && source.at === before) stop(source, 'nothing follows |')
    skipBlanks(source)
    if (take(source, /\|&|\|(?!\|)/y) === null) return commands
    skipNewlines(source)
  }
}

/** Null when there is nothing that could be one, or it does not end. */
function readCommand(source: Source): Command | null {
  if (++source.trouble.commands > mostCommands) {
    stop(source, 'there are too many commands')
    return null
  }
  const at = source.position(source.at)
  const from = source.at
  const defined = sees(source, functionName) ? take(source, functionName) : null
  if (defined !== null) return readFunction(source, at, defined[1] ?? '')
  if (take(source, /function(?=[ \t])/y) !== null) {
    const name = take(source, /[ \t]+([^\s;&|()<>"'`$\\]{1,200})(?:[ \t]*\([ \t]*\))?/y)
    return readFunction(source, at, name?.[1] ?? '')
  }
  const body = deeper(source, () => readCompound(source, from), null)
  if (body !== null) return { kind: 'compound', at, body, redirects: readRedirects(source) }
  return source.at === from ? readSimple(source, at) : null
}

function readFunction(source: Source, at: Position, name: string): Command | null {
  const from = source.at
  skipNewlines(source)
  const body = deeper(source, () => readCommand(source), null)
  if (body !== null) return { kind: 'function', at, name, body }
  stop(source, `the function ${name} has no body`, from)
  return null
}

/** Null when the next command is none of these. */
function readCompound(source: Source, from: number): Compound | null {
  if (source.text.charAt(from) === '(') return readParentheses(source, from)
  const word = peekKeyword(source)
  switch (word) {
    case '{': {
      source.at++
      const list = readList(source)
      expectKeyword(source, '}', 'a {', from)
      return { kind: 'group', subshell: false, list }
    }
    case 'if':
      source.at += 2
      return readIf(source, from)
    case 'while':
    case 'until': {
      source.at += 5
      const condition = readList(source)
      return { kind: 'while', condition, body: readLoopBody(source, from, word) }
    }
    case 'for':
    case 'select':
      source.at += word.length
      return readFor(source, from, word)
    case 'case':
      source.at += 4
      return readCase(source, from)
    default:
      return null
  }
}

function readParentheses(source: Source, from: number): Compound {
  if (source.text.startsWith('((', from) && isArithmetic(source.text, from + 2)) {
    source.at += 2
    const word = readWord(source, readList, 'arithmetic')
    source.at = Math.min(source.at + 2, source.text.length)
    return { kind: 'arithmetic', word }
  }
  source.at++
  const list = readList(source)
  if (source.text.charAt(source.at) === ')') source.at++
  else stop(source, 'a ( is not closed', from)
  return { kind: 'group', subshell: true, list }
}

function readIf(source: Source, from: number): Compound {
  const branches: Branch[] = []
  do {
    const condition = readList(source)
    expectKeyword(source, 'then', 'an if', from)
    branches.push({ condition, body: readList(source) })
  } while (keyword(source, 'elif'))
  const otherwise = keyword(source, 'else') ? readList(source) : null
  expectKeyword(source, 'fi', 'an if', from)
  return { kind: 'if', branches, otherwise }
}

function readLoopBody(source: Source, from: number, opened: string): List {
  if (keyword(source, '{')) {
    const list = readList(source)
    expectKeyword(source, '}', 'a {', from)
    return list
  }
  expectKeyword(source, 'do', `a ${opened}`, from)
  const list = readList(source)
  expectKeyword(source, 'done', `a ${opened}`, from)
  return list
}

function readFor(source: Source, from: number, opened: string): Compound {
  skipBlanks(source)
  if (take(source, /\(\(/y) !== null) {
    const word = readWord(source, readList, 'arithmetic')
    source.at = Math.min(source.at + 2, source.text.length)
    return { kind: 'for', name: null, words: [word], body: readLoopBody(source, from, opened) }
  }
  const name = take(source, /[A-Za-z_][A-Za-z0-9_]*/y)?.[0]
  if (name === undefined) {
    stop(source, `a ${opened} without a name`, from)
    return { kind: 'for', name: null, words: [], body: { items: [] } }
  }
  skipNewlines(source)
  const words: Word[] = []
  if (take(source, /in(?=[\s;]|$)/y) !== null) {
    for (skipBlanks(source); !ended(source) && !sees(source, /[\n;]/y); skipBlanks(source)) {
      const word = readWord(source, readList)
      if (word.parts.length === 0) {
        stop(source, `unexpected ${source.text.charAt(source.at)}`)
        break
      }
      words.push(word)
    }
  }
  return { kind: 'for', name, words, body: readLoopBody(source, from, opened) }
}

function readCase(source: Source, from: number): Compound {
  skipBlanks(source)
  const word = readWord(source, readList)
  skipNewlines(source)
  if (take(source, /in(?=[\s\\]|$)/y) === null) stop(source, 'a case without in', from)
  const arms: CaseArm[] = []
  for (;;) {
    skipNewlines(source)
    if (peekKeyword(source) === 'esac') {
      source.at += 4
      return { kind: 'case', word, arms }
    }
    if (ended(source)) {
      stop(source, 'a case without esac', from)
      return { kind: 'case', word, arms }
    }
    const patterns = readPatterns(source)
    const body = readList(source)
    arms.push({ patterns, body })
    skipSeparators(source)
    if (take(source, /;;&|;;|;&/y) === null && peekKeyword(source) !== 'esac')
      stop(source, 'a case without esac', from)
  }
}

function readPatterns(source: Source): readonly Word[] {
  const patterns: Word[] = []
  take(source, /\(/y)
  for (;;) {
    skipBlanks(source)
    const pattern = readWord(source, readList)
    if (pattern.parts.length > 0) patterns.push(pattern)
    skipBlanks(source)
    const next = take(source, /[)|]/y)?.[0]
    if (next === ')') return patterns
    if (next === undefined) {
      stop(source, 'a pattern of a case has no )')
      return patterns
    }
  }
}

function readSimple(source: Source, at: Position): Command | null {
  const assignments: Assignment[] = []
  const words: Word[] = []
  const redirects: Redirect[] = []
  const before = source.trouble.first
  for (;;) {
    skipBlanks(source)
    const redirect = readRedirect(source)
    if (redirect !== null) {
      redirects.push(redirect)
      continue
    }
    if (words.length === 0) {
      const assigned = readAssignment(source)
      if (assigned !== null) {
        assignments.push(assigned)
        continue
      }
    }
    const word = readWord(source, readList)
    if (word.parts.length === 0) break
    if (words.length === 0 && !word.quoted && isLiteral(word) && textOf(word) === '[[') {
      words.push(word)
      readTest(source, words)
      continue
    }
    words.push(word)
    const first = words[0]
    // The words of these are assignments too, and may be lists in parentheses.
    if (first !== undefined && declaring.has(textOf(first))) readDeclared(source, words, assignments)
  }
  // A command that the text breaks off in is not listed: who knows what it was to be.
  if (source.trouble.first !== before && ended(source)) return null
  if (words.length === 0 && assignments.length === 0 && redirects.length === 0) return null
  return { kind: 'simple', at, assignments, words, redirects }
}

const declaring = new Set(['export', 'readonly', 'local', 'declare', 'typeset'])

/** `NAME=(…)` after `declare -a` and its like, which is no word; plain assignments there stay words. */
function readDeclared(source: Source, words: Word[], assignments: Assignment[]): void {
  skipBlanks(source)
  if (!sees(source, /[A-Za-z_][A-Za-z0-9_]*\+?=\(/y)) return
  const assigned = readAssignment(source)
  if (assigned === null) return
  assignments.push(assigned)
  readDeclared(source, words, assignments)
}

/** The words of `[[ … ]]` after its beginning, its end included. */
function readTest(source: Source, words: Word[]): void {
  const from = source.at
  for (;;) {
    skipNewlines(source)
    if (ended(source)) {
      stop(source, 'a [[ is not closed', from)
      return
    }
    const closing = sees(source, /\]\](?=[\s;&|()<>]|$)/y)
    words.push(readWord(source, readList, closing ? 'plain' : 'test'))
    if (closing) return
  }
}

function readAssignment(source: Source): Assignment | null {
  const from = source.at
  const found = take(source, assignment)
  if (found === null) return null
  const [written, name = '', operator] = found
  const append = operator === '+='
  if (source.text.charAt(source.at) !== '(') {
    const value = readWord(source, readList)
    return { name, append, value, items: null, text: written + textOf(value) }
  }
  source.at++
  const items: Word[] = []
  const value: Word = { parts: [], at: source.position(from), quoted: false }
  for (;;) {
    skipNewlines(source)
    if (take(source, /\)/y) !== null)
      return { name, append, value, items, text: source.text.slice(from, source.at) }
    const item = readWord(source, readList)
    if (item.parts.length === 0) {
      stop(source, `the list of ${name} is not closed`, from)
      return { name, append, value, items, text: written }
    }
    items.push(item)
  }
}

function readRedirects(source: Source): readonly Redirect[] {
  const redirects: Redirect[] = []
  for (;;) {
    skipBlanks(source)
    const redirect = readRedirect(source)
    if (redirect === null) return redirects
    redirects.push(redirect)
  }
}

function readRedirect(source: Source): Redirect | null {
  const found = take(source, redirection)
  if (found === null) return null
  const operator = found[1] ?? found[2] ?? ''
  skipBlanks(source)
  const target = readWord(source, readList)
  if (target.parts.length === 0) stop(source, `nothing follows ${operator}`)
  switch (operator) {
    case '<':
      return { kind: 'read', target, document: null }
    case '<<':
    case '<<-': {
      const into = { body: null }
      const delimiter = textOf(target)
      source.pending.push({ delimiter, expand: !target.quoted, chomp: operator === '<<-', into })
      return { kind: 'document', target, document: into }
    }
    case '<<<':
    case '<&':
      return { kind: 'other', target, document: null }
    case '>&':
      // A number or `-` is a descriptor, anything else a file (bash 5.2 manual 3.6.4).
      return { kind: /^(?:[0-9]+|-)$/.test(textOf(target)) ? 'other' : 'write', target, document: null }
    default:
      return { kind: 'write', target, document: null }
  }
}
