import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Dockerfile } from '../../src/dockerfile/model.ts'
import { parseDockerfile } from '../../src/dockerfile/parse.ts'

function parse(text: string): Dockerfile {
  return parseDockerfile(text, 'Dockerfile')
}

/** The problems as `line: message`. */
function problems(text: string): readonly string[] {
  return parse(text).problems.map(({ at, message }) => `${at?.line}: ${message}`)
}

/** A stage with one instruction: what is wrong with it, without BuildKit's prefix. */
function refusal(line: string): string | undefined {
  return problems(`FROM scratch\n${line}\n`)[0]?.replace('2: dockerfile parse error on line 2: ', '')
}

function words(line: string): readonly string[] | undefined {
  return parse(line).instructions[0]?.words
}

describe('directives', () => {
  it.each([
    ['# syntax=docker/dockerfile:1\n', { syntax: 'docker/dockerfile:1' }],
    ['#syntax = docker/dockerfile:1 --x\n', { syntax: 'docker/dockerfile:1' }],
    ['# SYNTAX=a\n# Escape=`\n# check=skip=all\n', { syntax: 'a', escape: '`', check: 'skip=all' }],
    ['# a comment\n# escape=`\n', { escape: '\\', syntax: null, check: null }],
    ['\n# escape=`\n', { escape: '\\' }],
    ['# other=x\n# escape=`\n', { escape: '\\' }],
    ['#!/bin/x\n# syntax=a\n# escape=`\n', { syntax: 'a', escape: '\\' }],
    ['// syntax=a\n', { syntax: 'a' }],
    ['{"syntax": "a"}', { syntax: 'a' }],
    ['\uFEFF# escape=`\r\n# syntax=a\r\n', { escape: '`', syntax: 'a' }],
    ['  # escape=`\n', { escape: '`' }],
  ])('reads %j', (text, directives) => {
    expect(parse(`${text}FROM a\n`.replace(/\}FROM a\n$/, '}')).directives).toMatchObject(directives)
  })

  it.each([
    ['# escape=`\n# escape=`\nFROM a', '2: only one escape parser directive can be used'],
    ['# escape=x\nFROM a', "1: invalid escape token 'x' does not match ` or \\"],
    ['# check=foo\nFROM a', '1: failed to parse check options: invalid check option "foo"'],
    ['# check=error=maybe\nFROM a', /failed to parse check option "error=maybe"/],
  ])('refuses %j', (text, message) => {
    expect(problems(text)[0]).toEqual(typeof message === 'string' ? message : expect.stringMatching(message))
  })
})

describe('lines', () => {
  it.each([
    ['RUN a \\\n  b', 'RUN a   b'],
    ['RUN a \\  \n# comment\n\n  # more\n b', 'RUN a  b'],
    ['RUN a\\\\\nb', 'RUN a\\\\'],
    ['RUN a\\\\\\\nb', 'RUN a\\\\\\'],
    ['\\\nRUN a', 'RUN a'],
    ['RUN a \\', 'RUN a '],
    ['RUN a # b \\\r\n c\r\n', 'RUN a # b  c'],
    ['# a \\\nRUN b', 'RUN b'],
    ['# escape=`\nRUN a\\\n', 'RUN a\\'],
    ['# escape=`\nRUN a`\n b', 'RUN a b'],
  ])('joins %j', (text, joined) => {
    expect(parse(text).instructions[0]?.text).toBe(joined)
  })

  it('tells the lines and offsets of every instruction', () => {
    const text = '\uFEFF# c\r\n  FROM a\r\n\r\nRUN x \\\r\n  y\r\nCOPY <<E /z\r\nb\r\nE\r\nUSER u'
    const found = parse(text).instructions.map(({ line, endLine, start, end }) => [
      line,
      endLine,
      text.slice(start, end),
    ])
    expect(found).toEqual([
      [2, 2, 'FROM a'],
      [4, 5, 'RUN x \\\r\n  y'],
      [6, 8, 'COPY <<E /z\r\nb\r\nE'],
      [9, 9, 'USER u'],
    ])
  })

  it('refuses a line of more than 65,535 bytes and reads on', () => {
    expect(problems(`FROM a\nRUN ${'ü'.repeat(32_766)}\n`)[0]).toBe(
      '2: dockerfile line greater than max allowed size of 65535',
    )
    expect(problems(`FROM a\nRUN ${'x'.repeat(65_531)}\n`)).toEqual([])
    expect(parse(`FROM a\nRUN ${'x'.repeat(65_532)}\nUSER u\n`).instructions).toHaveLength(3)
  })

  it.each([
    ['', '1: the Dockerfile cannot be empty'],
    ['\n\n', '2: file with no instructions'],
    ['# hello\n', '1: file with no instructions'],
    ['RUN x\n', '1: no build stage in current context'],
    ['ARG A\n', '1: dockerfile contains no stages to build'],
  ])('refuses %j', (text, message) => {
    expect(problems(text)).toEqual([message])
  })
})

