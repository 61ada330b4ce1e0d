/** For Go, which has no install step of its own in most Dockerfiles: download the modules before the sources come in. */

import type { Step } from '../../dockerfile/model.ts'
import { knownCommand } from '../../ecosystems/index.ts'
import { baseName, cleanPath, joinPath, parentPath, visiblePath } from '../../lib/path.ts'
import { placeText } from '../../lib/source.ts'
import type { TextEdit } from '../edits/suggestion.ts'
import type { Member } from '../group/model.ts'
import { isKept } from '../group/whereabouts.ts'
import { type ImageCommand, type ImageRun, runsOf } from '../image/runs.ts'
import { contextPathAt, wideCopyAt } from '../image/wide-copy.ts'
import type { Grounds } from '../needs/needs.ts'
import { type Around, broughtBetween } from './brought-between.ts'
import { copyLines } from './copy-lines.ts'
import { type ByManifests, copyBehind, directoryThere, liesThere } from './manifests-there.ts'

export interface ModuleDownload {
  readonly line: number
  readonly because: string
  readonly rewrites: readonly TextEdit[]
  /** Why somebody should look at it first; null: nobody need. */
  readonly doubt: string | null
}

/** A command that builds with Go, or leads to one. */
interface GoBuild {
  readonly run: ImageRun
  readonly command: ImageCommand
  /** Absolute. */
  readonly directory: string
  readonly doubt: string | null
}

/** Where the modules are downloaded. */
interface Spot {
  readonly before: Step
  /** Copies of what it needs. */
  readonly lines: readonly string[]
  /** As paths of the context. */
  readonly needs: readonly string[]
  /** Absolute: where the module, or the workspace, lies in the image. */
  readonly directory: string
  /** From this line on the stage may say how they are fetched. */
  readonly begin: number
}

const download = ['go', 'mod', 'download']

/** Packages that bring Go, or what it fetches modules with. */
const ofGo = /^(?:go|golang|git|openssh\S*|ca-certificates)(?:$|[-=:~.\d])/
const images = /^(?:[\w.-]*-)?golang(?:$|[-:@])/
/** https://pkg.go.dev/cmd/go#hdr-Environment_variables: what is built, and for what. */
const ofBuilds =
  /^(?:GO(?:OS|ARCH|ARM|ARM64|AMD64|386|MIPS|MIPS64|PPC64|RISCV64|WASM|EXPERIMENT|DEBUG|GC|MAXPROCS|MEMLIMIT|TRACEBACK|CACHE|TMPDIR)|GO_?VERSION)$/

/** Stages that copy a Go module as a whole and build it, and download nothing before. */
export function goModules(
  member: Member,
  grounds: Grounds,
  advances: Around['advances'],
): readonly ModuleDownload[] {
  const { file, text } = member.dockerfile
  return member.plan.stages.flatMap(({ index }) => {
    const build = firstBuild(member, index, grounds)
    if (build === null) return []
    const spot = behindManifests(member, build, grounds) ?? beforeSources(member, build, grounds)
    if (spot === null || isToldHow(member, build, spot.begin)) return []
    const { run, command, doubt } = build
    const { before, needs, directory } = spot
    const around = { runs: runsOf(member, index, grounds.repository), advances }
    const lifted = { run, command, before, packages: ofGo, images, ofBuilds, isSafe: true }
    if ('text' in broughtBetween(member, lifted, around)) return []
    const mounts = run.step.instruction.flags
      .filter(({ name, value }) => name === 'mount' && /type=(?:cache|secret|ssh)/.test(value ?? ''))
      .map(({ value }) => `--mount=${value}`)
    const entering = before.directory === directory ? [] : [`cd ${directory} &&`]
    const end = text.includes('\r\n') ? '\r\n' : '\n'
    const { start } = before.instruction
    const put = [...spot.lines, ['RUN', ...mounts, ...entering, ...download].join(' ')]
    const names = needs.length > 3 ? `${needs.length} manifests` : needs.map(visiblePath).join(' and ')
    return [
      {
        line: run.step.line,
        because: `go mod download reads ${names} only, and ${command.words.slice(0, 2).join(' ')} (${placeText({ file, line: run.step.line })}) finds the modules there`,
        rewrites: [{ file, start, end: start, text: put.map((line) => `${line}${end}`).join('') }],
        doubt,
      },
    ]
  })
}

/** The first command of a stage that builds with Go, else the first that leads to one; null where something downloads the modules. */
function firstBuild(member: Member, stageIndex: number, { repository }: Grounds): GoBuild | null {
  const builds: GoBuild[] = []
  for (const run of runsOf(member, stageIndex, repository))
    for (const command of run.commands) {
      const { words, text, conditional } = command
      if (/^go (?:mod (?:download|vendor|tidy)|work vendor)\b/.test(words.join(' '))) return null
      const directory = command.directory === null ? null : cleanPath(command.directory)
      if (directory === null || conditional) continue
      const isGo = words[0] === 'go' && /^(?:build|install|test)$/.test(words[1] ?? '')
      if (isGo && !words.some((word) => word.includes('@'))) {
        const [script, called] = text.split(' → ')
        const doubt = called === undefined ? null : `what else ${script} sets was not looked at`
        builds.push({ run, command, directory, doubt })
      } else if (words[0] === 'make' && !words.some((word) => /^(?:-C|-f|--)/.test(word))) {
        const makefile = makefileAt(member, { stageIndex, line: run.step.line, directory }, repository)
        if (makefile !== null && callsGo.test(makefile))
          builds.push({
            ...{ run, command, directory },
            doubt: setsModules.test(makefile) ? 'its makefile says where modules come from' : null,
          })
      }
    }
  return (
    builds.find(({ command }) => command.words[0] === 'go' && !command.text.includes(' → ')) ??
    builds[0] ??
    null
  )
}

