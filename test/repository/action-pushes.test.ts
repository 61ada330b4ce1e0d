import { describe, expect, it } from 'vitest'
import { recipesIn } from './recipe-tree.ts'

const job = (...steps: readonly string[]) =>
  recipesIn({
    '.github/workflows/ci.yml': `jobs:\n  image:\n    steps:\n      - uses: actions/checkout@v4\n${steps
      .map((step) => `      - ${step}\n`)
      .join('')}`,
  }).recipes.flatMap(({ steps: all }) => all.slice(1).map(({ kind }) => kind))

const build = 'uses: docker/build-push-action@v6\n        with: { context: ., load: true, tags: "a:1" }'
const push = (name: string, inputs: string) => `uses: ${name}@v1\n        with: { ${inputs} }`

describe('an action that is told of tags', () => {
  it('pushes what a step before it has built', () => {
    expect(job(build, push('acme/actions/docker-push', 'image_tags: "a:1", project_id: p'))).toEqual([
      'build',
      'action',
    ])
    expect(job('run: docker build .', push('acme/push-image', 'registry: r'))).toEqual(['build', 'action'])
  })

  it.each([
    ['nothing was built before it', [push('acme/docker-push', 'image_tags: "a:1"')]],
    ['it is told of a Dockerfile', [build, push('acme/docker-push', 'dockerfile: api/Dockerfile')]],
    ['it is told of a directory', [build, push('acme/docker-push', 'build_context: api')]],
    ['it is called a build', [build, push('acme/docker-build-push', 'tags: "a:1"')]],
    ['it is called a publication', [build, push('acme/docker-publish-push', 'tags: "a:1"')]],
  ])('may build where %s', (_, steps) => {
    expect(job(...steps).at(-1)).toBe('build')
  })
})
