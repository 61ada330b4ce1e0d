import { describe, expect, it } from 'vitest'
import { printedBy } from '../../src/shell/printed.ts'

const ways = (text: string, names: readonly string[] = ['file'], environment = {}) =>
  printedBy({ text, environment, file: 'GITHUB_OUTPUT' }, names)?.map((values) =>
    [...values].map(([name, value]) => `${name}=${value}`).join(' '),
  ) ?? null

describe('what a script prints for others', () => {
  it('is what each branch prints', () => {
    const text = [
      'if [[ $KIND == alpine ]]; then',
      '  echo "file=Dockerfile.alpine" >> "$GITHUB_OUTPUT"',
      'elif [ "$KIND" = slim ]; then',
      "  echo 'file=Dockerfile.slim' >> $GITHUB_OUTPUT",
      'else',
      '  echo file=Dockerfile >> ${GITHUB_OUTPUT}',
      'fi',
    ].join('\n')
    expect(ways(text)).toEqual(['file=Dockerfile.alpine', 'file=Dockerfile.slim', 'file=Dockerfile'])
  })

  it('is what a variable holds after each branch, whatever else the script works out', () => {
    const text = [
      'VERSION=$(git describe)',
      'DF=Dockerfile',
      'case "$KIND" in',
      '  alpine) DF="$DF.alpine"; VERSION="$VERSION-alpine" ;;',
      '  slim) DF=$DF.slim ;;',
      'esac',
      'for tag in a b c; do TAGS="$TAGS,$tag:$VERSION"; done',
      'echo "version=$VERSION" >> $GITHUB_OUTPUT',
      'echo "file=./$DF" >> $GITHUB_OUTPUT',
    ].join('\n')
    expect(ways(text)).toEqual(['file=./Dockerfile.alpine', 'file=./Dockerfile.slim', 'file=./Dockerfile'])
    expect(ways(text, ['version'])).toBeNull()
    expect(ways(text, ['file', 'version'])).toBeNull()
  })

  it('keeps together what one branch prints', () => {
    const text = [
      'if $API; then echo "dir=api" >> $GITHUB_OUTPUT; echo "file=api/a.Dockerfile" >> $GITHUB_OUTPUT',
      'else { echo "dir=web"; echo "file=web/w.Dockerfile"; } >> $GITHUB_OUTPUT; fi',
    ].join('\n')
    expect(ways(text, ['dir', 'file'])).toEqual([
      'dir=api file=api/a.Dockerfile',
      'dir=web file=web/w.Dockerfile',
    ])
  })

  it.each([
    ['::set-output', 'echo "::set-output name=file::a.Dockerfile"', ['file=a.Dockerfile']],
    ['tee', 'echo "file=a" | tee -a "$GITHUB_OUTPUT"', ['file=a']],
    ['a here-document', 'cat <<EOF >> "$GITHUB_OUTPUT"\nother=$(date)\nfile=a\nEOF', ['file=a']],
    ['printf', 'printf "file=%s\\n" "a" >> $GITHUB_OUTPUT', ['file=a']],
    ['the last of several', 'echo file=a >> $GITHUB_OUTPUT\necho file=b >> $GITHUB_OUTPUT', ['file=b']],
    ['one that may come last', 'F=a; test -f x && F=b; echo file=$F >> $GITHUB_OUTPUT', ['file=a', 'file=b']],
    ['a function', 'out() { echo "file=$F" >> $GITHUB_OUTPUT; }; F=a; out', ['file=a']],
    [
      'nothing, where it leaves',
      'if $X; then exit 0; fi; echo file=a >> $GITHUB_OUTPUT',
      ['file=', 'file=a'],
    ],
    [
      'not where it fails',
      'case $X in a) F=a;; *) exit 1;; esac; echo file=$F >> $GITHUB_OUTPUT',
      ['file=a'],
    ],
    ['a loop over words', 'for f in a b; do echo file=$f >> $GITHUB_OUTPUT; done', ['file=a', 'file=b']],
    [
      'nothing, where one branch prints',
      'if $X; then echo file=a >> $GITHUB_OUTPUT; fi',
      ['file=a', 'file='],
    ],
    [
      'one of several, where only branches print',
      'if $X; then echo file=a >> $GITHUB_OUTPUT; elif $Y; then echo file=b >> $GITHUB_OUTPUT; fi',
      ['file=a', 'file=b'],
    ],
  ])('%s', (_, text, expected) => {
    expect(ways(text)?.toSorted()).toEqual([...expected].sort())
  })

  it('knows what it is started with', () => {
    expect(ways('echo "file=$DIR/Dockerfile" >> $GITHUB_OUTPUT', ['file'], { DIR: 'api' })).toEqual([
      'file=api/Dockerfile',
    ])
  })

  it.each([
    ['a variable from outside', 'echo "file=$F" >> $GITHUB_OUTPUT'],
    ['one branch that asks', 'if $X; then F=a; else F=$(cat f); fi; echo file=$F >> $GITHUB_OUTPUT'],
    ['a variable that is read', 'F=a; read F < f; echo file=$F >> $GITHUB_OUTPUT'],
    ['a variable that grows', 'for i in 1 2; do F="$F$i"; done; F=a$F; echo file=$F >> $GITHUB_OUTPUT'],
    ['a name that hangs on a run', 'echo file=a >> $GITHUB_OUTPUT; echo "$N=b" >> $GITHUB_OUTPUT'],
    ['another program that prints', 'echo file=a >> $GITHUB_OUTPUT; ./more >> $GITHUB_OUTPUT'],
    ['a file by another name', 'O=$GITHUB_OUTPUT; echo file=a >> $GITHUB_OUTPUT; echo file=b >> $O'],
    ['a text that is run', 'echo file=a >> $GITHUB_OUTPUT; eval "$MORE"'],
    ['several lines', 'echo "file<<X" >> $GITHUB_OUTPUT; echo a >> $GITHUB_OUTPUT'],
    ['a file of its own', 'echo file=a > out.txt'],
    ['a variable of a function', 'F=a; f() { local F=b; }; f; echo file=$F >> $GITHUB_OUTPUT'],
    ['nothing at all', 'true'],
    ['what is no shell', 'if then'],
  ])('cannot be told: %s', (_, text) => {
    expect(ways(text)).toBeNull()
  })

  it.each([
    ['a chain of variables', Array.from({ length: 5_000 }, (_, i) => `a${i}=$a${i + 1}`).join('\n')],
    ['a function that calls itself', 'f() f\ng() { g; g; }\nf; g'],
  ])('takes bounded time: %s', (_, text) => {
    const started = performance.now()
    expect(ways(`${text}\necho file=$a0 >> $GITHUB_OUTPUT`)).toBeNull()
    expect(performance.now() - started).toBeLessThan(2000)
  })

  it('takes bounded time, however many ways there are', () => {
    const text = Array.from({ length: 400 }, (_, i) => `if $C; then F=$F$F${i}; fi; while $D; do F=${i}$F`)
      .concat(Array(400).fill('done'), 'echo file=$F >> $GITHUB_OUTPUT')
      .join('\n')
    const started = performance.now()
    expect(ways(text)).toBeNull()
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
