/** Texts that are right, to be damaged: those of the fixtures, and small ones that have a bit of everything. */

import * as fs from 'node:fs'
import * as path from 'node:path'

const fixtures = path.join(import.meta.dirname, '../fixtures')
const projects = path.join(fixtures, 'projects')

/** Every file of that name in the fixture projects; long ones are cut. */
function inProjects(name: RegExp): readonly string[] {
  return fs
    .readdirSync(projects, { recursive: true, encoding: 'utf8' })
    .filter((file) => name.test(path.basename(file)) && fs.statSync(path.join(projects, file)).isFile())
    .sort()
    .map((file) => fs.readFileSync(path.join(projects, file), 'utf8').slice(0, 3000))
}

const logs = (name: RegExp): readonly string[] =>
  fs
    .readdirSync(path.join(fixtures, 'logs'))
    .filter((file) => name.test(file))
    .map((file) => fs.readFileSync(path.join(fixtures, 'logs', file), 'utf8').slice(0, 3000))

export const ignoreFiles = [
  ...inProjects(/dockerignore$/),
  '# a\n**/*.log\n!keep.log\n/dist/\nnode_modules\n\\#x\n',
  '\uFEFF*\r\n!src\r\n!src/**\r\n',
  '[a-z]*/**/b?\n!**/[^x]\n',
]
export const dockerfiles = [
  ...inProjects(/^Dockerfile/),
  '# syntax=docker/dockerfile:1\n# escape=`\nFROM scratch AS a\nCOPY --parents <<A <<-"B" *.go /x/\n1\nA\n\t2\n\tB\n',
  'ARG V=1\nFROM --platform=$BUILDPLATFORM node:${V:-22} AS b\nRUN --mount=type=bind,source=.,target=/x --mount=type=cache,target=/c <<EOF\nnpm ci\nEOF\nONBUILD COPY . .\nFROM b\nCOPY --from=b --exclude=*.md ["a b", "/c"]\n',
]
export const scripts = [
  ...inProjects(/\.sh$|^mvnw$/),
  'set -e\ncd "$(dirname "$0")"\nfor i in a b; do docker build -t "$i" -f "$i/Dockerfile" . && echo ok || exit 1; done\n',
  'f() { case $1 in a|b) sh -c "docker build ." ;; *) : ;; esac; }\ncat <<EOF | f\n$(date) ${X:-y}\nEOF\n',
]
export const makefiles = [
  ...inProjects(/^Makefile$/),
  'X ?= 1\nall: a b\n\t@docker build -t $(X) .\n%.o: %.c\n\tcc $< -o $@\ndefine D\nx\nendef\nifeq ($(X),1)\ninclude b.mk\nendif\n',
]
export const buildLogs = logs(/\.txt$/)
export const rawLogs = [
  '{"vertexes":[{"digest":"sha256:a","name":"[a 1/2] RUN x","started":"2024-01-01T00:00:00Z","completed":"2024-01-01T00:00:01.5Z","cached":false}]}\n{"statuses":[{"id":"x","vertex":"sha256:a","current":1,"total":2}]}\n',
]
export const fingerprints = ['{"version":1,"instructions":[{"line":1}],"entries":[{"path":"a","hash":"b"}]}']
export const composeFiles = [
  ...inProjects(/^compose/),
  'x-a: &a\n  build: .\nservices:\n  a:\n    <<: *a\n  b:\n    extends: {file: c.yaml, service: b}\n    build:\n      context: ${DIR:-.}\n      args: [A, B=1]\n      additional_contexts: {x: ../y}\n',
]
export const bakeFiles = [
  ...inProjects(/\.hcl$/),
  'variable "TAG" { default = "x" }\nfunction "f" {\n  params = [a]\n  result = upper(a)\n}\ntarget "m" {\n  matrix = { v = ["1", "2"] }\n  name = "m-${v}"\n  args = { V = v, T = TAG == "x" ? f(TAG) : null }\n  tags = [for t in ["a"] : "${t}:${TAG}"]\n}\n',
]
export const bakeJsonFiles = [
  '{"variable":{"TAG":{"default":"x"}},"group":{"default":{"targets":["a"]}},"target":{"a":{"context":".","args":{"V":"${TAG}"}}}}',
]
export const configs = [
  'budgets:\n  context: 50MB\n  largestFile: {max: 1MiB}\n  directories: {src/assets: 2MB}\nrules:\n  secret-ships: off\n',
  '{"budgets":{"transfer":"10MB"},"builds":[{"context":".","dockerfile":"Dockerfile"}]}',
]
export const workflows = [
  'on: push\nenv: {A: b}\njobs:\n  a:\n    strategy:\n      matrix:\n        include: [{d: x}, {d: y}]\n    defaults: {run: {working-directory: sub}}\n    steps:\n      - uses: actions/checkout@v4\n      - run: |\n          cd ${{ matrix.d }}\n          docker build -f Dockerfile .\n      - uses: docker/build-push-action@v6\n        with: {context: ., file: ./Dockerfile, cache-from: type=gha}\n',
]
export const pipelines = [
  'stages: [a]\n.b: &b\n  before_script: [cd x]\na:\n  extends: .b\n  script:\n    - docker build -t $CI_REGISTRY .\n    - !reference [.b, before_script]\n  parallel: {matrix: [{X: [1, 2]}]}\ninclude: [{local: x.yml}]\n',
  'set shell := ["bash", "-c"]\nx := "1"\nbuild dir="." : dep\n  docker build {{dir}}\ndep:\n  #!/bin/sh\n  echo {{x}}\n',
]

