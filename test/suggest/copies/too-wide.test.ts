import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const narrow = (lines: readonly string[], tree: MemoryTree) =>
  rewritten(withDockerfile(lines, tree), 'too-wide')

describe('an archive run from a directory that is copied whole', () => {
  const tree = {
    'app/target/app.jar': 9,
    'app/target/classes/A.class': 9,
    'app/src/A.java': 9,
    'app/agent.jar': 9,
  }
  const head = ['FROM jre', 'COPY app /app']

  it('is copied alone', () => {
    expect(narrow([...head, 'CMD ["java", "-jar", "/app/target/app.jar"]'], tree)).toEqual([
      'FROM jre',
      'COPY app/target/app.jar /app/target/',
      'CMD ["java", "-jar", "/app/target/app.jar"]',
    ])
  })

  it('is copied with what else its command line names', () => {
    expect(
      narrow(
        [...head, 'WORKDIR /app', 'ENTRYPOINT java -javaagent:agent.jar -jar target/app.jar'],
        tree,
      )?.slice(1, 3),
    ).toEqual(['COPY app/agent.jar /app/', 'COPY app/target/app.jar /app/target/'])
  })

  it('is a question, asked once', () => {
    const lines = [...head, 'CMD ["java", "-jar", "/app/target/app.jar"]']
    const whole = withDockerfile(lines, tree)
    expect(suggestionsOf(whole, 'too-wide').map(({ safety }) => safety)).toEqual(['review'])
    expect(followed(whole, null)['Dockerfile']).toBe(whole['Dockerfile'])
    expect(suggestionsOf(followed(whole, 'too-wide'), 'too-wide')).toEqual([])
  })

  it.each([
    ['a RUN uses the rest', [...head, 'RUN ls /app', 'CMD ["java", "-jar", "/app/target/app.jar"]']],
    ['it is not there', [...head, 'CMD ["java", "-jar", "/app/other.jar"]']],
    ['no archive is run', [...head, 'CMD ["java", "-cp", "/app/target/classes", "A"]']],
    ['a shell decides', [...head, 'CMD java -jar /app/target/app.jar || true']],
    [
      'another stage takes of it',
      [...head, 'CMD ["java", "-jar", "/app/target/app.jar"]', 'FROM jre', 'COPY --from=0 /app/src /src'],
    ],
  ])('stays with the rest where %s', (_, lines) => {
    expect(narrow(lines, tree)).toBeNull()
  })
})

describe('a repository of which one directory is used', () => {
  const tree: MemoryTree = {
    'services/api/package.json': '{}',
    'services/api/package-lock.json': '{}',
    'services/api/index.js': 9,
    'services/web/package.json': '{}',
    'README.md': 9,
  }
  const lines = [
    'FROM node',
    'WORKDIR /repo',
    'COPY . .',
    'WORKDIR /repo/services/api',
    'RUN npm ci --ignore-scripts',
    'CMD ["node", "index.js"]',
  ]

  it('is copied by that directory', () => {
    expect(narrow(lines, tree)?.[2]).toBe('COPY services/api ./services/api/')
    expect(suggestionsOf(followed(withDockerfile(lines, tree), 'too-wide'), 'too-wide')).toEqual([])
  })

  it('is copied by what another stage takes of it', () => {
    const built = [
      'FROM golang AS build',
      'WORKDIR /repo',
      'COPY . .',
      'RUN cd services/api && npm ci',
      'FROM node',
      'COPY --from=build /repo/services/api /api',
      'CMD ["node", "/api/index.js"]',
    ]
    expect(narrow(built, tree)?.[2]).toBe('COPY services/api ./services/api/')
  })

  it.each<[string, readonly string[], MemoryTree]>([
    ['the root is a project too', lines, { ...tree, 'package.json': '{}' }],
    [
      'its manifest leads out of it',
      lines,
      { ...tree, 'services/api/package.json': '{"dependencies":{"w":"file:../web"}}' },
    ],
    ['a step runs elsewhere', lines.toSpliced(3, 0, 'RUN cd services/web && npm ci'), tree],
    ['a step names what lies beside it', lines.toSpliced(5, 0, 'RUN cp ../web/package.json .'), tree],
    ['a step cannot be read', lines.toSpliced(5, 0, 'RUN eval "$X"'), tree],
    [
      'another stage begins with it',
      [...lines, 'FROM 0'].map((line) =>
        line.replace('FROM node', 'FROM node AS base').replace('FROM 0', 'FROM base'),
      ),
      tree,
    ],
    [
      'another stage takes other parts of it',
      [...lines, 'FROM node', 'COPY --from=0 /repo/services/web /web'],
      tree,
    ],
    ['the directory is no project', lines, { 'services/api/index.js': 9, 'x.md': 9 }],
  ])('stays whole where %s', (_, text, files) => {
    expect(narrow(text, files)).toBeNull()
  })
})

describe('sources copied a second time', () => {
  const tree = { 'package.json': '{}', 'src/server.ts': 9, 'main.go': 9, 'go.mod': 'module x\n' }
  const build = ['FROM node AS build', 'WORKDIR /app', 'COPY . .', 'RUN npm run build']

  it('are left out where what is started comes from the stage that built them', () => {
    expect(
      narrow(
        [
          ...build,
          'FROM debian',
          'WORKDIR /app',
          'COPY --from=build /app/bin/server /usr/local/bin/server',
          'COPY . .',
          'CMD ["/usr/local/bin/server"]',
        ],
        tree,
      ),
    ).toEqual([
      ...build,
      'FROM debian',
      'WORKDIR /app',
      'COPY --from=build /app/bin/server /usr/local/bin/server',
      'CMD ["/usr/local/bin/server"]',
    ])
  })

  it('leave the manifest that node reads', () => {
    const lines = [
      ...build,
      'FROM node',
      'WORKDIR /app',
      'COPY --from=build /app/dist ./dist',
      'COPY . .',
      'CMD ["node", "dist/server.js"]',
    ]
    expect(narrow(lines, tree)?.slice(4)).toEqual([
      'FROM node',
      'WORKDIR /app',
      'COPY --from=build /app/dist ./dist',
      'COPY package.json ./',
      'CMD ["node", "dist/server.js"]',
    ])
    expect(suggestionsOf(followed(withDockerfile(lines, tree), 'too-wide'), 'too-wide')).toEqual([])
  })

  it.each([
    [
      'what is started is one of them',
      ['COPY --from=build /app/node_modules ./node_modules', 'COPY . .', 'CMD ["node", "src/server.ts"]'],
    ],
    ['a script is started', ['COPY --from=build /app/dist ./dist', 'COPY . .', 'CMD ["npm", "start"]']],
    [
      'a step follows',
      ['COPY --from=build /app/dist ./dist', 'COPY . .', 'RUN npm ci', 'CMD ["node", "dist/server.js"]'],
    ],
    ['nothing says what is started', ['COPY --from=build /app/dist ./dist', 'COPY . .']],
  ])('stay where %s', (_, lines) => {
    expect(narrow([...build, 'FROM node', 'WORKDIR /app', ...lines], tree)).toBeNull()
  })

  it('stay where they were built nowhere else', () => {
    const lines = [
      'FROM node AS tools',
      'RUN true',
      'FROM node',
      'WORKDIR /app',
      'COPY --from=tools /bin/tool ./tool',
      'COPY . .',
      'CMD ["./tool"]',
    ]
    expect(narrow(lines, tree)).toBeNull()
  })
})
