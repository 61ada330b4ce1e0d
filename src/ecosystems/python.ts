import type { Ecosystem, KnownCommand } from './model.ts'
import { pythonJunk } from './python-junk.ts'
import {
  command,
  erasedUnless,
  made,
  program,
  startsGit,
  versionTool,
  withOperand,
  withOption,
  withPath,
} from './row.ts'

const pip = 'https://pip.pypa.io/en/stable/cli/'
const poetry = 'https://python-poetry.org/docs/cli/'
const uv = 'https://docs.astral.sh/uv/reference/cli/'
const anything = made('merges', '*')
const builds = { reads: 'sources', git: 'plugins', makes: anything } as const

/** What setuptools and others leave beside the sources when a project is built where it lies. */
const buildsInPlace = [...made('merges', 'build'), ...made('overwrites', '*.egg-info')]
const localConfiguration = ['pip.conf', 'pip.ini']

/** Requirement files may hold `-e .`, so a backend may run that asks git. */
const requirements = ['-r', '--requirement', '-c', '--constraint', '--build-constraint']
const pipLike = {
  operands: 'any',
  fileOptions: [...requirements, '-e', '--editable'],
  fileOperands: 'paths',
  variants: [
    withOption(requirements, { reads: 'manifests', git: 'plugins' }),
    withOption(['-t', '--target', '--prefix', '--root'], { makes: anything }),
    withPath({ reads: 'sources', git: 'plugins', makes: buildsInPlace }),
    withOption(['-e', '--editable', '--group', '--all-extras'], {
      reads: 'sources',
      git: 'plugins',
      makes: buildsInPlace,
    }),
  ],
} as const

const poetryReads = {
  reads: 'sources',
  manifests: [['poetry.lock'], ['pyproject.toml']],
  alsoReads: ['pyproject.toml', 'poetry.lock', 'poetry.toml', '.python-version', 'README*'],
  git: 'plugins',
  // The project's own .venv is used where there is one, whatever virtualenvs.in-project says, unless it says false
  // (python-poetry.org/docs/configuration).
  makes: made('merges', '.venv'),
} as const

const uvFiles = ['uv.toml', '.python-version', '.python-versions', '.env']
const uvReads = {
  reads: 'sources',
  manifests: [['uv.lock'], ['pyproject.toml']],
  alsoReads: ['pyproject.toml', 'uv.lock', 'README*', 'LICEN[CS]E*', ...uvFiles],
  git: 'plugins',
  // Kept when its interpreter fits (docs.astral.sh/uv/concepts/projects/layout).
  makes: [...made('merges', '.venv'), ...made('overwrites', 'uv.lock')],
} as const
const withoutProject = {
  reads: 'manifests',
  git: 'never',
  alsoReads: ['pyproject.toml', 'uv.lock', ...uvFiles],
} as const

