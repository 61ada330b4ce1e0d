import * as fs from 'node:fs'
import * as path from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeChain } from '../../src/history/chain.ts'
import { secondsOf } from '../../src/history/timings.ts'
import { scanTree } from '../scan-tree.ts'

const dockerfile = `FROM a AS build
ARG WHAT=src
COPY package.json ./
RUN npm   ci
COPY $WHAT ./
FROM b
COPY --from=build /x /y
RUN true
`
const { plan } = scanTree({ Dockerfile: dockerfile, 'package.json': 1, 'src/a': 1 })
const { links } = makeChain(plan)

const vertex = (digest: string, name: string, seconds: number | null, more: object = {}) => ({
  digest,
  name,
  started: '2026-01-01T00:00:00.5Z',
  ...(seconds === null
    ? {}
    : { completed: new Date(Date.UTC(2026, 0, 1, 0, 0, 0, 500) + seconds * 1000).toISOString() }),
  ...more,
})
const log = (...vertexes: readonly object[]) =>
  vertexes.map((one) => `${JSON.stringify({ vertexes: [one] })}\n`).join('')

describe('the times of a build', () => {
  it('are found by the text of the instruction, by order where arguments are expanded, and by stage', () => {
    const text = log(
      vertex('0', '[internal] load build context', 9),
      vertex('1', '[build 1/4] FROM docker.io/library/a', 5),
      vertex('7', '[stage-1 3/3] RUN true', 0.25),
      vertex('2', '[build 2/4] COPY package.json ./', 0.5),
      vertex('3', '[build 3/4] RUN npm   ci', null),
      vertex('3', '[build 3/4] RUN npm   ci', 41.5),
      vertex('4', '[build 4/4] COPY src ./', 2),
      vertex('5', '[stage-1 2/3] COPY --from=build /x /y', 1),
    )
    expect(secondsOf(text, links)).toEqual([0.5, 41.5, 2, 1, 0.25])
  })

  it('are unknown for what came from the cache, and for what the log does not name', () => {
    const text = `${log(vertex('3', '[build 3/4] RUN npm ci', 0, { cached: true }))}{"vertexes":[{"dig`
    expect(secondsOf(text, links)).toEqual([null, null, null, null, null])
  })

  it('are read of a build for several platforms', () => {
    expect(secondsOf(log(vertex('1', '[linux/amd64 build 3/4] RUN npm ci', 3)), links)[1]).toBe(3)
  })

  it('are read of what a BuildKit said, step by step: Docker Engine 20.10', () => {
    const text = [
      'FROM scratch AS base',
      'COPY busybox /bin/busybox',
      'FROM base AS deps',
      'ARG DIR=src',
      'WORKDIR /app',
      'COPY $DIR ./src',
      'RUN ["/bin/busybox", "sleep", "1"]',
      'FROM base',
      'COPY --from=deps /app /app',
      'COPY . /all',
      'RUN ["/bin/busybox", "sleep", "2"]',
    ]
    const scanned = scanTree({ Dockerfile: `${text.join('\n')}\n`, busybox: 1, 'src/a': 1 })
    // What the engine streams as moby.buildkit.trace, as --progress=rawjson prints it; digests cut short.
    const said = fs.readFileSync(path.join(import.meta.dirname, 'status.jsonl'), 'utf8')
    const seconds = secondsOf(said, makeChain(scanned.plan).links)
    expect(seconds.map((one) => one?.toFixed(1))).toEqual(['0.1', '0.1', '1.2', '0.1', '0.2', '2.2'])
  })
})
