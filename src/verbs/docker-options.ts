/**
 * The options of `docker build` and `docker buildx build` that say nothing about the context, so that a command line
 * can be pasted. docker/cli 28.5 cli/command/image/build.go, docker/buildx 0.30 commands/build.go and root.go.
 */

const switches =
  'check compress debug disable-content-trust force-rm load no-cache pull push quiet rm squash stream tls tlsverify'
const valued =
  'add-host allow annotation attest cache-from cache-to call cgroup-parent cpu-period cpu-quota cpu-shares cpuset-cpus ' +
  'cpuset-mems host iidfile isolation label log-level memory memory-swap metadata-file network no-cache-filter policy ' +
  'print progress provenance sbom secret security-opt shm-size ssh tag tlscacert tlscert tlskey ulimit'
const shortValued: Readonly<Record<string, string>> = { t: 'tag', c: 'cpu-shares', m: 'memory', H: 'host' }
const shortSwitches: Readonly<Record<string, string>> = { D: 'debug' }

/** Name → whether a value follows. */
export const dockerOptions: ReadonlyMap<string, boolean> = new Map([
  ...switches.split(' ').map((name) => [name, false] as const),
  ...valued.split(' ').map((name) => [name, true] as const),
])

/** Letter → the long name. */
export const dockerLetters: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...shortValued, ...shortSwitches }),
)

/** Words that may stand before a pasted build, and the ones that make it a build. */
const programs = /^(?:.*\/)?(?:docker|podman|nerdctl)$/
const groups = new Set(['image', 'builder', 'buildx'])

/** A command line without the part that only starts docker, and what that part says of the builder. */
export interface Pasted {
  readonly rest: readonly string[]
  readonly builder: 'classic' | 'buildkit' | 'podman' | null
}

/** Null when the words are not `[sudo] [NAME=VALUE…] docker [options] [image|builder|buildx] build …`. */
export function pastedBuild(words: readonly string[]): Pasted | null {
  let at = 0
  let classic = false
  while (words[at] === 'sudo' || words[at] === 'env' || /^[A-Z_]+=/.test(words[at] ?? '')) {
    if (words[at] === 'DOCKER_BUILDKIT=0') classic = true
    at++
  }
  const program = words[at]
  if (program === undefined || !programs.test(program)) return null
  const isPodman = program.endsWith('podman')
  for (at++; at < words.length; at++) {
    const word = words[at] ?? ''
    if (word === 'build' || (word === 'b' && words[at - 1] === 'buildx')) {
      return { rest: words.slice(at + 1), builder: isPodman ? 'podman' : classic ? 'classic' : null }
    }
    if (groups.has(word)) continue
    if (!word.startsWith('-')) return null
    if (/^(?:--context|-c|-H|--host|--config|-l|--log-level)$/.test(word)) at++
  }
  return null
}
