/** The contexts that are built with buildah: odd ignore files, and sources that it resolves otherwise than docker. */

import { dir, fifo, file, hardlink, socket, symlink, type Tree } from './tree.ts'

export interface PodmanContext {
  readonly name: string
  readonly tree: Tree
  /** `-f`, relative to the context. */
  readonly dockerfile?: string
  /** The first buildah that knows the flags in it. */
  readonly since?: readonly [major: number, minor: number]
  /** What the build fails with. */
  readonly fails?: RegExp
}

const scratch = (...lines: readonly string[]): string => ['FROM scratch', ...lines, ''].join('\n')
/** Every file says which it is, so that an image tells what it holds. */
const named = (...paths: readonly string[]): Tree => Object.fromEntries(paths.map((at) => [at, `${at}\n`]))

const files: Tree = {
  ...named('a.txt', 'a.log', 'x.log', '.log', '#x', 'aab', 'a+b', 'ab]', '7', 'b/a.log', 'b/keep.log'),
  ...named(
    'b/c/keep.log',
    'b/c/x',
    'bc/d',
    'd/.log',
    '(auth)/p',
    'auth/p',
    'node_modules/m',
    'sub/node_modules/m',
  ),
}
/** The whole tree under one ignore file. */
const ignoring = (name: string, text: string, more: Partial<PodmanContext> = {}): PodmanContext => ({
  name,
  ...more,
  tree: { ...files, Dockerfile: scratch('COPY . /'), '.dockerignore': text, ...more.tree },
})

