/** Tools of a language that an image gets by their names: they read nothing of what is copied, as packages of the system do. */

import { variablesOf } from '../../dockerfile/changing.ts'
import { optionOf } from '../../ecosystems/index.ts'
import { cleanPath } from '../../lib/path.ts'
import type { Member } from '../group/model.ts'
import { below } from '../image/paths.ts'
import type { ImageCommand, ImageRun } from '../image/runs.ts'
import { installVariables } from './variables.ts'

/** Options of pip that neither read a file nor say where to install: https://pip.pypa.io/en/stable/cli/pip_install/. */
const plainOptions = new Set(
  '--no-cache-dir --upgrade -U --upgrade-strategy --quiet -q -qq --verbose -v --no-deps --pre --disable-pip-version-check --no-python-version-warning --no-warn-script-location --root-user-action --break-system-packages --no-input --progress-bar --timeout --default-timeout --retries --trusted-host -i --index-url --extra-index-url --prefer-binary --only-binary --no-binary --force-reinstall --ignore-installed -I --no-compile --compile'.split(
    ' ',
  ),
)

/** Of variables that speak to pip those that do the same. */
const plainVariables =
  /^PIP_(?:NO_CACHE_DIR|NO_INPUT|NO_COLOR|NO_COMPILE|NO_PYTHON_VERSION_WARNING|NO_WARN_SCRIPT_LOCATION|DISABLE_PIP_VERSION_CHECK|DEFAULT_TIMEOUT|TIMEOUT|RETRIES|ROOT_USER_ACTION|BREAK_SYSTEM_PACKAGES|INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|PROGRESS_BAR|PREFER_BINARY|ONLY_BINARY|NO_BINARY|VERSION|CACHE_DIR|QUIET|VERBOSE)$/

const requirement =
  /^[A-Za-z0-9][\w.-]*(?:\[[\w,.-]+\])?(?:(?:===?|[<>!~]=|[<>])[\w.*+!<>=,~-]*(?:\$\{?\w+\}?)?)?$/

/** True for `pip install poetry==2.0.1`: packages of an index by their names, into the interpreter that the image has. */
export const installsNamed = ({ meaning, words, text }: ImageCommand): boolean =>
  meaning?.kind === 'install' &&
  meaning.reads === 'nothing' &&
  /^pip[\d.]* install$/.test(meaning.title) &&
  !(words[0] ?? '').includes('/') &&
  !text.includes(' → ') &&
  meaning.operands.length > 0 &&
  meaning.operands.every((operand) => requirement.test(operand)) &&
  meaning.options.every((option) => {
    const { name, value } = optionOf(option)
    return plainOptions.has(name) && !(value ?? '').startsWith('file:')
  })

/**
 * True where such an install does the same before what is copied to `dests`: variables tell it of no files, it does not install to
 * where the sources lie, its settings are in no home that is copied, and no list of packages that the project has decides which versions
 * of its packages there are already.
 */
export function isFreeOfProject(
  member: Member,
  run: ImageRun,
  { runs, dests }: { readonly runs: readonly ImageRun[]; readonly dests: readonly string[] },
): boolean {
  const goesByList = runs.some(({ commands }) =>
    commands.some(
      ({ meaning }) =>
        meaning?.ecosystem === 'python' &&
        meaning.kind === 'install' &&
        (meaning.reads === 'manifests' || meaning.reads === 'arguments'),
    ),
  )
  const isTold = installVariables(member, run).some(
    ({ name }) => /^PIP_/.test(name) && !plainVariables.test(name),
  )
  const isInside = placesIn(member, run, /^(?:PATH|PYTHONPATH|VIRTUAL_ENV|PYTHONUSERBASE|PYTHONHOME)$/).some(
    (place) => dests.some((dest) => below(place, dest) !== null),
  )
  // https://pip.pypa.io/en/stable/topics/configuration/#location, and .netrc beside it
  const homes = ['/home', ...placesIn(member, run, /^(?:HOME|XDG_CONFIG_HOME|XDG_CONFIG_DIRS)$/)]
  const isSet = homes.some((home) =>
    // Where a variable leads, it may lead anywhere.
    dests.some((dest) => meets(dest, home.startsWith('/') ? home : '/')),
  )
  return !goesByList && !isTold && !isInside && !isSet
}

/** The paths that variables of these names have for a RUN, as written. */
const placesIn = ({ plan }: Member, { step }: ImageRun, names: RegExp): readonly string[] =>
  plan.steps
    .filter(({ instruction, line }) => /^(?:ARG|ENV)$/.test(instruction.keyword) && line < step.line)
    .flatMap(variablesOf)
    .filter(({ name }) => names.test(name))
    .flatMap(({ value }) => value.split(/[:;"'\s]+/))
    .filter((place) => place !== '')
    .map(cleanPath)

/** True where one of the paths is the other, or lies in it. */
const meets = (one: string, other: string): boolean =>
  below(one, other) !== null || below(other, one) !== null

/**
 * True for what compiles extensions of PHP where sources of it are copied to: it looks for them by their names in /usr/src/php/ext
 * (https://github.com/docker-library/php/blob/master/docker-php-ext-install).
 */
export const isOfPhpSources = ({ words: [program = ''] }: ImageCommand, dests: readonly string[]): boolean =>
  /^(?:docker-php-(?:ext-\w+|source)|install-php-extensions|phpize)$/.test(program) &&
  dests.some((dest) => meets(dest, '/usr/src/php'))

/**
 * Programs that are piped into an interpreter and install a tool: where they are to be had, and what starts them. None of them reads
 * or writes where it is started.
 */
const installers: readonly { readonly url: RegExp; readonly started: RegExp; readonly source: string }[] = [
  {
    url: /^https:\/\/getcomposer\.org\/installer$/,
    // Without a directory it installs to where it is started.
    started:
      /^php -- (?:--(?:filename|version)=[\w.-]+ |--2(?:\.\d+)? |--quiet )*--install-dir=\/[\w./-]+(?: --\S+)*$/,
    source: 'https://getcomposer.org/doc/faqs/how-to-install-composer-programmatically.md',
  },
  {
    url: /^https:\/\/install\.python-poetry\.org\/?$/,
    started: /^python3? -(?: --version [\d.]+)?$/,
    source: 'https://python-poetry.org/docs/#installing-with-the-official-installer',
  },
  {
    url: /^https:\/\/astral\.sh\/uv\/(?:[\d.]+\/)?install\.sh$/,
    started: /^(?:ba)?sh$/,
    source: 'https://docs.astral.sh/uv/getting-started/installation/',
  },
  {
    url: /^https:\/\/sh\.rustup\.rs\/?$/,
    started:
      /^(?:ba)?sh(?: -s --(?: -y| -q| --no-modify-path| --profile [a-z]+| --default-toolchain [\w.-]+)*)?$/,
    source: 'https://rust-lang.github.io/rustup/installation/other.html',
  },
  {
    url: /^https:\/\/deb\.nodesource\.com\/setup_[\w.]+$/,
    started: /^(?:ba)?sh(?: -)?$/,
    source: 'https://github.com/nodesource/distributions',
  },
]

/** True for what starts the installer that the command before it fetches, and puts its tool to where it is told. */
export function isInstaller({ words }: ImageCommand, before: ImageCommand | undefined): boolean {
  const isFetched = (url: RegExp) =>
    before !== undefined &&
    /^(?:curl|wget)$/.test(before.words[0] ?? '') &&
    before.words.some((word) => url.test(word))
  const line = words.join(' ')
  return installers.some(({ url, started }) => started.test(line) && isFetched(url))
}
