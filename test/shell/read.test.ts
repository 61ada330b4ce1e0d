import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ShellCommand } from '../../src/shell/model.ts'
import { readShell } from '../../src/shell/read.ts'

const wordsOf = (text: string) => readShell(text).commands.map(({ words }) => words)
/** `words` joined, with a `?` before those that may not run. */
const outline = (text: string) =>
  readShell(text).commands.map(({ words, conditional }) => `${conditional ? '?' : ''}${words.join(' ')}`)
const places = (text: string, options = {}) =>
  readShell(text, options).commands.map(({ words, directory }) => [words[0] ?? '', directory])
const find = (text: string, program: string, options = {}): ShellCommand => {
  const found = readShell(text, options).commands.find(({ words }) => words[0] === program)
  if (found === undefined) throw new Error(`no ${program} in ${text}`)
  return found
}

describe('words', () => {
  it('lose their quotes and keep their expansions', () => {
    expect(wordsOf(`a 'b c' "d $E" f\\ g $'h\\ti\\x41' "\${J:-k l}" x"y"'z' "" $(m "n") \`o\``)[0]).toEqual([
      ...['a', 'b c', 'd $E', 'f g', 'h\tiA', '${J:-k l}', 'xyz', '', '$(m "n")', '`o`'],
    ])
  })

  it('go on after a continued line', () => {
    expect(wordsOf('docker build \\\n  -t a \\\n  . # the end\nb')).toEqual([
      ['docker', 'build', '-t', 'a', '.'],
      ['b'],
    ])
  })

  it('hold an expression of a workflow in one piece', () => {
    expect(wordsOf("a x:${{ github.event.inputs.tag || 'it''s' }}-y ${{ a }}")).toEqual([
      ['a', "x:${{ github.event.inputs.tag || 'it''s' }}-y", '${{ a }}'],
    ])
  })

  it('are no comment after a # in the middle', () => {
    expect(wordsOf('a b#c #d\n# e\nf')).toEqual([['a', 'b#c'], ['f']])
  })

  it('are the same with the line ends of Windows', () => {
    expect(wordsOf('a b\r\nc \\\r\n d\r\n')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ])
  })

  it('leave out assignments and redirections, which are told apart', () => {
    const [command] = readShell(`A=1 B="x y" a 2>&1 >out b >> 'log file' < in 3<&- &> all <<< text`).commands
    expect(command).toMatchObject({
      words: ['a', 'b'],
      assignments: ['A=1', 'B=x y'],
      writes: ['out', 'log file', 'all'],
      reads: ['in'],
    })
  })

  it('are none for an assignment or a redirection alone', () => {
    expect(readShell('A=b\n> c\n{ d; } > e').commands).toMatchObject([
      { words: [], assignments: ['A=b'] },
      { words: [], writes: ['c'] },
      { words: [], writes: ['e'] },
      { words: ['d'] },
    ])
  })

  it('survive quoting, whatever they hold', () => {
    const word = fc.string({ unit: fc.constantFrom('a', ' ', "'", '"', '$', '`', '\\', '\n', '#', '(', ';') })
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), (words) => {
        const text = ['x', ...words.map((one) => `'${one.replaceAll("'", "'\\''")}'`)].join(' ')
        const script = readShell(text)
        expect(script.unread).toBeNull()
        expect(script.commands.map((command) => command.words)).toEqual([['x', ...words]])
      }),
    )
  })
})

