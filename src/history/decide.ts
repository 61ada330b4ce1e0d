/** Which one change would help most. */

import type { BestStep, HistoryStep, InstructionHistory } from '../report.ts'

/** What it costs to run an instruction again: its seconds; where nothing was measured an install more than another command, a copy next to nothing. */
const weightOf = ({ instruction, installs, seconds }: InstructionHistory): number =>
  seconds !== null ? seconds : installs !== null ? 5 : instruction === 'RUN' ? 2 : 0.5

/** The step that alone saves the most; of equals the one that asks for no decision. Null when none helps. */
export function decided(
  instructions: readonly InstructionHistory[],
  steps: readonly HistoryStep[],
): BestStep | null {
  let best: BestStep | null = null
  let most = 0
  for (const [index, { title, safety, alone }] of steps.entries()) {
    let sum = 0
    let helped = { instruction: -1, gain: 0 }
    for (const [i, one] of instructions.entries()) {
      const after = alone[i]
      if (!after) continue
      const gain = (one.lost - after.lost) * weightOf(one)
      sum += gain
      if (gain > helped.gain) helped = { instruction: i, gain }
    }
    const { instruction } = helped
    // Steps that need a decision stand last, so that the first of equals needs none.
    if (sum <= most || instruction < 0) continue
    most = sum
    const before = instructions[instruction]?.lost ?? 0
    best = { step: index, title, safety, instruction, before, after: alone[instruction]?.lost ?? before }
  }
  return best
}
