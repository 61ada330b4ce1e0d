#!/usr/bin/env node
// Copies a project of fixtures/projects to a directory and grows there what a developer's tree has and git has not.
//   node scripts/grow-junk.mjs PROJECT DEST [--git=fake|real|none] [--history] [--no-junk]
// The same bytes, sizes, modes and times every time and everywhere. Files over 64 kB are mostly holes.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { repositoryOf } from './fake-git.mjs'

const projectsDir = fileURLToPath(new URL('../fixtures/projects', import.meta.url))

/** When everything in git was changed last, and when everything else was: 2025-03-01 and 2025-06-01, both at noon UTC. */
const trackedTime = 1_740_830_400
const junkTime = 1_748_779_200

/** Contents up to this size are written out, so that tools which look into files find something there. */
const writtenOut = 65_536

// ---- what a tree grows: rows of data

const file = (name, size, head = '') => ({ kind: 'file', name, size, head })
const program = (name, size, head = '') => ({ kind: 'file', name, size, head, mode: 0o755 })
const text = (name, ...lines) => ({ kind: 'text', name, lines })
const link = (name, target) => ({ kind: 'link', name, target })
const hardLink = (name, first) => ({ kind: 'hardLink', name, first })
const dir = (name) => ({ kind: 'dir', name })
/** `count` files; `#` is the number of the file, `%` two and `@` thirty-eight hex digits. Sizes lie between the two given. */
const many = (count, name, [least, most], head = '') => ({ kind: 'many', count, name, least, most, head })
/** A file that is in git, though not in this repository, because of its size. */
const tracked = (row) => ({ ...row, tracked: true })
/** The archive that `tar` makes of a directory of the project. */
const archive = (name, of) => ({ kind: 'archive', name, of })
/** Stand in a text for so many random characters: no credential, not even an invented one, is written down anywhere. */
const secret = (length) => `\0a${length}\0`
const capitals = (length) => `\0A${length}\0`
/** The first or last line of a key; in parts, as scanners of repositories look for the whole. */
const pem = (what) => `-----${what} ${['PRIVATE', 'KEY'].join(' ')}-----`

const png = '\x89PNG\r\n\x1a\n'
const jpeg = '\xff\xd8\xff\xe0\x00\x10JFIF\x00'
const mp4 = '\x00\x00\x00\x20ftypisom'
const zip = 'PK\x03\x04'
const gzip = '\x1f\x8b\x08\x00'
const elf = '\x7fELF\x02\x01\x01\x00'
const machO = '\xcf\xfa\xed\xfe\x0c\x00\x00\x01'
const javaClass = '\xca\xfe\xba\xbe\x00\x00\x00\x41'
const bytecode = '\xcb\x0d\x0d\x0a'
const sqlite = 'SQLite format 3\x00'
const finder = '\x00\x00\x00\x01Bud1'
const vim = 'b0VIM 9.1'

/**
 * A repository as it looks from outside after some months of work: names, sizes and modes. Its one commit can be read,
 * but for the contents of files; so `git ls-files`, `git status` and `git check-ignore` answer.
 */
const repository = ({ packBytes, loose }) => [
  text('.git/HEAD', 'ref: refs/heads/main'),
  text(
    '.git/config',
    '[core]',
    '\trepositoryformatversion = 0',
    '\tfilemode = true',
    '\tbare = false',
    '\tlogallrefupdates = true',
    '[remote "origin"]',
    '\turl = https://git.example.org/project.git',
    '\tfetch = +refs/heads/*:refs/remotes/origin/*',
    '[branch "main"]',
    '\tremote = origin',
    '\tmerge = refs/heads/main',
  ),
  text('.git/description', "Unnamed repository; edit this file 'description' to name the repository."),
  text('.git/info/exclude', '# git ls-files --others --exclude-from=.git/info/exclude'),
  program('.git/hooks/pre-commit.sample', 1643, '#!/bin/sh\n'),
  program('.git/hooks/commit-msg.sample', 896, '#!/bin/sh\n'),
  { kind: 'commit', name: '.git/index' },
  file('.git/logs/HEAD', 5210),
  file('.git/logs/refs/heads/main', 5210),
  text('.git/packed-refs', '# pack-refs with: peeled fully-peeled sorted'),
  text('.git/refs/remotes/origin/HEAD', 'ref: refs/remotes/origin/main'),
  dir('.git/refs/tags'),
  many(loose, '.git/objects/%/@', [120, 2600], 'x\x01'),
  // Of no object, so that git never looks into the pack beside it.
  file(
    '.git/objects/pack/pack-5f1d0c7e9b3a2846d1e0f5c7b9a38264d0e1f5c7.idx',
    1072,
    `\xfftOc\0\0\0\x02${'\0'.repeat(1064)}`,
  ),
  file(
    '.git/objects/pack/pack-5f1d0c7e9b3a2846d1e0f5c7b9a38264d0e1f5c7.pack',
    packBytes,
    'PACK\x00\x00\x00\x02',
  ),
]

