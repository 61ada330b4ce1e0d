/** What containers of a repository's images are started with, and what is mounted into them, where compose files say so. */

import type { Host } from '../host/host.ts'
import { baseName, cleanPath, joinPath, parentPath } from '../lib/path.ts'
import { readShell } from '../shell/read.ts'
import type { Watched } from './model.ts'
import { textAt } from './text-file.ts'
import { child, itemsOf, readYaml, textOf, type YamlNode } from './yaml-tree.ts'

const mostTexts = 40
const composeFile = /^(?:docker-)?compose[^/]*\.ya?ml$/

/**
 * The words of `entrypoint`, `command` and `healthcheck` of every service that is built, or has an image that a variable names, and works with
 * the files of its image: one that has the project mounted over them does not. https://docs.docker.com/reference/compose-file/services/
 */
export function containerStarts(
  host: Host,
  base: string,
  files: readonly string[],
): readonly (readonly string[])[] {
  const found: (readonly string[])[] = []
  for (const file of files.filter((path) => composeFile.test(baseName(path))).slice(0, mostTexts)) {
    const text = textAt(host, joinPath(base, file))
    // Most compose files leave it to the image.
    if (text === null || !/^[ \t]+["']?(?:command|entrypoint|healthcheck)["']?\s*:/m.test(text)) continue
    for (const document of readYaml(text) ?? []) {
      const services = child(document, 'services')
      if (services?.kind !== 'map') continue
      for (const service of services.entries.values())
        if (mayBeOurs(service) && !itemsOf(child(service, 'volumes')).some(mountsProject))
          for (const keys of [['entrypoint'], ['command'], ['healthcheck', 'test']])
            found.push(...commandsOf(child(service, ...keys)))
    }
  }
  return found
}

/**
 * What compose files mount from the host into containers (https://docs.docker.com/reference/compose-file/services/#volumes), less
 * the project as a whole. Paths are relative to `base`.
 */
export function mountedPaths(host: Host, base: string, files: readonly string[]): readonly Watched[] {
  const found: Watched[] = []
  for (const file of files.filter((path) => composeFile.test(baseName(path))).slice(0, mostTexts)) {
    const text = textAt(host, joinPath(base, file))
    if (text === null || !/^[ \t]+["']?volumes["']?\s*:/m.test(text)) continue
    for (const document of readYaml(text) ?? []) {
      const services = child(document, 'services')
      if (services?.kind !== 'map') continue
      for (const service of services.entries.values())
        for (const volume of itemsOf(child(service, 'volumes'))) {
          const source = textOf(volume)?.split(':')[0] ?? textOf(child(volume, 'source')) ?? ''
          // Any other name is that of a volume.
          if (!/^\.{1,2}\/[^$]*$/.test(source)) continue
          const path = cleanPath(joinPath(parentPath(file), source))
          if (path !== '.') found.push({ path, at: { file, line: volume.line }, text: source })
        }
    }
  }
  return found
}

/**
 * Files whose variables compose reads for containers, or for the files that it includes:
 * https://docs.docker.com/reference/compose-file/services/#env_file, https://docs.docker.com/reference/compose-file/include/#env_file.
 * Paths are relative to `base`.
 */
export function variableFiles(host: Host, base: string, files: readonly string[]): readonly Watched[] {
  const found: Watched[] = []
  for (const file of files.filter((path) => composeFile.test(baseName(path))).slice(0, mostTexts)) {
    const text = textAt(host, joinPath(base, file))
    if (text === null || !/^[\s-]*["']?env_file["']?\s*:/m.test(text)) continue
    for (const document of readYaml(text) ?? []) {
      const services = child(document, 'services')
      const users = [
        ...(services?.kind === 'map' ? services.entries.values() : []),
        ...itemsOf(child(document, 'include')),
      ]
      for (const user of users)
        for (const one of listOf(child(user, 'env_file'))) {
          const path = textOf(one) ?? textOf(child(one, 'path')) ?? ''
          if (path === '' || path.startsWith('/') || /[$~]/.test(path)) continue
          found.push({
            path: cleanPath(joinPath(parentPath(file), path)),
            at: { file, line: one.line },
            text: path,
          })
        }
    }
  }
  return found
}

/** One alone stands for a list of it. */
const listOf = (node: YamlNode | null): readonly YamlNode[] =>
  node === null ? [] : node.kind === 'list' ? node.items : [node]

/** Whoever tests an image names it so: `image: $APP_IMAGE`. */
const mayBeOurs = (service: YamlNode): boolean =>
  child(service, 'build') !== null || /^\$(?:\w+|\{\w+\})$/.test(textOf(child(service, 'image')) ?? '')

function commandsOf(node: YamlNode | null): readonly (readonly string[])[] {
  if (node?.kind === 'list') {
    const words = node.items.flatMap((item) => textOf(item) ?? [])
    const scripts = words.filter((word) => /\s/.test(word))
    return [words, ...scripts.flatMap((text) => readShell(text).commands.map((command) => command.words))]
  }
  const text = textOf(node)
  return text === null ? [] : readShell(text).commands.map(({ words }) => words)
}

/** `.:/app`, and the same spelt out. */
const mountsProject = (volume: YamlNode): boolean =>
  /^\.\/?(?::|$)/.test(textOf(volume) ?? textOf(child(volume, 'source')) ?? '')
