// The readable part of a repository that no git made: the same bytes everywhere, whatever git and zlib this machine has.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const sha1 = (bytes) => createHash('sha1').update(bytes).digest()

/** What git calls an object: its id, and the bytes of its loose file, not compressed, which every zlib writes alike. */
function gitObject(kind, content) {
  const bytes = Buffer.concat([Buffer.from(`${kind} ${content.length}\0`), content])
  let a = 1
  let b = 0
  for (const byte of bytes) {
    a = (a + byte) % 65_521
    b = (b + a) % 65_521
  }
  const frame = Buffer.alloc(11)
  frame.writeUInt16BE(0x7801, 0)
  frame[2] = 1
  frame.writeUInt16LE(bytes.length, 3)
  frame.writeUInt16LE(~bytes.length & 0xffff, 5)
  frame.writeUInt16BE(b, 7)
  frame.writeUInt16BE(a, 9)
  return { id: sha1(bytes), loose: Buffer.concat([frame.subarray(0, 7), bytes, frame.subarray(7)]) }
}

/**
 * Index (version 2), trees and commits of the tracked files, as file name in `.git` → bytes. `changes`: what each commit after
 * the first changed, the oldest first; with them come the contents, so that every commit can be checked out. Before a commit
 * changed a file, one more line feed stood at its end. `time`: seconds since 1970 of the last commit; the others lie hours apart.
 */
export function repositoryOf(root, names, { time, changes = [] }) {
  const files = new Map()
  const keep = ({ id, loose }) => {
    const hex = id.toString('hex')
    files.set(`objects/${hex.slice(0, 2)}/${hex.slice(2)}`, loose)
    return id
  }
  const tracked = new Map(
    names.map((name) => {
      const content = fs.readFileSync(path.join(root, name))
      const isProgram = (fs.statSync(path.join(root, name)).mode & 0o100) !== 0
      return [name, { content, mode: isProgram ? 0o100755 : 0o100644 }]
    }),
  )
  for (const name of changes.flat()) if (!tracked.has(name)) throw new Error(`${name} is not tracked`)
  const blobOf = (name, changesToCome) => {
    const content = Buffer.concat([tracked.get(name).content, Buffer.alloc(changesToCome, '\n')])
    if (changes.length > 0) return keep(gitObject('blob', content))
    return sha1(Buffer.concat([Buffer.from(`blob ${content.length}\0`), content]))
  }
  files.set(
    'index',
    indexOf(tracked, (name) => blobOf(name, 0), time),
  )

  const keepTree = (place) => {
    // Directories sort as if their names ended in a slash.
    const sorted = [...place].sort(([a, x], [b, y]) =>
      byBytes(x instanceof Map ? `${a}/` : a, y instanceof Map ? `${b}/` : b),
    )
    const lines = sorted.map(([name, value]) =>
      value instanceof Map
        ? Buffer.concat([Buffer.from(`40000 ${name}\0`), keepTree(value)])
        : Buffer.concat([Buffer.from(`${value.mode.toString(8)} ${name}\0`), value.id]),
    )
    return keep(gitObject('tree', Buffer.concat(lines)))
  }
  const toCome = new Map()
  for (const name of changes.flat()) toCome.set(name, (toCome.get(name) ?? 0) + 1)
  let parent = ''
  for (const [i, changed] of [[], ...changes].entries()) {
    for (const name of changed) toCome.set(name, toCome.get(name) - 1)
    const tree = new Map()
    for (const [name, { mode }] of tracked) {
      const steps = name.split('/')
      let place = tree
      for (const step of steps.slice(0, -1)) {
        if (!place.has(step)) place.set(step, new Map())
        place = place.get(step)
      }
      place.set(steps.at(-1), { id: blobOf(name, toCome.get(name) ?? 0), mode })
    }
    const who = `A. Author <author@example.org> ${time - (changes.length - i) * 50_000} +0000`
    const what = i === 0 ? 'First version' : `Change ${changed.join(', ')}`
    const said = `tree ${keepTree(tree).toString('hex')}\n${parent}author ${who}\ncommitter ${who}\n\n${what}\n`
    parent = `parent ${keep(gitObject('commit', Buffer.from(said))).toString('hex')}\n`
  }
  files.set('refs/heads/main', parent.slice('parent '.length))
  return files
}

function indexOf(tracked, idOf, time) {
  const parts = [Buffer.from('DIRC\0\0\0\x02', 'latin1'), Buffer.alloc(4)]
  parts[1].writeUInt32BE(tracked.size)
  for (const [name, { content, mode }] of tracked) {
    const named = Buffer.from(name)
    const entry = Buffer.alloc((62 + named.length + 8) & ~7)
    entry.writeUInt32BE(time, 0)
    entry.writeUInt32BE(time, 8)
    entry.writeUInt32BE(mode, 24)
    entry.writeUInt32BE(content.length, 36)
    idOf(name).copy(entry, 40)
    entry.writeUInt16BE(named.length, 60)
    named.copy(entry, 62)
    parts.push(entry)
  }
  const index = Buffer.concat(parts)
  return Buffer.concat([index, sha1(index)])
}

const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))
