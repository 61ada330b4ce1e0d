/** Small builds that nobody would write: a Dockerfile from scratch, a context, and at times an ignore file and build arguments. */

import type { Tree } from '../test/engine/tree.ts'
import { symlink } from '../test/engine/tree.ts'
import { createRandom, type Random } from './random.ts'

export interface FuzzedBuild {
  readonly dockerfile: string
  /** Without the Dockerfile. Every file has a content of its own. */
  readonly tree: Tree
  readonly buildArgs: ReadonlyMap<string, string>
  readonly target: string | null
}

/** What an engine has to know for a word to be worth trying: operators, flags and here-documents came with Engine 23 and later. */
export interface Dialect {
  readonly hasNewSyntax: boolean
}

/** A list as one text; `@{` stands for what begins an expansion. */
const cut = ({ raw }: TemplateStringsArray): readonly string[] =>
  raw
    .join('')
    .trim()
    .replaceAll('@{', '${')
    .split(/\s*¦\s*/)

const fileNames = [
  ...cut`
  a.txt ¦ b.txt ¦ d/e/g.c ¦ c.md ¦ README ¦ package.json ¦ d/a.txt ¦ d/b.go ¦ d/e/f.txt ¦ d/e/a.txt ¦
  g/h.txt ¦ g/d/i.go ¦ .env ¦ x y.txt ¦ it's ¦ q"q ¦ a*b ¦ [z].txt ¦ back\slash ¦ $HOME ¦ é.txt ¦ #c ¦
  -dash ¦ EOF ¦ d.txt ¦ x/y/z/w
`,
  ...['tab\there'],
]
const links: readonly (readonly [string, string])[] = [
  ['ln', 'a.txt'],
  ['ld', 'd'],
  ['labs', '/d/e'],
  ['lout', '../outside'],
  ['dangling', 'nope'],
  ['loop1', 'loop2'],
  ['loop2', 'loop1'],
  ['d/up', '../g'],
  ['g/same', './h.txt'],
]
const ignoreLines = [
  ...cut`
  *.md ¦ d/e ¦ **/*.txt ¦ .env ¦ g ¦ # no ¦ Dockerfile ¦ d/*.go
`,
  ...['*\n!a.txt', '*\n!d'],
]

