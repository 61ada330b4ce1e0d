/** A Dockerfile's text as instructions. moby/buildkit frontend/dockerfile/parser/parser.go, line_parsers.go. */

import type { Problem } from '../lib/source.ts'
import { trimSpace } from '../lib/space.ts'
import type { Refusal } from './check.ts'
import { checkInstruction, flagNames, isBoolFlag, meantKeyword, readFlag } from './check.ts'
import type { LineProblem, LogicalLine } from './lines.ts'
import { DirectiveReader, LineReader, nextLogicalLine, readDirectives } from './lines.ts'
import type { Dockerfile, Heredoc, Instruction } from './model.ts'
import { parseBool } from './mount.ts'
import { quoted } from './suggest.ts'
import {
  cutAtBlanks,
  heredocMarks,
  parseHeredocMark,
  parseJsonWords,
  splitAtBlanks,
  splitCommand,
  splitQuoted,
} from './words.ts'

/** An instruction with what is wrong with it: `syntax` stops BuildKit's parser, `refusal` what comes after it. */
interface Parsed {
  readonly instruction: Instruction
  readonly syntax: Refusal | null
  readonly refusal: Refusal | null
  /** A bare `--` ended its flags. */
  readonly dashes: boolean
}

interface Arguments {
  readonly words: readonly string[]
  readonly json: boolean
  readonly syntax: Refusal | null
}

const mixedArray: Refusal = {
  code: 'json-array',
  message: 'when using JSON array syntax, arrays must be comprised of strings only',
  hint: 'put every element in double quotes',
}

function plain(words: readonly string[]): Arguments {
  return { words, json: false, syntax: null }
}

function jsonOr(args: string, otherwise: (args: string) => readonly string[]): Arguments {
  const words = parseJsonWords(args)
  if (words === null) return plain(otherwise(args))
  if (words === 'mixed') return { words: otherwise(args), json: false, syntax: mixedArray }
  return { words, json: true, syntax: null }
}

function whole(args: string): readonly string[] {
  return args === '' ? [] : [args]
}

/** `NAME=VALUE…`, or the old form `NAME VALUE`, which gives two words of which the first has no `=`. */
function parsePairs(keyword: string, args: string, escapeChar: string): Arguments {
  const words = splitQuoted(args, escapeChar)
  const syntax = (message: string): Arguments => {
    return {
      words,
      json: false,
      syntax: { code: 'name-value', message, hint: `write ${keyword} NAME=VALUE` },
    }
  }
  if (words[0] === undefined) return plain([])
  if (!words[0].includes('=')) {
    const [name, value] = cutAtBlanks(args)
    return value === null ? syntax(`${keyword} must have two arguments`) : plain([name, value])
  }
  const bad = words.find((word) => !word.includes('='))
  if (bad === undefined) return plain(words)
  return syntax(`Syntax error - can't find = in ${quoted(bad)}. Must be of the form: name=value`)
}

function parseHealthcheck(args: string): Arguments {
  const [type, rest] = cutAtBlanks(args)
  const command = jsonOr(rest ?? '', whole)
  return { ...command, words: type === '' ? [] : [type, ...command.words] }
}

function parseArguments(keyword: string, args: string, escapeChar: string): Arguments {
  switch (keyword) {
    case 'ADD':
    case 'COPY':
    case 'VOLUME':
      return jsonOr(args, splitAtBlanks)
    case 'CMD':
    case 'ENTRYPOINT':
    case 'RUN':
    case 'SHELL':
      return jsonOr(args, whole)
    case 'ENV':
    case 'LABEL':
      return parsePairs(keyword, args, escapeChar)
    case 'ARG':
      return plain(splitQuoted(args, escapeChar))
    case 'EXPOSE':
    case 'FROM':
      return plain(splitAtBlanks(args))
    case 'HEALTHCHECK':
      return parseHealthcheck(args)
    default:
      return plain(whole(args))
  }
}

