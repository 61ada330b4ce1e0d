/** Where a line has the name of a path for something else: a directory of the system, a word, a function, a value that is compared. */

import { verbatim } from '../lib/verbatim.ts'

/** Directories that each system has at its top: https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html. */
const ofSystem = /^(?:bin|boot|dev|etc|home|lib|lib64|proc|root|run|sbin|sys|tmp|usr|var)$/

/** What is handed on to be put behind a directory: `join(root, '/tmp')`, `root + "/tmp"`. */
const continued = /[+.,%&]\s*["'`]$/

const code = /\.(?:[cm]?[jt]sx?|vue|svelte|cs|java|kts?|scala|go|rs|swift|php|py|rb|dart|cc?|cpp|cxx|h|hpp)$/
const imports = /^(?:(?:import|from|use|using|mod|package|require|include|export)\b|#include)/
const quoted = /(["'`])((?:\\.|(?!\1)[^\\])*)\1/g

/** Three words and more that begin as a sentence does, with nothing in it that a path or an option has. */
const sentence = /^[A-Z][a-z]+(?:[,:;]? [A-Za-z0-9'’(){}%-]+){2,}[.!?:…]*$/

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
  rest = rest.replace(quoted, (all, _, said: string) => (sentence.test(said) && !/\s-/.test(said) ? '' : all))
  return code.test(file) ? withoutIdentifiers(rest, plain) : rest
}

/** `Publish(`, `class Publish`, `data: string`, and `== 'data'`, `'data' =>`, which name a value or a key. */
function withoutIdentifiers(text: string, plain: string): string {
  const compared = new RegExp(
    `(?:[=!]==?|\\bcase)\\s*(["'\`])${plain}\\1|(["'\`])${plain}\\2\\s*(?:[=!]==?|=>)`,
    'g',
  )
  const identifier = new RegExp(
    `(?<![\\w/$.-])(?:(?:class|struct|enum|interface|record|def|func|function|fn|void|new)\\s+${plain}(?![\\w/.-])|${plain}(?=\\())`,
    'g',
  )
  const rest = text.replace(compared, '')
  let from = 0
  let bare = ''
  for (const { 0: all, index } of rest.matchAll(quoted)) {
    bare += rest.slice(from, index).replace(identifier, '') + all
    from = index + all.length
  }
  return bare + rest.slice(from).replace(identifier, '')
}

/** A list of so many words is one of words: names that nobody may take, labels. */
const wordList = /(?:"[\w-]*", ?){10}/

/** True for words in a file of data, one after the other on one line. */
export const isWordList = (text: string, file: string): boolean =>
  file.endsWith('.json') && wordList.test(text) && !text.includes('/')
