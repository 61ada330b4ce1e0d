/** Where a line has the name of a path for something else: a directory of the system, a word, a function, a value that is compared. */

import { verbatim } from '../lib/verbatim.ts'

/** Directories that each system has at its top: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html. */
const ofSystem = /^(?:bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)$/

/** What is handed on to be put behind a directory: `join(root, '/tmp')`, `root + "/tmp"`. */
const continued = /[+.,%&]\s*["'`]$/

const code = /\.(?:[cm]?[jt]sx?|vue|svelte|cs|java|kts?|scala|go|rs|swift|php|py|rb|dart|cc?|cpp|cxx|h|hpp)$/
const imports =
  /^(?:(?:pub(?:\([^)]*\))? )?(?:import|from|use|using|mod|package|require|include|export)\b|#(?:include|import|embed)\b|\/\/go:embed\b)/
const quoted = /(["'`])((?:\\.|(?!\1)[^\\])*)\1/g

/** Three words and more that begin as a sentence does, with nothing in it that a path or an option has. */
const sentence = /^[A-Z][a-z]+(?:[,:;]? [A-Za-z0-9'’(){}%-]+){2,}[.!?:…]*\s*$/

/** Of these a word that stands in no quotes is a name of the program, or one of what is said about it; Ruby has lists of words, PHP and pages have text. */
const strict = /\.(?:[cm]?[jt]sx?|cs|java|kts?|scala|go|rs|swift|py|dart|cc?|cpp|cxx|h|hpp)$/

/** Words that hold a sentence together; two of them are no command. */
const joining =
  /(?<![\w/.-])(?:an?|the|of|to|is|are|was|be|been|with|you|your|will|may|might|can|not|and|or|this|that|these|it|its|when|which|should|must|from|only|have|has)(?![\w/.-])/gi

/** Prose, in a text or in a comment that goes on over lines: words with some that only sentences have, or more than a command has without an option or a path. */
function isProse(said: string): boolean {
  if (/\s-/.test(said)) return false
  const words = said.trim().split(/\s+/)
  const joined = new Set((said.match(joining) ?? []).map((word) => word.toLowerCase())).size
  return (words.length > 4 && joined > 1) || (words.length > 5 && !/[/|&;<>$*~]/.test(said))
}

/** What stands between the tags of a page. */
const shown = />([^<>{}]*)</g
const pages = /\.(?:html?|vue|svelte|[jt]sx|erb|ejs|hbs|twig|blade\.php|h?eex|cshtml|razor)$/

/** What statements and declarations have, and lines of a comment do not. */
const statement =
  /[;{}=]|\w\(|->|::|^(?:return|yield|await|throw|raise|const|let|var|val|static|public|private|protected|final|abstract|def|defp|fn|func|function|class|interface|trait|enum|struct|case|when|if|elif|else|elsif|unless|for|foreach|while|do|try|end)\b/

/** `it's` begins no text. */
const apostrophe = /(?<=\w\w)'(?=(?:s|t|re|ve|ll|d|m)\b)/g

/** On the web, at somebody's host: one that has no dot, or is called as a variable has it, may serve the project. */
const foreignUrl =
  /\b(?:https?|ftp|git|ssh|wss?):\/\/[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?:\/[^\s"'`<>(),;|]*)?/gi
/** What is fetched so gets the last name of its address. */
const fetches = /\b(?:clone|submodule|wget|aria2c|download\w*)\b|\bcurl\b.*(?: -\w*O|--remote-name)/i

/** Others in which a blank, a `#` and a blank begin what is said to people. */
const remarked = /\.(?:toml|rb|rake|gemspec|exs?)$|(?:^|\/)(?:Gemfile|Rakefile|Guardfile|Capfile)$/

/** The line of a script or of settings without what is said behind it; as it is where a quote may be open. */
function withoutRemark(line: string, file: string): string {
  const at = commands.test(file) || remarked.test(file) ? line.search(/\s#\s/) : -1
  const isQuoted = /["'`]/.test(line.slice(0, at).replace(quoted, '') + line.slice(at))
  return at < 0 || isQuoted ? line : line.slice(0, at)
}

/** True where a package of the name has its version: `"data": "^1.2"`, `data = "1.2"`, `data==1.2`. */
function isVersioned(line: string, plain: string, file: string): boolean {
  const version = '(?:[~^=]|[<>]=?)?\\d+\\.[\\dx*][\\w.*-]*'
  const form = file.endsWith('.json')
    ? `^"${plain}": ?"${version}",?$`
    : file.endsWith('.toml')
      ? `^${plain} ?= ?"${version}"$`
      : /(?:^|\/)(?:requirements|constraints)[^/]*\.(?:txt|in)$/.test(file)
        ? `^${plain} ?(?:[=~<>!]=|[<>]) ?\\d`
        : null
  return form !== null && new RegExp(form).test(line)
}

/** What follows on the same line, in what stands in no quotes. */
const remark = (file: string): RegExp =>
  file.endsWith('.py') ? /(?:^|[\s(),:;])#.*$/ : /(?:^|[\s(),;{}])\/\/(?!go:embed).*$/

/** Files of keys and values; those of DVC have paths for keys: https://dvc.org/doc/user-guide/project-structure/dvcyaml-files. */
const keyed = /^(?!(?:.*\/)?dvc\.(?:ya?ml|lock)$).*\.(?:ya?ml|toml|ini|cfg|conf|properties|json)$/

/** Files whose lines are commands, or have them behind a key. */
const commands = /(?:^|\/)(?:(?:GNU)?[Mm]akefile|[^/]+\.mk|[^/]+\.(?:ba|z)?sh|[^/]+\.ya?ml)$/

/** Of variables that are for a path. */
const pathVariable = /dir|path|file|root|home|folder|storage|database|bin/i

/** `SERVER=nginx`, in a file of variables: what one is set to that is for no path. */
export const isValue = (line: string, name: string): boolean => {
  const [, variable = '', value] = /^\s*(?:export\s+)?(\w+)\s*=\s*["']?([^"']*)["']?\s*$/.exec(line) ?? []
  return value === name && isPlainWord(name) && !pathVariable.test(variable)
}

const isPlainWord = (name: string): boolean => /^[A-Za-z_]\w*$/.test(name)

/** The line of a file less the places in which the name is known to mean no path; what is not known stays. */
export function withoutOtherNames(text: string, name: string, file: string): string {
  const plain = verbatim(name)
  if (isVersioned(text, plain, file)) return ''
  let rest = withoutRemark(text, file)
  if (!fetches.test(rest)) rest = rest.replace(foreignUrl, '')
  // A program, where such are looked for.
  rest = rest.replace(
    new RegExp(`(?<![\\w.~$})\\]/-])/(?:usr/(?:local/)?)?s?bin/${plain}(?![\\w/.*?-])`, 'g'),
    '',
  )
  if (/\b(?:docker|podman|buildah)\b/.test(rest))
    rest = rest.replace(new RegExp(`(\\s(?:-t|--tag)(?: +|=))${plain}(?=$|[:\\s])`, 'g'), '$1')
  // What is put in for a name: `{site}/api`, `${dist}`.
  if (isPlainWord(name)) rest = rest.replace(new RegExp(`[$#]?\\{${plain}\\}`, 'g'), '')
  // `.env.*` are its neighbours.
  rest = rest.replace(new RegExp(`[\\w./*-]*(?<![\\w-])${plain}\\.[*?{][^\\s"'\`,]*`, 'g'), '')
  if (ofSystem.test(name))
    rest = rest.replace(new RegExp(`(?<![\\w.~$})\\]-])/${plain}(?![\\w.-])`, 'g'), (all, at: number) =>
      continued.test(rest.slice(0, at)) ? all : '',
    )
  if (!isPlainWord(name) || imports.test(rest)) return rest
  // What is started is looked for on the PATH: `composer install`.
  if (commands.test(file))
    rest = rest.replace(
      new RegExp(`^((?:- )?(?:(?:run|script): )?[@-]?)${plain}(?= [\\w-]+)(?! [:=+?])`),
      '$1',
    )
  if (/(?:^|\/)\.env(?:\.[\w.-]+)?$/.test(file) && isValue(rest, name)) return ''
  if (keyed.test(file))
    rest = rest.replace(
      new RegExp(`^((?:- )?)(?:${plain}\\s*=(?!=)|(["']?)${plain}\\2\\s*:(?=\\s))(?!\\s*["']?$)`),
      '$1',
    )
  rest = rest
    .replace(apostrophe, '’')
    .replace(quoted, (all, _, said: string) =>
      (sentence.test(said) && !/\s-/.test(said)) || (isProse(said) && !besideSlash(plain).test(said))
        ? ''
        : all,
    )
  if (pages.test(file))
    rest = rest.replace(shown, (all, said: string) =>
      said.trim().includes(' ') && !said.includes('/') ? '' : all,
    )
  if (!code.test(file)) return rest
  // `'storage:link'`, which is a command; `data:/x` is none.
  rest = rest.replace(new RegExp(`(["'\`])${plain}:(?=[A-Za-z])`, 'g'), '$1')
  const isSaid = !statement.test(rest) && !/["'`]/.test(rest) && isProse(rest)
  return isSaid && !besideSlash(plain).test(rest) ? '' : withoutIdentifiers(rest, plain, file)
}

const besideSlash = (plain: string): RegExp => new RegExp(`[/\\\\]${plain}(?![\\w])|(?<!\\w)${plain}[/\\\\]`)

/** `Publish(`, `class Publish`, `data: string`, `tags ["a"]`, `$data = [];`, which are words of the program's own, and `== 'data'`, `'data' =>`, `{'data': a}`, `a['data']`, which name a value or a key. */
function withoutIdentifiers(text: string, plain: string, file: string): string {
  const compared = new RegExp(
    `(?:[=!]==?|\\bcase)\\s*(["'\`])${plain}\\1|(["'\`])${plain}\\2\\s*(?:[=!]==?|=>|:(?!:))|(?<=[\\w)\\]])\\[(["'])${plain}\\3\\]`,
    'g',
  )
  const identifier = new RegExp(
    `(?<![\\w/$.-])(?:(?:class|struct|enum|interface|record|def|func|function|fn|void|new)\\s+${plain}(?![\\w/.-])|${plain}(?=\\()|^${plain}(?=: ?$|: [[:{]| \\[ ?$))`,
    'g',
  )
  const rest = text.replace(compared, '')
  const word = new RegExp(`(?<![\\w/~$@-])${plain}(?![\\w/-])`, 'g')
  // A text that goes on in the next line, or comes from the one before, is none of the program.
  const isWhole = !/["'`]/.test(rest.replace(quoted, ''))
  const isClosed = strict.test(file) && isWhole
  const own = new RegExp(`(?<![\\w/\\\\.*-])[$@&:]?${plain}(?![\\w/\\\\*-])`, 'g')
  const name = isClosed ? word : isWhole && statement.test(text) ? own : identifier
  let from = 0
  let bare = ''
  for (const { 0: all, index } of rest.matchAll(quoted)) {
    bare += rest.slice(from, index).replace(name, '') + all
    from = index + all.length
  }
  const last = rest.slice(from)
  return bare + (isClosed ? last.replace(remark(file), '') : last).replace(name, '')
}

/** A list of so many words is one of words: names that nobody may take, labels; as one of alternatives, the endings of domains. */
const wordList = /(?:"[\w-]*", ?){10}/
const alternatives = /(?:\|[\w-]+){10}\|/

/** True for words in a file of data, one after the other on one line, and for those of an expression. */
export const isWordList = (text: string, file: string): boolean =>
  (alternatives.test(text) || (file.endsWith('.json') && wordList.test(text))) && !text.includes('/')