const commands: readonly KnownCommand[] = [
  // What is installed lies below the interpreter; what is there already is skipped.
  command('pip|pip[0-9]* install', 'install', `${pip}pip_install/`, {
    ...pipLike,
    alsoReads: localConfiguration,
  }),
  command('pip|pip[0-9]* wheel|download', 'install', `${pip}pip_wheel/`, {
    ...pipLike,
    makes: made('merges', '*'),
    variants: [
      ...pipLike.variants,
      withPath({ makes: anything }),
      withOption(['-w', '--wheel-dir', '-d', '--dest'], { makes: anything }),
    ],
  }),
  command(
    'pip|pip[0-9]* uninstall|config|cache|list|freeze|show|check|debug|index|inspect|hash',
    'plain',
    pip,
    {
      fileOptions: ['-r', '--requirement'],
    },
  ),
  command('uv pip install|sync|compile', 'install', `${uv}#uv-pip-install`, {
    ...pipLike,
    alsoReads: ['pyproject.toml', 'uv.toml', '.python-version'],
    makes: made('merges', '.venv'),
  }),
  command('uv pip uninstall|list|freeze|show|check|tree', 'plain', `${uv}#uv-pip`, {
    alsoReads: ['pyproject.toml', 'uv.toml'],
  }),
  command('pip-sync|pip-compile', 'install', 'https://pip-tools.readthedocs.io/en/stable/', {
    reads: 'manifests',
    manifests: [['requirements.txt'], ['requirements.in'], ['pyproject.toml'], ['setup.py']],
    alsoReads: ['requirements.in', 'requirements.txt', 'setup.cfg'],
    fileOperands: 'all',
    git: 'plugins',
  }),

  // --no-root leaves the project itself out; path dependencies are read all the same, and so they are of the lockfile.
  command('poetry install|sync', 'install', `${poetry}#install`, {
    ...poetryReads,
    operands: 'none',
    variants: [
      withOption(['--no-root', '--only-root=false'], {
        reads: 'manifests',
        git: 'never',
        alsoReads: ['pyproject.toml', 'poetry.lock', 'poetry.toml', '.python-version'],
      }),
      withOption(['--no-directory'], { makes: made('merges', '.venv') }),
    ],
    // https://python-poetry.org/docs/basic-usage/#operating-modes
    configured: [
      {
        file: 'pyproject.toml',
        holds: 'package-mode=false',
        lacks: [],
        effect: {
          reads: 'manifests',
          git: 'never',
          alsoReads: ['pyproject.toml', 'poetry.lock', 'poetry.toml', '.python-version'],
        },
      },
    ],
  }),
  command('poetry update|add|remove', 'install', `${poetry}#update`, {
    ...poetryReads,
    makes: [...made('merges', '.venv'), ...made('overwrites', 'poetry.lock', 'pyproject.toml')],
  }),
  command('poetry lock|export|check|show|version', 'install', `${poetry}#lock`, {
    reads: 'manifests',
    manifests: [['pyproject.toml']],
    alsoReads: ['poetry.lock', 'poetry.toml'],
    git: 'plugins',
    makes: made('overwrites', 'poetry.lock', 'requirements.txt'),
  }),
  command('poetry build', 'build', `${poetry}#build`, { ...builds, makes: made('merges', 'dist') }),
  command('poetry config|self|env|cache|about', 'plain', `${poetry}#config`, {
    alsoReads: ['poetry.toml', 'pyproject.toml'],
  }),
  command('poetry run', 'build', `${poetry}#run`, builds),

  command('uv sync', 'install', `${uv}#uv-sync`, {
    ...uvReads,
    variants: [
      // Members of a workspace are still built; `--no-install-local` leaves out whatever is on the disk.
      withOption(['--no-install-project'], withoutProject),
      withOption(['--no-install-workspace', '--no-install-local'], withoutProject),
      withOption(['--frozen', '--locked'], { makes: made('merges', '.venv') }),
    ],
    // Without a build system the project itself is not installed: docs.astral.sh/uv/concepts/projects/config/#build-systems.
    configured: [
      {
        file: 'pyproject.toml',
        holds: null,
        lacks: ['build-system', 'package=true', 'workspace'],
        effect: withoutProject,
      },
    ],
  }),
  command('uv add|remove', 'install', `${uv}#uv-add`, {
    ...uvReads,
    makes: [...made('merges', '.venv'), ...made('overwrites', 'uv.lock', 'pyproject.toml')],
  }),
  command('uv lock|export|tree', 'install', `${uv}#uv-lock`, {
    ...uvReads,
    reads: 'manifests',
    makes: made('overwrites', 'uv.lock'),
  }),
  command('uv build', 'build', `${uv}#uv-build`, { ...builds, makes: made('merges', 'dist') }),
  // Syncs before it runs.
  command('uv run', 'build', `${uv}#uv-run`, builds),
  command('uv venv', 'build', `${uv}#uv-venv`, {
    alsoReads: ['pyproject.toml', ...uvFiles],
    makes: anything,
    variants: [withOption(['-c', '--clear'], { makes: made('erases', '.venv') })],
  }),
  command('uv tool|python|cache|self|version|auth', 'system', `${uv}#uv-tool`, {
    alsoReads: ['pyproject.toml', ...uvFiles],
    fileOperands: 'paths',
    variants: [
      withPath({ kind: 'build', reads: 'sources', git: 'plugins' }),
      withOption(['--from', '--with-requirements', '--with-editable'], {
        kind: 'build',
        reads: 'sources',
        git: 'plugins',
      }),
    ],
  }),

  command(
    'pipenv install|sync|update|lock|upgrade',
    'install',
    'https://pipenv.pypa.io/en/latest/commands.html',
    {
      reads: 'manifests',
      manifests: [['Pipfile.lock'], ['Pipfile'], ['requirements.txt']],
      alsoReads: ['Pipfile', 'Pipfile.lock', '.env', '.venv'],
      fileOptions: ['-r', '--requirements'],
      git: 'plugins',
      makes: [...made('merges', '.venv'), ...made('overwrites', 'Pipfile.lock')],
      variants: [withOption(['-e', '--editable'], { reads: 'sources' })],
    },
  ),
  command('pipenv run', 'build', 'https://pipenv.pypa.io/en/latest/commands.html', builds),
  command('pipenv requirements', 'install', 'https://pipenv.pypa.io/en/latest/commands.html', {
    reads: 'manifests',
    manifests: [['Pipfile.lock']],
    alsoReads: ['Pipfile'],
  }),
  command('pdm install|sync|update', 'install', 'https://pdm-project.org/latest/reference/cli/', {
    reads: 'sources',
    manifests: [['pdm.lock'], ['pyproject.toml']],
    alsoReads: ['pyproject.toml', 'pdm.lock', 'pdm.toml', '.pdm-python', '.python-version', 'README*'],
    git: 'plugins',
    makes: made('merges', '.venv', '__pypackages__', '.pdm-python'),
    variants: [
      withOption(['--no-self', '--no-editable=self'], {
        reads: 'manifests',
        git: 'never',
        alsoReads: ['pyproject.toml', 'pdm.lock', 'pdm.toml', '.pdm-python', '.python-version'],
      }),
    ],
  }),
  command('pdm build|run', 'build', 'https://pdm-project.org/latest/reference/cli/', builds),
  command(
    'conda|mamba|micromamba env',
    'install',
    'https://docs.conda.io/projects/conda/en/stable/commands/env/create.html',
    {
      reads: 'manifests',
      manifests: [['environment.yml', 'environment.yaml']],
      alsoReads: ['requirements.txt', 'requirements*.txt'],
      fileOptions: ['-f', '--file'],
      git: 'plugins',
    },
  ),
  command(
    'conda|mamba|micromamba install|create|update',
    'install',
    'https://docs.conda.io/projects/conda/en/stable/commands/install.html',
    {
      fileOptions: ['-f', '--file'],
      variants: [withOption(['-f', '--file'], { reads: 'manifests', git: 'plugins' })],
    },
  ),
  command(
    'conda|mamba|micromamba clean|config|init|activate|list|info',
    'plain',
    'https://docs.conda.io/projects/conda/en/stable/commands/index.html',
  ),

  // Whatever lies in the directory stays, unless --clear is given.
  command('python:venv|virtualenv', 'build', 'https://docs.python.org/3/library/venv.html', {
    makes: anything,
    variants: [
      withOperand(['.venv'], { makes: made('merges', '.venv') }),
      withOperand(['venv'], { makes: made('merges', 'venv') }),
      withOption(['--clear'], { makes: made('erases', '.venv', 'venv', 'env') }),
    ],
  }),
  command('python:build|pyproject-build', 'build', 'https://build.pypa.io/en/stable/', {
    ...builds,
    makes: [...made('merges', 'dist', 'build'), ...made('overwrites', '*.egg-info')],
  }),
  command('setup.py', 'build', 'https://setuptools.pypa.io/en/latest/userguide/commands.html', builds),
  command('python:compileall', 'build', 'https://docs.python.org/3/library/compileall.html', {
    reads: 'arguments',
    makes: made('merges', '**/__pycache__', '__pycache__'),
  }),
  command('python:ensurepip', 'system', 'https://docs.python.org/3/library/ensurepip.html'),
  command(
    'hatch|flit|maturin|python:flit|python:hatchling',
    'build',
    'https://hatch.pypa.io/latest/cli/reference/',
    builds,
  ),
  command('tox|nox', 'build', 'https://tox.wiki/en/latest/cli_interface.html', builds),
  command(
    'pytest|py.test|mypy|ruff|flake8|pylint|black|isort|coverage|pyright|bandit|python:unittest',
    'build',
    'https://docs.pytest.org/en/stable/reference/reference.html',
    builds,
  ),
  // A message file is written again where it is older than its source.
  command(
    'manage.py|django-admin compilemessages',
    'build',
    'https://docs.djangoproject.com/en/stable/ref/django-admin/#compilemessages',
    { ...builds, git: 'never', makes: made('overwrites', '**/*.mo') },
  ),
  command('pybabel compile', 'build', 'https://babel.pocoo.org/en/latest/cmdline.html#compile', {
    ...builds,
    git: 'never',
    makes: made('overwrites', '**/*.mo'),
  }),
  command(
    'manage.py|django-admin',
    'build',
    'https://docs.djangoproject.com/en/stable/ref/django-admin/',
    builds,
  ),
  // Builds into an emptied directory unless --dirty is given.
  command('mkdocs build', 'build', 'https://www.mkdocs.org/user-guide/cli/#mkdocs-build', {
    ...builds,
    makes: erasedUnless('site', 'mkdocs.y*ml', 'site_dir INHERIT'),
    variants: [
      withOption(['--dirty', '--no-clean'], { makes: made('merges', 'site') }),
      withOption(['-d', '--site-dir', '-f', '--config-file'], { makes: anything }),
    ],
  }),
  command('sphinx-build', 'build', 'https://www.sphinx-doc.org/en/master/man/sphinx-build.html', builds),
  // Of the version that is installed, which looks for no others.
  command('playwright install|install-deps', 'system', 'https://playwright.dev/python/docs/browsers', {
    reads: 'manifests',
    manifests: [['pyproject.toml'], ['requirements.txt'], ['Pipfile']],
  }),
  command('pipx install|ensurepath|upgrade|inject', 'system', 'https://pipx.pypa.io/stable/docs/', {
    fileOperands: 'paths',
    variants: [withPath({ kind: 'build', reads: 'sources', git: 'plugins' })],
  }),
]