describe('the commands', () => {
  it('stand in the order of the text, with their lines', () => {
    expect(
      readShell('a "$(b)" &&\n  c | d\n\ne').commands.map(({ words, line }) => [words[0], line]),
    ).toEqual([
      ['a', 0],
      ['b', 0],
      ['c', 1],
      ['d', 1],
      ['e', 3],
    ])
  })

  it('are found in every kind of list', () => {
    expect(outline('a; b & c | d |& e; (f; g) && { h; }; ! i; time j; time { k; }')).toEqual(
      'a,b,c,d,e,f,g,h,i,time j,k'.split(','),
    )
  })

  it('are conditional on the right of ||, not of &&', () => {
    expect(outline('a && b || c && d')).toEqual(['a', 'b', '?c', 'd'])
  })

  it('are conditional in branches, not in what is asked first', () => {
    expect(outline('if a; then b; elif c; then d; else e; fi; f')).toEqual([
      ...['a', '?b', '?c', '?d', '?e', 'f'],
    ])
  })

  it('are conditional in loops, not in the words and the first question', () => {
    expect(outline('for x in $(a); do b; done; while c; do d; done\nuntil e\ndo f\ndone')).toEqual([
      ...['a', '?b', 'c', '?d', 'e', '?f'],
    ])
    expect(
      outline('for ((i=0; i<3; i++)); do a; done; select x in 1 2; do b; done; for y; do c; done'),
    ).toEqual(['?a', '?b', '?c'])
  })

  it('are conditional in every arm of a case', () => {
    expect(outline('case "$(a)" in\n  x|"y z") b;;\n  (z) c ;&\n  *) d\nesac\ne')).toEqual([
      ...['a', '?b', '?c', '?d', 'e'],
    ])
  })

  it('are conditional in functions, whose calls are left out', () => {
    expect(outline('f() { a; }\nfunction g { b; }\nfunction h() (\n c\n)\nf 1\ng\nd')).toEqual([
      ...['?a', '?b', '?c', 'd'],
    ])
  })

  it('keep the call of a function that wraps the program of its name', () => {
    expect(outline('docker() { command docker "$@"; }; docker build .')).toEqual([
      '?command docker $@',
      'docker build .',
    ])
  })

  it('are conditional in traps and defaults', () => {
    expect(outline(`trap 'rm -rf x; y' EXIT INT; trap - EXIT; a "\${B:-$(c)}"`)).toEqual([
      ...['trap rm -rf x; y EXIT INT', '?rm -rf x', '?y', 'trap - EXIT', 'a ${B:-$(c)}', '?c'],
    ])
  })

  it('are found in substitutions, wherever these stand', () => {
    expect(outline('A=$(b "`c`") d <(e | f) > >(g) "x $(h $(i))" $((1 + $(j))) ${k/$(l)/}')).toEqual([
      ...[
        'd <(e | f) x $(h $(i)) $((1 + $(j))) ${k/$(l)/}',
        'b `c`',
        'c',
        'e',
        'f',
        'g',
        'h $(i)',
        'i',
        'j',
        'l',
      ],
    ])
  })

  it('are found in the text for another shell', () => {
    expect(outline(`sudo -E bash -euo pipefail -c 'cd x && a "b"'\nsh -c "c $D" e; eval 'f;' g`)).toEqual([
      ...[`sudo -E bash -euo pipefail -c cd x && a "b"`, 'cd x', 'a b'],
      ...['sh -c c $D e', 'c $D', 'eval f; g', 'f', 'g'],
    ])
  })

  it('are found in a here-document that a shell reads, not in those of other programs', () => {
    expect(outline("bash -s <<'EOF'\na $B\nEOF\ncat <<EOF\nb $(c)\nEOF\npython3 <<EOF\nd\nEOF\ne")).toEqual([
      ...['bash -s', 'a $B', 'cat', 'c', 'python3', 'e'],
    ])
  })

  it('end a here-document where it ends', () => {
    expect(
      outline("cat <<A <<-'B' | x\na ' \" (\nA\n\tb $(no)\n\t\tB\ny\nif z; then cat <<E; fi\nhi\nE\nw"),
    ).toEqual(['cat', 'x', 'y', 'z', '?cat', 'w'])
  })

  it('tell [[ from (( and from a subshell in a subshell', () => {
    expect(
      outline(
        '[[ $a == b* && ( -n $c ) && $d =~ ^(x|y)$ ]] && e; ((i++)); ((f); g); echo $((2*(3))) $((h); i)',
      ),
    ).toEqual([
      '[[ $a == b* && ( -n $c ) && $d =~ ^(x|y)$ ]]',
      ...['e', 'f', 'g', 'echo $((2*(3))) $((h); i)', 'h', 'i'],
    ])
  })

  it('come out of a real release script', () => {
    const script = readShell(
      `#!/usr/bin/env bash
# Usage: scripts/release.sh VERSION
set -euo pipefail
IFS=$'\\n\\t'
: "\${1:?version}"
readonly VERSION="$1"
ROOT="$(cd "$(dirname "\${BASH_SOURCE[0]}")/.." && pwd)"
readonly ROOT
trap 'rm -rf "$TMP"' EXIT
TMP=$(mktemp -d)

die() { printf '%s\\n' "$*" >&2; exit 1; }
command -v docker >/dev/null 2>&1 || die "no docker"
[[ -z "$(git status --porcelain)" ]] || die 'dirty tree'

cd "$ROOT" || exit 1
npm ci && npm run build
args=(
  --file docker/Dockerfile   # not the default
  --build-arg "VERSION=$VERSION"
)
DOCKER_BUILDKIT=1 docker build \\
  --tag "registry/app:$VERSION" \\
  "\${args[@]}" \\
  .
`,
      { scriptDirectory: 'scripts' },
    )
    expect(script.unread).toBeNull()
    const build = script.commands.at(-1)
    expect(build).toMatchObject({ directory: '', conditional: false, assignments: ['DOCKER_BUILDKIT=1'] })
    expect(build?.values).toEqual([
      ...['docker', 'build', '--tag', 'registry/app:$VERSION', '--file', 'docker/Dockerfile'],
      ...['--build-arg', 'VERSION=$VERSION', '.'],
    ])
  })
})

