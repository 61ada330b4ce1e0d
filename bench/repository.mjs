// A repository whose history is measured, made from a seed with `git fast-import` and packed as a clone is: folders one to five deep,
// commits of one to twenty paths that lie near each other, branches merged back, files that come, move and go.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { createRandom, home, nouns } from './trees.mjs'

/** Grows with every change of what is generated. */
const edition = 1

const dockerfile = `FROM node:22 AS build
WORKDIR /app
COPY . .
RUN npm ci
RUN npm run build

FROM node:22-slim
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev
COPY --from=build /app/dist ./dist
CMD ["node", "dist/index.js"]
`
const workflow = `on: push
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: docker build -t measured .
`
const manifest = {
  name: 'measured',
  private: true,
  scripts: { build: 'tsc -p .', test: 'node --test' },
  dependencies: { fastify: '^5.0.0' },
  devDependencies: { typescript: '^5.6.0' },
}
const usual = {
  Dockerfile: dockerfile,
  '.dockerignore': 'node_modules\n*.md\n',
  '.gitignore': 'node_modules\ndist\n',
  '.github/workflows/ci.yml': workflow,
  'package.json': `${JSON.stringify(manifest, null, 2)}\n`,
  'tsconfig.json': '{ "compilerOptions": { "outDir": "dist" }, "include": ["src"] }\n',
  'README.md': '# Measured\n',
}

/** Where files lie, with how many of a hundred, and what they end in. */
const areas = [
  { name: 'src', share: 65, endings: ['.ts', '.ts', '.ts', '.tsx', '.json', '.css'] },
  { name: 'test', share: 20, endings: ['.test.ts', '.test.ts', '.json', '.snap'] },
  { name: 'docs', share: 9, endings: ['.md', '.md', '.svg'] },
  { name: 'public', share: 5, endings: ['.svg', '.css', '.html'] },
  { name: 'scripts', share: 1, endings: ['.mjs', '.sh'] },
]

