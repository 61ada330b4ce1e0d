import { plain, type Rule } from './rule.ts'

/** Engine 28.5.2's built-in frontend knows no `--parents`; seen there. */
export const parentsNeedsSyntax: Rule = {
  id: 'parents-needs-syntax',
  check: ({ dockerfile, reads, build }) => {
    const parents = reads.find(({ instruction }) => instruction.parents)
    if (!parents || dockerfile.directives.syntax !== null) return []
    return [
      {
        ...plain,
        rule: 'parents-needs-syntax',
        severity: 'warning',
        message: 'COPY --parents is refused by the frontend built into Docker Engine 28.5 and older',
        hint: 'add the line `# syntax=docker/dockerfile:1` at the top of the Dockerfile',
        at: { file: build.dockerfile.file, line: parents.instruction.line },
        data: {},
      },
    ]
  },
}