describe('the directory', () => {
  it('follows cd, also through && and a failing side of ||', () => {
    expect(places('cd a && b; cd ../c || exit 1\nd; cd /e/./f; g; cd -; h')).toEqual([
      ...[
        ['cd', ''],
        ['b', 'a'],
        ['cd', 'a'],
        ['exit', 'a'],
        ['d', 'c'],
        ['cd', 'c'],
        ['g', '/e/f'],
      ],
      ...[
        ['cd', '/e/f'],
        ['h', 'c'],
      ],
    ])
  })

  it('does not leak out of a subshell, a pipeline, the background or a substitution', () => {
    for (const text of ['(cd a)', 'cd a | b', 'cd a &', 'x=$(cd a)', 'sh -c "cd a"', 'b | { cd a; }'])
      expect(find(`${text}\nend`, 'end').directory, text).toBe('')
    expect(find('{ cd a; }\nend', 'end').directory).toBe('a')
  })

  it('is what pushd and popd make of it', () => {
    expect(
      places('pushd a; b; pushd c >/dev/null; d; popd; e; popd; f; popd; g').filter(([p]) =>
        /^[b-g]$/.test(p ?? ''),
      ),
    ).toEqual([
      ['b', 'a'],
      ['d', 'a/c'],
      ['e', 'a'],
      ['f', ''],
      ['g', null],
    ])
  })

  it.each([
    'cd "$X"',
    'cd',
    'cd ~',
    'cd a*',
    'cd $(x)',
    'cd a b',
    'popd',
    'if x; then cd a; fi',
    'cd a || cd b',
  ])('cannot be told after %s', (text) => {
    expect(find(`${text}\nend`, 'end').directory).toBeNull()
  })

  it('can be told again after an absolute path', () => {
    expect(find('cd "$X"; cd /a; end', 'end').directory).toBe('/a')
  })

  it('can be told when all branches agree or leave', () => {
    expect(find('if x; then cd a; else cd a; fi; end', 'end').directory).toBe('a')
    expect(find('if x; then cd a; exit; fi; end', 'end').directory).toBe('')
    expect(find('case x in a) cd b;; *) cd b;; esac; end', 'end').directory).toBe('b')
    expect(find('case x in a) cd b;; esac; end', 'end').directory).toBeNull()
    expect(find('cd a || { mkdir a; cd a; }; end', 'end').directory).toBe('a')
  })

  it('cannot be told in a loop that begins elsewhere the second time', () => {
    expect(find('for x in 1 2; do in; cd a; done', 'in').directory).toBeNull()
    expect(find('for x in 1 2; do cd a; in; cd ..; done', 'in').directory).toBe('a')
    expect(find('for x in 1 2; do cd /a; in; done', 'in').directory).toBe('/a')
    expect(find('for x in 1 2; do cd "$PWD/a"; in; done', 'in').directory).toBeNull()
    expect(find('for x in 1 2; do (cd "$PWD/a"; in); done', 'in').directory).toBe('a')
    expect(find('for x in 1 2; do cd a; done; end', 'end').directory).toBeNull()
  })

  it('of a function is that of its callers, if they agree', () => {
    expect(find('f() { in; }; cd a; f; f', 'in').directory).toBe('a')
    expect(find('f() { in; }; f; cd a; f', 'in').directory).toBeNull()
    expect(find('f() { cd /x; in; }; f; cd a; f', 'in').directory).toBe('/x')
    expect(find('cd a; f() { in; }; "$@"', 'in').directory).toBe('a')
    expect(find('f() { in; }; cd a; "$@"', 'in').directory).toBeNull()
    expect(find('f() { cd a; }; f; end', 'end').directory).toBe('a')
    expect(find('main() { build; }; build() { in; }; cd b; main "$@"', 'in').directory).toBe('b')
  })

  it('of a function that a branch or a subshell defines is not mixed up with another', () => {
    expect(find('f() { cd a; }; if x; then f() { cd b; }; fi; f; end', 'end').directory).toBeNull()
    expect(find('if x; then f() { y; }; else f() { z; }; fi; cd a; f; end', 'end').directory).toBe('a')
    expect(find('f() { cd a; }; (f() { cd b; }); f; end', 'end').directory).toBe('a')
  })

  it('of a function that calls itself is found all the same', () => {
    expect(find('f() { in; f; }; cd a; f', 'in').directory).toBe('a')
  })

  it('of a trap and of env -C cannot be told', () => {
    expect(find("trap 'in' EXIT", 'in').directory).toBeNull()
    expect(find('env -C a in', 'env').directory).toBeNull()
  })

  it.each([
    'cd "$(dirname "$0")/.."',
    'cd $(dirname $0)/..',
    'cd "${0%/*}/.."',
    'cd "${BASH_SOURCE[0]%/*}/../"',
    'cd "$(dirname "${BASH_SOURCE[0]}")"; cd ..',
    'cd -- "$(cd "$(dirname "$0")" && pwd)/.."',
    'cd "$(git rev-parse --show-toplevel)"',
    'cd `dirname $0`/..',
    'D="$( cd -- "$( dirname -- "${BASH_SOURCE[0]:-$0}" )" &> /dev/null && pwd )"; cd "$D/.."',
    'export D=$(cd $(dirname $0)/.. && pwd -P); cd x; cd "$D"',
    'S=$(readlink -f "$0"); D=$(dirname "$S"); ROOT=${D%/*}; cd "${ROOT}"',
    'D=${D:-$(realpath "$(dirname "$0")/..")}; cd $D',
    'cd "$(dirname "$(realpath "$0")")"; cd "$(git rev-parse --show-toplevel)"',
    'pushd "$(dirname "$0")" >/dev/null; popd',
    'main() { cd "$(dirname "$0")/.."; }; main',
  ])('is the root after %s in a script below it', (text) => {
    expect(find(`${text}\nend`, 'end', { scriptDirectory: 'scripts' }).directory).toBe('')
    expect(readShell(text, { scriptDirectory: 'scripts' }).unread).toBeNull()
  })

  it('cannot be told from $0 when nobody says where the script lies', () => {
    expect(find('cd "$(dirname "$0")/.."; end', 'end').directory).toBeNull()
    expect(find('cd "$(git rev-parse --show-toplevel)"; end', 'end').directory).toBeNull()
  })

  it('goes up past the place where the text begins', () => {
    expect(find('cd ../x; end', 'end').directory).toBe('../x')
    expect(find('cd "$(dirname "$0")/.."; end', 'end', { scriptDirectory: '' }).directory).toBe('..')
  })

  it('comes from a variable that holds one text, not from one that may hold another', () => {
    expect(find('D=a/b; cd $D; end', 'end').directory).toBe('a/b')
    expect(find('D=a; D=b; cd $D; end', 'end').directory).toBe('b')
    expect(find('cd ${D:-a}; end', 'end').directory).toBe('a')
    expect(find('D=a; if x; then D=b; fi; cd $D; end', 'end').directory).toBeNull()
    expect(find('D=a; x && D=b; cd $D; end', 'end').directory).toBeNull()
    expect(find('D=a; read D; cd $D; end', 'end').directory).toBeNull()
    expect(find('D=a; (D=b); D=c true; cd $D; end', 'end').directory).toBe('a')
    expect(find('D=a; while x; do cd "$D"; in; cd ..; D=b; done', 'in').directory).toBeNull()
  })
})

