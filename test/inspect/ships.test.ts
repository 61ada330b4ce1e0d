import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deletions } from '../../src/inspect/deeds.ts'
import { type Deletes, followFiles } from '../../src/inspect/ships.ts'
import { planOf } from '../dockerfile/plan-of.ts'

const plan = (lines: readonly string[], target: string | null = null) => planOf(lines.join('\n'), { target })

/** A RUN that says `rm PATH` deletes just that. */
const deletes: Deletes = (step, path) => step.instruction.text === `RUN rm ${path}`

/** How far the path gets when every instruction that takes from the main context takes it. */
function reach(path: string, lines: readonly string[], target: string | null = null) {
  const planned = plan(lines, target)
  const by = planned.reads.filter(({ origin }) => origin.kind === 'main')
  const arrival = followFiles(planned, deletes)(path, by)
  return [arrival.reach, arrival.by?.line ?? null, arrival.next?.line ?? null]
}

describe('a file that is copied', () => {
  it('to the stage that is built is in the image, wherever it lands there', () => {
    expect(reach('.env', ['FROM a', 'COPY . .'])).toEqual(['image', 2, null])
    expect(reach('.env', ['FROM a', 'WORKDIR /x', 'ADD .env /y/'])).toEqual(['image', 3, null])
  })

  it('to a stage that the image is built on is in the image', () => {
    expect(reach('.env', ['FROM a AS b', 'COPY . /x', 'FROM b AS c', 'FROM c'])).toEqual(['image', 2, null])
  })

  it('to a stage of which nothing with it is taken stays in the cache', () => {
    expect(
      reach('.env', ['FROM a AS b', 'WORKDIR /x', 'COPY . .', 'FROM a', 'COPY --from=b /x/dist /dist']),
    ).toEqual(['cache', 3, null])
  })

  it('to a stage of which its directory is taken is in the image', () => {
    expect(
      reach('s/.env', ['FROM a AS b', 'WORKDIR /x', 'COPY . .', 'FROM a', 'COPY --from=b /x/s /app']),
    ).toEqual(['image', 3, 5])
  })

  it.each([
    ['a file under another name', '.env', 'COPY .env /x/conf', '/x/conf', 'image'],
    ['a file into a directory', 's/.env', 'COPY s/.env /x/', '/x/.env', 'image'],
    ['a file among others', 's/.env', 'COPY s/.env t /x/', '/x/.env', 'image'],
    ['the contents of a directory', 's/.env', 'COPY s /x', '/x/.env', 'image'],
    ['what a wildcard matches', 's/.env', 'COPY s/.e* /x/', '/x/.env', 'image'],
    ['a directory that a wildcard matches', 'a/s/.env', 'COPY */s /x/', '/x/.env', 'image'],
    ['a path as it is', 'a/s/.env', 'COPY --parents a/s /x/', '/x/a/s/.env', 'image'],
    ['a path from a pivot on', 'a/s/.env', 'COPY --parents a/./s /x/', '/x/s/.env', 'image'],
    ['another file', 's/.env', 'COPY s /x', '/x/other', 'cache'],
    ['a name that only starts alike', 's/.env', 'COPY s /x', '/x/.en', 'cache'],
  ])('is where the copy has put it: %s', (_, path, copy, taken, expected) => {
    expect(reach(path, ['FROM a AS b', copy, 'FROM a', `COPY --from=b ${taken} /y`])[0]).toBe(expected)
  })

  it('goes on from stage to stage', () => {
    const lines = [
      ...['FROM a AS b', 'COPY . /x', 'FROM a AS c', 'COPY --from=b /x /y', 'FROM c AS d'],
      ...['FROM a', 'COPY --from=d /y/.env /z'],
    ]
    expect(reach('.env', lines)).toEqual(['image', 2, 7])
  })

  it('may be in the image where the working directory is known to the base only', () => {
    expect(reach('.env', ['FROM a AS b', 'COPY . .', 'FROM a', 'COPY --from=b /x /x'])).toEqual([
      'maybe',
      2,
      4,
    ])
    expect(reach('.env', ['FROM a AS b', 'COPY . .', 'FROM a', 'COPY --from=b / /'])).toEqual(['image', 2, 4])
  })

  it('may be in the image where --exclude may leave it out', () => {
    const lines = ['FROM a AS b', 'COPY . /x', 'FROM a', 'COPY --from=b --exclude=*.md /x /x']
    expect(reach('.env', lines)).toEqual(['maybe', 2, 4])
  })

  it('and deleted is in a layer all the same', () => {
    expect(reach('.env', ['FROM a', 'COPY . /x', 'RUN rm /x/.env'])).toEqual(['deleted', 2, 3])
    expect(reach('.env', ['FROM a AS b', 'COPY . /x', 'FROM b', 'RUN rm /x/.env'])).toEqual(['deleted', 2, 4])
    // Before it was there, or somewhere else.
    expect(reach('.env', ['FROM a', 'RUN rm /x/.env', 'COPY . /x'])).toEqual(['image', 3, null])
    expect(reach('.env', ['FROM a', 'COPY . /x', 'RUN rm /y/.env'])).toEqual(['image', 2, null])
  })

  it('and deleted is in no copy of what is left', () => {
    const lines = ['FROM a AS b', 'COPY . /x', 'RUN rm /x/.env', 'FROM a', 'COPY --from=b /x /x']
    expect(reach('.env', lines)).toEqual(['cache', 2, null])
  })

  it('and deleted from a directory that only the base image knows is in no copy of what is left', () => {
    const lines = (...between: readonly string[]) => [
      ...['FROM a AS b', 'COPY . .', ...between],
      ...['FROM a', 'COPY --from=b /home/x/app .'],
    ]
    const removes: Deletes = deletions()
    const reachOf = (between: readonly string[]) => {
      const planned = plan(lines(...between))
      const by = planned.reads.filter(({ origin }) => origin.kind === 'main')
      return followFiles(planned, removes)('.git/config', by).reach
    }
    expect(reachOf(['RUN npm ci && rm -rf .git docs'])).toBe('cache')
    expect(reachOf(['RUN npm ci && rm -rf docs'])).toBe('maybe')
    expect(reachOf(['RUN rm -rf /.git'])).toBe('maybe')
    // By then it may be another directory.
    expect(reachOf(['WORKDIR y', 'RUN rm -rf .git'])).toBe('maybe')
  })

  it('by a mount is in no layer', () => {
    expect(reach('.env', ['FROM a', 'RUN --mount=type=bind,target=/x make'])).toEqual(['lent', 2, null])
    expect(
      reach('.env', ['FROM a AS b', 'COPY . /x', 'FROM a', 'RUN --mount=type=bind,from=b,target=/x make']),
    ).toEqual(['cache', 2, null])
  })

  it('for another target is nowhere', () => {
    const lines = ['FROM a AS b', 'COPY . /x', 'FROM a AS c', 'COPY --from=b /x/y /x']
    expect(reach('.env', lines, 'b')).toEqual(['image', 2, null])
    expect(reach('.env', ['FROM a AS b', 'COPY . /x', 'FROM a'])).toEqual(['unread', null, null])
  })
})

