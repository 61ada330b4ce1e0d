import type { Ecosystem } from './model.ts'
import { command, made, program } from './row.ts'

const cli = 'https://docs.deno.com/runtime/reference/cli/'

/** Deno. What it fetches it finds by following the imports of the sources; only with a directory of its own for packages it writes among them. */
export const deno: Ecosystem = {
  id: 'deno',
  title: 'Deno',
  manifests: ['deno.json', 'deno.jsonc'],
  lockfiles: ['deno.lock'],
  programs: [program('deno', { valued: ['-c', '--config', '--lock', '--import-map', '-o', '--output'] })],
  junk: [],
  commands: [
    command('deno cache|install|i|add', 'install', `${cli}install/`, {
      reads: 'sources',
      makes: made('merges', 'node_modules', 'vendor'),
    }),
    command('deno check|lint|info', 'build', `${cli}check/`, {
      reads: 'sources',
      makes: made('merges', 'node_modules', 'vendor'),
    }),
    command('deno compile|bundle', 'build', `${cli}compile/`, {
      reads: 'sources',
      makes: made('merges', '*'),
    }),
  ],
  versionTools: [],
}