describe('values', () => {
  it('are absent where nothing in the words is known to be something else', () => {
    expect(find('a $B "$(c)"', 'a')).not.toHaveProperty('values')
  })

  it('fill in what the text assigns and leave the rest as written', () => {
    expect(find('A=x; B=$(c); end "$A/$B" ${D:-y} ${A:-z}', 'end').values).toEqual([
      ...['end', 'x/$B', '${D:-y}', 'x'],
    ])
  })

  it('split an unquoted variable and an array into words', () => {
    expect(find('A="-f b  -t c"; B=(d "e f"); B+=(g); end $A "$A" "${B[@]}"', 'end').values).toEqual([
      ...['end', '-f', 'b', '-t', 'c', '-f b  -t c', 'd', 'e f', 'g'],
    ])
  })

  it('do not fill in what a branch may have added', () => {
    expect(find('B=(d); if x; then B+=(e); fi; end "${B[@]}"', 'end')).not.toHaveProperty('values')
  })

  it('make paths relative to where the command runs', () => {
    const text = 'R=$(cd "$(dirname "$0")/.." && pwd); cd "$R/a"; end -f "$R/b/D" --x="$R" -v $PWD:/w "$R"'
    expect(find(text, 'end', { scriptDirectory: 's' }).values).toEqual([
      ...['end', '-f', '../b/D', '--x=..', '-v', '.:/w', '..'],
    ])
  })

  it('of a function are left out when a second call finds other variables', () => {
    expect(find('f() { in $X; }; X=a; f; X=b; f', 'in')).not.toHaveProperty('values')
    expect(find('f() { in $X; }; X=a; f; f', 'in').values).toEqual(['in', 'a'])
  })

  it('of a function stay where a second call finds only what nobody knows to be another', () => {
    const text =
      'R=$(cd "$(dirname "$0")/.." && pwd)\nf() { local t=$1; local i; i=$(n "$t"); end -t "$i" "$R"; }'
    const values = ['end', '-t', '$i', '.']
    expect(find(`${text}\nf a\nf b`, 'end', { scriptDirectory: 's' }).values).toEqual(values)
  })

  it('do not grow without end', () => {
    const doubling = `x=aaaaaaaa\n${'x=$x$x\n'.repeat(60)}end $x`
    expect(find(doubling, 'end').words).toEqual(['end', '$x'])
  })
})

