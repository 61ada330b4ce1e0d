/** What docker printed about the context while it built, whatever the builder and the form of progress. */

/** One figure that docker printed: the last of its kind in its step. */
export interface PrintedTransfer {
  readonly what: 'buildkit' | 'classic' | 'named' | 'ignore file'
  /** Name of the named context; null for the others. */
  readonly name: string | null
  /** As printed: `3.12MB`; with rawjson the exact number and `B`. */
  readonly text: string
  /** True when it is a count of bytes, not rounded. */
  readonly exact: boolean
}

export interface BuildLog {
  /** In the order in which docker started the steps. */
  readonly transfers: readonly PrintedTransfer[]
  /** True when a step of BuildKit was printed, so that a transfer that is missing says something. */
  readonly isBuildkit: boolean
  /** COPY and ADD as the steps name them, variables expanded. */
  readonly copies: readonly string[]
}

interface Reading {
  readonly transfers: Map<string, PrintedTransfer>
  /** Step → the name docker gave it. */
  readonly names: Map<string, string>
  readonly done: Set<string>
  readonly copies: Set<string>
  isBuildkit: boolean
  /** Counts builds in one log: each numbers its steps from the start again. */
  builds: number
  /** Of the display on a terminal, where a step is known by the line above only. */
  terminalStep: string
}

// CSI and OSC sequences (ECMA-48), which the display on a terminal is full of.
const escapes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])/g

/** Reads the output of `docker build` (`--progress=plain`, `rawjson`, a terminal's, the classic builder's). */
export function readBuildLog(log: string): BuildLog {
  const reading: Reading = {
    transfers: new Map(),
    names: new Map(),
    done: new Set(),
    copies: new Set(),
    isBuildkit: false,
    builds: 0,
    terminalStep: '',
  }
  for (const line of log.replace(escapes, '').split(/[\r\n]+/)) {
    if (line.startsWith('{')) readJson(reading, line)
    else if (line.startsWith('#')) readPlain(reading, line)
    else if (line.startsWith(' => ')) readTerminal(reading, line)
    else readClassic(reading, line)
  }
  const { transfers, isBuildkit, copies } = reading
  return { transfers: [...transfers.values()], isBuildkit, copies: [...copies] }
}

/** `#5 [internal] load build context`, `#5 transferring context: 3.12MB 0.1s done`, `#5 DONE 0.1s`. */
function readPlain(reading: Reading, line: string): void {
  const [, number, body] = /^#(\d+) (.*)$/.exec(line) ?? []
  if (number === undefined || body === undefined) return
  reading.isBuildkit = true
  const id = `${reading.builds}#${number}`
  if (body.startsWith('[')) {
    // A step that is over is never announced again, unless it is the same number in the next build of the log.
    if (reading.done.has(id)) reading.builds++
    nameStep(reading, `${reading.builds}#${number}`, body)
  } else if (/^(?:DONE|CACHED|ERROR|CANCELED)\b/.test(body)) reading.done.add(id)
  else note(reading, id, body, false)
}

/** ` => [internal] load build context   0.3s`, ` => => transferring context: 36.02MB   0.3s`; drawn again and again. */
function readTerminal(reading: Reading, line: string): void {
  reading.isBuildkit = true
  const body = line.replace(/^ => /, '').replace(/ +\d+\.\ds *$/, '')
  if (body.startsWith('=> ')) note(reading, reading.terminalStep, body.slice(3), false)
  else {
    const name = body.replace(/^(?:CACHED|ERROR|CANCELED) /, '')
    reading.terminalStep = `terminal ${name}`
    nameStep(reading, reading.terminalStep, name)
  }
}

/** `Sending build context to Docker daemon  6.144kB`, the last of several; `Step 1/3 : …` ends them. */
function readClassic(reading: Reading, line: string): void {
  const printed = /^Sending build context to Docker daemon\s+(\S+)/.exec(line)
  if (printed?.[1] !== undefined)
    reading.transfers.set(`${reading.builds} classic`, {
      what: 'classic',
      name: null,
      text: printed[1],
      exact: false,
    })
  const step = /^Step (\d+)\/\d+ : (.*)$/.exec(line)
  if (step?.[2] !== undefined) {
    if (step[1] === '1') reading.builds++
    if (/^(?:COPY|ADD)\s/i.test(step[2])) reading.copies.add(step[2])
  }
}

/** One line of `--progress=rawjson`, a client.SolveStatus (moby/buildkit client/graph.go): exact counts. */
function readJson(reading: Reading, line: string): void {
  const status = parsed(line)
  for (const { digest, name } of records(status, 'vertexes')) {
    if (typeof digest !== 'string' || typeof name !== 'string') continue
    reading.isBuildkit = true
    nameStep(reading, digest, name)
  }
  for (const { id, vertex, current } of records(status, 'statuses'))
    if (typeof id === 'string' && typeof vertex === 'string' && typeof current === 'number')
      note(reading, vertex, `${id.replace(/:$/, '')}: ${current}B`, true)
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function records(value: unknown, key: string): Record<string, unknown>[] {
  if (typeof value !== 'object' || value === null) return []
  const list: unknown = Object.entries(value).find(([name]) => name === key)?.[1]
  if (!Array.isArray(list)) return []
  return list.flatMap((one: unknown) =>
    typeof one === 'object' && one !== null ? [Object.fromEntries(Object.entries(one))] : [],
  )
}

function nameStep(reading: Reading, id: string, name: string): void {
  reading.names.set(id, name)
  // `[build 2/5] COPY . .`, `[2/3] ADD a b`
  const copy = /^\[[^\]]*\d+\/\d+\] ((?:COPY|ADD)\s.*)$/i.exec(name)?.[1]
  if (copy !== undefined) reading.copies.add(copy)
}

/** Keeps a `transferring NAME: SIZE` line of a step; every later one of the step replaces it. */
function note(reading: Reading, id: string, body: string, exact: boolean): void {
  const [, label, text] = /^transferring (.+?): *(\S+)/.exec(body) ?? []
  if (label === undefined || text === undefined) return
  const step = reading.names.get(id) ?? ''
  const kept = whichTransfer(step, label)
  // Of steps without a head only the last can be the context: the ignore file's comes before it.
  if (kept !== null) reading.transfers.set(step === '' ? 'headless' : id, { ...kept, text, exact })
}

function whichTransfer(step: string, label: string): Pick<PrintedTransfer, 'what' | 'name'> | null {
  if (label === 'dockerfile' || /load build definition/.test(step)) return null
  if (/internal\] load \.dockerignore/.test(step)) return { what: 'ignore file', name: null }
  const named = /^\[(?:\S+ )?context ([^\]]+)\] load (from client|\.dockerignore)/.exec(step)
  if (named?.[1] !== undefined) return named[2] === 'from client' ? { what: 'named', name: named[1] } : null
  // A step whose head is not in the log (it was cut, or filtered by grep) is known by its label alone.
  if (/load build context/.test(step) || (step === '' && label === 'context'))
    return { what: 'buildkit', name: null }
  return null
}
