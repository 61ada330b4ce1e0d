import { describe, expect, it } from 'vitest'
import { followed, refusalsOf, rewritten, suggestionsOf, withDockerfile } from '../follow-tree.ts'

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

  it('takes along the remarks above it, and parts no copy from its own', () => {
    const lines = [...head, '# All of it.', '#', 'COPY . .', '', '# hadolint ignore=DL3008', apt]
    expect(move(lines)).toEqual([
      ...head,
      '# hadolint ignore=DL3008',
      apt,
      '# All of it.',
      '#',
      'COPY . .',
      '',
    ])
    // One that stands apart is about more.
    expect(move([...head, '# Sources', '', 'COPY . .', apt])).toEqual([
      ...[...head, '# Sources', ''],
      ...[apt, 'COPY . .'],
    ])
  })

  it('moves it past a PATH that leads to what is copied alone', () => {
    const path = (value: string) => [...head, 'COPY . .', `ENV PATH=${value}`, apt]
    for (const value of ['/app/bin:$PATH', '"/app/.venv/bin:/app/bin:${PATH}"'])
      expect(move(path(value))).toEqual([...head, apt, 'COPY . .', `ENV PATH=${value}`])
    for (const value of ['/opt/x/bin:$PATH', '/app/bin:$HOME/bin:$PATH', '$PATH:bin'])
      expect(move(path(value))).toBeNull()
  })

  it.each<[string, readonly string[]]>([
    [
      'copies from itself',
      ['FROM gcc AS a', 'ARG V', 'COPY --from=a /x /', 'FROM debian', 'COPY --from=a /x /'],
    ],
    [
      'is made of many others twice',
      [
        'FROM gcc AS s0',
        ...Array.from({ length: 60 }, (_, i) => [`FROM s${i} AS s${i + 1}`, `COPY --from=s${i} /x /`]).flat(),
        'FROM debian',
        'COPY --from=s60 /x /',
      ],
    ],
  ])('stays, and is soon told to, where a stage %s', (_, lines) => {
    const before = process.cpuUsage()
    expect(move([...lines, apt])).toBeNull()
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
  })

  it('is soon told of behind hundreds of RUNs that write something', () => {
    const runs = Array.from(
      { length: 400 },
      (_, i) => `RUN echo a${i} > /tmp/f${i} && apt-get install -y p${i}`,
    )
    const before = process.cpuUsage()
    expect(move([...head, ...runs, 'COPY . .', apt])?.slice(-2)).toEqual([apt, 'COPY . .'])
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000)
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

  it('goes past an install of gems, and of a tool of a language before it', () => {
    const ruby = { Gemfile: "gem 'rails'\n", 'Gemfile.lock': 'GEM\n', 'app.rb': 3 }
    const stage = ['FROM ruby:4.0', 'WORKDIR /app', 'ADD Gemfile Gemfile.lock /app/']
    const gems = 'RUN gem install bundler:$BUNDLER_VERSION && bundle install'
    const locales = [
      'RUN apt-get install -y locales && apt-get clean && rm -rf /var/lib/apt/lists/* /tmp/* /var/tmp/*',
      'RUN DEBIAN_FRONTEND=noninteractive dpkg-reconfigure locales \\',
      '    && locale-gen C.UTF-8 \\',
      '    && /usr/sbin/update-locale LANG=C.UTF-8',
    ]
    const after = rewritten(withDockerfile([...stage, gems, ...locales, 'ADD . /app'], ruby), 'system-first')
    expect(after).toEqual([...stage.slice(0, 2), ...locales, ...stage.slice(2), gems, 'ADD . /app'])
    const [one] = suggestionsOf(
      withDockerfile([...stage, gems, ...locales, 'ADD . /app'], ruby),
      'system-first',
    )
    expect(one?.because).toBe(
      'apt-get install, apt-get clean and 3 more (Dockerfile:5) read nothing of the context; every stage ends with the same files',
    )
    // Tools of one language may need one another, and what is installed of the distribution.
    const tool = 'RUN npm install -g bundler-tool'
    expect(rewritten(withDockerfile([...stage, gems, tool, 'ADD . /app'], ruby), 'system-first')).toBeNull()
  })

  it.each<[string, string, readonly string[]]>([
    ['npx playwright install --with-deps', 'npm ci', ['package.json', 'package-lock.json']],
    ['playwright install chromium', 'pip install -r requirements.txt', ['requirements.txt']],
  ])('leaves %s behind the install whose version it goes by', (browsers, install, manifests) => {
    const packages = {
      'package.json': '{"devDependencies":{"@playwright/test":"^1"}}',
      'package-lock.json': '{}',
    }
    const moved = (lines: readonly string[]) =>
      rewritten(withDockerfile([...head, ...lines], { ...tree, ...packages }), 'system-first')
    const first = [`COPY ${manifests.join(' ')} ./`, `RUN ${install}`]
    expect(moved([...first, 'COPY . .', `RUN ${browsers}`])).toEqual([
      ...head,
      ...first,
      `RUN ${browsers}`,
      'COPY . .',
    ])
    expect(moved([...first, `RUN ${browsers}`, 'COPY . .'])).toBeNull()
    // From the registry it would be the newest, and the packages of a stage or of a copy are none yet.
    expect(moved(['COPY . .', `RUN ${browsers}`])).toBeNull()
    expect(moved(['COPY . .', `RUN ${install}`, `RUN ${browsers}`])).toBeNull()
    // Where they are downloaded to.
    const place = 'ENV PLAYWRIGHT_BROWSERS_PATH=/ms'
    expect(moved([...first, 'COPY . .', place, `RUN ${browsers}`])).toBeNull()
  })

  it('takes accounts with it, and does not move for them alone', () => {
    const account = 'RUN groupadd -r app && useradd --system --uid 10001 -g app app'
    expect(move([...head, 'COPY . .', apt, account, 'USER app'])).toEqual([
      ...head,
      apt,
      account,
      'COPY . .',
      'USER app',
    ])
    expect(move([...head, 'COPY . .', account, apt])).toEqual([...head, account, apt, 'COPY . .'])
    expect(move([...head, 'COPY . .', account])).toBeNull()
    // It would find no home there, and make one.
    expect(move(['FROM debian', 'COPY . /home/app', 'RUN useradd -m app', apt])).toBeNull()
    expect(move([...head, 'COPY . .', 'RUN useradd -m -d /app app', apt])).toBeNull()
  })
})