/** What is there in every tree. */
const sureSources = cut`
  a.txt ¦ b.txt ¦ d/e/g.c ¦ ./a.txt ¦ /b.txt ¦ ../a.txt ¦ d ¦ d/ ¦ ./d ¦ d/e ¦ d/. ¦ *.txt ¦ d/* ¦
  ?.txt ¦ [ab].txt ¦ d/*/*.c ¦ . ¦ ./ ¦ * ¦ @{A:-a.txt} ¦ "b.txt" ¦ 'a.txt' ¦ "d"/e ¦ a\.txt ¦
  @{UNSET:-d} ¦ nope* ¦ @{DIR:+d}a.txt ¦ "@{EMPTY}d" ¦ $EMPTY ¦ d//e ¦ d/../a.txt ¦ $UNSET/b.txt
`
const sources = cut`
  c.md ¦ d/b.go ¦ g ¦ / ¦ a.txt/ ¦ d/e/f.txt ¦ README ¦ -dash ¦ */a.txt ¦ d/* ¦ */a.txt ¦ [^a].txt ¦
  d/*/f.txt ¦ ** ¦ **/*.txt ¦ d* ¦ */* ¦ ln ¦ ld ¦ ld/a.txt ¦ labs/f.txt ¦ l* ¦ d/up ¦ d/up/h.txt ¦
  d/../a.txt ¦ ld/../b.txt ¦ x/y/z/w ¦ "a.txt" ¦ 'a.txt' ¦ "d"/a.txt ¦ a\.txt ¦ a\*b ¦ a[*]b ¦
  [[]z].txt ¦ "x y.txt" ¦ x\ y.txt ¦ it\'s ¦ $A ¦ @{A} ¦ @{A:-a.txt} ¦ @{UNSET:-d} ¦ @{A:+b.txt} ¦
  @{EMPTY:-c.md} ¦ $DIR/a.txt ¦ @{DIR}/* ¦ $EMPTY ¦ "$A" ¦ '$A' ¦ \$A ¦ \$HOME ¦ @{A:-@{B:-d}} ¦
  "@{DIR}"/a.txt ¦ @{A:?told} ¦ $B$EMPTY ¦ @{DIR:-"g"} ¦ é.txt ¦ .env ¦ README ¦ a.txt/ ¦ a.txt/. ¦
  d//a.txt ¦ #c ¦ nope ¦ nope/*.x ¦ dangling ¦ loop1 ¦ lout ¦ $1 ¦ $0 ¦ $$ ¦ @{A ¦ @{} ¦ @{:x} ¦
  "a.txt ¦ 'd ¦ [ ¦ [a ¦ \ ¦ d\/a.txt ¦ @{A}@{B} ¦ @{TARGETARCH}
`
const newSources = cut`
  @{A#a} ¦ @{A##*.}.txt ¦ @{A%.txt}.txt ¦ @{DIR%%/*} ¦ @{A/a/b} ¦ @{A//./.} ¦ @{A-b.txt} ¦ @{A+d} ¦
  @{UNSET?} ¦ @{A:#x} ¦ <<EOF ¦ <<-"X" ¦ <<'E'
`
const newFlags = cut`
  --link ¦ --link=false ¦ --exclude=*.txt ¦ --exclude=d ¦ --parents ¦ --keep-git-dir=true
`
const sureFlags = cut`
  --chown=1:2 ¦ --chown=0 ¦ --chmod=644 ¦ --chmod=0755 ¦ --chmod="600" ¦ --chown=7:$UNSET ¦ --
`
const flags = cut`
  --chown=$A ¦ --from=s0 ¦ --from=0 ¦ --from=1 ¦ --from=S0 ¦ --from=nope ¦ --chow=1 ¦ --from= ¦ -- ¦
  --from=$A ¦ --chown='1'
`
const values = cut`
  a.txt ¦ d ¦ d/e ¦ "" ¦ "x y.txt" ¦ 'a.txt' ¦ $A ¦ @{A} ¦ @{B:-d} ¦ a\ b ¦ *.txt ¦ "$DIR/a.txt" ¦ . ¦
  '$A' ¦ "@{A}" ¦ \"q\" ¦ @{UNSET} ¦ "a"'b' ¦ $TARGETOS ¦ #x ¦ = ¦ a=b ¦ @{DIR:+g} ¦ "\$A" ¦ ''
`
const destinations = cut`
  /@/ ¦ /@/ ¦ /@/ ¦ /@/ ¦ /@ ¦ @/ ¦ "/@/" ¦ ./@/ ¦ /@/$DIR/ ¦ /@/@{B:-q}/ ¦ /$EMPTY@/
`
const variables = ['A', 'B', 'DIR', 'EMPTY', 'A', 'DIR', 'X_1', 'path']
const sureOthers = [
  ...cut`
  LABEL a=b ¦ LABEL "a b"=c d=e ¦ LABEL a b c ¦ USER 1 ¦ EXPOSE 80 ¦ EXPOSE 80/udp 81-83 ¦ VOLUME /v ¦
  VOLUME ["/v"] ¦ CMD ["x"] ¦ CMD echo "$A" ¦ ENTRYPOINT x ¦ STOPSIGNAL SIGTERM ¦ HEALTHCHECK NONE ¦
  HEALTHCHECK --interval=3s CMD x ¦ MAINTAINER somebody ¦ SHELL ["x"] ¦ WORKDIR /w ¦ WORKDIR w ¦
  WORKDIR w$DIR ¦ # a comment
`,
  ...['', '   '],
]
const others = [
  ...cut`
  ENV ¦ ARG ¦ LABEL ¦ CMD ¦ BOGUS x ¦ ENV A ¦ COPY ¦ COPY a.txt ¦ FROM ¦ EXPOSE x ¦ STOPSIGNAL NO ¦
  SHELL x ¦ HEALTHCHECK ¦ USER ¦ WORKDIR ¦ ENV =x ¦ ENV A=1 B ¦ LABEL = ¦ ONBUILD FROM x ¦ ONBUILD ¦
  ONBUILD ONBUILD COPY a /b ¦ CMD ["x" ¦ VOLUME [] ¦ ENV A b c ¦ ENV "A"=b
`,
  ...['LABEL a="b\nFROM x'],
]

/** The build of that number. */
export function buildOf(seed: number, number: number, dialect: Dialect): FuzzedBuild {
  const random = createRandom(seed, number)
  const tree = treeOf(random)
  const writer = createWriter(random, dialect)
  const escapeChar = random.below(8) === 0 ? '`' : '\\'
  const lines: string[] = []
  if (escapeChar === '`') lines.push('# escape=`')
  else if (random.below(12) === 0) lines.push('# just a comment', '# escape=`')
  if (random.below(3) === 0) lines.push(...writer.globals())
  const stages = 1 + random.below(random.below(2) === 0 ? 1 : 3)
  for (let stage = 0; stage < stages; stage++) lines.push(...writer.stage(stage))
  let dockerfile = `${lines.join('\n')}\n`
  if (escapeChar === '`') dockerfile = dockerfile.replaceAll('\\', '`')
  if (random.below(10) === 0) dockerfile = damaged(dockerfile, random)
  if (random.below(12) === 0) dockerfile = dockerfile.replaceAll('\n', '\r\n')
  if (random.below(25) === 0) dockerfile = `\uFEFF${dockerfile}`
  const given = variables.filter(() => random.below(8) === 0)
  return {
    dockerfile,
    tree,
    buildArgs: new Map(given.map((name) => [name, random.pick(['a.txt', 'd', '', 'x y', '*'])])),
    target: random.below(8) === 0 ? random.pick(['s0', 's1', 'S0', 'nope', '0']) : null,
  }
}

