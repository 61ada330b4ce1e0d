import { describe, expect, it } from 'vitest'
import { proposeFor } from './propose-tree.ts'

const node = { 'package.json': '{}', 'package-lock.json': '{}', 'app.js': '' }
const proposals = (...lines: readonly string[]) =>
  proposeFor({
    tracked: { ...node, Dockerfile: `${lines.join('\n')}\n` },
    untracked: { 'node_modules/a/x.js': 1000 },
  })

describe('a place in the image that hangs on the base image', () => {
  it.each([
    ['a COPY to a variable', ['FROM acme/base', 'WORKDIR /src/app', 'COPY . $ROOT/src/app', 'RUN npm ci']],
    ['a WORKDIR of a variable', ['FROM acme/base', 'WORKDIR $ROOT/app', 'COPY . /app', 'RUN npm ci']],
    [
      'a WORKDIR below one',
      ['FROM acme/base', 'WORKDIR /app/$ROOT', 'WORKDIR x', 'COPY . /app/x', 'RUN npm ci'],
    ],
    ['an ENV made of one', ['FROM acme/base', 'ENV D=$ROOT/app', 'WORKDIR /app', 'COPY . $D', 'RUN npm ci']],
  ])('is no place of which anything is certain: %s', (_, lines) => {
    const { lines: written, moves } = proposals(...lines)
    expect(written.filter((line) => line.includes('node_modules'))).toEqual(['review **/node_modules'])
    expect(moves.filter((move) => move.startsWith('safe'))).toEqual([])
  })

  it.each([
    ['its variable', ['COPY . ${LAMBDA_TASK_ROOT}', 'RUN npm ci']],
    ['its working directory', ['COPY . .', 'RUN npm ci', 'CMD ["app.handler"]']],
    ['both', ['WORKDIR ${LAMBDA_TASK_ROOT}', 'COPY . .', 'RUN npm ci']],
  ])('is known where it is a public one that says so: %s', (_, lines) => {
    const { because, moves } = proposals('FROM public.ecr.aws/lambda/nodejs:20', ...lines)
    expect(because).toContainEqual(
      expect.stringMatching(/^safe \*\*\/node_modules: npm ci \(Dockerfile:\d\) deletes it first$/),
    )
    expect(moves).toEqual(['safe copy manifests before npm ci'])
  })

  it('keeps what the Dockerfile says instead', () => {
    const { because } = proposals(
      'FROM public.ecr.aws/lambda/nodejs:20',
      'ENV LAMBDA_TASK_ROOT=/opt',
      'COPY . ${LAMBDA_TASK_ROOT}',
      'RUN npm ci',
    )
    expect(because).toContain('review **/node_modules: packages as they were installed for this machine')
  })
})
