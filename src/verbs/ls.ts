import { listIgnored, listReads, listSent, listUnread } from '../answers/list.ts'
import { unreachable } from '../lib/errors.ts'
import { type Scan, scan } from '../scan.ts'
import { leadingOptions, placed } from './leading.ts'
import type { RunOptions } from './options.ts'
import type { Outcome, Printable, VerbInput } from './outcome.ts'

/** `ctxsize ls`: the files of the build, by what becomes of them. */
export async function runLs({ host, options, progress }: VerbInput): Promise<Outcome> {
  const made = placed(scan(host, { ...(await leadingOptions(host, options)), progress }))
  return { printable: listed(made, options), fatal: made.fatal, exitCode: 0 }
}

function listed(made: Scan, { list, scan: { builder } }: RunOptions): Printable {
  switch (list) {
    case 'sent':
      return { kind: 'sent', document: listSent(made, builder) }
    case 'unread':
      return { kind: 'list', document: listUnread(made) }
    case 'ignored':
      return { kind: 'list', document: listIgnored(made) }
    case 'reads':
      return { kind: 'reads', document: listReads(made) }
    default:
      return unreachable(list)
  }
}
