/** Builds real contexts with a real Docker Engine and compares what it prints, and what lands in the image, with what ctxsize says. */

import { execFile, execFileSync } from 'node:child_process'
import fs from 'node:fs'
import type { Server } from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest'
import { buildkitSize, classicSize } from '../../src/lib/amount.ts'
import { encodePath } from '../../src/lib/path.ts'
import { contexts, type EngineContext } from './contexts.ts'
import {
  type BuildkitBuild,
  type ClassicBuild,
  type Client,
  type Engine,
  fingerprint,
  startEngine,
} from './engine.ts'
import { orSkip } from './required.ts'
import { lay } from './tree.ts'

/**
 * What is modelled is Engine 28. Where older ones print something else: below which version (of the engine for BuildKit, of
 * the client for the classic builder), what they print, and why. A row that is not true fails.
 */
interface Difference {
  readonly below: number
  readonly why: string
  readonly buildkit?: { readonly cold: string; readonly warm: string }
  readonly classic?: string
  /** BuildKit's error where the modelled one has none. */
  readonly error?: RegExp
}
const olderRules = 'the matcher before moby/patternmatcher'
const differences: Readonly<Record<string, Difference>> = {
  'ignore-negated-directory': {
    below: 23,
    why: `${olderRules}: \`!b\` takes back what \`b/*.log\` dropped`,
    buildkit: { cold: '217B', warm: '136B' },
    classic: '5.632kB',
  },
  'ignore-two-stars-suffix': {
    below: 23,
    why: `${olderRules}: \`**.log\` drops only what is called .log`,
    buildkit: { cold: '213B', warm: '134B' },
    classic: '5.632kB',
  },
  'ignore-negation-with-wildcard': {
    below: 23,
    why: 'the walk of that BuildKit does not look below a dropped directory for what `!**/keep.log` would take back',
    buildkit: { cold: '2B', warm: '2B' },
  },
  'symlink-to-root': {
    below: 23,
    why: 'that BuildKit transfers the same and then does not follow the link',
    error: /"\/l\/a\.txt" not found/,
  },
  fifo: { below: 23, why: 'that BuildKit leaves fifos out of what it copies' },
}

