// What JavaScript packages take for the same work, each as a process of its own: node bench/walkers.mjs NAME ROOT [IGNORE-FILE].
// Every file is asked for its size, and what is printed is how many files were found: with patterns, those that are left.
import fs from 'node:fs'

/** Calls back with the path below the root, and its size, of everything but directories; `enters` may spare a directory. */
function walk(root, found, enters = () => true) {
  const visit = (directory, prefix) => {
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
      const path = `${directory}/${entry.name}`
      const relative = prefix + entry.name
      const { size } = fs.lstatSync(path)
      if (entry.isDirectory()) {
        if (enters(relative)) visit(path, `${relative}/`)
      } else found(relative, size)
    }
  }
  visit(root, '')
}

/** Counts what a test of paths leaves. */
function count(root, isLeft) {
  let files = 0
  let bytes = 0
  walk(root, (path, size) => {
    if (!isLeft(path)) return
    files++
    bytes += size
  })
  return { files, bytes }
}

const walkers = {
  node: (root) => count(root, () => true),

  'balena-dockerignore': async (root, ignoreFile) => {
    const { default: dockerignore } = await import('@balena/dockerignore')
    const matcher = dockerignore().add(fs.readFileSync(ignoreFile, 'utf8'))
    return count(root, (path) => !matcher.ignores(path))
  },

  ignore: async (root, ignoreFile) => {
    const { default: ignore } = await import('ignore')
    const matcher = ignore().add(fs.readFileSync(ignoreFile, 'utf8'))
    return count(root, (path) => !matcher.ignores(path))
  },

  'fast-glob': async (root) => {
    const { default: glob } = await import('fast-glob')
    const found = await glob('**', { cwd: root, dot: true, stats: true, followSymbolicLinks: false })
    return { files: found.length, bytes: found.reduce((sum, { stats }) => sum + stats.size, 0) }
  },

  fdir: async (root) => {
    const { fdir } = await import('fdir')
    const found = new fdir().withFullPaths().crawl(root).sync()
    return { files: found.length, bytes: found.reduce((sum, path) => sum + fs.lstatSync(path).size, 0) }
  },
}

const [name, root, ignoreFile] = process.argv.slice(2)
const { files, bytes } = await walkers[name](root, ignoreFile)
console.log(`${files} files, ${bytes} bytes`)
