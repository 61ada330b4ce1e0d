/** Which verb prints what, and where `--format` and `-o` send it. */

import type { Host } from '../host/host.ts'
import { nearest } from '../lib/distance.ts'
import { fail } from '../lib/errors.ts'
import { type FormatName, reporters } from '../reporters/index.ts'
import type { VerbName } from './usage.ts'

/** One text to make. */
export interface Output {
  readonly format: FormatName
  /** File to write to; null for standard output. */
  readonly file: string | null
}

/** As a file it is written so, as docker has it with `-o`. */
const standardOutput = '-'

/** Of documents that are one verb's own. */
const plain = ['table', 'json'] as const
/** Of a report of builds: every reporter there is. */
const all = namesOf(reporters)

/** The formats of each verb, the one that nobody has to ask for first. */
export const formats = {
  scan: all,
  check: all,
  init: plain,
  ls: plain,
  why: plain,
  verify: plain,
  builds: plain,
  affected: plain,
  diff: ['table', 'json', 'markdown'],
  history: plain,
  ignore: plain,
  fix: plain,
  report: all,
  explain: ['table', 'json', 'markdown'],
  plugin: plain,
  completion: ['table'],
} as const satisfies Record<VerbName, readonly FormatName[]>

/** Of `report` where it is given several. */
export const rankingFormats = ['table', 'json', 'markdown', 'csv'] as const satisfies readonly FormatName[]

/** For the help: `table (default) or json; FORMAT=FILE writes a file`. */
export function formatHelp(verb: VerbName): string {
  const [first = '', ...others] = formats[verb]
  const names = [`${first} (default)`, ...others.slice(0, -1)].join(', ')
  return `${names} or ${others.at(-1)}; with =FILE into a file; repeatable`
}

/**
 * `--format table --format sarif=out.sarif`. What names no file goes to the one of `-o`, else to standard output; without
 * any such, nothing does, and `-o` alone holds what would stand there. Throws USAGE.
 */
export function readOutputs(
  verb: VerbName,
  given: { readonly formats: readonly string[]; readonly file: string | null; readonly host: Host },
): readonly Output[] {
  const asked = given.formats.map((one) => readOutput(verb, one))
  const output = given.file === standardOutput ? null : given.file
  const open = [...new Set(asked.flatMap(({ format, file }) => (file === null ? [format] : [])))]
  if (open.length > 1)
    throw fail('USAGE', `only one format can go to ${output ?? 'standard output'}: ${open.join(', ')}`, {
      hint: `give the others a file: --format ${open[1]}=FILE`,
    })
  const isSilent = open.length === 0 && asked.length > 0 && given.file === null
  const lead: readonly Output[] = isSilent ? [] : [{ format: open[0] ?? formats[verb][0], file: output }]
  const outputs = [...lead, ...asked.filter(({ file }) => file !== null)]
  refuseSameFile(outputs, given.host)
  return outputs
}

function readOutput(verb: VerbName, given: string): Output {
  const cut = given.indexOf('=')
  const name = cut < 0 ? given : given.slice(0, cut)
  const said = cut < 0 ? standardOutput : given.slice(cut + 1)
  const file = said === standardOutput ? null : said
  const format = formats[verb].find((one) => one === name)
  if (format === undefined) throw refused(verb, name)
  if (file === '')
    throw fail('USAGE', `--format ${given} names no file`, { hint: `write --format ${name}=FILE` })
  return { format, file }
}

function refused(verb: VerbName, name: string) {
  const others = namesOf(formats).filter((one) => formats[one].some((format) => format === name))
  const own = formats[verb].join(', ')
  if (others.length > 0)
    return fail('USAGE', `ctxsize ${verb} prints no ${name}, but ${own}`, {
      hint: `${others.map((one) => (one === 'scan' ? 'ctxsize' : `ctxsize ${one}`)).join(', ')} can print ${name}`,
    })
  const meant = nearest(name, formats[verb])
  return fail('USAGE', `--format ${JSON.stringify(name)} is not one of ${own}`, {
    hint: meant === null ? 'give one of these' : `did you mean ${meant}?`,
  })
}

/** The second would take the place of the first. */
function refuseSameFile(outputs: readonly Output[], host: Host): void {
  const seen = new Set<string>()
  for (const { file } of outputs) {
    if (file === null) continue
    const path = host.absolute(file)
    if (seen.has(path))
      throw fail('USAGE', `two formats would go to ${file}`, { hint: 'give each a file of its own' })
    seen.add(path)
  }
}

function namesOf<T extends string>(table: Readonly<Record<T, unknown>>): readonly T[] {
  // Object.keys forgets the type of the keys, which are all of T in a table of our own.
  return Object.keys(table) as T[]
}
