import { verify } from '../answers/verify.ts'
import { scan } from '../scan.ts'
import { leadingOptions } from './leading.ts'
import type { Outcome, VerbInput } from './outcome.ts'

/** `docker build … 2>&1 | ctxsize verify`: exit 1 when docker printed something else than was predicted. */
export async function runVerify({ host, options, progress, input }: VerbInput): Promise<Outcome> {
  const { report, fatal } = scan(host, { ...(await leadingOptions(host, options)), progress })
  const document = verify(report, input)
  return { printable: { kind: 'verify', document }, fatal, exitCode: document.matches ? 0 : 1 }
}
