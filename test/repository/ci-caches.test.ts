import { describe, expect, it } from 'vitest'
import { cacheOf } from '../../src/repository/ci-caches.ts'
import { recipesIn } from './recipe-tree.ts'

/** Whether the build of a job finds layers of an earlier one. */
const keeps = (...steps: readonly string[]): boolean => {
  const text = `jobs:\n  image:\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`
  const { recipes } = recipesIn({ '.github/workflows/ci.yml': text })
  const found = recipes.flatMap((recipe) =>
    recipe.steps.flatMap((step) => (step.kind === 'build' ? [cacheOf(step, recipe)] : [])),
  )
  expect(found.length).toBeGreaterThan(0)
  return found.some(({ kept }) => kept)
}
const pushed = 'uses: docker/build-push-action@v6\n        with: { context: . }'

describe('layers are kept', () => {
  it.each([
    ['by a cache of BuildKit', 'run: docker buildx build --cache-from type=gha .'],
    [
      'by the input of an action',
      'uses: docker/build-push-action@v6\n        with: { context: ., cache-from: type=gha }',
    ],
    [
      'by an input that a caller gives',
      "uses: docker/build-push-action@v6\n        with: { context: ., cache-from: '${{ inputs.cache }}' }",
    ],
    ['by what bake is told', "uses: docker/bake-action@v6\n        with: { set: '*.cache-from=type=gha' }"],
    ['by a builder that stays', 'uses: depot/build-push-action@v1\n        with: { context: . }'],
  ])('%s', (_, step) => {
    expect(keeps(step)).toBe(true)
  })

  it.each([
    ['a remote driver', 'uses: docker/setup-buildx-action@v3\n        with: { driver: remote }'],
    ['a builder elsewhere', 'uses: docker/setup-buildx-action@v3\n        with: { endpoint: tcp://x:1 }'],
    ['another service', 'uses: namespacelabs/nscloud-setup-buildx-action@v0'],
    ['another service', 'uses: useblacksmith/setup-docker-builder@v1'],
    ['a cache of layers', 'uses: satackey/action-docker-layer-caching@v0.0.11'],
    ['a cache of mounts', 'uses: reproducible-containers/buildkit-cache-dance@v3'],
    ['a command', 'run: docker buildx create --use --driver kubernetes'],
    ['a machine elsewhere', 'run: docker context use far'],
    ['layers in a file', 'run: docker load -i /tmp/layers.tar'],
  ])('by what a step before the build brings: %s', (_, step) => {
    expect(keeps(step, pushed)).toBe(true)
  })
})

describe('layers are not kept', () => {
  it.each([
    ['run: docker build .'],
    [pushed],
    ["uses: docker/build-push-action@v6\n        with: { context: ., cache-from: '' }"],
  ])('by %s', (step) => {
    expect(keeps(step)).toBe(false)
  })

  it.each([
    ['uses: docker/setup-buildx-action@v3'],
    ['uses: docker/setup-qemu-action@v3'],
    ['uses: docker/login-action@v3'],
    ['uses: actions/cache@v4\n        with: { path: ~/.npm, key: npm }'],
    ['run: docker pull node:22'],
  ])('by %s before the build', (step) => {
    expect(keeps(step, pushed)).toBe(false)
  })
})
