// The trees that are measured, made from a seed: the same seed gives the same names and sizes everywhere. Contents are holes, as
// nobody who measures a context reads a file of it.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { ignoreFiles } from './patterns.mjs'

/** Grows with every change of what is generated, so that an older tree is not taken for this one. */
const edition = 1
export const home = path.join(os.tmpdir(), 'ctxsize-bench')

export const nouns =
  'adapter agent archive batch binding bridge bucket cell channel client codec cursor digest driver edge engine entry field filter format frame gateway glyph handle index kernel key layer lexer link loader locale logger mapper marker matrix merge metric node option packet parser patch pipe plan plugin pool port probe proxy range reader record region render router runner scanner schema scope segment sender session shape shim signal slot socket source span stack stage stream symbol table target task token trace unit vector view watcher worker writer zone'.split(
    ' ',
  )
const adjectives =
  'async base bound cached common deep fast flat fuzzy inner lazy light local mini multi native open plain pure rapid safe shared simple smart static strict tiny typed universal weak'.split(
    ' ',
  )
/** Endings of files in a package, with how many of a hundred have them. */
const endings = [
  ...[
    ['.js', 38],
    ['.d.ts', 17],
    ['.js.map', 11],
    ['.json', 8],
    ['.mjs', 7],
    ['.md', 6],
    ['.cjs', 5],
  ],
  ...[
    ['.ts', 4],
    ['.css', 2],
    ['', 1],
    ['.tsx', 1],
  ],
]

/** Marsaglia's xorshift, 32 bits. */
export function createRandom(seed) {
  let state = (Math.imul(seed, 2654435761) ^ 0x5bd1e995) >>> 0 || 1
  const fraction = () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
  const between = (low, high) => low + Math.floor(fraction() * (high - low + 1))
  return {
    between,
    chance: (probability) => fraction() < probability,
    pick: (list) => list[between(0, list.length - 1)],
    hex: (length) => Array.from({ length }, () => between(0, 15).toString(16)).join(''),
    /** Most are near `middle`, few are many times as large. */
    skewed: (middle, most) => {
      const bell = fraction() + fraction() + fraction() + fraction() - 2
      return Math.min(most, Math.max(1, Math.round(middle * Math.exp(bell * 2.6))))
    },
  }
}

/** Makes files and folders below one root and counts them. */
function createPlanter(root, seed) {
  const random = createRandom(seed)
  const made = { files: 0, directories: 0, bytes: 0 }
  const taken = new Set()

  const folder = (name) => {
    fs.mkdirSync(path.join(root, name))
    made.directories++
    return name
  }
  const file = (name, size) => {
    const opened = fs.openSync(path.join(root, name), 'w')
    if (size > 0) fs.ftruncateSync(opened, size)
    fs.closeSync(opened)
    made.files++
    made.bytes += size
  }
  /** A name that its folder does not have yet. */
  const fresh = (parent, name, ending = '') => {
    let full = `${parent}/${name}${ending}`
    while (taken.has(full)) full = `${parent}/${name}${random.between(2, 9999)}${ending}`
    taken.add(full)
    return full
  }
  const word = () => {
    const noun = random.pick(nouns)
    if (random.chance(0.45)) return noun
    const adjective = random.pick(adjectives)
    return random.chance(0.6) ? `${adjective}-${noun}` : adjective + noun[0].toUpperCase() + noun.slice(1)
  }
  const ending = () => {
    let rest = random.between(0, 99)
    for (const [text, share] of endings) {
      rest -= share
      if (rest < 0) return text
    }
    return '.js'
  }
  const scatter = (parent, count, middle = 750) => {
    for (let i = 0; i < count; i++) file(fresh(parent, word(), ending()), random.skewed(middle, 150_000))
  }
  /** Folders in folders with a few files each, `count` files in all; the folder itself must exist. */
  const thicket = (parent, count, deepest) => {
    const open = [{ at: parent, depth: 0 }]
    for (let left = count; left > 0; ) {
      const { at, depth } = open.length > 1 ? open.shift() : open[0]
      const here = Math.min(left, random.between(2, 15))
      scatter(at, here)
      left -= here
      if (depth >= deepest && open.length > 0) continue
      for (let i = random.between(1, 3); i > 0; i--) {
        const inner = fresh(depth >= deepest ? parent : at, word())
        open.push({ at: folder(inner), depth: depth >= deepest ? 1 : depth + 1 })
      }
    }
  }
  return { random, made, folder, file, fresh, word, scatter, thicket }
}

/** One installed package, sometimes with packages of its own inside. */
function plantPackage(planter, parent, count, level = 0) {
  const { random, file, folder, fresh, thicket, word, made } = planter
  const end = made.files + count
  const at = folder(fresh(parent, word()))
  file(`${at}/package.json`, random.between(400, 2600))
  file(`${at}/README.md`, random.skewed(2000, 60_000))
  file(`${at}/LICENSE`, 1071)
  if (level < 2 && count > 12 && random.chance(0.12)) {
    const inner = folder(`${at}/node_modules`)
    for (let i = random.between(1, 3); i > 0 && made.files + 8 < end; i--)
      plantPackage(planter, inner, Math.min(end - made.files, random.between(4, 25)), level + 1)
  }
  const lib = folder(fresh(at, random.chance(0.5) ? 'dist' : 'lib'))
  thicket(lib, Math.max(1, end - made.files), 4)
}

function plantPackages(planter, at, count) {
  const { random, folder, word, made } = planter
  folder(at)
  const scopes = Array.from({ length: 30 }, () => planter.fresh(at, `@${word()}`))
  const open = new Set()
  for (const end = made.files + count; made.files < end; ) {
    let parent = at
    if (random.chance(0.3)) {
      parent = random.pick(scopes)
      if (!open.has(parent)) open.add(folder(parent))
    }
    const size = random.chance(0.03) ? random.between(250, 2200) : random.skewed(22, 400)
    plantPackage(planter, parent, Math.min(end - made.files, size + 4))
  }
}

