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
  })

  it.each([
    ['-t', ['run: docker build -t a .'], 'image: a, registry: r'],
    ['--tag', ['run: docker build --tag=r.example.org/team/a:1 .'], 'image_name: team/a, tags: "2"'],
    ['a tag of its own', ['run: docker build -t b .', 'run: docker tag b a:2'], 'name: "a:2"'],
    ['an expression', ['run: docker build -t ${{ vars.A }}:1 .'], 'image: "${{ vars.A }}"'],
    ['all of several', [build, 'run: docker build -t b .'], 'images: "a,b"'],
  ])('pushes what is named by %s', (_, before, inputs) => {
    expect(job(...before, push('acme/push-image', inputs)).at(-1)).toBe('action')
  })

  it.each([
    ['another image', [build], 'image: b, registry: x'],
    ['another image with the tag of the one', ['run: docker build -t 1 .'], 'image: b, tags: "1"'],
    ['one more', [build], 'images: "a,b"'],
    ['none', ['run: docker build .'], 'registry: r'],
    ['a copy of another', [build, 'run: docker tag c b'], 'image: b'],
    ['one of the same end', ['run: docker build -t team/a .'], 'image: other/a'],
  ])('may build where it names %s', (_, before, inputs) => {
    expect(job(...before, push('acme/docker-push-action', inputs)).at(-1)).toBe('build')
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
