import { describe, expect, it } from 'vitest'
import { followed, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

const tree = { 'main.py': 3, 'requirements.txt': 'flask\n', 'packages.txt': 'gcc\n', 'tool.deb': 3 }
const apt =
  'RUN apt-get update && apt-get install -y --no-install-recommends gcc && rm -rf /var/lib/apt/lists/*'
const head = ['FROM debian', 'WORKDIR /app']
const move = (lines: readonly string[]) => rewritten(withDockerfile(lines, tree), 'system-first')

describe('steps of the system first', () => {
  it.each([
    apt,
    'RUN apk add --no-cache git curl',
    'RUN dnf install -y gcc && dnf clean all',
    'RUN set -eux; apt-get update; apt-get install -y gcc; ln -s /usr/bin/gcc /usr/bin/cc',
    'RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y gcc',
  ])('moves %s before the copy', (run) => {
    expect(move([...head, 'COPY . .', run, 'CMD ["python"]'])).toEqual([
      ...head,
      run,
      'COPY . .',
      'CMD ["python"]',
    ])
  })

  it('moves it before what another stage built of the context, too', () => {
    const stage = ['FROM gcc AS build', 'COPY . /src', 'FROM build AS packed', 'RUN make', 'FROM debian']
    const taken = ['COPY --from=packed /src/app /srv/app', 'COPY main.py /srv/', apt]
    expect(move([...stage, ...taken])).toEqual([...stage, apt, ...taken.slice(0, -1)])
    // Where a build stands between, it goes as far as it can.
    const built = ['COPY --from=packed /src/recipe /srv/recipe', 'RUN cook', 'COPY . /srv', apt]
    expect(move([...stage, ...built])).toEqual([...stage, ...built.slice(0, 2), apt, 'COPY . /srv'])
    // An image changes when somebody says so, and so does a stage that takes nothing of the context.
    const tools = ['FROM debian AS tools', 'RUN curl x', 'FROM debian']
    expect(move([...tools, 'COPY --from=tools /x /x', apt])).toBeNull()
    expect(move([...head, 'COPY --from=composer:2 /usr/bin/composer /opt/composer', apt])).toBeNull()
  })

  it('keeps several in their order, and every byte of each', () => {
    const long = ['RUN apt-get update \\', '  # a compiler', '  && apt-get install -y gcc']
    expect(move([...head, 'COPY . .', ...long, 'RUN apt-get install -y git', 'RUN make'])).toEqual([
      ...head,
      ...long,
      'RUN apt-get install -y git',
      'COPY . .',
      'RUN make',
    ])
  })

  it('changes nothing a second time', () => {
    const once = followed(withDockerfile([...head, 'COPY . .', apt, 'RUN apk add git'], tree), 'system-first')
    expect(suggestionsOf(once, 'system-first')).toEqual([])
  })

  it('goes together with manifests first', () => {
    const lines = [...head, 'COPY . .', apt, 'RUN pip install -r requirements.txt']
    expect(followed(withDockerfile(lines, tree), null)['Dockerfile']).toBe(
      `${[...head, apt, 'COPY requirements.txt ./', 'RUN pip install -r requirements.txt', 'COPY . .'].join('\n')}\n`,
    )
  })

  it('crosses a copy to where applications lie by custom', () => {
    expect(move(['FROM debian', 'COPY . /usr/src/app', apt])).not.toBeNull()
    expect(move(['FROM debian', 'COPY . /var/www/html', apt])).not.toBeNull()
  })

  it.each([
    ['USER', ['USER app']],
    ['SHELL', ['SHELL ["/bin/bash", "-c"]']],
    ['a setting of the package manager', ['ENV DEBIAN_FRONTEND=noninteractive']],
    ['a proxy', ['ARG HTTP_PROXY']],
    ['a copy of its settings', ['COPY main.py /etc/apt/sources.list.d/']],
    ['a copy to a working directory of the system', ['WORKDIR /etc/apt', 'COPY main.py .']],
    ['a step that nobody knows', ['RUN ./configure']],
    ['a repository that is added', ['RUN curl -fsSL https://example.com/setup | bash -']],
    ['a build, which takes the tools that it finds', ['RUN go build ./...']],
  ])('stays behind %s', (_, between) => {
    expect(move([...head, 'COPY . .', ...between, apt])).toBeNull()
  })

  it('stays where a variable on the way decides what it installs', () => {
    expect(move([...head, 'COPY . .', 'ARG VERSION=1', 'RUN apt-get install -y gcc=$VERSION'])).toBeNull()
    expect(move([...head, 'COPY . .', 'ARG VERSION=1', 'RUN apt-get install -y gcc'])).not.toBeNull()
    expect(
      move([...head, 'COPY . .', 'ARG VERSION=1', 'RUN <<EOF', 'apt-get install -y gcc=$VERSION', 'EOF']),
    ).toBeNull()
  })

  it.each([
    'RUN apt-get install -y ./tool.deb',
    'RUN apt-get install -y /app/tool.deb',
    'RUN dpkg -i tool.deb',
    'RUN apt-get install -y $(cat packages.txt)',
    'RUN xargs -a packages.txt apt-get install -y',
    'RUN xargs apt-get install -y < packages.txt',
    'RUN apt-get update && apt-get install -y gcc && pip install -r requirements.txt',
    'RUN apt-get update && make',
    'RUN apt-get install -y gcc && chmod +x /app/main.py',
    'RUN --mount=type=bind,target=/src apt-get install -y gcc',
  ])('leaves %s where it is: it reads what is copied', (run) => {
    expect(move([...head, 'COPY . .', run])).toBeNull()
  })

  it('stays behind a step of the system that has to stay', () => {
    expect(move([...head, 'COPY . .', 'RUN dpkg -i tool.deb', 'RUN apt-get install -y -f'])).toBeNull()
  })

  it('has nothing to say of a stage that begins with another and copies nothing', () => {
    expect(move(['FROM debian AS base', 'WORKDIR /app', 'COPY . .', 'FROM base', apt])).toBeNull()
  })
})
