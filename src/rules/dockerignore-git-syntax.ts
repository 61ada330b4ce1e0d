import { advice, listed, shownPattern } from '../analyse/line-words.ts'
import { type ForeignForm, foreignForms, readAsForeign } from '../ignore/foreign.ts'
import { wellFormed } from '../lib/path.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** Lines in the language of git, of a shell or of Windows: docker takes them for odd names. */
export const dockerignoreGitSyntax: Rule = {
  id: 'dockerignore-git-syntax',
  ofWhole: true,
  check: foreignLines,
}

interface Line {
  readonly line: number
  readonly pattern: string
  readonly form: ForeignForm
  readonly instead: readonly string[]
}

/** Where such a name is really there, the line does what it says, and nobody is told anything. */
function foreignLines({ main }: MeasuredBuild): readonly Finding[] {
  const { ignore, root } = main.context
  if (!ignore) return []
  const lines = ignore.parsed.lines.flatMap(({ line, written }, index): readonly Line[] => {
    const foreign = readAsForeign(written, root)
    if (!foreign || (!foreign.always && (main.walk.firstMatch[index] ?? -1) >= 0)) return []
    const { form, instead } = foreign
    return [{ line, pattern: wellFormed(written), form, instead: instead.map(wellFormed) }]
  })
  const [first] = lines
  if (!first) return []
  const told = lines.map(({ line, pattern, form }, index) => {
    const again = lines.findIndex((one) => one.form === form) < index
    return `${line} ${shownPattern(pattern)}${again ? '' : ` (${foreignForms[form]})`}`
  })
  return [
    {
      ...plain,
      rule: 'dockerignore-git-syntax',
      severity: 'warning',
      message:
        lines.length === 1
          ? `${shownPattern(first.pattern)} drops nothing of what was meant: ${foreignForms[first.form]}`
          : `${lines.length} lines drop nothing of what was meant: ${listed(told)}`,
      hint: advice(lines),
      at: { file: wellFormed(ignore.file), line: first.line },
      data: { lines },
    },
  ]
}
