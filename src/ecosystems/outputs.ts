/** What a command does where its options or its configuration say so, in the place of what its name leaves open. */

import type { CommandMeaning, Made, Outputs } from './model.ts'
import { baseName, directoryName } from './names.ts'
import { optionOf, valuesOf } from './words.ts'

/** The texts of the files beside where a command runs whose names match a glob. */
export type TextsBeside = (glob: string) => readonly string[]

/**
 * The meaning as the files beside it have it: it makes what an option or a setting names, and nothing that hangs on a
 * configuration which is not there. What cannot be told stays as it is.
 */
export function withConfiguration(known: CommandMeaning, textsBeside: TextsBeside): CommandMeaning {
  let meaning = known
  for (const { file, holds: wanted, lacks, effect } of known.command.configured) {
    const applies = (text: string): boolean => {
      const bare = withoutBlanks(text)
      return (wanted === null || bare.includes(wanted)) && !lacks.some((one) => bare.includes(one))
    }
    if (textsBeside(file).some(applies)) meaning = { ...meaning, ...effect }
  }
  const { outputs } = meaning.command
  const isOpen = meaning.makes.some(({ path }) => path === '*')
  const there = meaning.makes.filter(({ only }) => only === undefined || holds(only, textsBeside))
  const named = outputs === null ? null : outputsOf(outputs, meaning.options, textsBeside)
  const found = named === null || named.length > 0 || !isOpen ? named : plain([outputs?.otherwise ?? ''])
  const written = [
    ...(found ?? []),
    ...(outputs !== null && meaning.makes.length > 0 ? outputs.remembers : []),
  ]
  if (written.length === 0 && there.length === meaning.makes.length) return meaning
  const more = written.map((path): Made => ({ path, existing: 'merges' }))
  return { ...meaning, makes: [...there.filter(({ path }) => path !== '*' || found === null), ...more] }
}

/** Settings as nobody laid them out: without blanks, and without remarks, which hold nothing. */
const withoutBlanks = (text: string): string => text.replace(/#.*/g, '').replace(/[ \t]+/g, '')

const holds = ({ files, texts }: NonNullable<Made['only']>, textsBeside: TextsBeside): boolean =>
  files.some((file) => textsBeside(file).some((text) => texts.some((one) => text.includes(one))))

/** None where nothing is said; null where it cannot be told. */
function outputsOf(
  { options, fileOptions, files, settings, blind }: Outputs,
  given: readonly string[],
  textsBeside: TextsBeside,
): readonly string[] | null {
  const said = [...valuesOf(given, options), ...valuesOf(given, fileOptions).flatMap(filePlaces)]
  if (said.length > 0) return plain(said)
  const found: string[] = []
  for (const text of configurations(files, given, textsBeside)) {
    if (blind.some((one) => valuesOfSetting(text, one)?.length !== 0)) return null
    for (const setting of settings) {
      const values = valuesOfSetting(text, setting)
      if (values === null) return null
      found.push(
        ...values.flatMap((value) => (/\.[cm]?js$|\.css$/.test(value) ? filePlaces(value) : [value])),
      )
    }
  }
  return plain(found)
}

/** A file that is written, and the directory where such a one holds nothing but what is built. */
function filePlaces(file: string): readonly string[] {
  const directory = directoryName(file)
  return /^(?:dist|build|out|output|bin)$/.test(baseName(directory)) ? [directory] : [file, `${file}.map`]
}

/** Each once, from where it runs: `dist`, `../static/app`; null when one of them is absolute, all that lies there, or only a run can tell. */
function plain(paths: readonly string[]): readonly string[] | null {
  const clean = paths.map((path) => path.replace(/^(?:\.\/)+/, '').replace(/\/+$/, ''))
  return clean.some((path) => {
    const beyond = path.replace(/^(?:\.\.\/)+/, '')
    return /^$|^(?:[./~]|[a-z]+:)|[$`*]|(?:^|\/)\.\.(?:\/|$)/.test(beyond)
  })
    ? null
    : [...new Set(clean)]
}

/** The texts that count: the file that an option names, else those of the usual names; what they extend where they are silent. */
function configurations(
  files: readonly string[],
  given: readonly string[],
  textsBeside: TextsBeside,
): readonly string[] {
  const named = given
    .map(optionOf)
    .flatMap(({ name, value }) =>
      /^(?:-p|--project|-c|--config|--configuration)$/.test(name) ? (value ?? '') : [],
    )
    .filter((value) => /\.\w+$/.test(value))
  return (named.length > 0 ? named.map(baseName) : files).flatMap(textsBeside).flatMap((text) => {
    const base = /"extends"\s*:\s*"\.\/([\w.-]+)"/.exec(text)?.[1]
    return base === undefined || /"outDir"/.test(text)
      ? [text]
      : [text, ...textsBeside(base.endsWith('.json') ? base : `${base}.json`)]
  })
}

/**
 * Of `outDir: 'x'`, `"outDir": "x"`, `outDir = x`, `setOutputPath('x')`, `outDir: path.resolve(__dirname, 'a', 'b')`; of `output.path` that
 * in `output: { path: … }`. None where the setting is not there, null where its value is no plain text.
 */
function valuesOfSetting(text: string, setting: string): readonly string[] | null {
  const values: string[] = []
  const code = text.replace(/^[ \t]*(?:\/\/|#).*$/gm, '')
  const named = setting.split('.').map((part) => `["']?${part}["']?\\s*[:=(]\\s*`)
  const pattern = new RegExp(`(?<![\\w-])${named.join('\\{[^{}]*?(?<![\\w-])')}`, 'g')
  for (const { 0: all, index } of code.matchAll(pattern)) {
    const rest = code.slice(index + all.length)
    const parts = joined
      .exec(rest)?.[1]
      ?.split(',')
      .filter((part) => part.trim() !== '')
      .map((part) => /^\s*["'`]([^"'`]*)["'`]\s*$/.exec(part)?.[1] ?? '$')
    const value = parts?.join('/') ?? /^["'`]([^"'`\n]*)["'`]/.exec(rest)?.[1]
    if (value === undefined) return null
    values.push(value)
  }
  return values
}

const joined =
  /^(?:path\.)?(?:resolve|join)\(\s*(?:__dirname|import\.meta\.dirname|process\.cwd\(\))\s*,([^()]*)\)/