/** What BuildKit counts as the arguments: of ENV and LABEL the names and values, of ONBUILD the words of its instruction. */
function parseLine(line: LogicalLine, escapeChar: string, nested: boolean): Parsed {
  const { keyword: written, flags, args, dashes } = splitCommand(line.text, escapeChar)
  const keyword = written.toUpperCase()
  // BuildKit reads ONBUILD ONBUILD ONBUILD… to its end before it refuses it; one level is enough to tell.
  const child =
    keyword === 'ONBUILD' && args !== '' && !nested
      ? parseLine({ ...line, text: args }, escapeChar, true)
      : null
  const { words, json, syntax } = parseArguments(keyword, args, escapeChar)
  const counted = child === null ? words : [splitCommand(args, escapeChar).keyword]
  const refusal = checkInstruction({ keyword, written, flags, args: counted, json })
  return {
    instruction: {
      keyword,
      line: line.line,
      endLine: line.endLine,
      start: line.start,
      end: line.end,
      text: line.text,
      flags: flags.map(readFlag),
      words,
      json,
      heredocs: [],
      onbuild: child?.instruction ?? null,
    },
    syntax: syntax ?? child?.syntax ?? null,
    refusal,
    dashes,
  }
}

/** The instruction of an ONBUILD as BuildKit reads it again when it fires: escape `\`, whatever the directive says. */
export function parseTrigger(held: Instruction): {
  readonly instruction: Instruction
  readonly refusal: Refusal | null
} {
  const { instruction, syntax, refusal } = parseLine(held, '\\', true)
  return { instruction: { ...instruction, heredocs: held.heredocs }, refusal: syntax ?? refusal }
}

function takesHeredocs({ keyword, json, onbuild }: Instruction): boolean {
  if (keyword === 'ONBUILD') return onbuild !== null && takesHeredocs({ ...onbuild, onbuild: null })
  return !json && (keyword === 'ADD' || keyword === 'COPY' || keyword === 'RUN')
}

/** Reads the bodies that follow the instruction; returns it longer by them, and whether the last one has an end. */
function readHeredocs(
  instruction: Instruction,
  reader: LineReader,
): { readonly instruction: Instruction; readonly ended: boolean } {
  const marks =
    takesHeredocs(instruction) && instruction.text.includes('<<') ? heredocMarks(instruction.text) : []
  if (marks.length === 0) return { instruction, ended: true }
  const heredocs: Heredoc[] = []
  let { endLine, end } = instruction
  let ended = true
  for (const { name, expand, chomp } of marks) {
    let from: number | null = null
    let to = 0
    ended = false
    for (let line = reader.next(); line !== null; line = reader.next()) {
      from ??= line.start
      endLine = line.number
      end = line.end
      const text = reader.text.slice(line.start, line.end)
      ended = (chomp ? text.replace(/^\t+/, '') : text) === name
      to = ended ? line.start : line.next
      if (ended) break
    }
    const body = from === null ? '' : reader.text.slice(from, to)
    heredocs.push({ name, expand, body: chomp ? body.replace(/^\t+/gm, '') : body })
    if (!ended) break
  }
  const onbuild = instruction.onbuild === null ? null : { ...instruction.onbuild, heredocs, endLine, end }
  return { instruction: { ...instruction, heredocs, endLine, end, onbuild }, ended }
}

/** `..from=x`, `-from=x`, `—from=x`, or a flag after the first source: docker takes them for paths. */
function mistypedFlag(keyword: string, word: string): string | null {
  const found = /^([-.\u2010-\u2015\u2212\uFE58\uFE63\uFF0D]*)([A-Za-z][A-Za-z-]*)(=.*)?$/s.exec(word)
  const name = found?.[2]?.toLowerCase() ?? ''
  const value = found?.[3] ?? ''
  if (found === null || name === '') return null
  const bare = found[1] === ''
  const dotted = found[1] === '.'
  const letters = (text: string): string => [...text].sort().join('')
  const flag = flagNames(keyword).find((known) => {
    if (value === '' && (!isBoolFlag(keyword, known) || bare || dotted)) return false
    return known === name || (!bare && !dotted && letters(known) === letters(name))
  })
  if (flag === undefined || (value === '' && name !== flag)) return null
  return `--${flag}${value}`
}

function findMistypedFlags(instruction: Instruction, file: string): readonly Problem[] {
  const { keyword, words, line } = instruction
  if (keyword !== 'COPY' && keyword !== 'ADD') return []
  const found: Problem[] = []
  for (const word of words.slice(0, -1)) {
    const meant = mistypedFlag(keyword, word)
    if (meant === null || parseHeredocMark(word) !== null) continue
    found.push({
      code: 'mistyped-flag',
      message: `${word} is taken for a path to copy, not for a flag`,
      at: { file, line },
      hint: `write ${meant} right after ${keyword}`,
    })
  }
  return found
}