const backends = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements*.txt', 'Pipfile']
/** https://setuptools-scm.readthedocs.io/en/latest/overrides/ */
const pretended = 'SETUPTOOLS_SCM_PRETEND_VERSION'
const tools: readonly (readonly [text: string, source: string, instead?: string])[] = [
  ['setuptools-scm', 'https://setuptools-scm.readthedocs.io/en/latest/', pretended],
  ['setuptools_scm', 'https://setuptools-scm.readthedocs.io/en/latest/', pretended],
  ['setuptools-git-versioning', 'https://setuptools-git-versioning.readthedocs.io/en/stable/'],
  ['vcs-versioning', 'https://setuptools-scm.readthedocs.io/en/latest/'],
  ['versioneer', 'https://github.com/python-versioneer/python-versioneer'],
  ['versioningit', 'https://versioningit.readthedocs.io/en/stable/'],
  ['hatch-vcs', 'https://github.com/ofek/hatch-vcs', pretended],
  ['hatch_vcs', 'https://github.com/ofek/hatch-vcs', pretended],
  ['uv-dynamic-versioning', 'https://github.com/ninoseki/uv-dynamic-versioning'],
  [
    'poetry-dynamic-versioning',
    'https://github.com/mtkennerly/poetry-dynamic-versioning',
    'POETRY_DYNAMIC_VERSIONING_BYPASS',
  ],
  ['poetry-version-plugin', 'https://github.com/tiangolo/poetry-version-plugin'],
  ['poetry-git-version-plugin', 'https://pypi.org/project/poetry-git-version-plugin/'],
  ['dunamai', 'https://github.com/mtkennerly/dunamai'],
  ['pbr', 'https://docs.openstack.org/pbr/latest/', 'PBR_VERSION'],
  ['flit_scm', 'https://pypi.org/project/flit-scm/'],
  ['flit-scm', 'https://pypi.org/project/flit-scm/'],
  ['source="scm"', 'https://backend.pdm-project.org/metadata/#dynamic-project-version'],
  ['source = "scm"', 'https://backend.pdm-project.org/metadata/#dynamic-project-version'],
  ["source = 'scm'", 'https://backend.pdm-project.org/metadata/#dynamic-project-version'],
  ['sphinx-last-updated-by-git', 'https://github.com/mgeier/sphinx-last-updated-by-git'],
  ['gitpython', 'https://gitpython.readthedocs.io/en/stable/'],
  ['git-revision-date', 'https://pypi.org/project/mkdocs-git-revision-date-localized-plugin/'],
]

