export function growExamples(place: string): Promise<void>
export function printedBy(command: string, place: string): readonly string[]
export function shownOf(lines: readonly string[], printed: readonly string[]): readonly string[] | null
export const pages: readonly string[]