describe('arguments', () => {
  it.each([
    ['COPY a  b\t/z', ['a', 'b', '/z']],
    ['COPY "a b" /z', ['"a', 'b"', '/z']],
    ['COPY ["a b", "/z"]', ['a b', '/z']],
    ['copy [ "a\\u0041" , "/z" ] ', ['aA', '/z']],
    ["COPY ['a', '/z']", ["['a',", "'/z']"]],
    ['COPY ["a", "/z"', ['["a",', '"/z"']],
    ['COPY --from=x -- --y /z', ['--y', '/z']],
    ['RUN a  "b c"', ['a  "b c"']],
    ['RUN ["a", "b"]', ['a', 'b']],
    ['ENV a=1 b="x y" c=\'z\'', ['a=1', 'b="x y"', "c='z'"]],
    ['ENV a  b c', ['a', 'b c']],
    ['ENV a =b', ['a', '=b']],
    ['ARG a b=1 "c=x y"', ['a', 'b=1', '"c=x y"']],
    ['FROM a AS b', ['a', 'AS', 'b']],
    ['WORKDIR /a b', ['/a b']],
    ['HEALTHCHECK CMD ["a"]', ['CMD', 'a']],
    ['USER', []],
  ])('splits %s', (line, expected) => {
    expect(words(line)).toEqual(expected)
  })

  it.each([
    ['COPY --from=x a b', [{ name: 'from', value: 'x' }]],
    [
      'COPY --link --chown="a b" a b',
      [
        { name: 'link', value: null },
        { name: 'chown', value: 'a b' },
      ],
    ],
    ["COPY --exclude='*.m d' a b", [{ name: 'exclude', value: '*.m d' }]],
    ['COPY --chown=a\\ b a b', [{ name: 'chown', value: 'a b' }]],
    ['RUN --mount="type=bind,source=a" x', [{ name: 'mount', value: 'type=bind,source=a' }]],
    ['COPY --exclude=ü a b', [{ name: 'exclude', value: 'Ã¼' }]],
  ])('reads the flags of %s', (line, flags) => {
    expect(parse(line).instructions[0]?.flags).toEqual(flags)
  })

  it('reads the instruction that ONBUILD holds', () => {
    const [instruction] = parse('ONBUILD COPY --from=x a b').instructions
    expect(instruction?.onbuild).toMatchObject({
      keyword: 'COPY',
      words: ['a', 'b'],
      flags: [{ name: 'from', value: 'x' }],
    })
  })
})

