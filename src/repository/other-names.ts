/** Where a line has the name of a path for something else: a directory of the system, a word, a function, a value that is compared. */

import { verbatim } from '../lib/verbatim.ts'

/** Directories that each system has at its top: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html. */
const ofSystem = /^(?:bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)$/

/** What is handed on to be put behind a directory: `join(root, '/tmp')`, `root + "/tmp"`. */
const continued = /[+.,%&]\s*["'`]$/

const code = /\.(?:[cm]?[jt]sx?|vue|svelte|cs|java|kts?|scala|go|rs|swift|php|py|rb|dart|cc?|cpp|cxx|h|hpp)$/
const imports =
  /^(?:(?:import|from|use|using|mod|package|require|include|export)\b|#(?:include|import|embed)\b|\/\/go:embed\b)/
const quoted = /(["'`])((?:\\.|(?!\1)[^\\])*)\1/g

/** Three words and more that begin as a sentence does, with nothing in it that a path or an option has. */
const sentence = /^[A-Z][a-z]+(?:[,:;]? [A-Za-z0-9'’(){}%-]+){2,}[.!?:…]*$/

/** Of these a word that stands in no quotes is a name of the program, or one of what is said about it; Ruby has lists of words, PHP and pages have text. */
const strict = /\.(?:[cm]?[jt]sx?|cs|java|kts?|scala|go|rs|swift|py|dart|cc?|cpp|cxx|h|hpp)$/

/** `it's` begins no text. */
const apostrophe = /(?<=\w\w)'(?=(?:s|t|re|ve|ll|d|m)\b)/g

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
  // `.env.*` are its neighbours.
  let rest = text.replace(new RegExp(`[\\w./*-]*(?<![\\w-])${plain}\\.[*?{][^\\s"'\`,]*`, 'g'), '')
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
    .replace(quoted, (all, _, said: string) => (sentence.test(said) && !/\s-/.test(said) ? '' : all))
  return code.test(file) ? withoutIdentifiers(rest, plain, file) : rest
}

/** `Publish(`, `class Publish`, `data: string`, and `== 'data'`, `'data' =>`, which name a value or a key. */
function withoutIdentifiers(text: string, plain: string, file: string): string {
  const compared = new RegExp(
    `(?:[=!]==?|\\bcase)\\s*(["'\`])${plain}\\1|(["'\`])${plain}\\2\\s*(?:[=!]==?|=>)`,
    'g',
  )
  const identifier = new RegExp(
    `(?<![\\w/$.-])(?:(?:class|struct|enum|interface|record|def|func|function|fn|void|new)\\s+${plain}(?![\\w/.-])|${plain}(?=\\())`,
    'g',
  )
  const rest = text.replace(compared, '')
  const word = new RegExp(`(?<![\\w/~$@-])${plain}(?![\\w/-])`, 'g')
  // A text that goes on in the next line, or comes from the one before, is none of the program.
  const isClosed = strict.test(file) && !/["'`]/.test(rest.replace(quoted, ''))
  const name = isClosed ? word : identifier
  let from = 0
  let bare = ''
  for (const { 0: all, index } of rest.matchAll(quoted)) {
    bare += rest.slice(from, index).replace(name, '') + all
    from = index + all.length
  }
  const last = rest.slice(from)
  return bare + (isClosed ? last.replace(remark(file), '') : last).replace(name, '')
}

/** A list of so many words is one of words: names that nobody may take, labels. */
const wordList = /(?:"[\w-]*", ?){10}/

/** True for words in a file of data, one after the other on one line. */
export const isWordList = (text: string, file: string): boolean =>
  file.endsWith('.json') && wordList.test(text) && !text.includes('/')