function treeOf(random: Random): Tree {
  const tree: Record<string, Tree[string]> = {}
  for (const [i, name] of fileNames.entries())
    if (random.below(3) > 0 || i < 3) tree[name] = `${i}\n${'x'.repeat(random.below(20))}`
  const linked = random.below(2) === 0 ? links.filter(() => random.below(2) === 0) : []
  for (const [name, target] of linked) tree[name] = symlink(target)
  if (random.below(3) === 0)
    tree['.dockerignore'] =
      `${Array.from({ length: 1 + random.below(3) }, () => random.pick(ignoreLines)).join('\n')}\n`
  return tree
}

interface Writer {
  readonly globals: () => readonly string[]
  readonly stage: (index: number) => readonly string[]
}

function createWriter(random: Random, { hasNewSyntax }: Dialect): Writer {
  const knownSources = hasNewSyntax ? [...sources, ...newSources, ...newSources] : sources
  const knownFlags = hasNewSyntax ? [...flags, ...newFlags, ...newFlags] : flags
  let copies = 0
  /** One in so many. */
  const seldom = (in_: number): boolean => random.below(in_) === 0
  const words = (most: number, from: readonly string[]): readonly string[] =>
    Array.from({ length: 1 + random.below(seldom(3) ? most : 1) }, () => random.pick(from))
  const blank = (): string =>
    seldom(6) ? random.pick(['  ', '\t', ' \\\n', ' \\\n  ', ' \\  \n# why\n', ' \\\n\n', '\\\n']) : ' '
  const keyword = (word: string): string =>
    seldom(10) ? random.pick([word.toLowerCase(), ` ${word}`]) : word
  const glue = (parts: readonly string[]): string => {
    let line = parts[0] ?? ''
    for (const part of parts.slice(1)) line += blank() + part
    return seldom(15) ? `${line}  ` : line
  }
  const pair = (): string => `${random.pick(variables)}=${random.pick(values)}`

  const copy = (): string => {
    const name = seldom(4) ? 'ADD' : 'COPY'
    const taken = words(3, seldom(10) ? knownSources : sureSources)
    // A name that no other instruction has, so that the image tells whose files they are.
    const dest = random.pick(destinations).replace('@', `c${copies++}`)
    const flag = seldom(4) ? words(2, seldom(3) ? knownFlags : sureFlags) : []
    const here = taken.filter((one) => one.startsWith('<<')).map((one) => one.replace(/^<<-?|['"]/g, ''))
    if (seldom(7) && here.length === 0)
      return glue([keyword(name), ...flag, JSON.stringify([...taken, dest])])
    const written = glue([keyword(name), ...flag, ...taken, dest])
    return [written, ...here.flatMap((end) => ['text $A', end])].join('\n')
  }
  const instruction = (): string => {
    switch (random.below(10)) {
      case 0:
        return glue([keyword('ENV'), ...words(3, [pair(), pair(), pair()])])
      case 1:
        return seldom(2) ? glue(['ENV', random.pick(variables), random.pick(values)]) : glue(['ENV', pair()])
      case 2:
        return seldom(4)
          ? glue(['ARG', random.pick(variables)])
          : glue([keyword('ARG'), ...words(2, [pair(), pair()])])
      case 3:
        return random.pick(seldom(8) ? others : sureOthers)
      case 4:
        return seldom(3) ? `ONBUILD ${copy()}` : copy()
      default:
        return copy()
    }
  }
  return {
    globals: () => words(3, [`ARG ${pair()}`, `ARG ${pair()}`, 'ARG A', 'ARG BASE=scratch', '# x', '']),
    stage: (index) => {
      const base = index > 0 && seldom(2) ? random.pick(['s0', 'S0', 's0', `s${index - 1}`]) : 'scratch'
      const from = seldom(15) ? random.pick(['${BASE:-scratch}', '"scratch"', '$BASE', 'scratc\\h']) : base
      const platform = seldom(15) ? ['--platform=linux/amd64'] : []
      const name = seldom(12) ? [] : [seldom(10) ? 'as' : 'AS', `s${index}`]
      const count = 1 + random.below(5)
      return [
        glue([keyword('FROM'), ...platform, from, ...name]),
        ...Array.from({ length: count }, instruction),
      ]
    },
  }
}

function damaged(text: string, random: Random): string {
  const at = random.below(text.length)
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return (
        text.slice(0, at) +
        random.pick(['"', "'", '\\', '$', '{', '}', '\n', ' ', '#', '\0', '\u00a0', '[']) +
        text.slice(at)
      )
    case 2:
      return text.slice(0, at)
    default:
      return text.slice(0, at) + text.slice(at + random.below(8))
  }
}