describe('here-documents', () => {
  it.each([
    ['COPY <<EOF /z\na\nEOF\nUSER u', [{ name: 'EOF', expand: true, body: 'a\n' }]],
    ['COPY <<"EOF" /z\n$a\nEOF\nUSER u', [{ name: 'EOF', expand: false, body: '$a\n' }]],
    ['COPY <<-E /z\n\t\ta\n\tE\nUSER u', [{ name: 'E', expand: true, body: 'a\n' }]],
    [
      'COPY <<A <<B /z/\n1\nA\nCOPY no /z\nB\nUSER u',
      [
        { name: 'A', expand: true, body: '1\n' },
        { name: 'B', expand: true, body: 'COPY no /z\n' },
      ],
    ],
    ['RUN python <<EOF\r\nx\r\nEOF\r\nUSER u', [{ name: 'EOF', expand: true, body: 'x\r\n' }]],
    ['RUN << EOF\nx\nEOF\nUSER u', [{ name: 'EOF', expand: true, body: 'x\n' }]],
    ['RUN 3<<EOF x\nEOF\nUSER u', [{ name: 'EOF', expand: true, body: '' }]],
    ['ONBUILD RUN <<E\nx\nE\nUSER u', [{ name: 'E', expand: true, body: 'x\n' }]],
    ['COPY ["<<E", "/z"]\nUSER u', []],
    ['ENV a=<<E\nUSER u', []],
    ["RUN echo '<<E'\nUSER u", []],
    ['RUN cat <<<E\nUSER u', []],
    ['RUN echo "\nUSER u', []],
  ])('reads those of %j', (text, heredocs) => {
    const { instructions } = parse(text)
    expect(instructions[0]?.heredocs).toEqual(heredocs)
    expect(instructions.map(({ keyword }) => keyword).at(-1)).toBe('USER')
  })

  it('refuses one without an end', () => {
    expect(problems('FROM a\nRUN <<EOF\nx\n')).toEqual(['2: unterminated heredoc'])
  })
})