const callsGo = /^\t[^#\n]*(?:\bgo|\$[({]GO\w*[)}])\s+(?:build|install|test|generate)\b/m
const setsModules = /\bGO(?:FLAGS|PROXY|PRIVATE|NOSUMDB|MODCACHE|PATH)\b|-mod[= ]|\bvendor\b/

/** The text of the makefile that lies where a command runs; null where none is known to. */
function makefileAt(member: Member, at: ByManifests, { makefiles }: Grounds['repository']): string | null {
  for (const [path, text] of makefiles)
    if (/^(?:GNUm|[Mm])akefile$/.test(baseName(path)) && liesThere(member, at, path)) return text
  return null
}

/** Before the copy of the sources, where copies of the manifests stand before it. */
function behindManifests(member: Member, build: GoBuild, grounds: Grounds): Spot | null {
  const { stageIndex, line } = build.run.step
  for (const name of ['go.work', 'go.mod'])
    for (const directory of upwards(build.directory)) {
      const at = { stageIndex, line, directory }
      const own = directoryThere(member, at, [name], grounds)
      const needs = own === null ? null : needsOfModule(own, grounds)
      const before = own === null || needs === null ? null : copyBehind(member, at, own, needs)
      if (needs !== null && before !== null)
        return { before, lines: [], needs, directory, begin: before.line }
    }
  return null
}

/** Before the first copy of sources, with copies of what is needed. */
function beforeSources(member: Member, build: GoBuild, grounds: Grounds): Spot | null {
  const { stageIndex, line } = build.run.step
  const copies = member.plan.steps
    .filter((step) => step.stageIndex === stageIndex && step.line < line)
    .flatMap((step) => wideCopyAt(member, step, grounds.table) ?? [])
  // Behind any of them it would run again with every change of the sources.
  const [first] = copies
  if (!first) return null
  // A copy of everything may have stood there before it was put off.
  const begin = Math.min(
    ...member.reads.flatMap(({ instruction }) =>
      instruction.stageIndex === stageIndex && !instruction.mount ? [instruction.line] : [],
    ),
  )
  for (const wide of copies) {
    // Elsewhere than the copy its destination would mean another place.
    const isPlaced =
      wide === first || wide.step.directory === first.step.directory || wide.copy.dest?.startsWith('/')
    if (isPlaced !== true) continue
    for (const name of ['go.work', 'go.mod'])
      for (const directory of upwards(build.directory)) {
        const dir = contextPathAt(wide, directory)
        if (dir === null) break
        if (!isKept(grounds, joinPath(dir, name))) continue
        const needs = needsOfModule(dir, grounds)
        const lines = needs && copyLines(wide, needs, grounds.table, member.dockerfile.directives)
        if (needs !== null && lines !== null) return { before: first.step, lines, needs, directory, begin }
      }
  }
  return null
}

/** A directory and those above it. The cache of modules is in /go: it would lie within a module there, and be there for whatever looks through that. */
function upwards(directory: string): readonly string[] {
  const found: string[] = []
  for (let at = directory; at !== '' && at !== '/' && at !== '/go'; at = parentPath(at)) found.push(at)
  return found
}

/** What downloading reads of a module or workspace; null where there is nothing to download: no sum, or a vendor directory that the build goes by. */
function needsOfModule(dir: string, { table, repository, needsOf }: Grounds): readonly string[] | null {
  const meaning = knownCommand(download)
  if (meaning === null || isKept({ table, repository }, joinPath(dir, 'vendor/modules.txt'))) return null
  const needs = needsOf(meaning, { dir, files: [] })
  if (needs.kind === 'refused') return null
  return needs.paths.some((path) => /(?:^|\/)go\.(?:work\.)?sum$/.test(path)) ? needs.paths : null
}

/** True where the stage says on the way how and from where modules are fetched. */
const isToldHow = ({ plan }: Member, { run }: GoBuild, begin: number): boolean =>
  plan.steps.some(
    ({ instruction, line, stageIndex }) =>
      stageIndex === run.step.stageIndex &&
      line > begin &&
      line < run.step.line &&
      (/^(?:ARG|ENV)$/.test(instruction.keyword)
        ? /GOPROXY|GOPRIVATE|GOFLAGS|GONO|GOMODCACHE|GOPATH|GOSUMDB|GOTOOLCHAIN|GIT_|proxy/i.test(
            instruction.text,
          )
        : /^(?:USER|SHELL)$/.test(instruction.keyword) ||
          (instruction.keyword === 'RUN' &&
            /\bgit\s+config|\bgo\s+env\b|netrc|\.ssh/.test(instruction.text))),
  )
