/** Builds contexts with a real buildah and compares which files it finds with what ctxsize says of podman. */

import fs from 'node:fs'
import type { Server } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createNodeHost } from '../../src/host/node.ts'
import { encodePath } from '../../src/lib/path.ts'
import { type Scan, scan } from '../../src/scan.ts'
import { plainBuild } from '../scan-tree.ts'
import { fingerprintOf, startBuildah } from './buildah.ts'
import { type PodmanContext, podmanContexts } from './podman-contexts.ts'
import { orSkip } from './required.ts'
import { lay } from './tree.ts'

const buildah = orSkip(await startBuildah(), 'podman')
const isNewEnough = ({ since }: PodmanContext): boolean =>
  !since || !buildah || buildah.version[0] > since[0] || buildah.version[1] >= since[1]

const top = buildah ? fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-podman-')) : ''
const servers: Server[] = []

/** The scan, or the words with which it refuses. */
function predict(root: string, dockerfile: string | null): Scan | string {
  try {
    return scan(createNodeHost(), {
      ...plainBuild,
      context: root,
      file: dockerfile === null ? null : path.join(root, dockerfile),
      builder: 'podman',
    })
  } catch (thrown) {
    return `${thrown}`
  }
}

function readFingerprints(root: string, { main, read }: Scan): ReadonlySet<string> {
  const found = new Set<string>()
  for (const [row, one] of read.entries())
    if (one === 1)
      found.add(fingerprintOf(Buffer.concat([Buffer.from(`${root}/`), encodePath(main.table.path(row))])))
  return found
}

describe.skipIf(buildah === null)('a real podman build', { timeout: 60_000 }, () => {
  afterAll(() => {
    for (const server of servers) server.close()
    buildah?.stop()
    fs.rmSync(top, { recursive: true, force: true })
  })

  it.each(podmanContexts.filter(isNewEnough))('finds what was predicted: $name', async (context) => {
    if (!buildah) return
    const root = path.join(top, context.name.replaceAll(' ', '-'))
    servers.push(...(await lay(root, context.tree)))
    const file = context.dockerfile ?? null
    const built = await buildah.build(root, file === null ? [] : ['-f', path.join(root, file)])
    const predicted = predict(root, file)
    if (context.fails) {
      expect(built.log).toMatch(context.fails)
      expect(built.exitCode).not.toBe(0)
      if (typeof predicted === 'string') expect(predicted).toMatch(context.fails)
      else {
        expect(predicted.report.contexts[0]?.targets[0]?.buildFails).toBe(true)
        expect(predicted.reads.map(({ reads }) => reads.failure?.message).join('\n')).toMatch(context.fails)
      }
      return
    }
    expect(built.exitCode, built.log).toBe(0)
    if (typeof predicted === 'string') throw new Error(predicted)
    expect(predicted.report.contexts[0]?.targets[0]?.buildFails).toBe(false)
    expect([...readFingerprints(root, predicted)].sort()).toEqual([...built.files].sort())
  })
})

describe('the contexts', () => {
  it('have a name each', () => {
    expect(new Set(podmanContexts.map(({ name }) => name)).size).toBe(podmanContexts.length)
  })
})
