import { describe, expect, it } from 'vitest'
import type { MemoryTree } from '../../../src/host/memory.ts'
import { rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const project = (...references: readonly string[]) =>
  `<Project>${references.map((path) => `<ProjectReference Include="${path}" />`).join('')}</Project>`
const tree: MemoryTree = {
  'Shop.sln': 'x',
  'Directory.Packages.props': '<Project/>',
  '.editorconfig': 'x',
  'README.md': 'x',
  'src/Web/Web.csproj': project('..\\Core\\Core.csproj'),
  'src/Web/Program.cs': 3,
  'src/Core/Core.csproj': project(),
  'src/Core/Core.cs': 3,
  'tests/Web.Tests/Web.Tests.csproj': project('..\\..\\src\\Web\\Web.csproj'),
  'tests/Web.Tests/A.cs': 3,
}
const head = ['FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build', 'WORKDIR /repo']
const final = [
  'FROM mcr.microsoft.com/dotnet/aspnet:9.0',
  'COPY --from=build /out /app',
  'ENTRYPOINT ["dotnet", "/app/Web.dll"]',
]
const narrowed = (lines: readonly string[], files: MemoryTree = tree) =>
  rewritten(withDockerfile([...head, ...lines, ...final], files), 'too-wide')?.slice(2, -3) ?? null

describe('a copy of a whole repository for one project of .NET', () => {
  it.each([
    ['COPY . .', 'RUN dotnet publish src/Web/Web.csproj -c Release -o /out'],
    ['COPY . .', 'RUN dotnet publish src/Web -o /out'],
    ['COPY ./ .', 'RUN cd src/Web && dotnet publish -o /out'],
  ])('becomes that of the project, what it refers to and the settings above: %s, %s', (copy, run) => {
    const lines = [
      'COPY Directory.Packages.props .editorconfig ./',
      'COPY src/Core ./src/Core/',
      'COPY src/Web ./src/Web/',
      run,
    ]
    expect(narrowed([copy, run])).toEqual(lines)
  })

  it('is a question, which says what the project refers to', () => {
    const run = 'RUN dotnet publish src/Web/Web.csproj -o /out'
    const [one] = suggestionsOf(withDockerfile([...head, 'COPY . .', run, ...final], tree), 'too-wide')
    expect(one?.safety).toBe('review')
    expect(one?.title).toBe('copy src/Web and what it refers to instead of everything')
    expect(one?.because).toBe(
      'dotnet publish (Dockerfile:4) is about src/Web, which refers to src/Core; what else is read of the repository, only you know',
    )
  })

  it('goes on in a stage that begins with this one', () => {
    const stages = ['COPY ./ /repo/', 'RUN dotnet build src/Web/Web.csproj', 'FROM build AS publish']
    expect(narrowed([...stages, 'RUN dotnet publish src/Web/Web.csproj -o /out'])?.slice(0, 3)).toEqual([
      'COPY Directory.Packages.props .editorconfig /repo/',
      'COPY src/Core /repo/src/Core/',
      'COPY src/Web /repo/src/Web/',
    ])
  })

  it.each<[string, readonly string[], MemoryTree]>([
    ['the solution is built', ['RUN dotnet build'], tree],
    ['tests are run of it too', ['RUN dotnet test tests/Web.Tests', 'RUN dotnet publish Shop.sln'], tree],
    ['a script builds', ['RUN ./build.sh src/Web/Web.csproj'], { ...tree, 'build.sh': 'dotnet build $1\n' }],
    ['a step reads what lies beside', ['RUN cp README.md /out', 'RUN dotnet publish src/Web'], tree],
    ['a variable names the project', ['ARG P=x', 'RUN dotnet publish $P'], tree],
    [
      'all projects are meant',
      ['RUN dotnet publish src/Web'],
      { 'src/Web/Web.csproj': project(), 'src/Web/A.cs': 3 },
    ],
    [
      'only a build can tell what it refers to',
      ['RUN dotnet publish src/Web'],
      { ...tree, 'src/Web/Web.csproj': project('$(Root)/x.csproj') },
    ],
    [
      'the project is the repository',
      ['RUN dotnet publish Web.csproj'],
      { ...tree, 'Web.csproj': project() },
    ],
  ])('stays where %s', (_, runs, files) => {
    expect(narrowed(['COPY . .', ...runs], files)).toBeNull()
  })

  it('stays where another stage takes something else of it', () => {
    const lines = [...head, 'COPY . .', 'RUN dotnet publish src/Web -o /out', ...final]
    const taken = withDockerfile([...lines, 'COPY --from=build /repo/README.md /'], tree)
    expect(rewritten(taken, 'too-wide')).toBeNull()
  })
})
