/** For Go, which has no install step of its own in most Dockerfiles: download the modules before the sources come in. */

import { knownCommand } from '../../ecosystems/index.ts'
import { cleanPath, joinPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { runsOf } from '../image/runs.ts'
import { contextPathAt, wideCopyAt } from '../image/wide-copy.ts'
import type { Grounds } from '../needs/needs.ts'
import { copyLines } from './copy-lines.ts'

export interface ModuleDownload {
  readonly line: number
  readonly because: string
  readonly rewrites: readonly TextEdit[]
}

/** Stages that copy a Go module as a whole and build it, and download nothing before. */
export function goModules(
  member: Member,
  { table, repository, needsOf }: Grounds,
): readonly ModuleDownload[] {
  const { file, text, directives } = member.dockerfile
  return member.plan.stages.flatMap(({ index }) => {
    const commands = runsOf(member, index, repository).flatMap((run) =>
      run.commands.map((command) => ({ run, command })),
    )
    if (
      commands.some(({ command }) =>
        /^go (?:mod (?:download|vendor|tidy)|work vendor)/.test(command.words.join(' ')),
      )
    )
      return []
    const build = commands.find(
      ({ command: { words, text: how, conditional } }) =>
        words[0] === 'go' &&
        /^(?:build|install|test)$/.test(words[1] ?? '') &&
        !words.some((word) => /@/.test(word)) &&
        !conditional &&
        !how.includes(' → '),
    )
    const directory = build?.command.directory ?? null
    // The cache of modules is in /go: it would lie within the module, and be there for whatever looks through that.
    if (directory !== null && cleanPath(directory) === '/') return []
    const meaning = knownCommand(['go', 'mod', 'download'])
    if (!build || directory === null || meaning === null) return []
    const copies = member.plan.steps
      .filter((step) => step.stageIndex === index && step.line < build.run.step.line)
      .flatMap((step) => wideCopyAt(member, step, table) ?? [])
    // Behind any of them it would run again with every change of the sources.
    const [first] = copies
    if (!first) return []
    const { step } = first
    // A copy of everything may have stood there before it was put off.
    const begin = Math.min(
      ...member.reads.flatMap(({ instruction }) =>
        instruction.stageIndex === index && !instruction.mount ? [instruction.line] : [],
      ),
    )
    for (const wide of copies) {
      const dir = contextPathAt(wide, cleanPath(directory))
      // Before the copy it runs where the stage is then, and where the files are put from.
      if (dir === null || [step, wide.step].some((one) => one.directory !== cleanPath(directory))) continue
      // Modules of a vendor directory are not downloaded; without go.sum there are none.
      if (
        isKept({ table }, joinPath(dir, 'vendor/modules.txt')) ||
        !['go.mod', 'go.work'].some((name) => isKept({ table }, joinPath(dir, name)))
      )
        continue
      if (!['go.sum', 'go.work.sum'].some((name) => isKept({ table, repository }, joinPath(dir, name))))
        continue
      const needs = needsOf(meaning, { dir, files: [] })
      const lines = needs.kind === 'refused' ? null : copyLines(wide, needs.paths, table, directives)
      if (needs.kind === 'refused' || lines === null) continue
      const settings = member.plan.steps.some(
        ({ instruction, line, stageIndex }) =>
          stageIndex === index &&
          line > begin &&
          line < build.run.step.line &&
          (/^(?:ARG|ENV)$/.test(instruction.keyword)
            ? /GOPROXY|GOPRIVATE|GOFLAGS|GONO|GOMODCACHE|GOPATH|GOSUMDB|GOTOOLCHAIN|GIT_|proxy/i.test(
                instruction.text,
              )
            : /^(?:USER|SHELL)$/.test(instruction.keyword) ||
              (instruction.keyword === 'RUN' &&
                /\bgit\s+config|\bgo\s+env\b|netrc|\.ssh/.test(instruction.text))),
      )
      if (settings) continue
      const mounts = build.run.step.instruction.flags
        .filter(({ name, value }) => name === 'mount' && /type=(?:cache|secret|ssh)/.test(value ?? ''))
        .map(({ value }) => `--mount=${value}`)
      const end = text.includes('\r\n') ? '\r\n' : '\n'
      const { start } = step.instruction
      const put = [...lines, ['RUN', ...mounts, 'go mod download'].join(' ')]
      const names =
        needs.paths.length > 3
          ? `${needs.paths.length} manifests`
          : needs.paths.map(visiblePath).join(' and ')
      return [
        {
          line: build.run.step.line,
          because: `go mod download reads ${names} only, and ${build.command.words.slice(0, 2).join(' ')} (${placeText({ file, line: build.run.step.line })}) finds the modules there`,
          rewrites: [{ file, start, end: start, text: put.map((line) => `${line}${end}`).join('') }],
        },
      ]
    }
    return []
  })
}