describe('programs that are downloaded', () => {
  it.each([
    'RUN curl -fsSL https://example.com/tool -o /usr/local/bin/tool && chmod +x /usr/local/bin/tool',
    'RUN curl -fsSL https://example.com/tool.tgz | tar -xz -C /usr/local/bin',
    'RUN wget -qO /usr/local/bin/tini https://example.com/tini && chmod 755 /usr/local/bin/tini',
    'RUN cd /tmp && curl -fsSLO https://example.com/x.tar.gz && tar xzf x.tar.gz -C /opt && rm x.tar.gz',
    'RUN wget -P /tmp https://example.com/x.zip && unzip /tmp/x.zip -d /opt/x',
  ])('go before the copy: %s', (run) => {
    expect(move([...head, 'COPY . .', run, 'CMD ["python"]'])).toEqual([
      ...head,
      run,
      'COPY . .',
      'CMD ["python"]',
    ])
  })

  it.each([
    ['it is started', 'RUN curl -fsSL https://example.com/install.sh | sh'],
    ['it goes to where the sources lie', 'RUN curl -fsSL https://example.com/x -o static/x'],
    ['it goes to wherever the step is', 'RUN curl -fsSLO https://example.com/x'],
    ['it goes there by name', 'RUN wget https://example.com/x.tgz'],
    ['it is unpacked there', 'RUN curl -fsSL https://example.com/x.tgz | tar xz'],
    ['a list of what to fetch is copied', 'RUN wget -P /opt -i urls.txt https://example.com/'],
    ['what is sent is copied', 'RUN curl --data=@main.py -o /opt/x https://example.com/'],
    ['nothing comes of it', 'RUN mkdir -p /var/lib/x && chown 1000 /var/lib/x'],
  ])('stay where %s', (_, run) => {
    expect(move([...head, 'COPY . .', run])).toBeNull()
  })
})