const engine = orSkip(await startEngine(), 'engine')
const canSetAttributes = ((): boolean => {
  try {
    execFileSync('setfattr', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()

/** The part of the JSON contract that is compared. */
interface Scan {
  /** Instead of all else, when nothing can be said of any build. */
  readonly error?: { readonly message: string }
  readonly contexts?: readonly {
    readonly targets: readonly {
      readonly buildFails: boolean
      readonly wire: {
        readonly buildkit: { readonly cold: number; readonly warm: number }
        readonly classic: number | null
      }
    }[]
  }[]
}
interface Listing {
  readonly requested: boolean
  readonly wireBytes: number
}
interface Reads {
  readonly reads: readonly {
    readonly line: number
    readonly from: string | null
    readonly files: readonly string[]
  }[]
}

const cli = path.join(import.meta.dirname, '../../bin/ctxsize.js')

const ask = <Answer>(args: readonly string[], cwd: string): Promise<Answer> =>
  new Promise((done, failed) => {
    execFile(
      process.execPath,
      [cli, ...args, '--no-config', '--format', 'json'],
      { cwd, maxBuffer: 1 << 28 },
      (_, out, err) => {
        try {
          done(JSON.parse(out))
        } catch {
          failed(new Error(`ctxsize ${args.join(' ')} printed no JSON: ${out}${err}`))
        }
      },
    )
  })

interface Built {
  readonly root: string
  readonly cold: BuildkitBuild
  readonly warm: BuildkitBuild
  readonly classic: ReadonlyMap<Client, ClassicBuild>
  readonly options: readonly string[]
}

const top = engine ? fs.mkdtempSync(path.join(os.tmpdir(), 'ctxsize-contexts-')) : ''
const servers: Server[] = []

async function build(context: EngineContext, on: Engine): Promise<Built> {
  // The daemon keeps its copy of a context under the base name of the directory: a name of its own makes the build a cold one.
  const root = path.join(top, context.name, context.name)
  servers.push(...(await lay(root, context.tree)))
  if (context.beside) servers.push(...(await lay(path.dirname(root), context.beside)))
  const options = [
    ...(context.dockerfile ? ['-f', path.join(root, context.dockerfile)] : []),
    ...(context.args ?? []),
  ]
  const client = on.clients.find((candidate) => candidate.canBuildkit)
  if (!client) throw new Error('no docker client here can ask for BuildKit')
  const cold = await on.buildkit(client, root, [...options, '-t', context.name])
  const warm = await on.buildkit(client, root, options)
  const classic = new Map<Client, ClassicBuild>()
  if (!context.buildkitOnly) {
    for (const each of on.clients)
      classic.set(each, await on.classic(each, root, [...options, '-t', `${context.name}-classic`]))
  }
  return { root, cold, warm, classic, options }
}

function canBuild(context: EngineContext): boolean {
  if (context.shell && engine?.shellImage === null) return false
  const needsAttributes = Object.values(context.tree).some(
    (node) => typeof node !== 'string' && node.kind === 'file' && Object.keys(node.xattrs).length > 0,
  )
  return !needsAttributes || canSetAttributes
}

/** What the instructions of a build read from its context, as it should be found in the image. */
async function readFingerprints(built: Built, builder: 'buildkit' | 'classic'): Promise<ReadonlySet<string>> {
  const readsOf = async (name: 'buildkit' | 'classic') => {
    const { reads } = await ask<Reads>(
      ['ls', '--reads', '--builder', name, ...built.options, built.root],
      top,
    )
    return reads.filter((read) => read.from === null)
  }
  // The classic builder runs stages too that the target does not need; nothing of them is in the image.
  const needed = new Set((await readsOf('buildkit')).map(({ line }) => line))
  const found = new Set<string>()
  for (const name of (await readsOf(builder)).flatMap(({ line, files }) => (needed.has(line) ? files : []))) {
    const at = Buffer.concat([Buffer.from(`${built.root}/`), encodePath(name)])
    const stat = fs.lstatSync(at)
    if (stat.isSymbolicLink()) found.add(fingerprint('symlink', fs.readlinkSync(at)))
    else if (stat.isFIFO()) found.add(fingerprint('fifo', ''))
    // BuildKit makes an empty file of a socket, the classic client leaves it out.
    else if (!stat.isSocket()) found.add(fingerprint('file', fs.readFileSync(at)))
    else if (builder === 'buildkit') found.add(fingerprint('file', ''))
  }
  return found
}

describe.skipIf(engine === null)('a real build', { timeout: 120_000 }, () => {
  afterAll(async () => {
    for (const server of servers) server.close()
    await engine?.stop()
    fs.rmSync(top, { recursive: true, force: true })
  }, 60_000)

  describe.each(contexts.filter(canBuild))('of $name', (context) => {
    let built: Built
    let scan: Scan
    beforeAll(async () => {
      if (!engine) return
      built = await build(context, engine)
      scan = await ask<Scan>([...built.options, built.root], top)
    }, 120_000)
    const target = () => scan.contexts?.[0]?.targets[0]
    const difference = differences[context.name]
    const isOlder = (version = '') =>
      difference !== undefined && Number.parseInt(version, 10) < difference.below

    it('succeeds or fails as predicted', () => {
      const error = (isOlder(engine?.version) && difference?.error) || context.fails?.buildkit
      if (error) expect(built.cold.error).toMatch(error)
      else expect(built.cold.exitCode, built.cold.log).toBe(0)
      for (const classic of built.classic.values()) {
        if (context.fails?.classic) expect(classic.log).toMatch(context.fails.classic)
        else expect(classic.exitCode, classic.log).toBe(0)
      }
      expect(scan.error !== undefined || target()?.buildFails).toBe(context.fails?.buildkit !== undefined)
    })

    it('transfers with BuildKit what was predicted, cold and warm', async ({ skip }) => {
      skip(
        scan.error !== undefined,
        'refused from the start: how far the client gets before it hears of it is chance',
      )
      const listing = await ask<Listing>(['ls', '--builder', 'buildkit', ...built.options, built.root], top)
      expect(listing.wireBytes).toBe(listing.requested ? target()?.wire.buildkit.cold : 0)
      const cold = listing.requested ? buildkitSize(target()?.wire.buildkit.cold ?? -1) : null
      const warm = listing.requested ? buildkitSize(target()?.wire.buildkit.warm ?? -1) : null
      const printed = { cold: built.cold.context, warm: built.warm.context }
      if (difference?.buildkit && isOlder(engine?.version)) {
        expect(printed).toEqual(difference.buildkit)
        expect({ cold, warm }).not.toEqual(printed)
      } else expect({ cold, warm }).toEqual(printed)
    })

    const sendsWithClassicClient = ({ skip }: TestContext) => {
      skip(built.classic.size === 0, 'no classic client here')
      const bytes = target()?.wire.classic ?? null
      const predicted = bytes === null ? null : classicSize(bytes)
      for (const [{ version }, { context: printed }] of built.classic) {
        if (context.classicPrints) {
          expect(context.classicPrints).toContain(printed)
          expect(context.classicPrints).toContain(predicted)
        } else if (difference?.classic && isOlder(version)) {
          expect(printed, `client ${version}`).toBe(difference.classic)
          expect(predicted).not.toBe(printed)
        } else expect(predicted, `client ${version}`).toBe(printed)
      }
    }
    const putsIntoImage = (builder: 'buildkit' | 'classic', image: string) => async () => {
      if (engine) expect(await engine.fingerprints(image)).toEqual(await readFingerprints(built, builder))
    }
    if (!context.buildkitOnly) it('sends with the classic client what was predicted', sendsWithClassicClient)
    // Where engine or client are older than the rules, the image is as different as the transfer.
    if (context.fails || context.remade || difference) return
    it('puts into the image what its instructions were said to read', putsIntoImage('buildkit', context.name))
    // The classic client writes a line into the ignore file to hide a Dockerfile from outside: not the file on the disk.
    if (context.buildkitOnly || context.beside) return
    it('has the classic builder put the same into it', putsIntoImage('classic', `${context.name}-classic`))
  })

  it.runIf(process.env['CTXSIZE_ENGINE'] === 'required')('is of all contexts, where that is required', () => {
    expect(contexts.filter((each) => !canBuild(each))).toEqual([])
  })

  it('is of contexts that are mostly small enough for docker to print the exact bytes', async () => {
    let exact = 0
    for (const context of contexts.filter((each) => !each.shell && !each.fails)) {
      const root = path.join(top, context.name, context.name)
      const file = context.dockerfile ? ['-f', path.join(root, context.dockerfile)] : []
      const { requested, wireBytes } = await ask<Listing>(['ls', ...file, ...(context.args ?? []), root], top)
      if (requested && wireBytes < 1000) exact++
    }
    expect(exact).toBeGreaterThanOrEqual(15)
  })
})

describe('the contexts', () => {
  it('have names that docker takes for an image, each once', () => {
    const names = contexts.map((context) => context.name)
    expect(names.filter((name) => !/^[a-z0-9-]+$/.test(name))).toEqual([])
    expect(new Set(names).size).toBe(names.length)
  })
})
