import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../src/host/memory.ts'
import type { Report } from '../../src/report.ts'
import { ctxsize } from '../cli/world.ts'

/** The largest parts of a context whose one RUN installs anew what lies in `web`, each with its answer. */
async function parts(tree: MemoryTree): Promise<readonly (readonly [string, string | null])[]> {
  const { stdout } = await ctxsize('. --format json --no-config', {
    tree: {
      '/Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN cd web && npm ci\n',
      '/web/package.json': '{"name":"web"}\n',
      '/web/package-lock.json': '{"name":"web","lockfileVersion":3,"packages":{}}\n',
      ...tree,
    },
  })
  // What is asked for is what the schema describes.
  const { contexts } = JSON.parse(stdout) as Report
  return (contexts[0]?.largest ?? []).map(({ path, canGo }) => [path, canGo?.answer ?? null])
}

describe('the largest parts', () => {
  it('name what can go where it is half of all, and not what lies around it', async () => {
    const found = await parts({
      '/web/node_modules/a/i.js': 600_000,
      '/web/src/app.js': 300_000,
      '/other.bin': 200_000,
    })
    expect(found.slice(0, 3)).toEqual([
      ['web/node_modules', 'yes'],
      ['web/src', null],
      ['other.bin', null],
    ])
  })

  it('leave a directory whole where what can go of it is little beside the rest', async () => {
    const found = await parts({
      '/web/node_modules/a/i.js': 60_000,
      '/web/src/app.js': 160_000,
      '/web/lib/api.js': 140_000,
      '/other.bin': 200_000,
    })
    expect(found[0]).toEqual(['web', null])
  })

  it('say of a directory that holds sources too that only a part of it goes', async () => {
    const because = async (tree: MemoryTree) => {
      const { stdout } = await ctxsize('. --format json --no-config', {
        tree: { '/Dockerfile': 'FROM php\nCOPY . /app\n', '/other.bin': 200_000, ...tree },
      })
      const { contexts } = JSON.parse(stdout) as Report
      return contexts[0]?.largest.find(({ path }) => path === 'assets')?.canGo?.because ?? null
    }
    const junk = { '/assets/.DS_Store': 6148 }
    expect(await because(junk)).toBe('what Finder remembers of a folder')
    expect(await because({ ...junk, '/assets/app.js': 100 })).toBe(
      'in part: what Finder remembers of a folder',
    )
  })
})