describe('steps of the system behind others that only touch what was copied', () => {
  it.each([
    'RUN chmod +x main.py',
    "RUN sed -i 's/a/b/' main.py && rm -rf tests/* && cp -f main.py app.py",
    'RUN chown -R 1000:1000 /app && mkdir -p /app/data',
    'RUN echo "v=1" >> settings.py',
  ])('pass %s', (between) => {
    expect(move([...head, 'COPY . .', between, apt])).toEqual([...head, apt, 'COPY . .', between])
  })

  it.each([
    'RUN ln -s /usr/bin/python3 /usr/bin/python',
    'RUN cp /usr/share/x/y.conf y.conf',
    'RUN echo "deb x y z" > /etc/apt/sources.list.d/x.list',
    'RUN cat main.py',
    'RUN chmod +x $TOOL',
    'RUN if [ -f main.py ]; then make; fi',
  ])('stay behind %s', (between) => {
    expect(move([...head, 'COPY . .', between, apt])).toBeNull()
  })

  it('are a question for a tool whose settings are copied', () => {
    const tool = 'RUN dotnet tool install --global dotnet-ef'
    const of = (files: object) =>
      suggestionsOf(
        withDockerfile([...head, 'COPY . .', 'RUN rm x/*', tool], { ...tree, ...files }),
        'system-first',
      )
    expect(of({}).map(({ safety }) => safety)).toEqual(['safe'])
    const [one] = of({ 'global.json': '{}' })
    expect(one?.safety).toBe('review')
    expect(one?.because).toContain(
      'but dotnet tool looks for global.json, which is copied only after it then',
    )
  })
})

describe('what starts a container', () => {
  it.each(['RUN apk add --no-cache tini', 'RUN apt-get update && apt-get install -y dumb-init'])(
    'goes before the install and the build of the project: %s',
    (run) => {
      const lines = ['FROM node:22', 'WORKDIR /app', 'COPY . .', 'RUN npm install', 'RUN npx tsc -p .']
      expect(move([...lines, run])).toEqual([...lines.slice(0, 2), run, ...lines.slice(2)])
    },
  )

  it.each(['RUN apk add tini git', 'RUN apk add make'])('stays with what a build may look for: %s', (run) => {
    expect(move(['FROM node:22', 'WORKDIR /app', 'COPY . .', 'RUN npx tsc -p .', run])).toBeNull()
  })

  it('stays behind what nobody knows', () => {
    expect(move([...head, 'COPY . .', 'RUN ./setup', 'RUN apk add tini'])).toBeNull()
  })
})