describe('what is made beside a file', () => {
  const madeAt = (...lines: readonly string[]) => {
    const planned = plan(lines)
    const by = planned.reads.filter(({ origin }) => origin.kind === 'main')
    const { reach: found, made } = followFiles(planned, deletes)('.env', by)
    return [found, made?.line ?? null]
  }
  const stage = ['FROM a AS b', 'COPY . /x']
  it.each<[string, readonly string[], number | null]>([
    ['by a copy', ['RUN make', 'FROM a', 'COPY --from=b /x/out /'], 5],
    [
      'by way of another stage',
      ['RUN make', 'FROM a AS c', 'COPY --from=b /o /o', 'FROM a', 'COPY --from=c /o /'],
      7,
    ],
    ['by way of a stage built on it', ['RUN make', 'FROM b AS c', 'FROM a', 'COPY --from=c /o /'], 6],
    ['made in a stage built on it', ['FROM b AS c', 'RUN make', 'FROM a', 'COPY --from=c /o /'], 6],
    ['by a mount of it', ['FROM a', 'RUN --mount=type=bind,from=b,target=/y make'], 4],
    [
      'by a mount of another stage',
      ['FROM a AS c', 'RUN --mount=from=b,target=/y make', 'FROM a', 'COPY --from=c /o /'],
      6,
    ],
    ['before it is deleted', ['RUN make', 'RUN rm /x/.env', 'FROM a', 'COPY --from=b /o /'], 6],
  ])('gets to the image: %s', (_, lines, line) => {
    expect(madeAt(...stage, ...lines)).toEqual(['cache', line])
  })

  it.each<[string, readonly string[]]>([
    ['nothing is made', ['FROM a', 'COPY --from=b /x/out /']],
    ['it is deleted first', ['RUN rm /x/.env', 'RUN make', 'FROM a', 'COPY --from=b /o /']],
    ['a mount shows another directory', ['FROM a', 'RUN --mount=type=bind,from=b,source=/z,target=/y make']],
  ])('does not get there where %s', (_, lines) => {
    const [, line] = madeAt(...stage, ...lines)
    expect(line).toBe(null)
  })

  it('does not hold a file that came later', () => {
    expect(madeAt('FROM a AS b', 'RUN make', 'COPY . /x', 'FROM a', 'COPY --from=b /o /')).toEqual([
      'cache',
      null,
    ])
  })
})

