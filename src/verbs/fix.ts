import { type FixOptions, fixEdits, fixReport, proposedIgnoreFile } from '../answers/fix.ts'
import type { Host } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { joinPath, parentPath, visiblePath } from '../lib/path.ts'
import { propose } from '../propose.ts'
import { nothingKnown } from '../repository/known.ts'
import { askLargePast } from '../repository/past.ts'
import type { FoundScan } from '../scan.ts'
import type { FileEdit } from '../suggest/edits/texts.ts'
import type { Outcome, VerbInput } from './outcome.ts'
import { firstOfEach, measureAll, toldOf } from './targets.ts'
import { writeFiles } from './write-files.ts'

/** `ctxsize fix`: proposed changes of the ignore files and the Dockerfiles; `--write` makes them. */
export async function runFix(input: VerbInput): Promise<Outcome> {
  const { made, problems, options, applied } = prepare(input, 'all')
  return {
    printable: { kind: 'fix', document: fixReport(made, options, applied), edits: fixEdits(made, options) },
    fatal: [...made.flatMap(({ fatal }) => fatal), ...problems],
    exitCode: 0,
  }
}

/** `ctxsize ignore`: the proposed ignore file of the leading context, whole; `--write` updates those there are. */
export async function runIgnore(input: VerbInput): Promise<Outcome> {
  const { made, problems, options, applied } = prepare(input, 'ignore')
  const [first] = made
  const text = first ? proposedIgnoreFile(first, options) : ''
  return {
    printable: { kind: 'ignore', document: fixReport(made, options, applied), text },
    fatal: [...made.flatMap(({ fatal }) => fatal), ...problems],
    exitCode: 0,
  }
}

function prepare({ host, options, progress, output }: VerbInput, only: FixOptions['only']) {
  const look = () => {
    const known = nothingKnown()
    const past = askLargePast(host, host.absolute(options.scan.context))
    const { scans, problems } = measureAll({ host, options, progress }, known)
    const declared = options.config?.declared ?? null
    const made = firstOfEach(scans).map((one) =>
      propose(host, one, { thorough: true, known, past, declared, toldOf: toldOf(scans, one) }),
    )
    return { made, problems }
  }
  const chosen: FixOptions = { review: options.review, only, style: only === 'ignore' ? options.style : null }
  const { made, problems } = look()
  const [problem] = problems
  if (made.length === 0) throw fail('CONTEXT_NOT_FOUND', problem?.message ?? 'no build can be measured')
  for (const one of made) guardOutput(host, one, output)
  if (!options.write) return { made, problems, options: chosen, applied: false }
  const edits = fixEdits(made, chosen)
  // What was proved of one tree is not written over another: all is looked at once more.
  if (edits.length > 0 && JSON.stringify(fixEdits(look().made, chosen)) !== JSON.stringify(edits))
    throw fail('CHANGED_MEANWHILE', 'the tree has changed while it was looked at; nothing was written')
  const context = host.absolute(options.scan.context)
  clearUp(host, { context, made, edits })
  // The ignore file comes first: without the rest it is right as well.
  writeFiles(host, context, edits)
  return { made, problems, options: chosen, applied: true }
}

/** `ctxsize ignore > .dockerignore` where there is one: the shell has emptied it before this program began. */
function guardOutput(host: Host, { build }: FoundScan, output: string | null): void {
  const path = joinPath(build.main.root, build.main.ignore?.file ?? '.dockerignore')
  if (output === null || host.lstat(path) === null || host.identity(path) !== output) return
  const name = visiblePath(build.main.ignore?.file ?? '.dockerignore')
  throw fail('OUTPUT_IS_IGNORE_FILE', `standard output is ${name} itself, which the shell has emptied`, {
    hint: `git checkout ${name} brings it back if it is in git; then ctxsize ignore --write`,
  })
}

/** What killed runs have left goes wherever this one might write, or has met it. */
function clearUp(
  host: Host,
  {
    context,
    made,
    edits,
  }: { readonly context: string; readonly made: readonly FoundScan[]; readonly edits: readonly FileEdit[] },
): void {
  const met = made.flatMap(({ build, main }) =>
    [build.main.ignore?.file ?? '.dockerignore', build.dockerfile.file, ...main.walk.leftOvers].map((file) =>
      joinPath(build.main.root, file),
    ),
  )
  const files = [...met, ...edits.map(({ file }) => joinPath(context, file))]
  for (const directory of new Set(files.map((file) => `${parentPath(host.absolute(file))}/`)))
    host.removeLeftOvers(directory)
}
