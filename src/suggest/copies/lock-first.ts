/** A manifest copied before an install without the lockfile, which comes too late: each build takes what is newest then. */

import type { EntryTable } from '../../context/table.ts'
import { landing } from '../../dockerfile/landing.ts'
import { hasWildcard } from '../../lib/glob.ts'
import { baseName, joinPath, parentPath, rootedPath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { Repository } from '../../repository/model.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { runsOf } from '../image/runs.ts'
import { wideCopyAt } from '../image/wide-copy.ts'
import type { Narrowing } from './narrowing.ts'

/** The lockfile by the manifest and the program that goes by it. */
const locks: readonly { readonly program: RegExp; readonly manifest: string; readonly lock: string }[] = [
  { program: /^npm (?:install|i)$/, manifest: 'package.json', lock: 'package-lock.json' },
  { program: /^yarn(?: install)?$/, manifest: 'package.json', lock: 'yarn.lock' },
  { program: /^pnpm (?:install|i)$/, manifest: 'package.json', lock: 'pnpm-lock.yaml' },
  { program: /^bun (?:install|i)$/, manifest: 'package.json', lock: 'bun.lock' },
  { program: /^poetry install$/, manifest: 'pyproject.toml', lock: 'poetry.lock' },
  { program: /^bundle install$/, manifest: 'Gemfile', lock: 'Gemfile.lock' },
  { program: /^go mod download$/, manifest: 'go.mod', lock: 'go.sum' },
]

/** Looks for `COPY package.json ./`, an install, and the rest behind it, where the lockfile lies beside the manifest. */
export function lockFirst(member: Member, table: EntryTable, repository: Repository): readonly Narrowing[] {
  const { file } = member.dockerfile
  return member.plan.stages.flatMap(({ index }) => {
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    const runs = runsOf(member, index, repository)
    for (const run of runs)
      for (const { meaning } of run.commands) {
        const kind = locks.find(({ program }) => program.test(meaning?.title ?? ''))
        if (!kind) continue
        const before = steps.filter((step) => step.line < run.step.line)
        const readAt = (line: number) =>
          member.plan.reads.find((read) => read.line === line && read.stageIndex === index && !read.mount)
        const copy = before.find((step) => {
          const read = readAt(step.line)
          return (
            read?.origin.kind === 'main' &&
            !read.parents &&
            !step.instruction.json &&
            !read.localSources.some(hasWildcard) &&
            read.localSources.some((source) => baseName(rootedPath(source)) === kind.manifest)
          )
        })
        const read = copy && readAt(copy.line)
        const manifest = read?.localSources.map(rootedPath).find((path) => baseName(path) === kind.manifest)
        if (!copy || !read || manifest === undefined) continue
        const lock = joinPath(parentPath(manifest), kind.lock)
        const from = landing(read, copy.directory, manifest)
        if (!isKept({ table, repository }, lock) || from === null || !isPlain(lock)) continue
        const wanted = joinPath(parentPath(from), kind.lock)
        const brings = (line: number, directory: string | null): boolean => {
          const one = readAt(line)
          // What another stage or image brings may hold it.
          return one !== undefined && (one.origin.kind !== 'main' || landing(one, directory, lock) === wanted)
        }
        const isLate = steps.some(
          (step) =>
            step.line > run.step.line &&
            wideCopyAt(member, step, table) !== null &&
            brings(step.line, step.directory),
        )
        const isMounted = member.plan.reads.some(({ line, mount }) => line === run.step.line && mount)
        if (!isLate || isMounted || before.some((step) => brings(step.line, step.directory))) continue
        const dest = copy.instruction.words.at(-1) ?? ''
        const written = copy.instruction.words.find((word) => rootedPath(word) === manifest)
        // Two sources want a directory for where they go.
        const isDirectory = dest.endsWith('/') || dest === '.'
        const own = member.dockerfile.text.slice(copy.instruction.start, copy.instruction.end)
        const at = written === undefined ? -1 : own.indexOf(` ${written} `)
        if (written === undefined || at < 0 || !isDirectory || own.indexOf(` ${written} `, at + 1) >= 0)
          continue
        const start = copy.instruction.start + at + 1 + written.length
        return [
          {
            line: copy.line,
            stageIndex: index,
            title: `copy ${kind.lock} before ${meaning?.title ?? ''}`,
            because: `${meaning?.title ?? ''} (${placeText({ file, line: run.step.line })}) does not see it and takes what is newest; it is copied only after`,
            rewrites: [
              { file, start, end: start, text: ` ${lock}` },
              ...(dest === '.'
                ? [
                    {
                      file,
                      start: copy.instruction.start + own.lastIndexOf('.'),
                      end: copy.instruction.start + own.lastIndexOf('.') + 1,
                      text: './',
                    },
                  ]
                : []),
            ],
          },
        ]
      }
    return []
  })
}

const isPlain = (path: string): boolean => /^[\w./@-]+$/.test(path)