describe('what is unread', () => {
  it.each([
    ['eval "$X"', 'eval of what only a run can tell (line 1)'],
    ['a\n. ./env.sh', '. ./env.sh reads another script (line 2)'],
    ['source "$X/y"', 'source $X/y reads another script (line 1)'],
    ['bash -c "$X"', 'bash -c runs what only a run can tell (line 1)'],
    ['a\n"b', 'a " is not closed (line 2)'],
    ["a 'b", "a ' is not closed (line 1)"],
    ['a `b', 'a ` is not closed (line 1)'],
    ['a ${b', 'a ${ is not closed (line 1)'],
    ['a $(b', 'a $( is not closed (line 1)'],
    ['(a', 'a ( is not closed (line 1)'],
    ['{ a', 'a { without } (line 1)'],
    ['if a; then b', 'an if without fi (line 1)'],
    ['a\nwhile b; c', 'a while without do (line 2)'],
    ['case a in b) c', 'a case without esac (line 1)'],
    ['cat <<E\nx', 'the here-document E is not closed (line 1)'],
    ['[[ a', 'a [[ is not closed (line 1)'],
    ['a )', 'unexpected ) (line 1)'],
    ['fi', 'unexpected fi (line 1)'],
    ['a &&', 'nothing follows && (line 1)'],
  ])('%s: %s', (text, why) => {
    expect(readShell(text).unread).toBe(why)
  })

  it('is the first thing, and what stands before it is read', () => {
    const script = readShell('a\n. b\nc\neval "$d"\ne "')
    expect(script.unread).toMatch(/line 5|line 2/)
    expect(script.commands.map(({ words }) => words[0])).toEqual(['a', '.', 'c', 'eval'])
  })

  it('is nothing for variables, fixed evals and ordinary builtins', () => {
    const text =
      'set -e; : "${X:=y}"; true; $CMD "$@" ${a[@]} $((1+2)) $[3]; eval "a b"; exec "$@"; [ -n "$x" ]'
    expect(readShell(text).unread).toBeNull()
  })
})

