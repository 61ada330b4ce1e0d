import { describe, expect, it } from 'vitest'
import { rewritten, withDockerfile } from '../follow-tree.ts'

const tree = {
  'main.py': 3,
  'pip.conf': 3,
  '.netrc': 3,
  'docker/home/.config/pip/pip.conf': 3,
  'ext/redis/config.m4': 3,
}
/** Of a stage with these lines behind its FROM what `system-first` makes. */
const move = (lines: readonly string[]) =>
  rewritten(withDockerfile(['FROM python', ...lines], tree), 'system-first')?.slice(1) ?? null

describe('a tool that an image gets by its name', () => {
  const pip = 'RUN pip install poetry==2.0.1'

  it.each<[string, readonly string[]]>([
    ['its settings', ['COPY pip.conf /home/app/.config/pip/pip.conf']],
    ['a home', ['COPY docker/home /home/app']],
    ['all homes', ['COPY docker /home']],
    ['what HOME says', ['ENV HOME=/srv/own', 'COPY .netrc /srv/own/']],
    ['what holds HOME', ['ENV HOME="/srv/own/it"', 'COPY . /srv/own']],
    ['what may be HOME', ['ENV HOME=$BASE', 'COPY . /srv/own']],
    ['modules that each Python loads', ['ENV PYTHONPATH=/srv/own/lib', 'COPY . /srv/own']],
  ])('stays behind the copy of %s', (_, lines) => {
    expect(move([...lines, pip])).toBeNull()
  })

  it('goes before copies to other places', () => {
    expect(move(['ENV HOME=/srv/own PYTHONPATH=/opt/lib', 'COPY . /srv/app', pip])?.slice(1)).toEqual([
      pip,
      'COPY . /srv/app',
    ])
  })

  it.each([
    ['https://install.python-poetry.org | python3 -', 'ENV POETRY_HOME=/opt/poetry'],
    ['https://install.python-poetry.org | python3 -', 'ARG POETRY_VERSION=1.8.3'],
    ['https://sh.rustup.rs | sh -s -- -y', 'ENV RUSTUP_HOME=/opt/rust CARGO_HOME=/opt/rust'],
    ['https://astral.sh/uv/install.sh | sh', 'ENV UV_INSTALL_DIR=/opt/uv'],
    [
      'https://getcomposer.org/installer | php -- --install-dir=/usr/local/bin',
      'ENV COMPOSER_HOME=/opt/composer',
    ],
  ])('stays behind variables of its own where %s installs it: %s', (installer, variable) => {
    const run = `RUN curl -sSL ${installer}`
    expect(move(['WORKDIR /srv/app', 'COPY . .', variable, run])).toBeNull()
    expect(move(['WORKDIR /srv/app', variable, 'COPY . .', run])?.slice(2)).toEqual([run, 'COPY . .'])
  })
})

describe('an extension of PHP', () => {
  it.each([
    ['RUN docker-php-ext-install redis', ['COPY ext/redis /usr/src/php/ext/redis']],
    ['RUN docker-php-ext-install redis', ['WORKDIR /usr/src/php/ext', 'COPY ext/ .']],
    ['RUN docker-php-ext-install redis', ['COPY . /usr/src']],
    ['RUN docker-php-ext-configure redis && docker-php-ext-install redis', ['COPY ext /usr/src/php/ext']],
  ])('is not compiled before its sources are there: %s', (run, lines) => {
    expect(move([...lines, run])).toBeNull()
  })

  it('is compiled before the copy of something else', () => {
    const run = 'RUN docker-php-ext-install pdo_mysql'
    expect(move(['COPY . /usr/src/app', run])).toEqual([run, 'COPY . /usr/src/app'])
  })
})
