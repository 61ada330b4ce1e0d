/** Texts that name a stake because they make it or take it away: they say where it comes from, not who needs it. */

import { joinPath, parentPath } from '../../lib/path.ts'
import type { Mention } from '../../repository/model.ts'
import type { ShellCommand } from '../../shell/model.ts'
import { programOf, readShell } from '../../shell/read.ts'

/** What a text has to do with a path that it names; `needs` where it may work with it, or means something else. */
export type Deed = 'makes' | 'deletes' | 'needs'

/** Files whose lines are commands of a shell. */
const scripts = /(?:^|\/)(?:(?:GNU)?[Mm]akefile|[Jj]ustfile|[^/]+\.mk|[^/]+\.(?:ba|z)?sh|[^/]+\.ya?ml)$/

/** What the line does with the path, where all that names it there is a command that makes it or takes it away, or a setting that says where one writes. */
export function deedOf({ at, text }: Mention, path: string): Deed {
  if (isCollected({ at, text }, path) || isOutput({ at, text }, path)) return 'makes'
  if (!scripts.test(at.file)) return 'needs'
  if (isTarget({ at, text }, path)) return 'makes'
  const { commands, unread } = readShell(text.replace(/^(?:-\s+)?(?:(?:run|script|cmd):\s+)?[@+-]*\s*/, ''))
  if (unread !== null) return 'needs'
  const name = path.slice(path.lastIndexOf('/') + 1)
  const deeds = commands
    .filter(({ words, writes, reads, assignments }) =>
      [...words, ...writes, ...reads, ...assignments].some((word) => word.includes(name)),
    )
    .map((command) => deedOfCommand(command, (word) => isPath(word, path, at.file)))
  return deeds.length === 0 || deeds.includes('needs')
    ? 'needs'
    : deeds.includes('makes')
      ? 'makes'
      : 'deletes'
}

/** `env:`, `env: environment.yml`: the rule that makes it. */
function isTarget({ at, text }: Mention, path: string): boolean {
  const [, targets = '', rest = ''] = /^([^:=#"'$`]+)::?(?!=)(.*)$/.exec(text) ?? []
  const name = path.slice(path.lastIndexOf('/') + 1)
  return (
    /akefile$|\.mk$/.test(at.file) &&
    targets.split(/\s+/).some((word) => isPath(word, path, at.file)) &&
    !rest.includes(name)
  )
}

/** `"outputPath": "dist/apps/web"`, `"outputs": ["{workspaceRoot}/dist"]`, `"outputPath": { "base": "dist" }`. */
const told = /"(?:outputPath|outputs)"\s*:\s*(?:"[^"]*"|\[[^\]]*\]|\{[^{}]*\})/g

/** What a target of nx or of Angular writes: https://nx.dev/reference/project-configuration#outputs, https://angular.dev/reference/configs/workspace-config. */
function isOutput({ at, text }: Mention, path: string): boolean {
  if (!/(?:^|\/)(?:project|angular|workspace)\.json$/.test(at.file)) return false
  const rest = text.replace(told, '')
  return rest !== text && !rest.includes(path.slice(path.lastIndexOf('/') + 1))
}

/** From the root of the context, or from where the file lies. */
function isPath(word: string, path: string, file: string): boolean {
  const plain = word.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '')
  return plain === path || joinPath(parentPath(file), plain) === path
}

/** Programs of which an operand, or the value of an option, is what they make: the environments of Python and conda, what go builds or measures. */
const makers: readonly { readonly words: RegExp; readonly options: readonly string[] | null }[] = [
  { words: /^go (?:build|test|tool cover)\b/, options: ['-o', '-coverprofile'] },
  { words: /^(?:conda|mamba|micromamba) (?:env )?create\b/, options: ['-p', '--prefix'] },
  { words: /^(?:python[\d.]* -m venv|virtualenv|uv venv)\b/, options: null },
]

function deedOfCommand({ words, writes, reads }: ShellCommand, isIt: (word: string) => boolean): Deed {
  const run = programOf(words)
  const text = run.join(' ')
  if (/^(?:rm|rmdir|unlink) /.test(text)) return run.some(isIt) ? 'deletes' : 'needs'
  const maker = makers.find((one) => one.words.test(text))
  // `env` of `conda env create` is none of them.
  const own = maker?.words.exec(text)?.[0].split(' ').length ?? 1
  const places = run.flatMap((word, i) => (i >= own && isIt(behindEquals(word)) ? [i] : []))
  const isMade = places.every((i) =>
    maker?.options === null
      ? true
      : maker?.options.some((option) => run[i - 1] === option || run[i]?.startsWith(`${option}=`)),
  )
  const isWritten = writes.some(isIt)
  return (isWritten || places.length > 0) && isMade && !reads.some(isIt) ? 'makes' : 'needs'
}

/** `-coverprofile=c.out`. */
const behindEquals = (word: string): string => word.replace(/^-[\w-]+=/, '')

/**
 * `STATIC_ROOT = BASE_DIR / 'staticfiles'`: where collectstatic collects, from the directory in which `startproject` puts
 * manage.py; settings may lie one directory deeper, and many call the package that they lie in the project. What another
 * variable has a say in names nothing for sure. https://docs.djangoproject.com/en/stable/ref/settings/#static-root
 */
export function isCollected({ at: { file }, text }: Mention, path: string): boolean {
  const [, variable = '', value] =
    /^STATIC_ROOT(?:: ?\w+)? = (?:(?:os\.path\.join|str)\()?((?:BASE|PROJECT|SITE|ROOT)(?:_(?:DIR|ROOT|PATH))?)((?:[/, ]|"[^"]*"|'[^']*')+)\)?$/.exec(
      text,
    ) ?? []
  if (value === undefined || !file.endsWith('.py')) return false
  const named = [...value.matchAll(/(["'])(.*?)\1/g)]
    .map(([, , part = '']) => part.replace(/^\/+|\/+$/g, ''))
    .join('/')
  const own = parentPath(file)
  const bases = [parentPath(own), parentPath(parentPath(own)), ...(variable === 'BASE_DIR' ? [] : [own])]
  return named !== '' && bases.some((dir) => joinPath(dir, named) === path)
}
