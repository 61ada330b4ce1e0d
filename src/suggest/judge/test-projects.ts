/** Projects of .NET that are there to test others: no image is published of them, and none that is refers to them. */

import type { Row } from '../../context/table.ts'
import { isProject, namesOf, referredTo } from '../../ecosystems/dotnet-references.ts'
import { baseName, cleanPath, compareBytes, parentPath } from '../../lib/path.ts'
import type { Inquiry, Member } from '../group/model.ts'
import { absolute } from '../image/paths.ts'
import { type ImageCommand, runsOf } from '../image/runs.ts'
import { contextPathAt, type WideCopy, wideCopyAt } from '../image/wide-copy.ts'

/** Names of such projects, and of directories that hold nothing else. */
const testName = /(?:^|[._-])(?:\w*tests?|specs?|\w*benchmarks?)(?:\.\w+proj)?$/i
const groupName = /^(?:\w*tests?|specs?|perf|benchmarks?)$/i
/** https://learn.microsoft.com/en-us/dotnet/core/testing/ */
const testText = /Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true/

/** Nobody reads a longer list. */
const mostDirectories = 20

/** Their directories, the topmost; none where an image is built of a solution, which names them, and where that cannot be told. */
export function testProjects(inquiry: Inquiry): readonly { readonly row: Row; readonly path: string }[] {
  const { repository, measured } = inquiry
  const { table } = measured.main
  const projects = [...repository.manifests.keys()].filter(isProject)
  const isTest = (path: string): boolean =>
    testName.test(baseName(path)) || testText.test(repository.manifests.get(path) ?? '')
  const isAmongTests = (path: string): boolean =>
    isTest(path) ||
    parentPath(path)
      .split('/')
      .some((part) => groupName.test(part))
  if (!projects.some(isTest)) return []
  const started = startedProjects(inquiry, projects, isAmongTests)
  const used = started === null ? null : referredTo(started, repository.manifests)
  if (used === null || used.projects.size === 0) return []
  const isUsed = (dir: string): boolean =>
    [...used.projects, ...used.reaches].some((path) => path === dir || path.startsWith(`${dir}/`))
  const found = new Set<string>()
  for (const path of projects.filter((one) => isTest(one) && !used.projects.has(one))) {
    let dir = parentPath(path)
    while (groupName.test(baseName(parentPath(dir))) && !isUsed(parentPath(dir))) dir = parentPath(dir)
    if (dir !== '' && !isUsed(dir)) found.add(dir)
  }
  const dirs = [...found]
    .sort(compareBytes)
    .filter((dir) => ![...found].some((one) => dir.startsWith(`${one}/`)))
  return dirs.length > mostDirectories
    ? []
    : dirs.flatMap((path) => {
        const row = table.find(path)
        return row === null ? [] : [{ row, path }]
      })
}

/** The projects that the images are built of (paths of the context); null where that cannot be told, and for a solution. */
function startedProjects(
  { group, repository, measured }: Inquiry,
  projects: readonly string[],
  isTest: (path: string) => boolean,
): readonly string[] | null {
  const { table } = measured.main
  const solutions = new Set(
    [...(repository.tracked ?? [])].filter((path) => /\.sln[fx]?$/.test(path)).map(parentPath),
  )
  const started: string[] = []
  for (const member of group.members)
    for (const { index } of member.plan.stages) {
      const below = stagesBelow(member, index)
      const wide = member.plan.steps
        .filter(({ stageIndex }) => below.has(stageIndex))
        .flatMap((step) => wideCopyAt(member, step, table) ?? [])
      for (const run of runsOf(member, index, repository))
        for (const command of run.commands) {
          if (command.meaning?.ecosystem !== 'dotnet' || !isOfProjects(command)) continue
          if (command.words[1] === 'test' || run.unread !== null) return null
          const [operand, ...more] = namesOf(command.meaning.operands)
          if (more.length > 0) return null
          if (operand !== undefined && /[$`*]/.test(operand)) {
            // One project after the other: which they are stands in what is gone through.
            if (!/\bfor\s/.test(run.step.instruction.text)) return null
            started.push(...projects.filter((path) => !isTest(path)))
            continue
          }
          const here = placesOf(wide, command, operand)
          if (here.some((path) => solutions.has(path) || /\.sln[fx]?$/.test(path))) return null
          const own = projects.filter((path) => here.includes(path) || here.includes(parentPath(path)))
          if (own.length === 0) return null
          started.push(...own)
        }
    }
  return [...new Set(started)]
}

/** A stage and those it is built on. */
function stagesBelow({ plan: { stages } }: Member, index: number): ReadonlySet<number> {
  const found = new Set([index])
  // Grows while it is read.
  for (const one of found) {
    const base = stages[one]?.baseOrigin
    if (base?.kind === 'stage') found.add(base.index)
  }
  return found
}

/** What is done with a project; tools of .NET take none. */
const isOfProjects = ({ meaning, words: [, verb = ''] }: ImageCommand): boolean =>
  meaning?.kind === 'build' || verb === 'restore'

/** Where in the context the command finds what it is about. */
function placesOf(
  wide: readonly WideCopy[],
  { directory }: ImageCommand,
  operand: string | undefined,
): readonly string[] {
  if (directory === null) return []
  const image = operand === undefined ? directory : absolute(operand, directory)
  return wide.flatMap((one) => {
    const path = contextPathAt(one, image)
    return path === null ? [] : [cleanPath(path).replace(/^\.$/, '')]
  })
}