describe('the part of a step that is of the system', () => {
  const part = (lines: readonly string[]) => rewritten(withDockerfile(lines, tree), 'system-part')
  const stage = ['FROM golang:1.25-alpine', 'ENV DIR=/go/src/app', 'COPY . ${DIR}', 'WORKDIR ${DIR}']

  it('goes before the copy, and what needs the sources stays', () => {
    const run = [
      'RUN apk --no-cache add build-base git && npm install -g pnpm@9.7.0 \\',
      '    && make clean build',
    ]
    const lines = [...stage, ...run, 'RUN make check']
    expect(part(lines)).toEqual([
      ...stage.slice(0, 2),
      'RUN apk --no-cache add build-base git && npm install -g pnpm@9.7.0',
      ...stage.slice(2),
      'RUN make clean build',
      'RUN make check',
    ])
    const [one] = suggestionsOf(withDockerfile(lines, tree), 'system-part')
    expect(one?.safety).toBe('safe')
    expect(one?.title).toBe('run npm install -g pnpm@9.7.0 before the copy')
    expect(one?.because).toBe(
      'apk add and npm install -g pnpm@9.7.0 (Dockerfile:5) read nothing of the context; make clean stays behind the copy, in a RUN of its own; every stage ends with the same files',
    )
  })

  it('says the settings of the shell and the mounts again', () => {
    const run =
      'RUN --mount=type=cache,target=/var/cache/apt set -ex && apt-get update && apt-get install -y gcc && make'
    expect(part([...head, 'COPY . .', run])).toEqual([
      ...head,
      'RUN --mount=type=cache,target=/var/cache/apt set -ex && apt-get update && apt-get install -y gcc',
      'COPY . .',
      'RUN --mount=type=cache,target=/var/cache/apt set -ex && make',
    ])
  })

  it('is a question where the step cleans up in the end', () => {
    const run = 'RUN apt-get update && apt-get install -y gcc && make && rm -rf /var/lib/apt/lists/*'
    const [one] = suggestionsOf(withDockerfile([...head, 'COPY . .', run], tree), 'system-part')
    expect(one?.safety).toBe('review')
    expect(one?.because).toContain(
      'but what rm -rf /var/lib/apt/lists/* cleans up stays in the layer of the install',
    )
  })

  it.each([
    ['it takes away again what it installs', 'RUN apk add --virtual .deps gcc && make && apk del .deps'],
    ['only lists are fetched', 'RUN apt-get update && make'],
    ['it comes after what needs the sources', 'RUN make && apt-get install -y gcc'],
    ['it does not always run', 'RUN if [ -f x ]; then apt-get install -y gcc; fi && make'],
    ['a part of the shell stands around it', 'RUN (apt-get install -y gcc && make)'],
    ['it reads what is copied', 'RUN apt-get install -y ./tool.deb && make'],
    ['nothing is left to stay', apt],
    [
      'it is for an install that goes by manifests',
      'RUN apt-get install -y gcc && pip install -r requirements.txt',
    ],
  ])('stays where %s', (_, run) => {
    expect(part([...head, 'COPY . .', run])).toBeNull()
  })

  it('stays behind what decides how it runs', () => {
    const run = 'RUN apt-get install -y gcc && make'
    expect(part([...head, 'COPY . .', 'USER app', run])).toBeNull()
    expect(part([...head, 'COPY . .', 'RUN ./configure', run])).toBeNull()
  })
})

describe('packages of the system in a RUN that is not cut', () => {
  const said = (...lines: readonly string[]) => refusalsOf(withDockerfile([...head, ...lines], tree))

  it.each<[string, string]>([
    [
      'RUN apk add --virtual .deps gcc && make && apk del .deps',
      'apk add (Dockerfile:4): it runs anew for every change, as make shares its RUN; it would stay cached before the copy (line 3), as RUN apk add --virtual .deps gcc, and what is taken away again would stay in the image',
    ],
    [
      'RUN make && apt-get update && apt-get install -y gcc',
      'apt-get install (Dockerfile:4): it runs anew for every change, as make shares its RUN; it would stay cached before the copy (line 3), in a RUN of its own',
    ],
  ])('are said to run anew: %s', (run, text) => {
    expect(said('COPY . .', run)).toContain(text)
  })

  it.each<[string, readonly string[]]>([
    ['it stands before the copy', ['RUN make && apk add gcc', 'COPY . .']],
    ['it is cut', ['COPY . .', 'RUN apk add gcc && make']],
    ['it does not always run', ['COPY . .', 'RUN if [ -f x ]; then apk add gcc; fi && make']],
    ['it reads what is copied', ['COPY . .', 'RUN make && apt-get install -y ./tool.deb']],
    ['nothing else is in it', ['COPY . .', 'USER app', apt]],
    [
      'an install goes on that has manifests',
      ['COPY . .', 'RUN apk add gcc && pip install -r requirements.txt'],
    ],
  ])('are not spoken of where %s', (_, lines) => {
    expect(said(...lines).filter((text) => text.includes('runs anew'))).toEqual([])
  })
})