/** linter.ParseLintOptions: what is wrong with `# check=`. */
function checkOptionProblem(check: string): string | null {
  if (trimSpace(check) === '') return null
  const parts = trimSpace(check).split(';')
  for (const part of parts.length > 3 ? [...parts.slice(0, 2), parts.slice(2).join(';')] : parts) {
    const at = part.indexOf('=')
    if (at < 0) return `invalid check option ${quoted(part)}`
    const name = trimSpace(part.slice(0, at))
    if (!['skip', 'experimental', 'error'].includes(name)) return `invalid check option ${quoted(name)}`
    const value = trimSpace(part.slice(at + 1))
    if (name === 'error' && parseBool(value) === null) {
      return `failed to parse check option ${quoted(part)}: strconv.ParseBool: parsing ${quoted(value)}: invalid syntax`
    }
  }
  return null
}

/**
 * Reads a Dockerfile. Nothing is thrown; after a mistake the rest is read all the same.
 * The problems are in BuildKit's order, which goes through the file twice: first all that stops its line parser, then
 * all that is wrong with single instructions. The first is what docker prints. Linear in the length of the text.
 */
export function parseDockerfile(text: string, file: string): Dockerfile {
  const reader = new LineReader(text)
  const directiveReader = new DirectiveReader()
  const instructions: Instruction[] = []
  const syntax: LineProblem[] = []
  const refusals: LineProblem[] = []
  const warnings: Problem[] = []
  let stages = 0
  let froms = 0
  let orphan = false

  for (
    let line = nextLogicalLine(reader, directiveReader);
    line !== null;
    line = nextLogicalLine(reader, directiveReader)
  ) {
    const parsed = parseLine(line, directiveReader.escape, false)
    const { instruction, ended } = readHeredocs(parsed.instruction, reader)
    const at = instruction.line
    instructions.push(instruction)
    if (parsed.syntax !== null) syntax.push({ ...parsed.syntax, line: at })
    if (!ended) {
      const name = instruction.heredocs.at(-1)?.name ?? ''
      const hint = `end it with a line that is ${name} and nothing else`
      syntax.push({ code: 'unterminated-heredoc', message: 'unterminated heredoc', line: at, hint })
    }
    if (parsed.refusal !== null) {
      const message = `dockerfile parse error on line ${at}: ${parsed.refusal.message}`
      refusals.push({ ...parsed.refusal, message, line: at })
    }
    if (instruction.keyword === 'FROM') stages++
    const unknown = froms === 0 && parsed.refusal?.code === 'unknown-instruction'
    if (instruction.keyword === 'FROM' || (unknown && meantKeyword(instruction.keyword) === 'FROM')) froms++
    if (froms === 0 && instruction.keyword !== 'ARG' && !orphan && parsed.refusal === null) {
      orphan = true
      const message = 'no build stage in current context'
      refusals.push({ code: 'no-stage', message, line: at, hint: 'start with FROM' })
    }
    if (!parsed.dashes) warnings.push(...findMistypedFlags(instruction, file))
    if (instruction.onbuild !== null) warnings.push(...findMistypedFlags(instruction.onbuild, file))
  }

  const directives = readDirectives(text, directiveReader.escape)
  const option = directives.check === null ? null : checkOptionProblem(directives.check)
  const first: LineProblem[] = []
  if (text === '') {
    first.push({ code: 'empty', message: 'the Dockerfile cannot be empty', line: 1, hint: 'start with FROM' })
  } else if (option !== null) {
    const message = `failed to parse check options: ${option}`
    first.push({
      code: 'invalid-directive',
      message,
      line: 1,
      hint: 'write skip=…, error=true or experimental=…',
    })
  }
  for (const line of reader.tooLong) {
    const message = 'dockerfile line greater than max allowed size of 65535'
    syntax.push({ code: 'line-too-long', message, line, hint: 'break the line with continuations' })
  }
  syntax.push(...directiveReader.problems)
  syntax.sort((a, b) => a.line - b.line)
  if (text !== '' && instructions.length === 0) {
    const line = Math.max(1, reader.count)
    syntax.push({
      code: 'no-instructions',
      message: 'file with no instructions',
      line,
      hint: 'start with FROM',
    })
  } else if (stages === 0 && froms === 0 && text !== '' && !orphan) {
    const line = instructions.at(-1)?.line ?? 1
    refusals.push({
      code: 'no-stage',
      message: 'dockerfile contains no stages to build',
      line,
      hint: 'add a FROM',
    })
  }
  const problems = [...first, ...syntax, ...refusals].map(({ code, message, line, hint }) => {
    return { code, message, at: { file, line }, hint }
  })
  return { file, text, directives, instructions, problems, warnings }
}
