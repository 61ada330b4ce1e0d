/** From YAML to a tree with its variables replaced; `!reset` and `!override` become the list of what they take away. */

import { visiblePath } from '../../lib/path.ts'
import type { Problem } from '../../lib/source.ts'
import type { YamlEntry, YamlMap, YamlScalar, YamlValue } from '../yaml.ts'
import { Refusal, refused } from './refusal.ts'
import { type Lookup, substitute } from './substitute.ts'
import { below, type Entry, type Mapping, type PathTable, pathTable, type Value } from './value.ts'

export interface Interpolated {
  readonly tree: Mapping
  /** Paths that an earlier file's values at are dropped (loader/reset.go). */
  readonly resets: readonly (readonly string[])[]
  readonly problems: readonly Problem[]
}

type Cast = 'int' | 'float' | 'bool'

/** What a text becomes after its variables are replaced (compose-go 2.9 loader/interpolate.go). */
const casts: PathTable<Cast> = pathTable({
  ...services('int', [
    'cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares oom_score_adj pids_limit scale',
    'deploy.replicas deploy.update_config.parallelism deploy.rollback_config.parallelism',
    'deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node healthcheck.retries',
    'ports.[].target ulimits.* ulimits.*.hard ulimits.*.soft',
  ]),
  ...services('float', [
    'cpu_percent cpus deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio',
  ]),
  ...services('bool', [
    'init healthcheck.disable oom_kill_disable privileged read_only stdin_open tty volumes.[].read_only',
    'volumes.[].volume.nocopy',
  ]),
  'networks.*.external': 'bool',
  'networks.*.internal': 'bool',
  'networks.*.attachable': 'bool',
  'networks.*.enable_ipv4': 'bool',
  'networks.*.enable_ipv6': 'bool',
  'volumes.*.external': 'bool',
  'secrets.*.external': 'bool',
  'configs.*.external': 'bool',
})

function services(cast: Cast, keys: readonly string[]): Record<string, Cast> {
  return Object.fromEntries(keys.flatMap((line) => line.split(' ')).map((key) => [`services.*.${key}`, cast]))
}

/** Replaces the variables of one document. What cannot be replaced is a problem and stays as broken; throws a Refusal for no mapping. */
export function interpolate(document: YamlValue, lookup: Lookup): Interpolated {
  const resets: (readonly string[])[] = []
  const problems: Problem[] = []

  const convert = (value: YamlValue, path: readonly string[], cast: PathTable<Cast> | null): Value => {
    if (value.kind === 'scalar') return scalar(value, path, cast?.rule ?? null)
    if (value.kind === 'list') {
      const items = value.items
        .filter((item) => item.tag !== '!reset')
        .map((item) => convert(item, [...path, '[]'], below(cast, '[]')))
      return { kind: 'list', items, at: value.at }
    }
    return mapping(value, path, cast)
  }

  const mapping = (value: YamlMap, path: readonly string[], cast: PathTable<Cast> | null): Mapping => {
    const entries = new Map<string, Entry>()
    for (const [key, written] of value.entries) {
      const entry = standing(written, [...path, key], resets)
      if (entry === null) continue
      if (written.keyType !== 'string')
        problems.push(refused(`non-string key in ${path.join('.')}: ${key}`, written.at, 'put it in quotes'))
      entries.set(key, {
        at: entry.at,
        value: convert(entry.value, [...path, key], below(cast, key)),
      })
    }
    return { kind: 'map', entries, at: value.at }
  }

  const scalar = (value: YamlScalar, path: readonly string[], cast: Cast | null): Value => {
    const { type, text, at } = value
    const rest = { kind: 'scalar', at, unset: [], broken: false, placed: false } as const
    if (type !== 'string' && type !== 'merge') return { ...rest, type, text }
    const replaced = substitute(text, lookup)
    if (replaced.mistake !== null) {
      problems.push({
        code: 'compose-variable',
        message: `${visiblePath(path.join('.'))}: ${visiblePath(replaced.mistake)}`,
        at,
        hint: replaced.mistake.startsWith('required')
          ? 'set it in the environment or in the .env file'
          : 'write $$ for a $ that begins no variable',
      })
      return { ...rest, type: 'string', text, broken: true }
    }
    const made = { ...rest, text: replaced.text, unset: replaced.unset }
    if (cast === null) return { ...made, type: 'string' }
    const casted = castText(replaced.text, cast)
    if (casted === null) {
      problems.push(
        refused(`${path.join('.')}: ${JSON.stringify(replaced.text)} is no ${wanted[cast]}`, at, null),
      )
      return { ...made, type: 'string', broken: true }
    }
    return { ...made, type: cast, text: casted }
  }

  if (document.kind !== 'map') throw new Refusal(refused('top-level object must be a mapping', document.at))
  return { tree: mapping(document, [], casts), resets, problems }
}

/** What is left of an entry after its tag; null for one that is reset and hides nothing. */
function standing(
  entry: YamlEntry,
  path: readonly string[],
  resets: (readonly string[])[],
): YamlEntry | null {
  let left: YamlEntry | null = entry
  while (left !== null && left.value.tag === '!reset') {
    resets.push(path)
    left = left.hides
  }
  if (left?.value.tag === '!override') resets.push(path)
  return left
}

const wanted: Readonly<Record<Cast, string>> = { int: 'integer', float: 'number', bool: 'boolean' }

function castText(text: string, cast: Cast): string | null {
  switch (cast) {
    case 'int':
      return /^[-+]?\d+$/.test(text) ? text.replace(/^\+/, '') : null
    case 'float':
      return text.trim() === text && text !== '' && Number.isFinite(Number(text)) ? text : null
    default: {
      const word = text.toLowerCase()
      if (/^(?:true|y|yes|on)$/.test(word)) return 'true'
      return /^(?:false|n|no|off)$/.test(word) ? 'false' : null
    }
  }
}