describe('tools that are installed by their names', () => {
  const poetry = { ...tree, 'pyproject.toml': '[tool.poetry]\n', 'poetry.lock': 'x' }
  const python = ['FROM python:3.12-slim', 'ENV PIP_NO_CACHE_DIR=1', 'WORKDIR /app']
  const named = (run: string, after = 'RUN poetry install') =>
    rewritten(withDockerfile([...python, 'COPY . .', run, after], poetry), 'system-first')

  it.each([
    'RUN pip install poetry==2.0.1',
    'RUN pip3 install --no-cache-dir -U "poetry[extra]>=1.8,<2" poetry-plugin-export',
    'RUN python -m pip install --index-url https://pypi.example/simple poetry~=1.8',
    'RUN apt-get update && apt-get install -y gcc && pip install poetry',
    'RUN curl -sSL https://install.python-poetry.org | python3 -',
    'RUN curl -LsSf https://astral.sh/uv/install.sh | sh',
  ])('go before the copy: %s', (run) => {
    expect(named(run)).toEqual([...python, run, 'COPY . .', 'RUN poetry install'])
  })

  it.each([
    'RUN pip install .',
    'RUN pip install -e lib',
    'RUN pip install ./tool.whl',
    'RUN pip install --find-links wheels poetry',
    'RUN pip install -f wheels poetry',
    'RUN pip install --target lib poetry',
    'RUN pip install -c constraints.txt poetry',
    'RUN .venv/bin/pip install poetry',
    'RUN pip install $TOOLS',
    'RUN curl -sSL https://install.python-poetry.org | python3 setup.py',
  ])('stay where they read what is copied or go there: %s', (run) => {
    expect(named(run)).toBeNull()
  })

  it('stay where variables tell of files, where the interpreter lies with the sources, or lists decide about versions', () => {
    const pip = 'RUN pip install poetry'
    const of = (lines: readonly string[]) => move(['FROM python', 'WORKDIR /app', ...lines])
    expect(of(['COPY . .', pip])).not.toBeNull()
    expect(of(['ENV PIP_CONSTRAINT=constraints.txt', 'COPY . .', pip])).toBeNull()
    expect(of(['ENV PATH="/app/.venv/bin:$PATH"', 'COPY . .', pip])).toBeNull()
    expect(of(['ENV VIRTUAL_ENV=/app/.venv', 'COPY . .', pip])).toBeNull()
    expect(of(['COPY . .', 'ENV PIP_INDEX_URL=https://a.example', pip])).toBeNull()
    expect(of(['COPY . .', 'RUN pip install -r requirements.txt', pip])).toBeNull()
    expect(of(['COPY . .', pip, 'RUN pip install -r requirements.txt'])).toBeNull()
    expect(of(['COPY . .', 'RUN python -m venv /venv', pip])).toBeNull()
  })

  it('come first, and then what they install', () => {
    const lines = [
      ...python,
      'COPY . .',
      'RUN apt-get install -y gcc',
      'RUN pip install poetry',
      'RUN poetry install',
    ]
    const safe = followed(withDockerfile(lines, poetry), 'system-first')
    const all = rewritten(safe, 'install-first')
    const fetch = ['COPY pyproject.toml poetry.lock ./', 'RUN poetry install --no-root']
    expect(all).toEqual([...python, ...lines.slice(4, 6), ...fetch, 'COPY . .', 'RUN poetry install'])
    // Both at once come to the same.
    expect(suggestionsOf(withDockerfile(lines, poetry), 'install-first')).toHaveLength(1)
  })
})