const parcels = {
  git: { packBytes: 900_000, loose: 12 },
  rows: [
    file('context/log/parcels.log', 7_400_000),
    file('context/log/parcels.log.0', 8_000_000),
    file('context/log/parcels.log.1', 8_000_000),
    file('context/log/archive/2025-04.log.gz', 2_600_000, gzip),
  ],
}

/**
 * Project → rows. The repository stands apart, as it can be left out or made by git itself. `history`: how many commits changed
 * what, after the first.
 */
const junk = {
  'node-app': {
    git: { packBytes: 18_300_000, loose: 60 },
    history: [
      [38, 'src/lib/timetable.ts', 'test/timetable.test.ts'],
      [27, 'src/app/page.tsx'],
      [19, 'src/lib/feed.ts'],
      [14, 'README.md'],
      [9, 'src/worker.ts'],
      [8, '.github/workflows/ci.yml'],
      [7, 'src/app/api/departures/route.ts'],
      [6, 'Dockerfile'],
      [5, 'package-lock.json'],
      [5, 'tools/email-preview/templates/late.mjml'],
      [4, 'package.json', 'package-lock.json'],
      [4, 'public/img/harbour.svg'],
      [2, 'compose.yaml'],
      [1, 'scripts/release.sh'],
    ],
    rows: [
      text('.env', 'SITE_URL=http://localhost:3000', `SMTP_TOKEN=${secret(32)}`),
      text('.env.local', 'TIMETABLE_FEED=http://localhost:4100/feed.json'),
      text(
        'tools/email-preview/.env',
        `SMTP_URL=smtps://preview:${secret(20)}@mail.example.org:465`,
        `AWS_ACCESS_KEY_ID=AKIA${capitals(16)}`,
        `AWS_SECRET_ACCESS_KEY=${secret(40)}`,
      ),
      // npm ci
      file('node_modules/.package-lock.json', 2411, '{\n  "name": "harbour-board",\n'),
      link('node_modules/.bin/next', '../next/dist/bin/next'),
      link('node_modules/.bin/tsx', '../tsx/dist/cli.mjs'),
      file('node_modules/next/package.json', 16_120, '{\n  "name": "next",\n  "version": "15.3.2",\n'),
      program('node_modules/next/dist/bin/next', 9_400, '#!/usr/bin/env node\n'),
      many(40, 'node_modules/next/dist/compiled/part-#.js', [3_000, 60_000]),
      file('node_modules/next/node_modules/postcss/lib/postcss.js', 12_700),
      file('node_modules/react/cjs/react.production.js', 17_300),
      file('node_modules/react-dom/cjs/react-dom-client.production.js', 530_000),
      program('node_modules/@next/swc-darwin-arm64/next-swc.darwin-arm64.node', 41_000_000, machO),
      program('node_modules/@esbuild/darwin-arm64/bin/esbuild', 9_700_000, machO),
      // npm i in tools/email-preview
      file('tools/email-preview/package-lock.json', 48_211, '{\n  "name": "email-preview",\n'),
      link('tools/email-preview/node_modules/.bin/mjml', '../mjml/bin/mjml'),
      file('tools/email-preview/node_modules/mjml/package.json', 2_013, '{\n  "name": "mjml",\n'),
      program('tools/email-preview/node_modules/mjml/bin/mjml', 190, '#!/usr/bin/env node\n'),
      many(24, 'tools/email-preview/node_modules/mjml-core/lib/part-#.js', [9_000, 64_000]),
      file('tools/email-preview/node_modules/mjml-core/node_modules/cheerio/lib/index.js', 410_000),
      file('tools/email-preview/node_modules/html-minifier/dist/htmlminifier.js', 7_100_000),
      // next dev, next build
      text('.next/BUILD_ID', 'nG7c2WmYq0x1'),
      file('.next/build-manifest.json', 1_204, '{\n  "pages": {\n'),
      many(4, '.next/cache/webpack/client-production/#.pack', [4_000_000, 7_000_000]),
      many(3, '.next/cache/webpack/server-production/#.pack', [5_000_000, 8_000_000]),
      many(12, '.next/server/chunks/#.js', [4_000, 50_000]),
      many(9, '.next/static/chunks/#.js', [4_000, 50_000]),
      // npm run build:worker: the image needs it
      file('dist/worker.js', 187_344, '"use strict";\n'),
      // npm test with coverage
      text('coverage/lcov.info', 'TN:', 'SF:src/lib/timetable.ts', 'DA:1,1', 'end_of_record'),
      many(16, 'coverage/lcov-report/src/#.html', [20_000, 60_000], '<!doctype html>\n'),
      many(6, 'uploads/quay-#.jpg', [900_000, 1_600_000], jpeg),
      file('npm-debug.log', 21_300, '0 info it worked if it ends with ok\n'),
      file('logs/app.log', 3_450_000),
      file('logs/worker.log', 880_000),
      file('tools/email-preview/preview.log', 46_000),
      file('.DS_Store', 6_148, finder),
      file('public/.DS_Store', 6_148, finder),
      file('src/.DS_Store', 6_148, finder),
      file('src/lib/.timetable.ts.swp', 12_288, vim),
      file('.idea/workspace.xml', 8_140, '<?xml version="1.0" encoding="UTF-8"?>\n'),
      text('.vscode/settings.json', '{ "editor.formatOnSave": true }'),
      file('tmp/pids/server.pid', 5, '4711\n'),
    ],
  },

  'python-service': {
    git: { packBytes: 11_800_000, loose: 48 },
    rows: [
      text(
        '.env',
        `BIRDCOUNT_DATABASE_URL=postgresql://birdcount:${secret(18)}@db.example.org/birdcount`,
        `BIRDCOUNT_FEEDER_TOKEN=${secret(32)}`,
      ),
      // python -m venv .venv && pip install -r requirements-dev.txt
      text('.venv/pyvenv.cfg', 'home = /opt/homebrew/opt/python@3.12/bin', 'version = 3.12.3'),
      link('.venv/bin/python', '/opt/homebrew/opt/python@3.12/bin/python3.12'),
      link('.venv/bin/python3', 'python'),
      program('.venv/bin/uvicorn', 241, '#!.venv/bin/python\n'),
      link('.venv/lib64', 'lib'),
      program(
        '.venv/lib/python3.12/site-packages/numpy/_core/_multiarray_umath.cpython-312-darwin.so',
        3_800_000,
        machO,
      ),
      program(
        '.venv/lib/python3.12/site-packages/onnxruntime/capi/onnxruntime_pybind11_state.so',
        31_200_000,
        machO,
      ),
      many(60, '.venv/lib/python3.12/site-packages/sqlalchemy/part_#.py', [2_000, 64_000]),
      many(
        60,
        '.venv/lib/python3.12/site-packages/sqlalchemy/__pycache__/part_#.cpython-312.pyc',
        [2_000, 64_000],
        bytecode,
      ),
      many(20, '.venv/lib/python3.12/site-packages/fastapi/part_#.py', [2_000, 40_000]),
      // dvc pull: the image needs it
      file('data/species.onnx', 31_457_280, '\x08\x08\x12\x07pytorch'),
      text('.dvc/config.local', '[\'remote "models"\']', `    secret_access_key = ${secret(40)}`),
      file('.dvc/cache/files/md5/7f/0c3b9e5a4d2c18b6f09d3e1a5c7b42', 31_457_280, '\x08\x08\x12\x07pytorch'),
      many(24, 'uploads/sighting-#.jpg', [900_000, 2_100_000], jpeg),
      file('birdcount.sqlite3', 2_260_992, sqlite),
      file('logs/api.log', 1_730_000),
      // pytest, mypy, ruff, jupyter
      many(3, 'app/__pycache__/part_#.cpython-312.pyc', [600, 4_000], bytecode),
      many(3, 'app/lib/__pycache__/part_#.cpython-312.pyc', [600, 4_000], bytecode),
      many(3, 'app/routes/__pycache__/part_#.cpython-312.pyc', [600, 4_000], bytecode),
      many(2, 'tests/__pycache__/part_#.cpython-312-pytest-8.3.5.pyc', [900, 5_000], bytecode),
      many(2, 'alembic/versions/__pycache__/part_#.cpython-312.pyc', [600, 2_000], bytecode),
      text('.pytest_cache/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55'),
      text('.pytest_cache/v/cache/lastfailed', '{}'),
      many(30, '.mypy_cache/3.12/part_#.data.json', [4_000, 60_000], '{'),
      many(5, '.ruff_cache/0.11.9/@', [300, 4_000]),
      file('.coverage', 53_248, sqlite),
      many(14, 'htmlcov/part_#.html', [8_000, 50_000], '<!DOCTYPE html>\n'),
      file('notebooks/.ipynb_checkpoints/confusion-checkpoint.ipynb', 913_000, '{\n "cells": [\n'),
      text('.vscode/settings.json', '{ "python.defaultInterpreterPath": ".venv/bin/python" }'),
      file('.DS_Store', 8_196, finder),
      file('notebooks/.DS_Store', 6_148, finder),
    ],
  },

  'go-service': {
    git: { packBytes: 5_900_000, loose: 33 },
    rows: [
      // make build
      program('bin/tidewatch', 13_900_000, machO),
      program('bin/tidectl', 8_200_000, machO),
      program('bin/tidewatch-linux-arm64', 13_400_000, elf),
      // a copy of the harbour office's database, taken to look at a fault
      file('tmp/dump-2025-05-31.sql', 38_000_000, '--\n-- PostgreSQL database dump\n--\n'),
      file('tmp/serve.log', 611_000),
      file('internal/tide/tide.test', 4_300_000, machO),
      file('cover.out', 2_904, 'mode: set\n'),
      file('.idea/workspace.xml', 5_020, '<?xml version="1.0" encoding="UTF-8"?>\n'),
      text('.idea/queries/readings.sql', 'select count(*) from readings;'),
      text('internal/web/dev-key.pem', pem('BEGIN'), secret(64), secret(64), secret(48), pem('END')),
      file('internal/.DS_Store', 6_148, finder),
    ],
  },

  'java-service': {
    git: { packBytes: 8_700_000, loose: 41 },
    rows: [
      // ./mvnw package: the image needs the jar
      many(4, 'target/classes/org/example/ledger/Part#.class', [900, 6_000], javaClass),
      text('target/classes/git.properties', 'git.branch=main', 'git.commit.id.abbrev=8a41c5d'),
      file('target/classes/db/migration/V1__entry.sql', 290, 'create table entry (\n'),
      file('target/test-classes/org/example/ledger/BalanceTest.class', 2_417, javaClass),
      file(
        'target/surefire-reports/TEST-org.example.ledger.BalanceTest.xml',
        6_800,
        '<?xml version="1.0"?>\n',
      ),
      file('target/ledger-1.4.0.jar', 27_400_000, zip),
      file('target/ledger-1.4.0.jar.original', 14_210, zip),
      text(
        'config/application-local.yml',
        'spring:',
        '  datasource:',
        '    url: jdbc:postgresql://localhost/ledger',
        '    username: ledger',
        `    password: ${secret(24)}`,
      ),
      file('logs/ledger.log', 2_200_000),
      file('heap-2025-05-30.hprof', 64_000_000, 'JAVA PROFILE 1.0.2\x00'),
      file(
        'hs_err_pid4711.log',
        183_000,
        '#\n# A fatal error has been detected by the Java Runtime Environment:\n',
      ),
      file('.idea/workspace.xml', 7_777, '<?xml version="1.0" encoding="UTF-8"?>\n'),
      text('ledger.iml', '<module type="JAVA_MODULE" version="4"/>'),
      file('src/main/.DS_Store', 6_148, finder),
    ],
  },

  monorepo: {
    git: { packBytes: 31_000_000, loose: 72 },
    rows: [
      text('.env', `API_TOKEN=${secret(40)}`),
      text('apps/api/.env', 'STORAGE_DIR=storage', `SESSION_SECRET=${secret(48)}`),
      // pnpm install: every file is a second name of one in the store
      many(18, '.pnpm-store/v10/files/%/@', [8_000, 64_000]),
      program('.pnpm-store/v10/files/5f/esbuild-darwin-arm64-exec', 9_700_000, machO),
      file('.pnpm-store/v10/files/a3/hono-request', 14_600, '// src/request.ts\n'),
      text('.pnpm-store/v10/projects/plotshare', 'plotshare'),
      file('node_modules/.modules.yaml', 1_911, 'hoistPattern:\n  - "*"\n'),
      file('node_modules/typescript/lib/tsc.js', 6_100_000),
      hardLink('node_modules/esbuild/bin/esbuild', '.pnpm-store/v10/files/5f/esbuild-darwin-arm64-exec'),
      link('node_modules/@plotshare/api', '../../apps/api'),
      hardLink(
        'apps/api/node_modules/@esbuild/darwin-arm64/bin/esbuild',
        '.pnpm-store/v10/files/5f/esbuild-darwin-arm64-exec',
      ),
      hardLink('apps/api/node_modules/hono/dist/request.js', '.pnpm-store/v10/files/a3/hono-request'),
      many(22, 'apps/api/node_modules/hono/dist/part-#.js', [2_000, 50_000]),
      link('apps/api/node_modules/@plotshare/config', '../../../../packages/config'),
      link('apps/worker/node_modules/@plotshare/config', '../../../../packages/config'),
      program('apps/worker/node_modules/sharp/build/sharp-darwin-arm64.node', 1_900_000, machO),
      many(15, 'apps/web/node_modules/preact/dist/part-#.js', [2_000, 30_000]),
      many(9, 'packages/ui/node_modules/preact/dist/part-#.js', [2_000, 30_000]),
      // turbo run build
      many(11, '.turbo/cache/@.tar.zst', [1_000_000, 3_000_000], '\x28\xb5\x2f\xfd'),
      file('apps/api/.turbo/turbo-build.log', 1_240),
      file('apps/worker/.turbo/turbo-build.log', 1_322),
      file('apps/api/dist/main.js', 214_000),
      file('apps/worker/dist/main.js', 88_000),
      many(7, 'apps/web/build/assets/#.js', [20_000, 400_000]),
      file('apps/web/build/index.html', 411, '<!doctype html>\n'),
      many(12, 'apps/api/storage/plots/#.jpg', [1_500_000, 3_000_000], jpeg),
      many(6, 'docs/site/#/index.html', [9_000, 30_000], '<!doctype html>\n'),
      file('docs/site/search/search_index.json', 310_000, '{"config":{}'),
      file('turbo-daemon.log', 71_000),
      file('.DS_Store', 10_244, finder),
      file('apps/.DS_Store', 6_148, finder),
    ],
  },

  'outside-dockerfile/before': parcels,
  'outside-dockerfile/after': parcels,

  'add-all-two-stage': {
    git: { packBytes: 24_000_000, loose: 21 },
    rows: [
      tracked(many(14, 'docs/screenshots/store-#.png', [900_000, 1_700_000], png)),
      file('node_modules/.package-lock.json', 1_902, '{\n  "name": "recipe-cards",\n'),
      many(12, 'node_modules/preact/dist/part-#.js', [2_000, 30_000]),
      file('node_modules/vite/dist/node/chunks/dep.js', 1_900_000),
      many(4, 'dist/assets/#.js', [9_000, 40_000]),
      many(5, 'cypress/videos/cards-#.mp4', [5_000_000, 8_000_000], mp4),
      many(6, '.vite/deps/#.js', [8_000, 60_000]),
      file('.DS_Store', 6_148, finder),
    ],
  },

  typos: {
    git: { packBytes: 210_000, loose: 9 },
    rows: [
      program('metro', 34_264, machO),
      file('src/metro.o', 5_312, machO),
      file('src/route.o', 2_096, machO),
      file('src/.route.c.swp', 12_288, vim),
    ],
  },

  'static-site-tar': {
    git: { packBytes: 3_300_000, loose: 15 },
    rows: [
      tracked(many(5, 'site/img/choir-#.jpg', [180_000, 320_000], jpeg)),
      archive('site.tar', 'site'),
      file('drafts/poster.psd', 21_500_000, '8BPS\x00\x01'),
      file('site/.DS_Store', 6_148, finder),
    ],
  },

  'python-two-stage': {
    git: { packBytes: 14_200_000, loose: 27 },
    rows: [
      many(50, '.tox/py312/lib/python3.12/site-packages/part_#.py', [4_000, 60_000]),
      many(4, 'gridload/__pycache__/part_#.cpython-312.pyc', [700, 3_000], bytecode),
      many(2, 'tests/__pycache__/part_#.cpython-312-pytest-8.3.5.pyc', [700, 3_000], bytecode),
      text('gridload.egg-info/PKG-INFO', 'Metadata-Version: 2.4', 'Name: gridload', 'Version: 0.3.1.dev4'),
      file('build/lib/gridload/cli.py', 1_100),
      file('dist/gridload-0.3.tar.gz', 11_400, gzip),
      file('dist/gridload-0.3-py3-none-any.whl', 8_900, zip),
      many(180, '.mypy_cache/3.12/part_#.data.json', [12_000, 60_000], '{'),
      text('.pytest_cache/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55'),
      file('.coverage', 53_248, sqlite),
      many(20, 'docs/_build/html/#.html', [9_000, 60_000], '<!DOCTYPE html>\n'),
    ],
  },
}

