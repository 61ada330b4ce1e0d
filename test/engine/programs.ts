/** What lies beside busybox in the image that stands for node, python, golang and debian. */

import { standIns } from '../../scripts/stand-ins.mjs'
import { file, type Tree } from './tree.ts'

export const programs: Tree = Object.fromEntries(
  Object.entries(standIns).map(([name, text]) => [`bin/${name}`, file(text, { mode: 0o755 })]),
)