/** What `git fast-import` reads: https://git-scm.com/docs/git-fast-import. The line is told what each commit does, and keeps what is there. */
function createAuthor(random) {
  const stream = []
  /** Folder → file → its lines. */
  const folders = new Map()
  let marks = 0
  let done = []

  const put = (file, text) => done.push(`M 100644 inline ${file}\ndata ${Buffer.byteLength(text)}\n${text}\n`)
  const add = (folder, name, lines) => {
    if (!folders.has(folder)) folders.set(folder, new Map())
    folders.get(folder).set(name, lines)
    put(`${folder}/${name}`, `${lines.join('\n')}\n`)
  }
  const remove = (folder, name) => {
    folders.get(folder).delete(name)
    if (folders.get(folder).size === 0) folders.delete(folder)
    done.push(`D ${folder}/${name}\n`)
  }
  /** Writes a commit with what was done since the last one, or with `again`; returns its mark and what it did. */
  const commit = ({ from, merged = null, again = null }) => {
    const mark = ++marks
    const what = `commit ${mark}`
    const changes = again ?? done
    done = []
    stream.push(
      `commit refs/heads/main\nmark :${mark}\n`,
      `committer A <a@example.com> ${1_600_000_000 + mark * 3600} +0000\ndata ${what.length}\n${what}\n`,
      from === null ? '' : `from :${from}\n`,
      merged === null ? '' : `merge :${merged}\n`,
      ...changes,
    )
    return { mark, changes }
  }

  /** In the language that the name tells. */
  const line = (name) => {
    const noun = random.pick(nouns)
    const other = random.pick(nouns)
    const number = random.between(0, 9999)
    if (name.endsWith('.sh'))
      return random.pick([
        `mkdir -p "$out/${noun}" && cp -r ${noun}/${other} "$out/${noun}"`,
        `if [ -d ${noun} ]; then rm -rf ${noun}/${other}; fi`,
        `node scripts/${noun}.mjs --${other} ${number}`,
        `echo "${noun} ${other} ${number}" >> "$out/${noun}.log"`,
      ])
    if (/\.(?:md|html|svg)$/.test(name)) return `${noun} ${other} ${random.pick(nouns)} ${number}`
    return `export const ${noun}${number} = ${other}(${number}, '${random.hex(6)}')`
  }
  const text = (name) => {
    const most = name.endsWith('.sh') ? 80 : 600
    return Array.from({ length: random.skewed(40, most) }, () => line(name))
  }
  const change = (folder, name) => {
    const lines = folders.get(folder).get(name)
    const kind = random.between(0, 99)
    if (kind < 4) remove(folder, name)
    else if (kind < 7) {
      remove(folder, name)
      add(folder, `${random.hex(3)}-${name}`, lines)
    } else if (kind < 11) add(folder, `${random.hex(4)}-${name}`, text(name))
    else {
      const next = [...lines]
      for (let edits = random.between(1, 4); edits > 0; edits--)
        next[random.between(0, next.length - 1)] = line(name)
      add(folder, name, next)
    }
  }
  /** Changes a few files, most of them in one folder, and now and then what is installed. */
  const work = () => {
    const all = [...folders.keys()]
    for (let left = random.skewed(3, 20); left > 0; ) {
      const folder = random.pick(all)
      const names = [...(folders.get(folder)?.keys() ?? [])]
      for (let i = Math.min(left, names.length, random.between(1, 6)); i > 0; i--, left--)
        change(folder, ...names.splice(random.between(0, names.length - 1), 1))
    }
    if (random.chance(0.04)) lock()
  }
  const lock = () => {
    const packages = Array.from({ length: 300 }, () => [
      `node_modules/${random.pick(nouns)}-${random.hex(3)}`,
      { version: `1.${random.between(0, 40)}.0`, integrity: random.hex(40) },
    ])
    put(
      'package-lock.json',
      `${JSON.stringify({ lockfileVersion: 3, packages: Object.fromEntries(packages) }, null, 1)}\n`,
    )
  }
  const begin = (count) => {
    for (const [name, content] of Object.entries(usual)) put(name, content)
    lock()
    for (const { name, share, endings } of areas) {
      const files = Math.round((count * share) / 100)
      const own = [name]
      // Eight files a folder, on the average.
      for (let i = Math.floor(files / 8); i > 0; i--) {
        const above = random.pick(own)
        own.push(`${above.split('/').length < 5 ? above : name}/${random.pick(nouns)}-${random.hex(2)}`)
      }
      for (let i = 0; i < files; i++) {
        const file = `${random.pick(nouns)}-${random.hex(3)}${random.pick(endings)}`
        add(random.pick(own), file, text(file))
      }
    }
  }
  return { stream, commit, work, begin }
}

function write(random, { files, commits }) {
  const { stream, commit, work, begin } = createAuthor(random)
  begin(files)
  let last = commit({ from: null }).mark
  for (let i = 1; i < commits; i++) {
    if (!random.chance(0.1)) {
      work()
      last = commit({ from: last }).mark
      continue
    }
    let branch = last
    const again = []
    for (let k = random.between(1, 3); k > 0; k--) {
      work()
      const { mark, changes } = commit({ from: branch })
      branch = mark
      again.push(...changes)
    }
    last = commit({ from: last, merged: branch, again }).mark
  }
  return stream.join('')
}

/**
 * The repository, made when it is not there yet: `commits` on its first-parent line, `files` in the first of them.
 * @param {{ files: number, commits: number, seed: number }} wanted
 */
export function plantRepository({ files, commits, seed }) {
  const root = path.join(home, `history-${files}-${commits}-${seed}-v${edition}`)
  const note = `${root}.json`
  const git = (args, input) => {
    const { status, stderr, stdout } = spawnSync('git', ['-C', root, ...args], { input, maxBuffer: 2 ** 30 })
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
    return stdout
  }
  if (!fs.existsSync(note)) {
    fs.rmSync(root, { recursive: true, force: true })
    fs.mkdirSync(root, { recursive: true })
    git(['init', '-q', '-b', 'main'])
    git(['fast-import', '--quiet'], write(createRandom(seed), { files, commits }))
    git(['gc', '-q'])
    git(['checkout', '-q', 'main'])
    const tracked = git(['ls-files', '-z']).toString('latin1').split('\0').length - 1
    fs.writeFileSync(note, JSON.stringify({ files: tracked }))
  }
  const made = JSON.parse(fs.readFileSync(note, 'utf8'))
  return { root, name: `${commits} commits of ${files} files`, ...made }
}
