import { describe, expect, it } from 'vitest'
import { concerns, deedsOf, deletions, surroundings } from '../../src/inspect/deeds.ts'
import { planOf } from '../dockerfile/plan-of.ts'

const plan = (...lines: readonly string[]) => planOf(lines.join('\n'))

/** What the RUN does in /app, as `title path existing`. */
const deeds = (run: string) =>
  plan('FROM a', 'WORKDIR /app', run)
    .steps.flatMap(deedsOf)
    .map(({ title, path, existing }) => `${title} ${path} ${existing}`)

const isDeleted = (run: string, path: string) => {
  const deletes = deletions()
  return plan('FROM a', 'WORKDIR /app', run).steps.some((step) => deletes(step, path))
}

describe('what a RUN makes', () => {
  it('is known of installs, where they run', () => {
    expect(deeds('RUN npm ci')).toContain('npm ci /app/node_modules erases')
    expect(deeds('RUN cd web && npm ci')).toContain('npm ci /app/web/node_modules erases')
    expect(deeds('RUN npm --prefix web ci')).toContain('npm ci /app/web/node_modules erases')
    expect(deeds('RUN ["npm", "ci"]')).toContain('npm ci /app/node_modules erases')
    expect(deeds('RUN <<EOF\nset -e\nnpm ci\nEOF')).toContain('npm ci /app/node_modules erases')
  })

  it('is known of the program that go links, where it says which', () => {
    expect(deeds('RUN cd cmd && go build -ldflags "-s -w" -o ../bin/tool .')).toEqual([
      'go build /app/bin/tool overwrites',
    ])
    for (const out of ['-o bin/', '-o "$OUT"', '-o .', '-v', '-o bin ./...'])
      expect(deeds(`RUN go build ${out}`)).toEqual([])
  })

  it('is not believed of what may not run', () => {
    expect(deeds('RUN test -f x || npm ci')).toEqual([])
    expect(deeds('RUN if true; then npm ci; fi')).toEqual([])
    expect(deeds('CMD npm ci')).toEqual([])
    expect(deeds('RUN make')).toEqual([])
  })

  it('is nothing where the directory is not known', () => {
    expect(plan('FROM a', 'RUN npm ci').steps.flatMap(deedsOf)).toEqual([])
    expect(deeds('RUN cd "$X" && npm ci')).toEqual([])
  })
})

describe('what a RUN deletes', () => {
  it.each([
    ['RUN rm .env', '/app/.env', true],
    ['RUN make && rm -f /app/.env', '/app/.env', true],
    ['RUN rm -rf /app', '/app/a/.env', true],
    ['RUN rm -rf .*', '/app/.env', true],
    ['RUN rm -rf *.key', '/app/a.key', true],
    ['RUN rm -rf *', '/app/a/b/.env', true],
    // A wildcard leaves out names that start with a dot.
    ['RUN rm -rf *', '/app/.env', false],
    ['RUN rm -rf /app/*', '/app/.env', false],
    ['RUN rm other', '/app/.env', false],
    ['RUN rm /.env', '/app/.env', false],
    ['RUN rm "$FILE"', '/app/.env', false],
    ['RUN test -f x || rm .env', '/app/.env', false],
    ['RUN echo rm .env', '/app/.env', false],
  ])('%s: %s: %s', (run, path, expected) => {
    expect(isDeleted(run, path)).toBe(expected)
  })
})

describe('a deed of workspaces', () => {
  const deed = {
    title: 'x',
    kind: 'install',
    existing: 'merges',
    anywhere: true,
    path: '/app/node_modules',
  } as const
  const [step] = plan('FROM a', 'RUN x').steps
  it('concerns directories of that name, however deep', () => {
    if (!step) return expect.unreachable('no step')
    const at = (path: string) => concerns({ ...deed, step }, path)
    expect([at('/app/a/b/node_modules/c'), at('/app/node_modules')]).toEqual([true, true])
    expect([at('/x/node_modules'), at('/app/a/node_modules2'), at('/app')]).toEqual([false, false, false])
  })
})

describe('the surroundings of an instruction', () => {
  it('are what its stage, and the stages below it, do before and after', () => {
    const made = plan(
      ...['FROM a AS b', 'WORKDIR /app', 'RUN npm ci', 'FROM b', 'RUN rm x', 'COPY . .', 'RUN rm y'],
    )
    const [read] = made.reads
    if (!read) return expect.unreachable('no COPY')
    const { directory, before, after } = surroundings(made)(read)
    expect(directory).toBe('/app')
    expect(before.map(({ title, step }) => `${title} ${step.line}`)).toEqual(
      expect.arrayContaining(['npm ci 3', 'rm 5']),
    )
    expect(after.map(({ path }) => path)).toEqual(['/app/y'])
  })
})
