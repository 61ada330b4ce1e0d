import { visiblePath, wellFormed } from '../lib/path.ts'
import type { Place } from '../lib/source.ts'
import type { Start } from '../repository/ci-builds.ts'
import { type CiRule, plain } from './rule.ts'

/** Whether CI builds the image again when only the files change that decide what it is made of. The first workflow for each event. */
export const ciPathFilter: CiRule = {
  id: 'ci-path-filter',
  check: (_, inCi) => {
    const found = new Map<
      string,
      { readonly at: Place; readonly start: Start; readonly events: string[]; readonly paths: Set<string> }
    >()
    for (const event of ['push', 'pull_request', 'pull_request_target']) {
      const starts = inCi.flatMap((one) => one.starts.filter((start) => start.event === event))
      // Another workflow may see what this one does not.
      const unseen = (path: string) => starts.every(({ missed }) => missed.includes(path))
      // One that sees it is enough.
      const start = starts.find(({ missed }) => missed.some(unseen))
      if (start === undefined || start.at === null) continue
      const { at } = start
      const known = found.get(at.file) ?? { at, start, events: [], paths: new Set() }
      found.set(at.file, known)
      known.events.push(event)
      for (const path of start.missed.filter(unseen)) known.paths.add(path)
    }
    return [...found.values()].map(({ at, start, events, paths }) => {
      const names = [...paths].map(visiblePath)
      return {
        ...plain,
        rule: 'ci-path-filter',
        severity: 'warning',
        message: `CI does not build this image when only ${names.join(' or ')} changes: ${start.filter} of ${events.join(' and ')} ${start.filter === 'paths' ? `does not name ${names.length > 1 ? 'them' : 'it'}` : `leaves ${names.length > 1 ? 'them' : 'it'} out`}`,
        hint:
          start.filter === 'paths'
            ? `add ${names.map((name) => `- ${name}`).join(' and ')} below this line`
            : 'take this line out, or write down what starts it with paths',
        at,
        data: { fails: false, events, filter: start.filter, paths: [...paths].map(wellFormed) },
      }
    })
  },
}
