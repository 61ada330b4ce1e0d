/**
 * What a runner of GitHub Actions makes of a line: commands as the documentation and actions/runner have them
 * (src/Runner.Common/ActionCommand.cs), of the form `::name key=value,key=value::text` and of the older `##[name key=value;]text`.
 */

export interface Command {
  readonly name: string
  readonly properties: Readonly<Record<string, string>>
  readonly text: string
}

/** Whatever a step may say; a runner knows no others. */
const known = new Set(
  (
    'error warning notice debug group endgroup add-mask add-path set-env set-output save-state stop-commands echo ' +
    'add-matcher remove-matcher internal-set-repo-path'
  ).split(' '),
)

const unescaped = (text: string, more: Readonly<Record<string, string>>): string => {
  let result = text.replaceAll('%0D', '\r').replaceAll('%0A', '\n')
  for (const [from, to] of Object.entries(more)) result = result.replaceAll(from, to)
  return result.replaceAll('%25', '%')
}

function propertiesOf(text: string, separator: string, more: Readonly<Record<string, string>>) {
  const pairs = text
    .trim()
    .split(separator)
    .flatMap((pair) => {
      const cut = pair.indexOf('=')
      return cut > 0 && cut < pair.length - 1
        ? [[pair.slice(0, cut), unescaped(pair.slice(cut + 1), more)] as const]
        : []
    })
  return Object.fromEntries(pairs)
}

function commandOf(line: string): Command | null {
  const start = line.trimStart()
  const end = start.startsWith('::') ? start.indexOf('::', 2) : -1
  if (end >= 0) {
    const [name = '', ...rest] = start.slice(2, end).split(' ')
    if (known.has(name))
      return {
        name,
        properties: propertiesOf(rest.join(' '), ',', { '%3A': ':', '%2C': ',' }),
        text: unescaped(start.slice(end + 2), {}),
      }
  }
  const old = /##\[([^ \]]*) ?([^\]]*)\](.*)/s.exec(line)
  if (old && known.has(old[1] ?? ''))
    return { name: old[1] ?? '', properties: propertiesOf(old[2] ?? '', ';', {}), text: old[3] ?? '' }
  return null
}

/** The commands of a step's output; and every line that is none. */
export function readOutput(output: string): {
  readonly commands: readonly Command[]
  readonly rest: readonly string[]
} {
  // As .NET reads lines.
  const lines = output.split(/\r\n|\n|\r/)
  const read = lines.map((line) => ({ line, command: commandOf(line) }))
  return {
    commands: read.flatMap(({ command }) => (command ? [command] : [])),
    rest: read.flatMap(({ line, command }) => (command ? [] : [line])),
  }
}
