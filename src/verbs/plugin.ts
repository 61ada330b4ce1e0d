/**
 * `ctxsize plugin`: the link by which the docker client finds this program. docker/cli 28.2 cli-plugins/manager: a plugin is an
 * executable or a link to one, called docker-NAME, in cli-plugins of the directory of its configuration, or in one for all users.
 */

import { entryAt, type Host, isHostFailure, type ProgramLinks } from '../host/host.ts'
import { fail } from '../lib/errors.ts'
import { joinPath, visiblePath } from '../lib/path.ts'
import type { PluginReport } from '../report.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** A link to another copy or version of this program is ours too, also when nothing is left where it leads to. */
const ours = /(?:^|\/)bin\/docker-ctxsize\.js$/

/** Throws where there is no such link to be made, where something else has its name, and where the directory cannot be written. */
export function runPlugin({ host, options }: VerbInput): Outcome {
  const { links } = host
  // docker/cli 28.2 cli-plugins/manager/suffix_windows.go: only what ends in .exe is a plugin.
  if (host.platform === 'win32' || links === undefined)
    throw fail('UNSUPPORTED', 'on Windows docker takes only an .exe for a plugin, and this is a script', {
      hint: 'call ctxsize itself',
    })
  const directory = directoryOf(host, options)
  const file = joinPath(directory, 'docker-ctxsize')
  try {
    const report = options.word === 'install' ? install(host, links, file) : uninstall(host, links, file)
    return { printable: { kind: 'plugin', document: report }, fatal: [], exitCode: 0 }
  } catch (thrown) {
    if (!isHostFailure(thrown)) throw thrown
    throw fail('NOT_WRITABLE', `cannot change ${visiblePath(directory)}: ${thrown.code}`, {
      hint: 'name a directory of yours with --dir, or ask with the rights to write there',
    })
  }
}

/** docker/cli 28.2 cli/config/config.go: DOCKER_CONFIG, else .docker in the home directory. */
function directoryOf(host: Host, { pluginDirectory }: RunOptions): string {
  if (pluginDirectory !== null) return host.absolute(pluginDirectory)
  const given = host.environment('DOCKER_CONFIG')
  const home = host.environment('HOME')
  if (given) return host.absolute(joinPath(given, 'cli-plugins'))
  if (home) return host.absolute(joinPath(home, '.docker/cli-plugins'))
  throw fail('USAGE', 'neither DOCKER_CONFIG nor HOME is set: where does docker look for plugins?', {
    hint: 'name the directory with --dir',
  })
}

function install(host: Host, links: ProgramLinks, file: string): PluginReport {
  const program = links.plugin()
  if (program === null)
    throw fail('UNSUPPORTED', 'this copy of ctxsize has no bin/docker-ctxsize.js beside it', {
      hint: 'npm install --global ctxsize',
    })
  if (/\/_npx\//.test(program))
    throw fail('UNSUPPORTED', 'this copy lies in the cache of npx, which npm empties now and then', {
      hint: 'npm install --global ctxsize && ctxsize plugin install',
    })
  const before = targetOf(host, file)
  if (before === program) return { schemaVersion: 1, file, program, change: 'kept' }
  if (before !== null && links.remove(file, before) === 'changed') throw meanwhile(file)
  if (links.put(file, program) === 'taken') throw meanwhile(file)
  return { schemaVersion: 1, file, program, change: before === null ? 'installed' : 'replaced' }
}

function uninstall(host: Host, links: ProgramLinks, file: string): PluginReport {
  const program = targetOf(host, file)
  if (program !== null && links.remove(file, program) === 'changed') throw meanwhile(file)
  return { schemaVersion: 1, file, program, change: program === null ? 'kept' : 'removed' }
}

/** Where our link leads; null where there is nothing. Throws where there is anything else. */
function targetOf(host: Host, file: string): string | null {
  const stat = entryAt(host, file)
  if (stat === null) return null
  const target = (stat.mode & 0o170000) === 0o120000 ? host.readLink(file) : null
  if (target !== null && ours.test(target)) return target
  const what = target === null ? 'is no link of ours' : `leads to ${visiblePath(target)}`
  throw fail('NOT_OURS', `${visiblePath(file)} ${what}: it stays as it is`)
}

const meanwhile = (file: string) => fail('CHANGED_MEANWHILE', `${visiblePath(file)} was changed meanwhile`)
