import type { HistoryReport } from '../../report.ts'
import type { Style } from '../index.ts'

export function historyText(report: HistoryReport, _style: Style): string {
  return `${report.commits}\n`
}
