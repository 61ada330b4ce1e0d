/** How long each instruction took in a build that somebody has kept the log of (`docker build --progress=rawjson`). */

import type { Link } from './chain.ts'

/** A step of a build as its log has it. */
interface TimedStep {
  /** Null in a Dockerfile of one stage. */
  readonly stage: string | null
  /** `COPY . .`, variables expanded. */
  readonly text: string
  /** Null for what came from the cache. */
  readonly seconds: number | null
}

/**
 * Seconds for each link; null where the log says nothing of it, or that it came from the cache. One status a line, whose
 * `vertexes` have name, started, completed and cached: moby/buildkit client/graph.go, SolveStatus.
 */
export function secondsOf(log: string, links: readonly Link[]): readonly (number | null)[] {
  const left = timedSteps(log)
  return links.map((link) => {
    const fits = (exactly: boolean) =>
      left.findIndex(
        (step) =>
          isIn(step, link) &&
          (exactly ? step.text === textOf(link) : step.text.startsWith(`${link.instruction} `)),
      )
    const exact = fits(true)
    // Arguments are expanded in the log: then order tells which it is.
    const at = exact >= 0 ? exact : fits(false)
    return at < 0 ? null : (left.splice(at, 1)[0]?.seconds ?? null)
  })
}

const textOf = ({ step }: Link): string => step.instruction.text.replace(/\s+/g, ' ').trim()

function isIn({ stage }: TimedStep, { stage: own }: Link): boolean {
  return stage === null || stage === own.name || stage === `stage-${own.index}`
}

/** In the order in which the log first names them. */
function timedSteps(log: string): TimedStep[] {
  const steps = new Map<string, TimedStep>()
  for (const line of log.split('\n')) {
    if (!line.startsWith('{')) continue
    for (const { digest, name, started, completed, cached } of vertexesOf(line)) {
      const [, place = '', text] = /^\[([^\]]+)\] (.+)$/s.exec(name) ?? []
      if (text === undefined || !/\d+\/\d+$/.test(place)) continue
      const words = place.split(' ').slice(0, -1)
      const took = (Date.parse(completed) - Date.parse(started)) / 1000
      const seconds = cached || !(took >= 0) ? null : took
      steps.set(digest, {
        // A build for several platforms names them first.
        stage: words.at(-1)?.includes('/') ? null : (words.at(-1) ?? null),
        text: text.replace(/\s+/g, ' ').trim(),
        seconds: seconds ?? steps.get(digest)?.seconds ?? null,
      })
    }
  }
  return [...steps.values()]
}

interface Vertex {
  readonly digest: string
  readonly name: string
  readonly started: string
  readonly completed: string
  readonly cached: boolean
}

function vertexesOf(line: string): readonly Vertex[] {
  let status: unknown
  try {
    status = JSON.parse(line)
  } catch {
    // The last line of a log that was cut short.
    return []
  }
  const list: unknown =
    typeof status === 'object' && status !== null && 'vertexes' in status ? status.vertexes : null
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown): readonly Vertex[] => {
    if (typeof one !== 'object' || one === null) return []
    const found = new Map(Object.entries(one))
    const text = (key: string) => {
      const value = found.get(key)
      return typeof value === 'string' ? value : ''
    }
    return [
      {
        digest: text('digest'),
        name: text('name'),
        started: text('started'),
        completed: text('completed'),
        cached: found.get('cached') === true,
      },
    ]
  })
}