/** Python: pip, poetry, uv, pipenv, pdm, conda, and the tools around them. */
export const python: Ecosystem = {
  id: 'python',
  title: 'Python',
  manifests: [
    'pyproject.toml',
    'setup.py',
    'setup.cfg',
    'requirements*.txt',
    'Pipfile',
    'environment.yml',
    'environment.yaml',
    'tox.ini',
    'noxfile.py',
    'manage.py',
    'mkdocs.yml',
  ],
  lockfiles: [
    'poetry.lock',
    'uv.lock',
    'Pipfile.lock',
    'pdm.lock',
    'pylock.toml',
    'conda-lock.yml',
    'pixi.lock',
  ],
  programs: [
    program('pip pip[0-9]* uv', {
      valued: [
        ...requirements,
        '-e',
        '--editable',
        '-i',
        '--index-url',
        '--extra-index-url',
        '--index',
        '--default-index',
        '-f',
        '--find-links',
        '-t',
        '--target',
        '--prefix',
        '--root',
        '-w',
        '--wheel-dir',
        '-d',
        '--dest',
        '--cache-dir',
        '--trusted-host',
        '--timeout',
        '--retries',
        '--python-version',
        '--platform',
        '--only-binary',
        '--no-binary',
        '--progress-bar',
        '--proxy',
        '--log',
        '--root-user-action',
        '--config-settings',
        '--python',
        '-p',
        '--extra',
        '--group',
        '--only-group',
        '--no-group',
        '--link-mode',
        '--package',
        '--no-install-package',
        '--from',
        '--with',
        '--with-requirements',
        '--with-editable',
        '-o',
        '--output-file',
        '--torch-backend',
      ],
      directory: ['--directory', '--project'],
    }),
    program('poetry', {
      valued: ['--only', '--with', '--without', '-E', '--extras', '-o', '--output', '-f', '--format'],
      directory: ['-C', '--directory', '-P', '--project'],
    }),
    program('pipenv', {
      valued: ['-r', '--requirements', '--python', '-e', '--editable', '-i', '--index', '--categories'],
    }),
    program('pdm', {
      valued: ['-G', '--group', '-L', '--lockfile', '--venv'],
      directory: ['-p', '--project'],
    }),
    program('conda mamba micromamba', {
      valued: ['-f', '--file', '-n', '--name', '-p', '--prefix', '-c', '--channel'],
    }),
    program('python:venv virtualenv', { valued: ['-p', '--python', '--prompt'] }),
    program('mkdocs', { valued: ['-d', '--site-dir', '-f', '--config-file', '-t', '--theme'] }),
    program('manage.py setup.py', { local: true }),
  ],
  junk: pythonJunk,
  commands,
  versionTools: [
    ...tools.map(([text, source, instead]) =>
      versionTool([...backends, 'mkdocs.yml'], text, text, source, instead),
    ),
    ...startsGit(['setup.py', 'hatch_build.py', 'conf.py', 'build.py']),
    ...['git describe', 'git rev-parse', 'git ls-files'].map((text) =>
      versionTool(
        ['setup.py', 'hatch_build.py', 'conf.py', 'build.py'],
        text,
        text,
        `https://git-scm.com/docs/${text.replace(' ', '-')}`,
      ),
    ),
  ],
}
