/** Changes of Dockerfiles as suggestions, each tried: every stage has to end with the files it ended with before. */

import type { Stake } from '../repository/stakes.ts'
import { goModules } from './go-modules.ts'
import { hasWorkspaces, type Inquiry } from './judge.ts'
import { type LineRoom, lineFor } from './lines.ts'
import { manifestsFirst, type Refusal } from './manifest-first.ts'
import type { Judgement, Member } from './model.ts'
import { sameStages } from './same-stages.ts'
import type { IgnoreGroup, Suggestion } from './suggestion.ts'
import { systemFirst } from './system-first.ts'
import { dockerfileWith } from './texts.ts'

/** For every Dockerfile of the group that can be written. */
export function dockerfileSuggestions(
  inquiry: Inquiry,
  room: LineRoom,
  judge: (stake: Stake) => Judgement,
): { readonly suggestions: readonly Suggestion[]; readonly refusals: readonly Refusal[] } {
  const suggestions: Suggestion[] = []
  const refusals: Refusal[] = []
  const seen = new Set<string>()
  for (const member of inquiry.group.members) {
    const { file } = member.dockerfile
    // The same file with other arguments, and a text that stands in a compose file.
    if (
      seen.has(file) ||
      !(member.leads || inquiry.repository.dockerfiles.has(file)) ||
      member.dockerfile.problems.length > 0
    )
      continue
    seen.add(file)
    for (const one of suggestionsFor(member, inquiry, room, judge, refusals))
      if (isHarmless(member, one, inquiry)) suggestions.push(one)
  }
  return { suggestions, refusals }
}

function suggestionsFor(
  member: Member,
  { measured, repository }: Inquiry,
  room: LineRoom,
  judge: (stake: Stake) => Judgement,
  refusals: Refusal[],
): readonly Suggestion[] {
  const { table, context } = measured.main
  const { file } = member.dockerfile
  const found: Suggestion[] = []
  const common = { evidence: [], rows: [], guard: false, ignores: [] as readonly IgnoreGroup[] } as const
  for (const { step, title, because, rewrites } of systemFirst(member, repository))
    found.push({
      ...common,
      id: `system-first ${file}:${step.line}`,
      title,
      safety: 'safe',
      because,
      rewrites,
      speeds: speedOf(step.line, title.replace(/^run | before the copy$/g, '')),
    })
  const moved = manifestsFirst(member, table, repository)
  refusals.push(...moved.refusals)
  for (const { install, title, because, rewrites, makes } of moved.found) {
    const lines: string[] = []
    let safety: Suggestion['safety'] = 'safe'
    let refusal: string | null = null
    for (const path of makes) {
      if (path.startsWith('**/') && !hasWorkspaces(repository)) continue
      // A lockfile that an install writes is the project's, not the image's.
      if (/lock|shrinkwrap|\.sum$/.test(path)) continue
      const name = path.replace(/^\*\*\//, '')
      if (context.patterns.matched(context.patterns.judge(name).verdict) && !path.startsWith('**/')) continue
      if (path.startsWith('**/') && context.patterns.matched(context.patterns.judge(`x/${name}`).verdict))
        continue
      const row = path.startsWith('**/') ? null : table.find(name)
      const stake: Stake = { row: row ?? -1, path: name, isDirectory: true, junk: null, gitIgnored: true }
      const judgement = judge(stake)
      const line = lineFor(path, stake, room)
      if (line === null || judgement.kind === 'keep')
        refusal ??= `${name} must not be in the copy, and ${judgement.kind === 'keep' ? judgement.reason.text : 'no line can keep just that out'}`
      else {
        lines.push(line)
        if (judgement.safety === 'review' && row !== null) safety = 'review'
      }
    }
    if (refusal !== null) {
      refusals.push({
        subject: `${install.meaning?.title ?? ''} (${file}:${install.line})`,
        reason: { text: refusal, at: { file, line: install.line } },
      })
      continue
    }
    const title_ = install.meaning?.title ?? ''
    const comment = `What ${title_} makes in the image: the copy that comes after it must not go over it.`
    found.push({
      ...common,
      id: `manifest-first ${file}:${install.line}`,
      title,
      safety,
      because,
      ignores: lines.length === 0 ? [] : [{ comment, lines }],
      rewrites,
      rows: [],
      speeds: speedOf(install.line, title_),
    })
  }
  for (const { line, because, rewrites } of goModules(member, table, repository))
    found.push({
      ...common,
      id: `go-modules ${file}:${line}`,
      title: 'download Go modules before the copy',
      safety: 'safe',
      because,
      rewrites,
      speeds: speedOf(line, 'go mod download'),
    })
  return found
}

const speedOf = (line: number, text: string) => ({ line, text: text.replace(/\s+/g, ' ').slice(0, 60) })

/** The text as it would be, read again: the same files in every stage, but for what the lines drop. */
function isHarmless(member: Member, suggestion: Suggestion, { measured }: Inquiry): boolean {
  const { dockerfile } = member
  const after = dockerfileWith([suggestion], dockerfile.file, dockerfile.text)
  return sameStages(member, after, measured.main.table)
}
