/** For Go, which has no install step of its own in most Dockerfiles: download the modules before the sources come in. */

import { type EntryTable, flag } from '../context/table.ts'
import { cleanPath, joinPath, parentPath, rootedPath } from '../lib/path.ts'
import type { Repository } from '../repository/model.ts'
import { placeText } from './judge.ts'
import { landing } from './landing.ts'
import type { Member } from './model.ts'
import { runsOf } from './steps.ts'
import type { TextEdit } from './texts.ts'

export interface ModuleDownload {
  readonly line: number
  readonly because: string
  readonly rewrites: readonly TextEdit[]
}

/** Stages that copy a Go module as a whole and build it, and download nothing before. */
export function goModules(
  member: Member,
  table: EntryTable,
  repository: Repository,
): readonly ModuleDownload[] {
  const { file, text } = member.dockerfile
  return member.plan.stages.flatMap(({ index }) => {
    const runs = runsOf(member, index, repository)
    const commands = runs.flatMap((run) => run.commands.map((command) => ({ run, command })))
    if (commands.some(({ command }) => /^go mod (?:download|vendor)/.test(command.words.join(' ')))) return []
    const build = commands.find(
      ({ command }) => command.words[0] === 'go' && /^(?:build|install|test)$/.test(command.words[1] ?? ''),
    )
    if (!build || build.command.directory === null) return []
    const steps = member.plan.steps.filter((step) => step.stageIndex === index)
    for (const step of steps) {
      if (step.line >= build.run.step.line) break
      const copy = member.plan.reads.find(
        (read) =>
          read.line === step.line && read.stageIndex === index && read.origin.kind === 'main' && !read.mount,
      )
      if (copy?.localSources.length !== 1 || copy.sources.length !== 1 || step.instruction.line !== step.line)
        continue
      const source = rootedPath(copy.localSources[0] ?? '')
      const [mod, sum] = ['go.mod', 'go.sum'].map((name) => joinPath(source, name))
      const isKept = (path: string) => {
        const row = table.find(path)
        return row !== null && ((table.flags[row] ?? 0) & flag.ignored) === 0
      }
      if (mod === undefined || sum === undefined || !isKept(mod) || !isKept(sum)) continue
      const lands = landing(copy, step.directory, mod)
      // Modules of the repository itself, and a vendor directory, need more than the two files.
      if (lands === null || parentPath(lands) !== cleanPath(build.command.directory).replace(/^\/$/, ''))
        continue
      // Before the copy it runs where the stage is then.
      if (step.directory === null || cleanPath(step.directory) !== cleanPath(build.command.directory))
        continue
      const manifest = repository.manifests.get(mod) ?? ''
      if (/^\s*replace\b[^\n]*=>\s*\.{1,2}\//m.test(manifest) || /=>\s*\.{1,2}\//.test(manifest)) continue
      if (['vendor', 'go.work'].some((name) => isKept(joinPath(source, name)))) continue
      const between = steps.filter((one) => one.line > step.line && one.line < build.run.step.line)
      if (
        between.some(
          ({ instruction }) =>
            /^(?:ARG|ENV)$/.test(instruction.keyword) &&
            /GOPROXY|GOPRIVATE|GOFLAGS|GONOSUM|GOMODCACHE/.test(instruction.text),
        )
      )
        continue
      const flags = step.instruction.flags.map(({ name, value }) =>
        value === null ? `--${name}` : `--${name}=${value}`,
      )
      const mounts = build.run.step.instruction.flags
        .filter(({ name, value }) => name === 'mount' && /type=(?:cache|secret|ssh)/.test(value ?? ''))
        .map(({ value }) => `--mount=${value}`)
      const end = text.includes('\r\n') ? '\r\n' : '\n'
      const written = step.instruction.words.at(-1) ?? '.'
      const dest =
        written === '.' || written === './' ? './' : written.endsWith('/') ? written : `${written}/`
      const lines = [
        ['COPY', ...flags, mod, sum, dest].join(' '),
        ['RUN', ...mounts, 'go mod download'].join(' '),
      ]
      return [
        {
          line: build.run.step.line,
          because: `go mod download reads go.mod and go.sum only, and ${build.command.words.slice(0, 2).join(' ')} (${placeText({ file, line: build.run.step.line })}) finds the modules there`,
          rewrites: [
            {
              file,
              start: step.instruction.start,
              end: step.instruction.start,
              text: lines.map((line) => `${line}${end}`).join(''),
            },
          ],
        },
      ]
    }
    return []
  })
}