function plantRepository(planter, objects) {
  const { random, file, folder, fresh } = planter
  folder('.git')
  for (const name of ['HEAD', 'config', 'description', 'index', 'packed-refs'])
    file(`.git/${name}`, random.between(20, 400))
  folder('.git/refs')
  file(`${folder('.git/refs/heads')}/main`, 41)
  folder('.git/objects')
  const open = new Set()
  for (let i = 0; i < objects; i++) {
    const fan = `.git/objects/${random.hex(2)}`
    if (!open.has(fan)) open.add(folder(fan))
    file(fresh(fan, random.hex(38)), random.skewed(210, 20_000))
  }
  const pack = `${folder('.git/objects/pack')}/pack-${random.hex(40)}`
  file(`${pack}.pack`, 30 << 20)
  file(`${pack}.idx`, 1 << 20)
}

function plantSources(planter, at, count) {
  planter.thicket(planter.folder(at), count, 6)
}

function plantProject(planter, count) {
  const { file, random, scatter, folder, made } = planter
  for (const name of ['package.json', 'tsconfig.json', '.env', '.gitignore'])
    file(name, random.between(100, 900))
  file('package-lock.json', 900_000)
  plantSources(planter, 'src', Math.floor(count * 0.03))
  plantSources(planter, 'test', Math.floor(count * 0.01))
  scatter(folder('dist'), Math.min(150, Math.floor(count * 0.1)), 4000)
  plantRepository(planter, Math.floor(count * 0.04))
  plantPackages(planter, 'node_modules', count - made.files)
}

function plantMonorepo(planter, count) {
  const { file, random, scatter, folder, fresh, made, word } = planter
  for (const name of ['package.json', 'pnpm-workspace.yaml', '.env']) file(name, random.between(100, 900))
  plantRepository(planter, Math.floor(count * 0.15))
  plantPackages(planter, 'node_modules', Math.floor(count * 0.45))
  folder('packages')
  folder('apps')
  // What a narrow Dockerfile names.
  folder('apps/web')
  file('apps/web/package.json', 900)
  plantSources(planter, 'apps/web/src', 150)
  while (made.files < count) {
    const rest = (wanted) => Math.max(1, Math.min(count - made.files, wanted))
    const at = folder(fresh(random.chance(0.8) ? 'packages' : 'apps', word()))
    file(`${at}/package.json`, random.between(300, 2000))
    plantSources(planter, `${at}/src`, rest(random.between(30, 900)))
    if (made.files < count && random.chance(0.5))
      plantSources(planter, `${at}/dist`, rest(random.between(20, 300)))
    if (made.files < count && random.chance(0.3))
      plantPackages(planter, `${at}/node_modules`, rest(random.between(50, 1500)))
    if (made.files < count && random.chance(0.3))
      scatter(folder(`${at}/coverage`), rest(random.between(20, 100)), 3000)
  }
}

function plantFlat(planter, count) {
  const { file, folder, random, made } = planter
  for (let shard = 0; made.files < count; shard++) {
    const at = folder(`part-${String(shard).padStart(4, '0')}`)
    for (let i = 0; i < 2000 && made.files < count; i++) {
      const name = `item-${String(i).padStart(5, '0')}-${random.hex(6)}${i % 3 === 0 ? '.txt' : '.json'}`
      file(`${at}/${name}`, random.chance(0.5) ? 0 : random.between(1, 200))
    }
  }
}

function plantSmall(planter, count) {
  const { file, made } = planter
  file('package.json', 900)
  file('README.md', 3000)
  plantSources(planter, 'src', Math.floor(count * 0.6))
  plantSources(planter, 'test', count - made.files)
}

const kinds = {
  project: plantProject,
  monorepo: plantMonorepo,
  packages: (planter, count) => plantPackages(planter, 'node_modules', count),
  flat: plantFlat,
  small: plantSmall,
}

/** In every tree beside what was planted: the Dockerfiles and the ignore file that the cases write. */
const dockerfile = 'FROM scratch\nCOPY . /\n'
const narrowDockerfile =
  'FROM scratch\nCOPY package.json pnpm-workspace.yaml /\nCOPY apps/web/package.json /web/\nCOPY apps/web/src /web/src\n'
const extras = { Dockerfile: dockerfile, 'narrow.Dockerfile': narrowDockerfile, '.dockerignore': '' }

/**
 * The tree of a kind, made when it is not there yet.
 * @param {{ kind: keyof typeof kinds, files: number, seed: number }} wanted
 */
export function plant({ kind, files, seed }) {
  const root = path.join(home, `${kind}-${files}-${seed}-v${edition}`)
  const note = `${root}.json`
  if (!fs.existsSync(note)) {
    fs.rmSync(root, { recursive: true, force: true })
    fs.mkdirSync(root, { recursive: true })
    const planter = createPlanter(root, seed)
    for (const [name, text] of Object.entries(extras)) fs.writeFileSync(path.join(root, name), text)
    kinds[kind](planter, files)
    const { made } = planter
    const counted = { files: made.files + Object.keys(extras).length, directories: made.directories }
    fs.writeFileSync(note, JSON.stringify(counted))
  }
  return { root, name: `${kind} ${files}`, ...JSON.parse(fs.readFileSync(note, 'utf8')) }
}

/** Puts an ignore file into a tree, without a change of what lies in it. */
export function writeIgnoreFile(tree, name) {
  const file = path.join(tree.root, '.dockerignore')
  fs.writeFileSync(file, ignoreFiles[name])
  return file
}
