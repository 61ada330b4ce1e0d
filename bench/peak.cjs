// Loaded into a measured process (node --require): notes its largest resident size at its end, in KiB. The kernel's own figure for a
// child would begin with what its parent had.
'use strict'
const fs = require('node:fs')
const { isMainThread } = require('node:worker_threads')

function peak() {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(fs.readFileSync('/proc/self/status', 'latin1'))?.[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

if (isMainThread) process.on('exit', () => fs.writeFileSync(process.env.CTXSIZE_BENCH_PEAK, String(peak())))