describe('what BuildKit refuses', () => {
  it.each([
    ['ENTRYPONT x', 'unknown instruction: ENTRYPONT (did you mean ENTRYPOINT?)'],
    ['copi a b', 'unknown instruction: copi (did you mean copy?)'],
    ['XYZZYX x', 'unknown instruction: XYZZYX'],
    ['COPY --frm=x a b', 'unknown flag: --frm (did you mean from?)'],
    ['COPY --foo-bar-baz a b', 'unknown flag: --foo-bar-baz'],
    ['CMD --help', 'unknown flag: --help'],
    ['ADD --from=x a b', 'unknown flag: --from'],
    ['COPY --from a b', 'missing a value on flag: --from'],
    ['COPY --from=a --from=b a b', 'duplicate flag specified: --from'],
    ['COPY --link=maybe a b', 'expecting boolean value for flag --link, not: maybe'],
    ['COPY --link= a b', 'missing a value on flag: --link'],
    [
      'COPY a',
      'COPY requires at least two arguments, but only one was provided. Destination could not be determined',
    ],
    [
      'ADD []',
      'ADD requires at least two arguments, but only one was provided. Destination could not be determined',
    ],
    ['COPY a <<E\nE', 'COPY cannot accept a heredoc as a destination'],
    ['ENV', 'ENV requires at least one argument'],
    ['ENV =x', 'ENV names can not be blank'],
    ['LABEL =x', 'LABEL names can not be blank'],
    ['ARG', 'ARG requires at least one argument'],
    ['ARG =x', 'ARG names can not be blank'],
    ['FROM', 'FROM requires either one or three arguments'],
    ['FROM a b', 'FROM requires either one or three arguments'],
    [
      'FROM a AS 1b',
      'invalid name for build stage: "1b", name can\'t start with a number or contain symbols',
    ],
    ['ONBUILD', 'ONBUILD requires at least one argument'],
    ['ONBUILD ONBUILD RUN x', "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"],
    ['ONBUILD from x', "FROM isn't allowed as an ONBUILD trigger"],
    ['WORKDIR', 'WORKDIR requires exactly one argument'],
    ['USER', 'USER requires exactly one argument'],
    ['MAINTAINER', 'MAINTAINER requires exactly one argument'],
    ['STOPSIGNAL', 'STOPSIGNAL requires exactly one argument'],
    ['EXPOSE', 'EXPOSE requires at least one argument'],
    ['VOLUME', 'VOLUME requires at least one argument'],
    ['VOLUME [" "]', 'VOLUME specified can not be an empty string'],
    ['SHELL []', 'SHELL requires at least one argument'],
    ['SHELL bash', 'SHELL requires the arguments to be in JSON form'],
    ['HEALTHCHECK', 'HEALTHCHECK requires at least one argument'],
    ['HEALTHCHECK NONE x', 'HEALTHCHECK NONE takes no arguments'],
    ['HEALTHCHECK CMD', 'Missing command after HEALTHCHECK CMD'],
    ['HEALTHCHECK GET /', 'Unknown type "GET" in HEALTHCHECK (try CMD)'],
    ['HEALTHCHECK --interval=5 CMD x', 'time: missing unit in duration "5"'],
    ['HEALTHCHECK --interval=x CMD x', 'time: invalid duration "x"'],
    ['HEALTHCHECK --interval=5y CMD x', 'time: unknown unit "y" in duration "5y"'],
    ['HEALTHCHECK --timeout=1us CMD x', 'Interval "timeout" cannot be less than 1ms'],
    ['HEALTHCHECK --retries=x CMD x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['HEALTHCHECK --retries=-1 CMD x', '--retries cannot be negative (-1)'],
    ['RUN --network=wifi x', 'invalid network mode "wifi"'],
    ['RUN --security=none x', 'security "none" is not valid'],
    ['RUN --mount=from=$x x', "'from' doesn't support variable expansion, define alias stage instead"],
    ['RUN --mount= x', 'failed to parse csv mounts: EOF'],
    ['RUN --mount=a"b x', undefined],
    [
      "RUN --mount='a\"b' x",
      'failed to parse csv mounts: parse error on line 1, column 2: bare " in non-quoted field',
    ],
  ])('%s', (line, message) => {
    expect(refusal(line)).toBe(message)
  })

  it.each([
    ['ENV a', 'ENV must have two arguments'],
    ['ENV a=1 b', 'Syntax error - can\'t find = in "b". Must be of the form: name=value'],
    ['COPY ["a", 1]', 'when using JSON array syntax, arrays must be comprised of strings only'],
    ['ONBUILD RUN [1]', 'when using JSON array syntax, arrays must be comprised of strings only'],
  ])('%s stops the line parser', (line, message) => {
    expect(problems(`FROM a\n${line}`)[0]).toBe(`2: ${message}`)
  })

  it.each([
    'RUN',
    'CMD',
    'ENTRYPOINT []',
    'STOPSIGNAL --x 9',
    'ARG --x a',
    'HEALTHCHECK --foo NONE',
    'HEALTHCHECK --interval=1m30s --retries=3 CMD x',
    'ONBUILD COPY --nonsense a b',
    'ONBUILD NONSENSE',
    'MAINTAINER me',
    'COPY --link --chown=a --exclude=a --exclude=b --parents=FALSE a b',
    'ADD --keep-git-dir=true --unpack --checksum=x a b',
    'ENV a =b',
    'FROM a AS B_1.x-',
    'RUN --mount=type=$x,from=a$ x',
  ])('accepts %s', (line) => {
    expect(refusal(line)).toBeUndefined()
  })

  it('puts first what docker prints: the line parser goes through the whole file before anything else', () => {
    expect(problems('FROM a\nCOPY --frm=x a b\nENV a\n')).toEqual([
      '3: ENV must have two arguments',
      '2: dockerfile parse error on line 2: unknown flag: --frm (did you mean from?)',
    ])
  })

  it('reads on after a mistake', () => {
    const { instructions, problems: found } = parse('FORM a AS b\nRUN x\nFROM a b c d\nCOPY a\nCOPY a b\n')
    expect(instructions.map(({ keyword }) => keyword)).toEqual(['FORM', 'RUN', 'FROM', 'COPY', 'COPY'])
    expect(found.map(({ at }) => at?.line)).toEqual([1, 3, 4])
  })
})

describe('mistyped flags', () => {
  it.each([
    ['COPY ..from=exec /bin/x /y', '--from=exec'],
    ['COPY -from=exec /x /y', '--from=exec'],
    ['COPY —from=exec /x /y', '--from=exec'],
    ['COPY -–from=exec /x /y', '--from=exec'],
    ['COPY -form=exec /x /y', '--from=exec'],
    ['COPY from=exec /x /y', '--from=exec'],
    ['COPY /x --from=exec /y', '--from=exec'],
    ['COPY -link /x /y', '--link'],
    ['ADD –chown=a /x /y', '--chown=a'],
    ['ONBUILD COPY -from=exec /x /y', '--from=exec'],
  ])('are found in %s', (line, meant) => {
    const [warning] = parse(`FROM a\n${line}`).warnings
    expect(warning).toMatchObject({ code: 'mistyped-flag', at: { file: 'Dockerfile', line: 2 } })
    expect(warning?.hint).toContain(meant)
  })

  it.each([
    'COPY .env=x /y',
    'COPY ./from=x /y',
    'COPY a --from=x',
    'COPY link parents /y',
    'COPY -- -from=x /y',
    'COPY .link /y',
    'COPY form=x /y',
    'COPY a=b -x /y',
    'RUN -from=x y',
  ])('are not seen in %s', (line) => {
    expect(parse(`FROM a\n${line}`).warnings).toEqual([])
  })
})

const piece = fc.oneof(
  fc.constantFrom(
    'FROM a',
    'COPY',
    'RUN',
    'ONBUILD',
    'ENV',
    '<<E',
    'E',
    '--from=x',
    '[',
    '"a"',
    ']',
    'a=b',
    '#',
    'escape=`',
  ),
  fc.constantFrom(
    ' ',
    '\n',
    '\n',
    '\r\n',
    '\\\n',
    '`\n',
    '\t',
    '\uFEFF',
    '\\',
    '$',
    "'",
    '"',
    '{',
    '}',
    '\u2028',
    'é',
  ),
  fc.string({ maxLength: 3 }),
)
const anyText = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''))