// ---- how it grows

/** A generator of 32-bit numbers that depends on a name alone (FNV-1a, then xorshift32). */
function numbers(name) {
  let state = 0x811c9dc5
  for (const byte of Buffer.from(name)) state = Math.imul(state ^ byte, 0x01000193) >>> 0
  state ||= 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189'

function characters(next, count, alphabet) {
  let made = ''
  for (let i = 0; i < count; i++) made += alphabet[(next() >>> 8) % alphabet.length]
  return made
}

/** What each commit changed, in an order that the project's name decides. */
function mixed(history, project) {
  const next = numbers(`${project}:commits`)
  const changes = history.flatMap(([count, ...names]) => Array.from({ length: count }, () => names))
  for (let i = changes.length - 1; i > 0; i--) {
    const other = (next() >>> 8) % (i + 1)
    ;[changes[i], changes[other]] = [changes[other], changes[i]]
  }
  return changes
}

/** Lines of letters, so that a file looks like a text to whoever asks. */
function filler(next, size) {
  const bytes = Buffer.alloc(size)
  for (let i = 0; i < size; i++) bytes[i] = i % 80 === 79 ? 10 : letters.charCodeAt((next() >>> 8) % 62)
  return bytes
}

/** The row itself, or each of the files a `many` row stands for. */
function* expand(row, project) {
  if (row.kind !== 'many') {
    yield row
    return
  }
  const next = numbers(`${project}:${row.name}`)
  for (let number = 1; number <= row.count; number++) {
    const name = row.name
      .replace('#', String(number).padStart(2, '0'))
      .replace('%', characters(next, 2, '0123456789abcdef'))
      .replace('@', characters(next, 38, '0123456789abcdef'))
    const size = row.least + (next() % (row.most - row.least + 1))
    yield {
      kind: 'file',
      name,
      size,
      head: row.head,
      tracked: row.tracked,
      mode: name.startsWith('.git/') ? 0o444 : undefined,
    }
  }
}

/** `tar --format=ustar` of a directory: names in byte order, owner 0, times of what is tracked. */
function tarOf(root, names) {
  const blocks = []
  for (const name of names) {
    const content = fs.readFileSync(path.join(root, name))
    const header = Buffer.alloc(512)
    const octal = (value, at, length) =>
      header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
    header.write(`./${name}`, 0, 'utf8')
    octal(0o644, 100, 8)
    octal(0, 108, 8)
    octal(0, 116, 8)
    octal(content.length, 124, 12)
    octal(trackedTime, 136, 12)
    header.write('        0', 148, 'latin1')
    header.write('ustar\x0000', 257, 'latin1')
    const sum = header.reduce((total, byte) => total + byte, 0)
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
    blocks.push(header, content, Buffer.alloc((512 - (content.length % 512)) % 512))
  }
  const length = blocks.reduce((total, block) => total + block.length, 0) + 1024
  return Buffer.concat([...blocks, Buffer.alloc(1024)], Math.ceil(length / 10_240) * 10_240)
}

/** Paths of all entries below a directory, `/`-separated, a directory after its contents. */
function* below(root, prefix = '') {
  for (const entry of fs.readdirSync(path.join(root, prefix), { withFileTypes: true })) {
    const name = prefix + entry.name
    if (entry.isDirectory()) yield* below(root, `${name}/`)
    yield { name, entry }
  }
}

const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))