/** Saved ones, without blanks. */
export const reports = fs
  .readdirSync(path.join(fixtures, 'reports'))
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.stringify(JSON.parse(fs.readFileSync(path.join(fixtures, 'reports', file), 'utf8'))))

/** As latin1, one character a byte. */
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

function tarHeader(name: string, type: string, size: number): Buffer {
  const block = Buffer.alloc(512)
  block.write(name, 0, 'latin1')
  block.write('0000644\x000000000\x000000000\0', 100, 'latin1')
  block.write(`${size.toString(8).padStart(11, '0')}\x0014000000000\0        ${type}`, 124, 'latin1')
  block.write('ustar\x0000', 257, 'latin1')
  return block
}

const padded = (text: string): Buffer =>
  Buffer.concat([Buffer.from(text), Buffer.alloc((512 - (text.length % 512)) % 512)])

export const archives = [
  Buffer.concat([
    tarHeader('a/', '5', 0),
    tarHeader('a/Dockerfile', '0', 15),
    padded('FROM scratch\n\n\n'),
    tarHeader('././@LongLink', 'L', 6),
    padded('a/long'),
    tarHeader('short', '0', 1),
    padded('x'),
    tarHeader('pax', 'x', 30),
    padded('12 path=a/é\n18 mtime=17000.5\n'),
    tarHeader('b', '2', 0),
    Buffer.alloc(1024),
  ]),
].map(latin1)

function indexEntry(name: string): Buffer {
  const fixed = Buffer.alloc(62)
  fixed.writeUInt32BE(0o100644, 24)
  fixed.writeUInt32BE(12, 36)
  fixed.writeUInt16BE(name.length, 60)
  const length = Math.ceil((62 + name.length + 1) / 8) * 8
  return Buffer.concat([fixed, Buffer.from(name), Buffer.alloc(length - 62 - name.length)])
}

export const indexes = [
  Buffer.concat([
    Buffer.from('DIRC\0\0\0\x02\0\0\0\x03', 'latin1'),
    ...['Dockerfile', 'src/a.ts', 'src/b.ts'].map(indexEntry),
    Buffer.from('TREE\0\0\0\x06\x003 0\nx', 'latin1'),
    Buffer.alloc(20),
  ]),
].map(latin1)