describe('parseDockerfile', () => {
  it('keeps the text: instructions follow each other and hold whole lines', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        let at = 0
        let rebuilt = ''
        let last = 0
        for (const { start, end, line, endLine } of parse(text).instructions) {
          expect(start).toBeGreaterThanOrEqual(at)
          expect(end).toBeGreaterThanOrEqual(start)
          expect(line).toBeGreaterThan(last)
          expect(text.slice(0, start).split('\n')).toHaveLength(line)
          expect(text.slice(0, end).split('\n')).toHaveLength(endLine)
          expect('\n\r').toContain(text.charAt(end))
          rebuilt += text.slice(at, start) + text.slice(start, end)
          at = end
          last = endLine
        }
        expect(rebuilt + text.slice(at)).toBe(text)
      }),
      { numRuns: 3000 },
    )
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(() => parse(text)).not.toThrow()
      }),
      { numRuns: 1000 },
    )
  })

  it('does not care for comments and blank lines between instructions', () => {
    const line = fc.constantFrom('FROM a', 'RUN x \\\n  y', 'COPY a b', 'COPY <<E /z\nE', 'ENV a=b', 'FOO')
    const filler = fc.constantFrom('', '# c', '  # c \\', '\t', '# escape=`')
    fc.assert(
      fc.property(fc.array(fc.tuple(line, filler)), (lines) => {
        const bare = parse(`#\n${lines.map(([text]) => `${text}\n`).join('')}`)
        const filled = parse(`#\n${lines.map(([text, fill]) => `${fill}\n${text}\n`).join('')}`)
        const texts = (file: Dockerfile): readonly string[] => file.instructions.map(({ text }) => text)
        expect(texts(filled)).toEqual(texts(bare))
        expect(filled.problems.map(({ code }) => code)).toEqual(bare.problems.map(({ code }) => code))
      }),
    )
  })

  it.each([
    ['instructions', `FROM a\n${'COPY a /b\n'.repeat(50_000)}`],
    ['continuations', `FROM a\nRUN a${' \\\n b'.repeat(100_000)}`],
    ['unterminated here-documents', `FROM a\n${'RUN <<E\n'.repeat(60_000)}`],
    ['blank lines', '\n'.repeat(500_000)],
    ['chained ONBUILD', `FROM a\n${'ONBUILD '.repeat(60_000)}`],
    ['carriage returns', '\r'.repeat(500_000)],
  ])('reads many %s in time', (_name, text) => {
    const before = performance.now()
    parse(text)
    expect(performance.now() - before).toBeLessThan(1500)
  })
})
