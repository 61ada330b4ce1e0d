import { describe, expect, it } from 'vitest'
import { refusalsOf, rewritten, withDockerfile } from '../follow-tree.ts'

const tree = { 'a/package.json': '{}', 'a/package-lock.json': '{}', 'a/index.js': 3 }
const lines = (run: readonly string[]) => ['FROM node', 'WORKDIR /app', 'COPY . .', ...run]
const rest = (...run: readonly string[]) =>
  rewritten(withDockerfile(lines(run), tree), 'manifest-first')?.slice(3)
const why = (...run: readonly string[]) =>
  refusalsOf(withDockerfile(lines(run), tree)).map((text) => text.replace(/^.*?\): /, ''))

describe('a RUN that installs and goes on', () => {
  it('says again where it stands and what it exports', () => {
    expect(rest('RUN set -ex && cd a && export CI=1 && npm ci && npm run build')).toEqual([
      'RUN set -ex && cd a && export CI=1 && npm ci',
      'COPY . .',
      'RUN set -ex && cd a && export CI=1 && npm run build',
    ])
  })

  it('keeps what cleans up after the install in its layer', () => {
    expect(rest('RUN cd a && npm ci && npm cache clean --force && rm -rf /tmp/npm && npm test')?.[0]).toBe(
      'RUN cd a && npm ci && npm cache clean --force && rm -rf /tmp/npm',
    )
  })

  it('keeps the lines of the rest as they are, and the comments between', () => {
    expect(
      rest(
        'RUN cd a && npm ci \\',
        '# now build',
        ' && npm run build \\',
        '   -- --fast \\',
        '  # and',
        '  && true',
      ),
    ).toEqual([
      'RUN cd a && npm ci',
      'COPY . .',
      '# now build',
      'RUN cd a && npm run build \\',
      '   -- --fast \\',
      '  # and',
      '  && true',
    ])
  })

  it('is left whole where nothing behind the install touches what is copied', () => {
    expect(rest('RUN cd a && npm ci && echo done')).toEqual(['RUN cd a && npm ci && echo done', 'COPY . .'])
  })

  it.each([
    'RUN cd a; npm ci; npm run build',
    'RUN cd a && (npm ci && npm run build)',
    'RUN cd a && npm ci || npm run build',
    'RUN cd a && if npm ci && npm run build; then true; fi',
    'RUN X=1; cd a && npm ci && npm run build $X',
    'RUN cd "$DIR" && npm ci && npm run build',
    'RUN ["sh", "-c", "cd a && npm ci && npm run build"]',
  ])('is not cut: %s', (run) => {
    expect(rest(run)).toBeUndefined()
    expect(why(run).length).toBeLessThanOrEqual(1)
  })

  it('is not cut in a here-document', () => {
    expect(rest('RUN <<EOF', 'cd a', 'npm ci', 'npm run build', 'EOF')).toBeUndefined()
    expect(why('RUN <<EOF', 'cd a', 'npm ci', 'npm run build', 'EOF')).toEqual([
      'the install shares its RUN with steps that may need the sources',
    ])
  })
})