const linked: Tree = {
  ...named('a.txt', 'b/a.log', 'b/keep.log', 'b/c/keep.log', 'b/c/x', 'real/f', 'real/s/g', 'w/z'),
  ln: symlink('real'),
  lf: symlink('real/f'),
  dangling: symlink('nowhere'),
  'w/l1': symlink('../real'),
}
/** One instruction over a tree with links. */
const copying = (name: string, ignore: string, instruction: string, more: Partial<PodmanContext> = {}) => ({
  name,
  ...more,
  tree: { ...linked, Dockerfile: scratch(instruction), '.dockerignore': `${ignore}\n`, ...more.tree },
})
const newer = { since: [1, 43] } as const
/** What is found out while the files are being read may be lost on the way: buildah's two halves talk over a pipe. */
const late = (words: RegExp): RegExp => new RegExp(`${words.source}|copier subprocess: `)
const filtered = /no items matching glob .* copied \(1 filtered out/

export const podmanContexts: readonly PodmanContext[] = [
  // What the lines mean.
  ignoring('nothing', ''),
  ignoring('leading slash', '/a.txt\n/b/\n./aab\n'),
  ignoring('blank before a slash', ' /a.txt\n'),
  ignoring('blanks around', '  a.txt  \nb/c/ \r\n'),
  ignoring('carriage returns', 'a.txt\r\nb/\r\n'),
  ignoring('comments', '#x\n  #x\n'),
  ignoring('byte order mark', '\uFEFFa.txt\n'),
  ignoring('blank after the exclamation mark', '*\n! a.txt\n'),
  ignoring('slash after the exclamation mark', '*\n!/a.txt\n'),
  ignoring('paths that lead nowhere', '/\n.\n./\n../a.txt\n'),
  ignoring('bare parentheses', '(auth)\n'),
  ignoring('bare plus', 'a+b\n'),
  ignoring('bare bar', 'b|zz\n'),
  ignoring('alternatives in a group', 'b/(a|keep).log\n'),
  ignoring('braces', 'a{2}b\n'),
  ignoring('classes', '[a]*\n[*]\n'),
  ignoring('escaped letters', '\\d\n\\a.txt\n'),
  ignoring('two stars and a suffix', '**.log\n'),
  ignoring('two stars at the end', 'b/**\na**\n'),
  ignoring('any depth', '**/node_modules\n**/*.log\n!**/keep.log\n'),
  ignoring('one level', '*/c\n?.txt\n'),
  // What is let in again.
  ignoring('directory let in after its files', 'b/*.log\n!b\n'),
  ignoring('file below a dropped directory', 'b\n!b/c/x\n'),
  ignoring('directory below a dropped directory', 'b\n!b/c\n'),
  ignoring('glob below everything dropped', '*\n!**/keep.log\n'),
  ignoring('glob and a name', '*\n!bc/d\n!**/keep.log\n'),
  ignoring('allow-list', '*\n!b/**\n!a.txt\nb/c/keep.log\n'),
  ignoring('allow-list of one level', '*\n!b/*\n'),
  ignoring('dropped again', '*\n!b\nb\n'),
  // What is refused.
  ignoring('bare exclamation mark', '!\n', { fails: /illegal exclusion pattern: "!"/ }),
  ignoring('unclosed class', '[\n', { fails: /syntax error in pattern/ }),
  ignoring('reversed range', '[b-a]\n', { fails: late(/syntax error in pattern/) }),
  ignoring('unclosed group', 'a(b\n', { fails: late(/syntax error in pattern/) }),
  // Which file.
  ignoring('containerignore first', 'a.txt\n', { tree: { '.containerignore': 'a.log\n' } }),
  ignoring('beside the Dockerfile', 'a.txt\n', {
    tree: { '.containerignore': 'a.log\n', 'Dockerfile.containerignore': 'aab\n' },
  }),
  ignoring('both beside the Dockerfile', 'a.txt\n', {
    tree: { 'Dockerfile.dockerignore': 'x.log\n', 'Dockerfile.containerignore': 'aab\n' },
  }),
  ignoring('empty containerignore', '*\n', { tree: { '.containerignore': '' } }),
  ignoring('link to the ignore file', '', {
    tree: { '.dockerignore': symlink('ignored'), ignored: 'a.txt\n' },
  }),
  ignoring('Containerfile first', 'a.txt\n', { tree: { Containerfile: scratch('COPY b /') } }),
  ignoring('Dockerfile elsewhere', 'a.txt\n', {
    dockerfile: 'b/Dockerfile',
    tree: { 'b/Dockerfile': scratch('COPY . /'), 'b/Dockerfile.containerignore': 'a.log\n' },
  }),
  ignoring('ignored Dockerfile', 'Dockerfile\n.dockerignore\n'),
  ignoring('odd entries', 'e\n', {
    tree: { fifo, socket, empty: dir(), big: file('big\n'), hard: hardlink('a.txt'), e: 'e\n' },
  }),
  // What a source finds.
  copying('leading out of the context', '', 'COPY ../../b/../a.txt /'),
  copying('wildcard without a match', '', 'COPY zz* /z/', { fails: /no such file or directory/ }),
  copying('wildcard without a match beside a file', '', 'COPY zz* a.txt /z/'),
  copying('missing file', '', 'COPY zz /z/', { fails: /"\/zz": no such file or directory/ }),
  copying('ignored file', 'a.txt', 'COPY a.txt /z/', { fails: filtered }),
  copying('ignored file beside another', 'a.txt', 'COPY a.txt b/a.log /z/', { fails: filtered }),
  copying('wildcard with an ignored match', 'a.txt', 'COPY [ab]* /z/'),
  copying('named below a dropped directory', '*\n!**/keep.log', 'COPY b/c/keep.log /z/'),
  copying('matched below a dropped directory', '*\n!**/keep.log', 'COPY b/* /z/'),
  copying('dropped directory', '*\n!**/keep.log', 'COPY b /z/', { fails: filtered }),
  copying('dropped directory with a let-in file', '*\n!b/c/x', 'COPY b /z/'),
  copying('emptied directory', 'b/**', 'COPY b /z/'),
  copying('link to a directory', '', 'COPY ln /z/'),
  copying('link to a dropped directory', 'real', 'COPY ln /z/'),
  copying('link to a dropped file', 'real/f', 'COPY lf /z/', { fails: late(/copied no items/) }),
  copying('dropped link', 'ln', 'COPY ln /z/', { fails: filtered }),
  copying('through a link', '', 'COPY ln/s l*/f /z/'),
  copying('dangling link', '', 'COPY dangling /z/', { fails: late(/no such file or directory/) }),
  copying('links that a wildcard matches', '', 'COPY w/* /z/'),
  copying('links in a directory', '', 'COPY . /z/'),
  copying('two stars in a source', '', 'COPY **/g b/**/x /z/', newer),
  copying('stage that nothing needs', '', 'COPY zz /\nFROM scratch\nCOPY a.txt /'),
  copying('parents', '*.txt', 'COPY --parents **/*.log b/./c/x /z/', newer),
  copying('excludes from the root', '', 'COPY --exclude=**/*.log --exclude=c/x . /z/', newer),
  copying('excludes not from the source', '', 'COPY --exclude=a.log --exclude=b/keep.log b /z/', newer),
  copying('excluded source', '', 'COPY --exclude=a.txt a.txt /z/', { ...newer, fails: filtered }),
]
