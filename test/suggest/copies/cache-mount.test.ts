import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const maven: MemoryTree = {
  'pom.xml': '<project><modules><module>core</module><module>api</module></modules></project>',
  'core/pom.xml': '<project/>',
  'api/pom.xml': '<project/>',
}
const gradle: MemoryTree = {
  'settings.gradle.kts': 'include(":core", ":api")\n',
  'build.gradle.kts': '',
  gradlew: '#!/bin/sh\n',
}
const put = (lines: readonly string[], tree: MemoryTree) =>
  rewritten(withDockerfile(lines, tree), 'cache-mount')

describe('a cache mount for what a build of several modules fetches', () => {
  it.each<[string, readonly string[], MemoryTree, string]>([
    [
      'maven',
      ['FROM maven:3.9', 'WORKDIR /s', 'COPY . .', 'RUN mvn -B package -pl api -am'],
      maven,
      'RUN --mount=type=cache,target=/root/.m2 mvn -B package -pl api -am',
    ],
    [
      'gradle in its own image',
      ['FROM gradle:8', 'WORKDIR /s', 'COPY . .', 'RUN gradle :api:bootJar --no-daemon'],
      gradle,
      'RUN --mount=type=cache,target=/home/gradle/.gradle gradle :api:bootJar --no-daemon',
    ],
    [
      'the wrapper of gradle',
      ['FROM eclipse-temurin:21', 'WORKDIR /s', 'COPY . .', 'RUN ./gradlew build -x test'],
      gradle,
      'RUN --mount=type=cache,target=/root/.gradle ./gradlew build -x test',
    ],
  ])('is asked about: %s', (_, lines, tree, run) => {
    expect(put(lines, tree)).toEqual([...lines.slice(0, -1), run])
    const [one] = suggestionsOf(withDockerfile(lines, tree), 'cache-mount')
    expect(one?.safety).toBe('review')
    expect(one?.because).toContain('the builder keeps the mount, which is in no layer')
    const after = followed(withDockerfile(lines, tree), 'cache-mount')
    expect(suggestionsOf(after, 'cache-mount')).toEqual([])
  })

  const stage = ['FROM maven:3.9 AS build', 'WORKDIR /s', 'COPY . .']
  it.each<[string, readonly string[]]>([
    [
      'another user than root builds',
      ['FROM maven:3.9', 'USER dev', 'WORKDIR /s', 'COPY . .', 'RUN mvn package'],
    ],
    ['it is told where', [...stage, 'RUN mvn -Dmaven.repo.local=/repo package']],
    ['a later step looks there', [...stage, 'RUN mvn package', 'RUN mvn -o verify']],
    ['a stage is built on it', [...stage, 'RUN mvn package', 'FROM build', 'CMD ["mvn", "exec:java"]']],
    ['what is there is copied', [...stage, 'RUN mvn package', 'FROM x', 'COPY --from=build /root/.m2 /m2']],
    ['there is one', [...stage, 'RUN --mount=type=cache,target=/root/.m2 mvn package']],
  ])('is not asked about where %s', (_, lines) => {
    expect(put(lines, maven)).toBeNull()
  })

  it('is asked about whoever runs what another stage makes of it', () => {
    const run = 'RUN mvn -DskipTests -pl api -am package'
    const last = ['FROM eclipse-temurin:21-jre', 'COPY --from=build /s/api/target/api.jar app.jar']
    expect(put([...stage, run, ...last, 'RUN useradd app', 'USER app'], maven)).toEqual([
      ...stage,
      'RUN --mount=type=cache,target=/root/.m2 mvn -DskipTests -pl api -am package',
      ...last,
      'RUN useradd app',
      'USER app',
    ])
  })

  it('is not asked about where what is fetched can come before the copy', () => {
    expect(put([...stage, 'RUN mvn package'], { 'pom.xml': '<project/>', 'src/A.java': '' })).toBeNull()
  })
})
