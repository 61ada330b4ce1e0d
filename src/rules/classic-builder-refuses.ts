import type { Instruction } from '../dockerfile/model.ts'
import type { Place } from '../lib/source.ts'
import type { MeasuredBuild } from '../measure/build.ts'
import type { Finding } from '../report.ts'
import { plain, type Rule } from './rule.ts'

/** What BuildKit takes and the classic builder does not: a fact by the way, and an error where the classic builder leads. */
export const classicBuilderRefuses: Rule = {
  id: 'classic-builder-refuses',
  check: refusals,
}

function refusals({ dockerfile, reads, build, plan, builder }: MeasuredBuild): readonly Finding[] {
  const at = (line: number): Place => ({ file: build.dockerfile.file, line })
  const findings: Finding[] = []
  // The classic builder runs every stage up to the target, BuildKit those that the target needs.
  const isReached = (line: number) =>
    plan.stages.findLast((stage) => stage.line <= line)?.reachable ??
    plan.stages.some(({ reachable }) => reachable)
  const unknownFlags = ({ keyword, flags }: Instruction) => [
    ...new Set(flags.map(({ name }) => name).filter((name) => !classicFlags[keyword]?.includes(name))),
  ]
  const reached = dockerfile.instructions.filter(({ line }) => isReached(line))
  const refusedFlag = (one: Instruction) =>
    unknownFlags(one).find((name) => one.keyword === 'RUN' || name === 'chmod')
  const certain = reached.find((one) => refusedFlag(one) !== undefined)
  const leads = builder === 'classic'
  if (leads && certain) {
    const flag = refusedFlag(certain)
    findings.push({
      ...plain,
      rule: 'classic-builder-refuses',
      severity: 'error',
      message: `the classic builder refuses this ${certain.keyword}: it knows no --${flag}`,
      hint: `docker says: the --${flag} option requires BuildKit`,
      at: at(certain.line),
      data: { fails: true },
    })
    return findings
  }
  const refused = reached.find((one) => one.heredocs.length > 0 || unknownFlags(one).length > 0)
  const escaping = reads.find(
    ({ instruction, survey }) =>
      survey !== null &&
      !instruction.mount &&
      instruction.localSources.some((path) => /^\/?\.\.(\/|$)/.test(path)),
  )
  const line = refused?.line ?? escaping?.instruction.line
  if (line !== undefined)
    findings.push({
      ...plain,
      rule: 'classic-builder-refuses',
      severity: leads ? 'warning' : 'info',
      message: refused
        ? `the classic builder (DOCKER_BUILDKIT=0) refuses this ${refused.keyword}: it knows no ${
            refused.heredocs.length > 0
              ? 'heredocs'
              : unknownFlags(refused)
                  .map((name) => `--${name}`)
                  .join(', ')
          }`
        : 'the classic builder refuses a source that leads out of the context; BuildKit stops at its root',
      hint: null,
      at: at(line),
      data: {},
    })
  return findings
}

/**
 * Flags that the classic builder accepts. It refuses any of a RUN and --chmod when it comes to that instruction, and
 * passes over --link (moby builder/dockerfile/dispatchers.go: dispatchRun, dispatchAdd, dispatchCopy).
 */
const classicFlags: Readonly<Record<string, readonly string[]>> = {
  ADD: ['chown', 'link'],
  COPY: ['chown', 'from', 'link'],
  FROM: ['platform'],
  HEALTHCHECK: ['interval', 'timeout', 'start-period', 'retries'],
}