describe('a file that a RUN prints', () => {
  const printedAt = (...lines: readonly string[]) => {
    const planned = plan(lines)
    const by = planned.reads.filter(({ origin }) => origin.kind === 'main')
    return followFiles(planned, deletes)('.env', by).printed?.line ?? null
  }
  it.each<[string, readonly string[], number | null]>([
    ['by its name', ['FROM a', 'WORKDIR /x', 'COPY . .', 'RUN cat .env'], 4],
    ['where only the base image knows', ['FROM a', 'COPY . .', 'RUN ls && cat ./.env'], 3],
    ['among others', ['FROM a', 'COPY . /x', 'RUN set -e; cat /x/a /x/.env'], 3],
    ['in a stage that is not built', ['FROM a AS b', 'COPY . /x', 'RUN cat /x/.env', 'FROM a'], null],
    [
      'in a stage that is copied from',
      ['FROM a AS b', 'COPY . /x', 'RUN cat /x/.env', 'FROM a', 'COPY --from=b /y /'],
      3,
    ],
    ['of another name', ['FROM a', 'WORKDIR /x', 'COPY . .', 'RUN cat .env.example'], null],
    ['elsewhere', ['FROM a', 'WORKDIR /x', 'COPY . .', 'WORKDIR /y', 'RUN cat .env'], null],
    ['into a file', ['FROM a', 'WORKDIR /x', 'COPY . .', 'RUN cat .env > y'], null],
    ['into a pipe', ['FROM a', 'WORKDIR /x', 'COPY . .', 'RUN cat .env | grep -c x'], null],
    ['before it is there', ['FROM a', 'WORKDIR /x', 'RUN cat .env', 'COPY . .'], null],
    ['once it is gone', ['FROM a', 'COPY . /x', 'RUN rm /x/.env', 'RUN cat /x/.env'], null],
  ])('is known: %s', (_, lines, line) => {
    expect(printedAt(...lines)).toBe(line)
  })
})

describe('whatever the stages are', () => {
  it('it ends, and soon', () => {
    // Each stage copies two ways from the one before: 2 to the power of 40 paths.
    const lines = ['FROM a AS s0', 'COPY . /x']
    for (let i = 1; i <= 40; i++)
      lines.push(`FROM a AS s${i}`, `COPY --from=s${i - 1} / /l/`, `COPY --from=s${i - 1} / /r/`)
    const start = performance.now()
    expect(reach('.env', lines)[0]).toMatch(/^(?:image|cache)$/)
    expect(performance.now() - start).toBeLessThan(1500)
  })

  it('a COPY of everything from a stage takes along what it holds', () => {
    const path = fc.constantFrom('.env', 'a/.env', 'a/b/.env')
    const copy = fc.constantFrom('COPY . /x', 'COPY . .', 'ADD . /x/y/', 'COPY --parents . /z/')
    fc.assert(
      fc.property(path, copy, fc.integer({ min: 1, max: 5 }), (file, first, stages) => {
        const lines = ['FROM scratch AS s0', 'WORKDIR /w', first]
        for (let i = 1; i <= stages; i++) lines.push(`FROM scratch AS s${i}`, `COPY --from=s${i - 1} / /`)
        expect(reach(file, lines)[0]).toBe('image')
      }),
    )
  })
})