describe('extensions of PHP', () => {
  const project = { 'composer.json': '{}', 'composer.lock': '{}', 'index.php': 3 }
  const lines = [
    'FROM php:8.2-fpm-alpine',
    'WORKDIR /app',
    'COPY . ./',
    'RUN apk add --no-cache curl libzip-dev \\',
    '    && docker-php-ext-configure zip \\',
    '    && docker-php-ext-install bcmath zip \\',
    '    && curl -sS https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin --filename=composer \\',
    '    && cp .env.example .env \\',
    '    && composer install --no-dev',
  ]

  it('go before the copy with all that reads nothing of it, and so the install may be fetched for', () => {
    const [moved, rest] = [lines.slice(3, 7), 'RUN cp .env.example .env \\']
    const cut = [...moved.slice(0, 3), moved[3]?.replace(/ \\$/, '')]
    expect(rewritten(withDockerfile(lines, project), 'system-part')).toEqual([
      ...lines.slice(0, 2),
      ...cut,
      'COPY . ./',
      rest,
      lines[8],
    ])
    const first = followed(withDockerfile(lines, project), 'system-part')
    expect(rewritten(first, 'install-first')?.slice(2, 8)).toEqual([
      ...cut,
      'COPY composer.json composer.lock ./',
      'RUN composer install --no-dev --no-scripts --no-autoloader',
    ])
  })

  it('stay with an installer that puts its tool beside the sources', () => {
    const here = lines.map((line) => line.replace('--install-dir=/usr/local/bin ', ''))
    const part = rewritten(withDockerfile(here, project), 'system-part')
    expect(part?.slice(2, 6)).toEqual([...lines.slice(3, 5), lines[5]?.replace(/ \\$/, ''), 'COPY . ./'])
  })
})

describe('what keeps a step of the system behind the copy', () => {
  const refused = (lines: readonly string[]) =>
    refusalsOf(withDockerfile([...head, 'COPY . .', ...lines], tree))

  it.each<[readonly string[], string]>([
    [
      ['RUN ./configure', apt],
      '"./configure" (Dockerfile:4) stands between the copy and it, and may be what it goes by',
    ],
    [['USER app', apt], 'USER (Dockerfile:4) stands between the copy and it'],
    [
      ['RUN go build ./...', apt],
      '"go build" (Dockerfile:4) stands between the copy and it, and takes what tools it finds',
    ],
    [['ENV LANG=C.UTF-8', apt], 'ENV (Dockerfile:4) stands between the copy and it'],
  ])('is told: %s', (lines, reason) => {
    expect(refused(lines)).toEqual([`apt-get install (Dockerfile:5): ${reason.replaceAll('"', '')}`])
  })

  it('is what it looks for, copied by its name', () => {
    const moved = (source: string) =>
      rewritten(
        withDockerfile(['FROM rust', 'WORKDIR /x', `COPY ${source} ./`, 'RUN rustup show', 'COPY . .'], {
          ...tree,
          'rust-toolchain.toml': '[toolchain]\n',
          'deny.toml': '',
        }),
        'system-first',
      )
    expect(moved('rust-toolchain.toml')).toBe(null)
    expect(moved('rust-toolchain*')).toBe(null)
    expect(moved('deny.toml')?.slice(2, 4)).toEqual(['RUN rustup show', 'COPY deny.toml ./'])
  })

  it('is who it runs as, also where that is said before the copy', () => {
    const moved = (user: string) =>
      rewritten(withDockerfile([...head, `USER ${user}`, 'COPY . .', apt], tree), 'system-first')
    expect(moved('0:0')?.slice(-2)).toEqual([apt, 'COPY . .'])
    expect(moved('app')).toBe(null)
  })

  it('is not told of what takes no time, of what goes, and of what reads what is copied', () => {
    expect(refused(['RUN ./configure', 'RUN apt-get clean'])).toEqual([])
    expect(refused([apt])).toEqual([])
    expect(refused(['RUN apt-get install -y ./tool.deb'])).toEqual([])
  })

  it('is not a shim of a package manager, nor what works on the sources before what starts a container', () => {
    const between = [
      'RUN corepack enable',
      "RUN find . -maxdepth 1 -name '.*' -exec rm -rf {} +",
      'RUN cp install/package.json /app/',
    ]
    const tini = 'RUN apt-get update && apt-get -y install tini'
    expect(move([...head, 'COPY . .', ...between, tini])).toEqual([...head, tini, 'COPY . .', ...between])
  })
})