function realRepository(root) {
  const date = `${trackedTime} +0000`
  const env = {
    PATH: process.env.PATH,
    HOME: root,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A. Author',
    GIT_AUTHOR_EMAIL: 'author@example.org',
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: 'A. Author',
    GIT_COMMITTER_EMAIL: 'author@example.org',
    GIT_COMMITTER_DATE: date,
  }
  const git = (...args) =>
    execFileSync('git', ['-C', root, '-c', 'gc.auto=0', '-c', 'core.autocrlf=false', ...args], { env })
  git('init', '--quiet', '--template=', '--initial-branch=main')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'First version')
}

/** Names of the projects there are, those of `outside-dockerfile` with their `/before` and `/after`. */
export const projects = Object.keys(junk)

/**
 * Copies the project to `dest`, which must not be there or be empty, and grows its junk. `git`: `fake` (as it looks from
 * outside), `real` (one commit of all that is tracked, made by git) or `none`. `history`: the fake one has some months of commits,
 * and all of them can be checked out; only where the table has a history. `junk: false` stops after what is tracked.
 * Returns the paths of all files and links, sorted by bytes, apart from those of a real repository.
 */
export function growProject(project, dest, { git = 'fake', history = false, junk: grows = true } = {}) {
  const table = Object.hasOwn(junk, project) ? junk[project] : undefined
  if (!table) throw new Error(`no project ${project}; there are ${projects.join(', ')}`)
  if (!['fake', 'real', 'none'].includes(git)) throw new Error(`--git is fake, real or none, not ${git}`)
  if (history && (git !== 'fake' || !table.history)) throw new Error(`${project} has no history`)
  if (fs.existsSync(dest) && fs.readdirSync(dest).length > 0) throw new Error(`${dest} is not empty`)
  fs.mkdirSync(dest, { recursive: true })

  const isTracked = new Set()
  const isGrown = new Set()
  const place = (name) => {
    const target = path.join(dest, name)
    fs.mkdirSync(path.dirname(target), { recursive: true })
    return target
  }
  const write = (name, content, mode = 0o644) => {
    fs.writeFileSync(place(name), content)
    fs.chmodSync(path.join(dest, name), mode)
  }

  const source = path.join(projectsDir, project)
  for (const { name, entry } of below(source)) {
    if (entry.isDirectory()) continue
    const from = path.join(source, name)
    // All that git keeps of a mode.
    write(name, fs.readFileSync(from), fs.statSync(from).mode & 0o100 ? 0o755 : 0o644)
    isTracked.add(name)
  }

  const grow = (row) => {
    const next = numbers(`${project}:${row.name}`)
    ;(row.tracked ? isTracked : isGrown).add(row.name)
    switch (row.kind) {
      case 'file': {
        const head = Buffer.from(row.head, 'latin1').subarray(0, row.size)
        const rest = row.size > writtenOut ? Buffer.alloc(0) : filler(next, row.size - head.length)
        write(row.name, Buffer.concat([head, rest]), row.mode)
        fs.truncateSync(path.join(dest, row.name), row.size)
        return
      }
      case 'text': {
        const filled = `${row.lines.join('\n')}\n`.replace(/\0(a|A)(\d+)\0/g, (_, kind, length) =>
          characters(next, Number(length), kind === 'A' ? letters.slice(0, 32) : letters),
        )
        write(row.name, filled)
        return
      }
      case 'link':
        fs.symlinkSync(row.target, place(row.name))
        return
      case 'hardLink':
        fs.linkSync(path.join(dest, row.first), place(row.name))
        return
      case 'dir':
        isGrown.delete(row.name)
        fs.mkdirSync(path.join(dest, row.name), { recursive: true })
        return
      case 'archive': {
        const names = [...isTracked].filter((name) => name.startsWith(`${row.of}/`)).sort(byBytes)
        write(
          row.name,
          tarOf(
            path.join(dest, row.of),
            names.map((name) => name.slice(row.of.length + 1)),
          ),
        )
        return
      }
      case 'commit':
        for (const [name, content] of repositoryOf(dest, [...isTracked].sort(byBytes), {
          time: trackedTime,
          changes: history ? mixed(table.history, project) : [],
        })) {
          write(`.git/${name}`, content, name.startsWith('objects/') ? 0o444 : 0o644)
          isGrown.add(`.git/${name}`)
        }
        return
      default:
        throw new Error(`no kind of row is called ${row.kind}`)
    }
  }

  const rows = table.rows.flatMap((row) => [...expand(row, project)])
  // Git sees what is tracked and nothing else yet.
  for (const row of rows) if (row.tracked) grow(row)
  if (git === 'real') realRepository(dest)
  if (grows) for (const row of rows) if (!row.tracked) grow(row)
  if (git === 'fake')
    for (const row of repository(table.git).flatMap((row) => [...expand(row, project)])) grow(row)

  // Last, as every write changes the time of a directory. Directories come after their contents.
  for (const { name, entry } of below(dest)) {
    if (git === 'real' && (name === '.git' || name.startsWith('.git/'))) continue
    const time = isTracked.has(name) ? trackedTime : junkTime
    if (entry.isDirectory()) fs.chmodSync(path.join(dest, name), 0o755)
    fs.lutimesSync(path.join(dest, name), time, time)
  }
  fs.chmodSync(dest, 0o755)
  fs.utimesSync(dest, junkTime, junkTime)
  return [...isTracked, ...isGrown].sort(byBytes)
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
  const flags = process.argv.slice(2).filter((word) => word.startsWith('--'))
  const unknown = flags.find(
    (flag) => !flag.startsWith('--git=') && !['--history', '--no-junk'].includes(flag),
  )
  const [project, dest] = words
  if (words.length !== 2 || unknown) {
    console.error(
      `usage: grow-junk.mjs PROJECT DEST [--git=fake|real|none] [--history] [--no-junk]\nprojects: ${projects.join(', ')}`,
    )
    process.exitCode = 2
  } else {
    const git = flags.find((flag) => flag.startsWith('--git='))?.slice('--git='.length)
    const options = { history: flags.includes('--history'), junk: !flags.includes('--no-junk') }
    const files = growProject(project, dest, { ...(git && { git }), ...options })
    console.log(`${dest}: ${files.length} files and links`)
  }
}
