import { describe, expect, it } from 'vitest'
import { referredTo } from '../../src/ecosystems/dotnet-references.ts'

const project = (...items: readonly string[]) =>
  `<Project>\n  <ItemGroup>${items.join('')}</ItemGroup>\n</Project>`
const reference = (path: string) => `<ProjectReference Include="${path}" />`
const from = (path: string, texts: Readonly<Record<string, string>>) =>
  referredTo([path], new Map(Object.entries(texts)))

describe('what a project of .NET refers to', () => {
  it('is other projects, and what those refer to in turn', () => {
    const found = from('src/Web/Web.csproj', {
      'src/Web/Web.csproj': project(reference('..\\Core\\Core.csproj'), '<PackageReference Include="X" />'),
      'src/Core/Core.csproj': project(reference('../Base/Base.fsproj')),
      'src/Base/Base.fsproj': project(),
      'tests/T/T.csproj': project(reference('../../src/Web/Web.csproj')),
    })
    expect([...(found?.projects ?? [])].sort()).toEqual([
      'src/Base/Base.fsproj',
      'src/Core/Core.csproj',
      'src/Web/Web.csproj',
    ])
    expect(found?.reaches).toEqual([])
  })

  it('is files outside of it, those of the settings above it among them', () => {
    const found = from('src/Web/Web.csproj', {
      'Directory.Build.props': project(
        '<AdditionalFiles Include="$(MSBuildThisFileDirectory)stylecop.json" />',
      ),
      'src/Web/Web.csproj': project(
        '<Content Include="..\\..\\assets\\**\\*.png" />',
        '<None Include="wwwroot\\x.txt" /><Import Project="..\\..\\build\\common.props" />',
      ),
      'other/Directory.Build.props': project('<Content Include="..\\x" />'),
    })
    expect(found?.reaches).toEqual(['assets', 'build/common.props', 'stylecop.json'])
  })

  it.each([reference('$(Root)/x.csproj'), reference('../**/*.csproj')])('cannot be told of %s', (item) => {
    expect(from('a/a.csproj', { 'a/a.csproj': project(item) })).toBeNull()
  })

  it('cannot be told of a project that was not read', () => {
    expect(from('a/a.csproj', {})).toBeNull()
  })
})
