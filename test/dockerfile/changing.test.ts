import { describe, expect, it } from 'vitest'
import { changingSteps } from '../../src/dockerfile/changing.ts'
import { planOf } from './plan-of.ts'

/** `RUN npm ci: SHA` for each step that hangs on one of the ARGs `SHA` and `DATE`. */
function hanging(...lines: readonly string[]): readonly string[] {
  const plan = planOf(lines.join('\n'), {
    target: null,
    buildArgs: new Map(),
    platform: 'linux/amd64',
    namedContexts: new Map(),
  })
  return [...changingSteps(plan, (name) => /^(?:SHA|DATE)$/.test(name))].map(
    ([{ instruction }, name]) => `${instruction.text}: ${name}`,
  )
}

describe('what hangs on an ARG that is another in every build', () => {
  it('is every RUN behind it in its stage, whether it names it or not', () => {
    expect(
      hanging(
        'FROM a',
        'RUN one',
        'ARG SHA=dev',
        'RUN two',
        'COPY . .',
        'FROM b',
        'COPY --from=0 /x /x',
        'RUN three',
      ),
    ).toEqual(['RUN two: SHA'])
  })

  it('is a copy that names it, and no other', () => {
    expect(hanging('FROM a', 'ARG SHA', 'COPY a-$SHA /x', 'COPY SHA /x', 'WORKDIR /$SHAX')).toEqual([
      'COPY a-$SHA /x: SHA',
    ])
  })

  it('is what comes of an ENV in stages that begin with its own, and not of an ARG', () => {
    const stages = (first: readonly string[]) => ['FROM a AS b', ...first, 'FROM b', 'RUN one']
    expect(hanging(...stages(['ARG SHA', 'ENV RELEASE=v-${SHA}']))).toEqual(['RUN one: SHA'])
    expect(hanging(...stages(['ARG SHA']))).toEqual([])
    // Declared before the first FROM it is in no stage.
    expect(hanging('ARG SHA', 'FROM a', 'RUN one')).toEqual([])
    expect(hanging('ARG SHA', 'FROM a', 'ARG TAG=1-$DATE', 'RUN one')).toEqual([])
  })

  it('ends where an ENV has the last word', () => {
    expect(hanging('FROM a', 'ARG SHA', 'ENV SHA=fixed', 'RUN one')).toEqual([])
    expect(hanging('FROM a', 'ARG SHA', 'ENV SHA $SHA', 'RUN one')).toEqual(['RUN one: SHA'])
  })
})
