import { describe, expect, it } from 'vitest'
import { createMemoryHost } from '../../src/host/memory.ts'
import { writtenBuilds } from '../../src/repository/written-builds.ts'

function built(tree: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}) {
  const host = createMemoryHost(
    Object.fromEntries(Object.entries(tree).map(([path, text]) => [`/repo/${path}`, text])),
    environment,
  )
  const { builds, open } = writtenBuilds(host, '/repo', Object.keys(tree))
  const told = builds.map(
    ({ name, context, dockerfile, foundIn }) => `${name} ${context} ${dockerfile} ${foundIn.file}`,
  )
  return { builds: [...new Set(told)], open: open.map(({ at, why }) => `${at.file}:${at.line} ${why}`) }
}

const base = 'services:\n  api:\n    build: ./api\n    environment: {HOST: "${DOMAIN:?not set}"}\n'

describe('what compose files of a repository build', () => {
  it('is known though a variable that they require elsewhere is not set here', () => {
    expect(built({ 'compose.yaml': base })).toEqual({ builds: ['api api Dockerfile compose.yaml'], open: [] })
  })

  it('is known though the variables of a container are in a file that is not there', () => {
    const services = (build: string) => `services:\n  db:\n    ${build}\n    env_file: .env.db\n`
    expect(built({ 'compose.yaml': services('image: postgres') })).toEqual({ builds: [], open: [] })
    expect(built({ 'compose.yaml': services('build: db') }).open).toEqual([])
  })

  it('is known of a file that compose refuses and that builds nothing', () => {
    const twice = (more: string) =>
      `services:\n  db:\n    image: postgres\n    ports: ["1:1", "1:1"]\n${more}`
    expect(built({ 'e2e/compose.yaml': twice('') })).toEqual({ builds: [], open: [] })
    for (const more of [
      '  api: { build: [] }\n',
      'include: [ ../none.yaml ]\n',
      '  api: { extends: { file: x.yaml, service: a } }\n',
    ])
      expect(built({ 'e2e/compose.yaml': twice(more) }).open).not.toEqual([])
    const over = { 'compose.yaml': 'services:\n  api: { build: [] }\n', 'compose.override.yaml': twice('') }
    expect(built(over).open).not.toEqual([])
  })

  it('is known of a file of the first version, which compose of today refuses', () => {
    const old = (build: string) => `web:\n  build: ${build}\n  links: [cache]\ncache:\n  image: memcached\n`
    expect(built({ 'docker-compose.yml': old('.') })).toEqual({
      builds: ['null . Dockerfile docker-compose.yml'],
      open: [],
    })
    const named = old('./web\n  dockerfile: Dockerfile.dev')
    expect(built({ 'a/docker-compose.yml': named }).builds).toEqual([
      'null a/web Dockerfile.dev a/docker-compose.yml',
    ])
    expect(built({ 'docker-compose.yml': old('$DIR') }).open).not.toEqual([])
    expect(built({ 'docker-compose.yml': `${old('.')}more:\n  command: x\n` }).open).not.toEqual([])
  })

  it('is not known where variables are in a file that is included and is not there', () => {
    const { open } = built({
      'compose.yaml': 'include:\n  - path: a/compose.yaml\n    env_file: a/.env\n',
      'a/compose.yaml': 'services:\n  a: {build: "${DIR:-.}"}\n',
    })
    expect(open).toEqual(['compose.yaml:2 cannot read a/.env: no such file'])
  })

  it('is not known where such a variable decides what is built', () => {
    const { builds, open } = built({
      'compose.yaml': 'services:\n  api: {build: "${DIR:?not set}"}\n  web: {build: web}\n',
    })
    expect(builds).toEqual(['web web Dockerfile compose.yaml'])
    expect(open).toEqual(['compose.yaml:2 where it is built is decided by a variable'])
  })

  it('is read of a file that is laid over another together with that', () => {
    const { builds, open } = built({
      'compose.yaml': base,
      'compose.deploy.yaml':
        'services:\n  api:\n    labels: [a]\n    build: {dockerfile: prod.Dockerfile}\n  db:\n    labels: [b]\n',
    })
    expect(builds).toContain('api api prod.Dockerfile compose.yaml')
    expect(open).toEqual([])
  })

  it('is read of a file that extends the one beside it by itself, as compose takes it', () => {
    const { builds, open } = built({
      'compose.yml': 'services:\n  db:\n    image: postgres\n    security_opt: [no-new-privileges:true]\n',
      'compose.build.yml':
        'services:\n  api: {build: .}\n  db: {extends: {file: compose.yml, service: db}}\n',
    })
    expect(builds).toEqual(['api . Dockerfile compose.build.yml'])
    expect(open).toEqual([])
  })

  it('is not known of a file that compose refuses alone too', () => {
    const { open } = built({
      'compose.yml': 'services:\n  db: {image: postgres}\n',
      'compose.build.yml': 'services:\n  api: {build: []}\n',
    })
    expect(open).not.toEqual([])
  })

  it('is nothing where a file is laid over one that is not there', () => {
    expect(built({ 'compose.deploy.yaml': 'services:\n  api:\n    labels: [a]\n' })).toEqual({
      builds: [],
      open: [],
    })
  })
})
