// What a walk takes in Node when everything else costs nothing: node bench/limit.mjs ROOT [NAME,NAME…]. Two threads, which share the
// directories by stealing, do no more than list them and ask for each entry; no patterns, no table, no totals but a count. Directories
// of the names given are not entered, at the root where the name begins with `/`.
import fs from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'

/** Directories to share; more would take longer to divide than it brings. */
const pieces = 1000
const quiet = { throwIfNoEntry: false }

/** Counts what lies below a directory, `prefix` being its path with a `/`; `put` takes the directories instead of having them entered. */
function walk(prefix, pruned, put = null) {
  let files = 0
  for (const name of fs.readdirSync(prefix || '.')) {
    const path = prefix + name
    const { mode } = fs.lstatSync(path, quiet)
    if ((mode & 0o170000) !== 0o040000) files++
    else if (pruned.has(name) || pruned.has(`/${path}`)) continue
    else if (put) put.push(`${path}/`)
    else files += walk(`${path}/`, pruned)
  }
  return files
}

function claimed({ directories, pruned, claims }, order) {
  const names = new Set(pruned)
  let files = 0
  for (const i of order)
    if (Atomics.compareExchange(claims, i, 0, 1) === 0) files += walk(directories[i], names)
  return files
}

if (isMainThread) {
  const [root, list = ''] = process.argv.slice(2)
  const pruned = list.split(',').filter(Boolean)
  process.chdir(root)
  const directories = ['']
  let files = 0
  // The shallowest first; a directory may have none in it.
  while (directories.length > 0 && directories.length < pieces)
    files += walk(directories.shift(), new Set(pruned), directories)
  const claims = new Int32Array(new SharedArrayBuffer(4 * directories.length))
  const job = { directories, pruned, claims }
  const worker = new Worker(new URL(import.meta.url), { workerData: job })
  files += claimed(job, directories.keys())
  worker.on('message', (theirs) => console.log(`${files + theirs} files`))
} else {
  const order = [...workerData.directories.keys()].reverse()
  parentPort.postMessage(claimed(workerData, order))
}