describe('hostile text', () => {
  const long = (piece: string) => piece.repeat(Math.ceil(1_000_000 / piece.length))

  it.each([
    ...[
      '(',
      '$(',
      '$((',
      '((',
      '"',
      "'",
      '`',
      '\\',
      '${',
      '${{',
      '"$(',
      '{ ',
      'if a; then ',
      'case x in a) ',
    ],
    ...[
      'a(){ ',
      '[[ ',
      '[[ a\n',
      'x=(',
      '<<A ',
      '<<A\n',
      'cat <<E\n$(a)\nE\n',
      'a;',
      'a|',
      'a||',
      'cd a\n',
      ' ',
    ],
    ...[
      'x=$x$x\n',
      '((a "("); b)\n',
      '$(( $(( ) ) ',
      'eval "',
      'f(){ f;}; f; ',
      'f(){ cd $x; $(f); }\n f\n',
      '\0',
    ],
    ...[
      'sudo ',
      '!',
      '&',
      ';;',
      "$'\\",
      '`\\`',
      'for i in a; do x=$i; echo $x; done\n',
      'x=a;f(){ echo $x;};f;',
    ],
  ])('of a million characters of %j is read in little time', { timeout: 15_000 }, (piece) => {
    const from = performance.now()
    readShell(long(piece), { scriptDirectory: 'a' })
    expect(performance.now() - from).toBeLessThan(7000)
  })

  it('never throws and never holds the mark of its own paths', () => {
    const piece = fc.constantFrom(
      ...[
        'a',
        ' ',
        '\n',
        ';',
        '&&',
        '||',
        '|',
        '&',
        '(',
        ')',
        '{ ',
        '}',
        '"',
        "'",
        '`',
        '$(',
        '${',
        '$x',
        '\\',
        '\0',
      ],
      ...[
        'if ',
        'then ',
        'fi',
        'for x in ',
        'do ',
        'done',
        'case a in ',
        'esac',
        ';;',
        '<<E',
        'E\n',
        '[[ ',
        ' ]]',
      ],
      ...[
        'f() ',
        'x=',
        'x=(',
        'cd ',
        'eval ',
        'sh -c ',
        'trap ',
        '>',
        '<',
        '((',
        '))',
        '$0',
        '${0%/*}',
        '$(pwd)',
        '${{',
        '}}',
      ],
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const script = readShell(pieces.join(''), { scriptDirectory: 'd' })
        expect(JSON.stringify(script)).not.toContain('\\u0000')
      }),
      { numRuns: 2000 },
    )
  })

  it('that lies deep within itself is said to be too deep', () => {
    expect(readShell('( '.repeat(100)).unread).toMatch(/too deep/)
    expect(readShell(`${'( '.repeat(20)}a${')'.repeat(20)}`).commands).toHaveLength(1)
  })
})
