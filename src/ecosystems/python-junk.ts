/** What Python's tools leave in a tree; part of `python`. */

import type { Junk } from './model.ts'
import { junk } from './row.ts'

const project = ['pyproject.toml', 'setup.py', 'setup.cfg', 'requirements*.txt', 'Pipfile', 'tox.ini']

/** Caches, environments and reports are disposable; what a build made is `rebuilt`. */
export const pythonJunk: readonly Junk[] = [
  junk(
    '__pycache__/',
    'cache',
    'what Python compiles, made anew whenever it is missing',
    'https://docs.python.org/3/tutorial/modules.html#compiled-python-files',
    { guard: true },
  ),
  // A .pyc beside a missing .py is a program without its source; inside __pycache__ the directory's row comes first.
  junk(
    '*.pyc',
    'cache',
    'what Python compiles, made anew from the source',
    'https://docs.python.org/3/tutorial/modules.html#compiled-python-files',
    { guard: true, beside: ['%.py'] },
  ),
  junk(
    '*.pyo',
    'cache',
    'what Python 2 compiled, made anew from the source',
    'https://peps.python.org/pep-0488/',
  ),
  junk(
    '*$py.class',
    'cache',
    'what Jython compiles',
    'https://www.jython.org/jython-old-sites/docs/library/compileall.html',
  ),
  // Its interpreter is a link to one of the host, its scripts name absolute paths.
  junk(
    '.venv/',
    'environment',
    'a virtual environment with an interpreter of the host',
    'https://docs.python.org/3/library/venv.html',
    { holds: 'pyvenv.cfg|conda-meta', guard: true },
  ),
  junk(
    'venv/',
    'environment',
    'a virtual environment with an interpreter of the host',
    'https://docs.python.org/3/library/venv.html',
    { holds: 'pyvenv.cfg|conda-meta', guard: true },
  ),
  junk(
    'env/',
    'environment',
    'a virtual environment with an interpreter of the host',
    'https://docs.python.org/3/library/venv.html',
    { holds: 'pyvenv.cfg|conda-meta' },
  ),
  junk(
    '.env/',
    'environment',
    'a virtual environment with an interpreter of the host',
    'https://docs.python.org/3/library/venv.html',
    { holds: 'pyvenv.cfg|conda-meta' },
  ),
  junk(
    'ENV/',
    'environment',
    'a virtual environment with an interpreter of the host',
    'https://docs.python.org/3/library/venv.html',
    { holds: 'pyvenv.cfg|conda-meta' },
  ),
  // Of another version, or kept beside the next; the last one is what Yelp's projects call it: `.venv-old`, `venv312`.
  ...['.venv*/', 'venv[0-9]*/', 'virtualenv_run/'].map((name) =>
    junk(
      name,
      'environment',
      'a virtual environment with an interpreter of the host',
      'https://docs.python.org/3/library/venv.html',
      { holds: 'pyvenv.cfg' },
    ),
  ),
  junk(
    '__pypackages__/',
    'packages',
    'packages as pdm installed them',
    'https://pdm-project.org/latest/usage/pep582/',
    { disposable: 'rebuilt' },
  ),
  junk('.pdm-build/', 'output', 'what pdm builds', 'https://backend.pdm-project.org/build_config/'),
  junk(
    '.pdm-python',
    'environment',
    'the interpreter pdm uses on the host',
    'https://pdm-project.org/latest/usage/project/',
  ),
  junk(
    '.pixi/',
    'environment',
    'environments of pixi for this machine',
    'https://pixi.sh/latest/workspace/environment/',
    { holds: 'envs' },
  ),
  junk(
    '.pytest_cache/',
    'cache',
    'what pytest remembers of its last run',
    'https://docs.pytest.org/en/stable/how-to/cache.html',
    { guard: true },
  ),
  junk(
    '.mypy_cache/',
    'cache',
    'the cache of mypy',
    'https://mypy.readthedocs.io/en/stable/command_line.html#incremental-mode',
    { guard: true },
  ),
  junk(
    '.dmypy.json',
    'cache',
    'what the daemon of mypy remembers',
    'https://mypy.readthedocs.io/en/stable/mypy_daemon.html',
  ),
  junk('.ruff_cache/', 'cache', 'the cache of ruff', 'https://docs.astral.sh/ruff/settings/#cache-dir', {
    guard: true,
  }),
  junk('.pytype/', 'cache', 'the cache of pytype', 'https://google.github.io/pytype/'),
  junk('.pyre/', 'cache', 'the cache of pyre', 'https://pyre-check.org/docs/configuration/'),
  junk(
    '.hypothesis/',
    'cache',
    'examples that hypothesis found',
    'https://hypothesis.readthedocs.io/en/latest/reference/internals.html',
  ),
  junk(
    '.tox/',
    'environment',
    'the environments of tox, made for this machine',
    'https://tox.wiki/en/latest/config.html#work_dir',
    { guard: true },
  ),
  junk(
    '.nox/',
    'environment',
    'the environments of nox, made for this machine',
    'https://nox.thea.codes/en/stable/config.html',
  ),
  junk(
    '.ipynb_checkpoints/',
    'editor',
    'copies that jupyter keeps of notebooks while they are edited',
    'https://docs.jupyter.org/en/latest/',
    { guard: true },
  ),
  junk(
    'htmlcov/',
    'report',
    'a coverage report of the tests',
    'https://coverage.readthedocs.io/en/latest/cmd.html#html-reporting-coverage-html',
    { guard: true },
  ),
  junk(
    '.coverage',
    'report',
    'what coverage measured',
    'https://coverage.readthedocs.io/en/latest/cmd.html#data-file',
    { guard: true },
  ),
  // Not .coveragerc, which is the configuration.
  junk(
    '.coverage.*',
    'report',
    'what coverage measured',
    'https://coverage.readthedocs.io/en/latest/cmd.html#data-file',
  ),
  junk(
    'coverage.xml',
    'report',
    'a coverage report of the tests',
    'https://coverage.readthedocs.io/en/latest/cmd.html#xml-reporting-coverage-xml',
    { beside: project },
  ),
  junk(
    'nosetests.xml',
    'report',
    'a report of the tests',
    'https://nose.readthedocs.io/en/latest/plugins/xunit.html',
  ),
  // An editable install and importlib.metadata read it; setuptools writes it anew.
  junk(
    '*.egg-info/',
    'output',
    'what setuptools says of the project, written anew when it is built',
    'https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html',
    { disposable: 'rebuilt', beside: [...project, 'src'] },
  ),
  junk(
    '.eggs/',
    'packages',
    'packages that setuptools fetched to build',
    'https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html',
    { beside: ['setup.py', 'setup.cfg', 'pyproject.toml'] },
  ),
  junk(
    'dist/',
    'output',
    'packages that were built of the project',
    'https://packaging.python.org/en/latest/tutorials/packaging-projects/#generating-distribution-archives',
    { disposable: 'rebuilt', beside: ['pyproject.toml', 'setup.py'] },
  ),
  junk(
    'build/',
    'output',
    'where setuptools puts a build together',
    'https://setuptools.pypa.io/en/latest/userguide/commands.html',
    { disposable: 'rebuilt', beside: ['pyproject.toml', 'setup.py'], holds: 'lib|bdist.*|lib.*|temp.*' },
  ),
  junk(
    'site/',
    'output',
    'pages that mkdocs made',
    'https://www.mkdocs.org/user-guide/configuration/#site_dir',
    { disposable: 'rebuilt', beside: ['mkdocs.yml', 'mkdocs.yaml'] },
  ),
  junk(
    'docs/_build/',
    'output',
    'pages that sphinx made',
    'https://www.sphinx-doc.org/en/master/usage/quickstart.html',
    { disposable: 'rebuilt' },
  ),
  junk(
    '*.mo',
    'output',
    'messages of a translation, compiled',
    'https://www.gnu.org/software/gettext/manual/html_node/MO-Files.html',
    { disposable: 'rebuilt', beside: ['%.po'] },
  ),
  // The name is the usual one of its option -s; dbm adds an ending.
  ...[
    'celerybeat-schedule',
    'celerybeat-schedule.*',
    'celerybeat-schedule-shm',
    'celerybeat-schedule-wal',
  ].map((name) =>
    junk(
      name,
      'cache',
      'when celery ran which task last',
      'https://docs.celeryq.dev/en/stable/userguide/periodic-tasks.html#starting-the-scheduler',
    ),
  ),
  ...['junit*.xml', '*-junit.xml', '*_junit.xml', 'TEST-*.xml', 'test-results.xml', 'tests-results.xml'].map(
    (name) =>
      junk(
        name,
        'report',
        'a report of the tests',
        'https://docs.pytest.org/en/stable/how-to/output.html#creating-junitxml-format-files',
      ),
  ),
  junk(
    '.benchmarks/',
    'report',
    'what pytest-benchmark measured',
    'https://pytest-benchmark.readthedocs.io/en/latest/usage.html#commandline-options',
  ),
  junk(
    '.ropeproject/',
    'cache',
    'what rope knows of the project',
    'https://rope.readthedocs.io/en/latest/configuration.html',
  ),
  junk(
    'catboost_info/',
    'report',
    'what catboost wrote while it trained',
    'https://catboost.ai/docs/en/concepts/output-data_training-log',
    { holds: 'catboost_training.json|learn_error.tsv' },
  ),
  // A program may load what it trained from there.
  junk(
    'mlruns/',
    'output',
    'runs that mlflow recorded',
    'https://mlflow.org/docs/latest/ml/tracking/backend-stores/',
    { disposable: 'never' },
  ),
  junk('wandb/', 'output', 'runs that Weights & Biases recorded', 'https://docs.wandb.ai/support/', {
    disposable: 'never',
    holds: 'run-*|offline-run-*|latest-run',
  }),
  junk(
    'lightning_logs/',
    'output',
    'runs that Lightning recorded',
    'https://lightning.ai/docs/pytorch/stable/extensions/logging.html',
    { disposable: 'never' },
  ),
  junk(
    '.dvc/cache/',
    'cache',
    'data that dvc keeps a second time',
    'https://dvc.org/doc/user-guide/project-structure/internal-files',
    { disposable: 'never' },
  ),
  junk(
    '.dvc/config.local',
    'system',
    'settings of dvc for this machine, which may hold passwords',
    'https://dvc.org/doc/user-guide/project-structure/configuration',
    { disposable: 'never' },
  ),
  junk(
    '.dvc/tmp/',
    'cache',
    'what dvc keeps while it works',
    'https://dvc.org/doc/user-guide/project-structure/internal-files',
  ),
  // Where collectstatic collects is a setting, and an image may serve what was collected before.
  junk(
    'staticfiles/',
    'output',
    'files that collectstatic collected',
    'https://docs.djangoproject.com/en/stable/ref/contrib/staticfiles/',
    { disposable: 'rebuilt', beside: ['manage.py'] },
  ),
]
